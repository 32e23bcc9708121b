"""What replacing a draft's content with a file's would change of it: piece by piece, before anybody decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext, ngettext

from assett.core.i18n import colon, semicolon
from assett.engine.drafting.pieces import Address, Parts, Tree, take_apart
from assett.engine.drafting.steps import step_between
from assett.formats.layout import (
    ANSWERS,
    CAPS,
    CATEGORIES,
    LEVELS,
    PROFILE,
    PROFILE_ANSWERS,
    QUESTIONNAIRE,
    QUESTIONS,
    RESOURCES,
)
from assett.kernel.text import N_
from assett.studio import differing, filing
from assett.studio.filing import KEPT, Understood, Wanted
from assett.studio.models import Draft
from assett.studio.texts import first_language, words

# How many titles of each kind, and how many differences in all, a report shows; the downloaded one has them all.
MOST_TITLES: Final = 200
MOST_TOLD: Final = 200
# What names the things of a sheet that stand within others.
_CALLED: Final = {LEVELS.sheet: "label", CAPS.sheet: "reason", RESOURCES.sheet: "title"}
_KINDS = {
    "question": N_("Question « %(title)s »"),
    "category": N_("Catégorie « %(title)s »"),
    "profile": N_("Profil « %(title)s »"),
}


@dataclass(frozen=True, slots=True)
class Left:
    """What a draft keeps for want of a sheet: how many things, what they are called, whether it is to go, and whether
    that can be asked."""

    sheet: str
    counted: str
    names: Sequence[str]
    emptied: bool
    can_go: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """What would be new, changed and gone, each under its name, if there is anything; and what is kept for want of a
    sheet, or of columns."""

    nothing: bool
    new: Sequence[str]
    changed: Sequence[differing.Piece]
    gone: Sequence[str]
    left: Sequence[Left]
    has_columns: bool

    @property
    def told(self) -> Sequence[differing.Piece]:
        """The changed ones whose differences are shown."""
        shown, lines = 0, 0
        for piece in self.changed:
            lines += len(piece.told) + 1
            if lines > MOST_TOLD:
                break
            shown += 1
        return self.changed[: max(shown, 1)]

    def lines(self) -> Iterator[str]:
        """All of it as lines of text."""
        for heading, titles in ((gettext("Nouveau"), self.new), (gettext("Retiré"), self.gone)):
            if titles:
                yield from ("", heading, *titles)
        if self.nothing:
            yield gettext("Rien : le fichier dit la même chose que le brouillon.")
        if self.changed:
            yield from ("", gettext("Changé"))
        for piece in self.changed:
            yield piece.title
            yield from (f"  {each.label}{colon()}{_flat(each.before)} → {_flat(each.after)}" for each in piece.told)
        kept = [each for each in self.left if not each.emptied]
        if kept:
            yield from ("", gettext("Gardé du brouillon, faute de feuille ou de colonne dans le fichier"))
            for each in kept:
                names = semicolon().join(each.names)
                yield f"{each.sheet}{colon()}{each.counted}" + (f" ({names})" if names else "")


def compared(draft: Draft, found: Understood, wanted: Wanted) -> Compared:
    """A file against the draft of now."""
    before, after = take_apart(draft.tree), filing.content_for(draft, found, wanted)
    language = first_language(draft.tree)
    titles = {
        address: _called(address, piece, language)
        for parts in (after, before)
        for address, piece in parts.pieces.items()
    }
    names = differing.Names.of(before, after.pieces.items())
    step = step_between(before, after)
    pieces = differing.of_step(step, names, titles)
    return Compared(
        not step,
        [each.title for each in pieces if each.state == "added"],
        [each for each in pieces if each.state == "changed"],
        [each.title for each in pieces if each.state == "removed"],
        [*_left(before, found, wanted, language), *_columns(found)],
        bool(found.report.get("columns")),
    )


def _called(address: Address, piece: Tree, language: str) -> str:
    title = differing.called(address, piece, language)
    kind = _KINDS.get(address.partition("/")[0])
    return gettext(kind) % {"title": title} if kind else title


def _left(before: Parts, found: Understood, wanted: Wanted, language: str) -> Iterator[Left]:
    missing = filing.unsaid_of(found)
    for sheet in missing:
        count, names = _kept(sheet, before, language)
        counted = _counted(sheet, count)
        # The answers of entries go with these.
        if counted and not (sheet == PROFILE_ANSWERS.sheet and PROFILE.sheet in missing):
            can_go = sheet in KEPT and sheet not in found.report.get("unclear", ())
            yield Left(sheet, counted, names, sheet in wanted.emptied, can_go)


def _columns(found: Understood) -> Iterator[Left]:
    for sheet, titles in (found.report.get("columns") or {}).items():
        named = ", ".join(gettext("« %(title)s »", title=title) for title in titles)
        counted = ngettext("la colonne %(titles)s", "les colonnes %(titles)s", len(titles), titles=named)
        yield Left(sheet, counted, [], False, False)


def _kept(sheet: str, parts: Parts, language: str) -> tuple[int, list[str]]:
    """How many things of a sheet a draft has, and what they are called: those of a grid, after its category."""
    if sheet not in _CALLED:
        starts = {CATEGORIES.sheet: "category/", QUESTIONS.sheet: "question/", PROFILE.sheet: "profile/"}
        titles = [
            _title(piece.get("title"), language)
            for address, piece in parts.pieces.items()
            if address.startswith(starts.get(sheet, address))
        ]
        return len(titles), titles if sheet in starts else []
    called, names, count = _CALLED[sheet], [], 0
    for address, piece in parts.pieces.items():
        things = [_title(thing.get(called), language) for thing in piece.get(KEPT[sheet]) or ()]
        count += len(things)
        if things and address.startswith("category/"):
            of = {"title": _title(piece.get("title"), language), "names": ", ".join(things)}
            names.append(gettext("%(title)s : %(names)s", **of))
        else:
            names += things
    return count, names


def _title(text: object, language: str) -> str:
    return words(text, language) or gettext("(sans titre)")


def _counted(sheet: str, count: int) -> str:
    """What is kept, in words; none where there is nothing."""
    if not count:
        return ""
    if sheet in _WHOLE:
        return gettext(_WHOLE[sheet])
    match KEPT.get(sheet, sheet):
        case "levels":
            return ngettext("%(num)s niveau", "%(num)s niveaux", count)
        case "caps":
            return ngettext("%(num)s plafond", "%(num)s plafonds", count)
        case "profile":
            return ngettext("%(num)s élément de profil", "%(num)s éléments de profil", count)
        case "resources":
            return ngettext("%(num)s ressource", "%(num)s ressources", count)
        case CATEGORIES.sheet:
            return ngettext("%(num)s catégorie", "%(num)s catégories", count)
        case _:
            return ngettext("%(num)s question", "%(num)s questions", count)


_WHOLE: Final = {
    QUESTIONNAIRE.sheet: N_("le titre, les langues et l’échelle du score"),
    ANSWERS.sheet: N_("les réponses à choisir, les libellés d’échelle et les tranches de points"),
    PROFILE_ANSWERS.sheet: N_("les réponses à choisir du profil"),
}


def _flat(text: str) -> str:
    return " ".join(text.split()) or "—"
