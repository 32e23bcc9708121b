"""What the log of a space says of resources: the words of their pages, before and after."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.core.audit import AuditEntry
from assett.resources.models import Partner
from tests.factories import PersonFactory, SpaceRoleFactory
from tests.linting import LintingClient
from tests.resources.arranging import Territory, own, territory
from tests.resources.test_files import accept, send, workbook

ENERGY = {"category": "energie", "levels": ["bas"]}


def log(client: LintingClient, here: Territory) -> str:
    """The log's page, as a manager reads it."""
    manager = PersonFactory(name="Gestion")
    SpaceRoleFactory(space_id=here.space.id, person=manager, role=SpaceRoleName.MANAGER)
    client.sign_in(manager)
    page = re.sub(r"<[^>]+>", " ", client.get(f"/{here.space.slug}/journal").text)
    return " ".join(page.replace("\u00a0", " ").split())


def wrote(owner: Session, here: Territory, **details: Any) -> None:
    owner.add(AuditEntry(space_id=here.space.id, action="resources.changed", subject="Une", details=details))
    owner.commit()


def test_an_import_says_what_it_changed_of_each_resource(client: LintingClient, owner: Session) -> None:
    here = territory()
    own(here.space, "ancienne", title="L’ancienne")
    here.enter(client, here.editor)
    exported = client.get(here.url("/export.csv?origine=territoire")).data.decode("utf-8-sig")
    changed = exported.replace("https://ancienne.example.org/page", "https://ancienne.example.org/nouvelle")
    accept(client, here, send(client, here, changed.encode(), "export.csv").text)
    accept(client, here, send(client, here, workbook(["Neuve", "https://neuve.example.org", "guide"])).text)
    told = log(client, here)
    assert "Ressource « Neuve » créée" in told and "https://neuve.example.org" in told
    assert "rien auparavant" not in told
    assert "Ressource « L’ancienne » modifiée" in told
    assert "« https://ancienne.example.org/page » devient « https://ancienne.example.org/nouvelle »" in told


def test_whom_it_is_for_and_who_carries_it_are_said_as_its_page_says(client: LintingClient, owner: Session) -> None:
    here = territory()
    chamber = Partner(space_id=here.space.id, name="La chambre")
    owner.add(chamber)
    owner.commit()
    facts = {"type": "funding", "partner": chamber.id, "valid_until": "2026-12-31", "who": {"kind": ["company"]},
             "for": [{"question": "suivi", "is": ["non", "?"]}, ENERGY]}  # fmt: skip
    wrote(owner, here, before={"partner": 987654, "for": [{"question": "oubliee", "is": "x"}]}, after=facts)
    told = log(client, here)
    assert "Type : « Financement »" in told and "« un partenaire retiré depuis » devient « La chambre »" in told
    assert "Jusqu’au : « 31 décembre 2026 »" in told
    assert "Niveau atteint en “Énergie” : “Bas”" in told
    assert "“Je ne sais pas”" in told and "Une question disparue" in told
    for machine in ("funding", "levels", "category", "suivi", "kind", "company", "oubliee"):
        assert machine not in told, machine


def test_the_log_takes_as_many_statements_for_many_resources(
    client: LintingClient, owner: Session, statements: list[str]
) -> None:
    here = territory()

    def cost() -> int:
        log(client, here)
        statements.clear()
        client.get(f"/{here.space.slug}/journal")
        return len(statements)

    def add(count: int) -> None:
        for number in range(count):
            wrote(owner, here, before={"partner": number}, after={"for": [{"question": f"q{number}", "is": "x"}]})

    add(2)
    few = cost()
    add(15)
    assert cost() == few <= 12


def test_a_copy_that_saving_offers_to_actors_says_so(client: LintingClient, owner: Session) -> None:
    here = territory()
    row = own(here.space, "une")
    here.enter(client, here.editor)
    copy = client.post(here.url(f"/{row.id}/dupliquer")).location
    told = log(client, here)
    assert "Copie de la ressource « " in told and "Ressource « " not in told and "rien auparavant" not in told
    client.get(copy)
    given = {"title_fr": "Une autre", "url": "https://autre.example.org/page", "type": "guide", "priority": "50"}
    assert client.post(copy, data=given).status_code == 303
    assert "Proposée aux acteurs : « non » devient « oui »" in log(client, here)


def test_a_language_more_leaves_the_first_one_out(client: LintingClient, owner: Session) -> None:
    here = territory()
    row = own(here.space, "une", title="Le titre")
    here.enter(client, here.editor)
    client.get(here.url(f"/{row.id}/modifier"))
    given = {"title_fr": "Le titre", "title_en": "The title", "url": "https://une.example.org/page", "type": "guide",
             "priority": "50"}  # fmt: skip
    assert client.post(here.url(f"/{row.id}/modifier"), data=given).status_code == 303
    told = log(client, here)
    assert "« The title » (rien auparavant)" in told and "« Le titre »" not in told.partition("modifiée")[2]
