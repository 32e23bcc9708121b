"""What the engine finds wrong in a tree that was made of rows, in the words of whoever fills in the sheets: their
columns and rows, never the keys of a text file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from assett.kernel.text import N_

# The engine's own texts, told apart by what they are about.
REQUIRED: Final = N_("cette clé est obligatoire")
MISPLACED: Final = frozenset(
    {
        N_("cette clé n’a pas sa place ici ; clés possibles : %(keys)s"),
        N_("clé inconnue ; vouliez-vous dire %(close)s ?"),
        N_("clé inconnue ; clés possibles : %(keys)s"),
    }
)
NO_DEFAULT_LANGUAGE: Final = N_("il manque le texte dans la langue par défaut")
TOO_FEW: Final = N_("il en faut au moins %(least)s, et la liste en a %(count)s")

# Those of another thing, which the engine tells by its path: here by its row.
BY_ROW: Final[Mapping[str, str]] = {
    N_("l’identifiant %(id)s est déjà pris par %(other)s"): N_("l’identifiant %(id)s est déjà pris, ligne %(row)s"),
    N_("l’ancien identifiant %(id)s est encore celui de %(other)s"): N_(
        "l’ancien identifiant %(id)s est encore celui de la ligne %(row)s"
    ),
    N_("l’ancien identifiant %(id)s figure déjà dans %(other)s"): N_(
        "l’ancien identifiant %(id)s figure déjà à la ligne %(row)s"
    ),
}

# By the engine's text: what it does not find may be what was refused.
_UNKNOWN: Final[Mapping[str, str]] = {
    N_("aucune question ne s’appelle %(id)s"): N_("la question %(id)s n’existe pas, ou a été refusée"),
    N_("aucune question ne s’appelle %(id)s ; vouliez-vous dire %(close)s ?"): N_(
        "la question %(id)s n’existe pas, ou a été refusée ; vouliez-vous dire %(close)s ?"
    ),
}
IN_A_CELL: Final[Mapping[str, str]] = {
    **_UNKNOWN,
    REQUIRED: N_("cette case est à remplir"),
    N_("il faut true ou false, pas %(found)s"): N_("il faut oui ou non, pas %(found)s"),
    N_("is ne va pas avec at_least ni at_most"): N_("une condition dit une valeur ou une fourchette, pas les deux"),
    N_("il faut is, at_least ou at_most"): N_("une condition dit ce que doit être la réponse : suivi = mois"),
    N_("at_most ne peut pas être inférieur à at_least (%(found)s)"): N_(
        "une fourchette va du plus petit au plus grand (%(found)s)"
    ),
    N_("%(id)s ne vient pas avant : visible_if ne regarde que ce qui précède dans le fichier"): N_(
        "%(id)s vient plus loin : une condition d’affichage ne regarde que ce qui précède"
    ),
    N_("%(id)s est une « info », sans réponse"): N_("%(id)s est une information, sans réponse"),
    N_("%(key)s ne va qu’avec une échelle ou un nombre, pas avec %(id)s"): N_(
        "une fourchette ne va qu’avec une échelle ou un nombre, pas avec %(id)s"
    ),
    N_("une « info » n’attend pas de réponse"): N_("une information n’attend pas de réponse"),
    N_("une « info » ne compte jamais dans le score : retirez %(key)s, ou changez son type"): N_(
        "une information ne compte jamais dans le score : videz cette case, ou changez son type"
    ),
    N_(
        "une question notée doit pouvoir rapporter des points : son maximum "
        "est %(found)s ; donnez des points, ou écrivez scored: false"
    ): N_(
        "une question notée doit pouvoir rapporter des points, et celle-ci en rapporte au plus %(found)s : "
        "donnez des points à ses réponses, ou dites qu’elle n’est pas notée"
    ),
    N_("max doit dépasser min (%(min)s), pas %(found)s"): N_(
        "le maximum doit dépasser le minimum (%(min)s), pas %(found)s"
    ),
    N_("il faut au plus %(most)s valeurs de min à max, pas %(count)s (au-delà, prenez le type number)"): N_(
        "une échelle a au plus %(most)s valeurs, pas %(count)s (au-delà, prenez le type « nombre »)"
    ),
    N_("la clé est une valeur de l’échelle, un entier, pas %(found)s"): N_(
        "il faut une valeur de l’échelle, un nombre entier, pas %(found)s"
    ),
    N_("il faut choisir entre bands et linear"): N_(
        "les points d’un nombre se comptent par tranches ou en proportion, pas des deux façons"
    ),
    N_("la première tranche n’a pas de from"): N_("la première tranche n’a pas de début : videz cette case"),
    N_("full doit différer de zero"): N_("« Tous les points à » doit différer de « Aucun point à »"),
    N_("%(max)s ne peut pas être inférieur à %(min)s (%(found)s)"): N_(
        "le maximum ne peut pas être inférieur au minimum (%(found)s)"
    ),
    TOO_FEW: N_("il faut au moins %(least)s réponses, et il n’y en a que %(count)s"),
}

ORDER: Final = N_("%(max)s ne peut pas être inférieur à %(min)s (%(found)s)")
ORDER_OF_DAYS: Final = N_("la fin ne peut pas venir avant le début")
NO_HOLDER: Final = N_("la question %(name)s n’existe pas, ou a été refusée")
NO_QUESTION: Final = frozenset(_UNKNOWN.values())
NO_CATEGORY: Final = N_("aucune catégorie n’a pu être prise : il en faut une au moins, dans la feuille « Catégories »")
NO_ANSWER: Final = N_("la question %(title)s est un %(type)s sans réponse : ajoutez-en dans la feuille %(sheet)s")
NO_TEXT: Final = N_("il manque le texte dans la langue %(language)s")
FAULTY: Final = N_("cette cellule contient une erreur (%(found)s)")
EMPTIED: Final = N_("cette cellule contient une erreur (%(found)s) : elle est prise pour vide")
OUT_OF_TYPE: Final = N_("cette case ne va pas avec le type %(type)s")
OUT_OF_PLACE: Final = N_("cette case ne va pas avec ce type de question")
LEFT_OUT: Final = N_("elle est laissée de côté")
