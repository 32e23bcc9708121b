"""The command ``assett``.

Scoring and checking need neither the web application nor a database, and load neither.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import click

from assett.commands.usage import speak_french
from assett.engine.analysis import analyse, resource_findings
from assett.engine.answers import read_answers
from assett.engine.compiled import Compiled, compile_document
from assett.engine.document import Document, Resource
from assett.engine.output import result_tree
from assett.engine.reading import read_document, read_resources
from assett.engine.recommendation import recommend
from assett.engine.score import score
from assett.engine.values import day
from assett.formats.files import (
    check_file,
    check_resource_file,
    json_lines,
    load,
    open_document,
    open_resources,
    read,
)
from assett.formats.trees import Loaded
from assett.kernel.clock import today_in_paris
from assett.kernel.errors import InvalidAnswers, InvalidDocument, Problem
from assett.kernel.text import printable

speak_french()

LAZY: dict[str, str] = {
    "base": "assett.commands.base:command",
    "db": "assett.commands.database:command",
    "demo": "assett.commands.demo:command",
    "serve": "assett.commands.serve:command",
    "resources": "assett.commands.resources:command",
    "space": "assett.commands.space:command",
    "worker": "assett.commands.worker:command",
}
"""Further commands, loaded only when they are called: name → ``module:attribute``."""

LAZY_ON_QUESTIONNAIRES: dict[str, str] = {
    "convert": "assett.commands.convert:command",
    "diff": "assett.commands.versions:diff_command",
    "trial": "assett.commands.versions:trial_command",
}
"""Those of ``assett questionnaire``."""


class LazyGroup(click.Group):
    """A group that also knows commands of other modules, by :data:`LAZY`'s kind of mapping."""

    def __init__(self, *arguments: Any, lazy: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self.lazy})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self.lazy[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=LazyGroup, lazy=LAZY, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """ASSETT : l’auto-évaluation de la transition écologique d’un territoire."""


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FILE_OR_INPUT = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


class Day(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "AAAA-MM-JJ"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        read = value if isinstance(value, date) else day(value)
        if read is None:
            self.fail(f"« {value} » n’est pas une date comme 2026-03-01.", param, ctx)
        return read


@main.command("score")
@click.argument("questionnaire", type=FILE)
@click.argument("answers", type=FILE_OR_INPUT, required=False)
@click.option("--on", type=Day(), help="Le jour du calcul ; par défaut, aujourd’hui à Paris.")
@click.option("--provisional", is_flag=True, help="Note provisoire : sans les questions restées sans réponse.")
@click.option("--resources", "resource_files", type=FILE, multiple=True, help="Un fichier de ressources de plus.")
@click.option("--lines", type=FILE_OR_INPUT, help="Une réponse complète par ligne (JSON Lines), un résultat par ligne.")
@click.pass_context
def score_command(
    context: click.Context,
    questionnaire: Path,
    answers: Path | None,
    on: date | None,
    provisional: bool,
    resource_files: tuple[Path, ...],
    lines: Path | None,
) -> None:
    """Calcule le résultat de réponses à un questionnaire, en JSON.

    ANSWERS est un fichier JSON, ou - pour l’entrée standard.
    """
    if (answers is None) == (lines is None):
        raise click.UsageError("Donnez soit ANSWERS, soit --lines FICHIER.")
    document, resources, problems = _opened(questionnaire, resource_files)
    if document is None or problems:
        _print_problems(problems, to_errors=True)
        context.exit(1)
    scorer = _Scorer(compile_document(document), resources, on or today_in_paris(), provisional)
    if lines is not None:
        with _stream(lines) as stream:
            context.exit(0 if scorer.score_lines(stream) else 1)
    assert answers is not None
    try:
        with _stream(answers) as stream:
            loaded = read(stream if answers == _INPUT else answers)
        result = scorer.score(loaded)
    except (InvalidAnswers, InvalidDocument) as invalid:
        _print_problems(invalid.problems, to_errors=True)
        context.exit(1)
    _print_json(result)


@main.group("questionnaire", cls=LazyGroup, lazy=LAZY_ON_QUESTIONNAIRES)
def questionnaire_group() -> None:
    """Travaille sur les fichiers de questionnaires."""


@questionnaire_group.command("check")
@click.argument("file", type=FILE)
@click.option("--resources", "resource_files", type=FILE, multiple=True, help="Un fichier de ressources de plus.")
@click.option("--warnings", is_flag=True, help="Dit aussi, d’un fichier juste, ses mesures et ce qui mérite un regard.")
@click.pass_context
def check_command(context: click.Context, file: Path, resource_files: tuple[Path, ...], warnings: bool) -> None:
    """Relit un questionnaire et dit tout ce qui ne va pas, ou rien."""
    _, resources, problems = _opened(file, resource_files)
    _print_problems(problems, to_errors=False)
    if warnings and not problems:
        _print_problems(_findings(file, resources, resource_files), to_errors=False)
    context.exit(1 if problems else 0)


_INPUT = Path("-")


def _stream(path: Path) -> AbstractContextManager[BinaryIO]:
    if path == _INPUT:
        return nullcontext(sys.stdin.buffer)
    return path.open("rb")


def _opened(
    questionnaire: Path, resource_files: Iterable[Path]
) -> tuple[Document | None, tuple[Resource, ...], list[Problem]]:
    """A questionnaire and all its resources, or every problem of all the files."""
    problems = list(check_file(questionnaire))
    document = None if problems else open_document(questionnaire)
    resources = document.resources if document else ()
    for path in resource_files:
        # Against a broken questionnaire, only the shape of resources can be judged.
        found = check_resource_file(path, document)
        problems += (_in_file(problem, path) for problem in found)
        if document is not None and not found:
            more = open_resources(path, document)
            resources += more
            document = replace(document, resources=resources)
    return document, resources, problems


def _in_file(problem: Problem, path: Path) -> Problem:
    """A problem of a resource file, which must not be taken for the questionnaire's."""
    return Problem(
        problem.path,
        "[%(file)s] %(message)s",
        problem.line,
        {"file": printable(path.name), "message": problem.message},
    )


def _findings(questionnaire: Path, resources: tuple[Resource, ...], resource_files: Iterable[Path]) -> list[Problem]:
    """The measures of right files, then their warnings with the lines, as problems are printed."""
    loaded = load(questionnaire)
    compiled = compile_document(read_document(loaded.tree))
    analysis = analyse(compiled, resources, loaded.tree)
    found = [finding.as_problem() for finding in analysis.measures]
    found += loaded.locate(finding.as_problem() for finding in analysis.warnings)
    for path in resource_files:
        more = load(path)
        aimed = resource_findings(compiled, read_resources(more.tree), analysis.unreachable)
        found += (_in_file(problem, path) for problem in more.locate(finding.as_problem() for finding in aimed))
    return found


class _Scorer:
    """Scores answers to one questionnaire on one day."""

    def __init__(self, compiled: Compiled, resources: tuple[Resource, ...], on: date, provisional: bool) -> None:
        self.compiled = compiled
        self.resources = resources
        self.on = on
        self.provisional = provisional

    def score(self, loaded: Loaded) -> dict[str, object]:
        """The result of one answers object; raises :class:`InvalidAnswers` or :class:`InvalidDocument`,
        with lines: what is wrong with the writing and what is wrong with the answers, all in one run.
        """
        try:
            answers = read_answers(self.compiled, loaded.tree)
        except InvalidAnswers as invalid:
            raise InvalidAnswers(loaded.all_problems(invalid.problems)) from None
        loaded.whole()
        result = score(self.compiled, answers, provisional=self.provisional)
        recommended = recommend(self.compiled, answers, result, self.resources, self.on)
        return result_tree(result, recommended)

    def score_lines(self, stream: BinaryIO) -> bool:
        """Print a result a line; whether every line was right."""
        all_right = True
        for number, read_line in enumerate(json_lines(stream), start=1):
            try:
                _print_json(self.score(read_line()))
            except (InvalidAnswers, InvalidDocument) as invalid:
                all_right = False
                _print_json({"error": [str(problem.at_line(number)) for problem in invalid.problems]})
        return all_right


def _print_json(tree: dict[str, object]) -> None:
    _print(json.dumps(tree, ensure_ascii=False))


def _print_problems(problems: Iterable[Problem], *, to_errors: bool) -> None:
    for problem in problems:
        _print(str(problem), to_errors=to_errors)


def _print(line: str, *, to_errors: bool = False) -> None:
    click.echo(line.encode("utf-8", "backslashreplace"), err=to_errors)
