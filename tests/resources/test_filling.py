"""A new resource filled in from the page it leads to: asked once, proposed, never in the place of what was typed."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assett.core.db import db
from assett.resources import filling, links
from assett.resources.models import Resource
from tests.browsing import barriers, enter
from tests.linting import LintingClient
from tests.resources.arranging import Territory, national, own, territory
from tests.resources.sites import Site

EMPTY = {"title_fr": "", "title_en": "", "url": "", "type": "", "priority": "50", "partner": "0"}
PROPOSED = "Proposé d’après la page"


SITE = "Réparer ses machines | Agence des eaux"


def page_of(title: str = SITE, more: str = "", language: str = "fr") -> tuple[str, bytes]:
    head = f"<title>{title}</title><meta name=description content='Une aide de 30 %.'>{more}"
    page = f"<!doctype html><html lang={language}><head>{head}</head><body></body></html>"
    return "text/html; charset=utf-8", page.encode()


@pytest.fixture
def here(app: Flask, client: LintingClient, monkeypatch: pytest.MonkeyPatch) -> Territory:
    """A territory whose editor is signed in, and this machine taken for the public network."""
    monkeypatch.setitem(app.config, "PRIVATE_LINK_HOSTS", ("127.0.0.1",))
    found = territory()
    found.enter(client, found.editor)
    return found


def ask(client: LintingClient, here: Territory, **fields: str) -> str:
    """The form once the page was asked."""
    answer = client.post(here.url("/nouvelle"), data={**EMPTY, "do": "fill", **fields})
    assert answer.status_code == 200
    return unescape(answer.text).replace("\u00a0", " ")


def held(page: str, name: str) -> str:
    """What a field holds."""
    written = re.search(rf'<input[^>]* name="{name}"[^>]* value="([^"]*)"', page)
    long = re.search(rf'<textarea[^>]* name="{name}"[^>]*>\s*([^<]*)</textarea>', page)
    found = written or long
    assert found is not None, name
    return found[1].strip()


def proposals(page: str) -> dict[str, str]:
    return {f"proposed.{name}": text for name, text in re.findall(r'name="proposed\.(\w+)" value="([^"]*)"', page)}


def test_what_the_page_says_is_proposed_and_told_as_such(client: LintingClient, here: Territory, site: str) -> None:
    more = '<script type="application/ld+json">{"@type": "Event"}</script>'
    Site.pages = {"/aide": page_of(more=more)}
    page = ask(client, here, url=f"{site}/aide")
    assert held(page, "title_fr") == "Réparer ses machines" and held(page, "summary_fr") == "Une aide de 30 %."
    assert held(page, "provider_fr") == "Agence des eaux" and '<option selected value="event">' in page
    assert "Rempli d’après la page : Titre, Résumé, Proposée par, Type." in page and page.count(PROPOSED) == 4
    (asked,) = Site.asked
    assert asked[:2] == ("GET", "/aide") and asked[2].startswith("ASSETT-liens/1.0 (+")


def test_what_was_typed_stays(client: LintingClient, here: Territory, site: str) -> None:
    Site.pages = {"/aide": page_of()}
    typed = {"title_fr": "Nos mots", "summary_fr": "Nos lignes.", "provider_fr": "Nous", "type": "guide"}
    page = ask(client, here, url=f"{site}/aide", **typed)
    assert all(held(page, name) == typed[name] for name in ("title_fr", "summary_fr", "provider_fr"))
    assert '<option selected value="guide">' in page and PROPOSED not in page
    assert "Ce que vous aviez écrit reste" in page


def test_another_address_takes_back_what_the_first_page_had_proposed(
    client: LintingClient, here: Territory, site: str
) -> None:
    other = ("text/html", b"<title>Tout autre chose</title>")
    Site.pages = {"/aide": page_of(), "/autre": other}
    first = proposals(ask(client, here, url=f"{site}/aide"))
    assert set(first) == {"proposed.title_fr", "proposed.summary_fr", "proposed.provider_fr"}
    shown = {name.removeprefix("proposed."): text for name, text in first.items()}
    # One of the three is put into other words meanwhile: it is somebody's own from then on.
    page = ask(client, here, url=f"{site}/autre", **first, **{**shown, "provider_fr": "L’agence"})
    assert held(page, "title_fr") == "Tout autre chose"
    assert held(page, "summary_fr") == "" and held(page, "provider_fr") == "L’agence"
    assert set(proposals(page)) == {"proposed.title_fr"} and page.count(PROPOSED) == 1


def test_what_is_proposed_is_told_until_it_is_changed(client: LintingClient, here: Territory, site: str) -> None:
    Site.pages = {"/aide": page_of()}
    first = proposals(ask(client, here, url=f"{site}/aide"))
    shown = {name.removeprefix("proposed."): text for name, text in first.items()}
    again = {**EMPTY, "url": f"{site}/aide", **first, **shown, "title_fr": "Nos mots", "do": "for:add"}
    page = client.post(here.url("/nouvelle"), data=again).text
    assert page.count(PROPOSED) == 2 and 'name="proposed.title_fr"' not in page
    assert len(Site.asked) == 1


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/gone", "Le site dit que cette page n’existe pas. Remplissez la suite vous-même."),
        ("/file", "Cette adresse mène à un fichier, pas à une page à lire. Remplissez la suite vous-même."),
        ("/mute", "La page ne dit rien d’elle-même à reprendre ici."),
        ("/inside", "Cette adresse mène à un réseau privé"),
    ],
)
def test_why_nothing_is_filled_in_is_said_and_what_was_typed_stays(
    client: LintingClient, here: Territory, site: str, path: str, said: str
) -> None:
    Site.pages = {"/file": ("application/pdf", b"%PDF"), "/mute": ("text/html", b"\0\xff<title></title>")}
    page = ask(client, here, url=site + path, summary_fr="Nos lignes.")
    assert said in page and held(page, "summary_fr") == "Nos lignes." and held(page, "url") == site + path
    assert PROPOSED not in page and "à corriger" not in page


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "Indiquez d’abord l’adresse de la page."),
        ("pas une adresse", "Il faut l’adresse d’une page"),
        ("javascript:alert(1)", "Il faut l’adresse d’une page"),
        ("maison@ville.example", "C’est une adresse électronique"),
        ("http://127.0.0.1:x/", "Il faut l’adresse d’une page"),
        ("http://127.0.0.1:1/", "La connexion a échoué. Remplissez la suite vous-même."),
    ],
)
def test_what_leads_to_no_page_is_said_so(client: LintingClient, here: Territory, url: str, said: str) -> None:
    assert said in ask(client, here, url=url)


def test_what_is_in_the_base_already_is_told_with_it(client: LintingClient, here: Territory, site: str) -> None:
    Site.pages = {"/aide": page_of(), "/autre": page_of("Diagnostic énergie des commerces")}
    national("aide", title="L’aide nationale", url=f"{site}/aide")
    assert "L’aide nationale" in ask(client, here, url=f"{site}/aide")
    national("diagnostic", title="Le diagnostic énergie des commerces")
    page = ask(client, here, url=f"{site}/autre")
    assert "Elle ressemble à une ressource qui existe déjà" in page and "Le diagnostic énergie des commerces" in page


def test_a_page_in_english_fills_the_fields_in_english(
    app: Flask, client: LintingClient, here: Territory, owner: Session, site: str
) -> None:
    Site.pages = {"/help": page_of("Mend it", language="en-GB")}
    page = ask(client, here, url=f"{site}/help")
    bilingual = 'name="title_en"' in page
    assert "La page se dit en anglais." in page
    assert held(page, "title_en" if bilingual else "title_fr") == "Mend it"
    here.space.languages = ["fr"] if bilingual else ["fr", "en"]
    owner.merge(here.space)
    owner.commit()
    page = ask(client, here, url=f"{site}/help")
    assert held(page, "title_fr" if bilingual else "title_en") == "Mend it"


def test_what_is_longer_than_its_field_loses_its_last_words(client: LintingClient, here: Territory, site: str) -> None:
    Site.pages = {"/aide": page_of("mot " * 90)}
    title = held(ask(client, here, url=f"{site}/aide"), "title_fr")
    assert title.endswith("mot…") and 190 < len(title) <= 200


def test_no_address_is_followed_for_whoever_may_not_write(client: LintingClient, here: Territory, site: str) -> None:
    sent = {**EMPTY, "do": "fill", "url": f"{site}/here"}
    here.enter(client, here.reader)
    assert client.post(here.url("/nouvelle"), data=sent).status_code == 403
    here.enter(client, here.where.person)
    assert client.post(here.url("/nouvelle"), data=sent).status_code == 403
    assert Site.asked == []


def test_a_resource_that_is_there_is_not_filled_in_anew(client: LintingClient, here: Territory, site: str) -> None:
    row = own(here.space, "ici", url=f"{site}/here")
    assert "Remplir depuis cette page" not in client.get(here.url(f"/{row.id}/modifier")).text
    client.post(here.url(f"/{row.id}/modifier"), data={**EMPTY, "do": "fill", "url": f"{site}/here"})
    assert Site.asked == []


def test_so_many_pages_are_read_in_an_hour(
    client: LintingClient, here: Territory, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Site.pages = {"/aide": page_of()}
    monkeypatch.setattr(filling, "MOST_OF_ONE", 2)
    pages = [ask(client, here, url=f"{site}/aide") for _ in range(3)]
    assert "Rempli d’après la page" in pages[1] and "beaucoup de pages en une heure" in pages[2]
    assert len(Site.asked) == 2


def test_pages_are_read_one_at_a_time(app: Flask, client: LintingClient, here: Territory, site: str) -> None:
    with app.app_context(), db.engine.connect() as elsewhere:
        elsewhere.execute(select(func.pg_advisory_xact_lock(filling._ASKING, 0)))
        assert "Une autre page est en train d’être lue." in ask(client, here, url=f"{site}/aide")
    assert Site.asked == []


def test_nothing_of_the_database_is_held_while_a_page_is_waited_for(
    app: Flask, client: LintingClient, owner: Session, here: Territory, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Site.pages = {"/aide": page_of()}
    waiting: list[Any] = []
    read = links.Prober.read

    def watched(self: links.Prober, url: str) -> Any:
        waiting.append(db.session().in_transaction())
        return read(self, url)

    monkeypatch.setattr(links.Prober, "read", watched)
    assert held(ask(client, here, url=f"{site}/aide"), "title_fr") == "Réparer ses machines"
    assert waiting == [False]


def test_a_page_filled_in_is_asked_of_the_database_as_any_other(
    client: LintingClient, here: Territory, site: str, statements: list[str]
) -> None:
    Site.pages = {"/aide": page_of()}
    ask(client, here, url=f"{site}/aide")
    statements.clear()
    client.post(here.url("/nouvelle"), data={**EMPTY, "do": "show", "url": f"{site}/aide"})
    usual = len(statements)
    statements.clear()
    ask(client, here, url=f"{site}/aide")
    # Two counts, the turn to ask, and the space declared anew.
    assert len(statements) <= usual + 4


def test_it_is_saved_as_it_was_proposed(client: LintingClient, owner: Session, here: Territory, site: str) -> None:
    Site.pages = {"/aide": page_of()}
    found = proposals(ask(client, here, url=f"{site}/aide"))
    shown = {name.removeprefix("proposed."): text for name, text in found.items()}
    sent = {**EMPTY, "url": f"{site}/aide", **found, **shown}
    refused = client.post(here.url("/nouvelle"), data=sent)
    assert refused.status_code == 422 and "Choisissez un type." in refused.text and refused.text.count(PROPOSED) == 3
    assert client.post(here.url("/nouvelle"), data={**sent, "type": "guide"}).status_code == 303
    assert owner.scalars(select(Resource.entry)).one() | {"id": ""} == {
        "id": "", "title": "Réparer ses machines", "url": f"{site}/aide", "type": "guide",
        "summary": "Une aide de 30 %.", "provider": "Agence des eaux",
    }  # fmt: skip


def test_what_is_optional_is_folded_unless_it_is_filled_in(client: LintingClient, here: Territory) -> None:
    folds = r"<details class=\"fieldset fold base-fold\"( open)?>"
    assert re.findall(folds, client.get(here.url("/nouvelle")).text) == ["", ""]
    row = own(here.space, "ici", valid_until="2099-01-01")
    assert re.findall(folds, client.get(here.url(f"/{row.id}/modifier")).text) == ["", " open"]
    wrong = {**EMPTY, "contact": "c" * 201}
    assert re.findall(folds, client.post(here.url("/nouvelle"), data=wrong).text) == [" open", ""]


@pytest.mark.parametrize("javascript", [True, False])
def test_it_is_filled_in_from_the_keyboard(
    app: Flask, here: Territory, new_page: Any, live: str, site: str, javascript: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "is_public", lambda _address: True)
    Site.pages = {"/aide": page_of()}
    national("aide", title="L’aide nationale", url=f"{site}/aide")
    page = new_page(width=360, javascript=javascript)
    enter(app, page, here.editor, live)
    page.goto(here.url("/nouvelle"))
    page.get_by_label("Adresse", exact=True).fill(f"{site}/aide")
    page.get_by_label("Résumé (français)").fill("Nos lignes.")
    ask = page.get_by_role("button", name="Remplir depuis cette page")
    ask.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-filled]")).to_contain_text("Rempli d’après la page : Titre, Proposée par.")
    expect(page.get_by_label("Titre (français)")).to_have_value("Réparer ses machines")
    expect(page.get_by_label("Résumé (français)")).to_have_value("Nos lignes.")
    expect(page.locator("[data-twin=address]")).to_contain_text("L’aide nationale")
    if javascript:
        expect(ask).to_be_focused()
        assert barriers(page) == []


def test_what_is_typed_while_the_page_is_asked_stays(
    app: Flask, here: Territory, new_page: Any, live: str, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "is_public", lambda _address: True)
    Site.pages = {"/aide": page_of()}
    page = new_page(width=1280)
    enter(app, page, here.editor, live)
    page.goto(here.url("/nouvelle"), wait_until="networkidle")
    held: list[Any] = []
    asks = re.compile(r'name="do"\s+fill\s')
    page.route(
        "**/nouvelle",
        lambda route: held.append(route) if asks.search(route.request.post_data or "") else route.continue_(),
    )
    page.get_by_label("Adresse", exact=True).fill(f"{site}/aide")
    page.keyboard.press("Enter")
    expect(page.locator("[data-filled]")).to_have_text("Lecture de la page…")
    page.get_by_label("Titre (français)").fill("Nos mots")
    page.get_by_label("Résumé (français)").focus()
    held.pop().continue_()
    expect(page.locator("[data-filled]")).to_contain_text("Rempli d’après la page")
    expect(page.get_by_label("Titre (français)")).to_have_value("Nos mots")
    expect(page.get_by_label("Résumé (français)")).to_have_value("Une aide de 30 %.")
    expect(page.get_by_label("Résumé (français)")).to_be_focused()
