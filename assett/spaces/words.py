"""The words of a space, in the language of the page; ours where the collectivité has written none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from assett.spaces.models import Space


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the home page; `text` is Markdown."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class HomeWords:
    """The words of a home page: `lead` under its title, `intro` (Markdown) first, `action` on its main button,
    `sections` after."""

    lead: str = ""
    intro: str = ""
    action: str = ""
    sections: tuple[Section, ...] = ()

    def stored(self) -> dict[str, Any]:
        """As `Space.words` keeps them for one language; what is unsaid is left out."""
        plain: dict[str, Any] = {"lead": self.lead, "intro": self.intro, "action": self.action}
        plain["sections"] = [{"title": each.title, "text": each.text} for each in self.sections]
        return {name: value for name, value in plain.items() if value}


def written(told: Mapping[str, Any]) -> HomeWords:
    """What the collectivité wrote in one language, as `Space.words` keeps it."""
    return HomeWords(
        lead=told.get("lead") or "",
        intro=told.get("intro") or "",
        action=told.get("action") or "",
        sections=tuple(Section(each["title"], each["text"]) for each in told.get("sections") or ()),
    )


def own_words(space: Space, language: str) -> HomeWords:
    """What the collectivité wrote in that language, else in its first; empty where it wrote nothing."""
    return written(space.words.get(language) or space.words.get(space.languages[0]) or {})


def home_words(space: Space, language: str) -> HomeWords:
    """The words of the home page as it is shown."""
    own = own_words(space, language)
    return HomeWords(own.lead or default_lead(), own.intro, own.action or default_action(), own.sections)


def default_lead() -> str:
    text: str = gettext(
        "Entreprises, associations, services publics du territoire : mesurez où vous en êtes de la transition "
        "écologique, et trouvez qui peut vous aider."
    )
    return text


def default_action() -> str:
    text: str = gettext("Évaluer ma structure")
    return text


def actors_of(space: Space, language: str) -> str:
    """What those who take part are called, in the plural, without article: « pionniers du climat »."""
    text: str = space.actors_in(language) or gettext("structures participantes")
    return text
