"""What no questionnaire can do without, made up where its file does not say it: one wrong cell of the sheet
« Questionnaire » never refuses a whole file, and is never passed over in silence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Final

from assett.engine.reading.fields import LANGUAGE
from assett.formats.layout import CATEGORIES, LANGUAGE_NAMES, QUESTIONNAIRE, QUESTIONS, language_code
from assett.formats.records import Records, plain_text
from assett.formats.reports import Place, Report, Unreadable
from assett.formats.sheets import Cell, DayCell, Line
from assett.kernel.ids import is_slug, slugify
from assett.kernel.text import N_, fold, shown

_UNTITLED: Final = N_("Questionnaire importé")
_DEFAULT: Final = "fr"
_NAMED: Final = 10
NONE_THERE: Final = N_("il n’y a pas de feuille « Questionnaire » remplie : ce classeur n’est pas un questionnaire")
STRANGE: Final = N_("cette feuille n’est pas de celles du questionnaire : elle est laissée de côté")


def settle(read: Mapping[str, Records], name: str, report: Report) -> list[str]:
    """Make the row of the questionnaire itself sound, ``name`` being its file's; gives its languages, the default
    first. Raises :class:`Unreadable` where no sheet of the workbook is one of a questionnaire's."""
    records = read[QUESTIONNAIRE.sheet]
    if not records.lines:
        if not (read[CATEGORIES.sheet].lines or read[QUESTIONS.sheet].lines):
            strange = [shown(each.place.sheet) for each in report.notices if each.template == STRANGE]
            if strange:
                template = N_(
                    "il n’y a pas de feuille « Questionnaire » remplie : ce classeur n’est pas un questionnaire. Il "
                    "n’a que des feuilles qui ne sont pas de celles d’un questionnaire : %(sheets)s. Le classeur "
                    "modèle de l’atelier montre celles qu’il faut"
                )
                raise Unreadable(template, sheets=", ".join(map(str, strange[:_NAMED])))
            raise Unreadable(NONE_THERE)
        records.lines.append(Line(2, {}))
    for line in records.lines[1:]:
        place = Place(records.sheet, line.number)
        report.refuse(place, N_("un classeur contient un seul questionnaire, à la première ligne remplie"))
    top = _Top(records, report)
    languages = _languages(top, read)
    title = _title(top, languages, name)
    _identifier(top, title)
    records.lines[0] = Line(records.lines[0].number, top.cells)
    return languages


class _Top:
    """The row of the questionnaire itself, while its cells are made sound."""

    def __init__(self, records: Records, report: Report) -> None:
        self.records = records
        self.report = report
        self.cells: dict[int, Cell] = dict(records.lines[0].cells)

    def column(self, key: str, *languages: str) -> int:
        """The number of the column of a key, in the first of these languages that has one; a new one otherwise."""
        for language in languages or ("",):
            for number, (column, spoken, _) in self.records.columns.items():
                if column.key == key and spoken == language:
                    return number
        number = max(self.records.columns, default=0) + 1
        column = next(column for column in QUESTIONNAIRE.columns if column.key == key)
        language = languages[0] if languages else ""
        self.records.columns[number] = (column, language, column.heading + (f" ({language})" if language else ""))
        return number

    def text(self, number: int) -> str:
        return plain_text(self.cells.get(number, "")).strip()

    def put(self, number: int, value: str) -> None:
        self.cells[number] = value

    def notice(self, number: int, template: str, /, **params: object) -> None:
        _, _, title = self.records.columns[number]
        place = Place(self.records.sheet, self.records.lines[0].number, title)
        self.report.notice(place, template, **params)


def _languages(top: _Top, read: Mapping[str, Records]) -> list[str]:
    """The languages that the row declares, those of the columns where it declares none."""
    at = top.column("languages")
    found: list[str] = []
    for word in filter(None, re.split(r"[;,\s]+", top.text(at))):
        code = language_code(word) if LANGUAGE.fullmatch(language_code(word)) else LANGUAGE_NAMES.get(fold(word), "")
        if not code:
            top.notice(at, N_("%(found)s n’est pas un code de langue comme fr ou en : il est laissé de côté"),
                       found=shown(word))  # fmt: skip
        elif code in found:
            top.notice(at, N_("la langue %(found)s est déclarée deux fois"), found=shown(code))
        else:
            if code != word and fold(word) in LANGUAGE_NAMES:
                top.notice(at, N_("%(found)s est lu comme %(code)s"), found=shown(word), code=code)
            found.append(code)
    if not found:
        columns = [column for records in read.values() for column in records.columns.values()]
        found = list(dict.fromkeys(spoken for column, spoken, _ in columns if column.kind == "text" and spoken))
        found = [code for code in found if LANGUAGE.fullmatch(code)]
        if not found or (_DEFAULT not in found and any(map(_says_no_language, read.values()))):
            # Beside « Titre (en) », « Titre » is not English.
            found.insert(0, _DEFAULT)
        top.notice(at, N_("aucune langue n’est dite : %(codes)s, d’après les colonnes"), codes=", ".join(found))
    top.put(at, " ; ".join(found))
    return found


def _says_no_language(records: Records) -> bool:
    """Whether texts stand in a column that does not say its language."""
    plain = {number for number, (column, spoken, _) in records.columns.items() if column.kind == "text" and not spoken}
    return any(not plain.isdisjoint(line.cells) for line in records.lines)


def _title(top: _Top, languages: Sequence[str], name: str) -> str:
    """The title in the default language; another one's, or the file's name, where there is none."""
    at = top.column("title", languages[0], "")
    title = "".join(sign for sign in top.text(at) if sign in "\t\n\r" or unicodedata.category(sign) != "Cc")
    if not title:
        others = [top.text(number) for number, (column, _, _) in top.records.columns.items() if column.key == "title"]
        title = next(filter(None, others), "") or " ".join(PurePath(name).stem.split()) or _UNTITLED
        top.notice(at, N_("il manque le titre : %(title)s en tient lieu, à relire"), title=shown(title))
    if title != top.text(at):
        top.put(at, title)
    return title


def _identifier(top: _Top, title: str) -> None:
    at = top.column("id")
    given, day = top.text(at), top.cells.get(at)
    if is_slug(given) and not isinstance(day, DayCell):
        return
    wanted = "" if isinstance(day, DayCell) else given
    identifier = slugify(wanted) or slugify(title) or "questionnaire"
    if given:
        top.notice(at, N_("%(found)s n’est pas un identifiant : %(id)s est pris"), found=shown(given),
                   id=shown(identifier))  # fmt: skip
    else:
        top.notice(at, N_("il manque l’identifiant : %(id)s est pris, d’après le titre"), id=shown(identifier))
    top.put(at, identifier)
