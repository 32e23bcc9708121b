"""Pictures: read by what they hold, encoded anew, served for ever; traps are refused with a word."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from assett.core import jobs
from assett.kernel.errors import Rejected
from assett.resources.models import Partner
from assett.spaces import pictures
from assett.spaces.models import Picture, Space
from tests.factories import SpaceFactory
from tests.linting import LintingClient
from tests.spaces.conftest import picture, undo

PAGE = "/ici/reglages/accueil"


def send(client: LintingClient, content: io.BytesIO, name: str = "photo.jpg", **fields: str) -> TestResponse:
    client.get(PAGE)
    data = {"picture": (content, name), "alt": "Le marché", **fields}
    return client.post(f"{PAGE}/photo", data=data, content_type="multipart/form-data")


def photographed() -> io.BytesIO:
    """As a telephone makes it: lying on its side, with the place and the owner inside."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter to the right
    exif[0x013B] = "Camille Martin"
    exif.get_ifd(0x8825)[1] = "N"
    return picture((1200, 800), exif=exif)


def test_a_photo_is_shown_light_upright_and_without_its_secrets(
    at_work: LintingClient, space: Space, owner: Session, now_is: Callable[[Space], Space]
) -> None:
    sent = photographed()
    assert b"Camille Martin" in sent.getvalue()
    assert send(at_work, sent).status_code == 303
    photo = now_is(space).photo
    assert photo is not None and (photo["width"], photo["height"], photo["alt"]) == (800, 1200, "Le marché")
    home = at_work.get("/ici/").text
    assert f"/ici/images/{photo['digest']}.webp" in home and 'alt="Le marché"' in home
    served = at_work.get(f"/ici/images/{photo['digest']}.webp")
    assert served.mimetype == "image/webp" and served.headers["X-Content-Type-Options"] == "nosniff"
    assert (
        "immutable" in served.headers["Cache-Control"]
        and "default-src 'none'" in served.headers["Content-Security-Policy"]
    )
    image = Image.open(io.BytesIO(served.data))
    assert image.size == (800, 1200) and not image.getexif() and b"Camille" not in served.data


def test_a_wide_photo_has_two_sizes(at_work: LintingClient, space: Space, now_is: Callable[[Space], Space]) -> None:
    send(at_work, picture((4000, 2000)))
    photo = now_is(space).photo
    assert photo is not None
    sizes = [
        Image.open(io.BytesIO(at_work.get(f"/ici/images/{photo['digest']}{end}.webp").data)).size
        for end in ("", "-petite")
    ]
    assert sizes == [(1600, 800), (800, 400)]


def test_a_photo_needs_its_words_or_says_it_needs_none(
    at_work: LintingClient, space: Space, now_is: Callable[[Space], Space]
) -> None:
    assert send(at_work, picture(), alt="").status_code == 422
    assert send(at_work, picture(), alt="", decorative="y").status_code == 303
    assert now_is(space).photo["alt"] == ""
    at_work.get(PAGE)
    at_work.post(f"{PAGE}/photo/retirer")
    assert now_is(space).photo is None
    undo(at_work, "photo", "accueil/photo")
    assert now_is(space).photo is not None


def test_a_photo_described_and_said_to_be_decorative_keeps_its_words(at_work: LintingClient, space: Space) -> None:
    assert send(at_work, picture(), alt="Le marché", decorative="y").status_code == 303
    kept = at_work.get(f"{PAGE}/photo").text
    assert "avec votre description" in kept and 'value="Le marché"' in kept
    assert not re.search(r'name="decorative"[^>]* checked|checked [^>]*name="decorative"', kept)


def test_a_picture_stays_in_its_space(at_work: LintingClient, space: Space, now_is: Callable[[Space], Space]) -> None:
    SpaceFactory(slug="ailleurs")
    send(at_work, picture())
    digest = now_is(space).photo["digest"]
    assert at_work.get(f"/ici/images/{digest}.webp").status_code == 200
    assert at_work.get(f"/ailleurs/images/{digest}.webp").status_code == 404


def test_the_same_picture_is_kept_once(at_work: LintingClient, space: Space, owner: Session) -> None:
    send(at_work, picture())
    send(at_work, picture(), alt="Autrement dit")
    owner.rollback()
    assert owner.query(Picture).count() == 1


def bomb() -> io.BytesIO:
    """A PNG of a few kilobytes that would unfold to 10 000 million points."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0))
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + chunk(b"IEND", b"")
    )


def cut() -> io.BytesIO:
    return io.BytesIO(picture((2000, 2000)).getvalue()[:3000])


def large_but_honest() -> io.BytesIO:
    """Nothing but points: more of them than we unfold."""
    file = io.BytesIO()
    Image.new("1", (8000, 8000)).save(file, "PNG")
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), "SVG"),
        (io.BytesIO(b"\n<?xml version='1.0'?><svg onload='alert(1)'/>"), "SVG"),
        (io.BytesIO(b"<!DOCTYPE html><script>alert(1)</script>"), "SVG"),
        (io.BytesIO(b"GIF89a" + bytes(100)), "JPEG, un PNG ou un WebP"),
        (io.BytesIO(b"%PDF-1.7 not a picture"), "JPEG, un PNG ou un WebP"),
        (io.BytesIO(b""), "JPEG, un PNG ou un WebP"),
        (io.BytesIO(b"\xff\xd8\xff" + bytes(pictures.LARGEST_FILE)), "10 Mo"),
        (picture((15, 400)), "15 × 400 points"),
        (cut(), "JPEG, un PNG ou un WebP"),
        (bomb(), "60 millions"),
        (large_but_honest(), "60 millions"),
    ],
    ids=["svg", "xml", "html", "gif", "pdf", "empty", "heavy", "tiny", "cut short", "bomb", "large"],
)
def test_what_is_no_picture_is_refused_with_a_word(app: Flask, content: io.BytesIO, said: str) -> None:
    content.seek(0)
    with app.test_request_context(), pytest.raises(Rejected, match=said):
        pictures.encode(content)


def test_a_refused_picture_changes_nothing(
    at_work: LintingClient, space: Space, owner: Session, now_is: Callable[[Space], Space]
) -> None:
    refused = send(at_work, io.BytesIO(b"<svg/>" + b" <svg "), "logo.png")
    assert refused.status_code == 422 and "Le marché" in refused.text
    assert now_is(space).photo is None and owner.query(Picture).count() == 0


def test_twenty_megabytes_end_in_a_kind_page(at_work: LintingClient, space: Space) -> None:
    refused = send(at_work, io.BytesIO(bytes(20 * 1024 * 1024)))
    assert refused.status_code == 413
    assert "dépasse 12\u00a0Mo" in refused.text or "dépasse 12 Mo" in refused.text


def test_a_photo_taken_away_is_no_longer_anybody_s(
    app: Flask, at_work: LintingClient, space: Space, now_is: Callable[[Space], Space]
) -> None:
    send(at_work, picture())
    address = f"/ici/images/{now_is(space).photo['digest']}.webp"
    visitor = app.test_client()
    assert visitor.get(address).status_code == 200
    assert "max-age=86400" in visitor.get(address).headers["Cache-Control"]
    at_work.get(f"{PAGE}/photo")
    at_work.post(f"{PAGE}/photo/retirer")
    assert visitor.get(address).status_code == 404
    # The team may still put it back, and sees it.
    assert "private" in at_work.get(address).headers["Cache-Control"]
    undo(at_work, "photo", "accueil/photo")
    assert visitor.get(address).status_code == 200


def test_pictures_that_nothing_needs_are_forgotten(
    app: Flask, at_work: LintingClient, space: Space, owner: Session
) -> None:
    elsewhere = SpaceFactory(slug="ailleurs")
    owner.add_all(Picture(space_id=elsewhere.id, digest=f"d{n}", width=1, height=1, content=b"") for n in range(3))
    logo = {"digest": "logo", "width": 1, "height": 1}
    owner.add(Picture(space_id=space.id, digest="logo", width=1, height=1, content=b""))
    owner.add(Partner(space_id=space.id, name="La chambre", logo=logo))
    owner.commit()
    for width in (100, 200, 300):
        send(at_work, picture((width, 100)))
    old = datetime.now(UTC) - timedelta(days=1)
    owner.execute(update(Picture).values(created_at=old).where(Picture.space_id == space.id))
    owner.commit()
    jobs.enqueue(owner, "spaces.pictures")
    owner.commit()
    while jobs.run_one(app):
        pass
    kept = owner.scalars(select(Picture.width).where(Picture.space_id == space.id).order_by(Picture.width)).all()
    # The partner's, the one that an undo would bring back, the one that is shown.
    assert kept == [1, 200, 300]


def test_the_limit_leaves_a_way_out(
    at_work: LintingClient, space: Space, owner: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assett.spaces.service.MOST_PICTURES", 3)
    old = datetime.now(UTC) - timedelta(days=1)
    owner.add_all(
        Picture(space_id=space.id, digest=f"d{n}", width=1, height=1, content=b"", created_at=old) for n in range(3)
    )
    owner.commit()
    assert send(at_work, picture()).status_code == 303


def test_sixteen_bits_are_not_white(app: Flask) -> None:
    file = io.BytesIO()
    Image.new("I;16", (40, 40), 20_000).save(file, "PNG")
    file.seek(0)
    with app.test_request_context():
        shown = Image.open(io.BytesIO(pictures.encode(file).content)).convert("L")
    assert abs(shown.getpixel((20, 20)) - 20_000 // 256) <= 3
