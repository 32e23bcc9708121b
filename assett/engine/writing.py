"""From a document back to a tree: what :mod:`assett.engine.reading` reads again.

Only what differs from the defaults is written, in the order of the format.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from assett.engine.document import (
    ONE,
    ZERO,
    AllOf,
    AnswerTest,
    AnyOf,
    Band,
    Cap,
    Category,
    CategoryTest,
    Choice,
    Condition,
    Document,
    ForLine,
    Level,
    Linear,
    Not,
    ProfileEntry,
    Question,
    Resource,
    Scale,
    Text,
)
from assett.engine.values import Number, Value, plain
from assett.kernel.ids import is_slug

Tree: TypeAlias = "dict[str, object]"


def dump_document(document: Document) -> Tree:
    """Write a document as a tree; reading it gives an equal document.

    Numbers come out as ``int`` or ``Decimal``, dates as ``YYYY-MM-DD``.
    """
    return {
        "format": 1,
        "id": document.id,
        **_given(version=document.version, title=_text(document.title)),
        "languages": list(document.languages),
        **({} if document.scale == Scale() else {"scale": _scale(document.scale)}),
        "levels": [_level(level) for level in document.levels],
        **_listed(
            profile=[_question(entry) for entry in document.profile],
            caps=[_cap(cap) for cap in document.caps],
        ),
        "categories": [_category(category) for category in document.categories],
        **_listed(resources=[dump_resource(r) for r in document.resources]),
    }


def dump_resource(resource: Resource) -> Tree:
    """Write one resource as it stands in a list of ``resources``."""
    return {
        "id": resource.id,
        "title": _text(resource.title),
        "url": resource.url,
        "type": resource.type,
        **_given(summary=_text(resource.summary), provider=_text(resource.provider)),
        **({} if resource.priority == 50 else {"priority": plain(resource.priority)}),
        **_given(
            valid_from=_bound(resource.valid_from),
            valid_until=_bound(resource.valid_until),
        ),
        **_listed({"for": [_for_line(line) for line in resource.for_]}),
        **({"who": {w.id: list(w.values) for w in resource.who}} if resource.who else {}),
    }


def dump_condition(condition: Condition) -> Tree:
    """Write one condition."""
    match condition:
        case AllOf(conditions):
            return {"all": [dump_condition(each) for each in conditions]}
        case AnyOf(conditions):
            return {"any": [dump_condition(each) for each in conditions]}
        case Not(negated):
            return {"not": dump_condition(negated)}
        case AnswerTest():
            return _answer_test(condition)


def _given(**values: object) -> Tree:
    return {key: value for key, value in values.items() if value is not None}


def _listed(by_key: Tree | None = None, **lists: Collection[object]) -> Tree:
    return {key: value for key, value in {**(by_key or {}), **lists}.items() if value}


def _text(text: Text | None) -> object:
    if text is None:
        return None
    return str(text) if len(text) == 1 else dict(text)


def _scale(scale: Scale) -> Tree:
    return {"max": plain(scale.max), "decimals": scale.decimals}


def _level(level: Level) -> Tree:
    return {
        "id": level.id,
        "from": plain(level.from_),
        **_given(label=_text(level.label), message=_text(level.message)),
    }


def _cap(cap: Cap) -> Tree:
    return {
        "if": dump_condition(cap.if_),
        "max": plain(cap.max),
        **_given(reason=_text(cap.reason)),
    }


def _category(category: Category) -> Tree:
    return {
        "id": category.id,
        **_given(title=_text(category.title), intro=_text(category.intro)),
        **({} if category.weight == 1 else {"weight": plain(category.weight)}),
        **({} if category.max_na == 1 else {"max_na": plain(category.max_na)}),
        **_listed(levels=[_level(level) for level in category.levels]),
        **_visible_if(category.visible_if),
        **_listed(
            caps=[_cap(cap) for cap in category.caps],
            questions=[_question(question) for question in category.questions],
        ),
    }


def _visible_if(condition: Condition | None) -> Tree:
    return {} if condition is None else {"visible_if": dump_condition(condition)}


def _question(question: Question) -> Tree:
    tree: Tree = {"id": question.id} if is_slug(question.id) else {}
    tree |= {"type": question.type, "title": _text(question.title)}
    tree |= _given(help=_text(question.help))
    if isinstance(question, ProfileEntry):
        tree |= _given(source=question.source)
    elif not question.scored and _would_score(question):
        tree["scored"] = False
    if question.required != question.scored:
        tree["required"] = question.required
    for key in ("not_applicable", "unknown"):
        if getattr(question, key):
            tree[key] = True
    if question.weight != 1 and question.type != "info":
        tree["weight"] = plain(question.weight)
    tree |= _listed(was=list(question.was)) | _visible_if(question.visible_if)
    return tree | _type_parts(question)


def _would_score(question: Question) -> bool:
    """Whether the file must say ``scored: false`` for it not to be counted."""
    return (
        question.type in ("boolean", "scale")
        or any(choice.points for choice in question.choices)
        or bool(question.bands)
        or question.linear is not None
    )


def _type_parts(question: Question) -> Tree:
    """What a question has of its own type."""
    pointed = question.scored or any(choice.points for choice in question.choices)
    some = not all(map(_left_out, question.choices))
    tree: Tree = _given(
        unit=_text(question.unit),
        min=_bound(question.min),
        max=_bound(question.max),
        max_points=None if question.max_points is None else plain(question.max_points),
        min_choices=question.min_choices,
        max_choices=question.max_choices,
        linear=None if question.linear is None else _linear(question.linear),
    )
    tree |= _listed(
        choices=[_choice(choice, pointed and not (some and _left_out(choice))) for choice in question.choices],
        bands=[_band(band) for band in question.bands],
        labels={str(value): _text(label) for value, label in question.labels},
    )
    if question.points != ONE:
        tree["points"] = plain(question.points)
    if question.points_false != ZERO:
        tree["points_false"] = plain(question.points_false)
    if question.integer:
        tree["integer"] = True
    if question.type == "text" and question.max_length != 2000:
        tree["max_length"] = question.max_length
    return tree


def _left_out(choice: Choice) -> bool:
    """Whether nobody gave it points: a 0 written for it would say that somebody did."""
    return choice.unpointed and not choice.points


def _choice(choice: Choice, pointed: bool) -> Tree:
    return {
        "id": choice.id,
        "label": _text(choice.label),
        **({"points": plain(choice.points)} if pointed else {}),
        **_given(feedback=_text(choice.feedback)),
        **({"exclusive": True} if choice.exclusive else {}),
        **_listed(was=list(choice.was)),
    }


def _band(band: Band) -> Tree:
    start: Tree = {} if band.from_ is None else {"from": plain(band.from_)}
    return {**start, "points": plain(band.points)}


def _linear(linear: Linear) -> Tree:
    return {
        "zero": plain(linear.zero),
        "full": plain(linear.full),
        "max_points": plain(linear.max_points),
    }


def _bound(bound: Fraction | date | None) -> Number | str | None:
    if isinstance(bound, Fraction):
        return plain(bound)
    return None if bound is None else bound.isoformat()


def _answer_test(test: AnswerTest) -> Tree:
    values: list[Value] = list(test.values)
    return {
        test.of: test.id,
        **({"is": values[0] if len(values) == 1 else values} if values else {}),
        **_given(at_least=test.at_least, at_most=test.at_most),
    }


def _for_line(line: ForLine) -> Tree:
    if isinstance(line, CategoryTest):
        return {"category": line.category, "levels": list(line.levels)}
    return _answer_test(line)
