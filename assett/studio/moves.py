"""Who would change level, and what becomes of the mean: a trial's figures in sentences (see `bench`)."""

from __future__ import annotations

from fractions import Fraction

from flask_babel import gettext, ngettext

from assett.core.i18n import show_decimal
from assett.engine.document import Scale
from assett.engine.score import rescale
from assett.engine.trial import Shift
from assett.questionnaires import words
from assett.studio.grain import Grain


def moved(shift: Shift, grain: Grain) -> str:
    """Who would rise and who would fall, by what levels are compared, and who would lose or gain a score."""
    gone = sum(count for (was, now), count in shift.moves.items() if was is not None and now is None)
    come = sum(count for (was, now), count in shift.moves.items() if was is None and now is not None)
    scores = _scores_about(gone, come, grain) if grain.real else _scores(gone, come)
    first = (*_unlike(shift, grain), *_moves(shift, grain))
    return " ".join(filter(None, (*first, _compared(shift), *scores)))


def incomparable(shift: Shift) -> bool:
    """Whether the two grids have no level in common, or in another order: nobody is known to rise or to fall."""
    return shift.basis is None and shift.unlike > 0


def _moves(shift: Shift, grain: Grain) -> tuple[str, ...]:
    if incomparable(shift):
        return (
            gettext(
                "Les niveaux ne sont plus les mêmes, ou plus dans le même ordre : rien ne dit qui monte ni qui descend."
            ),
        )
    if shift.unlike and not shift.up + shift.down:
        return ()
    if grain.count(shift.unlike):
        return (_others_about(shift, grain) if grain.real else _others_exactly(shift),)
    return (_moved_about(shift, grain) if grain.real else _moved_exactly(shift),)


def _unlike(shift: Shift, grain: Grain) -> tuple[str, ...]:
    """How many are at a level that is not compared, where others are at one that is."""
    count = grain.count(shift.unlike)
    if incomparable(shift) or not count:
        return ()
    return (
        ngettext(
            "Pour %(count)s structure sur %(total)s, le niveau n’a pas d’équivalent : rien ne dit si elle monte ou "
            "descend.",
            "Pour %(count)s structures sur %(total)s, le niveau n’a pas d’équivalent : rien ne dit si elles montent ou "
            "descendent.",
            count,
            count=grain.about(shift.unlike) if grain.real else str(shift.unlike),
            total=grain.count(scored(shift)),
        ),
    )


def _others_about(shift: Shift, grain: Grain) -> str:
    """Who would change level among real structures whose levels compare, where others have one that does not."""
    moving = shift.up + shift.down
    if moving < grain.least:
        return gettext("Parmi les autres, moins de %(least)s changeraient de niveau, ou aucune.", least=grain.least)
    up, down = grain.parts(shift.up, shift.down)
    return gettext(
        "Parmi les autres, environ %(moved)s changeraient de niveau : %(up)s montent, %(down)s descendent.",
        moved=grain.count(moving),
        up=up,
        down=down,
    )


def _others_exactly(shift: Shift) -> str:
    return ngettext(
        "Parmi les autres, %(num)s changerait de niveau : %(how)s.",
        "Parmi les autres, %(num)s changeraient de niveau : %(how)s.",
        shift.up + shift.down,
        how=_how(shift),
    )


def _moved_about(shift: Shift, grain: Grain) -> str:
    """Who would change level among real structures: not even whether anybody does below the least number."""
    moving = shift.up + shift.down
    if moving < grain.least:
        return gettext("Moins de %(least)s structures changeraient de niveau, ou aucune.", least=grain.least)
    up, down = grain.parts(shift.up, shift.down)
    return gettext(
        "Environ %(moved)s structures sur %(total)s changeraient de niveau : %(up)s montent, %(down)s descendent.",
        moved=grain.count(moving),
        total=grain.count(scored(shift)),
        up=up,
        down=down,
    )


def _moved_exactly(shift: Shift) -> str:
    moving = shift.up + shift.down
    if not moving:
        return gettext("Aucune structure ne changerait de niveau.")
    return ngettext(
        "%(num)s structure sur %(total)s changerait de niveau : %(how)s.",
        "%(num)s structures sur %(total)s changeraient de niveau : %(how)s.",
        moving,
        total=scored(shift),
        how=_how(shift),
    )


def scored(shift: Shift) -> int:
    """How many had a score before, or have one after."""
    return shift.respondents - shift.moves.get((None, None), 0)


def _how(shift: Shift) -> str:
    """« 9 montent, 3 descendent »; shorter where all go the same way."""
    if shift.up + shift.down == 1:
        return gettext("elle monte") if shift.up else gettext("elle descend")
    if not shift.down:
        return gettext("toutes montent")
    if not shift.up:
        return gettext("toutes descendent")
    up = ngettext("%(num)s monte", "%(num)s montent", shift.up)
    return f"{up}, {ngettext('%(num)s descend', '%(num)s descendent', shift.down)}"


def _compared(shift: Shift) -> str:
    """By what levels are compared where their ids do not tell."""
    match shift.basis:
        case "name":
            return gettext("Les niveaux sont comparés par leur nom.")
        case "place":
            return gettext("Les niveaux, qui changent de nom, sont comparés par le seuil où ils commencent.")
        case _:
            return ""


def _scores_about(gone: int, come: int, grain: Grain) -> tuple[str, ...]:
    lost = gettext("Environ %(count)s n’auraient plus de score.", count=grain.count(gone)) if grain.count(gone) else ""
    new = gettext("Environ %(count)s en auraient un désormais.", count=grain.count(come)) if grain.count(come) else ""
    return lost, new


def _scores(gone: int, come: int) -> tuple[str, ...]:
    lost = ngettext("%(num)s n’aurait plus de score.", "%(num)s n’auraient plus de score.", gone) if gone else ""
    new = ngettext("%(num)s en aurait un désormais.", "%(num)s en auraient un désormais.", come) if come else ""
    return lost, new


# Means


def mean(shift: Shift, scale: Scale, grain: Grain, *, alone: bool) -> str:
    """The mean before and after, both on the scale of the new grid: two scales would not compare."""
    counts = [sum(count for move, count in shift.moves.items() if move[end] is not None) for end in (0, 1)]
    before = _on(scale, grain.mean(shift.mean_before, counts[0]))
    after = _on(scale, grain.mean(shift.mean_after, counts[1]))
    if grain.real and "–" in (before, after):
        return ""
    top = words.top(scale)
    if alone:
        return gettext("Score moyen : %(score)s sur %(max)s.", score=after, max=top)
    if grain.real:
        return gettext(
            "Score moyen : environ %(before)s avant, %(after)s après, sur %(max)s.", before=before, after=after, max=top
        )
    if before == after:
        return gettext("Score moyen : %(score)s sur %(max)s, avant comme après.", score=after, max=top)
    return gettext("Score moyen : %(before)s avant, %(after)s après, sur %(max)s.", before=before, after=after, max=top)


def _on(scale: Scale, ratio: Fraction | None) -> str:
    """A mean on a scale: of whole scores, to one decimal, for it falls between them."""
    return "–" if ratio is None else show_decimal(rescale(ratio, scale), scale.decimals or 1)
