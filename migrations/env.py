"""Alembic's entry: online migrations, on the address given by `assett.core.migrations`."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import create_engine

from assett import models
from assett.core.db import Base

assert models


def comparable(object_: Any, name: str | None, type_: str, reflected: bool, compare_to: Any) -> bool:
    del object_, name, reflected, compare_to
    return type_ != "check_constraint"


engine = create_engine(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, include_object=comparable)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
