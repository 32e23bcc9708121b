"""Questionnaires, resources and answers as files: trees that remember their lines.

YAML is read as YAML 1.2 (core schema): ``no`` is a string, ``0o17`` a number, a date
a string. JSON is read by its own rules. In both, decimals stay exact, and whatever
is broken ends in an :class:`InvalidDocument` that says where.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

import yaml

from assett.engine.document import Document, Resource
from assett.engine.reading import check_document, check_resources, read_document, read_resources
from assett.kernel.errors import ROOT, InvalidDocument, Problem, item_path, key_path
from assett.kernel.text import N_, shown

LARGEST_FILE: Final = 2 * 1024 * 1024
"""Bytes of a file, and of its texts once its aliases are expanded."""
MOST_NODES: Final = 100_000
DEEPEST: Final = 64

_LONGEST_NUMBER = 64
_Lines: TypeAlias = dict[str, int]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A tree, and the line (from 1) of each of its paths."""

    tree: object
    lines: Mapping[str, int]

    def locate(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The problems with their lines, in the order of the file."""
        located = [problem.at_line(self.line(problem.path)) for problem in problems]
        return tuple(sorted(located, key=lambda problem: problem.line or 0))

    def line(self, path: str) -> int:
        """The line of a path, or of the nearest thing around it that is written."""
        while path not in self.lines:
            parent = re.sub(r"(\.[^.\[\]]*|\[[0-9]*\])$", "", path)
            if parent == path:
                return self.lines.get("", 1)
            path = parent
        return self.lines[path]


def load(source: Path | BinaryIO) -> Loaded:
    """Read a YAML or JSON file, told apart by its name, then by its first sign.

    A stream is taken for JSON. Raises :class:`InvalidDocument` where the file cannot
    be read as a tree, ``OSError`` where it cannot be opened.
    """
    if not isinstance(source, Path):
        return load_json(decode(source.read(LARGEST_FILE + 1)))
    with source.open("rb") as stream:
        text = decode(stream.read(LARGEST_FILE + 1))
    suffix = source.suffix.lower()
    if suffix == ".json" or (suffix not in (".yaml", ".yml") and text.lstrip()[:1] in ("{", "[")):
        return load_json(text)
    return load_yaml(text)


def open_document(path: Path) -> Document:
    """Read a questionnaire file; raises :class:`InvalidDocument`, with lines."""
    loaded = load(path)
    try:
        return read_document(loaded.tree)
    except InvalidDocument as invalid:
        raise InvalidDocument(loaded.locate(invalid.problems)) from None


def open_resources(path: Path, document: Document | None = None) -> tuple[Resource, ...]:
    """Read a resource file, against a questionnaire where one is given.

    Raises :class:`InvalidDocument`, with lines.
    """
    loaded = load(path)
    try:
        return read_resources(loaded.tree, document)
    except InvalidDocument as invalid:
        raise InvalidDocument(loaded.locate(invalid.problems)) from None


def check_file(path: Path) -> tuple[Problem, ...]:
    """Every problem of a questionnaire file, with lines."""
    try:
        loaded = load(path)
    except InvalidDocument as invalid:
        return invalid.problems
    return loaded.locate(check_document(loaded.tree))


def check_resource_file(path: Path, document: Document | None = None) -> tuple[Problem, ...]:
    """Every problem of a resource file, alone or against a questionnaire, with lines."""
    try:
        loaded = load(path)
    except InvalidDocument as invalid:
        return invalid.problems
    return loaded.locate(check_resources(loaded.tree, document))


# Bytes


_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def decode(data: bytes) -> str:
    """Decode UTF-8, with or without a byte order mark, within the size limit."""
    if len(data) > LARGEST_FILE:
        raise _broken(N_("ce fichier dépasse %(limit)s Mo"), 1, limit=LARGEST_FILE // 1024**2)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _broken(N_("ce fichier n’est pas en UTF-8"), line) from None
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        raise _broken(
            N_("ce fichier contient un caractère de contrôle, à retirer : %(found)s"),
            text.count("\n", 0, forbidden.start()) + 1,
            found=shown(forbidden.group()),
        )
    if not text.strip():
        raise _broken(N_("il n’y a rien à lire ici"), 1)
    return text


def _broken(template: str, line: int, path: str = "", **params: object) -> InvalidDocument:
    return InvalidDocument([Problem(path or ROOT, template, line, params)])


# YAML


_WHOLE = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class _SpelledInt(int):
    """A whole number that a text place shows as it is written (``007``, ``0x1F``)."""

    spelling: str

    def __str__(self) -> str:
        return self.spelling


class _SpelledDecimal(Decimal):
    """A decimal that a text place shows as it is written (``1e3``, ``+.5``)."""

    __slots__ = ("spelling",)
    spelling: str

    def __str__(self) -> str:
        return self.spelling


def scalar(text: str) -> str | int | Decimal | bool | None:
    """Resolve a plain scalar by the core schema of YAML 1.2 (section 10.3.2).

    Raises ``ValueError`` for an infinity or what is not a number.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(text)
    if len(text) > _LONGEST_NUMBER:
        # No number of the format is that long: told apart as a number, read cheaply.
        return Decimal("Infinity") if _DECIMAL.fullmatch(text) else text
    number: int | Decimal
    if _WHOLE.fullmatch(text):
        number = int(text)
    elif _OCTAL.fullmatch(text):
        number = int(text[2:], 8)
    elif _HEXADECIMAL.fullmatch(text):
        number = int(text[2:], 16)
    elif _DECIMAL.fullmatch(text):
        number = Decimal(text)
    else:
        return text
    if str(number) == text:
        return number
    spelled = _SpelledInt(number) if isinstance(number, int) else _SpelledDecimal(number)
    spelled.spelling = text
    return spelled


@dataclass(slots=True)
class _Open:
    """A mapping or a list that is being read."""

    value: dict[str, object] | list[object]
    path: str
    line: int
    anchor: str | None
    nodes: int
    size: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class _Anchored:
    value: object
    nodes: int
    size: int


# What the scanner says (libyaml's words), said so that it can be mended.
_YAML_SAYINGS: tuple[tuple[str, str], ...] = (
    ("mapping values are not allowed", N_("il y a ici un deux-points de trop, ou un mauvais retrait")),
    ("cannot start any token", N_("un texte ne peut pas commencer ainsi : mettez-le entre guillemets")),
    ("found a tab", N_("une tabulation ne peut pas servir de retrait : mettez des espaces")),
    ("unexpected end of stream", N_("des guillemets sont ouverts ici et jamais refermés")),
    ("could not find expected ':'", N_("il manque un deux-points après la clé")),
    ("unknown escape character", N_("cette séquence commençant par \\ n’existe pas")),
    ("did not find expected '-'", N_("le retrait est mauvais, ou il manque un tiret")),
    ("did not find expected key", N_("le retrait est mauvais, ou une clé manque")),
    ("did not find expected ','", N_("il manque une virgule, ou un crochet fermant")),
    ("did not find expected node content", N_("une liste ou un objet est ouvert et jamais refermé")),
    ("incompatible YAML", N_("cette version de YAML est inconnue ; il faut 1.2")),
)


def load_yaml(text: str) -> Loaded:
    """Read a YAML 1.2 text; raises :class:`InvalidDocument` where it is broken."""
    builder = _YamlBuilder()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        said = error.problem or ""
        mark = error.problem_mark or error.context_mark
        if "end of stream" in said:
            # What is never closed is to be mended where it was opened.
            mark = error.context_mark or mark
        template = next((ours for theirs, ours in _YAML_SAYINGS if theirs in said), None)
        line = min(mark.line + 1 if mark else 1, text.count("\n") + 1)
        if template is None:
            raise _broken(N_("ce YAML est mal formé (%(said)s)"), line, said=said) from None
        raise _broken(template, line) from None
    except yaml.YAMLError as error:
        raise _broken(N_("ce YAML est mal formé (%(said)s)"), 1, said=shown(str(error))) from None
    return Loaded(builder.root, builder.lines)


class _YamlBuilder:
    """Builds a tree from the events of one YAML document."""

    def __init__(self) -> None:
        self.root: object = None
        self.lines: _Lines = {}
        self.stack: list[_Open] = []
        self.anchors: dict[str, _Anchored] = {}
        self.documents = 0
        self.nodes = 0
        self.size = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    raise _broken(N_("un fichier contient un seul document YAML"), line)
            case yaml.AliasEvent():
                anchored = self.anchors.get(event.anchor or "")
                if anchored is None:
                    raise _broken(
                        N_("l’alias %(name)s ne renvoie à rien de défini avant lui"),
                        line,
                        self.here(),
                        name=shown(f"*{event.anchor}"),
                    )
                self.count(anchored.nodes, anchored.size, line)
                self.put(anchored.value, line)
            case yaml.ScalarEvent():
                self.refuse_tag(event, line)
                self.count(1, len(event.value), line)
                self.put(self.resolve(event, line), line)
                if event.anchor:
                    value = self.last_value()
                    self.anchors[event.anchor] = _Anchored(value, 1, len(event.value))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self.refuse_tag(event, line)
                self.open({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor, line)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.close()

    def refuse_tag(self, event: Any, line: int) -> None:
        if event.tag is not None:
            raise _broken(
                N_("les étiquettes YAML comme %(tag)s ne sont pas admises"),
                line,
                self.here(),
                tag=shown(event.tag),
            )

    def resolve(self, event: yaml.ScalarEvent, line: int) -> object:
        if not event.implicit[0] or self.wants_key():
            return event.value
        try:
            return scalar(event.value)
        except ValueError:
            raise _broken(
                N_("%(found)s n’est pas un nombre fini"), line, self.here(), found=shown(event.value)
            ) from None

    def count(self, nodes: int, size: int, line: int) -> None:
        self.nodes += nodes
        self.size += size
        if self.nodes > MOST_NODES or self.size > LARGEST_FILE:
            raise _broken(N_("ce fichier est trop gros une fois ses alias développés"), line, self.here())

    def wants_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None

    def here(self) -> str:
        """The path of the value that comes next."""
        if not self.stack:
            return ""
        top = self.stack[-1]
        if isinstance(top.value, list):
            return item_path(top.path, len(top.value))
        return top.path if top.key is None else key_path(top.path, top.key)

    def open(self, value: dict[str, object] | list[object], anchor: str | None, line: int) -> None:
        if self.wants_key():
            raise _broken(N_("une clé est un texte simple"), line, self.here())
        if len(self.stack) >= DEEPEST:
            raise _broken(N_("ce fichier est trop imbriqué (plus de %(deepest)s niveaux)"), line, deepest=DEEPEST)
        if anchor:
            # Until it is closed, an alias to it would make it contain itself.
            self.anchors.pop(anchor, None)
        self.count(1, 0, line)
        self.stack.append(_Open(value, self.here(), line, anchor, self.nodes - 1, self.size))

    def close(self) -> None:
        done = self.stack.pop()
        if done.anchor:
            self.anchors[done.anchor] = _Anchored(done.value, self.nodes - done.nodes, self.size - done.size)
        self.put(done.value, done.line)

    def put(self, value: object, line: int) -> None:
        """Give a finished value to what it belongs to; a key waits for its value."""
        if not self.stack:
            self.root = value
            self.lines.setdefault("", line)
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            self.lines[item_path(top.path, len(top.value))] = line
            top.value.append(value)
        elif top.key is not None:
            top.value[top.key] = value
            top.key = None
        elif not isinstance(value, str):
            raise _broken(N_("une clé est un texte simple"), line, self.here())
        else:
            path = key_path(top.path, value)
            if value in top.value:
                raise _broken(
                    N_("la clé %(key)s est déjà donnée à la ligne %(other)s"),
                    line,
                    path,
                    key=shown(value),
                    other=self.lines[path],
                )
            self.lines[path] = line
            top.key = value

    def last_value(self) -> object:
        if not self.stack:
            return self.root
        top = self.stack[-1]
        if isinstance(top.value, list):
            return top.value[-1]
        return top.key if top.key is not None else next(reversed(top.value.values()))


# JSON


_SPACE = re.compile(r"[ \t\n\r]*")
_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_JSON_WORDS = (("true", True), ("false", False), ("null", None))


def load_json(text: str) -> Loaded:
    """Read a JSON text (RFC 8259); raises :class:`InvalidDocument` where it is broken.

    A key given twice is refused, and so is what JSON has not (``NaN``, comments).
    """
    reader = _JsonReader(text)
    tree = reader.whole()
    return Loaded(tree, reader.lines)


class _JsonReader:
    """Reads one JSON text from left to right, noting the line of each path."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.lines: _Lines = {}
        self.nodes = 0

    def whole(self) -> object:
        self.space()
        value = self.value("", 0)
        self.space()
        if self.at < len(self.text):
            raise self.broken(N_("il y a quelque chose après la fin du JSON"))
        return value

    def broken(self, template: str, path: str = "", **params: object) -> InvalidDocument:
        return _broken(template, self.line, path, **params)

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
        self.sign("{")
        if self.sign("}"):
            return read
        while True:
            if self.text[self.at : self.at + 1] != '"':
                raise self.broken(N_("il faut ici une clé entre guillemets"), path)
            line = self.line
            key = self.string(path)
            here = key_path(path, key)
            if key in read:
                raise self.broken(
                    N_("la clé %(key)s est déjà donnée à la ligne %(other)s"),
                    here,
                    key=shown(key),
                    other=self.lines[here],
                )
            self.lines[here] = line
            self.space()
            if not self.sign(":"):
                raise self.broken(N_("il manque un deux-points après la clé"), here)
            read[key] = self.value(here, depth + 1)
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
    if len(text) > _LONGEST_NUMBER:
        return Decimal("Infinity")
    return int(text) if text.lstrip("-").isdecimal() else Decimal(text)


def json_lines(stream: BinaryIO) -> Iterator[Callable[[], Loaded]]:
    """The lines of a JSON Lines stream, each one to be read when it is called.

    Calling raises :class:`InvalidDocument` for a line that is broken; the next lines
    are not affected.
    """
    while line := stream.readline(LARGEST_FILE + 1):
        rest = line
        while len(rest) > LARGEST_FILE and not rest.endswith(b"\n"):
            # Too long to be kept: what follows on the same line is passed over.
            rest = stream.readline(LARGEST_FILE + 1)
        yield partial(_load_line, line)


def _load_line(line: bytes) -> Loaded:
    return load_json(decode(line))
