"""What the application is compared with: bare Flask views of the same stack, without anything of ours.

Same server, same libraries, same database, same compression. `POST /save` reads the row that it is about, inserts
one and commits; `GET /page` renders a template whose page is as long as the page it is compared with.
"""

from __future__ import annotations

import os
from typing import Any

import click
from flask import Flask, jsonify, render_template_string, request
from flask.typing import ResponseReturnValue
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from assett.commands.serve import Server
from assett.core import compression
from assett.core.db import engine_options, sqlalchemy_url


class Base(DeclarativeBase):
    pass


class Subject(Base):
    __tablename__ = "bare_subject"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)


class Given(Base):
    __tablename__ = "bare_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[int]
    question: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)


db = SQLAlchemy(model_class=Base)

PAGE = """<!DOCTYPE html>
<html lang="fr">
  <head><meta charset="utf-8"><title>{{ title }}</title></head>
  <body>
    <h1>{{ title }}</h1>
    {% for line in lines %}
      <section><h2>{{ line.title }}</h2><p>{{ line.text }}</p></section>
    {% endfor %}
  </body>
</html>
"""
SENTENCE = "Chauffage, éclairage, machines : où part votre énergie, et comment en dépenser moins."


def create_app(database_url: str) -> Flask:
    app = Flask("bare")
    app.config.update(SQLALCHEMY_DATABASE_URI=sqlalchemy_url(database_url), SQLALCHEMY_ENGINE_OPTIONS=engine_options())
    db.init_app(app)
    compression.init_app(app)

    @app.post("/save")
    def save() -> ResponseReturnValue:
        subject = db.session.get_one(Subject, int(request.form["subject"]))
        given = Given(subject=subject.id, question=request.form["question"], value=request.form["value"])
        db.session.add(given)
        db.session.commit()
        return jsonify(saved=True)

    @app.get("/page/<int:lines>")
    def page(lines: int) -> ResponseReturnValue:
        return rendered(lines)

    return app


def rendered(lines: int) -> str:
    shown = [{"title": f"Ligne {number}", "text": SENTENCE} for number in range(lines)]
    return render_template_string(PAGE, title="Une page", lines=shown)


def lines_of(size: int) -> int:
    """How many lines make a page of that many bytes."""
    with Flask("bare").test_request_context():
        none, hundred = (len(rendered(lines).encode()) for lines in (0, 100))
    return max(1, round((size - none) / (hundred - none) * 100))


class BareServer(Server):
    def load(self) -> Any:
        return create_app(os.environ["DATABASE_URL"])


@click.command()
@click.option("--port", required=True, type=int)
def main(port: int) -> None:
    BareServer({"bind": f"127.0.0.1:{port}", "workers": 2, "worker_class": "sync", "loglevel": "warning"}).run()


if __name__ == "__main__":
    main()
