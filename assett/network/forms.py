"""Forms of the directory: the listing's editor, and what an address says is looked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from assett.core.forms import Form, many_lines
from assett.core.i18n import show_day, show_number
from assett.engine.document import Document
from assett.kernel.text import UNSTORABLE
from assett.network.entries import Draft, sentences
from assett.network.models import ListingField
from assett.network.queries import AtLeast, Criteria
from assett.network.service import SaveListing
from assett.organizations.models import Organization, OrganizationKind, Participation
from assett.organizations.queries import spelled_like
from assett.organizations.sectors import Sector

MOST_COMMITMENTS = 10


def _clean(text: str | None) -> str:
    return UNSTORABLE.sub("", text or "").replace("\r\n", "\n").strip()


def _web_address(text: str | None) -> str:
    """What was typed as an address: `www.exemple.fr` means `https://www.exemple.fr`."""
    cleaned = _clean(text)
    return cleaned if not cleaned or "://" in cleaned else f"https://{cleaned}"


class ListingForm(FlaskForm):  # type: ignore[misc]
    """The editor. Beside each field that can be shown stands what it would say."""

    presentation = TextAreaField(
        _l("Présentation"),
        description=_l("Ce que vous faites, pour qui, en quelques phrases. Une ligne vide commence un paragraphe."),
        filters=[_clean],
        validators=[Length(max=1500, message=_l("1 500 caractères au plus."))],
    )
    commitments = TextAreaField(
        _l("Engagements"),
        description=_l(
            "Un engagement par ligne, dix au plus, par exemple : « Nous trions nos biodéchets depuis 2024. » La liste "
            "de l’annuaire montre les trois premiers."
        ),
        filters=[_clean],
        validators=[Length(max=1500, message=_l("1 500 caractères au plus."))],
    )
    website = StringField(
        _l("Site internet"),
        filters=[_web_address],
        validators=[Length(max=300, message=_l("300 caractères au plus."))],
    )
    shown = SelectMultipleField(
        _l("Ce que l’annuaire montre"),
        description=_l("Le nom de votre structure est toujours affiché ; le reste, c’est vous qui choisissez."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    seen = HiddenField()

    def __init__(
        self,
        participation: Participation,
        saved: Draft,
        seen: str,
        *,
        signed_at: datetime | None = None,
        **options: Any,
    ) -> None:
        super().__init__(
            data={
                "presentation": saved.presentation,
                "commitments": saved.commitments,
                "website": saved.website,
                "shown": [field.value for field in ListingField if field in saved.shown],
                "seen": seen,
            },
            **options,
        )
        self.shown.choices = [(field.value, _choice(field, participation, signed_at)) for field in ListingField]

    def validate_commitments(self, field: TextAreaField) -> None:
        count = len(sentences(field.data or ""))
        if count > MOST_COMMITMENTS:
            raise ValidationError(
                gettext("Dix engagements au plus, un par ligne : il y en a %(count)s.", count=show_number(count))
            )

    def validate_website(self, field: StringField) -> None:
        address = field.data or ""
        if not address:
            return
        try:
            parts = urlsplit(address)
            host = parts.hostname or ""
        except ValueError:
            host = ""
        plain = not any(character.isspace() for character in address)
        if not (host.count(".") and plain and parts.scheme in {"http", "https"} and "@" not in parts.netloc):
            raise ValidationError(gettext("Cette adresse ne mène à aucun site. Exemple : https://www.exemple.fr"))

    def command(self, *, publish: bool = False) -> SaveListing:
        return SaveListing(
            presentation=self.presentation.data or "",
            commitments=self.commitments.data or "",
            website=self.website.data or "",
            shown=tuple(ListingField(value) for value in self.shown.data or ()),
            seen=self.seen.data or "",
            publish=publish,
        )

    def draft(self) -> Draft:
        """What is typed, for the preview."""
        return Draft(
            self.presentation.data or "",
            self.commitments.data or "",
            self.website.data or "",
            frozenset(self.shown.data or ()),
        )


class WithholdForm(Form):
    """Why the collectivité takes a listing out of the directory: its organization reads it."""

    reason = TextAreaField(
        _l("Votre raison, que la structure lira"),
        filters=[many_lines],
        validators=[
            DataRequired(message=_l("Dites pourquoi : la structure doit pouvoir vous répondre.")),
            Length(max=1000, message=_l("1 000 caractères au plus.")),
        ],
    )


def _choice(field: ListingField, participation: Participation, signed_at: datetime | None) -> str:
    """A field and what it would say: « Commune : Poitiers »."""
    organization = participation.organization
    values: Mapping[ListingField, str] = {
        ListingField.ACTIVITY: _with_sector(organization),
        ListingField.COMMUNE: organization.commune,
        ListingField.KIND: gettext(organization.kind.label),
        ListingField.WORKFORCE: gettext(organization.workforce.label) if organization.workforce else "",
        ListingField.ENGAGED_SINCE: gettext("le %(day)s", day=show_day(participation.joined_at)),
        ListingField.CHARTER: gettext("le %(day)s", day=show_day(signed_at)) if signed_at else "",
    }
    label = gettext(field.label)
    if field not in values:
        return label
    if field == ListingField.CHARTER and not signed_at:
        return gettext("%(label)s (pas encore)", label=label)
    if not values[field]:
        return gettext("%(label)s (non renseigné pour l’instant)", label=label)
    return gettext("%(label)s : %(value)s", label=label, value=values[field])


def _with_sector(organization: Organization) -> str:
    """« Boulangerie-pâtisserie (Industrie, artisanat de production) »."""
    activity, sector = organization.activity, gettext(organization.sector.label) if organization.sector else ""
    if activity and sector:
        return gettext("%(activity)s (%(sector)s)", activity=activity, sector=sector)
    return activity or sector


def level_value(category: str | None, level: str) -> str:
    """A level to reach as an address holds it: `energie.avance`; without a category, `.avance`."""
    return f"{category or ''}.{level}"


def criteria_of(arguments: Mapping[str, str], document: Document | None, communes: Collection[str]) -> Criteria:
    """What an address asks for, among the `communes` of the directory. What it cannot mean is passed over: a link may
    be older than the grid."""
    return Criteria(
        words=_clean(arguments.get("q"))[:200],
        commune=spelled_like(_clean(arguments.get("commune")), communes),
        kind=_member(OrganizationKind, arguments.get("type")),
        sector=_member(Sector, arguments.get("secteur")),
        level=_at_least(arguments.get("niveau") or "", document),
        sort="latest" if arguments.get("tri") == "recent" else "name",
    )


def _member(kind: Any, value: str | None) -> Any:
    return kind(value) if value in {each.value for each in kind} else None


def _at_least(value: str, document: Document | None) -> AtLeast | None:
    category_id, _, level_id = value.partition(".")
    if document is None or not level_id:
        return None
    category = next((each for each in document.categories if each.id == category_id), None)
    if category_id and category is None:
        return None
    ids = [level.id for level in document.grid(category)]
    if level_id not in ids:
        return None
    return AtLeast(category_id or None, tuple(ids[ids.index(level_id) :]))


def level_choices(document: Document | None, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The levels that one may ask for, by category; the lowest of a grid says nothing and is left out."""
    if document is None:
        return []
    grids: list[tuple[str | None, str, Any]] = [(None, gettext("Ensemble"), document.grid())]
    grids += [(each.id, each.title.in_(language), document.grid(each)) for each in document.categories]
    return [
        (
            title,
            [
                (
                    level_value(id, level.id),
                    gettext("%(category)s : au moins %(level)s", category=title, level=level.label.in_(language)),
                )
                for level in grid[1:]
            ],
        )
        for id, title, grid in grids
    ]
