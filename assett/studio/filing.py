"""Use cases of files: bring one and read its report, make a draft of it, replace a draft's content, drop it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from assett.core.permissions import Actor
from assett.engine.document import Document
from assett.engine.drafting.keeping import Kept
from assett.engine.drafting.pieces import Parts
from assett.engine.drafting.taking import taken_over
from assett.engine.reading import read_document
from assett.engine.writing import dump_document
from assett.formats.conversion import read_data
from assett.formats.lacking import MISSING
from assett.formats.layout import (
    ANSWERS,
    CAPS,
    CATEGORIES,
    LEVELS,
    PROFILE,
    PROFILE_ANSWERS,
    QUESTIONS,
    RESOURCES,
    TABLES,
)
from assett.formats.pruning import sound_document
from assett.formats.reports import Place, Remark, Report, Unreadable
from assett.formats.sheets import Written
from assett.formats.spreading import tables_of
from assett.formats.trees import Loaded
from assett.formats.xlsform.sums import with_points
from assett.kernel.errors import InvalidDocument, Problem, Rejected
from assett.studio import queries, service
from assett.studio.models import Draft, QuestionnaireFile
from assett.studio.texts import text_typed

LARGEST: Final = 10
"""MiB of a file that is brought."""
TOO_LARGE: Final = _l("Ce fichier dépasse la limite de %(limit)s Mo : retirez-en les images.", limit=LARGEST)
KEPT: Final[Mapping[str, Kept]] = {
    LEVELS.sheet: "levels",
    CAPS.sheet: "caps",
    PROFILE.sheet: "profile",
    RESOURCES.sheet: "resources",
}
"""What a draft keeps where a file has not the sheet of it, unless somebody says that it is to go: a sheet left out is
not one that was emptied. What it keeps of the other sheets, nothing stands without."""
_COUNTED: Final = {
    "categories": CATEGORIES.sheet,
    "profile": PROFILE.sheet,
    "questions": QUESTIONS.sheet,
    "choices": ANSWERS.sheet,
    "levels": LEVELS.sheet,
    "caps": CAPS.sheet,
    "resources": RESOURCES.sheet,
}
_MISSING: Final = frozenset(MISSING.values())
_LONGEST_NAME = 120


class Unusable(Exception):
    """A file of which no questionnaire can be made; ``report.problems`` say why."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent."""

    name: str
    data: bytes


def bring(
    session: Session, space_id: int, upload: Upload, *, draft: Draft | None, actor: Actor, now: datetime
) -> QuestionnaireFile:
    """Read a file and keep what was understood of it, until somebody decides.

    Raises `Rejected` for one that is too large or empty, `Unusable` for one of which nothing can be made.
    """
    within_limits(upload)
    report = Report()
    alone = document = read_data(upload.data, upload.name, None, report, _lent_by(draft, ()) if draft else ())
    if document is None:
        raise Unusable(report)
    lacks = draft is not None and bool(report.missing or report.columns)
    if lacks:
        alone = read_data(upload.data, upload.name, None, Report())
    row = QuestionnaireFile(
        space_id=space_id,
        draft_id=draft.id if draft is not None else None,
        person_id=actor.person_id,
        name=file_name(upload.name),
        tree=dump_document(alone or document),
        report={**report_tree(report, document), "alone": alone is not None},
        data=upload.data if lacks else None,
        at=now,
    )
    session.add(row)
    session.flush()
    return row


def within_limits(upload: Upload) -> None:
    """Raises `Rejected` for a file that is too large, or empty."""
    if len(upload.data) > LARGEST * 1024**2:
        raise Rejected(TOO_LARGE, field="file")
    if not upload.data:
        raise Rejected(_l("Choisissez un fichier ; celui-ci est vide."), field="file")


WHOLE: Final = tuple(map(undefer, (QuestionnaireFile.tree, QuestionnaireFile.report, QuestionnaireFile.data)))
"""All that is known of a file."""


def held(session: Session, row: QuestionnaireFile) -> QuestionnaireFile:
    """The file with all that is known of it, locked: two clicks make one draft."""
    return session.scalars(
        select(QuestionnaireFile)
        .where(QuestionnaireFile.id == row.id)
        .options(*WHOLE)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def begin_with(session: Session, row: QuestionnaireFile, *, points: bool, actor: Actor, now: datetime) -> Draft:
    """Make a new draft of a held file; the one that was made already where it is done a second time."""
    if row.tree is None:
        return _made(session, row)
    known = queries.questionnaire_called(session, row.space_id, str(row.tree["id"]))
    draft = service.begin(
        session,
        row.space_id,
        Understood(row.tree, row.report).with_points(points),
        actor=actor,
        now=now,
        questionnaire=known,
    )
    row.tree, row.data, row.draft_id = None, None, draft.id
    session.flush()
    return draft


def replace_with(
    session: Session, draft: Draft, row: QuestionnaireFile, wanted: Wanted, *, actor: Actor, now: datetime
) -> bool:
    """Give a locked draft the content of a held file, in one step; its identifier stays. False where that changes
    nothing."""
    if row.tree is None:
        return False
    after = content_for(draft, understood(draft, row, wanted), wanted)
    changed = service.write(session, draft, lambda _: after, "imported", row.name, actor=actor, now=now)
    row.tree, row.data = None, None
    session.flush()
    return changed


def drop(session: Session, row: QuestionnaireFile) -> None:
    """Forget a file at once."""
    session.delete(row)
    session.flush()


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood of a file, and what is said of it."""

    tree: Mapping[str, Any]
    report: Mapping[str, Any]

    def costs_more(self, other: Understood) -> bool:
        """Whether more is said of it than of another one, but for the want of sheets."""
        told = other.remarks()
        return any(each not in told for each in self.remarks())

    def remarks(self) -> list[Mapping[str, Any]]:
        """All that is refused or to be read again, but for the sheets that are missing."""
        said = (*self.report["refused"], *(self.report.get("dropped") or ()), *self.report["notices"])
        return [each for each in said if each["template"] not in _MISSING]

    def with_points(self, wanted: bool) -> dict[str, Any]:
        """The tree, with the points that the file's calculations count if they are wanted."""
        return with_points(dict(self.tree), self.report.get("points") or {}) if wanted else dict(self.tree)


def understood(draft: Draft | None, row: QuestionnaireFile, wanted: Wanted) -> Understood:
    """What a file means for a draft: beside what the draft of now keeps for want of a sheet, which the other sheets may
    name."""
    if draft is None or row.data is None:
        return Understood(row.tree or {}, row.report)
    report = Report()
    document = read_data(row.data, row.name, None, report, _lent_by(draft, wanted.emptied))
    if document is None:
        raise Rejected(_l("Ce brouillon a trop changé depuis que ce fichier est venu. Importez-le de nouveau."))
    return Understood(dump_document(document), report_tree(report, document))


def on_its_own(row: QuestionnaireFile) -> Understood:
    """What a file means for a draft that is made of it, which lends it nothing."""
    if row.data is None:
        return Understood(row.tree or {}, row.report)
    report = Report()
    read_data(row.data, row.name, None, report)
    tree = row.tree or {}
    return Understood(tree, report_tree(report, read_document(tree)))


def _lent_by(draft: Draft, emptied: Collection[str]) -> list[Written]:
    """The sheets of a draft, but for what is to go and for what is wrong in it."""
    try:
        document = sound_document(Loaded(draft.tree, {}), Report())
    except (InvalidDocument, Unreadable):
        return []
    gone = {*emptied} & KEPT.keys()
    if PROFILE.sheet in gone:
        gone.add(PROFILE_ANSWERS.sheet)
    return tables_of(document, [table for table in TABLES if table.sheet not in gone])


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody takes of a file: the points that its calculations count, and the want of these sheets."""

    points: bool = True
    emptied: Collection[str] = ()


def content_for(draft: Draft, found: Understood, wanted: Wanted) -> Parts:
    """A file's content as a draft would have it: under the draft's own identifier, so that what is published next
    follows what was. Of what a sheet that is missing would say, the draft keeps its own."""
    tree, missing = found.with_points(wanted.points), unsaid_of(found)
    kept = [KEPT[sheet] for sheet in missing if sheet in KEPT and sheet not in wanted.emptied]
    if PROFILE_ANSWERS.sheet not in missing:
        # Its answers may be others.
        kept = [each for each in kept if each != "profile"]
    return taken_over(draft.tree, read_document({**tree, "id": draft.tree.get("id", tree["id"])}), kept)


def unsaid_of(found: Understood) -> list[str]:
    """The sheets that a file has not, without which a draft keeps what they would replace."""
    return list(found.report.get("missing") or ())


def _made(session: Session, row: QuestionnaireFile) -> Draft:
    draft = session.get(Draft, row.draft_id) if row.draft_id else None
    if draft is None:
        raise Rejected(_l("Ce fichier a déjà servi. Importez-le de nouveau."))
    return draft


def file_name(name: str) -> str:
    """A file's name without its folders, not too long."""
    plain = text_typed(PurePosixPath(name.replace("\\", "/")).name) or "fichier"
    return plain if len(plain) <= _LONGEST_NAME else "…" + plain[-_LONGEST_NAME:]


def report_tree(report: Report, document: Document) -> dict[str, Any]:
    """A report as it is stored: its texts are French sources, to be translated where they are shown."""
    counted = {
        "categories": len(document.categories),
        "profile": len(document.profile),
        "questions": len(document.questions),
        "choices": sum(len(question.choices) for question in document.questions),
        "levels": len(document.levels) + sum(len(category.levels) for category in document.categories),
        "caps": len(document.caps) + sum(len(category.caps) for category in document.categories),
        "resources": len(document.resources),
    }
    return {
        "format": report.format,
        # What was put for want of a sheet was not in the file.
        "understood": {key: 0 if _COUNTED[key] in report.missing else count for key, count in counted.items()},
        "languages": list(document.languages),
        "notices": [remark_tree(each) for each in report.notices],
        "unsaid": report.unsaid,
        "dropped": [remark_tree(each) for each in report.dropped],
        "refused": [remark_tree(each) for each in report.refused],
        "points": report.points,
        "missing": report.missing,
        "columns": report.columns,
        "unclear": list(report.unclear),
    }


def remark_tree(remark: Remark | Problem) -> dict[str, Any]:
    """A remark as it is stored: where, and what, in its French source."""
    place = remark.place if isinstance(remark, Remark) else Place(row=remark.line or 0, path=remark.path)
    kept = remark.kept if isinstance(remark, Remark) else ""
    return {"place": asdict(place), "template": remark.template, "params": _plain(remark.params), "kept": kept}


def _plain(params: Mapping[str, object]) -> dict[str, Any]:
    return {name: value if isinstance(value, (int, Decimal)) else str(value) for name, value in params.items()}
