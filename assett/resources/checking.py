"""What a resource may be, typed or imported, and how it is told; and what two people made of the same one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from flask_babel import gettext as _

from assett.core.i18n import worded
from assett.engine.document import Document
from assett.engine.drafting.steps import merged
from assett.engine.reading import check_resources
from assett.kernel.errors import Problem, Rejected
from assett.kernel.text import N_

# How many characters each thing may have, typed or imported.
LONGEST: Final[Mapping[str, int]] = {
    "id": 80,
    "title": 200,
    "url": 1000,
    "summary": 3000,
    "provider": 160,
    "contact": 200,
    "partner": 120,
    "tag": 40,
}
MOST_TAGS: Final = 20


class Invalid(Rejected):
    """What the format refuses; `problems` name their keys (``title.fr``, ``for[0].is``)."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = [(each.path, told(each)) for each in problems]
        super().__init__(self.problems[0][1])


_ADDRESS: Final = "il faut une adresse en https://, http:// ou mailto:, pas %(found)s"
# What the format says with its own keys, in words that a form or a spreadsheet has.
_PLAIN: Final[Mapping[str, str]] = {
    "is ne va pas avec at_least ni at_most": N_("choisissez des réponses, ou des bornes : pas les deux"),
    "il faut is, at_least ou at_most": N_(
        "choisissez au moins une réponse, ou donnez une borne s’il s’agit d’un nombre"
    ),
    "at_most ne peut pas être inférieur à at_least (%(found)s)": N_(
        "la borne « à » ne peut pas être inférieure à la borne « de » (%(found)s)"
    ),
    "il faut { question: …, is: … } ou { category: …, levels: […] }, pas %(found)s": N_(
        "choisissez une question et ses réponses, ou une catégorie et ses niveaux"
    ),
    "il faut au moins une valeur": N_("choisissez au moins une réponse"),
    "il en faut au moins %(least)s, et la liste en a %(count)s": N_("choisissez au moins un niveau"),
    "cette clé est obligatoire": N_("à remplir"),
    # A file of resources has no questions that could be refused.
    "la question %(id)s n’existe pas, ou a été refusée": N_("aucune question ne s’appelle %(id)s"),
    "la question %(id)s n’existe pas, ou a été refusée ; vouliez-vous dire %(close)s ?": N_(
        "aucune question ne s’appelle %(id)s ; vouliez-vous dire %(close)s ?"
    ),
    "il faut une date comme 2026-12-31, pas %(found)s": N_("il faut une date comme 31/12/2026, pas %(found)s"),
    _ADDRESS: N_("il faut l’adresse d’une page (www.exemple.fr) ou une adresse électronique, pas %(found)s"),
}
_ORDER: Final = "%(max)s ne peut pas être inférieur à %(min)s (%(found)s)"
_PHONE = re.compile(r"\W*(tel:)?\W*[0-9][0-9 .()/-]{4,}\W*", re.I)


def told(problem: Problem) -> str:
    """A problem in the reader's language."""
    return in_words(problem.template, problem.params)


def in_words(template: str, params: Mapping[str, object]) -> str:
    """What the format says against something, in the reader's language, without the names of its keys."""
    if template == _ORDER and params.get("max") == "valid_until":
        return str(_("la fin ne peut pas venir avant le début"))
    if template == _ADDRESS and _PHONE.fullmatch(str(params.get("found"))):
        return str(
            _(
                "un numéro de téléphone va dans « Contact sur le territoire » ; ici, il faut l’adresse d’une page ou "
                "une adresse électronique"
            )
        )
    return worded(_PLAIN.get(template, template), params)


def checked(entry: Mapping[str, Any], document: Document | None) -> None:
    """Raises `Invalid` where an entry is too long, is not of the format, or names what the questionnaire in service has
    not."""
    if problems := wrong(entry, document):
        raise Invalid(problems)


def wrong(entry: Mapping[str, Any], document: Document | None) -> list[Problem]:
    """All that is wrong with an entry, by its own keys (``title.fr``, ``for[0].is``)."""
    problems = [*too_long(entry), *check_resources({"format": 1, "resources": [dict(entry)]}, document)]
    return [replace(each, path=each.path.removeprefix("resources[0]").lstrip(".")) for each in problems]


def too_long(entry: Mapping[str, Any]) -> list[Problem]:
    """What of an entry, or of what stands beside it, has more characters than `LONGEST` admits."""
    found = []
    for key, most in LONGEST.items():
        value = entry.get(key)
        texts = value.values() if isinstance(value, Mapping) else [value]
        longest = max((len(text) for text in texts if isinstance(text, str)), default=0)
        if longest > most:
            params = {"found": longest, "most": most}
            found.append(
                Problem(key, N_("%(found)s caractères : c’est plus que les %(most)s possibles"), params=params)
            )
    tags = entry.get("tags") or ()
    if len(tags) > MOST_TAGS:
        params = {"most": MOST_TAGS}
        found.append(Problem("tags", N_("plus de %(most)s étiquettes"), params=params))
    if any(len(tag) > LONGEST["tag"] for tag in tags):
        params = {"most": LONGEST["tag"]}
        found.append(Problem("tags", N_("une étiquette a plus de %(most)s caractères"), params=params))
    return found


# Two colleagues at once


class Clash(Rejected):
    """A colleague changed the same things meanwhile. `facts` are both people's changes, one's own where they clash;
    `keys` are where, `theirs` what stands now."""

    def __init__(self, facts: Mapping[str, Any], theirs: Mapping[str, Any], keys: Sequence[str]) -> None:
        self.facts, self.theirs, self.keys = facts, theirs, keys
        super().__init__(_("Un collègue a changé la même chose entre-temps. Rien n’est encore remplacé."))


def reconciled(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> dict[str, Any]:
    """What two people made of the same thing, key by key; raises `Clash` where they changed a key differently."""
    found = merged(base, theirs, mine)
    if found.conflicts:
        raise Clash(found.piece, theirs, list(dict.fromkeys(path.partition(".")[0] for path in found.conflicts)))
    return found.piece
