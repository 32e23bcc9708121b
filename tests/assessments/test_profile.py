"""The few facts about a structure: one calls for another, and only what concerns it is asked."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.assessments.models import Assessment
from assett.organizations.models import MemberRole
from tests.assessments.arranging import document, place, running
from tests.assessments.test_journey import begin_trial
from tests.assessments.test_reread import whole
from tests.linting import LintingClient


def farming() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A questionnaire whose profile asks for a trade or, of the second kind, for a production; the kinds."""
    tree = document()
    kinds = tree["profile"][0]["choices"]
    tree["profile"] += [
        {
            "id": "sector",
            "title": "Quel métier ?",
            "type": "text",
            "visible_if": {"not": {"profile": "kind", "is": kinds[1]["id"]}},
        },
        {
            "id": "production",
            "title": "Que produisez-vous ?",
            "type": "single",
            "required": True,
            "visible_if": {"profile": "kind", "is": kinds[1]["id"]},
            "choices": [{"id": "lait", "label": "Du lait"}, {"id": "autre", "label": "Autre chose"}],
        },
    ]
    return tree, kinds


def test_a_question_that_the_profile_brings_is_asked_not_refused(client: LintingClient) -> None:
    tree, kinds = farming()
    url = begin_trial(client, place(tree=tree))
    sent = {"answers.kind": kinds[1]["id"], "revision.kind": "0"}
    more = client.post(f"{url}profil", data=sent)
    page = more.get_data(as_text=True)
    assert more.status_code == 422 and "amènent une question de plus" in page
    # What the same answer makes pointless goes at once.
    assert "Quel métier" not in page
    assert '<a href="#q-production">' in page and "Répondez à cette question" not in page and "à revoir" not in page
    # On the page and left empty, it is missing like any other.
    again = client.post(f"{url}profil", data={**sent, "revision.production": "0"}).get_data(as_text=True)
    assert "Répondez à cette question" in again and "amènent une question de plus" not in again
    done = client.post(f"{url}profil", data={**sent, "answers.production": "lait", "revision.production": "0"})
    assert done.status_code == 303


def told(owner: Session) -> dict[str, Any]:
    owner.rollback()
    return owner.scalars(select(Assessment)).one().profile


def test_a_fact_is_kept_as_it_is_given(client: LintingClient, owner: Session) -> None:
    tree, kinds = farming()
    url = begin_trial(client, place(tree=tree))
    client.get(f"{url}profil")
    sent = {"given": "kind", "revision.kind": "0", "revision.sector": "0", "answers.sector": "Maçon"}
    first = client.post(f"{url}profil", data={**sent, "answers.kind": kinds[0]["id"]})
    assert first.status_code == 200
    # The others stand as they are, whatever the page holds: a colleague may have answered since.
    assert told(owner) == {"kind": kinds[0]["id"]}
    assert client.post(f"{url}profil", data={**sent, "given": "sector"}).status_code == 200
    assert told(owner) == {"kind": kinds[0]["id"], "sector": "Maçon"}
    # What is kept comes back with its mark, for the next change.
    assert list(first.json) == ["kind"] and len(first.data) < 100
    sent["revision.kind"] = first.json["kind"]
    page = client.post(f"{url}profil", data={**sent, "answers.kind": kinds[1]["id"]})
    assert page.status_code == 200 and "Que produisez-vous" in page.text
    assert "Quel métier" not in page.text and "Répondez à cette question" not in page.text
    assert told(owner)["kind"] == kinds[1]["id"]
    # Left there and opened again.
    assert 'value="association" checked' in client.get(f"{url}profil").text


def test_a_fact_that_cannot_be_kept_says_so_and_leaves_the_one_before(client: LintingClient, owner: Session) -> None:
    tree, _ = farming()
    tree["profile"][1]["max_length"] = 10
    url = begin_trial(client, place(tree=tree))
    sent = {"given": "sector", "revision.kind": "0", "revision.sector": "0"}
    assert client.post(f"{url}profil", data={**sent, "answers.sector": "Maçon"}).status_code == 200
    refused = client.post(f"{url}profil", data={**sent, "answers.sector": "Maçon et charpentier"})
    assert refused.status_code == 422 and "10" in refused.text and "Répondez à cette question" not in refused.text
    assert told(owner) == {"sector": "Maçon"}


def test_what_was_given_stays_when_something_is_missing(client: LintingClient, owner: Session) -> None:
    tree, _ = farming()
    url = begin_trial(client, place(tree=tree))
    marks = {"revision.kind": "0", "revision.sector": "0"}
    refused = client.post(f"{url}profil", data={**marks, "answers.sector": "Maçon"})
    assert refused.status_code == 422 and "Le reste est gardé" in refused.text
    assert told(owner) == {"sector": "Maçon"} and "Maçon</textarea>" in client.get(f"{url}profil").text


def test_whoever_only_reads_looks_at_what_is_told_and_at_no_form(client: LintingClient, owner: Session) -> None:
    where = place(role=MemberRole.READER)
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/profil")
    page = client.get(url)
    assert page.status_code == 200 and 'name="answers.kind"' not in page.text
    late = client.post(url, data={"given": "kind", "answers.kind": "association"})
    assert late.status_code == 403 and "Association" in late.text and 'name="answers.kind"' not in late.text
    assert told(owner) == {"kind": "company"}


def two_tabs(client: LintingClient) -> tuple[str, dict[str, Any]]:
    """The profile of an assessment, and what a page sends of it that was opened before another tab changed the kind."""
    tree, kinds = farming()
    where = place(tree=tree)
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/profil")
    before = client.get(url).text
    changed = {**whole(before, kind=kinds[1]["id"]), "revision.production": "0", "answers.production": "lait"}
    assert client.post(url, data=changed).status_code == 303
    return url, whole(before)


def test_a_fact_left_as_the_page_showed_it_leaves_what_was_told_since(client: LintingClient, owner: Session) -> None:
    url, older = two_tabs(client)
    assert older["answers.kind"] == "company"
    assert client.post(url, data=older).status_code == 303
    assert told(owner) == {"kind": "association", "production": "lait"}


def test_a_page_with_something_refused_shows_what_was_told_since(client: LintingClient, owner: Session) -> None:
    url, older = two_tabs(client)
    refused = client.post(url, data={**older, "answers.sector": "x" * 3000})
    assert refused.status_code == 422 and 'value="association" checked' in refused.text
    # Sent once more as it stands, it changes nothing either.
    client.post(url, data=whole(refused.text))
    assert told(owner) == {"kind": "association", "production": "lait"}


@pytest.mark.parametrize("given", [{}, {"given": "kind"}])
@pytest.mark.parametrize(("choice", "stands"), [("theirs", "cooperative"), ("mine", "association")])
def test_a_fact_told_otherwise_meanwhile_is_chosen_between_the_two(
    client: LintingClient, owner: Session, given: dict[str, str], choice: str, stands: str
) -> None:
    tree = document()
    tree["profile"][0]["choices"].append({"id": "cooperative", "label": "Coopérative"})
    where = place(tree=tree)
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/profil")
    before = client.get(url).text
    assert client.post(url, data=whole(before, kind="cooperative")).status_code == 303
    disputed = client.post(url, data={**whole(before, kind="association"), **given})
    assert disputed.status_code == 409 and told(owner) == {"kind": "cooperative"}
    assert "Une autre réponse vient d’être donnée" in disputed.text and "Coopérative</strong>" in disputed.text
    # What was chosen here stays on the page until one has decided.
    assert 'value="association" checked' in disputed.text
    settled = client.post(url, data={**whole(disputed.text), **given, "conflict.kind": choice})
    assert settled.status_code == (200 if given else 303)
    assert told(owner) == {"kind": stands}
    assert not given or f'value="{stands}" checked' in settled.text


def test_a_fact_that_another_makes_pointless_is_forgotten_once_one_goes_on(
    client: LintingClient, owner: Session
) -> None:
    tree, kinds = farming()
    url = f"{begin_trial(client, place(tree=tree))}profil"
    client.post(url, data=whole(client.get(url).text, kind=kinds[0]["id"], sector="Maçon"))
    assert told(owner)["sector"] == "Maçon"
    called = client.post(url, data=whole(client.get(url).text, kind=kinds[1]["id"], sector="Maçon"))
    assert called.status_code == 422 and told(owner)["sector"] == "Maçon"
    assert client.post(url, data=whole(called.text, production="lait")).status_code == 303
    assert told(owner) == {"kind": kinds[1]["id"], "production": "lait"}
