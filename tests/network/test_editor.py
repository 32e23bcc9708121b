"""The editor of a listing: an owner chooses, previews, publishes, takes back."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.core.audit import AuditEntry
from assett.kernel.clock import utc_now
from assett.network.models import Listing
from assett.organizations.models import Charter, MemberRole, Organization, Participation, Pledge
from assett.spaces.models import Space
from tests.factories import (
    MembershipFactory,
    OrganizationFactory,
    ParticipationFactory,
    PersonFactory,
    QuestionnaireVersionFactory,
    SpaceFactory,
    SpaceRoleFactory,
)
from tests.linting import LintingClient
from tests.network.arranging import assessed, listed


@pytest.fixture
def mine(space: Space) -> Participation:
    organization = OrganizationFactory(name="Boulangerie Martin", commune="Ligugé")
    made: Participation = ParticipationFactory(space_id=space.id, organization=organization)
    return made


@pytest.fixture
def editor(client: LintingClient, mine: Participation) -> str:
    """The address of the editor, for an owner who is signed in."""
    client.sign_in(MembershipFactory(organization=mine.organization).person)
    return f"/poitiers/structures/{mine.id}/fiche"


def typed(client: LintingClient, address: str, **changed: Any) -> dict[str, Any]:
    """The fields of the editor as the page holds them, some changed."""
    html = client.get(address).get_data(as_text=True)
    seen = html.split('name="seen" type="hidden" value="')[1].split('"')[0]
    shown = ["activity", "commune", "presentation", "commitments"]
    return {
        "presentation": "",
        "commitments": "",
        "website": "",
        "shown": shown,
        "seen": seen,
        "intent": "save",
        **changed,
    }


def the_listing(owner: Session) -> Listing:
    owner.expire_all()
    return owner.scalars(select(Listing)).one()


def test_nothing_is_public_before_it_is_published(client: LintingClient, editor: str, owner: Session) -> None:
    response = client.post(editor, data=typed(client, editor, presentation="Du pain."))
    assert response.status_code == 303
    assert the_listing(owner).presentation == "Du pain."
    assert client.get(f"/poitiers/annuaire/{the_listing(owner).id}").status_code == 404
    assert "Boulangerie Martin" not in client.get("/poitiers/annuaire").get_data(as_text=True)
    assert "n’est pas publiée" in client.get(editor).get_data(as_text=True)


def test_published_it_is_found_and_withdrawn_it_is_gone_at_once(
    client: LintingClient, editor: str, owner: Session
) -> None:
    client.post(editor, data=typed(client, editor, commitments="Nous trions.", intent="publish"))
    assert "Votre fiche est publiée" in client.get(editor).get_data(as_text=True)
    page = f"/poitiers/annuaire/{the_listing(owner).id}"
    assert "Nous trions." in client.get(page).get_data(as_text=True)
    assert "Boulangerie Martin" in client.get("/poitiers/annuaire?q=trions").get_data(as_text=True)
    assert client.post(f"{editor}/retirer").status_code == 303
    assert "n’est plus dans l’annuaire" in client.get(editor).get_data(as_text=True)
    assert client.get(page).status_code == 404
    assert "Boulangerie Martin" not in client.get("/poitiers/annuaire?q=trions").get_data(as_text=True)
    assert the_listing(owner).commitments == "Nous trions.", "the text is kept"


def test_a_listing_takes_ten_commitments(client: LintingClient, editor: str, owner: Session) -> None:
    ten = "\n".join(["Nous trions.", "", *(f"- Geste {n}." for n in range(9))])
    assert client.post(editor, data=typed(client, editor, commitments=ten)).status_code == 303
    refused = client.post(editor, data=typed(client, editor, commitments=f"{ten}\nUn de plus."))
    assert refused.status_code == 422
    assert "il y en a 11" in refused.get_data(as_text=True)
    assert the_listing(owner).commitments == ten


def test_what_is_unticked_disappears_at_once(client: LintingClient, editor: str, owner: Session) -> None:
    client.post(editor, data=typed(client, editor, intent="publish"))
    page = f"/poitiers/annuaire/{the_listing(owner).id}"
    assert "Ligugé" in client.get(page).get_data(as_text=True)
    client.post(editor, data=typed(client, editor, shown=["activity"]))
    assert "Ligugé" not in client.get(page).get_data(as_text=True)


def test_dates_are_shown_by_choice_alone(
    client: LintingClient, editor: str, owner: Session, space: Space, mine: Participation
) -> None:
    """When it joined and when it signed: ticked at first, seen in the preview, gone when unticked."""
    charter = Charter(space_id=space.id, version=1, title={"fr": "Charte"}, text={"fr": "Nous agissons."})
    owner.add(charter)
    owner.flush()
    signed_at = datetime(2025, 4, 7, 10, tzinfo=UTC)
    owner.add(
        Pledge(space_id=space.id, participation_id=mine.id, charter_id=charter.id, signatory="A", signed_at=signed_at)
    )
    owner.commit()
    html = client.get(editor).get_data(as_text=True)
    assert "Participe depuis\u00a0: le " in html
    assert "Charte signée\u00a0: le 7\u00a0avril 2025" in html
    client.post(editor, data=typed(client, editor, shown=["engaged-since", "charter"], intent="publish"))
    page = f"/poitiers/annuaire/{the_listing(owner).id}"
    html = client.get(page).get_data(as_text=True)
    assert "Participe depuis" in html and "7\u00a0avril 2025" in html
    unticked = typed(client, editor, shown=["activity"])
    preview = client.post(editor, data={**unticked, "intent": "preview"}).get_data(as_text=True).split('id="apercu"')[1]
    assert "Participe depuis" not in preview and "7\u00a0avril 2025" not in preview
    client.post(editor, data=unticked)
    html = client.get(page).get_data(as_text=True)
    assert "Participe depuis" not in html and "Charte signée" not in html


def test_a_listing_older_than_a_field_does_not_show_it(client: LintingClient, space: Space) -> None:
    older = listed(space, "Ancienne", shown=["activity", "commune"])
    html = client.get(f"/poitiers/annuaire/{older.id}").get_data(as_text=True)
    assert "Participe depuis" not in html


def test_withdrawing_is_asked_first(client: LintingClient, editor: str, owner: Session) -> None:
    client.post(editor, data=typed(client, editor, intent="publish"))
    question = client.get(f"{editor}/retirer").get_data(as_text=True)
    assert "Retirer votre fiche de l’annuaire" in question
    assert the_listing(owner).published, "asking changes nothing"


def test_the_preview_is_the_public_page_and_saves_nothing(client: LintingClient, editor: str, owner: Session) -> None:
    data = typed(client, editor, presentation="Du <b>pain</b>.", shown=["presentation"], intent="preview")
    html = client.post(editor, data=data).get_data(as_text=True)
    preview = html.split('id="apercu"')[1]
    assert "<p>Du &lt;b&gt;pain&lt;/b&gt;.</p>" in preview
    assert "Ligugé" not in preview
    assert owner.scalars(select(Listing)).all() == []


def test_levels_are_shown_by_choice_alone(
    client: LintingClient, editor: str, owner: Session, space: Space, mine: Participation
) -> None:
    version = QuestionnaireVersionFactory(space_id=space.id)
    assessed(space, mine.id, version, "avance", energie="intermediaire")
    client.post(editor, data=typed(client, editor, intent="publish"))
    page = f"/poitiers/annuaire/{the_listing(owner).id}"
    assert "Intermédiaire" not in client.get(page).get_data(as_text=True)
    client.post(editor, data=typed(client, editor, shown=["levels"]))
    assert "Intermédiaire" in client.get(page).get_data(as_text=True)


def test_the_same_form_sent_twice_changes_nothing_more(client: LintingClient, editor: str, owner: Session) -> None:
    data = typed(client, editor, presentation="Du pain.", intent="publish")
    assert client.post(editor, data=data).status_code == 303
    first = the_listing(owner)
    before = (first.updated_at, first.published_at)
    assert client.post(editor, data=data).status_code == 303
    assert (the_listing(owner).updated_at, the_listing(owner).published_at) == before
    actions = owner.scalars(select(AuditEntry.action)).all()
    assert actions.count("listing.published") == 1


def test_a_second_tab_does_not_overwrite_unseen_words(client: LintingClient, editor: str, owner: Session) -> None:
    client.post(editor, data=typed(client, editor, presentation="Premier texte."))
    one = typed(client, editor, presentation="Dans un onglet.")
    other = typed(client, editor, presentation="Dans l’autre.")
    assert client.post(editor, data=one).status_code == 303
    refused = client.post(editor, data=other)
    html = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "modifiée entre-temps" in html
    assert "Dans l’autre." in html, "what was typed is kept"
    assert the_listing(owner).presentation == "Dans un onglet."
    seen = html.split('name="seen" type="hidden" value="')[1].split('"')[0]
    assert client.post(editor, data={**other, "seen": seen}).status_code == 303
    assert the_listing(owner).presentation == "Dans l’autre."


def test_who_waited_for_another_save_does_not_overwrite_it(client: LintingClient, editor: str, owner: Session) -> None:
    client.post(editor, data=typed(client, editor, presentation="Premier texte."))
    data = typed(client, editor, presentation="Le mien.")
    listing = the_listing(owner)
    listing.presentation, listing.updated_at = "Le leur.", utc_now()
    owner.flush()  # held, not committed: the request below waits for it
    answers: list[int] = []
    request = threading.Thread(target=lambda: answers.append(client.post(editor, data=data).status_code))
    request.start()
    request.join(0.5)
    assert request.is_alive()
    owner.commit()
    request.join(10)
    assert answers == [422]
    assert the_listing(owner).presentation == "Le leur."


def test_two_first_tabs_do_not_overwrite_each_other(client: LintingClient, editor: str, owner: Session) -> None:
    one, other = typed(client, editor, presentation="Un."), typed(client, editor, presentation="Deux.")
    assert client.post(editor, data=one).status_code == 303
    assert client.post(editor, data=other).status_code == 422
    assert the_listing(owner).presentation == "Un."


@pytest.mark.parametrize(
    ("website", "kept"),
    [
        ("www.pain.fr", "https://www.pain.fr"),
        ("http://pain.fr/nous", "http://pain.fr/nous"),
        ("", None),
    ],
)
def test_an_address_is_completed(
    client: LintingClient, editor: str, owner: Session, mine: Participation, website: str, kept: str | None
) -> None:
    assert client.post(editor, data=typed(client, editor, website=website)).status_code == 303
    owner.expire_all()
    assert owner.get_one(Organization, mine.organization_id).website == kept


@pytest.mark.parametrize(
    "website",
    [
        "javascript://alert.fr/%0aalert(1)",
        "javascript:alert(1)",
        "pain",
        "https://a:b@pain.fr",
        "ftp://pain.fr",
        "https://[pain",
    ],
)
def test_an_address_that_leads_nowhere_is_refused(
    client: LintingClient, editor: str, owner: Session, website: str
) -> None:
    response = client.post(editor, data=typed(client, editor, website=website, presentation="Gardé."))
    html = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "ne mène à aucun site" in html
    assert "Gardé." in html
    assert owner.scalars(select(Listing)).all() == []


@pytest.mark.parametrize("text", ["a\x00b", "🥖 مرحبا \u202e", "x" * 1500])
def test_odd_texts_are_kept_without_harm(client: LintingClient, editor: str, owner: Session, text: str) -> None:
    assert client.post(editor, data=typed(client, editor, presentation=text, intent="publish")).status_code == 303
    assert the_listing(owner).presentation == text.replace("\x00", "").replace(" \u202e", "")
    assert client.get(f"/poitiers/annuaire/{the_listing(owner).id}").status_code == 200


def test_a_text_too_long_and_a_field_unknown_are_refused(client: LintingClient, editor: str, owner: Session) -> None:
    assert client.post(editor, data=typed(client, editor, presentation="x" * 1501)).status_code == 422
    assert client.post(editor, data=typed(client, editor, shown=["siret"])).status_code == 422
    assert owner.scalars(select(Listing)).all() == []


def test_a_member_sees_and_an_owner_edits(client: LintingClient, mine: Participation) -> None:
    address = f"/poitiers/structures/{mine.id}/fiche"
    assert client.get(address).status_code == 302, "a visitor is asked to sign in"
    for role in (MemberRole.READER, MemberRole.CONTRIBUTOR):
        client.sign_in(MembershipFactory(organization=mine.organization, role=role).person)
        html = client.get(address).get_data(as_text=True)
        assert "Seuls les responsables" in html
        assert "<textarea" not in html
        assert client.post(address, data={"intent": "publish"}).status_code == 404
        assert client.post(f"{address}/retirer").status_code == 404


def test_it_is_nobody_elses_business(client: LintingClient, mine: Participation, space: Space) -> None:
    address = f"/poitiers/structures/{mine.id}/fiche"
    for person in (
        MembershipFactory().person,
        MembershipFactory(organization=mine.organization, accepted_at=None).person,
        SpaceRoleFactory(space_id=space.id).person,
        PersonFactory(operator=True),
    ):
        client.sign_in(person)
        assert client.get(address).status_code == 404
        assert client.post(address, data={"intent": "publish"}).status_code == 404
        assert client.post(f"{address}/retirer").status_code == 404


def test_a_participation_of_another_space_is_not_found(client: LintingClient, mine: Participation) -> None:
    other = SpaceFactory(slug="lille")
    elsewhere = ParticipationFactory(space_id=other.id, organization=mine.organization)
    client.sign_in(MembershipFactory(organization=mine.organization).person)
    assert client.get(f"/poitiers/structures/{elsewhere.id}/fiche").status_code == 404
    assert client.get(f"/lille/structures/{elsewhere.id}/fiche").status_code == 200
    assert client.get(f"/lille/structures/{mine.id}/fiche").status_code == 404
