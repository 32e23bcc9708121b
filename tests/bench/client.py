"""One client of a load: a process of its own that knows sockets and HTTP, and nothing of the application.

Run with a job as JSON on standard input, it writes what happened as JSON on standard output. A sync worker closes
the connection after each answer, as it does behind a proxy: so does this.

Job: `port`, `seconds`, and either `gets` ([path, …], asked in turn), or `posts` ([path, form], sent again and again),
or `answers` (see `Client._answer`); `headers` go with every request.
"""

import json
import socket
import sys
import time
import zlib
from urllib.parse import urlencode


def exchange(port: int, head: str, body: bytes = b"") -> tuple[int, bytes, bytes, float]:
    """Send a request; gives its status, its head, its body and the seconds it took."""
    start = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(head.encode() + body)
        received = []
        while chunk := connection.recv(262144):
            received.append(chunk)
    seconds = time.perf_counter() - start
    answer = b"".join(received)
    top, _, content = answer.partition(b"\r\n\r\n")
    status = int(top[9:12]) if top else 0
    return status, top, content, seconds


def request_head(method: str, path: str, headers: dict[str, str], length: int | None = None) -> str:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if length is not None:
        lines += [f"Content-Length: {length}", "Content-Type: application/x-www-form-urlencoded"]
    return "\r\n".join(lines) + "\r\n\r\n"


class Client:
    def __init__(self, job: dict) -> None:
        self.job = job
        self.milliseconds: list[float] = []
        self.statuses: dict[str, int] = {}
        self.revisions: dict[str, str] = dict(job.get("revisions") or {})
        self.turns: dict[str, int] = dict(job.get("turns") or {})

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        body = urlencode(form).encode() if form is not None else b""
        head = request_head(method, path, self.job["headers"], len(body) if form is not None else None)
        status, _, content, seconds = exchange(self.job["port"], head, body)
        self.milliseconds.append(seconds * 1000)
        self.statuses[str(status)] = self.statuses.get(str(status), 0) + 1
        return status, content

    def run(self) -> None:
        until = time.monotonic() + self.job["seconds"]
        place = 0
        while time.monotonic() < until:
            if "gets" in self.job:
                self.ask("GET", self.job["gets"][place % len(self.job["gets"])])
            elif "posts" in self.job:
                path, form = self.job["posts"]
                self.ask("POST", path, form)
            else:
                self._answer(place)
            place += 1

    def _answer(self, place: int) -> None:
        """Answer the next question otherwise than before, as a page would: `answers` holds the address, the token
        and the questions, each with the choices to take in turn."""
        path, token, questions = self.job["answers"]
        question, choices = questions[place % len(questions)]
        turn = self.turns.get(question, 0)
        form = {
            "csrf_token": token,
            "question": question,
            f"answers.{question}": choices[turn % len(choices)],
            f"revision.{question}": self.revisions.get(question, "0"),
        }
        status, content = self.ask("POST", path, form)
        if status == 200:
            self.turns[question] = turn + 1
            packed = content.startswith(b"\x1f\x8b")
            self.revisions[question] = json.loads(zlib.decompress(content, 31) if packed else content)["revision"]


if __name__ == "__main__":
    client = Client(json.load(sys.stdin))
    client.run()
    json.dump(
        {
            "milliseconds": client.milliseconds,
            "statuses": client.statuses,
            "revisions": client.revisions,
            "turns": client.turns,
        },
        sys.stdout,
    )
