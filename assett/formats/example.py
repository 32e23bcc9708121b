"""A small questionnaire that shows each thing once: what a model workbook is filled with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

EXAMPLE: Final[dict[str, Any]] = {
    "format": 1,
    "id": "mon-questionnaire",
    "title": "Mon questionnaire",
    "languages": ["fr"],
    "levels": [
        {"id": "debutant", "from": 0, "label": "Débutant"},
        {"id": "intermediaire", "from": Decimal("0.4"), "label": "Intermédiaire"},
        {"id": "avance", "from": Decimal("0.8"), "label": "Avancé", "message": "Bravo, continuez."},
    ],
    "profile": [
        {
            "id": "activite",
            "type": "single",
            "title": "Quelle est votre activité ?",
            "choices": [{"id": "commerce", "label": "Commerce"}, {"id": "atelier", "label": "Atelier"}],
        }
    ],
    "categories": [
        {
            "id": "energie",
            "title": "Énergie",
            "questions": [
                {
                    "id": "suivi",
                    "type": "single",
                    "title": "Suivez-vous vos consommations ?",
                    "choices": [
                        {"id": "non", "label": "Non", "feedback": "Notez vos compteurs chaque mois."},
                        {"id": "annuel", "label": "Une fois par an", "points": 1},
                        {"id": "mensuel", "label": "Chaque mois", "points": 2},
                    ],
                },
                {
                    "id": "eteindre",
                    "type": "boolean",
                    "title": "Éteignez-vous tout le soir ?",
                    "points": 1,
                    "visible_if": {"question": "suivi", "is": ["annuel", "mensuel"]},
                },
            ],
            "caps": [{"if": {"question": "suivi", "is": "non"}, "max": Decimal("0.75"), "reason": "Sans suivi"}],
        }
    ],
    "resources": [
        {
            "id": "compteurs",
            "title": "Lire ses compteurs",
            "url": "https://exemple.org/compteurs",
            "type": "guide",
            "for": [{"question": "suivi", "is": ["non"]}],
        }
    ],
}
