"""Filling an empty, migrated database with the demonstration.

The session acts as the role that sees every space; the caller commits. Rows go in by the hundred; what an
assessment is worth is computed and kept by the same use case as in life.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from stdnum import luhn

from assett.accounts import passwords
from assett.accounts.models import Person, SpaceRole, SpaceRoleName
from assett.assessments import queries as assessment_queries
from assett.assessments import service as assessments
from assett.assessments.models import Answer, Assessment
from assett.demo import accounts, content, drafts, logs, people
from assett.demo.accounts import Account
from assett.demo.content import Structure, Territory
from assett.demo.histories import OPENED_FOR, Attempt, History, history, office_hour, paces
from assett.demo.questionnaires import adapted, before, edition, revised
from assett.engine.answers import dump_values
from assett.engine.compiled import Compiled
from assett.kernel.text import fold
from assett.network import service as network
from assett.network.models import Listing, ListingField
from assett.organizations.models import (
    Audience,
    Charter,
    MemberRole,
    Membership,
    Organization,
    Participation,
    Pledge,
)
from assett.organizations.sectors import sector_of
from assett.questionnaires import queries as questionnaires
from assett.questionnaires.models import Questionnaire, QuestionnaireVersion
from assett.questionnaires.service import publish
from assett.resources.service import replace_all
from assett.spaces.models import AuthorityKind, LaunchMark, LocalAuthority, Space

# Who runs the demonstration, for its legal notices; nobody is called so, and the regulator keeps such numbers for
# fiction.
HOST = {
    "ASSETT_HOST_NAME": "Hébergeur d’exemple (fictif)",
    "ASSETT_HOST_ADDRESS": "4 rue de l’Exemple, 75000 Paris (adresse fictive)",
    "ASSETT_HOST_PHONE": "01 99 00 00 78",
}

SETTLED = timedelta(days=60)
"""How long the last version that spaces took up has been there, at least."""

Report = Callable[[str, int, int], None]
"""Told of a step: what it is about, how much of it is done, out of how much."""


def is_seeded(session: Session) -> bool:
    """Whether the demonstration is there (the session sees every space)."""
    return session.scalar(select(Space.id).where(Space.demonstration).limit(1)) is not None


def seed(session: Session, *, now: datetime, report: Report) -> None:
    """Fill an empty database with three territories and three years that end now."""
    territories = content.territories()
    bases = _national(session, now)
    places = []
    for territory in territories:
        places.append(_place(session, territory, bases, now))
        report("Territoires", len(places), len(territories))
    password_hash = passwords.hashed(accounts.PASSWORD)
    _team(session, {place.space.slug: place.space for place in places}, password_hash, now)
    actors: list[Actor] = []
    for place in places:
        _launch(session, place)
        actors += _actors(session, place, len(actors), password_hash, now)
        report("Structures", len(actors), sum(len(each.territory.structures) for each in places))
    _assessments(session, actors, report)
    _pledges(session, actors, now)
    _listings(session, actors, now)
    session.flush()
    for place in places:
        logs.write(session, place.space, now)
        drafts.write(session, place.space, place.versions[-1], now)


# The national base


@dataclass(frozen=True, slots=True)
class Base:
    """A questionnaire of the national base: as published, the version that spaces began with first, and as trees."""

    versions: tuple[QuestionnaireVersion, ...]
    trees: tuple[dict[str, Any], ...]


def _national(session: Session, now: datetime) -> dict[str, Base]:
    published = now - OPENED_FOR - timedelta(days=60)
    former = content.tree(content.HERE / "former.yaml")
    since = datetime.fromisoformat(f"{former['since']}T08:00:00+00:00")
    bases = {}
    for name in ("socle-assett", "premier-pas"):
        # The files bear the label of their own year; here they came out before the spaces opened.
        today = content.tree(content.QUESTIONNAIRES / f"{name}.yaml")
        told = [(published, today, None)]
        # A version cites no law that is younger than itself.
        if published < since < now - SETTLED:
            told = [(published, before(today, former["helps"][name]), None), (since, today, former["note"])]
        base = Base((), ())
        for at, text, note in told:
            tree = text | {"version": edition(at)}
            version = publish(session, None, tree, now=at, questionnaire=_followed(session, base.versions), note=note)
            base = Base((*base.versions, version), (*base.trees, tree))
        bases[name] = base
    _next_national(session, bases, now)
    resources = content.tree(content.QUESTIONNAIRES / "ressources-nationales.yaml")["resources"]
    replace_all(session, None, resources, now=now)
    return bases


def _next_national(session: Session, bases: dict[str, Base], now: datetime) -> None:
    """The versions published lately: the spaces follow the ones before, and are told."""
    for name, changes in content.tree(content.HERE / "national.yaml").items():
        base = bases[name]
        published = now - timedelta(days=int(changes["days_ago"]))
        publish(
            session,
            None,
            revised(base.trees[-1], changes) | {"version": edition(published)},
            now=published,
            questionnaire=_followed(session, base.versions),
            note=changes["note"],
        )


def _followed(session: Session, versions: Sequence[QuestionnaireVersion]) -> Questionnaire | None:
    """The questionnaire that these are versions of; none yet where there is none."""
    return session.get_one(Questionnaire, versions[-1].questionnaire_id) if versions else None


# Spaces


@dataclass(frozen=True, slots=True)
class Place:
    """A space that was opened, with what it asks and what it has signed (versions and charters from the first on).

    All versions ask the same: `compiled` is the last.
    """

    territory: Territory
    space: Space
    versions: tuple[QuestionnaireVersion, ...]
    compiled: Compiled
    charters: tuple[Charter, ...]

    def asked(self, at: datetime) -> QuestionnaireVersion:
        """The version that an assessment started then answers."""
        return next(each for each in reversed(self.versions) if each.published_at and each.published_at <= at)


def _place(session: Session, territory: Territory, bases: dict[str, Base], now: datetime) -> Place:
    opened = now - OPENED_FOR
    authority = LocalAuthority(
        name=territory.authority["name"],
        kind=AuthorityKind(territory.authority["kind"]),
        siren=territory.authority.get("siren"),
        cog_code=territory.authority["cog_code"],
        department=territory.authority["department"],
    )
    session.add(authority)
    session.flush()
    space = Space(
        local_authority_id=authority.id,
        slug=territory.slug,
        theme=territory.slug,
        demonstration=True,
        created_at=opened - timedelta(days=45),
        opened_at=opened,
        **territory.space,
    )
    session.add(space)
    session.flush()
    base = bases[territory.questionnaire["from"]]
    changes = territory.questionnaire.get("changes")
    versions: list[QuestionnaireVersion] = []
    for number, (upstream, national) in enumerate(zip(base.versions, base.trees, strict=True), 1):
        tree = adapted(national, changes) | {"version": str(number)} if changes else national
        # Begun with before the space opened, then taken up ten days after it came out.
        at = max(upstream.published_at or opened, opened - timedelta(days=20)) + timedelta(days=10)
        asked = _followed(session, versions)
        versions.append(
            publish(session, space.id, tree, now=at, upstream=upstream, questionnaire=asked, note=dict(upstream.note))
        )
    replace_all(session, space.id, territory.resources, now=now)
    charters = [
        Charter(
            space_id=space.id,
            version=number,
            title=told["title"],
            text=told["text"],
            changes=told.get("changes", {}),
            published_at=now - timedelta(days=int(told["days_ago"])) if "days_ago" in told else opened,
        )
        for number, told in enumerate(territory.charters, 1)
    ]
    session.add_all(charters)
    session.flush()
    compiled = questionnaires.compiled(session, versions[-1])
    return Place(territory, space, tuple(versions), compiled, tuple(charters))


def _team(session: Session, spaces: dict[str, Space], password_hash: str, now: datetime) -> None:
    """The accounts of the collectivités' teams and of the operator."""
    for account in accounts.accounts():
        if account.team is None and not account.operator:
            continue
        person = _person(account.name, account.email, now - OPENED_FOR, password_hash)
        person.operator = account.operator
        session.add(person)
        session.flush()
        if account.team is not None:
            space = spaces[account.space]
            since = space.created_at + timedelta(days=2)
            session.add(SpaceRole(space_id=space.id, person_id=person.id, role=account.team, created_at=since))
    session.flush()


def _launch(session: Session, place: Place) -> None:
    """What a manager of the space declared done before it opened."""
    manager = session.scalars(
        select(SpaceRole.person_id)
        .where(SpaceRole.space_id == place.space.id, SpaceRole.role == SpaceRoleName.MANAGER)
        .order_by(SpaceRole.id)
        .limit(1)
    ).one()
    opened = place.space.opened_at
    assert opened is not None
    session.add_all(
        LaunchMark(
            space_id=place.space.id,
            milestone=milestone,
            person_id=manager,
            marked_at=opened - timedelta(days=40 - 6 * number),
        )
        for number, milestone in enumerate(place.territory.declared)
    )


def _person(name: str, email: str, since: datetime, password_hash: str | None = None) -> Person:
    return Person(
        name=name,
        email=email,
        password_hash=password_hash,
        stamp=secrets.token_urlsafe(12),
        created_at=since,
        confirmed_at=since,
        demonstration=True,
    )


# Structures and their people


@dataclass(frozen=True, slots=True)
class Actor:
    """A structure in its space: its rows, its people (the owner first) and its history."""

    place: Place
    structure: Structure
    organization: Organization
    participation: Participation
    people: tuple[Person, ...]
    history: History


def _actors(session: Session, place: Place, known: int, password_hash: str, now: datetime) -> list[Actor]:
    """The structures of a place, with their people; `known` structures were numbered before them."""
    territory = place.territory
    names = people.people(territory.slug, territory.slug)
    actors = []
    for number, (structure, pace) in enumerate(
        zip(territory.structures, paces(territory.structures, territory.slug), strict=True), known + 1
    ):
        past = history(structure, pace, place.compiled, now)
        rng = Random(f"{structure.name}, {structure.commune}")  # noqa: S311 - the same every time
        organization = _organization(structure, siret(number), past.joined, rng)
        if structure.name == accounts.STRUCTURE:
            roles = {_person(each.name, each.email, past.joined, password_hash): each.member for each in _members()}
        else:
            roles = {_person(*next(names), past.joined): MemberRole.OWNER}
        session.add_all([organization, *roles])
        session.flush()
        participation = Participation(
            space_id=place.space.id,
            organization_id=organization.id,
            joined_at=past.joined,
            profile=dump_values(past.profile),
            share_scores=_chosen(rng, SHARED_SCORES),
            share_answers=_chosen(rng, SHARED_ANSWERS),
        )
        session.add(participation)
        session.add_all(_membership(organization, person, role, past.joined) for person, role in roles.items())
        if structure.name == accounts.STRUCTURE:
            newcomer = _person(*next(names), now - timedelta(days=2))
            session.add(newcomer)
            session.flush()
            asked = _membership(organization, newcomer, MemberRole.CONTRIBUTOR, now - timedelta(days=2))
            asked.accepted_at = None
            session.add(asked)
        actors.append(Actor(place, structure, organization, participation, tuple(roles), past))
    session.flush()
    return actors


def _members() -> list[Account]:
    return [account for account in accounts.accounts() if account.member is not None]


def _membership(organization: Organization, person: Person, role: MemberRole | None, since: datetime) -> Membership:
    return Membership(
        organization_id=organization.id, person_id=person.id, role=role, requested_at=since, accepted_at=since
    )


SHARED_SCORES = {Audience.AUTHORITY: 90, Audience.NOBODY: 10}
SHARED_ANSWERS = {Audience.NOBODY: 68, Audience.AUTHORITY: 32}


def _chosen(rng: Random, weights: dict[Audience, int]) -> Audience:
    return rng.choices(list(weights), list(weights.values()))[0]


def _organization(structure: Structure, number: str, joined: datetime, rng: Random) -> Organization:
    """What a structure says of itself; some leave a few things out."""
    site = fold(structure.name).replace(" ", "-")
    return Organization(
        siret=number,
        name=structure.name,
        kind=structure.kind,
        activity=structure.activity,
        sector=sector_of(structure.naf),
        naf_code=structure.naf,
        naf_version="NAF rév. 2",
        workforce=structure.workforce if structure.published or rng.random() < 0.9 else None,
        commune=structure.commune,
        insee_code=structure.insee_code,
        website=f"https://{site}.example.org" if rng.random() < 0.7 else None,
        created_at=joined,
        demonstration=True,
    )


def siret(number: int) -> str:
    """A SIRET that is right and that nobody holds: no company's number begins with three zeros."""
    siren = f"000{number * 37:05}"
    siren += luhn.calc_check_digit(siren)
    establishment = f"{siren}0001"
    return establishment + luhn.calc_check_digit(establishment)


# Assessments


def _assessments(session: Session, actors: Sequence[Actor], report: Report) -> None:
    """Write the assessments: the first of each structure, then the second of each, as a new one needs the last."""
    total = sum(len(actor.history.attempts) for actor in actors)
    done = 0
    last: dict[int, Assessment] = {}
    for attempts in zip_longest(*(actor.history.attempts for actor in actors)):
        turn = [(actor, attempt) for actor, attempt in zip(actors, attempts, strict=True) if attempt is not None]
        rows = [_assessment(actor, attempt, last.get(actor.participation.id)) for actor, attempt in turn]
        session.add_all(rows)
        session.flush()
        session.execute(
            insert(Answer),
            [
                answer
                for row, (actor, attempt) in zip(rows, turn, strict=True)
                for answer in _answers(row, actor, attempt)
            ],
        )
        for row, (actor, attempt) in zip(rows, turn, strict=True):
            compiled = actor.place.compiled
            if attempt.completed is not None:
                assessments.complete(session, row, compiled, attempt.completed)
                last[actor.participation.id] = row
            else:
                answers = assessment_queries.answers(session, row)
                assessments.note_progress(session, row, compiled, answers, attempt.answers[-1].at)
            done += 1
            if done % 20 == 0 or done == total:
                report("Auto-évaluations", done, total)


def _assessment(actor: Actor, attempt: Attempt, last: Assessment | None) -> Assessment:
    return Assessment(
        space_id=actor.place.space.id,
        participation_id=actor.participation.id,
        version_id=actor.place.asked(attempt.started).id,
        prefilled_from_id=last.id if last is not None else None,
        started_by=actor.people[0].id,
        started_at=attempt.started,
        changed_at=attempt.started,
        profile=dump_values(attempt.profile),
    )


def _answers(row: Assessment, actor: Actor, attempt: Attempt) -> Iterator[dict[str, Any]]:
    """The rows of an attempt's answers. Where several people may answer, they take turns; what is taken over from
    the last time is nobody's, as when an assessment is begun."""
    authors = actor.people[:2]
    raw = dump_values(attempt.values)
    for index, given in enumerate(attempt.answers):
        author = None if given.taken_over else authors[index // 5 % len(authors)]
        yield {
            "space_id": row.space_id,
            "assessment_id": row.id,
            "question": given.question,
            "value": {"v": raw[given.question]},
            "revision": 0 if given.taken_over else 2 if given.before else 1,
            "author_id": author.id if author is not None else None,
            "author": author.name if author is not None else "",
            "answered_at": given.at,
        }


# Charters and listings


def _pledges(session: Session, actors: Sequence[Actor], now: datetime) -> None:
    """Most sign the charter when they join, or soon after; most of those sign the new one when it comes."""
    rows = []
    for actor in actors:
        rng = Random(f"{actor.structure.name} signs")  # noqa: S311 - the same every time
        owner, joined = actor.people[0], actor.history.joined
        in_force = [
            charter for charter in actor.place.charters if charter.published_at and charter.published_at <= joined
        ]
        offered = [(in_force[-1], joined)] if in_force else []
        offered += [
            (charter, charter.published_at)
            for charter in actor.place.charters
            if charter.published_at and charter.published_at > joined
        ]
        engaged = actor.structure.published or rng.random() < (0.85 if actor.history.attempts else 0.4)
        for charter, since in offered:
            if engaged and (since == joined or rng.random() < 0.7):
                signed = office_hour(since + timedelta(days=rng.randint(0, 20)), rng)
                rows.append(
                    {
                        "space_id": actor.place.space.id,
                        "participation_id": actor.participation.id,
                        "charter_id": charter.id,
                        "person_id": owner.id,
                        "signatory": owner.name,
                        "signed_at": min(max(signed, since), now),
                    }
                )
    session.execute(insert(Pledge), rows)


ALWAYS_SHOWN = (ListingField.ACTIVITY, ListingField.PRESENTATION, ListingField.COMMITMENTS)
OFTEN_SHOWN = {
    ListingField.COMMUNE: 0.95,
    ListingField.KIND: 0.8,
    ListingField.WORKFORCE: 0.6,
    ListingField.WEBSITE: 0.9,
    ListingField.LEVELS: 0.62,
    ListingField.ENGAGED_SINCE: 0.75,
    ListingField.CHARTER: 0.85,
}


def _listings(session: Session, actors: Sequence[Actor], now: datetime) -> None:
    for actor in actors:
        structure = actor.structure
        if not structure.presentation:
            continue
        rng = Random(f"{structure.name} shows")  # noqa: S311 - the same every time
        shown = {*ALWAYS_SHOWN, *(field for field, chance in OFTEN_SHOWN.items() if rng.random() < chance)}
        since = actor.history.joined + timedelta(days=rng.randint(5, 60))
        written = min(since + (now - since) * (rng.random() ** 2), now - timedelta(hours=3))
        listing = Listing(
            space_id=actor.place.space.id,
            participation_id=actor.participation.id,
            presentation=structure.presentation,
            commitments="\n".join(structure.commitments),
            shown=[field.value for field in ListingField if field in shown],
            updated_at=written,
            published_at=written if structure.published else None,
        )
        listing.searchable = network.searchable(listing)
        session.add(listing)
    session.flush()
