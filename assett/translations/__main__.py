"""`make i18n`: take the texts from the code and the templates, and bring both catalogues up to date.

English keeps its translations; what is new waits there, empty (a test fails while it does). French needs only its
plurals, whose rule differs from the source's default: « 0 structure ».
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po, write_po

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


def texts() -> Catalog:
    """Every text of the application."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        arguments = ["pybabel", "--quiet", "extract", "-F", str(ROOT / "pyproject.toml"), "-k", "N_", "-k", "_l"]
        CommandLineInterface().run([*arguments, "--no-location", "-o", str(template), str(ROOT / "assett")])  # type: ignore[no-untyped-call]
        with template.open("rb") as file:
            return read_po(file)


def path(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def catalogue(language: str) -> Catalog:
    """A catalogue as it stands, empty where there is none."""
    if not path(language).exists():
        return Catalog(locale=language)
    with path(language).open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, wanted: Catalog) -> Catalog:
    """The catalogue with exactly the wanted texts."""
    known = catalogue(language)
    fresh = Catalog(locale=language, project="ASSETT", header_comment=f"# ASSETT, {language}.", fuzzy=False)
    for message in wanted:
        plural = not isinstance(message.id, str)
        if not message.id or (language == "fr" and not plural):
            continue
        before = known.get(message.id, message.context)
        # A text that has got a plural since is translated anew.
        string = before.string if before is not None and isinstance(before.id, str) is not plural else None
        if language == "fr":
            string = tuple(message.id)
        fresh.add(message.id, string or (("", "") if plural else ""), flags=message.flags, context=message.context)
    return fresh


def write(language: str, content: Catalog) -> None:
    """Write a catalogue without the dates and names that would change it at every run."""
    path(language).parent.mkdir(parents=True, exist_ok=True)
    with path(language).open("wb") as file:
        write_po(file, content, sort_output=True, width=120, omit_header=True)
    body = path(language).read_text(encoding="utf-8")
    header = (
        f"# ASSETT, {language}.\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {content.plural_forms}\\n"\n\n'
    )
    path(language).write_text(header + body, encoding="utf-8")


def untranslated(content: Catalog) -> list[str]:
    """The texts that a catalogue leaves without translation."""
    return [
        str(message.id)
        for message in content
        if message.id and not (message.string if isinstance(message.string, str) else all(message.string or ()))
    ]


def main() -> None:
    wanted = texts()
    for language in ("fr", "en"):
        content = updated(language, wanted)
        write(language, content)
        print(f"{language}: {len(content)} textes, {len(untranslated(content))} à traduire")
        for text in untranslated(content):
            print("  ", text)


if __name__ == "__main__":
    main()
