"""Passwords: kept as argon2id, and judged by how hard they are to guess rather than by what they are made of.

CNIL, deliberation 2022-100: from twelve characters on, with attempts limited, no rule of composition is wanted;
strength is measured instead (zxcvbn, 0 to 4).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _
from zxcvbn import zxcvbn

from assett.kernel.errors import Rejected

SHORTEST, LONGEST = 12, 128
WEAKEST_SCORE = 3
# zxcvbn reads no further, and its time grows with the square of the length.
JUDGED = 72

# 46 MiB and two passes: above the minimum of OWASP's password storage sheet, about 70 ms on a small server.
hasher = PasswordHasher(time_cost=2, memory_cost=47104, parallelism=1)


def hashed(password: str) -> str:
    return hasher.hash(password)


def verified(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. Without a hash the answer is no, after the same time."""
    try:
        return hasher.verify(password_hash or nobodys_hash(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return hasher.check_needs_rehash(password_hash)


@cache
def nobodys_hash() -> str:
    return hasher.hash("nobody's password")


def check(password: str, about: Iterable[str], *, field: str = "password") -> None:
    """Refuse a password that is too short, too long or easily guessed; `about` is what others know of the person."""
    if len(password) < SHORTEST:
        raise Rejected(
            _("Il faut au moins %(count)s caractères. Une courte phrase convient très bien.", count=SHORTEST), field
        )
    if len(password) > LONGEST:
        raise Rejected(_("Pas plus de %(count)s caractères.", count=LONGEST), field)
    known = [part for text in about for part in (text, *text.replace("@", " ").replace(".", " ").split()) if part]
    judged = zxcvbn(password[:JUDGED], user_inputs=known)
    if judged["score"] < WEAKEST_SCORE:
        raise Rejected(
            _(
                "Force du mot de passe : %(strength)s. %(why)s %(advice)s",
                strength=_strength(judged["score"]),
                why=_why(judged["sequence"]),
                advice=_("Ajoutez un mot ou deux, sans lien entre eux."),
            ),
            field,
        )


def _strength(score: int) -> str:
    words: tuple[str, ...] = (_("très faible"), _("faible"), _("moyenne"), _("bonne"), _("très bonne"))
    return words[score]


def _why(matches: list[dict[str, Any]]) -> str:
    """What makes it easy to guess: the pattern that covers most of it."""
    match = max(matches, key=lambda match: len(match["token"]))
    if match["pattern"] == "dictionary" and match["dictionary_name"] == "user_inputs":
        return str(_("Il reprend votre nom ou votre adresse."))
    words: dict[str, str] = {
        "dictionary": _("Il ressemble à un mot de passe très répandu."),
        "spatial": _("Les suites de touches voisines se devinent vite."),
        "repeat": _("Les répétitions se devinent vite."),
        "sequence": _("Les suites comme « abcd » ou « 4321 » se devinent vite."),
        "regex": _("Les années se devinent vite."),
        "date": _("Les dates se devinent vite."),
    }
    return words.get(match["pattern"]) or str(_("Il se devine vite."))
