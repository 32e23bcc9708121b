"""A try-out that an account has by now, in the browser it was begun in: told where it went, shown nothing of it."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.assessments.models import Answer, Assessment
from tests.accounts.mailbox import last_mail, links
from tests.accounts.test_sign_up import EMAIL, NEW
from tests.assessments.arranging import Place, fields, place
from tests.assessments.test_attach import attach
from tests.assessments.test_journey import answer
from tests.assessments.test_reread import page_of
from tests.assessments.test_tryouts import elsewhere, tried
from tests.factories import MembershipFactory
from tests.linting import LintingClient

SAID = "Votre essai est maintenant dans votre compte : connectez-vous pour continuer."
Tried = tuple[Place, str, Person]


@pytest.fixture
def handed(client: LintingClient, app: Flask, owner: Session) -> Tried:
    """Begun and signed up for on a phone (the client), confirmed on another device."""
    where = place()
    url = tried(client, where)
    door = where.url("inscription")
    client.get(door)
    assert client.post(door, data=NEW).status_code == 303
    [link] = links(last_mail(owner, EMAIL))
    device = app.test_client()
    device.get(link)
    assert device.post(link, data={"password": NEW["password"]}).status_code == 303
    person = owner.scalars(select(Person).where(Person.email == EMAIL)).one()
    return where, url, person


def plain(page: str) -> str:
    return page.replace("\xa0", " ")


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)"[^>]*? value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found if name != "csrf_token"}


def sign_in(client: LintingClient, where: Place, **more: str):
    return client.post(where.url("connexion"), data={"email": EMAIL, "password": NEW["password"], **more})


@pytest.mark.parametrize("brought", [False, True], ids=["in the account", "in a structure"])
def test_every_page_leads_to_sign_in_and_back(
    client: LintingClient, app: Flask, owner: Session, handed: Tried, brought: bool
) -> None:
    where, url, person = handed
    if brought:
        MembershipFactory(organization=where.participation.organization, person=person)
        device = elsewhere(app, where, person)
        device.get(where.url("structures"))
        assert attach(device, url, where.participation).status_code == 303
    for page in ("", "resultat", "detail", "categorie/energie", "profil", "terminer", "abandonner", "nouvelle-version"):
        turned = client.get(f"{url}{page}")
        assert turned.status_code == 302 and turned.location == f"{where.url('connexion')}?next={quote(url + page)}"
        told = plain(client.get(turned.location).text)
        assert SAID in told and "Énergie" not in told and "consommations" not in told
    page = plain(page_of(client, where.url("essai")))
    assert SAID in page and f'{where.url("connexion")}?next={quote(url)}"' in page
    assert "Vous avez déjà commencé" not in page
    # Signing in is the one thing to do first.
    assert re.findall(r'class="button"', page) == ['class="button"'] and "Commencer une nouvelle évaluation" in page
    assert sign_in(client, where, next=f"{url}resultat").location == f"{url}resultat"
    assert client.get(f"{url}resultat").status_code == 200
    assert SAID not in plain(page_of(client, where.url("essai")))


def test_an_answer_sent_by_itself_is_told_and_not_saved(client: LintingClient, owner: Session, handed: Tried) -> None:
    where, url, _ = handed
    late = answer(client, url, "part", "50")
    assert late.status_code == 401 and plain(late.json["said"]) == SAID
    assert late.json["label"] == "Se connecter et reprendre ici"
    assert late.json["sign_in"].startswith(where.url("connexion"))
    assert owner.scalars(select(Answer).where(Answer.question == "part")).all() == []


def test_a_page_sent_as_a_whole_comes_back_after_signing_in(
    client: LintingClient, owner: Session, handed: Tried
) -> None:
    where, url, _ = handed
    late = client.post(f"{url}categorie/energie", data=fields(part="50"))
    page = plain(late.text)
    assert late.status_code == 401 and SAID in page and "ce que vous aviez saisi est gardé" in page
    assert "Votre session est terminée" not in page
    resumed = sign_in(client, where, **hidden(late.text))
    assert resumed.status_code == 200 and f'action="{url}categorie/energie"' in resumed.text
    assert client.post(f"{url}categorie/energie", data=hidden(resumed.text)).status_code == 303
    assert owner.scalars(select(Answer.value).where(Answer.question == "part")).one() == {"v": 50}
    # What this browser kept of what was typed before is taken up by the page.
    assert "data-visitor-key=" in page_of(client, f"{url}categorie/energie")


def test_another_s_id_says_nothing(client: LintingClient, app: Flask, owner: Session, handed: Tried) -> None:
    where, url, _ = handed
    guessing = app.test_client()
    with guessing.session_transaction() as session:
        session["trials"] = {re.findall(r"\d+", url)[-1]: "devine"}
    for page in ("", "resultat", "categorie/energie"):
        assert guessing.get(f"{url}{page}").status_code == 404
    assert answer(guessing, url, "part", "50").status_code == 404
    assert guessing.post(f"{url}categorie/energie", data=fields(part="50")).status_code == 404
    assert SAID not in plain(guessing.get(where.url("essai")).text)
    # Nor where its author is gone: there is no account to sign in to.
    kept = owner.scalars(select(Assessment)).one()
    kept.started_by = None
    owner.commit()
    assert client.get(f"{url}resultat").status_code == 404
    assert "data-visitor-key=" not in page_of(elsewhere(app, where), where.url("essai"))
