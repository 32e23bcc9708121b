"""Which questions of a draft compare with the national base, which no longer do and why, which are its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy.orm import Session

from assett.core.memory import Memory, Same
from assett.engine.document import Document
from assett.engine.drafting.pieces import Address
from assett.engine.merging import obstacles
from assett.kernel.text import N_
from assett.questionnaires import queries as questionnaires
from assett.studio import queries
from assett.studio.checking import Check
from assett.studio.models import Draft

_marks: Memory[tuple[Same, ...], Mapping[Address, tuple[str, ...] | None]] = Memory(64)

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
    """The standing of each question of a draft; nothing where it has none of the national base."""
    if checked.compiled is None:
        return {}
    nationals = _nationals(session, draft)
    own = checked.compiled.document
    follows = draft.upstream_id is not None
    found = _marks.recall(
        (*(Same(each) for each in nationals), Same(own)), lambda: _compared(nationals, own, follows=follows)
    )
    return {address: _standing(reasons) for address, reasons in found.items()}


def _nationals(session: Session, draft: Draft) -> list[Document]:
    """The versions of the national base that a draft may share questions with: the one that it follows, then the
    newest, which some were taken from already; the newest of each where it follows none."""
    if draft.upstream_id is None:
        versions = list(queries.national_versions(session, with_documents=False))
    else:
        base, newest = queries.followed(session, draft.upstream_id)
        versions = [each for each in dict.fromkeys((base, newest)) if each is not None]
    return [questionnaires.compiled(session, each).document for each in versions]


def _compared(
    nationals: Sequence[Document], own: Document, *, follows: bool
) -> Mapping[Address, tuple[str, ...] | None]:
    """What keeps each question from comparing with any of these, None where it is the territory's own; nothing for a
    draft that follows none of them and shares nothing with them."""
    sides = [obstacles(each, own) for each in nationals]
    found: dict[Address, tuple[str, ...] | None] = {}
    for each in own.questions:
        if each.type != "info":
            reasons = [side[each.id] for side in sides if each.id in side]
            # What a questionnaire of the territory's own calls by the same name is another question.
            nearest = () if () in reasons else reasons[0] if reasons and follows else None
            found[f"question/{each.id}"] = nearest
    return found if follows or any(reasons == () for reasons in found.values()) else {}


def _standing(reasons: tuple[str, ...] | None) -> Standing:
    if reasons is None:
        return Standing("own", gettext("propre à votre territoire"))
    if not reasons:
        return Standing("national", gettext("comparable au niveau national"))
    said = list(dict.fromkeys(gettext(_KEYS[reason]) for reason in reasons if reason in _KEYS))
    several = len(said) > 1 or any(_KEYS.get(reason, "").startswith("les ") for reason in reasons)
    template = gettext("non comparable au niveau national : %(what)s diffère")
    if several:
        template = gettext("non comparable au niveau national : %(what)s diffèrent")
    return Standing("changed", template % {"what": ", ".join(said)})
