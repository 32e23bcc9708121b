"""Who may what with an account."""

from __future__ import annotations

from assett.accounts.models import SignIn
from assett.core.permissions import Actor


def own_sign_in(actor: Actor, row: SignIn) -> bool:
    return row.person_id == actor.person_id
