"""The forms of an organization."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, Optional, ValidationError

from assett.core.forms import Form, choices, email_field, one_line
from assett.kernel.errors import Rejected
from assett.kernel.text import N_
from assett.kernel.vocabulary import Word
from assett.organizations import siret
from assett.organizations.models import Audience, MemberRole, OrganizationKind, WorkforceBand
from assett.organizations.sectors import Sector, naf_code
from assett.organizations.service import Details, Identity, Invite, Sharing, Sign

ROLES = {
    MemberRole.READER: N_("Lecture : voit les réponses et les résultats"),
    MemberRole.CONTRIBUTOR: N_("Contribution : répond aussi aux auto-évaluations"),
    MemberRole.OWNER: N_("Responsable : gère aussi les membres, la charte et le partage"),
}

SCORES_WITH = {
    Audience.NOBODY: N_("Personne : seuls les membres de votre structure les voient"),
    Audience.AUTHORITY: N_("La collectivité : elle voit vos scores et peut mieux vous accompagner"),
}

ANSWERS_WITH = {
    Audience.NOBODY: N_("Personne : vos réponses restent dans votre structure"),
    Audience.AUTHORITY: N_("La collectivité : son équipe peut lire vos réponses pour vous conseiller"),
}


def is_siret(_form: Any, field: Any) -> None:
    try:
        field.data = siret.read(field.data)
    except Rejected as rejected:
        raise ValidationError(rejected.message) from None


def is_naf_code(_form: Any, field: Any) -> None:
    code = naf_code(field.data)
    if code is None:
        raise ValidationError(_("Ce n’est pas un code APE. Il compte quatre chiffres et une lettre, comme 10.71C."))
    field.data = code


def website(text: str | None) -> str:
    """An address as it is typed by most: `boulangerie.fr` is `https://boulangerie.fr`."""
    typed = one_line(text).replace(" ", "")
    return typed if not typed or re.match(r"[a-z][a-z0-9+.-]*:", typed, re.I) else f"https://{typed}"


def is_website(_form: Any, field: Any) -> None:
    try:
        parts = urlsplit(field.data)
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in {"http", "https"} or "." not in (parts.hostname or ""):
        raise ValidationError(_("Cette adresse de site n’est pas complète. Exemple : https://www.exemple.fr"))


def labelled(words: type[Word]) -> list[Any]:
    """Every word of a list, after an empty choice: nothing is chosen in the person's stead."""
    return choices({"": _l("Choisissez"), **{word.value: _l(word.label) for word in words}})


def siret_field(*validators: Any, **options: Any) -> StringField:
    return StringField(
        _l("SIRET"),
        filters=[one_line],
        validators=[*validators, is_siret],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "input-short", "maxlength": "24"},
        **options,
    )


class JoinForm(Form):
    siret = siret_field(
        DataRequired(_l("Indiquez votre SIRET.")),
        description=_l("14 chiffres, que l’on trouve sur une facture ou un bulletin de paie."),
    )


class OrganizationForm(Form):
    """Identity of an organization. Its SIRET is a field only where it has none yet."""

    name = StringField(
        _l("Nom de la structure"),
        filters=[one_line],
        validators=[DataRequired(_l("Indiquez le nom de la structure.")), Length(max=160)],
        render_kw={"autocomplete": "organization"},
    )
    kind = SelectField(
        _l("Type de structure"),
        choices=labelled(OrganizationKind),
        validators=[InputRequired(_l("Choisissez dans la liste."))],
    )
    activity = StringField(
        _l("Activité"),
        filters=[one_line],
        validators=[DataRequired(_l("Dites en quelques mots ce que vous faites.")), Length(max=160)],
        description=_l("En quelques mots. Exemple : boulangerie-pâtisserie"),
    )
    sector = SelectField(
        _l("Secteur d’activité"),
        choices=labelled(Sector),
        validators=[InputRequired(_l("Choisissez dans la liste."))],
        description=_l("Si vous montrez votre activité dans l’annuaire, on vous y trouve aussi par son secteur."),
    )
    workforce = SelectField(
        _l("Nombre de salariés"),
        choices=labelled(WorkforceBand),
        validators=[InputRequired(_l("Choisissez dans la liste."))],
    )
    commune = StringField(
        _l("Commune"),
        filters=[one_line],
        validators=[DataRequired(_l("Indiquez la commune.")), Length(max=120)],
        # Those that others have named (see `_communes.html`).
        render_kw={"list": "communes"},
    )
    website = StringField(
        _l("Site internet"),
        filters=[website],
        validators=[Optional(), Length(max=300), is_website],
        render_kw={"inputmode": "url", "autocomplete": "url"},
    )

    def command(self, siret: str | None) -> Identity:
        return Identity(
            name=self.name.data or "",
            kind=OrganizationKind(self.kind.data),
            activity=self.activity.data or "",
            sector=Sector(self.sector.data),
            workforce=WorkforceBand(self.workforce.data),
            commune=self.commune.data or "",
            website=self.website.data or None,
            siret=siret,
        )


class IdentityForm(OrganizationForm):
    naf_code = StringField(
        _l("Code APE (NAF)"),
        filters=[one_line],
        validators=[Optional(), is_naf_code],
        description=_l("Il figure sur vos bulletins de paie et sur votre avis de situation Insee. Exemple : 10.71C"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "class": "input-short", "maxlength": "24"},
    )
    siret = siret_field(Optional(), description=_l("Si votre structure en a un désormais."))

    def command(self, siret: str | None) -> Details:
        return Details(**asdict(super().command(siret)), naf_code=self.naf_code.data or None)


class RequestForm(Form):
    """A button."""


class AnswerRequestForm(Form):
    decision = HiddenField(validators=[AnyOf(("accept", "refuse"))])
    role = RadioField(
        _l("Son rôle"),
        choices=choices({role: _l(label) for role, label in ROLES.items()}),
        default=MemberRole.CONTRIBUTOR.value,
        validators=[InputRequired()],
    )
    # Asked where the request comes from a space that the structure does not take part in.
    along = BooleanField(
        _l("Y faire participer aussi votre structure"),
        description=_l(
            "La collectivité verra que vous y participez. Vos scores et vos réponses restent dans votre structure tant "
            "que vous ne les partagez pas."
        ),
    )

    @property
    def chosen_role(self) -> MemberRole:
        return MemberRole(self.role.data)


class InvitationForm(Form):
    email = email_field(_l("Adresse électronique"), render_kw={"autocomplete": "off"})
    role = RadioField(
        _l("Son rôle"),
        choices=choices({role: _l(label) for role, label in ROLES.items()}),
        default=MemberRole.CONTRIBUTOR.value,
        validators=[InputRequired()],
    )

    def command(self) -> Invite:
        return Invite(email=self.email.data or "", role=MemberRole(self.role.data))


class RoleForm(Form):
    role = SelectField(
        _l("Rôle"), choices=choices({role: _l(role.label) for role in MemberRole}), validators=[InputRequired()]
    )

    @property
    def chosen_role(self) -> MemberRole:
        return MemberRole(self.role.data)


class CharterForm(Form):
    charter = IntegerField(validators=[InputRequired()])
    signatory = StringField(
        _l("Prénom et nom de la personne qui signe"),
        filters=[one_line],
        validators=[DataRequired(_l("Indiquez qui signe.")), Length(max=120)],
        render_kw={"autocomplete": "name"},
    )
    agreed = BooleanField(
        _l("J’ai lu la charte et j’engage ma structure à la suivre"),
        validators=[InputRequired(_l("Cochez cette case pour signer."))],
    )

    def command(self) -> Sign:
        return Sign(charter_id=self.charter.data or 0, signatory=self.signatory.data or "")


class FirstSharingForm(Form):
    """Asked once, as the first result is about to be there. Without a choice nothing is shared."""

    scores = RadioField(
        _l("Partager vos scores avec la collectivité ?"),
        choices=choices(
            {
                Audience.AUTHORITY: _l("Oui : elle voit nos scores et nos niveaux, et peut mieux nous accompagner"),
                Audience.NOBODY: _l("Non : seuls les membres de notre structure les voient"),
            }
        ),
        description=_l(
            "Vos réponses, elles, restent dans votre structure. Sans choix, rien n’est partagé ; vous pourrez changer "
            "d’avis à tout moment, sous « Partage »."
        ),
        validators=[Optional()],
    )

    def command(self, answers: Audience) -> Sharing | None:
        """What is to be shared beside `answers`, which stay as they are; None where nothing was chosen."""
        return Sharing(Audience(self.scores.data), answers) if self.scores.data else None


class SharingForm(Form):
    scores = RadioField(
        _l("Qui voit vos scores et vos niveaux ?"),
        choices=choices({audience: _l(label) for audience, label in SCORES_WITH.items()}),
        validators=[InputRequired()],
    )
    answers = RadioField(
        _l("Qui peut lire vos réponses ?"),
        choices=choices({audience: _l(label) for audience, label in ANSWERS_WITH.items()}),
        validators=[InputRequired()],
    )

    def command(self) -> Sharing:
        return Sharing(scores=Audience(self.scores.data), answers=Audience(self.answers.data))


class DepartureForm(Form):
    understood = BooleanField(
        _l("J’ai compris : ce qui s’efface ne se retrouve pas"),
        validators=[InputRequired(_l("Cochez cette case pour quitter l’espace."))],
    )
