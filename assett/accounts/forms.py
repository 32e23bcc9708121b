"""The forms of an account, and what every form of ours has in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from assett.accounts.service import Credentials, Identity, NewAddress, NewPassword, SignUp
from assett.core.i18n import LANGUAGES, current_language
from assett.core.throttle import TooManyTries
from assett.kernel.errors import Rejected
from assett.kernel.text import UNSTORABLE

Outcome = TypeVar("Outcome")


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
            self.rejected = rejected
            if isinstance(rejected, TooManyTries):
                self.wait = rejected.message
            elif rejected.field in self._fields:
                field = self._fields[rejected.field]
                field.errors = [*field.errors, rejected.message]
            else:
                self.form_errors.append(rejected.message)
            return None

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


def address(text: str | None) -> str:
    return one_line(text).replace(" ", "").lower()


def is_address(_form: Any, field: Any) -> None:
    try:
        normal = validate_email(field.data, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValidationError(_("Cette adresse n’est pas complète. Exemple : camille.martin@exemple.fr")) from None
    field.data = normal.lower()


def email_field(label: Any, **options: Any) -> EmailField:
    return EmailField(
        label,
        filters=[address],
        validators=[DataRequired(_l("Indiquez une adresse.")), Length(max=254), is_address],
        **options,
    )


def password_field(label: Any, **options: Any) -> PasswordField:
    return PasswordField(label, validators=[InputRequired(_l("Indiquez un mot de passe."))], **options)


def new_password_field() -> PasswordField:
    return password_field(
        _l("Mot de passe"),
        description=_l("Au moins 12 caractères. Quelques mots sans lien entre eux font un très bon mot de passe."),
        render_kw={"autocomplete": "new-password"},
    )


def name_field() -> StringField:
    return StringField(
        _l("Prénom et nom"),
        filters=[one_line],
        validators=[DataRequired(_l("Indiquez votre nom.")), Length(max=80, message=_l("Pas plus de 80 caractères."))],
        render_kw={"autocomplete": "name"},
    )


def current_password_field() -> PasswordField:
    return password_field(_l("Votre mot de passe actuel"), render_kw={"autocomplete": "current-password"})


class SignUpForm(Form):
    name = name_field()
    email = email_field(_l("Adresse électronique"), render_kw={"autocomplete": "email"})
    password = new_password_field()
    next = HiddenField()

    @property
    def address(self) -> str:
        return self.email.data or ""

    def command(self) -> SignUp:
        return SignUp(
            name=self.name.data or "",
            email=self.email.data or "",
            password=self.password.data or "",
            language=current_language(),
            next=self.next.data or None,
        )


class SignInForm(Form):
    email = EmailField(
        _l("Adresse électronique"),
        filters=[address],
        validators=[DataRequired(_l("Indiquez votre adresse."))],
        render_kw={"autocomplete": "username"},
    )
    password = password_field(_l("Mot de passe"), render_kw={"autocomplete": "current-password"})
    next = HiddenField()
    kept = HiddenField()

    def command(self) -> Credentials:
        return Credentials(email=self.email.data or "", password=self.password.data or "")


class AddressForm(Form):
    """An address, to which something is mailed."""

    email = email_field(_l("Adresse électronique"), render_kw={"autocomplete": "email"})

    @property
    def address(self) -> str:
        return self.email.data or ""


class ButtonForm(Form):
    """A button."""


class ConfirmForm(Form):
    """A button; on another device than the one that signed up, also the password chosen there."""

    password = password_field(_l("Mot de passe choisi à l’inscription"), render_kw={"autocomplete": "current-password"})

    def __init__(self, *, same_browser: bool) -> None:
        super().__init__()
        if same_browser:
            del self.password

    @property
    def typed(self) -> str | None:
        return (self.password.data or "") if "password" in self else None


class ResetForm(Form):
    password = new_password_field()

    def command(self) -> NewPassword:
        return NewPassword(password=self.password.data or "")


class PasswordForm(Form):
    current_password = current_password_field()
    password = password_field(
        _l("Nouveau mot de passe"),
        description=_l("Au moins 12 caractères. Quelques mots sans lien entre eux font un très bon mot de passe."),
        render_kw={"autocomplete": "new-password"},
    )

    def command(self) -> NewPassword:
        return NewPassword(password=self.password.data or "", current=self.current_password.data or "")


class IdentityForm(Form):
    name = name_field()
    language = SelectField(
        _l("Langue des pages et des courriels"), choices=choices(LANGUAGES), validators=[InputRequired()]
    )

    def command(self) -> Identity:
        return Identity(name=self.name.data or "", language=self.language.data)


class NewAddressForm(Form):
    email = email_field(_l("Nouvelle adresse"), render_kw={"autocomplete": "email"})
    current_password = current_password_field()

    def command(self) -> NewAddress:
        return NewAddress(email=self.email.data or "", current=self.current_password.data or "")


class DeletionForm(Form):
    current_password = current_password_field()
    sure = BooleanField(
        _l("Je supprime mon compte"), validators=[InputRequired(_l("Cochez cette case pour confirmer."))]
    )
