"""What hangs on a sheet that is not there, or of which nothing can be read: said in one sentence, not row by row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from assett.formats.layout import (
    ANSWERS,
    CAPS,
    CATEGORIES,
    LEVELS,
    PROFILE,
    PROFILE_ANSWERS,
    QUESTIONNAIRE,
    QUESTIONS,
    RESOURCES,
    Table,
)
from assett.formats.records import Records
from assett.formats.reports import Place, Remark, Report, row_numbers
from assett.formats.telling import NO_ANSWER, NO_HOLDER, NO_QUESTION
from assett.kernel.text import N_, shown

ABSENT: Final = N_("la feuille %(sheet)s manque : ces lignes, qui en dépendent, sont refusées")
EMPTY: Final = N_("rien n’est lisible dans la feuille %(sheet)s : ces lignes, qui en dépendent, sont refusées")
UNIDENTIFIED: Final = N_(
    "la feuille %(sheet)s n’a pas de colonne « Identifiant » : ces lignes, qui en dépendent, sont refusées"
)
CELLS: Final = N_("cette case dépend de ce que la feuille %(sheet)s ne donne pas")
NO_SUCH_CATEGORY: Final = N_("la catégorie %(name)s n’existe pas, ou a été refusée")
BLANK_CATEGORY: Final = N_(
    "la catégorie %(name)s n’existe pas. Dans la feuille %(sheet)s, rien ne dit l’identifiant de la ligne %(rows)s : "
    "si c’est elle, écrivez-y %(name)s"
)
BLANK_CATEGORIES: Final = N_(
    "la catégorie %(name)s n’existe pas. Dans la feuille %(sheet)s, rien ne dit l’identifiant des lignes %(rows)s : "
    "si c’est l’une d’elles, écrivez-y %(name)s"
)
# Of a sheet, the sheet whose rows hang on it, and what is said of each of them.
_HANGING: Final[tuple[tuple[Table, Table, str], ...]] = (
    (QUESTIONS, ANSWERS, NO_HOLDER),
    (PROFILE, PROFILE_ANSWERS, NO_HOLDER),
    (ANSWERS, QUESTIONS, NO_ANSWER),
    (PROFILE_ANSWERS, PROFILE, NO_ANSWER),
)
_TOLD_LENT: Final = frozenset((QUESTIONNAIRE.sheet, CATEGORIES.sheet, QUESTIONS.sheet, PROFILE.sheet))
NO_LEVEL: Final = N_("il n’y a aucun niveau : trois niveaux habituels sont mis, à relire")
# Of a sheet that is not there, what is read without it. What hangs on a missing sheet of questions or of categories is
# told with the rows that lack it.
MISSING: Final[Mapping[str, str]] = {
    QUESTIONNAIRE.sheet: N_("cette feuille manque : le titre, les langues et l’échelle du score sont faits sans elle"),
    ANSWERS.sheet: N_(
        "cette feuille manque : les questions sont lues sans réponses à choisir, sans libellés d’échelle et sans "
        "tranches de points"
    ),
    LEVELS.sheet: N_("cette feuille manque : aucun niveau n’est lu, ni du questionnaire ni de ses catégories"),
    CAPS.sheet: N_("cette feuille manque : aucun plafond n’est lu"),
    PROFILE.sheet: N_("cette feuille manque : aucun élément de profil n’est lu"),
    PROFILE_ANSWERS.sheet: N_("cette feuille manque : les éléments de profil sont lus sans réponses à choisir"),
    RESOURCES.sheet: N_("cette feuille manque : aucune ressource n’est lue"),
}


def tell_missing(read: Mapping[str, Records], report: Report) -> None:
    """Name every sheet that a workbook has not, and what goes with it: an export has them all, even empty."""
    hangs = {ANSWERS.sheet: QUESTIONS, PROFILE_ANSWERS.sheet: PROFILE}
    for sheet, records in read.items():
        if records.is_there:
            continue
        report.missing.append(sheet)
        holder = hangs.get(sheet)
        if sheet in MISSING and not records.lent and (holder is None or read[holder.sheet].lines):
            report.notice(Place(sheet), MISSING[sheet])


def tell_lent(read: Mapping[str, Records], of_the_file: tuple[int, int], report: Report) -> None:
    """Say of what was lent for want of a sheet only what became of its categories, questions and entries, without a
    row: the file has none. Answers go with their question, and what hangs on neither is kept as it was.

    ``of_the_file`` are as many notices and refusals that were made before anything was lent.
    """
    lent = {records.sheet: sheet in _TOLD_LENT for sheet, records in read.items() if records.lent}
    rows = {(each.sheet, row): sheet for sheet, each in read.items() for row in each.lent_rows}

    def told(remarks: Sequence[Remark]) -> list[Remark]:
        return [_of_draft(each, lent, rows) for each in remarks if lent.get(each.place.sheet, True)]

    noticed, refused = of_the_file
    report.notices[noticed:] = told(report.notices[noticed:])
    report.dropped = told(report.dropped)
    report.refused[refused:] = told(report.refused[refused:])


def _of_draft(remark: Remark, lent: Collection[str], rows: Mapping[tuple[str, int], str]) -> Remark:
    """What is said of a row of the draft, without its number, which no file has."""
    sheet = rows.get((remark.place.sheet, remark.place.row), remark.place.sheet if remark.place.sheet in lent else "")
    return replace(remark, place=replace(remark.place, sheet=sheet, row=0, more=(), lent=True)) if sheet else remark


def tell_lacking(read: Mapping[str, Records], unidentified: Collection[str], report: Report) -> None:
    """Say once what was refused for want of a sheet, or of the identifiers of the sheets ``unidentified``."""
    for lacking, hanging, template in _HANGING:
        records = read[lacking.sheet]
        if not records.lines:
            said = EMPTY if records.is_there else ABSENT
            gone = tell_hanging(records.sheet, read[hanging.sheet].sheet, {template}, said, report)
            tell_cells(records.sheet, None if lacking is QUESTIONS else gone, report)
            if lacking is QUESTIONS and not read[hanging.sheet].lines:
                report.notice(Place(records.sheet), N_("rien n’y est lisible : le questionnaire n’a aucune question"))
    for asked, answers in ((QUESTIONS, ANSWERS), (PROFILE, PROFILE_ANSWERS)):
        if asked.sheet in unidentified:
            _tell_unidentified(read[asked.sheet], read[answers.sheet], report)


def _tell_unidentified(asked: Records, answers: Records, report: Report) -> None:
    """Say once that answers found no question because these have no identifier, and what hangs on that: where it is
    most of them, since one alone may name a title that is not there."""
    lost = sum(each.place.sheet == answers.sheet and each.template == NO_HOLDER for each in report.refused)
    if lost * 2 > len(answers.lines):
        for sheet, template in ((answers.sheet, NO_HOLDER), (asked.sheet, NO_ANSWER)):
            tell_hanging(asked.sheet, sheet, {template}, UNIDENTIFIED, report)
        tell_cells(asked.sheet, None, report)


def tell_blank(blank: Sequence[int], sheet: str, report: Report) -> None:
    """Say of the rows that name a category that is not there which rows of categories had no identifier, if any."""
    if blank:
        more = {"sheet": shown(sheet), "rows": row_numbers(blank)}
        template = BLANK_CATEGORIES if len(blank) > 1 else BLANK_CATEGORY
        report.refused = [
            replace(each, template=template, params={**each.params, **more})
            if each.template == NO_SUCH_CATEGORY
            else each
            for each in report.refused
        ]


def tell_hanging(lacking: str, hanging: str, templates: Collection[str], said: str, report: Report) -> set[str]:
    """Say once what was refused of a sheet for want of another one; gives the identifiers of the rows that have one."""
    lost = [each for each in report.refused if each.place.sheet == hanging and each.template in templates]
    if not lost:
        return set()
    first, *more = sorted({row for each in lost for row in each.place.rows})
    place = replace(lost[0].place, row=first, more=tuple(more), column="")
    report.refused = [each for each in report.refused if each not in lost]
    report.refuse(place, said, sheet=shown(lacking))
    return {str(each.params["id"]) for each in lost if "id" in each.params}


def tell_cells(lacking: str, gone: Collection[str] | None, report: Report) -> None:
    """Say alike of each cell that names one of the questions that are gone (any question at all, where ``None``)."""

    def hangs(remark: Remark) -> bool:
        return remark.template in NO_QUESTION and (gone is None or remark.params.get("id") in gone)

    def reworded(remark: Remark) -> Remark:
        return replace(remark, template=CELLS, params={"sheet": shown(lacking)}) if hangs(remark) else remark

    report.dropped = list(map(reworded, report.dropped))
    report.refused = list(map(reworded, report.refused))
