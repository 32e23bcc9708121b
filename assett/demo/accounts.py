"""The accounts of the demonstration: one for each role, all with the same password."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from assett.accounts.models import SpaceRoleName
from assett.organizations.models import MemberRole

PASSWORD = "un potager sur le toit"  # noqa: S105 - printed by `make demo`, for fictional data only


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody as whom the demonstration can be visited. `email` is empty for the visitor, who needs no account.

    `space` is the slug of the space; `team` the role in its team, `member` the one in the structure that
    `accounts_of_structure` names.
    """

    role: str
    name: str
    email: str
    look_at: str
    path: str
    space: str = ""
    team: SpaceRoleName | None = None
    member: MemberRole | None = None
    operator: bool = False
    password: str = PASSWORD


STRUCTURE = "Le Fournil de la Grand’Rue"
"""The structure of the demonstration's members, in the first space."""


@cache
def accounts() -> tuple[Account, ...]:
    """Every account, from the visitor to the operator."""
    return (
        Account(
            role="Visiteur (sans compte)",
            name="",
            email="",
            look_at="L’accueil du territoire, l’essai sans compte, l’annuaire",
            path="/grand-poitiers/",
        ),
        Account(
            role="Responsable d’une boulangerie",
            name="Marion Bernardeau",
            email="responsable@example.org",
            look_at="Sa structure, une auto-évaluation à finir, ses progrès d’une année à l’autre, sa fiche d’annuaire",
            path="/grand-poitiers/structures",
            space="grand-poitiers",
            member=MemberRole.OWNER,
        ),
        Account(
            role="Contributeur de la boulangerie",
            name="Théo Marchesseau",
            email="contributeur@example.org",
            look_at="Il répond aux questions avec sa responsable",
            path="/grand-poitiers/structures",
            space="grand-poitiers",
            member=MemberRole.CONTRIBUTOR,
        ),
        Account(
            role="Lectrice de la boulangerie",
            name="Inès Papineau",
            email="lectrice@example.org",
            look_at="Elle consulte les résultats, sans rien changer",
            path="/grand-poitiers/structures",
            space="grand-poitiers",
            member=MemberRole.READER,
        ),
        Account(
            role="Grand Poitiers, gestion",
            name="Claire Morisset",
            email="gestion.poitiers@example.org",
            look_at="Qui a commencé, qui a terminé, les scores par catégorie, les exports",
            path="/grand-poitiers/suivi",
            space="grand-poitiers",
            team=SpaceRoleName.MANAGER,
        ),
        Account(
            role="Grand Poitiers, rédaction",
            name="Bastien Guérinière",
            email="redaction.poitiers@example.org",
            look_at="Le suivi, sans le détail des réponses",
            path="/grand-poitiers/suivi",
            space="grand-poitiers",
            team=SpaceRoleName.EDITOR,
        ),
        Account(
            role="Grand Poitiers, animation",
            name="Soizic Delavault",
            email="animation.poitiers@example.org",
            look_at="Le suivi des structures à relancer",
            path="/grand-poitiers/suivi",
            space="grand-poitiers",
            team=SpaceRoleName.FACILITATOR,
        ),
        Account(
            role="Grand Poitiers, lecture",
            name="Michel Auvinet",
            email="lecture.poitiers@example.org",
            look_at="Les chiffres d’ensemble",
            path="/grand-poitiers/suivi",
            space="grand-poitiers",
            team=SpaceRoleName.READER,
        ),
        Account(
            role="MEL, gestion",
            name="Sabine Vandewalle",
            email="gestion.mel@example.org",
            look_at="Un autre questionnaire, trois niveaux, une note sur 20",
            path="/mel/suivi",
            space="mel",
            team=SpaceRoleName.MANAGER,
        ),
        Account(
            role="Saint-Benoît, gestion",
            name="Denis Courtois",
            email="gestion.saint-benoit@example.org",
            look_at="Une commune, douze questions, des ressources à elle",
            path="/saint-benoit/suivi",
            space="saint-benoit",
            team=SpaceRoleName.MANAGER,
        ),
        Account(
            role="Cerema, exploitation",
            name="Hélène Tessier",
            email="cerema@example.org",
            look_at="Tous les espaces",
            path="/",
            operator=True,
        ),
    )
