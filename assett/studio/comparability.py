"""Which questions of a draft compare with the national base, which no longer do and why, which are its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy.orm import Session

from assett.core.memory import Memory, Same
from assett.engine.document import Document
from assett.engine.drafting.pieces import Address
from assett.engine.merging import obstacles
from assett.kernel.text import N_
from assett.questionnaires import queries as questionnaires
from assett.questionnaires.models import QuestionnaireVersion
from assett.studio.checking import Check
from assett.studio.models import Draft

_marks: Memory[tuple[Same, Same], Mapping[Address, tuple[str, ...] | None]] = Memory(64)

_KEYS = {
    "title": N_("l’intitulé"),
    "type": N_("le type de réponse"),
    "choices": N_("les réponses ou leurs points"),
    "labels": N_("les repères"),
    "unit": N_("l’unité"),
    "visible_if": N_("la condition d’affichage"),
    "category": N_("la condition de la catégorie"),
    "not_applicable": N_("« non concerné »"),
    "unknown": N_("« je ne sais pas »"),
    "scored": N_("le fait d’être notée"),
    "points": N_("les points"),
    "points_false": N_("les points"),
    "max_points": N_("les points"),
    "bands": N_("les points"),
    "linear": N_("les points"),
    "min": N_("les bornes"),
    "max": N_("les bornes"),
    "min_choices": N_("le nombre de réponses"),
    "max_choices": N_("le nombre de réponses"),
    "integer": N_("la façon de répondre"),
    "max_length": N_("la façon de répondre"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a question stands beside the national base: `kind` is `national`, `changed` or `own`; `words` says it."""

    kind: str
    words: str


def standings(session: Session, draft: Draft, checked: Check) -> Mapping[Address, Standing]:
    """The standing of each question of a draft; nothing where it follows no national version, or cannot be read."""
    upstream = session.get(QuestionnaireVersion, draft.upstream_id) if draft.upstream_id else None
    if upstream is None or checked.compiled is None:
        return {}
    national, own = questionnaires.compiled(session, upstream).document, checked.compiled.document
    found = _marks.recall((Same(national), Same(own)), lambda: _compared(national, own))
    return {address: _standing(reasons) for address, reasons in found.items()}


def _compared(national: Document, own: Document) -> Mapping[Address, tuple[str, ...] | None]:
    """What keeps each question from comparing, None where it is the territory's own."""
    found = obstacles(national, own)
    return {f"question/{each.id}": found.get(each.id) for each in own.questions if each.type != "info"}


def _standing(reasons: tuple[str, ...] | None) -> Standing:
    if reasons is None:
        return Standing("own", gettext("propre à votre territoire"))
    if not reasons:
        return Standing("national", gettext("comparable au niveau national"))
    said = ", ".join(dict.fromkeys(gettext(_KEYS[reason]) for reason in reasons if reason in _KEYS))
    return Standing("changed", gettext("non comparable au niveau national : %(what)s diffère", what=said))
