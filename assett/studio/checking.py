"""What is to be put right in a draft, and what is worth knowing, each where it lies."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext

from assett.core.i18n import worded
from assett.engine.analysis import Analysis, Finding, analyse
from assett.engine.compiled import Compiled, compile_document, content_hash
from assett.engine.document import Resource
from assett.engine.drafting.pieces import Address, Tree, located
from assett.engine.reading import check_document, read_document
from assett.kernel.errors import Problem
from assett.kernel.text import N_

_KEPT = 64
# What the reader of files says of a name that it does not know, as one says it who picks from a list.
_ASKED = N_(
    "une question citée n’est plus dans le questionnaire (%(id)s) : choisissez-en une autre, ou retirez la ligne"
)
_GONE = {
    "aucune question ne s’appelle %(id)s": _ASKED,
    "aucune question ne s’appelle %(id)s ; vouliez-vous dire %(close)s ?": _ASKED,
}
_checked: OrderedDict[tuple[str, int], Check] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Note:
    """A problem or a finding at its place: `key` is the path within the piece, empty for the whole."""

    address: Address
    key: str
    template: str
    params: Mapping[str, object] = field(default_factory=dict)
    kind: str = "problem"

    @property
    def sentence(self) -> str:
        text = worded(_GONE.get(self.template, self.template), self.params)
        text = text if text.endswith((".", "!", "?")) else f"{text}."
        place = self.place
        return f"{place}{text[:1].lower()}{text[1:]}" if place else text[:1].upper() + text[1:]

    @property
    def place(self) -> str:
        """Which condition of the piece it is about, before what is said of it: « Plafond 1 : »; often empty."""
        match self.key.split("."):
            case ["caps", number, *_] if number.isdigit():
                return gettext("Plafond %(number)s : ", number=int(number) + 1)
            case ["visible_if", *_]:
                return gettext("Condition d’affichage : ")
            case _:
                return ""


@dataclass(frozen=True, slots=True)
class Check:
    """The check of a draft's tree.

    `compiled` and `analysis` are those of the draft or, while it has problems, of what is left of it without the
    pieces that have them (`left_out`); None where nothing is left.
    """

    problems: tuple[Note, ...]
    warnings: tuple[Note, ...]
    compiled: Compiled | None
    analysis: Analysis | None
    left_out: tuple[Address, ...]

    @property
    def right(self) -> bool:
        return not self.problems

    def problems_of(self, address: Address) -> tuple[Note, ...]:
        return tuple(note for note in self.problems if note.address == address)

    def warnings_of(self, address: Address) -> tuple[Note, ...]:
        return tuple(note for note in self.warnings if note.address == address)


def check(tree: Tree, resources: Iterable[Resource] = ()) -> Check:
    """Check a draft; `resources` are those of the space and of the national base."""
    aimed = tuple(resources)
    key = (content_hash(tree), hash(tuple(resource.id for resource in aimed)))
    known = _checked.get(key)
    if known is None:
        known = _checked[key] = _check(tree, aimed)
        if len(_checked) > _KEPT:
            _checked.popitem(last=False)
    return known


def _check(tree: Tree, resources: tuple[Resource, ...]) -> Check:
    problems = check_document(tree)
    usable, left_out = (tree, ()) if not problems else sound_part(tree, problems)
    compiled = analysis = None
    warnings: tuple[Note, ...] = ()
    if usable is not None:
        compiled = compile_document(read_document(usable))
        nearest = {each.id: each for each in (*resources, *compiled.document.resources)}
        analysis = analyse(compiled, tuple(nearest.values()), usable)
        warnings = tuple(_note_of(finding, usable) for finding in analysis.warnings)
    return Check(tuple(_note_of(each, tree) for each in problems), warnings, compiled, analysis, left_out)


def _note_of(found: Problem | Finding, tree: Tree) -> Note:
    path = "" if found.path == "document" else found.path
    address, key = located(path, tree)
    kind = found.kind if isinstance(found, Finding) else "problem"
    return Note(address, key, found.template, found.params, kind)


def sound_part(tree: Tree, problems: Iterable[Problem]) -> tuple[Tree | None, tuple[Address, ...]]:
    """What can be used of a draft: without the questions, entries and categories that have problems.

    Leaving some out may break conditions that named them: so again, until the rest is right.
    """
    left_out: list[Address] = []
    problems = tuple(problems)
    while problems:
        broken = {located(problem.path, tree)[0] for problem in problems}
        removable = {each for each in broken if each.partition("/")[0] in {"question", "profile", "category"}}
        if not removable:
            return None, tuple(left_out)
        left_out += sorted(removable)
        tree = _without(tree, removable)
        problems = check_document(tree)
    return tree, tuple(left_out)


def _without(tree: Tree, addresses: set[Address]) -> Tree:
    categories = [
        {**category, "questions": [q for q in category["questions"] if f"question/{q['id']}" not in addresses]}
        for category in tree.get("categories") or []
        if f"category/{category['id']}" not in addresses
    ]
    rest: dict[str, Any] = {**tree, "categories": [category for category in categories if category["questions"]]}
    rest["profile"] = [each for each in tree.get("profile") or [] if f"profile/{each['id']}" not in addresses]
    return rest
