"""The embedded PostgreSQL, killed under a running service, is there again within seconds."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from assett.core import embedded
from tests.conftest import instance_of_its_own

INSTANCE = instance_of_its_own("revival")


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    shutil.rmtree(INSTANCE, ignore_errors=True)
    INSTANCE.mkdir(parents=True)
    found = {**os.environ, "ASSETT_INSTANCE": str(INSTANCE)}
    found.pop("DATABASE_URL", None)
    yield found
    embedded.stop(INSTANCE)
    shutil.rmtree(INSTANCE, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _status(port: int) -> int | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def _until(status: int, port: int, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if _status(port) == status:
            return
        time.sleep(0.1)
    pytest.fail(f"never {status}")


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_database_that_died_is_started_again(command: str, environment: dict[str, str], demonstration: Path) -> None:
    subprocess.run(["cp", "-a", f"{demonstration}/.", INSTANCE], check=True)
    port = _free_port()
    process = subprocess.Popen([sys.executable, "-m", "assett", command, "--port", str(port)], env=environment)
    try:
        _until(200, port)
        for _ in range(2):
            before = embedded._written_pid(INSTANCE / "postgres")
            embedded.kill(INSTANCE)
            _until_another(before)
            _until(200, port, 60)
        family = _without_the_database(psutil.Process(process.pid).children(recursive=True))
    finally:
        process.terminate()
        process.wait(90)
    # The watch ends with what it watched for.
    assert psutil.wait_procs(family, timeout=60)[1] == []


def _without_the_database(family: list[psutil.Process]) -> list[psutil.Process]:
    """The server outlives what started it; until `pg_ctl` has left, it still looks like a child of the watch."""

    def belongs_to_the_database(process: psutil.Process) -> bool:
        try:
            return process.name() == "postgres"
        except psutil.NoSuchProcess:
            return False

    return [process for process in family if not belongs_to_the_database(process)]


def _until_another(before: int | None, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while embedded._written_pid(INSTANCE / "postgres") in {before, None} and time.monotonic() < end:
        time.sleep(0.1)
    assert not embedded.died(INSTANCE) and embedded._written_pid(INSTANCE / "postgres") != before


def test_a_database_that_was_stopped_stays_so(environment: dict[str, str]) -> None:
    embedded.start(INSTANCE)
    assert not embedded.died(INSTANCE)
    embedded.stop(INSTANCE)
    embedded.Guard(INSTANCE).look()
    assert not (INSTANCE / "postgres" / "postmaster.pid").exists()


def test_a_number_that_went_to_another_process_does_not_hold_the_database_back(environment: dict[str, str]) -> None:
    embedded.start(INSTANCE)
    mark: Path = INSTANCE / "postgres" / "postmaster.pid"
    embedded.kill(INSTANCE)
    lines = mark.read_text().splitlines()
    mark.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert embedded.died(INSTANCE)
    embedded.Guard(INSTANCE).look()
    assert not embedded.died(INSTANCE) and embedded._written_pid(INSTANCE / "postgres") != os.getpid()
