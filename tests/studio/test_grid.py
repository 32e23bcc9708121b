"""The common grid of levels, and the categories that have their own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from assett.core.settings import ROOT
from assett.engine.drafting.grid import following_grid, off_grid
from assett.engine.drafting.pieces import GRID, put_together, take_apart
from assett.engine.reading import check_document
from assett.engine.trial import legend
from assett.formats.files import load
from tests import factories
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, open_as, tree_of
from tests.studio.browsing import form_fields, plain


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

    told = client.post(f"{base}/operation", data={"verb": "follow", "address": "grid"}, follow_redirects=True)
    assert "ne suivent pas cette grille" not in plain(told.text)
    assert off_grid(take_apart(tree_of(owner, draft))) == ()
    assert "Niveaux qui portent deux noms" not in plain(client.get(f"{base}/verification").text)
    client.post(f"{base}/annuler")
    assert tree_of(owner, draft) == tree


def test_one_category_follows_the_grid(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space, _renamed())
    base = open_as(client, editor(space), draft)
    page = plain(client.get(f"{base}/categories/energie").text)
    assert "niveaux propres" in page and "Suivre la grille commune" in page
    sent = {"verb": "follow", "address": "category/energie"}
    told = plain(client.post(f"{base}/operation", data=sent, follow_redirects=True).text)
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
    assert "sauf ceux d’un niveau que cette grille n’a pas" in plain(client.get(f"{base}/grille").text)
    for address in ("grid", "category/energie"):
        sent = {"verb": "follow", "address": address}
        asked = client.post(f"{base}/operation", data=sent)
        told = plain(asked.text)
        assert asked.status_code == 409 and "Champion" in told and "Parlez-en autour de vous." in told
        assert tree_of(owner, draft) == tree
        done = client.post(f"{base}/operation", data=sent | {"sure": "1"}, follow_redirects=True)
        assert "1 niveau est parti avec son message, « Champion »" in plain(done.text)
        assert off_grid(take_apart(tree_of(owner, draft))) == ()
        client.post(f"{base}/annuler")


def test_the_legend_of_the_bench_keeps_the_order_of_the_grids() -> None:
    assert legend([["a", "b", "c"], ["a", "bis", "c", "d"], ["a", "c", "aucun"]]) == [
        "a",
        "bis",
        "b",
        "c",
        "aucun",
        "d",
    ]
