"""The figures of the follow-up: as rows of a table, and as Plotly figures of the same numbers.

How they are drawn is for `core.plots`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel.dates import format_date
from flask_babel import get_locale, gettext

from assett.core import i18n, plots
from assett.core.i18n import colon, show_decimal, show_percent
from assett.engine.document import Document, Level, Scale
from assett.engine.score import rescale
from assett.followup.groups import Group, Tally, group


@dataclass(frozen=True, slots=True)
class Column:
    """A level of some grid."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A category (or the whole): its group, and its own count at each level, None at a level it has not."""

    title: str
    group: Group
    counts: tuple[int | None, ...]
    elsewhere: int

    def share(self, count: int | None) -> Fraction:
        return Fraction(count or 0, self.group.count) if self.group.count else Fraction(0)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a space, by the categories and levels of the questionnaire that it asks today."""

    scale: Scale
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    @property
    def told(self) -> bool:
        return any(line.group.told for line in self.lines)

    @property
    def some_left_out(self) -> bool:
        """Whether there are results that are not shared, and of whose structures nothing is counted."""
        return any(line.group.some_left_out for line in self.lines)

    @property
    def elsewhere(self) -> bool:
        """Whether some results have a level that today's grid has no more."""
        return any(line.elsewhere for line in self.lines)

    @property
    def max_text(self) -> str:
        return show_max(self.scale)

    def score_text(self, line: Line) -> str | None:
        return None if line.group.mean is None else self.shown(line.group.mean)

    def shown(self, ratio: Fraction | Decimal) -> str:
        """A ratio on the scale: « 2,5 »."""
        return show_decimal(rescale(Fraction(ratio), self.scale), self.scale.decimals)

    def number(self, ratio: Fraction | Decimal) -> Decimal:
        return rescale(Fraction(ratio), self.scale)


def figures(document: Document, tallies: Mapping[str | None, Sequence[Tally]], language: str) -> Figures:
    """The whole, then each category, against today's grid."""
    grids: list[tuple[str | None, str, tuple[Level, ...]]] = [(None, gettext("Ensemble"), document.grid())]
    grids += [(each.id, each.title.in_(language), document.grid(each)) for each in document.categories]
    labels = {level.id: level.label.in_(language) for _, _, grid in grids for level in grid}
    lines = []
    for category, title, grid in grids:
        of_group = group(tallies.get(category, ()))
        ids = {level.id for level in grid}
        counts = tuple(of_group.levels.get(id, 0) if id in ids else None for id in labels)
        elsewhere = sum(count for level, count in of_group.levels.items() if level not in ids)
        lines.append(Line(title, of_group, counts, elsewhere))
    return Figures(document.scale, tuple(Column(*item) for item in labels.items()), tuple(lines))


def levels_figure(shown: Figures) -> dict[str, Any]:
    """Stacked bars: of each category, which share is at which level."""
    lines = [line for line in reversed(shown.lines) if line.group.told]
    titles = [line.title for line in lines]
    data = []
    for index, column in enumerate(shown.columns):
        counts = [line.counts[index] for line in lines]
        data.append(
            plots.bars(
                name=column.label,
                orientation="h",
                x=[float(line.share(count)) * 100 for line, count in zip(lines, counts, strict=True)],
                y=titles,
                text=[str(count) if count else "" for count in counts],
                hovertext=[
                    gettext(
                        "%(category)s, %(level)s\u00a0: %(count)s sur %(total)s (%(share)s)",
                        category=line.title,
                        level=column.label,
                        count=count or 0,
                        total=line.group.count,
                        share=show_percent(line.share(count)),
                    )
                    for line, count in zip(lines, counts, strict=True)
                ],
                tone=index,
            )
        )
    return {
        "data": data,
        "layout": plots.stacked(titles, room=150),
    }


def means_figure(shown: Figures) -> dict[str, Any]:
    """One bar a category: its mean on the scale."""
    lines = [line for line in reversed(shown.lines) if line.group.told]
    texts = [shown.score_text(line) or "" for line in lines]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [float(shown.number(line.group.mean or Fraction(0))) for line in lines],
        "y": [line.title for line in lines],
        "text": texts,
        "textposition": "auto",
        "hoverinfo": "text",
        "hovertext": [
            gettext(
                "%(category)s\u00a0: %(score)s sur %(max)s", category=line.title, score=text, max=show_max(shown.scale)
            )
            for line, text in zip(lines, texts, strict=True)
        ],
    }
    axis = {"range": [0, float(shown.scale.max)], "fixedrange": True}
    titled = plots.titled([line.title for line in lines], room=80)
    return {"data": [bars], "layout": {"showlegend": False, "xaxis": axis, **titled}}


def months_figure(months: Sequence[tuple[date, int]]) -> dict[str, Any]:
    """One bar a month: the assessments completed in it."""
    counts = [count for _, count in months]
    names = [show_month(month) for month, _ in months]
    bars = {
        "type": "bar",
        "x": names,
        "y": counts,
        "text": [str(count) if count else "" for count in counts],
        # Over the bars, which on a phone are narrower than a figure that can be read.
        "textposition": "outside",
        "textangle": 0,
        "textfont": {"size": 12},
        "constraintext": "none",
        "cliponaxis": False,
        "hoverinfo": "text",
        "hovertext": [f"{name}{colon()}{count}" for name, count in zip(names, counts, strict=True)],
    }
    return {
        "data": [bars],
        "layout": {
            "height": 380,
            "showlegend": False,
            # A month out of six is named, short and on two lines: a phone has room for that.
            "xaxis": {
                "type": "category",
                "tickvals": names[5::6],
                "ticktext": [i18n.show_month(month).replace(" ", "<br>") for month, _ in months[5::6]],
                "tickangle": 0,
                "fixedrange": True,
            },
            "yaxis": {"rangemode": "tozero", "dtick": max(1, -(-max(counts, default=0) // 5)), "fixedrange": True},
        },
    }


def show_month(month: date) -> str:
    """« mars 2026 »."""
    return format_date(month, format="MMMM yyyy", locale=get_locale() or "fr")


def show_max(scale: Scale) -> str:
    """The top of a scale as « sur … » says it: 5, or 7,5."""
    return show_decimal(scale.max, 0 if scale.max.denominator == 1 else 1)
