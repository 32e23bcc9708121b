"""What a question asks: which keys go with its type."""

from __future__ import annotations

from collections.abc import Mapping

TYPE = "type"
# What has a meaning under every type, and keeps it when the type changes.
_EVERYWHERE = ("id", TYPE, "title", "help", "visible_if")
_ANSWERED = (*_EVERYWHERE, "required", "not_applicable", "unknown", "was", "source")
_OF_TYPE: Mapping[str, tuple[str, ...]] = {
    "single": ("choices", "scored", "weight"),
    "multiple": ("choices", "max_points", "min_choices", "max_choices", "scored", "weight"),
    "boolean": ("points", "points_false", "scored", "weight"),
    "scale": ("min", "max", "labels", "max_points", "scored", "weight"),
    "number": ("unit", "min", "max", "integer", "bands", "linear", "scored", "weight"),
    "date": ("min", "max"),
    "text": ("max_length",),
    "info": (),
}
# What is asked, how it is answered and what that earns: as a whole, it is one type's.
_ASKED = frozenset(key for keys in _OF_TYPE.values() for key in keys) - {"scored", "weight"}


def understood(question_type: str) -> frozenset[str]:
    """The keys that a question of a type may have."""
    return frozenset((*(_EVERYWHERE if question_type == "info" else _ANSWERED), *_OF_TYPE[question_type]))


def with_type(*types: object) -> frozenset[str]:
    """The keys that one has of one question of these types, or of another: half of both make no question."""
    known = [understood(each) for each in types if isinstance(each, str) and each in _OF_TYPE]
    return frozenset(
        {TYPE, *_ASKED, *(key for keys in known for key in keys if not all(key in each for each in known))}
    )
