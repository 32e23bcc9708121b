"""`assett questionnaire diff` and `trial`: two versions side by side, and what the new one does to scores.

Neither needs the web application or a database.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, cast

import click

from assett.engine.answers import Answers, read_answers
from assett.engine.changes import Difference, by_subject, differences, in_words
from assett.engine.compiled import Compiled, compile_document
from assett.engine.document import Document
from assett.engine.generated import Generator
from assett.engine.trial import Shift, Trial, trial
from assett.formats.files import json_lines, open_document
from assett.formats.trees import Loaded
from assett.kernel.errors import InvalidAnswers, InvalidDocument

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FILE_OR_INPUT = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)

_SUBJECTS = {
    "questionnaire": "Questionnaire",
    "profile": "Profil",
    "category": "Catégorie",
    "question": "Question",
    "resource": "Ressource",
}


@click.command("diff")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
def diff_command(old: Path, new: Path) -> None:
    """Dit ce qui change entre deux versions, question par question.

    Une étoile marque ce qui peut changer les scores.
    """
    found = differences(_document(old), _document(new))
    for changed in by_subject(found):
        click.echo(f"{_SUBJECTS[changed.subject]} « {changed.title} » ({changed.id})")
        for each in changed.differences:
            click.echo(f"  {'*' if each.scoring else '-'} {each.message}")
    click.echo(_summed_up(found))


def _summed_up(found: tuple[Difference, ...]) -> str:
    if not found:
        return "Rien ne change."
    scoring = sum(each.scoring for each in found)
    changes = "1 changement" if len(found) == 1 else f"{len(found)} changements"
    if not scoring:
        return f"{changes}, sans effet sur les scores."
    return f"{changes}, dont {scoring} qui {'peut' if scoring == 1 else 'peuvent'} changer les notes."


@click.command("trial")
@click.argument("new", type=FILE)
@click.option("--against", "old", type=FILE, required=True, help="La version d’avant.")
@click.option("--answers", type=FILE_OR_INPUT, help="Des réponses à la version d’avant, une par ligne (JSON Lines).")
@click.option("--generated", type=click.IntRange(1, 100_000), help="Autant de structures fictives, tirées au sort.")
@click.option("--seed", type=int, default=0, show_default=True, help="Le même nombre redonne les mêmes structures.")
@click.option("--json", "as_json", is_flag=True, help="En JSON plutôt qu’en texte.")
@click.pass_context
def trial_command(
    context: click.Context,
    new: Path,
    old: Path,
    answers: Path | None,
    generated: int | None,
    seed: int,
    as_json: bool,
) -> None:
    """Essaie une nouvelle version sur des réponses à l’ancienne, sans noter personne."""
    if (answers is None) == (generated is None):
        raise click.UsageError("Donnez soit --answers FICHIER, soit --generated N.")
    before, after = compile_document(_document(old)), compile_document(_document(new))
    if generated is not None:
        drawn, rest = Generator(before, seed), Generator(after, seed + 1)
        shown = trial(before, after, drawn.respondents(generated), complete=rest.complete)
        refused = 0
    else:
        assert answers is not None
        with click.open_file(str(answers), "rb") as stream:
            reading = _Reading(before, cast(BinaryIO, stream))
            shown = trial(before, after, reading)
        refused = reading.refused
    if as_json:
        click.echo(json.dumps(trial_tree(shown), ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(shown)))
    context.exit(1 if refused else 0)


def _document(path: Path) -> Document:
    try:
        return open_document(path)
    except InvalidDocument as invalid:
        for problem in invalid.problems:
            click.echo(f"[{path.name}] {problem}", err=True)
        raise click.exceptions.Exit(1) from None


class _Reading:
    """Answers read line by line; a wrong line is said on standard error and left out."""

    def __init__(self, compiled: Compiled, stream: BinaryIO) -> None:
        self.compiled = compiled
        self.stream = stream
        self.refused = 0

    def __iter__(self) -> Iterator[Answers]:
        for number, read_line in enumerate(json_lines(self.stream), start=1):
            try:
                loaded = read_line()
                answers = self._answers(loaded)
                loaded.whole()
                yield answers
            except (InvalidAnswers, InvalidDocument) as invalid:
                self.refused += 1
                for problem in invalid.problems:
                    click.echo(str(problem.at_line(number)), err=True)

    def _answers(self, loaded: Loaded) -> Answers:
        try:
            return read_answers(self.compiled, loaded.tree)
        except InvalidAnswers as invalid:
            raise InvalidAnswers(loaded.all_problems(invalid.problems)) from None


# The table


_LEVEL_WIDTH = 28


def _lines(shown: Trial) -> Iterator[str]:
    structures = "1 structure" if shown.respondents <= 1 else f"{shown.respondents} structures"
    yield f"{structures}, dont {shown.untouched} gardent toutes leurs réponses."
    for shift in (shown.overall, *shown.categories):
        yield ""
        yield f"{shift.title}{' (ensemble)' if shift.category is None else ''}"
        yield f"  {'':{_LEVEL_WIDTH}}{'avant':>8}{'après':>8}"
        for level in shift.levels:
            if level.id is None and not (level.before or level.after):
                continue
            label = "Sans note" if level.label is None else str(level.label)
            before, after = ("–" if count is None else str(count) for count in (level.before, level.after))
            yield f"  {label[:_LEVEL_WIDTH]:{_LEVEL_WIDTH}}{before:>8}{after:>8}"
        yield f"  {'Score moyen, sur 100':{_LEVEL_WIDTH}}{_mean(shift.mean_before):>8}{_mean(shift.mean_after):>8}"
        yield f"  {_moved(shift)}"
    if shown.lost:
        yield ""
        yield "Réponses qui ne suivent pas"
        for lost in shown.lost:
            yield f"  {lost.count:>6}  {lost.question.id} : {lost.example.message}"
    yield ""
    yield "Ce que les questions départagent (dispersion : 0, tous pareils ; 1, une moitié a tout, l’autre rien)"
    yield f"  {'dispersion':>10}{'moyenne':>9}{'répondu':>9}  question"
    for each in shown.questions:
        spread = "–" if each.spread is None else in_words(_rounded(each.spread, 2))
        mark = "" if each.spread is None or each.discriminates else "  (départage peu)"
        yield f"  {spread:>10}{_mean(each.mean):>9}{_percent(each.answered):>9}  {each.question.id}{mark}"


def _moved(shift: Shift) -> str:
    words = f"{shift.up} montent, {shift.down} descendent, {shift.same} restent"
    if shift.unlike:
        words = f"{words}, {shift.unlike} à un niveau sans équivalent dans l’autre grille"
    return f"{words}, {shift.apart} sans score avant ou après" if shift.apart else words


def _mean(ratio: float | None) -> str:
    return "–" if ratio is None else in_words(_rounded(ratio * 100, 1))


def _rounded(number: float, decimals: int) -> Decimal:
    return Decimal(f"{number:.{decimals}f}")


def _percent(share: float) -> str:
    return f"{round(share * 100)} %"


def trial_tree(shown: Trial) -> dict[str, object]:
    """A trial as a tree for ``json.dumps``."""
    return {
        "respondents": shown.respondents,
        "untouched": shown.untouched,
        "overall": _shift_tree(shown.overall),
        "categories": [_shift_tree(shift) for shift in shown.categories],
        "lost": [
            {
                "of": lost.example.of,
                "id": lost.question.id,
                "reason": lost.reason,
                "count": lost.count,
                "message": lost.example.message,
            }
            for lost in shown.lost
        ],
        "questions": [
            {
                "id": each.question.id,
                "category": each.category,
                "asked": each.asked,
                "answered": each.answered,
                "not_applicable": each.not_applicable,
                "unknown": each.unknown,
                "mean": each.mean,
                "spread": each.spread,
                "weight": each.weight,
                "discriminates": each.discriminates,
            }
            for each in shown.questions
        ],
    }


def _shift_tree(shift: Shift) -> dict[str, object]:
    return {
        "id": shift.category,
        "title": str(shift.title),
        "levels": [{"id": level.id, "before": level.before, "after": level.after} for level in shift.levels],
        "up": shift.up,
        "down": shift.down,
        "same": shift.same,
        "apart": shift.apart,
        "unlike": shift.unlike,
        "levels_compared_by": shift.basis,
        "moves": [{"before": was, "after": now, "count": number} for (was, now), number in shift.moves.items()],
        "mean_before": shift.mean_before,
        "mean_after": shift.mean_after,
    }
