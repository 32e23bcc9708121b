"""Whether addresses still answer: asked politely, by HEAD then GET, and never of a private network.

An address of the base is typed by people, and this server follows it: each host is resolved first, only public
addresses (IANA, « globally reachable ») are connected to, and the very address that was looked at. Redirects are
looked at anew, one by one.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from assett.kernel.text import N_
from assett.resources.models import LinkState

TIMEOUT: Final = 8.0
"""Seconds that a site has to connect, and again to answer."""
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

_NO_SUCH_NAME: Final = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
# An IPv4 address behind a translator (RFC 6052).
_NAT64: Final = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found at an address. `refused`: the site said that there is nothing (4xx, 5xx), or is no more (its name
    leads nowhere, its door is shut): after three days of it, the link is broken."""

    state: LinkState
    why: str
    status: int | None = None
    refused: bool = False


class _Forbidden(Exception):
    """The address leads to a network that is not public."""


@dataclass(slots=True)
class Prober:
    """Asks addresses one after the other; `user_agent` says who asks. `allowed` are hosts of a private network that may
    be asked all the same (tests)."""

    user_agent: str
    allowed: Collection[str] = ()
    timeout: float = TIMEOUT
    pause: float = PAUSE
    sleep: Callable[[float], None] = time.sleep
    _asked: dict[str, float] = field(default_factory=dict)

    def probe(self, url: str) -> Finding:
        """What is at this address today."""
        if urlsplit(url).scheme not in ("http", "https"):
            return Finding(LinkState.VALID, "")
        try:
            return self._follow(url)
        except _Forbidden:
            return Finding(LinkState.UNCERTAIN, PRIVATE)
        except TimeoutError:
            return Finding(LinkState.UNCERTAIN, TOO_SLOW)
        except ssl.SSLError:
            return Finding(LinkState.UNCERTAIN, INSECURE)
        except socket.gaierror as error:
            # A look-up that may be tried again says more of our own network than of the site.
            return Finding(LinkState.UNCERTAIN, UNKNOWN_HOST, refused=error.errno in _NO_SUCH_NAME)
        except ConnectionRefusedError:
            return Finding(LinkState.UNCERTAIN, UNREACHABLE, refused=True)
        except (OSError, http.client.HTTPException, ValueError):
            return Finding(LinkState.UNCERTAIN, UNREACHABLE)

    def _follow(self, url: str) -> Finding:
        for _ in range(MOST_REDIRECTS + 1):
            status, onwards = self._ask("HEAD", url)
            if status >= 400:
                # Many sites answer HEAD wrongly: only what GET says counts.
                status, onwards = self._ask("GET", url)
            if status not in _REDIRECTS or not onwards:
                return _judged(status)
            url = urljoin(url, onwards)
            if urlsplit(url).scheme not in ("http", "https"):
                return Finding(LinkState.UNCERTAIN, UNREACHABLE, status)
        return Finding(LinkState.UNCERTAIN, LOST_WAY)

    def _ask(self, method: str, url: str) -> tuple[int, str | None]:
        """The status of an address, and where it leads on; nothing of the page itself is read."""
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
            answer = connection.getresponse()
            return answer.status, answer.getheader("Location")
        finally:
            connection.close()

    def _wait(self, host: str) -> None:
        """One request a second to the same host."""
        last = self._asked.get(host)
        if last is not None and (left := last + self.pause - time.monotonic()) > 0:
            self.sleep(left)
        self._asked[host] = time.monotonic()

    def _connect(self, scheme: str, host: str, port: int) -> http.client.HTTPConnection:
        """A connection to the very address that was found public: a second look-up could say another."""
        target = self._resolve(host, port)
        made = socket.create_connection((target, port), timeout=self.timeout)
        connection: http.client.HTTPConnection
        if scheme == "https":
            connection = http.client.HTTPSConnection(host, port, timeout=self.timeout)
            try:
                connection.sock = ssl.create_default_context().wrap_socket(made, server_hostname=host)
            except BaseException:
                made.close()
                raise
        else:
            connection = http.client.HTTPConnection(host, port, timeout=self.timeout)
            connection.sock = made
        return connection

    def _resolve(self, host: str, port: int) -> str:
        found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        if host not in self.allowed and not all(is_public(each) for each in found):
            raise _Forbidden(host)
        return found[0]


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
    return parsed.is_global and not parsed.is_multicast


def _judged(status: int) -> Finding:
    if status < 400:
        return Finding(LinkState.VALID, ANSWERS, status)
    if status in _SHY:
        return Finding(LinkState.UNCERTAIN, NO_ROBOTS, status)
    why = GONE if status in (404, 410) else FAILING
    return Finding(LinkState.UNCERTAIN, why, status, refused=True)
