"""`assett base`: the national questionnaires that territories follow, published version after version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from assett.commands.sessions import every_space
from assett.core import audit
from assett.core.i18n import show_day
from assett.engine.compiled import content_hash
from assett.engine.document import Document, Text
from assett.engine.reading import read_document
from assett.formats.files import load
from assett.kernel.clock import utc_now
from assett.kernel.errors import InvalidDocument, Rejected
from assett.questionnaires import queries as questionnaires
from assett.questionnaires import service
from assett.questionnaires.models import Questionnaire, QuestionnaireVersion
from assett.spaces.models import Space
from assett.studio import upstream

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("base")
def command() -> None:
    """Le socle national : publier la version suivante d’un questionnaire, voir qui suit laquelle."""


@command.command("publish")
@click.argument("file", type=FILE)
@click.option("--note", default="", help="Ce que les territoires liront de cette version, dans sa langue principale.")
def publish(file: Path, note: str) -> None:
    """Publier FILE (YAML ou JSON) : la version suivante du questionnaire national de même identifiant, ou la première.

    Rien ne change dans les espaces : chacun voit ce que la version apporte, et décide.
    """
    tree, document = _read(file)
    reason = f"publication du questionnaire national {document.id}"
    try:
        with every_space(reason) as session:
            version = _published(session, tree, document, note)
            click.echo(f"{document.id} : version {version.number} publiée.")
            _tell_who_follows(session, version)
    except IntegrityError:
        raise click.ClickException("Une autre publication vient d’avoir lieu : relancez la commande.") from None


def _read(file: Path) -> tuple[dict[str, Any], Document]:
    try:
        tree: Any = load(file).tree
        return tree, read_document(tree)
    except InvalidDocument as invalid:
        raise click.ClickException("\n".join(str(problem) for problem in invalid.problems)) from None


def _published(session: Session, tree: dict[str, Any], document: Document, note: str) -> QuestionnaireVersion:
    known = session.scalars(
        select(Questionnaire)
        .where(Questionnaire.slug == document.id, Questionnaire.space_id.is_(None))
        .with_for_update()
    ).one_or_none()
    latest = _latest(session, known) if known is not None else None
    if latest is not None and latest.content_hash == content_hash(tree):
        raise click.ClickException(f"La version {latest.number} dit déjà la même chose : rien n’est publié.")
    said = {document.languages[0]: note} if note else None
    try:
        version = service.publish(session, None, tree, now=utc_now(), questionnaire=known, note=said)
    except Rejected as refused:
        raise click.ClickException(str(refused.message)) from None
    title = str(document.title)
    audit.record(session, "base.published", subject=title, details={"number": version.number})
    return version


def _latest(session: Session, questionnaire: Questionnaire) -> QuestionnaireVersion | None:
    return session.scalars(
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.questionnaire_id == questionnaire.id)
        .order_by(QuestionnaireVersion.number.desc())
        .limit(1)
    ).one_or_none()


def _tell_who_follows(session: Session, version: QuestionnaireVersion) -> None:
    """What the new version brings to each space that follows an older one, as it is worked out."""
    found = _followers(session, version.questionnaire_id)
    for place, (space, active) in enumerate(found, 1):
        asked = questionnaires.with_document(session, active.id)
        offer = upstream.offer_for(session, active.upstream_id, asked.document, {})
        click.echo(f"  [{place}/{len(found)}] /{space.slug}/ : {_brought(offer)}")
    if not found:
        click.echo("  Aucun espace ne le suit encore.")


def _brought(offer: upstream.Offer | None) -> str:
    if offer is None or offer.empty:
        return "rien de nouveau"
    counts = ((offer.news, "nouveauté", "nouveautés"), (offer.conflicts, "conflit", "conflits"))
    return ", ".join(f"{count} {one if count == 1 else several}" for count, one, several in counts if count)


def _followers(session: Session, questionnaire_id: int) -> list[tuple[Space, QuestionnaireVersion]]:
    """The spaces whose version in service comes from a national questionnaire, with that version."""
    national = aliased(QuestionnaireVersion)
    rows = session.execute(
        select(Space, QuestionnaireVersion)
        .join(QuestionnaireVersion, QuestionnaireVersion.space_id == Space.id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .join(national, national.id == QuestionnaireVersion.upstream_id)
        .where(Questionnaire.active, national.questionnaire_id == questionnaire_id)
        .where(QuestionnaireVersion.published_at.is_not(None), QuestionnaireVersion.retired_at.is_(None))
        .order_by(Space.slug, QuestionnaireVersion.number.desc())
        .ext(distinct_on(Space.slug))
    )
    return [(space, version) for space, version in rows]


@command.command("list")
def show() -> None:
    """Les questionnaires nationaux, leurs versions, et combien d’espaces suivent chacune."""
    with every_space("liste des questionnaires nationaux") as session:
        versions = session.execute(
            select(Questionnaire.slug, QuestionnaireVersion)
            .join(QuestionnaireVersion, QuestionnaireVersion.questionnaire_id == Questionnaire.id)
            .where(Questionnaire.space_id.is_(None))
            .order_by(Questionnaire.slug, QuestionnaireVersion.number)
        ).all()
        if not versions:
            click.echo("Aucun questionnaire national n’est publié : assett base publish FILE.")
        counts = _counts(session)
        for slug, version in versions:
            day = show_day(version.published_at) if version.published_at is not None else "non publiée"
            note = f" : {Text(tuple(version.note.items())).in_('fr')}" if version.note else ""
            count = counts.get(version.id, 0)
            followed = f"suivie par {count} {'espaces' if count > 1 else 'espace'}" if count else "suivie par personne"
            click.echo(f"{slug}, version {version.number}, {day}, {followed}{note}")


def _counts(session: Session) -> dict[int, int]:
    """How many spaces ask, today, a questionnaire that follows each national version."""
    newest = (
        select(QuestionnaireVersion.space_id, QuestionnaireVersion.upstream_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(Questionnaire.active, QuestionnaireVersion.published_at.is_not(None))
        .where(QuestionnaireVersion.retired_at.is_(None), QuestionnaireVersion.space_id.is_not(None))
        .order_by(QuestionnaireVersion.space_id, QuestionnaireVersion.number.desc())
        .ext(distinct_on(QuestionnaireVersion.space_id))
        .subquery()
    )
    rows = session.execute(select(newest.c.upstream_id, func.count()).group_by(newest.c.upstream_id))
    return {upstream_id: count for upstream_id, count in rows if upstream_id is not None}
