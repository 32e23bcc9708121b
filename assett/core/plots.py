"""Pieces of Plotly figures that several features draw; the page's own colours are given by the theme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assett.core.i18n import show_percent

# Middle tones: at least 3:1 with the paper by day and by night, 4.5:1 with the white of the numbers that they carry
# (WCAG 2.2, 1.4.11 and 1.4.3). A series is told apart by its pattern and its label too.
_TONES = ("#956733", "#707281", "#4c7d5e", "#38789a", "#856597", "#697839")
_PATTERNS = ("/", ".", "", "x", "-", "+")


def titled(titles: Sequence[str], room: int) -> dict[str, Any]:
    """A layout that writes each bar's title above it, where a phone too has the whole width for both.

    `room` is what the figure needs beside its bars, in pixels.
    """
    notes = [
        {
            "text": title,
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": title,
            "yanchor": "bottom",
            "yshift": 15,
            "showarrow": False,
        }
        for title in titles
    ]
    return {
        "annotations": notes,
        "bargap": 0.56,
        "height": room + 58 * len(titles),
        "yaxis": {"showticklabels": False, "fixedrange": True},
    }


def stacked(titles: Sequence[str], room: int) -> dict[str, Any]:
    """The layout of stacked shares, in percent, one bar a title."""
    return {
        "barmode": "stack",
        "legend": {"orientation": "h", "traceorder": "normal", "x": 0, "y": 1, "yanchor": "bottom"},
        "xaxis": {"range": [0, 100], "dtick": 25, "ticksuffix": show_percent(0).removeprefix("0"), "fixedrange": True},
        # Room on the right for half of « 100 % », which is left out where it would stand out of the figure.
        "margin": {"t": 24, "r": 30, "b": 48, "l": 16},
        **titled(titles, room),
    }


def rest(*, hovertext: list[str], **of: Any) -> dict[str, Any]:
    """What closes bars whose parts do not sum to the whole: pale, without a number."""
    return {
        "type": "bar",
        "hoverinfo": "text",
        "hovertext": hovertext,
        "marker": {"color": "rgba(127, 127, 127, 0.25)"},
        **of,
    }


def bars(*, tone: int, hovertext: list[str], **of: Any) -> dict[str, Any]:
    """One series of bars, in the colour and pattern of its place."""
    colour = _TONES[tone % len(_TONES)]
    return {
        "type": "bar",
        "hoverinfo": "text",
        "hovertext": hovertext,
        "textposition": "inside",
        "insidetextanchor": "middle",
        "insidetextfont": {"color": "#ffffff"},
        "marker": {
            "color": colour,
            "line": {"color": "#ffffff", "width": 1},
            "pattern": {
                "shape": _PATTERNS[tone % len(_PATTERNS)],
                "bgcolor": colour,
                "fgcolor": "rgba(0, 0, 0, 0.3)",
                "size": 7,
            },
        },
        **of,
    }
