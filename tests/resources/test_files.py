"""Resources from a spreadsheet and back: a report first, each row on its own, nothing lost on the way."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.resources.models import Partner, Resource
from tests.linting import LintingClient
from tests.resources.arranging import Territory, national, own, territory

HEADER = ["Titre (fr)", "Adresse", "Type", "Pour", "Qui", "Du", "Partenaire", "Étiquettes"]


def workbook(*rows: list[Any], header: list[str] = HEADER, **more: list[list[Any]]) -> bytes:
    """A sheet « Ressources » with these rows, and `more` sheets as they are."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Ressources"
    for row in (header, *rows):
        sheet.append(row)
    for name, lines in more.items():
        other = book.create_sheet(name)
        for line in lines:
            other.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client: LintingClient, here: Territory, data: bytes, name: str = "ressources.xlsx") -> Any:
    return client.post(here.url("/importer"), data={"file": (io.BytesIO(data), name)})


def accept(client: LintingClient, here: Territory, report: str, *only: str) -> Any:
    kept = re.search(r'name="kept" value="([^"]+)"', report)
    assert kept is not None
    take = only or re.findall(r'name="take" value="([^"]+)" checked', report)
    return client.post(here.url("/importer/accepter"), data={"kept": kept[1], "take": list(take)})


def test_a_report_comes_before_anything_changes_and_rows_stand_alone(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    data = workbook(
        ["Visite énergie", "https://a.example.org", "expertise", "suivi = non ; ?", "kind = company", "31/12/2026",
         "La chambre", "énergie ; visite"],
        ["Sans adresse", "pas une adresse", "guide"],
        ["Type inconnu", "https://b.example.org", "conseil"],
        ["Atelier vélo", "https://c.example.org", "formation", "catégorie energie : bas"],
    )  # fmt: skip
    page = send(client, here, data).text
    assert "ligne 3" in page and "il faut l’adresse d’une page" in page and "ligne 4" in page
    assert "2 ressources comprises" in page
    assert owner.scalars(select(Resource)).all() == []
    after = accept(client, here, page)
    # What is still to be put right stays on the page that follows.
    assert after.status_code == 200 and "2 ressources ajoutées" in after.text
    assert "ligne 3" in after.text and "il faut l’adresse d’une page" in after.text and "ligne 4" in after.text
    rows = {row.slug: row for row in owner.scalars(select(Resource))}
    assert set(rows) == {"visite-energie", "atelier-velo"}
    visit = rows["visite-energie"]
    assert visit.entry["for"] == [{"question": "suivi", "is": ["non", "?"]}]
    assert visit.entry["valid_from"] == "2026-12-31" and visit.tags == ["énergie", "visite"]
    assert owner.scalars(select(Partner.name)).one() == "La chambre"


def said(page: str) -> list[str]:
    """What a report says, line by line, as it is read."""
    lines = re.findall(r"<li>([^<]*)</li>", page)
    return [unescape(line).replace("\u00a0", " ").replace("\u202f", " ") for line in lines]


ALL = ["Titre", "Adresse", "Type", "Priorité", "Du", "Au", "Pour", "Qui", "Contact", "Étiquettes", "Résumé (en)"]


def test_a_cell_that_makes_no_sense_is_set_aside_and_its_row_taken(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    data = workbook(
        ["Une", "https://a.example.org", "guide", "haute", "01/12/2026", "01/01/2026", "chauffage = bois",
         "couleur = vert", "c" * 300, "e" * 60, "Summary"],
        ["Deux", "pas une adresse", "guide", "haute"],
        ["Trois", "https://c.example.org", "guide", 60],
        header=ALL,
    )  # fmt: skip
    page = send(client, here, data).text
    assert "2 ressources comprises" in page and "6 cases laissées de côté" in page.split("Trois")[0]
    told = {line.partition(" : ")[0]: line.partition(" : ")[2] for line in said(page) if "ligne 2" in line}
    assert told["ligne 2, colonne « Priorité »"] == "il faut un nombre, pas « haute » ; priorité ordinaire, 50"
    assert told["ligne 2, colonne « Au »"] == "la fin ne peut pas venir avant le début ; sans date de fin"
    unknown = "aucune question ne s’appelle « chauffage » ; sans elle, la ressource est proposée à tous"
    assert told["ligne 2, colonne « Pour »"] == unknown
    assert told["ligne 2, colonne « Étiquettes »"] == "une étiquette a plus de 40 caractères ; sans étiquette"
    # A summary in English alone stands for the French one, and that is said.
    assert told["ligne 2, colonne « Résumé »"].endswith("celui de la langue « en » en tient lieu")
    assert {"ligne 2, colonne « Qui »", "ligne 2, colonne « Contact »"} <= set(told)
    after = accept(client, here, page)
    # What was set aside of what is taken is still to be put right, as what was refused.
    assert any("colonne « Priorité »" in line for line in said(after.text)) and "ligne 3" in after.text
    rows = {row.slug: row for row in owner.scalars(select(Resource))}
    assert set(rows) == {"une", "trois"}
    assert rows["une"].entry == {"id": "une", "title": "Une", "url": "https://a.example.org", "type": "guide",
                                 "summary": {"fr": "Summary", "en": "Summary"}, "valid_from": "2026-12-01"}  # fmt: skip
    assert rows["une"].tags == [] and rows["une"].contact == ""


def test_a_cell_set_aside_leaves_what_the_resource_had(client: LintingClient, owner: Session) -> None:
    here = territory()
    own(here.space, "ici", title="Avant", priority=70, valid_from="2026-01-01", valid_until="2026-06-30")
    owner.scalars(select(Resource)).one().tags = ["garder"]
    owner.commit()
    here.enter(client, here.editor)
    data = workbook(["ici", "Après", "haute", "01/12/2026", "e" * 60],
                    header=["Identifiant", "Titre", "Priorité", "Du", "Étiquettes"])  # fmt: skip
    page = send(client, here, data).text
    # The end that the base has would come before that beginning.
    assert "ligne 2, colonne « Du » : la fin ne peut pas venir avant le début ; ce que la ressource avait reste" in (
        said(page)
    )
    accept(client, here, page)
    owner.expire_all()
    row = owner.scalars(select(Resource)).one()
    assert row.entry["title"] == "Après" and row.tags == ["garder"]
    assert (row.entry["priority"], row.entry["valid_from"], row.entry["valid_until"]) == (
        70, "2026-01-01", "2026-06-30",
    )  # fmt: skip


def test_a_translation_alone_completes_what_the_resource_says(client: LintingClient, owner: Session) -> None:
    here = territory(languages=["fr", "en"])
    own(here.space, "ici", title="Avant", summary="En français")
    here.enter(client, here.editor)
    data = workbook(["ici", "Before", "In English"], header=["Identifiant", "Titre (en)", "Résumé (en)"])
    accept(client, here, send(client, here, data).text)
    owner.expire_all()
    entry = owner.scalars(select(Resource.entry)).one()
    assert entry["title"] == {"fr": "Avant", "en": "Before"}
    assert entry["summary"] == {"fr": "En français", "en": "In English"}


def test_a_report_follows_the_order_of_the_file(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    data = workbook(
        ["Une", "pas une adresse", "guide"], ["Deux", "https://b.example.org", "conseil"],
        [None, "https://c.example.org", "guide"], ["Quatre", "d", "guide"],
    )  # fmt: skip
    lines = [line.partition(",")[0] for line in said(send(client, here, data).text)]
    assert lines == ["ligne 2", "ligne 3", "ligne 4", "ligne 5"]


def test_sheets_that_are_not_read_are_named(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    suite = [["Titre", "Adresse", "Type"], ["Deux", "https://b.example.org", "guide"]]
    page = send(client, here, workbook(["Une", "https://a.example.org", "guide"], Suite=suite)).text
    assert "Une ressource comprise" in page
    assert any(
        line.startswith("Seule la feuille « Ressources » est lue.") and "« Suite »" in line for line in said(page)
    )


def test_titles_are_found_below_a_heading_and_hidden_rows_are_told(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Nos ressources de 2026"], [], ["Titre", "Adresse", "Type", "Partenaire"],
                *([f"Numéro {n}", f"https://a.example.org/{n}", "guide", "La chambre"] for n in range(3))):  # fmt: skip
        sheet.append(row)
    sheet.row_dimensions[5].hidden = sheet.row_dimensions[6].hidden = True
    out = io.BytesIO()
    book.save(out)
    page = send(client, here, out.getvalue()).text
    assert "3 ressources comprises" in page and "ligne 4" in page
    lines = said(page)
    assert any(line.startswith("ligne 3 : les titres de colonnes sont à cette ligne") for line in lines)
    assert "lignes 5, 6 : ce qui est masqué dans le tableur est lu comme le reste" in lines
    text = "Nos ressources\nTitre;Adresse;Type\nUne;https://b.example.org/1;guide\n"
    assert "Une ressource comprise" in send(client, here, text.encode(), "liste.csv").text


def test_a_row_that_says_only_what_stands_beside_is_told(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    page = send(client, here, workbook(["Une", "https://a.example.org", "guide"], [*[None] * 6, "La chambre"])).text
    assert "ligne 3, colonne « Titre » : cette case est à remplir" in said(page)


def test_a_file_without_any_resource_says_why(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    page = send(client, here, workbook())
    assert page.status_code == 422 and "La feuille « Ressources » n’a que des titres" in page.text.replace(
        "\u00a0", " "
    )
    assert "Ce fichier n’a que des titres" in send(client, here, b"Titre;Adresse;Type\n", "vide.csv").text
    lacking = send(client, here, b"Titre;Type\nUne;guide\nDeux;guide\n", "sans.csv").text
    assert "Il n’y a pas de colonne « Adresse »" in lacking.replace("\u00a0", " ")


def test_a_type_is_said_as_on_the_pages_and_its_id_is_understood(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    page = send(client, here, workbook(["Un", "https://a.example.org", "Accompagnement"],
                                       ["Deux", "https://b.example.org", "expertise"],
                                       ["Trois", "https://c.example.org", "conseil"])).text  # fmt: skip
    assert "accompagnement, outil" in page and "expertise" not in page
    accept(client, here, page)
    assert owner.scalars(select(Resource.entry["type"].astext)).all() == ["expertise", "expertise"]
    book = load_workbook(io.BytesIO(client.get(here.url("/export.xlsx")).data))
    head, *rows = book["Ressources"].iter_rows(values_only=True)
    assert [row[head.index("Type")] for row in rows] == ["accompagnement"] * 2


def test_a_quotation_mark_that_nothing_closes_costs_its_own_row_alone(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    text = (
        "Titre;Adresse;Type;Résumé\n"
        'Une;https://a.example.org;guide;"Un résumé\n'
        'Deux;https://b.example.org;guide;"Sur deux lignes ;\net la seconde"\n'
        'Trois;https://c.example.org;guide;Le "vrai" prix\n'
        'Quatre;https://d.example.org;guide;"Jamais fermé\n'
        "Cinq;https://e.example.org;guide;x\n"
    )
    page = send(client, here, text.encode(), "liste.csv").text
    lines = said(page)
    assert sum("un guillemet droit y est ouvert et n’est jamais refermé" in line for line in lines) == 2
    assert any(line.startswith("ligne 2 :") for line in lines) and any(line.startswith("ligne 5 :") for line in lines)
    accept(client, here, page)
    entries = [row.entry for row in owner.scalars(select(Resource).order_by(Resource.id))]
    assert [each["title"] for each in entries] == ["Deux", "Trois", "Cinq"]
    assert [each["summary"] for each in entries] == ["Sur deux lignes ;\net la seconde", 'Le "vrai" prix', "x"]


def test_addresses_are_taken_as_people_give_them(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    data = workbook(
        ["Page", "www.a.example/aides", "guide"], ["Adresse", "b@ville.example", "contact"],
        ["Numéro", 549000000, "contact"],
    )  # fmt: skip
    page = send(client, here, data).text
    assert "un numéro de téléphone va dans" in page
    accept(client, here, page)
    entries = owner.scalars(select(Resource.entry).order_by(Resource.id)).all()
    assert [each["url"] for each in entries] == ["https://www.a.example/aides", "mailto:b@ville.example"]


def test_columns_are_read_by_the_titles_that_people_give_them(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    data = (
        "Nom;Lien;Nature;Organisme;Date de fin;Référent\n"
        "Le prêt vert;www.a.example/pret;financement;La banque;31/12/2031;Zoé\n"
    )
    page = send(client, here, data.encode(), "liste.csv").text
    told = said(page)
    assert any("colonne « Lien » : cette colonne est lue comme « Adresse »" in each for each in told)
    accept(client, here, page)
    (entry,) = owner.scalars(select(Resource.entry)).all()
    assert (entry["title"], entry["url"], entry["type"]) == ("Le prêt vert", "https://www.a.example/pret", "funding")
    assert (entry["provider"], entry["valid_until"]) == ("La banque", "2031-12-31")


def test_only_what_is_ticked_is_taken_and_a_likely_duplicate_is_not_ticked(
    client: LintingClient, owner: Session
) -> None:
    here = territory()
    national("connue", title="Visite énergie de la CCI", url="https://cci.example.org/v")
    here.enter(client, here.editor)
    page = send(client, here, workbook(["Visite énergie de la CCI", "https://x.example.org", "guide"],
                                       ["Tout autre", "https://y.example.org", "guide"])).text  # fmt: skip
    assert "ressemble à « Visite énergie de la CCI »" in page.replace("\u00a0", " ")
    accept(client, here, page)
    assert owner.scalars(select(Resource.slug).where(Resource.space_id == here.space.id)).all() == ["tout-autre"]


def test_what_is_exported_reads_back_the_same(client: LintingClient, owner: Session) -> None:
    here = territory()
    own(here.space, "une", summary={"fr": "Un\nrésumé", "en": "A summary"}, title={"fr": "=Titre", "en": "Title"},
        priority=70, valid_until="2027-01-31", who={"kind": ["company"]},
        **{"for": [{"question": "frequence", "at_least": 1, "at_most": 3}, {"question": "compost", "is": [False]},
                   {"category": "energie", "levels": ["bas"]}]})  # fmt: skip
    here.enter(client, here.editor)
    before = owner.scalars(select(Resource.entry)).one()
    for kind in ("xlsx", "csv"):
        data = client.get(here.url(f"/export.{kind}?origine=territoire")).data
        page = send(client, here, data, f"export.{kind}").text
        assert "déjà ainsi dans la base" in page, kind
        assert accept(client, here, page).status_code == 303
        owner.expire_all()
        after = owner.scalars(select(Resource.entry)).one()
        assert {**after, "for": None} == {**before, "for": None}, kind
        assert after["for"][0] == before["for"][0] and after["for"][2] == before["for"][2]


def test_an_export_holds_own_and_national_with_their_origin(client: LintingClient, owner: Session) -> None:
    here = territory()
    national("nation")
    own(here.space, "ici")
    here.enter(client, here.reader)
    book = load_workbook(io.BytesIO(client.get(here.url("/export.xlsx")).data))
    rows = list(book["Ressources"].iter_rows(values_only=True))
    at = rows[0].index("Origine")
    assert {row[0]: row[at] for row in rows[1:]} == {"ici": "territoire", "nation": "nationale"}


def test_a_national_row_is_left_to_the_nation(client: LintingClient, owner: Session) -> None:
    here = territory()
    national("nation")
    here.enter(client, here.editor)
    page = send(client, here, client.get(here.url("/export.csv")).data, "tout.csv").text
    assert "cette ressource est nationale" in page and 'name="take"' not in page
    for name in ("deux", "trois", "quatre"):
        national(name)
    page = send(client, here, client.get(here.url("/export.csv")).data, "tout.csv").text
    assert page.count("cette ressource est nationale") == 1, "said once of all its rows"


def test_rude_files_end_in_a_message(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    for data, name in (
        (b"\x89PNG not a workbook", "image.xlsx"),
        (b"\x00\x01\x02", "noise.csv"),
        (b"", "empty.csv"),
        (b"a;b\n1;2\n", "columns.csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old.xlsx"),
        (b"Titre\n" + b"x\n" * 1_200, "long.csv"),
    ):
        answer = send(client, here, data, name)
        assert answer.status_code == 422, name
    assert send(client, here, "Titre;Adresse;Type\nÉté;https://é.example.org/à;guide\n".encode("cp1252"), "w.csv")


def test_a_report_of_somebody_else_is_not_accepted(client: LintingClient, owner: Session) -> None:
    here, there = territory(slug="ici"), territory(slug="la-bas")
    here.enter(client, here.editor)
    page = send(client, here, workbook(["Une", "https://a.example.org", "guide"])).text
    there.enter(client, there.editor)
    assert accept(client, there, page).status_code == 422
    assert owner.scalars(select(Resource)).all() == []


@pytest.mark.parametrize("english", ["English", "anglais", "EN"])
def test_a_file_may_have_the_labels_of_the_form(client: LintingClient, owner: Session, english: str) -> None:
    here = territory(languages=["fr", "en"])
    here.enter(client, here.editor)
    header = ["Titre (français)", f"Titre ({english})", "Adresse", "Type", "Résumé (français)", f"Résumé ({english})",
              "Proposée par (français)", "À partir du", "Jusqu’au", "Priorité", "Partenaire sur le territoire",
              "Contact sur le territoire", "Étiquettes"]  # fmt: skip
    row = ["Visite", "Visit", "https://a.example.org", "Guide", "Un résumé", "A summary", "La Région", "01/02/2026",
           "31/12/2026", 60, "La chambre", "Nadia", "eau"]  # fmt: skip
    page = send(client, here, workbook(row, header=header)).text
    assert "inconnue" not in page and "laissée de côté" not in page
    accept(client, here, page)
    taken = owner.scalars(select(Resource)).one()
    assert taken.entry == {
        "id": "visite", "title": {"fr": "Visite", "en": "Visit"}, "url": "https://a.example.org", "type": "guide",
        "summary": {"fr": "Un résumé", "en": "A summary"}, "provider": "La Région", "priority": 60,
        "valid_from": "2026-02-01", "valid_until": "2026-12-31",
    }  # fmt: skip
    assert (taken.contact, taken.tags) == ("Nadia", ["eau"])
    assert owner.scalars(select(Partner.name)).one() == "La chambre"


NAMES = ["Chambre de Métiers", "chambre  de metiers", "La CCI", "Cci"]


def test_the_report_tells_the_partners_that_would_come(client: LintingClient, owner: Session) -> None:
    here = territory()
    owner.add(Partner(space_id=here.space.id, name="CCI"))
    owner.commit()
    here.enter(client, here.editor)
    rows = [
        [f"Titre {place}", f"https://site{place}.example.org", "guide", None, None, None, name]
        for place, name in enumerate(NAMES)
    ]
    page = send(client, here, workbook(*rows)).text
    told = [line for line in said(page) if "partenaires" in line]
    assert told == [
        "lignes 2, 3, colonne « Partenaire » : « Chambre de Métiers » s’ajoutera à vos partenaires",
        "ligne 4, colonne « Partenaire » : « La CCI » s’ajoutera à vos partenaires",
    ]
    assert owner.scalars(select(Partner.name)).all() == ["CCI"]
    accept(client, here, page)
    names = {partner.id: partner.name for partner in owner.scalars(select(Partner))}
    rows = owner.scalars(select(Resource).order_by(Resource.id))
    assert [names[row.partner_id or 0] for row in rows] == ["Chambre de Métiers", "Chambre de Métiers", "La CCI", "CCI"]
    assert sorted(names.values()) == ["CCI", "Chambre de Métiers", "La CCI"]


def test_a_partner_is_known_however_its_name_is_written(client: LintingClient, owner: Session) -> None:
    here = territory()
    partner = Partner(space_id=here.space.id, name="Chambre de métiers")
    owner.add(partner)
    owner.commit()
    row = own(here.space, "ici")
    row.partner_id = partner.id
    owner.commit()
    here.enter(client, here.editor)
    same = ["Identifiant", "Partenaire"]
    assert "déjà ainsi dans la base" in send(client, here, workbook(["ici", "CHAMBRE DE METIERS"], header=same)).text
    near = Partner(space_id=here.space.id, name="Chambre de metiers")
    owner.add(near)
    owner.commit()
    page = send(client, here, workbook(["ici", "Chambre de metiers"], header=same)).text
    # Two that are there already stay two: each by its very name.
    assert "« Chambre de métiers » devient « Chambre de metiers »" in unescape(page).replace("\u00a0", " ")
    accept(client, here, page)
    owner.refresh(row)
    assert row.partner_id == near.id
    for name, status in (("chambre de MÉTIERS", 422), ("Autre chambre", 303)):
        assert client.post(here.url("/partenaires/nouveau"), data={"name": name}).status_code == status
    # One is changed beside the other all the same.
    changed = {"name": "Chambre de metiers", "contact_name": "Nadia"}
    assert client.post(here.url(f"/partenaires/{near.id}"), data=changed).status_code == 303


def test_one_cell_or_one_row_is_spoken_of_in_the_singular(client: LintingClient, owner: Session) -> None:
    here = territory()
    here.enter(client, here.editor)
    header = ["Titre", "Adresse", "Type", "Priorité"]
    une, deux = ["Une", "https://a.example.org", "guide", "haute"], ["Deux", "rien de bon", "guide", 50]
    page = send(client, here, workbook(une, deux, header=header)).text
    assert "Une case est laissée de côté" in page and "Sa ligne peut être prise." in page and "Leur ligne" not in page
    after = accept(client, here, page).text
    assert "La case qui n’a pas été prise" in after and "Sa ressource est là sans elle" in after
    assert "La ligne qui n’a pas été prise" in after and "Corrigez-la, puis" in after
