"""Pictures as they come from people, made safe and light: read by what they hold, never by their name, encoded anew.

What a camera adds (place, date, owner: EXIF) stays behind; what is no picture, or a trap, is refused with a word.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import IO, Any

from flask_babel import gettext as _

from assett.core.settings import MEBIBYTE
from assett.kernel.errors import Rejected

LARGEST_FILE = 10 * MEBIBYTE
# A picture of a good telephone has 12 to 50 million points; a « bomb » unfolds to thousands of millions.
MOST_POINTS = 60_000_000
# Nothing that is meant to be seen is smaller: that is an icon of a browser's tab.
LEAST = 16
WIDE, SMALL = 1600, 800
QUALITY = 78
_FORMATS = ("JPEG", "PNG", "WEBP")
# A point (of 255) fainter than that is not seen; one lighter than that has not twice the light of a white page.
_FAINT, _PALE = 48, 186
# Of a picture's points: how many are open where it has no ground of its own; how many of the rest make it pale, white.
_OPEN, _MOSTLY, _ALL = 0.02, 0.75, 0.995
# The place of a logo at the head of a page on a phone; how many times its short side its long one may be to be read.
_PLACE_WIDE, _PLACE_HIGH = 65, 44
_LONGEST = 4


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture ready to be kept: WebP in one size or two (`small` is None where it would save nothing), with the
    size in points of the larger."""

    content: bytes
    small: bytes | None
    width: int
    height: int
    # Whether nothing would be seen of it on a white page: light points alone, on no ground of their own; or nothing
    # but white, or nothing at all.
    pale: bool = False
    empty: bool = False

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:24]


def encode(file: IO[bytes], *, wide: int = WIDE, small: int | None = SMALL) -> Encoded:
    """Encode a JPEG, PNG or WebP file anew, at most `wide` points wide or high.

    Raises:
        Rejected: it is too large, no picture of these kinds, cut short, or a trap.
    """
    raw = file.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise Rejected(_("Ce fichier pèse plus de 10 Mo. Réduisez l’image, puis renvoyez-la."), "picture")
    if raw.lstrip()[:5].lower() in (b"<svg ", b"<?xml", b"<!doc"):
        raise Rejected(
            _("Un SVG peut contenir du code : nous n’en acceptons pas. Exportez l’image en PNG, puis envoyez-la."),
            "picture",
        )
    # Heavy, and needed by uploads alone.
    from PIL import Image, ImageOps

    try:
        image: Image.Image = Image.open(io.BytesIO(raw), formats=_FORMATS)
        small_enough = image.width * image.height <= MOST_POINTS
        if small_enough:
            image.draft("RGB", (2 * wide, 2 * wide))
            image = ImageOps.exif_transpose(image)
            if image.mode.startswith("I"):
                # Sixteen bits a point: cut to eight, not taken for white.
                image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
            image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    except Image.DecompressionBombError:
        small_enough = False
    except (OSError, ValueError, SyntaxError, EOFError):
        raise Rejected(
            _("Ce fichier n’est pas une image que nous sachions lire. Envoyez un JPEG, un PNG ou un WebP."), "picture"
        ) from None
    if not small_enough:
        raise Rejected(_("Cette image est trop grande : 60 millions de points au plus."), "picture")
    if min(image.size) < LEAST:
        raise Rejected(
            _(
                "Cette image ne fait que %(width)s × %(height)s points : on n’y verrait rien.",
                width=image.width,
                height=image.height,
            ),
            "picture",
        )
    image.thumbnail((wide, wide), Image.Resampling.LANCZOS)
    content, (pale, empty) = _webp(image), _seen_on_white(image)
    if small is None or image.width <= small:
        return Encoded(content, None, *image.size, pale, empty)
    reduced = image.copy()
    reduced.thumbnail((small, small), Image.Resampling.LANCZOS)
    return Encoded(content, _webp(reduced), *image.size, pale, empty)


def unreadable(width: int, height: int) -> str:
    """Why a logo of this shape would not be read at the head of a page, and what would; empty where it would be."""
    if min(width, height) <= 0 or round(max(width, height) / min(width, height)) <= _LONGEST:
        return ""
    if width > height:
        return _(
            "Ce logo est %(times)s fois plus large que haut : sur un téléphone, il ne tiendrait qu’en "
            "%(wide)s × %(high)s points, et ne se lirait pas. Une version compacte ira mieux : le symbole seul, ou le "
            "nom sur deux lignes (au plus %(most)s fois plus large que haut).",
            times=round(width / height),
            wide=_PLACE_WIDE,
            high=max(1, round(_PLACE_WIDE * height / width)),
            most=_LONGEST,
        )
    return _(
        "Ce logo est %(times)s fois plus haut que large : en tête de page, il ne tiendrait qu’en %(wide)s × %(high)s "
        "points, et ne se lirait pas. Une version plus ramassée ira mieux : le symbole seul, ou le logo couché "
        "(au plus %(most)s fois plus haut que large).",
        times=round(height / width),
        wide=max(1, round(_PLACE_HIGH * width / height)),
        high=_PLACE_HIGH,
        most=_LONGEST,
    )


def _seen_on_white(image: Any) -> tuple[bool, bool]:
    """Whether a picture is pale, and whether it is empty (see `Encoded`)."""
    sample = image.convert("RGBA")
    sample.thumbnail((128, 128))
    light, opaque = sample.convert("L").tobytes(), sample.getchannel("A").tobytes()
    seen = [tone for tone, alpha in zip(light, opaque, strict=True) if alpha > _FAINT]
    if not seen:
        return False, True
    pale = sum(tone > _PALE for tone in seen) / len(seen)
    if 1 - len(seen) / len(light) > _OPEN:
        return pale > _MOSTLY, False
    return False, sum(tone > 250 for tone in seen) / len(seen) > _ALL


def _webp(image: Any) -> bytes:
    out = io.BytesIO()
    # A fresh file: no EXIF, no colour profile, no comment goes along.
    image.save(out, "WEBP", quality=QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()
