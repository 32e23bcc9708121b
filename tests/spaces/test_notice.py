"""The legal notice says who publishes and who hosts; what is missing is told to the manager, never to the public."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assett.core.settings import Host
from assett.spaces.models import Space
from tests.linting import LintingClient

LIST, PAGE, NOTICE = "/ici/reglages/textes", "/ici/reglages/textes/editeur", "/ici/mentions-legales"
SAID = {
    "publisher_address": "1 place de la Mairie, 86000 Poitiers",
    "publisher_phone": "05 36 49 00 12",
    "publication_director": "Ana Roy, maire",
}
HOST = Host("Nuage du Poitou", "4 rue du Lac, 86000 Poitiers", "01 99 00 00 78")


def hosted(app: Flask, monkeypatch: pytest.MonkeyPatch, host: Host) -> None:
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], host=host))


def body(client: LintingClient, address: str = NOTICE) -> str:
    text = client.get(address).text.replace("\xa0", " ")
    return text.partition("<main")[2].partition("</main>")[0]


def test_the_notice_says_all_that_was_told(
    app: Flask, at_work: LintingClient, space: Space, log: Callable[[str], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    hosted(app, monkeypatch, HOST)
    shown = body(at_work, LIST)
    assert "Il manque : l’adresse postale, le téléphone, le nom de la directrice" in shown
    assert "facultatif" not in body(at_work, PAGE)
    assert at_work.post(PAGE, data=SAID).location.endswith("/textes")
    assert "incomplètes" not in body(at_work, LIST)
    notice = body(at_work)
    for told in (*SAID.values(), HOST.name, HOST.address, HOST.phone, "equipe@example.org"):
        assert told in notice
    at_work.post("/langue", data={"language": "en", "next": "/ici/"})
    english = body(at_work)
    assert "Director of publication: Ana Roy, maire" in english and HOST.phone in english
    assert log("settings.publisher")[0]["after"] == SAID


def test_what_is_missing_is_no_hole_in_the_notice(at_work: LintingClient, space: Space) -> None:
    notice = body(at_work)
    assert "représentant légal" in notice
    for word in ("Adresse", "Téléphone", "Hébergement", "None"):
        assert word not in notice
    assert "qui héberge le site" in body(at_work, LIST)


def test_half_a_host_is_said_and_still_missing(
    app: Flask, at_work: LintingClient, space: Space, owner: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = owner.get_one(Space, space.id)
    for column, said in SAID.items():
        setattr(row, column, said)
    owner.commit()
    hosted(app, monkeypatch, Host("Nuage du Poitou"))
    assert "Nuage du Poitou" in body(at_work)
    shown = body(at_work, LIST)
    assert "Il manque qui héberge le site" in shown and "Il manque :" not in shown
    row.legal = {"notice": dict.fromkeys(row.languages, "La nôtre.")}
    owner.commit()
    assert "Il manque qui héberge le site" in body(at_work, LIST)


def test_a_notice_of_its_own_still_says_who_publishes_and_hosts(
    app: Flask, at_work: LintingClient, space: Space, owner: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosted(app, monkeypatch, HOST)
    row = owner.get_one(Space, space.id)
    row.legal = {"notice": {"fr": "## Titre\n\nLa nôtre.", "en": "Ours."}}
    owner.commit()
    # The page says nothing of the publisher yet: neither do the list nor the launch pretend that it does.
    assert "incomplètes" in body(at_work, LIST)
    for column, said in SAID.items():
        setattr(row, column, said)
    owner.commit()
    assert "incomplètes" not in body(at_work, LIST)
    notice = body(at_work)
    assert "La nôtre." in notice and "logiciel libre" not in notice
    assert all(said in notice for said in (*SAID.values(), HOST.name, "equipe@example.org"))
    previewed = at_work.post(f"{LIST}/notice", data={"text": "Essai.", "intent": "preview"}).text
    assert "qui l’héberge, comme la loi le veut" in previewed
    assert SAID["publisher_address"] in previewed.partition('id="apercu"')[2].partition("<details")[0]
    at_work.post("/langue", data={"language": "en", "next": "/ici/"})
    assert "Ours." in body(at_work) and "Director of publication: Ana Roy, maire" in body(at_work)


def test_a_number_that_is_none_is_refused_and_stays_typed(at_work: LintingClient, space: Space) -> None:
    at_work.get(PAGE)
    refused = at_work.post(PAGE, data={**SAID, "publisher_phone": "au standard"})
    assert refused.status_code == 422
    assert 'value="au standard"' in refused.text and "s’écrit en chiffres" in refused.text
