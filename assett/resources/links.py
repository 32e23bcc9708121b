"""Whether addresses still answer, and what a page says: asked politely, and never of a private network.

An address of the base is typed by people, and this server follows it: each host is resolved first, only public
addresses (IANA, « globally reachable ») are connected to, and the very address that was looked at. Redirects are
looked at anew, one by one.
"""

from __future__ import annotations

import http.client
import io
import math
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar
from urllib.parse import quote, urljoin, urlsplit

from assett.kernel.text import N_
from assett.resources.models import LinkState

TIMEOUT: Final = 8.0
"""Seconds that a site has for its name to be found, again to connect, and again to answer."""
PATIENCE: Final = 6.0
"""Seconds that a page has in all, its redirects included, to be read while somebody waits for it."""
LONGEST: Final = 30.0
"""Seconds that an address has in all to say whether it is there, its redirects included."""
MOST_READ: Final = 512 * 1024
MOST_REDIRECTS: Final = 5
PAUSE: Final = 1.0
"""Seconds between two requests to the same host."""

# A site that shuts its door to robots, or asks who is there, is none the less alive.
_SHY: Final = frozenset({401, 403, 405, 406, 407, 408, 425, 429, 451})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

ANSWERS: Final = N_("La page répond.")
NO_ROBOTS: Final = N_("Le site n’ouvre pas aux robots : à vérifier à la main.")
GONE: Final = N_("Le site dit que cette page n’existe pas.")
FAILING: Final = N_("Le site répond par une erreur.")
UNKNOWN_HOST: Final = N_("Ce nom de site est introuvable.")
TOO_SLOW: Final = N_("Le site n’a pas répondu à temps.")
INSECURE: Final = N_("Le certificat du site n’est pas valable.")
UNREACHABLE: Final = N_("La connexion a échoué.")
PRIVATE: Final = N_("Cette adresse mène à un réseau privé : elle n’est pas suivie.")
LOST_WAY: Final = N_("La page renvoie ailleurs trop de fois.")
NOT_A_PAGE: Final = N_("Cette adresse mène à un fichier, pas à une page à lire.")

_NO_SUCH_NAME: Final = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
# An IPv4 address behind a translator (RFC 6052).
_NAT64: Final = IPv6Network("64:ff9b::/96")
# All that is given out of IPv6: elsewhere are translators of a private network, and forms that are no more in use.
_GIVEN_OUT: Final = IPv6Network("2000::/3")
# What `is_global` of the oldest Python we run on does not know: RFC 9637, RFC 6890, RFC 7526.
_RESERVED: Final = (IPv6Network("3fff::/20"), IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found at an address. `refused`: the site said that there is nothing (4xx, 5xx), or is no more (its name
    leads nowhere, its door is shut): after three days of it, the link is broken."""

    state: LinkState
    why: str
    status: int | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page as its site gives it, `MOST_READ` bytes of it at most: from where, and in what charset if it says so."""

    url: str
    charset: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class _Answer:
    url: str
    status: int
    onwards: str | None
    kind: str = ""
    charset: str | None = None
    body: bytes = b""


class _Forbidden(Exception):
    """The address leads to a network that is not public."""


class _Pieces(io.RawIOBase):
    """What a site sends: `left` says how long the next piece may be waited for. Without it a site that sends a byte
    now and then would keep whoever reads for hours."""

    def __init__(self, connected: socket.socket, left: Callable[[], float]) -> None:
        self._connected, self._left = connected, left
        self._raw = connected.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._connected.settimeout(self._left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Timed:
    """A socket as `http.client` uses it, read piece by piece within the time that is left."""

    def __init__(self, connected: socket.socket, left: Callable[[], float]) -> None:
        self._connected, self._left = connected, left
        self.sendall, self.close = connected.sendall, connected.close

    def makefile(self, *_: Any) -> io.BufferedReader:
        return io.BufferedReader(_Pieces(self._connected, self._left))


@dataclass(slots=True)
class Prober:
    """Asks addresses one after the other; `user_agent` says who asks. `allowed` are hosts of a private network that may
    be asked all the same (tests)."""

    user_agent: str
    allowed: Collection[str] = ()
    timeout: float = TIMEOUT
    patience: float = PATIENCE
    longest: float = LONGEST
    pause: float = PAUSE
    sleep: Callable[[float], None] = time.sleep
    _asked: dict[str, float] = field(default_factory=dict)
    # The moment at which nothing more is waited for.
    _until: float = math.inf

    def probe(self, url: str) -> Finding:
        """What is at this address today."""
        if urlsplit(url).scheme not in ("http", "https"):
            return Finding(LinkState.VALID, "")
        with self._within(self.longest):
            found = self._found(lambda: self._follow(url, self._look))
        return _judged(found.status) if isinstance(found, _Answer) else found

    def read(self, url: str) -> Leaf | Finding:
        """The page at this address, or what stands in its way."""
        with self._within(self.patience):
            found = self._found(lambda: self._follow(url, lambda url: self._ask("GET", url, MOST_READ)))
        if isinstance(found, Finding):
            return found
        if found.status >= 300:
            return _judged(found.status)
        if found.kind != "text/html":
            return Finding(LinkState.VALID, NOT_A_PAGE, found.status)
        return Leaf(found.url, found.charset, found.body)

    @contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        self._until = time.monotonic() + seconds
        try:
            yield
        finally:
            self._until = math.inf

    def _found(self, ask: Callable[[], Result]) -> Result | Finding:
        """What is answered, or why nothing is."""
        try:
            return ask()
        except _Forbidden:
            return Finding(LinkState.UNCERTAIN, PRIVATE)
        except TimeoutError:
            return Finding(LinkState.UNCERTAIN, TOO_SLOW)
        except ssl.SSLError:
            return Finding(LinkState.UNCERTAIN, INSECURE)
        except socket.gaierror as error:
            if error.errno in _NO_SUCH_NAME:
                return Finding(LinkState.UNCERTAIN, UNKNOWN_HOST, refused=True)
            # A look-up that may be tried again says more of our own network than of the site.
            return Finding(LinkState.UNCERTAIN, UNREACHABLE)
        except ConnectionRefusedError:
            return Finding(LinkState.UNCERTAIN, UNREACHABLE, refused=True)
        except (OSError, http.client.HTTPException, ValueError):
            return Finding(LinkState.UNCERTAIN, UNREACHABLE)

    def _follow(self, url: str, ask: Callable[[str], _Answer]) -> _Answer | Finding:
        for _ in range(MOST_REDIRECTS + 1):
            answer = ask(url)
            if answer.status not in _REDIRECTS or not answer.onwards:
                return answer
            url = urljoin(url, answer.onwards)
            if urlsplit(url).scheme not in ("http", "https"):
                return Finding(LinkState.UNCERTAIN, UNREACHABLE, answer.status)
        return Finding(LinkState.UNCERTAIN, LOST_WAY)

    def _look(self, url: str) -> _Answer:
        answer = self._ask("HEAD", url)
        # Many sites answer HEAD wrongly: only what GET says counts.
        return self._ask("GET", url) if answer.status >= 400 else answer

    def _ask(self, method: str, url: str, most: int = 0) -> _Answer:
        """What an address answers, and where it leads on; of a page itself, so many bytes are read at most."""
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port or (443 if parts.scheme == "https" else 80)
        self._wait(host)
        connection = self._connect(parts.scheme, host, port)
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        if parts.query:
            path += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
        try:
            connection.request(method, path, headers={"User-Agent": self.user_agent, "Accept": "text/html,*/*;q=0.8"})
            with connection.getresponse() as answer:
                kind = answer.msg.get_content_type()
                body = answer.read(most) if most and answer.status < 300 and kind == "text/html" else b""
                charset = answer.msg.get_content_charset()
                return _Answer(url, answer.status, answer.getheader("Location"), kind, charset, body)
        finally:
            connection.close()

    def _left(self) -> float:
        """How long the next thing may be waited for."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(self.timeout, left)

    def _wait(self, host: str) -> None:
        """One request a second to the same host."""
        last = self._asked.get(host)
        if last is not None and (left := last + self.pause - time.monotonic()) > 0:
            self.sleep(left)
        self._asked[host] = time.monotonic()

    def _connect(self, scheme: str, host: str, port: int) -> http.client.HTTPConnection:
        """A connection to the very address that was found public: a second look-up could say another."""
        target = self._resolve(host, port)
        made: socket.socket = socket.create_connection((target, port), timeout=self._left())
        connection: http.client.HTTPConnection
        if scheme == "https":
            connection = http.client.HTTPSConnection(host, port)
            try:
                made.settimeout(self._left())
                made = ssl.create_default_context().wrap_socket(made, server_hostname=host)
            except BaseException:
                made.close()
                raise
        else:
            connection = http.client.HTTPConnection(host, port)
        connection.sock = _Timed(made, self._left)
        return connection

    def _resolve(self, host: str, port: int) -> str:
        found = _looked_up(host, port, self._left())
        if host not in self.allowed and not all(is_public(each) for each in found):
            raise _Forbidden(host)
        return found[0]


def _looked_up(host: str, port: int, left: float) -> list[str]:
    """The addresses of a host. A look-up knows no limit: one that takes longer than what is `left` is given up on, and
    ends by itself."""
    answers: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def look() -> None:
        try:
            answers.put([str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)])
        except Exception as error:
            answers.put(error)

    threading.Thread(target=look, daemon=True).start()
    try:
        answer = answers.get(timeout=left)
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet; one that hides an IPv4 address is judged by that one."""
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        within = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo or (None, None))[1]
        if within is not None:
            parsed = within
        elif parsed in _NAT64:
            parsed = IPv4Address(int(parsed) & 0xFFFFFFFF)
        elif parsed not in _GIVEN_OUT:
            return False
    return parsed.is_global and not parsed.is_multicast and not any(parsed in network for network in _RESERVED)


def _judged(status: int) -> Finding:
    if status < 400:
        return Finding(LinkState.VALID, ANSWERS, status)
    if status in _SHY:
        return Finding(LinkState.UNCERTAIN, NO_ROBOTS, status)
    why = GONE if status in (404, 410) else FAILING
    return Finding(LinkState.UNCERTAIN, why, status, refused=True)
