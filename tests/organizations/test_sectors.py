"""The sector that a structure counts itself in, and its code of the nomenclature, which may say another one."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy.orm import Session

from assett.core import migrations
from assett.organizations.models import Organization, Participation
from assett.organizations.sectors import Sector, naf_code, sector_of
from assett.spaces.models import Space
from tests.factories import MembershipFactory, OrganizationFactory, ParticipationFactory
from tests.linting import LintingClient
from tests.organizations.test_own_pages import IDENTITY


@pytest.mark.parametrize("typed", ["10.71C", "1071c", "10.71 C", "10-71C", " 10 71 c ", "10.71-C", "10,71C"])
def test_a_code_is_understood_as_people_write_it(typed: str) -> None:
    assert naf_code(typed) == "10.71C"


@pytest.mark.parametrize(
    "typed", ["", "1071", "10.7C", "C10.71", "10.71CC", "boulangerie", "34.10Z", "00.00Z", "\u0661071C"]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert naf_code(typed) is None


def test_every_division_has_its_sector() -> None:
    none = {0, 4, 34, 40, 44, 48, 54, 57, 76, 83, 89}
    assert {division for division in range(100) if sector_of(f"{division:02}") is None} == none
    assert {sector_of(f"{division:02}.11Z") for division in range(100)} == {None, *Sector}
    assert sector_of("10.71C") == Sector.INDUSTRY and sector_of("45.20A") == Sector.TRADE


@pytest.fixture
def older(owner: Session, space: Space, client: LintingClient) -> Participation:
    """A structure that was never asked; its owner is signed in."""
    organization = OrganizationFactory(name="Le Fournil", naf_code="10.71C", naf_version="NAF rév. 2")
    made: Participation = ParticipationFactory(space_id=space.id, organization=organization)
    client.sign_in(MembershipFactory(organization=organization).person)
    return made


def identity(participation: Participation) -> str:
    return f"/le-territoire/structures/{participation.id}/identite"


def facts(owner: Session, participation: Participation) -> tuple[Sector | None, str | None, str | None]:
    owner.refresh(participation.organization)
    organization: Organization = participation.organization
    return organization.sector, organization.naf_code, organization.naf_version


def test_who_was_never_asked_is_at_the_next_edit(client: LintingClient, owner: Session, older: Participation) -> None:
    path = identity(older)
    listed = client.get(path).text.split('name="sector"')[1].split("</select>")[0]
    assert "selected" not in listed.replace('<option selected value="">', ""), "nothing is chosen in their stead"
    refused = client.post(path, data={**IDENTITY, "sector": ""})
    assert refused.status_code == 422 and 'id="sector-error"' in refused.text
    assert client.post(path, data={**IDENTITY, "naf_code": "10.71C"}).status_code == 303
    assert facts(owner, older) == (Sector.INDUSTRY, "10.71C", "NAF rév. 2")


def test_a_code_of_another_sector_changes_no_choice(
    client: LintingClient, owner: Session, older: Participation
) -> None:
    path = identity(older)
    client.get(path)
    assert client.post(path, data={**IDENTITY, "sector": "commerce", "naf_code": "1085z"}).status_code == 303
    # The version was that of the code before.
    assert facts(owner, older) == (Sector.TRADE, "10.85Z", None)
    assert 'value="10.85Z"' in client.get(path).text
    assert client.post(path, data={**IDENTITY, "sector": "commerce", "naf_code": ""}).status_code == 303
    assert facts(owner, older) == (Sector.TRADE, None, None)


def test_what_is_no_code_is_refused_and_stays_typed(
    client: LintingClient, owner: Session, older: Participation
) -> None:
    path = identity(older)
    client.get(path)
    refused = client.post(path, data={**IDENTITY, "naf_code": "boulanger 71"})
    assert refused.status_code == 422 and 'value="boulanger 71"' in refused.text
    assert "Ce n’est pas un code APE" in refused.text.split('id="naf_code-error"')[1].split("</p>")[0]
    assert facts(owner, older)[1] == "10.71C"


@pytest.fixture
def before_sectors(database_url: str) -> Iterator[str]:
    """A database as it was when no organization had a sector."""
    name = database_url.split("?")[0].rsplit("/", 1)[1]
    address = database_url.replace(f"/{name}?", f"/{name}_before_sectors?")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}_before_sectors TEMPLATE template0 ENCODING 'UTF8'")
        try:
            migrations.upgrade(address, "0033")
            yield address
        finally:
            connection.execute(f"DROP DATABASE {name}_before_sectors WITH (FORCE)")


def test_those_that_have_a_code_get_its_sector(before_sectors: str) -> None:
    codes = [f"{division:02}.11Z" for division in range(100)] + ["9411Z", "APE", None]
    with psycopg.connect(before_sectors, autocommit=True) as connection:
        connection.cursor().executemany(
            "INSERT INTO organization (name, kind, activity, commune, demonstration, naf_code)"
            " VALUES ('Ancienne', 'company', '', '', false, %s)",
            [[code] for code in codes],
        )
        migrations.upgrade(before_sectors, "0034")
        found = connection.execute("SELECT naf_code, sector FROM organization ORDER BY id").fetchall()
    assert found == [(code, sector_of(code) if code else None) for code in codes]
