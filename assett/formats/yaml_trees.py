"""YAML 1.2 (core schema) as a tree: ``no`` is a string, ``0o17`` a number, a date a string."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from assett.formats.trees import DEEPEST, LARGEST_FILE, LONGEST_NUMBER, MOST_NODES, Lines, Loaded, broken
from assett.kernel.errors import ROOT, InvalidDocument, Problem, item_path, key_path
from assett.kernel.text import N_, shown

_WHOLE = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
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

    The format knows no infinity, nor what is not a number: ``.inf`` and ``.nan`` are texts,
    which a text place takes as they are and a number place refuses.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if len(text) > LONGEST_NUMBER:
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
    given: Lines = field(default_factory=dict)
    """The line of each key."""


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


def read_yaml(text: str) -> Loaded:
    """Read a YAML 1.2 text, whatever faults leave the rest of it readable.

    Raises :class:`InvalidDocument`, with these faults too, where it is broken.
    """
    builder = _YamlBuilder()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if not builder.take(event):
                break
    except InvalidDocument as invalid:
        raise InvalidDocument((*builder.faults, *invalid.problems)) from None
    except yaml.MarkedYAMLError as error:
        said = error.problem or ""
        mark = error.problem_mark or error.context_mark
        if "end of stream" in said:
            # What is never closed is to be mended where it was opened.
            mark = error.context_mark or mark
        template = next((ours for theirs, ours in _YAML_SAYINGS if theirs in said), None)
        line = min(mark.line + 1 if mark else 1, text.count("\n") + 1)
        unreadable = Problem(ROOT, template or N_("ce YAML est mal formé (%(said)s)"), line, {"said": shown(said)})
        raise InvalidDocument((*builder.faults, unreadable)) from None
    except yaml.YAMLError as error:
        raise broken(N_("ce YAML est mal formé (%(said)s)"), 1, said=shown(str(error))) from None
    return Loaded(builder.root, builder.lines, tuple(builder.faults), frozenset(builder.unread))


class _YamlBuilder:
    """Builds a tree from the events of one YAML document."""

    def __init__(self) -> None:
        self.root: object = None
        self.lines: Lines = {}
        self.stack: list[_Open] = []
        self.anchors: dict[str, _Anchored] = {}
        self.documents = 0
        self.nodes = 0
        self.size = 0
        self.faults: list[Problem] = []
        self.unread: set[str] = set()
        # How deep the mapping stands whose key was given a second time: that value is read, and dropped.
        self.dropping: int | None = None

    def take(self, event: yaml.Event) -> bool:
        """Take the next event; whether there is more to take."""
        line = event.start_mark.line + 1 if event.start_mark else 1
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self.fault(ROOT, N_("un fichier contient un seul document YAML"), line)
                    return False
            case yaml.AliasEvent():
                anchored = self.anchored(event, line)
                self.count(anchored.nodes, anchored.size, line)
                self.put(anchored.value, line)
            case yaml.ScalarEvent():
                self.note_tag(event, line)
                self.count(1, len(event.value), line)
                value = self.resolve(event)
                self.put(value, line)
                if event.anchor:
                    self.anchors[event.anchor] = _Anchored(value, 1, len(event.value))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self.note_tag(event, line)
                self.open({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor, line)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.close()
        return True

    def fault(self, path: str, template: str, line: int, **params: object) -> None:
        self.faults.append(Problem(path or ROOT, template, line, params))

    def anchored(self, event: yaml.AliasEvent, line: int) -> _Anchored:
        anchored = self.anchors.get(event.anchor or "")
        if anchored is not None:
            return anchored
        here = self.here()
        template = N_("l’alias %(name)s ne renvoie à rien de défini avant lui")
        self.fault(here, template, line, name=shown(f"*{event.anchor}"))
        self.unread.add(here)
        # In the place of a key, a text: what it stands for is no key of the format either.
        return _Anchored(f"*{event.anchor}" if self.wants_key() else None, 1, 0)

    def note_tag(self, event: Any, line: int) -> None:
        """A tag is noted, and what it marks is read as if it had none."""
        if event.tag is not None:
            template = N_("les étiquettes YAML comme %(tag)s ne sont pas admises")
            self.fault(self.here(), template, line, tag=shown(event.tag))

    def resolve(self, event: yaml.ScalarEvent) -> object:
        is_plain = event.implicit[0] if event.tag is None else not event.style
        return scalar(event.value) if is_plain and not self.wants_key() else event.value

    def count(self, nodes: int, size: int, line: int) -> None:
        self.nodes += nodes
        self.size += size
        if self.nodes > MOST_NODES or self.size > LARGEST_FILE:
            raise broken(N_("ce fichier est trop gros une fois ses alias développés"), line, self.here())

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
            raise broken(N_("une clé est un texte simple"), line, self.here())
        if len(self.stack) >= DEEPEST:
            raise broken(N_("ce fichier est trop imbriqué (plus de %(deepest)s niveaux)"), line, deepest=DEEPEST)
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
            self.at_line(item_path(top.path, len(top.value)), line)
            top.value.append(value)
        elif top.key is not None:
            if self.dropping == len(self.stack):
                self.dropping = None
            else:
                top.value[top.key] = value
            top.key = None
        elif not isinstance(value, str):
            raise broken(N_("une clé est un texte simple"), line, self.here())
        else:
            path = key_path(top.path, value)
            self.at_line(path, line)
            if value in top.given:
                template = N_("la clé %(key)s est déjà donnée à la ligne %(other)s")
                self.fault(path, template, line, key=shown(value), other=top.given[value])
                self.dropping = self.dropping or len(self.stack)
            top.given.setdefault(value, line)
            top.key = value

    def at_line(self, path: str, line: int) -> None:
        """Note where a path is written, unless it is a second time."""
        if self.dropping is None:
            self.lines.setdefault(path, line)
