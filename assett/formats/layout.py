"""The sheets of a questionnaire's workbook: their columns, their words, and how to fill them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from assett.kernel.text import N_

Kind = Literal["id", "string", "text", "number", "flag", "ids", "word", "condition", "for", "who", "day", "address"]

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
NICKNAMES: Final[Mapping[str, str]] = {
    "oui non": "boolean",
    "vrai faux": "boolean",
    "liste": "single",
    "liste deroulante": "single",
    "choix": "single",
    "qcm": "multiple",
    "choix multiples": "multiple",
    "cases a cocher": "multiple",
    "texte libre": "text",
    "numerique": "number",
}
"""What people write for a type of question, folded: it is taken with a notice."""
RESOURCE_TYPES: Final[Mapping[str, str]] = {
    "guide": "guide",
    "funding": "financement",
    "training": "formation",
    "expertise": "accompagnement",
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


LANGUAGE_NAMES: Final[Mapping[str, str]] = {
    "francais": "fr", "french": "fr", "anglais": "en", "english": "en", "espagnol": "es", "spanish": "es",
    "allemand": "de", "german": "de", "italien": "it", "italian": "it", "portugais": "pt", "portuguese": "pt",
    "neerlandais": "nl", "dutch": "nl", "breton": "br", "basque": "eu", "occitan": "oc", "corse": "co",
}  # fmt: skip
"""The languages of titles and settings that people write in words, folded."""
DEFAULT_LEVELS: Final = (
    ("debutant", "0", "Débutant"),
    ("intermediaire", "0.4", "Intermédiaire"),
    ("avance", "0.8", "Avancé"),
)


def language_code(written: str) -> str:
    """A code of a language as the format has it, whatever its case was: « FR » is fr; a region stays as it is."""
    language, *more = written.split("-")
    return "-".join((language.lower(), *more))


# What holds where a cell is refused and its row is not: said after what is wrong with it.
_NOTHING: Final = N_("pris comme vide")
_NO_TEXT: Final = N_("ce texte est laissé de côté")
ALWAYS: Final = N_("sans cette condition, l’affichage est permanent")
_WEIGHT: Final = N_("poids 1 pris")
_NO_POINT: Final = N_("0 point pris")
BY_ID: Final = N_("l’identifiant en tient lieu")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the key of the format (dotted when nested), its heading, what its cells are.

    ``kept`` says (a French source text) what holds where a cell makes no sense; the row is refused with a cell that
    has none, since what it is would not be known. ``also`` are other headings that people give it: one of them is taken
    where no column has its own. One that ``tells`` says which thing a row is, or what it is about: without it a row is
    not what it was, whatever else it says; the others describe it.
    """

    key: str
    heading: str
    kind: Kind = "string"
    words: Mapping[str, str] = field(default_factory=dict)
    width: int = 14
    kept: str = ""
    # What a number in it may be written with: « 40 % » of a share, « 2 points », the unit of a measure.
    counts: Literal["share", "points", "measure"] | None = None
    also: tuple[str, ...] = ()
    tells: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet of the workbook."""

    sheet: str
    columns: tuple[Column, ...]

    @property
    def headings(self) -> dict[str, str]:
        """The heading of every key."""
        return {column.key: column.heading for column in self.columns}

    @property
    def kept(self) -> dict[str, str]:
        """What holds without the cell of a key, of every key that a row can do without."""
        return {column.key: column.kept for column in self.columns if column.kept}

    @property
    def telling(self) -> tuple[str, ...]:
        """The keys that say what a row is, see :class:`Column`."""
        return tuple(column.key for column in self.columns if column.tells)


_WAS = Column("was", "Anciens identifiants", "ids", width=20, kept=_NOTHING)
_VISIBLE_IF = Column("visible_if", "Affichée si", "condition", width=36, kept=ALWAYS)


def _asked(*more: Column) -> tuple[Column, ...]:
    """The columns that questions and entries of the profile share."""
    return (
        Column("id", "Identifiant", "id", width=22, tells=True),
        Column("type", "Type", "word", TYPES, tells=True),
        Column("title", "Titre", "text", width=50, kept=BY_ID),
        Column("help", "Aide", "text", width=40, kept=_NO_TEXT),
        *more,
        Column("required", "Obligatoire", "flag", kept=_NOTHING),
        Column("not_applicable", "Non concerné", "flag", kept=_NOTHING),
        Column("unknown", "Je ne sais pas", "flag", kept=_NOTHING),
        _VISIBLE_IF,
        Column("min", "Minimum", "number", kept=_NOTHING, counts="measure"),
        Column("max", "Maximum", "number", kept=_NOTHING, counts="measure"),
        Column("min_choices", "Choix au moins", "number", kept=_NOTHING),
        Column("max_choices", "Choix au plus", "number", kept=_NOTHING),
        Column("unit", "Unité", "text", kept=_NO_TEXT),
        Column("integer", "Nombre entier", "flag", kept=_NOTHING),
        Column("max_length", "Longueur maximale", "number", kept=_NOTHING),
        _WAS,
    )


_ANSWER_START = (
    Column("question", "Question", "id", width=22, tells=True),
    Column("id", "Identifiant", "id", width=18, tells=True),
    Column("value", "Valeur", "number", tells=True),
)
_ANSWER_END = (
    Column("feedback", "Retour", "text", width=40, kept=_NO_TEXT),
    Column("exclusive", "Seule", "flag", kept=_NOTHING),
    _WAS,
)
_LABEL = Column("label", "Libellé", "text", width=40)

QUESTIONNAIRE = Table(
    "Questionnaire",
    (
        Column("id", "Identifiant", "id", width=22),
        Column("version", "Version", kept=_NOTHING),
        Column("title", "Titre", "text", width=40),
        Column("languages", "Langues", "ids"),
        Column("scale.max", "Note maximale", "number", kept=N_("5 pris")),
        Column("scale.decimals", "Décimales", "number", kept=N_("1 pris")),
    ),
)
CATEGORIES = Table(
    "Catégories",
    (
        Column("id", "Identifiant", "id", width=22, tells=True),
        Column("title", "Titre", "text", width=40, kept=BY_ID),
        Column("intro", "Introduction", "text", width=50, kept=_NO_TEXT),
        Column("weight", "Poids", "number", kept=_WEIGHT),
        Column("max_na", "Part non concernée admise", "number", kept=_NOTHING, counts="share"),
        _VISIBLE_IF,
    ),
)
QUESTIONS = Table(
    "Questions",
    (
        Column("category", "Catégorie", "id", width=18, tells=True),
        *_asked(
            Column("weight", "Poids", "number", kept=_WEIGHT),
            Column("scored", "Notée", "flag", kept=_NOTHING),
            Column("max_points", "Points au plus", "number", kept=_NOTHING, counts="points"),
            Column("points", "Points si oui", "number", kept=N_("1 point pris"), counts="points"),
            Column("points_false", "Points si non", "number", kept=_NO_POINT, counts="points"),
            Column("linear.zero", "Aucun point à", "number", counts="measure"),
            Column("linear.full", "Tous les points à", "number", counts="measure"),
            Column("linear.max_points", "Points en proportion", "number", counts="points"),
        ),
    ),
)
ANSWERS = Table(
    "Réponses",
    (
        *_ANSWER_START,
        Column("from", "À partir de", "number", counts="measure", tells=True),
        _LABEL,
        Column("points", "Points", "number", kept=_NO_POINT, counts="points"),
        *_ANSWER_END,
    ),
)
LEVELS = Table(
    "Niveaux",
    (
        Column("category", "Catégorie", "id", width=18, tells=True),
        Column("id", "Identifiant", "id", width=18, tells=True),
        Column("from", "À partir de", "number", counts="share", tells=True),
        Column("label", "Libellé", "text", width=24),
        Column("message", "Message", "text", width=60, kept=_NO_TEXT),
    ),
)
CAPS = Table(
    "Plafonds",
    (
        Column("category", "Catégorie", "id", width=18, tells=True),
        Column("if", "Si", "condition", width=40, tells=True),
        Column("max", "Maximum", "number", counts="share", tells=True),
        Column("reason", "Raison", "text", width=60, kept=_NO_TEXT),
    ),
)
PROFILE = Table("Profil", _asked(Column("source", "Rempli par", "word", SOURCES)))
PROFILE_ANSWERS = Table("Réponses du profil", (*_ANSWER_START, _LABEL, *_ANSWER_END))
# Nothing hangs on a resource, and one without its dates or its priority would be shown otherwise than it was meant:
# a wrong cell refuses it whole.
RESOURCES = Table(
    "Ressources",
    (
        Column("id", "Identifiant", "id", width=22, tells=True),
        Column(
            "title",
            "Titre",
            "text",
            width=40,
            also=("Nom", "Intitulé", "Ressource", "Dispositif", "Aide", "Nom de la ressource", "Nom de l’aide"),
        ),
        Column(
            "url",
            "Adresse",
            "address",
            width=40,
            also=("Lien", "URL", "Site", "Site web", "Site internet", "Lien web", "Adresse web", "Page web", "Page"),
        ),
        Column("type", "Type", "word", RESOURCE_TYPES, also=("Nature", "Type de ressource")),
        Column("summary", "Résumé", "text", width=50, also=("Description", "Présentation")),
        Column(
            "provider",
            "Proposée par",
            "text",
            width=24,
            also=("Organisme", "Porteur", "Porté par", "Portée par", "Proposé par", "Opérateur", "Structure"),
        ),
        Column("priority", "Priorité", "number"),
        Column("valid_from", "Du", "day", also=("Début", "Date de début", "À partir du")),
        Column("valid_until", "Au", "day", also=("Fin", "Date de fin", "Jusqu’au", "Échéance", "Date limite")),
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
    "Repris dans l’atelier, il laisse au brouillon ce dont la feuille ou la colonne entière n’y est plus ; "
    "ce dont la case est vidée s’en va.",
    "Un identifiant s’écrit en minuscules sans accent, avec des chiffres, - et _. "
    "Laissé vide, il est fait du titre. "
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
