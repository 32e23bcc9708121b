"""What the studio's forms ask for, as commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import force_locale, gettext
from werkzeug.datastructures import MultiDict

from assett.core.i18n import LANGUAGES
from assett.core.web import safe_next
from assett.engine import unnamed
from assett.engine.drafting import operations
from assett.engine.drafting.grid import following_grid
from assett.engine.drafting.pieces import SETTINGS, Address, Parts, Tree, free_id
from assett.formats.layout import TYPES
from assett.kernel.errors import Rejected
from assett.kernel.text import N_, UNSTORABLE
from assett.studio import differing, fields
from assett.studio.checking import Note
from assett.studio.fields import Context
from assett.studio.service import ChangePiece
from assett.studio.texts import first_language, piece_title, place_typed, text_typed, words

# A piece with all its texts, in characters: a long questionnaire has some 100 000 of them.
LONGEST_PIECE = 200_000


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new draft starts from: a version, or nothing but a title.

    The title is that of a blank page, or of a national version, which a space calls by a name of its own.
    """

    version_id: int | None
    title: str


def beginning(form: Mapping[str, str]) -> Beginning:
    """Raises `Rejected` for a blank page without a title: its respondents would read it, and so would the log."""
    source = form.get("source", "")
    title = text_typed(form.get("title", ""))[:200]
    if (version := place_typed(source)) is not None:
        return Beginning(version, title)
    if not title:
        raise Rejected(gettext("Donnez un titre à ce questionnaire : les structures le liront."), "title")
    return Beginning(None, title)


def entitled(tree: Mapping[str, Any], title: str) -> Tree:
    """A national questionnaire under the title that a space gives it: a name, the same in each language. It stays as it
    is under none, or under its own, which has its translations."""
    if title in ("", words(tree["title"], first_language(tree))):
        return dict(tree)
    return {**tree, "title": dict.fromkeys(tree["languages"], title)}


def blank(title: str, languages: Iterable[str]) -> Tree:
    """A questionnaire to be written: three levels, one category, one question to begin with."""
    return {
        "format": 1,
        "id": free_id(title, set(), otherwise="questionnaire"),
        "title": title,
        "languages": list(languages) or ["fr"],
        "levels": [
            {"id": "debutant", "from": 0, "label": gettext("Débutant")},
            {"id": "intermediaire", "from": Decimal("0.4"), "label": gettext("Intermédiaire")},
            {"id": "avance", "from": Decimal("0.8"), "label": gettext("Avancé")},
        ],
        "categories": [{"id": "categorie", "title": gettext(unnamed.FIRST_CATEGORY), "questions": []}],
    }


def change(form: Any, address: Address, known: Tree, context: Context) -> ChangePiece:
    """A piece as its form has it, with what its small button does. Raises `Rejected` for more than a piece holds."""
    if sum(len(value) for value in form.values()) > LONGEST_PIECE:
        raise Rejected(
            gettext("C’est trop long pour être enregistré : 200 000 caractères au plus par élément, tout compris.")
        )
    # What no database holds comes along with a pasted text; nobody typed it.
    form = MultiDict((UNSTORABLE.sub("", name), UNSTORABLE.sub("", value)) for name, value in form.items(multi=True))
    if "keep" in form:
        # A language was unticked, then kept.
        form = MultiDict(each for each in form.items(multi=True) if each[0] not in {"languages", "language.default"})
    if "language.default" in form and "languages" not in form:
        raise Rejected(gettext("Un questionnaire a au moins une langue : gardez-en une."))
    piece = fields.read_piece(form, address, known, context)
    if form.get("do"):
        try:
            piece = fields.act(piece, form["do"], context)
        except (KeyError, IndexError, TypeError, AttributeError):
            raise Rejected(gettext("Ce bouton n’est pas reconnu ; rechargez la page.")) from None
    return ChangePiece(address, piece, seen(form))


def seen(form: Mapping[str, str]) -> int:
    """The revision that the author of a form had before their eyes."""
    return place_typed(form.get("seen", "")) or 0


@dataclass(frozen=True, slots=True)
class Operation:
    """Something done to the draft's outline."""

    verb: str
    address: Address
    type: str = ""
    title: str = ""
    category: str = ""
    place: int | None = None

    @property
    def kind(self) -> str:
        return self.address.partition("/")[0]

    @property
    def name(self) -> str:
        return self.address.partition("/")[2]

    @property
    def action(self) -> str:
        done = {
            "add": "added",
            "duplicate": "duplicated",
            "remove": "removed",
            "retype": "changed",
            "follow": "followed",
        }
        return f"{self.kind}.{done.get(self.verb, 'moved')}"


VERBS = ("add", "duplicate", "remove", "up", "down", "move", "retype", "follow")


def operation(form: Mapping[str, str]) -> Operation:
    verb = form.get("verb", "")
    if verb not in VERBS:
        raise Rejected(gettext("Ce bouton n’est pas reconnu ; rechargez la page."))
    place = form.get("place", "")
    return Operation(
        verb=verb,
        address=form.get("address", ""),
        type=form.get("type", "single"),
        title=text_typed(form.get("title", ""))[:500],
        category=form.get("category", ""),
        place=place_typed(place),
    )


def beside(parts: Parts, address: Address) -> Address | None:
    """The piece that shows where this one stands once it is gone: what follows it or, for the last, what comes before;
    its category for the only question. None where the plan does."""
    kind, _, name = address.partition("/")
    category = parts.outline.category_of(name) if kind == "question" else None
    likes = dict(parts.outline.categories)[category] if category else parts.outline.profile if kind == "profile" else ()
    if name not in likes:
        return None
    place = likes.index(name)
    others = (*likes[place + 1 :], *reversed(likes[:place]))
    return f"{kind}/{others[0]}" if others else f"category/{category}" if category else "profile/"


def perform(parts: Parts, command: Operation) -> tuple[Parts, Address]:
    """The draft after an operation, and the piece to show. Raises `Rejected` where the piece is gone."""
    try:
        return _performed(parts, command)
    except KeyError:
        raise Rejected(gettext("Cet élément a été retiré entre-temps. L’historique permet de le reprendre.")) from None


def _performed(parts: Parts, command: Operation) -> tuple[Parts, Address]:
    address = command.address
    match command.verb:
        case "add" if command.kind == "category":
            return operations.add_category(parts, command.title or gettext(unnamed.CATEGORY))
        case "add":
            if command.type not in TYPES:
                raise KeyError(command.type)
            piece = _new(parts, command)
            if command.kind == "profile":
                return operations.add_entry(parts, piece)
            return operations.add_question(parts, command.category, piece, after=command.name or None)
        case "duplicate":
            return operations.duplicated(parts, address)
        case "remove":
            return operations.removed(parts, address), address
        case "move":
            return operations.moved_to(parts, command.name, command.category, command.place), address
        case "retype":
            if command.type not in TYPES:
                raise KeyError(command.type)
            piece = operations.retyped(parts.pieces[address], command.type)
            if piece.get("choices") == []:
                # It had no choices to bring along.
                piece["choices"] = _new(parts, command)["choices"]
            if fields.is_required(parts.pieces[address], command.kind == "profile") and command.type == "number":
                piece["required"] = True
            return operations.replaced(parts, address, piece), address
        case "follow":
            return following_grid(parts, address), address
        case verb:
            return operations.moved_by(parts, address, -1 if verb == "up" else 1), address


def _new(parts: Parts, command: Operation) -> Tree:
    """A new question, or a new entry of the profile, which has no points."""
    choices = first_choices(command.type, first_language(parts.pieces.get(SETTINGS, {})))
    if command.kind == "profile":
        choices = [{key: choice[key] for key in choice if key != "points"} for choice in choices]
    piece = operations.new_question(command.type, free_id(command.title, set()), command.title, choices=choices)
    return fields.awaited(piece) if command.kind == "question" else piece


def first_choices(question_type: str, language: str) -> list[Tree]:
    """What a new question of a type offers until its author says better, in the questionnaire's language as far as
    ours go. Each has its points: what the studio put there itself, the check does not ask about."""
    with force_locale(language if language in LANGUAGES else "fr"):
        match question_type:
            case "single":
                return [{"label": gettext("Non"), "points": 0}, {"label": gettext("Oui"), "points": 1}]
            case "multiple":
                # Plain ones: « Aucune de ces réponses » is offered beside them anyway.
                return [{"label": gettext(unnamed.ANSWER, number=each), "points": 1} for each in (1, 2)]
            case _:
                return []


def subject(before: Parts, after: Parts, address: Address) -> str:
    """What the history calls the piece."""
    language = first_language(after.pieces.get(SETTINGS, {}))
    return piece_title(after.pieces.get(address) or before.pieces.get(address) or {}, language)


def called(parts: Parts, address: Address) -> str:
    """What a piece is called on a page."""
    language = first_language(parts.pieces.get(SETTINGS, {}))
    return differing.called(address, parts.pieces.get(address, {}), language)


KINDS = {
    "unreachable_level": N_("Niveaux hors d’atteinte"),
    "level_called_otherwise": N_("Niveaux qui portent deux noms"),
    "never_scored": N_("Catégories sans score"),
    "no_effect": N_("Questions sans effet"),
    "never_visible": N_("Jamais affiché"),
    "always_visible": N_("Conditions inutiles"),
    "cap_never_holds": N_("Plafonds sans effet"),
    "cap_always_holds": N_("Plafonds permanents"),
    "cap_without_effect": N_("Plafonds sans effet"),
    "cap_below_no_level": N_("Plafonds qui laissent le plus haut niveau"),
    "same_answer": N_("Réponses en double"),
    "same_question": N_("Questions en double"),
    "placeholder": N_("Textes d’attente"),
    "level_without_message": N_("Niveaux sans message"),
    "choice_without_points": N_("Réponses sans points"),
    "key_without_effect": N_("Réglages sans effet"),
    "missing_translation": N_("Traductions à compléter"),
    "category_without_resource": N_("Catégories sans ressource"),
    "level_without_resource": N_("Niveaux sans ressource"),
    "resource_names_unknown": N_("Ressources à corriger"),
    "resource_never_shown": N_("Ressources jamais proposées"),
    "hard_to_read": N_("Textes difficiles à lire"),
    "long_sentence": N_("Phrases trop longues"),
}


def by_kind(notes: Iterable[tuple[str, str, Note]]) -> list[tuple[str, list[tuple[str, str, Note]]]]:
    """Warnings under their headings, in the order of the headings."""
    groups: dict[str, list[tuple[str, str, Note]]] = {}
    for each in notes:
        groups.setdefault(KINDS.get(each[2].kind, N_("Autres remarques")), []).append(each)
    order = list(dict.fromkeys(KINDS.values()))
    return [
        (gettext(heading), found)
        for heading, found in sorted(groups.items(), key=lambda g: order.index(g[0]) if g[0] in order else 99)
    ]


def back_to(form: Mapping[str, str], otherwise: str) -> str:
    return safe_next(form.get("next"), otherwise)
