"""Three years of assessments: who assessed itself when, and what it answered each time.

All of it is worked out before anything is written, by the pure engine; a structure's chance is its own, so that
changing one leaves the others as they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from assett.demo.answering import Respondent, known_profile
from assett.demo.content import Structure
from assett.engine.answers import read_answer, see
from assett.engine.compiled import Compiled
from assett.engine.values import Value

PARIS = ZoneInfo("Europe/Paris")
OPENED_FOR = timedelta(days=3 * 365)
A_WEEK = timedelta(days=7)
# Of a hundred structures: how many completed one, two, three or four assessments.
HOW_OFTEN = (9, 19, 32, 40)
NOT_STARTED, STARTING, AGAIN = 10, 16, 9


@dataclass(frozen=True, slots=True)
class Pace:
    """How far a structure is: how many assessments it completed, and whether one is running."""

    completed: int
    running: bool


@dataclass(frozen=True, slots=True)
class Given:
    """An answer and when it was given; `taken_over` from the last time, as a new assessment starts prefilled.

    `before` tells that the last time had another answer."""

    question: str
    value: Value
    at: datetime
    taken_over: bool = False
    before: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """An assessment; `completed` is None while it runs."""

    started: datetime
    completed: datetime | None
    profile: dict[str, Value]
    answers: tuple[Given, ...]

    @property
    def values(self) -> dict[str, Value]:
        return {given.question: given.value for given in self.answers}


@dataclass(frozen=True, slots=True)
class History:
    """A structure in its space: since when, and its assessments from the first on."""

    joined: datetime
    attempts: tuple[Attempt, ...]

    @property
    def profile(self) -> dict[str, Value]:
        """The profile as it was told last; empty while none was."""
        return self.attempts[-1].profile if self.attempts else {}


def paces(structures: Sequence[Structure], seed: str) -> list[Pace]:
    """How far each structure is. A few have not started, are at their first or are at it again; most have completed
    from one to four."""
    rng = Random(seed)  # noqa: S311 - the same every time
    paces = [
        Pace(
            structure.completed if structure.completed is not None else rng.choices((1, 2, 3, 4), HOW_OFTEN)[0],
            bool(structure.running),
        )
        for structure in structures
    ]
    free = [index for index, each in enumerate(structures) if each.completed is None and each.running is None]
    share = len(structures) / 150
    # The listing of a structure that tells much of itself would look odd without any assessment.
    quiet = rng.sample(
        [index for index in free if not structures[index].published], round((NOT_STARTED + STARTING) * share)
    )
    for index in quiet[: round(NOT_STARTED * share)]:
        paces[index] = Pace(0, running=False)
    for index in quiet[round(NOT_STARTED * share) :]:
        paces[index] = Pace(0, running=True)
    for index in rng.sample([index for index in free if index not in quiet], round(AGAIN * share)):
        paces[index] = Pace(min(paces[index].completed, 3), running=True)
    return paces


def history(structure: Structure, pace: Pace, compiled: Compiled, now: datetime) -> History:
    """The whole history of a structure up to now."""
    rng = Random(structure.name)  # noqa: S311 - the same every time
    starts = list(_starts(pace, now, rng))
    first = starts[0] if starts else now - _few_days(rng, 3, 60)
    joined = office_hour(first - _few_days(rng, 3, 14), rng)
    # Who has something to show began further on.
    low, middle = (0.26, 0.4) if structure.published else (0.06, 0.32)
    base = min(max(rng.gauss(middle, 0.16), low), 0.76)
    readiness = {
        category.id: min(max(base + rng.gauss(0, 0.11), 0.02), 0.9) for category in compiled.document.categories
    }
    attempts: list[Attempt] = []
    last: dict[str, Value] = {}
    for number, start in enumerate(starts):
        runs = pace.running and number == len(starts) - 1
        profile = known_profile(compiled, {**structure.profile, **(structure.changed if runs else {})})
        values = Respondent(compiled, profile, readiness, rng).answer(last)
        if runs:
            answered = list(values)[: max(2, round(len(values) * rng.uniform(0.15, 0.9)))]
            # Only what they have looked at again is new; what they never met is still to be answered.
            told = {**last, **{question: values[question] for question in answered if question in last or not last}}
        else:
            told = {**last, **values, **_extras(structure, compiled, profile, values, start, rng)}
        attempts.append(_attempt(compiled, profile, told, last, start, runs, now, rng))
        last = told
    return History(joined, tuple(attempts))


def _starts(pace: Pace, now: datetime, rng: Random) -> Iterator[datetime]:
    """When each assessment was started: about a year apart, the last one lately if it runs."""
    if pace.completed:
        gaps = [timedelta(days=rng.randint(270, 345)) for _ in range(pace.completed - 1)]
        settling, lately = timedelta(days=20), timedelta(days=60 if pace.running else 3)
        start = now - OPENED_FOR + settling + (OPENED_FOR - settling - lately - sum(gaps, timedelta())) * rng.random()
        yield office_hour(start, rng)
        for gap in gaps:
            start += gap
            yield office_hour(start, rng)
    if pace.running:
        yield office_hour(now - _few_days(rng, 2, 40), rng)


def _attempt(
    compiled: Compiled,
    profile: dict[str, Value],
    told: dict[str, Value],
    last: dict[str, Value],
    start: datetime,
    runs: bool,
    now: datetime,
    rng: Random,
) -> Attempt:
    """An assessment answered in one to three sittings, in the order of the file."""
    fresh = [question for question in compiled.questions if question in told and told[question] != last.get(question)]
    answers = [
        Given(question, value, start, taken_over=True) for question, value in last.items() if question not in fresh
    ]
    sittings = min(rng.choice((1, 1, 2) if runs else (1, 1, 2, 3)), max(len(fresh), 1))
    breaks = set(rng.sample(range(1, len(fresh)), sittings - 1)) if fresh else set()
    at = start
    for index, question in enumerate(fresh):
        if index in breaks and at < now - A_WEEK:
            at = office_hour(at + _few_days(rng, 1, 3), rng, later=True)
        at += timedelta(seconds=rng.randint(12, 75))
        answers.append(Given(question, told[question], at, before=question in last))
    completed = None if runs else at + timedelta(seconds=rng.randint(40, 600))
    return Attempt(start, completed, profile, tuple(answers))


def _extras(
    structure: Structure,
    compiled: Compiled,
    profile: dict[str, Value],
    values: dict[str, Value],
    start: datetime,
    rng: Random,
) -> dict[str, Value]:
    """What is asked without being scored: what they are proud of, when they meet again, what they want to begin."""
    extras: dict[str, Value] = {}
    hidden = see(compiled, values, profile).hidden
    for question in compiled.document.questions:
        words: str | None = None
        if question.type == "date" and rng.random() < 0.45:
            words = (start + timedelta(days=rng.randint(90, 300))).date().isoformat()
        elif question.id == "envie" and rng.random() < 0.8:
            words = rng.choice(WISHES)
        elif question.id == "gouvernance-fierte" and structure.commitments and rng.random() < 0.7:
            words = rng.choice(structure.commitments)
        value = read_answer(compiled, question.id, words) if words and question.id not in hidden else None
        if value is not None:
            extras[question.id] = value
    return extras


WISHES = (
    "Trouver une solution pour les cartons avant l’été.",
    "Changer les néons de la réserve.",
    "Relever le compteur d’eau chaque mois, on ne l’a jamais fait.",
    "Un vrai point de tri pour les clients.",
    "Grouper les livraisons du mardi et du jeudi.",
    "Voir avec les voisins pour un composteur commun.",
    "Venir à vélo au moins les beaux jours !",
    "Baisser le chauffage le soir, il faut qu’on se l’écrive.",
    "Acheter les gobelets réutilisables pour la fête.",
    "En parler à la prochaine réunion du bureau.",
    "Demander au propriétaire pour les fenêtres.",
    "Des ampoules LED, puis les prises à interrupteur.",
)


def _few_days(rng: Random, low: int, high: int) -> timedelta:
    return timedelta(days=rng.randint(low, high))


def office_hour(moment: datetime, rng: Random, *, later: bool = False) -> datetime:
    """A moment of that day when people are at work; of the Friday before a week-end, or (`later`) the Monday after."""
    local = moment.astimezone(PARIS)
    weekend = local.weekday() - 4
    if weekend > 0:
        local += timedelta(days=3 - weekend if later else -weekend)
    return local.replace(hour=rng.randint(8, 17), minute=rng.randint(0, 59), second=rng.randint(0, 59), microsecond=0)
