"""`assett questionnaire convert`: a questionnaire from one kind of file to another, losing nothing silently."""

from __future__ import annotations

from pathlib import Path

import click

from assett.engine.reading import read_document
from assett.engine.writing import dump_document
from assett.formats.conversion import FORMATS, format_of, known_format, read, write
from assett.formats.reports import Report, Unreadable
from assett.formats.xlsform.sums import tell_taken, with_points

SOURCE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command("convert")
@click.argument("source", metavar="IN", type=SOURCE)
@click.argument("target", metavar="OUT", type=TARGET)
@click.option("--from", "given", type=click.Choice(FORMATS), help="Le format de IN ; par défaut, d’après le fichier.")
@click.option("--to", "wanted", type=click.Choice(FORMATS), help="Le format de OUT ; par défaut, d’après son nom.")
@click.option("--report", "report_file", type=TARGET, help="Où écrire le rapport ; par défaut, la sortie d’erreur.")
@click.option(
    "--points", "with_counted", is_flag=True, help="Reprend les points que comptent les calculs d’un XLSForm."
)
@click.pass_context
def command(
    context: click.Context,
    source: Path,
    target: Path,
    given: str | None,
    wanted: str | None,
    report_file: Path | None,
    with_counted: bool,
) -> None:
    """Convertit un questionnaire : YAML, JSON, classeur XLSX, XLSForm.

    Le rapport dit ce qui a été compris, ce qui est à relire et chaque ligne refusée. Le code de sortie est 1
    si une ligne a été refusée.
    """
    to = known_format(wanted) or format_of(target)
    if to is None:
        raise click.UsageError(f"Le nom « {target.name} » ne dit pas son format : ajoutez --to.")
    for written in (target, report_file):
        if written is not None and written.exists() and written.samefile(source):
            # What is refused of it would be nowhere any more.
            raise click.UsageError(f"« {written.name} » est le fichier à convertir : donnez un autre nom.")
    report = Report()
    try:
        document = read(source, known_format(given), report)
        if document is not None and with_counted and report.points:
            tree = dump_document(document)
            document = read_document(with_points(tree, report.points))
            tell_taken(tree, report)
        if document is not None:
            try:
                target.write_bytes(write(document, to))
            except Unreadable as unwritable:
                report.problems.append(unwritable.remark)
        text = "".join(f"{line}\n" for line in report.lines())
        if report_file is not None:
            report_file.write_text(text, encoding="utf-8")
    except OSError as failed:
        raise click.UsageError(f"« {failed.filename} » ne peut être ni lu ni écrit : {failed.strerror}.") from None
    if report_file is None:
        click.echo(text.encode("utf-8", "backslashreplace"), err=True, nl=False)
    context.exit(0 if report.whole else 1)
