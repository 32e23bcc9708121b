"""Identifiers that were left empty, or written in other signs than theirs, made of what is written: who asks a question
need not know what an identifier is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from assett.formats.layout import (
    ANSWERS,
    CAPS,
    CATEGORIES,
    LEVELS,
    PROFILE,
    PROFILE_ANSWERS,
    QUESTIONS,
    RESOURCES,
    TYPES,
    Table,
)
from assett.formats.records import Records, ids_of, plain_text, word_of
from assett.formats.reports import Place, Remark, Report
from assett.formats.sheets import Line
from assett.kernel.ids import is_slug, slugify, unlike
from assett.kernel.text import N_, fold, listed, shown

MADE: Final = N_("il manque l’identifiant : %(id)s est pris, d’après %(title)s")
MANY_MADE: Final = N_("il manque l’identifiant : il est fait du titre ou du libellé de chaque ligne")
NO_COLUMN: Final = N_("il n’y a pas de colonne %(column)s : chacun est fait du titre ou du libellé de sa ligne")
UNTIED: Final = N_("des réponses déjà données peuvent ne plus s’y rattacher")
REWRITTEN: Final = N_("%(found)s n’est pas un identifiant : %(id)s est pris")
MANY_REWRITTEN: Final = N_("ce n’est pas un identifiant : il est récrit en minuscules, sans accent ni espace")
MADE_CATEGORIES: Final = N_(
    "aucune catégorie n’y est lisible : celles que les questions nomment sont prises (%(names)s)"
)
MORE_CATEGORIES: Final = N_("les catégories que les questions nomment, et qui n’y sont pas, sont prises (%(names)s)")
_TOLD: Final = 5
"""Identifiers of a sheet that are told one by one."""
GENERAL: Final = "Questions générales"
# Of a table, the text that says what a row is, and what identifiers are unique within (nothing: the table).
_TABLES: Final = (
    (CATEGORIES, "title", ""),
    (LEVELS, "label", "category"),
    (QUESTIONS, "title", ""),
    (PROFILE, "title", ""),
    (ANSWERS, "label", "question"),
    (PROFILE_ANSWERS, "label", "question"),
    (RESOURCES, "title", ""),
)
# Of a table, the columns that name its rows.
_POINTING: Final[Mapping[str, tuple[tuple[Table, str], ...]]] = {
    CATEGORIES.sheet: ((LEVELS, "category"), (QUESTIONS, "category"), (CAPS, "category")),
    QUESTIONS.sheet: ((ANSWERS, "question"),),
    PROFILE.sheet: ((PROFILE_ANSWERS, "question"),),
}
_ANSWERED: Final = {each.sheet for each in (CATEGORIES, QUESTIONS, PROFILE, ANSWERS, PROFILE_ANSWERS)}
"""The tables whose identifiers past answers and results name."""
_WITHOUT: Final = {"info"}
_BY_VALUE: Final = {"scale", "number"}
"""The types whose answers have a value or a bound instead."""


def identify(read: Mapping[str, Records], default: str, report: Report) -> None:
    """Give the rows that have no identifier one that is made of their title in the ``default`` language, if they have
    any title, those that have a wrong one a right one, and tell so.

    Questions that name categories of which no sheet says anything have these.
    """
    make_categories(read, report)
    for table, text, within in _TABLES:
        renamed = _Identifier(read, table, text, within, default, report).identify()
        for pointing, key in _POINTING.get(table.sheet, ()) if renamed else ():
            _Identifier(read, pointing, "", "", default, report).point(key, renamed)


def make_categories(read: Mapping[str, Records], report: Report) -> None:
    """Make the categories that questions name and that no sheet of the file says anything of."""
    questions, categories = read[QUESTIONS.sheet], read[CATEGORIES.sheet]
    if questions.lent or not questions.lines or (categories.lines and not categories.lent):
        return
    at = _column(questions, "category")
    called = _called(categories)
    made: dict[str, str] = {}
    lines = []
    for line in questions.lines:
        name = plain_text(line.cells.get(at, "")).strip() or GENERAL
        key = fold(name) or name
        if key not in called:
            wanted = name if is_slug(name) else slugify(name) or "categorie"
            called[key] = unlike(wanted, set(called.values()))
            made[called[key]] = name
        lines.append(Line(line.number, {**line.cells, at: called[key]}))
    questions.lines = lines
    if not made:
        return
    numbers, first = (_column(categories, "id"), _column(categories, "title")), len(categories.lines) + 2
    new = [Line(row, dict(zip(numbers, each, strict=True))) for row, each in enumerate(made.items(), first)]
    categories.lines = [*categories.lines, *new]
    template = MORE_CATEGORIES if categories.lent else MADE_CATEGORIES
    report.notice(Place(categories.sheet), template, names=listed(list(made.values())))


def _called(categories: Records) -> dict[str, str]:
    """The identifiers of categories by what they may be called: their titles, in any language, then themselves."""
    called: dict[str, str] = {}
    for wanted in ("title", "id"):
        columns = [number for number, (column, _, _) in categories.columns.items() if column.key == wanted]
        for line in categories.lines:
            identifier = plain_text(line.cells[_column(categories, "id")])
            called |= {fold(plain_text(line.cells[number])): identifier for number in columns if number in line.cells}
    return called


def _column(records: Records, key: str) -> int:
    """The column of a key; a new one where the sheet has none."""
    for number, (column, _, _) in records.columns.items():
        if column.key == key:
            return number
    number = max(records.columns, default=0) + 1
    column = next(column for column in records.table.columns if column.key == key)
    records.columns[number] = (column, "", column.heading)
    return number


class _Identifier:
    """Gives identifiers to the rows of one table."""

    def __init__(
        self, read: Mapping[str, Records], table: Table, text: str, within: str, default: str, report: Report
    ) -> None:
        self.read, self.records, self.within, self.report = read, read[table.sheet], within, report
        columns = self.records.columns
        self.numbers = {column.key: number for number, (column, _, _) in columns.items() if column.kind != "text"}
        spoken = {language: number for number, (column, language, _) in columns.items() if column.key == text}
        first = [spoken[language] for language in (default, "") if language in spoken]
        self.texts = list(dict.fromkeys([*first, *spoken.values()]))
        self.called: dict[str, str] = {}
        self.by_value: set[str] = set()
        self.look_at_questions(table)

    def identify(self) -> dict[str, str]:
        """Make the identifiers; gives those that were written otherwise, by what is written."""
        lines = self.records.lines
        lacking = [line for line in lines if self.lacks(line)]
        wrong = [line for line in lines if self.is_wrong(line)]
        if not lacking and not wrong:
            return {}
        taken: dict[str, set[str]] = {}
        for line in lines:
            held = taken.setdefault(self.scope(line), set())
            held |= {self.cell(line, "id"), *ids_of(self.cell(line, "was"))}
        there = self.records.number_of("id")
        at = _column(self.records, "id")
        made: dict[int, str] = {}
        for line in (*wrong, *lacking):
            held = taken[self.scope(line)]
            wanted = slugify(self.cell(line, "id")) or slugify(self.title(line)) or "sans-nom"
            made[line.number] = unlike(wanted, held)
            held.add(made[line.number])
        column = self.records.columns[at][2]
        if lacking and not there:
            self.report.notices.append(self.untied(Place(self.records.sheet), NO_COLUMN, column=shown(column)))
        if there or len(lacking) <= _TOLD:
            self.tell(lacking, made, column, MADE, MANY_MADE)
        self.tell(wrong, made, column, REWRITTEN, MANY_REWRITTEN)
        self.records.lines = [
            Line(line.number, {**line.cells, at: made[line.number]}) if line.number in made else line for line in lines
        ]
        return {self.cell(line, "id"): made[line.number] for line in reversed(wrong)}

    def lacks(self, line: Line) -> bool:
        return bool(self.title(line)) and not (self.cell(line, "id") or self.goes_without(line))

    def is_wrong(self, line: Line) -> bool:
        written = self.cell(line, "id")
        return bool(written) and not is_slug(written) and self.scope(line) not in self.by_value

    def tell(self, lines: Sequence[Line], made: Mapping[int, str], column: str, one: str, many: str) -> None:
        if len(lines) > _TOLD:
            first, *more = (line.number for line in lines)
            place = Place(self.records.sheet, first, column, more=tuple(more))
            self.report.notices.append(self.untied(place, many))
            return
        for line in lines:
            place = Place(self.records.sheet, line.number, column)
            title, found = shown(self.title(line)), shown(self.cell(line, "id"))
            self.report.notice(place, one, id=shown(made[line.number]), title=title, found=found)

    def untied(self, place: Place, template: str, /, **params: object) -> Remark:
        """What is said of identifiers that are others than they may have been."""
        return Remark(place, template, params, UNTIED if self.records.table.sheet in _ANSWERED else "")

    def point(self, key: str, renamed: Mapping[str, str]) -> None:
        """Let the rows that name another one by what is written there name it by its identifier."""
        at = self.numbers.get(key, 0)
        self.records.lines = [
            Line(line.number, {**line.cells, at: renamed[self.cell(line, key)]})
            if self.cell(line, key) in renamed
            else line
            for line in self.records.lines
        ]

    def cell(self, line: Line, key: str) -> str:
        return plain_text(line.cells.get(self.numbers.get(key, 0), "")).strip()

    def title(self, line: Line) -> str:
        found = (plain_text(line.cells.get(number, "")).strip() for number in self.texts)
        return next(filter(None, found), "")

    def scope(self, line: Line) -> str:
        """What the identifier of a row is unique within: of an answer its question, whatever this is told by."""
        named = self.cell(line, self.within) if self.within else ""
        return self.called.get(fold(named), named)

    def goes_without(self, line: Line) -> bool:
        """Whether a row has no identifier by its nature."""
        return word_of(self.cell(line, "type"), TYPES) in _WITHOUT or self.scope(line) in self.by_value

    def look_at_questions(self, table: Table) -> None:
        """Note the questions by their folded titles, and those whose answers have values."""
        of = {ANSWERS.sheet: QUESTIONS, PROFILE_ANSWERS.sheet: PROFILE}.get(table.sheet)
        if of is None:
            return
        asked = _Identifier(self.read, of, "title", "", "", self.report)
        for line in asked.records.lines:
            identifier = asked.cell(line, "id")
            titles = (plain_text(line.cells.get(number, "")) for number in asked.texts)
            self.called |= {fold(title): identifier for title in titles if fold(title)}
            if word_of(asked.cell(line, "type"), TYPES) in _BY_VALUE:
                self.by_value.add(identifier)
        # An identifier is told from the title of another one.
        self.called |= {fold(each): each for each in (asked.cell(line, "id") for line in asked.records.lines)}
