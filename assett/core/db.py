"""The database: one declarative base, one session, PostgreSQL alone.

A model inherits `Base` (not `db.Model`, which type checkers do not know); `db` carries the session and the
engine. Numbers inside JSON documents are read as `Decimal`, never as binary floats: a score is exact.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, cast

import psycopg
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import BigInteger, ClauseElement, DateTime, Enum, Executable, Identity, MetaData, Text, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import URL, Connection, CursorResult, Engine, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.sql.compiler import SQLCompiler

from assett.kernel.vocabulary import Word


def dump_json(value: Any) -> str:
    """JSON text; decimals keep every digit they were typed with."""
    return _encoder.encode(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not JSON: {value!r}")


_encoder = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":"))
_decoder = json.JSONDecoder(parse_float=Decimal)


def load_json(text: str | bytes) -> Any:
    return _decoder.decode(text if isinstance(text, str) else text.decode())


Id = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]


def word(kind: type[Word], name: str | None = None) -> Enum:
    """The column type of an enumeration: text with a CHECK, so that a new word is a plain migration.

    `name` names the CHECK where a table has two columns of the same kind.
    """
    return Enum(
        kind,
        name=name or kind.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            str: Text,
            datetime: DateTime(timezone=True),
            dict[str, Any]: JSONB,
            list[Any]: JSONB,
        },
    )

    id: Mapped[Id]


class Session(FlaskSession):
    """A session that honours the connection it is bound to (Flask-SQLAlchemy's own does not): a test wraps
    the whole of a request in one connection and takes it back at the end."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **options: Any) -> Any:
        return self.bind if self.bind is not None else super().get_bind(mapper, clause, bind, **options)


db = SQLAlchemy(model_class=Base, session_options={"class_": Session, "expire_on_commit": False})


_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


class Prepared:
    """A statement put into the driver's words once, and sent in them from then on.

    For the few that every saved answer waits for: the key, the parameters and the result types that SQLAlchemy works
    out at each turn cost more than what PostgreSQL does. Parameters are given as the driver takes them (JSON as text,
    see `dump_json`), and rows come as it gives them. Errors and events are those of any other statement.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement

    def run(self, session: AnySession, parameters: Mapping[str, Any]) -> CursorResult[Any]:
        return session.connection().exec_driver_sql(self._words, {**self._literals, **parameters})

    @cached_property
    def _compiled(self) -> SQLCompiler:
        return cast(SQLCompiler, cast(ClauseElement, self._statement).compile(dialect=_DIALECT))

    @cached_property
    def _words(self) -> str:
        return str(self._compiled)

    @cached_property
    def _literals(self) -> dict[str, Any]:
        return {name: each.value for name, each in self._compiled.binds.items() if not each.required}


def engine_options() -> dict[str, Any]:
    return {
        "json_serializer": dump_json,
        "json_deserializer": load_json,
        # A server that was restarted is noticed before the request's first statement, without a ping per request:
        # the pool is small and the worker's connection lives long.
        "pool_size": 5,
        "max_overflow": 5,
        "pool_pre_ping": False,
        # Pages ask short questions: to compile the plan of one would take longer than to answer it.
        "connect_args": {"prepare_threshold": 3, "options": "-c timezone=Europe/Paris -c jit=off"},
    }


def sqlalchemy_url(address: str | URL) -> URL:
    """The address as SQLAlchemy wants it, on psycopg 3, whatever its scheme was called."""
    return make_url(address).set(drivername="postgresql+psycopg")


def act_as(engine: Engine, role: str) -> None:
    """Every new connection of `engine` takes `role`: the login may own the tables, the application never does."""

    @event.listens_for(engine, "connect")
    def take_role(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        connection.execute(f"SET ROLE {role}")
        connection.autocommit = False

    @event.listens_for(engine, "rollback")
    def keep_plans(connection: Connection) -> None:
        # Every page that is only read ends with a rollback, and psycopg's own forgets all prepared statements, for
        # fear of tables that it takes back: this role makes none, and keeps the plans that PostgreSQL has made.
        if connection.invalidated:  # by a server that went away
            return
        with suppress(psycopg.Error):
            connection.connection.driver_connection.pgconn.exec_(b"ROLLBACK")  # type: ignore[union-attr]
