"""Use cases of the directory: an organization writes, publishes and takes back its listing; the collectivité may keep
one out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.core import audit
from assett.kernel.clock import utc_now
from assett.kernel.errors import Rejected
from assett.kernel.text import N_, fold
from assett.network import mails, queries
from assett.network.models import Listing, ListingField
from assett.organizations import queries as organizations
from assett.organizations.models import Participation
from assett.spaces.models import Space


@dataclass(frozen=True, slots=True)
class SaveListing:
    """What an owner typed. `seen` is the state that the form was opened on (see `state_of`)."""

    presentation: str
    commitments: str
    website: str
    shown: tuple[ListingField, ...]
    seen: str
    publish: bool = False


def state_of(listing: Listing | None) -> str:
    """A mark of what is saved: a form that was opened on another one is out of date."""
    return listing.updated_at.isoformat() if listing is not None else ""


def save(session: Session, participation: Participation, command: SaveListing, now: datetime) -> Listing:
    """Save the listing and, if asked, publish it; what is already published changes at once.

    Refused where somebody else saved something else since the form was opened. Sending the same form twice
    changes nothing.
    """
    listing = _locked(session, participation)
    shown = [field.value for field in ListingField if field in command.shown]
    written = (command.presentation, command.commitments, command.website or None, shown)
    organization = participation.organization
    saved = (listing.presentation, listing.commitments, organization.website, list(listing.shown))
    if written != saved:
        if listing.updated_at != _NEVER and state_of(listing) != command.seen:
            raise Rejected(
                gettext(
                    "Cette fiche a été modifiée entre-temps, dans un autre onglet ou par un collègue. Votre texte est "
                    "gardé ci-dessous\u00a0: enregistrez de nouveau pour qu’il remplace l’autre."
                )
            )
        listing.presentation, listing.commitments, organization.website, listing.shown = written
    listing.searchable = searchable(listing)
    if written != saved or listing.updated_at == _NEVER:
        listing.updated_at = now
    if command.publish and listing.withheld:
        raise Rejected(gettext("La collectivité a écarté cette fiche de l’annuaire : enregistrez-la sans la publier."))
    if command.publish and not listing.published:
        listing.published_at = now
        audit.record(session, "listing.published", subject=organization.name)
    session.flush()
    return listing


def withdraw(session: Session, participation: Participation, now: datetime) -> None:
    """Take the listing out of the directory; its text is kept. Once withdrawn, doing it again changes nothing."""
    _take_out(session, participation, now, "listing.withdrawn")


def withdraw_deserted(session: Session, participation: Participation) -> None:
    """The structure has no member left, who could take its listing back: it leaves the directory."""
    _take_out(session, participation, utc_now(), "listing.deserted")


def _take_out(session: Session, participation: Participation, now: datetime, action: str) -> None:
    listing = queries.listing_of(session, participation, lock=True)
    if listing is None or not listing.published:
        return
    listing.published_at = None
    listing.updated_at = now
    audit.record(session, action, subject=participation.organization.name)
    session.flush()


def withhold(session: Session, participation: Participation, reason: str, now: datetime) -> Listing:
    """Take the listing of an organization out of the directory, whatever it wants, until `release`; it is told why."""
    listing = queries.listing_of(session, participation, lock=True)
    if listing is None or not listing.published:
        raise Rejected(gettext("Cette fiche vient de quitter l’annuaire."))
    listing.published_at = None
    listing.withheld_at, listing.withheld_reason = now, reason
    mails.withheld(session, listing, participation, *_readers(session, participation))
    organization = participation.organization
    audit.record(session, "listing.withheld", subject=organization.name, details={"reason": reason})
    session.flush()
    return listing


def release(session: Session, participation: Participation) -> None:
    """Let the organization publish its listing again: it says when. Done twice, it is told once."""
    listing = queries.listing_of(session, participation, lock=True)
    if listing is None or not listing.withheld:
        return
    listing.withheld_at, listing.withheld_reason = None, ""
    mails.released(session, participation, *_readers(session, participation))
    audit.record(session, "listing.released", subject=participation.organization.name)
    session.flush()


def _readers(session: Session, participation: Participation) -> tuple[Sequence[Person], str | None]:
    """Whom the collectivité writes to, and where they answer."""
    space = session.get_one(Space, participation.space_id)
    return organizations.owners(session, participation.organization_id), space.contact_email


def searchable(listing: Listing) -> str:
    """The listing's own words that are shown, folded."""
    parts = {
        ListingField.PRESENTATION: listing.presentation,
        ListingField.COMMITMENTS: listing.commitments,
    }
    return fold(" ".join(text for field, text in parts.items() if listing.shows(field)))


# The time of a listing that has a row and nobody's words yet: the row is made first, so that two first saves
# wait for each other instead of making two.
_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _locked(session: Session, participation: Participation) -> Listing:
    session.execute(
        insert(Listing)
        .values(
            space_id=participation.space_id,
            participation_id=participation.id,
            presentation="",
            commitments="",
            shown=[],
            searchable="",
            updated_at=_NEVER,
        )
        .on_conflict_do_nothing(index_elements=["participation_id"])
    )
    listing = queries.listing_of(session, participation, lock=True)
    assert listing is not None
    return listing


# How the log of a space says it
audit.kinds["listing"] = N_("Annuaire")
audit.wordings |= {
    "listing.published": N_("Fiche publiée dans l’annuaire : %(subject)s"),
    "listing.withdrawn": N_("Fiche retirée de l’annuaire : %(subject)s"),
    "listing.deserted": N_("Fiche retirée de l’annuaire, la structure n’ayant plus de membre : %(subject)s"),
    "listing.withheld": N_("Fiche écartée de l’annuaire : %(subject)s"),
    "listing.released": N_("Fiche de nouveau permise dans l’annuaire : %(subject)s"),
}
