"""The processes of a demonstration, known well enough to end them, and nothing else, whatever became of their parent.

Each demonstration writes down its processes under `instance/running/`, with the moment each one began: a number that
the system gave to another process in the meantime is left alone. A keeper, started beside them, waits at the end of a
pipe that only the demonstration holds: however that one ends, `kill -9` included, the keeper ends the rest. Should the
keeper go too (the machine was cut), the next start finds what was written.
"""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import psutil

from assett.core import embedded

PATIENCE = 15
"""Seconds that a process has to end by itself before it is killed."""


@dataclass(frozen=True, slots=True)
class Known:
    """A process, told from a later one of the same number by the moment it began (seconds since 1970)."""

    pid: int
    began: float

    @classmethod
    def of(cls, pid: int | None = None) -> Known | None:
        """The process of a number (this one without), `None` if there is none."""
        try:
            process = psutil.Process(pid)
            return cls(process.pid, process.create_time())
        except psutil.Error:
            return None

    def process(self) -> psutil.Process | None:
        """The process while it lives."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.began) < 1
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


class Family:
    """This process and those that it starts. To be used by `with`, which ends them all."""

    def __init__(self, instance: Path, *, with_database: bool) -> None:
        self.instance = instance
        self.with_database = with_database
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Family:
        parent = Known.of()
        assert parent is not None
        self.parent = parent
        self.record = _folder(self.instance) / f"{parent.pid}.json"
        self._write()
        # In sessions of their own: Ctrl+C reaches this process alone, which then ends them in order.
        arguments = [str(self.instance), str(parent.pid), *(["--with-database"] * self.with_database)]
        self.keeper = subprocess.Popen(  # noqa: S603 (our own program)
            [sys.executable, "-m", __spec__.name, *arguments],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        return self

    def start(self, name: str, *arguments: str, environment: Mapping[str, str], errors: IO[Any] | None = None) -> None:
        """Start the command `assett` as one of the family, in the place of the one of this name before."""
        self.children[name] = subprocess.Popen(  # noqa: S603 (our own program)
            [sys.executable, "-m", "assett", *arguments], env=environment, start_new_session=True, stderr=errors
        )
        self._write()

    def runs(self, name: str) -> bool:
        return self.children[name].poll() is None

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for child in self.children.values():
            child.terminate()
        for child in self.children.values():
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
        # Not left to the keeper: as long as this process lives, the instance is claimed.
        if self.with_database:
            embedded.stop(self.instance)
        self.record.unlink(missing_ok=True)
        if self.keeper.stdin is not None:
            self.keeper.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self.keeper.wait(2 * PATIENCE)

    def _write(self) -> None:
        known = [Known.of(child.pid) for child in self.children.values()]
        tree = {
            "parent": [self.parent.pid, self.parent.began],
            "children": [[each.pid, each.began] for each in known if each is not None],
        }
        # In one step: the keeper never reads half of it.
        draft = self.record.with_suffix(".draft")
        draft.write_text(json.dumps(tree))
        draft.replace(self.record)


class Claimed(Exception):
    """Another demonstration has the instance; `port` is where it serves, `None` where it serves nothing."""

    def __init__(self, port: int | None) -> None:
        super().__init__(port)
        self.port = port


@contextmanager
def claimed(instance: Path, port: int | None) -> Iterator[None]:
    """Have an instance for oneself as long as this lasts, or as this process does; raises `Claimed`."""
    # The system takes a lock away with the process that holds it, `kill -9` included; no child inherits it.
    with (instance / "demonstration.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            held = lock.read().strip()
            raise Claimed(int(held) if held else None) from None
        lock.truncate(0)
        lock.write("" if port is None else str(port))
        lock.flush()
        yield


def end_orphans(instance: Path) -> None:
    """End what a demonstration left behind that could not end it itself."""
    for record, parent, children in _records(instance):
        if parent.process() is not None:
            continue
        left = [process for child in children if (process := child.process()) is not None]
        for process in left:
            process.terminate()
        for process in psutil.wait_procs(left, timeout=PATIENCE)[1]:
            process.kill()
        record.unlink(missing_ok=True)


def is_alone(instance: Path) -> bool:
    """Whether no demonstration runs on this instance."""
    return all(parent.process() is None for _, parent, _ in _records(instance))


def _records(instance: Path) -> Iterator[tuple[Path, Known, list[Known]]]:
    for record in sorted(_folder(instance).glob("*.json")):
        tree = json.loads(record.read_text())
        yield record, Known(*tree["parent"]), [Known(*child) for child in tree["children"]]


def _folder(instance: Path) -> Path:
    folder = instance / "running"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keep(instance: Path, watched: int, *, with_database: bool) -> None:
    """Wait for the end of a demonstration (`watched`), then for that of all that it started."""
    sys.stdin.buffer.read()
    # Its end of the pipe closes a moment before it is gone. Where it ended all by itself, it left no record.
    while any(parent.pid == watched and parent.process() is not None for _, parent, _ in _records(instance)):
        time.sleep(0.05)
    end_orphans(instance)
    # A demonstration that began in the meantime has the instance, and goes on with its database.
    with suppress(Claimed), claimed(instance, None):
        if with_database and is_alone(instance):
            embedded.stop(instance)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]), with_database="--with-database" in sys.argv[3:])
