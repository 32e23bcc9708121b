"""A draft as pieces, each with an address: what one editor changes without touching what another one does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from assett.kernel.ids import is_slug, slugify

Tree: TypeAlias = "dict[str, Any]"
Address: TypeAlias = str
"""``settings``, ``grid``, ``resources``, or ``category/ID``, ``question/ID``, ``profile/ID``."""

SETTINGS: Final = "settings"
GRID: Final = "grid"
RESOURCES: Final = "resources"
_SETTINGS_KEYS = ("format", "id", "version", "title", "languages")
_GRID_KEYS = ("scale", "levels", "caps")


@dataclass(frozen=True, slots=True)
class Outline:
    """What stands where: the ids of the entries, and of the categories with those of their questions."""

    profile: tuple[str, ...] = ()
    categories: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"profile": list(self.profile), "categories": [[c, list(q)] for c, q in self.categories]}

    @classmethod
    def of_json(cls, raw: Mapping[str, Any]) -> Outline:
        return cls(
            tuple(raw["profile"]), tuple((category, tuple(questions)) for category, questions in raw["categories"])
        )

    def category_of(self, question: str) -> str | None:
        """The category that a question stands in."""
        return next((category for category, questions in self.categories if question in questions), None)


@dataclass(frozen=True, slots=True)
class Parts:
    """A draft taken apart; the pieces are never changed in place."""

    pieces: Mapping[Address, Tree] = field(default_factory=dict)
    outline: Outline = Outline()


def take_apart(tree: Mapping[str, Any]) -> Parts:
    """A draft's tree as pieces (shared with the tree, not copied)."""
    pieces: dict[Address, Tree] = {
        SETTINGS: {key: tree[key] for key in _SETTINGS_KEYS if key in tree},
        GRID: {key: tree[key] for key in _GRID_KEYS if key in tree},
    }
    if "resources" in tree:
        pieces[RESOURCES] = {"resources": tree["resources"]}
    entries = tree.get("profile") or []
    pieces |= {f"profile/{entry['id']}": entry for entry in entries}
    categories = []
    for category in tree.get("categories") or []:
        questions = category.get("questions") or []
        pieces[f"category/{category['id']}"] = {key: category[key] for key in category if key != "questions"}
        pieces |= {f"question/{question['id']}": question for question in questions}
        categories.append((category["id"], tuple(question["id"] for question in questions)))
    return Parts(pieces, Outline(tuple(entry["id"] for entry in entries), tuple(categories)))


def put_together(parts: Parts) -> Tree:
    """The tree of these pieces, in the order of their outline."""
    pieces = parts.pieces
    tree: Tree = dict(pieces.get(SETTINGS, {}))
    grid = pieces.get(GRID, {})
    tree |= {key: grid[key] for key in ("scale", "levels") if key in grid}
    if parts.outline.profile:
        tree["profile"] = [pieces[f"profile/{entry}"] for entry in parts.outline.profile]
    if "caps" in grid:
        tree["caps"] = grid["caps"]
    tree["categories"] = [
        {**pieces[f"category/{category}"], "questions": [pieces[f"question/{question}"] for question in questions]}
        for category, questions in parts.outline.categories
    ]
    if RESOURCES in pieces:
        tree |= pieces[RESOURCES]
    return tree


def drafted(tree: Mapping[str, Any]) -> Tree:
    """A copy of a right document's tree as a draft: every question has an id (an `info` may come without)."""
    copy: Tree = deepcopy(dict(tree))
    taken = {question["id"] for question in _questions(copy) if "id" in question}
    for question in _questions(copy):
        if "id" not in question:
            question["id"] = free_id(_words(question.get("title")), taken)
            taken.add(question["id"])
    for category in copy.get("categories") or []:
        category.setdefault("questions", [])
    return copy


def _questions(tree: Tree) -> Iterator[Tree]:
    for category in tree.get("categories") or []:
        yield from category.get("questions") or []


def _words(text: object) -> str:
    """A text of the format in its first language."""
    if isinstance(text, Mapping):
        return str(next(iter(text.values()), ""))
    return str(text or "")


def free_id(title: str, taken: set[str], *, otherwise: str = "question") -> str:
    """An id made of a title that none of ``taken`` has."""
    wanted = slugify(title)[:40].strip("-")
    wanted = wanted if is_slug(wanted) else otherwise
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def located(path: str, tree: Mapping[str, Any]) -> tuple[Address, str]:
    """Where a path of the reader lies in a draft: ``categories[2].questions[0].choices[1].points`` gives
    (``question/ID``, ``choices.1.points``); of a category's own key, (``category/ID``, key)."""
    keys = path.replace("[", ".").replace("]", "").split(".") if path else []
    match keys:
        case ["categories", place, "questions", inner, *rest] if _there(tree, "categories", place):
            questions = tree["categories"][int(place)].get("questions") or []
            if inner.isdigit() and int(inner) < len(questions):
                return f"question/{questions[int(inner)]['id']}", ".".join(rest)
            return f"category/{tree['categories'][int(place)]['id']}", "questions"
        case ["categories", place, *rest] if _there(tree, "categories", place):
            return f"category/{tree['categories'][int(place)]['id']}", ".".join(rest)
        case ["profile", place, *rest] if _there(tree, "profile", place):
            return f"profile/{tree['profile'][int(place)]['id']}", ".".join(rest)
        case [("scale" | "levels" | "caps"), *_]:
            return GRID, ".".join(keys)
        case ["resources", *_]:
            return RESOURCES, ".".join(keys)
        case _:
            return SETTINGS, ".".join(keys)


def _there(tree: Mapping[str, Any], key: str, place: str) -> bool:
    return place.isdigit() and int(place) < len(tree.get(key) or [])
