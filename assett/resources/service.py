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
from assett.engine.document import Document
from assett.kernel.errors import Problem, Rejected
from assett.resources import queries
from assett.resources.checking import Invalid, checked, reconciled, wrong
from assett.resources.duplicates import Called
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
from assett.resources.texts import over
from assett.resources.words import CARD, adoption_facts, card_facts, card_of, difference, facts_of, free_slug, title_of
from assett.spaces.models import Space
from assett.spaces.service import keep_picture

TWICE_WITHIN: Final = timedelta(minutes=10)
"""A form that says the very same again within this long was sent twice."""
BROKEN_AFTER: Final = 3
"""Days on which a site must refuse a page before its link is broken."""
LOGO_SIZE: Final = 320
# What a space may say otherwise of a national resource.
ADAPTABLE: Final = ("title", "summary", "priority", "valid_from", "valid_until")


def replace_all(session: Session, space_id: int | None, entries: Iterable[Mapping[str, Any]], *, now: datetime) -> int:
    """Make the resources of a space (of the national base, with None) exactly these entries; gives their number."""
    wanted = {str(entry["id"]): dict(entry) for entry in entries}
    mine = Resource.space_id.is_(None) if space_id is None else Resource.space_id == space_id
    known = {row.slug: row for row in session.scalars(select(Resource).where(mine))}
    session.execute(delete(Resource).where(mine, Resource.slug.not_in(wanted), Resource.of_document.is_(False)))
    for slug, entry in wanted.items():
        row = known.get(slug)
        if row is None:
            session.add(Resource(space_id=space_id, slug=slug, entry=entry, updated_at=now))
        elif row.entry != entry or row.of_document:
            row.entry, row.updated_at, row.of_document = entry, now, False
    session.flush()
    return len(wanted)


def bring(session: Session, space_id: int, document: Mapping[str, Any], now: datetime) -> int:
    """List the resources of the questionnaire that a space asks from now on among its own; gives how many are new.

    They follow the questionnaire's file until the team changes them; what it changed or archived stays as it is, and
    one that the nation says in the same words is the nation's.
    """
    entries: Sequence[Mapping[str, Any]] = document.get("resources") or ()
    if not entries:
        return 0
    queries.one_at_a_time(session)
    slugs = [each["id"] for each in entries]
    rows = session.scalars(
        select(Resource).where(
            Resource.slug.in_(slugs), or_(Resource.space_id.is_(None), Resource.space_id == space_id)
        )
    ).all()
    nation = {row.slug: row.entry for row in rows if row.national}
    known = {row.slug: row for row in rows if not row.national}
    added: list[str] = []
    for entry in entries:
        row = known.get(entry["id"])
        if row is None and nation.get(entry["id"]) != entry:
            session.add(
                Resource(
                    space_id=space_id, slug=entry["id"], entry=dict(entry), contact="", of_document=True, updated_at=now
                )
            )
            added.append(title_of(entry))
        elif row is not None and row.of_document and row.entry != entry:
            row.entry, row.updated_at = dict(entry), now
    session.flush()
    if added:
        audit.record(session, "resources.brought", details={"count": len(added), "titles": added})
    return len(added)


# Own resources


@dataclass(frozen=True, slots=True)
class Write:
    """A resource of the space as its form gives it; `entry` has no id yet where it is new."""

    entry: Mapping[str, Any]
    partner_id: int | None = None
    contact: str = ""
    tags: Sequence[str] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """As `facts_of` gives those of a resource that is there."""
        return {**self.entry, "partner": self.partner_id, "contact": self.contact, "tags": list(self.tags)}


def create(session: Session, space: Space, command: Write, document: Document | None, now: datetime) -> Resource:
    """Add a resource of the space's own."""
    taken = queries.taken_slugs(session)
    entry = {"id": free_slug(title_of(command.entry), taken), **command.entry}
    checked(entry, document)
    return _added(session, space, entry, command.partner_id, command.contact, command.tags, now)


def _added(
    session: Session,
    space: Space,
    entry: Mapping[str, Any],
    partner_id: int | None,
    contact: str,
    tags: Sequence[str],
    now: datetime,
    *,
    draft: bool = False,
) -> Resource:
    row = Resource(
        space_id=space.id,
        slug=entry["id"],
        entry=dict(entry),
        partner_id=_partner_id(session, partner_id),
        contact=contact,
        tags=list(tags),
        draft=draft,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    facts = facts_of(row) | ({"offered": False} if draft else {})
    # A draft is a copy.
    audit.record(
        session, f"resources.{'copied' if draft else 'created'}", subject=title_of(entry), details={"after": facts}
    )
    return row


def sent_twice(session: Session, command: Write, now: datetime) -> Resource | None:
    """The resource that the very same form made some minutes ago; from then on nobody else writes."""
    queries.one_at_a_time(session)
    return _already(session, {**command.facts, "draft": False}, since=now - TWICE_WITHIN)


def _already(session: Session, facts: Mapping[str, Any], since: datetime | None = None) -> Resource | None:
    """A resource of the space that says exactly this, not archived."""
    for line in queries.lines(session):
        row = line.resource
        recent = since is None or row.updated_at >= since
        if not row.national and row.archived_at is None and recent and {**facts_of(row), "draft": row.draft} == facts:
            return row
    return None


def change(
    session: Session,
    row: Resource,
    command: Write,
    document: Document | None,
    now: datetime,
    seen: Mapping[str, Any] | None = None,
) -> bool:
    """Write a resource of the space anew; whether that changed anything. A draft is shown from then on.

    `seen` are the facts that the form was opened with: what a colleague changed since stays, and where both changed
    the same, `Clash` is raised.
    """
    before = facts_of(row)
    after = reconciled(seen, before, command.facts) if seen is not None else command.facts
    beside = {"partner", "contact", "tags"}
    entry = {"id": row.slug, **{key: value for key, value in after.items() if key not in beside}}
    checked(entry, document)
    was_draft, row.draft = row.draft, False
    row.entry = entry
    row.partner_id = _partner_id(session, after.get("partner"))
    row.contact, row.tags = after.get("contact", ""), list(after.get("tags", ()))
    after = facts_of(row)
    if before == after and not was_draft:
        return False
    row.updated_at, row.of_document = now, False
    session.flush()
    if was_draft:
        before, after = {**before, "offered": False}, {**after, "offered": True}
    audit.record(session, "resources.changed", subject=title_of(entry), details=difference(before, after))
    return True


def duplicate(session: Session, space: Space, line: Line, now: datetime) -> Resource:
    """Copy a resource, national ones too, into one of the space's own, to be changed: a draft until it is saved. Asked
    again while that copy is untouched, gives the same."""
    entry = dict(line.entry)
    command = Write(
        {key: value for key, value in entry.items() if key != "id"}, line.partner_id, line.note, list(line.tags)
    )
    untouched = _already(session, {**command.facts, "draft": True})
    if untouched is not None:
        return untouched
    entry["id"] = free_slug(title_of(line.entry), queries.taken_slugs(session))
    return _added(session, space, entry, line.partner_id, line.note, line.tags, now, draft=True)


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

    @property
    def facts(self) -> dict[str, Any]:
        return {**self.changes, "partner": self.partner_id, "contact": self.contact, "tags": list(self.tags)}


def hide(session: Session, space: Space, line: Line, hidden: bool, now: datetime) -> None:
    """Show a national resource to nobody in the space, or again."""
    if line.hidden == hidden:
        return
    row = adoption(session, space, line, now)
    row.hidden, row.updated_at = hidden, now
    action = "resources.hidden" if hidden else "resources.shown"
    audit.record(session, action, subject=title_of(line.resource.entry))


def adapt(
    session: Session,
    space: Space,
    line: Line,
    command: Adapt,
    now: datetime,
    seen: Mapping[str, Any] | None = None,
) -> bool:
    """Say a national resource in the space's own words; whether that changed anything.

    What is said as the nation says it is not kept: it goes on following the national text. `seen` is what the form
    was opened with (see `change`).
    """
    national = line.resource.entry
    after = reconciled(seen, adapted_facts(line), command.facts) if seen is not None else command.facts
    changes: dict[str, Any] = {
        key: after[key] for key in ADAPTABLE if key in after and after[key] not in ({}, national.get(key))
    }
    if problems := wrong_if_adapted(line, changes):
        raise Invalid(problems)
    shown = _as_shown(line)
    row = adoption(session, space, line, now)
    before = adoption_facts(row)
    row.changes = changes
    row.partner_id = _partner_id(session, after.get("partner"))
    row.contact, row.tags = after.get("contact", ""), list(after.get("tags", ()))
    row.seen = dict(national) if row.adapted else None
    said = adoption_facts(row)
    row.updated_at = now
    session.flush()
    if before == said:
        return False
    # What was there before is the nation's, where the space said nothing yet.
    details = difference(shown, _as_shown(Line(line.resource, row)))
    audit.record(session, "resources.adapted", subject=title_of(national), details=details)
    return True


def _as_shown(line: Line) -> dict[str, Any]:
    """A national resource as the space shows it, of what a space may change."""
    entry = line.entry
    return {**adapted_facts(line), **{key: entry[key] for key in ADAPTABLE if key in entry}}


def wrong_if_adapted(line: Line, changes: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with a national resource that the space says otherwise."""
    return wrong({**over(line.resource.entry, changes), "id": line.resource.slug}, None)


def adapted_facts(line: Line) -> dict[str, Any]:
    """What the space says otherwise of a national resource, as the log and the form keep it."""
    return adoption_facts(line.adoption) if line.adoption is not None else Adapt({}).facts


def follow_nation(session: Session, line: Line, now: datetime) -> None:
    """Back to the national text, contact and dates; hidden it stays hidden."""
    row = line.adoption
    if row is None or not row.adapted:
        return
    before = adoption_facts(row)
    row.changes, row.seen, row.partner_id, row.contact, row.tags = {}, None, None, "", []
    row.updated_at = now
    audit.record(
        session,
        "resources.national-again",
        subject=title_of(line.resource.entry),
        details=difference(before, adoption_facts(row)),
    )


def acknowledge(session: Session, line: Line, now: datetime) -> None:
    """Keep the space's words, knowing what the nation says today."""
    if line.adoption is not None and line.adoption.seen is not None:
        line.adoption.seen, line.adoption.updated_at = dict(line.resource.entry), now
        session.flush()


def adoption(session: Session, space: Space, line: Line, now: datetime) -> ResourceAdoption:
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


def write_partner(
    session: Session,
    space: Space,
    row: Partner | None,
    command: PartnerCard,
    now: datetime,
    seen: Mapping[str, Any] | None = None,
) -> Partner:
    """Add a partner, or change one; `seen` is what its form was opened with (see `change`)."""
    queries.one_at_a_time(session)
    twin = _partner_called(session, command.name)
    if twin is not None and (row is None or twin.id != row.id):
        raise Rejected(_("Ce partenaire est déjà dans la liste."), "name")
    new = row is None
    partner = row if row is not None else Partner(space_id=space.id, updated_at=now)
    before = {} if new else card_facts(partner)
    mine = {name: getattr(command, name) for name in CARD}
    if row is not None and seen is not None:
        mine = reconciled(seen, card_of(row), mine)
    for name in CARD:
        setattr(partner, name, mine.get(name, ""))
    if command.logo is not None:
        try:
            partner.logo = keep_picture(session, space, command.logo, wide=LOGO_SIZE, small=None)
        except Rejected as rejected:
            raise Rejected(rejected.message, "logo") from None
    elif command.without_logo:
        partner.logo = None
    session.add(partner)
    after = card_facts(partner)
    if before != after:
        partner.updated_at = now
        session.flush()
        action = "resources.partner-created" if new else "resources.partner-changed"
        details = {"after": after} if new else difference(before, after)
        audit.record(session, action, subject=partner.name, details=details)
    session.flush()
    return partner


def partner_named(session: Session, space: Space, name: str, now: datetime) -> Partner:
    """The partner of that name, added where the space has none so called."""
    queries.one_at_a_time(session)
    return _partner_called(session, name) or write_partner(session, space, None, PartnerCard(name), now)


def _partner_called(session: Session, name: str) -> Partner | None:
    return Called((each.name, each) for each in queries.partners(session).values()).find(name)


def remove_partner(session: Session, row: Partner) -> None:
    """Take a partner out of the list, and off the resources that name it."""
    for model in (Resource, ResourceAdoption):
        session.execute(update(model).where(model.partner_id == row.id).values(partner_id=None))
    session.delete(row)
    session.flush()
    audit.record(session, "resources.partner-removed", subject=row.name, details={"before": card_facts(row)})


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
        row.checked_at = now
        silent = finding.state == LinkState.UNCERTAIN and finding.status is None and not finding.refused
        if silent and row.state == LinkState.BROKEN:
            # A slow night says nothing of a page that was gone.
            continue
        row.status, row.why = finding.status, finding.why
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


def _partner_id(session: Session, id: int | None) -> int | None:
    """The id of a partner of this space; a foreign one is none."""
    return id if id is not None and queries.partner(session, id) is not None else None
