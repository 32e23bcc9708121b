"""Closed lists of words: what is stored (English, stable) beside what is read on screen (French, translated)."""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """An enumeration whose members carry their label: `COMPANY = "company", N_("Entreprise")`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Word:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
