"""What goes wrong on the way through an assessment, in a real browser: nothing typed is lost, and it is said why."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.assessments.models import Answer, Assessment
from assett.organizations.models import MemberRole, Membership
from tests.assessments.arranging import Place, place, running
from tests.assessments.test_profile import farming
from tests.browsing import enter, whole
from tests.factories import PASSWORD, MembershipFactory, PersonFactory, with_password
from tests.journeys.test_actor import check, go_on

# What a page shows of the score and of the way done.
SHOWN = ("[data-live-score-text]", "[data-live-level]", "[data-progress-text]")


@pytest.fixture
def here(owner: Session) -> Place:
    return place(slug="la", languages=["fr", "en"])


def opened(page: Any, assessment: Assessment, category: str = "energie") -> None:
    """The page of a category, whole, its modules included."""
    page.goto(f"/la/auto-evaluations/{assessment.id}/categorie/{category}")
    whole(page)


def colleague_of(here: Place) -> Person:
    person: Person = PersonFactory(name="Sacha Petit")
    MembershipFactory(organization=here.participation.organization, person=person, role=MemberRole.CONTRIBUTOR)
    return person


def saved(owner: Session, question: str) -> Any:
    owner.rollback()
    return owner.scalars(select(Answer.value).where(Answer.question == question)).one()["v"]


def mark(page: Any, question: str) -> Any:
    return page.locator(f"#q-{question} [data-saved]")


def waiting(page: Any) -> list[str]:
    """The copies that this device keeps of what the server has not received."""
    kept: list[str] = page.evaluate("Object.keys(localStorage)")
    return kept


@pytest.mark.parametrize(("choice", "stands"), [("Garder cette réponse", "non"), ("Mettre la mienne", "oui")])
def test_a_conflict_is_settled_before_the_page_is_sent(
    app: Flask, here: Place, owner: Session, new_page: Any, live: str, choice: str, stands: str
) -> None:
    assessment = running(here)
    mine, theirs = new_page(width=360), new_page()
    enter(app, mine, here.person, live)
    enter(app, theirs, colleague_of(here), live)
    opened(mine, assessment)
    opened(theirs, assessment)
    check(theirs, "suivi", "non")
    expect(mark(theirs, "suivi")).to_contain_text("Enregistré")
    check(mine, "suivi", "oui")
    expect(mine.locator("#q-suivi [data-conflict]")).to_contain_text("Sacha Petit")
    mine.locator('input[name="answers.part"]').fill("50")
    expect(mark(mine, "part")).to_contain_text("Enregistré")
    go_on(mine, "Enregistrer et continuer")
    expect(mine.locator("[data-save-status]")).to_contain_text("choisissez entre les deux réponses")
    expect(mine.locator("#q-suivi [data-conflict] button:focus")).to_have_text("Garder cette réponse")
    assert saved(owner, "suivi") == "non"
    mine.get_by_role("button", name=choice).click()
    expect(mine.locator("[data-save-status]")).to_be_empty()
    go_on(mine, "Enregistrer et continuer")
    expect(mine.locator("h1")).to_have_text("Déchets")
    assert saved(owner, "suivi") == stands


def test_who_keeps_a_colleague_s_answer_sees_what_it_brings(app: Flask, here: Place, new_page: Any, live: str) -> None:
    assessment = running(here)
    mine, theirs = new_page(width=360), new_page(width=360)
    enter(app, mine, here.person, live)
    enter(app, theirs, colleague_of(here), live)
    opened(mine, assessment)
    opened(theirs, assessment)
    check(theirs, "suivi", "oui")
    expect(mark(theirs, "suivi")).to_contain_text("Enregistré")
    check(mine, "suivi", "non")
    expect(mine.locator("#q-suivi [data-conflict]")).to_be_visible()
    expect(mine.locator("#q-frequence")).to_be_hidden()
    # What is saved before the choice is not unsaid by it.
    check(theirs, "frequence", "2")
    expect(mark(theirs, "frequence")).to_contain_text("Enregistré")
    mine.locator('input[name="answers.part"]').fill("50")
    expect(mark(mine, "part")).to_contain_text("Enregistré")
    mine.get_by_role("button", name="Garder cette réponse").click()
    expect(mine.locator("#q-frequence")).to_be_visible()
    kept = [mine.locator(each).first.inner_text() for each in SHOWN]
    assert mine.locator(".question:visible .question-number").all_inner_texts() == ["1 sur 3", "2 sur 3", "3 sur 3"]
    opened(mine, assessment)
    assert kept == [mine.locator(each).first.inner_text() for each in SHOWN] and kept[0] != "–"


def test_a_conflict_that_the_server_drew_is_settled_the_same_way(
    app: Flask, here: Place, owner: Session, new_page: Any, live: str
) -> None:
    """The whole page was sent before its own save could tell of the colleague."""
    assessment = running(here)
    mine, theirs = new_page(), new_page()
    enter(app, mine, here.person, live)
    enter(app, theirs, colleague_of(here), live)
    opened(mine, assessment)
    opened(theirs, assessment)
    mine.route("**/reponse", lambda route: route.abort())
    check(mine, "suivi", "oui")
    expect(mark(mine, "suivi")).to_contain_text("dès le retour du réseau")
    check(theirs, "suivi", "non")
    expect(mark(theirs, "suivi")).to_contain_text("Enregistré")
    mine.on("dialog", lambda dialog: dialog.accept())
    # The browser's own way, past the module that would wait for the network.
    mine.evaluate("document.querySelector('form[data-autosave]').submit()")
    expect(mine.locator("#q-suivi [data-conflict]")).to_be_visible()
    mine.unroute("**/reponse")
    whole(mine)
    go_on(mine, "Enregistrer et continuer")
    expect(mine.locator("#q-suivi [data-conflict] button:focus")).to_have_text("Garder cette réponse")
    mine.get_by_role("button", name="Mettre la mienne").click()
    expect(mark(mine, "suivi")).to_contain_text("Enregistré")
    assert saved(owner, "suivi") == "oui"


def test_who_is_removed_keeps_what_they_typed_and_learns_why(
    app: Flask, here: Place, owner: Session, new_page: Any, live: str
) -> None:
    page = new_page(width=360)
    enter(app, page, here.person, live)
    opened(page, running(here), "dechets")
    owner.execute(text("DELETE FROM membership"))
    owner.commit()
    page.locator('[name="answers.mot"]').fill("Trois bacs dans la cour")
    expect(page.locator("[data-save-status]")).to_contain_text("accès retiré")
    expect(page.locator("[data-save-status]")).to_be_in_viewport()
    check(page, "compost", "true")
    expect(mark(page, "compost")).to_contain_text("N’a pas pu être enregistré")
    go_on(page, "Enregistrer et voir")
    expect(page.locator('[name="answers.mot"]')).to_have_value("Trois bacs dans la cour")
    assert page.url.endswith("/categorie/dechets")
    owner.rollback()
    assert owner.scalars(select(Answer)).all() == []


@pytest.mark.parametrize("completed", [False, True])
def test_who_may_only_read_now_learns_why_and_goes_where_it_is_read(
    app: Flask, here: Place, owner: Session, new_page: Any, live: str, completed: bool
) -> None:
    page = new_page(width=360)
    enter(app, page, here.person, live)
    assessment = running(here)
    opened(page, assessment, "dechets")
    if completed:
        assessment.completed_at, assessment.latest, assessment.progress = datetime.now(UTC), True, 1
    else:
        owner.scalars(select(Membership)).one().role = MemberRole.READER
    owner.commit()
    page.locator('[name="answers.mot"]').fill("Trois bacs dans la cour")
    status = page.locator("[data-save-status]")
    expect(status).to_contain_text("est terminée" if completed else "êtes en lecture")
    expect(status).to_contain_text("copiez-en ce qui compte")
    expect(status).to_be_in_viewport()
    way = "Voir le résultat" if completed else "Lire l’auto-évaluation en cours"
    expect(status.get_by_role("link", name=way)).to_be_visible()
    # The whole page, sent, is given back.
    go_on(page, "Enregistrer et voir")
    expect(page.locator("main")).to_contain_text("Trois bacs dans la cour")
    page.locator("main").get_by_role("link", name=way).click()
    page.wait_for_url("**/resultat" if completed else f"**/auto-evaluations/{assessment.id}/")


def test_a_text_refused_as_it_is_typed_is_described_by_its_error_until_it_is_mended(
    app: Flask, here: Place, new_page: Any, live: str
) -> None:
    page = new_page()
    enter(app, page, here.person, live)
    opened(page, running(here), "dechets")
    entry, card = page.locator('[name="answers.mot"]'), page.locator("#q-mot")
    for described in (entry, card):
        expect(described).to_have_attribute("aria-describedby", "q-mot-limit")
    entry.fill("a" * 301)
    for described in (entry, card):
        expect(described).to_have_attribute("aria-describedby", "q-mot-limit q-mot-error")
    expect(entry).to_have_accessible_description(re.compile("300 caractères au plus .*300"))
    entry.fill("a")
    expect(mark(page, "mot")).to_contain_text("Enregistré à")
    for described in (entry, card):
        expect(described).to_have_attribute("aria-describedby", "q-mot-limit")


def test_what_waits_on_a_device_is_given_back_to_its_author_only(
    app: Flask, here: Place, owner: Session, new_page: Any, live: str
) -> None:
    assessment = running(here)
    page = new_page()
    enter(app, page, here.person, live)
    opened(page, assessment)
    page.route("**/reponse", lambda route: route.abort())
    check(page, "suivi", "oui")
    expect(mark(page, "suivi")).to_contain_text("dès le retour du réseau")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/la/")
    # A colleague on the same computer.
    page.unroute("**/reponse")
    enter(app, page, colleague_of(here), live)
    opened(page, assessment)
    # What would be sent has been.
    page.wait_for_load_state("networkidle")
    assert page.locator('input[name="answers.suivi"]:checked').count() == 0
    owner.rollback()
    assert owner.scalars(select(Answer)).all() == []
    # And the author again.
    enter(app, page, here.person, live)
    opened(page, assessment)
    expect(mark(page, "suivi")).to_contain_text("Enregistré")
    assert saved(owner, "suivi") == "oui"
    assert waiting(page) == []


def test_signing_out_asks_about_what_waits_and_leaves_nothing(
    app: Flask, here: Place, owner: Session, new_page: Any, live: str
) -> None:
    page = new_page()
    enter(app, page, here.person, live)
    opened(page, running(here))
    page.route("**/reponse", lambda route: route.abort())
    check(page, "suivi", "oui")
    expect(mark(page, "suivi")).to_contain_text("dès le retour du réseau")

    def sign_out() -> None:
        page.locator("details.account summary").click()
        page.get_by_role("button", name="Se déconnecter").click()

    sign_out()
    page.get_by_role("button", name="Rester connecté").click()
    expect(page.locator("dialog")).to_have_count(0)
    assert len(waiting(page)) == 1
    sign_out()
    page.get_by_role("button", name="Les effacer et me déconnecter").click()
    expect(page.locator("main")).to_contain_text("Votre session est fermée")
    assert waiting(page) == []


def test_an_answer_given_while_the_page_still_arrives_is_saved_too(
    app: Flask, here: Place, owner: Session, new_page: Any, live: str
) -> None:
    page = new_page()
    enter(app, page, here.person, live)
    late: list[Any] = []
    page.route("**/autosave.js", lambda route: late.append(route))
    page.goto(f"/la/auto-evaluations/{running(here).id}/categorie/energie")
    check(page, "suivi", "oui")
    expect(mark(page, "suivi")).to_be_empty()
    late[0].continue_()
    expect(mark(page, "suivi")).to_contain_text("Enregistré")
    assert saved(owner, "suivi") == "oui"
    # What stands as it was drawn is left alone.
    owner.rollback()
    assert owner.scalars(select(Answer.question)).all() == ["suivi"]


def test_signing_out_with_nothing_waiting_asks_nothing(
    app: Flask, here: Place, owner: Session, new_page: Any, live: str
) -> None:
    page = new_page()
    enter(app, page, here.person, live)
    opened(page, running(here))
    check(page, "suivi", "oui")
    expect(mark(page, "suivi")).to_contain_text("Enregistré")
    page.locator("details.account summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.locator("main")).to_contain_text("Votre session est fermée")


@pytest.mark.parametrize("javascript", [True, False])
def test_another_language_keeps_what_was_typed(
    app: Flask, here: Place, owner: Session, new_page: Any, live: str, javascript: bool
) -> None:
    page = new_page(javascript=javascript)
    enter(app, page, here.person, live)
    opened(page, running(here))
    page.locator('input[name="answers.part"]').fill("12,5")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator('input[name="answers.part"]')).to_have_value("12.5")
    # Enter in a field presses the form's own button, not the choice of language that stands before it.
    page.locator('input[name="answers.part"]').press("Enter")
    expect(page.locator("h1")).to_have_text("Déchets")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_two_tabs_and_a_double_click_complete_once(
    app: Flask, here: Place, owner: Session, new_page: Any, live: str
) -> None:
    assessment = running(here)
    first = new_page()
    enter(app, first, here.person, live)
    opened(first, assessment)
    check(first, "suivi", "non")
    first.locator('input[name="answers.part"]').fill("50")
    go_on(first, "Enregistrer et continuer")
    second = first.context.new_page()
    opened(second, assessment)
    check(first, "tri", "papier")
    check(first, "compost", "true")
    go_on(first, "Enregistrer et voir")
    first.get_by_role("button", name="Terminer et voir mon résultat").dblclick()
    expect(first.locator("h1")).to_have_text("Votre résultat")
    # The other tab still shows questions: its answer is refused in words, its form gives it back.
    check(second, "suivi", "oui")
    expect(second.locator("[data-save-status]")).to_contain_text("est terminée")
    expect(mark(second, "suivi")).to_contain_text("N’a pas pu être enregistré")
    go_on(second, "Enregistrer et continuer")
    expect(second.locator("main")).to_contain_text("ses réponses ne changent plus")
    expect(second.locator("dd")).to_have_text("Oui")
    second.get_by_role("link", name="Voir le résultat").click()
    expect(second.locator("h1")).to_have_text("Votre résultat")
    assert saved(owner, "suivi") == "non"


@pytest.mark.parametrize("given", ["oui", "non"])
def test_what_a_device_kept_until_too_late_is_told_beside_the_result(
    app: Flask, here: Place, owner: Session, new_page: Any, live: str, given: str
) -> None:
    assessment = running(here)
    phone, laptop = new_page(width=360), new_page()
    for each in (phone, laptop):
        enter(app, each, here.person, live)
        opened(each, assessment)
    phone.route("**/reponse", lambda route: route.abort())
    check(phone, "suivi", given)
    expect(mark(phone, "suivi")).to_contain_text("dès le retour du réseau")
    check(laptop, "suivi", "non")
    laptop.locator('input[name="answers.part"]').fill("50")
    go_on(laptop, "Enregistrer et continuer")
    check(laptop, "tri", "papier")
    check(laptop, "compost", "true")
    go_on(laptop, "Enregistrer et voir")
    laptop.get_by_role("button", name="Terminer et voir mon résultat").click()
    expect(laptop.locator("h1")).to_have_text("Votre résultat")

    phone.on("dialog", lambda dialog: dialog.accept())
    phone.reload()
    expect(phone.locator("h1")).to_have_text("Votre résultat")
    phone.wait_for_load_state("networkidle")
    notice = phone.locator("[data-kept-answers]")
    if given == "oui":
        expect(notice.locator("dd")).to_have_text("Oui")
        assert len(waiting(phone)) == 1
        notice.get_by_role("button", name="Effacer de cet appareil").click()
    # The server had the other one already.
    expect(notice).not_to_be_visible()
    assert waiting(phone) == []
    assert saved(owner, "suivi") == "non"


def test_what_came_back_too_late_is_all_told_beside_the_result(
    app: Flask, here: Place, owner: Session, new_page: Any, live: str
) -> None:
    """The page was still open: the answer that was sent first, and refused, is kept like the others."""
    assessment = running(here)
    phone = new_page(width=360)
    enter(app, phone, here.person, live)
    opened(phone, assessment)
    check(phone, "suivi", "non")
    expect(mark(phone, "suivi")).to_contain_text("Enregistré")
    phone.route("**/reponse", lambda route: route.abort())
    check(phone, "suivi", "oui")
    expect(mark(phone, "suivi")).to_contain_text("dès le retour du réseau")
    assessment.completed_at = datetime.now(UTC)
    owner.commit()
    phone.unroute("**/reponse")
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.locator("[data-save-status]")).to_contain_text("est terminée")
    phone.locator("[data-save-status] a").click()
    expect(phone.locator("h1")).to_have_text("Votre résultat")
    expect(phone.locator("[data-kept-answers] dd")).to_have_text("Oui")


@pytest.mark.parametrize("kept_from", ["reader", "completed"])
def test_it_is_told_wherever_its_author_reads_from_then_on(
    app: Flask, here: Place, owner: Session, new_page: Any, live: str, kept_from: str
) -> None:
    """Made a reader meanwhile, or the assessment completed without an answer: there is no score to tell it beside."""
    assessment = running(here)
    phone = new_page(width=360)
    enter(app, phone, here.person, live)
    opened(phone, assessment)
    phone.route("**/reponse", lambda route: route.abort())
    check(phone, "suivi", "oui")
    expect(mark(phone, "suivi")).to_contain_text("dès le retour du réseau")
    member = owner.scalars(select(Membership)).one()
    if kept_from == "completed":
        assessment.completed_at, assessment.latest, assessment.progress = datetime.now(UTC), True, 1
    else:
        member.role = MemberRole.READER
    owner.commit()
    phone.unroute("**/reponse")
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    said = "est terminée" if kept_from == "completed" else "êtes en lecture"
    expect(phone.locator("[data-save-status]")).to_contain_text(said)
    url = f"/la/auto-evaluations/{assessment.id}/"
    notice = phone.locator("[data-kept-answers]")
    for page in ["resultat"] if kept_from == "completed" else ["", "categorie/energie", "profil", "resultat"]:
        phone.goto(f"{url}{page}")
        expect(notice.locator("dd")).to_have_text("Oui")
        expect(notice).to_contain_text("ne change plus" if kept_from == "completed" else "êtes maintenant en lecture")
    if kept_from == "completed":
        notice.get_by_role("button", name="Effacer de cet appareil").click()
        expect(notice).not_to_be_visible()
        assert waiting(phone) == []
        return
    # Who may answer again finds it where it was typed.
    member.role = MemberRole.CONTRIBUTOR
    owner.commit()
    opened(phone, assessment)
    expect(mark(phone, "suivi")).to_contain_text("Enregistré")
    assert saved(owner, "suivi") == "oui" and waiting(phone) == []


def test_a_fact_brings_the_next_one_at_once_and_takes_another_away(
    app: Flask, owner: Session, new_page: Any, live: str
) -> None:
    tree, kinds = farming()
    here = place(tree=tree, slug="la")
    page = new_page(width=360)
    enter(app, page, here.person, live)
    page.goto(f"/la/auto-evaluations/{running(here).id}/profil")
    whole(page)
    cards = page.locator("[data-question]")
    expect(cards).to_have_count(2)
    page.get_by_label("Quel métier ?").fill("Maçon")
    check(page, "kind", kinds[1]["id"])
    expect(cards.nth(1)).to_contain_text("Que produisez-vous ?")
    expect(page.locator("[data-facts-status]")).to_have_text("Une question de plus : Que produisez-vous ?")
    check(page, "production", "lait")
    # Another choice takes it away; what was typed on a card comes back with it.
    check(page, "kind", kinds[0]["id"])
    expect(page.get_by_label("Quel métier ?")).to_have_value("Maçon")
    expect(cards).to_have_count(2)
    check(page, "kind", kinds[1]["id"])
    expect(page.locator('input[name="answers.production"]:checked')).to_have_value("lait")
    # Each is kept as it is given: whoever leaves here finds them again.
    check(page, "production", "autre")
    expect(mark(page, "production")).to_have_text("Enregistré")
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.locator('input[name="answers.production"]:checked')).to_have_value("autre")
    check(page, "production", "lait")
    go_on(page, "Enregistrer et continuer")
    expect(page.locator("h1")).to_have_text("Énergie")
    owner.rollback()
    assert owner.scalars(select(Assessment)).one().profile == {"kind": kinds[1]["id"], "production": "lait"}


@pytest.mark.parametrize(("choice", "stands"), [("Garder cette réponse", 0), ("Mettre la mienne", 1)])
def test_a_fact_told_otherwise_in_another_tab_waits_for_a_choice(
    app: Flask, owner: Session, new_page: Any, live: str, choice: str, stands: int
) -> None:
    tree, kinds = farming()
    here = place(tree=tree, slug="la")
    assessment = running(here)
    mine, theirs = new_page(width=360), new_page()
    enter(app, mine, here.person, live)
    enter(app, theirs, colleague_of(here), live)
    for page in (mine, theirs):
        page.goto(f"/la/auto-evaluations/{assessment.id}/profil")
        whole(page)
    # What a tab itself has just told is no other's, however quick it is.
    theirs.get_by_label("Quel métier ?").fill("Maçon")
    check(theirs, "kind", kinds[1]["id"])
    check(theirs, "kind", kinds[0]["id"])
    theirs.get_by_label("Quel métier ?").fill("Charpentier")
    go_on(theirs, "Enregistrer et continuer")
    expect(theirs.locator("h1")).to_have_text("Énergie")
    mine.get_by_label("Quel métier ?").fill("Couvreur")
    conflict = mine.locator("#q-sector [data-conflict]")
    expect(conflict).to_contain_text("Maintenant : Charpentier")
    mine.get_by_role("button", name=choice).click()
    expect(mine.locator("#q-sector:focus")).to_be_visible()
    expect(conflict).to_be_hidden()
    expect(mine.get_by_label("Quel métier ?")).to_have_value(["Charpentier", "Couvreur"][stands])
    go_on(mine, "Enregistrer et continuer")
    expect(mine.locator("h1")).to_have_text("Énergie")
    owner.expire_all()
    told = owner.scalars(select(Assessment)).one().profile
    assert told == {"kind": kinds[0]["id"], "sector": ["Charpentier", "Couvreur"][stands]}


def test_a_session_that_expires_on_the_way_loses_nothing(app: Flask, owner: Session, new_page: Any, live: str) -> None:
    here = place(slug="la")
    person = with_password()
    MembershipFactory(organization=here.participation.organization, person=person)
    page = new_page(width=360)
    enter(app, page, person, live)
    opened(page, running(here))
    page.context.clear_cookies()
    check(page, "suivi", "oui")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="Se reconnecter et reprendre ici").click()
    page.get_by_label("Adresse électronique").fill(person.email)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    go_on(page, "Se connecter")
    expect(mark(page, "suivi")).to_contain_text("Enregistré")
    assert saved(owner, "suivi") == "oui"


def test_in_two_tabs_one_is_told_of_oneself_and_reads_what_goes_with_the_answer_shown(
    app: Flask, here: Place, owner: Session, new_page: Any, live: str
) -> None:
    assessment = running(here)
    one, other = new_page(), new_page()
    for page in (one, other):
        enter(app, page, here.person, live)
        opened(page, assessment)
    check(one, "suivi", "non")
    expect(one.locator("#q-suivi [data-feedback]")).to_have_text("Commencez par un relevé.")
    check(other, "suivi", "oui")
    expect(other.locator("#q-suivi [data-conflict-author]")).to_have_text("Vous, dans un autre onglet")
    expect(other.locator("#q-suivi [data-feedback]")).to_be_empty()
    other.get_by_role("button", name="Garder cette réponse").click()
    expect(other.locator("#q-suivi [data-feedback]")).to_have_text("Commencez par un relevé.")
    assert saved(owner, "suivi") == "non"


def test_a_session_that_has_expired_is_not_told_as_a_lost_network(
    app: Flask, here: Place, new_page: Any, live: str
) -> None:
    assessment = running(here)
    page = new_page()
    enter(app, page, here.person, live)
    opened(page, assessment)
    check(page, "suivi", "non")
    expect(page.locator("#q-suivi [data-feedback]")).to_have_text("Commencez par un relevé.")
    page.context.clear_cookies()
    page.on("dialog", lambda dialog: dialog.accept())
    check(page, "suivi", "oui")
    expect(page.locator("[data-save-status]")).to_contain_text("Votre session a expiré")
    expect(page.locator("#q-suivi [data-feedback]")).to_be_empty()  # it was said of the other answer
    expect(mark(page, "suivi")).to_have_text("Gardé sur cet appareil en attendant que vous vous reconnectiez")


def test_a_question_that_an_answer_reveals_is_numbered_and_the_others_again(
    app: Flask, here: Place, new_page: Any, live: str
) -> None:
    assessment = running(here)
    page = new_page()
    enter(app, page, here.person, live)
    opened(page, assessment)
    assert page.locator(".question:visible .question-number").all_inner_texts() == ["1 sur 2", "2 sur 2"]
    check(page, "suivi", "oui")
    expect(page.locator("#q-frequence")).to_be_visible()
    numbers = page.locator(".question:visible .question-number").all_inner_texts()
    assert numbers == ["1 sur 3", "2 sur 3", "3 sur 3"]


def test_the_way_to_the_next_question_goes_once_all_have_an_answer(
    app: Flask, here: Place, new_page: Any, live: str
) -> None:
    page = new_page()
    enter(app, page, here.person, live)
    opened(page, running(here))
    way = page.locator("[data-jump]")
    expect(way).to_be_visible()
    page.locator('input[name="answers.part"]').fill("50")
    check(page, "suivi", "non")
    expect(way).to_be_hidden()
    # A question that an answer brings is one more.
    check(page, "suivi", "oui")
    expect(page.locator("#q-frequence")).to_be_visible()
    expect(way).to_be_visible()
    check(page, "frequence", "2")
    expect(way).to_be_hidden()
