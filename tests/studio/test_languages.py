"""Taking a language off a draft: its texts go along, in one step that gives everything back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.core.settings import ROOT
from assett.engine.drafting.operations import in_languages
from assett.engine.drafting.pieces import put_together, take_apart
from assett.engine.reading import check_document
from assett.formats.files import load
from assett.studio import translations
from assett.studio.models import Draft
from tests.engine.strategies import documents
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, open_as, tree_of
from tests.studio.browsing import form_fields, plain


@given(documents())
def test_a_language_that_was_added_is_taken_off_without_a_trace(tree: dict[str, Any]) -> None:
    first = tree["languages"][0]
    plain_parts = in_languages(take_apart(tree), [first])
    parts = plain_parts
    for place in translations.places_of(plain_parts):
        parts = translations.with_translation(parts, place.address, place.key, "de", "Wort")
    assert in_languages(parts, [first]) == plain_parts
    other = put_together(in_languages(parts, ["de"]))
    assert {place.raw for place in translations.places_of(take_apart(other))} <= {"Wort"}


def test_the_national_base_in_one_language_is_right() -> None:
    tree = load(ROOT / "questionnaires/socle-assett.yaml").tree
    tree["resources"] = [
        {
            "id": "guide",
            "title": {"fr": "Guide", "en": "Guide"},
            "url": "https://a.fr",
            "type": "guide",
            "provider": {"fr": "A", "en": "A"},
        }
    ]
    for language in ("fr", "en"):
        alone = put_together(in_languages(take_apart(tree), [language]))
        assert not check_document(alone)
        assert not [each for each in translations.places_of(take_apart(alone)) if not isinstance(each.raw, str)]
        assert alone["resources"][0]["title"] == "Guide"


def _bilingual() -> dict[str, Any]:
    tree = load(ROOT / "questionnaires/premier-pas.yaml").tree
    assert tree["languages"] == ["fr", "en"]
    return tree


def _unticked(client: LintingClient, base: str, *languages: str) -> dict[str, Any]:
    fields = form_fields(client.get(f"{base}/presentation").text, "form-settings")
    return {**fields, "languages": [each for each in fields["languages"] if each not in languages], "sure": ["1"]}


def test_unticking_a_language_takes_its_texts_and_leaves_nothing_to_put_right(
    client: LintingClient, owner: Session, space: Any
) -> None:
    tree = _bilingual()
    texts = translations.said_in(take_apart(tree), ["en"])
    draft = draft_of(owner, space, tree)
    base = open_as(client, editor(space), draft)
    answer = client.post(f"{base}/modifier", data=_unticked(client, base, "en"), follow_redirects=True)
    assert f"Langue retirée : English, avec {texts} textes. « Annuler » les rend." in plain(answer.text)
    assert "Prêt à être publié" in plain(answer.text)
    alone = tree_of(owner, draft)
    assert alone["languages"] == ["fr"]
    assert '"en":' not in json.dumps(alone, default=str)
    assert "a retiré une langue : English" in plain(client.get(f"{base}/historique").text)

    fields = form_fields(client.get(f"{base}/presentation").text, "form-settings")
    client.post(f"{base}/modifier", data={**fields, "languages": ["fr", "en"]})
    again = take_apart(tree_of(owner, draft))
    assert not [row for row in translations.rows(again, {}, "en") if not row.missing]

    client.post(f"{base}/annuler")
    told = client.post(f"{base}/annuler", data={"next": f"{base}/presentation"}, follow_redirects=True)
    assert "C’est annulé : vous aviez retiré une langue : English." in plain(told.text)
    assert tree_of(owner, draft) == tree


@pytest.mark.parametrize(("button", "languages"), [("sure", ["fr"]), ("keep", ["fr", "en"])])
def test_a_language_with_texts_is_asked_about_before_they_go(
    client: LintingClient, owner: Session, space: Any, button: str, languages: list[str]
) -> None:
    tree = _bilingual()
    texts = translations.said_in(take_apart(tree), ["en"])
    draft = draft_of(owner, space, tree)
    base = open_as(client, editor(space), draft)
    sent = {**_unticked(client, base, "en"), "title.fr": ["Un autre titre"]}
    del sent["sure"]
    script = client.post(f"{base}/modifier", data=sent, headers={"Accept": "application/json"})
    asked = client.post(f"{base}/modifier", data=sent)
    assert (script.status_code, asked.status_code) == (409, 409)
    assert f"{texts} textes partiraient avec cette langue." in plain(asked.text)
    assert tree_of(owner, draft) == tree
    client.post(f"{base}/modifier", data={**form_fields(asked.text, "removal"), button: "1"})
    found = tree_of(owner, draft)
    assert found["languages"] == languages
    title = found["title"]
    assert (title if isinstance(title, str) else title["fr"]) == "Un autre titre"


def test_a_script_is_told_of_the_language_too(client: LintingClient, owner: Session, space: Any) -> None:
    base = open_as(client, editor(space), draft_of(owner, space, _bilingual()))
    fields = _unticked(client, base, "en")
    answer = client.post(f"{base}/modifier", data=fields, headers={"Accept": "application/json"}).get_json()
    assert answer["effect"].startswith("Langue retirée")
    assert answer["problems"] == []


def test_the_last_language_stays(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space, _bilingual())
    base = open_as(client, editor(space), draft)
    answer = client.post(f"{base}/modifier", data=_unticked(client, base, "fr", "en"))
    assert answer.status_code == 422
    assert "au moins une langue" in plain(answer.text)
    assert tree_of(owner, draft)["languages"] == ["fr", "en"]


def test_what_its_source_had_left_behind_still_is_once_the_language_is_back(
    client: LintingClient, owner: Session, space: Any
) -> None:
    tree = _bilingual()
    draft = draft_of(owner, space, tree, translated=translations.digests(take_apart(tree)))
    base = open_as(client, editor(space), draft)

    def stale() -> int:
        owner.expire_all()
        found = owner.scalars(select(Draft.translated).where(Draft.id == draft.id)).one()
        return translations.stale(take_apart(tree_of(owner, draft)), found)

    fields = form_fields(client.get(f"{base}/presentation").text, "form-settings")
    client.post(f"{base}/modifier", data={**fields, "title.fr": ["Un autre titre"]})
    assert stale() == 1
    client.post(f"{base}/modifier", data=_unticked(client, base, "en"))
    assert stale() == 0
    client.post(f"{base}/annuler")
    assert stale() == 1


def test_what_was_ready_to_be_read_stays_so_without_a_language_and_with_it_again(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = draft_of(owner, space, _bilingual())
    base = open_as(client, editor(space), draft)
    first, second, *_ = [address for address in take_apart(_bilingual()).pieces if address.startswith("question/")]
    ready = {first, second, "settings"}
    draft.ready = {address: {"by": "Zoé", "at": "2025-03-01T00:00:00+00:00"} for address in ready}
    owner.commit()

    def standing() -> set[str]:
        owner.expire_all()
        return set(owner.scalars(select(Draft.ready).where(Draft.id == draft.id)).one())

    client.post(f"{base}/modifier", data=_unticked(client, base, "en"))
    assert standing() == ready
    client.post(f"{base}/annuler")
    assert standing() == ready
    client.post(f"{base}/modifier", data={**_unticked(client, base, "en"), "title.fr": ["Un autre titre"]})
    assert standing() == ready - {"settings"}
