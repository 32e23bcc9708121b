"""What the worker does for resources: looks each night whether links still answer, and tells when one does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, g
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from assett.accounts.models import Person, SpaceRole, SpaceRoleName
from assett.core import jobs
from assett.core.settings import Settings
from assett.kernel.clock import today_in_paris, utc_now
from assett.resources import mails, service
from assett.resources.links import Prober
from assett.resources.models import LinkReport, LinkState, Resource, ResourceAdoption, ResourceLink, ResourceOpinion
from assett.resources.words import title_of
from assett.spaces.models import Space

# One job asks this many addresses of a host at most: it ends well within its lease, however slow they are.
AT_ONCE = 8
BETWEEN_MAILS = timedelta(days=7)
# Thirteen months: as long as the figures of a year need, as the page on personal data says.
OPINIONS_KEPT = timedelta(days=396)


@jobs.handler("resources.forget_opinions", every=timedelta(days=1))
def forget_opinions(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Erase what people said of resources more than thirteen months ago."""
    session.execute(delete(ResourceOpinion).where(ResourceOpinion.given_at < func.now() - OPINIONS_KEPT))


@jobs.handler("resources.links", every=timedelta(days=1))
def check_links(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Share the addresses that are due among jobs: one a host, the next of the same host some minutes later.

    A demonstration asks nobody: it may run where there is no network, again and again.
    """
    if current_app.config["DEMONSTRATION"]:
        return
    for host, urls in by_host(service.list_links(session)).items():
        for number, start in enumerate(range(0, len(urls), AT_ONCE)):
            due = utc_now() + number * jobs.LEASE
            some = urls[start : start + AT_ONCE]
            jobs.enqueue(session, "resources.links-of-host", due_at=due, host=host, urls=some)
    jobs.enqueue(session, "resources.broken-links", due_at=utc_now() + timedelta(hours=3))


@jobs.handler("resources.links-of-host")
def check_host(session: Session, arguments: Mapping[str, Any]) -> None:
    """Ask some addresses of one host."""
    for _ in check(session, arguments["urls"]):
        pass


def check(session: Session, urls: Sequence[str]) -> Iterator[ResourceLink]:
    """Ask addresses one after the other and write down what they say; gives a row of each as it is done."""
    rows: dict[str, list[ResourceLink]] = {}
    digests = [func.md5(url) for url in urls]
    for row in session.scalars(select(ResourceLink).where(ResourceLink.digest.in_(digests))):
        rows.setdefault(row.url, []).append(row)
    asker = prober(session, rows)
    for url, known in rows.items():
        now = utc_now()
        service.note_finding(known, asker.probe(url), now, today_in_paris(now))
        yield known[0]


def prober(session: Session, rows: Mapping[str, Sequence[ResourceLink]]) -> Prober:
    """Who asks: the platform by its name, with an address of the team that put the link there."""
    spaces = {row.space_id for known in rows.values() for row in known if row.space_id is not None}
    contact = session.scalars(
        select(Space.contact_email).where(Space.id.in_(spaces), Space.contact_email.is_not(None)).order_by(Space.id)
    ).first()
    return prober_for(contact)


def prober_for(contact: str | None, **options: Any) -> Prober:
    """Who asks, with the address to write to about it."""
    settings: Settings = current_app.extensions["settings"]
    agent = f"ASSETT-liens/1.0 (+{settings.public_url}{f'; {contact}' if contact else ''})"
    hosts = current_app.config.get("PRIVATE_LINK_HOSTS", ())
    return Prober(agent.encode("ascii", "ignore").decode(), hosts, **options)


def by_host(urls: Iterable[str]) -> dict[str, list[str]]:
    """Addresses by the host that they ask."""
    found: dict[str, list[str]] = {}
    for url in urls:
        found.setdefault((urlsplit(url).hostname or "").lower(), []).append(url)
    return found


@jobs.handler("resources.broken-links")
def tell_broken(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Write to the editors of each space where a link broke since they were last written to, once a week at most."""
    now = utc_now()
    reports = {row.space_id: row for row in session.scalars(select(LinkReport))}
    for space in session.scalars(select(Space).order_by(Space.id)):
        report = reports.get(space.id)
        if report is not None and now - report.sent_at < BETWEEN_MAILS:
            continue
        titles = _broken(session, space, report.sent_at if report is not None else None)
        if not titles:
            continue
        g.space = space
        for person in _editors(session, space):
            mails.broken_links(session, person, titles)
        if report is None:
            session.add(LinkReport(space_id=space.id, sent_at=now))
        else:
            report.sent_at = now
    g.pop("space", None)


def _broken(session: Session, space: Space, since: datetime | None) -> list[str]:
    """The titles of the resources that a space shows whose links broke since then."""
    broke = ResourceLink.broken_at > since if since is not None else ResourceLink.broken_at.is_not(None)
    hidden = select(ResourceAdoption.resource_id).where(ResourceAdoption.space_id == space.id, ResourceAdoption.hidden)
    rows = session.scalars(
        select(Resource.entry)
        .join(
            ResourceLink,
            (ResourceLink.url == Resource.entry["url"].astext)
            & ResourceLink.space_id.is_not_distinct_from(Resource.space_id),
        )
        .where(
            or_(Resource.space_id == space.id, Resource.space_id.is_(None)),
            Resource.archived_at.is_(None),
            Resource.draft.is_(False),
            Resource.id.not_in(hidden),
            ResourceLink.state == LinkState.BROKEN,
            broke,
        )
        .order_by(func.lower(Resource.slug))
    )
    return [title_of(entry) for entry in rows]


def _editors(session: Session, space: Space) -> Sequence[Person]:
    writing = (SpaceRoleName.EDITOR, SpaceRoleName.MANAGER)
    return session.scalars(
        select(Person)
        .join(SpaceRole, SpaceRole.person_id == Person.id)
        .where(SpaceRole.space_id == space.id, SpaceRole.role.in_(writing), Person.confirmed_at.is_not(None))
        .order_by(Person.id)
    ).all()
