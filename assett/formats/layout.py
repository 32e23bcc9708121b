"""The sheets of a questionnaire's workbook: their columns, their words, and how to fill them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Kind = Literal["id", "string", "text", "number", "flag", "ids", "word", "condition", "for", "who"]

TYPES: Final[Mapping[str, str]] = {
    "single": "choix unique",
    "multiple": "choix multiple",
    "boolean": "oui ou non",
    "scale": "échelle",
    "number": "nombre",
    "date": "date",
    "text": "texte",
    "info": "information",
}
RESOURCE_TYPES: Final[Mapping[str, str]] = {
    "guide": "guide",
    "funding": "financement",
    "training": "formation",
    "expertise": "expertise",
    "tool": "outil",
    "event": "événement",
    "contact": "contact",
    "testimony": "témoignage",
}
SOURCES: Final[Mapping[str, str]] = {
    "kind": "type de structure",
    "workforce": "effectif",
    "naf": "code NAF",
    "commune": "commune",
    "department": "département",
    "region": "région",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the key of the format (dotted when nested), its heading, what its cells are."""

    key: str
    heading: str
    kind: Kind = "string"
    words: Mapping[str, str] = field(default_factory=dict)
    width: int = 14


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet of the workbook."""

    sheet: str
    columns: tuple[Column, ...]

    @property
    def headings(self) -> dict[str, str]:
        """The heading of every key."""
        return {column.key: column.heading for column in self.columns}


def _asked(*more: Column) -> tuple[Column, ...]:
    """The columns that questions and entries of the profile share."""
    return (
        Column("id", "Identifiant", "id", width=22),
        Column("type", "Type", "word", TYPES),
        Column("title", "Titre", "text", width=50),
        Column("help", "Aide", "text", width=40),
        *more,
        Column("required", "Obligatoire", "flag"),
        Column("not_applicable", "Non concerné", "flag"),
        Column("unknown", "Je ne sais pas", "flag"),
        Column("visible_if", "Affichée si", "condition", width=36),
        Column("min", "Minimum", "number"),
        Column("max", "Maximum", "number"),
        Column("min_choices", "Choix au moins", "number"),
        Column("max_choices", "Choix au plus", "number"),
        Column("unit", "Unité", "text"),
        Column("integer", "Nombre entier", "flag"),
        Column("max_length", "Longueur maximale", "number"),
        Column("was", "Anciens identifiants", "ids", width=20),
    )


_ANSWER_START = (
    Column("question", "Question", "id", width=22),
    Column("id", "Identifiant", "id", width=18),
    Column("value", "Valeur", "number"),
)
_ANSWER_END = (
    Column("feedback", "Retour", "text", width=40),
    Column("exclusive", "Seule", "flag"),
    Column("was", "Anciens identifiants", "ids", width=20),
)
_LABEL = Column("label", "Libellé", "text", width=40)

QUESTIONNAIRE = Table(
    "Questionnaire",
    (
        Column("id", "Identifiant", "id", width=22),
        Column("version", "Version"),
        Column("title", "Titre", "text", width=40),
        Column("languages", "Langues", "ids"),
        Column("scale.max", "Note maximale", "number"),
        Column("scale.decimals", "Décimales", "number"),
    ),
)
CATEGORIES = Table(
    "Catégories",
    (
        Column("id", "Identifiant", "id", width=22),
        Column("title", "Titre", "text", width=40),
        Column("intro", "Introduction", "text", width=50),
        Column("weight", "Poids", "number"),
        Column("max_na", "Part non concernée admise", "number"),
        Column("visible_if", "Affichée si", "condition", width=36),
    ),
)
QUESTIONS = Table(
    "Questions",
    (
        Column("category", "Catégorie", "id", width=18),
        *_asked(
            Column("weight", "Poids", "number"),
            Column("scored", "Notée", "flag"),
            Column("max_points", "Points au plus", "number"),
            Column("points", "Points si oui", "number"),
            Column("points_false", "Points si non", "number"),
            Column("linear.zero", "Aucun point à", "number"),
            Column("linear.full", "Tous les points à", "number"),
            Column("linear.max_points", "Points en proportion", "number"),
        ),
    ),
)
ANSWERS = Table(
    "Réponses",
    (
        *_ANSWER_START,
        Column("from", "À partir de", "number"),
        _LABEL,
        Column("points", "Points", "number"),
        *_ANSWER_END,
    ),
)
LEVELS = Table(
    "Niveaux",
    (
        Column("category", "Catégorie", "id", width=18),
        Column("id", "Identifiant", "id", width=18),
        Column("from", "À partir de", "number"),
        Column("label", "Libellé", "text", width=24),
        Column("message", "Message", "text", width=60),
    ),
)
CAPS = Table(
    "Plafonds",
    (
        Column("category", "Catégorie", "id", width=18),
        Column("if", "Si", "condition", width=40),
        Column("max", "Maximum", "number"),
        Column("reason", "Raison", "text", width=60),
    ),
)
PROFILE = Table("Profil", _asked(Column("source", "Rempli par", "word", SOURCES)))
PROFILE_ANSWERS = Table("Réponses du profil", (*_ANSWER_START, _LABEL, *_ANSWER_END))
RESOURCES = Table(
    "Ressources",
    (
        Column("id", "Identifiant", "id", width=22),
        Column("title", "Titre", "text", width=40),
        Column("url", "Adresse", width=40),
        Column("type", "Type", "word", RESOURCE_TYPES),
        Column("summary", "Résumé", "text", width=50),
        Column("provider", "Proposée par", "text", width=24),
        Column("priority", "Priorité", "number"),
        Column("valid_from", "Du"),
        Column("valid_until", "Au"),
        Column("for", "Pour", "for", width=40),
        Column("who", "Qui", "who", width=30),
    ),
)
TABLES: Final = (
    QUESTIONNAIRE, CATEGORIES, QUESTIONS, ANSWERS, LEVELS, CAPS, PROFILE, PROFILE_ANSWERS, RESOURCES,
)  # fmt: skip
README: Final = "Lisez-moi"

README_LINES: Final = (
    "Ce classeur est un questionnaire ASSETT, complet. Modifiez-le, puis reprenez-le : rien ne se perd.",
    "",
    "Une ligne est une chose : une catégorie, une question, une réponse possible… "
    "L’ordre des lignes est celui de l’écran.",
    "Une case vide prend la valeur habituelle. Les colonnes peuvent changer de place ; leurs titres, non.",
    "Un identifiant s’écrit en minuscules sans accent, avec des chiffres, - et _. "
    "Ne le changez pas une fois des réponses reçues, ou notez l’ancien dans « Anciens identifiants » (séparés par ;).",
    "Un texte a une colonne par langue : « Titre (fr) », « Titre (en) ». "
    "Les langues sont dans la feuille Questionnaire ; la première est toujours remplie.",
    "",
    "Questions : le type est choix unique, choix multiple, oui ou non, échelle, nombre, date, texte ou information.",
    "Réponses : pour un choix, un identifiant, un libellé, des points ; pour une échelle, une valeur et son libellé ; "
    "pour un nombre, les points à partir d’une valeur (la première tranche n’a pas de début).",
    "Niveaux et Plafonds : « À partir de » et « Maximum » sont des rapports de 0 à 1. "
    "Sans catégorie, la ligne vaut pour tout le questionnaire.",
    "",
    "Les conditions (« Affichée si », « Si ») s’écrivent ainsi :",
    "    suivi = mois : la réponse à la question « suivi » est « mois »",
    "    suivi = facture ; mois : elle est, ou contient, l’une des deux",
    "    isolation = oui : pour une question « oui ou non »",
    "    suivi = ? : la réponse est « je ne sais pas »",
    "    km >= 10     km <= 50     km de 10 à 50 : pour une échelle ou un nombre",
    '    metier = "Boulanger" : un texte se met entre guillemets droits, doublés à l’intérieur ("")',
    "    profil kind = company : le profil le dit",
    "    suivi = mois et km >= 10     suivi = mois ou km >= 10     non (suivi = mois)",
    "    (suivi = mois ou km >= 10) et isolation = oui : des parenthèses dès que « et » et « ou » se suivent",
    "    toutes () est toujours vrai, une () ne l’est jamais",
    "",
    "Ressources : « Pour » a une ligne par cas dans la même case (Alt + Entrée), "
    "comme suivi = jamais ou catégorie energie : debutant ; intermediaire.",
    "« Qui » a une ligne par entrée du profil : kind = company ; association. Toutes doivent être vraies.",
)
