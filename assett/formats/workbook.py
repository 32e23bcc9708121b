"""The workbook of a questionnaire: sheets that a territory officer fills in, read back without a loss (they are
written in :mod:`assett.formats.spreading`).

A sheet is a table: its columns are told by their headings, in any order; texts have a column for each
language. What is left empty has the default of the format.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from assett.engine.document import Document
from assett.formats.assembling import OF_DRAFT, Assembly, Fault, Node, Spot, assemble
from assett.formats.columns import tell_columns
from assett.formats.identifying import identify
from assett.formats.lacking import NO_LEVEL, NO_SUCH_CATEGORY, tell_blank, tell_lacking, tell_lent, tell_missing
from assett.formats.layout import (
    ANSWERS,
    BY_ID,
    CAPS,
    CATEGORIES,
    DEFAULT_LEVELS,
    LEVELS,
    NICKNAMES,
    PROFILE,
    PROFILE_ANSWERS,
    QUESTIONNAIRE,
    QUESTIONS,
    README,
    RESOURCES,
    TABLES,
    TYPES,
    Column,
    Table,
)
from assett.formats.lending import Former, former_rows, lend_columns, lend_identifiers, lend_settings, lend_sheets
from assett.formats.notation import (
    Misread,
    read_condition,
    read_for,
    read_who,
)
from assett.formats.records import (
    Records,
    address_typed,
    counted_of,
    day_typed,
    flag_of,
    ids_of,
    number_of,
    plain_text,
    word_of,
)
from assett.formats.reports import Place, Remark, Report
from assett.formats.settling import STRANGE, settle
from assett.formats.sheets import Cell, DayCell, FaultCell, Grid, Line, Written, read_sheets
from assett.formats.telling import FAULTY, NO_HOLDER
from assett.kernel.text import N_, fold, shown

_COPY = re.compile(r"(?:copie de |copy of )?(.*?)(?: copie| copy)?(?: ?\d{1,2})?")
READ_AS_SHEET: Final = N_("cette feuille est lue comme %(title)s")


def read_workbook(data: bytes, report: Report) -> Document | None:
    """The document of an XLSX file; ``None`` where ``report`` says that there can be none.

    Raises :class:`Unreadable` where it is no workbook.
    """
    return read_tables(read_sheets(data, report), report)


def read_tables(grids: Sequence[Grid], report: Report, name: str = "", lent: Sequence[Written] = ()) -> Document | None:
    """The document of the sheets of a workbook; ``name`` is its file's, ``lent`` are sheets of which is read what it
    has not, sheets and columns."""
    read = {table.sheet: Records(table) for table in TABLES}
    by_name = {fold(name): records for name, records in read.items()}
    copies = _copies([grid.name for grid in grids if grid.lines], by_name)
    for grid in grids:
        records = by_name.get(copies.get(grid.name, fold(grid.name)))
        if records is not None and grid.name in copies:
            report.notice(Place(grid.name), READ_AS_SHEET, title=shown(records.table.sheet))
        if records is not None:
            records.open(grid, report)
        elif fold(grid.name) != fold(README) and grid.lines:
            report.notice(Place(grid.name), STRANGE)
    of_the_file = (len(report.notices), len(report.refused))
    loan = lend_sheets(read, lent, report)
    lend_settings(read, loan, report)
    languages = settle(read, name, report)
    tell_missing(read, report)
    lend_identifiers(read, loan, report)
    blank = _without_id(read[CATEGORIES.sheet])
    unidentified = {
        table.sheet
        for table in (QUESTIONS, PROFILE)
        if read[table.sheet].lines and not read[table.sheet].number_of("id")
    }
    # Before identifiers are made: one that is new may be that of a row which the file has no more.
    lend_columns(read, loan, languages, report)
    tell_columns(read, loan, languages, report)
    identify(read, languages[0], report)
    document = document_of(read, languages, report, former_rows(read, loan))
    tell_lacking(read, unidentified, report)
    tell_blank(blank, read[CATEGORIES.sheet].sheet, report)
    tell_lent(read, of_the_file, report)
    report.refused += report.unclear.values()
    return document


def _copies(names: Sequence[str], known: Collection[str]) -> dict[str, str]:
    """The sheets that a spreadsheet named after one that is not there, « Questions (2) », with the folded name of that
    one; not two of them."""
    there, found = {fold(name) for name in names}, dict[str, list[str]]()
    for name in names:
        copied = _COPY.fullmatch(fold(name))
        if copied is not None and fold(name) not in known and copied[1] in known and copied[1] not in there:
            found.setdefault(copied[1], []).append(name)
    return {copies[0]: name for name, copies in found.items() if len(copies) == 1}


def _without_id(records: Records) -> list[int]:
    """The rows of a table that say no identifier."""
    at = records.number_of("id")
    return [line.number for line in records.lines if not records.cell(line, at)]


def document_of(
    read: Mapping[str, Records], languages: Sequence[str], report: Report, former: Former = MappingProxyType({})
) -> Document | None:
    """The document of the rows of every table, the first row of « Questionnaire » being its top; ``former`` are rows
    whose cells stand for those that fall."""
    for records in read.values():
        records.declare(languages, report)
    maker = _Maker(read, languages, former)
    document = assemble(maker.build, report)
    if document is not None:
        refused = {(remark.place.sheet, remark.place.row) for remark in report.refused}
        for name, records in read.items():
            rows = sorted(maker.placed.get(name, ())) if records.shared else [line.number for line in records.lines]
            taken = sum((records.sheet, row) not in refused and row not in records.lent_rows for row in rows)
            if taken and not records.lent:
                report.understood[name] = taken
    return document


def _ground(holder: Node, fallen: frozenset[Spot], assembly: Assembly) -> None:
    """Let the first of a grid's levels begin at 0 where none does: it is what every score below the next one has."""
    levels = holder.get("levels")
    if not isinstance(levels, list):
        return
    starts = [level.get("from") for level in levels]
    if any(map(_is_zero, starts)):
        if not _is_zero(starts[0]) and all(isinstance(each, int | Decimal) for each in starts):
            holder["levels"] = sorted(levels, key=lambda level: level["from"])
            assembly.notice(levels[0].place, N_("les niveaux ne vont pas en montant : ils sont remis dans l’ordre"))
        return
    first = levels[0]
    spot = (first.place.sheet, first.place.row, "from")
    if spot not in fallen:
        place = first.places.get("from") or Place(first.place.sheet, first.place.row, first.headings["from"])
        found, params = first.get("from"), {}
        template = N_("il manque le début du premier niveau")
        if found is not None:
            template, params = N_("le premier niveau part de 0, pas de %(found)s"), {"found": shown(found)}
        assembly.faults.append(Fault(spot, Remark(place, template, params, N_("0 pris"))))
    first["from"] = 0


def _is_zero(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and value == 0


def _default_levels() -> list[Node]:
    """The levels of a questionnaire that has none."""
    levels = []
    for name, start, label in DEFAULT_LEVELS:
        node = Node(Place(LEVELS.sheet))
        node.update({"id": name, "from": Decimal(start), "label": label})
        levels.append(node)
    return levels


def _titled(name: str, holders: Mapping[str, Node]) -> list[Node]:
    """The categories or the questions of some title, in any language."""
    wanted = fold(name)
    found = []
    for node in holders.values():
        title = node.get("title")
        titles = title.values() if isinstance(title, Mapping) else [title]
        if wanted and "id" in node and any(fold(str(each)) == wanted for each in titles):
            found.append(node)
    return found


def _ids(records: Records) -> set[str]:
    """Every identifier of a table, whatever becomes of its row."""
    at = next((number for number, (column, _, _) in records.columns.items() if column.key == "id"), 0)
    return {plain_text(line.cells.get(at, "")).strip() for line in records.lines}


CATEGORY_TITLE: Final = N_("%(title)s est le titre de la catégorie %(id)s : c’est elle qui est prise")
SEVERAL: Final = N_("plusieurs lignes ont pour titre %(title)s : il faut ici l’identifiant de l’une")
TAKEN: Final = N_("l’identifiant %(id)s est déjà pris, ligne %(row)s")
IN_ANOTHER: Final = N_("il manque le texte dans la langue %(language)s : celui de la langue %(other)s en tient lieu")
NO_ID: Final = N_("il faut un identifiant, pas la date %(found)s : mettez la case au format texte")
A_DAY: Final = N_("le tableur tient cette case pour la date %(found)s : %(taken)s est pris")
QUESTION_TITLE: Final = N_("%(title)s est le titre de la question %(id)s : c’est elle qui est prise")


class _Maker:
    """Makes a tree of the rows that are left."""

    def __init__(self, read: Mapping[str, Records], declared: Sequence[str], former: Former) -> None:
        self.read = read
        self.former = former
        self.default = declared[0] if declared else "fr"
        self.kinds = self._kinds()
        self.ids = {table.sheet: _ids(read[table.sheet]) for table in (CATEGORIES, QUESTIONS, PROFILE)}
        self.placed: dict[str, set[int]] = {}
        self.told: dict[tuple[str, str], tuple[int, list[int]]] = {}

    def _kinds(self) -> dict[tuple[str, str], str]:
        """The type of every question and entry, for the values of conditions."""
        kinds: dict[tuple[str, str], str] = {}
        for of, table in (("question", QUESTIONS), ("profile", PROFILE)):
            records = self.read[table.sheet]
            numbers = {column.key: number for number, (column, _, _) in records.columns.items()}
            for line in records.lines:
                name, kind = (line.cells.get(numbers.get(key, 0), "") for key in ("id", "type"))
                kinds.setdefault((of, plain_text(name).strip()), word_of(kind, TYPES))
        return kinds

    def type_of(self, of: str, name: str) -> str | None:
        return self.kinds.get((of, name))

    def build(self, fallen: frozenset[Spot]) -> Assembly:
        """The tree without some rows."""
        self.placed.clear()
        self.told.clear()
        (top, *_) = self.read[QUESTIONNAIRE.sheet].lines
        assembly = Assembly(Node(Place(self.read[QUESTIONNAIRE.sheet].sheet, top.number)))
        root = self.node(self.read[QUESTIONNAIRE.sheet], top, fallen, assembly)
        if root is None:
            return assembly
        root["format"] = 1
        assembly.root = root
        categories: dict[str, Node] = {}
        for node in self.nodes(CATEGORIES, fallen, assembly):
            root.append("categories", node)
            categories.setdefault(str(node.get("id")), node)
        for table, key in ((LEVELS, "levels"), (CAPS, "caps")):
            for node in self.nodes(table, fallen, assembly):
                self.attach(node, root if "category" not in node else None, categories, key, assembly)
        for holder in (root, *categories.values()):
            _ground(holder, fallen, assembly)
        if "levels" not in root:
            root["levels"] = _default_levels()
            assembly.notice(Place(self.read[LEVELS.sheet].sheet), NO_LEVEL)
        questions: dict[str, Node] = {}
        for node in self.nodes(QUESTIONS, fallen, assembly):
            if self.is_taken(node, questions, assembly):
                continue
            if self.attach(node, None, categories, "questions", assembly) and "id" in node:
                questions.setdefault(str(node["id"]), node)
        entries: dict[str, Node] = {}
        for node in self.nodes(PROFILE, fallen, assembly):
            if self.is_taken(node, entries, assembly):
                continue
            root.append("profile", node)
            entries.setdefault(str(node.get("id")), node)
        for table, holders in ((ANSWERS, questions), (PROFILE_ANSWERS, entries)):
            for node in self.nodes(table, fallen, assembly):
                self.answer(table, node, holders, assembly)
        for node in self.nodes(RESOURCES, fallen, assembly):
            root.append("resources", node)
        for at, more in self.told.values():
            told = assembly.notices[at]
            assembly.notices[at] = replace(told, place=replace(told.place, more=tuple(more)))
        return assembly

    def is_taken(self, node: Node, others: Mapping[str, Node], assembly: Assembly) -> bool:
        """Whether a row has the identifier of an earlier one, whose answers are not its own; told then."""
        other = others.get(str(node["id"])) if "id" in node else None
        if other is not None:
            assembly.fault(node.places["id"], TAKEN, id=shown(str(node["id"])), row=other.place.row)
        return other is not None

    def attach(
        self, node: Node, holder: Node | None, categories: Mapping[str, Node], key: str, assembly: Assembly
    ) -> bool:
        """Put a row into its category, or into a given holder; whether there was one."""
        name = str(node.pop("category", ""))
        holder = holder if holder is not None else categories.get(name)
        place = node.places.get("category", node.place)
        if holder is None:
            found = self.titled(name, CATEGORIES, categories)
            if len(found) > 1:
                assembly.fault(place, SEVERAL, title=shown(name))
                return False
            if found:
                holder = found[0]
                self.by_title(place, name, holder, CATEGORY_TITLE, assembly)
        if holder is None and not name:
            assembly.fault(place, N_("cette ligne ne dit pas sa catégorie"))
            return False
        if holder is None:
            assembly.fault(place, NO_SUCH_CATEGORY, name=shown(name))
            return False
        holder.append(key, node)
        return True

    def titled(self, name: str, table: Table, holders: Mapping[str, Node]) -> list[Node]:
        """The rows of a title; none where that is the identifier of a row, which was refused."""
        return [] if name in self.ids[table.sheet] else _titled(name, holders)

    def by_title(self, place: Place, name: str, holder: Node, template: str, assembly: Assembly) -> None:
        """Tell, once a sheet, that rows point at another one by its title."""
        if (place.sheet, name) not in self.told:
            self.told[place.sheet, name] = (len(assembly.notices), [])
            assembly.notice(place, template, title=shown(name), id=shown(str(holder["id"])))
        else:
            self.told[place.sheet, name][1].append(place.row)

    def answer(self, table: Table, node: Node, holders: Mapping[str, Node], assembly: Assembly) -> None:
        """Put a row into its question: as a choice, as a label of a step, or as a band."""
        name = str(node.pop("question", ""))
        holder = holders.get(name)
        if holder is None:
            found = self.titled(name, PROFILE if table is PROFILE_ANSWERS else QUESTIONS, holders)
            if len(found) > 1:
                assembly.fault(node.places["question"], SEVERAL, title=shown(name))
                return
            if found:
                holder = found[0]
                self.by_title(node.places["question"], name, holder, QUESTION_TITLE, assembly)
        if holder is None and self.read[table.sheet].shared:
            return
        self.placed.setdefault(table.sheet, set()).add(node.place.row)
        if holder is None or "type" not in holder:
            place = node.places.get("question", node.place)
            template = NO_HOLDER if name else N_("cette ligne ne dit pas sa question")
            assembly.fault(place, template, name=shown(name))
            return
        match holder.get("type"):
            case "single" | "multiple":
                holder.append("choices", node)
            case "number":
                holder.append("bands", node)
            case "scale":
                if set(node) != {"value", "label"}:
                    assembly.fault(node.place, N_("pour une échelle, il faut une valeur et un libellé, rien d’autre"))
                    return
                labels = holder.setdefault("labels", Node(holder.place))
                assert isinstance(labels, Node)
                value = plain_text(node["value"]) if isinstance(node["value"], Cell) else ""
                if value in labels:
                    assembly.fault(node.place, N_("cette valeur a déjà un libellé"))
                    return
                labels[value] = node["label"]
                labels.places[value] = node.place
            case kind:
                assembly.fault(
                    node.place,
                    N_("la question %(name)s est de type %(type)s : elle n’a pas de réponses à proposer"),
                    name=shown(name),
                    type=shown(TYPES.get(str(kind), str(kind))),
                )

    def nodes(self, table: Table, fallen: frozenset[Spot], assembly: Assembly) -> list[Node]:
        """The rows of a table that are left."""
        records = self.read[table.sheet]
        found = (
            self.node(records, line, fallen, assembly)
            for line in records.lines
            if (records.sheet, line.number, "") not in fallen
        )
        return [node for node in found if node is not None]

    def node(self, records: Records, line: Line, fallen: frozenset[Spot], assembly: Assembly) -> Node | None:
        """A row as a mapping, without its cells that fell; ``None``, with the faults noted, where one that it cannot
        do without cannot be read at all."""
        former = self.former_cells(records, line)
        kept = {**records.table.kept, **dict.fromkeys(former, OF_DRAFT)}
        node = Node(Place(records.sheet, line.number), records.headings, kept)
        node.lacking = records.lacking.get(line.number)
        texts: dict[str, dict[str, str]] = {}
        sound = True
        for number, (column, language, title) in records.columns.items():
            cell = line.cells.get(number)
            if cell is None or (isinstance(cell, str) and not cell.strip() and not isinstance(cell, FaultCell)):
                continue
            if node.spot(column.key) in fallen:
                node.lend(column.key, column.kept)
                if column.key not in former or node.spot(column.key) in fallen:
                    continue
                cell = former[column.key]
            place = Place(records.sheet, line.number, title, lent=number in records.lent_columns)
            if isinstance(cell, FaultCell) and column.kind == "text" and self.is_said(column, records, line):
                continue
            if isinstance(cell, FaultCell):
                sound = self.spared(node, column, place, Misread(FAULTY, found=shown(cell.found)), assembly) and sound
                continue
            if column.kind == "text":
                by_language = texts.setdefault(column.key, {})
                if language or self.default not in by_language:
                    # A column that says its language goes before one that does not, wherever they stand.
                    by_language[language or self.default] = plain_text(cell)
                node.places[column.key] = place
                if isinstance(cell, DayCell):
                    assembly.notice(node.places[column.key], A_DAY, found=shown(cell.french), taken=shown(str(cell)))
                continue
            try:
                value = self.value(column, cell)
                counted = counted_of(value, column.counts)
                node.put(column.key, value if counted is None else counted, place)
                if counted is not None:
                    template = N_("%(found)s est lu comme %(number)s")
                    assembly.notice(node.places[column.key], template, found=shown(cell), number=plain_text(counted))
                if column.kind == "word" and fold(str(cell)) in NICKNAMES:
                    self.nickname(node, column, cell, assembly)
            except Misread as misread:
                sound = self.spared(node, column, place, misread, assembly) and sound
        for key, by_language in texts.items():
            if self.default not in by_language:
                self.in_another_language(node, key, by_language, records, assembly)
            alone = by_language.get(self.default) if len(by_language) == 1 else None
            node[key] = by_language if alone is None else alone
        if sound and "title" not in node and "id" in node and node.kept.get("title") == BY_ID:
            node["title"] = node["id"]
            if (records.sheet, line.number, "title") not in fallen:
                place = Place(records.sheet, line.number, records.headings["title"])
                assembly.spare(node, "title", place, N_("il manque le titre"))
        return node if sound else None

    def is_said(self, column: Column, records: Records, line: Line) -> bool:
        """Whether a row has a text in one language at least."""
        return any(records.cell(line, number) for number, (each, _, _) in records.columns.items() if each is column)

    def spared(self, node: Node, column: Column, place: Place, misread: Misread, assembly: Assembly) -> bool:
        """Whether a row can do without a cell that cannot be read; told in either case."""
        if column.kept:
            assembly.spare(node, column.key, place, misread.template, **misread.params)
        else:
            assembly.fault(place, misread.template, **misread.params)
        return bool(column.kept)

    def former_cells(self, records: Records, line: Line) -> dict[str, Cell]:
        """What stands for the cells of a row that fall, by their keys, of those that it can do without."""
        if id(line) not in self.former:
            return {}
        other, source = self.former[id(line)]
        return {
            column.key: source.cells[number]
            for number, (column, _, _) in other.columns.items()
            if column.kept and column.kind != "text" and number in source.cells
        }

    def in_another_language(
        self, node: Node, key: str, by_language: dict[str, str], records: Records, assembly: Assembly
    ) -> None:
        """Let a text that is not there in the default language be the one that is: nothing that is filled is lost."""
        heading = next(column.heading for column in records.table.columns if column.key == key)
        titles = {(column.key, language): title for column, language, title in records.columns.values()}
        title = titles.get((key, self.default)) or titles.get((key, "")) or f"{heading} ({self.default})"
        node.places[key] = Place(records.sheet, node.place.row, title)
        other = next(iter(by_language))
        by_language[self.default] = by_language[other]
        assembly.notice(node.places[key], IN_ANOTHER, language=shown(self.default), other=shown(other))

    def nickname(self, node: Node, column: Column, cell: Cell, assembly: Assembly) -> None:
        """Tell a type that was understood though it is written in other words than ours."""
        word = str(node[column.key])
        if column.words is TYPES and fold(str(cell)) not in (fold(word), fold(TYPES[word])):
            template = N_("%(found)s est lu comme « %(type)s »")
            assembly.notice(node.places[column.key], template, found=shown(cell), type=TYPES[word])

    def value(self, column: Column, cell: Cell) -> object:
        """The value of a cell; raises :class:`Misread`."""
        match column.kind:
            case "number":
                number = number_of(cell)
                # The bounds of a question may be days.
                return day_typed(number) if isinstance(number, str) and column.key in ("min", "max") else number
            case "day":
                return day_typed(plain_text(cell).strip())
            case "address":
                return address_typed(plain_text(cell).strip())
            case "flag":
                flag = flag_of(cell)
                if not isinstance(flag, bool):
                    raise Misread(N_("il faut oui ou non, pas %(found)s"), found=shown(cell))
                return flag
            case "ids":
                return ids_of(cell)
            case "word":
                word = word_of(cell, column.words)
                if word not in column.words:
                    words = ", ".join(column.words.values())
                    raise Misread(
                        N_("%(found)s est inconnu ; valeurs possibles : %(words)s"), found=shown(cell), words=words
                    )
                return word
            case "condition":
                return read_condition(plain_text(cell), self.type_of)
            case "for":
                return read_for(plain_text(cell), self.type_of)
            case "who":
                return read_who(plain_text(cell), self.type_of)
            case "id":
                if isinstance(cell, DayCell):
                    raise Misread(NO_ID, found=shown(cell.french))
                return plain_text(cell).strip()
            case _:
                return plain_text(cell)
