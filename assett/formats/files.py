"""Questionnaires, resources and answers as files.

YAML is read as YAML 1.2, JSON by its own rules. In both, decimals stay exact, and
whatever is broken ends in an :class:`InvalidDocument` that says where. A fault that
leaves the rest readable (a key given twice, a tag) is noted, and the reading goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from assett.engine.document import Document, Resource
from assett.engine.reading import check_document, check_resources, kind_of, read_document, read_resources
from assett.formats.json_trees import read_json
from assett.formats.trees import LARGEST_FILE, Loaded, decode
from assett.formats.yaml_trees import read_yaml
from assett.kernel.errors import ROOT, InvalidDocument, Problem
from assett.kernel.text import N_

_RESOURCES = N_("ceci est un fichier de ressources : assett questionnaire check QUESTIONNAIRE --resources FICHIER")
_QUESTIONNAIRE = N_("ceci est un questionnaire : assett questionnaire check FICHIER")


def load(source: Path | BinaryIO) -> Loaded:
    """Read a YAML or JSON file, told apart by its name, then by its first sign.

    A stream is taken for JSON. Raises :class:`InvalidDocument` where the file cannot
    be read as a tree, ``OSError`` where it cannot be opened.
    """
    return read(source).whole()


def read(source: Path | BinaryIO) -> Loaded:
    """As :func:`load`, but for the faults that leave the rest readable: they come with the tree."""
    if not isinstance(source, Path):
        return read_json(decode(source.read(LARGEST_FILE + 1)))
    return _read(source)


def read_tree(data: bytes, *, json: bool) -> Loaded:
    """The tree of the bytes of a file, of YAML unless they are ``json``; faults may be left in it.

    Raises :class:`InvalidDocument` where it cannot be read at all.
    """
    text = decode(data)
    return read_json(text) if json else read_yaml(text)


def _read(path: Path) -> Loaded:
    """The tree of a file, and its faults."""
    with path.open("rb") as stream:
        text = decode(stream.read(LARGEST_FILE + 1))
    suffix = path.suffix.lower()
    if suffix == ".json" or (suffix not in (".yaml", ".yml") and text.lstrip()[:1] in ("{", "[")):
        return read_json(text)
    return read_yaml(text)


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
        loaded = _read(path)
    except InvalidDocument as invalid:
        return invalid.problems
    if kind_of(loaded.tree) == "resources":
        return (Problem(ROOT, _RESOURCES, loaded.line("")),)
    return loaded.all_problems(check_document(loaded.tree))


def check_resource_file(path: Path, document: Document | None = None) -> tuple[Problem, ...]:
    """Every problem of a resource file, alone or against a questionnaire, with lines."""
    try:
        loaded = _read(path)
    except InvalidDocument as invalid:
        return invalid.problems
    if kind_of(loaded.tree) == "questionnaire":
        return (Problem(ROOT, _QUESTIONNAIRE, loaded.line("")),)
    return loaded.all_problems(check_resources(loaded.tree, document))


def json_lines(stream: BinaryIO) -> Iterator[Callable[[], Loaded]]:
    """The lines of a JSON Lines stream, each one to be read when it is called.

    Calling raises :class:`InvalidDocument` for a line that is broken; the next lines
    are not affected. Faults that leave the rest of a line readable come with its tree.
    """
    while line := stream.readline(LARGEST_FILE + 1):
        rest = line
        while len(rest) > LARGEST_FILE and not rest.endswith(b"\n"):
            # Too long to be kept: what follows on the same line is passed over.
            rest = stream.readline(LARGEST_FILE + 1)
        yield partial(_load_line, line)


def _load_line(line: bytes) -> Loaded:
    return read_json(decode(line))
