"""What a form does not say, read of the draft that it is brought to, where its names are identifiers of the draft's.

A form of other tools has no points, no profile, no grid of its own: its columns say what they say, filled or not, and
what none of them says the draft keeps, as it does for a workbook of ours (see :mod:`assett.formats.lending`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from assett.formats.identifying import make_categories
from assett.formats.layout import (
    ANSWERS,
    CATEGORIES,
    PROFILE,
    PROFILE_ANSWERS,
    QUESTIONNAIRE,
    QUESTIONS,
    TABLES,
    TYPES,
    Table,
)
from assett.formats.lending import (
    Former,
    Loan,
    former_rows,
    lend_columns,
    lend_rows,
    lend_settings,
    lend_sheets,
)
from assett.formats.records import Records, ids_of, word_of
from assett.formats.reports import Report
from assett.formats.settling import settle
from assett.formats.sheets import Line, Written
from assett.formats.xlsform.opening import OWN, Form
from assett.formats.xlsform.words import BEGINNINGS, FormSheet

PROFILE_GROUP: Final = "profil"
# Our keys that the columns of a form say.
_SAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "label": ("title", "label"),
    "hint": ("help",),
    "required": ("required",),
    "relevant": ("visible_if",),
    "weight": ("weight",),
    "points": ("points",),
    "constraint": ("min", "max", "min_choices", "max_choices"),
}
# Those that the rows themselves do.
_ALWAYS: Final = {(key, "") for key in ("id", "type", "category", "integer", "question", "value", "from")}
_BY_VALUE: Final = {"scale", "number"}
"""The types whose answers no form has a list of."""
_YES_NO: Final = ({"oui", "non"}, {"yes", "no"})


class Lender:
    """A draft as its sheets, ``lent`` to a form; one without any lends nothing."""

    def __init__(self, lent: Sequence[Written], form: Form) -> None:
        self.lent = lent
        self.form = form
        rows = {sheet.name: sheet.rows for sheet in lent}
        self.tables = {table.sheet: Records(table) for table in TABLES}
        for name, records in self.tables.items():
            records.lend(rows.get(name, ()))
        self.types = {
            (of, identifier): word_of(kind, TYPES)
            for of, table in (("question", QUESTIONS), ("profile", PROFILE))
            for identifier, kind in self._pairs(table, "id", "type")
        }
        self.homes = dict(self._pairs(QUESTIONS, "id", "category"))
        survey = form.survey
        self.is_whole = not lent or form.is_ours
        # Of a form without groups nor themes, the categories are the draft's.
        self.has_categories = self.is_whole or any(
            survey.text(line, "theme")
            or ("_".join(survey.text(line, "type").lower().split()) in BEGINNINGS and not self.is_profile(line))
            for line in survey.lines
        )

    def _pairs(self, table: Table, *keys: str) -> Iterator[tuple[str, str]]:
        records = self.tables[table.sheet]
        first, second = map(records.number_of, keys)
        for line in records.lines:
            yield records.cell(line, first), records.cell(line, second)

    def is_profile(self, line: Line) -> bool:
        """Whether a group is the profile: it says so, or is called as our exports call it, where the draft has one."""
        survey = self.form.survey
        if survey.text(line, OWN + "type") == PROFILE_GROUP:
            return True
        is_called = survey.text(line, "name").lower() == PROFILE_GROUP
        return is_called and not self.form.is_ours and bool(self.tables[PROFILE.sheet].lines)

    def knows(self, of: str, identifier: str, typed: str) -> bool:
        """Whether the draft has such a question of that type, which then says what the form does not."""
        return not self.is_whole and self.types.get((of, identifier)) == typed

    def asks_yes_or_no(self, of: str, identifier: str, names: set[str]) -> bool:
        """Whether a choice between yes and no is what the draft asks so: no form has a type for that."""
        return names in _YES_NO and self.knows(of, identifier, "boolean")

    def lend(self, read: dict[str, Records], name: str, report: Report) -> tuple[list[str], Former]:
        """Give the tables of a form, whose file's ``name`` is told, what they do not say; gives the languages of the
        whole, and the rows of the draft that stand for cells that fall."""
        if not self.lent:
            return settle(read, name, report), {}
        self._mark(read)
        report.missing += [sheet for sheet, records in read.items() if not records.is_there]
        loan = lend_sheets(read, self.lent, report)
        if not self.has_categories:
            make_categories(read, report)
        if not self.form.own[QUESTIONNAIRE.sheet].lines:
            self._speak(read)
        lend_settings(read, loan, report)
        languages = settle(read, name, report)
        if self.is_whole:
            return languages, {}
        lend_columns(read, loan, languages, report)
        former = former_rows(read, loan)
        _lend_answers(read, loan, former)
        return languages, former

    def _mark(self, read: Mapping[str, Records]) -> None:
        """Say of the tables that are made of the form which of them it has, and what its columns tell."""
        has_profile = self.form.is_ours or any(map(self.is_profile, self.form.survey.lines))
        there = {
            QUESTIONNAIRE.sheet: True,
            CATEGORIES.sheet: self.has_categories,
            QUESTIONS.sheet: True,
            ANSWERS.sheet: True,
            PROFILE.sheet: has_profile,
            PROFILE_ANSWERS.sheet: has_profile,
        }
        for sheet, is_there in there.items():
            records = read[sheet]
            records.is_there = is_there
            if sheet != QUESTIONNAIRE.sheet:
                is_list = sheet in (ANSWERS.sheet, PROFILE_ANSWERS.sheet)
                records.said = _said(self.form.choices if is_list else self.form.survey)

    def _speak(self, read: Mapping[str, Records]) -> None:
        """Let the form speak the languages of the draft, and its own; what says no language is in its first one."""
        theirs = self.tables[QUESTIONNAIRE.sheet]
        spoken = [each for line in theirs.lines for each in ids_of(theirs.cell(line, theirs.number_of("languages")))]
        first = next(iter((*self.form.languages, *spoken)), "")
        for records in read.values():
            if records.said is not None or records is read[QUESTIONNAIRE.sheet]:
                records.columns = {
                    number: (column, language or (first if column.kind == "text" else ""), title)
                    for number, (column, language, title) in records.columns.items()
                }
            if records.said is not None:
                records.said = {(key, language or first) for key, language in records.said} | records.said
        top = read[QUESTIONNAIRE.sheet]
        at = top.number_of("languages")
        line = top.lines[0]
        languages = " ; ".join(dict.fromkeys((*spoken, *self.form.languages)))
        cells = {number: cell for number, cell in {**line.cells, at: languages}.items() if cell}
        # What the settings leave out is the draft's.
        top.columns = {number: column for number, column in top.columns.items() if number in cells}
        top.lines[0] = Line(line.number, cells)


def _said(sheet: FormSheet) -> set[tuple[str, str]]:
    """The keys and languages that the columns of a sheet tell."""
    said = set(_ALWAYS)
    for key, language, _ in sheet.columns.values():
        keys = (key[len(OWN) :],) if key.startswith(OWN) else _SAYS.get(key, ())
        said |= {(each, language) for each in keys}
    return said


def _lend_answers(read: Mapping[str, Records], loan: Loan, former: Former) -> None:
    """Lend the bands of numbers and the labels of scales to the questions that the draft has."""
    for asked, answers in ((QUESTIONS.sheet, ANSWERS.sheet), (PROFILE.sheet, PROFILE_ANSWERS.sheet)):
        if asked not in loan or answers not in loan:
            continue
        mine, other = read[answers], loan[answers]
        told = {mine.cell(line, mine.number_of("question")) for line in mine.lines}
        wanted = {
            source.cell(row, source.number_of("id"))
            for line in read[asked].lines
            if id(line) in former
            for source, row in (former[id(line)],)
            if word_of(source.cell(row, source.number_of("type")), TYPES) in _BY_VALUE
        }
        at = other.number_of("question")
        lend_rows(mine, other, [line for line in other.lines if other.cell(line, at) in wanted - told])
