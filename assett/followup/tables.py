"""The follow-up as tables: the cells of its page, and the sheets to take away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from flask_babel import gettext

from assett.core.i18n import show_day, show_decimal, show_percent, whole_percent
from assett.core.spreadsheets import Cell, Sheet
from assett.engine.document import Document, Scale
from assett.engine.score import rescale
from assett.followup.figures import Figures, show_max
from assett.followup.queries import State, Structure


@dataclass(frozen=True, slots=True)
class Grid:
    """The words and the scale of results. Scores are shown on the scale of today's questionnaire, so that they
    compare; a level is called as the grid it was given by calls it."""

    today: Document | None
    by_version: Mapping[int, Document]
    language: str

    @property
    def scale(self) -> Scale:
        return self.today.scale if self.today is not None else Scale()

    def score(self, ratio: Decimal) -> Decimal:
        return rescale(Fraction(ratio), self.scale)

    def level(self, version_id: int | None, level: str | None) -> str:
        """The label of an overall level."""
        document = self.by_version.get(version_id or 0)
        levels = document.grid() if document is not None else ()
        return next((each.label.in_(self.language) for each in levels if each.id == level), level or "")

    def category_level(self, category_id: str, level: str | None) -> str:
        """The label of a category's level in today's questionnaire; empty where it has no such level."""
        category = (
            next((each for each in self.today.categories if each.id == category_id), None) if self.today else None
        )
        levels = self.today.grid(category) if self.today is not None else ()
        return next((each.label.in_(self.language) for each in levels if each.id == level), "")


def state_text(structure: Structure) -> str:
    """« terminé », « en cours, 60 % », « pas commencé »; the day where a later activity has its own."""
    progress = show_percent(structure.progress) if structure.progress is not None else ""
    if structure.completed_at is None:
        return gettext("en cours, %(progress)s", progress=progress) if progress else gettext("pas commencé")
    if not progress:
        return gettext("terminé")
    day = show_day(structure.completed_at)
    return gettext("terminé le %(day)s ; une nouvelle évaluation en cours, %(progress)s", day=day, progress=progress)


def score_text(structure: Structure, grid: Grid) -> str:
    """« 2,5 sur 5, Intermédiaire », « non partagé », or a dash before the first result."""
    if structure.completed_at is None:
        return "–"
    if not structure.shares:
        return gettext("non partagé")
    if structure.ratio is None:
        return gettext("sans score")
    return gettext(
        "%(score)s sur %(max)s, %(level)s",
        score=show_decimal(grid.score(structure.ratio), grid.scale.decimals),
        max=show_max(grid.scale),
        level=grid.level(structure.version_id, structure.level),
    )


def structure_rows(structures: Iterable[Structure], grid: Grid) -> tuple[list[str], Iterator[list[Cell]]]:
    """Header and rows: who, how far, since when; the score of those who share it. State, progress and day are those of
    one assessment: the last one completed, else the first one; how far another has come since has its own column."""
    header = [
        gettext("Structure"),
        gettext("SIRET"),
        gettext("Type de structure"),
        gettext("Activité"),
        gettext("Secteur d’activité"),
        gettext("Commune"),
        gettext("Effectif"),
        gettext("Participe depuis"),
        gettext("État"),
        gettext("Avancement, sur 100"),
        gettext("Terminé le"),
        gettext("Nouvelle évaluation en cours, sur 100"),
        gettext("Dernière activité"),
        gettext("Score partagé"),
        gettext("Score (sur %(max)s)", max=show_max(grid.scale)),
        gettext("Niveau"),
        gettext("Exemple fictif"),
    ]
    return header, map(_structure_row(grid), structures)


def _structure_row(grid: Grid) -> Callable[[Structure], list[Cell]]:
    yes, no = gettext("oui"), gettext("non")
    states = {state: gettext(state.label) for state in State}

    def row(each: Structure) -> list[Cell]:
        progress = None if each.progress is None else whole_percent(each.progress)
        finished = each.completed_at is not None
        return [
            each.name,
            each.siret,
            gettext(each.kind.label),
            each.activity,
            gettext(each.sector.label) if each.sector else None,
            each.commune,
            gettext(each.workforce.label) if each.workforce else None,
            each.joined_at,
            states[each.state],
            100 if finished else progress,
            each.completed_at,
            progress if finished else None,
            each.active_at,
            (yes if each.shares else no) if finished else None,
            None if each.ratio is None else grid.score(each.ratio),
            grid.level(each.version_id, each.level) if each.level else None,
            yes if each.demonstration else None,
        ]

    return row


def category_rows(
    structures: Sequence[Structure],
    scores: Iterable[tuple[int, str, Decimal | None, str | None]],
    grid: Grid,
) -> tuple[list[str], Iterator[list[Cell]]]:
    """Header and rows: of each structure that shares its scores, the score and the level of each category."""
    categories = grid.today.categories if grid.today is not None else ()
    # As on the first sheet: two of one name are told apart by them.
    header = [gettext("Structure"), gettext("SIRET"), gettext("Commune"), gettext("Terminé le")]
    for category in categories:
        title = category.title.in_(grid.language)
        header.append(gettext("%(category)s (sur %(max)s)", category=title, max=show_max(grid.scale)))
        header.append(gettext("%(category)s, niveau", category=title))
    found: dict[int, dict[str, tuple[Decimal | None, str | None]]] = {}
    for participation_id, category_id, ratio, level in scores:
        found.setdefault(participation_id, {})[category_id] = (ratio, level)

    def row(each: Structure) -> list[Cell]:
        cells: list[Cell] = [each.name, each.siret, each.commune, each.completed_at]
        for category in categories:
            ratio, level = found.get(each.id, {}).get(category.id, (None, None))
            cells.append(None if ratio is None else grid.score(ratio))
            cells.append(grid.category_level(category.id, level) or None)
        return cells

    return header, map(row, (each for each in structures if each.shares and each.completed_at is not None))


def level_rows(shown: Figures) -> tuple[list[str], Iterator[list[Cell]]]:
    """Header and rows: of each category, how many are counted, their mean, and how many stand at each level."""
    header = [
        gettext("Catégorie"),
        gettext("Structures comptées"),
        gettext("Moyenne (sur %(max)s)", max=show_max(shown.scale)),
        *(column.label for column in shown.columns),
        gettext("Remarque"),
    ]

    def rows() -> Iterator[list[Cell]]:
        for line in shown.lines:
            group = line.group
            if group.mean is None:
                yield [line.title, None, None, *(None for _ in shown.columns), gettext("moins de 5 structures")]
            else:
                some = group.only_shared and shown.some_left_out
                note = gettext("parmi les structures qui partagent leurs scores") if some else None
                yield [line.title, group.count, shown.number(group.mean), *line.counts, note]

    return header, rows()


def sheets(
    structures: Sequence[Structure],
    scores: Iterable[tuple[int, str, Decimal | None, str | None]],
    shown: Figures | None,
    grid: Grid,
) -> list[Sheet]:
    """The three sheets of the workbook; the last needs a questionnaire."""
    made = [
        Sheet(gettext("Structures"), *structure_rows(structures, grid)),
        Sheet(gettext("Scores par catégorie"), *category_rows(structures, scores, grid)),
    ]
    if shown is not None:
        made.append(Sheet(gettext("Répartition par niveau"), *level_rows(shown)))
    return made
