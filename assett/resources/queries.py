"""Reads about resources."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Integer, Select, and_, bindparam, cast, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.core.memory import Memory, Same
from assett.engine.compiled import Compiled
from assett.engine.document import Document
from assett.engine.document import Resource as Entry
from assett.engine.reading import read_resources
from assett.questionnaires.models import QuestionnaireVersion
from assett.questionnaires.queries import active_version, compiled_all
from assett.questionnaires.queries import compiled as compiled_of
from assett.resources.aims import Subject, every_subject
from assett.resources.audience import Audience
from assett.resources.models import (
    Partner,
    Resource,
    ResourceAdoption,
    ResourceLink,
    ResourceOpinion,
    ResourceVisit,
)
from assett.resources.registries import latest_results
from assett.resources.texts import over
from assett.spaces.queries import here
from assett.spaces.registries import pictures_elsewhere

# Visits are counted over this long.
COUNTED = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers on the territory for a resource: the partner that carries it, and a word of its own."""

    partner: str = ""
    logo: Mapping[str, Any] | None = None
    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    note: str = ""


class Opinion(NamedTuple):
    """What somebody said of a resource."""

    helped: bool
    remark: str


class Base(NamedTuple):
    """The resources shown in a space, the ids of the territory's own, and by id who answers for some of them.

    `settled` are the ids for which the space has decided: what a questionnaire's own file says of them is passed over.
    """

    entries: tuple[Entry, ...]
    own: frozenset[str]
    contacts: Mapping[str, Contact]
    settled: frozenset[str] = frozenset()


_bases: Memory[tuple[Any, ...], Base] = Memory(256)
_joined: Memory[tuple[Same, Same], Base] = Memory(256)
# Each holds some megabytes of a large space.
_audiences: Memory[tuple[Any, ...], Audience] = Memory(16)
_firsts: Memory[tuple[Any, ...], Mapping[str, int]] = Memory(16)


def _edition(model: type[Resource] | type[ResourceAdoption] | type[Partner]) -> Any:
    """A text that is another as soon as a row comes, goes or changes.

    A change gives its row a transaction number (`xmin`) above all others: with as many rows and the same last one,
    their sum tells. A time would not: of two changes at once, the earlier may be committed last.
    """
    changes: Any = func.sum(literal_column(f"{model.__tablename__}.xmin::text::bigint"))
    return select(func.concat_ws("-", func.count(), func.max(model.id), changes)).select_from(model).scalar_subquery()


# Every result asks these: they are put together once.
_OPINIONS = (
    select(func.json_agg(func.json_build_array(ResourceOpinion.slug, ResourceOpinion.helped, ResourceOpinion.remark)))
    .where(ResourceOpinion.person_id == bindparam("person", type_=BigInteger))
    .scalar_subquery()
)
_STATE = select(
    func.current_setting("app.space", True), _edition(Resource), _edition(ResourceAdoption), _edition(Partner)
)
_STATE_AND_OPINIONS = _STATE.add_columns(_OPINIONS)


def available(session: Session, compiled: Compiled) -> Base:
    """The resources for respondents of a questionnaire in the current space.

    Those of the national base, those of the questionnaire's own file, then the space's: of one id, the nearest to
    the territory wins. One that the team archived or hid is shown from no file.
    """
    return _with_own(base(session), compiled)


def available_to(session: Session, compiled: Compiled, person_id: int | None) -> tuple[Base, dict[str, Opinion]]:
    """The same, and what this person said of resources in the current space, by id; read in one statement."""
    *state, told = session.execute(_STATE_AND_OPINIONS, {"person": person_id}).one()
    opinions = {slug: Opinion(helped, remark) for slug, helped, remark in told or ()}
    return _with_own(_bases.recall(tuple(state), lambda: _load(session)), compiled), opinions


def _with_own(found: Base, compiled: Compiled) -> Base:
    if not compiled.document.resources:
        return found
    return _joined.recall((Same(found.entries), Same(compiled)), lambda: _join(found, compiled.document.resources))


def _join(found: Base, local: tuple[Entry, ...]) -> Base:
    added = {each.id: each for each in local if each.id not in found.settled}
    nearest = {each.id: each for each in found.entries} | added
    return Base(tuple(nearest.values()), found.own | set(added), found.contacts, found.settled)


def base(session: Session) -> Base:
    """The national resources that the current space adopts, as it says them, and its own; those that follow a
    questionnaire's file come with it (`available`).

    What was read is kept until a row changes.
    """
    return _bases.recall(tuple(session.execute(_STATE).one()), lambda: _load(session))


def _load(session: Session) -> Base:
    known = partners(session)
    entries: dict[str, dict[str, Any]] = {}
    own: set[str] = set()
    settled: set[str] = set()
    contacts: dict[str, Contact] = {}
    for line in lines(session):
        slug = line.resource.slug
        if line.resource.of_document and not line.resource.away:
            settled.discard(slug)
            continue
        if not line.resource.national or line.hidden or line.adapted:
            settled.add(slug)
        if line.resource.away or line.hidden:
            continue
        entries[slug] = line.entry
        contacts.pop(slug, None)
        if not line.resource.national:
            own.add(slug)
        if contact := line.contact(known):
            contacts[slug] = contact
    read = read_resources({"format": 1, "resources": list(entries.values())})
    return Base(read, frozenset(own), contacts, frozenset(settled))


@dataclass(frozen=True, slots=True)
class Line:
    """A resource of the base with what the space makes of it."""

    resource: Resource
    adoption: ResourceAdoption | None = None

    @property
    def hidden(self) -> bool:
        return self.adoption is not None and self.adoption.hidden

    @property
    def adapted(self) -> bool:
        return self.adoption is not None and self.adoption.adapted

    @property
    def outdated(self) -> bool:
        """Whether the national text changed since the space said it otherwise."""
        return self.adoption is not None and self.adoption.seen not in (None, self.resource.entry)

    @property
    def entry(self) -> dict[str, Any]:
        """The resource in the format, as the space says it."""
        return over(self.resource.entry, self.adoption.changes if self.adoption is not None else {})

    @property
    def tags(self) -> list[str]:
        return [*self.resource.tags, *(self.adoption.tags if self.adoption is not None else ())]

    @property
    def partner_id(self) -> int | None:
        return self.resource.partner_id or (self.adoption.partner_id if self.adoption is not None else None)

    @property
    def note(self) -> str:
        return self.resource.contact or (self.adoption.contact if self.adoption is not None else "")

    def contact(self, known: Mapping[int, Partner]) -> Contact | None:
        """Who answers for it, None where the space says nobody."""
        partner = known.get(self.partner_id) if self.partner_id is not None else None
        if partner is None:
            return Contact(note=self.note) if self.note else None
        return Contact(
            partner.name,
            partner.logo,
            partner.contact_name,
            partner.contact_email,
            partner.contact_phone,
            partner.address,
            self.note,
        )


def lines(session: Session) -> list[Line]:
    """Every resource of the national base and of the current space, archived ones too; the nearest come last."""
    mine = and_(ResourceAdoption.resource_id == Resource.id, ResourceAdoption.space_id == here())
    rows = session.execute(
        select(Resource, ResourceAdoption)
        .outerjoin(ResourceAdoption, mine)
        .where(or_(Resource.space_id.is_(None), Resource.space_id == here()))
        .order_by(Resource.space_id.is_not(None), Resource.id)
    )
    return [Line(*row) for row in rows]


def line(session: Session, id: int) -> Line | None:
    """A resource that the current space may see."""
    mine = and_(ResourceAdoption.resource_id == Resource.id, ResourceAdoption.space_id == here())
    row = session.execute(
        select(Resource, ResourceAdoption)
        .outerjoin(ResourceAdoption, mine)
        .where(Resource.id == id, or_(Resource.space_id.is_(None), Resource.space_id == here()))
    ).one_or_none()
    return Line(*row) if row is not None else None


def partners(session: Session) -> dict[int, Partner]:
    """The partners of the current space, by name."""
    rows = session.scalars(select(Partner).where(Partner.space_id == here()).order_by(func.lower(Partner.name)))
    return {partner.id: partner for partner in rows}


def logos() -> Select[str]:
    """The digests of the partners' logos."""
    return select(Partner.logo["digest"].astext).where(Partner.space_id == here(), Partner.logo.is_not(None))


pictures_elsewhere.append(logos)


def partner(session: Session, id: int) -> Partner | None:
    return session.scalars(select(Partner).where(Partner.id == id, Partner.space_id == here())).one_or_none()


def count_of_partner(session: Session, partner: Partner) -> int:
    """How many resources name that partner."""
    counts = [
        select(func.count(model.id)).where(model.partner_id == partner.id).scalar_subquery()
        for model in (Resource, ResourceAdoption)
    ]
    return session.execute(select(counts[0] + counts[1])).scalar_one()


def links(session: Session) -> dict[str, ResourceLink]:
    """What is known of each address; a space's own finding counts before the national base's."""
    rows = session.scalars(select(ResourceLink).order_by(ResourceLink.space_id.is_not(None)))
    return {row.url: row for row in rows}


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a resource: how often it was opened in a year, whom it helped of those who said."""

    opened: int = 0
    helped: int = 0
    asked: int = 0


def figures(session: Session, today: date) -> dict[str, Figures]:
    """The figures of every resource that has some, by slug."""
    visits = session.execute(
        select(ResourceVisit.slug, func.sum(ResourceVisit.count))
        .where(ResourceVisit.space_id == here(), ResourceVisit.day > today - COUNTED)
        .group_by(ResourceVisit.slug)
    )
    found = {slug: Figures(opened=count) for slug, count in visits}
    opinions = session.execute(
        select(ResourceOpinion.slug, func.count().filter(ResourceOpinion.helped), func.count())
        .where(ResourceOpinion.space_id == here())
        .group_by(ResourceOpinion.slug)
    )
    for slug, helped, asked in opinions:
        found[slug] = replace(found.get(slug, Figures()), helped=helped, asked=asked)
    return found


def remarks(session: Session, slug: str) -> Sequence[ResourceOpinion]:
    """The words left about a resource, the latest first."""
    return session.scalars(
        select(ResourceOpinion)
        .where(ResourceOpinion.slug == slug, ResourceOpinion.remark != "")
        .order_by(ResourceOpinion.given_at.desc())
        .limit(50)
    ).all()


def personal_opinions(session: Session, person: Person) -> list[dict[str, Any]]:
    """What this person said of resources in the current space, for the copy of their data."""
    rows = session.scalars(
        select(ResourceOpinion).where(ResourceOpinion.person_id == person.id).order_by(ResourceOpinion.given_at)
    )
    return [
        {"resource": row.slug, "helped": row.helped, "remark": row.remark, "given_at": row.given_at.isoformat()}
        for row in rows
    ]


def address_of(session: Session, slug: str) -> str | None:
    """Where a resource leads: one of the base, or of a questionnaire that the space has asked; None for none."""
    found = next((entry.url for entry in base(session).entries if entry.id == slug), None)
    if found is not None:
        return found
    path = cast("$.resources[*] ? (@.id == $slug).url", JSONPATH)
    named = func.jsonb_build_object("slug", slug)
    url = func.jsonb_path_query_first(QuestionnaireVersion.document, path, named, type_=JSONB)
    raw = session.scalars(
        select(url)
        .where(QuestionnaireVersion.space_id == here(), url.is_not(None))
        .order_by(QuestionnaireVersion.id.desc())
        .limit(1)
    ).one_or_none()
    return raw if isinstance(raw, str) else None


_WRITING = 0x5E1F  # tells this lock from those of other features


def one_at_a_time(session: Session) -> None:
    """Until the end of this transaction, whoever else writes the resources of the space waits. To be called before
    what is written is read."""
    session.execute(select(func.pg_advisory_xact_lock(_WRITING, func.coalesce(here(), 0).cast(Integer))))


def asked(session: Session) -> Compiled | None:
    """The questionnaire in service, which aims are built against; None while there is none."""
    version = active_version(session)
    return compiled_of(session, version) if version is not None else None


# So many versions are searched for what a resource named.
_SEARCHED = 12


def former_subjects(session: Session, names: Collection[str] | None, language: str) -> dict[str, Subject]:
    """What lines named and is gone (``question/ID``…), as the latest version that had it called it: of the space's
    own first, then of the nation's. Without names, all that versions had."""
    if names is not None and not names:
        return {}
    versions = session.scalars(
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.published_at.is_not(None))
        .where(or_(QuestionnaireVersion.space_id.is_(None), QuestionnaireVersion.space_id == here()))
        .order_by(QuestionnaireVersion.space_id.is_(None), QuestionnaireVersion.published_at.desc())
        .limit(_SEARCHED)
    ).all()
    documents = compiled_all(session, versions)
    found: dict[str, Subject] = {}
    for version in versions:
        known = every_subject(documents[version.id].document, language)
        for name in names if names is not None else known:
            if name in known:
                before = found.get(name)
                # Of answers that came and went, each as the latest version that had it said it.
                more = tuple(
                    each
                    for each in known[name].options
                    if before is None or each.value not in {option.value for option in before.options}
                )
                found[name] = replace(before, options=before.options + more) if before is not None else known[name]
    return found


def document_of(compiled: Compiled | None) -> Document | None:
    """What a resource of the base is checked against: that questionnaire, without resources of its own."""
    return replace(compiled.document, resources=()) if compiled is not None else None


def audience(session: Session, compiled: Compiled) -> Audience:
    """The structures of the current space by their latest results, worked out once until one of them changes."""
    if not latest_results:
        return Audience()
    latest = latest_results[0](session, compiled)
    return _audiences.recall((latest.key, Same(compiled)), lambda: Audience.of(latest.read(), latest.all_of_them))


def firsts(audience: Audience, compiled: Compiled, shown: Base, on: date) -> Mapping[str, int]:
    """To how many structures of an audience their result shows each resource first, worked out once a day until the
    audience or the base changes."""
    key = (Same(audience), Same(compiled), Same(shown.entries), shown.own, on)
    return _firsts.recall(key, lambda: audience.firsts(compiled, shown.entries, shown.own, on))


def taken_slugs(session: Session) -> set[str]:
    """The ids that a new resource may not take: those of the base and of the space."""
    return set(
        session.scalars(select(Resource.slug).where(or_(Resource.space_id.is_(None), Resource.space_id == here())))
    )
