"""The pages on personal data and accessibility say what is true: the durations that jobs keep to, the host, the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assett.accounts.jobs import UNCONFIRMED_KEPT, UNSEEN_KEPT
from assett.assessments.service import TRIAL_KEPT
from assett.core import audit, mail
from assett.core.i18n import show_day
from assett.core.settings import Host
from assett.organizations import jobs as organizations
from assett.organizations import service as organization_service
from assett.resources.jobs import OPINIONS_KEPT
from assett.spaces.models import Space
from assett.spaces.views import STATEMENT
from assett.teams import service as teams
from tests.linting import LintingClient
from tests.spaces.test_notice import HOST, body, hosted

PRIVACY = "/ici/donnees-personnelles"
# What the page says of each, in both languages.
KEPT = {
    UNCONFIRMED_KEPT: (30, "effacé après trente jours", "erased after thirty days"),
    UNSEEN_KEPT: (31, "31 jours après la dernière visite", "31 days after the last visit"),
    TRIAL_KEPT: (7, "sept jours, puis", "seven days, then"),
    OPINIONS_KEPT: (396, "treize mois", "thirteen months"),
    organization_service.INVITED_FOR: (14, "quatorze jours", "fourteen days"),
    organizations.EXPIRED_KEPT: (90, "au plus tard 90 jours ensuite", "at most 90 days later"),
    mail.KEPT_AFTER_SENDING: (31, "31 jours après leur envoi", "31 days after they left"),
    audit.KEPT: (365, "</strong> (qui a changé quoi, et quand", "</strong> (who changed what, and when"),
}


def in_english(client: LintingClient) -> None:
    client.get("/ici/")
    client.post("/langue", data={"language": "en", "next": "/ici/"})


@pytest.mark.parametrize("place", [1, 2], ids=["fr", "en"])
def test_what_is_kept_is_said_as_long_as_it_is(at_work: LintingClient, space: Space, place: int) -> None:
    if place == 2:
        in_english(at_work)
    page = body(at_work, PRIVACY)
    for kept, said in KEPT.items():
        assert kept == timedelta(days=int(said[0]))
        assert str(said[place]) in page
    assert organizations.REFUSED_KEPT == teams.KEPT_AFTERWARDS == organizations.EXPIRED_KEPT
    assert organization_service.INVITED_FOR == teams.INVITED_FOR
    assert ("chiffré" in page, "hashed" in page) == (False, False)


def test_whom_to_write_to_and_who_hosts_are_said(
    app: Flask, at_work: LintingClient, owner: Session, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosted(app, monkeypatch, HOST)
    page = body(at_work, PRIVACY)
    for told in ("equipe@example.org", HOST.name, "déléguée à la protection des données", "cnil.fr/fr/plaintes"):
        assert told in page
    hosted(app, monkeypatch, Host())
    row = owner.get_one(Space, space.id)
    row.contact_email = None
    owner.commit()
    page = body(at_work, PRIVACY)
    assert "L’hébergeur garde" in page and f"en écrivant à {space.local_authority.name}," in page
    assert "None" not in page


def test_the_accessibility_statement_is_of_its_day_or_of_the_space_s(
    at_work: LintingClient, owner: Session, space: Space
) -> None:
    row = owner.get_one(Space, space.id)
    for created, stated in ((date(2020, 1, 2), STATEMENT), (date(2031, 2, 3), date(2031, 2, 3))):
        row.created_at = datetime(created.year, created.month, created.day, 12, tzinfo=UTC)
        owner.commit()
        assert f"établie le {show_day(stated)}.".replace("\xa0", " ") in body(at_work, "/ici/accessibilite")
