"""What the assessments of a structure say together: their list, their curves, and what moved from one to the next.

Where the grid of scores changed between two of them, what comes from the answers is told apart from what comes from
the grid (see `engine.evolution`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from flask import url_for
from flask_babel import gettext

from assett.assessments.journey import level_label, shown_score
from assett.assessments.models import Assessment, SavedAnswer
from assett.assessments.models import CategoryScore as StoredScore
from assett.assessments.service import standing
from assett.core.i18n import show_days, show_decimal, show_month
from assett.engine.answers import Answers
from assett.engine.compiled import Compiled
from assett.engine.document import Scale
from assett.engine.evolution import Evolution, Share, ShownShare
from assett.engine.evolution import evolution as told_apart
from assett.engine.score import Result, rescale, score
from assett.kernel.text import N_
from assett.questionnaires.queries import Chain
from assett.questionnaires.words import rescaled


def since(
    former: Compiled,
    before: Answers,
    compiled: Compiled,
    after: Answers,
    result: Result,
    between: tuple[Compiled, ...] = (),
) -> Evolution:
    """What moved from the answers `before` (to the version `former`) to `result`, that of all the answers `after`;
    `between` are the versions between the two."""
    if former is not compiled:
        return told_apart(former, before, compiled, after, between)
    first = score(former, before)
    ratios = {each.id: each.ratio for each in first.categories}
    return Evolution(
        _plain(None, first.overall.ratio, result.overall.ratio),
        tuple(_plain(each.id, ratios.get(each.id), each.ratio) for each in result.categories),
    )


def _plain(category: str | None, before: Fraction | None, after: Fraction | None) -> Share:
    """An evolution on one and the same grid."""
    return Share(category, before, before, after)


def _shown(share: Share, scale: Scale) -> ShownShare | None:
    """What moved, on a scale; where the two parts cannot be told apart, as a whole."""
    if share.before is None or share.after is None:
        return None
    total = rescale(share.after, scale) - rescale(share.before, scale)
    return share.shown(scale) or ShownShare(total, total, Decimal(0))


def _signed(value: Decimal, scale: Scale) -> str:
    """« +0,4 », « −0,2 »."""
    return ("+" if value > 0 else "−") + show_decimal(abs(value), scale.decimals)


def total_text(share: Share | None, scale: Scale) -> str | None:
    """« +0,2 », « inchangé »; None where there is nothing to compare."""
    shown = _shown(share, scale) if share else None
    if shown is None:
        return None
    return _signed(shown.total, scale) if shown.total else gettext("inchangé")


def parts_text(share: Share | None, scale: Scale, categories: Sequence[Share] = ()) -> str | None:
    """« +0,4 de vos réponses, −0,2 de la nouvelle grille »; None where the grid changed nothing. Of the whole,
    `categories` tell whether answers moved them and offset one another."""
    shown = _shown(share, scale) if share else None
    if shown is None or not shown.grid:
        return None
    if not shown.you:
        said = (
            N_("du seul fait de la nouvelle grille"),
            N_("surtout du fait de la nouvelle grille"),
            N_("du fait de la nouvelle grille, vos réponses se compensant"),
        )
        return gettext(said[len(_answered(categories, scale))])
    return gettext(
        "%(you)s de vos réponses, %(grid)s de la nouvelle grille",
        you=_signed(shown.you, scale),
        grid=_signed(shown.grid, scale),
    )


def delta_text(share: Share | None, scale: Scale, *, apart: bool = True) -> str | None:
    """« +0,2 depuis la dernière fois (+0,4 de vos réponses, −0,2 de la nouvelle grille) »; bare unless `apart`."""
    total = total_text(share, scale)
    if total is None:
        return None
    moved = gettext("%(delta)s depuis la dernière fois", delta=total)
    parts = parts_text(share, scale) if apart else None
    return gettext("%(moved)s (%(parts)s)", moved=moved, parts=parts) if parts else moved


def _answered(categories: Sequence[Share], scale: Scale) -> set[bool]:
    """Whether answers made categories rise (True), fall (False), or both, as it is shown of each."""
    parts = [shown.you for each in categories if (shown := each.shown(scale)) is not None]
    return {part > 0 for part in parts if part}


def told(moved: Evolution, scale: Scale, former: Scale) -> list[str]:
    """What moved the overall score since an assessment on another grid, whose scores were on the `former` scale, in
    sentences; none where nothing compares."""
    shown = moved.overall.shown(scale)
    if shown is None:
        return []
    return [*_told(shown, _answered(moved.categories, scale), scale), *filter(None, [rescaled(former, scale)])]


def _told(shown: ShownShare, answered: set[bool], scale: Scale) -> list[str]:
    you, grid = (show_decimal(abs(part), scale.decimals) for part in (shown.you, shown.grid))
    if not shown.you and len(answered) == 2:
        first = gettext(
            "Vos réponses ont fait monter des catégories et baisser d’autres ; au total, elles se compensent."
        )
    elif not shown.you and answered:
        first = gettext("Vos réponses ont fait bouger une catégorie, trop peu pour votre score global.")
    elif not shown.you:
        first = gettext("Vos réponses n’ont pas fait bouger votre score.")
    elif shown.you > 0:
        first = gettext("Vos réponses ont fait monter votre score de %(points)s.", points=you)
    else:
        first = gettext("Vos réponses ont fait baisser votre score de %(points)s.", points=you)
    if not shown.grid:
        return [first, gettext("La grille de notation a changé entre-temps, sans effet sur votre score.")]
    if shown.grid > 0:
        second = gettext("La nouvelle grille de notation l’a relevé de %(points)s.", points=grid)
    else:
        second = gettext("La nouvelle grille de notation l’a abaissé de %(points)s.", points=grid)
    return [first, second]


@dataclass(frozen=True, slots=True)
class Past:
    """A completed assessment in the history; `moved` and `parts` say what moved since the one before, `rescaled` that
    the score of that one was on another scale."""

    day: datetime
    url: str
    receipt_url: str
    score_text: str
    level_label: str
    language: str
    moved: str | None
    parts: str | None
    rescaled: str = ""


def regraded(completed: Sequence[Assessment]) -> list[Assessment]:
    """Those of these assessments, the latest first, whose grid is not that of the one before or after them."""
    found: dict[int, Assessment] = {}
    for later, earlier in pairwise(completed):
        if later.version_id != earlier.version_id:
            found |= {later.id: later, earlier.id: earlier}
    return list(found.values())


def past(
    completed: Sequence[Assessment],
    chain: Chain,
    rows: Mapping[int, Mapping[str, SavedAnswer]],
    language: str,
) -> list[Past]:
    """The history as a list, the latest first; `rows` are the answers of those that were `regraded`, `chain` the
    versions that they answer and those between."""
    moves = {later.id: _moved(earlier, later, chain, rows) for later, earlier in pairwise(completed)}
    before = {later.id: chain.compiled[earlier.version_id].document.scale for later, earlier in pairwise(completed)}
    found = []
    for each in completed:
        own = chain.compiled[each.version_id]
        scale, move = own.document.scale, moves.get(each.id)
        moved = total_text(move.overall, scale) if move else None
        found.append(
            Past(
                day=each.completed_at or each.changed_at,
                url=url_for("assessments.result", id=each.id),
                receipt_url=url_for("assessments.receipt", id=each.id),
                score_text=_stored_score(each.overall_ratio, own),
                level_label=level_label(own, None, each.overall_level, language),
                language=own.document.language_in(language),
                moved=moved,
                parts=parts_text(move.overall, scale, move.categories) if move else None,
                rescaled=rescaled(before[each.id], scale) if moved else "",
            )
        )
    return found


def _moved(
    earlier: Assessment,
    later: Assessment,
    chain: Chain,
    rows: Mapping[int, Mapping[str, SavedAnswer]],
) -> Evolution:
    """What moved from one completed assessment to the next: told apart where the grid changed, otherwise the whole as
    it is stored."""
    old, new = chain.compiled[earlier.version_id], chain.compiled[later.version_id]
    if earlier.version_id == later.version_id:
        return Evolution(_plain(None, _ratio(earlier.overall_ratio), _ratio(later.overall_ratio)), ())
    before, after = (standing(version, each, rows[each.id]) for version, each in ((old, earlier), (new, later)))
    return told_apart(old, before, new, after, chain.between(earlier.version_id, later.version_id))


@dataclass(frozen=True, slots=True)
class CurvePoint:
    label: str
    short_label: str
    ratio: Decimal | None
    score_text: str
    # Where its day falls between the first (0) and the last (1) of the curve.
    place: float


@dataclass(frozen=True, slots=True)
class Curve:
    title: str
    language: str
    points: list[CurvePoint]


def curves(
    completed: Sequence[Assessment],
    scores: Mapping[int, Mapping[str, StoredScore]],
    compiled: Mapping[int, Compiled],
    language: str,
) -> list[Curve]:
    """How the overall score and each category moved, oldest first; nothing to say before the second assessment."""
    if len(completed) < 2:
        return []
    oldest_first = list(reversed(completed))
    latest = compiled[completed[0].version_id].document
    days = [each.completed_at or each.changed_at for each in oldest_first]
    span = max((days[-1] - days[0]).total_seconds(), 1.0)

    def points(of: Callable[[Assessment], Decimal | None]) -> list[CurvePoint]:
        return [
            CurvePoint(
                label,
                show_month(day),
                of(each),
                _stored_score(of(each), compiled[each.version_id]),
                (day - days[0]).total_seconds() / span,
            )
            for each, day, label in zip(oldest_first, days, show_days(days), strict=True)
        ]

    found = [Curve(gettext("Score global"), language, points(lambda each: each.overall_ratio))]
    for category in latest.categories:
        own = points(lambda each, id=category.id: row.ratio if (row := scores[each.id].get(id)) else None)  # type: ignore[misc]
        if any(point.ratio is not None for point in own):
            found.append(Curve(category.title.in_(language), category.title.language_in(language), own))
    return found


def _ratio(stored: Decimal | None) -> Fraction | None:
    return None if stored is None else Fraction(stored)


def _stored_score(ratio: Decimal | None, compiled: Compiled) -> str:
    scale = compiled.document.scale
    return shown_score(None if ratio is None else rescale(Fraction(ratio), scale), scale)
