"""The forms of a space's settings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp, ValidationError

from assett.core import forms
from assett.core.forms import choices, email_field, many_lines, one_line
from assett.core.i18n import LANGUAGE_NAMES, LANGUAGES
from assett.kernel.text import N_
from assett.spaces import domains
from assett.spaces.clashes import SharedForm
from assett.spaces.models import Compliance, Space
from assett.spaces.service import Agreed, Dates, DirectoryChoice, Names, Photo, Publisher, first_day, last_day
from assett.spaces.themes import COLOURS, MODES, themes
from assett.spaces.words import HomeWords, Section

MOST_SECTIONS = 12
# Of an opening: what no calendar, no spreadsheet and no clock stumbles over.
FIRST_YEAR, LAST_YEAR = 2000, 2100
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


class UndoForm(forms.Form):
    """The button that puts a part back: `entry` is the line of the log that its author saw, and takes back."""

    entry = IntegerField(validators=[InputRequired()])
    # Of the opening: what was confirmed.
    shut = BooleanField()
    anyway = HiddenField()

    def agreed(self) -> Agreed:
        return Agreed(shut=bool(self.shut.data), anyway=frozenset((self.anyway.data or "").split()))


def actors_field(language: str) -> StringField:
    return StringField(
        _l("Comment s’appellent ceux qui participent (%(language)s)", language=LANGUAGE_NAMES[language]),
        filters=[one_line],
        validators=[Optional(), Length(max=60)],
        description=_l("Au pluriel, sans article. Exemple : pionniers du climat"),
    )


class NamesForm(SharedForm):
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


class HomeForm(SharedForm):
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

    def redrawn(self, words: HomeWords) -> HomeForm:
        """The form with these words, whatever was sent; its author still saw what they saw."""
        sections = [{"title": each.title, "text": each.text} for each in words.sections]
        drawn = type(self)(formdata=None, lead=words.lead, intro=words.intro, action=words.action, sections=sections)
        drawn.seen.data = self.seen.data
        return drawn

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


class PhotoForm(SharedForm):
    picture = FileField(
        _l("Image"),
        description=_l(
            "JPEG, PNG ou WebP, 10 Mo au plus, large de préférence. Elle est allégée, et sa position GPS oubliée."
        ),
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )
    alt = StringField(
        _l("Ce qu’on y voit, pour qui ne la voit pas"),
        filters=[one_line],
        validators=[Length(max=200)],
        description=_l("Exemple : des cyclistes au marché Notre-Dame, un matin d’été"),
    )
    decorative = BooleanField(
        _l("Elle est décorative : elle n’apprend rien de plus"),
        description=_l("Si vous l’avez décrite ci-dessus, c’est la description qui est gardée."),
    )
    # The photo that the author saw: a new file takes the place of that one only.
    instead_of = HiddenField()

    @classmethod
    def of(cls, space: Space) -> PhotoForm:
        photo = space.photo or {}
        alt = photo.get("alt", "")
        form = cls(alt=alt, decorative=bool(photo) and not alt, instead_of=photo.get("digest", ""))
        form.picture.flags.required = not space.photo
        return form

    def validate_alt(self, field: Any) -> None:
        if not field.data and not self.decorative.data:
            raise ValidationError(_("Décrivez l’image en quelques mots, ou dites qu’elle est décorative."))

    def command(self) -> Photo:
        sent = self.picture.data
        return Photo(
            file=sent.stream if sent else None,
            alt=self.alt.data or "",
            instead_of=self.instead_of.data or "",
        )

    @property
    def kept_words(self) -> str | None:
        """What to say where the photo is both described and called decorative: nothing that was written is lost."""
        if not (self.alt.data and self.decorative.data):
            return None
        return _("C’est enregistré, avec votre description. Pour dire la photo décorative, effacez la description.")


class ColourField(StringField):
    """A colour, picked or typed: what the picker has, its code, and what the picker had to begin with, under one name.
    A browser without JavaScript sends all three, and the one that was touched counts; with it, the code comes alone."""

    refusal = _l("Ce n’est pas une couleur : écrivez # et six signes, de 0 à 9 et de a à f, comme #1d6b4f.")

    @property
    def picked(self) -> str:
        """What the picker shows: the colour, or the last one there was where what was typed is none."""
        return next((each for each in (self.data, self.object_data) if each and _COLOUR.fullmatch(each)), "#000000")

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        picked, typed, shown = valuelist if len(valuelist) == 3 else ("", valuelist[0], "")
        if picked != shown:
            typed = picked
        found = _CODE.fullmatch(one_line(typed) or "")
        self.data = _six_digits(found[1].lower()) if found is not None else typed


def _six_digits(code: str) -> str:
    return "#" + (code if len(code) == 6 else "".join(2 * each for each in code))


# As it is kept, and as people write or paste it: « 1D6B4F », « #abc ».
_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_CODE = re.compile("#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")


def colour_field(name: str) -> ColourField:
    refused = ColourField.refusal
    return ColourField(_l(COLOUR_LABELS[name]), validators=[InputRequired(refused), Regexp(_COLOUR, message=refused)])


class AppearanceForm(SharedForm):
    light_accent, light_paper, light_ink = (colour_field(name) for name in COLOURS)
    dark_accent, dark_paper, dark_ink = (colour_field(name) for name in COLOURS)
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
        description=_l(
            "PNG, JPEG ou WebP, 10 Mo au plus. Il prend la place de l’emblème, en tête de page. La nuit, il repose "
            "sur un fond blanc ; un logo clair sans fond, le jour, sur un fond foncé. L’emblème et le dessin du thème "
            "de départ gardent leurs couleurs, quelles que soient les vôtres."
        ),
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )
    without_logo = BooleanField(_l("Retirer le logo"))
    # The logo that the author saw.
    instead_of = HiddenField()

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> AppearanceForm:
        """The form showing an appearance, as `themes.settings_of` gives it."""
        colours = {f"{mode}_{name}": settings[mode][name] for mode in MODES for name in COLOURS}
        radius = settings["radius"] if settings["radius"] in RADII else "0.7rem"
        logo = (settings.get("logo") or {}).get("digest", "")
        return cls(headings=settings["headings"], radius=radius, instead_of=logo, **colours)

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The appearance that was chosen; its base theme and its logo are those of `before`."""
        colours = {mode: {name: getattr(self, f"{mode}_{name}").data for name in COLOURS} for mode in MODES}
        logo = None if self.without_logo.data else before.get("logo")
        chosen = {"headings": self.headings.data, "radius": self.radius.data}
        return {"theme": before["theme"], **chosen, **colours, "logo": logo}


class BaseThemeForm(forms.Form):
    theme = SelectField(_l("Thème de départ"), validators=[InputRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theme.choices = choices({slug: theme.name for slug, theme in themes().items()})


class LanguagesForm(SharedForm):
    default = RadioField(
        _l("La langue de l’espace"),
        choices=choices(LANGUAGES),
        validators=[InputRequired(_l("Choisissez une langue."))],
        description=_l(
            "Celle dans laquelle on arrive, et où l’accueil et la charte s’écrivent d’abord. Le titre d’une ressource, "
            "lui, se donne toujours en français."
        ),
    )
    others = BooleanField(_l("Proposer aussi l’autre langue"))

    @classmethod
    def of(cls, space: Space) -> LanguagesForm:
        return cls(default=space.languages[0], others=len(space.languages) > 1)

    def chosen(self) -> Sequence[str]:
        return [self.default.data, *(code for code in LANGUAGES if self.others.data and code != self.default.data)]


class LegalForm(SharedForm):
    text = TextAreaField(
        _l("Votre texte"),
        filters=[many_lines],
        validators=[Length(max=40_000)],
        description=MARKDOWN,
        render_kw={"rows": "16", "class": "input-tall"},
    )


class Awaited(Optional):
    """May be left for later, though the law wants it: the form does not call it optional."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {"optional": True, "awaited": True}


class PublisherForm(SharedForm):
    publisher_address = StringField(
        _l("Adresse postale"),
        filters=[one_line],
        validators=[Awaited(), Length(max=200)],
        description=_l("Celle du siège. Exemple : 12 place de la Mairie, 86000 Poitiers"),
        render_kw={"autocomplete": "off"},
    )
    publisher_phone = StringField(
        _l("Téléphone"),
        filters=[one_line],
        validators=[
            Awaited(),
            Length(max=30),
            Regexp(r"^\+?[0-9][0-9 .()-]{4,}$", message=_l("Un numéro s’écrit en chiffres : 05 49 00 00 00.")),
        ],
        description=_l("Celui du standard convient."),
        render_kw={"autocomplete": "off", "inputmode": "tel", "class": "input-short"},
    )
    publication_director = StringField(
        _l("Directrice ou directeur de la publication"),
        filters=[one_line],
        validators=[Awaited(), Length(max=120)],
        description=_l(
            "Prénom, nom et fonction. La personne qui représente la collectivité : maire, présidente ou président."
        ),
        render_kw={"autocomplete": "off"},
    )

    def command(self) -> Publisher:
        return Publisher(
            address=self.publisher_address.data or None,
            phone=self.publisher_phone.data or None,
            director=self.publication_director.data or None,
        )


class StatementForm(LegalForm):
    """The accessibility statement: its text, and what it comes to."""

    compliance = RadioField(
        _l("État de conformité"),
        choices=choices({each.value: _l(each.label) for each in Compliance}),
        validators=[InputRequired()],
        description=_l("Le pied de chaque page le dit aussi. Sans audit, un service est non conforme."),
    )


class DirectoryForm(SharedForm):
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
    typed = one_line(text).lower()
    return typed.removeprefix("https://").removeprefix("http://").partition("/")[0].rstrip(".")


def unaccented(text: str) -> str:
    """A name without its accents: `engagés.fr` is `engages.fr`."""
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


def _encoded(hostname: str) -> str:
    """A name with accents as the DNS has it (`engagés.fr` is `xn--engags-fva.fr`); empty where it has no such name."""
    try:
        return hostname.encode("idna").decode()
    except UnicodeError:
        return ""


class AddressForm(SharedForm):
    hostname = StringField(
        _l("Nom de domaine"),
        filters=[host_of],
        validators=[Optional(), Length(max=253)],
        description=_l("Exemple : engages.votre-collectivite.fr"),
        render_kw={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"},
    )

    def validate_hostname(self, field: Any) -> None:
        if domains.HOSTNAME.fullmatch(bare := unaccented(field.data).replace(" ", "")) and " " in field.data:
            raise ValidationError(_("Un nom de domaine n’a pas d’espace. Serait-ce %(name)s ?", name=bare))
        if not field.data.isascii() and domains.HOSTNAME.fullmatch(bare := unaccented(field.data)):
            coded = _encoded(field.data)
            raise ValidationError(
                _(
                    "Dans le DNS, ce nom à accent s’écrit %(coded)s : recopiez-le ainsi, si c’est bien le vôtre. "
                    "Sans accent, %(name)s est un autre nom.",
                    coded=coded,
                    name=bare,
                )
                if coded
                else _("Ce n’est pas un nom complet. Exemple : engages.votre-collectivite.fr")
            )
        if not domains.HOSTNAME.fullmatch(field.data):
            raise ValidationError(_("Ce n’est pas un nom complet. Exemple : engages.votre-collectivite.fr"))


def sensible_year(_form: Any, field: Any) -> None:
    if not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        raise ValidationError(_("Vérifiez l’année : entre %(first)s et %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))


class OpeningForm(SharedForm):
    opens_on = DateField(
        _l("Jour d’ouverture"),
        validators=[Optional(), sensible_year],
        description=_l("Avant ce jour, seuls votre équipe et vos pilotes voient l’espace. Sans date, il reste fermé."),
        render_kw={"class": "input-short"},
    )
    closes_on = DateField(
        _l("Dernier jour pour commencer une auto-évaluation"),
        validators=[Optional(), sensible_year],
        description=_l("Ensuite, plus rien ne commence, mais tout reste lisible. Sans date, l’espace reste ouvert."),
        render_kw={"class": "input-short"},
    )

    shut = BooleanField(_l("Oui, fermer l’espace à ceux qui ne sont ni de l’équipe ni pilotes"))
    # What the step that confirms named as missing, by its keys.
    anyway = HiddenField()

    @classmethod
    def of(cls, space: Space) -> OpeningForm:
        return cls(opens_on=first_day(space), closes_on=last_day(space))

    def command(self) -> Dates:
        return Dates(self.opens_on.data, self.closes_on.data, shut=bool(self.shut.data), anyway=self.told)

    @property
    def told(self) -> frozenset[str]:
        return frozenset((self.anyway.data or "").split())
