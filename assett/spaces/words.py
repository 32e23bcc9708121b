"""The words of a space's home, in the language of the page; ours where the collectivité has written none."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from assett.spaces.models import Space


@dataclass(frozen=True, slots=True)
class HomeWords:
    lead: str
    intro: str


def home_words(space: Space, language: str) -> HomeWords:
    written = space.words.get(language) or space.words.get(space.languages[0]) or {}
    return HomeWords(
        lead=written.get("lead")
        or gettext(
            "Entreprises, associations, services publics de %(name)s : mesurez où vous en êtes de la transition "
            "écologique, et trouvez qui peut vous aider.",
            name=space.name,
        ),
        intro=written.get("intro") or "",
    )
