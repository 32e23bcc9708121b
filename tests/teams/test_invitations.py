"""Invitations to the team: sent by mail, accepted once, taken back, sent again."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assett.accounts.models import Person, SpaceRole, SpaceRoleName
from assett.core import jobs
from assett.core.audit import AuditEntry
from assett.teams.models import TeamInvitation
from tests.accounts.mailbox import last_mail, links, mails_to
from tests.factories import PersonFactory, SpaceFactory
from tests.linting import LintingClient
from tests.teams.conftest import Team, plain

TEAM, INVITE = "/le-territoire/equipe", "/le-territoire/equipe/inviter"
PHRASE = "abeille tracteur nuage"


def invite(client: LintingClient, emails: str, role: str = "editor", message: str = "") -> Any:
    client.get(INVITE)
    return client.post(INVITE, data={"emails": emails, "role": role, "message": message})


def invitation(owner: Session, email: str = "bob@example.org") -> TeamInvitation:
    owner.rollback()
    owner.expire_all()
    query = select(TeamInvitation).where(TeamInvitation.email == email).order_by(TeamInvitation.id.desc())
    return owner.scalars(query.limit(1)).one()


def sent_link(owner: Session, email: str = "bob@example.org") -> str:
    [link] = links(last_mail(owner, email))
    return link


def aged(owner: Session, **columns: datetime) -> TeamInvitation:
    found = invitation(owner)
    for name, value in columns.items():
        setattr(found, name, value)
    owner.commit()
    return found


def role_of(owner: Session, person: Person) -> SpaceRoleName | None:
    owner.rollback()
    return owner.scalars(select(SpaceRole.role).where(SpaceRole.person_id == person.id)).one_or_none()


def actions(owner: Session) -> list[str]:
    owner.rollback()
    return list(owner.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def accept(browser: LintingClient, link: str, person: Person) -> Any:
    browser.get(link)
    return browser.post(link, data={"account": str(person.id)})


# Sending


def test_the_mail_says_who_invites_to_what_and_until_when(client: LintingClient, owner: Session) -> None:
    assert invite(client, "Bob@Example.org", message="Au plaisir de travailler\navec toi !").location == TEAM
    mail = last_mail(owner, "bob@example.org")
    for words in ("Ana Roy", "Acteurs engagés", "avec toi !", "Votre rôle : rédaction. Vous écrirez le questionnaire"):
        assert words in mail.text.replace("\xa0", " "), words
    assert mail.subject.replace("\xa0", " ") == "Rejoignez l’équipe de « Acteurs engagés », Le Territoire"
    assert "Acteurs engagés" in mail.subject and mail.reply_to == "ana@example.org"
    kept = invitation(owner)
    assert timedelta(days=13) < kept.expires_at - datetime.now(UTC) <= timedelta(days=14)
    assert actions(owner) == ["team.invited"]


def test_whoever_reads_english_is_written_to_in_english(client: LintingClient, owner: Session) -> None:
    PersonFactory(email="bob@example.org", language="en")
    invite(client, "bob@example.org")
    mail = last_mail(owner, "bob@example.org")
    assert "invites you" in mail.text and "vous invite" not in mail.text


def test_the_link_is_kept_as_a_digest_alone(client: LintingClient, owner: Session) -> None:
    invite(client, "bob@example.org")
    secret = sent_link(owner).rpartition("/")[2]
    assert len(secret) > 40 and secret not in str(vars(invitation(owner)))


def test_several_addresses_at_once(client: LintingClient, owner: Session, team: Team) -> None:
    team.member(email="la@example.org")
    typed = "un@example.org\nUN@example.org, Deux <deux@example.org>\n\nla@example.org\nsans-arobase"
    answer = invite(client, typed)
    text = plain(answer)
    assert answer.status_code == 200
    assert "2 invitations sont parties" in text
    assert "la@example.org : cette personne fait déjà partie de l’équipe" in text
    assert "sans-arobase : cette adresse n’est pas complète" in text
    assert [len(mails_to(owner, f"{who}@example.org")) for who in ("un", "deux", "la")] == [1, 1, 0]
    # What was refused is still there to be put right, what was sent is not.
    kept = answer.text.partition("<textarea")[2].partition("</textarea>")[0]
    assert "sans-arobase" in kept and "un@example.org" not in kept


def test_addresses_with_a_space_between(client: LintingClient, owner: Session) -> None:
    invite(client, "un@example.org deux@example.org\nTrois Noms <trois@example.org>")
    assert [len(mails_to(owner, f"{who}@example.org")) for who in ("un", "deux", "trois")] == [1, 1, 1]


def test_nothing_sent_is_a_refusal(client: LintingClient, owner: Session, team: Team) -> None:
    team.member(email="la@example.org")
    for typed in ("la@example.org", "sans-arobase", "", "\x00"):
        assert invite(client, typed).status_code == 422, typed
    assert invite(client, "x@example.org", role="emperor").status_code == 422
    assert invite(client, "x@example.org", message="x" * 501).status_code == 422
    assert actions(owner) == []


def test_twenty_addresses_at_once_and_no_more(client: LintingClient, owner: Session) -> None:
    answer = invite(client, "\n".join(f"p{number}@example.org" for number in range(21)))
    assert "20 invitations sont parties" in plain(answer)
    assert "p20@example.org : pas plus de 20 invitations à la fois" in plain(answer)
    assert mails_to(owner, "p20@example.org") == []


def test_an_address_that_waits_is_not_invited_twice(client: LintingClient, owner: Session) -> None:
    invite(client, "bob@example.org")
    assert "déjà invitée le" in plain(invite(client, "bob@example.org"))
    assert len(mails_to(owner, "bob@example.org")) == 1


def test_the_database_holds_one_open_invitation_an_address(client: LintingClient, owner: Session) -> None:
    invite(client, "bob@example.org")
    known = invitation(owner)
    again = {"space_id": known.space_id, "email": known.email, "role": known.role, "token_hash": "other"}
    owner.add(TeamInvitation(**again, expires_at=known.expires_at))
    with pytest.raises(IntegrityError, match="uq_team_invitation_open"):
        owner.commit()
    owner.rollback()


def test_two_managers_who_invite_one_address_at_once_send_one_mail(owner: Session, team: Team, boss: SpaceRole) -> None:
    browsers = [team.browser(boss.person), team.browser(team.member(SpaceRoleName.MANAGER).person)]
    there = threading.Barrier(2, timeout=30)

    def send(browser: LintingClient) -> None:
        browser.get(INVITE)
        there.wait()
        browser.post(INVITE, data={"emails": "bob@example.org", "role": "reader"})

    threads = [threading.Thread(target=send, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mails_to(owner, "bob@example.org")) == 1


def test_a_day_has_its_limit(client: LintingClient, monkeypatch: pytest.MonkeyPatch, owner: Session) -> None:
    """Mails are counted, not sendings: two addresses at once are two; a refused sending is none."""
    monkeypatch.setattr("assett.teams.service.MAILS_A_DAY", 3)
    assert invite(client, "un@example.org").status_code == 303
    assert invite(client, "un@example.org").status_code == 422
    partly = invite(client, "deux@example.org\ntrois@example.org\nquatre@example.org")
    assert partly.status_code == 200 and "Reprenez demain" in partly.text
    assert [len(mails_to(owner, f"{name}@example.org")) for name in ("deux", "trois", "quatre")] == [1, 1, 0]
    assert invite(client, "cinq@example.org").status_code == 422
    waiting = owner.query(TeamInvitation).filter_by(email="un@example.org").one()
    waiting.sent_at -= timedelta(minutes=5)
    owner.commit()
    resent = client.post(f"/le-territoire/equipe/invitations/{waiting.id}/renvoyer")
    assert resent.status_code == 422 and "Reprenez demain" in resent.text
    assert len(mails_to(owner, "un@example.org")) == 1


def test_no_invitation_that_waits_is_hidden(client: LintingClient, owner: Session, team: Team) -> None:
    now = datetime.now(UTC)
    for number in range(130):
        accepted = now if number % 2 else None
        owner.add(
            TeamInvitation(
                space_id=team.space.id,
                email=f"p{number}@example.org",
                role=SpaceRoleName.READER,
                token_hash=str(number),
                sent_at=now - timedelta(days=number),
                expires_at=now + timedelta(days=14 - number),
                accepted_at=accepted,
            )
        )
    owner.commit()
    pages = [client.get(f"{TEAM}?page={number}").text for number in (1, 2, 3)]
    assert "Page 1 sur 3" in plain(client.get(TEAM))
    # First the seven that can still be accepted, then the others that can be sent again.
    assert pages[0].index("p12@example.org") < pages[0].index("p14@example.org")
    assert sum(page.count(">Renvoyer<") for page in pages) == 65
    assert all(any(f">p{number}@example.org" in page for page in pages) for number in range(130))


# Accepting


def test_whoever_has_an_account_accepts_with_it(client: LintingClient, owner: Session, team: Team) -> None:
    bob = PersonFactory(email="bob@example.org", name="Bob Petit")
    invite(client, bob.email)
    link = sent_link(owner)
    signed_out = team.browser()
    assert f"/le-territoire/connexion?next={link}" in signed_out.get(link).text
    browser = team.browser(bob)
    assert "Est-ce le bon compte" not in browser.get(link).text
    assert accept(browser, link, bob).location == TEAM
    assert "Bienvenue dans l’équipe" in browser.get(TEAM).text
    assert role_of(owner, bob) == SpaceRoleName.EDITOR
    assert actions(owner) == ["team.invited", "team.joined"]
    assert "Acceptée le" in client.get(TEAM).text and "par Bob Petit" in client.get(TEAM).text


def test_accepting_twice_is_kind(client: LintingClient, owner: Session, team: Team) -> None:
    bob = PersonFactory(email="bob@example.org")
    invite(client, bob.email)
    link, browser = sent_link(owner), team.browser(bob)
    accept(browser, link, bob)
    assert browser.get(link).location == TEAM
    assert browser.post(link, data={"account": str(bob.id)}).location == TEAM
    assert "déjà accepté cette invitation" in browser.get(TEAM).text
    other = team.browser(PersonFactory())
    assert other.get(link).status_code == 410


def test_a_double_click_accepts_once(client: LintingClient, owner: Session, team: Team) -> None:
    bob = PersonFactory(email="bob@example.org")
    invite(client, bob.email)
    link, there = sent_link(owner), threading.Barrier(2, timeout=30)
    answers: list[str | None] = []

    def click(browser: LintingClient) -> None:
        browser.get(link)
        there.wait()
        answers.append(browser.post(link, data={"account": str(bob.id)}).location)

    threads = [threading.Thread(target=click, args=[team.browser(bob)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [TEAM, TEAM]
    assert actions(owner).count("team.joined") == 1


def test_whoever_has_no_account_opens_one_and_is_in(client: LintingClient, owner: Session, team: Team) -> None:
    invite(client, "bob@example.org")
    link, browser = sent_link(owner), team.browser()
    assert "Ouvrir votre compte" in browser.get(link).text
    assert browser.post(link, data={"name": "Bob Petit", "password": "court"}).status_code == 422
    assert browser.post(link, data={"name": "Bob Petit", "password": PHRASE}).location == TEAM
    bob = owner.scalars(select(Person).where(Person.email == "bob@example.org")).one()
    assert bob.confirmed_at is not None and role_of(owner, bob) == SpaceRoleName.EDITOR
    assert browser.get(TEAM).status_code == 200
    assert len(mails_to(owner, bob.email)) == 1  # no mail to confirm what the link has proved


def test_an_account_that_waits_to_be_confirmed_is_taken_over_by_its_reader(
    client: LintingClient, owner: Session, team: Team
) -> None:
    """Somebody may have signed up with the address of another: the password that counts is that of the link."""
    waiting = PersonFactory(email="bob@example.org", name="Intrus", confirmed_at=None, password_hash="theirs")
    invite(client, "bob@example.org")
    browser = team.browser()
    link = sent_link(owner)
    browser.get(link)
    assert browser.post(link, data={"name": "Bob Petit", "password": PHRASE}).status_code == 303
    owner.refresh(waiting)
    assert (waiting.name, waiting.password_hash != "theirs") == ("Bob Petit", True)


def test_a_link_alone_opens_no_account_of_another(client: LintingClient, owner: Session, team: Team) -> None:
    bob = PersonFactory(email="bob@example.org", name="Bob Petit")
    invite(client, bob.email)
    link, browser = sent_link(owner), team.browser()
    browser.get(link)
    assert browser.post(link, data={"name": "Pirate", "password": PHRASE}).status_code == 200
    assert role_of(owner, bob) is None
    owner.refresh(bob)
    assert bob.name == "Bob Petit"


def test_another_account_is_asked_whether_it_is_the_right_one(
    client: LintingClient, owner: Session, team: Team
) -> None:
    eve = PersonFactory(email="eve@example.org")
    invite(client, "bob@example.org")
    link, browser = sent_link(owner), team.browser(eve)
    page = plain(browser.get(link))
    assert "Est-ce le bon compte ?" in page and "Rejoindre l’équipe avec eve@example.org" in page
    # Another account was signed in when that page was drawn: asked anew, nothing is done.
    assert browser.post(link, data={"account": str(eve.id + 1)}).status_code == 200
    assert role_of(owner, eve) is None
    assert browser.post(link, data={"account": str(eve.id)}).location == TEAM
    assert role_of(owner, eve) == SpaceRoleName.EDITOR


def test_whoever_is_in_the_team_already_takes_nobody_s_place(client: LintingClient, owner: Session, team: Team) -> None:
    """A manager may look at the link that they sent without using it up."""
    bob = team.member(SpaceRoleName.FACILITATOR, email="autre@example.org").person
    invite(client, "bob@example.org", role="reader")
    link, browser = sent_link(owner), team.browser(bob)
    page = browser.get(link).text
    assert "Vous faites déjà partie de l’équipe" in page and "L’invitation attend toujours bob@example.org" in page
    assert accept(browser, link, bob).location == TEAM
    assert role_of(owner, bob) == SpaceRoleName.FACILITATOR
    assert invitation(owner).accepted_at is None


# Ends of an invitation


def test_an_invitation_taken_back_opens_nothing(client: LintingClient, owner: Session, team: Team) -> None:
    bob = PersonFactory(email="bob@example.org")
    invite(client, bob.email)
    link = sent_link(owner)
    client.get(TEAM)
    path = f"{TEAM}/invitations/{invitation(owner).id}/annuler"
    assert client.post(path).location == TEAM
    browser = team.browser(bob)
    dead = browser.get(link)
    assert dead.status_code == 410 and "annulée" in dead.text
    assert browser.post(link, data={"account": str(bob.id)}).status_code == 410
    assert role_of(owner, bob) is None
    again = client.post(path)
    assert again.status_code == 422 and "déjà été annulée" in again.text
    assert "Annulée le" in client.get(TEAM).text
    assert invite(client, bob.email).status_code == 303


def test_an_invitation_expires_and_is_renewed_by_inviting_again(
    client: LintingClient, owner: Session, team: Team
) -> None:
    bob = PersonFactory(email="bob@example.org")
    invite(client, bob.email)
    old = sent_link(owner)
    past = datetime.now(UTC) - timedelta(days=1)
    aged(owner, expires_at=past, sent_at=past - timedelta(days=14))
    browser = team.browser(bob)
    assert browser.get(old).status_code == 410 and "a expiré le" in browser.get(old).text
    assert accept(browser, old, bob).status_code == 410
    assert "expirée le" in client.get(TEAM).text
    assert invite(client, bob.email, role="reader").status_code == 303
    assert browser.get(old).status_code == 410
    accept(browser, sent_link(owner), bob)
    assert role_of(owner, bob) == SpaceRoleName.READER


def test_sent_again_the_old_link_dies_and_once_a_minute_is_enough(
    client: LintingClient, owner: Session, team: Team
) -> None:
    bob = PersonFactory(email="bob@example.org")
    invite(client, bob.email)
    old = sent_link(owner)
    resend = f"{TEAM}/invitations/{invitation(owner).id}/renvoyer"
    client.get(TEAM)
    refused = client.post(resend)
    assert refused.status_code == 422 and "Attendez une minute" in refused.text
    aged(owner, sent_at=datetime.now(UTC) - timedelta(minutes=2))
    assert client.post(resend).location == TEAM
    new = sent_link(owner)
    browser = team.browser(bob)
    assert browser.get(old).status_code == 410
    assert browser.get(new).status_code == 200
    assert len(mails_to(owner, bob.email)) == 2


def test_an_accepted_invitation_is_neither_sent_again_nor_taken_back(
    client: LintingClient, owner: Session, team: Team
) -> None:
    bob = PersonFactory(email="bob@example.org")
    invite(client, bob.email)
    accept(team.browser(bob), sent_link(owner), bob)
    for deed in ("renvoyer", "annuler"):
        assert client.post(f"{TEAM}/invitations/{invitation(owner).id}/{deed}").status_code == 422
    assert role_of(owner, bob) == SpaceRoleName.EDITOR


@pytest.mark.parametrize("token", ["faux", "x" * 5000, "%00", "é"])
def test_a_wrong_link_opens_nothing(client: LintingClient, token: str) -> None:
    assert client.get(f"{TEAM}/invitation/{token}").status_code in {404, 410}


def test_an_invitation_belongs_to_its_space(client: LintingClient, owner: Session, team: Team) -> None:
    SpaceFactory(slug="l-autre")
    bob = PersonFactory(email="bob@example.org")
    invite(client, bob.email)
    link = sent_link(owner).replace("/le-territoire/", "/l-autre/")
    assert team.browser(bob).get(link).status_code == 410


def test_the_invitations_of_another_space_are_not_found(client: LintingClient, owner: Session) -> None:
    foreign = TeamInvitation(
        space_id=SpaceFactory().id,
        email="bob@example.org",
        role=SpaceRoleName.READER,
        token_hash="x",
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
    )
    owner.add(foreign)
    owner.commit()
    client.get(TEAM)
    for deed in ("renvoyer", "annuler"):
        assert client.post(f"{TEAM}/invitations/{foreign.id}/{deed}").status_code == 404
    assert "bob@example.org" not in client.get(TEAM).text
    assert mails_to(owner, "bob@example.org") == []


def test_old_invitations_are_forgotten(app: Flask, client: LintingClient, owner: Session) -> None:
    for number, age in enumerate((89, 91)):
        owner.add(
            TeamInvitation(
                space_id=1,
                email=f"{age}@example.org",
                role=SpaceRoleName.READER,
                token_hash=str(number),
                expires_at=datetime.now(UTC) - timedelta(days=age),
            )
        )
    owner.commit()
    with app.app_context():
        jobs.enqueue_periodic(app)
    jobs.drain(app)
    owner.rollback()
    assert owner.scalars(select(TeamInvitation.email)).all() == ["89@example.org"]


def test_a_person_s_file_holds_their_invitations_and_their_lines(
    client: LintingClient, owner: Session, team: Team
) -> None:
    bob = PersonFactory(email="bob@example.org")
    invite(client, bob.email)
    browser = team.browser(bob)
    accept(browser, sent_link(owner), bob)
    here = browser.get("/le-territoire/mon-compte/donnees").json["espaces"]["le-territoire"]
    assert [each["adresse"] for each in here["invitations_equipe"]] == [bob.email]
    assert [each["action"] for each in here["journal"]] == ["team.joined"]
