"""`assett demo` as a newcomer runs it: ready by itself, found again as it was left, gone when it is stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assett.cli import main
from assett.commands.family import Known, end_orphans
from assett.core import embedded
from assett.spaces.models import Space
from tests.conftest import instance_of_its_own
from tests.factories import SpaceFactory

INSTANCE = instance_of_its_own("demo-test")


def _environment() -> dict[str, str]:
    environment = {**os.environ, "ASSETT_INSTANCE": str(INSTANCE)}
    environment.pop("DATABASE_URL", None)
    return environment


@pytest.fixture
def instance() -> Iterator[Path]:
    shutil.rmtree(INSTANCE, ignore_errors=True)
    yield INSTANCE
    subprocess.run([sys.executable, "-m", "assett", "db", "stop"], env=_environment(), check=False)
    shutil.rmtree(INSTANCE, ignore_errors=True)


@pytest.fixture
def prepared(demonstration: Path, instance: Path) -> Path:
    """Filled already: how it is filled is not the matter here."""
    subprocess.run(["cp", "-a", demonstration, instance], check=True)
    return instance


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _start(port: int, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "assett", "demo", "--port", str(port), *more]
    return subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _get(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def _until_ready(process: subprocess.Popen[str], port: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.fail(process.stdout.read() if process.stdout else "it ended")
        try:
            _get(port, "/healthz")
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail("never ready")


def _family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def _postmaster(instance: Path) -> psutil.Process:
    return psutil.Process(int((instance / "postgres" / "postmaster.pid").read_text().splitlines()[0]))


def _stop(process: subprocess.Popen[str]) -> str:
    family = _family(process)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 0, output
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
    # « Ctrl+C arrête tout. »
    assert not (INSTANCE / "postgres" / "postmaster.pid").exists()
    return output


def test_the_demonstration_from_nothing_and_again(instance: Path) -> None:
    port = _free_port()
    first = _start(port)
    _until_ready(first, port, 180)
    assert "Grand Poitiers" in _get(port, "/")
    assert "structures dans l’annuaire" in _get(port, "/grand-poitiers/annuaire")
    assert "Pas encore de courrier" in _get(port, "/courrier")
    busy = subprocess.run(
        [sys.executable, "-m", "assett", "demo", "--port", str(port)],
        env=_environment(),
        capture_output=True,
        text=True,
    )
    assert busy.returncode == 1 and f"tourne déjà, à http://localhost:{port}" in busy.stderr
    told = _stop(first)
    assert f"http://localhost:{port}" in told and "responsable@example.org" in told and "Mot de passe" in told
    began = time.monotonic()
    second = _start(port)
    _until_ready(second, port, 180)
    assert time.monotonic() - began < 60
    assert "Contenu de démonstration" not in _stop(second)


def _refused(port: int, *more: str) -> str:
    environment = {**_environment(), "DATABASE_URL": None}
    done = CliRunner().invoke(main, ["demo", "--port", str(port), *more], env=environment)
    assert done.exit_code != 0
    return done.stderr


def _made(instance: Path) -> str:
    """The numbers of its tables, which a database that is erased and filled again has not."""
    with psycopg.connect(embedded.start(instance)) as connection:
        return str(connection.execute("SELECT oid FROM pg_class WHERE relname = 'space'").fetchall())


def test_a_second_demonstration_erases_nothing_of_the_first(prepared: Path) -> None:
    port = _free_port()
    first = _start(port)
    _until_ready(first, port, 180)
    made = _made(prepared)
    for more in (["--reset"], [], ["--reset", "--prepare"]):
        assert f"tourne déjà, à http://localhost:{port}" in _refused(_free_port(), *more)
    assert _made(prepared) == made and "Grand Poitiers" in _get(port, "/")
    # Killed, it holds nothing any more.
    first.kill()
    first.wait()
    second_port = _free_port()
    second = _start(second_port)
    _until_ready(second, second_port, 180)
    _stop(second)


def test_a_port_that_another_program_has_is_left_to_it(instance: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Le port {port} est déjà pris" in _refused(port)


@pytest.mark.parametrize("port", ["99999", "-1", "0", "port", "5000.5"])
@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_port_is_a_number_from_1_to_65535(port: str, command: str) -> None:
    done = CliRunner().invoke(main, [command, "--port", port])
    assert done.exit_code == 2
    assert f"« {port} » n’est pas un port : donnez un nombre de 1 à 65535" in done.stderr


def test_a_port_that_browsers_refuse_is_said() -> None:
    done = CliRunner().invoke(main, ["serve", "--port", "5060"])
    assert done.exit_code == 2 and "Les navigateurs refusent le port 5060" in done.stderr


def test_what_a_killed_demonstration_leaves_ends_by_itself_or_at_the_next_start(prepared: Path) -> None:
    port = _free_port()
    first = _start(port)
    _until_ready(first, port, 180)
    left = _family(first)
    keeper = next(process for process in left if "assett.commands.family" in process.cmdline())
    keeper.kill()
    first.kill()
    first.wait()
    # Nobody is left to end them: they are found by the next start, which needs their port.
    _, alive = psutil.wait_procs(left, timeout=1)
    assert len(alive) >= 2
    second = _start(port)
    assert psutil.wait_procs(left, timeout=90)[1] == []
    _until_ready(second, port, 180)
    left = [*_family(second), _postmaster(prepared)]
    second.kill()
    second.wait()
    assert psutil.wait_procs(left, timeout=90)[1] == []
    assert list((prepared / "running").iterdir()) == []


def test_a_demonstration_ends_with_the_process_that_it_follows(prepared: Path) -> None:
    port = _free_port()
    make = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    demonstration = _start(port, "--follow", str(make.pid))
    _until_ready(demonstration, port, 180)
    left = _family(demonstration)
    make.kill()
    make.wait()
    demonstration.communicate(timeout=90)
    assert demonstration.returncode == 0
    assert psutil.wait_procs(left, timeout=30)[1] == []


@pytest.mark.parametrize(("later", "ends"), [(0, True), (3600, False)])
def test_only_the_process_that_was_written_down_is_ended(tmp_path: Path, later: float, ends: bool) -> None:
    """A number that the system gave again is that of a stranger."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        known = Known.of(process.pid)
        assert known is not None
        (tmp_path / "running").mkdir()
        record = tmp_path / "running" / "1.json"
        record.write_text(json.dumps({"parent": [1, 0], "children": [[known.pid, known.began - later]]}))
        end_orphans(tmp_path)
        assert (known.process() is None) is ends
        assert not record.exists()
        process.kill()


@pytest.mark.parametrize(
    ("spaces", "more", "refused"),
    [
        ([False], [], True),
        ([False], ["--reset"], True),
        ([True, False], ["--reset"], True),
        ([True, False], [], False),
    ],
    ids=["beside", "instead", "with-it", "together"],
)
def test_a_space_that_is_no_demonstration_is_neither_filled_around_nor_erased(
    owner: Session, database_url: str, instance: Path, spaces: list[bool], more: list[str], refused: bool
) -> None:
    """Who opened a space of their own beside the fictional ones finds both again."""
    for demonstration in spaces:
        SpaceFactory(demonstration=demonstration)
    owner.commit()
    environment = {**_environment(), "DATABASE_URL": database_url}
    done = CliRunner().invoke(main, ["demo", "--prepare", *more], env=environment)
    assert (done.exit_code != 0) is refused, done.stderr
    assert ("n’est pas une démonstration" in done.stderr) is refused
    assert owner.scalar(select(func.count()).select_from(Space)) == len(spaces)
