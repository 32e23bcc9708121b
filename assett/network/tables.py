"""The directory as a table to take away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import gettext
from sqlalchemy.orm import Session

from assett.core.spreadsheets import Cell, Sheet
from assett.network import queries
from assett.network.entries import Entry
from assett.network.models import ListingField
from assett.organizations import leaving
from assett.organizations.models import Participation


def listing_rows(shown: Sequence[Entry]) -> tuple[list[str], Iterator[list[Cell]]]:
    """The header and the rows of these entries; a column for each category in which one of them shows a level."""
    categories = list(dict.fromkeys(level.title for each in shown for level in each.levels))
    header = [
        gettext("Structure"),
        gettext("Activité"),
        gettext("Secteur d’activité"),
        gettext("Commune"),
        gettext("Type de structure"),
        gettext("Effectif"),
        gettext("Site internet"),
        gettext("Participe depuis"),
        gettext("Charte signée le"),
        gettext("Présentation"),
        gettext("Engagements"),
        gettext("Niveau d’ensemble"),
        *(gettext("Niveau : %(category)s", category=title) for title in categories),
        gettext("Auto-évaluation du"),
        gettext("Fiche publiée le"),
        gettext("Exemple fictif"),
    ]
    return header, (_row(each, categories) for each in shown)


def _row(entry: Entry, categories: Sequence[str]) -> list[Cell]:
    levels = {level.title: level.level_label for level in entry.levels}
    return [
        entry.name,
        entry.activity,
        entry.sector_label,
        entry.commune,
        entry.kind_label,
        entry.workforce_label,
        entry.website,
        entry.engaged_since,
        entry.signed_at,
        "\n\n".join(entry.presentation),
        "\n".join(entry.commitments),
        entry.overall.level_label if entry.overall else None,
        *(levels.get(title) for title in categories),
        entry.assessed_at,
        entry.published_at,
        gettext("oui") if entry.demonstration else None,
    ]


def copied(session: Session, participation: Participation) -> list[Sheet]:
    """The listing of a structure, for its copy of what it has in the space."""
    listing = queries.listing_of(session, participation)
    if listing is None:
        return []
    shown = [gettext(field.label) for field in ListingField if listing.shows(field)]
    row = [listing.presentation, listing.commitments, ", ".join(shown), listing.published_at]
    header = [gettext("Présentation"), gettext("Engagements"), gettext("Lignes montrées"), gettext("Fiche publiée le")]
    return [Sheet(gettext("Fiche"), header, [row])]


def told(session: Session, participation: Participation) -> list[str]:
    """What of it goes when the structure leaves the space."""
    listing = queries.listing_of(session, participation)
    if listing is None:
        return []
    return [gettext("Sa fiche, qui quitte l’annuaire aussitôt.") if listing.published else gettext("Sa fiche.")]


leaving.belongings.append(leaving.Belongings(told, copied, order=20))
