"""The trial bench as a page shows it: a grid tried on past answers and on generated respondents, in words first.

Nobody is named, and what could point at somebody is not said: nothing at all below ten structures, nothing of those
who keep their scores to themselves while they are fewer than five (their figures could be had by subtraction). Whoever
writes the grid can aim it at one structure, so no past answer is tried as it was given: they are mixed first among
structures that stand alike (see `engine.mixing`, which says what that defends and where it ends), and what comes of it
is told coarsely (see `grain`): numbers to the nearest five, « moins de 5 » for four as for none, means rounded too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, TypeAlias

from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from assett.core import plots
from assett.core.i18n import show_percent, spoken
from assett.core.memory import Memory, Same
from assett.engine.answers import Answers, see
from assett.engine.carrying import LossReason, carrier
from assett.engine.changes import differences
from assett.engine.compiled import Compiled
from assett.engine.document import Text
from assett.engine.generated import Generator
from assett.engine.mixing import FEWEST, GROUP, mixed, standings
from assett.engine.trial import Discrimination, Losses, LostAnswers, Shift, Trial, legend, trial
from assett.engine.values import Value
from assett.kernel.text import N_
from assett.questionnaires import queries as questionnaires
from assett.questionnaires import words
from assett.studio import moves, published
from assett.studio.grain import THRESHOLD, Grain

# Below so many structures, mixing moves about one in ten to another level.
FEW = 40
MOST_GENERATED = 5000
# The versions between the two grids, oldest first: through them, what each renamed is found.
Between: TypeAlias = tuple[Compiled, ...]
_trials: Memory[tuple[Any, ...], Outcome] = Memory(48)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a trial runs on: `source` is `past`, `generated` or `both`.

    `every` takes all completed assessments instead of the latest of each structure. Generated respondents have the
    profiles of the structures of the `territory`, or any; `fixed` settles entries of the profile for all.
    """

    source: str = "past"
    every: bool = False
    count: int = 500
    seed: int = 1
    territory: bool = False
    fixed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trial and its respondents: so many `structures`, `left_out` for they do not share; None: too few to tell.

    A structure brought at most `most` respondents. `lost` are the answers that were lost already between the version
    that they were given to and the one that is compared with. Of `total` assessments the latest `read` were taken.
    """

    trial: Trial | None
    structures: int
    left_out: int = 0
    most: int = 1
    lost: tuple[LostAnswers, ...] = ()
    read: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class _Past:
    """Past answers under the version that is compared with, and how many each structure `brought` (see `Outcome`)."""

    answers: list[Answers]
    brought: Counter[int]
    left_out: int
    lost: tuple[LostAnswers, ...]
    read: int


def on_past(
    session: Session, space_id: int, old: Compiled, new: Compiled, *, every: bool, between: Between = ()
) -> Outcome:
    """Try a grid on what the structures of the space answered."""
    state = published.past_state(session)

    def run() -> Outcome:
        past = _past(session, old, every=every)
        structures = len(past.brought)
        if structures < FEWEST:
            return Outcome(None, structures, past.left_out)
        most = max(past.brought.values())
        respondents = mixed(old, past.answers, standings(old, past.answers), group=GROUP * most)
        tried = trial(old, new, respondents, between=between)
        total = state.completed if every else state.latest
        return Outcome(tried, structures, past.left_out, most, past.lost, past.read, total)

    key = ("past", space_id, every, state, *map(Same, (old, *between, new)))
    return _trials.recall(key, run)


def on_generated(
    session: Session, space_id: int, old: Compiled, new: Compiled, setting: Setting, *, between: Between = ()
) -> Outcome:
    """Try a grid on respondents that do not exist."""

    def run() -> Outcome:
        drawn, rest = Generator(old, setting.seed), Generator(new, setting.seed + 1)
        profiles: Iterable[Mapping[str, Value]] = [{}]
        if setting.territory:
            past = _past(session, old, every=False)
            profiles = [each.profile for each in past.answers] if len(past.brought) >= FEWEST else [{}]
        shown = trial(old, new, _drawn(drawn, profiles, setting), complete=rest.complete, between=between)
        return Outcome(shown, setting.count)

    state = published.past_state(session) if setting.territory else None
    mix = (setting.count, setting.seed, setting.fixed)
    key = ("generated", space_id if state else None, state, mix, *map(Same, (old, *between, new)))
    return _trials.recall(key, run)


def _drawn(generator: Generator, profiles: Iterable[Mapping[str, Value]], setting: Setting) -> Iterator[Answers]:
    compiled, several = generator.compiled, cycle(profiles)
    for _ in range(setting.count):
        yield generator.complete(see(compiled, {}, {**next(several), **dict(setting.fixed)}))


def _past(session: Session, old: Compiled, *, every: bool) -> _Past:
    """Past answers, carried to the version that is compared with."""
    rows = published.past(session, every=every)
    read = len(rows)
    private = {row.structure for row in rows if row.private}
    left_out = private if len(private) < THRESHOLD else set()
    rows = [row for row in rows if row.structure not in left_out]
    used = {row.version_id for row in rows}
    versions = published.versions_since(session, used) if used else ()
    compiled = questionnaires.compiled_all(session, versions)
    answers, losses = [], Losses()
    chain = questionnaires.Chain({version.id: compiled[version.id] for version in versions})
    compared = next((id for id, each in compiled.items() if each is old), None)
    ways = {id: carrier(compiled[id], old, chain.between(id, compared or id)) for id in used}
    for row in rows:
        own = compiled[row.version_id]
        given = see(own, _values(row.answers, own.questions), _values(row.profile, own.entries))
        if own is not old:
            carried = ways[row.version_id].carry(given)
            losses.add(carried.lost)
            given = carried.answers
        answers.append(given)
    return _Past(answers, Counter(row.structure for row in rows), len(left_out), losses.counted, read)


def _values(raw: Mapping[str, Any], known: Mapping[str, object]) -> dict[str, Value]:
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in raw.items()
        if value is not None and name in known
    }


# In words


@dataclass(frozen=True, slots=True)
class LevelRow:
    label: Markup
    before: str
    after: str
    counts: tuple[int | None, int | None]
    # What the level was called before, where that was otherwise.
    former: Markup | None = None


@dataclass(frozen=True, slots=True)
class ShiftView:
    """What becomes of the respondents in a category or on the whole; without rows where there are too few."""

    title: Markup
    sentence: str
    moved: int
    mean: str
    rows: tuple[LevelRow, ...]
    # How many had a score before or have one after, as it is told: more than the rows sum to, where some are too few.
    scored: int = 0
    # How many are at a level, before and after: the sums of what is told of each level.
    ranked: tuple[int, int] = (0, 0)
    # Whether no level of the two grids compares: nobody rises nor falls, the two spreads are all there is to say.
    incomparable: bool = False


@dataclass(frozen=True, slots=True)
class QuestionRow:
    title: Markup
    category: Markup
    answered: str
    mean: str
    verdict: str
    alike: bool
    silent: bool


@dataclass(frozen=True, slots=True)
class LostRow:
    """Answers that do not follow; `earlier`: they had not followed to the version that is compared with."""

    title: Markup
    reason: str
    count: str
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One trial as the page shows it; `told` is False where there were too few respondents."""

    kind: str
    told: bool
    respondents: int
    structures: int
    left_out: int
    least: int = 1
    shifts: tuple[ShiftView, ...] = ()
    questions: tuple[QuestionRow, ...] = ()
    lost: tuple[LostRow, ...] = ()
    # Whether the draft is told by itself: nothing is compared, or nothing that changes counts in a score (`inert`).
    alone: bool = False
    inert: bool = False
    read: int = 0
    total: int = 0
    # What is said of scores whose scale changes; empty where it does not.
    rescaled: str = ""
    # The best score: the plan tells the same in parts of the points.
    top: str = ""

    @property
    def headlines(self) -> list[ShiftView]:
        """The whole, then the categories in which somebody would change level, or none is the same."""
        return [*self.shifts[:1], *(shift for shift in self.shifts[1:] if shift.moved or shift.incomparable)]

    @property
    def still(self) -> bool:
        """Whether nobody would change level anywhere."""
        return not any(shift.moved or shift.incomparable for shift in self.shifts)

    @property
    def rough(self) -> bool:
        """Whether so few answered that mixing their answers blurs who is at which level."""
        return self.kind == "past" and self.structures < FEW

    @property
    def alike(self) -> list[QuestionRow]:
        return [row for row in self.questions if row.alike]

    @property
    def silent(self) -> list[QuestionRow]:
        return [row for row in self.questions if row.silent]


def panel(kind: str, outcome: Outcome, old: Compiled, new: Compiled, language: str, *, between: Between = ()) -> Panel:
    """A trial in words; of the draft alone (`old` is `new`, or nothing that changes counts) only what it shows by
    itself: who could tell that no score moves from numbers that are mixed and rounded?"""
    shown = outcome.trial
    inert = old is not new and _inert(old, new, between)
    if shown is None:
        return Panel(kind, False, 0, outcome.structures, outcome.left_out, inert=inert)
    grain = Grain(kind == "past", outcome.most)
    wording = _Wording(old, new, language, grain, between, alone=inert or old is new)
    shifts = tuple(wording.shift(each) for each in (shown.overall, *shown.categories))
    rescaled = words.rescaled(old.document.scale, new.document.scale)
    return Panel(
        kind,
        True,
        shown.respondents,
        outcome.structures,
        outcome.left_out,
        grain.least,
        shifts,
        tuple(wording.question(each) for each in wording.ordered(shown.questions)),
        (
            *(wording.lost(each) for each in shown.lost if each.count >= grain.least),
            *(wording.lost(each, earlier=True) for each in outcome.lost if each.count >= grain.least),
        ),
        alone=wording.alone,
        inert=inert,
        read=outcome.read,
        total=outcome.total,
        rescaled=rescaled if any(shift.mean for shift in shifts) else "",
        top=words.top(new.document.scale),
    )


def _inert(old: Compiled, new: Compiled, between: Between) -> bool:
    """Whether nothing that changes counts in a score."""
    before, after = old.document, new.document
    changed = differences(before, after, [each.document for each in between])
    return before.scale == after.scale and not any(each.scoring for each in changed)


_REASONS: Mapping[LossReason, str] = {
    "removed": N_("la question n’est plus posée"),
    "taken": N_("deux questions n’en font plus qu’une"),
    "type": N_("la question attend une réponse d’une autre sorte"),
    "scale": N_("l’échelle n’est plus la même"),
    "unit": N_("l’unité n’est plus la même"),
    "choice": N_("un choix n’existe plus"),
    "not_offered": N_("« non concerné » ou « je ne sais pas » n’est plus proposé"),
    "refused": N_("la réponse n’est plus acceptée"),
}


@dataclass(frozen=True, slots=True)
class _Wording:
    """Says a trial in one language, as finely as may be."""

    old: Compiled
    new: Compiled
    language: str
    grain: Grain
    between: Between
    alone: bool
    asked_before: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        ways = carrier(self.old, self.new, self.between).questions.values()
        object.__setattr__(self, "asked_before", frozenset(way for way in ways if way is not None))

    def said(self, text: Text) -> Markup:
        return spoken(text.in_(self.language), text.language_in(self.language))

    def shift(self, shift: Shift) -> ShiftView:
        title = Markup(gettext("Score global")) if shift.category is None else self.said(shift.title)  # noqa: S704
        grain, scored = self.grain, moves.scored(shift)
        if grain.real and scored < grain.least:
            return ShiftView(title, gettext("Caché : moins de %(least)s réponses.", least=grain.least), 0, "", ())
        rows = [each for each in shift.levels if each.id is not None or self._seen(each.before, each.after)]
        return ShiftView(
            title,
            self._moved(shift),
            grain.count(shift.up + shift.down),
            moves.mean(shift, self.new.document.scale, grain, alone=self.alone),
            tuple(
                LevelRow(
                    self.said(each.label) if each.label is not None else Markup(gettext("Sans score")),  # noqa: S704
                    self._count(each.before),
                    self._count(each.after),
                    (grain.count(each.before or 0), grain.count(each.after or 0)),
                    self.said(each.former) if each.former is not None else None,
                )
                for each in rows
            ),
            grain.count(scored),
            (
                sum(grain.count(each.before or 0) for each in shift.levels if each.id is not None),
                sum(grain.count(each.after or 0) for each in shift.levels if each.id is not None),
            ),
            moves.incomparable(shift),
        )

    def _seen(self, *counts: int | None) -> bool:
        return any(self.grain.count(count or 0) for count in counts)

    def _count(self, count: int | None) -> str:
        return "–" if count is None else self.grain.said(count)

    def _moved(self, shift: Shift) -> str:
        if self.alone:
            return ""
        known = {document: self._has(document, shift.category) for document in (self.old, self.new)}
        if not known[self.old]:
            return gettext("Catégorie nouvelle : personne n’y avait de score.")
        if not known[self.new]:
            return gettext("Catégorie retirée : son score disparaît.")
        return moves.moved(shift, self.grain)

    @staticmethod
    def _has(compiled: Compiled, category: str | None) -> bool:
        return category is None or any(each.id == category for each in compiled.document.categories)

    def ordered(self, rows: Sequence[Discrimination]) -> Sequence[Discrimination]:
        """The best first; of real answers as the questionnaire asks them, for their rank would tell what is hidden."""
        places = {question.id: place for place, question in enumerate(self.new.document.questions)}
        return sorted(rows, key=lambda row: places[row.question.id]) if self.grain.real else rows

    def question(self, row: Discrimination) -> QuestionRow:
        title = self.said(row.question.title)
        category = next(each.title for each in self.new.document.categories if each.id == row.category)
        answered = round(row.answered * row.asked)
        fresh = self.grain.real and row.question.id not in self.asked_before
        share = self.grain.mean(row.answered, row.asked) if row.asked else None
        mean = self.grain.mean(row.mean, answered)
        hidden = self.grain.real and mean is None
        told = not fresh and not hidden and row.spread is not None
        return QuestionRow(
            title=title,
            category=self.said(category),
            answered="–" if share is None or fresh or hidden else show_percent(share),
            mean=show_percent(mean) if told and mean is not None else "–",
            verdict=self._verdict(row, answered, fresh=fresh, hidden=hidden),
            alike=told and self._alike(row, answered),
            silent=not self.grain.real and not answered,
        )

    def _alike(self, row: Discrimination, answered: int) -> bool:
        """Whether a question tells too little apart. Of real answers, also where only a few differ from the rest: the
        squares of what they differ by then sum to less than their number."""
        if not row.discriminates:
            return True
        return self.grain.real and row.spread is not None and answered * (row.spread / 2) ** 2 < self.grain.least - 1

    def _verdict(self, row: Discrimination, answered: int, *, fresh: bool, hidden: bool) -> str:
        if fresh:
            return gettext("nouvelle : personne n’a pu y répondre")
        if hidden:
            return gettext("caché : trop peu de réponses")
        if not row.asked:
            return gettext("n’est posée à personne")
        if row.spread is None:
            return gettext("personne n’y répond")
        if row.spread == 0 and not self.grain.real:
            return gettext("tous répondent pareil")
        if self._alike(row, answered):
            return gettext("départage peu")
        return gettext("départage bien") if row.spread >= _WELL else gettext("départage")

    def lost(self, row: LostAnswers, *, earlier: bool = False) -> LostRow:
        reason = gettext(_REASONS[row.reason])
        return LostRow(self.said(row.question.title), reason, self.grain.said(row.count), earlier)


# The spread from which a question tells respondents apart well (1: half earn nothing, half everything).
_WELL = 0.5


# Drawn


def figure(shown: Panel) -> dict[str, Any]:
    """Stacked bars: of each category, before and after, which share is at which level."""
    unscored = gettext("Sans score")
    labels = legend([str(row.label.striptags()) for row in shift.rows] for shift in shown.shifts)
    labels.sort(key=lambda label: label == unscored)
    lines = [line for shift in reversed(shown.shifts) for line in _lines(shift, alone=shown.alone)]
    titles = [title for title, _, _ in lines]
    # A number is as wide before as after, and those who are too few to be told close the bar.
    totals = [total for _, _, total in lines]
    data = []
    for tone, label in enumerate(labels):
        counts = [of.get(label, 0) for _, of, _ in lines]
        data.append(
            plots.bars(
                name=label,
                orientation="h",
                x=[100 * count / total if total else 0 for count, total in zip(counts, totals, strict=True)],
                y=titles,
                text=[str(count) if count else "" for count in counts],
                hovertext=[
                    gettext(
                        "%(category)s, %(level)s\u00a0: %(count)s sur %(total)s",
                        category=title,
                        level=label,
                        count=count,
                        total=total,
                    )
                    for title, count, total in zip(titles, counts, totals, strict=True)
                ],
                tone=tone,
            )
        )
    left = [total - sum(of.values()) for _, of, total in lines]
    if any(left):
        name = gettext("Non détaillé : moins de %(least)s, ou arrondi", least=shown.least)
        shares = [100 * count / total if total else 0 for count, total in zip(left, totals, strict=True)]
        hover = [f"{title}, {name}" for title in titles]
        data.append(plots.rest(name=name, orientation="h", x=shares, y=titles, text=[""] * len(lines), hovertext=hover))
    return {"data": data, "layout": plots.stacked(titles, room=150)}


def _lines(shift: ShiftView, *, alone: bool) -> Iterator[tuple[str, dict[str, int], int]]:
    """The bars of a category from below up, after, then before: title, counts by level, how many in all, the same for
    both."""
    title, names = str(shift.title.striptags()), {row.label for row in shift.rows}
    ends = [(title if alone else gettext("%(title)s, après", title=title), 1)]
    if not alone:
        ends.append((gettext("%(title)s, avant", title=title), 0))
    sums = [sum(row.counts[end] or 0 for row in shift.rows) for _, end in ends]
    total = max(shift.scored, *sums)
    for name, end in ends:
        # Two levels may have one name.
        counts: Counter[str] = Counter()
        for row in shift.rows:
            # A level keeps its colour under another name, but where that name has gone to another level.
            was = row.former if not end and row.former in names else None
            counts[str((was or row.label).striptags())] += row.counts[end] or 0
        if any(counts.values()):
            yield name, counts, total
