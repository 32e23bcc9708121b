"""The base under several hands: files that say little or too much, forms left open, mergers, copies, links, figures."""

from __future__ import annotations

import html
import re
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assett.core import jobs
from assett.core.audit import AuditEntry
from assett.resources import duplicates, links, merging, service
from assett.resources.catalogue import about, structures
from assett.resources.links import Finding
from assett.resources.models import LinkState, Partner, Resource, ResourceAdoption, ResourceLink, ResourceOpinion
from tests.linting import LintingClient
from tests.resources.arranging import Territory, answered, national, own, territory
from tests.resources.test_base import FORM
from tests.resources.test_files import accept, send
from tests.resources.test_links import NIGHT, asker

CSV = "Identifiant;Titre;Adresse;Type;{more}\n"


def text(page: Any) -> str:
    return html.unescape(page.text).replace("\u00a0", " ").replace("\u202f", " ")


def opened(client: LintingClient, url: str) -> str:
    """What the form at an address carries to tell what changed meanwhile."""
    found = re.search(r'name="seen" value="([^"]*)"', client.get(url).text)
    assert found is not None
    return html.unescape(found[1])


# Limits


def test_an_import_has_the_limits_of_the_form_and_says_so_in_the_report(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    rows = [
        f"une;Une;https://a.example.org/{'x' * 9_000};guide;;\n",
        f"deux;{'T' * 10_000};https://b.example.org;guide;;\n",
        f"trois;Trois;https://c.example.org;guide;{'C' * 300};\n",
        f"quatre;Quatre;https://d.example.org;guide;;{'E' * 41}\n",
        "cinq;Cinq;https://e.example.org;guide;Nadia;eau\n",
    ]
    page = text(send(client, here, (CSV.format(more="Contact;Étiquettes") + "".join(rows)).encode(), "l.csv"))
    assert "ligne 2, colonne « Adresse » : 9 022 caractères : c’est plus que les 1 000 possibles" in page
    assert "ligne 3, colonne « Titre » : 10 000 caractères" in page and "ligne 4, colonne « Contact »" in page
    assert "ligne 5, colonne « Étiquettes » : une étiquette a plus de 40 caractères" in page
    # Those that a resource can do without fall alone.
    assert "3 ressources comprises" in page
    accept(client, here, page)
    rows = owner.scalars(select(Resource).order_by(Resource.id)).all()
    assert [(row.slug, row.contact, row.tags) for row in rows] == [
        ("trois", "", []), ("quatre", "", []), ("cinq", "Nadia", ["eau"]),
    ]  # fmt: skip


def test_an_address_of_any_length_stops_no_check_of_links(app: Flask, owner: Session) -> None:
    here = territory()
    own(here.space, "longue", url="https://long.invalid/" + "é" * 9_000)
    with app.app_context():
        owner.expire_all()
        assert len(service.list_links(owner)) == 1
        assert len(service.list_links(owner)) == 1
    owner.rollback()


def test_tags_are_kept_whole_or_refused(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    page = client.post(here.url("/nouvelle"), data={**FORM, "tags": "a" * 41})
    assert page.status_code == 422 and "40 caractères au plus" in text(page)


# Figures


@pytest.mark.parametrize(("count", "said"), [(4, "moins de 5 structures"), (5, "5"), (7, "5"), (8, "10"), (22, "20")])
def test_counts_are_told_to_the_nearest_five(app: Flask, count: int, said: str) -> None:
    with app.test_request_context():
        assert structures(count) == (said if count < 5 else f"environ {said} structures")
        assert count < 5 or about(count) == said


def test_one_more_answer_does_not_tell_who_gave_it(client: LintingClient, owner: Session) -> None:
    here = territory()
    answered(here.where, 10, suivi="non")
    answered(here.where, 1, suivi="oui")
    here.enter(client, here.editor)

    def reach(*values: str) -> str:
        of = {"for.0.of": "question/suivi", "for.0.was": "question/suivi", "for.0.is": list(values)}
        found = re.search(r"<strong>([^<]*serait proposée à[^<]*)</strong>", text(client.post(
            here.url("/nouvelle"), data={**FORM, "do": "show", **of})))  # fmt: skip
        assert found is not None
        return found[1]

    said = "Elle serait proposée à environ 10 structures, sur environ 10 qui ont un résultat ; en tête pour environ 10."
    assert reach("non") == reach("non", "oui") == said
    own(here.space, "ici", **{"for": [{"question": "suivi", "is": ["non"]}]})
    assert "roposée à environ 10 structures" in text(client.get(here.url()))


def test_the_address_of_a_hole_holds_for_all_who_make_it(client: LintingClient, owner: Session) -> None:
    here = territory()
    answered(here.where, 6, suivi="oui", frequence=0, part=100, tri=["verre"], compost=True)
    answered(here.where, 5, suivi="oui", frequence=1, part=10, tri=["verre"], compost=True)
    answered(here.where, 5, suivi="oui", frequence=4, part=100, tri=["papier"], compost=True)
    here.enter(client, here.editor)
    page = text(client.get(here.url("/manques")))
    assert "Que triez-vous ?" in page and "À quelle fréquence ?" in page
    entries = re.findall(r"Point faible d’(environ \d+) structures.*?href=\"([^\"]+nouvelle[^\"]*)\"", page, re.S)
    assert len(entries) >= 2
    for count, address in entries:
        assert f"Elle serait proposée à {count} structures" in text(client.get(address)), address


# Import


def test_an_update_keeps_what_the_file_has_no_column_for(client: LintingClient, owner: Session) -> None:
    here = territory()
    row = own(here.space, "ici", summary={"fr": "Un résumé", "en": "A summary"}, priority=70, provider="La chambre",
              who={"kind": ["company"]})  # fmt: skip
    row.contact, row.tags = "Nadia", ["eau"]
    owner.commit()
    before = dict(row.entry)
    here.enter(client, here.editor)
    page = text(send(client, here, "Identifiant;Titre;Étiquettes\nici;Titre neuf;eau, air\n".encode(), "m.csv"))
    assert "Titre (fr)" in page or "Titre" in page
    assert "« Ressource ici » devient « Titre neuf »" in page and "« eau » devient « eau, air »" in page
    assert "2 changements" in page
    accept(client, here, page)
    owner.refresh(row)
    assert row.entry == {**before, "title": "Titre neuf"}
    assert row.contact == "Nadia" and row.tags == ["eau", "air"]


def test_an_empty_cell_of_a_column_takes_the_thing_away_and_the_report_says_so(
    client: LintingClient, owner: Session
) -> None:
    here = territory()
    row = own(here.space, "ici", provider="La chambre")
    here.enter(client, here.editor)
    page = text(send(client, here, b"Identifiant;Titre;Propos\xc3\xa9e par\nici;Ressource ici;\n", "m.csv"))
    assert "« La chambre » disparaît" in page
    accept(client, here, page)
    owner.refresh(row)
    assert "provider" not in row.entry


def test_a_report_left_open_overwrites_nobody(client: LintingClient, owner: Session) -> None:
    here = territory()
    changed, archived = own(here.space, "changee"), own(here.space, "archivee")
    here.enter(client, here.editor)
    rows = "changee;Du fichier;https://a.example.org;guide\narchivee;Du fichier;https://b.example.org;guide\n"
    data = ("Identifiant;Titre;Adresse;Type\n" + rows + ";Toute neuve;https://c.example.org;guide\n").encode()
    page = send(client, here, data, "m.csv").text
    changed.entry = {**changed.entry, "title": "Du collègue"}
    archived.archived_at = datetime(2026, 3, 1, tzinfo=UTC)
    owner.commit()
    accept(client, here, page)
    owner.expire_all()
    assert changed.entry["title"] == "Du collègue" and archived.archived_at is not None
    assert archived.entry["title"] == "Ressource archivee"
    assert owner.scalars(select(func.count(Resource.id))).one() == 3
    said = text(client.get(here.url()))
    assert "restent comme elles sont : « Du collègue », « Ressource archivee »" in said


def test_the_same_report_agreed_to_twice_changes_nothing_more(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    page = send(client, here, b"Titre;Adresse;Type\nUne;https://a.example.org;guide\n", "m.csv").text
    for _ in range(2):
        assert accept(client, here, page).status_code == 303
    assert "entre-temps" not in client.get(here.url()).text
    assert owner.scalars(select(func.count(Resource.id))).one() == 1
    imported = select(func.count(AuditEntry.id)).where(AuditEntry.action == "resources.imported")
    assert owner.scalars(imported).one() == 1


def test_rows_that_say_the_same_are_told(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    row = "Atelier de réparation;https://a.example.org/x;guide\n"
    near = "Atelier de la réparation;https://b.example.org/y;guide\n"
    page = text(send(client, here, ("Titre;Adresse;Type\n" + row + row + near).encode(), "m.csv"))
    assert "ligne 3 : elle dit la même chose que la ligne 2" in page
    assert "ressemble à « Atelier de réparation »" in page
    assert re.findall(r'name="take" value="([^"]+)" checked', page) == ["atelier-de-reparation"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("start", ["", "sep=;\r\n"])
def test_files_as_offices_write_them(client: LintingClient, owner: Session, encoding: str, start: str) -> None:
    here = territory()
    here.enter(client, here.editor)
    data = f"{start}Titre;Adresse;Type\r\nÉté, chez nous;https://a.example.org;Accompagnement\r\n".encode(encoding)
    page = text(send(client, here, data, "m.csv"))
    assert "Été, chez nous" in page and f"ligne {3 if start else 2}" in page
    accept(client, here, page)
    assert owner.scalars(select(Resource.entry["type"].astext)).one() == "expertise"


@pytest.mark.parametrize(("label", "kind"), [("Témoignage", "testimony"), ("Funding", "funding"), ("Case study", None)])
def test_types_are_known_by_their_labels(client: LintingClient, owner: Session, label: str, kind: str | None) -> None:
    here = territory()
    here.enter(client, here.editor)
    page = send(client, here, f"Titre;Adresse;Type\nUne;https://a.example.org;{label}\n".encode(), "m.csv").text
    assert ('name="take"' in page) == (kind is not None)


def test_a_file_is_held_against_the_base_by_folding_each_title_once(
    client: LintingClient, owner: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = territory()
    for number in range(40):
        own(here.space, f"ancienne-{number}")
    here.enter(client, here.editor)
    folded: list[str] = []
    monkeypatch.setattr(duplicates, "fold", lambda title: folded.append(title) or title.lower())
    rows = "".join(f"Neuve {number};https://n{number}.example.org;guide\n" for number in range(60))
    assert "60 ressources comprises" in text(send(client, here, f"Titre;Adresse;Type\n{rows}".encode(), "m.csv"))
    assert len(folded) <= 40 + 2 * 60


# Two editors


def test_two_editors_of_different_fields_both_keep_their_work(client: LintingClient, owner: Session) -> None:
    here = territory()
    row = own(here.space, "ici", summary="Avant.")
    here.enter(client, here.editor)
    seen = opened(client, here.url(f"/{row.id}/modifier"))
    row.entry, row.contact = {**row.entry, "summary": "Du collègue."}, "Nadia"
    owner.commit()
    mine = {
        **FORM,
        "title_fr": "De moi",
        "url": row.entry["url"],
        "type": "guide",
        "summary_fr": "Avant.",
        "seen": seen,
    }
    assert client.post(here.url(f"/{row.id}/modifier"), data=mine).status_code == 303
    owner.refresh(row)
    assert (row.entry["title"], row.entry["summary"], row.contact) == ("De moi", "Du collègue.", "Nadia")


def test_two_editors_of_the_same_field_are_shown_both_and_nothing_is_lost(
    client: LintingClient, owner: Session
) -> None:
    here = territory()
    row = own(here.space, "ici", summary="Avant.")
    here.enter(client, here.editor)
    seen = opened(client, here.url(f"/{row.id}/modifier"))
    row.entry = {**row.entry, "title": "Du collègue", "summary": "Du collègue aussi."}
    owner.commit()
    mine = {
        **FORM,
        "title_fr": "De moi",
        "url": row.entry["url"],
        "type": "guide",
        "summary_fr": "Avant.",
        "seen": seen,
    }
    answer = client.post(here.url(f"/{row.id}/modifier"), data=mine)
    page = text(answer)
    assert answer.status_code == 422 and "Vous avez changé la même chose à deux" in page
    assert "<dd>Du collègue</dd>" in page and "<dd>De moi</dd>" in page
    assert 'value="De moi"' in page and "Du collègue aussi." in page
    owner.refresh(row)
    assert row.entry["title"] == "Du collègue"
    again = re.search(r'name="seen" value="([^"]*)"', answer.text)
    assert again is not None
    agreed = {**mine, "summary_fr": "Du collègue aussi.", "seen": html.unescape(again[1])}
    assert client.post(here.url(f"/{row.id}/modifier"), data=agreed).status_code == 303
    owner.refresh(row)
    assert (row.entry["title"], row.entry["summary"]) == ("De moi", "Du collègue aussi.")


def test_a_partner_named_beside_what_a_colleague_changed_too_is_named_again(
    client: LintingClient, owner: Session
) -> None:
    here = territory()
    row = own(here.space, "ici")
    here.enter(client, here.editor)
    seen = opened(client, here.url(f"/{row.id}/modifier"))
    row.entry = {**row.entry, "title": "Du collègue"}
    owner.commit()
    mine = {**FORM, "title_fr": "De moi", "url": row.entry["url"], "new_partner": "La chambre", "seen": seen}
    answer = client.post(here.url(f"/{row.id}/modifier"), data=mine)
    assert answer.status_code == 422 and 'value="La chambre"' in answer.text
    # Nothing was written: the list offers nobody who is not there.
    assert re.findall(r'<option[^>]*value="([0-9]+)"', answer.text) == ["0"]
    assert owner.scalars(select(Partner)).all() == []
    again = re.search(r'name="seen" value="([^"]*)"', answer.text)
    assert again is not None
    sent = client.post(here.url(f"/{row.id}/modifier"), data={**mine, "seen": html.unescape(again[1])})
    assert sent.status_code == 303
    owner.refresh(row)
    assert row.partner_id == owner.scalars(select(Partner.id)).one()


def test_two_editors_of_an_adapted_resource_and_of_a_partner(client: LintingClient, owner: Session) -> None:
    here = territory()
    row = national("aide")
    partner = Partner(space_id=here.space.id, name="La chambre")
    owner.add(partner)
    owner.commit()
    here.enter(client, here.editor)
    adapting, carrying = here.url(f"/{row.id}/adapter"), here.url(f"/partenaires/{partner.id}")
    seen, seen_partner = opened(client, adapting), opened(client, carrying)
    owner.add(ResourceAdoption(space_id=here.space.id, resource_id=row.id, changes={"title": "Du collègue"},
                               seen=row.entry, contact="", tags=[]))  # fmt: skip
    partner.contact_name, partner.contact_phone = "Du collègue", "05 49 00 00 00"
    owner.commit()
    mine = {"title_fr": "De moi", "summary_fr": "", "priority": "50", "partner": "0", "contact": "Nadia", "seen": seen}
    page = client.post(adapting, data=mine)
    assert page.status_code == 422 and "<dd>Du collègue</dd>" in text(page) and 'value="De moi"' in page.text
    page = client.post(carrying, data={"name": "La chambre", "contact_name": "De moi", "seen": seen_partner})
    assert page.status_code == 422 and "<dd>Du collègue</dd>" in text(page)
    assert 'value="05 49 00 00 00"' in page.text
    owner.expire_all()
    assert partner.contact_name == "Du collègue"
    assert owner.scalars(select(ResourceAdoption.changes)).one() == {"title": "Du collègue"}


def test_a_form_sent_twice_makes_one_resource(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    sent = [client.post(here.url("/nouvelle"), data=FORM) for _ in range(2)]
    assert [each.status_code for each in sent] == [303, 303] and sent[0].location == sent[1].location
    assert owner.scalars(select(func.count(Resource.id))).one() == 1


def test_a_copy_is_one_draft_that_actors_do_not_see_until_it_is_saved(client: LintingClient, owner: Session) -> None:
    here = territory()
    row = own(here.space, "ici")
    here.enter(client, here.editor)
    made = [client.post(here.url(f"/{row.id}/dupliquer")) for _ in range(2)]
    assert made[0].location == made[1].location
    copy = owner.scalars(select(Resource).where(Resource.id != row.id)).one()
    assert copy.draft and client.get(here.where.url(f"ressources/{copy.slug}/aller")).status_code == 404
    assert "Brouillon" in client.get(here.url()).text and "Aucun doublon" in client.get(here.url("/doublons")).text
    assert "n’est pas encore proposée" in text(client.get(made[0].location))
    # Actors would read one title twice: the copy takes its own, unless one insists.
    assert copy.entry["title"] == row.entry["title"]
    data = {**FORM, "title_fr": row.entry["title"], "url": row.entry["url"], "type": "guide"}
    same = client.post(made[0].location, data=data)
    assert same.status_code == 422 and "Elle ressemble à une ressource qui existe déjà" in text(same)
    assert client.post(made[0].location, data={**data, "title_fr": "Celle d’à côté"}).status_code == 303
    assert client.get(here.where.url(f"ressources/{copy.slug}/aller")).status_code == 303


def test_the_home_page_of_a_site_is_told_while_there_is_no_title_yet(client: LintingClient, owner: Session) -> None:
    here = territory()
    national("nation", title="Le programme des lycées", url="https://nation.example.org")
    here.enter(client, here.editor)
    new, data = here.url("/nouvelle"), {**FORM, "url": "https://www.nation.example.org/", "do": "show"}
    told = text(client.post(new, data={**data, "title_fr": ""}))
    assert "Elle ressemble à une ressource qui existe déjà" in told and "l’adapter à votre territoire" in told
    assert "Elle ressemble" not in text(client.post(new, data={**data, "title_fr": "Les vélos de la mairie"}))


# Mergers


def _pair(here: Territory, owner: Session) -> tuple[Resource, Resource]:
    partner = Partner(space_id=here.space.id, name="La chambre")
    owner.add(partner)
    owner.flush()
    one = own(here.space, "une", url="https://a.example.org/x", who={"kind": ["company"]})
    other = own(here.space, "autre", url="https://a.example.org/x/", who={"kind": ["association"]})
    other.partner_id, other.contact, other.tags = partner.id, "Nadia", ["eau"]
    owner.commit()
    return one, other


def test_a_merger_takes_audience_contact_and_partner_and_says_so_before(client: LintingClient, owner: Session) -> None:
    here = territory()
    one, other = _pair(here, owner)
    here.enter(client, here.editor)
    page = text(client.get(here.url("/doublons")))
    for said in ("« Entreprise » ou « Association »", "le partenaire « La chambre »", "le contact « Nadia »", "eau"):
        assert said in page
    assert client.post(here.url(f"/{one.id}/reunir/{other.id}")).status_code == 303
    owner.expire_all()
    assert one.entry["who"] == {"kind": ["company", "association"]}
    assert (one.partner_id, one.contact, one.tags) == (other.partner_id, "Nadia", ["eau"])


def test_a_national_one_that_is_kept_takes_the_contact_on_the_territory(client: LintingClient, owner: Session) -> None:
    here = territory()
    _, other = _pair(here, owner)
    nation = national("nation", url="https://a.example.org/x")
    here.enter(client, here.editor)
    client.post(here.url(f"/{nation.id}/reunir/{other.id}"))
    adoption = owner.scalars(select(ResourceAdoption)).one()
    assert (adoption.contact, adoption.tags, adoption.partner_id) == ("Nadia", ["eau"], other.partner_id)
    assert adoption.seen == nation.entry and not adoption.hidden


AIM = {"for": [{"question": "suivi", "is": ["non"]}], "who": {"kind": ["company"]}}


@pytest.mark.parametrize(("one", "other"), [(AIM, {}), ({}, AIM)])
def test_a_merger_with_one_that_aims_at_nobody_leaves_the_aims(
    client: LintingClient, owner: Session, one: dict[str, Any], other: dict[str, Any]
) -> None:
    here = territory()
    kept = own(here.space, "une", url="https://a.example.org/x", **one)
    gone = own(here.space, "autre", url="https://a.example.org/x/", **other)
    before = dict(kept.entry)
    here.enter(client, here.editor)
    assert "quelles que soient les réponses" not in text(client.get(here.url("/doublons")))
    client.post(here.url(f"/{kept.id}/reunir/{gone.id}"))
    owner.expire_all()
    assert kept.entry == before


def test_the_log_says_what_a_merger_changed(client: LintingClient, owner: Session) -> None:
    here = territory()
    one, other = _pair(here, owner)
    here.enter(client, here.editor)
    client.post(here.url(f"/{one.id}/reunir/{other.id}"))
    told = owner.scalars(select(AuditEntry.details).where(AuditEntry.action == "resources.merged")).one()
    assert told["duplicate"] == "Ressource autre"
    assert told["before"] == {"who": {"kind": ["company"]}, "partner": None, "contact": "", "tags": []}
    assert told["after"] == {"who": {"kind": ["company", "association"]}, "partner": other.partner_id,
                             "contact": "Nadia", "tags": ["eau"]}  # fmt: skip


def test_whoever_passes_one_who_passes_the_widest() -> None:
    one, other = {"kind": ["company"], "size": ["small"]}, {"kind": "association"}
    assert merging.widest(one, other) == {"kind": ["company", "association"]}
    assert merging.widest(one, {}) == {}


def test_merging_both_ways_leaves_one(client: LintingClient, owner: Session) -> None:
    here = territory()
    one, other = _pair(here, owner)
    here.enter(client, here.editor)
    client.post(here.url(f"/{one.id}/reunir/{other.id}"))
    client.post(here.url(f"/{other.id}/reunir/{one.id}"))
    owner.expire_all()
    assert one.archived_at is None and other.archived_at is not None
    assert "« Ressource autre » n’est plus proposée" in text(client.get(here.url("/doublons")))


# Links


def test_a_site_that_is_no_more_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as shut:
        shut.bind(("127.0.0.1", 0))
        port = shut.getsockname()[1]
    assert asker().probe(f"http://127.0.0.1:{port}/") == Finding(LinkState.UNCERTAIN, links.UNREACHABLE, refused=True)
    for error, why, refused in (
        (socket.EAI_NONAME, links.UNKNOWN_HOST, True),
        (socket.EAI_AGAIN, links.UNREACHABLE, False),
    ):

        def fails(*_: Any, error: int = error, **__: Any) -> Any:
            raise socket.gaierror(error, "no")

        monkeypatch.setattr(socket, "getaddrinfo", fails)
        assert asker().probe("http://gone.example/") == Finding(LinkState.UNCERTAIN, why, refused=refused)


def test_a_slow_night_does_not_mend_a_broken_link() -> None:
    row = ResourceLink(url="https://a.example.org", state=LinkState.UNCHECKED, failures=0)
    gone = Finding(LinkState.UNCERTAIN, links.UNKNOWN_HOST, refused=True)
    for day in range(3):
        now = NIGHT + timedelta(days=day)
        service.note_finding([row], gone, now, now.date())
    broken_at = row.broken_at
    assert row.state == LinkState.BROKEN
    now = NIGHT + timedelta(days=4)
    service.note_finding([row], Finding(LinkState.UNCERTAIN, links.TOO_SLOW), now, now.date())
    assert (row.state, row.why, row.broken_at) == (LinkState.BROKEN, links.UNKNOWN_HOST, broken_at)
    service.note_finding([row], Finding(LinkState.VALID, links.ANSWERS, 200), now, now.date())
    assert row.state == LinkState.VALID and row.broken_at is None


# Addresses, words, opinions


@pytest.mark.parametrize(
    "asked",
    [
        "kind=x",
        "_scheme=http",
        "values=1",
        "_external=1&_anchor=x",
        "endpoint=x",
        "space=mel",
        "resource=3&_method=POST",
    ],
)
def test_an_unknown_word_in_an_address_changes_nothing(client: LintingClient, owner: Session, asked: str) -> None:
    here = territory()
    for number in range(35):
        own(here.space, f"r{number}")
    here.enter(client, here.editor)
    answer = client.get(here.url(f"?{asked}&type=guide"))
    assert answer.status_code == 200
    for link in re.findall(r'href="([^"]*(?:export|page=2)[^"]*)"', answer.text):
        assert link.startswith(f"/{here.space.slug}/") and "type=guide" in link, link
        assert client.get(html.unescape(link)).status_code == 200
    assert "page=2" in answer.text


def test_a_bound_that_is_no_number_stays_and_is_told(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    line = {"for.0.of": "question/part", "for.0.was": "question/part", "for.0.at_least": "abc"}
    page = client.post(here.url("/nouvelle"), data={**FORM, **line})
    assert page.status_code == 422 and 'value="abc"' in page.text and "« abc »" in text(page)
    assert owner.scalars(select(Resource)).first() is None


@pytest.mark.parametrize(("fields", "said"), [
    ({"valid_from": "2026-05-01", "valid_until": "2026-04-01"}, "La fin ne peut pas venir avant le début."),
    ({"for.0.of": "question/part", "for.0.was": "question/part"}, "ou donnez une borne"),
    ({"for.0.of": "question/part", "for.0.was": "question/part", "for.0.at_least": "5", "for.0.at_most": "2"},
     "La borne « à » ne peut pas être inférieure"),
])  # fmt: skip
def test_messages_speak_no_code(client: LintingClient, owner: Session, fields: dict[str, str], said: str) -> None:
    here = territory()
    here.enter(client, here.editor)
    page = client.post(here.url("/nouvelle"), data={**FORM, **fields})
    shown = re.sub(r"<[^>]*>", " ", text(page))
    assert page.status_code == 422 and said in shown
    assert not re.search(r"\b(valid_until|at_least|at_most|is)\b|resources\[", shown)


def test_bounds_and_answers_of_one_line_are_either_or(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    line = {"for.0.of": "question/frequence", "for.0.was": "question/frequence", "for.0.at_most": "1", "for.0.is": "4"}
    assert client.post(here.url("/nouvelle"), data={**FORM, **line}).status_code == 303
    assert owner.scalars(select(Resource.entry)).one()["for"] == [
        {"question": "frequence", "at_most": 1}, {"question": "frequence", "is": [4]},
    ]  # fmt: skip


def test_opinions_are_forgotten_after_thirteen_months(app: Flask, client: LintingClient, owner: Session) -> None:
    here = territory()
    now = datetime.now(UTC)
    for slug, days in (("vieille", 400), ("jeune", 380)):
        owner.add(ResourceOpinion(space_id=here.space.id, slug=slug, person_id=here.where.person.id, helped=True,
                                  remark="", given_at=now - timedelta(days=days)))  # fmt: skip
    owner.commit()
    with app.app_context():
        from assett.core.db import db

        jobs.enqueue(db.session(), "resources.forget_opinions")
        db.session.commit()
    jobs.drain(app)
    owner.expire_all()
    assert owner.scalars(select(ResourceOpinion.slug)).all() == ["jeune"]
    assert "treize mois" in client.get(here.where.url("donnees-personnelles")).text
