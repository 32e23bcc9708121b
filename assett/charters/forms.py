"""The form of a charter: its words in each language of the space."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from assett.charters.service import Text
from assett.core.forms import Form, many_lines, one_line
from assett.core.i18n import LANGUAGES
from assett.organizations.models import Charter
from assett.spaces.forms import MARKDOWN


class ButtonForm(Form):
    """A button."""


def _title(language: str) -> StringField:
    return StringField(
        _l("Titre (%(language)s)", language=LANGUAGES[language]), filters=[one_line], validators=[Length(max=160)]
    )


def _text(language: str) -> TextAreaField:
    return TextAreaField(
        _l("Texte (%(language)s)", language=LANGUAGES[language]),
        filters=[many_lines],
        validators=[Length(max=20_000)],
        description=MARKDOWN,
        render_kw={"rows": "14"},
    )


def _changes(language: str) -> TextAreaField:
    return TextAreaField(
        _l("Ce qui change (%(language)s)", language=LANGUAGES[language]),
        filters=[many_lines],
        validators=[Length(max=600)],
        description=_l("En une phrase, pour ceux qui ont signé la version d’avant."),
        render_kw={"rows": "2"},
    )


class CharterForm(Form):
    title_fr, text_fr, changes_fr = _title("fr"), _text("fr"), _changes("fr")
    title_en, text_en, changes_en = _title("en"), _text("en"), _changes("en")

    @classmethod
    def of(cls, start: Charter | None, languages: Sequence[str], *, again: bool) -> CharterForm:
        """The form with a charter's words; `again` where an earlier version was published, which this one changes."""
        words = {
            f"{part}_{code}": getattr(start, part).get(code, "") if start is not None else ""
            for part in ("title", "text", "changes")
            for code in LANGUAGES
        }
        form = cls(data=words)
        for code in LANGUAGES:
            for part in ("title", "text", "changes"):
                if code not in languages or (part == "changes" and not again):
                    delattr(form, f"{part}_{code}")
        return form

    def said(self, part: str) -> dict[str, str]:
        fields = {code: getattr(self, f"{part}_{code}", None) for code in LANGUAGES}
        return {code: field.data or "" for code, field in fields.items() if field is not None}

    def command(self) -> Text:
        return Text(title=self.said("title"), text=self.said("text"), changes=self.said("changes"))
