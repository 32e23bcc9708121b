"""The forms of a team, and what an address of its log asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from email.utils import parseaddr

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from assett.accounts.forms import name_field, new_password_field
from assett.accounts.models import Person, SpaceRoleName
from assett.core.audit import Source
from assett.core.forms import LONGEST_ADDRESS, Form, choices, usual_address
from assett.core.i18n import current_language
from assett.kernel.text import UNSTORABLE
from assett.teams.policy import ROLES
from assett.teams.queries import Criteria
from assett.teams.service import Invite, NewAccount, Refusal

AT_ONCE = 20


def _text(text: str | None) -> str:
    """Lines as they can be kept."""
    return UNSTORABLE.sub("", (text or "").replace("\r\n", "\n")).strip()


def role_field(default: str | None = None) -> RadioField:
    labels = {role.value: _l("%(role)s : %(may)s", role=_l(role.label), may=_l(may)) for role, may in ROLES.items()}
    return RadioField(_l("Rôle"), choices=choices(labels), validators=[InputRequired()], default=default)


class InvitationForm(Form):
    emails = TextAreaField(
        _l("Adresses électroniques"),
        filters=[_text],
        validators=[DataRequired(_l("Indiquez une adresse au moins.")), Length(max=8000)],
        description=_l("Une par ligne. Chacun reçoit son propre lien, valable deux semaines."),
        render_kw={"rows": 4, "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"},
    )
    role = role_field(default=SpaceRoleName.READER.value)
    message = TextAreaField(
        _l("Un mot de votre part"),
        filters=[_text],
        validators=[Length(max=500, message=_l("Pas plus de 500 caractères."))],
        description=_l("Il est repris tel quel dans le courriel."),
        render_kw={"rows": 3},
    )

    def command(self) -> tuple[Invite, list[Refusal]]:
        """What can be asked, and the lines that are no address or come after the twentieth."""
        emails: dict[str, None] = {}
        refused = []
        for typed in _typed(self.emails.data or ""):
            email = _address(typed)
            if email is None:
                refused.append(Refusal(typed[:LONGEST_ADDRESS], _("cette adresse n’est pas complète")))
            elif len(emails) == AT_ONCE and email not in emails:
                refused.append(Refusal(email, _("pas plus de %(count)s invitations à la fois", count=AT_ONCE)))
            else:
                emails[email] = None
        return Invite(list(emails), SpaceRoleName(self.role.data), self.message.data or ""), refused

    def tell(self, refused: list[Refusal]) -> None:
        """Keep the lines that were refused, to be put right; the page says why, line by line."""
        self.emails.data = "\n".join(each.typed for each in refused)
        self.emails.errors = [_("Corrigez ces lignes, ou retirez-les.")]


def _typed(text: str) -> Iterator[str]:
    """What was typed, address by address: one a line, or with a comma, a semicolon or nothing but a space between."""
    for line in filter(None, (each.strip() for each in re.split(r"[\n,;]", text))):
        words = line.split()
        yield from words if all("@" in word for word in words) else [line]


def _address(typed: str) -> str | None:
    """The address of `camille@exemple.fr` or `Camille Martin <camille@exemple.fr>`, in lower case."""
    bare = parseaddr(typed)[1] if typed.endswith(">") else typed
    return usual_address(bare)


class RoleForm(Form):
    role = role_field()

    @property
    def chosen_role(self) -> SpaceRoleName:
        return SpaceRoleName(self.role.data)


class AcceptForm(Form):
    """A button, for the account that its page named: `account` is the id of that person."""

    account = HiddenField()

    def is_for(self, person: Person) -> bool:
        return self.account.data == str(person.id)


class AccountForm(Form):
    name = name_field()
    password = new_password_field()

    def command(self) -> NewAccount:
        return NewAccount(self.name.data or "", self.password.data or "", current_language())


class ButtonForm(Form):
    """A button."""


# The log

# What an address says for whoever acts without an account of their own.
_SOURCES = {"visiteurs": Source.VISITOR, "plateforme": Source.PLATFORM, "comptes-supprimes": Source.PERSON}


def criteria_of(arguments: Mapping[str, str]) -> Criteria:
    """The criteria of an address; what it cannot mean is passed over."""
    who = arguments.get("qui", "")
    return Criteria(
        person_id=int(who) if who.isdecimal() and len(who) < 19 else None,
        source=_SOURCES.get(who),
        kind=UNSTORABLE.sub("", arguments.get("quoi", ""))[:60],
        first=_day(arguments.get("du")),
        last=_day(arguments.get("au")),
    )


def _day(typed: str | None) -> date | None:
    with suppress(ValueError):
        day = date.fromisoformat(typed or "")
        # A year that no calendar of the database could shift by a day.
        return day if 1900 <= day.year <= 9000 else None
    return None
