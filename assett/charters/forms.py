"""The form of a charter: its words in each language of the space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from assett.charters.service import Text
from assett.core.forms import Form, many_lines, one_line
from assett.core.i18n import LANGUAGE_NAMES, LANGUAGES
from assett.kernel.errors import Rejected
from assett.organizations.models import Charter
from assett.spaces.clashes import SharedForm
from assett.spaces.forms import MARKDOWN


class ButtonForm(Form):
    """A button."""


def _title(language: str) -> StringField:
    return StringField(
        _l("Titre (%(language)s)", language=LANGUAGE_NAMES[language]), filters=[one_line], validators=[Length(max=160)]
    )


def _text(language: str) -> TextAreaField:
    return TextAreaField(
        _l("Texte (%(language)s)", language=LANGUAGE_NAMES[language]),
        filters=[many_lines],
        validators=[Length(max=20_000)],
        description=MARKDOWN,
        render_kw={"rows": "14", "class": "input-tall"},
    )


def _changes(language: str) -> TextAreaField:
    return TextAreaField(
        _l("Ce qui change (%(language)s)", language=LANGUAGE_NAMES[language]),
        filters=[many_lines],
        validators=[Length(max=600)],
        description=_l("En une phrase, pour ceux qui ont signé la version d’avant."),
        render_kw={"rows": "2"},
    )


class CharterForm(SharedForm):
    # The number of the version that is being written.
    version = HiddenField()
    title_fr, text_fr, changes_fr = _title("fr"), _text("fr"), _changes("fr")
    title_en, text_en, changes_en = _title("en"), _text("en"), _changes("en")

    @classmethod
    def of(
        cls, writing: Charter | None, published: Charter | None, version: int, languages: Sequence[str]
    ) -> CharterForm:
        """The form of the version being written, begun with the words of the published one, which it changes."""
        start, again = writing or published, published is not None
        words = {
            f"{part}_{code}": getattr(start, part).get(code, "") if start is not None else ""
            for part in ("title", "text", "changes")
            for code in LANGUAGES
        }
        if writing is None:
            words |= {f"changes_{code}": "" for code in LANGUAGES}
        form = cls(data={**words, "version": str(version)})
        for code in LANGUAGES:
            for part in ("title", "text", "changes"):
                if code not in languages or (part == "changes" and not again):
                    delattr(form, f"{part}_{code}")
                elif code == languages[0]:
                    # A draft may be without; `service.publish` wants it.
                    form[f"{part}_{code}"].flags.awaited = True
        return form

    @property
    def lacks_a_text(self) -> bool:
        return not any(self.said("text").values())

    def fill(self, words: Mapping[str, str]) -> bool:
        """Show these words in the parts that are empty in every language; nothing is kept before its author does so.
        Whether any was: beside a text in one language, the model's own in another would say something else. A text that
        the model gives has a title in each of its languages, its own where its author typed one.
        """
        blank = {part for part in ("title", "text") if not any(self.said(part).values())}
        wanted = blank | {"title"} if "text" in blank else blank
        empty = [
            field for field in self if field.name in words and field.name.partition("_")[0] in wanted and not field.data
        ]
        for field in empty:
            field.data = words[field.name]
        return bool(empty)

    def empty(self, words: Mapping[str, str]) -> None:
        """The inverse of `fill`: the fields that say these very words are empty again, the others stay as typed."""
        for field in self:
            if field.name in words and field.data == words[field.name]:
                field.data = ""

    def is_still_of(self, version: int) -> bool:
        """Whether the version that its author began to write is still the next one; else says that it was published.

        What was typed stays, for the version after it.
        """
        if self.version.data == str(version):
            return True
        told = _(
            "La version %(before)s vient d’être publiée. Ce que vous avez écrit est gardé ici : si vous l’enregistrez, "
            "ce sera la version %(version)s.",
            before=version - 1,
            version=version,
        )
        self.refuse(Rejected(told))
        self.version.data, self.seen.data = str(version), self.sights
        return False

    def said(self, part: str) -> dict[str, str]:
        fields = {code: getattr(self, f"{part}_{code}", None) for code in LANGUAGES}
        return {code: field.data or "" for code, field in fields.items() if field is not None}

    def command(self) -> Text:
        return Text(title=self.said("title"), text=self.said("text"), changes=self.said("changes"))
