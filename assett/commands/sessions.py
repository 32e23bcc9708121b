"""The host's session: every space is seen, and the log says why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g
from sqlalchemy.orm import Session

from assett.app import create_app
from assett.commands.reachability import refuse_unreachable, refuse_unready
from assett.core.across import across_spaces
from assett.core.audit import Source
from assett.core.db import db
from assett.core.settings import Settings
from assett.core.tenancy import enter_space
from assett.spaces.queries import enter_by_slug


@contextmanager
def every_space(reason: str) -> Iterator[Session]:
    """A session that sees every space, committed at the end; the log says why it was opened."""
    refuse_unreachable(Settings.from_environment().database_url)
    app = create_app()
    refuse_unready(app.config["SQLALCHEMY_DATABASE_URI"])
    with app.app_context():
        session = db.session()
        enter_space(session, None)
        with across_spaces(session, reason):
            yield session
        session.commit()


@contextmanager
def one_space(slug: str) -> Iterator[Session]:
    """A session that works in one space and sees no other, as its pages do, mails included; committed at the end."""
    app = create_app()
    with app.test_request_context(base_url=app.extensions["settings"].public_url):
        session = db.session()
        space = enter_by_slug(session, slug)
        assert space is not None, slug
        g.space, session.info["space_id"] = space, space.id
        g.acting = Source.PLATFORM
        yield session
        session.commit()
