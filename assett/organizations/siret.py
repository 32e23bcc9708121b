"""SIRET: the number of an establishment in the French register of companies (INSEE), fourteen digits."""

from __future__ import annotations

from flask_babel import gettext as _
from stdnum.exceptions import ValidationError
from stdnum.fr import siret as register

from assett.kernel.errors import Rejected

LENGTH = 14


def read(typed: str, *, field: str = "siret") -> str:
    """The fourteen digits of what was typed, spaces and dots forgiven; says exactly what is wrong with it."""
    digits = "".join(typed.replace(".", "").split())
    if not digits.isascii() or not digits.isdigit():
        raise Rejected(_("Un SIRET ne contient que des chiffres."), field)
    if len(digits) == 9:
        raise Rejected(
            _("C’est un SIREN : ajoutez les cinq chiffres de votre établissement pour avoir le SIRET."), field
        )
    if len(digits) != LENGTH:
        raise Rejected(_("Un SIRET compte 14 chiffres ; celui-ci en compte %(count)s.", count=len(digits)), field)
    # The checksum of fourteen zeros is right, but nobody holds that number.
    if not int(digits) or not _is_valid(digits):
        raise Rejected(_("Ce numéro n’est pas un SIRET : un chiffre est sans doute mal recopié."), field)
    return digits


def _is_valid(digits: str) -> bool:
    try:
        register.validate(digits)
    except ValidationError:
        return False
    return True


def shown(siret: str) -> str:
    """`732 829 320 00074`, held on one line."""
    return "\u00a0".join((siret[:3], siret[3:6], siret[6:9], siret[9:]))
