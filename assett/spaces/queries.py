"""Reads about spaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    Text,
    bindparam,
    cast,
    column,
    delete,
    exists,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.orm import Session, aliased, joinedload

from assett.core import search
from assett.core.audit import AuditEntry
from assett.core.db import Prepared
from assett.core.tenancy import CURRENT_SPACE
from assett.spaces.models import LaunchMark, LocalAuthority, Picture, Space
from assett.spaces.registries import AtTheDoor, at_the_door, brief_endpoints, pictures_elsewhere

# How long a picture may lie unused: between its arrival and the form that names it.
PICTURE_WAITS = timedelta(hours=1)

# People belong to a feature above; their names are read for what they have done here.
_person = table("person", column("id", BigInteger), column("name", Text))


class SpaceInBrief:
    """What the door needs of a space; whatever else it has is read when it is first asked for."""

    def __init__(self, session: Session, id: int, slug: str, languages: list[Any], opened_at: datetime | None) -> None:
        self._session = session
        self.id = id
        self.slug = slug
        self.languages = languages
        self.opened_at = opened_at

    is_open = Space.is_open

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)

    @cached_property
    def _whole(self) -> Space:
        return self._session.get_one(Space, self.id, options=[joinedload(Space.local_authority)])


def enter_by_slug(
    session: Session, slug: str, endpoint: str | None = None, values: Mapping[str, Any] | None = None
) -> Space | SpaceInBrief | None:
    """The space at this address; the same statement declares it to the database for the rest of the transaction, and
    reads what the features above want to know at the door."""
    parameters: dict[str, Any] = {"slug": slug}
    wanted: list[AtTheDoor] = []
    for each in at_the_door:
        given = each.given(endpoint, values or {})
        if given is not None:
            wanted.append(each)
            parameters |= given
    if endpoint in brief_endpoints:
        row = _entering_in_brief(*wanted).run(session, parameters).one_or_none()
        space = SpaceInBrief(session, *row[: len(_BRIEF)]) if row is not None else None
    else:
        row = session.execute(_entering(*wanted), parameters).one_or_none()
        space = row[0] if row is not None else None
    if row is not None:
        for each, found in zip(wanted, row[-len(wanted) :] if wanted else (), strict=True):
            each.told(found)
    return space


# Both are put together once. What the features read may lie behind the policies of the space: it is read of a row that
# has come out of here, by which time the space is declared.


@cache
def _entering(*wanted: AtTheDoor) -> Select[Any]:
    entered = _entered(Space)
    space = aliased(Space, entered)
    return select(space, *_known(entered, wanted)).options(joinedload(space.local_authority))


@cache
def _entering_in_brief(*wanted: AtTheDoor) -> Prepared:
    entered = _entered(*_BRIEF)
    return Prepared(select(*(entered.c[each.key] for each in _BRIEF), *_known(entered, wanted)))


_BRIEF = (Space.id, Space.slug, Space.languages, Space.opened_at)


def _entered(*what: Any) -> CTE:
    declared = func.set_config("app.space", cast(Space.id, Text), True).label("declared")
    return select(*what, declared).where(Space.slug == bindparam("slug")).cte("entered").prefix_with("MATERIALIZED")


def _known(entered: CTE, wanted: Iterable[AtTheDoor]) -> list[ScalarSelect[Any]]:
    return [each.asked(entered.c.declared.is_not(None)) for each in wanted]


def exists_at(session: Session, slug: str) -> bool:
    return session.scalar(select(Space.id).where(Space.slug == slug)) is not None


@dataclass(frozen=True, slots=True)
class OpenSpace:
    """A space as whoever looks for theirs reads it."""

    slug: str
    name: str
    programme: str
    authority: str


def open_spaces(session: Session, words: str = "") -> tuple[list[OpenSpace], tuple[str, ...]]:
    """The spaces that are open to visitors, by name, and the words tried in place of misspelt ones.

    A platform has hundreds of them at most: they are looked through here, as the directory's listings are.
    """
    rows = session.execute(
        select(Space.slug, Space.name, Space.programme, LocalAuthority.name)
        .join(Space.local_authority)
        .where(Space.opened_at <= func.now())
        .order_by(search.folded(Space.name), Space.id)
    )
    spaces = [OpenSpace(*row) for row in rows]
    texts = {
        place: search.fold_once(f"{each.name} {each.authority} {each.programme}") for place, each in enumerate(spaces)
    }
    found = search.find(words, texts)
    return [spaces[place] for place in found.keys], found.corrected


def own_hosts(session: Session) -> dict[str, str]:
    """The host names that spaces have proved to be their own, with the space's slug."""
    rows = session.execute(select(Space.hostname, Space.slug).where(Space.host_checked_at.is_not(None)))
    return {hostname: slug for hostname, slug in rows if hostname is not None}


def picture(session: Session, digest: str, *, small: bool) -> bytes | None:
    """A picture of the current space, as WebP; in its one size where it has no smaller."""
    size = func.coalesce(Picture.small, Picture.content) if small else Picture.content
    return session.scalars(select(size).where(Picture.digest == digest)).one_or_none()


def count_pictures(session: Session) -> int:
    return session.scalars(select(func.count(Picture.id)).where(Picture.space_id == here())).one()


def pictures_shown(session: Session, space: Space) -> set[str]:
    """The digests of the pictures that the space shows to everybody."""
    shown = _digests(space.photo, (space.appearance or {}).get("logo"))
    return shown.union(*(session.scalars(digests()) for digests in pictures_elsewhere))


def forget_pictures(session: Session, space: Space) -> None:
    """Forget the pictures that nothing shows, tries or could put back; one that has just come may still find its use.

    What can be put back is what was before the last change of the photo and of the appearance.
    """
    before = [
        (last.entry.details.get("before") or {}) if last is not None else {}
        for last in (last_change(session, f"settings.{part}") for part in ("photo", "appearance"))
    ]
    kept = pictures_shown(session, space) | _digests(
        (space.appearance_draft or {}).get("logo"),
        *(each.get("photo") for each in before),
        *((each.get("appearance") or {}).get("logo") for each in before),
    )
    session.execute(
        delete(Picture).where(
            Picture.space_id == here(),
            Picture.digest.not_in(kept),
            Picture.created_at < func.now() - PICTURE_WAITS,
        )
    )


def _digests(*pictures: Mapping[str, Any] | None) -> set[str]:
    return {picture["digest"] for picture in pictures if picture}


def hold(session: Session, space: Space) -> Space:
    """The space as it is now, all of it, changed by nobody else until the end of the transaction.

    Rows that only refer to it (a new participation) are not held up.
    """
    session.refresh(
        space, [column.key for column in Space.__mapper__.column_attrs], with_for_update={"key_share": True}
    )
    return space


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of a part of the settings: when, by whom (empty for an erased account or a command)."""

    entry: AuditEntry
    at: datetime
    author: str


def last_change(session: Session, action: str) -> Change | None:
    """The last change of the current space that the log holds under this action."""
    row = session.execute(
        select(AuditEntry, _person.c.name)
        .outerjoin(_person, _person.c.id == AuditEntry.person_id)
        .where(AuditEntry.space_id == here(), AuditEntry.action == action)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(1)
    ).one_or_none()
    return Change(row[0], row[0].at, row[1] or "") if row is not None else None


def here() -> ColumnElement[int]:
    """The id of the current space, as the database knows it."""
    return literal_column(CURRENT_SPACE, BigInteger)


def own(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """1 where the current space meets the conditions, else 0: a count for `registries.Milestone`."""
    return select(func.count(Space.id)).where(Space.id == here(), *conditions).scalar_subquery()


def was_done(*actions: str) -> ColumnElement[bool]:
    """Whether the log of the current space holds one of these actions."""
    return exists().where(AuditEntry.space_id == here(), AuditEntry.action.in_(actions))


def counts(session: Session, asked: Mapping[str, ScalarSelect[int]]) -> dict[str, int]:
    """Several counts in one statement."""
    if not asked:
        return {}
    row = session.execute(select(*(count.label(f"c{place}") for place, count in enumerate(asked.values())))).one()
    return dict(zip(asked, row, strict=True))


@dataclass(frozen=True, slots=True)
class Mark:
    at: datetime
    author: str


def marks(session: Session) -> dict[str, Mark]:
    """What the team has declared done, by milestone."""
    rows = session.execute(
        select(LaunchMark.milestone, LaunchMark.marked_at, _person.c.name).outerjoin(
            _person, _person.c.id == LaunchMark.person_id
        )
    )
    return {milestone: Mark(at, name or "") for milestone, at, name in rows}
