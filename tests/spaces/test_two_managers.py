"""Two managers at the same settings: nobody's work is lost, and what both changed is chosen by one of them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask

from assett.spaces.models import Space
from tests.factories import PersonFactory, SpaceRoleFactory
from tests.linting import LintingClient
from tests.spaces.conftest import picture, typed, undo

Read = Callable[[Space], Space]
NAMES = {"name": "Val Clair", "programme": "Acteurs engagés", "contact_email": "equipe@example.org"}


@pytest.fixture
def colleague(app: Flask, space: Space) -> LintingClient:
    client = app.test_client()
    assert isinstance(client, LintingClient)
    client.sign_in(SpaceRoleFactory(space_id=space.id, person=PersonFactory()).person)
    return client


def open_page(client: LintingClient, page: str) -> dict[str, str]:
    """Open a page of the settings; gives what its form says that one saw."""
    return typed(client.get(f"/ici/reglages{page}").text)


def save(client: LintingClient, page: str, **data: Any) -> Any:
    return client.post(f"/ici/reglages{page}", data=data)


def choice(answer: Any, button: str) -> dict[str, str]:
    """What one of the buttons of the page of a clash sends."""
    form = next(each for each in re.findall(r"<form.*?</form>", answer.text, re.DOTALL) if button in each)
    return {name: html.unescape(value) for name, value in re.findall(r'name="([\w-]+)" value="([^"]*)"', form)}


def test_what_i_did_not_touch_stays_as_a_colleague_made_it(
    at_work: LintingClient, colleague: LintingClient, space: Space, now_is: Read
) -> None:
    mine, theirs = open_page(at_work, ""), open_page(colleague, "")
    assert save(colleague, "", **{**NAMES, "programme": "Les pionniers"}, **theirs).status_code == 303
    assert save(at_work, "", **{**NAMES, "name": "Val Clair et Bois"}, **mine).status_code == 303
    kept = now_is(space)
    assert (kept.name, kept.programme) == ("Val Clair et Bois", "Les pionniers")


@pytest.mark.parametrize(("button", "kept"), [("Garder la mienne", "Mien"), ("Garder la sienne", "Sien")])
def test_what_both_changed_is_chosen(
    at_work: LintingClient, colleague: LintingClient, space: Space, now_is: Read, button: str, kept: str
) -> None:
    mine, theirs = open_page(at_work, ""), open_page(colleague, "")
    save(colleague, "", **{**NAMES, "programme": "Sien"}, **theirs)
    clash = save(at_work, "", **{**NAMES, "programme": "Mien", "name": "Ici"}, **mine)
    assert clash.status_code == 409 and "Sien" in clash.text and "Mien" in clash.text
    assert (now_is(space).programme, now_is(space).name) == ("Sien", "Val Clair")
    assert at_work.post("/ici/reglages", data=choice(clash, button)).status_code == 303
    # What nobody disputed is kept with either.
    assert (now_is(space).programme, now_is(space).name) == (kept, "Ici")


def test_a_choice_is_between_the_two_that_were_shown(
    at_work: LintingClient, colleague: LintingClient, space: Space, now_is: Read
) -> None:
    mine, theirs = open_page(at_work, ""), open_page(colleague, "")
    save(colleague, "", **{**NAMES, "programme": "Sien"}, **theirs)
    clash = save(at_work, "", **{**NAMES, "programme": "Mien"}, **mine)
    save(colleague, "", **{**NAMES, "programme": "Sien encore"}, **open_page(colleague, ""))
    again = at_work.post("/ici/reglages", data=choice(clash, "Garder la mienne"))
    assert again.status_code == 409 and "Sien encore" in again.text
    assert now_is(space).programme == "Sien encore"


@pytest.mark.parametrize(
    ("page", "theirs", "mine"),
    [
        ("/accueil?langue=fr", {"lead": "Sien"}, {"lead": "Mien"}),
        (
            "/accueil?langue=fr",
            {"sections-0-title": "Sien", "sections-0-text": "a"},
            {"sections-0-title": "Mien", "sections-0-text": "a"},
        ),
        ("/textes/notice?langue=fr", {"text": "Sien"}, {"text": "Mien"}),
        ("/ouverture", {"opens_on": "2023-05-04"}, {"opens_on": "2022-03-01"}),
        ("/adresse", {"hostname": "sien.exemple.fr"}, {"hostname": "mien.exemple.fr"}),
        ("/charte/brouillon", {"title_fr": "Sien", "text_fr": "a"}, {"title_fr": "Mien", "text_fr": "a"}),
    ],
)
def test_no_settings_are_overwritten(
    at_work: LintingClient,
    colleague: LintingClient,
    space: Space,
    page: str,
    theirs: dict[str, str],
    mine: dict[str, str],
) -> None:
    sight, other = open_page(at_work, page), open_page(colleague, page)
    assert save(colleague, page, **theirs, **other).status_code == 303
    before = open_page(colleague, page)["seen"]
    assert save(at_work, page, **mine, **sight).status_code == 409
    assert open_page(colleague, page)["seen"] == before


def test_the_same_word_twice_is_no_clash(at_work: LintingClient, colleague: LintingClient, space: Space) -> None:
    mine, theirs = open_page(at_work, "/textes/notice"), open_page(colleague, "/textes/notice")
    save(colleague, "/textes/notice", text="Nous.", **theirs)
    assert save(at_work, "/textes/notice", text="Nous.", **mine).status_code == 303


def test_two_at_the_very_same_instant(
    app: Flask, at_work: LintingClient, colleague: LintingClient, space: Space, now_is: Read
) -> None:
    there, answers = Barrier(2, timeout=30), []

    def send(client: LintingClient, name: str) -> None:
        seen = open_page(client, "")
        there.wait()
        answers.append(save(client, "", **{**NAMES, "name": name}, **seen).status_code)

    threads = [Thread(target=send, args=each) for each in ((at_work, "Un"), (colleague, "Deux"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409]


def test_a_photo_takes_the_place_of_the_one_that_was_seen(
    at_work: LintingClient, colleague: LintingClient, space: Space, now_is: Read
) -> None:
    page = "/accueil/photo"
    mine, theirs = open_page(at_work, page), open_page(colleague, page)

    def send(client: LintingClient, size: tuple[int, int], seen: dict[str, str]) -> Any:
        data = {"picture": (picture(size), "a.jpg"), "alt": "Le marché", **seen}
        return client.post(f"/ici/reglages{page}", data=data, content_type="multipart/form-data")

    assert send(colleague, (400, 300), theirs).status_code == 303
    refused = send(at_work, (300, 300), mine)
    assert refused.status_code == 422 and "Quelqu’un vient de changer cette image" in refused.text
    assert now_is(space).photo["width"] == 400
    assert send(at_work, (300, 300), typed(refused.text)).status_code == 303


def test_an_undo_takes_back_what_its_page_named_and_only_once(
    at_work: LintingClient, colleague: LintingClient, space: Space, now_is: Read
) -> None:
    save(at_work, "", **{**NAMES, "name": "Un"}, **open_page(at_work, ""))
    shown = at_work.get("/ici/reglages").text
    assert "Nom : « Val Clair »" in shown.replace("\xa0", " ")
    entry = re.search(r'name="entry" value="(\d+)"', shown)
    assert entry
    save(colleague, "", **{**NAMES, "name": "Deux"}, **open_page(colleague, ""))
    at_work.post("/ici/reglages/retablir/names", data={"entry": entry.group(1)})
    assert now_is(space).name == "Deux"
    assert "Un autre changement est venu entre-temps" in at_work.get("/ici/reglages").text
    # Pressed twice, it does not bring back what was just taken away.
    last = str(int(entry.group(1)) + 1)
    for _ in range(2):
        at_work.post("/ici/reglages/retablir/names", data={"entry": last})
    assert now_is(space).name == "Un"


def test_an_undo_stays_on_its_page(at_work: LintingClient, space: Space, now_is: Read) -> None:
    at_work.get("/ici/reglages")
    save(at_work, "/textes/privacy?langue=en", text="Ours.")
    assert "Revenir à ce qui était avant" not in at_work.get("/ici/reglages/textes/notice?langue=fr").text
    assert "Revenir à ce qui était avant" in at_work.get("/ici/reglages/textes/privacy?langue=en").text
    assert "Données personnelles › English" in at_work.get("/ici/reglages/textes").text
    undo(at_work, "legal", "textes")
    assert now_is(space).legal == {}


@pytest.mark.parametrize(
    ("page", "drop", "theirs"),
    [
        ("/apparence", "/apparence/abandonner", {"intent": "try"}),
        ("/apparence", "/apparence/theme-de-base", {"intent": "try"}),
        ("/charte/brouillon", "/charte/brouillon/abandonner", {"title_fr": "Sien", "text_fr": "a", "intent": "save"}),
    ],
)
def test_nobody_gives_up_what_a_colleague_has_just_written(
    at_work: LintingClient, colleague: LintingClient, space: Space, page: str, drop: str, theirs: dict[str, str]
) -> None:
    colours = {f"{mode}_{name}": "#224466" for mode in ("light", "dark") for name in ("accent", "paper", "ink")}
    filled = {**colours, "headings": "serif", "radius": "0rem", **theirs} if page == "/apparence" else theirs
    mine = open_page(at_work, page)
    assert save(colleague, page, **filled, **open_page(colleague, page)).status_code == 303
    written = open_page(colleague, page)["seen"]
    assert save(at_work, drop, seen=mine["seen"]).status_code == 303
    assert open_page(colleague, page)["seen"] == written
    assert "Rien n’a été abandonné" in at_work.get(f"/ici/reglages{page}").text
    save(at_work, drop, seen=written)
    assert open_page(colleague, page)["seen"] != written
