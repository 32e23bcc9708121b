"""The rows of a file of resources, weighed one after the other against the base: what each becomes, which of its cells
are left out, and why.

A row is refused where it says not what it is (title, address, type); any other cell that makes no sense is set aside,
and its row is taken without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from assett.core.db import dump_json
from assett.engine.document import Document
from assett.formats.layout import RESOURCES, Column, Table
from assett.formats.reports import Place, Remark, gathered
from assett.formats.spreading import cell_of
from assett.kernel.errors import Problem
from assett.kernel.text import N_, shown
from assett.resources.checking import too_long
from assett.resources.checking import wrong as all_wrong
from assett.resources.duplicates import Called, Likenesses
from assett.resources.queries import Line as Known
from assett.resources.taking import Imported, digest_of
from assett.resources.words import title_of

_NO_TEXT: Final = N_("ce texte est laissé de côté")
# What holds without the cell of a new resource.
_KEPT: Final[Mapping[str, str]] = {
    "summary": _NO_TEXT,
    "provider": _NO_TEXT,
    "priority": N_("priorité ordinaire, 50"),
    "valid_from": N_("sans date de début"),
    "valid_until": N_("sans date de fin"),
    "for": N_("sans elle, la ressource est proposée à tous"),
    "who": N_("sans elle, la ressource est proposée à toutes les structures"),
    "partner": N_("sans partenaire"),
    "contact": N_("sans contact"),
    "tags": N_("sans étiquette"),
}
_AS_IT_WAS: Final = N_("ce que la ressource avait reste")


def _forgiving(columns: Sequence[Column]) -> tuple[Column, ...]:
    return tuple(replace(column, kept=_KEPT.get(column.key, "")) for column in columns)


# In a questionnaire, nobody reads each resource again, and a wrong cell refuses it whole: here each row is agreed to.
TAKEN: Final = Table(RESOURCES.sheet, _forgiving(RESOURCES.columns))
# Beside the format, in the same sheet.
BESIDE: Final = _forgiving(
    (
        Column("partner", "Partenaire", width=24, also=("Partenaire sur le territoire",)),
        Column(
            "contact",
            "Contact",
            width=30,
            also=("Contact sur le territoire", "Référent", "Interlocuteur", "Personne à contacter"),
        ),
        Column("tags", "Étiquettes", "ids", width=24, also=("Mots-clés", "Tags", "Thèmes", "Thème")),
    )
)
_HEADINGS: Final[Mapping[str, str]] = {column.key: column.heading for column in (*TAKEN.columns, *BESIDE)}


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was understood: its line in the file, what it becomes, and whether it should be looked at twice.

    `changes` are (heading, before, after) of the resource that it `replaces`: what the file has no column for stays.
    `left` says which of its cells are set aside.
    """

    number: int
    row: Imported
    title: str
    replaces: bool = False
    like: str | None = None
    changes: Sequence[tuple[str, str, str]] = ()
    archived: bool = False
    left: Sequence[Remark] = ()

    @property
    def ticked(self) -> bool:
        """Whether it is taken unless one says otherwise."""
        return self.like is None and (not self.replaces or bool(self.changes))


@dataclass(slots=True)
class Reading:
    """What a file says; `rows` are those that can be taken."""

    rows: list[Row] = field(default_factory=list)
    notices: list[Remark] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)

    @property
    def left(self) -> list[Remark]:
        """The cells that are set aside of rows that can be taken."""
        return [remark for row in self.rows for remark in row.left]

    def sort(self) -> None:
        """Put what is said into the order of the file."""
        self.notices = gathered(self.notices)
        for remarks in (self.notices, self.refused):
            remarks.sort(key=lambda remark: remark.place.row)


class Judge:
    """Takes rows one after the other, unless the nation has them already; says where one looks like another."""

    def __init__(
        self,
        reading: Reading,
        known: Mapping[str, Known],
        partners: Mapping[int, str],
        document: Document | None,
        columns: Sequence[tuple[Column, str]],
        default: str,
    ) -> None:
        self.reading, self.known, self.partners = reading, known, partners
        self.document, self.columns, self.default = document, columns, default
        self.others: Likenesses[str] = Likenesses(
            {
                slug: (str(line.entry.get("url", "")), title_of(line.entry))
                for slug, line in known.items()
                if line.resource.archived_at is None
            }
        )
        self.titles = {slug: title_of(line.entry) for slug, line in known.items()}
        self.said: dict[str, int] = {}
        self.called = Called((name, name) for name in partners.values())
        # Partners that the space has not, with the rows that name them.
        self.coming: dict[str, list[Place]] = {}

    def weigh(
        self, place: Place, entry: Mapping[str, Any], beside: Mapping[str, Any], left: Mapping[str, Remark]
    ) -> None:
        """Take a row, or say why it is not; `left` are those of its cells, by key, that made no sense by themselves."""
        slug = str(entry["id"])
        same = self.known.get(slug)
        if same is not None and same.resource.national:
            template = N_("cette ressource est nationale, et reste telle quelle : on l’adapte depuis la liste")
            self.reading.notices.append(Remark(place, template))
            return
        cells = _Cells(place, dict(left))
        given = {**entry, **beside}
        wrong = cells.spare(too_long({key: value for key, value in given.items() if value is not None}), given)
        beside = {key: value for key, value in beside.items() if key not in cells.left}
        if name := beside.get("partner"):
            beside["partner"] = self.called.find(name) or name
        entry = {key: value for key, value in entry.items() if key not in cells.left}
        if same is not None:
            entry, more = self._over(same, entry, cells)
            wrong += more
        if wrong:
            self.reading.refused += [cells.remark(each) for each in wrong]
            return
        if self._repeated(place, entry, beside):
            return
        self._take(place, same, entry, beside, cells)

    def _take(
        self,
        place: Place,
        same: Known | None,
        entry: Mapping[str, Any],
        beside: Mapping[str, Any],
        cells: _Cells,
    ) -> None:
        url, title, slug = str(entry.get("url", "")), title_of(entry), str(entry["id"])
        near = self.others.like(url, title) if same is None else None
        row = Imported(
            entry,
            beside.get("partner"),
            beside.get("contact"),
            beside.get("tags"),
            digest_of(same.resource) if same is not None else "",
        )
        self.reading.rows.append(
            Row(
                place.row,
                row,
                title,
                same is not None,
                self.titles[near] if near is not None else None,
                self._changes(same, entry, beside) if same is not None else (),
                same is not None and same.resource.archived_at is not None,
                cells.told(_AS_IT_WAS if same is not None else ""),
            )
        )
        if same is None:
            self.others.add(slug, url, title)
            self.titles[slug] = title
        if row.partner and row.partner not in self.partners.values():
            self.called.add(row.partner, row.partner)
            self.coming.setdefault(row.partner, []).append(place)

    def tell_partners(self) -> None:
        """Say which partners come with the rows that can be taken."""
        for name, (first, *others) in self.coming.items():
            place = Place(first.sheet, first.row, _HEADINGS["partner"], more=tuple(each.row for each in others))
            template = N_("%(name)s s’ajoutera à vos partenaires")
            self.reading.notices.append(Remark(place, template, {"name": shown(name)}))

    def _over(self, same: Known, given: Mapping[str, Any], cells: _Cells) -> tuple[dict[str, Any], list[Problem]]:
        """A resource as a row of a file says it; what goes not with what the resource has already is set aside too."""
        while True:
            columns = [(column, language) for column, language in self.columns if column.key not in cells.left]
            entry = _merged(same.entry, given, columns, self.default)
            problems = all_wrong(entry, self.document)
            spoken = {column.key for column, _ in columns}
            if "valid_until" not in spoken and "valid_from" in spoken:
                # An end that the file says nothing of is not what is wrong.
                problems = [
                    replace(each, path="valid_from") if each.path == "valid_until" else each for each in problems
                ]
            wrong = cells.spare(problems, spoken)
            if len(wrong) == len(problems):
                return entry, wrong

    def _repeated(self, place: Place, entry: Mapping[str, Any], beside: Mapping[str, Any]) -> bool:
        """Whether a line above says the very same, under whatever id."""
        told = dump_json([{key: value for key, value in entry.items() if key != "id"}, dict(beside)])
        first = self.said.setdefault(told, place.row)
        if first == place.row:
            return False
        template = N_("elle dit la même chose que la ligne %(row)s : elle est laissée de côté")
        self.reading.notices.append(Remark(place, template, {"row": first}))
        return True

    def _changes(self, line: Known, entry: Mapping[str, Any], beside: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        """What the row changes of the resource that it replaces: heading, before, after."""
        found = []
        for column, language in self.columns:
            before, after = (
                str(cell_of(each, column, language or self.default, self.default) or "") for each in (line.entry, entry)
            )
            found.append((column.heading + (f" ({language})" if language else ""), before, after))
        now = {
            "partner": self.partners.get(line.partner_id or 0, ""),
            "contact": line.note,
            "tags": ", ".join(line.tags),
        }
        for column in BESIDE:
            if column.key in beside:
                given = beside[column.key]
                found.append((column.heading, now[column.key], given if isinstance(given, str) else ", ".join(given)))
        return [each for each in found if each[1] != each[2]]


class _Cells:
    """The cells of a row that are set aside, by key, with what is said of each."""

    def __init__(self, place: Place, left: dict[str, Remark]) -> None:
        self.place, self.left = place, left

    def spare(self, problems: Sequence[Problem], there: Any) -> list[Problem]:
        """Set aside the cells, among those that are `there`, that these problems are about and that a row can do
        without; the other problems."""
        rest = []
        for each in problems:
            key = _key(each)
            if key in _KEPT and key in there:
                self.left.setdefault(key, replace(self.remark(each), kept=_KEPT[key]))
            else:
                rest.append(each)
        return rest

    def remark(self, problem: Problem) -> Remark:
        """What is said of a cell of this row."""
        where = Place(self.place.sheet, self.place.row, _HEADINGS.get(_key(problem), ""))
        return Remark(where, problem.template, problem.params)

    def told(self, kept: str) -> list[Remark]:
        """What is said of the cells that are set aside, with what holds instead."""
        return [replace(remark, kept=kept or remark.kept) for remark in self.left.values()]


def _key(problem: Problem) -> str:
    return problem.path.partition("[")[0].partition(".")[0]


def _merged(
    known: Mapping[str, Any], given: Mapping[str, Any], columns: Sequence[tuple[Column, str]], default: str
) -> dict[str, Any]:
    """A resource as a row of a file says it, what the file has no column for as it was."""
    entry: dict[str, Any] = {"id": given["id"]}
    for column in RESOURCES.columns[1:]:
        key = column.key
        spoken = [language or default for each, language in columns if each.key == key]
        old, new = known.get(key), given.get(key)
        if column.kind == "text":
            value = _texts(old, default) | dict.fromkeys(spoken, "")
            value |= {language: text for language, text in _texts(new, default).items() if language in spoken}
            texts = {language: text for language, text in value.items() if text}
            entry[key] = texts[default] if set(texts) == {default} and not isinstance(old, Mapping) else texts
        else:
            # Read back from its cell, the same thing may be written otherwise (an ordinary priority).
            same = not spoken or (new or 50 if key == "priority" else new) == old
            same = same or cell_of(known, column, "", default) == cell_of(given, column, "", default)
            entry[key] = old if same else new
    return {key: value for key, value in entry.items() if value not in (None, {}, [])}


def _texts(text: Any, default: str) -> dict[str, str]:
    return dict(text) if isinstance(text, Mapping) else {default: str(text)} if text else {}
