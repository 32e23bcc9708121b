"""The national base taken in and a rude workbook brought, by somebody at a screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.studio.models import Draft
from tests import factories
from tests.browsing import barriers, enter
from tests.formats import rude
from tests.studio.test_editing import editor, tree_of
from tests.studio.test_living_base import following, national, newer, own


def at_work(app: Flask, page: Any, live: str, space: Any) -> None:
    enter(app, page, editor(space), live)


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (360, True), (360, False)])
def test_a_base_update_with_a_conflict(
    app: Flask, owner: Session, space: Any, new_page: Any, live: str, width: int, javascript: bool
) -> None:
    first, second = national(owner, factories.small_document(), newer())
    draft = following(owner, space, own(), first)
    factories.QuestionnaireVersionFactory(space_id=space.id, document=own(), upstream_id=first.id)
    page = new_page(width=width, javascript=javascript)
    at_work(app, page, live, space)
    page.goto("/poitiers/atelier/")
    expect(page.get_by_text("2 nouveautés, 1 conflit")).to_be_visible()
    page.get_by_role("link", name="Voir ce qu’elle apporte").click()
    expect(page.get_by_role("heading", name="Socle national", level=1)).to_be_visible()
    conflict = page.locator("#questions-suivi")
    expect(conflict.locator("mark")).to_have_text(["d’énergie chaque mois", "d’énergie à Poitiers"])
    if javascript:
        assert barriers(page) == []
    conflict.get_by_label("Prendre celui du socle").check()
    page.locator("#questions-objectif").get_by_label("Ne pas l’ajouter").check()
    page.get_by_role("button", name="Appliquer ces choix").click()
    expect(page.get_by_text("suit maintenant la dernière version")).to_be_visible()
    tree = tree_of(owner, draft)
    energy, waste = tree["categories"]
    assert [each["title"] for each in energy["questions"]] == [newer()["categories"][0]["questions"][0]["title"]]
    assert [each["id"] for each in waste["questions"]] == ["tri", "compost"]
    assert owner.scalars(select(Draft.upstream_id)).one() == second.id
    page.get_by_role("button", name="Annuler").first.click()
    expect(page.get_by_text("2 nouveautés, 1 conflit")).to_be_visible()
    owner.rollback()
    assert tree_of(owner, draft) == own()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_rude_workbook(
    app: Flask, owner: Session, space: Any, new_page: Any, live: str, width: int, tmp_path: Path
) -> None:
    def edit(book: Workbook) -> None:
        rude.cell(book["Questions"], "km", "Poids").value = "lourd"
        rude.cell(book["Questions"], "suivi", "Poids").value = "=1+1"
        book["Niveaux"].sheet_state = "hidden"
        book["Ressources"].merge_cells("B2:B3")

    picture, bomb, workbook = tmp_path / "photo.xlsx", tmp_path / "lourd.xlsx", tmp_path / "grille.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 99)
    bomb.write_bytes(b"PK\x03\x04" + b"\0" * 14 * 1024**2)
    workbook.write_bytes(rude.edited(edit))
    page = new_page(width=width)
    at_work(app, page, live, space)
    page.goto("/poitiers/atelier/importer")
    for file, words in ((picture, "n’est pas un classeur XLSX"), (bomb, "dépasse la limite de 10 Mo")):
        page.get_by_label("Fichier").set_input_files(file)
        page.get_by_role("button", name="Lire le fichier").click()
        expect(page.get_by_role("alert")).to_contain_text(words)
        expect(page.get_by_role("button", name="Lire le fichier")).to_be_visible()
    assert barriers(page) == []
    page.get_by_label("Fichier").set_input_files(workbook)
    page.get_by_role("button", name="Lire le fichier").click()
    expect(page.get_by_text("il faut un nombre, pas « lourd »", exact=False)).to_be_visible()
    expect(page.get_by_text("fusionnées")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="En faire un brouillon").click()
    expect(page.get_by_text("Le fichier est devenu un brouillon")).to_be_visible()
    assert len(owner.scalars(select(Draft)).all()) == 1
