"""A tree that was read from a file, and what a file may be made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from assett.kernel.errors import ROOT, InvalidDocument, Problem
from assett.kernel.text import N_, shown

LARGEST_FILE: Final = 2 * 1024 * 1024
"""Bytes of a file, and of its texts once its aliases are expanded."""
MOST_NODES: Final = 100_000
DEEPEST: Final = 64

LONGEST_NUMBER: Final = 64
"""Signs of a number, beyond which it is read as an infinity: none of the format is that long."""

Lines: TypeAlias = dict[str, int]
"""The line (from 1) of each path."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A tree, and the line (from 1) of each of its paths.

    ``faults`` are what is wrong with the writing of a file that could be read all the
    same, ``unread`` the paths of the values that it leaves unknown.
    """

    tree: object
    lines: Mapping[str, int]
    faults: tuple[Problem, ...] = ()
    unread: frozenset[str] = frozenset()

    def whole(self) -> Loaded:
        """The same, if it is without fault; raises :class:`InvalidDocument` otherwise."""
        if self.faults:
            raise InvalidDocument(self.faults)
        return self

    def all_problems(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The faults and the problems of the tree, with their lines, in the order of the file."""
        known = self.locate(problem for problem in problems if problem.path not in self.unread)
        return tuple(sorted((*self.faults, *known), key=lambda problem: problem.line or 0))

    def locate(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The problems with their lines, in the order of the file."""
        located = [problem.at_line(self.line(problem.path)) for problem in problems]
        return tuple(sorted(located, key=lambda problem: problem.line or 0))

    def line(self, path: str) -> int:
        """The line of a path, or of the nearest thing around it that is written."""
        while path not in self.lines:
            parent = re.sub(r"(\.[^.\[\]]*|\[[0-9]*\])$", "", path)
            if parent == path:
                return self.lines.get("", 1)
            path = parent
        return self.lines[path]


_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def decode(data: bytes) -> str:
    """Decode UTF-8, with or without a byte order mark, within the size limit."""
    if len(data) > LARGEST_FILE:
        raise broken(N_("ce fichier dépasse %(limit)s Mo"), 1, limit=LARGEST_FILE // 1024**2)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise broken(N_("ce fichier n’est pas en UTF-8"), line) from None
    forbidden = _CONTROL.search(text)
    if forbidden:
        raise broken(
            N_("ce fichier contient un caractère de contrôle, à retirer : %(found)s"),
            text.count("\n", 0, forbidden.start()) + 1,
            found=shown(forbidden.group()),
        )
    if not text.strip():
        raise broken(N_("il n’y a rien à lire ici"), 1)
    return text


def broken(template: str, line: int, path: str = "", **params: object) -> InvalidDocument:
    """What ends the reading of a file, at a line (from 1)."""
    return InvalidDocument([Problem(path or ROOT, template, line, params)])
