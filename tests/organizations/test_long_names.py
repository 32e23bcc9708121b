"""Long names and addresses on a phone: no page is wider than it, no address is cut within a word."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from assett.organizations.models import MemberRole
from tests.assessments.arranging import place, running
from tests.browsing import enter
from tests.factories import CharterFactory, MembershipFactory, PersonFactory

OWN = "structures/{participation}/"
PAGES = [
    "structures",
    *(f"{OWN}{page}" for page in ("", "membres", "membres/{member}/retirer", "identite", "charte", "partage", "fiche")),
    *(f"auto-evaluations/{{assessment}}/{page}" for page in ("", "profil", "categorie/energie", "resultat", "detail")),
    "auto-evaluations/{assessment}/abandonner",
    "demandes/{request}",
]


def test_every_page_of_a_structure_with_a_long_name_fits_a_phone(
    app: Flask, owner: Session, new_page: Any, live: str
) -> None:
    here = place(slug="la")
    here.participation.organization.name = "Boulangerie" * 14
    owner.commit()
    CharterFactory(space_id=here.space.id)
    organization = here.participation.organization
    member = MembershipFactory(organization=organization, person=PersonFactory(name="Z" * 80), role=MemberRole.READER)
    request = MembershipFactory(organization=organization, accepted_at=None, role=MemberRole.READER)
    ids = {"participation": here.participation.id, "member": member.id, "request": request.id,
           "assessment": running(here).id}  # fmt: skip
    page = new_page(width=360)
    enter(app, page, here.person, live)
    wider = {}
    for path in PAGES:
        assert page.goto(here.url(path.format(**ids))).status == 200, path
        wider[path] = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert {path: pixels for path, pixels in wider.items() if pixels > 1} == {}


def test_an_address_stays_in_one_piece_on_a_phone(app: Flask, owner: Session, new_page: Any, live: str) -> None:
    here = place(slug="la")
    address = "camille.boulanger@fournil.example"
    MembershipFactory(organization=here.participation.organization, person=PersonFactory(email=address))
    page = new_page(width=360)
    enter(app, page, here.person, live)
    page.goto(here.url(f"structures/{here.participation.id}/membres"))
    # The lines that its words stand on.
    lines = """(cell) => {
      const words = document.createRange();
      words.selectNodeContents(cell);
      return new Set([...words.getClientRects()].map((each) => each.top)).size;
    }"""
    assert page.locator("td", has_text=address).evaluate(lines) == 1
