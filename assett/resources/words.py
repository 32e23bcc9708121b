"""What the log and the forms keep of a resource, and its title and id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from assett.core import audit
from assett.kernel.ids import slugify
from assett.kernel.text import N_
from assett.questionnaires.words import RESOURCE_TYPE_NAMES
from assett.resources.models import Partner, Resource, ResourceAdoption

CARD: Final = ("name", "contact_name", "contact_email", "contact_phone", "address")

audit.kinds["resources"] = N_("Ressources et partenaires")
audit.wordings |= {
    "resources.replaced": N_("Base de ressources remplacée par celle d’un fichier : %(count)s ressources"),
    "resources.brought": N_("Ressources du questionnaire ajoutées à votre liste : %(count)s"),
    "resources.created": N_("Ressource « %(subject)s » créée"),
    "resources.copied": N_("Copie de la ressource « %(subject)s » créée"),
    "resources.changed": N_("Ressource « %(subject)s » modifiée"),
    "resources.archived": N_("Ressource « %(subject)s » archivée"),
    "resources.restored": N_("Ressource « %(subject)s » remise en service"),
    "resources.hidden": N_("Ressource nationale « %(subject)s » masquée"),
    "resources.shown": N_("Ressource nationale « %(subject)s » montrée de nouveau"),
    "resources.adapted": N_("Ressource nationale « %(subject)s » adaptée au territoire"),
    "resources.national-again": N_("Retour au texte national pour « %(subject)s »"),
    "resources.imported": N_("Ressources importées : %(count)s"),
    "resources.merged": N_("Ressource « %(subject)s » réunie avec un doublon"),
    "resources.partner-created": N_("Partenaire « %(subject)s » ajouté"),
    "resources.partner-changed": N_("Partenaire « %(subject)s » modifié"),
    "resources.partner-removed": N_("Partenaire « %(subject)s » retiré"),
}
WORDS: Final = {
    "title": N_("Titre"),
    "summary": N_("Résumé"),
    "url": N_("Adresse"),
    "type": N_("Type"),
    "provider": N_("Proposée par"),
    "priority": N_("Priorité"),
    "valid_from": N_("À partir du"),
    "valid_until": N_("Jusqu’au"),
    "for": N_("Pour"),
    "who": N_("Qui"),
    "tags": N_("Étiquettes"),
    "contact": N_("Contact"),
    "partner": N_("Partenaire"),
    "logo": N_("Logo"),
    "contact_name": N_("Personne à joindre"),
    "contact_email": N_("Courriel"),
    "contact_phone": N_("Téléphone"),
    "address": N_("Adresse postale"),
    "offered": N_("Proposée aux acteurs"),
    "count": N_("Nombre"),
    "titles": N_("Ressources"),
    "duplicate": N_("Doublon"),
}
for _name, _label in WORDS.items():
    audit.name_detail(_name, _label, RESOURCE_TYPE_NAMES if _name == "type" else None)


def free_slug(title: str, taken: set[str]) -> str:
    """An id made of a title, that nothing else has."""
    start = slugify(title)[:48].strip("-") or "ressource"
    slug, number = start, 2
    while slug in taken:
        slug, number = f"{start}-{number}", number + 1
    return slug


def title_of(entry: Mapping[str, Any]) -> str:
    """The title of an entry, in French where it has one."""
    title = entry.get("title", "")
    return str(title.get("fr") or next(iter(title.values()), "")) if isinstance(title, Mapping) else str(title)


def facts_of(row: Resource) -> dict[str, Any]:
    """A resource as the log keeps it."""
    facts = {key: value for key, value in row.entry.items() if key != "id"}
    return facts | {"partner": row.partner_id, "contact": row.contact, "tags": list(row.tags)}


def adoption_facts(row: ResourceAdoption) -> dict[str, Any]:
    return {**row.changes, "partner": row.partner_id, "contact": row.contact, "tags": list(row.tags)}


def card_of(row: Partner) -> dict[str, Any]:
    """The words of a partner."""
    return {name: getattr(row, name) for name in CARD}


def card_facts(row: Partner) -> dict[str, Any]:
    return {**card_of(row), "logo": bool(row.logo)}


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What the log keeps of a change: what differs."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {
        "before": {key: _as(before[key], after.get(key)) for key in keys if key in before},
        "after": {key: _as(after[key], before.get(key)) for key in keys if key in after},
    }


def _as(value: Any, other: Any) -> Any:
    """A text of one language, by language where the other one is: French did not change because English was added."""
    return {"fr": value} if isinstance(value, str) and isinstance(other, Mapping) else value
