"""What every form has in common: how it carries out a use case, and the fields that several features ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length, ValidationError

from assett.core.throttle import TooManyTries
from assett.kernel.errors import Rejected
from assett.kernel.text import UNSTORABLE

Outcome = TypeVar("Outcome")

LONGEST_ADDRESS = 254


class Form(FlaskForm):  # type: ignore[misc]
    """A form that carries out a use case: what is refused is said beside the field it belongs to."""

    rejected: Rejected | None = None
    # Why one has to wait before sending it again.
    wait: str | None = None

    def carry_out(self, use_case: Callable[[], Outcome]) -> Outcome | None:
        """The use case's outcome (never None), or None: nothing was sent, or it is refused and the form says why."""
        if not self.validate_on_submit():
            return None
        try:
            return use_case()
        except Rejected as rejected:
            self.refuse(rejected)
            return None

    def refuse(self, rejected: Rejected) -> None:
        """Say why, beside the field that it is about or at the head of the form."""
        self.rejected = rejected
        if isinstance(rejected, TooManyTries):
            self.wait = rejected.message
        elif rejected.field in self._fields:
            field = self._fields[rejected.field]
            field.errors = [*field.errors, rejected.message]
        else:
            self.form_errors.append(rejected.message)

    @property
    def status(self) -> int:
        """The status of the page that shows this form: 422 where it is refused, 429 where one has to wait."""
        if self.wait:
            return 429
        return 422 if self.is_submitted() else 200


def choices(labels: Mapping[str, Any]) -> list[Any]:
    """The choices of a field: {value: label}."""
    return [SelectChoice(value, label) for value, label in labels.items()]


def one_line(text: str | None) -> str:
    """A line as it can be kept: no control characters, no space at its ends or twice in a row."""
    return " ".join(UNSTORABLE.sub("", text or "").split())


def many_lines(text: str | None) -> str:
    """A text of several lines as it can be kept: no control characters, line ends of one kind, none at its ends."""
    return UNSTORABLE.sub("", (text or "").replace("\r\n", "\n").replace("\r", "\n")).strip()


def address(text: str | None) -> str:
    return one_line(text).replace(" ", "").lower()


def usual_address(typed: str) -> str | None:
    """An e-mail address as it is kept, in lower case; None where it is none, or longer than any that is kept."""
    try:
        normal = validate_email(typed, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None
    return normal if len(normal) <= LONGEST_ADDRESS else None


def is_address(_form: Any, field: Any) -> None:
    normal = usual_address(field.data)
    if normal is None:
        raise ValidationError(_("Cette adresse n’est pas complète. Exemple : camille.martin@exemple.fr"))
    field.data = normal


def email_field(label: Any, *validators: Any, **options: Any) -> EmailField:
    """An e-mail address, required unless `validators` say otherwise."""
    return EmailField(
        label,
        filters=[address],
        validators=[
            *(validators or (DataRequired(_l("Indiquez une adresse.")),)),
            Length(max=LONGEST_ADDRESS),
            is_address,
        ],
        **options,
    )
