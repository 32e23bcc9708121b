"""What a result shows of the base: adopted, adapted, hidden; what members say, what is opened, what is missing."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.assessments.models import Answer, Assessment
from assett.resources.models import Partner, ResourceAdoption, ResourceOpinion, ResourceVisit
from tests import factories
from tests.assessments.arranging import Place
from tests.factories import AssessmentFactory
from tests.linting import LintingClient
from tests.resources.arranging import NOW, answered, national, own, territory

WEAK = {"for": [{"question": "suivi", "is": ["non"]}]}
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}


def completed(where: Place) -> Assessment:
    session = factories.session_of_test
    assert session is not None
    row: Assessment = AssessmentFactory(
        space_id=where.space.id,
        participation_id=where.participation.id,
        version_id=where.version.id,
        profile={"kind": "company"},
    )
    for question, value in {"suivi": "non", "part": 50, "tri": ["papier"], "compost": True}.items():
        session.add(Answer(space_id=where.space.id, assessment_id=row.id, question=question, value={"v": value}))
    session.flush()
    row.completed_at, row.latest, row.progress = NOW, True, 1
    session.commit()
    return row


def result(client: LintingClient, where: Place, row: Assessment) -> str:
    return client.get(where.url(f"auto-evaluations/{row.id}/resultat?ressources=toutes")).text


def test_a_result_shows_what_the_space_makes_of_the_base(client: LintingClient, owner: Session) -> None:
    here = territory()
    row = completed(here.where)
    adapted, hidden = national("adaptee", **WEAK), national("cachee", **WEAK)
    own(here.space, "passee", valid_until="2020-01-01", **WEAK)
    client.sign_in(here.where.person)
    page = result(client, here.where, row)
    assert "Ressource adaptee" in page and "Ressource cachee" in page and "Ressource passee" not in page

    partner = Partner(space_id=here.space.id, name="La chambre", contact_phone="05 49 00 00 00")
    owner.add(partner)
    owner.flush()
    owner.add_all([
        ResourceAdoption(space_id=here.space.id, resource_id=adapted.id, partner_id=partner.id, contact="Nadia",
                         changes={"title": "Chez nous"}, seen=adapted.entry, tags=[]),
        ResourceAdoption(space_id=here.space.id, resource_id=hidden.id, hidden=True, contact="", tags=[]),
    ])  # fmt: skip
    owner.commit()
    page = result(client, here.where, row)
    assert "Chez nous" in page and "Nadia" in page and "tel:0549000000" in page and "Ressource cachee" not in page

    partner.contact_phone = "05 49 11 11 11"
    owner.commit()
    assert "tel:0549111111" in result(client, here.where, row)


def test_a_resource_of_the_territory_for_an_answer_given_is_among_the_first(
    client: LintingClient, owner: Session
) -> None:
    here = territory()
    row = completed(here.where)
    for number in range(6):
        national(f"nation-{number}", priority=100, **WEAK)
    national("autre", **{"for": [{"category": "dechets", "levels": ["haut"]}]})
    own(here.space, "zz-ici", **WEAK)
    own(here.space, "zz-pour-tous")
    client.sign_in(here.where.person)
    page = client.get(here.where.url(f"auto-evaluations/{row.id}/resultat")).text
    assert page.index("Ressource zz-ici") < page.index("Ressource autre") < page.index("Ressource zz-pour-tous")
    assert "Ressource nation-5" not in page
    page = result(client, here.where, row)
    assert page.index("Ressource zz-ici") < page.index("Ressource nation-5")


def test_asking_for_the_base_is_one_statement_until_something_changes(
    client: LintingClient, owner: Session, statements: list[str]
) -> None:
    here = territory()
    row = completed(here.where)
    national("une", **WEAK)
    client.sign_in(here.where.person)
    result(client, here.where, row)
    statements.clear()
    result(client, here.where, row)
    about = [each for each in statements if "FROM resource " in each or "resource_adoption" in each]
    assert len(about) == 1, about


def test_a_member_says_whether_it_helped_and_may_change_their_mind(client: LintingClient, owner: Session) -> None:
    here = territory()
    row = completed(here.where)
    resource = national("aide", **WEAK)
    client.sign_in(here.where.person)
    page = result(client, here.where, row)
    assert "Cela vous a-t-il aidé" in page
    back = here.where.url(f"auto-evaluations/{row.id}/resultat")
    sent = client.post(here.where.url("ressources/aide/avis"), data={"helped": "oui", "next": back})
    assert sent.status_code == 303 and sent.location == f"{back}#ressource-aide"
    assert "vous a aidé" in result(client, here.where, row)
    client.post(here.where.url("ressources/aide/avis"), data={"helped": "non", "remark": "Trop long.", "next": back})
    opinion = owner.scalars(select(ResourceOpinion)).one()
    assert (opinion.helped, opinion.remark) == (False, "Trop long.")

    here.enter(client, here.reader)
    assert "aidé 0 fois sur 1" in client.get(here.url()).text
    page = client.get(here.url(f"/{resource.id}")).text
    assert "Trop long." in page and here.where.person.name not in page


def test_only_members_are_asked_and_answered(client: LintingClient, owner: Session) -> None:
    here = territory()
    national("aide", **WEAK)
    here.enter(client, here.editor)
    assert client.post(here.where.url("ressources/aide/avis"), data={"helped": "oui"}).status_code == 404
    client.sign_in(here.where.person)
    client.get(here.where.url())
    assert client.post(here.where.url("ressources/rien/avis"), data={"helped": "oui"}).status_code == 404
    assert client.post(here.where.url("ressources/aide/avis"), data={"helped": "peut-être"}).status_code == 404
    away = client.post(here.where.url("ressources/aide/avis"), data={"helped": "oui", "next": "https://evil.example"})
    assert away.location.startswith(here.where.url())


def test_opening_a_resource_is_counted_for_the_day_without_a_cookie(client: LintingClient, owner: Session) -> None:
    here = territory()
    national("aide")
    url = here.where.url("ressources/aide/aller")
    for _ in range(2):
        answer = client.get(url, headers=BROWSER)
        assert answer.status_code == 303 and answer.location == "https://aide.example.org/page"
        assert "Set-Cookie" not in answer.headers
    for headers in ({"User-Agent": "Googlebot/2.1"}, {**BROWSER, "Sec-Purpose": "prefetch"}, {"User-Agent": ""}):
        assert client.get(url, headers=headers).status_code == 303
    client.head(url, headers=BROWSER)
    assert owner.scalars(select(ResourceVisit.count)).all() == [2]
    assert client.get(here.where.url("ressources/rien/aller"), headers=BROWSER).status_code == 404


def test_a_resource_of_the_questionnaire_itself_is_opened_too(client: LintingClient, owner: Session) -> None:
    here = territory()
    answer = client.get(here.where.url("ressources/releve/aller"), headers=BROWSER)
    assert answer.location == "https://example.org/releve"


def test_a_link_says_where_it_leads(client: LintingClient, owner: Session) -> None:
    here = territory()
    row = completed(here.where)
    national("aide", **WEAK)
    national("ecrire", **WEAK, url="mailto:aide@example.org")
    client.sign_in(here.where.person)
    page = result(client, here.where, row)
    assert 'title="https://aide.example.org/page"' in page and 'href="mailto:aide@example.org"' in page


def test_what_is_missing_is_told_from_five_structures_up(client: LintingClient, owner: Session) -> None:
    here = territory()
    answered(here.where, 6, suivi="oui", frequence=4, part=100, tri=["papier"], compost=False)
    answered(here.where, 4, suivi="oui", frequence=0, part=100, tri=["papier"], compost=True)
    here.enter(client, here.editor)
    page = client.get(here.url("/manques")).text
    assert "Compostez-vous" in page and "Point faible d’environ 5 structures, qui" in page
    assert "À quelle fréquence" not in page
    start = (
        page.index("pour=question/compost")
        if "pour=question/compost" in page
        else page.index("pour=question%2Fcompost")
    )
    address = page[page.rindex('href="', 0, start) + 6 : page.index('"', start)].replace("&amp;", "&")
    form = client.get(address).text
    assert 'value="question/compost" selected' in form and 'value="false" checked' in form

    own(here.space, "composter", **{"for": [{"question": "compost", "is": [False]}]})
    assert "Compostez-vous" not in client.get(here.url("/manques")).text


@pytest.mark.parametrize(("who", "fills"), [("association", False), ("company", True)])
def test_a_resource_for_others_fills_no_hole(client: LintingClient, owner: Session, who: str, fills: bool) -> None:
    here = territory()
    answered(here.where, 10, suivi="oui", frequence=4, part=100, tri=["papier"], compost=False)
    own(here.space, "r", who={"kind": [who]}, **{"for": [{"question": "compost", "is": [False]}]})
    here.enter(client, here.editor)
    assert ("Compostez-vous" in client.get(here.url("/manques")).text) != fills
