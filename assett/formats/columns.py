"""What it means that a sheet has no column of some title, and that nothing lent it: said once a column, since no row of
the sheet can tell it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from assett.engine.drafting.asking import understood
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
    TYPES,
    Column,
)
from assett.formats.lending import Loan
from assett.formats.records import Records, word_of
from assett.formats.reports import Place, Remark, Report
from assett.kernel.text import N_, shown

ABSENT: Final = N_("il n’y a pas de colonne %(column)s")
ABSENT_MANY: Final = N_("il n’y a pas de colonnes %(columns)s")
USUAL: Final = N_("ce qu’elles diraient prend la valeur habituelle")
IN_LANGUAGE: Final = N_("ces textes manquent dans cette langue")
MOST_TOLD: Final = 8
"""Columns of a sheet that are told one by one; a sheet that has not more of them was made by hand, with its own."""

_ASKED: Final[Mapping[str, str]] = {
    "type": N_("rien ne dit ce que demandent ces lignes"),
    "title": N_("l’identifiant tient lieu de titre"),
    "help": N_("aucune aide n’est lue"),
    "required": N_("ce qui est noté est obligatoire, le reste ne l’est pas"),
    "not_applicable": N_("« Non concerné » n’est proposé nulle part"),
    "unknown": N_("« Je ne sais pas » n’est proposé nulle part"),
    "visible_if": N_("aucune question n’a de condition"),
    "min": N_("aucun minimum n’est lu, et une échelle part de 0"),
    "max": N_("aucun maximum n’est lu"),
    "min_choices": N_("aucun choix multiple n’a de nombre minimal de choix"),
    "max_choices": N_("aucun choix multiple n’a de nombre maximal de choix"),
    "unit": N_("aucune unité n’est lue"),
    "integer": N_("tout nombre peut avoir des décimales"),
    "max_length": N_("un texte peut avoir 2000 caractères"),
    "was": N_("aucun n’est lu, et des réponses déjà données peuvent ne plus être retrouvées"),
}
_ANSWERED: Final[Mapping[str, str]] = {
    "question": N_("rien ne dit à quelle question répondent ces lignes"),
    "value": N_("rien ne dit quelle valeur d’échelle a un libellé"),
    "label": N_("les choix et les valeurs d’échelle n’ont pas de libellé"),
    "feedback": N_("aucun retour n’est lu"),
    "exclusive": N_("aucun choix n’exclut les autres"),
    "was": _ASKED["was"],
}
_NO_LINE: Final = N_("aucun nombre n’a de points en proportion")
_WHOLE: Final = N_("ces lignes valent toutes pour le questionnaire entier")
# By sheet and key. What is not here is told of the cell that is made in its place (see `settling`, `identifying`).
WITHOUT: Final[Mapping[str, Mapping[str, str]]] = {
    QUESTIONNAIRE.sheet: {
        "version": N_("la version n’a pas de nom"),
        "scale.max": N_("le score est sur 5"),
        "scale.decimals": N_("le score a une décimale"),
    },
    CATEGORIES.sheet: {
        "title": _ASKED["title"],
        "intro": N_("aucune introduction n’est lue"),
        "weight": N_("chaque catégorie a le poids 1"),
        "max_na": N_("une catégorie peut être non concernée en entier"),
        "visible_if": N_("aucune catégorie n’a de condition"),
    },
    QUESTIONS.sheet: {
        "category": N_("rien ne dit de quelle catégorie est une question"),
        **_ASKED,
        "weight": N_("chaque question a le poids 1"),
        "scored": N_("tout ce qui rapporte des points est noté"),
        "max_points": N_("le maximum de points est celui que permettent les réponses"),
        "points": N_("« oui » rapporte 1 point"),
        "points_false": N_("« non » ne rapporte rien"),
        **dict.fromkeys(("linear.zero", "linear.full", "linear.max_points"), _NO_LINE),
    },
    ANSWERS.sheet: {
        **_ANSWERED,
        "from": N_("rien ne dit où commencent les tranches de points d’un nombre"),
        "points": N_("aucune réponse ne rapporte de points"),
    },
    LEVELS.sheet: {
        "category": _WHOLE,
        "from": N_("rien ne dit où commencent les niveaux"),
        "label": N_("les niveaux n’ont pas de nom"),
        "message": N_("aucun message n’est lu"),
    },
    CAPS.sheet: {
        "category": _WHOLE,
        "if": N_("rien ne dit quand un plafond s’applique"),
        "max": N_("rien ne dit à combien plafonner"),
        "reason": N_("aucune raison n’est lue"),
    },
    PROFILE.sheet: {
        **_ASKED,
        "visible_if": N_("aucun élément de profil n’a de condition"),
        "source": N_("rien n’est prérempli"),
    },
    PROFILE_ANSWERS.sheet: _ANSWERED,
    RESOURCES.sheet: {
        "title": N_("les ressources n’ont pas de titre"),
        "url": N_("les ressources n’ont pas d’adresse"),
        "type": N_("rien ne dit le type des ressources"),
        "summary": N_("aucun résumé n’est lu"),
        "provider": N_("rien ne dit qui propose les ressources"),
        "priority": N_("toutes les ressources ont la même priorité"),
        "valid_from": N_("aucune ressource n’a de date de début"),
        "valid_until": N_("aucune ressource n’a de date de fin"),
        "for": N_("aucune ressource n’est liée à une réponse ni à un niveau"),
        "who": N_("aucune ressource n’est réservée à un profil"),
    },
}
_HOLDERS: Final = {ANSWERS.sheet: QUESTIONS.sheet, PROFILE_ANSWERS.sheet: PROFILE.sheet}
_OF_ANSWERS: Final[Mapping[str, Collection[str]]] = {
    "label": ("single", "multiple", "scale"),
    "value": ("scale",),
    "from": ("number",),
    "exclusive": ("multiple",),
}
"""The types of question whose answers have anything there, of the columns that are not for all of them."""


def tell_columns(read: Mapping[str, Records], loan: Loan, languages: Sequence[str], report: Report) -> None:
    """Name the columns that the sheets of a workbook have not, and what goes with each: an export has them all, even
    empty. One that no row of the other document fills, where that lends its rows, is no loss."""
    for sheet, records in read.items():
        if records.is_there and records.lines:
            _tell(records, loan.get(sheet), _types(read, sheet), languages, report)


def _tell(
    records: Records, other: Records | None, types: Collection[str], languages: Sequence[str], report: Report
) -> None:
    place, meanings = Place(records.sheet), WITHOUT[records.table.sheet]
    absent = [
        column
        for column in records.table.columns
        if column.key in meanings
        and not records.number_of(column.key)
        and _matters(records.table.sheet, column, types)
        and not _is_empty(other, column.key)
    ]
    few = len(absent) <= MOST_TOLD
    # What a row is without these can be guessed of no usual value.
    report.notices += [
        Remark(place, ABSENT, {"column": shown(column.heading)}, meanings[column.key])
        for column in absent
        if few or column.tells
    ]
    others = [] if few else [column.heading for column in absent if not column.tells]
    if others:
        report.notices.append(Remark(place, ABSENT_MANY, {"columns": _named(others)}, USUAL))
    unspoken = [] if other is not None and other.lines else list(_unspoken(records, languages))
    if unspoken:
        template, params = ABSENT_MANY, {"columns": _named(unspoken)}
        if len(unspoken) == 1:
            template, params = ABSENT, {"column": str(shown(unspoken[0]))}
        report.notices.append(Remark(place, template, params, IN_LANGUAGE))


def _named(titles: Sequence[str]) -> str:
    return ", ".join(str(shown(title)) for title in titles)


def _matters(sheet: str, column: Column, types: Collection[str]) -> bool:
    """Whether any question of these types has anything in a column; all of them where no type is known."""
    if sheet in _HOLDERS:
        wanted = _OF_ANSWERS.get(column.key)
        return not types or wanted is None or any(each in wanted for each in types)
    if sheet not in _HOLDERS.values() or not types or column.key == "category":
        return True
    return any(column.key.partition(".")[0] in understood(each) for each in types)


def _is_empty(other: Records | None, key: str) -> bool:
    """Whether another document has rows, and nothing there in any of them."""
    if other is None or not other.lines:
        return False
    numbers = [number for number, (column, _, _) in other.columns.items() if column.key == key]
    return not any(other.cell(line, number) for line in other.lines for number in numbers)


def _types(read: Mapping[str, Records], sheet: str) -> set[str]:
    """The types of the questions of a sheet, or that its rows are answers of."""
    records = read[_HOLDERS.get(sheet, sheet)]
    at = records.number_of("type")
    return {word_of(records.cell(line, at), TYPES) for line in records.lines if at} & TYPES.keys()


def _unspoken(records: Records, languages: Sequence[str]) -> Iterator[str]:
    """The titles of the columns that a text lacks in one of the languages, of those that there is in another."""
    for column in records.table.columns:
        spoken = {language or languages[0] for other, language, _ in records.columns.values() if other is column}
        if column.kind == "text" and spoken:
            yield from (f"{column.heading} ({language})" for language in languages if language not in spoken)
