"""The XPath expressions of an XLSForm that are conditions: read into the format's, and written from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from assett.kernel.text import N_, decimal_text, shown

Tree = dict[str, object]
DEEPEST: Final = 40

_TOKEN = re.compile(
    r"""\s*(?:(?P<field>\$\{\s*[^{}\s]+\s*\})
    |(?P<string>'[^']*'|"[^"]*")
    |(?P<number>-?[0-9]+(?:\.[0-9]+)?)
    |(?P<sign><=|>=|!=|=|<|>|\(|\)|,)
    |(?P<dot>\.)
    |(?P<word>[A-Za-z][A-Za-z-]*))""",
    re.VERBOSE,
)
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " "})


# « ${ » in a text is a reference for the other tools, and one that leads nowhere makes them refuse the whole form: an
# invisible word joiner keeps the two signs apart, and goes away on the way back.
_REFERENCE = re.compile("\\$(\u2060*)\\{")
_GUARDED = re.compile("\\$\u2060(\u2060*)\\{")


def guarded(text: str) -> str:
    """A text that no tool takes for a reference."""
    return _REFERENCE.sub("$\u2060\\1{", text)


def unguarded(text: str) -> str:
    """The text that was guarded."""
    return _GUARDED.sub("$\\1{", text)


class Unsupported(ValueError):
    """An expression that no condition of the format says; ``template`` is a French source text."""

    def __init__(self, template: str, /, **params: object) -> None:
        super().__init__(template % params if params else template)
        self.template = template
        self.params = params


@dataclass(frozen=True, slots=True)
class Field:
    """What ``${name}`` stands for: a ``question`` or ``profile`` entry, its type, its choices by their names."""

    of: str
    id: str
    type: str
    choices: Mapping[str, str]
    integer: bool = False


FieldOf = Callable[[str], Field | None]


def read_expression(text: str, field_of: FieldOf) -> Tree:
    """The condition that an expression says; raises :class:`Unsupported`."""
    parser = _Parser(text.translate(STRAIGHT), field_of)
    tree = parser.either(0)
    if parser.peek()[1]:
        raise Unsupported(N_("il y a quelque chose de trop : %(found)s"), found=shown(parser.peek()[1]))
    return tree


class _Parser:
    def __init__(self, text: str, field_of: FieldOf) -> None:
        self.field_of = field_of
        self.tokens: list[tuple[str, str]] = []
        self.at = 0
        place, end = 0, len(text.rstrip())
        while place < end:
            found = _TOKEN.match(text, place)
            if not found:
                raise Unsupported(N_("cette expression n’est pas comprise : %(found)s"), found=shown(text[place:]))
            self.tokens.append((str(found.lastgroup), found.group(str(found.lastgroup))))
            place = found.end()

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("", "")

    def take(self, sign: str = "") -> tuple[str, str]:
        token = self.peek()
        if not token[1] or (sign and token[1] != sign):
            raise Unsupported(N_("cette expression n’est pas comprise : %(found)s"), found=shown(token[1]))
        self.at += 1
        return token

    def either(self, depth: int) -> Tree:
        parts = [self.both(depth)]
        while self.peek()[1].lower() == "or":
            self.at += 1
            parts.append(self.both(depth))
        return _merged(parts) if len(parts) > 1 else parts[0]

    def both(self, depth: int) -> Tree:
        parts = [self.part(depth)]
        while self.peek()[1].lower() == "and":
            self.at += 1
            parts.append(self.part(depth))
        return {"all": parts} if len(parts) > 1 else parts[0]

    def part(self, depth: int) -> Tree:
        if depth > DEEPEST:
            raise Unsupported(N_("cette expression a trop de parenthèses"))
        kind, text = self.peek()
        if text == "(":
            self.at += 1
            inner = self.either(depth + 1)
            self.take(")")
            return inner
        if kind == "word":
            return self.call(depth)
        return self.comparison()

    def call(self, depth: int) -> Tree:
        name = self.take()[1].lower()
        self.take("(")
        match name:
            case "not":
                inner = self.either(depth + 1)
                self.take(")")
                return {"not": inner}
            case "true" | "false":
                self.take(")")
                return {"all": []} if name == "true" else {"any": []}
            case "selected":
                field = self.field()
                self.take(",")
                value = self.take()
                self.take(")")
                return self.equal(field, value)
        raise Unsupported(N_("la fonction %(name)s n’a pas d’équivalent"), name=shown(name))

    def field(self) -> Field:
        kind, text = self.take()
        if kind != "field":
            raise Unsupported(N_("cette expression n’est pas comprise : %(found)s"), found=shown(text))
        name = text[2:-1].strip()
        field = self.field_of(name)
        if field is None:
            raise Unsupported(N_("aucune question ne s’appelle %(id)s"), id=shown(name))
        return field

    def comparison(self) -> Tree:
        if self.peek()[0] == "field":
            field = self.field()
            sign, value = self.take()[1], self.take()
        else:
            value = self.take()
            sign = _FLIPPED.get(self.take()[1], "")
            field = self.field()
        match sign:
            case "=":
                return self.equal(field, value)
            case "!=":
                if value[1] in ("''", '""'):
                    return _answered(field)
                return {"not": self.equal(field, value)}
            case "<" | ">" | "<=" | ">=":
                return self.ordered(field, sign, value)
        raise Unsupported(N_("cette expression n’est pas comprise : %(found)s"), found=shown(sign))

    def equal(self, field: Field, token: tuple[str, str]) -> Tree:
        kind, text = token
        if kind not in ("string", "number"):
            raise Unsupported(N_("une question se compare ici à une valeur, pas à %(found)s"), found=shown(text))
        word = text[1:-1] if kind == "string" else text
        if not word:
            return {"not": _answered(field)}
        test: Tree = {field.of: field.id}
        if field.type == "boolean":
            if field.choices.get(word) not in ("true", "false"):
                raise Unsupported(N_("%(found)s n’est pas une réponse à %(id)s"), found=shown(word), id=shown(field.id))
            return test | {"is": field.choices[word] == "true"}
        if field.type in ("number", "scale"):
            return test | {"is": _number(word)}
        return test | {"is": field.choices.get(word, word)}

    def ordered(self, field: Field, sign: str, token: tuple[str, str]) -> Tree:
        word = token[1].strip("'\"")
        if field.type not in ("number", "scale"):
            raise Unsupported(
                N_("%(id)s n’est pas un nombre : %(sign)s ne peut pas servir"), id=shown(field.id), sign=sign
            )
        number = _number(word)
        test: Tree = {field.of: field.id}
        if sign in (">=", "<="):
            return test | {"at_least" if sign == ">=" else "at_most": number}
        if field.integer and isinstance(number, int):
            return test | ({"at_least": number + 1} if sign == ">" else {"at_most": number - 1})
        bound = test | {"at_least" if sign == ">" else "at_most": number}
        return {"all": [bound, {"not": test | {"is": number}}]}


def _number(word: str) -> int | Decimal:
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", word):
        raise Unsupported(N_("il faut un nombre, pas %(found)s"), found=shown(word))
    number = Decimal(word)
    return int(number) if number == int(number) else number


def _answered(field: Field) -> Tree:
    """That a question has an answer."""
    test: Tree = {field.of: field.id}
    match field.type:
        case "single" | "multiple" if field.choices:
            return test | {"is": list(dict.fromkeys(field.choices.values()))}
        case "boolean":
            return test | {"is": [True, False]}
        case "number":
            return {"any": [test | {"at_least": 0}, test | {"at_most": 0}]}
    raise Unsupported(N_("on ne peut pas demander si %(id)s a une réponse"), id=shown(field.id))


def _merged(parts: list[Tree]) -> Tree:
    """Alternatives, those of one question told as one list of values."""
    first = parts[0]
    of = "profile" if "profile" in first else "question"
    if all("is" in part and part.get(of) == first.get(of) for part in parts):
        values: list[object] = []
        for part in parts:
            found = part["is"]
            values += found if isinstance(found, list) else [found]
        return {of: first[of], "is": values}
    return {"any": parts}


# Writing


NameOf = Callable[[str, str], tuple[str, str]]
"""The name in the form of a ``question`` or ``profile`` entry of some id, and its type."""


def write_expression(tree: Mapping[str, object], name_of: NameOf) -> str:
    """A condition as an XPath expression; « je ne sais pas », which no form offers, never holds there."""
    if "not" in tree:
        negated = tree["not"]
        assert isinstance(negated, Mapping)
        return f"not({write_expression(negated, name_of)})"
    for key, joint, empty in (("all", " and ", "true()"), ("any", " or ", "false()")):
        if key in tree:
            parts = tree[key]
            assert isinstance(parts, list)
            written = [write_expression(part, name_of) for part in parts]
            return "(" + joint.join(written) + ")" if len(written) > 1 else (written or [empty])[0]
    of = "profile" if "profile" in tree else "question"
    name, kind = name_of(of, str(tree[of]))
    tests = [
        f"${{{name}}} {sign} {_literal(tree[key])}"
        for key, sign in (("at_least", ">="), ("at_most", "<="))
        if key in tree
    ]
    if tests:
        return " and ".join(tests) if len(tests) == 1 else f"({' and '.join(tests)})"
    found = tree["is"]
    values = [value for value in (found if isinstance(found, list) else [found]) if value != "?"]
    pattern = "selected(${%s}, %s)" if kind == "multiple" else "${%s} = %s"
    written = [pattern % (name, _literal(value)) for value in values] or ["false()"]
    return written[0] if len(written) == 1 else f"({' or '.join(written)})"


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return "'oui'" if value else "'non'"
    if isinstance(value, int | Decimal):
        return decimal_text(value)
    text = guarded(" ".join(str(value).split()))
    quote = "'" if "'" not in text else '"'
    # XPath has no way to write both kinds of quotes in one text.
    return f"{quote}{text.replace(quote, ' ')}{quote}"
