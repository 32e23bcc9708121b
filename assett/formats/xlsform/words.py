"""What forms are made of: the words of XLSForm and its variants, and rows on their way to our own tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from assett.formats.layout import Column, Table
from assett.formats.records import Records, plain_text
from assett.formats.reports import Place, Report
from assett.formats.sheets import Cell, Line
from assett.kernel.ids import is_slug, slugify
from assett.kernel.text import N_, shown

LABELS: Final = {"label": "label", "caption": "label"}
TEXTS: Final = {**LABELS, "hint": "hint"}
SURVEY_KEYS: Final = {
    "type": "type", "name": "name", "value": "name", "required": "required", "relevant": "relevant",
    "relevance": "relevant", "constraint": "constraint", "calculation": "calculation", "calculate": "calculation",
    "parameters": "parameters", "poids": "weight", "weight": "weight", "theme": "theme", "categorie": "theme",
    "category": "theme",
}  # fmt: skip
CHOICE_KEYS: Final = {
    "list name": "list", "list": "list", "name": "name", "value": "name", "points": "points", "score": "points",
    "note": "points", "poids": "points",
}  # fmt: skip
SETTING_KEYS: Final = {
    "form title": "title", "title": "title", "form id": "id", "id string": "id", "version": "version",
    "default language": "language",
}  # fmt: skip
SIMPLE: Final = {
    "integer": "number", "int": "number", "decimal": "number", "text": "text", "string": "text", "note": "info",
    "date": "date", "acknowledge": "boolean", "trigger": "boolean",
}  # fmt: skip
METADATA: Final = {
    "start", "end", "today", "deviceid", "username", "phonenumber", "email", "audit", "simserial", "subscriberid",
    "start-geopoint", "background-audio", "hidden", "xml-external",
}  # fmt: skip
BEGINNINGS: Final = {"begin_group", "begin_repeat"}
ENDINGS: Final = {"end_group", "end_repeat"}
CALCULATIONS: Final = {"calculate", "calculation"}
UNTAKEN: Final = {
    "choice filter": N_("les réponses ne sont pas filtrées ici : toutes celles de la liste sont proposées"),
    "default": N_("aucune réponse n’est donnée d’avance ici : cette colonne est laissée de côté"),
    "repeat count": N_("rien ne se répète ici : cette colonne est laissée de côté"),
    "appearance": N_("l’apparence est celle d’ici : cette colonne est laissée de côté"),
}
"""What is said of a column of « survey » that is known and has no counterpart, by its folded title."""
IN_TEXT = re.compile(r"\s*\$\{[^{}]*\}")
"""What another tool replaces with an answer; a text of ours that looks like it is guarded against that."""
YES: Final = {"yes", "true", "true()", "oui", "vrai", "1", "x"}
BOUND = re.compile(r"\.\s*(>=|<=|>|<)\s*(-?[0-9]+(?:\.[0-9]+)?|date\('([0-9]{4}-[0-9]{2}-[0-9]{2})'\))")
COUNT = re.compile(r"count-selected\(\.\)\s*(>=|<=)\s*([0-9]+)")
# In « choices », the other tools copy every column into the form: its name must be one that XML admits.
PLAIN_OWN = re.compile(r"assett_(feedback|exclusive|was|from)(?:_([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*))?")


@dataclass(slots=True)
class FormSheet:
    """A sheet of the form: its columns by number as (key, language, title), the row of their titles, its rows."""

    name: str
    head: int = 1
    is_there: bool = False
    columns: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def text(self, line: Line, key: str) -> str:
        """What a row has in a column without languages."""
        for number, (known, _, _) in self.columns.items():
            if known == key and number in line.cells:
                return plain_text(line.cells[number]).strip()
        return ""

    def has(self, key: str) -> bool:
        """Whether it has a column of a key."""
        return any(known == key for known, _, _ in self.columns.values())

    def title(self, key: str) -> str:
        return next((title for known, _, title in self.columns.values() if known == key), key)

    def cells(self, line: Line, key: str) -> list[tuple[str, Cell, str]]:
        """What a row has under a key: language, cell and title of each column."""
        return [
            (language, line.cells[number], title)
            for number, (known, language, title) in self.columns.items()
            if known == key and number in line.cells
        ]


class Rows:
    """Rows of one of our tables, made of those of a form."""

    def __init__(self, table: Table, sheet: str) -> None:
        self.records = Records(table)
        self.records.sheet = sheet
        self.known = {column.key: column for column in table.columns}
        self.numbers: dict[tuple[str, str, str], int] = {}

    def add(self, number: int, cells: Sequence[tuple[str, str, Cell, str]]) -> None:
        """Add a row: (key, language, cell, title of its column) for each of its cells."""
        held: dict[int, Cell] = {}
        for key, language, cell, title in cells:
            place = self.numbers.setdefault((key, language, title), len(self.numbers) + 1)
            column: Column = self.known[key]
            self.records.columns[place] = (column, language, title)
            held[place] = cell
        self.records.lines.append(Line(number, held))


@dataclass(frozen=True, slots=True)
class Renamed:
    """A name that is written otherwise here: its identifier, and the row that has its own one already (or 0)."""

    name: str
    identifier: str
    row: int = 0


class Names:
    """The identifiers that names of a form's rows become, each change being told once."""

    def __init__(self) -> None:
        self.changed: dict[Place, Renamed] = {}

    def identifier(self, name: str, sheet: FormSheet, line: Line) -> str:
        """The identifier that the name of a row becomes."""
        if is_slug(name):
            return name
        identifier = name.lower() if is_slug(name.lower()) else slugify(name)
        if identifier:
            self.changed[Place(sheet.name, line.number, sheet.title("name"))] = Renamed(name, identifier)
        return identifier

    def tell(self, report: Report) -> None:
        """Tell each name that is written otherwise here, those in capitals all at once."""
        lowered: set[str] = set()
        for place, renamed in self.changed.items():
            template = N_("le nom %(name)s devient %(id)s")
            params: dict[str, object] = {"name": shown(renamed.name), "id": shown(renamed.identifier)}
            if renamed.row:
                template = N_("le nom %(name)s devient %(id)s, pour rester distinct de celui de la ligne %(row)s")
                params["row"] = renamed.row
            elif renamed.name.lower() == renamed.identifier:
                if place.sheet in lowered:
                    continue
                lowered.add(place.sheet)
                template = N_("les noms sont mis en minuscules : %(name)s devient %(id)s, et les suivants de même")
            report.notice(place, template, **params)
