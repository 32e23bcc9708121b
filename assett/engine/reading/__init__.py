"""From a tree to a document: everything that is wrong is found in one run.

A tree is what YAML or JSON gives: ``dict list str int Decimal bool None`` (floats
are read as the decimals that write them). The rules are those of
``questionnaire-format``, sections 1 and 3.

The reader never stops: it notes a problem, puts something neutral in the place and
goes on, so that a document always comes out. It is thrown away if anything was noted.
"""

from __future__ import annotations

from assett.engine.document import Document, Resource
from assett.engine.reading.fields import kind_of
from assett.engine.reading.questionnaire import DocumentReader
from assett.engine.reading.resources import ResourceReader
from assett.engine.writing import dump_document
from assett.kernel.errors import InvalidDocument, Problem

__all__ = [
    "check_document",
    "check_resources",
    "dump_document",
    "examine_document",
    "kind_of",
    "read_document",
    "read_resources",
]


def examine_document(tree: object) -> tuple[Document, tuple[Problem, ...]]:
    """The document of a questionnaire's tree, and every problem of it: it is sound where there is none."""
    reader = DocumentReader()
    return reader.document(tree), tuple(reader.problems)


def check_document(tree: object) -> tuple[Problem, ...]:
    """Every problem of a questionnaire's tree; empty when it is right."""
    return examine_document(tree)[1]


def read_document(tree: object, *, published: bool = False) -> Document:
    """Read a questionnaire's tree; one that is ``published`` keeps what was allowed in its day.

    Raises :class:`InvalidDocument` with every problem of the tree.
    """
    reader = DocumentReader()
    reader.published = published
    document = reader.document(tree)
    if reader.problems:
        raise InvalidDocument(reader.problems)
    return document


def read_resources(tree: object, document: Document | None = None) -> tuple[Resource, ...]:
    """Read the tree of a resource file (``{format: 1, resources: […]}``).

    With a ``document``, what the resources name must exist in it. Without one, only
    the shape is read: the same resources may serve many questionnaires.
    Raises :class:`InvalidDocument` with every problem of the tree.
    """
    reader = ResourceReader()
    resources = reader.resource_file(tree, document)
    if reader.problems:
        raise InvalidDocument(reader.problems)
    return resources


def check_resources(tree: object, document: Document | None = None) -> tuple[Problem, ...]:
    """Every problem of a resource file's tree, alone or against a questionnaire."""
    reader = ResourceReader()
    reader.resource_file(tree, document)
    return tuple(reader.problems)
