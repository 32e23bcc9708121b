"""Translations in a spreadsheet: a draft's texts as a file, what a filled one would change, and writing that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from assett.core.permissions import Actor
from assett.engine.drafting.pieces import SETTINGS, Parts, take_apart
from assett.formats.reports import Place, Remark, Report, Unreadable
from assett.formats.texts import SHEET, SOURCE, TRANSLATION, Said, TextLine, read_texts
from assett.kernel.text import N_, shown
from assett.studio import filing, service, translations
from assett.studio.models import Draft, QuestionnaireFile
from assett.studio.texts import text_typed, words

FORMAT: Final = "texts"
LONGEST: Final = 10_000
"""Characters of a translation, unless its source is as long."""
EDITED: Final = N_("le texte d’origine corrigé ici, %(found)s, n’est pas repris : il se corrige dans l’atelier")
TO_REVIEW: Final = N_("la traduction est prise, à revoir")
EMPTIED: Final = N_("cette case a été vidée : le brouillon garde sa traduction, qui s’efface dans l’atelier")
TWICE: Final = N_("cette adresse est déjà à la ligne %(row)s, où la traduction est autre : c’est celle-là qui compte")
# As the rest of the sheet, in French.
MISSING, STALE, DONE = "manquant", "à revoir", "à jour"


def lines_of(parts: Parts, translated: Mapping[str, Any], where: Mapping[str, str]) -> Iterator[TextLine]:
    """The texts of a draft that want translations, in its order; ``where`` says in words where each address is."""
    languages = [str(each) for each in parts.pieces.get(SETTINGS, {}).get("languages") or ["fr"]]
    by_language = {
        language: {_address(row.place): row for row in translations.rows(parts, translated, language)}
        for language in languages[1:]
    }
    for place in translations.places_of(parts):
        address = _address(place)
        rows = {language: rows[address] for language, rows in by_language.items() if address in rows}
        if not rows:
            continue
        said = {
            language: Said(rows[language].translation, _state(rows[language]), _mark(rows[language].translation))
            if language in rows
            else Said("", DONE, "")
            for language in languages[1:]
        }
        source = words(place.raw, languages[0])
        yield TextLine(address, source, said, where.get(address, ""), mark=_mark(source))


def _address(place: translations.Place) -> str:
    return f"{place.address} {place.key}"


def _state(row: translations.Row) -> str:
    return MISSING if row.missing else STALE if row.stale else DONE


def _mark(translation: str) -> str:
    return translations.digest(translation) if translation else ""


@dataclass(frozen=True, slots=True)
class Change:
    """A translation that would be another one."""

    place: translations.Place
    language: str
    before: str
    after: str


@dataclass(slots=True)
class Weighed:
    """What a file's texts would make of a draft: its parts, what each translation written is made of, which ones
    change, how many say what stands there already, and what is to be told."""

    parts: Parts
    made_of: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    same: int = 0
    report: Report = field(default_factory=Report)

    @property
    def written(self) -> int:
        """How many translations are new or changed."""
        return len(self.changes)


def weighed(parts: Parts, lines: Iterable[TextLine]) -> Weighed:
    """Put translations into a draft where they say something new and nobody wrote another one since they were
    taken away; the rest is told."""
    first, *languages = [str(each) for each in parts.pieces.get(SETTINGS, {}).get("languages") or ["fr"]]
    places = {_address(place): place for place in translations.places_of(parts)}
    outcome = Weighed(parts)
    strange: set[str] = set()
    known: dict[tuple[str, str], tuple[int, str]] = {}
    for line in lines:
        place = places.get(line.address)
        if place is None and not any(said.words.strip() for said in line.said.values()):
            continue
        if place is None:
            outcome.report.refuse(
                Place(SHEET, line.row),
                N_("le brouillon n’a plus de texte à l’adresse %(address)s"),
                address=shown(line.address),
            )
            continue
        source = words(place.raw, first)
        edited = _edited(line, source)
        before = outcome.written
        for language, said in line.said.items():
            mine = (line.row, text_typed(said.words))
            row, text = known.setdefault((line.address, language), mine) if mine[1] else mine
            if language not in languages:
                strange.add(language)
            elif text == mine[1]:
                if row == line.row:
                    _weigh(outcome, line, place, language, said, source, edited)
            else:
                outcome.report.refuse(_cell(line, language), TWICE, row=row)
        if edited:
            there = Place(SHEET, line.row, f"{SOURCE} ({first})")
            kept = TO_REVIEW if outcome.written > before else ""
            outcome.report.notices.append(Remark(there, EDITED, {"found": shown(edited)}, kept))
    for language in sorted(strange):
        outcome.report.refuse(
            Place(SHEET, 0, f"{TRANSLATION} ({language})"),
            N_("cette langue n’est pas une traduction du brouillon : ajoutez-la d’abord dans « Présentation »"),
        )
    outcome.report.gather()
    return outcome


def _edited(line: TextLine, source: str) -> str:
    """What the file makes of a source text, where it is not what was taken away nor what the draft says."""
    text = text_typed(line.source or "")
    return text if text != text_typed(source) and line.mark and translations.digest(text) != line.mark else ""


def _cell(line: TextLine, language: str) -> Place:
    return Place(SHEET, line.row, f"{TRANSLATION} ({language})")


def _weigh(
    outcome: Weighed,
    line: TextLine,
    place: translations.Place,
    language: str,
    said: Said,
    source: str,
    edited: str,
) -> None:
    text, there = text_typed(said.words), _cell(line, language)
    standing = str(place.raw.get(language) or "") if isinstance(place.raw, Mapping) else ""
    if not text and standing:
        outcome.report.notice(there, EMPTIED)
        return
    if text in ("", standing) or translations.digest(text) == said.mark:
        # What the translator left as it was says nothing against what was written here since.
        outcome.same += 1
        return
    if said.mark is not None and said.mark != _mark(standing):
        outcome.report.refuse(
            there,
            N_("une autre traduction a été écrite ici depuis le téléchargement : %(theirs)s ; elle est gardée"),
            theirs=shown(standing),
        )
        return
    if len(text) > max(LONGEST, len(source)):
        outcome.report.refuse(
            there,
            N_("cette traduction a %(length)s caractères ; il en faut au plus %(most)s"),
            length=len(text),
            most=max(LONGEST, len(source)),
        )
        return
    outcome.parts = translations.with_translation(outcome.parts, place.address, place.key, language, text)
    outcome.changes.append(Change(place, language, standing, text))
    if line.source is not None and text_typed(line.source) != text_typed(source):
        outcome.made_of[place.mark(language)] = translations.digest(line.source)
        if not edited:
            outcome.report.notice(
                there, N_("le texte d’origine a changé depuis le téléchargement : la traduction est prise, à revoir")
            )


# Use cases


def bring(session: Session, draft: Draft, upload: filing.Upload, *, actor: Actor, now: datetime) -> QuestionnaireFile:
    """Read a file of texts and keep them until somebody decides. Raises `Rejected` for one that is too large or
    empty, `filing.Unusable` for one that is no such file."""
    filing.within_limits(upload)
    report = Report()
    try:
        lines = read_texts(upload.data, report)
    except Unreadable as unreadable:
        report.problems.append(unreadable.remark)
        raise filing.Unusable(report) from None
    row = QuestionnaireFile(
        space_id=draft.space_id,
        draft_id=draft.id,
        person_id=actor.person_id,
        name=filing.file_name(upload.name),
        tree={"lines": [asdict(line) for line in lines]},
        report={
            "format": FORMAT,
            "notices": [filing.remark_tree(each) for each in report.notices],
            "refused": [filing.remark_tree(each) for each in report.refused],
        },
        at=now,
    )
    session.add(row)
    session.flush()
    return row


def held_lines(row: QuestionnaireFile) -> list[TextLine]:
    """The texts of a file that was brought."""
    return [
        TextLine(**{**each, "said": {language: Said(**said) for language, said in each["said"].items()}})
        for each in (row.tree or {}).get("lines", [])
    ]


def write(session: Session, draft: Draft, row: QuestionnaireFile, *, actor: Actor, now: datetime) -> int:
    """Write the translations of a held file into a locked draft, as one step; how many. It is written
    once: two clicks do as much as one."""
    outcome = weighed(take_apart(draft.tree), held_lines(row))
    service.write(session, draft, lambda _: outcome.parts, "imported", row.name, actor=actor, now=now)
    draft.translated = {**draft.translated, **outcome.made_of}
    row.tree = None
    session.flush()
    return outcome.written
