"""The log of a space: who did what, when, to what, before and after. Rows are added, never changed; each goes after a
year, and the database lets none go before (migration `log_kept_a_year`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from flask import g, has_request_context
from sqlalchemy import BigInteger, ForeignKey, Index, delete, func
from sqlalchemy.orm import Mapped, Session, mapped_column

from assett.core import jobs
from assett.core.db import Base, word
from assett.core.tenancy import NationalOrTenant
from assett.kernel.text import N_
from assett.kernel.vocabulary import Word

# As long as what went wrong is looked into (the CNIL advises six months to a year for a log of what people do).
KEPT = timedelta(days=365)


class Source(Word):
    """Who acts: somebody with an account, a visitor without one, or the platform itself (a command, a job)."""

    PERSON = "person", N_("Une personne")
    VISITOR = "visitor", N_("Un visiteur")
    PLATFORM = "platform", N_("La plateforme")


class AuditEntry(NationalOrTenant, Base):
    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_space", "space_id", "at"),)

    at: Mapped[datetime] = mapped_column(server_default=func.now())
    source: Mapped[Source] = mapped_column(word(Source), server_default=Source.PERSON)
    # None where no account acted; also where the account is erased, and `source` still says that it was a person.
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="SET NULL"))
    action: Mapped[str]
    subject: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(session: Session, action: str, *, subject: str | None = None, details: dict[str, Any] | None = None) -> None:
    """Add a line to the log of the current space (of the platform, outside a space).

    `action` is a few English words with dots (`team.role-changed`); `details` may hold `before` and `after`, each a
    value or a mapping of values. People are named by their id (`details["person"]`), so that an erased one is no
    longer named anywhere.
    """
    # A command that works in a space as its pages do says that it is one.
    source = g.get("acting", Source.VISITOR) if has_request_context() else Source.PLATFORM
    person_id = g.get("person_id") if has_request_context() else None
    session.add(
        AuditEntry(
            space_id=session.info.get("space_id"),
            source=Source.PERSON if person_id else source,
            person_id=person_id,
            action=action,
            subject=subject,
            details=details or {},
        )
    )


@jobs.handler("audit.forget", every=timedelta(days=1))
def forget(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Erase the lines that are more than a year old: each tells what somebody did."""
    session.execute(delete(AuditEntry).where(AuditEntry.at < func.now() - KEPT))


class Wording(Protocol):
    """A French source text marked by `N_`, or a lazy one (`_l`): both read as a text."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Detail:
    """How the log names a key of `details` (« Rôle »), and the words that it may hold (« manager » is « Gestion »).

    `say` puts a whole value into words where its parts would say nothing to a reader (the size of a picture).
    """

    label: Wording
    values: Mapping[str, Wording] = field(default_factory=dict)
    say: Callable[[Any], str] | None = None


# How the log is read, filled by each feature for its own actions.
# action → a sentence without its author, who stands beside it: « Rôle changé : %(subject)s ». Besides `subject`, it
# may name any plain key of `details`. An action without a sentence is shown by its name.
wordings: dict[str, Wording] = {
    "across": N_("Cerema a consulté les données de plusieurs espaces, dont celui-ci. Motif : %(reason)s"),
    "space.opened": N_("Espace ouvert : %(subject)s"),
}
# first word of an action (« team » of `team.role-changed`) → what the filter of the log calls all those
kinds: dict[str, Wording] = {"across": N_("Consultations par Cerema"), "space": N_("Espace")}
# key of `details`, or of its `before` and `after` → its name and its words
details: dict[str, Detail] = {"reason": Detail(N_("Motif"))}
# action → the address, from its details, of the page that tells all of it; None where they do not lead there
pages: dict[str, Callable[[Mapping[str, Any]], str | None]] = {}
# keys of `details` that are for the program alone: no reader of the log has any use for them
unsaid: set[str] = set()


def name_detail(key: str, label: Wording, values: Mapping[str, Wording] | None = None) -> None:
    """Name a key of `details`; the words that it may hold join those that other features know."""
    known = details.get(key)
    details[key] = Detail(label, {**(known.values if known else {}), **(values or {})}, known.say if known else None)
