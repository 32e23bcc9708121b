"""The common grid of levels, and the categories that have their own."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from assett.core.settings import ROOT
from assett.engine.drafting.grid import carried_along, following_grid, messages_gone, off_grid, own_messages
from assett.engine.drafting.operations import replaced
from assett.engine.drafting.pieces import GRID, Parts, Tree, put_together, take_apart
from assett.engine.reading import check_document
from assett.engine.trial import legend
from assett.formats.files import load
from assett.studio.models import Draft
from tests import factories
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, open_as, tree_of
from tests.studio.browsing import form_fields, plain


def _follow(client: LintingClient, base: str, address: str) -> str:
    """The page after a category, or all of them, took the grid, by the button of the page that asks."""
    sent = {"verb": "follow", "address": address}
    sure = re.search(r'name="sure" value="(\w+)"', client.post(f"{base}/operation", data=sent).text)
    assert sure is not None
    return plain(client.post(f"{base}/operation", data=sent | {"sure": sure[1]}, follow_redirects=True).text)


def _renamed() -> dict[str, Any]:
    """The national base whose grid calls its first level otherwise, and begins the highest sooner."""
    tree = load(ROOT / "questionnaires/socle-assett.yaml").tree
    tree["levels"][0] = {**tree["levels"][0], "label": "Débuts"}
    tree["levels"][-1] = {**tree["levels"][-1], "from": Decimal("0.75")}
    return tree


def test_a_message_of_its_own_is_no_grid_of_its_own() -> None:
    parts = take_apart(load(ROOT / "questionnaires/socle-assett.yaml").tree)
    assert any(piece.get("levels") for name, piece in parts.pieces.items() if name.startswith("category/"))
    assert off_grid(parts) == ()


def test_categories_take_the_grid_and_keep_their_messages() -> None:
    before = take_apart(_renamed())
    apart = off_grid(before)
    assert len(apart) == 5
    assert off_grid(following_grid(before, apart[0])) == apart[1:]
    after = following_grid(before, GRID)
    assert off_grid(after) == ()
    assert not check_document(put_together(after))
    for address in apart:
        messages = [[each["message"] for each in parts.pieces[address]["levels"]] for parts in (before, after)]
        assert messages[0] == messages[1]
        assert after.pieces[address]["levels"][0]["label"] == "Débuts"


def _regraded(parts: Parts, levels: list[Tree]) -> Parts:
    after = replaced(parts, GRID, {**parts.pieces[GRID], "levels": levels})
    return carried_along(parts, after)


def test_categories_that_follow_the_grid_change_with_it() -> None:
    before = take_apart(load(ROOT / "questionnaires/socle-assett.yaml").tree)
    first, second, *others = before.pieces[GRID]["levels"]
    second = {**second, "label": "En route", "from": Decimal("0.33")}
    after = _regraded(before, [first, second, *others])
    assert len(own_messages(before)) == 5
    assert (off_grid(after), own_messages(after)) == ((), own_messages(before))
    for address in own_messages(before):
        told = [[each["message"] for each in parts.pieces[address]["levels"]] for parts in (before, after)]
        assert told[0] == told[1]
    # With one level fewer, its messages go and are counted.
    fewer = _regraded(before, [first, *others])
    assert off_grid(fewer) == ()
    assert messages_gone(before, fewer) == 5 and messages_gone(before, after) == 0


def test_a_category_with_levels_of_its_own_does_not_change_with_the_grid() -> None:
    before = take_apart(_renamed())
    after = _regraded(before, before.pieces[GRID]["levels"][:2])
    assert {key: piece for key, piece in after.pieces.items() if key != GRID} == {
        key: piece for key, piece in before.pieces.items() if key != GRID
    }


def test_a_message_copied_from_the_grid_follows_and_one_left_out_stays_out() -> None:
    tree = factories.small_document()
    tree["levels"] = [{**level, "message": f"Message {level['id']}"} for level in tree["levels"]]
    own = [dict(level) for level in tree["levels"]]
    own[0]["message"] = "Le nôtre"
    del own[1]["message"]
    tree["categories"][0] = {**tree["categories"][0], "levels": own}
    before = take_apart(tree)
    address = f"category/{tree['categories'][0]['id']}"
    levels = [{**level, "message": "Autre"} for level in tree["levels"]]
    found = _regraded(before, levels).pieces[address]["levels"]
    assert [each.get("message") for each in found] == ["Le nôtre", None, "Autre"][: len(found)]


def test_once_it_follows_the_grid_a_category_goes_on_following(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = draft_of(owner, space, _renamed())
    base = open_as(client, editor(space), draft)
    _follow(client, base, "grid")
    page = plain(client.get(f"{base}/grille").text)
    assert "5 catégories ont leurs propres messages et suivent cette grille" in page
    fields = form_fields(page, "form-grid")
    fields |= {"levels.1.label.fr": ["En route"], "levels.1.from": ["33"]}
    client.post(f"{base}/modifier", data=fields)
    tree = tree_of(owner, draft)
    for category in tree["categories"]:
        second = category.get("levels", tree["levels"])[1]
        assert (second["label"]["fr"], second["from"]) == ("En route", Decimal("0.33"))
    assert "ne suivent pas cette grille" not in plain(client.get(f"{base}/grille").text)
    # What moved along is no writing of anybody's, and one line of the history.
    client.post(
        f"{base}/modifier", data={**form_fields(client.get(f"{base}/grille").text, "form-grid"), "scale.max": "10"}
    )
    assert plain(client.get(f"{base}/historique").text).count("a changé la grille de notation") == 1
    client.sign_in(editor(space, "Yann Éditeur"))
    assert "a écrit ici" not in plain(client.get(f"{base}/categories/energie").text)


def test_a_level_that_goes_takes_the_messages_of_those_who_follow_and_says_so(
    client: LintingClient, owner: Session, space: Any
) -> None:
    tree = load(ROOT / "questionnaires/socle-assett.yaml").tree
    draft = draft_of(owner, space, tree)
    base = open_as(client, editor(space), draft)
    fields = form_fields(client.get(f"{base}/grille").text, "form-grid")
    told = client.post(f"{base}/modifier", data={**fields, "do": ["levels.1:remove"]}, follow_redirects=True).text
    assert "5 messages propres à des catégories sont partis avec ce niveau." in plain(told)
    assert off_grid(take_apart(tree_of(owner, draft))) == ()
    client.post(f"{base}/annuler")
    assert tree_of(owner, draft) == tree


def test_a_translated_level_is_translated_where_the_grid_is_followed(
    client: LintingClient, owner: Session, space: Any
) -> None:
    tree = factories.small_document()
    tree["languages"] = ["fr", "en"]
    own = [{**level, "message": "Le nôtre"} for level in tree["levels"]]
    tree["categories"][0] = {**tree["categories"][0], "levels": own}
    draft = draft_of(owner, space, tree)
    base = open_as(client, editor(space), draft)
    sent = {"langue": "en", "a.0": "grid", "k.0": "levels.0.label", "w.0": "", "t.0": "Beginner"}
    client.post(f"{base}/traductions", data=sent)
    after = tree_of(owner, draft)
    assert after["levels"][0]["label"]["en"] == "Beginner"
    assert after["categories"][0]["levels"][0]["label"] == after["levels"][0]["label"]


def test_a_category_without_a_message_of_its_own_has_no_levels_any_more() -> None:
    tree = factories.small_document()
    tree["categories"][0] = {**tree["categories"][0], "levels": [{"id": "autre", "from": 0, "label": "Autre"}]}
    parts = take_apart(tree)
    address = f"category/{tree['categories'][0]['id']}"
    assert off_grid(parts) == (address,)
    assert "levels" not in following_grid(parts, address).pieces[address]


def test_the_grid_says_whom_it_does_not_govern_and_is_given_to_all_of_them(
    client: LintingClient, owner: Session, space: Any
) -> None:
    tree = _renamed()
    draft = draft_of(owner, space, tree)
    base = open_as(client, editor(space), draft)
    page = client.get(f"{base}/grille").text
    assert "5 catégories ont leurs propres niveaux et ne suivent pas cette grille :" in plain(page)
    assert f'<a href="{base}/categories/energie#category-energie">' in page
    assert "Niveaux qui portent deux noms (5)" in plain(client.get(f"{base}/verification").text)
    fields = form_fields(page, "form-grid")
    fields["levels.1.label.fr"] = ["En route"]
    answer = client.post(f"{base}/modifier", data=fields, headers={"Accept": "application/json"}).get_json()
    assert "5 catégories" in answer["effect"]
    client.post(f"{base}/annuler")

    assert "ne suivent pas cette grille" not in _follow(client, base, "grid")
    assert off_grid(take_apart(tree_of(owner, draft))) == ()
    assert "Niveaux qui portent deux noms" not in plain(client.get(f"{base}/verification").text)
    client.post(f"{base}/annuler")
    assert tree_of(owner, draft) == tree


def test_one_category_follows_the_grid(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space, _renamed())
    base = open_as(client, editor(space), draft)
    page = plain(client.get(f"{base}/categories/energie").text)
    assert "niveaux propres" in page and "Suivre la grille commune" in page
    told = _follow(client, base, "category/energie")
    assert "Suivre la grille commune" not in told and "messages propres à chaque niveau" in told
    assert len(off_grid(take_apart(tree_of(owner, draft)))) == 4


def test_levels_that_the_grid_has_not_are_named_before_they_go_and_after(
    client: LintingClient, owner: Session, space: Any
) -> None:
    tree = factories.small_document()
    own = {"id": "champion", "from": Decimal("0.9"), "label": "Champion", "message": "Parlez-en autour de vous."}
    tree["categories"][0]["levels"] = [*tree["levels"], own]
    draft = draft_of(owner, space, tree)
    base = open_as(client, editor(space), draft)
    for address in ("grid", "category/energie"):
        sent = {"verb": "follow", "address": address}
        asked = client.post(f"{base}/operation", data=sent)
        told = plain(asked.text)
        assert asked.status_code == 409 and "Champion" in told and "Parlez-en autour de vous." in told
        assert tree_of(owner, draft) == tree
        assert "1 niveau est parti avec son message, « Champion »" in _follow(client, base, address)
        assert off_grid(take_apart(tree_of(owner, draft))) == ()
        client.post(f"{base}/annuler")


def test_all_that_a_category_loses_with_the_grid_is_told_under_the_words_of_the_button(
    client: LintingClient, owner: Session, space: Any
) -> None:
    tree = factories.small_document()
    first, second, third = tree["levels"]
    share = Decimal("0.35")
    tree["categories"][0]["levels"] = [first, {**second, "label": "Moyen énergie", "from": share, "message": "Bien."}]
    tree["categories"][1]["levels"] = [first, {**second, "from": share}, {**third, "label": "Champion"}]
    draft = draft_of(owner, space, tree)
    base = open_as(client, editor(space), draft)
    assert "Donner cette grille à toutes" in plain(client.get(f"{base}/grille").text)
    sent = {"verb": "follow", "address": "grid"}
    told = plain(client.post(f"{base}/operation", data=sent).text)
    assert "Donner cette grille à toutes ?</h1>" in told
    energy, waste = told[told.index("Énergie") :].split("Déchets</strong>")
    assert "« Moyen énergie » devient « Intermédiaire », et commence à 40 % au lieu de 35 %." in energy
    assert "« Avancé » s’ajoute, à partir de 80 %." in energy and "Bien." not in told
    assert "« Intermédiaire » commence à 40 % au lieu de 35 %." in waste
    assert "« Champion » devient « Avancé »." in waste and "Débutant" not in told
    assert tree_of(owner, draft) == tree
    done = _follow(client, base, "grid")
    assert "2 catégories suivent désormais la grille commune" in done
    assert "3 niveaux ont changé de nom ou de seuil. 1 niveau s’ajoute." in done
    after = tree_of(owner, draft)["categories"]
    assert [each.get("message") for each in after[0]["levels"]] == [None, "Bien.", None] and "levels" not in after[1]


def test_the_legend_of_the_bench_keeps_the_order_of_the_grids() -> None:
    assert legend([["a", "b", "c"], ["a", "bis", "c", "d"], ["a", "c", "aucun"]]) == [
        "a",
        "bis",
        "b",
        "c",
        "aucun",
        "d",
    ]


def test_a_level_that_moves_takes_the_share_of_its_new_place(client: LintingClient, owner: Session, space: Any) -> None:
    tree = factories.small_document()
    draft = draft_of(owner, space, tree)
    base = open_as(client, editor(space), draft)
    fields = form_fields(client.get(f"{base}/grille").text, "form-grid")
    client.post(f"{base}/modifier", data={**fields, "do": ["levels.1:up"]})
    levels = tree_of(owner, draft)["levels"]
    assert [each["from"] for each in levels] == [each["from"] for each in tree["levels"]]
    assert [each["id"] for each in levels][:2] == [tree["levels"][1]["id"], tree["levels"][0]["id"]]
    assert "Prêt à être publié" in plain(client.get(base).text)


def test_whoever_said_yes_to_fewer_changes_is_asked_again(client: LintingClient, owner: Session, space: Any) -> None:
    tree = factories.small_document()
    first, second, *others = tree["levels"]
    tree["categories"][0]["levels"] = [first, {**second, "label": "Moyen énergie"}, *others]
    draft = draft_of(owner, space, tree)
    base = open_as(client, editor(space), draft)
    sent = {"verb": "follow", "address": "grid"}
    asked = client.post(f"{base}/operation", data=sent).text
    assert "depuis que vous les avez lus" not in plain(asked)
    sent |= {"sure": re.findall(r'name="sure" value="(\w+)"', asked)[0]}
    # Meanwhile a colleague gives another category levels of its own.
    colleague = {**tree, "categories": [*tree["categories"]]}
    colleague["categories"][1] = {**tree["categories"][1], "levels": [{**first, "label": "Mot du collègue"}, *others]}
    owner.execute(update(Draft).where(Draft.id == draft.id).values(tree=colleague))
    owner.commit()
    again = client.post(f"{base}/operation", data=sent)
    assert again.status_code == 409
    assert "depuis que vous les avez lus" in plain(again.text) and "Mot du collègue" in plain(again.text)
    assert tree_of(owner, draft) == colleague
    assert "2 catégories suivent désormais la grille commune" in _follow(client, base, "grid")
