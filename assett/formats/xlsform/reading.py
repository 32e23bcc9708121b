"""XLSForm (survey, choices, settings), the spreadsheets of KoBo and ODK: read with a report, and written.

Reading turns the rows of the form into those of our own tables, each with its place, so that the same checks
hold. What a form cannot say stands in columns ``assett::…`` and in our own sheets, which the other tools leave
alone; a standard column that was changed since wins over them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from assett.engine.document import Document
from assett.formats.identifying import GENERAL
from assett.formats.lacking import ABSENT, EMPTY, tell_cells, tell_hanging, tell_lent
from assett.formats.layout import (
    ALWAYS,
    ANSWERS,
    CATEGORIES,
    PROFILE,
    PROFILE_ANSWERS,
    QUESTIONNAIRE,
    QUESTIONS,
    TYPES,
    Table,
)
from assett.formats.notation import Misread, read_condition, write_condition
from assett.formats.records import Records, plain_text, word_of
from assett.formats.reports import Place, Remark, Report
from assett.formats.sheets import Cell, Grid, Line, Written
from assett.formats.workbook import document_of
from assett.formats.xlsform.borrowing import Lender
from assett.formats.xlsform.expressions import Field, Unsupported, read_expression, unguarded, write_expression
from assett.formats.xlsform.opening import OWN, SURVEY, Form
from assett.formats.xlsform.sums import offer_points
from assett.formats.xlsform.words import (
    BEGINNINGS,
    BOUND,
    CALCULATIONS,
    COUNT,
    ENDINGS,
    METADATA,
    SIMPLE,
    YES,
    Names,
    Renamed,
    Rows,
)
from assett.kernel.ids import is_slug, slugify, unlike
from assett.kernel.text import N_, fold, shown


def is_xlsform(grids: Sequence[Grid]) -> bool:
    """Whether a workbook is an XLSForm: it has a sheet « survey »."""
    return any(fold(grid.name) == SURVEY for grid in grids)


def read_xlsform(
    grids: Sequence[Grid], report: Report, name: str = "", lent: Sequence[Written] = ()
) -> Document | None:
    """The document of a form; ``None`` where ``report`` says that there can be none. ``lent`` are sheets of which is
    read what it has not, see :mod:`assett.formats.xlsform.borrowing`.

    Raises :class:`Unreadable` where it has no questions at all.
    """
    return _Reader(grids, report, lent).document(name)


NO_LIST: Final = N_("la liste %(list)s n’existe pas dans la feuille « choices »")


@dataclass(slots=True)
class _Group:
    """``conditions`` are those of its rows, ``own`` the one that its category has already."""

    category: str
    is_profile: bool
    conditions: list[dict[str, object]]
    own: list[dict[str, object]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Holder:
    """The row that has an identifier: its number, its name in the form, the group that it stands in."""

    row: int
    name: str
    group: _Group | None


class _Reader:
    """Reads one form."""

    def __init__(self, grids: Sequence[Grid], report: Report, lent: Sequence[Written]) -> None:
        form = Form(grids, report)
        self.report = report
        self.lender = Lender(lent, form)
        self.languages = form.languages
        self.settings, self.survey, self.choices = form.settings, form.survey, form.choices
        self.own, self.is_ours, self.lists = form.own, form.is_ours, form.lists
        self.setting = form.setting
        self.users: dict[str, list[tuple[str, str]]] = {}
        self.named = {self.survey.text(line, "name"): line for line in reversed(self.survey.lines)}
        self.names = Names()
        self.exact = {name for name in self.named if is_slug(name)}
        self.taken: dict[tuple[str, str], _Holder] = {}
        self.titled, self.grouped = self.known_groups()
        self.fields: dict[str, Field] = {}
        self.categories = Rows(CATEGORIES, self.survey.name)
        self.questions = Rows(QUESTIONS, self.survey.name)
        self.profile = Rows(PROFILE, self.survey.name)
        self.answers = Rows(ANSWERS, self.choices.name)
        self.entry_answers = Rows(PROFILE_ANSWERS, self.choices.name)
        for each, sheet in (
            (self.categories, self.survey),
            (self.questions, self.survey),
            (self.profile, self.survey),
            (self.answers, self.choices),
            (self.entry_answers, self.choices),
        ):
            each.records.headings = each.records.table.headings | {
                "id": sheet.title("name"),
                "title": sheet.title("label"),
                "label": sheet.title("label"),
                "help": sheet.title("hint"),
                "type": sheet.title("type"),
                "question": sheet.title("list"),
            }
            each.records.shared = sheet is self.choices
        self.themes: dict[str, str] = {}
        self.calculations: list[tuple[Place, str, str]] = []

    # The document

    def document(self, file_name: str) -> Document | None:
        self.rows()
        self.names.tell(self.report)
        offer_points(self.calculations, self.fields, self.report)
        for name, lines in self.lists.items():
            if name not in self.users:
                self.report.notice(
                    Place(self.choices.name, lines[0].number),
                    N_("aucune question ne se sert de la liste %(name)s : elle est laissée de côté"),
                    name=shown(name),
                )
        top = self.own[QUESTIONNAIRE.sheet]
        read = {
            **self.own,
            QUESTIONNAIRE.sheet: self.top(top),
            CATEGORIES.sheet: self.categories.records,
            QUESTIONS.sheet: self.questions.records,
            PROFILE.sheet: self.profile.records,
            ANSWERS.sheet: self.answers.records,
            PROFILE_ANSWERS.sheet: self.entry_answers.records,
        }
        of_the_file = (len(self.report.notices), len(self.report.refused))
        languages, former = self.lender.lend(read, file_name, self.report)
        document = document_of(read, languages, self.report, former)
        tell_lent(read, of_the_file, self.report)
        if document is not None:
            self.tell_lost_lists(document)
        if not self.choices.lines:
            said = EMPTY if self.choices.is_there else ABSENT
            gone = tell_hanging(self.choices.name, self.survey.name, {NO_LIST}, said, self.report)
            tell_cells(self.choices.name, gone, self.report)
        return document

    def tell_lost_lists(self, document: Document) -> None:
        """Tell the lists that no question is left to use, unless that is for their own rows."""
        kept = {("question", each.id) for each in document.questions} | {
            ("profile", each.id) for each in document.profile
        }
        gone = {remark.place.row for remark in self.report.refused if remark.place.sheet == self.choices.name}
        for name, users in self.users.items():
            rows = [line.number for line in self.lists.get(name, ()) if line.number not in gone]
            if rows and kept.isdisjoint(users):
                self.report.refuse(
                    Place(self.choices.name, rows[0], self.choices.title("list")),
                    N_("les questions de la liste %(list)s ont été refusées : ses réponses le sont avec elles"),
                    list=shown(name),
                )

    def top(self, own: Records) -> Records:
        """The row of the questionnaire itself: our own sheet's, a title or version changed in « settings » winning."""
        title, version = self.setting("title"), self.setting("version")
        if own.lines:
            line = own.lines[0]
            cells = dict(line.cells)
            at = {(column.key, language): number for number, (column, language, _) in own.columns.items()}
            spoken = re.split(r"[;,\s]+", plain_text(cells.get(at.get(("languages", ""), 0), "")).strip())[0]
            for key, new in (("title", title), ("version", version)):
                number = at.get((key, spoken if key == "title" else ""), at.get((key, ""), 0))
                if number and new and " ".join(plain_text(cells.get(number, "")).split()) != " ".join(new.split()):
                    cells[number] = new
            own.lines[0] = Line(line.number, cells)
            return own
        rows = Rows(QUESTIONNAIRE, self.settings.name)
        cells_: list[tuple[str, str, Cell, str]] = [
            ("id", "", self.setting("id"), "form_id"),
            ("title", "", title, "form_title"),
            ("languages", "", " ; ".join(self.languages or ["fr"]), "default_language"),
        ]
        if version:
            cells_.append(("version", "", version, "version"))
        rows.add(self.settings.lines[0].number if self.settings.lines else 2, cells_)
        return rows.records

    def rows(self) -> None:
        groups: list[_Group] = []
        for line in self.survey.lines:
            kind = " ".join(self.survey.text(line, "type").split())
            word = self.word(line)
            place = Place(self.survey.name, line.number, self.survey.title("type"))
            if word in BEGINNINGS:
                if word == "begin_repeat":
                    self.report.notice(
                        place, N_("une partie répétée n’existe pas ici : ses questions sont posées une fois")
                    )
                groups.append(self.group(line, groups))
            elif word in ENDINGS:
                if groups:
                    groups.pop()
                else:
                    self.report.notice(place, N_("aucun groupe n’est ouvert ici : la ligne est laissée de côté"))
            elif not kind:
                self.report.refuse(place, N_("cette ligne ne dit pas son type"))
            elif word in CALCULATIONS:
                there = Place(self.survey.name, line.number, self.survey.title("calculation"))
                self.calculations.append((there, self.survey.text(line, "name"), self.survey.text(line, "calculation")))
            elif word in METADATA:
                self.report.notice(
                    place, N_("%(type)s n’est pas une question : la ligne est laissée de côté"), type=shown(kind)
                )
            else:
                self.question(line, kind, groups)

    def group(self, line: Line, groups: Sequence[_Group]) -> _Group:
        """A group: a category, the profile, or a part of the category that it stands in."""
        condition = self.condition(line)
        if groups:
            outer = groups[-1]
            self.report.notice(
                Place(self.survey.name, line.number),
                N_("un groupe dans un groupe n’existe pas ici : ses questions rejoignent la catégorie"),
            )
            return _Group(outer.category, outer.is_profile, [*outer.conditions, *condition], outer.own)
        if self.lender.is_profile(line):
            return _Group("", True, condition)
        name = self.survey.text(line, "name")
        identifier = self.group_id(line)
        cells = self.shared(line, CATEGORIES, ("type", "id", "visible_if"))
        cells.append(("id", "", identifier, self.survey.title("name")))
        labels = [("title", language, cell, title) for language, cell, title in self.survey.cells(line, "label")]
        cells += labels or [("title", "", name, self.survey.title("name"))]
        cells += self.shown_if(condition)
        self.categories.add(line.number, cells)
        return _Group(identifier, False, [], condition)

    def group_id(self, line: Line) -> str:
        name = self.survey.text(line, "name")
        return self.survey.text(line, OWN + "id") or self.names.identifier(name, self.survey, line)

    def known_groups(self) -> tuple[dict[str, str], set[str]]:
        """The categories that groups are: a theme may be one of them, by its folded title or by its identifier."""
        titles: dict[str, str] = {}
        names: set[str] = set()
        depth = 0
        for line in self.survey.lines:
            word = self.word(line)
            if word in BEGINNINGS and not depth and not self.lender.is_profile(line):
                identifier = self.group_id(line)
                names.add(identifier)
                for _, cell, _ in self.survey.cells(line, "label"):
                    titles.setdefault(fold(plain_text(cell)), identifier)
            depth = max(depth + (word in BEGINNINGS) - (word in ENDINGS), 0)
        return titles, names

    def word(self, line: Line) -> str:
        """The type of a row as its words are compared: « Begin  group » is begin_group."""
        return "_".join(self.survey.text(line, "type").lower().split())

    def shown_if(self, conditions: Sequence[Mapping[str, object]]) -> list[tuple[str, str, Cell, str]]:
        if not conditions:
            return []
        whole = conditions[0] if len(conditions) == 1 else {"all": list(conditions)}
        return [("visible_if", "", write_condition(whole), self.survey.title("relevant"))]

    def condition(self, line: Line) -> list[dict[str, object]]:
        """The condition of a row, in a list, empty where there is none that the format can say."""
        relevant, own = self.survey.text(line, "relevant"), self.survey.text(line, OWN + "visible_if")
        place = Place(self.survey.name, line.number, self.survey.title("relevant"))
        if own:
            try:
                tree = read_condition(own, self.type_of)
                written = unguarded(write_expression(tree, self.name_of))
                if " ".join(written.split()) == " ".join(relevant.split()):
                    return [tree]
            except (Misread, KeyError):
                pass
            self.report.notice(
                place, N_("la condition a été changée dans le formulaire : c’est celle-ci qui est prise")
            )
        if not relevant:
            return []
        try:
            return [read_expression(relevant, lambda name: self.field_before(name, line))]
        except Unsupported as unsupported:
            self.report.drop(place, ALWAYS, unsupported.template, **unsupported.params)
            return []

    def field_before(self, name: str, line: Line) -> Field | None:
        """The question of some name; raises :class:`Unsupported`, saying why, for one that no condition may look at."""
        there = self.named.get(name)
        if name in self.fields or there is None:
            return self.fields.get(name)
        if self.survey.text(there, "type").lower() in CALCULATIONS:
            template = N_("%(id)s est un calcul : une condition ne peut pas en dépendre ici")
        elif there.number >= line.number:
            template = N_("%(id)s vient plus loin, ligne %(row)s : une condition ne regarde que ce qui précède")
        else:
            template = N_("%(id)s, ligne %(row)s, n’est pas une question reprise ici")
        raise Unsupported(template, id=shown(name), row=there.number)

    def type_of(self, of: str, name: str) -> str | None:
        return next((f.type for f in self.fields.values() if (f.of, f.id) == (of, name)), None)

    def name_of(self, of: str, identifier: str) -> tuple[str, str]:
        """The name in the form; raises ``KeyError``."""
        for name, known in self.fields.items():
            if (known.of, known.id) == (of, identifier):
                return name, known.type
        raise KeyError(identifier)

    def shared(self, line: Line, table: Table, without: Sequence[str]) -> list[tuple[str, str, Cell, str]]:
        """The cells of columns ``assett::…`` that a table knows, and of a column of weights."""
        known = {column.key for column in table.columns} - set(without)
        found = [
            (key[len(OWN) :], language, line.cells[number], title)
            for number, (key, language, title) in self.survey.columns.items()
            if key.startswith(OWN) and key[len(OWN) :] in known and number in line.cells
        ]
        if "weight" in known and all(key != "weight" for key, *_ in found):
            found += [("weight", "", cell, title) for _, cell, title in self.survey.cells(line, "weight")]
        return found

    def question(self, line: Line, kind: str, groups: Sequence[_Group]) -> None:
        """A question, an entry of the profile or an info."""
        place = Place(self.survey.name, line.number, self.survey.title("type"))
        typed, list_name, other = self.typed(kind)
        own_type = self.survey.text(line, OWN + "type")
        typed = word_of(own_type, TYPES) if own_type else typed
        if typed not in TYPES:
            self.report.refuse(place, N_("le type %(type)s n’existe pas ici"), type=shown(kind))
            return
        group = groups[-1] if groups else None
        is_profile = group is not None and group.is_profile
        conditions = [*(group.conditions if group else []), *self.condition(line)]
        name = self.survey.text(line, "name")
        of = "profile" if is_profile else "question"
        identifier = self.identifier(line, of, group, is_info=typed == "info")
        if identifier is None:
            return
        names = {self.choices.text(row, "name").lower() for row in self.lists.get(list_name, ())}
        if typed == "single" and self.lender.asks_yes_or_no(of, identifier, names):
            typed = "boolean"
        known = self.lender.knows(of, identifier, typed)
        table = PROFILE if is_profile else QUESTIONS
        cells = self.shared(line, table, ("type", "id", "visible_if", "category"))
        cells.append(("type", "", typed, self.survey.title("type")))
        if identifier:
            cells.append(("id", "", identifier, self.survey.title("name")))
        if not is_profile:
            category = self.category(line, group, identifier)
            if group is not None and category != group.category:
                # It leaves the group for its theme's category, not what the group is shown for.
                conditions = [*group.own, *conditions]
            cells.append(("category", "", category, self.survey.title("theme")))
        for key, ours in (("label", "title"), ("hint", "help")):
            cells += [(ours, language, cell, title) for language, cell, title in self.survey.cells(line, key)]
        if typed != "info" and (self.survey.has("required") or not known):
            required = self.survey.text(line, "required").lower() in YES
            cells.append(("required", "", "oui" if required else "non", self.survey.title("required")))
        cells += self.shown_if(conditions)
        if kind.lower() in ("integer", "int"):
            cells.append(("integer", "", "oui", self.survey.title("type")))
        if typed == "scale" or kind.lower() == "range":
            # The bounds of a range that says none are the draft's.
            ranged = [] if known and not self.survey.text(line, "parameters") else self.range(line, typed, place)
            typed = "number" if ("type", "", "number", "") in ranged else typed
            cells = [each for each in cells if each[0] != "type"] + [
                ("type", "", typed, self.survey.title("type")),
                *(each for each in ranged if each[0] != "type"),
            ]
            if not (self.is_ours or known or is_profile) and typed == "scale" and not self.survey.cells(line, "weight"):
                cells.append(("scored", "", "non", self.survey.title("type")))
                self.report.notice(place, N_("cette échelle n’a pas de poids : elle est prise comme non notée"))
        cells += self.constraint(line, typed, kind.lower() in ("integer", "int"))
        if kind.lower() in ("acknowledge", "trigger") and not (known or is_profile):
            cells.append(("scored", "", "non", self.survey.title("type")))
        if known and typed == "number" and not self.choices.has("points"):
            # Bands without points are those of the draft.
            self.users.setdefault(list_name or name, []).append((of, identifier))
            choices: dict[str, str] = {}
        else:
            choices = self.answer_rows(identifier, typed, list_name or name, of, other, line)
        # In another group the same name is another question's: elsewhere in the form it stands for the first one.
        self.fields.setdefault(name, Field(of, identifier, typed, choices, kind.lower() in ("integer", "int", "range")))
        rows = self.profile if is_profile else self.questions
        rows.add(line.number, cells)
        if list_name:
            rows.records.lacking[line.number] = Remark(
                place,
                N_("la liste %(list)s n’a aucune réponse qui puisse être prise dans la feuille « choices »")
                if list_name in self.lists
                else NO_LIST,
                {"list": shown(list_name), "id": shown(identifier)},
            )

    def identifier(self, line: Line, of: str, group: _Group | None, *, is_info: bool) -> str | None:
        """The identifier of a row, empty for an info without any; ``None``, having said why, where it cannot be taken:
        its name is that of another one of its group."""
        name = self.survey.text(line, "name")
        place = Place(self.survey.name, line.number, self.survey.title("name"))
        if is_info and (not name or name.startswith("_")) and not self.survey.text(line, OWN + "id"):
            return ""
        own = self.survey.text(line, OWN + "id")
        identifier = own or self.names.identifier(name, self.survey, line)
        if not identifier:
            self.report.refuse(place, N_("cette question n’a pas de nom (name)"))
            return None
        holder = self.taken.get((of, identifier))
        if holder is not None and (not name or (holder.name == name and holder.group is group)):
            template = N_("l’identifiant %(id)s est déjà pris, ligne %(row)s")
            self.report.refuse(place, template, id=shown(identifier), row=holder.row)
            return None
        free = identifier
        if holder is not None or not own:
            # What a name becomes leaves the others theirs.
            others = {each for kind, each in self.taken if kind == of} | (self.exact - {name})
            wanted = self.names.identifier(name, self.survey, line) or identifier
            free = unlike(wanted, others)
            if free != wanted or own:
                self.names.changed[place] = Renamed(name, free, holder.row if holder is not None else 0)
        self.taken[of, free] = _Holder(line.number, name, group)
        return free

    def typed(self, kind: str) -> tuple[str, str, bool]:
        """The type that a form's type is here, its list, and whether it adds an « other »."""
        found = re.fullmatch(
            r"select[ _](one|multiple|all[ _]that[ _]apply)(?:[ _]from)?\s+(\S+)(\s+or[ _](?:specify[ _])?other)?",
            kind,
            re.IGNORECASE,
        ) or re.fullmatch(r"select1?(one|multiple|1)\s+(\S+)(\s+or[ _]other)?", kind, re.IGNORECASE)
        if found:
            return (
                "single" if found.group(1).lower() in ("one", "1") else "multiple",
                found.group(2),
                bool(found.group(3)),
            )
        if kind.lower() == "range":
            return "scale", "", False
        return SIMPLE.get(kind.lower(), ""), "", False

    def category(self, line: Line, group: _Group | None, identifier: str) -> str:
        """The category of a question: its theme's, its group's, that of the draft, or one made for those without."""
        theme = self.survey.text(line, "theme")
        if not theme and group is not None:
            return group.category
        home = self.lender.homes.get(identifier, "")
        if not theme and ((home and home in self.grouped) or not self.lender.has_categories):
            return home or GENERAL
        theme = theme or GENERAL
        if fold(theme) in self.titled:
            return self.titled[fold(theme)]
        if theme in self.grouped:
            return theme
        key = fold(theme) or theme
        if key not in self.themes:
            # It stands on no row of its own: the header's, which can never be refused, since themes share it.
            taken = {*self.grouped, *self.themes.values()}
            self.themes[key] = unlike(slugify(theme) or f"theme-{len(self.themes) + 1}", taken)
            title = self.survey.title("theme")
            self.categories.add(self.survey.head, [("id", "", self.themes[key], title), ("title", "", theme, title)])
        return self.themes[key]

    def range(self, line: Line, typed: str, place: Place) -> list[tuple[str, str, Cell, str]]:
        """The bounds of a « range »; one that does not go by ones is a number."""
        title = self.survey.title("parameters")
        given = dict(
            re.findall(r"(start|end|step)\s*=\s*(-?[0-9]+(?:[.,][0-9]+)?)", self.survey.text(line, "parameters"))
        )
        bounds: list[tuple[str, str, Cell, str]] = [
            ("min", "", given.get("start", "1"), title),
            ("max", "", given.get("end", "10"), title),
        ]
        if given.get("step", "1") != "1" or any("." in value or "," in value for value in given.values()):
            self.report.notice(place, N_("cette échelle ne va pas de un en un : elle est prise comme un nombre"))
            return [("type", "", "number", ""), *bounds]
        return bounds

    def constraint(self, line: Line, typed: str, integer: bool) -> list[tuple[str, str, Cell, str]]:
        text, title = self.survey.text(line, "constraint"), self.survey.title("constraint")
        if not text:
            return []
        cells: list[tuple[str, str, Cell, str]] = []
        for part in re.split(
            r"\s+and\s+", text.strip().removeprefix("(").removesuffix(")") if text.startswith("(.") else text
        ):
            count, bound = COUNT.fullmatch(part.strip()), BOUND.fullmatch(part.strip())
            if count and typed == "multiple":
                cells.append(("min_choices" if count.group(1) == ">=" else "max_choices", "", count.group(2), title))
            elif bound and typed in ("number", "date") and (len(bound.group(1)) == 2 or integer):
                value = bound.group(3) or bound.group(2)
                if len(bound.group(1)) == 1:
                    value = (
                        str(int(value) + (1 if bound.group(1) == ">" else -1))
                        if value.lstrip("-").isdecimal()
                        else value
                    )
                cells.append(("min" if bound.group(1).startswith(">") else "max", "", value, title))
            else:
                self.report.notice(
                    Place(self.survey.name, line.number, title),
                    N_("cette contrainte n’a pas d’équivalent : elle est laissée de côté"),
                )
                return []
        return cells

    def answer_rows(
        self, identifier: str, typed: str, list_name: str, of: str, other: bool, line: Line
    ) -> dict[str, str]:
        """Give a question the rows of its list; the ids of its choices by their names in the form."""
        if typed == "boolean":
            self.users.setdefault(list_name, []).append((of, identifier))
            return {"oui": "true", "non": "false", "OK": "true", "yes": "true", "no": "false"}
        lines = self.lists.get(list_name, [])
        if typed not in ("single", "multiple", "scale", "number"):
            return {}
        self.users.setdefault(list_name, []).append((of, identifier))
        rows = self.answers if of == "question" else self.entry_answers
        names: dict[str, str] = {}
        sheet = self.choices
        exact = {each for each in (sheet.text(row, "name") for row in lines) if is_slug(each)}
        for row in lines:
            name = sheet.text(row, "name")
            cells: list[tuple[str, str, Cell, str]] = [("question", "", identifier, sheet.title("list"))]
            cells += [("label", lang, cell, title) for lang, cell, title in sheet.cells(row, "label")]
            if typed in ("single", "multiple"):
                called = self.names.identifier(name, sheet, row)
                if name not in names and not is_slug(name) and called:
                    called = unlike(called, {*exact, *names.values()})
                    self.names.changed[Place(sheet.name, row.number, sheet.title("name"))] = Renamed(name, called)
                names.setdefault(name, called)
                cells.append(("id", "", called, sheet.title("name")))
            elif typed == "scale":
                cells.append(("value", "", name, sheet.title("name")))
            else:
                cells = cells[:1]
            wanted = ("points",) if of == "question" else ()
            cells += [(key, "", cell, title) for key in wanted for _, cell, title in sheet.cells(row, key)]
            for key in ("feedback", "exclusive", "was", "from"):
                if key in rows.known:
                    cells += [(key, lang, cell, title) for lang, cell, title in sheet.cells(row, OWN + key)]
            rows.add(row.number, cells)
        if other and "other" not in names:
            title = self.survey.title("type")
            # All these rows share one place: none may be refused for what its own list has already.
            called = unlike("autre", set(names.values()))
            names["other"] = called
            cells = [("question", "", identifier, title), ("id", "", called, title), ("label", "", "Autre", title)]
            rows.add(self.choices.head, cells)
            self.report.notice(
                Place(self.survey.name, line.number, title),
                N_("or_other devient une réponse « Autre », sans texte à saisir"),
            )
        return names
