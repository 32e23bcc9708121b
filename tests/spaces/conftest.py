"""A space, its manager at the keyboard, and a neighbour."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.core.audit import AuditEntry
from assett.spaces.models import Space
from tests.factories import PersonFactory, SpaceFactory, SpaceRoleFactory
from tests.linting import LintingClient


@pytest.fixture
def space(owner: Session) -> Space:
    space: Space = SpaceFactory(slug="ici", name="Val Clair", contact_email="equipe@example.org")
    return space


@pytest.fixture
def manager(space: Space) -> Person:
    person: Person = PersonFactory(name="Dominique Roy")
    SpaceRoleFactory(space_id=space.id, person=person)
    return person


@pytest.fixture
def at_work(client: LintingClient, manager: Person) -> LintingClient:
    client.sign_in(manager)
    return client


@pytest.fixture
def now_is(owner: Session) -> Callable[[Space], Space]:
    """The row as the database holds it now."""

    def read(space: Space) -> Space:
        owner.rollback()
        owner.expire_all()
        return owner.get_one(Space, space.id)

    return read


@pytest.fixture
def log(owner: Session) -> Callable[[str], list[dict[str, Any]]]:
    """The details of the log's lines under an action, oldest first."""

    def read(action: str) -> list[dict[str, Any]]:
        owner.rollback()
        return list(
            owner.scalars(select(AuditEntry.details).where(AuditEntry.action == action).order_by(AuditEntry.id))
        )

    return read


def undo(client: LintingClient, part: str, page: str | None = None) -> Any:
    """Press the button of a page that takes the last change of a part back."""
    shown = client.get(f"/ici/reglages/{part if page is None else page}".rstrip("/")).text
    entry = re.search(rf'retablir/{part}">.*?name="entry" value="(\d+)"', shown, re.DOTALL)
    return client.post(f"/ici/reglages/retablir/{part}", data={"entry": entry.group(1) if entry else ""})


def typed(page: str) -> dict[str, str]:
    """What a browser would send of the hidden inputs of a page's own form."""
    names = ("seen", "instead_of", "version", "anyway")
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(\w+)" type="hidden" value="([^"]*)"', page)
        if name in names
    }


def picture(size: tuple[int, int] = (1200, 600), kind: str = "JPEG", **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, "#7a3b2e").save(file, kind, **options)
    file.seek(0)
    return file
