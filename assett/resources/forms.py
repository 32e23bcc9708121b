"""The forms of the resource base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from assett.core.forms import Form, choices, email_field, many_lines, one_line
from assett.core.i18n import LANGUAGE_NAMES, LANGUAGES
from assett.formats.records import address_typed
from assett.kernel.errors import Problem, Rejected
from assett.kernel.text import sentence
from assett.questionnaires.words import RESOURCE_TYPE_NAMES
from assett.resources import aims
from assett.resources.aims import Aim
from assett.resources.catalogue import Criteria, Origin, State
from assett.resources.checking import LONGEST, MOST_TAGS, Invalid, told
from assett.resources.models import Partner
from assett.resources.queries import Line
from assett.resources.service import ADAPTABLE, Adapt, PartnerCard, Write
from assett.resources.texts import TEXTS, otherwise

Fields = MultiDict[str, str]


class ActionForm(Form):
    """A button."""


def _title(language: str) -> StringField:
    required = [DataRequired(_l("Donnez-lui un titre."))] if language == "fr" else [Optional()]
    return StringField(
        _l("Titre (%(language)s)", language=LANGUAGE_NAMES[language]),
        filters=[one_line],
        validators=[*required, Length(max=LONGEST["title"])],
    )


def _summary(language: str) -> TextAreaField:
    return TextAreaField(
        _l("Résumé (%(language)s)", language=LANGUAGE_NAMES[language]),
        filters=[many_lines],
        validators=[Optional(), Length(max=LONGEST["summary"])],
        description=_l("Ce que l’on y trouve, pour qui, à quel coût.") if language == "fr" else "",
        render_kw={"rows": "3"},
    )


def _provider(language: str) -> StringField:
    return StringField(
        _l("Proposée par (%(language)s)", language=LANGUAGE_NAMES[language]),
        filters=[one_line],
        validators=[Optional(), Length(max=LONGEST["provider"])],
        description=_l("L’organisme qui l’a faite ou qui la finance, où qu’il soit : son nom est écrit sur la fiche.")
        if language == "fr"
        else "",
    )


def _tags_of(typed: str | None) -> list[str]:
    return list(dict.fromkeys(tag.strip() for tag in (typed or "").split(",") if tag.strip()))


def _short_tags(_form: Any, field: Any) -> None:
    """Tags are kept whole, or refused."""
    tags = _tags_of(field.data)
    if len(tags) > MOST_TAGS:
        raise ValidationError(_("Gardez %(most)s étiquettes au plus.", most=MOST_TAGS))
    if any(len(tag) > LONGEST["tag"] for tag in tags):
        raise ValidationError(_("Une étiquette a %(most)s caractères au plus.", most=LONGEST["tag"]))


class _LocalForm(Form):
    """What an own resource and an adapted one have in common: words, dates, who answers on the territory."""

    title_fr, title_en = _title("fr"), _title("en")
    summary_fr, summary_en = _summary("fr"), _summary("en")
    priority = IntegerField(
        _l("Priorité"),
        validators=[InputRequired(_l("Donnez un nombre de 0 à 100.")), NumberRange(0, 100)],
        description=_l(
            "De 0 à 100, 50 étant l’ordinaire : plus elle est haute, plus tôt la ressource est montrée. Au-dessous de "
            "50, une ressource du territoire ne passe plus devant les nationales."
        ),
        default=50,
    )
    valid_from = DateField(_l("À partir du"), validators=[Optional()])
    valid_until = DateField(_l("Jusqu’au"), validators=[Optional()])
    partner = SelectField(
        _l("Partenaire sur le territoire"),
        coerce=int,
        validators=[Optional()],
        default=0,
        description=_l("Qui la porte chez vous, s’il y a quelqu’un : la fiche montre son logo et ses coordonnées."),
    )
    new_partner = StringField(
        _l("Ou un nouveau partenaire"),
        filters=[one_line],
        validators=[Optional(), Length(max=LONGEST["partner"])],
        description=_l("Son nom suffit : il s’ajoute à vos partenaires, et prend la place de celui choisi ci-dessus."),
    )
    contact = StringField(
        _l("Contact sur le territoire"),
        filters=[one_line],
        validators=[Optional(), Length(max=LONGEST["contact"])],
        description=_l("Un nom, un téléphone, un jour de permanence : montré sur la fiche, après le partenaire."),
    )
    tags = StringField(
        _l("Étiquettes"),
        filters=[one_line],
        validators=[Optional(), Length(max=MOST_TAGS * (LONGEST["tag"] + 2)), _short_tags],
        description=_l("Pour vous y retrouver, séparées par des virgules. Les acteurs ne les voient pas."),
    )

    # The partners that may be chosen, by id; set by `prepare`.
    offered: frozenset[int]

    def prepare(self, languages: Sequence[str], partners: Mapping[int, Partner]) -> None:
        """Keep the languages of the space, and offer its partners."""
        for code in LANGUAGES:
            if code not in languages and code != "fr":
                for name in ("title", "summary", "provider"):
                    if f"{name}_{code}" in self:
                        delattr(self, f"{name}_{code}")
        self.offered = frozenset(partners)
        labels = {0: _l("Aucun"), **{id: partner.name for id, partner in partners.items()}}
        self.partner.choices = choices(labels)  # type: ignore[arg-type]

    def text(self, name: str, known: Any) -> Any:
        """A text by language; what the form does not show stays, one in French alone is written plainly."""
        texts = dict(known) if isinstance(known, Mapping) else {"fr": known} if known else {}
        for code in LANGUAGES:
            field = self._fields.get(f"{name}_{code}")
            if field is not None:
                texts[code] = field.data or ""
        texts = {code: text for code, text in texts.items() if text}
        if set(texts) == {"fr"} and not isinstance(known, Mapping):
            return texts["fr"]
        return texts or None

    def facts(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Priority and dates as the format writes them; the ordinary priority is not written."""
        priority = self.priority.data if self.priority.data != 50 or "priority" in known else None
        return {
            "priority": priority,
            "valid_from": _iso(self.valid_from.data),
            "valid_until": _iso(self.valid_until.data),
        }

    @property
    def partner_id(self) -> int | None:
        return self.partner.data or None

    @property
    def labels(self) -> list[str]:
        return _tags_of(self.tags.data)

    @staticmethod
    def values_of(line: Line) -> dict[str, Any]:
        """What the fields hold for a resource as it stands."""
        entry = line.entry
        values: dict[str, Any] = {
            "url": entry.get("url"),
            "type": entry.get("type"),
            "priority": int(entry.get("priority", 50)),
            "valid_from": _day(entry.get("valid_from")),
            "valid_until": _day(entry.get("valid_until")),
            "partner": line.partner_id or 0,
            "contact": line.note,
            "tags": ", ".join(line.tags),
        }
        for name in ("title", "summary", "provider"):
            text = entry.get(name)
            texts = text if isinstance(text, Mapping) else {"fr": text}
            values |= {f"{name}_{code}": texts.get(code) for code in LANGUAGES}
        return values

    def refuse(self, rejected: Rejected) -> None:
        if not isinstance(rejected, Invalid):
            super().refuse(rejected)
            return
        self.rejected = rejected
        for key, message in rejected.problems:
            self._say(key, message)

    def look_over(self, problems: Sequence[Problem]) -> None:
        """Say, beside what was typed wrong, what makes no sense: all that is to be put right is told at once."""
        typed_wrong = {field.name for field in self if field.errors}
        for each in problems:
            field = self._about(each.path)
            if field is None or field.name not in typed_wrong:
                self._say(each.path, told(each))

    def _about(self, key: str) -> Any:
        name = key.partition("[")[0].replace(".", "_")
        return self._fields.get(name) or self._fields.get(f"{name}_fr")

    def _say(self, key: str, message: str) -> None:
        field = self._about(key)
        if field is not None:
            field.errors = [*field.errors, sentence(message)]
        else:
            self.form_errors.append(sentence(message))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _day(raw: Any) -> date | None:
    return date.fromisoformat(str(raw)) if raw else None


_TYPES = {key: _l(label) for key, label in RESOURCE_TYPE_NAMES.items()}


@dataclass(frozen=True, slots=True)
class Filled:
    """What is said once a resource's page has been asked; `done` where something of it stands in the fields."""

    said: str
    done: bool = False


class ResourceForm(_LocalForm):
    """A resource of the space's own: all of the format, with its aims."""

    url = StringField(
        _l("Adresse"),
        filters=[one_line, address_typed],
        validators=[DataRequired(_l("Indiquez une adresse.")), Length(max=LONGEST["url"])],
        description=_l("L’adresse d’une page, ou une adresse électronique."),
    )
    type = SelectField(
        _l("Type"),
        choices=choices(_TYPES),
        validators=[InputRequired(_l("Choisissez un type."))],
    )
    provider_fr, provider_en = _provider("fr"), _provider("en")

    # Set by `of`: the lines being built, what is wrong with them, and what the fields hold from the resource's page.
    for_aims: list[Aim]
    who_aims: list[Aim]
    aim_errors: list[str]
    proposed: dict[str, str]
    filled: Filled | None = None

    @classmethod
    def of(
        cls,
        line: Line | None,
        languages: Sequence[str],
        partners: Mapping[int, Partner],
        aimed: Sequence[Aim] = (),
        *,
        sent: bool = True,
    ) -> ResourceForm:
        """The form of a resource as it stands, or of a new one for these aims; `sent`: with what this request sends."""
        data = cls.values_of(line) if line is not None else None
        form = cls(data=data) if sent else cls(None, data=data)
        form.prepare(languages, partners)
        if line is None:
            # A new one has no type before somebody has said which.
            form.type.choices = choices({"": _l("Choisir un type…")} | _TYPES)
        entry = line.entry if line is not None else {}
        form.for_aims = aims.picked_for(entry.get("for")) if line is not None else list(aimed)
        form.who_aims = aims.picked_who(entry.get("who"))
        form.aim_errors = []
        form.proposed = {}
        return form

    def read(self, fields: Fields) -> None:
        """The lines as they were sent, after the button that sent them; and what is still as it was proposed."""
        said = {name: many_lines(fields.get(f"proposed.{name}")) for name in self._fields}
        self.proposed = {name: text for name, text in said.items() if text and text == self[name].data}
        do = fields.get("do", "")
        self.for_aims = aims.act(aims.from_fields(fields, "for"), "for", do)
        self.who_aims = aims.act(aims.from_fields(fields, "who"), "who", do)

    def propose(self, said: Mapping[str, str]) -> list[str]:
        """Fill in what nobody has typed, and what another page had proposed; the names of the fields it is in now."""
        before, self.proposed = self.proposed, {}
        for name, text in said.items():
            field = self._fields.get(name)
            if field is None or (field.data and name not in before):
                continue
            text = _shortened(text, LONGEST.get(name.partition("_")[0], 0))
            field.data, field.raw_data = text, [text]
            if text:
                self.proposed[name] = text
        return list(self.proposed)

    def aimed(self, types: Mapping[str, str]) -> dict[str, Any]:
        """The aims in the format."""
        return {"for": aims.written_for(self.for_aims, types), "who": aims.written_who(self.who_aims, types)}

    @property
    def aims_refused(self) -> list[tuple[str, Any, str]]:
        """What is wrong with the lines, as the summary of what is to be put right shows it."""
        return [("visee", _l("À qui la proposer"), message) for message in dict.fromkeys(self.aim_errors)]

    def command(self, known: Mapping[str, Any], types: Mapping[str, str]) -> Write:
        entry = {
            "title": self.text("title", known.get("title")),
            "url": self.url.data,
            "type": self.type.data,
            "summary": self.text("summary", known.get("summary")),
            "provider": self.text("provider", known.get("provider")),
            **self.facts(known),
            **self.aimed(types),
        }
        written = {key: value for key, value in entry.items() if value not in (None, [], {})}
        return Write(written, self.partner_id, self.contact.data or "", self.labels)

    def _say(self, key: str, message: str) -> None:
        if key.startswith(("for", "who")):
            self.aim_errors.append(sentence(message))
        else:
            super()._say(key, message)


def _shortened(text: str, most: int) -> str:
    """A text of which the last words are left out where it is longer than a field holds."""
    if not most or len(text) <= most:
        return text
    whole, _space, _cut = text[:most].rpartition(" ")
    return f"{(whole or text)[: most - 1]}…"


class AdaptForm(_LocalForm):
    """A national resource in the space's own words: what is left as it was goes on following the national text."""

    @classmethod
    def of(
        cls, line: Line, languages: Sequence[str], partners: Mapping[int, Partner], *, sent: bool = True
    ) -> AdaptForm:
        form = cls(data=cls.values_of(line)) if sent else cls(None, data=cls.values_of(line))
        form.prepare(languages, partners)
        return form

    def command(self, national: Mapping[str, Any]) -> Adapt:
        said = {
            "title": self.text("title", national.get("title")),
            "summary": self.text("summary", national.get("summary")),
            **self.facts(national),
        }
        changes = {
            key: otherwise(national.get(key), said[key]) if key in TEXTS else said[key]
            for key in ADAPTABLE
            if said[key] != national.get(key)
        }
        return Adapt(changes, self.partner_id, self.contact.data or "", self.labels)


class PartnerForm(Form):
    name = StringField(
        _l("Nom du partenaire"),
        filters=[one_line],
        validators=[DataRequired(_l("Indiquez un nom.")), Length(max=LONGEST["partner"])],
    )
    logo = FileField(
        _l("Logo"),
        description=_l("JPEG, PNG ou WebP, 10 Mo au plus. Il est réduit et débarrassé de ses données cachées."),
    )
    without_logo = BooleanField(_l("Retirer le logo"))
    contact_name = StringField(_l("Personne ou service à joindre"), filters=[one_line], validators=[Length(max=120)])
    contact_email = email_field(_l("Courriel"), Optional())
    contact_phone = StringField(_l("Téléphone"), filters=[one_line], validators=[Length(max=40)])
    address = TextAreaField(
        _l("Adresse postale"), filters=[many_lines], validators=[Length(max=300)], render_kw={"rows": "2"}
    )

    def command(self) -> PartnerCard:
        file = self.logo.data
        return PartnerCard(
            name=self.name.data or "",
            contact_name=self.contact_name.data or "",
            contact_email=self.contact_email.data or "",
            contact_phone=self.contact_phone.data or "",
            address=self.address.data or "",
            logo=file.stream if file else None,
            without_logo=bool(self.without_logo.data),
        )


class ImportForm(Form):
    file = FileField(
        _l("Le tableur"),
        validators=[InputRequired(_l("Choisissez un fichier."))],
        description=_l("XLSX ou CSV, avec une colonne « Titre », « Adresse » et « Type » au moins."),
    )


def criteria_of(arguments: Mapping[str, str]) -> Criteria:
    """What an address asks for; what it cannot mean is passed over."""
    kind = arguments.get("type", "")
    return Criteria(
        words=one_line(arguments.get("q"))[:200],
        category=one_line(arguments.get("categorie"))[:80],
        type=kind if kind in RESOURCE_TYPE_NAMES else "",
        provider=one_line(arguments.get("par"))[:200],
        tag=one_line(arguments.get("etiquette"))[:60],
        origin=_word(Origin, arguments.get("origine")),
        state=_word(State, arguments.get("etat")),
    )


def _word(kind: Any, typed: str | None) -> Any:
    return next((each for each in kind if each.value == typed), None)


def aims_of(arguments: Fields) -> list[Aim]:
    """The lines that an address asks a new resource to begin with (see the map of holes)."""
    said = [arguments.getlist(name)[: aims.MOST_LINES] for name in ("pour", "valeurs", "de", "a")]
    found = []
    for pour, values, low, high in zip_longest(*said, fillvalue=""):
        of = one_line(pour)[:120]
        if of.partition("/")[0] in ("question", "category"):
            words = tuple(word for word in values.split(",") if word)[:100]
            found.append(Aim(of, words, aims.number_typed(low), aims.number_typed(high)))
    return found
