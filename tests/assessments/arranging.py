"""A space with a questionnaire, a structure in it, and somebody who may answer."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assett.accounts.models import Person
from assett.assessments.models import Assessment
from assett.organizations.models import MemberRole, Participation
from assett.questionnaires.models import QuestionnaireVersion
from assett.spaces.models import Space
from tests.factories import (
    AssessmentFactory,
    MembershipFactory,
    ParticipationFactory,
    PersonFactory,
    QuestionnaireVersionFactory,
    SpaceFactory,
)


def document() -> dict[str, Any]:
    """Every type of question, a condition, a cap, and a profile that decides."""
    return {
        "format": 1,
        "id": "essai",
        "title": "Essai",
        "languages": ["fr"],
        "levels": [
            {"id": "bas", "from": 0, "label": "Bas", "message": "Un début."},
            {"id": "haut", "from": Decimal("0.5"), "label": "Haut", "message": "Bravo."},
        ],
        "profile": [
            {
                "id": "kind",
                "title": "Type de structure",
                "type": "single",
                "source": "kind",
                "required": True,
                "choices": [{"id": "company", "label": "Entreprise"}, {"id": "association", "label": "Association"}],
            }
        ],
        "categories": [
            {
                "id": "energie",
                "title": "Énergie",
                "caps": [{"if": {"question": "suivi", "is": "non"}, "max": Decimal("0.4"), "reason": "Sans suivi."}],
                "questions": [
                    {
                        "id": "suivi",
                        "title": "Suivez-vous vos consommations ?",
                        "type": "single",
                        "unknown": True,
                        "not_applicable": True,
                        "choices": [
                            {"id": "non", "label": "Non", "points": 0, "feedback": "Commencez par un relevé."},
                            {"id": "oui", "label": "Oui", "points": 2},
                        ],
                    },
                    {
                        "id": "frequence",
                        "title": "À quelle fréquence ?",
                        "type": "scale",
                        "max": 4,
                        "visible_if": {"question": "suivi", "is": "oui"},
                    },
                    {
                        "id": "part",
                        "title": "Quelle part d’électricité renouvelable ?",
                        "type": "number",
                        "unit": "%",
                        "min": 0,
                        "max": 100,
                        "linear": {"zero": 0, "full": 100, "max_points": 1},
                    },
                ],
            },
            {
                "id": "dechets",
                "title": "Déchets",
                "questions": [
                    {
                        "id": "tri",
                        "title": "Que triez-vous ?",
                        "type": "multiple",
                        "choices": [
                            {"id": "papier", "label": "Papier", "points": 1},
                            {"id": "verre", "label": "Verre"},
                        ],
                    },
                    {"id": "compost", "title": "Compostez-vous ?", "type": "boolean"},
                    {"id": "mot", "title": "Un mot de plus ?", "type": "text", "max_length": 300},
                ],
            },
        ],
        "resources": [
            {
                "id": "releve",
                "title": "Relever ses compteurs",
                "url": "https://example.org/releve",
                "type": "guide",
                "provider": "ADEME",
                "for": [{"question": "suivi", "is": ["non"]}],
            },
            {"id": "aux-associations", "title": "Pour les associations", "url": "https://example.org", "type": "guide",
             "who": {"kind": ["association"]}},
        ],
    }  # fmt: skip


COMPLETE = {"suivi": "non", "part": 50, "tri": ["papier"], "compost": True}


@dataclass
class Place:
    """What a test of an assessment starts from."""

    space: Space
    version: QuestionnaireVersion
    participation: Participation
    person: Person

    def url(self, path: str = "") -> str:
        return f"/{self.space.slug}/{path}"


def place(role: MemberRole = MemberRole.OWNER, tree: dict[str, Any] | None = None, **fields: Any) -> Place:
    space = SpaceFactory(**fields)
    version = QuestionnaireVersionFactory(space_id=space.id, document=tree or document())
    participation = ParticipationFactory(space_id=space.id)
    person = PersonFactory(name="Camille Martin")
    MembershipFactory(organization=participation.organization, person=person, role=role)
    return Place(space, version, participation, person)


def running(where: Place) -> Assessment:
    """A running assessment of the place's structure."""
    row: Assessment = AssessmentFactory(
        space_id=where.space.id,
        participation_id=where.participation.id,
        version_id=where.version.id,
        started_by=where.person.id,
        profile={"kind": "company"},
        progress=0,
    )
    return row


def fields(**answers: str | list[str]) -> dict[str, Any]:
    """The fields of a page sent whole, for an assessment whose questions have no answer yet."""
    posted: dict[str, Any] = {}
    for question, value in answers.items():
        posted[f"answers.{question}"] = value
        posted[f"revision.{question}"] = "0"
    return posted
