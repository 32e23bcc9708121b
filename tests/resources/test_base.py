"""What a space makes of the national base, and its own resources, as editors do it on the page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assett.core.audit import AuditEntry
from assett.resources.models import Partner, Resource, ResourceAdoption
from tests.assessments.arranging import document
from tests.factories import QuestionnaireVersionFactory
from tests.linting import LintingClient
from tests.resources.arranging import answered, national, own, territory

FORM = {"title_fr": "Visite énergie", "url": "https://cci.example.org/visite", "type": "expertise", "priority": "50",
        "partner": "0"}  # fmt: skip


def test_the_list_shows_own_and_national_resources(client: LintingClient, owner: Session) -> None:
    here = territory()
    national("audit-national")
    own(here.space, "notre-guide")
    here.enter(client, here.reader)
    page = client.get(here.url()).text
    assert "Ressource audit-national" in page and "Ressource notre-guide" in page
    assert "Ajouter une ressource" not in page
    here.enter(client, here.editor)
    assert "Ajouter une ressource" in client.get(here.url()).text


def test_search_forgives_accents_and_typing_mistakes(client: LintingClient, owner: Session) -> None:
    here = territory()
    national("a", title="Réparer ses équipements")
    national("b", title="Économiser l’eau")
    here.enter(client, here.reader)
    for typed in ("equipement", "équipemants"):
        page = client.get(here.url(f"?q={typed}")).text
        assert "Réparer ses équipements" in page and "Économiser l’eau" not in page


def test_filters_narrow_the_list(client: LintingClient, owner: Session) -> None:
    here = territory()
    national(
        "nation", title="Le guide national", provider="ADEME", **{"for": [{"category": "energie", "levels": ["bas"]}]}
    )
    own(here.space, "ici", title="Notre atelier", type="training", valid_until="2020-01-01")
    here.enter(client, here.reader)
    for asked, found, not_found in (
        ("origine=nationale", "Le guide national", "Notre atelier"),
        ("origine=territoire", "Notre atelier", "Le guide national"),
        ("type=training", "Notre atelier", "Le guide national"),
        ("par=ADEME", "Le guide national", "Notre atelier"),
        ("categorie=energie", "Le guide national", "Notre atelier"),
        ("etat=expiree", "Notre atelier", "Le guide national"),
    ):
        page = client.get(here.url(f"?{asked}")).text
        assert found in page and not_found not in page, asked
        count = re.search(r'class="filter-count"[^>]*>(.*?)</p>', page, re.S)
        assert count is not None and re.search(r"\.\s+<a", count[1]), asked


def test_an_editor_creates_changes_archives_and_takes_back(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    made = client.post(here.url("/nouvelle"), data={**FORM, "for.0.of": "question/suivi", "for.0.was": "question/suivi",
                       "for.0.is": ["non", "?"], "who.0.of": "profile/kind", "who.0.was": "profile/kind",
                       "who.0.is": "company", "tags": "énergie, visite"})  # fmt: skip
    assert made.status_code == 303
    row = owner.scalars(select(Resource).where(Resource.slug == "visite-energie")).one()
    assert row.entry["for"] == [{"question": "suivi", "is": ["non", "?"]}]
    assert row.entry["who"] == {"kind": ["company"]} and row.tags == ["énergie", "visite"]
    assert "Visite énergie" in client.get(made.location).text

    changed = client.post(here.url(f"/{row.id}/modifier"), data={**FORM, "title_fr": "Visite gratuite"})
    assert changed.status_code == 303
    owner.refresh(row)
    assert row.entry["title"] == "Visite gratuite" and "for" not in row.entry

    assert client.post(here.url(f"/{row.id}/archiver")).status_code == 303
    assert "Visite gratuite" not in client.get(here.url()).text
    assert "Visite gratuite" in client.get(here.url("?etat=archivee")).text
    client.post(here.url(f"/{row.id}/retablir"))
    assert "Visite gratuite" in client.get(here.url()).text
    actions = owner.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [each for each in actions if each.startswith("resources.")] == [
        "resources.created", "resources.changed", "resources.archived", "resources.restored",
    ]  # fmt: skip


def test_what_is_refused_is_said_beside_its_field_and_kept(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    page = client.post(here.url("/nouvelle"), data={**FORM, "url": "pas une adresse", "valid_from": "2026-05-01",
                       "valid_until": "2026-04-01"})  # fmt: skip
    assert page.status_code == 422
    assert "Il faut l’adresse d’une page" in page.text and 'value="Visite énergie"' in page.text
    assert owner.scalars(select(Resource)).first() is None


WRONG = {"url": "pas une adresse", "priority": "500", "valid_from": "2026-05-01", "valid_until": "2026-04-01",
         "for.0.of": "question/suivi"}  # fmt: skip


def test_all_that_is_wrong_is_told_at_once_each_line_leading_to_its_field(
    client: LintingClient, owner: Session
) -> None:
    here = territory()
    here.enter(client, here.editor)
    page = client.post(here.url("/nouvelle"), data={**FORM, **WRONG}).text
    summary = page[page.index("notice-title") : page.index("</ul>", page.index("notice-title"))]
    assert "4 points sont à corriger" in summary
    for place in ("url", "priority", "valid_until", "visee"):
        assert f'href="#{place}"' in summary and f'id="{place}"' in page
    assert "La fin ne peut pas venir avant le début." in summary
    assert "Choisissez au moins une réponse, ou donnez une borne s’il s’agit d’un nombre." in summary


def test_a_line_without_an_answer_is_told_at_the_head_of_the_form(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    page = client.post(here.url("/nouvelle"), data={**FORM, "for.0.of": "question/suivi"})
    assert page.status_code == 422
    assert "Un point est à corriger" in page.text and 'href="#visee"' in page.text


def test_what_was_put_right_is_not_told_any_more_while_lines_are_picked(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    refused = client.post(here.url("/nouvelle"), data={**FORM, **WRONG}).text
    assert 'name="wrong"' in refused
    mended = {**FORM, **WRONG, "wrong": "1", "do": "for:add", "valid_until": "", "priority": "50"}
    page = client.post(here.url("/nouvelle"), data=mended)
    assert page.status_code == 200 and "La fin ne peut pas" not in page.text and 'id="priority-error"' not in page.text
    # Still wrong; the lines are being picked, and not judged yet.
    assert "Un point est à corriger" in page.text and 'href="#url"' in page.text and 'href="#visee"' not in page.text
    page = client.post(here.url("/nouvelle"), data={**mended, "url": "https://a.example.org"}).text
    assert "à corriger" not in page and 'name="wrong"' not in page
    # Nothing is judged before it has been sent.
    assert "à corriger" not in client.post(here.url("/nouvelle"), data={"do": "for:add"}).text


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ({"valid_until": "2020-12-31"}, "Ses dates sont passées : la ressource n’est plus proposée."),
        ({"valid_from": "2099-01-01"}, "la ressource sera proposée à partir du 1ᵉʳ janvier 2099"),
        ({}, "la ressource est proposée dès maintenant"),
    ],
)
def test_what_is_said_once_it_is_saved_is_true(
    client: LintingClient, owner: Session, dates: dict[str, str], said: str
) -> None:
    here = territory()
    here.enter(client, here.editor)
    page = client.post(here.url("/nouvelle"), data={**FORM, **dates}, follow_redirects=True).text
    assert said in page.replace("\u00a0", " ").replace("1er", "1ᵉʳ")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("www.maison.example/aides?a=1", "https://www.maison.example/aides?a=1"),
        ("maison.example", "https://maison.example"),
        ("maison@ville.example", "mailto:maison@ville.example"),
        ("mailto: maison@ville.example", "mailto:maison@ville.example"),
        ("http://maison.example/a@b.fr", "http://maison.example/a@b.fr"),
        ("www.video.example/@maison", "https://www.video.example/@maison"),
    ],
)
def test_an_address_is_taken_as_people_give_it(client: LintingClient, owner: Session, typed: str, kept: str) -> None:
    here = territory()
    here.enter(client, here.editor)
    assert client.post(here.url("/nouvelle"), data={**FORM, "url": typed}).status_code == 303
    assert owner.scalars(select(Resource.entry)).one()["url"] == kept


@pytest.mark.parametrize("typed", ["05 49 00 00 00", "tel:+33549000000", "+33 (0)5.49.00.00.00"])
def test_a_telephone_number_is_told_where_it_goes(client: LintingClient, owner: Session, typed: str) -> None:
    here = territory()
    here.enter(client, here.editor)
    page = client.post(here.url("/nouvelle"), data={**FORM, "type": "contact", "url": typed})
    assert page.status_code == 422 and "Un numéro de téléphone va dans" in page.text


def test_a_new_partner_is_named_in_the_same_form(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    named = {**FORM, "new_partner": "La Maison de l’habitat"}
    made = client.post(here.url("/nouvelle"), data=named)
    assert made.status_code == 303
    row, partner = owner.scalars(select(Resource)).one(), owner.scalars(select(Partner)).one()
    assert row.partner_id == partner.id and partner.name == "La Maison de l’habitat"
    page = client.get(made.location).text
    # Told once, as on a result: the one who answers for it.
    assert page.count("La Maison de l’habitat") == 1 and "Ajouter une autre ressource" in page
    actions = owner.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [each for each in actions if each.startswith("resources.")] == [
        "resources.partner-created", "resources.created",
    ]  # fmt: skip

    # Sent twice it is one resource; named again, however written, it is that partner.
    assert client.post(here.url("/nouvelle"), data=named).location == made.location
    other = {**FORM, "title_fr": "Atelier vélo", "url": "velo.example", "new_partner": "la maison de l’habitat"}
    assert client.post(here.url("/nouvelle"), data=other).status_code == 303
    assert owner.scalars(select(Resource.partner_id)).all() == [partner.id, partner.id]
    assert owner.scalars(select(func.count(Partner.id))).one() == 1


def test_a_refused_form_adds_no_partner_and_keeps_its_name(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    page = client.post(here.url("/nouvelle"), data={**FORM, "url": "rien de bon", "new_partner": "La chambre"})
    assert page.status_code == 422 and 'value="La chambre"' in page.text
    assert owner.scalars(select(Partner)).all() == []


def test_a_new_partner_is_named_for_a_national_resource_too(client: LintingClient, owner: Session) -> None:
    here = territory()
    row = national("aide")
    here.enter(client, here.editor)
    sent = {"title_fr": "Ressource aide", "priority": "50", "partner": "0", "new_partner": "La chambre"}
    assert client.post(here.url(f"/{row.id}/adapter"), data=sent).status_code == 303
    assert owner.scalars(select(ResourceAdoption.partner_id)).one() == owner.scalars(select(Partner.id)).one()


@pytest.mark.parametrize(
    ("of", "said"),
    [("question/suivi", "Choisissez au moins une réponse"), ("category/energie", "Choisissez au moins un niveau")],
)
def test_an_aim_without_an_answer_is_refused(client: LintingClient, owner: Session, of: str, said: str) -> None:
    here = territory()
    here.enter(client, here.editor)
    page = client.post(here.url("/nouvelle"), data={**FORM, "for.0.of": of, "for.0.was": of})
    assert page.status_code == 422 and owner.scalars(select(Resource)).first() is None
    assert said in page.text


def test_buttons_of_the_builder_work_without_javascript(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    assert "Ajouter une réponse visée" in client.get(here.url("/nouvelle")).text
    page = client.post(here.url("/nouvelle"), data={**FORM, "do": "for:add"})
    assert page.status_code == 200 and 'name="for.0.of"' in page.text
    page = client.post(here.url("/nouvelle"), data={**FORM, "for.0.of": "category/energie", "do": "show"})
    assert 'value="bas"' in page.text
    page = client.post(here.url("/nouvelle"), data={**FORM, "for.0.of": "category/energie", "do": "for.0:remove"})
    assert 'name="for.0.of"' not in page.text
    assert owner.scalars(select(func.count(Resource.id))).one() == 0


def test_who_would_see_it_is_a_count_that_gives_nobody_away(client: LintingClient, owner: Session) -> None:
    here = territory()
    answered(here.where, 6, suivi="non", compost=False)
    answered(here.where, 4, suivi="oui", compost=True)
    here.enter(client, here.editor)

    def reach(**fields: Any) -> str:
        return client.post(here.url("/nouvelle"), data={**FORM, "do": "show", **fields}).text

    of = {"for.0.of": "question/suivi", "for.0.was": "question/suivi"}
    assert "à environ 5 structures, sur environ 10 qui ont un résultat" in reach(**of, **{"for.0.is": "non"})
    assert "Elle serait proposée à moins de 5 structures." in reach(**of, **{"for.0.is": "oui"})
    who = {"who.0.of": "profile/kind", "who.0.was": "profile/kind", "who.0.is": "association"}
    assert "Elle serait proposée à moins de 5 structures." in reach(**of, **{"for.0.is": "non"}, **who)
    assert "Choisissez chaque fois au moins une réponse" in reach(**of)


def test_who_would_see_it_is_counted_through_the_versions_between(client: LintingClient, owner: Session) -> None:
    """Answers to a version before the last: the one between alone knows what they were called."""
    here = territory()
    answered(here.where, 6, suivi="non", tri=["papier"])
    answered(here.where, 4, suivi="oui", tri=["verre"])
    for number, (name, was) in enumerate((("bacs", "tri"), ("matieres", "bacs")), 2):
        tree = document()
        tree["categories"][1]["questions"][0] |= {"id": name, "was": [was]}
        QuestionnaireVersionFactory(
            space_id=here.space.id, questionnaire=here.where.version.questionnaire, number=number, document=tree
        )
    here.enter(client, here.editor)
    of = {"for.0.of": "question/matieres", "for.0.was": "question/matieres", "for.0.is": "papier"}
    page = client.post(here.url("/nouvelle"), data={**FORM, "do": "show", **of}).text
    assert "Elle serait proposée à environ 5 structures" in page


def test_a_likely_duplicate_is_told_and_may_be_kept(client: LintingClient, owner: Session) -> None:
    here = territory()
    national("visite", title="Tout autre chose", url="http://www.cci.example.org/visite/?utm_source=x")
    here.enter(client, here.editor)
    page = client.post(here.url("/nouvelle"), data=FORM)
    assert page.status_code == 422 and "ressemble" in page.text and "Tout autre chose" in page.text
    # Beside what is the same; looking at the other leaves what was typed where it is.
    assert 'id="url-error"' in page.text and 'id="title_fr-error"' not in page.text
    assert re.search(r'<a href="[^"]+" target="_blank">Tout autre chose', page.text)
    assert "www.cci.example.org/visite/?utm_source=x" in page.text
    apart = re.findall(r'<button[^>]* name="apart" value="(\d+)"', page.text)
    # Said once, it holds while something else is put right, and for that resource alone.
    wrong = client.post(here.url("/nouvelle"), data={**FORM, "apart": apart, "priority": "200"})
    assert wrong.status_code == 422 and "ressemble" not in wrong.text
    assert f'<input type="hidden" name="apart" value="{apart[0]}">' in wrong.text
    national("autre", title=FORM["title_fr"], url="https://ailleurs.example.org/")
    page = client.post(here.url("/nouvelle"), data={**FORM, "apart": apart})
    assert page.status_code == 422 and 'id="title_fr-error"' in page.text and 'id="url-error"' not in page.text
    apart += re.findall(r'<button[^>]* name="apart" value="(\d+)"', page.text)
    assert client.post(here.url("/nouvelle"), data={**FORM, "apart": apart}).status_code == 303


def test_merging_unites_the_aims_and_puts_the_other_away(client: LintingClient, owner: Session) -> None:
    here = territory()
    kept = own(here.space, "ici", url="https://a.example.org/x", **{"for": [{"question": "suivi", "is": ["non"]}]})
    gone = national("la", url="https://a.example.org/x/", **{"for": [{"category": "energie", "levels": ["bas"]}]})
    here.enter(client, here.editor)
    assert "Même adresse" in client.get(here.url("/doublons")).text
    assert client.post(here.url(f"/{kept.id}/reunir/{gone.id}")).status_code == 303
    owner.refresh(kept)
    assert kept.entry["for"] == [{"question": "suivi", "is": ["non"]}, {"category": "energie", "levels": ["bas"]}]
    assert owner.scalars(select(ResourceAdoption.hidden)).all() == [True]
    assert "Aucun doublon" in client.get(here.url("/doublons")).text


def test_a_text_in_one_language_follows_the_nation_in_the_other(client: LintingClient, owner: Session) -> None:
    here = territory(languages=["fr", "en"])
    row = national("aide", title={"fr": "L’aide", "en": "The help"}, summary={"fr": "Résumé", "en": "Summary"})
    here.enter(client, here.editor)
    data = {"title_fr": "Notre aide", "title_en": "The help", "summary_fr": "Résumé", "summary_en": "",
            "priority": "50", "partner": "0"}  # fmt: skip
    assert client.post(here.url(f"/{row.id}/adapter"), data=data).status_code == 303
    assert owner.scalars(select(ResourceAdoption.changes)).one() == {
        "title": {"fr": "Notre aide"},
        "summary": {"en": ""},
    }
    told = owner.scalars(select(AuditEntry.details).where(AuditEntry.action == "resources.adapted")).one()
    assert (told["before"]["title"]["fr"], told["after"]["title"]["fr"]) == ("L’aide", "Notre aide")
    assert told["before"]["title"]["en"] == told["after"]["title"]["en"] == "The help"
    row.entry = {**row.entry, "title": {"fr": "L’aide neuve", "en": "The new help"}}
    owner.commit()
    page = client.get(here.url(f"/{row.id}/adapter")).text
    assert 'value="Notre aide"' in page and 'value="The new help"' in page and ">Summary<" not in page


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ({"valid_until": "2020-12-31"}, "Ses dates sont passées : aucun acteur ne la voit plus."),
        ({"valid_from": "2099-01-01"}, "Ses dates sont à venir : aucun acteur ne la voit encore."),
    ],
)
def test_a_resource_that_nobody_sees_is_not_said_to_be_seen(
    client: LintingClient, owner: Session, dates: dict[str, str], said: str
) -> None:
    here = territory()
    answered(here.where, 12, suivi="non")
    row = own(here.space, "ici", **dates)
    here.enter(client, here.editor)
    page = client.get(here.url(f"/{row.id}")).text.replace("\u00a0", " ")
    assert said in page and "Ce que verraient les acteurs" in page and "À qui elle serait proposée" in page
    assert "Proposée à" not in page


def test_a_hidden_resource_is_not_said_to_be_seen(client: LintingClient, owner: Session) -> None:
    here = territory()
    row = national("aide")
    here.enter(client, here.editor)
    assert "Ce que voient les acteurs" in client.get(here.url(f"/{row.id}")).text
    client.post(here.url(f"/{row.id}/masquer"))
    page = client.get(here.url(f"/{row.id}")).text
    assert "Elle est masquée" in page and "Ce que voient les acteurs" not in page


def test_an_adapted_resource_follows_the_nation_where_it_says_nothing(client: LintingClient, owner: Session) -> None:
    here = territory()
    row = national("aide", summary="Le résumé national.")
    here.enter(client, here.editor)
    data = {"title_fr": "L’aide, chez nous", "summary_fr": "Le résumé national.", "priority": "50", "partner": "0",
            "contact": "Nadia, le mardi"}  # fmt: skip
    assert client.post(here.url(f"/{row.id}/adapter"), data=data).status_code == 303
    adoption = owner.scalars(select(ResourceAdoption)).one()
    assert adoption.changes == {"title": "L’aide, chez nous"} and adoption.contact == "Nadia, le mardi"
    page = client.get(here.url(f"/{row.id}")).text
    assert "L’aide, chez nous" in page and "Nadia, le mardi" in page and "a changé" not in page

    row.entry = {**row.entry, "summary": "Un résumé nouveau."}
    owner.commit()
    page = client.get(here.url(f"/{row.id}")).text
    assert "Le texte national a changé" in page and "Un résumé nouveau." in page and "Le résumé national." in page
    client.post(here.url(f"/{row.id}/garder"))
    assert "Le texte national a changé" not in client.get(here.url(f"/{row.id}")).text
    client.post(here.url(f"/{row.id}/national"))
    page = client.get(here.url(f"/{row.id}")).text
    assert "L’aide, chez nous" not in page and "Nadia" not in page


def test_a_partner_is_on_the_card_with_its_logo(client: LintingClient, owner: Session) -> None:
    import io

    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (900, 300), "navy").save(picture, "PNG")
    picture.seek(0)
    here = territory()
    row = own(here.space, "ici")
    here.enter(client, here.editor)
    fields = {"name": "Chambre de métiers", "contact_name": "Nadia Benali", "contact_email": "nadia@example.org",
              "contact_phone": "05 49 00 00 00", "logo": (picture, "logo.png")}  # fmt: skip
    assert client.post(here.url("/partenaires/nouveau"), data=fields).status_code == 303
    partner = owner.scalars(select(Partner)).one()
    assert partner.logo is not None and partner.logo["width"] == 320
    chosen = {"title_fr": "Ressource ici", "url": row.entry["url"], "type": "guide", "priority": "50",
              "partner": str(partner.id)}  # fmt: skip
    client.post(here.url(f"/{row.id}/modifier"), data=chosen)
    page = client.get(here.url(f"/{row.id}")).text
    assert "Nadia Benali" in page and "tel:0549000000" in page and partner.logo["digest"] in page
    assert client.post(here.url("/partenaires/nouveau"), data={"name": "chambre de Métiers"}).status_code == 422
    assert client.post(here.url(f"/partenaires/{partner.id}/retirer")).status_code == 303
    assert "Nadia Benali" not in client.get(here.url(f"/{row.id}")).text


def test_a_reader_writes_nothing(client: LintingClient, owner: Session) -> None:
    here = territory()
    row, nation = own(here.space, "ici"), national("la")
    here.enter(client, here.reader)
    for path in (f"/{row.id}/archiver", f"/{nation.id}/masquer", "/nouvelle", "/importer", "/partenaires/nouveau"):
        assert client.post(here.url(path)).status_code == 403, path


def test_another_space_is_not_touched(client: LintingClient, owner: Session) -> None:
    here, there = territory(slug="ici"), territory(slug="la-bas")
    nation, theirs = national("nation"), own(there.space, "leur")
    here.enter(client, here.editor)
    client.post(here.url(f"/{nation.id}/masquer"))
    for path in (f"/{theirs.id}", f"/{theirs.id}/modifier"):
        assert client.get(here.url(path)).status_code == 404
    assert client.post(here.url(f"/{theirs.id}/archiver")).status_code == 404
    there.enter(client, there.editor)
    assert ">Masquée<" not in client.get(there.url()).text


def test_the_list_takes_as_many_statements_for_a_hundred_resources(
    client: LintingClient, owner: Session, statements: list[str]
) -> None:
    here = territory()
    answered(here.where, 10, suivi="non")
    here.enter(client, here.editor)
    counts = []
    for some in (3, 60):
        for number in range(some):
            own(here.space, f"r{some}-{number}")
        client.get(here.url())
        for path in ("", "/doublons", "/manques", "/nouvelle"):
            statements.clear()
            client.get(here.url(path))
            counts.append(len(statements))
            assert len(statements) <= 12, (path, statements)
    assert counts[:4] == counts[4:]
