"""Languages: French first. The visitor chooses; nothing is guessed from the browser.

Texts are written in French in the code and translated by gettext catalogues; dates and numbers follow the
locale of the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent
from flask import Flask, g, has_request_context, session
from flask_babel import Babel, Domain, get_locale, get_translations, gettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from assett.engine.document import Named
from assett.kernel.text import typeset, within_quotes

# The interface's own.
LANGUAGES = {"fr": "Français", "en": "English"}
# Those a questionnaire may be written in, named in themselves, as they stand inside a sentence.
LANGUAGE_NAMES = {
    "fr": "français",
    "en": "English",
    "de": "Deutsch",
    "es": "español",
    "it": "italiano",
    "nl": "Nederlands",
    "pt": "português",
    "br": "brezhoneg",
    "eu": "euskara",
    "oc": "occitan",
    "co": "corsu",
    "ca": "català",
}
_SHOWN = re.compile("«\u00a0(.*?)\u00a0»(?=$|,)")
PARIS = ZoneInfo("Europe/Paris")
_BRITISH = Locale("en", "GB")


# The same few thousand texts, on every page.
_typeset = lru_cache(maxsize=4096)(typeset)


class _Typeset:
    """French translations (the source itself, and its plurals), typeset."""

    def __init__(self, translations: Any) -> None:
        self._translations = translations

    def __getattr__(self, name: str) -> Any:
        return getattr(self._translations, name)

    def ugettext(self, text: str) -> str:
        return _typeset(self._translations.ugettext(text))

    def ungettext(self, singular: str, plural: str, count: int) -> str:
        return _typeset(self._translations.ungettext(singular, plural, count))


class Catalogue(Domain):  # type: ignore[misc]
    """The translations of a page, found once: it asks for some two hundred texts in the same language."""

    def get_translations(self) -> Any:
        context = g.get("_flask_babel")
        locale = getattr(context, "babel_locale", None)
        if locale is None:
            # The very first text of a page, typeset as the others.
            locale, context = get_locale(), g.get("_flask_babel")
        if locale is None or context is None:
            return super().get_translations()
        found = getattr(context, "translations", None)
        if found is None or found[0] is not locale:
            translations = super().get_translations()
            if locale.language == "fr":
                translations = _Typeset(translations)
            found = context.translations = (locale, translations)
        return found[1]


class _Babel(Babel):  # type: ignore[misc]
    @cached_property
    def domain_instance(self) -> Catalogue:
        return Catalogue(domain=self.domain)


babel = _Babel()


def current_language() -> str:
    """The language of this page: the visitor's choice, else the space's first, else French."""
    if not has_request_context():
        return "fr"
    offered = offered_languages()
    chosen = session.get("language") or g.get("preferred_language")
    return chosen if chosen in offered else offered[0]


def offered_languages() -> list[str]:
    space = g.get("space") if has_request_context() else None
    return [code for code in (space.languages if space is not None else LANGUAGES) if code in LANGUAGES] or ["fr"]


def local_language() -> str:
    """The language that the actors of this space write in: its first one."""
    space = g.get("space") if has_request_context() else None
    return str(space.languages[0]) if space is not None else "fr"


def spoken(text: str, language: str | None = None) -> Markup:
    """A text in a `span` that says its language, where the page's is another: a screen reader then reads it aright.

    Without `language`, the text is an actor's own (a name, an activity, a commitment), in the language of the space.
    """
    mark = spoken_in(language) if text else ""
    return Markup("<span{}>{}</span>").format(mark, text) if mark else escape(text)


def spoken_in(language: str | None = None) -> Markup:
    """The attribute that says the language of an element's text, ` lang="fr"`; nothing where it is the page's."""
    known = language or local_language()
    return Markup(' lang="{}"').format(known) if known != current_language() else Markup()


def colon() -> str:
    """What stands between a label and what it says: French sets a blank before it."""
    return gettext("%(field)s : ", field="")


def semicolon() -> str:
    """What stands between things in a row: French sets a blank before it."""
    return gettext("%(field)s ; ", field="")


def quoted(text: str) -> str:
    """A text within the quotes of the page's language; a marked one stays so."""
    sentence = gettext("« %(answer)s »")
    return filled(sentence, answer=text) if isinstance(text, Markup) else sentence % {"answer": text}


def filled(sentence: str, **values: object) -> Markup:
    """A translated sentence with its `%(name)s` filled in: plain values are escaped, marked ones stay as they are."""
    return Markup(sentence) % values  # noqa: S704 (the catalogue is ours)


def init_app(app: Flask) -> None:
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "fr")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(app.root_path) + "/translations")
    babel.init_app(app, locale_selector=current_language)
    app.jinja_env.globals.update(gettext=_worded, _=_worded, spoken_in=spoken_in, colon=colon, semicolon=semicolon)
    app.jinja_env.filters.update(
        decimal=show_decimal,
        quoted=quoted,
        within_quotes=within_quotes,
        percent=show_percent,
        day=show_day,
        days=show_days,
        moment=show_moment,
        clock=show_clock,
        number=show_number,
        spoken=spoken,
    )


@pass_eval_context
def _worded(context: EvalContext, text: str, **values: Any) -> str:
    """A text of a template, translated, and what is put into it escaped: Jinja's own `gettext` in half its time."""
    found: str = get_translations().ugettext(text)
    if context.autoescape:
        found = Markup(found)  # noqa: S704 (the catalogue is ours)
    return found % values if values or "%" in found else found


def _locale() -> Any:
    """The locale of dates and numbers; English is written as in Britain: `3 March 2026`, `14:02`."""
    locale = get_locale()
    return _BRITISH if locale is not None and locale.language == "en" else locale or "fr"


def show_decimal(value: Decimal | Fraction | float | int, decimals: int = 1) -> str:
    """`2,5` in French, `2.5` in English, with exactly that many decimals, rounded half up."""
    return _decimal(value, decimals, _locale())


@lru_cache(maxsize=4096)
def _decimal(value: Decimal | Fraction | float | int, decimals: int, locale: Any) -> str:
    exact = value if isinstance(value, Decimal) else Decimal(Fraction(value).numerator) / Fraction(value).denominator
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    shown: str = format_decimal(rounded, format=pattern, locale=locale)
    return shown


def show_number(value: Decimal | int | float) -> str:
    """A number as it is, with all its decimals, in the locale's writing: `1 234,5`."""
    return format_decimal(value, locale=_locale(), decimal_quantization=False)


_MOST_NAMED = 20


def worded(template: str, params: Mapping[str, object]) -> str:
    """A text of the engine, translated, and what it is filled with: its numbers and dates as the locale writes them,
    what the questionnaire names in the words that respondents read."""
    text: str = gettext(template)
    return text % {name: _written(value) for name, value in params.items()} if params else text


def _written(value: object) -> object:
    if isinstance(value, Named):
        labels = [quoted(each.in_(current_language())) for each in value.labels]
        return ", ".join(labels[:_MOST_NAMED]) + (", …" if len(labels) > _MOST_NAMED else "")
    if isinstance(value, date):
        return show_day(value)
    if isinstance(value, str):
        # As `kernel.text.shown` gives it.
        return _SHOWN.sub(lambda found: quoted(found[1]), value)
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return value
    return show_number(value)


def decimal_mark() -> str:
    """What stands between units and tenths: a comma in French, a point in English."""
    return show_number(Decimal("0.5"))[1]


def whole_percent(ratio: Fraction | float | Decimal) -> int:
    """How many per cent, the same on a page and in a file: 0.516 gives 52."""
    return int((Decimal(str(float(ratio))) * 100).to_integral_value(ROUND_HALF_UP))


def show_percent(ratio: Fraction | float | Decimal) -> str:
    """What was counted, as a whole percentage. A share that somebody decided is told by `show_share`."""
    return format_percent(Decimal(whole_percent(ratio)) / 100, locale=_locale())


def show_share(share: Fraction | float | Decimal) -> str:
    """A share that somebody decided, as a percentage with all its decimals: 0.546 gives « 54,6 % ». Two of them never
    read alike."""
    exact = Decimal(share.numerator) / share.denominator if isinstance(share, Fraction) else Decimal(str(share))
    return format_percent(exact, locale=_locale(), decimal_quantization=False)


def in_paris(value: datetime) -> datetime:
    """The instant as clocks in Paris show it; at the ends of the calendar, where none does, as it is."""
    try:
        return value.astimezone(PARIS)
    except OverflowError:
        return value


def show_day(value: date | datetime) -> str:
    """`3 mars 2026`, `1er mars 2026`, on the day it is in Paris; a line never ends between the day and the month."""
    if isinstance(value, datetime):
        value = in_paris(value).date()
    shown: str = format_date(value, format="long", locale=_locale())
    if value.day == 1 and str(_locale()).startswith("fr"):
        shown = shown.replace("1 ", "1er ", 1)
    return shown.replace(" ", "\u00a0", 1)


def show_month(value: date | datetime) -> str:
    """`mars 2026`, short where the month is long: `sept. 2026`."""
    if isinstance(value, datetime):
        value = in_paris(value).date()
    return format_date(value, format="MMM y", locale=_locale())


def show_clock(value: datetime) -> str:
    """`14 h 02` in French, `14:02` in English."""
    french = str(_locale()).startswith("fr")
    return format_time(in_paris(value), format="H'\u00a0h\u00a0'mm" if french else "short", locale=_locale())


def show_moment(value: datetime) -> str:
    """`3 mars 2026 à 14 h 02`."""
    joint = " à " if str(_locale()).startswith("fr") else ", "
    return f"{show_day(value)}{joint}{show_clock(value)}"


def show_days(values: Sequence[datetime]) -> list[str]:
    """The days of what happened, beside each other: those of one day are told apart by their hour."""
    days = [show_day(value) for value in values]
    return [show_moment(value) if days.count(day) > 1 else day for value, day in zip(values, days, strict=True)]
