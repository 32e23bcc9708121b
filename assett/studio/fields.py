"""Forms of the studio: from fields to a piece of a draft.

Names are paths within the piece (``title.fr``, ``choices.0.points``). What a form does not carry stays as it was, so
that a form may show part of a piece. Nothing is refused here: the engine's check judges the draft that comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from werkzeug.datastructures import MultiDict

from assett.engine.drafting.pieces import GRID, SETTINGS, Tree, free_id
from assett.studio import earning, picking
from assett.studio.texts import line_typed, number_typed, percent_typed, place_typed, text_typed

Fields: TypeAlias = "MultiDict[str, str]"

# Lists of a piece, and what a new item starts with.
_NEW_ITEM: Mapping[str, Tree] = {
    "choices": {"label": ""},
    "levels": {"label": "", "from": ""},
    "caps": {"if": {"all": []}, "max": ""},
    "bands": {"from": "", "points": 0},
}


@dataclass(frozen=True, slots=True)
class Context:
    """What reading a form needs to know of the draft: its languages, the type of each ``question/ID``, and the ids that
    things of the piece's lists have by now. `settled` is said of a form that is drawn anew once it is read: while one
    still types, « 1 » may become « 10 »."""

    languages: Sequence[str]
    types: Mapping[str, str] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    settled: bool = True


def read_piece(fields: Fields, address: str, known: Mapping[str, Any], context: Context) -> Tree:
    """The piece that a form gives, over the one that is known."""
    kind = address.partition("/")[0]
    reader = _Reader(fields, deepcopy(dict(known)), context)
    if kind == SETTINGS:
        reader.settings()
    elif kind == GRID:
        reader.grid()
    elif kind == "category":
        reader.category()
    else:
        reader.question(profile=kind == "profile")
    return reader.piece


def act(piece: Tree, do: str, context: Context) -> Tree:
    """What a small button of a form does to a piece: ``choices:add``, ``choices.2:up``, ``visible_if.0:remove``…;
    a thing that was dragged: ``choices.2:to.0``."""
    place, _, verb = do.rpartition(":")
    keys = place.split(".")
    for depth, key in enumerate(keys):
        if key in {"visible_if", "if"} and all(place_typed(each) is not None for each in keys[depth + 1 :]):
            return _act_on_condition(piece, keys[: depth + 1], [int(each) for each in keys[depth + 1 :]], verb, context)
    return _act_on_list(piece, keys, verb, context.taken)


def ids_in(piece: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the things in a piece's lists."""
    lists = (each for each in piece.values() if isinstance(each, list))
    return frozenset(str(item["id"]) for items in lists for item in items if isinstance(item, Mapping) and "id" in item)


def _act_on_condition(piece: Tree, keys: list[str], path: list[int], verb: str, context: Context) -> Tree:
    changed = deepcopy(piece)
    holder: Any = changed
    for key in keys[:-1]:
        place = place_typed(key)
        holder = holder[key if place is None else place]
    group = picking.act(picking.picked(holder.get(keys[-1])), path, verb)
    condition = picking.written(group, context.types)
    if condition is None and keys[-1] == "visible_if":
        holder.pop("visible_if", None)
    else:
        holder[keys[-1]] = condition if condition is not None else {"all": []}
    return changed


def _act_on_list(piece: Tree, keys: list[str], verb: str, known: frozenset[str]) -> Tree:
    changed = deepcopy(piece)
    name = keys[0]
    items: list[Any] = changed.setdefault(name, [])
    if verb == "add" and name in _NEW_ITEM:
        item = deepcopy(_NEW_ITEM[name])
        if name in {"choices", "levels"}:
            # What two people add at once is two things.
            taken = known | {str(each.get("id")) for each in items}
            item = {"id": free_id("", {*taken}, otherwise=_ID_OF[name]), **item}
        if name == "choices" and any("points" in each for each in items):
            # Beside others that have some: what counts for nothing says so.
            item["points"] = 0
        items.append(item)
    elif len(keys) > 1 and (place := place_typed(keys[1])) is not None and place < len(items):
        starts = [each.get("from", "") for each in items] if name == "levels" else []
        if verb == "remove":
            del items[place]
        elif verb in {"up", "down"}:
            target = max(0, min(len(items) - 1, place + (-1 if verb == "up" else 1)))
            items.insert(target, items.pop(place))
        elif verb.startswith("to.") and (wanted := place_typed(verb[3:])) is not None:
            items.insert(wanted, items.pop(place))
        if len(starts) == len(items):
            # A level takes the share of the place that it moves to: levels ascend.
            items[:] = [{**each, "from": start} for each, start in zip(items, starts, strict=True)]
    if not items and name != "choices":
        del changed[name]
    return changed


# What can earn points.
# Of what a version calls itself.
LONGEST_NAME = 60
SCORED_TYPES = frozenset({"single", "multiple", "boolean", "scale", "number"})
_ID_OF = {"choices": "choix", "levels": "niveau"}


class _Reader:
    """Reads one piece's fields, key by key."""

    def __init__(self, fields: Fields, piece: Tree, context: Context) -> None:
        self.fields, self.piece, self.context = fields, piece, context

    # Pieces

    def settings(self) -> None:
        self.text("title")
        if "version" in self.fields:
            name = text_typed(self.fields["version"])[:LONGEST_NAME]
            self.piece.pop("version", None)
            if name:
                self.piece["version"] = name
        if "languages" in self.fields:
            chosen = [text_typed(each) for each in self.fields.getlist("languages")]
            first = self.fields.get("language.default")
            self.piece["languages"] = sorted(dict.fromkeys(chosen), key=lambda code: code != first)

    def grid(self) -> None:
        if "scale.max" in self.fields:
            scale = {
                "max": number_typed(self.fields["scale.max"]),
                "decimals": number_typed(self.fields["scale.decimals"]),
            }
            self.piece["scale"] = {key: value for key, value in scale.items() if value != ""}
        self.levels()
        self.caps()

    def category(self) -> None:
        self.text("title")
        self.text("intro")
        self.number("weight", default=1)
        self.percent("max_na", default=1)
        self.levels()
        self.caps()
        self.condition("visible_if")

    def question(self, *, profile: bool) -> None:
        self.text("title")
        self.text("help")
        for name in ("not_applicable", "unknown", "integer"):
            self.flag(name)
        self.number("weight", default=1)
        self.condition("visible_if")
        self.items("choices", self.choice)
        for name in ("max_points", "min_choices", "max_choices", "points", "points_false", "max_length"):
            self.number(name)
        self.bounds()
        self.text("unit")
        self.number_points()
        self.step_labels()
        if profile:
            self.words("source")
        self.flag("scored", default=True)
        self.flag("required", default=not profile and scores(self.piece))

    # Keys

    def text(
        self,
        name: str,
        holder: Tree | None = None,
        place: str | None = None,
        *,
        read: Callable[[str], str] = text_typed,
    ) -> None:
        """A text in the languages that the form carries."""
        holder, place = self.piece if holder is None else holder, place or name
        given = {
            language: read(self.fields[f"{place}.{language}"])
            for language in self.context.languages
            if f"{place}.{language}" in self.fields
        }
        if not given:
            return
        known = holder.get(name)
        default = self.context.languages[0]
        texts = dict(known) if isinstance(known, Mapping) else {default: str(known)} if known not in (None, "") else {}
        texts |= given
        order = [*self.context.languages, *(each for each in texts if each not in self.context.languages)]
        texts = {language: texts[language] for language in order if texts.get(language)}
        if not texts:
            if name in {"title", "label"}:
                holder[name] = ""
            else:
                holder.pop(name, None)
        elif list(texts) == [default]:
            holder[name] = texts[default]
        else:
            holder[name] = texts

    def words(self, name: str) -> None:
        if name in self.fields:
            self._set(self.piece, name, text_typed(self.fields[name]))

    def number(self, name: str, *, default: Any = None, holder: Tree | None = None, place: str | None = None) -> None:
        if (place or name) in self.fields:
            value = number_typed(self.fields[place or name])
            self._set(self.piece if holder is None else holder, name, "" if value == default else value)

    def percent(self, name: str, *, default: Any = None, holder: Tree | None = None, place: str | None = None) -> None:
        if (place or name) in self.fields:
            value = percent_typed(self.fields[place or name])
            self._set(self.piece if holder is None else holder, name, "" if value == default else value)

    def flag(self, name: str, *, default: bool = False, holder: Tree | None = None, place: str | None = None) -> None:
        """A box; unticked it sends nothing, so the form says beside it that it carries it (``has``)."""
        place = place or name
        if place not in self.fields.getlist("has"):
            return
        holder = self.piece if holder is None else holder
        ticked = place in self.fields
        if ticked == default:
            holder.pop(name, None)
        else:
            holder[name] = ticked

    def condition(self, name: str, holder: Tree | None = None, place: str | None = None) -> None:
        holder, place = self.piece if holder is None else holder, place or name
        if f"{place}.mode" not in self.fields:
            return
        group = picking.from_fields(self.fields, place)
        # The same condition otherwise put is left as its author wrote it.
        if picking.same(group, picking.picked(holder.get(name))):
            return
        condition = picking.written(group, self.context.types)
        if condition is not None:
            holder[name] = condition
        elif name == "if":
            holder[name] = {"all": []}
        else:
            holder.pop(name, None)

    def items(self, name: str, read: Callable[[Tree, str], None]) -> None:
        """A list whose items the form carries; each is known by its id, or else by its place."""
        if name not in self.fields.getlist("has"):
            return
        known = self.piece.get(name) or []
        by_id = {str(each["id"]): each for each in known if isinstance(each, Mapping) and "id" in each}
        found: list[Tree] = []
        for place in _places(self.fields, name):
            here = f"{name}.{place}"
            item_id = self.fields.get(f"{here}.id")
            start = by_id.get(item_id) if item_id else known[place] if place < len(known) else None
            item = deepcopy(dict(start)) if isinstance(start, Mapping) else ({"id": item_id} if item_id else {})
            read(item, here)
            found.append(item)
        if found or name == "choices":
            self.piece[name] = found
        else:
            self.piece.pop(name, None)

    def choice(self, choice: Tree, place: str) -> None:
        self.text("label", choice, f"{place}.label", read=line_typed)
        self.number("points", holder=choice, place=f"{place}.points")
        self.text("feedback", choice, f"{place}.feedback")
        self.flag("exclusive", holder=choice, place=f"{place}.exclusive")

    def levels(self) -> None:
        def read(level: Tree, place: str) -> None:
            self.text("label", level, f"{place}.label")
            self.percent("from", holder=level, place=f"{place}.from")
            self.text("message", level, f"{place}.message")

        self.items("levels", read)

    def caps(self) -> None:
        def read(cap: Tree, place: str) -> None:
            self.condition("if", cap, f"{place}.if")
            self.percent("max", holder=cap, place=f"{place}.max")
            self.text("reason", cap, f"{place}.reason")

        self.items("caps", read)

    def bounds(self) -> None:
        for name in ("min", "max"):
            if name in self.fields:
                typed = self.fields[name]
                self._set(
                    self.piece, name, text_typed(typed) if self.piece.get("type") == "date" else number_typed(typed)
                )

    def number_points(self) -> None:
        """How a number earns points: not at all, by bands, or evenly."""
        method = self.fields.get("number.points")
        if method is None:
            return
        if method == "bands":
            self.piece.pop("linear", None)
            self.items("bands", self._band)
            bands = self.piece.setdefault("bands", [{"points": 0}, {"from": "", "points": 1}])
            if bands:
                bands[0].pop("from", None)
        elif method == "linear":
            self.piece.pop("bands", None)
            linear = self.piece.setdefault("linear", {"zero": "", "full": "", "max_points": 1})
            for name in ("zero", "full", "max_points"):
                if f"linear.{name}" in self.fields:
                    linear[name] = number_typed(self.fields[f"linear.{name}"])
        else:
            self.piece.pop("bands", None)
            self.piece.pop("linear", None)

    def _band(self, band: Tree, place: str) -> None:
        for name in ("from", "points"):
            if f"{place}.{name}" in self.fields:
                band[name] = number_typed(self.fields[f"{place}.{name}"])

    def step_labels(self) -> None:
        """The words under the steps of a scale."""
        start = "labels."
        steps = {name[len(start) :].partition(".")[0] for name in self.fields if name.startswith(start)}
        if not steps:
            return
        labels = dict(self.piece.get("labels") or {})
        labels = {str(key): value for key, value in labels.items()}
        for step in steps:
            self.text(step, labels, f"labels.{step}")
        shown = {str(step) for step in earning.steps(self.piece)} if self.context.settled else set()
        labels = {
            step: labels[step]
            for step in sorted(labels, key=_as_number)
            if labels[step] and (not shown or step in shown)
        }
        self._set(self.piece, "labels", labels or "")

    @staticmethod
    def _set(holder: Tree, name: str, value: Any) -> None:
        if value == "":
            holder.pop(name, None)
        else:
            holder[name] = value


def scores(piece: Mapping[str, Any]) -> bool:
    """Whether a question, as it stands, has points to give (section 1 of the format)."""
    if piece.get("scored") is False:
        return False
    match piece.get("type"):
        case "single" | "multiple":
            return any("points" in each for each in piece.get("choices") or [] if isinstance(each, Mapping))
        case "boolean" | "scale":
            return True
        case "number":
            return "bands" in piece or "linear" in piece
        case _:
            return False


def is_required(piece: Mapping[str, Any], profile: bool = False) -> bool:
    """Whether an answer is expected, said or by default."""
    said = piece.get("required")
    return said if isinstance(said, bool) else not profile and scores(piece)


def awaited(question: Tree) -> Tree:
    """A new question whose answer is expected even where it earns nothing so far: a number until its points are said,
    as of its likes."""
    if question.get("type") in SCORED_TYPES and not is_required(question):
        return {**question, "required": True}
    return question


def _places(fields: Fields, name: str) -> Iterable[int]:
    start = f"{name}."
    found = {each[len(start) :].partition(".")[0] for each in fields if each.startswith(start)}
    return sorted(place for each in found if (place := place_typed(each)) is not None)


def _as_number(step: str) -> tuple[int, str]:
    place = place_typed(step.removeprefix("-"))
    if place is None:
        return 10**9, step
    return (-place if step.startswith("-") else place), ""
