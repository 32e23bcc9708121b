"""The forms of an account."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from assett.accounts.service import Credentials, Identity, NewAddress, NewPassword, SignUp
from assett.core.forms import Form, address, choices, email_field, one_line
from assett.core.i18n import LANGUAGES, current_language


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
