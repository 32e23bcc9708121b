"""JSON (RFC 8259) as a tree, with the line of each path and every decimal exact."""

from __future__ import annotations

import re
from decimal import Decimal
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]

from assett.formats.trees import DEEPEST, LONGEST_NUMBER, MOST_NODES, Lines, Loaded, broken
from assett.kernel.errors import ROOT, InvalidDocument, Problem, item_path, key_path
from assett.kernel.text import N_, shown

_SPACE = re.compile(r"[ \t\n\r]*")
_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_JSON_WORDS = (("true", True), ("false", False), ("null", None))
_JSON_NOT_FINITE = re.compile(r"-?(NaN|Infinity)")


def read_json(text: str) -> Loaded:
    """Read a JSON text (RFC 8259), whatever faults leave the rest of it readable.

    A key given twice is a fault, and so is what JSON has not (``NaN``). Raises
    :class:`InvalidDocument`, with these faults too, where it is broken.
    """
    reader = _JsonReader(text)
    try:
        tree = reader.whole()
    except InvalidDocument as invalid:
        raise InvalidDocument((*reader.faults, *invalid.problems)) from None
    return Loaded(tree, reader.lines, tuple(reader.faults), frozenset(reader.unread))


class _JsonReader:
    """Reads one JSON text from left to right, noting the line of each path."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.lines: Lines = {}
        self.nodes = 0
        self.faults: list[Problem] = []
        self.unread: set[str] = set()
        # Within how many values of a key given a second time: they are read, and dropped.
        self.dropping = 0

    def whole(self) -> object:
        self.space()
        value = self.value("", 0)
        self.space()
        if self.at < len(self.text):
            raise self.broken(N_("il y a quelque chose après la fin du JSON"))
        return value

    def broken(self, template: str, path: str = "", **params: object) -> InvalidDocument:
        return broken(template, self.line, path, **params)

    def fault(self, template: str, path: str, line: int, **params: object) -> None:
        self.faults.append(Problem(path or ROOT, template, line, params))

    def space(self) -> None:
        end = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def sign(self, signs: str) -> str:
        """Take one of some signs, or the empty string; spaces around it go too."""
        found = self.text[self.at : self.at + 1]
        if not found or found not in signs:
            return ""
        self.at += 1
        self.space()
        return found

    def value(self, path: str, depth: int) -> object:
        if not self.dropping:
            self.lines.setdefault(path, self.line)
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise self.broken(N_("ce fichier a trop de valeurs (plus de %(most)s)"), most=MOST_NODES)
        if depth > DEEPEST:
            raise self.broken(N_("ce fichier est trop imbriqué (plus de %(deepest)s niveaux)"), deepest=DEEPEST)
        match self.text[self.at : self.at + 1]:
            case "{":
                return self.mapping(path, depth)
            case "[":
                return self.list(path, depth)
            case '"':
                return self.string(path)
        number = _JSON_NUMBER.match(self.text, self.at)
        if number:
            self.at = number.end()
            return json_number(number.group())
        for word, value in _JSON_WORDS:
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        not_finite = _JSON_NOT_FINITE.match(self.text, self.at)
        if not_finite:
            self.at = not_finite.end()
            self.fault(N_("%(found)s n’est pas un nombre fini"), path, self.line, found=shown(not_finite.group()))
            self.unread.add(path)
            return None
        found = re.compile(r"[^\s,\]}]*").match(self.text, self.at).group()  # type: ignore[union-attr]
        if not self.text[self.at :]:
            raise self.broken(N_("ce JSON s’arrête avant la fin"), path)
        raise self.broken(N_("il faut ici une valeur JSON, pas %(found)s"), path, found=shown(found))

    def string(self, path: str) -> str:
        try:
            value, end = scanstring(self.text, self.at + 1, True)
        except JSONDecodeError:
            raise self.broken(N_("ce texte entre guillemets est mal formé"), path) from None
        self.at = end
        return str(value)

    def mapping(self, path: str, depth: int) -> dict[str, object]:
        read: dict[str, object] = {}
        given: Lines = {}
        self.sign("{")
        if self.sign("}"):
            return read
        while True:
            if self.text[self.at : self.at + 1] != '"':
                raise self.broken(N_("il faut ici une clé entre guillemets"), path)
            line = self.line
            key = self.string(path)
            here = key_path(path, key)
            again = key in given
            if again:
                template = N_("la clé %(key)s est déjà donnée à la ligne %(other)s")
                self.fault(template, here, line, key=shown(key), other=given[key])
            given.setdefault(key, line)
            self.dropping += again
            if not self.dropping:
                self.lines[here] = line
            self.space()
            if not self.sign(":"):
                raise self.broken(N_("il manque un deux-points après la clé"), here)
            value = self.value(here, depth + 1)
            self.dropping -= again
            read.setdefault(key, value)
            if self.ends(path, "}"):
                return read

    def list(self, path: str, depth: int) -> list[object]:
        read: list[object] = []
        self.sign("[")
        if self.text[self.at : self.at + 1] == "]":
            self.at += 1
            return read
        while True:
            read.append(self.value(item_path(path, len(read)), depth + 1))
            if self.ends(path, "]"):
                return read

    def ends(self, path: str, closing: str) -> bool:
        """After a value: a comma leads to the next one, the closing sign ends."""
        self.space()
        if self.text[self.at : self.at + 1] == closing:
            self.at += 1
            return True
        if self.sign(","):
            return False
        raise self.broken(N_("il manque une virgule, ou %(sign)s"), path, sign=shown(closing))


def json_number(text: str) -> int | Decimal:
    """Read a JSON number exactly; one too long for the format as an infinity."""
    if len(text) > LONGEST_NUMBER:
        return Decimal("Infinity")
    return int(text) if text.lstrip("-").isdecimal() else Decimal(text)
