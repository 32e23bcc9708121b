"""The forms of a space's settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    ColorField,
    DateField,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp, ValidationError

from assett.core import forms
from assett.core.forms import choices, email_field, many_lines, one_line
from assett.core.i18n import LANGUAGES
from assett.kernel.text import N_
from assett.spaces import domains
from assett.spaces.models import Space
from assett.spaces.service import Dates, DirectoryChoice, Names, Photo
from assett.spaces.themes import COLOURS, MODES, themes
from assett.spaces.words import HomeWords, Section

MOST_SECTIONS = 12
MARKDOWN = _l("Mise en forme : une ligne vide entre deux paragraphes, **gras**, - pour une liste, [texte](adresse).")
RADII = {
    "0rem": N_("Droits"),
    "0.15rem": N_("À peine arrondis"),
    "0.3rem": N_("Un peu arrondis"),
    "0.5rem": N_("Arrondis"),
    "0.7rem": N_("Très arrondis"),
}
COLOUR_LABELS = {"accent": N_("Couleur"), "paper": N_("Fond"), "ink": N_("Texte")}


class ActionForm(forms.Form):
    """A button."""


def actors_field(language: str) -> StringField:
    return StringField(
        _l("Comment s’appellent ceux qui participent (%(language)s)", language=LANGUAGES[language]),
        filters=[one_line],
        validators=[Optional(), Length(max=60)],
        description=_l("Au pluriel, sans article. Exemple : pionniers du climat"),
    )


class NamesForm(forms.Form):
    name = StringField(
        _l("Le territoire, comme on le dit"),
        filters=[one_line],
        validators=[DataRequired(_l("Indiquez un nom.")), Length(max=80)],
        description=_l("Exemple : Grand Poitiers"),
    )
    programme = StringField(
        _l("Le nom de la démarche"),
        filters=[one_line],
        validators=[DataRequired(_l("Indiquez un nom.")), Length(max=80)],
        description=_l("Il est en tête de chaque page et dans chaque courriel."),
    )
    actors_fr = actors_field("fr")
    actors_en = actors_field("en")
    contact_email = email_field(
        _l("L’adresse de votre équipe"),
        Optional(),
        description=_l("Montrée sur l’accueil et dans les textes légaux. Une adresse de service vaut mieux qu’un nom."),
    )

    @classmethod
    def of(cls, space: Space) -> NamesForm:
        form = cls(obj=space, **{f"actors_{code}": space.actors.get(code, "") for code in LANGUAGES})
        for code in LANGUAGES:
            if code not in space.languages:
                delattr(form, f"actors_{code}")
        return form

    def command(self) -> Names:
        fields = {code: getattr(self, f"actors_{code}", None) for code in LANGUAGES}
        return Names(
            name=self.name.data or "",
            programme=self.programme.data or "",
            actors={code: field.data or "" for code, field in fields.items() if field is not None},
            contact_email=self.contact_email.data or None,
        )


class SectionForm(Form):
    """One part of the home page, within the form of the whole."""

    title = StringField(_l("Titre"), filters=[one_line], validators=[Length(max=120)])
    text = TextAreaField(_l("Texte"), filters=[many_lines], validators=[Length(max=6000)])

    def validate_text(self, field: Any) -> None:
        if bool(field.data) != bool(self.title.data):
            raise ValidationError(_("Une partie a un titre et un texte."))


class HomeForm(forms.Form):
    lead = TextAreaField(
        _l("Phrase d’ouverture"),
        filters=[one_line],
        validators=[Length(max=300)],
        description=_l("Sous le nom de la démarche. À qui vous parlez, ce qu’on y gagne."),
        render_kw={"rows": "2"},
    )
    intro = TextAreaField(
        _l("Introduction"),
        filters=[many_lines],
        validators=[Length(max=6000)],
        description=MARKDOWN,
        render_kw={"rows": "6"},
    )
    action = StringField(_l("Le bouton qui invite à commencer"), filters=[one_line], validators=[Length(max=60)])
    sections = FieldList(FormField(SectionForm), _l("Parties"), max_entries=MOST_SECTIONS)

    @classmethod
    def of(cls, words: HomeWords) -> HomeForm:
        return cls(
            lead=words.lead,
            intro=words.intro,
            action=words.action,
            sections=[{"title": each.title, "text": each.text} for each in words.sections],
        )

    @classmethod
    def redrawn(cls, words: HomeWords) -> HomeForm:
        """The form with these words, whatever was sent."""
        sections = [{"title": each.title, "text": each.text} for each in words.sections]
        return cls(formdata=None, lead=words.lead, intro=words.intro, action=words.action, sections=sections)

    def words(self, *, empty: bool = False) -> HomeWords:
        """What was typed; parts that are empty are left out unless `empty`."""
        sections = [Section(each.form.title.data or "", each.form.text.data or "") for each in self.sections]
        return HomeWords(
            lead=self.lead.data or "",
            intro=self.intro.data or "",
            action=self.action.data or "",
            sections=tuple(each for each in sections if empty or each.title or each.text),
        )


def moved(words: HomeWords, move: str) -> HomeWords:
    """The words with a part added (`add`), taken out (`remove-2`) or moved (`up-2`, `down-2`); else as they are."""
    sections = list(words.sections)
    verb, _dash, typed = move.partition("-")
    place = int(typed) if typed.isdecimal() and len(typed) < 4 else -1
    if verb == "add" and len(sections) < MOST_SECTIONS:
        sections.append(Section("", ""))
    elif 0 <= place < len(sections):
        if verb == "remove":
            del sections[place]
        target = place + {"up": -1, "down": 1}.get(verb, 0)
        if verb in {"up", "down"} and 0 <= target < len(sections):
            sections[place], sections[target] = sections[target], sections[place]
    return HomeWords(words.lead, words.intro, words.action, tuple(sections))


class PhotoForm(forms.Form):
    picture = FileField(
        _l("Image"),
        description=_l("JPEG, PNG ou WebP, large de préférence. Elle est allégée, et sa position GPS oubliée."),
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )
    alt = StringField(
        _l("Ce qu’on y voit, pour qui ne la voit pas"),
        filters=[one_line],
        validators=[Length(max=200)],
        description=_l("Exemple : des cyclistes au marché Notre-Dame, un matin d’été"),
    )
    decorative = BooleanField(_l("Elle est décorative : elle n’apprend rien de plus"))

    def validate_alt(self, field: Any) -> None:
        if not field.data and not self.decorative.data:
            raise ValidationError(_("Décrivez l’image en quelques mots, ou dites qu’elle est décorative."))

    def command(self) -> Photo:
        sent = self.picture.data
        return Photo(file=sent.stream if sent else None, alt="" if self.decorative.data else self.alt.data or "")


def colour_field(mode: str, name: str) -> ColorField:
    return ColorField(
        _l(COLOUR_LABELS[name]),
        validators=[InputRequired(), Regexp(r"^#[0-9a-fA-F]{6}$", message=_l("Une couleur s’écrit #a1b2c3."))],
        render_kw={"data-colour": f"{mode}-{name}"},
    )


class AppearanceForm(forms.Form):
    light_accent, light_paper, light_ink = (colour_field("light", name) for name in COLOURS)
    dark_accent, dark_paper, dark_ink = (colour_field("dark", name) for name in COLOURS)
    headings = RadioField(
        _l("Titres"),
        choices=choices(
            {"serif": _l("À empattements, comme un livre"), "sans": _l("Sans empattement, comme une affiche")}
        ),
        validators=[InputRequired()],
    )
    radius = SelectField(
        _l("Coins des boutons et des champs"),
        choices=choices({value: _l(label) for value, label in RADII.items()}),
        validators=[InputRequired()],
    )
    picture = FileField(
        _l("Logo"),
        description=_l("PNG, JPEG ou WebP. Il prend la place de l’emblème, en tête de page."),
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )
    without_logo = BooleanField(_l("Retirer le logo"))

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> AppearanceForm:
        """The form showing an appearance, as `themes.settings_of` gives it."""
        colours = {f"{mode}_{name}": settings[mode][name] for mode in MODES for name in COLOURS}
        radius = settings["radius"] if settings["radius"] in RADII else "0.7rem"
        return cls(headings=settings["headings"], radius=radius, **colours)

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The appearance that was chosen; its base theme and its logo are those of `before`."""
        colours = {mode: {name: getattr(self, f"{mode}_{name}").data.lower() for name in COLOURS} for mode in MODES}
        logo = None if self.without_logo.data else before.get("logo")
        chosen = {"headings": self.headings.data, "radius": self.radius.data}
        return {"theme": before["theme"], **chosen, **colours, "logo": logo}


class BaseThemeForm(forms.Form):
    theme = SelectField(_l("Thème de départ"), validators=[InputRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theme.choices = choices({slug: theme.name for slug, theme in themes().items()})


class LanguagesForm(forms.Form):
    default = RadioField(
        _l("La langue de l’espace"),
        choices=choices(LANGUAGES),
        validators=[InputRequired(_l("Choisissez une langue."))],
        description=_l("Celle dans laquelle on arrive, et dans laquelle vous écrivez d’abord."),
    )
    others = BooleanField(_l("Proposer aussi l’autre langue"))

    @classmethod
    def of(cls, space: Space) -> LanguagesForm:
        return cls(default=space.languages[0], others=len(space.languages) > 1)

    def chosen(self) -> Sequence[str]:
        return [self.default.data, *(code for code in LANGUAGES if self.others.data and code != self.default.data)]


class LegalForm(forms.Form):
    text = TextAreaField(
        _l("Votre texte"),
        filters=[many_lines],
        validators=[Length(max=40_000)],
        description=MARKDOWN,
        render_kw={"rows": "16"},
    )


class DirectoryForm(forms.Form):
    open = BooleanField(_l("L’annuaire est public"))
    levels = BooleanField(_l("Les niveaux atteints peuvent y figurer, si la structure le veut"))
    on_home = BooleanField(_l("L’accueil montre les dernières structures entrées"))
    export = BooleanField(_l("Tout le monde peut l’emporter (XLSX, CSV)"))

    @classmethod
    def of(cls, space: Space) -> DirectoryForm:
        return cls(
            open=space.directory_open,
            levels=space.directory_levels,
            on_home=space.directory_on_home,
            export=space.directory_export,
        )

    def command(self) -> DirectoryChoice:
        return DirectoryChoice(
            open=bool(self.open.data),
            levels=bool(self.levels.data),
            on_home=bool(self.on_home.data),
            export=bool(self.export.data),
        )


def host_of(text: str | None) -> str:
    """A host name, however it was typed: `https://Engages.Exemple.fr/` is `engages.exemple.fr`."""
    typed = one_line(text).replace(" ", "").lower()
    return typed.removeprefix("https://").removeprefix("http://").partition("/")[0].rstrip(".")


class AddressForm(forms.Form):
    hostname = StringField(
        _l("Nom de domaine"),
        filters=[host_of],
        validators=[Optional(), Length(max=253)],
        description=_l("Exemple : engages.votre-collectivite.fr"),
        render_kw={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"},
    )

    def validate_hostname(self, field: Any) -> None:
        if not domains.HOSTNAME.fullmatch(field.data):
            raise ValidationError(_("Ce n’est pas un nom complet. Exemple : engages.votre-collectivite.fr"))


class OpeningForm(forms.Form):
    opens_on = DateField(
        _l("Jour d’ouverture"),
        validators=[Optional()],
        description=_l("Avant ce jour, seuls votre équipe et vos pilotes voient l’espace. Sans date, il reste fermé."),
        render_kw={"class": "input-short"},
    )
    closes_on = DateField(
        _l("Dernier jour pour commencer une auto-évaluation"),
        validators=[Optional()],
        description=_l("Ensuite, plus rien ne commence, mais tout reste lisible. Sans date, l’espace reste ouvert."),
        render_kw={"class": "input-short"},
    )

    def command(self) -> Dates:
        return Dates(self.opens_on.data, self.closes_on.data)
