"""The settings in a real browser: on a phone, without JavaScript, and the preview that follows with it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.spaces.models import Space
from tests.browsing import barriers, enter, whole
from tests.factories import QuestionnaireVersionFactory
from tests.spaces.conftest import picture

PAGES = (
    "reglages/accueil",
    "reglages/apparence",
    "reglages/textes/notice",
    "reglages/charte/brouillon",
    "lancement",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_a_phone_and_everybody(
    app: Flask, new_page: Any, live: str, space: Space, manager: Person, scheme: str
) -> None:
    page = new_page(width=360, color_scheme=scheme, reduced_motion="reduce")
    enter(app, page, manager, live)
    found = []
    for path in (
        "reglages/accueil",
        "reglages/apparence",
        "reglages/textes/notice",
        "reglages/charte/brouillon",
        "lancement",
    ):
        page.goto(f"/ici/{path}")
        found += barriers(page)
    assert found == []


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("programme", ["Anticonstitutionnellement" * 3, "Les actrices et les acteurs engagés du " * 2])
def test_a_long_name_crowds_no_header(
    app: Flask, new_page: Any, live: str, space: Space, manager: Person, owner: Session, width: int, programme: str
) -> None:
    owner.get_one(Space, space.id).programme = programme.strip()[:80]
    owner.commit()
    page = new_page(width=width)
    enter(app, page, manager, live)
    page.goto("/ici/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".masthead").bounding_box()["height"] < 130
    tops = {box["y"] for box in (link.bounding_box() for link in page.locator(".masthead nav a").all()) if box}
    assert width < 1280 or len(tops) == 1


def test_an_ordinary_name_is_read_whole(app: Flask, new_page: Any, live: str, space: Space, owner: Session) -> None:
    """In the widest of our fonts, it takes three lines."""
    here = owner.get_one(Space, space.id)
    here.programme, here.theme = "Les pionniers du climat", "mel"
    owner.commit()
    page = new_page(width=360)
    page.goto("/ici/")
    assert page.locator(".brand-name").evaluate("name => name.scrollHeight <= name.clientHeight + 1")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_preview_shows_the_name_as_the_pages_do(
    app: Flask, new_page: Any, live: str, space: Space, manager: Person, width: int
) -> None:
    """The header of a wide screen keeps a third of it for the name; a preview is no header."""
    page = new_page(width=width)
    enter(app, page, manager, live)
    page.goto("/ici/reglages/apparence")
    logo = {"name": "logo.png", "mimeType": "image/png", "buffer": picture((400, 200), "PNG").getvalue()}
    page.locator("[name=picture]").set_input_files(logo)
    page.get_by_role("button", name="Garder cet essai").click()
    names = page.locator(".specimen:has(.brand-logo) .brand-name")
    expect(names).to_have_count(2)
    for name in names.all():
        assert name.evaluate("name => name.scrollHeight <= name.clientHeight + 1")
        assert name.bounding_box()["height"] < 60, "two lines at most for « Acteurs engagés »"


def test_the_home_is_written_on_a_phone_without_javascript(
    app: Flask, new_page: Any, live: str, space: Space, manager: Person
) -> None:
    page = new_page(width=360, javascript=False)
    enter(app, page, manager, live)
    page.goto("/ici/reglages/accueil")
    page.get_by_label("Phrase d’ouverture").fill("Ici, on agit.")
    for number, title in enumerate(("Deuxième", "Première"), 1):
        page.get_by_role("button", name="Ajouter une partie").click()
        part = page.get_by_role("group", name=f"Partie {number}")
        part.get_by_label("Titre").fill(title)
        part.get_by_label("Texte").fill(f"Le texte de {title}.")
    page.get_by_role("button", name="Monter la partie 2").click()
    expect(page.get_by_role("group", name="Partie 1").get_by_label("Titre")).to_have_value("Première")
    page.get_by_role("button", name="Enregistrer", exact=True).last.click()
    expect(page.get_by_text("C’est enregistré")).to_be_visible()
    page.goto("/ici/")
    expect(page.get_by_text("Ici, on agit.")).to_be_visible()
    headings = page.get_by_role("heading", level=2).all_inner_texts()
    assert headings[:2] == ["Première", "Deuxième"]


def colour_of(page: Any, selector: str, name: str = "background-color") -> str:
    return str(
        page.locator(selector).first.evaluate(f"element => getComputedStyle(element).getPropertyValue('{name}')")
    )


def test_without_javascript_see_then_publish(
    app: Flask, new_page: Any, live: str, space: Space, manager: Person
) -> None:
    QuestionnaireVersionFactory(space_id=space.id)
    page = new_page(width=360, javascript=False)
    enter(app, page, manager, live)
    page.goto("/ici/reglages/apparence")
    page.get_by_role("group", name="Le jour").get_by_label("Couleur", exact=True).fill("#aa0000")
    page.get_by_role("button", name="Garder cet essai").click()
    expect(page.locator(".specimen-light .button").first).to_have_css("background-color", "rgb(170, 0, 0)")
    visitor = new_page()
    visitor.goto("/ici/")
    assert colour_of(visitor, ".button") != "rgb(170, 0, 0)"
    page.get_by_role("button", name="Publier l’apparence").click()
    expect(page.get_by_role("status")).to_be_in_viewport()
    visitor.reload()
    expect(visitor.locator(".button").first).to_have_css("background-color", "rgb(170, 0, 0)")


def test_the_preview_follows_each_choice(app: Flask, new_page: Any, live: str, space: Space, manager: Person) -> None:
    page = new_page()
    enter(app, page, manager, live)
    page.goto("/ici/reglages/apparence")
    page.get_by_role("group", name="Le jour").get_by_label("Couleur", exact=True).fill("#aa0000")
    button = page.locator(".specimen-light .button").first
    expect(button).to_have_css("background-color", "rgb(170, 0, 0)")
    page.get_by_role("group", name="La nuit").get_by_label("Fond", exact=True).fill("#ffffff")
    expect(page.get_by_text("Fond de la nuit")).to_be_visible()
    page.get_by_role("group", name="La nuit").get_by_label("Fond", exact=True).fill("#101010")
    expect(page.get_by_text("Fond de la nuit")).to_have_count(0)
    # Nothing of it was kept.
    page.reload()
    expect(page.get_by_role("group", name="Le jour").get_by_label("Couleur", exact=True)).not_to_have_value("#aa0000")


def test_a_logo_is_seen_as_soon_as_it_is_chosen(
    app: Flask, new_page: Any, live: str, space: Space, manager: Person
) -> None:
    page = new_page(width=360)
    enter(app, page, manager, live)
    page.goto("/ici/reglages/apparence")
    emblems = page.locator(".specimen .brand img").evaluate_all("images => images.map(image => image.src)")
    field = page.locator("[name=picture]")

    def choose(size: tuple[int, int]) -> None:
        content = picture(size, "PNG").getvalue()
        field.set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": content})

    choose((2400, 160))
    expect(page.locator(".specimen .brand-logo")).to_have_count(2)
    width = "image => image.complete && image.naturalWidth"
    assert page.locator(".specimen .brand-logo").first.evaluate(width) == 480
    expect(page.get_by_text("15 fois plus large que haut")).to_be_visible()
    choose((400, 200))
    expect(page.get_by_text("fois plus large que haut")).to_be_hidden()
    # Put back, and no picture at all: what stood there stands there again.
    for content in ([], {"name": "logo.png", "mimeType": "image/png", "buffer": b"none"}):
        choose((2400, 160))
        expect(page.locator(".specimen .brand-logo")).to_have_count(2)
        field.set_input_files(content)
        expect(page.locator(".specimen .brand-logo")).to_have_count(0)
        found = page.locator(".specimen .brand img").evaluate_all("images => images.map(image => image.src)")
        assert found == emblems
    # Nothing of it was kept.
    page.reload()
    expect(page.locator(".specimen .brand-logo")).to_have_count(0)


def test_what_is_half_typed_is_not_left_unawares(
    app: Flask, new_page: Any, live: str, space: Space, manager: Person
) -> None:
    page = new_page()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    enter(app, page, manager, live)

    def leave() -> int:
        """How often the browser asks when one goes elsewhere by the menu."""
        asked.clear()
        page.get_by_role("link", name="Langues", exact=True).click()
        page.wait_for_timeout(300)
        return len(asked)

    def begin() -> None:
        page.goto("/ici/reglages/charte/brouillon")
        whole(page)
        page.get_by_label("Titre (français)").click()

    begin()
    assert leave() == 0 and page.url.endswith("/langues")
    begin()
    page.keyboard.type("Notre charte")
    assert leave() == 1 and page.url.endswith("/brouillon")
    # What is sent and drawn again is still kept nowhere.
    page.get_by_role("button", name="Partir d’un modèle").click()
    expect(page.get_by_label("Titre (français)")).to_have_value("Notre charte")
    page.get_by_label("Titre (français)").click()
    assert leave() == 1 and page.url.endswith("/brouillon")
    page.get_by_role("button", name="Enregistrer le brouillon", exact=True).last.click()
    expect(page.get_by_role("status")).to_be_visible()
    assert len(asked) == 1 and leave() == 0 and page.url.endswith("/langues")


def test_a_colour_is_typed_or_picked_and_each_follows_the_other(
    app: Flask, new_page: Any, live: str, space: Space, manager: Person
) -> None:
    page = new_page(width=360)
    enter(app, page, manager, live)
    page.goto("/ici/reglages/apparence")
    whole(page)
    typed, picker = page.get_by_label("Couleur", exact=True).first, page.get_by_label("Couleur, à choisir").first
    accent = "specimen => specimen.style.getPropertyValue('--accent')"
    picker.fill("#7a1f5c")
    expect(typed).to_have_value("#7a1f5c")
    typed.fill("1D6B4F")
    expect(picker).to_have_value("#1d6b4f")
    expect(page.locator("[data-specimen=light]")).to_have_attribute("style", re.compile("#1d6b4f"))
    typed.fill("vert")
    expect(page.get_by_text("Ce n’est pas une couleur")).to_have_count(0)
    typed.blur()
    expect(page.get_by_text("Ce n’est pas une couleur")).to_be_visible()
    expect(typed).to_have_attribute("aria-invalid", "true")
    assert page.locator("[data-specimen=light]").evaluate(accent) == "#1d6b4f"
    assert barriers(page) == []
    picker.fill("#0a5c8f")
    expect(page.get_by_text("Ce n’est pas une couleur")).to_have_count(0)
    page.get_by_role("button", name="Garder cet essai").click()
    expect(page.get_by_label("Couleur", exact=True).first).to_have_value("#0a5c8f")


def test_without_javascript_the_colour_that_was_touched_counts(
    app: Flask, new_page: Any, live: str, space: Space, manager: Person
) -> None:
    page = new_page(javascript=False)
    enter(app, page, manager, live)
    page.goto("/ici/reglages/apparence")
    paper = page.get_by_label("Fond", exact=True).first
    page.get_by_label("Couleur, à choisir").first.fill("#7a1f5c")
    paper.fill("crème")
    page.get_by_role("button", name="Garder cet essai").click()
    expect(page.get_by_label("Couleur", exact=True).first).to_have_value("#7a1f5c")
    expect(paper).to_have_value("crème")
    expect(page.locator(".field-invalid")).to_have_text(re.compile("Fond.*Ce n’est pas une couleur", re.DOTALL))
    paper.fill("#fdf6e3")
    page.get_by_role("button", name="Garder cet essai").click()
    expect(paper).to_have_value("#fdf6e3")
    expect(page.get_by_text("Ce n’est pas une couleur")).to_have_count(0)
