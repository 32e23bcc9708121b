"""Points that a form counts in its `calculate` rows, recognised by working them out.

``if(${suivi} = 'mois', 2, 0) + 3 * coalesce(${gestes_points}, 0)``: a sum is taken apart into terms of one question
each, with the factors before them; each term is then worked out for every answer to its question. What cannot be
taken apart so (a product of two questions, a date, a text) is no sum of points.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, DecimalException
from typing import Any, Final, TypeAlias

from assett.engine.reading import check_document
from assett.formats.reports import Place, Report
from assett.formats.xlsform.earning import Earned, is_other
from assett.formats.xlsform.expressions import STRAIGHT, Field
from assett.kernel.text import N_, decimal_text, listed

DEEPEST: Final = 60
OFFERED: Final = N_("ce calcul compte des points (%(names)s) : ils peuvent être repris")
TAKEN: Final = N_("ce calcul compte des points (%(names)s) : ils sont repris")
CLASHING: Final = N_(
    "ce calcul compte %(name)s autrement que celui de la ligne %(row)s : c’est celui de la ligne %(row)s qui vaut "
    "pour ses points"
)
MOST_STEPS: Final = 500_000
"""Operations for all the sums of a form: names may stand for one another many times over."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<field>\$\{\s*[^{}\s]+\s*\})
    |(?P<string>'[^']*'|"[^"]*")
    |(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)
    |(?P<sign><=|>=|!=|=|<|>|\(|\)|,|\+|-|\*)
    |(?P<word>[A-Za-z_][A-Za-z0-9_:.-]*))""",
    re.VERBOSE,
)
_SUM = re.compile(
    r"[\s(]*(\$\{[^}]+\}|[\w-]+\(\$\{[^}]+\}[^()]*\))([\s)]*\+[\s(]*(\$\{[^}]+\}|[\w-]+\(\$\{[^}]+\}[^()]*\)))+[\s)]*"
)
_LARGEST: Final = Decimal(10) ** 9
_FINEST: Final = Decimal("0.000001")
_FARTHEST: Final = Decimal(999_999_999)
_STEPS: Final = tuple(map(Decimal, ("0.000001", "0.5", "1", "7", "1000")))

Node: TypeAlias = "tuple[str, tuple[Node, ...]] | tuple[str, str]"
"""An operation with its operands; a ``field``, a ``string`` or a ``number`` with its text."""
Answer: TypeAlias = "frozenset[str] | str"
"""The names of the choices of a « select_multiple »; the name of one choice, a number, or nothing at all."""
Result: TypeAlias = "Decimal | str | bool"


class NoSum(ValueError):
    """An expression that is not a sum of points."""


class Sums:
    """The calculations of a form, by their names, and the questions that they may count."""

    def __init__(self, calculations: Mapping[str, str], fields: Mapping[str, Field]) -> None:
        self.fields = fields
        self.steps = 0
        self.trees: dict[str, Node] = {}
        for name, text in calculations.items():
            try:
                self.trees[name] = _Parser(text.translate(STRAIGHT)).whole()
            except (NoSum, RecursionError):
                continue

    def counted(self, name: str) -> dict[str, Earned]:
        """What each question (by its name in the form) earns in a calculation; raises :class:`NoSum`."""
        terms: dict[str, list[tuple[Decimal, Node]]] = {}
        try:
            self._take_apart(("field", name), Decimal(1), terms, 0)
            earned = {question: self._earned(question, found) for question, found in terms.items()}
        except (DecimalException, RecursionError) as failed:
            raise NoSum from failed
        if not earned:
            raise NoSum
        return earned

    # Taking apart

    def _take_apart(
        self, node: Node, factor: Decimal, terms: dict[str, list[tuple[Decimal, Node]]], depth: int
    ) -> None:
        """Note the terms of a sum by the question that each of them looks at."""
        self._count(depth)
        kind, parts = node
        if isinstance(parts, str):
            if kind == "field" and parts in self.trees and parts not in self.fields:
                self._take_apart(self.trees[parts], factor, terms, depth + 1)
                return
            if kind == "field" and parts in self.fields:
                terms.setdefault(parts, []).append((factor, node))
                return
            if kind == "number" and not Decimal(parts):
                return
            raise NoSum
        match kind:
            case "+" | "sum":
                for part in parts:
                    self._take_apart(part, factor, terms, depth + 1)
            case "negative":
                self._take_apart(parts[0], -factor, terms, depth + 1)
            case "*" if self._constant(parts[0]) is not None:
                self._take_apart(parts[1], factor * (self._constant(parts[0]) or 0), terms, depth + 1)
            case "*" if self._constant(parts[1]) is not None:
                self._take_apart(parts[0], factor * (self._constant(parts[1]) or 0), terms, depth + 1)
            case "div" if self._constant(parts[1]):
                self._take_apart(parts[0], factor / (self._constant(parts[1]) or 1), terms, depth + 1)
            case "number" | "once" if len(parts) == 1:
                self._take_apart(parts[0], factor, terms, depth + 1)
            case "coalesce" if len(parts) == 2 and self._constant(parts[1]) == 0:
                self._take_apart(parts[0], factor, terms, depth + 1)
            case _:
                names = self._names(node, 0)
                if len(names) == 1:
                    terms.setdefault(names.pop(), []).append((factor, node))
                elif kind == "round" and parts:
                    # The rounding of a total is for the eye; that of what one question earns is worked out.
                    self._take_apart(parts[0], factor, terms, depth + 1)
                elif names or self._constant(node):
                    raise NoSum

    def _constant(self, node: Node) -> Decimal | None:
        """The value of what looks at no question, ``None`` for the rest."""
        if self._names(node, 0):
            return None
        return _number(self._value(node, "", "", 0))

    def _names(self, node: Node, depth: int) -> set[str]:
        """The questions that an expression looks at, through the calculations that it names."""
        self._count(depth)
        kind, parts = node
        if not isinstance(parts, str):
            return {name for part in parts for name in self._names(part, depth + 1)}
        if kind != "field":
            return set()
        if parts in self.fields:
            return {parts}
        if parts in self.trees:
            return self._names(self.trees[parts], depth + 1)
        raise NoSum

    def _count(self, depth: int) -> None:
        self.steps += 1
        if depth > DEEPEST or self.steps > MOST_STEPS:
            raise NoSum

    # Working out

    def _earned(self, name: str, terms: Sequence[tuple[Decimal, Node]]) -> Earned:
        """What the terms of a question come to for each of its answers."""
        factors = {factor for factor, _ in terms}
        weight = factors.pop() if len(factors) == 1 else Decimal(1)
        if weight <= 0:
            weight = Decimal(1)

        def earn(answer: Answer) -> Decimal:
            total = sum((factor * _number(self._value(node, name, answer, 0)) for factor, node in terms), Decimal(0))
            return total / weight

        field = self.fields[name]
        match field.type:
            case "single":
                return Earned({choice: _fine(earn(called)) for called, choice in field.choices.items()}, _fine(weight))
            case "multiple":
                return self._several(field, earn, weight)
            case "boolean":
                return self._yes_or_no(field, earn, weight)
            case "number":
                bounds = {bound for _, node in terms for bound in self._bounds(node, 0)}
                return Earned(_by_band(field, earn, sorted(bounds)), _fine(weight))
        raise NoSum

    def _several(self, field: Field, earn: Callable[[Answer], Decimal], weight: Decimal) -> Earned:
        """Points of choices that add up, up to what all of them earn together."""
        alone = {called: earn(frozenset([called])) for called in field.choices}
        everything = earn(frozenset(alone))
        if earn(frozenset()) or everything > sum(alone.values()):
            raise NoSum
        capped = everything < sum(alone.values())
        some: set[str] = set()
        for called in alone:
            some.add(called)
            wanted = sum((alone[each] for each in some), Decimal(0))
            if earn(frozenset(some)) != (min(wanted, everything) if capped else wanted):
                raise NoSum
        points = {field.choices[called]: _fine(value) for called, value in alone.items()}
        return Earned(points, _fine(weight), _fine(everything) if capped else None)

    def _yes_or_no(self, field: Field, earn: Callable[[Answer], Decimal], weight: Decimal) -> Earned:
        """Of a box that is ticked or not, whatever word the calculation has for it."""
        points: dict[str, Decimal] = {}
        for called, truth in field.choices.items():
            points[truth] = max(points.get(truth, Decimal(0)), _fine(earn(called)))
        return Earned(points, _fine(weight))

    def _bounds(self, node: Node, depth: int) -> set[Decimal]:
        """The constants that an expression compares with, through the calculations that it names."""
        self._count(depth)
        kind, parts = node
        if isinstance(parts, str):
            named = self.trees.get(parts) if kind == "field" and parts not in self.fields else None
            return self._bounds(named, depth + 1) if named is not None else set()
        found = {bound for part in parts for bound in self._bounds(part, depth + 1)}
        if kind in ("=", "!=", "<", ">", "<=", ">="):
            found |= {_fine(constant) for part in parts if (constant := self._constant(part)) is not None}
        return found

    def _value(self, node: Node, name: str, answer: Answer, depth: int) -> Result:
        """An expression worked out while one question has an answer, and nothing else has."""
        self._count(depth)
        kind, parts = node
        if isinstance(parts, str):
            match kind:
                case "number":
                    return Decimal(parts)
                case "string":
                    return parts
            if parts == name:
                return " ".join(sorted(answer)) if isinstance(answer, frozenset) else answer
            if parts in self.trees and parts not in self.fields:
                return self._value(self.trees[parts], name, answer, depth + 1)
            return ""
        if kind in ("selected", "count-selected"):
            return self._selection(kind, parts, name, answer, depth)
        if kind == "if" and len(parts) == 3:
            return self._value(
                parts[1] if _truth(self._value(parts[0], name, answer, depth + 1)) else parts[2],
                name,
                answer,
                depth + 1,
            )
        values = [self._value(part, name, answer, depth + 1) for part in parts]
        return _operated(kind, values)

    def _selection(self, kind: str, parts: Sequence[Node], name: str, answer: Answer, depth: int) -> Result:
        where, called = parts[0] if parts else ("", ""), parts[1][1] if len(parts) == 2 else ""
        if where[0] != "field" or not isinstance(called, str):
            raise NoSum
        chosen = answer if where[1] == name else ""
        every = chosen if isinstance(chosen, frozenset) else frozenset([chosen] if chosen else [])
        return called in every if kind == "selected" else Decimal(len(every))


def _by_band(field: Field, earn: Callable[[Answer], Decimal], bounds: Sequence[Decimal]) -> dict[str, Decimal]:
    """What numbers earn, if that changes at these bounds alone and a bound earns what is above it."""
    if field.integer:
        # More than 99 is 100 and more.
        bounds = sorted({whole for bound in bounds for whole in (_ceiling(bound), _ceiling(bound + _FINEST))})
    points: dict[str, Decimal] = {}
    edges: list[Decimal | None] = [None, *bounds]
    for low, high in zip(edges, [*bounds, None], strict=True):
        earned = {_fine(earn(decimal_text(each))) for each in _within(low, high, field.integer)}
        if len(earned) > 1:
            raise NoSum
        worth = earned.pop()
        if not points or worth != list(points.values())[-1]:
            points["" if low is None else decimal_text(low)] = worth
    return points


def _within(low: Decimal | None, high: Decimal | None, integer: bool) -> list[Decimal]:
    """Numbers from a bound on, up to the next one: enough of them to see whether they all earn the same."""
    start = -_FARTHEST if low is None else low
    room = (_FARTHEST if high is None else high) - start
    found = {start, *(start + room * part / 7 for part in range(1, 7)), start + room * (1 - _FINEST)}
    near = [low + each for each in _STEPS] if low is not None else []
    near += [high - each for each in _STEPS] if high is not None else []
    found |= {each for each in near if each >= start and (high is None or each < high)}
    # What both bounds leave out: a form that knows no bound at all looks around nought.
    found |= {Decimal(each) for each in (-10, 0, 1, 10) if low is None and high is None}
    fine = {each.to_integral_value(ROUND_FLOOR) if integer else each.quantize(_FINEST) for each in found}
    return sorted(each for each in fine if each >= start and (high is None or each < high))


def _ceiling(number: Decimal) -> Decimal:
    return number.to_integral_value(ROUND_CEILING)


def _operated(kind: str, values: Sequence[Result]) -> Result:
    """The result of an operation; raises :class:`NoSum` for one that counts nothing."""
    match kind, values:
        case ("and", _):
            return all(map(_truth, values))
        case ("or", _):
            return any(map(_truth, values))
        case ("not", [value]):
            return not _truth(value)
        case ("true", []):
            return True
        case ("false", []):
            return False
        case ("=", [one, other]):
            return _same(one, other)
        case ("!=", [one, other]):
            return not _same(one, other)
        case (("<" | ">" | "<=" | ">="), [one, other]):
            if one == "" or other == "":
                return False  # XPath: nothing is not a number, and compares with none
            low, high = _number(one), _number(other)
            return {"<": low < high, ">": low > high, "<=": low <= high, ">=": low >= high}[kind]
        case ("coalesce", [one, other]):
            return other if one == "" else one
        case (("number" | "once" | "int"), [value]):
            return Decimal(int(_number(value))) if kind == "int" else _number(value)
        case ("round", [value, *digits]):
            return round(_number(value), int(_number(digits[0])) if digits else 0)
    numbers = [_number(value) for value in values]
    match kind, numbers:
        case (("+" | "sum"), _):
            return sum(numbers, Decimal(0))
        case ("negative", [one]):
            return -one
        case ("*", [one, two]):
            return one * two
        case ("div", [one, two]) if two:
            return one / two
        case ("min", [_, *_]):
            return min(numbers)
        case ("max", [_, *_]):
            return max(numbers)
    raise NoSum


def _number(value: Result) -> Decimal:
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, Decimal):
        return value
    if value == "":
        return Decimal(0)
    if re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", value):
        return Decimal(value)
    raise NoSum


def _fine(number: Decimal) -> Decimal:
    """A number that the format can hold."""
    if abs(number) > _LARGEST:
        raise NoSum
    fine = number.quantize(_FINEST).normalize()
    return fine if fine else Decimal(0)


def _truth(value: Result) -> bool:
    return value != "" if isinstance(value, str) else bool(value)


def _same(one: Result, other: Result) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    if one == "" or other == "":
        return False
    return _number(one) == _number(other)


def offer_points(calculations: Sequence[tuple[Place, str, str]], fields: Mapping[str, Field], report: Report) -> None:
    """Offer in ``report.points`` what the calculations of a form (place, name, expression) count, and tell the rest."""
    named = [(place, name or f"row {place.row}", text) for place, name, text in calculations]
    sums = Sums({name: text for _, name, text in named}, fields)
    weighed: dict[str, Decimal] = {}
    first: dict[str, tuple[int, Earned]] = {}
    for place, name, text in named:
        try:
            counted = [(fields[each], earned) for each, earned in sums.counted(name).items()]
            if any(field.of == "profile" for field, _ in counted):
                raise NoSum
        except NoSum:
            _tell(place, text, report)
            continue
        clashes = [(field, first[field.id]) for field, earned in counted if is_other(first.get(field.id), earned)]
        fresh = [field for field, _ in counted if field.id not in first]
        names = listed([field.id for field, _ in counted])
        if clashes:
            for field, (row, _) in clashes:
                report.notice(place, CLASHING, name=field.id, row=row)
            if fresh:
                report.notice(place, OFFERED, names=listed([field.id for field in fresh]))
        elif len(counted) == 1 or not any(field.id in weighed for field, _ in counted):
            report.notice(place, OFFERED, names=names)
        elif not _in_proportion(weighed, counted):
            template = N_("ce calcul pondère des sommes : à reprendre dans le poids des catégories (%(names)s)")
            report.notice(place, template, names=names)
        else:
            report.notice(place, N_("ce calcul additionne %(names)s : ici le score le fait"), names=names)
            if fresh:
                report.notice(place, OFFERED, names=listed([field.id for field in fresh]))
        for field, earned in counted:
            first.setdefault(field.id, (place.row, earned))
            if len(counted) > 1:
                weighed.setdefault(field.id, earned.weight)
            if max(earned.points.values(), default=Decimal(0)) > 0:
                report.points.setdefault(field.id, _offered(field, earned))
    for identifier, weight in weighed.items():
        # One and the same weight everywhere is none.
        if len(set(weighed.values())) > 1 and identifier in report.points:
            report.points[identifier]["weight"] = weight


def _tell(place: Place, text: str, report: Report) -> None:
    """Of a calculation that counts no points which could be taken over."""
    if _SUM.fullmatch(text):
        names = ", ".join(dict.fromkeys(re.findall(r"\$\{\s*([^}\s]+)", text)))
        report.notice(
            place,
            N_("ce calcul additionne %(names)s : ici le score le fait, d’après la colonne points des réponses"),
            names=names,
        )
    else:
        report.notice(place, N_("un calcul n’existe pas ici : la ligne est laissée de côté"))


def _in_proportion(weighed: Mapping[str, Decimal], counted: Sequence[tuple[Field, Earned]]) -> bool:
    """Whether a calculation weighs questions against one another as earlier ones did."""
    return len({earned.weight / weighed[field.id] for field, earned in counted if field.id in weighed}) <= 1


def _offered(field: Field, earned: Earned) -> dict[str, object]:
    """The keys of a question that say what it earns."""
    if field.type == "boolean":
        return {"points": earned.points.get("true", Decimal(0)), "points_false": earned.points.get("false", Decimal(0))}
    if field.type == "number":
        return {
            "bands": [
                {**({"from": Decimal(low)} if low else {}), "points": worth} for low, worth in earned.points.items()
            ]
        }
    cap: dict[str, object] = {} if earned.most is None else {"max_points": earned.most}
    return {"choices": dict(earned.points), **cap}


def with_points(tree: Mapping[str, Any], points: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A questionnaire's tree whose questions earn what a form's calculations give them (``Report.points``)."""
    categories = [
        {
            **category,
            "questions": [_pointed(each, points.get(str(each.get("id")))) for each in category.get("questions") or []],
        }
        for category in tree.get("categories") or []
    ]
    return {**tree, "categories": categories}


def tell_taken(tree: Mapping[str, Any], report: Report) -> None:
    """Say in the report of a form that the points of its calculations were taken, and which of them replace others;
    ``tree`` is the questionnaire before that."""
    report.notices = [
        replace(remark, template=TAKEN) if remark.template == OFFERED else remark for remark in report.notices
    ]
    earned = {name for name, question in _by_id(tree).items() if _is_scored(question) and _has_points(question)}
    replaced = [name for name in report.points if name in earned]
    if replaced:
        report.notice(
            Place(),
            N_("les points que le fichier donnait à %(names)s sont remplacés par ceux de ses calculs"),
            names=listed(replaced),
        )


def _has_points(question: Mapping[str, Any]) -> bool:
    """Whether the file itself gives points; a yes or no has some whatever it says."""
    return question.get("type") != "boolean" or "points" in question or "points_false" in question


def worth_offering(tree: Mapping[str, Any], points: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """Of the points that calculations count, those that the questions do not earn already; none where a questionnaire
    that has them would not be right."""
    counted = with_points(tree, points)
    if check_document(counted):
        return {}
    known, earned = _by_id(tree), _by_id(counted)
    return {name: given for name, given in points.items() if name in known and earned[name] != known[name]}


def _by_id(tree: Mapping[str, Any]) -> dict[str, Any]:
    # A category of which nothing was understood has no list of questions at all.
    categories = tree.get("categories") or []
    return {each["id"]: each for category in categories for each in category.get("questions") or [] if "id" in each}


def _pointed(question: Mapping[str, Any], offered: Mapping[str, Any] | None) -> dict[str, Any]:
    if offered is None:
        return dict(question)
    given = dict(offered)
    by_choice = given.pop("choices", None)
    # What was not scored was not required either, unless the form said so: it stays as it was.
    before = {} if _is_scored(question) else {"required": False}
    gone = ("scored", "linear") if "bands" in given else ("scored",)
    pointed = {**before, **{key: value for key, value in question.items() if key not in gone}, **given}
    if by_choice is not None:
        pointed["choices"] = [
            {**choice, "points": by_choice.get(choice["id"], 0)} for choice in question.get("choices") or []
        ]
    return pointed


def _is_scored(question: Mapping[str, Any]) -> bool:
    if question.get("type") == "boolean":
        return question.get("scored", True) is not False
    if question.get("type") == "number":
        return "bands" in question or "linear" in question
    return any("points" in choice for choice in question.get("choices") or [])


class _Parser:
    """Reads an expression of XPath into operations."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.at = 0
        place, end = 0, len(text.rstrip())
        while place < end:
            found = _TOKEN.match(text, place)
            if not found:
                raise NoSum
            kind = str(found.lastgroup)
            self.tokens.append((kind, found.group(kind)))
            place = found.end()

    def whole(self) -> Node:
        node = self.joined(0, 0)
        if self.at < len(self.tokens):
            raise NoSum
        return node

    _LEVELS: Final = (("or",), ("and",), ("=", "!=", "<", ">", "<=", ">="), ("+", "-"), ("*", "div"))

    def joined(self, level: int, depth: int) -> Node:
        """Operands joined by the operators of a level, from left to right."""
        if depth > DEEPEST:
            raise NoSum
        if level == len(self._LEVELS):
            return self.one(depth)
        node = self.joined(level + 1, depth)
        several: tuple[str, list[Node]] | None = None
        while self.peek() in self._LEVELS[level]:
            sign = self.take()[1].lower()
            other = self.joined(level + 1, depth)
            if sign == "-":
                sign, other = "+", ("negative", (other,))
            if several is None or several[0] != sign or sign not in ("+", "and", "or"):
                several = (sign, [node if several is None else (several[0], tuple(several[1]))])
            # A total of three hundred questions is one sum, not three hundred inside one another.
            several[1].append(other)
        return node if several is None else (several[0], tuple(several[1]))

    def one(self, depth: int) -> Node:
        kind, text = self.take()
        match kind:
            case "number" | "string":
                return (kind, text.strip("'\"") if kind == "string" else text)
            case "field":
                return ("field", text[2:-1].strip())
            case "word":
                return (text.lower(), self.operands(depth))
        if text == "-":
            return ("negative", (self.one(depth + 1),))
        if text == "(":
            inner = self.joined(0, depth + 1)
            self.expect(")")
            return inner
        raise NoSum

    def operands(self, depth: int) -> tuple[Node, ...]:
        self.expect("(")
        found: list[Node] = []
        if self.peek() != ")":
            found.append(self.joined(0, depth + 1))
            while self.peek() == ",":
                self.at += 1
                found.append(self.joined(0, depth + 1))
        self.expect(")")
        return tuple(found)

    def peek(self) -> str:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        return text.lower() if kind in ("sign", "word") else ""

    def take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise NoSum
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, sign: str) -> None:
        if self.take()[1] != sign:
            raise NoSum
