"""How two states of a piece differ, field by field, in the words of its form.

A draft may be wrong, so its pieces are read as they stand; two documents that are right are told apart by
`questionnaires.words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Literal, TypeAlias

from flask_babel import gettext
from markupsafe import Markup, escape

from assett.core import i18n
from assett.core.i18n import semicolon
from assett.engine.drafting.pieces import GRID, RESOURCES, SETTINGS, Address, Outline, Parts, Tree
from assett.engine.drafting.steps import Step
from assett.kernel.text import N_
from assett.questionnaires.words import TYPE_NAMES
from assett.studio import cards
from assett.studio.fields import is_required
from assett.studio.texts import first_language, piece_title, show_number, words

Kind: TypeAlias = Literal["text", "word", "number", "percent", "flag", "condition", "ids"]
Field: TypeAlias = tuple[str, Kind]

# The fields of a piece, in the order of its form: what they are called there, and how they are said.
_FIELDS: Mapping[str, Field] = {
    "title": (N_("Intitulé"), "text"),
    "intro": (N_("Introduction"), "text"),
    "help": (N_("Aide"), "text"),
    "type": (N_("Type de question"), "word"),
    "version": (N_("Nom de la version"), "word"),
    "unit": (N_("Unité"), "text"),
    "points": (N_("Points pour « oui »"), "number"),
    "points_false": (N_("Points pour « non »"), "number"),
    "max_points": (N_("Points au plus"), "number"),
    "min": (N_("Au moins"), "number"),
    "max": (N_("Au plus"), "number"),
    "min_choices": (N_("Réponses au moins"), "number"),
    "max_choices": (N_("Réponses au plus"), "number"),
    "max_length": (N_("Caractères au plus"), "number"),
    "integer": (N_("Nombre entier seulement"), "flag"),
    "required": (N_("Réponse attendue"), "flag"),
    "not_applicable": (N_("Offrir « Non concerné »"), "flag"),
    "unknown": (N_("Offrir « Je ne sais pas »"), "flag"),
    "scored": (N_("Compte dans le score"), "flag"),
    "weight": (N_("Poids"), "number"),
    "max_na": (N_("« Non concerné » au plus"), "percent"),
    "source": (N_("Rempli d’avance avec"), "word"),
    "visible_if": (N_("Condition d’affichage"), "condition"),
    "was": (N_("Anciens identifiants"), "ids"),
}
# Lists of things, and small groups of numbers: what each is called, then its own fields.
_LISTS: Mapping[str, tuple[str, Mapping[str, Field]]] = {
    "choices": (
        N_("Réponse %(name)s"),
        {
            "label": (N_("Libellé"), "text"),
            "points": (N_("Points"), "number"),
            "feedback": (N_("Ce que l’acteur lira s’il la choisit"), "text"),
            "exclusive": (N_("Ne va avec aucune autre"), "flag"),
            "was": (N_("Anciens identifiants"), "ids"),
        },
    ),
    "levels": (
        N_("Niveau %(name)s"),
        {
            "label": (N_("Nom"), "text"),
            "from": (N_("À partir de"), "percent"),
            "message": (N_("Message à l’acteur"), "text"),
        },
    ),
    "caps": (
        N_("Plafond %(name)s"),
        {
            "if": (N_("S’applique tant que"), "condition"),
            "max": (N_("Score au plus"), "percent"),
            "reason": (N_("Ce que l’acteur en lira"), "text"),
        },
    ),
    "bands": (
        N_("Tranche %(name)s"),
        {"from": (N_("À partir de"), "number"), "points": (N_("Points"), "number")},
    ),
}
_GROUPS: Mapping[str, Mapping[str, Field]] = {
    "linear": {
        "zero": (N_("Aucun point à"), "number"),
        "full": (N_("Tous les points à"), "number"),
        "max_points": (N_("Points au plus"), "number"),
    },
    "scale": {"max": (N_("Score sur"), "number"), "decimals": (N_("Décimales"), "number")},
}
_ORDERS = {
    "choices": N_("Ordre des réponses"),
    "levels": N_("Ordre des niveaux"),
    "caps": N_("Ordre des plafonds"),
    "bands": N_("Ordre des tranches"),
}


# A word with the space after it, which is kept: texts have lines.
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class Told:
    """One field that differs: what it is called, and how each side has it; empty where a side has nothing."""

    label: str
    before: str
    after: str

    @property
    def marked(self) -> tuple[Markup, Markup]:
        return marked(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Names:
    """How what conditions name is called, and the draft's first language."""

    known: Mapping[Address, cards.Subject]
    language: str

    @classmethod
    def of(cls, parts: Parts, former: Iterable[tuple[Address, Tree]] = ()) -> Names:
        """The names of a draft, and those of what it no longer has."""
        language = first_language(parts.pieces.get(SETTINGS, {}))
        known = cards.known_subjects(parts, language)
        for address, piece in former:
            if not address.startswith(("question/", "profile/")):
                continue
            subject = cards.subject_of(piece, address, language)
            there = known.setdefault(address, subject)
            values = {option.value for option in there.options}
            gone = tuple(option for option in subject.options if option.value not in values)
            known[address] = replace(there, options=(*there.options, *gone))
        return cls(known, language)


def of_piece(address: Address, before: Tree | None, after: Tree | None, names: Names) -> list[Told]:
    """What differs between two states of a piece; None where it is not there."""
    left, right = before or {}, after or {}
    told: list[Told] = []
    for key in (*_FIELDS, *_LISTS, *_GROUPS, "labels", "languages", "resources"):
        one, other = left.get(key), right.get(key)
        if one == other:
            continue
        if key in _FIELDS:
            label, kind = _FIELDS[key]
            if kind == "flag":
                one, other = (_flag(address, each, key) for each in (before, after))
            told += _field(gettext(label), kind, one, other, names)
        elif key in _LISTS:
            told += _things(key, one, other, names)
        elif key in _GROUPS:
            told += _group(_GROUPS[key], one, other, names)
        elif key == "labels":
            told += _steps(one, other, names)
        elif key == "languages":
            told.append(Told(gettext("Langues"), _languages(one), _languages(other)))
        else:
            told.append(Told(gettext("Ressources du fichier"), *_resources(one, other, names)))
    return told


def _flag(address: Address, piece: Tree | None, key: str) -> bool | None:
    """A box of a piece, ticked or not even where the draft does not say it."""
    if piece is None:
        return None
    if key == "required":
        return is_required(piece, profile=address.startswith("profile/"))
    return bool(piece.get(key, key == "scored"))


def _field(label: str, kind: Kind, before: Any, after: Any, names: Names) -> list[Told]:
    if kind != "text":
        sides = _said(kind, before, names), _said(kind, after, names)
        return [Told(label, *sides)] if sides[0] != sides[1] else []
    told = []
    one, other = _texts(before, names.language), _texts(after, names.language)
    for code in dict.fromkeys((*one, *other)):
        if one.get(code, "") != other.get(code, ""):
            language = i18n.LANGUAGE_NAMES.get(code, code)
            full = gettext("%(label)s (%(language)s)", label=label, language=language)
            told.append(Told(label if code == names.language else full, one.get(code, ""), other.get(code, "")))
    return told


def _texts(raw: Any, language: str) -> dict[str, str]:
    if isinstance(raw, Mapping):
        return {str(code): str(text) for code, text in raw.items()}
    return {} if raw is None or raw == "" else {language: str(raw)}


def _said(kind: Kind, value: Any, names: Names) -> str:
    """A value as its field shows it; empty where there is none."""
    if value is None or value == "":
        return ""
    match kind:
        case "flag":
            return gettext("oui") if value else gettext("non")
        case "ids":
            return ", ".join(map(str, value))
        case "condition":
            return cards.condition_said(value, names.known)
        case "percent" if isinstance(value, (int, float, Decimal)):
            return i18n.show_share(value)
        case "number" | "percent":
            return show_number(value)
        case "text":
            return words(value, names.language)
        case _:
            known = TYPE_NAMES.get(str(value)) or cards.SOURCE_NAMES.get(str(value))
            return gettext(known) if known else str(value)


def _things(key: str, before: Any, after: Any, names: Names) -> list[Told]:
    """Things of a list: known by their id or, where they have none, by their place."""
    template, fields = _LISTS[key]
    left, right = _by_name(before), _by_name(after)
    told = []
    for name in dict.fromkeys((*left, *right)):
        one, other = left.get(name), right.get(name)
        if one == other:
            continue
        thing = gettext(template) % {"name": _thing_called(one or other or {}, name, names)}
        if one is None or other is None:
            told.append(Told(thing, _summary(one, fields, names), _summary(other, fields, names)))
            continue
        for field, (label, kind) in fields.items():
            full = gettext("%(thing)s : %(field)s", thing=thing, field=gettext(label))
            told += _field(full, kind, one.get(field), other.get(field), names)
    kept = [[name for name in side if name in left and name in right] for side in (left, right)]
    if kept[0] != kept[1]:
        orders = (", ".join(_thing_called(right[name], name, names) for name in side) for side in kept)
        told.append(Told(gettext(_ORDERS[key]), *orders))
    return told


def _by_name(things: Any) -> dict[str, Tree]:
    found = [each for each in things if isinstance(each, Mapping)] if isinstance(things, Sequence) else []
    return {str(each.get("id") or place): dict(each) for place, each in enumerate(found, 1)}


def _thing_called(thing: Tree, name: str, names: Names) -> str:
    if "label" not in thing:
        return name
    label = words(thing["label"], names.language)
    return gettext("« %(answer)s »", answer=label) if label else gettext("(sans libellé)")


def _summary(thing: Tree | None, fields: Mapping[str, Field], names: Names) -> str:
    """A thing that only one side has, all in one: « Oui ; Points : 1 »."""
    if thing is None:
        return ""
    said = []
    for field, (label, kind) in fields.items():
        value = thing.get(field)
        if value is None or value == "" or value is False:
            continue
        text = _said(kind, value, names)
        said.append(text if field == "label" else gettext("%(label)s : %(value)s", label=gettext(label), value=text))
    return semicolon().join(said) or gettext("(vide)")


def _group(fields: Mapping[str, Field], before: Any, after: Any, names: Names) -> list[Told]:
    left, right = (each if isinstance(each, Mapping) else {} for each in (before, after))
    told = []
    for key, (label, kind) in fields.items():
        told += _field(gettext(label), kind, left.get(key), right.get(key), names)
    return told


def _steps(before: Any, after: Any, names: Names) -> list[Told]:
    """The words under the steps of a scale."""
    left, right = (
        {str(key): text for key, text in each.items()} if isinstance(each, Mapping) else {} for each in (before, after)
    )
    told = []
    for step in dict.fromkeys((*left, *right)):
        told += _field(gettext("Degré %(step)s", step=step), "text", left.get(step), right.get(step), names)
    return told


def _languages(raw: Any) -> str:
    codes = raw if isinstance(raw, Sequence) and not isinstance(raw, str) else ()
    return ", ".join(i18n.LANGUAGE_NAMES.get(str(code), str(code)) for code in codes)


def _resources(before: Any, after: Any, names: Names) -> tuple[str, str]:
    """The resources that one side has, or has otherwise."""
    left, right = _by_name(before), _by_name(after)
    one = ", ".join(piece_title(left[name], names.language) for name in left if left[name] != right.get(name))
    other = ", ".join(piece_title(right[name], names.language) for name in right if right[name] != left.get(name))
    return one, other


def of_outline(before: Outline, after: Outline, titles: Mapping[Address, str], about: str = "") -> list[Told]:
    """What moved; what was added or removed says so itself. `about` is the title of what was moved, where that is
    known."""

    def moved(kind: str, left: Sequence[str], right: Sequence[str]) -> list[Told]:
        return _moved({name: titles.get(f"{kind}/{name}", name) for name in right}, left, right, about)

    told = []
    for category, questions in after.categories:
        for question in questions:
            former = before.category_of(question)
            if former not in (None, category):
                told.append(
                    Told(
                        gettext("Catégorie de « %(name)s »", name=titles.get(f"question/{question}", question)),
                        titles.get(f"category/{former}", str(former)),
                        titles.get(f"category/{category}", category),
                    )
                )
    told += moved("category", *([name for name, _ in each.categories] for each in (before, after)))
    for category, questions in after.categories:
        told += moved("question", dict(before.categories).get(category, ()), questions)
    return told + moved("profile", before.profile, after.profile)


def _moved(titles: Mapping[str, str], before: Sequence[str], after: Sequence[str], about: str) -> list[Told]:
    """Which things changed places among those that stayed, as few as can be: « Place de “Tri” : 3 → 1 »."""
    left, right = [each for each in before if each in set(after)], [each for each in after if each in set(before)]
    if left == right:
        return []
    still = {
        left[place]
        for match in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
        for place in range(match.a, match.a + match.size)
    }
    # Of two neighbours that changed places, either may have moved: it is the one that somebody took.
    for name in right:
        rest = [[each for each in side if each != name] for side in (left, right)]
        if titles[name] == about and rest[0] == rest[1]:
            still = set(rest[0])
    return [
        Told(
            gettext("Place de « %(name)s »", name=titles[name]),
            str(list(before).index(name) + 1),
            str(list(after).index(name) + 1),
        )
        for name in right
        if name not in still
    ]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece that a step changed, under its name; `state` is `added`, `removed` or `changed`."""

    title: str
    state: str
    told: Sequence[Told]


def of_step(step: Step, names: Names, titles: Mapping[Address, str], about: str = "") -> list[Piece]:
    """What a step changed, piece by piece, then what it moved; `about` as in `of_outline`."""
    pieces = []
    for address, (before, after) in step.pieces.items():
        state = "added" if before is None else "removed" if after is None else "changed"
        told = of_piece(address, before, after, names)
        if told or state != "changed":
            pieces.append(Piece(titles.get(address, address), state, told))
    moved = of_outline(*step.outline, titles, about) if step.outline is not None else []
    return [*pieces, Piece(gettext("Ordre"), "changed", moved)] if moved else pieces


def called(address: Address, piece: Tree, language: str) -> str:
    """What a piece is called on a page."""
    names = {SETTINGS: N_("Présentation"), GRID: N_("Grille de notation"), RESOURCES: N_("Ressources du fichier")}
    if address in names:
        return gettext(names[address])
    return piece_title(piece, language) or gettext("(sans titre)")


def marked(before: str, after: str) -> tuple[Markup, Markup]:
    """Two texts with the words that one has and the other has not in a `mark`."""
    left, right = (_WORD.findall(text.strip()) for text in (before, after))
    if not left or not right or len(left) + len(right) > 2000:  # word by word, long texts would take their time
        return escape(before), escape(after)
    shown: tuple[list[Markup], list[Markup]] = ([], [])
    one, other = ([each.rstrip() for each in side] for side in (left, right))
    for kind, start, end, low, high in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        for line, words_here in zip(shown, (left[start:end], right[low:high]), strict=True):
            text = "".join(words_here)
            said = text.rstrip()
            if said:
                line.append(escape(said) if kind == "equal" else Markup("<mark>{}</mark>").format(said))
                line.append(escape(text[len(said) :]))
    return Markup().join(shown[0]), Markup().join(shown[1])
