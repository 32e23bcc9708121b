"""A document as the sheets of its workbook: a table for each kind of thing, a row for each thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from assett.engine.document import Document
from assett.engine.writing import dump_document
from assett.formats.layout import (
    ANSWERS,
    CAPS,
    CATEGORIES,
    LEVELS,
    PROFILE,
    PROFILE_ANSWERS,
    QUESTIONNAIRE,
    QUESTIONS,
    README,
    README_LINES,
    RESOURCES,
    TABLES,
    Column,
    Table,
)
from assett.formats.notation import write_condition, write_for, write_who
from assett.formats.sheets import Cell, Written, write_sheets

Tree = Mapping[str, object]


def write_workbook(document: Document) -> bytes:
    """A document as an XLSX file; raises :class:`Unreadable` where a text is too long for a cell."""
    return write_sheets(
        [Written(README, [[line] for line in README_LINES], (130,), has_header=False), *tables_of(document, TABLES)]
    )


def tables_of(document: Document, wanted: Iterable[Table]) -> list[Written]:
    """Some tables of a document as sheets."""
    tree = dump_document(document)
    rows = _rows(tree)
    return [_written(table, rows[table.sheet], document.languages) for table in wanted]


def _rows(tree: Tree) -> dict[str, list[Tree]]:
    """The rows of every sheet: mappings by key, without what other sheets hold."""
    categories = _list(tree, "categories")
    questions = [{**q, "category": c["id"]} for c in categories for q in _list(c, "questions")]
    profile = _list(tree, "profile")
    holders: list[Tree] = [tree, *categories]
    return {
        QUESTIONNAIRE.sheet: [tree],
        CATEGORIES.sheet: categories,
        QUESTIONS.sheet: list(questions),
        ANSWERS.sheet: [row for question in questions for row in answer_rows(question)],
        LEVELS.sheet: [_within(holder, tree, part) for holder in holders for part in _list(holder, "levels")],
        CAPS.sheet: [_within(holder, tree, part) for holder in holders for part in _list(holder, "caps")],
        PROFILE.sheet: profile,
        PROFILE_ANSWERS.sheet: [row for entry in profile for row in answer_rows(entry)],
        RESOURCES.sheet: _list(tree, "resources"),
    }


def answer_rows(question: Tree) -> list[Tree]:
    """The rows of the choices, of the labels or of the bands of a question."""
    labels = question.get("labels")
    found: list[Tree] = [*_list(question, "choices"), *_list(question, "bands")]
    if isinstance(labels, Mapping):
        found += [{"value": int(value), "label": label} for value, label in labels.items()]
    return [{"question": question["id"], **row} for row in found]


def _within(holder: Tree, tree: Tree, part: Tree) -> Tree:
    return part if holder is tree else {"category": holder["id"], **part}


def _list(tree: Tree, key: str) -> list[Tree]:
    found = tree.get(key) or []
    assert isinstance(found, list)
    return found


def _written(table: Table, rows: Sequence[Tree], languages: Sequence[str]) -> Written:
    spread = [
        (column, language) for column in table.columns for language in (languages if column.kind == "text" else ("",))
    ]
    head: list[Cell | None] = [column.heading + (f" ({language})" if language else "") for column, language in spread]
    body = [[cell_of(row, column, language, languages[0]) for column, language in spread] for row in rows]
    widths = [max(column.width, len(str(title)) + 2) for (column, _), title in zip(spread, head, strict=True)]
    return Written(table.sheet, [head, *body], widths)


def cell_of(row: Tree, column: Column, language: str, default: str) -> Cell | None:
    """What a row has in a column, ``None`` where it has nothing."""
    value: object = row
    for key in column.key.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    if value is None:
        return None
    match column.kind:
        case "text":
            if isinstance(value, Mapping):
                value = value.get(language)
                return None if value is None else str(value)
            return str(value) if language == default else None
        case "flag":
            return "oui" if value else "non"
        case "number":
            return value if isinstance(value, int | Decimal) else str(value)
        case "ids":
            assert isinstance(value, list)
            return " ; ".join(map(str, value))
        case "word":
            return column.words[str(value)]
        case "condition":
            assert isinstance(value, Mapping)
            return write_condition(value)
        case "for":
            assert isinstance(value, list)
            return "\n".join(map(write_for, value))
        case "who":
            assert isinstance(value, Mapping)
            return write_who(value)
        case _:
            return str(value)
