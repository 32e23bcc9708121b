"""A structure leaves the space with its assessments: what goes, the copy of it, and what its members are told after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.assessments import cards, pool, queries, restitution, service
from assett.assessments.models import Assessment, SavedAnswer
from assett.core.db import db
from assett.core.i18n import current_language, show_day
from assett.core.spreadsheets import Cell, Sheet
from assett.core.web import actor, vanished
from assett.engine.compiled import Compiled
from assett.engine.receipt import CategoryReceipt, ReceiptLine
from assett.engine.receipt import receipt as receipt_of
from assett.engine.score import Result, rescale, score
from assett.organizations import departing, departures, leaving
from assett.organizations.models import Audience, Departure, Participation
from assett.questionnaires import queries as questionnaires


def let_go(session: Session, participation: Participation) -> Sequence[int]:
    """What a colleague is saving is saved first; the pool is told, which others may be settling; then the ids of the
    assessments that go. In the order in which a save and a completion hold them."""
    of_it = Assessment.participation_id == participation.id
    session.execute(select(Assessment.id).where(of_it, Assessment.completed_at.is_(None)).with_for_update())
    session.execute(select(Participation.id).where(Participation.id == participation.id).with_for_update())
    pool.leave(session, participation)
    return session.scalars(select(Assessment.id).where(of_it).order_by(Assessment.id)).all()


# What goes, in words


def told(session: Session, participation: Participation) -> list[str]:
    lines = []
    completed = _completed(session, participation)
    if completed:
        years = sorted({each.completed_at.year for each in completed if each.completed_at is not None})
        text = ngettext(
            "Son auto-évaluation terminée (%(years)s) : les réponses de chacun, le résultat et le détail des points.",
            "Ses %(num)s auto-évaluations terminées (%(years)s) : les réponses de chacun, les résultats et le détail "
            "des points.",
            len(completed),
            years=", ".join(str(year) for year in years),
        )
        lines.append(text)
    running = queries.running(session, participation)
    if running is not None:
        day = show_day(running.started_at)
        lines.append(
            gettext("Son auto-évaluation en cours, commencée le %(day)s, et ce que chacun y a répondu.", day=day)
        )
        if running.former_secret is not None:
            lines.append(gettext("L’essai qui l’a commencée. Pour le garder, détachez-le d’abord de la structure."))
    return lines + _told_of_figures(session, participation, completed)


def _told_of_figures(session: Session, participation: Participation, completed: Sequence[Assessment]) -> list[str]:
    if participation.share_scores != Audience.NOBODY:
        scored = any(each.latest and each.overall_ratio is not None for each in completed)
        return [gettext("Son score dans les chiffres du territoire.")] if scored else []
    if not pool.counts(session, participation):
        return []
    said = gettext(
        "Son score dans les chiffres du territoire. Il en sort seul : qui comparerait ceux d’avant et d’après votre "
        "départ pourrait le deviner."
    )
    return [said]


def _completed(session: Session, participation: Participation) -> Sequence[Assessment]:
    return queries.history(session, participation, limit=None)


# The copy


def copied(session: Session, participation: Participation) -> list[Sheet]:
    running = queries.running(session, participation)
    assessments = [*([running] if running is not None else []), *_completed(session, participation)]
    answers = queries.answers_of(session, assessments)
    accounts = [_Account(session, each, answers[each.id]) for each in assessments]
    name = gettext("Auto-évaluation")
    return [
        Sheet(
            gettext("Auto-évaluations"),
            [name, gettext("Commencée le"), gettext("Terminée le"), gettext("Version du questionnaire"),
             gettext("Score"), gettext("Sur"), gettext("Niveau")],
            [each.summary() for each in accounts],
        ),
        Sheet(
            gettext("Scores"),
            [name, gettext("Catégorie"), gettext("Score"), gettext("Sur"), gettext("Niveau")],
            [row for each in accounts for row in each.categories()],
        ),
        Sheet(
            gettext("Réponses"),
            [name, gettext("Catégorie"), gettext("Question"), gettext("Réponse"), gettext("Points"),
             gettext("Points possibles"), gettext("Poids"), gettext("Hors du score"), gettext("Par"), gettext("Le")],
            [row for each in accounts for row in each.answers()],
        ),
    ]  # fmt: skip


class _Account:
    """An assessment in figures and in words, row by row."""

    def __init__(self, session: Session, assessment: Assessment, rows: dict[str, SavedAnswer]) -> None:
        self.assessment, self.rows, self.language = assessment, rows, current_language()
        self.compiled: Compiled = questionnaires.compiled(session, assessment.version)
        self.seen = service.standing(self.compiled, assessment, rows)
        self.result: Result = score(self.compiled, self.seen, provisional=not assessment.completed)
        self.receipt = receipt_of(self.compiled, self.seen, self.result)
        day = assessment.completed_at
        self.name = show_day(day) if day is not None else gettext("en cours")

    def summary(self) -> list[Cell]:
        levels, overall = self.compiled.document.grid(), self.result.overall
        level = next((each.label.in_(self.language) for each in levels if each.id == overall.level), None)
        made, scale = self.assessment, self.result.scale
        shown = rescale(overall.ratio, scale) if overall.ratio is not None else None
        dates = made.started_at, made.completed_at
        return [self.name, *dates, made.version.number, shown, _decimal(scale.max), level]

    def categories(self) -> Iterator[list[Cell]]:
        scale = self.result.scale
        for each in self.receipt.categories:
            if each.score is None or each.score.ratio is None:
                continue
            levels = self.compiled.document.grid(each.category)
            level = next((one.label.in_(self.language) for one in levels if one.id == each.score.level), None)
            title = each.category.title.in_(self.language)
            yield [self.name, title, rescale(each.score.ratio, scale), _decimal(scale.max), level]

    def answers(self) -> Iterator[list[Cell]]:
        for entry in self.compiled.document.profile:
            if entry.type != "info" and entry.id not in self.seen.hidden_entries:
                said = cards.answer_text(entry, self.seen.profile.get(entry.id), self.language)
                yield [self.name, gettext("Votre structure"), entry.title.in_(self.language), said]
        for category in self.receipt.categories:
            for line in category.lines:
                if line.question.type != "info" and line.status != "hidden":
                    yield self._answer(category, line)

    def _answer(self, category: CategoryReceipt, line: ReceiptLine) -> list[Cell]:
        question, row = line.question, self.rows.get(line.question.id)
        counted: list[Cell] = [None, None, None]
        if line.in_sum:
            counted = [_decimal(each) for each in (line.points, line.max_points, line.weight)]
        return [
            self.name,
            category.category.title.in_(self.language),
            question.title.in_(self.language),
            cards.answer_text(question, line.value, self.language) if line.value is not None else None,
            *counted,
            None if line.in_sum else gettext(restitution.LEFT_OUT[line.status]),
            row.author if row is not None else None,
            row.answered_at if row is not None else None,
        ]


def _decimal(value: Fraction) -> Decimal:
    """As a cell shows it: with two decimals at most."""
    return (Decimal(value.numerator) / value.denominator).quantize(Decimal("0.01"))


# Afterwards


def departed(id: int) -> Departure | None:
    """The departure that took this assessment along, for a member of the structure."""
    return departures.of_assessment(db.session(), id, actor().ids("organization"))


def _explain_assessments() -> ResponseReturnValue | None:
    id = (request.view_args or {}).get("id")
    if id is None or request.blueprint not in {"assessments", "versions"}:
        return None
    return departing.explained(departed(id))


vanished.append(_explain_assessments)
leaving.before_leaving.append(let_go)
leaving.belongings.append(leaving.Belongings(told, copied, order=10))
