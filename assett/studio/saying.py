"""What the reader of files and the analysis say, as the studio says it: without keys, ids nor the signs of a file.

The engine speaks to whoever writes the file by hand: « écrivez scored: false ». Here a question is called by its title,
an answer by its label, a setting as its form does. `plainly` gives a template and what fills it; a filling that depends
on the reader's language is a function, called where it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from flask_babel import gettext

from assett.core.i18n import LANGUAGE_NAMES, quoted
from assett.engine.drafting.pieces import Address, Parts, located
from assett.kernel.text import N_, printable, shown
from assett.questionnaires.words import TYPE_NAMES
from assett.studio.texts import first_language, piece_title, words
from assett.studio.translations import LABELS

Filling: TypeAlias = "object | Callable[[], str]"

_FILE = N_("ce qui vient du fichier ne se lit pas ici : corrigez le fichier, puis importez-le de nouveau")
_ELEMENT = N_("un élément venu d’un fichier n’a pas sa place ici : retirez-le du fichier, puis importez-le de nouveau")
_NAME = N_("deux éléments ont le même identifiant dans le fichier : corrigez le fichier, puis importez-le de nouveau")
_QUESTION = N_(
    "une question citée n’est plus dans le questionnaire : choisissez-en une autre, ou retirez cette condition"
)
_ENTRY = N_("un élément de profil cité n’existe plus : choisissez-en un autre, ou retirez cette condition")
_CATEGORY = N_("une catégorie citée n’existe plus : corrigez le fichier, puis importez-le de nouveau")
_LINE = N_("choisissez une question et ses réponses, ou retirez cette condition")
_NUMBER = N_("il faut un nombre")
_ANSWERS = N_("choisissez au moins une réponse, ou donnez une borne")
_ANSWER = N_("choisissez au moins une réponse")
_BOUND = N_("donnez au moins une borne")
_BOUNDS = N_("choisissez des réponses, ou des bornes : pas les deux")
_INFORMATION = N_("une information n’attend pas de réponse")

# The engine's own sentence, and the studio's; a sentence that has no word of a file in it stays as it is.
PLAIN: Mapping[str, str] = {
    # Fields
    "cette clé est obligatoire": N_("à remplir"),
    "il faut true ou false, pas %(found)s": N_("il faut oui ou non, pas %(found)s"),
    "cette clé n’a pas sa place ici ; clés possibles : %(keys)s": _ELEMENT,
    "clé inconnue ; vouliez-vous dire %(close)s ?": _ELEMENT,
    "clé inconnue ; clés possibles : %(keys)s": _ELEMENT,
    "il faut un objet, fait de couples « clé : valeur », pas %(found)s": _FILE,
    "il faut un objet { valeur : texte }, pas %(found)s": _FILE,
    "il faut un objet { entrée du profil : valeurs }, pas %(found)s": _FILE,
    "il faut une liste, pas %(found)s": _FILE,
    "il faut une valeur simple, pas %(found)s": _FILE,
    "%(found)s est inconnu ; valeurs possibles : %(words)s": N_("choisissez l’une des valeurs proposées"),
    "un identifiant s’écrit en minuscules sans accent, chiffres, - et _, "
    "et commence par une lettre ou un chiffre ; pas %(found)s": N_(
        "un identifiant du fichier ne convient pas (des minuscules sans accent et des chiffres) : "
        "corrigez le fichier, puis importez-le de nouveau"
    ),
    "l’identifiant %(id)s est déjà pris par %(other)s": _NAME,
    "l’ancien identifiant %(id)s est encore celui de %(other)s": _NAME,
    "l’ancien identifiant %(id)s figure déjà dans %(other)s": _NAME,
    "langue non déclarée ; langues du questionnaire : %(languages)s": N_(
        "un texte est dans une langue que le questionnaire n’a pas : ajoutez-la dans « Présentation »"
    ),
    "la langue %(found)s est déjà déclarée": N_("une langue est choisie deux fois"),
    "il faut un code de langue comme fr ou en, pas %(found)s": N_("choisissez une langue proposée"),
    "%(max)s ne peut pas être inférieur à %(min)s (%(found)s)": N_(
        "le maximum ne peut pas être inférieur au minimum (%(found)s)"
    ),
    # Questions
    "une « info » n’attend pas de réponse": _INFORMATION,
    "une « info » ne compte jamais dans le score : retirez %(key)s, ou changez son type": N_(
        "une information ne compte jamais dans le score : changez le type de la question pour la compter"
    ),
    "une question notée doit pouvoir rapporter des points : son maximum "
    "est %(found)s ; donnez des points, ou écrivez scored: false": N_(
        "une question notée doit pouvoir rapporter des points, et son maximum est %(found)s : "
        "donnez des points, ou décochez « Compte dans le score »"
    ),
    "max doit dépasser min (%(min)s), pas %(found)s": N_(
        "le maximum doit dépasser le minimum (%(min)s), pas %(found)s"
    ),
    "il faut au plus %(most)s valeurs de min à max, pas %(count)s (au-delà, prenez le type number)": N_(
        "une échelle a au plus %(most)s degrés, pas %(count)s : au-delà, demandez un nombre"
    ),
    "la clé est une valeur de l’échelle, un entier, pas %(found)s": _FILE,
    "il faut choisir entre bands et linear": N_("des points par tranches, ou peu à peu : pas les deux"),
    "la première tranche n’a pas de from": N_("la première tranche part du plus bas : elle n’a pas de début"),
    "full doit différer de zero": N_("« Tous les points à » doit différer de « Aucun point à »"),
    # Conditions
    "il faut une condition comme { question: …, is: … }, pas %(found)s": _LINE,
    "une condition commence par une seule de ces clés : question, profile, all, any, not": _LINE,
    "is ne va pas avec at_least ni at_most": _BOUNDS,
    "il faut is, at_least ou at_most": _ANSWERS,
    "at_most ne peut pas être inférieur à at_least (%(found)s)": N_(
        "la borne « à » ne peut pas être inférieure à la borne « de » (%(found)s)"
    ),
    "aucune question ne s’appelle %(id)s": _QUESTION,
    "aucune question ne s’appelle %(id)s ; vouliez-vous dire %(close)s ?": _QUESTION,
    "le profil n’a pas d’entrée %(id)s": _ENTRY,
    "le profil n’a pas d’entrée %(id)s ; vouliez-vous dire %(close)s ?": _ENTRY,
    "%(id)s ne vient pas avant : visible_if ne regarde que ce qui précède dans le fichier": N_(
        "%(id)s ne vient pas avant : une condition d’affichage ne regarde que ce qui précède"
    ),
    "%(found)s n’est pas un choix de %(id)s ; choix : %(choices)s": N_(
        "une réponse citée n’existe plus dans %(id)s : choisissez-en une autre, ou retirez cette condition"
    ),
    "%(id)s est une « info », sans réponse": N_("%(id)s est une information, sans réponse"),
    "%(key)s ne va qu’avec une échelle ou un nombre, pas avec %(id)s": N_(
        "une borne ne va qu’avec une échelle ou un nombre, pas avec %(id)s"
    ),
    # Resources of the file
    "il faut { question: …, is: … } ou { category: …, levels: […] }, pas %(found)s": N_(
        "choisissez une question et ses réponses, ou une catégorie et ses niveaux"
    ),
    "aucune catégorie ne s’appelle %(id)s": _CATEGORY,
    "aucune catégorie ne s’appelle %(id)s ; vouliez-vous dire %(close)s ?": _CATEGORY,
    "%(found)s n’est pas un niveau de %(id)s ; niveaux : %(levels)s": N_("un niveau cité n’existe plus dans %(id)s"),
    # The analysis
    "ce choix n’a pas de points et compte pour 0 : écrivez points: 0 si c’est voulu": N_(
        "elle n’a pas de points et compte pour 0 : écrivez 0 si c’est voulu"
    ),
    "le questionnaire n’a pas de catégorie %(name)s": N_("elle vise une catégorie disparue"),
    "cette catégorie n’a pas de niveau %(name)s": N_("elle vise un niveau disparu"),
    "le profil n’a pas d’entrée %(name)s": N_("elle vise un élément de profil disparu"),
    "le questionnaire n’a pas de question %(name)s": N_("elle vise une question disparue"),
    "cette question n’a pas de réponse %(name)s": N_("elle vise une réponse disparue"),
}
# What is said of a share, which a form has in per cent.
_OF_SHARES: Mapping[str, str] = {
    "il faut un nombre de %(low)s à %(high)s, pas %(found)s": N_(
        "il faut un pourcentage de %(low)s à %(high)s, pas %(found)s"
    ),
    "le premier niveau part de 0, pas de %(found)s": N_("le premier niveau part de 0 %%, pas de %(found)s %%"),
    "les niveaux vont en montant : il faut plus que %(last)s, pas %(found)s": N_(
        "les niveaux vont en montant : il faut plus de %(last)s %%, pas %(found)s %%"
    ),
    "un nombre a au plus %(decimals)s décimales et ne dépasse pas un milliard ; pas %(found)s": N_(
        "un pourcentage a au plus 4 décimales et ne dépasse pas 100 ; pas %(found)s"
    ),
}
_KEYS = {"weight": N_("le poids"), "scored": N_("« Compte dans le score »")}
# What no form types, and a message says of a file: « il faut un nombre, pas {…} ».
_RAW = ("{…}", "{}", "[…]", "[]", "null", "true", "false")


def plainly(key: str, template: str, params: Mapping[str, object], parts: Parts) -> tuple[str, Mapping[str, Filling]]:
    """What the engine says of a path within a piece, in the studio's words."""
    if _is_share(key) and (of_share := _OF_SHARES.get(spaced(template))) is not None:
        return of_share, {name: _in_percent(value) for name, value in params.items()}
    return PLAIN.get(spaced(template), template), {name: _filling(name, value, parts) for name, value in params.items()}


def _is_share(key: str) -> bool:
    match key.split("."):
        case ["max_na"] | ["levels", _, "from"] | ["caps", _, "max"]:
            return True
        case _:
            return False


def _in_percent(value: object) -> object:
    """A share as it was typed; one with many decimals comes as a text."""
    try:
        number = Decimal(str(value)) * 100
    except InvalidOperation:
        return value
    return int(number) if number == number.to_integral_value() else number.normalize()


def still_to_do(
    key: str, template: str, params: Mapping[str, object], piece: Mapping[str, Any], parts: Parts
) -> tuple[str, str, Mapping[str, object]]:
    """What is empty so far, at its place: a condition's line as a whole, and a number without « pas «  » »."""
    line, _, last = key.rpartition(".")
    if of_condition(key) and last in {"question", "profile", "is"}:
        picked = at(piece, line)
        return line, _still_to_pick(picked if isinstance(picked, Mapping) else {}, parts), {}
    if template.startswith("il faut un nombre"):
        return key, _NUMBER, {}
    return key, template, params


def _still_to_pick(line: Mapping[str, Any], parts: Parts) -> str:
    """What a line of a condition waits for: only what its question has to pick."""
    kind = next((kind for kind in ("question", "profile") if line.get(kind)), "")
    asked = parts.pieces.get(f"{kind}/{line[kind]}") if kind else None
    match (asked or {}).get("type"):
        case "single" | "multiple" | "boolean":
            return _ANSWER
        case "number" if not (asked or {}).get("unknown"):
            return _BOUND
        case "number" | "scale":
            return _ANSWERS
        case _:
            return _LINE


def of_condition(key: str) -> bool:
    """Whether a path within a piece leads into a condition."""
    return not {"visible_if", "if"}.isdisjoint(key.split("."))


def at(piece: Any, key: str) -> Any:
    """What stands at a path of a piece; None where nothing does."""
    value = piece
    for part in key.split("."):
        try:
            value = value[int(part)] if isinstance(value, (list, tuple)) else value[part]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value


def spaced(template: str) -> str:
    """A sentence with ordinary spaces, whichever its author typed before its signs."""
    return template.replace("\u00a0", " ")


def _filling(name: str, value: object, parts: Parts) -> Filling:
    match name:
        case "id":
            return _title(value, parts)
        case "type":
            return _source(TYPE_NAMES.get(str(value), ""))
        case "key":
            return _source(_KEYS.get(str(value), ""))
        case "found" if value in _RAW:
            return lambda: str(gettext("ce que dit le fichier"))
        case _:
            return value


def _source(text: str) -> Callable[[], str]:
    """A French source text, in the language of whoever reads."""
    return lambda: str(gettext(text)) if text else ""


def _title(name: object, parts: Parts) -> Filling:
    """What a condition names by its id, by its title."""
    language = first_language(parts.pieces.get("settings", {}))
    for address, piece in parts.pieces.items():
        kind, _, id = address.partition("/")
        if kind in ("question", "profile", "category") and shown(id) == name:
            title = piece_title(piece, language)
            return shown(title) if title else _source(N_("cette question"))
    return _source(N_("cette question"))


def place_words(key: str, item: str = "") -> str:
    """What within a piece a path is about, before what is said of it: « Plafond 1 : »; often empty. `item` is how the
    answer, the level or the resource is called, where it has a name."""
    match key.split("."):
        case ["caps", number, *_] if number.isdigit():
            return gettext("Plafond %(number)s : ", number=int(number) + 1)
        case ["visible_if", *_]:
            return gettext("Condition d’affichage : ")
        case ["choices", number, *_] if number.isdigit():
            return gettext("Réponse %(name)s : ", name=quoted(item) if item else int(number) + 1)
        case ["levels", number, *_] if number.isdigit():
            return gettext("Niveau %(name)s : ", name=quoted(item) if item else int(number) + 1)
        case ["resources", number, *_] if number.isdigit():
            return gettext("Ressource %(name)s : ", name=quoted(item) if item else int(number) + 1)
        case ["bands", number, *_] if number.isdigit():
            return gettext("Tranche %(number)s : ", number=int(number) + 1)
        case ["labels", step, *_]:
            return gettext("Degré %(step)s : ", step=step)
        case [name] if name in LABELS:
            return gettext("%(field)s : ", field=gettext(LABELS[name]))
        case _:
            return ""


def item_called(key: str, piece: Mapping[str, Any] | None, language: str) -> str:
    """How the answer, the level or the resource that a path within a piece goes through is called."""
    match key.split("."):
        case [("choices" | "levels" | "resources") as name, number, *_] if number.isdigit():
            items = (piece or {}).get(name)
            found = items[int(number)] if isinstance(items, list) and int(number) < len(items) else None
            label = words(found.get("label") or found.get("title"), language) if isinstance(found, Mapping) else ""
            return printable(label)
        case _:
            return ""


def untranslated(
    lacking: Mapping[str, Iterable[str]], tree: Mapping[str, Any]
) -> list[tuple[Address, str, Callable[[], str]]]:
    """What lacks a translation, piece by piece: where, in which language, and which of its texts in words."""
    found: dict[tuple[str, Address], list[str]] = {}
    for language, paths in lacking.items():
        for path in paths:
            address, key = located(path, tree)
            found.setdefault((language, address), []).append(key)
    return [(address, language, _listed(keys)) for (language, address), keys in found.items()]


def _listed(keys: list[str]) -> Callable[[], str]:
    return lambda: ", ".join(text_called(key) for key in keys)


def text_called(key: str) -> str:
    """A text of a piece: « intitulé », « réponse 2 », « message du niveau 1 »."""
    match key.split("."):
        case ["choices", number, "label"]:
            return gettext("réponse %(number)s", number=int(number) + 1)
        case ["choices", number, _]:
            return gettext("commentaire de la réponse %(number)s", number=int(number) + 1)
        case ["levels", number, "label"]:
            return gettext("niveau %(number)s", number=int(number) + 1)
        case ["levels", number, _]:
            return gettext("message du niveau %(number)s", number=int(number) + 1)
        case ["caps", number, _]:
            return gettext("raison du plafond %(number)s", number=int(number) + 1)
        case ["labels", step]:
            return gettext("mot du degré %(step)s", step=step)
        case ["resources", number, own]:
            return gettext("%(field)s de la ressource %(number)s", field=_field(own), number=int(number) + 1)
        case [*_, name]:
            return _field(name)
        case _:
            return ""


def _field(name: str) -> str:
    return str(gettext(LABELS.get(name, "Intitulé"))).lower()


def language_called(code: str) -> str:
    return LANGUAGE_NAMES.get(code, code)
