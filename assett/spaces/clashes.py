"""Forms that several people may have open at once: what a colleague saved meanwhile is kept, or somebody chooses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, FieldList, HiddenField, RadioField, SelectField

from assett.core import forms
from assett.core.i18n import show_day

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people changed at once, in words: what a colleague has saved, what was typed here."""

    label: str
    theirs: str
    mine: str


class SharedForm(forms.Form):
    """A form that several people may have open at once: it carries a digest of each field as its author saw it.

    Sent, a field that a colleague changed meanwhile and its author did not touch keeps the colleague's value. One
    that both changed is a clash: nothing is saved before somebody chooses. Built from what is stored, at every
    request (`obj=` or keywords); the row is to be held meanwhile.
    """

    seen = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clashes: list[Clash] = []
        # The two ways out of a clash: the form's inputs (name, value) with their values, and with mine.
        self.theirs: list[tuple[str, str]] = []
        self.mine: list[tuple[str, str]] = []
        if not self.seen.data:
            self.seen.data = self.sights

    @property
    def sights(self) -> str:
        """What is stored now, as `seen` says it."""
        return " ".join(f"{field.name}:{_digest(_stored(field))}" for field in self._shared())

    @property
    def overtaken(self) -> bool:
        """Whether what is stored is no longer what the author of a button beside the form saw."""
        seen = _read(self.seen.data)
        return any(seen.get(name, digest) != digest for name, digest in _read(self.sights).items())

    def carry_out(self, use_case: Callable[[], Outcome]) -> Outcome | None:
        if not self.validate_on_submit() or not self._settled():
            return None
        return super().carry_out(use_case)

    @property
    def status(self) -> int:
        return 409 if self.clashes else super().status

    def _shared(self) -> list[Any]:
        return [field for field in self if not isinstance(field, HiddenField | FileField)]

    def _settled(self) -> bool:
        """Take over what colleagues changed elsewhere in the form; False where the same was changed twice."""
        seen = _read(self.seen.data)
        disputed = []
        for field in self._shared():
            stored, typed = _stored(field), plain(field.data)
            now = _digest(stored)
            was = seen.get(field.name, now)
            if was == now or typed == stored:
                continue
            if _digest(typed) == was:
                field.process(None, field.object_data)
                continue
            disputed.append(field)
            theirs, mine = _told(field, field.object_data), _told(field, field.data)
            self.clashes.append(Clash(str(field.label.text), theirs, mine))
        if disputed:
            # Whatever is chosen was chosen between these two.
            self.seen.data = self.sights
            self.mine = list(_inputs(self))
            for field in disputed:
                field.process(None, field.object_data)
            self.theirs = list(_inputs(self))
        return not disputed


def _read(sights: str | None) -> dict[str, str]:
    """The digests of `seen`, by field."""
    return dict(each.split(":") for each in (sights or "").split() if each.count(":") == 1)


def plain(value: Any) -> Any:
    """A field's value as it can be compared: nothing, « » and an empty part are the same."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        kept = {name: found for name, each in value.items() if (found := plain(each)) is not None}
        return kept or None
    if isinstance(value, list | tuple):
        return [found for each in value if (found := plain(each)) is not None] or None
    return str(value) if value else None


def _stored(field: Any) -> Any:
    value = field.object_data
    for each in field.filters or ():
        value = each(value)
    return plain(value)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _told(field: Any, value: Any) -> str:
    """A field's value as a person reads it."""
    if isinstance(field, BooleanField):
        return _("oui") if value else _("non")
    if isinstance(field, RadioField | SelectField):
        return next((str(choice[1]) for choice in field.iter_choices() if choice[0] == value), str(value))
    if isinstance(value, date):
        return show_day(value)
    if isinstance(value, list):
        return "\n\n".join("\n".join(str(each) for each in part.values() if each) for part in value)
    return str(value or "")


def _inputs(form: Any) -> Iterator[tuple[str, str]]:
    """What a browser would send of a form, its token and its files apart."""
    for field in form:
        if isinstance(field, FieldList):
            for entry in field.entries:
                yield from _inputs(entry.form)
        elif isinstance(field, BooleanField):
            if field.data:
                yield field.name, "y"
        elif not isinstance(field, FileField) and field.type != "CSRFTokenField":
            yield field.name, field.data.isoformat() if isinstance(field.data, date) else str(field.data or "")
