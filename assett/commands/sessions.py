"""The host's session: every space is seen, and the log says why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from assett.app import create_app
from assett.commands.reachability import refuse_unreachable, refuse_unready
from assett.core.across import across_spaces
from assett.core.db import db
from assett.core.settings import Settings
from assett.core.tenancy import enter_space


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
