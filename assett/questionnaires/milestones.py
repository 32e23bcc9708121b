"""What questionnaires know of a space's launch."""

from __future__ import annotations

from sqlalchemy import func, select

from assett.kernel.text import N_
from assett.questionnaires.models import Questionnaire, QuestionnaireVersion
from assett.spaces.queries import here
from assett.spaces.registries import LaunchStep, Milestone, milestones

milestones.append(
    Milestone(
        "questionnaire",
        LaunchStep.QUESTIONNAIRE,
        N_("Le questionnaire est publié"),
        N_("Celui du socle national, tel quel ou devenu le vôtre."),
        "studio.home",
        lambda: (
            select(func.count(QuestionnaireVersion.id))
            .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
            .where(
                Questionnaire.space_id == here(),
                Questionnaire.active,
                QuestionnaireVersion.published_at.is_not(None),
                QuestionnaireVersion.retired_at.is_(None),
            )
            .scalar_subquery()
        ),
        order=20,
        lack=N_("Aucun questionnaire n’est publié : personne ne pourrait commencer."),
    )
)
