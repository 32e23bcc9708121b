"""The settings: each part changed by a manager, written in the log, put back; nobody else's to change."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.core.db import db
from assett.core.tenancy import enter_space
from assett.kernel.clock import PARIS
from assett.spaces.models import Space
from tests.factories import PersonFactory, QuestionnaireVersionFactory, SpaceFactory, SpaceRoleFactory
from tests.linting import LintingClient
from tests.spaces.conftest import picture, typed, undo

Read = Callable[[Space], Space]
Log = Callable[[str], list[dict[str, Any]]]

PAGES = ("", "/accueil", "/apparence", "/langues", "/textes", "/textes/privacy", "/annuaire", "/adresse", "/ouverture")


def settings(page: str = "") -> str:
    return f"/ici/reglages{page}"


@pytest.mark.parametrize("role", [SpaceRoleName.READER, SpaceRoleName.FACILITATOR, SpaceRoleName.EDITOR])
def test_settings_are_the_managers(client: LintingClient, space: Space, role: SpaceRoleName) -> None:
    client.sign_in(SpaceRoleFactory(space_id=space.id, role=role).person)
    assert {client.get(settings(page)).status_code for page in PAGES} == {403}


def test_a_manager_next_door_is_nobody_here(client: LintingClient, space: Space) -> None:
    client.sign_in(SpaceRoleFactory(space_id=SpaceFactory().id).person)
    assert {client.get(settings(page)).status_code for page in PAGES} == {403}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_asks_little_of_the_database(at_work: LintingClient, statements: list[str], page: str) -> None:
    at_work.get(settings(page))
    statements.clear()
    assert at_work.get(settings(page)).status_code == 200
    assert len(statements) <= 12


def test_a_space_changes_its_own_row_alone(app: Flask, space: Space, owner: Session) -> None:
    other = SpaceFactory(name="Ailleurs")
    with app.app_context():
        enter_space(db.session(), space.id)
        changed = db.session.execute(text("UPDATE space SET name = 'Pris'"))
        assert changed.rowcount == 1
        assert db.session.execute(text("UPDATE space SET name = 'Pris' WHERE id = :id"), {"id": other.id}).rowcount == 0
        db.session.rollback()
        for column in ("slug = 'pris'", "demonstration = true", "local_authority_id = 1", "created_at = now()"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                db.session.execute(text(f"UPDATE space SET {column}"))
            db.session.rollback()
    with app.app_context():
        assert db.session.execute(text("UPDATE space SET name = 'Pris'")).rowcount == 0


def test_names_change_everywhere_and_can_be_put_back(
    at_work: LintingClient, space: Space, now_is: Read, log: Log
) -> None:
    at_work.get(settings())
    names = {
        "name": "Val  Clair et Bois",
        "programme": "Les pionniers",
        "actors_fr": "pionniers",
        "actors_en": "pioneers",
        "contact_email": "Bonjour@Example.org",
    }
    assert at_work.post(settings(), data=names).status_code == 303
    home = at_work.get("/ici/").text
    assert "Les pionniers" in home and "Val Clair et Bois" in home and "Voir les pionniers" in home
    assert "bonjour@example.org" in home
    (entry,) = log("settings.names")
    assert entry["before"]["name"] == "Val Clair" and entry["after"]["name"] == "Val Clair et Bois"
    assert undo(at_work, "names", "").status_code == 303
    assert now_is(space).name == "Val Clair" and now_is(space).actors == {}
    undo(at_work, "names", "")
    assert now_is(space).name == "Val Clair et Bois"


def test_what_is_refused_stays_typed(at_work: LintingClient, space: Space, now_is: Read) -> None:
    at_work.get(settings())
    refused = at_work.post(settings(), data={"name": "", "programme": "Élan", "contact_email": "non"})
    assert refused.status_code == 422 and 'value="Élan"' in refused.text and 'value="non"' in refused.text
    assert now_is(space).programme == "Acteurs engagés"


def test_nothing_changed_is_no_line_of_the_log(at_work: LintingClient, space: Space, log: Log) -> None:
    at_work.get(settings("/annuaire"))
    at_work.post(settings("/annuaire"), data={"open": "y", "levels": "y", "on_home": "y"})
    assert log("settings.directory") == []
    assert at_work.post(settings("/retablir/directory")).status_code == 422


def test_the_home_page_says_what_was_written(at_work: LintingClient, space: Space, now_is: Read) -> None:
    QuestionnaireVersionFactory(space_id=space.id)
    page = settings("/accueil?langue=fr")
    at_work.get(page)
    words = {
        "lead": "Bonjour à tous.",
        "intro": "Du **gras**, <script>alert(1)</script> et [un lien](javascript:alert(1)).",
        "action": "Je me lance",
        "sections-0-title": "Nos rendez-vous",
        "sections-0-text": "- mardi\n- jeudi",
        "sections-1-title": "",
        "sections-1-text": "",
    }
    assert at_work.post(page, data=words).status_code == 303
    home = at_work.get("/ici/").text
    assert "Bonjour à tous." in home and "<strong>gras</strong>" in home and "Je me lance" in home
    assert "<h2>Nos rendez-vous</h2>" in home and "<li>jeudi</li>" in home
    assert "<script>alert" not in home and 'href="javascript' not in home
    assert [each["title"] for each in now_is(space).words["fr"]["sections"]] == ["Nos rendez-vous"]
    # In English, where nothing is written, the space's own language stands in.
    at_work.post("/langue", data={"language": "en", "next": "/ici/"})
    assert "Bonjour à tous." in at_work.get("/ici/").text


def test_parts_move_without_being_saved(at_work: LintingClient, space: Space, now_is: Read) -> None:
    page = settings("/accueil")
    at_work.get(page)
    typed = {f"sections-{place}-{part}": f"{part} {place}" for place in range(3) for part in ("title", "text")}
    for move, order in {"up-2": "021", "down-0": "102", "remove-1": "02", "up-0": "012", "up-x": "012"}.items():
        shown = at_work.post(page, data={**typed, "move": move})
        assert shown.status_code == 200
        assert [shown.text.index(f'value="title {place}"') for place in order] == sorted(
            shown.text.index(f'value="title {place}"') for place in order
        )
        assert shown.text.count('value="title ') == len(order)
    assert at_work.post(page, data={**typed, "move": "add"}).text.count("<legend>Partie") == 4
    assert now_is(space).words == {}


def test_a_part_has_a_title_and_a_text(at_work: LintingClient, space: Space) -> None:
    at_work.get(settings("/accueil"))
    refused = at_work.post(settings("/accueil"), data={"sections-0-title": "Seul", "sections-0-text": ""})
    assert refused.status_code == 422 and "Une partie a un titre et un texte." in refused.text


def test_languages_and_the_default(at_work: LintingClient, space: Space, client: LintingClient) -> None:
    at_work.get(settings("/langues"))
    at_work.post(settings("/langues"), data={"default": "en", "others": "y"})
    assert '<html lang="en"' in at_work.get("/ici/").text
    at_work.get(settings("/langues"))
    at_work.post(settings("/langues"), data={"default": "fr"})
    home = at_work.get("/ici/").text
    assert '<html lang="fr"' in home and "English" not in home
    assert at_work.post(settings("/langues"), data={"default": "de"}).status_code == 422


def test_a_new_first_language_is_confirmed_in_that_language(at_work: LintingClient, space: Space) -> None:
    at_work.get(settings("/langues"))
    at_work.post(settings("/langues"), data={"default": "en", "others": "y"})
    page = at_work.get(settings("/langues")).text
    assert "Saved, and visible from now on." in page and "enregistré" not in page


def test_a_legal_page_of_its_own_and_back_to_ours(at_work: LintingClient, space: Space, log: Log) -> None:
    page = settings("/textes/notice?langue=fr")
    # The page around it has a token that changes with the second.
    ours = at_work.get("/ici/mentions-legales").text.partition("<main")[2].partition("</main>")[0]
    assert ours
    at_work.get(page)
    preview = at_work.post(page, data={"text": "## Éditeur\n\nNous.", "intent": "preview"})
    assert preview.status_code == 200 and "<h4>Éditeur</h4>" in preview.text
    assert ours in at_work.get("/ici/mentions-legales").text
    at_work.get(page)
    at_work.post(page, data={"text": "Nous <b>seuls</b>.", "intent": "save"})
    own = at_work.get("/ici/mentions-legales").text
    assert "Nous" in own and "EUPL" not in own and "<b>seuls" not in own
    assert "RGPD" in at_work.get("/ici/donnees-personnelles").text
    at_work.get(page)
    at_work.post(page, data={"text": "Nous.", "intent": "reset"})
    assert "EUPL" in at_work.get("/ici/mentions-legales").text
    assert len(log("settings.legal")) == 2


def test_the_log_of_one_space_is_not_the_other_s_to_put_back(
    client: LintingClient, at_work: LintingClient, space: Space, now_is: Read
) -> None:
    other = SpaceFactory(slug="ailleurs", name="Ailleurs")
    at_work.get(settings())
    at_work.post(settings(), data={"name": "Nouveau", "programme": "Élan", "contact_email": ""})
    client.sign_in(SpaceRoleFactory(space_id=other.id).person)
    client.get("/ailleurs/reglages")
    assert client.post("/ailleurs/reglages/retablir/names").status_code == 422
    assert now_is(other).name == "Ailleurs"


def test_the_log_says_it_in_words(at_work: LintingClient, space: Space) -> None:
    at_work.get(settings("/ouverture"))
    at_work.post(settings("/ouverture"), data={"opens_on": "2099-03-02", "shut": "y"})
    at_work.get(settings("/accueil"))
    at_work.post(settings("/accueil"), data={"lead": "Bonjour à tous."})
    told = at_work.get("/ici/journal").text.replace("\xa0", " ")
    assert "Dates d’ouverture changées" in told and "2 mars 2099 à 0 h 00" in told
    assert (
        "Textes de l’accueil changés" in told and "Phrase d’ouverture : « Bonjour à tous. » (rien auparavant)" in told
    )


# Opening


def hidden(page: str) -> dict[str, str]:
    names = ("entry", "anyway", "shut")
    found = re.findall(r'name="(\w+)" type="hidden" value="([^"]*)"', page)
    return {name: value for name, value in found if name in names}


def test_before_its_day_a_space_shows_itself_to_its_team(
    app: Flask, at_work: LintingClient, space: Space, now_is: Read
) -> None:
    visitor = app.test_client()
    at_work.get(settings("/ouverture"))
    assert at_work.post(settings("/ouverture"), data={"opens_on": "2099-03-02", "shut": "y"}).status_code == 303
    assert now_is(space).opened_at == datetime(2099, 3, 1, 23, tzinfo=UTC)
    for path in ("", "annuaire", "essai"):
        shut = visitor.get(f"/ici/{path}")
        assert shut.status_code == 403 and "2 mars 2099" in shut.text.replace("\xa0", " ")
    for path in ("mentions-legales", "connexion", "inscription"):
        assert visitor.get(f"/ici/{path}").status_code == 200, path
    assert at_work.get("/ici/").status_code == 200
    stranger = app.test_client()
    stranger.sign_in(PersonFactory())
    assert stranger.get("/ici/").status_code == 403
    at_work.get(settings("/ouverture"))
    asked = at_work.post(settings("/ouverture/maintenant"))
    at_work.post(settings("/ouverture/maintenant"), data=typed(asked.text))
    assert visitor.get("/ici/").status_code == 200


def test_pilots_come_in_by_their_link(app: Flask, at_work: LintingClient, space: Space, now_is: Read, log: Log) -> None:
    at_work.get(settings("/ouverture"))
    at_work.post(settings("/ouverture"), data={"opens_on": "", "shut": "y"})
    at_work.get(settings("/ouverture"))
    at_work.post(settings("/ouverture/pilotes"))
    link = f"/ici/pilote/{now_is(space).pilot_key}"
    assert link in at_work.get(settings("/ouverture")).text
    pilot = app.test_client()
    assert pilot.get("/ici/").status_code == 403
    assert pilot.get("/ici/pilote/autre").status_code == 404
    assert pilot.get(link).status_code == 302
    assert pilot.get("/ici/").status_code == 200
    assert app.test_client().get("/ici/").status_code == 403
    at_work.post(settings("/ouverture/pilotes"))
    assert pilot.get("/ici/").status_code == 403
    at_work.post(settings("/ouverture/pilotes"), data={"intent": "withdraw"})
    assert now_is(space).pilot_key is None
    # The log says what became of the link; it does not give it away.
    actions = ("settings.pilots-invited", "settings.pilots", "settings.pilots-left")
    assert [log(action) for action in actions] == [[{}], [{}], [{}]]
    told = at_work.get("/ici/journal").text
    assert all(f"Lien des pilotes {done}" in told for done in ("créé", "changé", "supprimé"))


def test_dates_in_the_wrong_order_are_refused(at_work: LintingClient, space: Space, now_is: Read) -> None:
    at_work.get(settings("/ouverture"))
    refused = at_work.post(settings("/ouverture"), data={"opens_on": "2099-03-02", "closes_on": "2099-03-01"})
    assert refused.status_code == 422 and "avant l’ouverture" in refused.text
    assert now_is(space).closed_at is None


def test_the_last_day_is_included(at_work: LintingClient, space: Space, now_is: Read) -> None:
    at_work.get(settings("/ouverture"))
    at_work.post(settings("/ouverture"), data={"opens_on": "2024-01-01", "closes_on": "2099-12-31"})
    assert now_is(space).closed_at == datetime(2099, 12, 31, 23, tzinfo=UTC)
    # The day that was kept keeps its hour.
    assert now_is(space).opened_at == datetime(2024, 1, 1, tzinfo=UTC)
    assert 'value="2099-12-31"' in at_work.get(settings("/ouverture")).text


@pytest.mark.parametrize(
    "dates",
    [{"opens_on": "0001-01-01"}, {"closes_on": "9999-12-31"}, {"opens_on": "1999-12-31"}, {"closes_on": "2101-01-01"}],
)
def test_a_year_that_no_calendar_bears_is_refused(
    at_work: LintingClient, space: Space, now_is: Read, dates: dict[str, str]
) -> None:
    at_work.get(settings("/ouverture"))
    refused = at_work.post(settings("/ouverture"), data={"opens_on": "2024-01-01", **dates})
    assert refused.status_code == 422 and "entre 2000 et 2100" in refused.text
    assert (now_is(space).opened_at, now_is(space).closed_at) == (space.opened_at, None)


@pytest.mark.parametrize("column", ["opened_at", "closed_at"])
def test_what_was_kept_at_the_ends_of_the_calendar_is_still_shown(
    at_work: LintingClient, space: Space, owner: Session, column: str
) -> None:
    for moment in ("0001-01-01 00:10 UTC", "9999-12-31 23:59 Europe/Paris"):
        owner.execute(text(f"UPDATE space SET {column} = '{moment}' WHERE id = :id"), {"id": space.id})
        owner.commit()
        assert {at_work.get(path).status_code for path in ("/ici/", settings("/ouverture"))} == {200}


OPEN, SOON, PAST, LATER = (
    datetime(*day, tzinfo=PARIS) for day in ((2024, 1, 1), (2099, 3, 2), (2024, 6, 1), (2099, 6, 1))
)


@pytest.mark.parametrize(
    ("opened", "closed", "said"),
    [
        (None, None, "L’espace n’est pas ouvert : votre équipe"),
        (None, PAST, "L’espace n’est pas ouvert, et le dernier jour (31 mai 2024) est passé"),
        (None, LATER, "L’espace n’est pas ouvert : votre équipe"),
        (SOON, None, "L’espace ouvrira le 2 mars 2099"),
        (SOON, LATER, "L’espace ouvrira le 2 mars 2099"),
        (OPEN, None, "L’espace est ouvert à tous depuis le 1er janvier 2024."),
        (OPEN, LATER, "On peut y commencer une auto-évaluation jusqu’au 31 mai 2099"),
        (OPEN, PAST, "L’espace est ouvert à tous, et l’édition est terminée"),
    ],
)
def test_the_page_of_the_opening_tells_the_truth(
    at_work: LintingClient, space: Space, owner: Session, opened: datetime | None, closed: datetime | None, said: str
) -> None:
    row = owner.get_one(Space, space.id)
    row.opened_at, row.closed_at = opened, closed
    owner.commit()
    shown = at_work.get(settings("/ouverture")).text.replace("\xa0", " ")
    notices = ("n’est pas ouvert", "L’espace ouvrira", "ouvert à tous depuis", "l’édition est terminée")
    assert said in shown
    assert sum(each in shown for each in notices) == 1


@pytest.mark.parametrize("day", ["", "2099-03-02"])
def test_an_open_space_is_not_shut_by_inattention(at_work: LintingClient, space: Space, now_is: Read, day: str) -> None:
    at_work.get(settings("/ouverture"))
    asked = at_work.post(settings("/ouverture"), data={"opens_on": day})
    assert asked.status_code == 422 and 'name="shut"' in asked.text
    assert now_is(space).opened_at == space.opened_at
    assert at_work.post(settings("/ouverture"), data={"opens_on": day, "shut": "y"}).status_code == 303
    assert not now_is(space).is_open(datetime.now(UTC))


def closed(owner: Session, space: Space) -> Space:
    row = owner.get_one(Space, space.id)
    row.opened_at = None
    owner.commit()
    return row


@pytest.mark.parametrize("way", ["", "/maintenant"])
def test_opening_without_what_is_missing_wants_a_word(
    at_work: LintingClient, space: Space, owner: Session, now_is: Read, way: str
) -> None:
    closed(owner, space).contact_email = None
    owner.commit()
    shown = at_work.get(settings("/ouverture")).text
    assert "personne ne pourrait commencer" in shown and "à qui écrire" in shown and "qui édite l’espace" in shown
    assert 'href="/ici/atelier/"' in shown and 'href="/ici/reglages/textes/editeur"' in shown
    asked = at_work.post(settings(f"/ouverture{way}"), data={"opens_on": "2099-03-02"})
    lacks = ["la loi le veut", "personne ne saurait à qui écrire", "personne ne pourrait commencer"]
    assert asked.status_code == 422 and all(lack in asked.text for lack in lacks)
    assert all(asked.text.index(lacks[0]) < asked.text.index(other) for other in lacks[1:])
    assert ("2 mars 2099" in asked.text.replace("\xa0", " ")) is (way == "")
    assert now_is(space).opened_at is None
    told = {"opens_on": "2099-03-02", **typed(asked.text)}
    # What was not named is not agreed to.
    half = told | {"anyway": told["anyway"].replace("legal-notice", "")}
    assert at_work.post(settings(f"/ouverture{way}"), data=half).status_code == 422
    assert at_work.post(settings(f"/ouverture{way}"), data=told).status_code == 303
    assert now_is(space).opened_at is not None
    kept = at_work.get(settings("/ouverture")).text
    assert lacks[0] in kept and ("L’espace est ouvert, et il manque" in kept) is bool(way)


def test_going_back_to_former_days_opens_and_shuts_only_with_a_word(
    at_work: LintingClient, space: Space, owner: Session, now_is: Read
) -> None:
    shut_before = closed(owner, space).closed_at
    at_work.get(settings("/ouverture"))
    asked = at_work.post(settings("/ouverture/maintenant"))
    at_work.post(settings("/ouverture/maintenant"), data=typed(asked.text))
    opened = now_is(space).opened_at
    assert opened is not None
    # Back to what was before, the space is shut.
    asked = undo(at_work, "opening", "ouverture")
    assert asked.status_code == 422 and "Fermer l’espace au public" in asked.text
    assert now_is(space).opened_at == opened
    assert at_work.post(settings("/retablir/opening"), data=hidden(asked.text)).status_code == 303
    assert (now_is(space).opened_at, now_is(space).closed_at) == (None, shut_before)
    # And back again it opens, without what is missing.
    asked = undo(at_work, "opening", "ouverture")
    assert asked.status_code == 422 and "la loi le veut" in asked.text and now_is(space).opened_at is None
    assert at_work.post(settings("/retablir/opening"), data=hidden(asked.text)).status_code == 303
    assert now_is(space).opened_at == opened


def test_what_is_ready_opens_without_a_word(at_work: LintingClient, space: Space, owner: Session, now_is: Read) -> None:
    ready(owner, closed(owner, space))
    shown = at_work.get(settings("/ouverture")).text
    assert "Rien n’empêche d’ouvrir" in shown and 'name="anyway"' not in shown
    assert at_work.post(settings("/ouverture/maintenant")).status_code == 303
    assert now_is(space).is_open(datetime.now(UTC))
    after = at_work.get(settings("/ouverture")).text
    assert "Avant d’ouvrir" not in after and "il manque" not in after


def ready(owner: Session, row: Space) -> None:
    row.publisher_address, row.publisher_phone, row.publication_director = "1 rue X", "05 49 00 00 00", "Ana Roy"
    owner.commit()
    QuestionnaireVersionFactory(space_id=row.id)


def test_opening_an_edition_that_is_over_is_told_before(
    at_work: LintingClient, space: Space, owner: Session, now_is: Read
) -> None:
    ready(owner, closed(owner, space))
    days = {"opens_on": "2024-11-01", "closes_on": "2024-11-10"}
    at_work.get(settings("/ouverture"))
    asked = at_work.post(settings("/ouverture"), data=days)
    told = asked.text.replace("\xa0", " ")
    assert asked.status_code == 422 and "Ouvrir une édition terminée" in told
    assert "le 10 novembre 2024, est déjà passé : aucune auto-évaluation ne pourra commencer" in told
    assert "il manque encore" not in told and now_is(space).opened_at is None
    assert at_work.post(settings("/ouverture"), data={**days, **typed(asked.text)}).status_code == 303
    assert now_is(space).is_closed(datetime.now(UTC))


def test_ending_an_edition_by_its_days_is_told_before(
    at_work: LintingClient, space: Space, owner: Session, now_is: Read
) -> None:
    days = {"opens_on": "2024-01-01", "closes_on": "2024-11-10"}
    at_work.get(settings("/ouverture"))
    asked = at_work.post(settings("/ouverture"), data=days)
    assert asked.status_code == 422 and "Terminer l’édition" in asked.text and "Il manque" not in asked.text
    assert now_is(space).closed_at is None
    assert at_work.post(settings("/ouverture"), data={**days, **typed(asked.text)}).status_code == 303
    assert now_is(space).is_closed(datetime.now(UTC))
    # What is over already is not told anew.
    assert at_work.post(settings("/ouverture"), data={**days, "closes_on": "2024-11-09"}).status_code == 303


def test_a_closed_space_does_not_call_its_settings_visible(
    at_work: LintingClient, space: Space, owner: Session
) -> None:
    saved = {"name": "Val Clair", "programme": "Le Tour vert", "actors": "actors", "contact_email": "a@example.org"}
    at_work.get(settings())
    at_work.post(settings(), data=saved)
    assert "visible dès maintenant" in at_work.get(settings()).text
    closed(owner, space)
    at_work.post(settings(), data={**saved, "programme": "Le Tour bleu"})
    told = at_work.get(settings()).text
    assert "visible à l’ouverture de l’espace" in told and "dès maintenant" not in told


def test_open_now_is_said_once_and_when_it_is_true(
    at_work: LintingClient, space: Space, owner: Session, now_is: Read
) -> None:
    at_work.get(settings("/ouverture"))
    again = at_work.post(settings("/ouverture/maintenant"))
    assert again.status_code == 422 and "déjà ouvert" in again.text
    assert now_is(space).opened_at == datetime(2024, 1, 1, tzinfo=UTC)
    row = owner.get_one(Space, space.id)
    row.opened_at, row.closed_at = None, datetime(2024, 6, 1, tzinfo=UTC)
    owner.commit()
    over = at_work.post(settings("/ouverture/maintenant"))
    assert over.status_code == 422 and "Le dernier jour est passé" in over.text and "C’est parti" not in over.text
    assert now_is(space).opened_at is None


# Languages of the texts


@pytest.mark.parametrize("page", ["/textes", "/charte/brouillon"])
def test_the_menu_of_languages_is_on_every_page(at_work: LintingClient, space: Space, page: str) -> None:
    shown = at_work.get(settings(page)).text
    assert re.search(r'name="language" value="en" lang="en">.*English</button>', shown)


def test_a_language_without_words_says_what_stands_in(at_work: LintingClient, space: Space, now_is: Read) -> None:
    at_work.get(settings("/accueil?langue=fr"))
    at_work.post(settings("/accueil?langue=fr"), data={"lead": "Bonjour à tous."})
    english = at_work.get(settings("/accueil?langue=en")).text
    assert "Rien n’est encore écrit dans cette langue" in english and "Bonjour à tous.</textarea>" not in english
    assert "Bonjour à tous.</textarea>" in at_work.get(settings("/accueil?langue=en&depart=1")).text
    assert now_is(space).words.keys() == {"fr"}


# The accessibility statement


def test_the_footer_and_the_statement_say_the_same(
    at_work: LintingClient, space: Space, now_is: Read, log: Log
) -> None:
    page = settings("/textes/accessibility?langue=fr")
    at_work.get(page)
    refused = at_work.post(page, data={"text": "", "compliance": "partial"})
    assert refused.status_code == 422 and "Écrivez votre déclaration" in refused.text
    at_work.post(page, data={"text": "L’audit du 3 mars.", "compliance": "partial"})
    for address in ("/ici/", "/ici/accessibilite"):
        shown = at_work.get(address).text.replace("\xa0", " ")
        assert "Accessibilité : partiellement conforme</a>" in shown and "non conforme" not in shown
    assert "L’audit du 3 mars." in shown
    # No page of ours claims the contrary, in a language that the audit's words are not written in.
    at_work.post("/langue", data={"language": "en", "next": "/ici/"})
    english = at_work.get("/ici/accessibilite").text
    assert "L’audit du 3 mars." in english and "partially compliant" in english and "not compliant" not in english
    at_work.get(page)
    assert at_work.post(page, data={"text": "", "compliance": "none", "intent": "reset"}).status_code == 303
    assert "Accessibility: not compliant" in at_work.get("/ici/").text.replace("\xa0", " ")
    assert [each["after"].get("compliance") for each in log("settings.legal")] == ["partial", "none"]


# The words of the log


def test_the_log_speaks_no_code(at_work: LintingClient, space: Space) -> None:
    at_work.get(settings("/apparence"))
    colours = {f"{mode}_{name}": "#224466" for mode in ("light", "dark") for name in ("accent", "paper", "ink")}
    chosen = {**colours, "headings": "sans", "radius": "0.7rem", "intent": "publish"}
    assert at_work.post(settings("/apparence"), data=chosen).status_code == 303
    data = {"picture": (picture((400, 200)), "a.jpg"), "alt": "Le marché"}
    at_work.post(settings("/accueil/photo"), data=data, content_type="multipart/form-data")
    told = at_work.get("/ici/journal").text.replace("\xa0", " ")
    assert "Très arrondis" in told and "Sans empattement, comme une affiche" in told
    assert "image de 400 × 200 points : Le marché" in told
    assert not [word for word in ("0.15rem", "serif »", "digest", "width :", "alt :") if word in told]
