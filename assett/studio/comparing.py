"""What replacing a draft's content with a file's would change of it: piece by piece, before anybody decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext, ngettext

from assett.engine.drafting.pieces import Address, Parts, Tree, take_apart
from assett.engine.drafting.steps import step_between
from assett.formats.lacking import MISSING, NO_LEVEL
from assett.kernel.text import N_
from assett.studio import differing, filing
from assett.studio.filing import KEPT, Wanted
from assett.studio.models import Draft, QuestionnaireFile
from assett.studio.texts import first_language, words

# How many titles of each kind, and how many differences in all, a report shows; the downloaded one has them all.
MOST_TITLES: Final = 200
MOST_TOLD: Final = 200
_KINDS = {
    "question": N_("Question « %(title)s »"),
    "category": N_("Catégorie « %(title)s »"),
    "profile": N_("Profil « %(title)s »"),
}


@dataclass(frozen=True, slots=True)
class Left:
    """What a draft keeps for want of a sheet: how many things, what they are called, and whether it is to go."""

    sheet: str
    counted: str
    names: Sequence[str]
    emptied: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """What would be new, changed and gone, each under its name, if there is anything; and what is kept for want of a
    sheet."""

    nothing: bool
    new: Sequence[str]
    changed: Sequence[differing.Piece]
    gone: Sequence[str]
    left: Sequence[Left]

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
            yield from (f"  {each.label} : {_flat(each.before)} → {_flat(each.after)}" for each in piece.told)
        if self.left:
            yield from ("", gettext("Gardé du brouillon, faute de feuille dans le fichier"))
            yield from (f"{each.sheet} : {each.counted} ({', '.join(each.names)})" for each in self.left)


def compared(draft: Draft, row: QuestionnaireFile, wanted: Wanted) -> Compared:
    """A file against the draft of now."""
    before, after = take_apart(draft.tree), filing.content_for(draft, row, wanted)
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
        list(_left(before, row, wanted, language)),
    )


def unsaid_notices(report: Mapping[str, Any], left: Sequence[Left]) -> list[Mapping[str, Any]]:
    """The notices of a report but for those of sheets whose want is told with what the draft keeps."""
    told = {(each.sheet, template) for each in left for template in (MISSING[each.sheet], NO_LEVEL)}
    return [each for each in report["notices"] if (each["place"]["sheet"], each["template"]) not in told]


def _called(address: Address, piece: Tree, language: str) -> str:
    title = differing.called(address, piece, language)
    kind = _KINDS.get(address.partition("/")[0])
    return gettext(kind) % {"title": title} if kind else title


def _left(before: Parts, row: QuestionnaireFile, wanted: Wanted, language: str) -> Iterator[Left]:
    for sheet in filing.unsaid_of(row):
        names = [each or gettext("(sans titre)") for each in _names(KEPT[sheet], before, language)]
        if names:
            yield Left(sheet, _counted(KEPT[sheet], len(names)), names, sheet in wanted.emptied)


def _names(key: str, parts: Parts, language: str) -> list[str]:
    """What the levels, the caps, the entries or the resources of a draft are called."""
    pieces = parts.pieces
    if key == "profile":
        return [words(pieces[f"profile/{name}"].get("title"), language) for name in parts.outline.profile]
    called = {"levels": "label", "caps": "reason", "resources": "title"}[key]
    return [words(thing.get(called), language) for piece in pieces.values() for thing in piece.get(key) or ()]


def _counted(key: str, count: int) -> str:
    match key:
        case "levels":
            return ngettext("%(num)s niveau", "%(num)s niveaux", count)
        case "caps":
            return ngettext("%(num)s plafond", "%(num)s plafonds", count)
        case "profile":
            return ngettext("%(num)s élément de profil", "%(num)s éléments de profil", count)
        case _:
            return ngettext("%(num)s ressource", "%(num)s ressources", count)


def _flat(text: str) -> str:
    return " ".join(text.split()) or "—"
