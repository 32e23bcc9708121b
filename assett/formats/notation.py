"""Conditions as one line that a person reads and writes, in a cell of a spreadsheet.

``suivi = facture ; mois et (non (profil kind = school) ou km >= 10)``. What is written here reads
back as exactly the same condition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from assett.kernel.ids import is_slug
from assett.kernel.text import N_, decimal_text, shown

Tree = dict[str, object]
TypeOf = Callable[[str, str], str | None]
"""The type of a ``question`` or ``profile`` entry of some id, ``None`` where there is none."""

DEEPEST: Final = 52
"""One more than the engine allows: it is the engine that says that a condition is too deep."""

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\u00a0\u202f]+)|(?P<line>\n)
    |(?P<string>"(?:[^"]|"")*")
    |(?P<sign>>=|<=|!=|≥|≤|≠|=|\(|\)|;|:|\?)
    |(?P<word>-?[0-9A-Za-zÀ-ÿ_][0-9A-Za-zÀ-ÿ_-]*(?:[.,][0-9]+)?)""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")
_OPERATORS = {"=", "!=", "≠", ">=", "≥", "<=", "≤", "de"}
_YES = {"oui": True, "vrai": True, "true": True, "non": False, "faux": False, "false": False}


class Misread(ValueError):
    """A notation that cannot be read; ``template`` is a French source text."""

    def __init__(self, template: str, /, **params: object) -> None:
        super().__init__(template % params if params else template)
        self.template = template
        self.params = params


# Writing


def write_condition(tree: Mapping[str, object]) -> str:
    """The notation of a condition's tree."""
    return _condition(tree, grouped=False)


def write_for(line: Mapping[str, object]) -> str:
    """The notation of one ``for`` line of a resource."""
    if "category" in line:
        levels = line["levels"]
        assert isinstance(levels, list)
        return f"catégorie {line['category']} : {' ; '.join(levels)}"
    return _test(line)


def write_who(who: Mapping[str, object]) -> str:
    """The notation of ``who``, one entry of the profile a line."""
    return "\n".join(f"{name} = {_values(values)}" for name, values in who.items())


def _condition(tree: Mapping[str, object], grouped: bool) -> str:
    if "not" in tree:
        negated = tree["not"]
        assert isinstance(negated, Mapping)
        return f"non ({_condition(negated, grouped=False)})"
    for key, joint, name in (("all", " et ", "toutes"), ("any", " ou ", "une")):
        if key in tree:
            parts = tree[key]
            assert isinstance(parts, list)
            if len(parts) < 2:
                return f"{name} ({''.join(_condition(part, grouped=False) for part in parts)})"
            written = joint.join(_condition(part, grouped=True) for part in parts)
            return f"({written})" if grouped else written
    return _test(tree)


def _test(tree: Mapping[str, object]) -> str:
    name = f"profil {tree['profile']}" if "profile" in tree else str(tree["question"])
    if "is" in tree:
        return f"{name} = {_values(tree['is'])}"
    low, high = tree.get("at_least"), tree.get("at_most")
    if low is not None and high is not None:
        return f"{name} de {_value(low)} à {_value(high)}"
    return f"{name} >= {_value(low)}" if low is not None else f"{name} <= {_value(high)}"


def _values(values: object) -> str:
    return " ; ".join(map(_value, values)) if isinstance(values, list) else _value(values)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | Decimal):
        return decimal_text(value).replace(".", ",")
    text = str(value)
    return text if is_slug(text) or text == "?" else '"' + text.replace('"', '""') + '"'


# Reading


def read_condition(text: str, type_of: TypeOf) -> Tree:
    """The tree of a condition; raises :class:`Misread`."""
    parser = _Parser(text, type_of, lines=False)
    tree = parser.condition(0)
    parser.end()
    return tree


def read_for(text: str, type_of: TypeOf) -> list[Tree]:
    """The ``for`` lines of a resource, one a line; raises :class:`Misread`."""
    parser = _Parser(text, type_of, lines=True)
    return parser.each_line(parser.for_line)


def read_who(text: str, type_of: TypeOf) -> Tree:
    """The ``who`` of a resource, one entry a line; raises :class:`Misread`."""
    parser = _Parser(text, type_of, lines=True)
    who: Tree = {}
    for test in parser.each_line(parser.who_line):
        name = str(test["profile"])
        if name in who:
            raise Misread(N_("l’entrée %(name)s du profil est donnée deux fois"), name=shown(name))
        values = test["is"]
        who[name] = values if isinstance(values, list) else [values]
    return who


class _Parser:
    """Reads a notation from left to right."""

    def __init__(self, text: str, type_of: TypeOf, lines: bool) -> None:
        # What word processors make of quotes is undone, but for those inside a text.
        straight = text if '"' in text else re.sub(r"[“”„]", '"', text)
        self.tokens: list[tuple[str, str]] = []
        self.type_of = type_of
        self.at = 0
        place = 0
        while place < len(straight):
            found = _TOKEN.match(straight, place)
            if not found:
                raise Misread(N_("signe inattendu : %(found)s"), found=shown(straight[place : place + 12]))
            kind = str(found.lastgroup)
            if kind != "space" and (kind != "line" or lines):
                self.tokens.append((kind, found.group()))
            place = found.end()

    def peek(self, ahead: int = 0) -> str:
        """The next token, the empty string at the end."""
        index = self.at + ahead
        return self.tokens[index][1] if index < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        """Take the next token: its kind and its text."""
        if self.at >= len(self.tokens):
            raise Misread(N_("cette condition s’arrête avant la fin"))
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, sign: str) -> None:
        if self.peek() != sign:
            raise Misread(N_("il faut ici %(sign)s, pas %(found)s"), sign=shown(sign), found=shown(self.peek()))
        self.at += 1

    def end(self) -> None:
        """Refuse what follows a whole condition."""
        if self.peek():
            raise Misread(N_("il y a quelque chose de trop : %(found)s"), found=shown(self.peek()))

    def each_line(self, read: Callable[[], Tree]) -> list[Tree]:
        found: list[Tree] = []
        while True:
            while self.peek() == "\n":
                self.at += 1
            if not self.peek():
                return found
            found.append(read())
            if self.peek() not in ("\n", ""):
                self.end()

    def condition(self, depth: int) -> Tree:
        """Conditions joined by « et » or by « ou », never by both without parentheses."""
        if depth > DEEPEST:
            raise Misread(N_("cette condition a trop de parenthèses"))
        parts = [self.part(depth)]
        joint = self.peek().lower()
        if joint not in ("et", "ou"):
            return parts[0]
        while self.peek().lower() in ("et", "ou"):
            if self.peek().lower() != joint:
                raise Misread(N_("mettez des parenthèses là où « et » et « ou » se suivent"))
            self.at += 1
            parts.append(self.part(depth))
        return {"all" if joint == "et" else "any": parts}

    def part(self, depth: int) -> Tree:
        word = self.peek().lower()
        if word == "(":
            return self.parenthesis(depth)
        if self.peek(1) == "(" and word == "non":
            self.at += 1
            return {"not": self.parenthesis(depth)}
        if self.peek(1) == "(" and word in ("toutes", "une"):
            self.at += 2
            parts: list[Tree] = []
            if self.peek() != ")":
                parts.append(self.condition(depth + 1))
            self.expect(")")
            return {"all" if word == "toutes" else "any": parts}
        return self.test()

    def parenthesis(self, depth: int) -> Tree:
        self.expect("(")
        inner = self.condition(depth + 1)
        self.expect(")")
        return inner

    def name(self) -> str:
        kind, text = self.take()
        if kind != "word":
            raise Misread(N_("il faut ici un identifiant, pas %(found)s"), found=shown(text))
        return text

    def names_an_entry(self) -> bool:
        """Whether « profil » is followed by the name of an entry: it may be a question's own name."""
        if self.at >= len(self.tokens) or self.tokens[self.at][0] != "word":
            return False
        return self.peek() != "de" or self.peek(1) in _OPERATORS

    def test(self, of: str = "question") -> Tree:
        name = self.name()
        if of == "question" and name.lower() == "profil" and self.names_an_entry():
            of, name = "profile", self.name()
        test: Tree = {of: name}
        kind_of = self.type_of(of, name)
        match self.take()[1].lower():
            case "=":
                return test | {"is": self.values(kind_of)}
            case "!=" | "≠":
                return {"not": test | {"is": self.values(kind_of)}}
            case ">=" | "≥":
                return test | {"at_least": self.value("number")}
            case "<=" | "≤":
                return test | {"at_most": self.value("number")}
            case "de":
                low = self.value("number")
                if self.peek().lower() not in ("à", "a"):
                    raise Misread(N_("une fourchette s’écrit : %(name)s de 1 à 3"), name=name)
                self.at += 1
                return test | {"at_least": low, "at_most": self.value("number")}
        raise Misread(N_("après %(name)s, il faut =, >=, <= ou « de … à … »"), name=shown(name))

    def values(self, kind_of: str | None) -> object:
        values = [self.value(kind_of)]
        while self.peek() == ";":
            self.at += 1
            values.append(self.value(kind_of))
        return values if len(values) > 1 else values[0]

    def value(self, kind_of: str | None) -> object:
        kind, text = self.take()
        if kind == "string":
            return text[1:-1].replace('""', '"')
        if kind != "word" and text != "?":
            raise Misread(N_("il faut ici une valeur, pas %(found)s"), found=shown(text))
        if kind_of == "boolean":
            return _YES.get(text.lower(), text)
        if kind_of in ("number", "scale") and _NUMBER.fullmatch(text):
            number = Decimal(text.replace(",", "."))
            return int(number) if number == int(number) else number
        return text

    def for_line(self) -> Tree:
        if self.peek().lower() in ("catégorie", "categorie") and self.peek(2) == ":":
            self.at += 1
            name = self.name()
            self.expect(":")
            levels = self.values(None)
            return {"category": name, "levels": levels if isinstance(levels, list) else [levels]}
        return self.test()

    def who_line(self) -> Tree:
        test = self.test("profile")
        if "is" not in test:
            raise Misread(N_("ici une ligne s’écrit : entrée = valeur ; valeur"))
        return test
