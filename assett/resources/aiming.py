"""What an own resource may be aimed at, for its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from assett.core.i18n import current_language
from assett.engine.compiled import Compiled
from assett.engine.document import CategoryTest, ForLine
from assett.kernel.clock import today_in_paris
from assett.kernel.text import decimal_text
from assett.resources import aims, catalogue, queries
from assett.resources.aims import Aim, Subject, SubjectGroup
from assett.resources.registries import being_written


@dataclass(frozen=True, slots=True)
class Aimable:
    """The questionnaire in service or, while there is none, the one that the space is writing: `coming` is then its
    title. `groups` and `entries` are what lines and traits may name."""

    compiled: Compiled | None
    groups: Sequence[SubjectGroup] = ()
    entries: Sequence[SubjectGroup] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    coming: str = ""

    def former(self, session: Session, for_: Sequence[Aim], who: Sequence[Aim]) -> dict[str, Subject]:
        """What these lines name and is gone, as it was."""
        missing = [*aims.gone(for_, self.groups), *aims.gone(who, self.entries)]
        return queries.former_subjects(session, {aim.of for aim in missing if aim.of}, current_language())

    def reach(self, session: Session, entry: Mapping[str, Any]) -> str:
        """Who would see an own resource with these aims; or why that cannot be said yet."""
        if self.compiled is None:
            return ""
        if self.coming:
            return str(
                gettext("Aucun questionnaire n’est en service : nous dirons qui la verrait une fois celui-ci publié.")
            )
        known, shown = queries.audience(session, self.compiled), queries.available(session, self.compiled)
        return catalogue.reach(known, self.compiled, shown, entry, today_in_paris())


def aimable(session: Session) -> Aimable:
    serving, language = queries.asked(session), current_language()
    compiled = serving
    if serving is None and being_written:
        compiled = being_written[0](session)
    if compiled is None:
        return Aimable(None)
    document = compiled.document
    return Aimable(
        compiled,
        aims.for_subjects(document, language),
        aims.who_subjects(document, language),
        aims.types_of(document),
        document.title.in_(language) if serving is None else "",
    )


def in_address(aim: ForLine) -> tuple[str, str, str, str]:
    """A line as the address of a new resource says it: what it is about, its values, its bounds."""
    if isinstance(aim, CategoryTest):
        return f"category/{aim.category}", ",".join(aim.levels), "", ""
    words = [{True: "true", False: "false"}[v] if isinstance(v, bool) else _number(v) for v in aim.values]
    low, high = (_number(bound) if bound is not None else "" for bound in (aim.at_least, aim.at_most))
    return f"question/{aim.id}", ",".join(words), low, high


def _number(value: Any) -> str:
    return value if isinstance(value, str) else decimal_text(value)
