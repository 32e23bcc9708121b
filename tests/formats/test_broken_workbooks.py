"""Workbooks whose bytes were damaged, anywhere: a message and never a traceback; and a fault of ours is no message."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from assett.formats import sheets
from assett.formats.conversion import read_data
from assett.formats.files import open_document
from assett.formats.reports import Report, Unreadable
from assett.formats.sheets import read_sheets
from tests.formats import rude

PARTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml")
SHEETS = "xl/worksheets/sheet4.xml"
DAMAGED = "ce classeur est abîmé"


def shared(data: bytes) -> bytes:
    """A workbook whose texts stand in a table apart, as spreadsheets save them."""
    texts: list[bytes] = []

    def moved(found: re.Match[bytes]) -> bytes:
        texts.append(found.group(2))
        return b'%b t="s"><v>%d</v></c>' % (found.group(1), len(texts) - 1)

    inline = rb'(<c [^>]*?) t="inlineStr"[^>]*>(<is>.*?</is>)</c>'
    moved_to = rude.repacked(data, SHEETS, lambda body: re.sub(inline, moved, body, flags=re.DOTALL))
    table = b"".join(b"<si>%b</si>" % text[4:-5] for text in texts)
    namespace = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return rude.repacked(moved_to, PARTS[-1], lambda _: b'<sst xmlns="%b">%b</sst>' % (namespace, table))


WHOLE = shared(rude.edited(lambda book: None))


def outcome(data: bytes) -> str:
    """What is said of a file: nothing where its sheets were read."""
    try:
        read_sheets(data, Report())
    except Unreadable as unreadable:
        return str(unreadable)
    return ""


def compressed(method: int) -> bytes:
    """The same workbook by another method, its packed bytes then broken."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as old, zipfile.ZipFile(content, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return content.getvalue()


def locked(data: bytes) -> bytes:
    """The same file, each of its parts said to be encrypted."""
    changed = bytearray(data)
    for found in re.finditer(b"PK\x01\x02", data):
        changed[found.start() + 8] |= 1
    return bytes(changed)


def test_it_is_a_workbook_before_it_is_broken() -> None:
    assert b't="s"' in zipfile.ZipFile(io.BytesIO(WHOLE)).read(SHEETS)
    report = Report()
    assert read_data(WHOLE, "", None, report) == open_document(rude.EVERYTHING)
    assert report.whole


def test_wherever_a_file_is_cut_there_is_a_message() -> None:
    for length in range(0, len(WHOLE), max(len(WHOLE) // 150, 1)):
        assert outcome(WHOLE[:length]), length


def test_bits_may_be_turned_anywhere() -> None:
    chance = random.Random(7)
    said = set()
    for _ in range(250):
        data = bytearray(WHOLE)
        for _ in range(chance.choice((1, 3, 40))):
            data[chance.randrange(4, len(data))] ^= 1 << chance.randrange(8)
        said.add(outcome(bytes(data)))
    assert any(DAMAGED in each for each in said)


@pytest.mark.parametrize("part", [*PARTS, SHEETS])
def test_a_part_may_say_anything_under_a_right_checksum(part: str) -> None:
    chance = random.Random(part)
    names = rb'"(-?[0-9]+|rId[0-9]+|[A-Z]+[0-9]+|[a-z]+/[a-zA-Z0-9/.]+)"'
    worse = [b'""', b'"-1"', b'"99999999999"', b'"x"', b'"1e9999999"', '"²"'.encode(), b'"NaN"']

    def change(body: bytes) -> bytes:
        match chance.randrange(4):
            case 0:
                at = chance.randrange(len(body))
                return body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]
            case 1:
                return body[: chance.randrange(len(body))]
            case 2:
                return re.sub(names, lambda found: chance.choice([found.group(), chance.choice(worse)]), body)
        return re.sub(rb"<v>[^<]*</v>", lambda _: b"<v>" + chance.choice(worse).strip(b'"') + b"</v>", body)

    assert all(isinstance(outcome(rude.repacked(WHOLE, part, change)), str) for _ in range(60))


CORPUS: dict[str, tuple[bytes, str]] = {
    "no byte": (b"", "n’est pas un classeur XLSX"),
    "an old workbook renamed": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "d’un format d’avant 2007"),
    "encrypted parts": (locked(WHOLE), "mot de passe"),
    "a zip without parts": (rude.repacked(WHOLE, "a", bytes)[:0] + b"PK\x05\x06" + b"\0" * 18, "n’est pas un classeur"),
    "its directory alone": (b"PK\x03\x04" + b"\0" * 26 + b"PK\x05\x06" + b"\0" * 18, "n’est pas un classeur"),
    "a sheet that is lost": (
        rude.repacked(WHOLE, "xl/_rels/workbook.xml.rels", lambda _: b"<Relationships/>"),
        DAMAGED,
    ),
    "an encoding nobody knows": (
        rude.repacked(WHOLE, "xl/workbook.xml", lambda _: b'<?xml version="1.0" encoding="zut"?><a/>'),
        DAMAGED,
    ),
    "wide characters": (
        rude.repacked(WHOLE, "xl/workbook.xml", lambda _: b'<?xml version="1.0" encoding="utf-32"?><a/>'),
        DAMAGED,
    ),
    **{
        f"{method} undone": (compressed(method).replace(b"\x5d\0\0\x80", b"\xff" * 4).replace(b"BZh", b"xyz"), DAMAGED)
        for method in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2)
    },
    "a method nobody knows": (WHOLE.replace(b"\x08\0", b"\x63\0"), DAMAGED),
}


@pytest.mark.parametrize("name", CORPUS)
def test_each_kind_of_damage_has_its_message(name: str) -> None:
    data, words = CORPUS[name]
    assert words in outcome(data)


def document_of_words() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return content.getvalue()


def test_a_letter_renamed_is_no_workbook() -> None:
    report = Report()
    assert read_data(document_of_words(), "grille.xlsx", None, report) is None
    assert ["n’est pas un classeur XLSX, malgré son nom" in str(each) for each in report.problems] == [True]


@pytest.mark.parametrize("serial", ["-5", "99999999999", "1e300"])
def test_a_day_beyond_any_calendar_stays_a_number(serial: str) -> None:
    book = Workbook()
    book.active["A1"].number_format = "yyyy-mm-dd"
    book.active["A1"] = 45000
    data = rude.repacked(
        rude.saved(book), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b">45000<", f">{serial}<".encode())
    )
    (grid,) = read_sheets(data, Report())
    assert isinstance(grid.lines[0].cells[1], str)


@pytest.mark.parametrize("fault", [KeyError, ValueError, RuntimeError, OSError, EOFError, NotImplementedError])
@pytest.mark.parametrize("where", ["_value", "_cells", "_date_styles", "_strings", "sheets"])
def test_a_fault_of_ours_is_not_told_as_the_file_s(
    monkeypatch: pytest.MonkeyPatch, where: str, fault: type[Exception]
) -> None:
    def broken(*_: object) -> Callable[..., object]:
        raise fault("ours")

    monkeypatch.setattr(sheets._Workbook, where, broken)
    with pytest.raises(fault, match="ours"):
        read_sheets(WHOLE, Report())
