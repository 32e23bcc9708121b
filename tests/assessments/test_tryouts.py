"""A try-out follows whoever signs in, and waits in sight until it is attached."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import Person, SpaceRoleName
from assett.accounts.passwords import hashed
from assett.assessments import queries
from assett.assessments.models import Assessment
from assett.core import jobs
from assett.core.tenancy import enter_space
from assett.organizations.models import MemberRole
from tests.accounts.mailbox import last_mail, links, mails_to
from tests.accounts.test_sign_up import EMAIL, NEW
from tests.assessments.arranging import Place, fields, place, running
from tests.assessments.test_attach import attach, second_participation
from tests.assessments.test_journey import answer, begin_trial
from tests.assessments.test_moving import newer_document, publish
from tests.assessments.test_reread import page_of
from tests.factories import PASSWORD, PersonFactory, SpaceFactory, SpaceRoleFactory
from tests.linting import LintingClient

HEADING = "Votre essai en cours"


def tried(client: LintingClient, where: Place) -> str:
    """A visitor's try-out, with one answer."""
    url = begin_trial(client, where)
    client.get(f"{url}profil")
    client.post(f"{url}profil", data={"revision.kind": "0", "answers.kind": "company"})
    client.post(f"{url}categorie/energie", data=fields(suivi="non"))
    return url


def sign_in(client: LintingClient, where: Place, owner: Session, person: Person | None = None) -> str:
    """Sign in by the form, from the menu; gives where one arrives."""
    person = person or where.person
    person.password_hash = hashed(PASSWORD)
    owner.commit()
    client.get(where.url("connexion"))
    done = client.post(where.url("connexion"), data={"email": person.email, "password": PASSWORD})
    assert done.status_code == 303
    return str(done.location)


def elsewhere(app: Flask, where: Place, person: Person | None = None) -> LintingClient:
    """Another device of that person."""
    device = app.test_client()
    assert isinstance(device, LintingClient)
    device.sign_in(person or where.person)
    return device


def test_signing_in_takes_the_try_out_over_and_says_so(client: LintingClient, app: Flask, owner: Session) -> None:
    where = place()
    url = tried(client, where)
    arrived = sign_in(client, where, owner)
    assert arrived == where.url(f"structures/{where.participation.id}/")
    page = page_of(client, arrived)
    assert f'Votre essai est maintenant dans votre compte. <a href="{url}">Reprendre</a>' in page
    name = where.participation.organization.name
    for at in (arrived, where.url("structures")):
        page = page_of(elsewhere(app, where), at)
        assert HEADING in page and f'href="{url}"' in page and f"Rattacher à « {name} »" in page
    assert elsewhere(app, where).get(f"{url}categorie/energie").status_code == 200
    device = elsewhere(app, where)
    device.get(arrived)
    assert attach(device, url, where.participation).status_code == 303
    assert HEADING not in page_of(device, arrived) and HEADING not in page_of(device, where.url("structures"))


def test_a_copy_of_the_visitor_s_cookie_opens_nothing_once_an_account_has_it(
    client: LintingClient, app: Flask, owner: Session
) -> None:
    where = place()
    url = tried(client, where)
    copied = app.test_client()
    cookie = client.get_cookie("assett")
    assert cookie is not None
    copied.set_cookie("assett", cookie.value)
    assert copied.get(f"{url}resultat").status_code == 200
    sign_in(client, where, owner)
    told = copied.get(f"{url}resultat", follow_redirects=True)
    assert "connectez-vous pour continuer" in told.text and "Suivez-vous" not in told.text


def test_nobody_else_gets_it(client: LintingClient, app: Flask, owner: Session) -> None:
    where = place()
    tried(client, where)
    sign_in(client, where, owner)
    stranger = PersonFactory()
    assert HEADING not in page_of(elsewhere(app, where, stranger), where.url("rejoindre"))
    # The browser of somebody who is signed in hands nothing on to who signs in over it.
    client.get(where.url("structures"))
    sign_in(client, where, owner, stranger)
    assert owner.scalars(select(Assessment.started_by)).one() == where.person.id
    # Nor is it found from another space.
    apart = app.test_client()
    apart.sign_in(stranger)
    assert HEADING not in page_of(apart, f"/{SpaceFactory().slug}/rejoindre")


def test_a_running_assessment_is_named_with_what_can_be_done(client: LintingClient, owner: Session) -> None:
    where = place()
    here = running(where)
    tried(client, where)
    page = page_of(client, sign_in(client, where, owner))
    assert "terminez-la ou abandonnez-la, puis rattachez votre essai" in page
    assert f'href="{where.url(f"auto-evaluations/{here.id}/")}">Voir celle qui est en cours' in page
    assert "Rattacher à «" not in page
    # Another structure of theirs is free.
    other = second_participation(where)
    assert f"Rattacher à « {other.organization.name} »" in page_of(client, where.url("structures"))


@pytest.mark.parametrize("many", [1, 2])
def test_who_has_no_structure_yet_is_led_to_one(client: LintingClient, owner: Session, many: int) -> None:
    where = place()
    for _ in range(many):
        tried(client, where)
    arrived = sign_in(client, where, owner, PersonFactory())
    assert arrived == where.url("rejoindre")
    page = page_of(client, arrived)
    assert (HEADING if many == 1 else "Vos essais en cours") in page and "deviendra son auto-évaluation" in page


def test_a_reader_is_told_whom_to_ask(client: LintingClient, owner: Session) -> None:
    where = place(role=MemberRole.READER)
    tried(client, where)
    page = page_of(client, sign_in(client, where, owner))
    assert "demandez à un responsable de vous en faire contributeur" in page and "Rattacher à «" not in page


def test_what_an_account_has_does_not_expire_before_it(client: LintingClient, app: Flask, owner: Session) -> None:
    """Whoever made an account was told that their answers stay."""
    where = place()
    url = tried(client, where)
    person = PersonFactory()
    sign_in(client, where, owner, person)
    assert owner.scalars(select(Assessment)).one().expires_at is None
    for page in (page_of(client, f"{url}resultat"), page_of(client, where.url("rejoindre"))):
        assert "sera effacé" not in page
    assert "Ce résultat est dans votre compte" in page_of(client, f"{url}resultat")
    # It goes with the account.
    jobs.enqueue(owner, "assessments.forget_trials")
    jobs.enqueue(owner, "accounts.erase", person=person.id)
    owner.commit()
    assert len(owner.scalars(select(Assessment)).all()) == 1
    jobs.drain(app)
    owner.expire_all()
    assert owner.scalars(select(Assessment)).all() == []


def test_the_copy_of_one_s_data_holds_the_try_out(client: LintingClient, owner: Session) -> None:
    where = place()
    tried(client, where)
    sign_in(client, where, owner)
    enter_space(owner, where.space.id)
    told = queries.personal_answers(owner, where.person)
    assert {each["question"] for each in told} >= {"suivi"}


def past_its_days(owner: Session) -> None:
    owner.scalars(select(Assessment)).one().expires_at = datetime.now(UTC) - timedelta(minutes=1)
    owner.commit()


def test_what_can_still_be_answered_can_still_be_kept(client: LintingClient, app: Flask, owner: Session) -> None:
    """Past its hour on its last day, until it is erased."""
    where = place()
    url = tried(client, where)
    past_its_days(owner)
    assert answer(client, url, "mot", "Bonjour").status_code == 200
    arrived = sign_in(client, where, owner)
    assert HEADING in page_of(client, arrived)
    jobs.enqueue(owner, "assessments.forget_trials")
    owner.commit()
    jobs.drain(app)
    assert elsewhere(app, where).get(f"{url}resultat").status_code == 200


def test_whoever_is_signed_in_is_not_told_that_no_account_is_needed(client: LintingClient) -> None:
    where = place()
    assert "Sans compte, " in page_of(client, where.url("essai"))
    client.sign_in(where.person)
    page = page_of(client, where.url("essai"))
    assert "Dans votre compte, " in page and "Sans compte, " not in page


def test_a_bookmark_of_an_erased_try_out_says_what_became_of_it(
    client: LintingClient, app: Flask, owner: Session
) -> None:
    where = place()
    url = tried(client, where)
    owner.delete(owner.scalars(select(Assessment)).one())
    owner.commit()
    for page in ("", "profil", "categorie/energie", "resultat"):
        gone = client.get(f"{url}{page}")
        assert gone.status_code == 404 and "ses sept jours sont passés" in gone.text
        assert f'href="{where.url("essai")}"' in gone.text and "ne sont pas enregistrées" not in gone.text
    # It is nobody else's to know.
    assert "sept jours" not in elsewhere(app, where).get(f"{url}resultat").text


def test_of_several_the_one_that_holds_answers_is_taken_along(client: LintingClient, owner: Session) -> None:
    where = place()
    url = tried(client, where)
    begin_trial(client, where)
    sign_in(client, where, owner, PersonFactory())
    form = where.url("rejoindre/structure")
    client.get(form)
    sent = {
        "name": "Le Fournil",
        "kind": "company",
        "activity": "Pain",
        "sector": "industrie",
        "workforce": "1-9",
        "commune": "Poitiers",
    }
    assert client.post(form, data=sent).status_code == 303
    taken = owner.scalars(select(Assessment).where(Assessment.participation_id.is_not(None))).one()
    assert url.endswith(f"/{taken.id}/")


def test_signing_up_on_its_last_day_leaves_the_time_to_open_the_mail(
    client: LintingClient, app: Flask, owner: Session
) -> None:
    where = place()
    url = tried(client, where)
    past_its_days(owner)
    client.get(where.url("inscription"))
    assert client.post(where.url("inscription"), data=NEW).status_code == 303
    jobs.enqueue(owner, "assessments.forget_trials")
    owner.commit()
    jobs.drain(app)
    assert client.get(f"{url}resultat").status_code == 200
    assert owner.scalars(select(Assessment.expires_at)).one() > datetime.now(UTC) + timedelta(days=6)
    owner.rollback()
    [link] = links(last_mail(owner, EMAIL))
    client.get(link)
    assert client.post(link, data={"password": NEW["password"]}).status_code == 303
    assert HEADING in page_of(client, where.url("rejoindre"))


def sign_in_at(client: LintingClient, door: str, person: Person, owner: Session) -> str:
    """Sign in by the form at that address; gives the page where one arrives."""
    person.password_hash = hashed(PASSWORD)
    owner.commit()
    client.get(door)
    done = client.post(door, data={"email": person.email, "password": PASSWORD})
    assert done.status_code == 303
    return client.get(done.location, follow_redirects=True).text.replace("\xa0", " ")


@pytest.mark.parametrize("elsewhere_too", [False, True])
def test_it_is_taken_over_wherever_one_signs_in(
    client: LintingClient, app: Flask, owner: Session, elsewhere_too: bool
) -> None:
    """From the platform's own page, or from another space: each space's try-outs, as each of them says."""
    where, other = place(name="Val-Clair"), place(name="Grand Poitiers")
    urls = [tried(client, where), tried(client, other)]
    door = SpaceFactory().slug + "/connexion" if elsewhere_too else "connexion"
    page = sign_in_at(client, f"/{door}", where.person, owner)
    assert "Vos 2 essais sont maintenant dans votre compte." in page
    for url, name in zip(urls, ("Val-Clair", "Grand Poitiers"), strict=True):
        assert f'<a href="{url}">Reprendre dans l’espace {name}</a>' in page
    assert set(owner.scalars(select(Assessment.started_by))) == {where.person.id}
    for each, url in zip((where, other), urls, strict=True):
        device = elsewhere(app, where)
        assert HEADING in page_of(device, each.url("rejoindre")) and device.get(url).status_code == 200


def test_signing_up_in_another_space_takes_it_over_too(client: LintingClient, owner: Session) -> None:
    where, door = place(), f"/{SpaceFactory().slug}/inscription"
    tried(client, where)
    client.get(door)
    assert client.post(door, data=NEW).status_code == 303
    person = owner.scalars(select(Person).where(Person.email == EMAIL)).one()
    assert owner.scalars(select(Assessment.started_by)).one() == person.id


def test_a_try_out_goes_on_until_the_account_is_confirmed(client: LintingClient, app: Flask, owner: Session) -> None:
    """Not even a mistyped address takes it from the visitor; confirmed wherever, the account has it for good."""
    where = place()
    url = tried(client, where)
    door = where.url("inscription")
    for email in ("an.roy@example.org", EMAIL):
        client.get(door)
        assert client.post(door, data={**NEW, "email": email}).status_code == 303
        assert client.get(f"{url}resultat").status_code == 200
        assert client.get(f"{url}categorie/energie").status_code == 200
        assert owner.scalars(select(Assessment.expires_at)).one() is not None
        owner.rollback()
    [link] = links(last_mail(owner, EMAIL))
    device = app.test_client()
    device.get(link)
    assert device.post(link, data={"password": NEW["password"]}).status_code == 303
    assert device.get(f"{url}resultat").status_code == 200
    owner.expire_all()
    kept = owner.scalars(select(Assessment)).one()
    assert kept.expires_at is None
    assert kept.started_by == owner.scalars(select(Person.id).where(Person.email == EMAIL)).one()
    assert "/connexion" in client.get(f"{url}resultat").location


def test_who_has_signed_up_is_led_to_the_mail_not_to_a_second_account(client: LintingClient, owner: Session) -> None:
    where = place()
    url = tried(client, where)
    assert "Créer un compte" in page_of(client, f"{url}resultat")
    client.get(where.url("inscription"))
    assert client.post(where.url("inscription"), data=NEW).status_code == 303
    page = page_of(client, f"{url}resultat")
    assert f"Un courriel est parti à {EMAIL} : ouvrez-le" in page.replace("\xa0", " ") and "Sans compte" not in page
    assert "Créer un compte" not in page and f'action="{where.url("inscription/renvoyer")}"' in page
    again = client.post(where.url("inscription/renvoyer"), data={"email": EMAIL})
    assert again.status_code == 303 and len(mails_to(owner, EMAIL)) == 2
    # Once signed in it is the account that has it.
    [link] = links(last_mail(owner, EMAIL))
    client.get(link)
    assert client.post(link).status_code == 303
    assert "Un courriel est parti" not in page_of(client, f"{url}resultat")


def test_what_a_confirmed_account_began_in_another_space_stays_too(
    client: LintingClient, app: Flask, owner: Session
) -> None:
    where = place()
    tried(client, where)
    begun = owner.scalars(select(Assessment)).one()
    begun.started_by, begun.expires_at = where.person.id, datetime.now(UTC) - timedelta(minutes=1)
    jobs.enqueue(owner, "assessments.forget_trials")
    owner.commit()
    jobs.drain(app)
    owner.expire_all()
    assert owner.scalars(select(Assessment)).one().expires_at is None


def test_signing_in_from_another_space_stays_in_that_space(client: LintingClient, owner: Session) -> None:
    """The page that follows is the other space's; what the browser does not hold there is nobody's to take."""
    where, other = place(), place(name="Grand Poitiers")
    tried(client, where)
    assert client.application is not None
    stranger = client.application.test_client()
    assert isinstance(stranger, LintingClient)
    tried(stranger, where)
    page = sign_in_at(client, other.url("connexion"), other.person, owner)
    assert "Votre essai est maintenant dans votre compte." in page
    assert other.url(f"structures/{other.participation.id}/") in page and HEADING not in page
    assert sorted(owner.scalars(select(Assessment.started_by)), key=str) == [other.person.id, None]


def test_a_try_out_without_an_answer_is_neither_listed_nor_told(
    client: LintingClient, app: Flask, owner: Session
) -> None:
    where = place()
    url = begin_trial(client, where)
    arrived = sign_in(client, where, owner)
    page = page_of(client, arrived)
    assert HEADING not in page and "maintenant dans votre compte" not in page
    # Its author's all the same, and found again where one begins.
    device = elsewhere(app, where)
    assert HEADING not in page_of(device, arrived) and url in page_of(device, where.url("essai"))
    device.get(f"{url}categorie/energie")
    device.post(f"{url}categorie/energie", data=fields(suivi="non"))
    assert HEADING in page_of(device, arrived)
    # Nor is it one any more once its only answer is taken back.
    sent = {
        "question": "suivi",
        "answers.suivi": "",
        "revision.suivi": revision(page_of(device, f"{url}categorie/energie")),
    }
    device.post(f"{url}reponse", data=sent)
    assert HEADING not in page_of(device, arrived)


def revision(page: str) -> str:
    found = re.search(r'name="revision.suivi" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_the_door_says_of_which_version_a_try_out_is(client: LintingClient, owner: Session) -> None:
    where = place()
    tried(client, where)
    door = page_of(client, where.url("essai"))
    assert "Commencer une nouvelle évaluation" in door and "version" not in door.partition("<main")[2]
    publish(owner, where, newer_document())
    door = page_of(client, where.url("essai"))
    assert "C’est la version 1 du questionnaire, qui a changé depuis." in door
    assert "Reprendre la version 1" in door and "Commencer avec la nouvelle version (2)" in door
    assert "Commencer une nouvelle évaluation" not in door


def test_the_team_is_told_that_its_try_out_is_a_real_one(client: LintingClient, app: Flask) -> None:
    where = place()
    told = "Vous essayez comme un acteur"
    assert told not in page_of(client, where.url("essai"))
    assert told not in page_of(elsewhere(app, where), where.url("essai"))
    colleague = SpaceRoleFactory(space_id=where.space.id, role=SpaceRoleName.READER).person
    door = page_of(elsewhere(app, where, colleague), where.url("essai"))
    assert told in door and "ne compte pas dans « Suivi »" in door and "sept jours" not in door
