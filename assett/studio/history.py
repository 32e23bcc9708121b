"""What a step of a draft was, in words."""

from __future__ import annotations

from flask_babel import gettext

from assett.kernel.text import N_
from assett.studio.models import DraftStep

ACTIONS = {
    "settings.changed": N_("a changé la présentation du questionnaire"),
    "grid.changed": N_("a changé la grille de notation"),
    "category.changed": N_("a modifié la catégorie « %(subject)s »"),
    "category.added": N_("a ajouté la catégorie « %(subject)s »"),
    "category.removed": N_("a retiré la catégorie « %(subject)s »"),
    "category.moved": N_("a déplacé la catégorie « %(subject)s »"),
    "question.changed": N_("a modifié la question « %(subject)s »"),
    "question.added": N_("a ajouté une question"),
    "question.duplicated": N_("a dupliqué la question « %(subject)s »"),
    "question.removed": N_("a retiré la question « %(subject)s »"),
    "question.moved": N_("a déplacé la question « %(subject)s »"),
    "question.taken": N_("a repris de la banque la question « %(subject)s »"),
    "profile.changed": N_("a modifié l’élément de profil « %(subject)s »"),
    "profile.added": N_("a ajouté un élément de profil"),
    "profile.duplicated": N_("a dupliqué l’élément de profil « %(subject)s »"),
    "profile.removed": N_("a retiré l’élément de profil « %(subject)s »"),
    "profile.moved": N_("a déplacé l’élément de profil « %(subject)s »"),
    "translated": N_("a complété des traductions"),
    "imported": N_("a repris le fichier « %(subject)s »"),
    "upstream.merged": N_("a repris des nouveautés du socle national"),
    "upstream.kept": N_("a gardé ses choix face au socle national"),
    "reverted": N_("est revenu à un état précédent"),
    "undo": N_("a annulé une étape : « %(subject)s »"),
    "redo": N_("a rétabli une étape : « %(subject)s »"),
}


def said(step: DraftStep) -> str:
    """« a modifié la question “Suivez-vous vos consommations ?” »"""
    return gettext(ACTIONS.get(step.action, N_("a changé « %(subject)s »"))) % {"subject": step.subject or "…"}
