"""`make bench`: how fast and how light, as ratios in one run.

What is compared runs in turns (A B A B …), so that a busy machine slows both. Every status code is checked, and the
rows written are counted. `--quick` measures less, and less exactly.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import brotli
import click
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from assett.app import create_app
from assett.core.db import db
from assett.core.settings import Settings
from assett.engine.answers import see
from tests import bench_engine
from tests.bench import bare, client, population, servers, weights
from tests.bench.population import PASSWORD, Populated, Respondent
from tests.factories import cookie_of

CLIENTS = 8
ASSESSMENTS, SPACES = 10_000, 100
BROWSER = {"Accept": "text/html", "Accept-Encoding": weights.ENCODINGS}
# A client that is measured unpacks what it must read: gzip is in the standard library.
SCRIPT = {"Accept": "application/json", "Accept-Encoding": "gzip"}


@dataclass
class Report:
    """The table: what was measured, what was wanted."""

    lines: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def add(self, what: str, measured: str, wanted: str, reached: bool) -> None:
        self.lines.append((what, measured, wanted, reached))
        click.echo(f"  {what}: {measured}")

    def show(self) -> None:
        widths = [max(len(line[column]) for line in self.lines) for column in range(3)]
        click.echo()
        for *cells, reached in [("what", "measured", "target", None), *self.lines]:
            verdict = {None: "", True: click.style("ok", fg="green"), False: click.style("MISSED", fg="red", bold=True)}
            click.echo("  ".join([*(c.ljust(w) for c, w in zip(cells, widths, strict=True)), verdict[reached]]))
        missed = sum(not line[3] for line in self.lines)
        click.echo(f"\n{len(self.lines) - missed} of {len(self.lines)} targets reached.")


@dataclass(frozen=True, slots=True)
class Site:
    """The application on one database: its port, what is in it, and its owner's engine."""

    port: int
    populated: Populated
    engine: Engine

    def path(self, rest: str) -> str:
        return f"/{self.populated.slug}/{rest}"

    def sign_in(self, email: str) -> str:
        """Sign in as a browser does; gives the cookie."""
        status, page, cookie = self.request("GET", self.path("connexion"))
        assert status == 200, status
        form = {"csrf_token": token_of(page), "email": email, "password": PASSWORD}
        status, _, cookie = self.request("POST", self.path("connexion"), cookie, form)
        assert status == 303, status
        return cookie

    def request(
        self, method: str, path: str, cookie: str = "", form: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Status, body and cookie of one uncompressed answer."""
        headers = {"Accept": "text/html"} | ({"Cookie": cookie} if cookie else {})
        body = urlencode(form).encode() if form is not None else b""
        head = client.request_head(method, path, headers, len(body) if form is not None else None)
        raw = answer(self.port, head, body)
        given = re.search(rb"^Set-Cookie: (assett=[^;]*)", raw.top, re.MULTILINE | re.IGNORECASE)
        return raw.status, raw.content.decode(), given[1].decode() if given else cookie

    def scalar(self, statement: str, **values: Any) -> Any:
        with Session(self.engine) as session:
            return session.scalar(text(statement), values)


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it travelled."""

    status: int
    top: bytes
    content: bytes
    size: int


def answer(port: int, head: str, body: bytes = b"") -> Raw:
    status, top, content, _ = client.exchange(port, head, body)
    return Raw(status, top, content, len(top) + 4 + len(content))


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "a page without a token"
    return found[1]


# Loads


@dataclass
class Load:
    """What clients did in all slices: throughput a slice, all times, statuses; `jobs` are one a client."""

    name: str
    jobs: list[dict[str, Any]]
    rates: list[float] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    def slice(self, seconds: float) -> None:
        """Run all clients at once for a while, each a process."""
        program = [sys.executable, "-S", "-E", str(Path(client.__file__))]
        running = [
            subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in self.jobs
        ]
        for process, job in zip(running, self.jobs, strict=True):
            assert process.stdin is not None
            process.stdin.write(json.dumps({**job, "seconds": seconds}))
            process.stdin.close()
        done = 0
        for process, job in zip(running, self.jobs, strict=True):
            assert process.stdout is not None
            told = json.load(process.stdout)
            process.wait()
            job.update(revisions=told["revisions"], turns=told["turns"])
            done += len(told["milliseconds"])
            self.milliseconds += told["milliseconds"]
            self.statuses.update(told["statuses"])
        self.rates.append(done / seconds)

    @property
    def acknowledged(self) -> int:
        """How many requests were answered; any other status than 200 ends the bench."""
        assert set(self.statuses) == {"200"}, f"{self.name}: {dict(self.statuses)}"
        return self.statuses["200"]

    def percentile(self, hundredth: int) -> float:
        return statistics.quantiles(self.milliseconds, n=100)[hundredth - 1]


def in_turns(ours: Load, theirs: Load, *, rounds: int, seconds: float) -> float:
    """Run both loads in turns; gives the median of ours / theirs, slice by slice."""
    for load in (theirs, ours):
        load.slice(seconds / 2)
    for load in (ours, theirs):
        load.rates.clear()
        load.milliseconds.clear()
    for _ in range(rounds):
        theirs.slice(seconds)
        ours.slice(seconds)
    return statistics.median(a / b for a, b in zip(ours.rates, theirs.rates, strict=True))


def saving(site: Site, respondent: Respondent) -> dict[str, Any]:
    """A client that answers, signed in, with its form's token."""
    cookie = site.sign_in(respondent.email)
    document = population.national_base().document
    path = site.path(f"auto-evaluations/{respondent.running}/categorie/{document.categories[0].id}")
    status, page, cookie = site.request("GET", path, cookie)
    assert status == 200, status
    hidden = see(population.national_base(), {}, population.PROFILE).hidden
    questions = [
        (question.id, [choice.id for choice in question.choices])
        for category in document.categories
        for question in category.questions
        if question.type == "single" and question.id not in hidden and question.visible_if is None
    ]
    known = site.scalar("SELECT count(*) FROM answer WHERE assessment_id = :id", id=respondent.running)
    assert known == 0, "the bench begins with a running assessment that holds no answer"
    return {
        "port": site.port,
        "headers": {**SCRIPT, "Cookie": cookie},
        "answers": [site.path(f"auto-evaluations/{respondent.running}/reponse"), token_of(page), questions],
    }


def written(site: Site) -> int:
    """How many saves the running assessments hold: each adds one to the revision of its answer."""
    return int(
        site.scalar(
            "SELECT coalesce(sum(a.revision), 0) FROM answer a JOIN assessment s ON s.id = a.assessment_id "
            "WHERE s.completed_at IS NULL"
        )
    )


# The measures


def measure_engine(report: Report) -> None:
    ratios = bench_engine.run()
    for name, wanted in (("score", 0.25), ("score+recommend+receipt", 0.06)):
        report.add(f"engine: {name} / plain loop", f"{ratios[name]:.0%}", f"≥ {wanted:.0%}", ratios[name] >= wanted)


def measure_saving(report: Report, site: Site, bare_port: int, jobs: list[dict[str, Any]], pace: Pace) -> None:
    ours = Load("save", jobs)
    form = {"subject": "1", "question": "energie-suivi", "value": "oui"}
    theirs = Load("bare save", [{"port": bare_port, "headers": SCRIPT, "posts": ["/save", form]} for _ in jobs])
    saved, kept = written(site), int(site.scalar("SELECT count(*) FROM bare_answer"))
    ratio = in_turns(ours, theirs, rounds=pace.rounds, seconds=pace.seconds)
    assert written(site) - saved == ours.acknowledged, "an acknowledged answer is not in the database"
    assert site.scalar("SELECT count(*) FROM bare_answer") - kept == theirs.acknowledged
    rates = f"({statistics.median(ours.rates):.0f} / {statistics.median(theirs.rates):.0f} a second)"
    report.add("save one answer / bare view", f"{ratio:.0%} {rates}", "≥ 50%", ratio >= 0.5)
    p95 = ours.percentile(95)
    report.add(f"save p95, {CLIENTS} clients, 2 workers", f"{p95:.0f} ms", "≤ 60 ms", p95 <= 60)
    click.echo(f"  rows written: {ours.acknowledged}, for {ours.acknowledged} answers acknowledged, each with 200")


def measure_result(report: Report, site: Site, bare_port: int, cookies: list[str], pace: Pace) -> None:
    members = site.populated.respondents[:CLIENTS]
    paths = [site.path(f"auto-evaluations/{each.completed}/resultat") for each in members]
    size = len(site.request("GET", paths[0], cookies[0])[1].encode())
    headers = [{**BROWSER, "Cookie": cookie} for cookie in cookies]
    ours = Load("result", [{"port": site.port, "headers": h, "gets": [p]} for h, p in zip(headers, paths, strict=True)])
    address = f"/page/{bare.lines_of(size)}"
    theirs = Load("bare page", [{"port": bare_port, "headers": h, "gets": [address]} for h in headers])
    ratio = in_turns(ours, theirs, rounds=pace.rounds, seconds=pace.seconds)
    assert ours.acknowledged and theirs.acknowledged
    rates = f"({statistics.median(ours.rates):.0f} / {statistics.median(theirs.rates):.0f} a second, {size} bytes)"
    report.add("result page / bare template", f"{ratio:.0%} {rates}", "≥ 40%", ratio >= 0.4)


def measure_growth(report: Report, empty: Site, full: Site, pace: Pace) -> None:
    """The same pages with nothing else stored and with 10 000 assessments, one client, in turns."""
    # Somebody who has answered nothing yet, in both.
    fresh = {site.port: saving(site, site.populated.respondents[CLIENTS]) for site in (empty, full)}
    cookies = {site.port: site.sign_in(site.populated.respondents[0].email) for site in (empty, full)}
    managers = {site.port: site.sign_in(site.populated.manager.email) for site in (empty, full)}
    first = population.national_base().document.categories[0].id

    def pages(site: Site) -> dict[str, dict[str, Any]]:
        member = site.populated.respondents[0]
        own = {"port": site.port, "headers": {**BROWSER, "Cookie": cookies[site.port]}}
        team = {"port": site.port, "headers": {**BROWSER, "Cookie": managers[site.port]}}
        return {
            "category page": {**own, "gets": [site.path(f"auto-evaluations/{member.running}/categorie/{first}")]},
            "result": {**own, "gets": [site.path(f"auto-evaluations/{member.completed}/resultat")]},
            "structure": {**own, "gets": [site.path(f"structures/{member.participation}/")]},
            "directory": {**own, "gets": [site.path("annuaire")]},
            "follow-up": {**team, "gets": [site.path("suivi")]},
            "scores": {**team, "gets": [site.path("suivi/scores")]},
        }

    pairs = {name: (job, pages(full)[name]) for name, job in pages(empty).items()}
    pairs["save"] = (fresh[empty.port], fresh[full.port])
    for name, (before, after) in pairs.items():
        small, large = Load(f"{name}, empty", [before]), Load(f"{name}, full", [after])
        in_turns(large, small, rounds=pace.rounds, seconds=pace.seconds / 2)
        assert small.acknowledged and large.acknowledged
        one, other = small.percentile(50), large.percentile(50)
        what = f"p50 {name}: {ASSESSMENTS} assessments / 0"
        report.add(what, f"{other / one:.2f} ({other:.1f} / {one:.1f} ms)", "≤ 1.2", other / one <= 1.2)


def measure_weights(report: Report, site: Site) -> None:
    member = site.populated.respondents[1]
    cookie = site.sign_in(member.email)
    headers = {**BROWSER, "Cookie": cookie}

    def fetch(path: str) -> weights.Fetched:
        raw = answer(site.port, client.request_head("GET", path, headers))
        packed = b"content-encoding: br" in raw.top.lower()
        content = brotli.decompress(raw.content) if packed else raw.content
        return weights.Fetched(raw.status, content.decode("utf-8", "replace"), raw.size)

    categories = population.national_base().document.categories
    pages = {
        f"category {each.id}": site.path(f"auto-evaluations/{member.running}/categorie/{each.id}")
        for each in categories
    }
    pages |= {
        "profile": site.path(f"auto-evaluations/{member.running}/profil"),
        "result": site.path(f"auto-evaluations/{member.completed}/resultat"),
        "receipt": site.path(f"auto-evaluations/{member.completed}/detail"),
    }
    sizes = {name: fetch(path) for name, path in pages.items()}
    assert all(each.status == 200 for each in sizes.values())
    total, parts = max(weights.first_visit(fetch, path) for path in pages.values())
    report.add("first visit, whole", f"{total} bytes ({weights.heaviest(parts)})", "≤ 100 kB", total <= 100_000)
    name = max(sizes, key=lambda each: sizes[each].size)
    report.add(f"heaviest next page ({name})", f"{sizes[name].size} bytes", "≤ 20 kB", sizes[name].size <= 20_000)
    job = saving(site, member)
    path, token, questions = job["answers"]
    heaviest = 0
    for question, choices in questions:
        form = {"csrf_token": token, "question": question, f"answers.{question}": choices[-1]}
        body = urlencode({**form, f"revision.{question}": "0"}).encode()
        raw = answer(site.port, client.request_head("POST", path, job["headers"], len(body)), body)
        assert raw.status == 200, raw.status
        heaviest = max(heaviest, raw.size)
    report.add("heaviest answer to a save", f"{heaviest} bytes", "≤ 1 kB", heaviest <= 1000)
    click.echo("  requests to a third party: none (each address of each page was looked at)")


def measure_statements(report: Report, address: str, site: Site) -> None:
    """The SQL statements of each request, counted inside the application on the full database."""
    app = create_app(Settings(servers.INSTANCE, servers.SECRET, database_url=address))
    sent: list[str] = []
    commits: list[Any] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
        event.listen(db.engine, "commit", commits.append)
        member = site.populated.respondents[2]
        cookie = cookie_of(db.session(), member.person)
    visitor = app.test_client()
    with visitor.session_transaction() as session:
        session["_user_id"] = cookie
    running, completed = f"auto-evaluations/{member.running}/", f"auto-evaluations/{member.completed}/"
    first = population.national_base().document.categories[0]
    pages = {
        "home": "",
        "structure": f"structures/{member.participation}/",
        "summary": running,
        "profile": f"{running}profil",
        "category page": f"{running}categorie/{first.id}",
        "last look": f"{running}terminer",
        "provisional result": f"{running}resultat",
        "result": f"{completed}resultat",
        "receipt": f"{completed}detail",
        "directory": "annuaire",
    }
    counts = {}
    for name, rest in pages.items():
        for _ in range(2):
            sent.clear()
            page = visitor.get(site.path(rest))
            assert page.status_code == 200, f"{rest}: {page.status_code}"
        counts[name] = len(sent)
    most = max(counts.values())
    click.echo("  SQL statements: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    report.add("SQL statements of a page, at most", f"{most}", "≤ 12", most <= 12)
    token = token_of(visitor.get(site.path(f"{running}categorie/{first.id}")).get_data(as_text=True))
    question = next(each for each in first.questions if each.type == "single")
    form = {"question": question.id, f"answers.{question.id}": question.choices[0].id}
    sent.clear()
    commits.clear()
    saved = visitor.post(
        site.path(f"{running}reponse"),
        data={**form, f"revision.{question.id}": "0", "csrf_token": token},
        headers=SCRIPT,
    )
    assert saved.status_code == 200, saved.status_code
    reached = len(sent) <= 8 and len(commits) == 1
    report.add("SQL statements of a save", f"{len(sent)}, commits {len(commits)}", "≤ 8, 1 commit", reached)


@dataclass(frozen=True, slots=True)
class Pace:
    rounds: int
    seconds: float


def build(name: str, *, full: bool) -> tuple[str, Engine, Populated]:
    address = servers.database(name)
    engine = servers.owner(address)
    with Session(engine, expire_on_commit=False) as session:
        populated = population.populate(session, respondents=CLIENTS + 1)
        if full:
            population.crowd(session, populated, assessments=ASSESSMENTS, spaces=SPACES)
            counted = {name: session.scalar(text(f"SELECT count(*) FROM {name}")) for name in ("assessment", "answer")}
            click.echo(f"  stored: {counted['assessment']} assessments, {counted['answer']} answers, {SPACES} spaces")
    bare.Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO bare_subject (id, name) VALUES (1, 'Fournil')"))
        connection.execute(text("GRANT SELECT, INSERT ON bare_subject, bare_answer TO PUBLIC"))
        connection.execute(text("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO PUBLIC"))
    return address, engine, populated


def measure_pages(report: Report, pace: Pace, running: ExitStack) -> None:
    """Everything that needs a server."""
    click.echo("Databases")
    empty_address, empty_engine, empty_populated = build("bench_empty", full=False)
    full_address, full_engine, full_populated = build("bench_full", full=True)
    serve = ["assett", "serve"]
    empty_port = running.enter_context(servers.serving(serve, empty_address, "/healthz"))
    full_port = running.enter_context(servers.serving(serve, full_address, "/healthz"))
    bare_port = running.enter_context(servers.serving(["tests.bench.bare"], full_address, "/page/1"))
    empty = Site(empty_port, empty_populated, empty_engine)
    full = Site(full_port, full_populated, full_engine)
    click.echo("Weights and statements")
    members = full_populated.respondents
    measure_weights(report, full)
    measure_statements(report, full_address, full)
    click.echo("Loads, in turns")
    with Session(full_engine) as session:
        session.execute(
            text("DELETE FROM answer USING assessment s WHERE s.id = assessment_id AND s.completed_at IS NULL")
        )
        session.commit()
    jobs = [saving(full, each) for each in members[:CLIENTS]]
    measure_saving(report, full, bare_port, jobs, pace)
    cookies = [job["headers"]["Cookie"] for job in jobs]
    measure_result(report, full, bare_port, cookies, pace)
    measure_growth(report, empty, full, pace)


@click.command()
@click.option("--quick", is_flag=True, help="Shorter slices: a first idea in a minute.")
def main(quick: bool) -> None:
    """Measure the engine and the pages, as ratios in one run."""
    pace = Pace(3, 1.0) if quick else Pace(6, 2.5)
    report = Report()
    click.echo("Engine")
    measure_engine(report)
    with ExitStack() as running:
        running.enter_context(servers.alone())
        measure_pages(report, pace, running)
    report.show()


if __name__ == "__main__":
    main()
