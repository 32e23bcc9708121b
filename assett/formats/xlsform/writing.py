"""A questionnaire as an XLSForm that KoBo and ODK take; see :mod:`assett.formats.xlsform.reading` for the way back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from assett.engine.document import Document
from assett.engine.writing import dump_document
from assett.formats.layout import CAPS, CATEGORIES, LEVELS, PROFILE, QUESTIONNAIRE, QUESTIONS, RESOURCES, Column
from assett.formats.sheets import Cell, Written, write_sheets
from assett.formats.spreading import answer_rows, cell_of, tables_of
from assett.formats.xlsform.expressions import guarded, write_expression
from assett.kernel.text import decimal_text

Tree = Mapping[str, object]

_RESERVED: Final = {"meta", "data", "instanceid", "instancename"}
_YES_NO: Final = "oui_non"
_STANDARD: Final = {"title", "help", "required", "min", "max", "min_choices", "max_choices", "integer", "category"}
"""What the form's own columns say."""


def write_xlsform(document: Document) -> bytes:
    """A document as an XLSForm; raises :class:`Unreadable` where a text is too long for a cell."""
    return _Writer(document).book()


class _Writer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.tree = dump_document(document)
        self.languages = document.languages
        self.names: dict[tuple[str, str], tuple[str, str]] = {}
        self.taken = set(_RESERVED)
        self.survey: list[dict[str, Cell | None]] = []
        self.choices: list[dict[str, Cell | None]] = []

    def book(self) -> bytes:
        """The whole form."""
        if self.document.profile:
            self.survey.append({"type": "begin_group", "name": self.name("profil"), "assett::type": "profil"})
            self.survey[-1] |= {f"label::{language}": "Profil" for language in self.languages}
            for entry in _list(self.tree, "profile"):
                self.asked("profile", entry)
            self.survey.append({"type": "end_group"})
        for category in _list(self.tree, "categories"):
            row: dict[str, Cell | None] = {"type": "begin_group", "name": self.name(str(category["id"]))}
            row |= self.texts("label", category.get("title")) | self.relevant(category)
            self.survey.append(row | self.own(category, CATEGORIES.columns))
            for question in _list(category, "questions"):
                self.asked("question", question)
            self.survey.append({"type": "end_group"})
        texts = [f"{key}::{language}" for key in ("label", "hint") for language in self.languages]
        survey = ["type", "name", *texts, "required", "relevant", "constraint", "parameters"]
        choices = ["list_name", "name", *texts[: len(self.languages)], "points"]
        settings: dict[str, Cell | None] = {
            "form_title": str(self.document.title),
            "form_id": self.document.id,
            "version": self.document.version,
            "default_language": self.languages[0],
        }
        return write_sheets(
            [
                _sheet("survey", survey, self.survey),
                _sheet("choices", choices, self.choices),
                _sheet("settings", list(settings), [settings]),
                *tables_of(self.document, (QUESTIONNAIRE, LEVELS, CAPS, RESOURCES)),
            ]
        )

    def name(self, identifier: str) -> str:
        """A name that no other row of the form has, and that XML admits."""
        start = identifier if identifier[:1].isalpha() or identifier[:1] == "_" else f"q_{identifier}"
        name, count = start, 1
        while name.lower() in self.taken:
            count += 1
            name = f"{start}_{count}"
        self.taken.add(name.lower())
        return name

    def texts(self, key: str, text: object) -> dict[str, Cell | None]:
        by_language = text if isinstance(text, Mapping) else {self.languages[0]: text}
        return {f"{key}::{language}": str(part) for language, part in by_language.items() if part is not None}

    def relevant(self, holder: Tree) -> dict[str, Cell | None]:
        condition = holder.get("visible_if")
        if not isinstance(condition, Mapping):
            return {}
        return {"relevant": write_expression(condition, lambda of, name: self.names[of, name])}

    def own(self, holder: Tree, columns: Iterable[Column]) -> dict[str, Cell | None]:
        """What the form cannot say, in columns of our own."""
        found: dict[str, Cell | None] = {}
        for column in columns:
            if column.key in _STANDARD or column.key == "type":
                continue
            for language in self.languages if column.kind == "text" else ("",):
                cell = cell_of(holder, column, language, self.languages[0])
                if cell is not None:
                    found[f"assett::{column.key}" + (f"::{language}" if language else "")] = cell
        return found

    def asked(self, of: str, question: Tree) -> None:
        """A question or an entry of the profile, and its list."""
        kind, given = str(question["type"]), str(question.get("id", ""))
        name = self.name(given or "_info")
        self.names[of, given] = (name, kind)
        row: dict[str, Cell | None] = {"type": self.type(question, name), "name": name}
        row |= self.texts("label", question.get("title")) | self.texts("hint", question.get("help"))
        if kind != "info":
            scored = of == "question" and self.scored(given)
            row["required"] = "yes" if question.get("required", scored) else "no"
        row |= self.relevant(question)
        row |= self.bounds(question)
        row |= self.own(question, (PROFILE if of == "profile" else QUESTIONS).columns)
        if kind == "boolean":
            row["assett::type"] = "oui ou non"
            self.yes_no()
        self.survey.append(row)
        for number, answer in enumerate(answer_rows({"id": given, **question}), 1):
            self.answer(name, number, answer)

    def scored(self, identifier: str) -> bool:
        return next(question.scored for question in self.document.questions if question.id == identifier)

    def type(self, question: Tree, name: str) -> str:
        match question["type"]:
            case "single":
                return f"select_one {name}"
            case "multiple":
                return f"select_multiple {name}"
            case "boolean":
                return f"select_one {_YES_NO}"
            case "scale":
                return "range"
            case "number":
                return "integer" if question.get("integer") else "decimal"
            case "info":
                return "note"
            case kind:
                return str(kind)

    def bounds(self, question: Tree) -> dict[str, Cell | None]:
        if question["type"] == "scale":
            return {"parameters": f"start={question['min']} end={question['max']} step=1"}
        of, low, high = ".", question.get("min"), question.get("max")
        if question["type"] == "multiple":
            of, low, high = "count-selected(.)", question.get("min_choices"), question.get("max_choices")
        if question["type"] == "date":
            low, high = (f"date('{day}')" if day else None for day in (low, high))
        tests = [
            f"{of} {sign} {decimal_text(bound) if isinstance(bound, int | Decimal) else bound}"
            for sign, bound in ((">=", low), ("<=", high))
            if bound is not None
        ]
        return {"constraint": " and ".join(tests)} if tests else {}

    def answer(self, name: str, number: int, answer: Tree) -> None:
        """A choice, the label of a step, or a band of numbers."""
        row: dict[str, Cell | None] = {"list_name": name}
        if "id" in answer:
            row["name"] = str(answer["id"])
        else:
            row["name"] = str(answer["value"]) if "value" in answer else f"tranche-{number}"
        label = answer.get("label", f"{number}")
        row |= self.texts("label", label)
        for key in ("points", "from"):
            value = answer.get(key)
            if value is not None:
                row["points" if key == "points" else "assett_from"] = value  # type: ignore[assignment]
        for column in (Column("feedback", "", "text"), Column("exclusive", "", "flag"), Column("was", "", "ids")):
            row |= {key.replace("::", "_"): cell for key, cell in self.own(answer, (column,)).items()}
        self.choices.append(row)

    def yes_no(self) -> None:
        if any(row["list_name"] == _YES_NO for row in self.choices):
            return
        words = {"fr": ("Oui", "Non"), "en": ("Yes", "No")}
        for index, name in enumerate(("oui", "non")):
            labels = {f"label::{code}": words.get(code, words["fr"])[index] for code in self.languages}
            self.choices.append({"list_name": _YES_NO, "name": name, **labels})


def _list(tree: Tree, key: str) -> list[Tree]:
    found = tree.get(key) or []
    assert isinstance(found, list)
    return found


def _sheet(name: str, first: Sequence[str], rows: Sequence[Mapping[str, Cell | None]]) -> Written:
    """A sheet of the columns that a form starts with, then of ours that are used."""
    heads = [*first, *dict.fromkeys(key for row in rows for key in row if key not in first)]
    body: list[list[Cell | None]] = [[_safe(key, row.get(key)) for key in heads] for row in rows]
    return Written(name, [list(heads), *body], [max(16, len(head) + 2) for head in heads])


def _safe(key: str, cell: Cell | None) -> Cell | None:
    return guarded(cell) if isinstance(cell, str) and key != "relevant" else cell
