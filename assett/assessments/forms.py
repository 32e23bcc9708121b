"""From the fields of a question card to the raw answer of the format.

A question card is no WTForms form: its fields come from the document. Their names are `answers.ID` (and `special.ID`
for « non concerné » beside a typed value) and `revision.ID`, the mark of the answer that was on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from assett.assessments.service import GiveAnswer
from assett.core.i18n import current_language
from assett.engine.document import ProfileEntry, Question
from assett.engine.values import NOT_APPLICABLE, UNKNOWN, day
from assett.kernel.clock import today_in_paris
from assett.kernel.errors import Rejected
from assett.kernel.text import UNSTORABLE

SPECIALS = {NOT_APPLICABLE, UNKNOWN}
# A card of several choices says « none of these » with this value.
NONE_OF_THESE = "[]"
# A building, a company, a contract may be old; what somebody plans is not centuries away.
_YEARS_BACK, _YEARS_AHEAD = 500, 50
_ENGLISH_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER_SPACES = {" ", "\u00a0", "\u202f", "\u2009"}


def row_id(text: str) -> int:
    """The id of a row, as a field names it; 0, which none has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def raw_answer(question: Question, fields: MultiDict[str, str]) -> Any:
    """The raw answer that a card's fields hold; None for none. Raises `Rejected` for what cannot be read at all."""
    values = [value for value in fields.getlist(f"answers.{question.id}") if value.strip()]
    special = [value for value in fields.getlist(f"special.{question.id}") if value in SPECIALS]
    if question.type == "multiple":
        return _several(values)
    if special:
        if values:
            raise Rejected(
                _l("Donnez une réponse, ou cochez « Je ne sais pas » ou « Non concerné », mais pas les deux.")
            )
        return special[0]
    if not values:
        return None
    value = values[-1]
    if value in SPECIALS and question.type != "text":
        return value
    match question.type:
        case "boolean":
            return {"true": True, "false": False}.get(value, value)
        case "scale" | "number":
            return number(value)
        case "date":
            return _day(question, value.strip())
        case "text":
            # What comes along with a pasted text and cannot be stored, nobody typed.
            return UNSTORABLE.sub("", value).replace("\r\n", "\n").strip() or None
        case _:
            return value


def _several(values: list[str]) -> Any:
    alone = [value for value in values if value in SPECIALS or value == NONE_OF_THESE]
    if alone and len(values) > 1:
        raise Rejected(_l("Choisissez une ou plusieurs réponses, ou celle qui les exclut toutes, mais pas les deux."))
    if not values:
        return None
    return [] if values == [NONE_OF_THESE] else alone[0] if alone else list(dict.fromkeys(values))


def number(text: str) -> int | Decimal:
    """A number as people type it: `1 234,5`, `1234.5`, `-3`; in an English page also `1,234.5`."""
    compact = "".join(character for character in text if character not in _NUMBER_SPACES)
    if current_language() == "en" and _ENGLISH_THOUSANDS.fullmatch(compact):
        compact = compact.replace(",", "")
    compact = compact.replace(",", ".")
    try:
        value = Decimal(compact)
    except InvalidOperation:
        value = Decimal("NaN")
    if len(compact) > 30 or not value.is_finite():
        raise Rejected(_l("Indiquez un nombre en chiffres, par exemple 12 ou 12,5."))
    return int(value) if value == value.to_integral_value() else value


def _day(question: Question, text: str) -> str:
    """A day, of a year that somebody meant where the question itself sets no bounds: 9999 is a finger left on a key."""
    given, now = day(text), today_in_paris()
    if given is not None and question.min is None and given.year < now.year - _YEARS_BACK:
        raise Rejected(_l("Vérifiez l’année : il faut une date après %(year)s.", year=now.year - _YEARS_BACK - 1))
    if given is not None and question.max is None and given.year > now.year + _YEARS_AHEAD:
        raise Rejected(_l("Vérifiez l’année : il faut une date avant %(year)s.", year=now.year + _YEARS_AHEAD + 1))
    return text


def answers(questions: Iterable[Question], fields: MultiDict[str, str]) -> tuple[list[GiveAnswer], dict[str, str]]:
    """The answers of a page that was sent whole, and what of it could not be read, by question.

    Only the questions that the page carried (each has its mark) are touched. A conflict settled with « garder la
    sienne » leaves the colleague's answer.
    """
    commands, refused = [], {}
    for question in questions:
        seen = fields.get(f"revision.{question.id}")
        if seen is None or fields.get(f"conflict.{question.id}") == "theirs":
            continue
        try:
            commands.append(GiveAnswer(question.id, raw_answer(question, fields), seen))
        except Rejected as rejected:
            refused[question.id] = str(rejected.message)
    return commands, refused


def unasked(entries: Iterable[ProfileEntry], fields: MultiDict[str, str]) -> set[str]:
    """The entries that were not on the page that was sent: other answers call for them now. Each card marks itself."""
    marked = {entry.id for entry in entries if f"revision.{entry.id}" in fields}
    return {entry.id for entry in entries} - marked if marked else set()
