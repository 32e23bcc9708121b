"""Use cases of a space's settings. Every change is written in the log with what was before, and can be undone."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO, Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import DateTime, delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assett.core import audit
from assett.core.changes import Change, differences, label
from assett.core.i18n import in_paris
from assett.core.permissions import Actor
from assett.kernel.clock import PARIS
from assett.kernel.errors import Rejected
from assett.spaces import domains, pictures, queries, themes
from assett.spaces.models import Compliance, LaunchMark, Picture, Space
from assett.spaces.registries import Milestone, milestones
from assett.spaces.words import HomeWords

MOST_PICTURES = 300
LOGO_WIDE = 480

# What each part of the settings changes, for its line in the log and for going back (whether a host name was proved
# is not for going back: it is proved anew).
PARTS: dict[str, tuple[str, ...]] = {
    "names": ("name", "programme", "actors", "contact_email"),
    "home": ("words",),
    "photo": ("photo",),
    "appearance": ("theme", "appearance"),
    "languages": ("languages",),
    "legal": ("legal", "compliance"),
    "publisher": ("publisher_address", "publisher_phone", "publication_director"),
    "directory": ("directory_open", "directory_levels", "directory_on_home", "directory_export"),
    "address": ("hostname",),
    "opening": ("opened_at", "closed_at"),
    "pilots": ("pilot_key",),
}


@dataclass(frozen=True, slots=True)
class Names:
    name: str
    programme: str
    actors: Mapping[str, str]
    contact_email: str | None


@dataclass(frozen=True, slots=True)
class Publisher:
    """What the law wants said of who publishes a space."""

    address: str | None
    phone: str | None
    director: str | None


@dataclass(frozen=True, slots=True)
class DirectoryChoice:
    open: bool
    levels: bool
    on_home: bool
    export: bool


@dataclass(frozen=True, slots=True)
class Dates:
    """The first day that everybody may come, and the last on which an assessment may begin; `shut` says that an open
    space is to be closed to everybody, should the first day want it; `anyway` names the milestones that it may open
    without: what was told to be missing.
    """

    opens_on: date | None
    closes_on: date | None
    shut: bool = False
    anyway: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Photo:
    """A new file (it takes the place of the photo `instead_of`, by its digest), or none; its words."""

    file: IO[bytes] | None
    alt: str
    instead_of: str = ""


def action_of(part: str) -> str:
    return f"settings.{part}"


def change(session: Session, space: Space, part: str, values: Mapping[str, Any], *, action: str | None = None) -> bool:
    """Set these columns of a part; the log keeps before and after, under the part's action or another. False where
    nothing is changed."""
    before = {name: _plain(getattr(space, name)) for name in values}
    after = {name: _plain(value) for name, value in values.items()}
    changed = [name for name in values if before[name] != after[name]]
    if not changed:
        return False
    for name in changed:
        setattr(space, name, values[name])
    moments = {"before": before, "after": after}
    details = {moment: {name: values[name] for name in changed} for moment, values in moments.items()}
    if "appearance" in changed:
        details = _as_shown(space, details)
    audit.record(session, action or action_of(part), details=_unsaid(part, details))
    session.flush()
    return True


def _as_shown(space: Space, details: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """With the colours that visitors saw where a space had none of its own: those of its base theme, for the log;
    `bare` names those moments, for going back."""
    bare = [moment for moment, values in details.items() if values["appearance"] is None]
    bases = {moment: themes.base_called(details[moment].get("theme", space.theme)) for moment in bare}
    seen = {
        moment: {
            **details[moment],
            "appearance": {name: value for name, value in themes.settings_of(base).items() if name != "theme"},
        }
        for moment, base in bases.items()
    }
    return {**details, **seen, "bare": bare}


def _unsaid(part: str, details: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The key of the pilots' link opens the door: the log says what became of it, not what it is."""
    return {} if part == "pilots" else details


@dataclass(frozen=True, slots=True)
class WayBack:
    """The last change of a part, and what would come back if it were taken back."""

    change: queries.Change
    values: Mapping[str, Any]
    returns: Sequence[Change]

    def touches(self, *path: str) -> bool:
        """Whether something comes back there (a column, then the keys in it)."""
        return any(each.path[: len(path)] == path for each in self.returns)


def way_back(session: Session, part: str) -> WayBack | None:
    """How to put a part of the current space back; None where there is nothing to take back."""
    last = queries.last_change(session, action_of(part))
    if last is None:
        return None
    before, after = (
        {name: value for name, value in (last.entry.details.get(moment) or {}).items() if name in PARTS[part]}
        for moment in ("before", "after")
    )
    if "before" in last.entry.details.get("bare", ()):
        before["appearance"] = None
    returns = list(differences(after, before))
    if part == "appearance" and "appearance" in before and before["appearance"] is None:
        # Nothing of its own is not nothing: the base theme showed.
        theme = Change(("appearance",), label("appearance"), "", _("celle du thème de départ"))
        returns = [theme, *(each for each in returns if each.path[0] != "appearance")]
    return WayBack(last, before, returns) if returns else None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody said they want all the same: an open space to be `shut` to everybody, one to open `anyway`, without
    these milestones."""

    shut: bool = False
    anyway: frozenset[str] = frozenset()


def undo(session: Session, space: Space, part: str, entry: int, agreed: Agreed, now: datetime) -> WayBack:
    """Put a part back as it was before its last change, the line `entry` of the log (`space` is held).

    Raises:
        Rejected: it was never changed, or changed again since that line; or shutting is not confirmed.
        Unready: opening without what is missing is not confirmed.
    """
    back = way_back(session, part)
    if back is None:
        raise Rejected(_("Rien n’a encore été changé ici."))
    if back.change.entry.id != entry:
        raise Rejected(_("Un autre changement est venu entre-temps : rien n’est remis. Relisez la page."))
    if part == "address":
        _put_host_back(session, space, back.values["hostname"])
        return back
    columns = Space.__table__.columns
    values = {
        name: datetime.fromisoformat(value) if value and isinstance(columns[name].type, DateTime) else value
        for name, value in back.values.items()
    }
    if part == "opening":
        _set_opening(session, space, {**_opening(space), **values}, agreed, now)
    else:
        change(session, space, part, values)
    return back


def _put_host_back(session: Session, space: Space, hostname: str | None) -> None:
    """Ask for the earlier name anew: that it was proved once says nothing of today."""
    if hostname is not None and queries.own_hosts(session).get(hostname, space.slug) != space.slug:
        raise Rejected(_("« %(name)s » sert désormais à un autre espace.", name=hostname))
    ask_for_host(session, space, hostname)


def _plain(value: Any) -> Any:
    """As JSON keeps it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


# Names, home, languages, legal texts, directory


def rename(session: Session, space: Space, command: Names) -> bool:
    # A language that is no longer offered keeps its words, for the day it is offered again.
    actors = {**space.actors, **command.actors}
    return change(
        session,
        space,
        "names",
        {
            "name": command.name,
            "programme": command.programme,
            "actors": {language: text for language, text in actors.items() if text},
            "contact_email": command.contact_email,
        },
    )


def write_home(session: Session, space: Space, language: str, words: HomeWords) -> bool:
    """The words of the home page in one language; all of it taken away, the page says ours again."""
    written = {**space.words, language: words.stored()}
    return change(session, space, "home", {"words": {code: told for code, told in written.items() if told}})


def write_legal(
    session: Session, space: Space, page: str, language: str, text: str, compliance: Compliance | None = None
) -> bool:
    """A legal page in one language, as Markdown; an empty text gives the page back to ours. The accessibility
    statement also says what an audit found (`compliance`).

    Raises:
        Rejected: the space is said to comply, and no statement of its own says what an audit found.
    """
    written = {name: dict(texts) for name, texts in space.legal.items()}
    written.setdefault(page, {})[language] = text
    kept = {name: {code: told for code, told in texts.items() if told} for name, texts in written.items()}
    legal = {name: texts for name, texts in kept.items() if texts}
    compliance = compliance or space.compliance
    if compliance != Compliance.NONE and not legal.get("accessibility"):
        raise Rejected(
            _("Écrivez votre déclaration : ce que l’audit a trouvé, et ce qui reste à corriger."),
            "text" if text == "" else "compliance",
        )
    return change(session, space, "legal", {"legal": legal, "compliance": compliance})


def name_publisher(session: Session, space: Space, command: Publisher) -> bool:
    return change(
        session,
        space,
        "publisher",
        {
            "publisher_address": command.address,
            "publisher_phone": command.phone,
            "publication_director": command.director,
        },
    )


def offer_languages(session: Session, space: Space, languages: Sequence[str]) -> bool:
    """The languages offered, the first one being the default."""
    if not languages:
        raise Rejected(_("Gardez au moins une langue."), "languages")
    return change(session, space, "languages", {"languages": list(languages)})


def choose_directory(session: Session, space: Space, command: DirectoryChoice) -> bool:
    return change(
        session,
        space,
        "directory",
        {
            "directory_open": command.open,
            "directory_levels": command.levels,
            "directory_on_home": command.on_home,
            "directory_export": command.export,
        },
    )


# Pictures and appearance


def keep_picture(session: Session, space: Space, file: IO[bytes], **sizes: Any) -> dict[str, Any]:
    """Encode a picture and keep it; gives its digest, width and height. The same picture is kept once.

    Those that nothing needs any more make room for it.
    """
    queries.forget_pictures(session, space)
    if queries.count_pictures(session) >= MOST_PICTURES:
        raise Rejected(_("Cet espace garde déjà 300 images : c’est le plus que nous puissions."), "picture")
    encoded = pictures.encode(file, **sizes)
    if encoded.empty:
        raise Rejected(_("Cette image est toute blanche ou toute transparente : on n’y verrait rien."), "picture")
    session.execute(
        insert(Picture)
        .values(
            space_id=space.id,
            digest=encoded.digest,
            width=encoded.width,
            height=encoded.height,
            content=encoded.content,
            small=encoded.small,
        )
        .on_conflict_do_update(index_elements=[Picture.space_id, Picture.digest], set_={"created_at": func.now()})
    )
    kept = {"digest": encoded.digest, "width": encoded.width, "height": encoded.height}
    return {**kept, "pale": True} if encoded.pale else kept


def show_photo(session: Session, space: Space, command: Photo) -> bool:
    """The photo of the home page, with its words for those who do not see it (none: it only decorates).

    Without a file, the words of the present one change.
    """
    if command.file is not None:
        _still_shown(space.photo, command.instead_of)
        kept = keep_picture(session, space, command.file)
    elif space.photo:
        kept = {name: value for name, value in space.photo.items() if name != "alt"}
    else:
        raise Rejected(_("Choisissez une image."), "picture")
    return change(session, space, "photo", {"photo": {**kept, "alt": command.alt}})


def replace_logo(session: Session, space: Space, logo: Mapping[str, Any] | None, file: IO[bytes], seen: str) -> Any:
    """The picture to show instead of `logo`, which its author saw (`seen`, a digest)."""
    _still_shown(logo, seen)
    return keep_picture(session, space, file, wide=LOGO_WIDE, small=None)


def _still_shown(picture: Mapping[str, Any] | None, seen: str) -> None:
    if (picture or {}).get("digest", "") != seen:
        raise Rejected(
            _(
                "Quelqu’un vient de changer cette image : voici la sienne. Renvoyez la vôtre si elle doit prendre sa "
                "place."
            ),
            "picture",
        )


def take_photo_away(session: Session, space: Space) -> bool:
    return change(session, space, "photo", {"photo": None})


def try_appearance(session: Session, space: Space, draft: Mapping[str, Any] | None) -> None:
    """Keep what the editor tries; nobody else sees it, and the log has no need of it."""
    space.appearance_draft = dict(draft) if draft is not None else None
    session.flush()


def publish_appearance(session: Session, space: Space, draft: Mapping[str, Any]) -> bool:
    """Give the whole space this face, at once."""
    chosen = {name: value for name, value in draft.items() if name != "theme"}
    changed = change(session, space, "appearance", {"theme": draft["theme"], "appearance": chosen})
    try_appearance(session, space, None)
    return changed


def back_to_base(session: Session, space: Space) -> bool:
    """The base theme as it is, without what the space made of it."""
    changed = change(session, space, "appearance", {"appearance": None})
    try_appearance(session, space, None)
    return changed


# A host name of its own


def ask_for_host(session: Session, space: Space, hostname: str | None) -> bool:
    """Ask for a name (None: give it up). It serves once it is checked; a new one is checked anew."""
    if hostname == space.hostname and (space.host_token is not None) == (hostname is not None):
        return False
    space.host_token = f"assett-{secrets.token_hex(16)}" if hostname else None
    return change(session, space, "address", {"hostname": hostname, "host_checked_at": None})


def check_host(session: Session, space: Space, now: datetime) -> Space:
    """Look for the proof that the name is the space's own; from then on, it answers there.

    Raises:
        Rejected: the proof is not there, the name already serves another space, or was changed meanwhile.
    """
    asked = (space.hostname, space.host_token)
    if space.hostname is None or space.host_token is None:
        raise Rejected(_("Indiquez d’abord un nom."), "hostname")
    # The DNS takes its time: nobody waits for it with us.
    domains.check_record(space.hostname, space.host_token)
    queries.hold(session, space)
    if (space.hostname, space.host_token) != asked:
        raise Rejected(_("Ce nom vient d’être changé. Relisez la page."), "hostname")
    try:
        with session.begin_nested():
            change(session, space, "address", {"hostname": space.hostname, "host_checked_at": now})
    except IntegrityError as taken:
        session.refresh(space, ["host_checked_at"])
        raise Rejected(_("Ce nom sert déjà à un autre espace."), "hostname") from taken
    return space


# Opening


# What is agreed to, beside the milestones that are missing: a last day that is over, a first day that has come already.
OVER, AT_ONCE = "over", "at-once"


class Unready(Rejected):
    """Something is `missing`, the last day is `over` already, or its days open the space `at_once`; and nobody has said
    yet to go on all the same."""

    def __init__(self, missing: Sequence[Milestone], over: date | None = None, at_once: bool = False) -> None:
        super().__init__(_("Il manque encore de quoi ouvrir."))
        self.missing = missing
        self.over = over
        self.at_once = at_once

    @property
    def agreement(self) -> str:
        """What agreeing to it says, for the step that asks."""
        return " ".join(sorted(_untold(self.missing, self.over, self.at_once)))


def _untold(missing: Sequence[Milestone], over: date | None, at_once: bool) -> set[str]:
    return {each.key for each in missing} | {
        key for key, holds in ((OVER, over is not None), (AT_ONCE, at_once)) if holds
    }


def lacking(session: Session) -> list[Milestone]:
    """What the facts say that visitors miss if the current space opens as it is, in one statement: what the law wants
    comes first."""
    asked = {each.key: each for each in milestones if each.lack is not None}
    found = queries.counts(session, {key: each.count() for key, each in asked.items() if each.count is not None})
    missing = [each for key, each in asked.items() if found.get(key, 0) < each.wanted]
    return sorted(missing, key=lambda each: not each.lawful)


def _ready(
    session: Session, anyway: frozenset[str], *, opens: bool = True, over: date | None = None, at_once: bool = False
) -> None:
    missing = lacking(session) if opens else []
    if not anyway.issuperset(_untold(missing, over, at_once)):
        raise Unready(missing, over, at_once)


def set_dates(session: Session, space: Space, command: Dates, now: datetime) -> bool:
    """When everybody may come in, and until when assessments may begin.

    A day that is kept keeps its hour: opening « now » is not put back to midnight by a later change. A space that was
    shut until now opens now, whatever day of the past was typed: nobody came in on that day.

    Raises:
        Rejected: the last day comes first, or shutting is not confirmed.
        Unready: opening without what is missing, at once, or with a last day that is over, is not confirmed.
    """
    opened = space.opened_at
    if first_day(space) != command.opens_on:
        opened = _midnight(command.opens_on) if command.opens_on else None
    closed = _midnight(command.closes_on + timedelta(days=1)) if command.closes_on else None
    changed = (opened, closed) != (space.opened_at, space.closed_at)
    if changed and opened is not None and closed is not None and closed <= opened:
        raise Rejected(_("Le dernier jour vient avant l’ouverture."), "closes_on")
    if opened is not None and opened <= now and not space.is_open(now):
        opened = now
    return _set_opening(session, space, {"opened_at": opened, "closed_at": closed}, command, now)


def _opening(space: Space) -> dict[str, Any]:
    return {name: getattr(space, name) for name in PARTS["opening"]}


def _set_opening(
    session: Session, space: Space, moments: Mapping[str, Any], agreed: Dates | Agreed, now: datetime
) -> bool:
    """The moments of the opening, whichever way they come: shutting, opening, ending at once go not without a word."""
    opened, closed = moments["opened_at"], moments["closed_at"]
    if space.is_open(now) and (opened is None or opened > now) and not agreed.shut:
        raise Rejected(
            _("L’espace est ouvert : il ne le serait plus que pour votre équipe et vos pilotes. Confirmez-le."),
            "shut",
        )
    opens = opened not in (None, space.opened_at) and not space.is_open(now)
    ends = opened is not None and closed is not None and closed <= now and (opens or not space.is_closed(now))
    if opens or ends:
        over, at_once = _last_day(closed) if ends else None, opens and opened <= now
        _ready(session, agreed.anyway, opens=opens, over=over, at_once=at_once)
    return change(session, space, "opening", moments)


def first_day(space: Space) -> date | None:
    """The day on which everybody may come in."""
    return in_paris(space.opened_at).date() if space.opened_at else None


def last_day(space: Space) -> date | None:
    """The last day on which an assessment may begin."""
    return _last_day(space.closed_at)


def _last_day(closed: datetime | None) -> date | None:
    return in_paris(closed - timedelta(seconds=1)).date() if closed else None


def open_now(session: Session, space: Space, now: datetime, *, anyway: frozenset[str]) -> bool:
    """Let everybody in from now on.

    Raises:
        Rejected: they may come in already, or the last day is over.
        Unready: something is missing, and it goes unconfirmed.
    """
    if space.is_open(now):
        raise Rejected(_("L’espace est déjà ouvert : son jour d’ouverture ne change pas."))
    if space.is_closed(now):
        raise Rejected(_("Le dernier jour est passé : changez-le d’abord, ou effacez-le."), "closes_on")
    _ready(session, anyway)
    return change(session, space, "opening", {"opened_at": now})


def renew_pilot_key(session: Session, space: Space) -> bool:
    """A new link for pilots; the one before opens nothing any more."""
    action = None if space.pilot_key else "settings.pilots-invited"
    return change(session, space, "pilots", {"pilot_key": secrets.token_urlsafe(18)}, action=action)


def withdraw_pilot_key(session: Session, space: Space) -> bool:
    return change(session, space, "pilots", {"pilot_key": None}, action="settings.pilots-left")


def _midnight(day: date, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.combine(day, time(), zone)


# Launch


def declare(session: Session, space: Space, milestone: Milestone, actor: Actor, now: datetime) -> None:
    """Say that a milestone, which no fact can show, is done; said twice, the first time counts."""
    made = session.scalars(
        insert(LaunchMark)
        .values(space_id=space.id, milestone=milestone.key, person_id=actor.person_id, marked_at=now)
        .on_conflict_do_nothing()
        .returning(LaunchMark.id)
    ).one_or_none()
    if made is not None:
        audit.record(session, "launch.declared", subject=milestone.label)


def take_back(session: Session, milestone: Milestone) -> None:
    gone = session.execute(delete(LaunchMark).where(LaunchMark.milestone == milestone.key).returning(LaunchMark.id))
    if gone.one_or_none() is not None:
        audit.record(session, "launch.taken-back", subject=milestone.label)
