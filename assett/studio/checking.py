"""What is to be put right in a draft, and what is worth knowing, each where it lies."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext

from assett.core.i18n import worded
from assett.engine.analysis import Analysis, Finding, analyse
from assett.engine.compiled import Compiled, compile_document, content_hash
from assett.engine.document import Document, Resource
from assett.engine.drafting.pieces import Address, Parts, Tree, located, take_apart
from assett.engine.reading import examine_document
from assett.kernel.errors import Problem
from assett.kernel.text import N_
from assett.studio import saying
from assett.studio.texts import first_language, piece_title, words

_KEPT = 64
# What names something that is not there; once the draft's history tells what it was, it is called by its name.
_NO_SUCH = (
    "aucune question ne s’appelle %(id)s",
    "aucune question ne s’appelle %(id)s ; vouliez-vous dire %(close)s ?",
    "le profil n’a pas d’entrée %(id)s",
    "le profil n’a pas d’entrée %(id)s ; vouliez-vous dire %(close)s ?",
    "%(found)s n’est pas un choix de %(id)s ; choix : %(choices)s",
)
_REMOVED = {
    "question": N_("la question « %(title)s » a été retirée : choisissez-en une autre, ou retirez cette condition"),
    "profile": N_(
        "l’élément de profil « %(title)s » a été retiré : choisissez-en un autre, ou retirez cette condition"
    ),
    "choice": N_(
        "la réponse « %(answer)s » à « %(title)s » a été retirée : choisissez-en une autre, ou retirez cette condition"
    ),
}
# The format allows both; whoever answered such a questionnaire would go in a circle, and have no result.
_NO_QUESTION = N_("ce questionnaire ne pose aucune question : ajoutez-en une ici")
_NOTHING_COUNTS = N_("aucune question n’est notée, personne n’aurait de résultat : donnez des points à une réponse")
# What says that something is not there yet, rather than wrong.
_NOT_YET = (
    "cette clé est obligatoire",
    "il faut is, at_least ou at_most",
    "il en faut au moins %(least)s, et la liste en a %(count)s",
)
_checked: OrderedDict[tuple[str, int], Check] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Note:
    """A problem or a finding at its place: `key` is the path within the piece, empty for the whole.

    `item` is the name of the answer, the level or the resource at that path, `language` that of a translation that
    lacks. `to_do` is what is merely not filled in yet, which nobody is blamed for while they write. `missing` is what
    a condition names that is not there: a piece and, where it is only one of its answers, which.
    """

    address: Address
    key: str
    template: str
    params: Mapping[str, object] = field(default_factory=dict)
    kind: str = "problem"
    missing: tuple[Address, str] | None = None
    item: str = ""
    language: str = ""
    to_do: bool = False

    @property
    def told_softly(self) -> str:
        """What is still to be done, to whoever is at it: « À compléter », and what, where the field does not say it."""
        if not self.key or self.key in {"choices", "levels"} or saying.of_condition(self.key):
            return gettext("À compléter : %(what)s", what=self._text[:1].lower() + self._text[1:])
        return gettext("À compléter")

    @property
    def sentence(self) -> str:
        text = self._text
        place = self.place
        return f"{place}{text[:1].lower()}{text[1:]}" if place else text[:1].upper() + text[1:]

    @property
    def _text(self) -> str:
        filled = {name: value() if callable(value) else value for name, value in self.params.items()}
        text = worded(self.template, filled)
        return text if text.endswith((".", "!", "?")) else f"{text}."

    @property
    def place(self) -> str:
        """What within the piece it is about, before what is said of it: « Plafond 1 : »; often empty."""
        # That one names its level already.
        return "" if self.kind == "unreachable_level" else saying.place_words(self.key, self.item)


@dataclass(frozen=True, slots=True)
class Check:
    """The check of a draft's tree.

    `compiled` and `analysis` are those of the draft or, while it has problems, of what is left of it without the
    pieces that have them (`left_out`); None where nothing is left. `former` are pieces that were and that conditions
    still name, as they were, the latest first (see `remembering`).
    """

    problems: tuple[Note, ...]
    warnings: tuple[Note, ...]
    compiled: Compiled | None
    analysis: Analysis | None
    left_out: tuple[Address, ...]
    former: tuple[tuple[Address, Tree], ...] = ()

    @property
    def right(self) -> bool:
        return not self.problems

    @property
    def empty(self) -> bool:
        """Whether nothing is asked yet."""
        return any(note.template == _NO_QUESTION for note in self.problems)

    def problems_of(self, address: Address) -> tuple[Note, ...]:
        return tuple(note for note in self.problems if note.address == address)

    def warnings_of(self, address: Address) -> tuple[Note, ...]:
        return tuple(note for note in self.warnings if note.address == address)


def check(tree: Tree, resources: Iterable[Resource] = ()) -> Check:
    """Check a draft; `resources` are those of the space and of the national base."""
    aimed = tuple(resources)
    key = (content_hash(tree), hash(aimed))
    known = _checked.get(key)
    if known is None:
        known = _checked[key] = _check(tree, aimed)
        if len(_checked) > _KEPT:
            _checked.popitem(last=False)
    return known


def _check(tree: Tree, resources: tuple[Resource, ...]) -> Check:
    document, problems = examine_document(tree)
    sound, left_out = (Sound(tree, document), ()) if not problems else _sound_part(tree, problems)
    compiled = analysis = None
    warnings: tuple[Note, ...] = ()
    if sound is not None:
        compiled = compile_document(sound.document)
        nearest = {each.id: each for each in (*resources, *sound.document.resources)}
        analysis = analyse(compiled, tuple(nearest.values()), sound.tree)
        warnings = tuple(_warnings(analysis, sound.tree))
    parts = take_apart(tree)
    notes = list(_each_line_once(_note_of(each, tree, parts) for each in problems))
    if (idle := without_a_score(tree, document if not problems else None)) is not None:
        notes.append(idle)
        warnings = tuple(each for each in warnings if each.kind != "never_scored")
    return Check(tuple(notes), warnings, compiled, analysis, left_out)


def without_a_score(tree: Tree, document: Document | None) -> Note | None:
    """What forbids publishing a questionnaire that the format allows: nobody could ever have a score from it.

    A `document` that has problems is only said to ask nothing: its questions may well be notable once put right.
    """
    places = [address for address in take_apart(tree).pieces if address.startswith("category/")]
    questions = [each for category in tree.get("categories") or () for each in category.get("questions") or ()]
    if not places:
        return None
    if not any(each.get("type") != "info" for each in questions):
        return Note(places[0], "", _NO_QUESTION, to_do=True)
    if document is not None and not any(each.scored for each in document.questions):
        return Note(places[0], "", _NOTHING_COUNTS, to_do=True)
    return None


def _warnings(analysis: Analysis, tree: Tree) -> Iterator[Note]:
    """The findings at their places; what lacks a translation is said of each piece, not once for the file."""
    parts = take_apart(tree)
    for finding in analysis.warnings:
        if finding.kind != "missing_translation":
            yield _note_of(finding, tree, parts)
    template = N_("à traduire (%(language)s) : %(texts)s")
    for address, code, texts in saying.untranslated(analysis.untranslated, tree):
        params = {"language": saying.language_called(code), "texts": texts}
        yield Note(address, "", template, params, "missing_translation", language=code)


def _note_of(found: Problem | Finding, tree: Tree, parts: Parts) -> Note:
    path = "" if found.path == "document" else found.path
    address, key = located(path, tree)
    piece = parts.pieces.get(address)
    template, params = saying.plainly(key, found.template, found.params, parts)
    to_do = isinstance(found, Problem) and _is_to_do(saying.spaced(found.template), key, piece)
    if to_do:
        key, template, params = saying.still_to_do(key, template, params, piece or {}, parts)
    return Note(
        address,
        key,
        template,
        params,
        found.kind if isinstance(found, Finding) else "problem",
        _missing(key, piece) if saying.spaced(found.template) in _NO_SUCH else None,
        saying.item_called(key, piece, first_language(tree)),
        to_do=to_do,
    )


def _is_to_do(template: str, key: str, piece: Any) -> bool:
    """Whether a problem is that something is empty so far: a text, a number, the answers of a condition's line."""
    return template in _NOT_YET or (bool(key) and saying.at(piece, key) in ("", [], {}))


def _each_line_once(notes: Iterable[Note]) -> Iterator[Note]:
    """The notes; of a condition's line that nothing was picked for yet, one."""
    told = set()
    for note in notes:
        if not note.to_do or (note.address, note.key, note.template) not in told:
            yield note
        told.add((note.address, note.key, note.template))


def _missing(key: str, piece: Any) -> tuple[Address, str] | None:
    """What the condition at a path of a piece names: `visible_if.all.1.question`, `caps.0.if.is.2`."""
    test, value = None, piece
    for part in key.split("."):
        test = value if isinstance(value, Mapping) else test
        try:
            value = value[int(part)] if isinstance(value, (list, tuple)) else value[part]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    for kind in ("question", "profile"):
        if isinstance(test, Mapping) and isinstance(test.get(kind), str):
            return f"{kind}/{test[kind]}", "" if key.endswith(f".{kind}") else str(value)
    return None


def remembering(checked: Check, former: Iterable[tuple[Address, Tree]], tree: Tree) -> Check:
    """The check, with what conditions name in vain called as it was called; `former` the latest first."""
    former = tuple(former)
    there = take_apart(tree).pieces
    return replace(checked, problems=tuple(_named(note, former, there) for note in checked.problems), former=former)


def _named(note: Note, former: Sequence[tuple[Address, Tree]], there: Mapping[Address, Tree]) -> Note:
    if note.missing is None:
        return note
    (address, choice), kind = note.missing, note.missing[0].partition("/")[0]
    states = [piece for each, piece in former if each == address]
    if not choice:
        title = next((title for piece in states if (title := piece_title(piece))), "")
        return replace(note, template=_REMOVED[kind], params={"title": title}) if title else note
    labels = (
        words(each.get("label"))
        for piece in states
        for each in piece.get("choices") or ()
        if isinstance(each, Mapping) and str(each.get("id")) == choice
    )
    answer, title = next(filter(None, labels), ""), piece_title(there.get(address, {}))
    return replace(note, template=_REMOVED["choice"], params={"answer": answer, "title": title}) if answer else note


@dataclass(frozen=True, slots=True)
class Sound:
    """A tree without a problem, and the document that it is."""

    tree: Tree
    document: Document


def _sound_part(tree: Tree, problems: Sequence[Problem]) -> tuple[Sound | None, tuple[Address, ...]]:
    """What can be used of a draft: without the questions, entries and categories that have problems.

    Leaving some out may break conditions that named them: so again, until the rest is right.
    """
    left_out: list[Address] = []
    while True:
        broken = {located(problem.path, tree)[0] for problem in problems}
        removable = {each for each in broken if each.partition("/")[0] in {"question", "profile", "category"}}
        if not removable:
            return None, tuple(left_out)
        left_out += sorted(removable)
        tree = _without(tree, removable)
        document, problems = examine_document(tree)
        if not problems:
            return Sound(tree, document), tuple(left_out)


def _without(tree: Tree, addresses: set[Address]) -> Tree:
    categories = [
        {**category, "questions": [q for q in category["questions"] if f"question/{q['id']}" not in addresses]}
        for category in tree.get("categories") or []
        if f"category/{category['id']}" not in addresses
    ]
    rest: dict[str, Any] = {**tree, "categories": [category for category in categories if category["questions"]]}
    rest["profile"] = [each for each in tree.get("profile") or [] if f"profile/{each['id']}" not in addresses]
    return rest
