"""Two spaces with one row of everything, for the sweeps over every route and every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from assett.accounts.models import Person, SignIn, SpaceRole, SpaceRoleName
from assett.assessments.models import Assessment
from assett.core.audit import AuditEntry
from assett.network.models import Listing
from assett.organizations.models import Charter, Invitation, MemberRole, Membership, Participation, Proposal
from assett.questionnaires.models import QuestionnaireVersion
from assett.resources.models import Partner, Resource
from assett.spaces import themes
from assett.spaces.models import Picture, Space
from assett.studio.models import Draft, DraftComment, QuestionnaireFile, WaitingWords
from assett.teams.models import TeamInvitation
from tests import factories
from tests.assessments.arranging import Place, document, place, running
from tests.factories import (
    AssessmentFactory,
    CategoryScoreFactory,
    ListingFactory,
    MembershipFactory,
    PersonFactory,
    QuestionnaireVersionFactory,
    SpaceRoleFactory,
    small_document,
)


@dataclass
class Inhabited:
    """A space, its people, and the ids that its addresses are made of."""

    where: Place
    owner: Person
    manager: Person
    completed: Assessment
    running: Assessment
    trial: Assessment
    listing: Listing
    membership: Membership
    request: Membership
    invitation: Invitation
    proposal: Proposal
    member: SpaceRole
    team_invitation: TeamInvitation
    # Of somebody who opens no page of the sweeps: one's own may be ended from any space.
    sign_in: SignIn
    charter: Charter
    picture: Picture
    draft: Draft
    comment: DraftComment
    file: QuestionnaireFile
    translated: QuestionnaireFile
    words: WaitingWords
    resource: Resource
    nation: Resource
    partner: Partner
    # Published since its assessments began.
    newer: QuestionnaireVersion

    @property
    def space(self) -> Space:
        return self.where.space

    @property
    def participation(self) -> Participation:
        return self.where.participation

    def _digest(self, rule: Rule) -> str:
        """What names a picture, the public stylesheet, or the one that the theme editor looks at."""
        if "images" in rule.rule:
            return self.picture.digest
        theme = themes.made_of(themes.base_of(self.space), self.space.appearance or {})
        return themes.digest_of(theme.specimen() if "reglages" in rule.rule else theme.stylesheet())

    def _names(self, rule: Rule) -> list[str]:
        if "atelier" in rule.rule:
            return ["suivi"] if "retirer" in rule.rule else ["energie"]
        return ["niveaux"]

    def _ids(self, rule: Rule) -> list[int]:
        """The rows that `id` may name, by the folder of the address."""
        if "auto-evaluations" in rule.rule:
            return [self.running.id, self.completed.id, self.trial.id]
        if "atelier/versions" in rule.rule:
            return [self.newer.id]
        return [self.draft.id] if "atelier" in rule.rule else [self.listing.id]

    def values(self, rule: Rule) -> list[dict[str, Any]]:
        """The values of this space for a rule's parameters; one set for each kind of row that `id` may name."""
        known: dict[str, list[Any]] = {
            "participation": [self.participation.id],
            "membership": [self.request.id if "demandes" in rule.rule else self.membership.id],
            "proposal": [self.proposal.id],
            "invitation": [self.team_invitation.id if "equipe" in rule.rule else self.invitation.id],
            "member": [self.member.id],
            "sign_in": [self.sign_in.id],
            "category": ["energie"],
            "kind": ["question"] if "retirer" in rule.rule else ["xlsx"],
            "token": ["faux"],
            "name": self._names(rule),
            "number": [0] if "atelier" in rule.rule else [self.newer.number],
            "digest": [self._digest(rule)],
            "version": [self.where.version.id if "atelier" in rule.rule else self.charter.version],
            "file": [self.translated.id if "traductions" in rule.rule else self.file.id],
            "part": ["names"],
            "page": ["notice"],
            "milestone": ["sponsor"],
            "address": ["question/suivi"],
            "comment": [self.comment.id],
            "words": [self.words.id],
            "verb": ["regler" if "atelier" in rule.rule else "masquer" if "masquer" in rule.rule else "national"],
            "id": self._ids(rule),
            # What is national belongs to every space: its pages are no space's own.
            "resource": [self.resource.id],
            "other": [self.nation.id],
            "partner": [self.partner.id],
            "slug": [self.resource.slug],
        }
        sets: list[dict[str, Any]] = [{}]
        for argument in sorted(rule.arguments - {"space"}):
            sets = [{**values, argument: value} for values in sets for value in known[argument]]
        return sets


def inhabited(**space: Any) -> Inhabited:
    """A space with one row of everything."""
    where = place(**space)
    session = factories.session_of_test
    assert session is not None
    completed = AssessmentFactory(
        space_id=where.space.id,
        participation_id=where.participation.id,
        version_id=where.version.id,
        profile={"kind": "company"},
        overall_ratio=Decimal("0.5"),
        overall_level="haut",
        completed_at=datetime(2025, 3, 2, tzinfo=UTC),
    )
    for category in ("energie", "dechets"):
        CategoryScoreFactory(space_id=where.space.id, assessment_id=completed.id, category=category, level="haut")
    listing = ListingFactory(
        space_id=where.space.id,
        participation_id=where.participation.id,
        presentation="Du pain, et du bon sens.",
        commitments="Moins de déchets.",
        shown=["activity", "commune", "kind", "levels", "presentation", "commitments"],
    )
    manager = PersonFactory(name="Dominique Roy")
    SpaceRoleFactory(space_id=where.space.id, person=manager)
    member = SpaceRoleFactory(space_id=where.space.id, role=SpaceRoleName.READER)
    team_invitation = TeamInvitation(
        space_id=where.space.id,
        email="collegue@example.org",
        role=SpaceRoleName.READER,
        token_hash=where.space.slug,
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
    )
    session.add(AuditEntry(space_id=where.space.id, action="team.joined", details={"person": manager.id}))
    membership = MembershipFactory(
        organization=where.participation.organization, person=PersonFactory(), role=MemberRole.READER
    )
    request = MembershipFactory(
        organization=where.participation.organization,
        person=PersonFactory(),
        role=MemberRole.CONTRIBUTOR,
        accepted_at=None,
    )
    invitation = Invitation(
        organization_id=where.participation.organization_id,
        email="invite@example.org",
        role=MemberRole.READER,
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
    )
    proposal = Proposal(membership_id=membership.id, asked_in=where.space.id)
    charter = Charter(
        space_id=where.space.id,
        version=where.space.id,
        title={"fr": "Charte"},
        text={"fr": "Nous nous engageons."},
        published_at=datetime(2024, 1, 1, tzinfo=UTC),
    )
    trial = AssessmentFactory(
        space_id=where.space.id,
        version_id=where.version.id,
        trial_secret="d1" * 32,
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
        started_by=where.person.id,
        profile={"kind": "company"},
    )
    # A colour and a picture that are no other space's.
    space = session.merge(where.space)
    space.appearance = {"light": {"accent": f"#{space.id:06x}"}}
    picture = Picture(space_id=space.id, digest=f"{space.id:024}", width=8, height=8, content=b"webp")
    sign_in = SignIn(person_id=membership.person_id, secret_hash=f"of nobody in {where.space.slug}")
    # An id that the drafts of no other space have.
    draft = Draft(
        id=1000 + space.id, space_id=space.id, title="Brouillon", tree=small_document(), upstream_decisions={}, ready={}
    )
    brought = {
        "format": "yaml",
        "understood": dict.fromkeys(("categories", "questions", "choices", "profile", "levels", "resources"), 2),
        "languages": ["fr", "en"],
        "notices": [],
        "refused": [],
        "unsaid": 0,
    }
    file = QuestionnaireFile(
        id=2000 + space.id, space_id=space.id, name="petit.yaml", tree=small_document(), report=brought
    )
    newer = QuestionnaireVersionFactory(
        space_id=space.id,
        questionnaire=where.version.questionnaire,
        number=100 + space.id,
        document={**document(), "title": "Essai, encore"},
        published_at=datetime(2025, 4, 1, tzinfo=UTC),
    )
    session.add_all([invitation, proposal, team_invitation, charter, sign_in, picture, draft])
    session.flush()
    comment = DraftComment(
        space_id=space.id, draft_id=draft.id, address="question/suivi", text="Et le bois ?", author="Zoé"
    )
    said = {"en": {"words": "Do you track it?", "state": "", "mark": None}}
    lines = [
        {"address": f"question/{name} title", "source": "Avant", "said": said, "where": "", "row": row}
        for row, name in enumerate(("suivi", "disparue"), 2)
    ]
    translated = QuestionnaireFile(
        id=3000 + space.id,
        space_id=space.id,
        draft_id=draft.id,
        name="textes.xlsx",
        tree={"lines": lines},
        report={"format": "texts", "notices": [], "refused": []},
    )
    question = small_document()["categories"][0]["questions"][0]
    words = WaitingWords(
        id=4000 + space.id,
        space_id=space.id,
        draft_id=draft.id,
        person_id=manager.id,
        address="question/suivi",
        author="Zoé",
        base=question,
        theirs={**question, "title": "Suivez-vous ?"},
        mine={**question, "title": "Et vous ?"},
    )
    session.add_all([comment, file, translated, words])
    entry = {"id": f"r-{space.slug}", "title": "Notre aide", "url": "https://example.org/aide", "type": "guide"}
    nation = Resource(space_id=None, slug=f"n-{space.slug}", entry={**entry, "id": f"n-{space.slug}"})
    partner = Partner(space_id=space.id, name="La chambre", contact_name="Nadia Benali", contact_phone="05 49 00 00 00")
    session.add_all([nation, partner])
    session.flush()
    resource = Resource(space_id=space.id, slug=entry["id"], entry=entry, partner_id=partner.id)
    session.add(resource)
    session.commit()
    now = running(where)
    rows = (
        completed,
        now,
        trial,
        listing,
        membership,
        request,
        invitation,
        proposal,
        member,
        team_invitation,
        sign_in,
        charter,
        picture,
        draft,
        comment,
        file,
        translated,
        words,
        resource,
        nation,
        partner,
        newer,
    )
    return Inhabited(where, where.person, manager, *rows)


def rules(app: Flask, *, within_space: bool = True) -> list[Rule]:
    """Every rule of the application, within a space or not, in a stable order."""
    found = [rule for rule in app.url_map.iter_rules() if ("space" in rule.arguments) == within_space]
    return sorted(found, key=lambda rule: (rule.rule, rule.endpoint))


def address(app: Flask, rule: Rule, space: Space, values: dict[str, Any]) -> str:
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        return adapter.build(rule.endpoint, {"space": space.slug, **values})
