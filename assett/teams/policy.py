"""Who may what with the team of a space."""

from __future__ import annotations

from assett.accounts.models import SpaceRole, SpaceRoleName
from assett.core.permissions import Actor
from assett.kernel.text import N_
from assett.teams.models import TeamInvitation

# What each role may do, as `assett.spaces.policy` and the features hold to it (docs/architecture.md, « Who may what »).
ROLES = {
    SpaceRoleName.READER: N_(
        "lit le suivi (qui participe, les scores partagés, les chiffres d’ensemble), le questionnaire et les "
        "ressources, et commente un brouillon sans y écrire"
    ),
    SpaceRoleName.FACILITATOR: N_("suit et accompagne les structures, et lit les réponses de celles qui l’acceptent"),
    SpaceRoleName.EDITOR: N_("écrit le questionnaire et les ressources, et lit le suivi sans les réponses"),
    SpaceRoleName.MANAGER: N_(
        "suit les structures, écrit le questionnaire et les ressources, et gère l’équipe, les réglages et le journal "
        "de l’espace"
    ),
}

# The same said to whoever is invited.
YOUR_PART = {
    SpaceRoleName.READER: N_(
        "Vous lirez le suivi (qui participe, les scores partagés, les chiffres d’ensemble), le questionnaire et les "
        "ressources, et commenterez un brouillon sans y écrire."
    ),
    SpaceRoleName.FACILITATOR: N_(
        "Vous suivrez et accompagnerez les structures, et lirez les réponses de celles qui l’acceptent."
    ),
    SpaceRoleName.EDITOR: N_("Vous écrirez le questionnaire et les ressources, et lirez le suivi sans les réponses."),
    SpaceRoleName.MANAGER: N_(
        "Vous suivrez les structures, écrirez le questionnaire et les ressources, et gérerez l’équipe, les réglages et "
        "le journal de l’espace."
    ),
}


def manages(actor: Actor, row: SpaceRole | TeamInvitation) -> bool:
    """May change another's role, take a member out, invite, and take an invitation back."""
    return actor.role("space", row.space_id) == "manager"


def ends(actor: Actor, row: SpaceRole) -> bool:
    """A manager ends anyone's role, anyone ends their own."""
    return manages(actor, row) or row.person_id == actor.person_id
