"""The charter in versions: written as a draft, published with what changed, nothing signed in anybody's stead."""

from __future__ import annotations

import html
import io
import re
from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from assett.accounts.models import Person, SpaceRoleName
from assett.organizations.models import Charter, Participation, Pledge
from assett.spaces.models import Space
from tests.factories import (
    CharterFactory,
    MembershipFactory,
    OrganizationFactory,
    ParticipationFactory,
    PersonFactory,
    SpaceFactory,
    SpaceRoleFactory,
)
from tests.linting import LintingClient
from tests.spaces.conftest import typed

PAGE = "/ici/reglages/charte"
DRAFT = f"{PAGE}/brouillon"


@pytest.fixture
def space(owner: Session) -> Space:
    space: Space = SpaceFactory(slug="ici")
    return space


@pytest.fixture
def manager(space: Space) -> Person:
    person: Person = PersonFactory(name="Dominique Roy")
    SpaceRoleFactory(space_id=space.id, person=person)
    return person


@pytest.fixture
def at_work(client: LintingClient, manager: Person) -> LintingClient:
    client.sign_in(manager)
    return client


@pytest.fixture
def charter(space: Space) -> Charter:
    charter: Charter = CharterFactory(space_id=space.id)
    return charter


def words(**changes: str) -> dict[str, str]:
    return {"title_fr": "Charte", "text_fr": "Nous **agissons**.", "title_en": "", "text_en": "", **changes}


def all_charters(owner: Session) -> list[Charter]:
    owner.rollback()
    owner.expire_all()
    return list(owner.scalars(select(Charter).order_by(Charter.space_id, Charter.version)))


def participant(space: Space, name: str = "Le Fournil") -> Participation:
    participation: Participation = ParticipationFactory(space_id=space.id, organization=OrganizationFactory(name=name))
    return participation


def sign(owner: Session, participation: Participation, charter: Charter, who: str = "Ana Roy") -> None:
    owner.add(
        Pledge(
            space_id=charter.space_id,
            participation_id=participation.id,
            charter_id=charter.id,
            signatory=who,
            signed_at=datetime(2025, 1, 2, tzinfo=UTC),
        )
    )
    owner.commit()


def test_the_first_charter_is_written_looked_at_and_published(
    at_work: LintingClient, space: Space, owner: Session
) -> None:
    assert "Pas encore de charte" in at_work.get(PAGE).text
    at_work.get(DRAFT)
    preview = at_work.post(DRAFT, data={**words(), "intent": "preview"})
    assert preview.status_code == 200 and "<strong>agissons</strong>" in preview.text
    # It stands below a long form: that button alone leads there.
    assert preview.text.count(f'formaction="{DRAFT}#apercu"') == 1 and f'action="{DRAFT}" ' in preview.text
    assert all_charters(owner) == []
    assert at_work.post(DRAFT, data={**words(), "intent": "save"}).status_code == 303
    (draft,) = all_charters(owner)
    assert draft.published_at is None and draft.version == 1
    assert "en cours d’écriture" in at_work.get(PAGE).text
    at_work.get(DRAFT)
    at_work.post(DRAFT, data={**words(text_fr="Nous agissons ensemble."), "intent": "publish"})
    (published,) = all_charters(owner)
    assert published.published_at is not None and published.text == {"fr": "Nous agissons ensemble."}


def test_a_model_is_offered_to_a_blank_page_and_kept_by_its_author_alone(
    at_work: LintingClient, space: Space, owner: Session
) -> None:
    assert "Partir d’un modèle" in at_work.get(DRAFT).text
    shown = at_work.post(DRAFT, data={"intent": "model"}).text
    for language in ("fr", "en"):
        text = re.search(rf'<textarea[^>]*name="text_{language}"[^>]*>(.*?)</textarea>', shown, re.DOTALL)
        assert text is not None and len(re.findall(r"^[1-5]\. ", text[1], re.MULTILINE)) == 5
    assert space.programme in shown and "Retirer le modèle" in shown
    assert all_charters(owner) == []
    at_work.post(DRAFT, data={**words(text_en="We act."), "intent": "save"})
    assert "Partir d’un modèle" not in at_work.get(DRAFT).text


def test_the_model_takes_parts_empty_in_every_language_and_gives_back_what_was_typed(
    at_work: LintingClient, space: Space, owner: Session
) -> None:
    at_work.get(DRAFT)
    half = at_work.post(DRAFT, data={**words(title_fr="", text_fr="Mon début."), "intent": "model"}).text
    # In another language, the model's text would commit to something else.
    assert (said(half, "text_fr"), said(half, "text_en")) == ("Mon début.", "")
    assert space.programme in said(half, "title_fr") and space.programme in said(half, "title_en")
    sent = {f"{part}_{code}": said(half, f"{part}_{code}") for part in ("title", "text") for code in ("fr", "en")}
    back = at_work.post(DRAFT, data={**sent, "title_en": "Our charter", "intent": "unmodel"}).text
    assert [said(back, name) for name in ("text_fr", "title_fr", "title_en", "text_en")] == [
        "Mon début.",
        "",
        "Our charter",
        "",
    ]
    # A text in two languages has a title in both.
    titled = at_work.post(DRAFT, data={"title_fr": "Notre charte", "title_en": "", "intent": "model"}).text
    assert said(titled, "title_fr") == "Notre charte" and space.programme in said(titled, "title_en")
    assert said(titled, "text_en")
    full = at_work.post(DRAFT, data={**words(text_en=""), "intent": "model"}).text
    assert "ne diraient pas la même chose" in full and said(full, "text_en") == ""
    assert all_charters(owner) == []


def said(page: str, name: str) -> str:
    """What a page's field says."""
    found = re.search(
        rf'<(?:textarea|input)[^>]*name="{name}"[^>]*?(?:value="([^"]*)"[^>]*>|>([^<]*)</textarea>)', page
    )
    assert found is not None, name
    return html.unescape(found[1] if found[1] is not None else found[2]).strip()


def test_what_publishing_wants_is_not_called_optional(at_work: LintingClient, space: Space, owner: Session) -> None:
    shown = at_work.get(DRAFT).text
    labels = dict(re.findall(r'<label for="(\w+)">[^<]*(<span)?', shown))
    assert (labels["title_fr"], labels["text_fr"]) == ("", "") and labels["text_en"]
    assert at_work.post(DRAFT, data={**words(text_fr=""), "intent": "save"}).status_code == 303
    refused = at_work.post(DRAFT, data={**words(text_fr=""), "intent": "publish"})
    assert refused.status_code == 422 and "Écrivez le texte de la charte" in refused.text


def test_a_draft_is_nobody_s_to_sign(at_work: LintingClient, space: Space, client: LintingClient) -> None:
    at_work.get(DRAFT)
    at_work.post(DRAFT, data={**words(), "intent": "save"})
    participation = participant(space)
    client.sign_in(MembershipFactory(organization=participation.organization).person)
    assert client.get(f"/ici/structures/{participation.id}/charte").status_code == 303


def test_a_new_version_says_what_changed(
    at_work: LintingClient, space: Space, charter: Charter, owner: Session
) -> None:
    shown = at_work.get(DRAFT).text
    assert "Nous **agissons** ensemble." in shown
    same = at_work.post(DRAFT, data={**words(**_as_published(charter)), "intent": "publish"})
    assert same.status_code == 422 and "la même chose" in same.text
    unsaid = at_work.post(DRAFT, data={**words(text_fr="Nous agissons plus."), "intent": "publish"})
    assert unsaid.status_code == 422 and "Dites en une phrase ce qui change" in unsaid.text
    # What was refused was not published, nor kept.
    assert len(all_charters(owner)) == 1
    fields = words(text_fr="Nous agissons plus.", changes_fr="On vise plus haut.")
    assert at_work.post(DRAFT, data={**fields, "intent": "publish"}).status_code == 303
    first, second = all_charters(owner)
    assert (first.text, second.version, second.changes) == (charter.text, 2, {"fr": "On vise plus haut."})
    details = owner.scalars(text("SELECT details FROM audit_entry WHERE action = 'charter.published'")).one()
    assert details["before"]["text"] == charter.text and details["after"]["text"]["fr"] == "Nous agissons plus."


def test_the_log_tells_the_language_whose_words_changed(at_work: LintingClient, space: Space, owner: Session) -> None:
    """A form gives a text back without the blank that ended the file it came from."""
    charter = CharterFactory(space_id=space.id, text={"fr": "Nous agissons.\n", "en": "We act. \nTogether.\n"})
    at_work.get(DRAFT)
    english = {"title_en": charter.title["en"], "text_en": "We act.\r\nTogether."}
    given = {"title_fr": charter.title["fr"], "text_fr": "Nous agissons.", **english, "changes_fr": "Plus haut."}
    same = at_work.post(DRAFT, data={**given, "intent": "publish"})
    assert same.status_code == 422 and "la même chose" in same.text
    at_work.post(DRAFT, data={**given, "text_fr": "Nous agissons plus.", "intent": "publish"})
    details = owner.scalars(text("SELECT details FROM audit_entry WHERE action = 'charter.published'")).one()
    assert details["before"] == {"text": {"fr": "Nous agissons.\n"}}
    assert details["after"] == {"text": {"fr": "Nous agissons plus."}}


def _as_published(charter: Charter) -> dict[str, str]:
    return {f"{part}_{code}": getattr(charter, part)[code] for part in ("title", "text") for code in ("fr", "en")}


def test_a_draft_may_be_given_up(at_work: LintingClient, space: Space, charter: Charter, owner: Session) -> None:
    at_work.get(DRAFT)
    at_work.post(DRAFT, data={**words(), "intent": "save"})
    at_work.get(DRAFT)
    assert at_work.post(f"{DRAFT}/abandonner").status_code == 303
    assert [each.version for each in all_charters(owner)] == [1]
    assert at_work.post(f"{DRAFT}/abandonner").status_code == 303


def test_a_published_charter_never_changes(owner: Session, charter: Charter) -> None:
    with pytest.raises(DBAPIError, match="is published"):
        owner.execute(text("UPDATE charter SET text = '{}'"))


def test_a_space_writes_one_draft_at_a_time(owner: Session, space: Space) -> None:
    CharterFactory(space_id=space.id, published_at=None)
    with pytest.raises(DBAPIError, match="uq_charter_draft"):
        CharterFactory(space_id=space.id, version=2, published_at=None)
    owner.rollback()


def test_who_signed_an_earlier_version_is_told_and_may_sign_the_new_one(
    client: LintingClient, space: Space, charter: Charter, owner: Session
) -> None:
    participation = participant(space)
    person = MembershipFactory(organization=participation.organization, person=PersonFactory(name="Ana Roy")).person
    client.sign_in(person)
    overview = f"/ici/structures/{participation.id}/"
    assert "nouvelle version" not in client.get(overview).text
    sign(owner, participation, charter)
    assert "nouvelle version" not in client.get(overview).text
    second = CharterFactory(
        space_id=space.id, version=2, text={"fr": "Nous agissons plus."}, changes={"fr": "On vise plus haut."}
    )
    told = client.get(overview).text
    assert "La charte a une nouvelle version" in told and "On vise plus haut." in told
    assert "Votre signature de la version 1 reste valable" in told
    # Publishing signed nothing.
    assert owner.query(Pledge).count() == 1
    page = f"/ici/structures/{participation.id}/charte"
    client.get(page)
    client.post(page, data={"charter": str(second.id), "signatory": "Ana Roy", "agreed": "y"})
    assert "nouvelle version" not in client.get(overview).text
    owner.rollback()
    assert owner.query(Pledge).count() == 2


def test_who_signed_which_version_is_counted_and_listed(
    at_work: LintingClient, space: Space, charter: Charter, owner: Session
) -> None:
    both, old = participant(space, "Les deux"), participant(space, "=L’ancienne")
    participant(space, "Aucune")
    second = CharterFactory(space_id=space.id, version=2)
    for participation, signed in ((both, charter), (old, charter), (both, second)):
        sign(owner, participation, signed)
    shown = at_work.get(PAGE).text
    cells = [line.strip() for line in shown.splitlines() if 'class="numeric">' in line and "<td" in line]
    assert [cell.split(">")[1].split("<")[0] for cell in cells] == ["1", "–", "2", "1"]
    first = at_work.get(f"{PAGE}/versions/1").text
    assert "2 signatures" in first.replace("\xa0", " ") and "a signé la version 2" in first and "Aucune" not in first
    sheet = load_workbook(io.BytesIO(at_work.get(f"{PAGE}/signatures.xlsx").data)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [(row[0], row[3], row[4]) for row in rows] == [
        ("'=L’ancienne", 1, "non"),
        ("Les deux", 1, "non"),
        ("Les deux", 2, "oui"),
    ]
    assert at_work.get(f"{PAGE}/signatures.csv").status_code == 200


def test_two_spaces_have_two_charters(
    at_work: LintingClient, client: LintingClient, space: Space, charter: Charter, owner: Session
) -> None:
    other = SpaceFactory(slug="ailleurs")
    sign(owner, participant(space, "Le Fournil"), charter)
    client.sign_in(SpaceRoleFactory(space_id=other.id).person)
    assert client.get("/ailleurs/reglages/charte/versions/1").status_code == 404
    assert "Le Fournil" not in client.get("/ailleurs/reglages/charte/signatures.csv").text
    client.get("/ailleurs/reglages/charte/brouillon")
    client.post("/ailleurs/reglages/charte/brouillon", data={**words(), "intent": "publish"})
    assert [(each.space_id, each.version) for each in all_charters(owner)] == [(space.id, 1), (other.id, 1)]


@pytest.mark.parametrize("role", [SpaceRoleName.READER, SpaceRoleName.FACILITATOR, SpaceRoleName.EDITOR])
def test_the_charter_is_the_managers_to_write(client: LintingClient, space: Space, role: SpaceRoleName) -> None:
    client.sign_in(SpaceRoleFactory(space_id=space.id, role=role).person)
    assert {client.get(page).status_code for page in (PAGE, DRAFT, f"{PAGE}/signatures.csv")} == {403}


def test_its_pages_cost_the_same_however_many_sign(
    at_work: LintingClient, space: Space, charter: Charter, owner: Session, statements: list[str]
) -> None:
    costs: list[dict[str, Any]] = []
    for _ in range(2):
        cost = {}
        for page in (PAGE, DRAFT, f"{PAGE}/versions/1"):
            statements.clear()
            at_work.get(page)
            cost[page] = len(statements)
        costs.append(cost)
        for number in range(4):
            sign(owner, participant(space, f"Structure {number} {len(costs)}"), charter)
    assert costs[0] == costs[1] and max(costs[0].values()) <= 12


def test_two_who_publish_at_once_publish_one_version(
    app: Flask, at_work: LintingClient, space: Space, charter: Charter, owner: Session
) -> None:
    colleague = app.test_client()
    assert isinstance(colleague, LintingClient)
    colleague.sign_in(SpaceRoleFactory(space_id=space.id).person)
    at_work.get(DRAFT)
    fields = words(text_fr="Nous agissons plus.", changes_fr="On vise plus haut.")
    at_work.post(DRAFT, data={**fields, "intent": "save"})
    there, answers = Barrier(2, timeout=30), []

    def send(client: LintingClient) -> None:
        seen = typed(client.get(DRAFT).text)
        there.wait()
        answers.append(client.post(DRAFT, data={**fields, **seen, "intent": "publish"}))

    threads = [Thread(target=send, args=[client]) for client in (at_work, colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.status_code for each in answers) == [303, 422]
    refused = next(each for each in answers if each.status_code == 422)
    assert "La version 2 vient d’être publiée" in refused.text and "On vise plus haut." in refused.text
    assert [each.version for each in all_charters(owner)] == [1, 2]


def test_what_was_written_for_a_published_version_is_kept_for_the_next(
    at_work: LintingClient, space: Space, charter: Charter, owner: Session
) -> None:
    seen = typed(at_work.get(DRAFT).text)
    CharterFactory(space_id=space.id, version=2, text={"fr": "Nous agissons vite."})
    fields = words(text_fr="Nous agissons plus.", changes_fr="On vise plus haut.")
    refused = at_work.post(DRAFT, data={**fields, **seen, "intent": "publish"})
    assert refused.status_code == 422 and "Nous agissons plus." in refused.text
    again = at_work.post(DRAFT, data={**fields, **typed(refused.text), "intent": "publish"})
    assert again.status_code == 303
    assert [each.text["fr"] for each in all_charters(owner)][1:] == ["Nous agissons vite.", "Nous agissons plus."]
