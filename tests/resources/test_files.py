"""Resources from a spreadsheet and back: a report first, each row on its own, nothing lost on the way."""

from __future__ import annotations

import io
import re
from typing import Any

from openpyxl import Workbook, load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.resources.models import Partner, Resource
from tests.linting import LintingClient
from tests.resources.arranging import Territory, national, own, territory

HEADER = ["Titre (fr)", "Adresse", "Type", "Pour", "Qui", "Du", "Partenaire", "Étiquettes"]


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Ressources"
    for row in (HEADER, *rows):
        sheet.append(row)
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
        ["Question inconnue", "https://b.example.org", "guide", "chauffage = bois"],
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
    assert "est une ressource nationale" in page and 'name="take"' not in page


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
