"""The sheets of a form: which of their columns are known, and in which language each text is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from assett.formats.headings import below_titles, tell_hidden, tell_strays
from assett.formats.layout import CAPS, LANGUAGE_NAMES, LEVELS, QUESTIONNAIRE, RESOURCES, Table, language_code
from assett.formats.records import Records, plain_text
from assett.formats.reports import Place, Report, Unreadable
from assett.formats.sheets import Cell, DayCell, FaultCell, Grid, Line
from assett.formats.xlsform.expressions import unguarded
from assett.formats.xlsform.words import (
    CHOICE_KEYS,
    IN_TEXT,
    LABELS,
    PLAIN_OWN,
    SETTING_KEYS,
    SURVEY_KEYS,
    TEXTS,
    UNTAKEN,
    FormSheet,
)
from assett.kernel.text import N_, fold, shown

OWN: Final = "assett::"
SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
_USUAL_TITLES: Final = {
    SURVEY: ("type", "name", "label"),
    CHOICES: ("list_name", "name", "label"),
    SETTINGS: ("form_title", "form_id"),
}
_USUAL: Final = "fr"
"""The language of texts beside translations of which the form does not say the language."""


def _is_title(title: str, keys: Mapping[str, str], texts: Mapping[str, str]) -> bool:
    first = re.split(r"::?", title)[0].strip()
    return fold(first) in texts or fold(title) in keys or first.lower() == "assett"


def _untaken(title: str, key: str, texts: Mapping[str, str]) -> str:
    """Why a column of some title is not taken."""
    if not key and fold(re.split(r"::?", title)[0]) in texts:
        return N_("la langue de cette colonne n’est pas connue : dites-la par son code, comme label::Français (fr)")
    return UNTAKEN.get(fold(title), N_("cette colonne est inconnue ou en double : elle est laissée de côté"))


class Form:
    """The sheets of one form, opened. Raises :class:`Unreadable` where it has no questions at all."""

    def __init__(self, grids: Sequence[Grid], report: Report) -> None:
        self.report = report
        by_name = {fold(grid.name): grid for grid in reversed(grids)}
        self.languages: list[str] = []
        self.settings = self.opened(by_name.get(SETTINGS), SETTINGS, SETTING_KEYS, {})
        self.default = self.language(self.setting("language"))
        self.survey = self.opened(by_name.get(SURVEY), SURVEY, SURVEY_KEYS, TEXTS)
        self.choices = self.opened(by_name.get(CHOICES), CHOICES, CHOICE_KEYS, LABELS)
        self.own = {
            table.sheet: self.table(by_name.get(fold(table.sheet)), table)
            for table in (QUESTIONNAIRE, LEVELS, CAPS, RESOURCES)
        }
        known = {SURVEY, CHOICES, SETTINGS, *map(fold, self.own)}
        for grid in grids:
            if fold(grid.name) not in known and grid.lines:
                report.notice(
                    Place(grid.name),
                    N_("cette feuille n’est pas de celles du questionnaire : elle est laissée de côté"),
                )
        if not self.survey.lines:
            there = by_name.get(SURVEY)
            if there is not None and len(there.lines) > 1:
                raise Unreadable(
                    N_("la feuille « survey » n’a rien de lisible sous des titres comme « type » et « name »")
                )
            raise Unreadable(N_("la feuille « survey » est vide"))
        if not self.own[QUESTIONNAIRE.sheet].lines:
            self.settle_language()
        self.is_ours = any(key.startswith(OWN) for key, _, _ in self.survey.columns.values())
        self.lists = self.choice_lists()

    def settle_language(self) -> None:
        """Say what language the texts without any are in, where others have one and the settings do not tell."""
        plain = [
            (sheet, title)
            for sheet in (self.survey, self.choices)
            for number, (key, language, title) in sheet.columns.items()
            if key in TEXTS.values() and not language and any(number in line.cells for line in sheet.lines)
        ]
        if not plain or not self.languages or self.default:
            return
        if _USUAL not in self.languages:
            self.languages.insert(0, _USUAL)
        for sheet, title in plain:
            self.report.notice(
                Place(sheet.name, sheet.head, title),
                N_("cette colonne ne dit pas sa langue : elle est lue comme %(language)s, la langue par défaut"),
                language=shown(self.languages[0]),
            )

    def opened(self, grid: Grid | None, name: str, keys: Mapping[str, str], texts: Mapping[str, str]) -> FormSheet:
        sheet = FormSheet(grid.name if grid else name, is_there=grid is not None)
        if grid is None or not grid.lines:
            return sheet
        found = below_titles(grid, lambda title: _is_title(title, keys, texts), _USUAL_TITLES[name], self.report)
        if found is None:
            return sheet
        head, lines = found
        sheet.head = head.number
        taken: set[tuple[str, str]] = set()
        for number, cell in head.cells.items():
            title = plain_text(cell).strip()
            key, language = self.column(title, keys, texts)
            filled = any(number in line.cells for line in lines)
            if not key or (key, language) in taken:
                if filled:
                    self.report.notice(Place(sheet.name, head.number, title), _untaken(title, key, texts))
                continue
            taken.add((key, language))
            sheet.columns[number] = (key, language, title)
        sheet.lines = [
            Line(line.number, {at: self.plain(sheet, line.number, at, cell) for at, cell in line.cells.items()})
            for line in lines
        ]
        tell_strays(sheet.name, head.cells, sheet.lines, self.report)
        sheet.lines = [line for line in sheet.lines if any(number in sheet.columns for number in line.cells)]
        tell_hidden(grid, {number: title for number, (_, _, title) in sheet.columns.items()}, sheet.lines, self.report)
        return sheet

    def plain(self, sheet: FormSheet, row: int, at: int, cell: Cell) -> Cell:
        """A cell without what its text has for other tools: here no text tells the answer to another question."""
        if not isinstance(cell, str) or isinstance(cell, DayCell | FaultCell):
            return cell
        key, _, title = sheet.columns.get(at, ("", "", ""))
        found = IN_TEXT.search(cell) if key in ("label", "hint", "title") else None
        if found is not None:
            self.report.notice(
                Place(sheet.name, row, title),
                N_("%(found)s renvoie à une réponse, ce qu’un texte ne fait pas ici : il est lu sans"),
                found=shown(found.group().strip()),
            )
            cell = IN_TEXT.sub("", cell).strip()
        return unguarded(cell)

    def column(self, title: str, keys: Mapping[str, str], texts: Mapping[str, str]) -> tuple[str, str]:
        """The key and the language that a heading tells; no key where it is none of ours."""
        plain = PLAIN_OWN.fullmatch(title)
        if plain:
            return OWN + plain.group(1), self.language(plain.group(2) or "")
        parts = [part.strip() for part in re.split(r"::?", title)]
        if parts[0].lower() == "assett" and len(parts) > 1:
            return OWN + parts[1].lower(), self.language(parts[2]) if len(parts) > 2 else ""
        if fold(parts[0]) in texts:
            language = self.language(parts[1]) if len(parts) > 1 else ""
            # « label » on its own is in the default language, which its other column then tells already.
            return (texts[fold(parts[0])], language) if len(parts) == 1 or language else ("", "")
        return keys.get(fold(title), ""), ""

    def language(self, name: str) -> str:
        """The code of a language as forms name it; empty where it is not known."""
        code = re.search(r"\(\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\s*\)\s*$", name)
        found = code.group(1) if code else LANGUAGE_NAMES.get(fold(name), "")
        if not found and re.fullmatch(r"[A-Za-z]{2,3}", name):
            found = name
        found = language_code(found)
        if found and found not in self.languages:
            self.languages.append(found)
        return found

    def table(self, grid: Grid | None, table: Table) -> Records:
        records = Records(table)
        if grid is not None:
            records.open(grid, self.report)
        return records

    def setting(self, key: str) -> str:
        return self.settings.text(self.settings.lines[0], key) if self.settings.lines else ""

    def choice_lists(self) -> dict[str, list[Line]]:
        lists: dict[str, list[Line]] = {}
        for line in self.choices.lines:
            name = self.choices.text(line, "list")
            if name:
                lists.setdefault(name, []).append(line)
            else:
                self.report.refuse(
                    Place(self.choices.name, line.number), N_("cette ligne ne dit pas sa liste (list_name)")
                )
        return lists
