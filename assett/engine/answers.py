"""Answers: read strictly, renamed where the questionnaire was, seen or hidden.

The rules are those of ``questionnaire-format``, section 4. A wrong answer is never
scored as zero: it is a problem, and all problems are found in one run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assett.engine.compiled import Compiled, CompiledQuestion, Given
from assett.engine.raw import Refused, not_offered
from assett.engine.values import NOT_APPLICABLE, UNKNOWN, Value
from assett.kernel.errors import ROOT, InvalidAnswers, Problem, key_path
from assett.kernel.text import N_, closest, shown

_KEYS = ("profile", "answers")
_MOST_SUGGESTIONS = 50


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers as they were given, and what of them is to be seen.

    ``values`` and ``profile`` hold every answer that was given, by the id of today,
    also those of hidden questions. ``visible`` keeps those of visible questions,
    ``facts`` those of the profile that conditions may rely on. ``hidden`` and
    ``hidden_categories`` name what is hidden, answered or not.
    """

    values: Given
    profile: Given
    visible: Given
    facts: Given
    hidden: frozenset[str]
    hidden_categories: frozenset[str]
    hidden_entries: frozenset[str]

    def payload(self) -> dict[str, dict[str, object]]:
        """The answers as :func:`read_answers` reads them; numbers stay exact."""
        return {"profile": dump_values(self.profile), "answers": dump_values(self.values)}


_NOTHING: frozenset[str] = frozenset()


def dump_values(values: Given) -> dict[str, object]:
    """Values as raw answers: lists for several choices, ``int`` or ``Decimal``."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def read_answers(compiled: Compiled, payload: object) -> Answers:
    """Read ``{"profile": {…}, "answers": {…}}``.

    Raises :class:`InvalidAnswers` with every problem.
    """
    problems: list[Problem] = []
    profile: dict[str, Value] = {}
    values: dict[str, Value] = {}
    if isinstance(payload, Mapping):
        for key in payload:
            if key not in _KEYS:
                problems.append(_unknown_key(key))
        profile = _read(payload.get("profile"), "profile", compiled.entries, compiled.former_entries, problems)
        values = _read(payload.get("answers"), "answers", compiled.questions, compiled.former, problems)
    else:
        problems.append(
            Problem(
                ROOT,
                N_("il faut un objet { profile: …, answers: … }, pas %(found)s"),
                params={"found": shown(payload)},
            )
        )
    if problems:
        raise InvalidAnswers(problems)
    return see(compiled, values, profile)


def read_answer(compiled: Compiled, question_id: str, raw: object) -> Value | None:
    """Read one answer, as it is saved; ``None`` is no answer.

    ``question_id`` may be a former one. Raises :class:`InvalidAnswers`.
    """
    problems: list[Problem] = []
    given = {question_id: raw}
    values = _read(given, "answers", compiled.questions, compiled.former, problems)
    if problems:
        raise InvalidAnswers(problems)
    return next(iter(values.values()), None)


def read_profile(compiled: Compiled, mapping: object) -> dict[str, Value]:
    """Read the profile alone. Raises :class:`InvalidAnswers` with every problem."""
    problems: list[Problem] = []
    profile = _read(mapping, "profile", compiled.entries, compiled.former_entries, problems)
    if problems:
        raise InvalidAnswers(problems)
    return profile


def see(compiled: Compiled, values: Given, profile: Given) -> Answers:
    """Put values that were read before together, and find out what is visible.

    What is hidden is taken away in the order of the file: a condition only looks
    back, at answers of which it is already known whether they are visible.
    """
    facts = {name: value for name, value in profile.items() if value != NOT_APPLICABLE and value != UNKNOWN}
    hidden_entries: set[str] = set()
    for holds, name in compiled.hiding_entries:
        if not holds(_NO_VALUES, facts):
            hidden_entries.add(name)
            facts.pop(name, None)
    visible = dict(values)
    hidden: set[str] = set()
    hidden_categories: set[str] = set()
    for holds, names, category in compiled.hiding:
        if not holds(visible, facts):
            hidden.update(names)
            for name in names:
                visible.pop(name, None)
            if category is not None:
                hidden_categories.add(category)
    return Answers(
        values,
        profile,
        visible,
        facts,
        frozenset(hidden) if hidden else _NOTHING,
        frozenset(hidden_categories) if hidden_categories else _NOTHING,
        frozenset(hidden_entries) if hidden_entries else _NOTHING,
    )


_NO_VALUES: Given = {}


def _read(
    raw: object,
    path: str,
    known: Mapping[str, CompiledQuestion],
    former: Mapping[str, str],
    problems: list[Problem],
) -> dict[str, Value]:
    """The values of a mapping of raw answers, by the ids of today."""
    values: dict[str, Value] = {}
    if raw is None:
        return values
    if not isinstance(raw, Mapping):
        problems.append(
            Problem(
                path,
                N_("il faut un objet { question: réponse }, pas %(found)s"),
                params={"found": shown(raw)},
            )
        )
        return values
    renamed: dict[str, Value] = {}
    value: Value | None
    for name, answer in raw.items():
        into = values
        question = known.get(name)
        if question is None:
            today = former.get(name)
            if today is None:
                problems.append(_unknown(name, path, known if len(problems) < _MOST_SUGGESTIONS else {}))
                continue
            question = known[today]
            into = renamed
        if answer is None:
            continue
        try:
            if isinstance(answer, str):
                value = question.words.get(answer)
                if value is not None:
                    # What most answers are: a choice, known at sight.
                    into[name] = value
                    continue
                refusal = not_offered(answer)
                if refusal is not None:
                    raise refusal
            value = question.read(answer)
        except Refused as refusal:
            here = key_path(path, name)
            problems += (Problem(here + within, template, params=params) for within, template, params in refusal.faults)
            continue
        if value is not None:
            into[name] = value
    if renamed:
        # The answer under the id of today stands; then the first listed of the former ones.
        for old in former:
            if old in renamed:
                values.setdefault(former[old], renamed[old])
    return values


def _unknown(name: object, path: str, known: Mapping[str, CompiledQuestion]) -> Problem:
    text = str(name)
    close = closest(text, known)
    here = key_path(path, text)
    if close:
        return Problem(
            here,
            N_("cet identifiant est inconnu du questionnaire ; vouliez-vous dire %(close)s ?"),
            params={"close": shown(close)},
        )
    return Problem(here, N_("cet identifiant est inconnu du questionnaire"))


def _unknown_key(key: object) -> Problem:
    return Problem(key_path("", key), N_("clé inconnue ; clés possibles : profile, answers"))
