"""Translations: side by side, what lacks first, and what a source has left behind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from assett.core.settings import ROOT
from assett.engine.drafting.pieces import take_apart
from assett.formats.files import load
from assett.studio import translations
from assett.studio.models import Draft
from tests import factories
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, open_as, tree_of
from tests.studio.browsing import form_fields, plain


def _rows(tree: dict[str, Any], key: str) -> list[translations.Row]:
    return [row for row in translations.rows(take_apart(tree), {}, "en") if row.place.key == key]


def test_every_text_of_the_national_base_has_its_place_and_its_translation() -> None:
    parts = take_apart(load(ROOT / "questionnaires/socle-assett.yaml").tree)
    rows = translations.rows(parts, {}, "en")
    assert len(rows) > 500
    assert not [row for row in rows if row.missing]
    for row in rows:
        changed = translations.with_translation(parts, row.place.address, row.place.key, "en", "Said otherwise")
        again = next(
            each
            for each in translations.places_of(changed)
            if (each.address, each.key) == (row.place.address, row.place.key)
        )
        assert again.raw["en"] == "Said otherwise"
        assert again.raw["fr"] == row.source


def test_several_are_saved_at_once_and_undone_as_one(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    page = client.get(f"{base}/traductions").text
    assert "6 textes sur 12 attendent leur traduction" in plain(page)
    assert "Traductions (6, facultatif)" in plain(page)
    data = {"langue": "en"}
    for number, (address, key, text) in enumerate(
        [("question/suivi", "title", "Do you track it?"), ("question/suivi", "choices.oui.label", "Yes")]
    ):
        data |= {f"a.{number}": address, f"k.{number}": key, f"t.{number}": text, f"w.{number}": ""}
    told = client.post(f"{base}/traductions", data=data, follow_redirects=True)
    assert "2 traductions sont enregistrées." in plain(told.text)
    question = tree_of(owner, draft)["categories"][0]["questions"][0]
    assert question["title"] == {"fr": "Suivez-vous vos consommations ?", "en": "Do you track it?"}
    assert question["choices"][1]["label"] == {"fr": "Oui", "en": "Yes"}
    client.post(f"{base}/annuler")
    assert tree_of(owner, draft) == factories.small_document()


def test_a_translation_is_stale_once_its_source_changed(client: LintingClient, owner: Session, space: Any) -> None:
    client.sign_in(editor(space))
    version = factories.QuestionnaireVersionFactory(space_id=space.id)
    client.get("/poitiers/atelier/")
    begun = client.post("/poitiers/atelier/brouillons", data={"source": str(version.id)})
    base = begun.location
    page = client.get(f"{base}/categories/energie?ouvrir=category/energie").text
    fields = form_fields(page, "form-category-energie")
    client.post(f"{base}/modifier", data={**fields, "title.fr": "Énergie et climat"})
    page = plain(client.get(f"{base}/traductions").text)
    assert "Une traduction est à revoir" in page and "Énergie et climat" in page
    held = {"langue": "en", "a.0": "category/energie", "k.0": "title", "t.0": "Energy", "w.0": "Energy"}
    client.post(f"{base}/traductions", data={**held, "h.0": "1"})
    assert "Une traduction est à revoir" not in plain(client.get(f"{base}/traductions").text)
    # Its source changed again, then it was written anew: it is made of the words that stand there.
    client.post(f"{base}/modifier", data={**fields, "title.fr": "Énergie, climat", "seen": "9"})
    client.post(f"{base}/traductions", data={**held, "t.0": "Energy and climate"})
    assert "Une traduction est à revoir" not in plain(client.get(f"{base}/traductions").text)


def test_two_translators_lose_nothing(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    row = {"langue": "en", "a.0": "question/tri", "k.0": "title", "w.0": ""}
    client.post(f"{base}/traductions", data={**row, "t.0": "Do you sort?"})
    other = {"a.1": "question/suivi", "k.1": "title", "w.1": "", "t.1": "Do you track?"}
    answer = client.post(f"{base}/traductions", data={**row, "t.0": "Sorting?", **other})
    assert answer.status_code == 409
    shown = form_fields(answer.text, "translations-form")
    assert (shown["t.0"], shown["w.0"]) == (["Sorting?"], ["Do you sort?"]), "before what is left to do"
    assert "Une autre personne vient d’écrire" in plain(answer.text)
    questions = [each["questions"][0]["title"] for each in tree_of(owner, draft)["categories"]]
    assert [each["en"] for each in questions] == ["Do you track?", "Do you sort?"]
    said = client.post(f"{base}/traductions", data={**row, "t.0": "Sorting?"}, headers={"Accept": "application/json"})
    assert (said.status_code, said.get_json()["theirs"]) == (409, "Do you sort?")


def test_what_is_gone_or_unknown_is_passed_by(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    for address, key in (
        ("question/non", "title"),
        ("question/suivi", "choices.x.label"),
        ("grid", "levels.9"),
        ("", ""),
    ):
        data = {"langue": "en", "a.0": address, "k.0": key, "t.0": "Words", "w.0": ""}
        assert client.post(f"{base}/traductions", data=data).status_code == 303
    assert tree_of(owner, draft) == factories.small_document()
    refused = client.post(f"{base}/traductions", data={"langue": "de", "a.0": "grid", "k.0": "x", "t.0": "y"})
    assert refused.status_code == 422


def test_a_single_language_says_what_to_do(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space, {**factories.small_document(), "languages": ["fr"]})
    client.sign_in(editor(space))
    page = client.get(f"/poitiers/atelier/{draft.id}/traductions").text
    assert "Choisir les langues" in page


def test_a_translation_left_behind_is_said_before_publishing(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    data = {"langue": "en", "a.0": "question/suivi", "k.0": "title", "t.0": "Do you track it?", "w.0": ""}
    client.post(f"{base}/traductions", data=data)
    said = "Une traduction date d’avant le dernier changement de son texte."
    assert all(said not in plain(client.get(f"{base}/{page}").text) for page in ("verification", "publier"))
    tree = tree_of(owner, draft)
    tree["categories"][0]["questions"][0]["title"]["fr"] = "Suivez-vous vos dépenses d’énergie ?"
    owner.execute(update(Draft).where(Draft.id == draft.id).values(tree=tree))
    owner.commit()
    assert all(said in plain(client.get(f"{base}/{page}").text) for page in ("verification", "publier"))
    told = plain(client.get(f"{base}/traductions").text)
    assert ". Une traduction est à revoir" in told
