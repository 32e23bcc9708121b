"""What travels: the actor's path is light, whatever the network."""

from __future__ import annotations

import json

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.bench import population, weights
from tests.bench.population import Populated, Respondent
from tests.performance import journey

FIRST_VISIT, NEXT_PAGE, ANSWER = 100_000, 20_000, 1_000
# What the server adds to each answer: status line, Server, Date, Connection.
SERVER = len("HTTP/1.1 200 OK\r\nServer: gunicorn\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\nConnection: close\r\n\r\n")


def wire(response: TestResponse) -> int:
    """The bytes of an answer: its compressed body, its headers, and what the server adds."""
    return SERVER + sum(len(f"{name}: {value}\r\n") for name, value in response.headers) + len(response.data)


def fetch(browser: FlaskClient, address: str) -> weights.Fetched:
    response = browser.get(address, headers={"Accept-Encoding": weights.ENCODINGS})
    return weights.Fetched(response.status_code, journey.unpacked(response), wire(response))


def test_a_first_visit_and_each_next_page_are_light(
    browser: FlaskClient, populated: Populated, member: Respondent
) -> None:
    ways = journey.pages(populated, member)
    pages = {name: fetch(browser, way) for name, way in ways.items()}
    assert {name: page.status for name, page in pages.items() if page.status != 200} == {}
    assert {name: page.size for name, page in pages.items() if page.size > NEXT_PAGE} == {}
    visits = {name: weights.first_visit(lambda address: fetch(browser, address), way) for name, way in ways.items()}
    assert {name: total for name, (total, _) in visits.items() if total > FIRST_VISIT} == {}
    # The page, four style sheets, a script, an emblem, the icons: what was counted is what a browser would fetch.
    brought = visits[f"category {journey.CATEGORIES[0]}"][1]
    assert {"base.css", "theme.css", "main.js", "autosave.js", "icons.svg"} <= {
        name.rsplit("/", 1)[-1] for name in brought
    }


def test_whatever_is_answered_the_save_is_confirmed_in_less_than_a_kilobyte(
    browser: FlaskClient, populated: Populated, member: Respondent
) -> None:
    token = journey.token(browser, populated, member)
    sizes = {}
    for name, each in population.national_base().questions.items():
        if each.question.type != "single":
            continue
        seen = "0"
        for choice in each.question.choices:
            response = journey.save(browser, populated, member, token, name, choice.id, seen)
            sizes[f"{name}: {choice.id}"] = wire(response)
            seen = json.loads(journey.unpacked(response))["revision"]
    assert {answer: size for answer, size in sizes.items() if size > ANSWER} == {}
