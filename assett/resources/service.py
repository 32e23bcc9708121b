"""Use cases of the resource base."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import IO, Any, Final

from flask_babel import gettext as _
from sqlalchemy import delete, func, literal, or_, select, true, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.core import audit
from assett.core.i18n import worded
from assett.engine.document import Document
from assett.engine.reading import check_resources
from assett.kernel.errors import Problem, Rejected
from assett.kernel.ids import slugify
from assett.kernel.text import N_
from assett.resources import queries
from assett.resources.duplicates import like, united
from assett.resources.links import Finding
from assett.resources.models import (
    LinkState,
    Partner,
    Resource,
    ResourceAdoption,
    ResourceLink,
    ResourceOpinion,
    ResourceVisit,
)
from assett.resources.queries import Line
from assett.spaces.models import Space
from assett.spaces.service import keep_picture

BROKEN_AFTER: Final = 3
"""Days on which a site must refuse a page before its link is broken."""
LOGO_SIZE: Final = 320
# What a space may say otherwise of a national resource.
ADAPTABLE: Final = ("title", "summary", "priority", "valid_from", "valid_until")

audit.kinds["resources"] = N_("Ressources et partenaires")
audit.wordings |= {
    "resources.replaced": N_("Base de ressources remplacée par celle d’un fichier : %(count)s ressources"),
    "resources.created": N_("Ressource « %(subject)s » créée"),
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
for _name, _label in {
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
    "count": N_("Nombre"),
    "duplicate": N_("Doublon"),
}.items():
    audit.name_detail(_name, _label)


def replace_all(session: Session, space_id: int | None, entries: Iterable[Mapping[str, Any]], *, now: datetime) -> int:
    """Make the resources of a space (of the national base, with None) exactly these entries; gives their number."""
    wanted = {str(entry["id"]): dict(entry) for entry in entries}
    mine = Resource.space_id.is_(None) if space_id is None else Resource.space_id == space_id
    known = {row.slug: row for row in session.scalars(select(Resource).where(mine))}
    session.execute(delete(Resource).where(mine, Resource.slug.not_in(wanted)))
    for slug, entry in wanted.items():
        row = known.get(slug)
        if row is None:
            session.add(Resource(space_id=space_id, slug=slug, entry=entry, updated_at=now))
        elif row.entry != entry:
            row.entry, row.updated_at = entry, now
    session.flush()
    return len(wanted)


# Own resources


@dataclass(frozen=True, slots=True)
class Write:
    """A resource of the space as its form gives it; `entry` has no id yet where it is new."""

    entry: Mapping[str, Any]
    partner_id: int | None = None
    contact: str = ""
    tags: Sequence[str] = ()


class Invalid(Rejected):
    """What the format refuses; `problems` name their keys (``title.fr``, ``for[0].is``)."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = [(each.path.removeprefix("resources[0]").lstrip("."), told(each)) for each in problems]
        super().__init__(self.problems[0][1])


def told(problem: Problem) -> str:
    """A problem in the reader's language."""
    return worded(problem.template, problem.params)


def checked(entry: Mapping[str, Any], document: Document | None) -> None:
    """Raises `Invalid` where an entry is not of the format, or names what the questionnaire in service has not."""
    problems = check_resources({"format": 1, "resources": [dict(entry)]}, document)
    if problems:
        raise Invalid(problems)


def create(session: Session, space: Space, command: Write, document: Document | None, now: datetime) -> Resource:
    """Add a resource of the space's own."""
    taken = queries.taken_slugs(session)
    entry = {"id": free_slug(title_of(command.entry), taken), **command.entry}
    checked(entry, document)
    row = Resource(
        space_id=space.id,
        slug=entry["id"],
        entry=entry,
        partner_id=_partner_id(session, command.partner_id),
        contact=command.contact,
        tags=list(command.tags),
        updated_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(session, "resources.created", subject=title_of(entry), details={"after": _facts(row)})
    return row


def change(session: Session, row: Resource, command: Write, document: Document | None, now: datetime) -> bool:
    """Write a resource of the space anew; whether that changed anything."""
    entry = {"id": row.slug, **command.entry}
    checked(entry, document)
    before = _facts(row)
    row.entry = entry
    row.partner_id = _partner_id(session, command.partner_id)
    row.contact, row.tags = command.contact, list(command.tags)
    after = _facts(row)
    if before == after:
        return False
    row.updated_at = now
    session.flush()
    audit.record(session, "resources.changed", subject=title_of(entry), details=_difference(before, after))
    return True


def duplicate(session: Session, space: Space, line: Line, now: datetime) -> Resource:
    """Copy a resource, national ones too, into one of the space's own, to be changed."""
    taken = queries.taken_slugs(session)
    entry = {**line.entry, "id": free_slug(title_of(line.entry), taken)}
    entry["title"] = _suffixed(entry["title"])
    row = Resource(
        space_id=space.id,
        slug=entry["id"],
        entry=entry,
        partner_id=line.partner_id,
        contact=line.note,
        tags=list(line.tags),
        updated_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(session, "resources.created", subject=title_of(entry), details={"after": _facts(row)})
    return row


def _suffixed(title: Any) -> Any:
    copy = _("(copie)")
    if isinstance(title, Mapping):
        return {language: f"{text} {copy}" for language, text in title.items()}
    return f"{title} {copy}"


def archive(session: Session, row: Resource, now: datetime) -> None:
    """Show a resource to nobody any more; `restore` takes it back."""
    if row.archived_at is None:
        row.archived_at = row.updated_at = now
        audit.record(session, "resources.archived", subject=title_of(row.entry))


def restore(session: Session, row: Resource, now: datetime) -> None:
    if row.archived_at is not None:
        row.archived_at, row.updated_at = None, now
        audit.record(session, "resources.restored", subject=title_of(row.entry))


# National resources


@dataclass(frozen=True, slots=True)
class Adapt:
    """What a space says otherwise of a national resource: keys of `ADAPTABLE`, None taking the national one away."""

    changes: Mapping[str, Any]
    partner_id: int | None = None
    contact: str = ""
    tags: Sequence[str] = ()


def hide(session: Session, space: Space, line: Line, hidden: bool, now: datetime) -> None:
    """Show a national resource to nobody in the space, or again."""
    if line.hidden == hidden:
        return
    row = _adoption(session, space, line, now)
    row.hidden, row.updated_at = hidden, now
    action = "resources.hidden" if hidden else "resources.shown"
    audit.record(session, action, subject=title_of(line.resource.entry))


def adapt(session: Session, space: Space, line: Line, command: Adapt, now: datetime) -> bool:
    """Say a national resource in the space's own words; whether that changed anything.

    What is said as the nation says it is not kept: it goes on following the national text.
    """
    national = line.resource.entry
    changes = {key: value for key, value in command.changes.items() if value != national.get(key)}
    checked({**{k: v for k, v in {**national, **changes}.items() if v is not None}, "id": line.resource.slug}, None)
    row = _adoption(session, space, line, now)
    before = _told(row)
    row.changes = changes
    row.partner_id = _partner_id(session, command.partner_id)
    row.contact, row.tags = command.contact, list(command.tags)
    row.seen = dict(national) if row.adapted else None
    after = _told(row)
    row.updated_at = now
    session.flush()
    if before == after:
        return False
    audit.record(session, "resources.adapted", subject=title_of(national), details=_difference(before, after))
    return True


def follow_nation(session: Session, line: Line, now: datetime) -> None:
    """Back to the national text, contact and dates; hidden it stays hidden."""
    row = line.adoption
    if row is None or not row.adapted:
        return
    before = _told(row)
    row.changes, row.seen, row.partner_id, row.contact, row.tags = {}, None, None, "", []
    row.updated_at = now
    audit.record(
        session,
        "resources.national-again",
        subject=title_of(line.resource.entry),
        details=_difference(before, _told(row)),
    )


def acknowledge(session: Session, line: Line, now: datetime) -> None:
    """Keep the space's words, knowing what the nation says today."""
    if line.adoption is not None and line.adoption.seen is not None:
        line.adoption.seen, line.adoption.updated_at = dict(line.resource.entry), now
        session.flush()


def _adoption(session: Session, space: Space, line: Line, now: datetime) -> ResourceAdoption:
    if line.adoption is not None:
        return line.adoption
    # Two colleagues at once: the first to come makes the row, both write in it.
    session.execute(
        insert(ResourceAdoption)
        .values(
            space_id=space.id,
            resource_id=line.resource.id,
            hidden=False,
            changes={},
            contact="",
            tags=[],
            updated_at=now,
        )
        .on_conflict_do_nothing()
    )
    return session.scalars(
        select(ResourceAdoption).where(
            ResourceAdoption.resource_id == line.resource.id, ResourceAdoption.space_id == space.id
        )
    ).one()


# Duplicates


def look_alike(url: str, title: str, others: Sequence[Line]) -> Line | None:
    """The one that looks like a resource of this address and title; None where none does."""
    known = {line.resource.id: (str(line.entry.get("url", "")), title_of(line.entry)) for line in others}
    found = like(url, title, known)
    return next((line for line in others if line.resource.id == found), None)


def merge(session: Session, space: Space, kept: Line, gone: Line, now: datetime) -> None:
    """Keep one of two resources that are the same. Aims of both reach the one that stays, where it is the space's
    own; the other is archived, or hidden where it is national."""
    if kept.resource.id == gone.resource.id:
        raise Rejected(_("Choisissez deux ressources différentes."))
    if not kept.resource.national:
        entry = dict(kept.resource.entry)
        if entry.get("for") and gone.entry.get("for"):
            entry["for"] = united(entry["for"], gone.entry["for"])
        kept.resource.entry = entry
        kept.resource.tags = list(dict.fromkeys([*kept.resource.tags, *gone.tags]))
        kept.resource.contact = kept.resource.contact or gone.note
        kept.resource.partner_id = kept.resource.partner_id or gone.partner_id
        kept.resource.updated_at = now
    session.flush()
    audit.record(
        session, "resources.merged", subject=title_of(kept.entry), details={"duplicate": title_of(gone.resource.entry)}
    )
    if gone.resource.national:
        hide(session, space, gone, True, now)
    else:
        archive(session, gone.resource, now)


# Import


@dataclass(frozen=True, slots=True)
class Imported:
    """A row of a file: the entry, and what stands beside the format."""

    entry: Mapping[str, Any]
    partner: str = ""
    contact: str = ""
    tags: Sequence[str] = ()


def take(
    session: Session, space: Space, rows: Sequence[Imported], document: Document | None, now: datetime
) -> tuple[int, int]:
    """Add these rows, or write those whose id the space knows anew; gives how many of each."""
    known = {line.resource.slug: line.resource for line in queries.lines(session) if not line.resource.national}
    nation = {line.resource.slug for line in queries.lines(session) if line.resource.national}
    by_name = {each.name.casefold(): each for each in queries.partners(session).values()}
    added = changed = 0
    for each in rows:
        slug = str(each.entry["id"])
        if slug in nation:
            raise Rejected(_("« %(id)s » est l’identifiant d’une ressource nationale.", id=slug))
        checked(each.entry, document)
        partner = _named(session, space, each.partner, by_name)
        row = known.get(slug)
        if row is None:
            row = known[slug] = Resource(space_id=space.id, slug=slug)
            session.add(row)
            added += 1
        else:
            changed += 1
        row.entry, row.updated_at, row.archived_at = dict(each.entry), now, None
        row.partner_id = partner.id if partner is not None else row.partner_id
        row.contact = each.contact or row.contact or ""
        row.tags = list(each.tags) or list(row.tags or ())
        session.flush()
    if added or changed:
        audit.record(session, "resources.imported", details={"count": added + changed})
    return added, changed


def _named(session: Session, space: Space, name: str, known: dict[str, Partner]) -> Partner | None:
    if not name:
        return None
    partner = known.get(name.casefold())
    if partner is None:
        partner = known[name.casefold()] = Partner(space_id=space.id, name=name)
        session.add(partner)
        session.flush()
        audit.record(session, "resources.partner-created", subject=name)
    return partner


# Partners


@dataclass(frozen=True, slots=True)
class PartnerCard:
    """A partner as its form gives it; `logo` is a new file, `without_logo` takes the present one away."""

    name: str
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    address: str = ""
    logo: IO[bytes] | None = field(default=None, compare=False)
    without_logo: bool = False


def write_partner(session: Session, space: Space, row: Partner | None, command: PartnerCard, now: datetime) -> Partner:
    """Add a partner, or change one."""
    twin = session.scalars(
        select(Partner).where(Partner.space_id == space.id, func.lower(Partner.name) == command.name.lower())
    ).first()
    if twin is not None and (row is None or twin.id != row.id):
        raise Rejected(_("Ce partenaire est déjà dans la liste."), "name")
    new = row is None
    partner = row if row is not None else Partner(space_id=space.id, updated_at=now)
    before = {} if new else _card(partner)
    for name in ("name", "contact_name", "contact_email", "contact_phone", "address"):
        setattr(partner, name, getattr(command, name))
    if command.logo is not None:
        try:
            partner.logo = keep_picture(session, space, command.logo, wide=LOGO_SIZE, small=None)
        except Rejected as rejected:
            raise Rejected(rejected.message, "logo") from None
    elif command.without_logo:
        partner.logo = None
    session.add(partner)
    after = _card(partner)
    if before != after:
        partner.updated_at = now
        session.flush()
        action = "resources.partner-created" if new else "resources.partner-changed"
        audit.record(session, action, subject=partner.name, details=_difference(before, after))
    session.flush()
    return partner


def remove_partner(session: Session, row: Partner) -> None:
    """Take a partner out of the list, and off the resources that name it."""
    for model in (Resource, ResourceAdoption):
        session.execute(update(model).where(model.partner_id == row.id).values(partner_id=None))
    session.delete(row)
    session.flush()
    audit.record(session, "resources.partner-removed", subject=row.name, details={"before": _card(row)})


# Opinions and visits


def give_opinion(
    session: Session, space: Space, slug: str, person: Person, helped: bool, remark: str | None, now: datetime
) -> None:
    """« Cela vous a-t-il aidé ? »: one answer of a person for a resource, which they may change; without `remark`,
    the word that they left stays."""
    values: dict[str, Any] = {"helped": helped, "given_at": now}
    if remark is not None:
        values["remark"] = remark
    session.execute(
        insert(ResourceOpinion)
        .values(space_id=space.id, slug=slug, person_id=person.id, **{"remark": "", **values})
        .on_conflict_do_update(index_elements=["space_id", "slug", "person_id"], set_=values)
    )


def one_visit(space_id: int, slug: str, today: date) -> Insert:
    """The statement that counts one more opening of a resource's address on that day; of whom is not known."""
    once = insert(ResourceVisit).values(space_id=space_id, slug=slug, day=today, count=1)
    return once.on_conflict_do_update(
        index_elements=["space_id", "slug", "day"], set_={"count": ResourceVisit.count + 1}
    )


# Links


def note_finding(rows: Iterable[ResourceLink], finding: Finding, now: datetime, today: date) -> None:
    """Write down what was found at an address. A site that refuses on three different days has lost the page."""
    for row in rows:
        row.checked_at, row.status, row.why = now, finding.status, finding.why
        if not finding.refused:
            row.state, row.broken_at = finding.state, None
            if finding.state == LinkState.VALID:
                row.failures, row.failed_on = 0, None
            continue
        if row.failed_on != today:
            row.failures, row.failed_on = row.failures + 1, today
        if row.failures < BROKEN_AFTER:
            row.state = LinkState.UNCERTAIN
        elif row.state != LinkState.BROKEN:
            row.state, row.broken_at = LinkState.BROKEN, now


def list_links(session: Session, *, everything: bool = False) -> list[str]:
    """Bring the list of addresses up to date with the resources of every space (in the role that sees them all), and
    give those that are due, or `everything`: not looked at for 20 hours, the longest ago first."""
    url = Resource.entry["url"].astext
    wanted = select(Resource.space_id, url).where(Resource.archived_at.is_(None), url.like("http%")).distinct()
    session.execute(
        insert(ResourceLink)
        .from_select(
            ["space_id", "url", "state", "why", "failures"],
            wanted.add_columns(literal(LinkState.UNCHECKED.value), literal(""), literal(0)),
        )
        .on_conflict_do_nothing()
    )
    still = select(Resource.id).where(
        url == ResourceLink.url,
        Resource.archived_at.is_(None),
        Resource.space_id.is_not_distinct_from(ResourceLink.space_id),
    )
    session.execute(delete(ResourceLink).where(~still.exists()))
    old = func.now() - timedelta(hours=20)
    due = session.execute(
        select(ResourceLink.url)
        .where(true() if everything else or_(ResourceLink.checked_at.is_(None), ResourceLink.checked_at < old))
        .group_by(ResourceLink.url)
        .order_by(func.min(ResourceLink.checked_at).nulls_first(), ResourceLink.url)
    )
    return [row[0] for row in due]


# Words of the log


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


def _facts(row: Resource) -> dict[str, Any]:
    """A resource as the log keeps it."""
    facts = {key: value for key, value in row.entry.items() if key != "id"}
    return facts | {"partner": row.partner_id, "contact": row.contact, "tags": list(row.tags)}


def _told(row: ResourceAdoption) -> dict[str, Any]:
    return {**row.changes, "partner": row.partner_id, "contact": row.contact, "tags": list(row.tags)}


def _card(row: Partner) -> dict[str, Any]:
    return {
        "name": row.name,
        "contact_name": row.contact_name,
        "contact_email": row.contact_email,
        "contact_phone": row.contact_phone,
        "address": row.address,
        "logo": bool(row.logo),
    }


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What the log keeps of a change: what differs."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {
        "before": {key: before[key] for key in keys if key in before},
        "after": {key: after[key] for key in keys if key in after},
    }


def _partner_id(session: Session, id: int | None) -> int | None:
    """The id of a partner of this space; a foreign one is none."""
    return id if id is not None and queries.partner(session, id) is not None else None
