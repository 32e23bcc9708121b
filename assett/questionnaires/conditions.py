"""Conditions in words: « “Effectif” est “50 à 249” et (“Bail” n’est pas “Court” ou “Étages” vaut au moins 3) ».

A negation goes down to the tests, where a sentence can say it: `not` in front of several would be read of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flask_babel import gettext


@dataclass(frozen=True, slots=True)
class Asked:
    """One test, as it is said where it must hold and where it must not."""

    said: str
    denied: str


@dataclass(frozen=True, slots=True)
class Several:
    """Several of which all (`together`), or any, must hold."""

    together: bool
    inner: Sequence[Said]


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What must not hold."""

    of: Said


Said: TypeAlias = Asked | Several | Otherwise


def tested(name: str, answers: Sequence[str], low: str | None = None, high: str | None = None) -> Asked:
    """What is asked of a question: one of some answers, or a value between two bounds."""
    if low is not None and high is not None:
        return Asked(
            gettext("« %(name)s » va de %(low)s à %(high)s", name=name, low=low, high=high),
            gettext("« %(name)s » n’est pas entre %(low)s et %(high)s", name=name, low=low, high=high),
        )
    if low is not None:
        return Asked(
            gettext("« %(name)s » vaut au moins %(low)s", name=name, low=low),
            gettext("« %(name)s » n’atteint pas %(low)s", name=name, low=low),
        )
    if high is not None:
        return Asked(
            gettext("« %(name)s » vaut au plus %(high)s", name=name, high=high),
            gettext("« %(name)s » n’est pas de %(high)s au plus", name=name, high=high),
        )
    quoted = [gettext("« %(answer)s »", answer=each) for each in answers] or [gettext("(réponse à choisir)")]
    said = gettext("« %(name)s » est %(answers)s", name=name, answers=gettext(" ou ").join(quoted))
    if len(quoted) == 1:
        return Asked(said, gettext("« %(name)s » n’est pas %(answer)s", name=name, answer=quoted[0]))
    return Asked(said, gettext("« %(name)s » n’est ni %(answers)s", name=name, answers=gettext(" ni ").join(quoted)))


def phrase(said: Said) -> str:
    """What must hold: « A et (B ou C) »; « toujours » where nothing is asked."""
    return _told(_plain(said), clauses=False)


def shown_if(said: Said) -> str:
    """When a piece is shown, in a sentence: « Affichée si A et si B », « Affichée sauf si A ou si B »."""
    core, denied = said, False
    while isinstance(core, Otherwise) or (isinstance(core, Several) and len(core.inner) == 1):
        denied = denied != isinstance(core, Otherwise)
        core = core.of if isinstance(core, Otherwise) else core.inner[0]
    plain = _plain(core)
    if isinstance(plain, bool):
        return gettext("Jamais affichée") if plain == denied else gettext("Toujours affichée")
    clauses = _told(plain, clauses=True)
    if denied:
        return gettext("Affichée sauf %(clauses)s", clauses=clauses)
    return gettext("Affichée %(clauses)s", clauses=clauses)


@dataclass(frozen=True, slots=True)
class _Group:
    together: bool
    inner: tuple[str | _Group, ...]


def _plain(said: Said, denied: bool = False) -> str | bool | _Group:
    """Without negations, nor groups that say nothing of their own; True where it always holds, False where never."""
    match said:
        case Asked():
            return said.denied if denied else said.said
        case Otherwise(of):
            return _plain(of, not denied)
    together = said.together != denied
    inner: list[str | _Group] = []
    for each in said.inner:
        plain = _plain(each, denied)
        if isinstance(plain, bool):
            if plain != together:
                return plain
        elif isinstance(plain, _Group) and plain.together == together:
            inner += plain.inner
        else:
            inner.append(plain)
    if len(inner) < 2:
        return inner[0] if inner else together
    return _Group(together, tuple(inner))


def _told(plain: str | bool | _Group, *, clauses: bool) -> str:
    if isinstance(plain, bool):
        return gettext("toujours") if plain else gettext("jamais")
    if isinstance(plain, str):
        return gettext("si %(condition)s", condition=plain) if clauses else plain
    between = gettext(" et ") if plain.together else gettext(" ou ")
    told = (_told(each, clauses=clauses) for each in plain.inner)
    return between.join(
        f"({text})" if isinstance(each, _Group) else text for each, text in zip(plain.inner, told, strict=True)
    )
