"""The host names of spaces: whether a name is a space's own, and which space answers at a name.

A space proves that a name is its own by a TXT record that only its owner can publish, `_assett.<name>`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from threading import Lock
from urllib.parse import urlsplit

import dns.exception
import dns.resolver
from flask import Flask, current_app, g, request
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from assett.core.db import db
from assett.core.settings import Settings
from assett.kernel.errors import Rejected
from assett.spaces import queries
from assett.spaces.models import Space

RECORD = "_assett"
# RFC 1123, and a dot at least: a name of the internet.
HOSTNAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
# Where names are bought one level deeper than under `.fr` alone (the registry's own sectors, and French neighbours).
_SECTORS = {"asso.fr", "avocat.fr", "cci.fr", "chambagri.fr", "com.fr", "gouv.fr", "nom.fr", "notaires.fr", "prd.fr"}
_FRESH = 30.0


class OwnHosts:
    """Which space answers at which name, known to this process for half a minute; also the list of hosts that an
    installation behind https answers to (`TRUSTED_HOSTS`)."""

    def __init__(self, app: Flask, public_host: str) -> None:
        self._app = app
        self._public = public_host
        self._slugs: dict[str, str] = {}
        self._read_at = -_FRESH
        self._lock = Lock()

    def __iter__(self) -> Iterator[str]:
        yield self._public
        yield from self._known()

    def slug_of(self, host: str) -> str | None:
        """The slug of the space whose own name this is; None for the platform's name and for any other."""
        name = host.partition(":")[0].lower()
        return None if name == self._public else self._known().get(name)

    def forget(self) -> None:
        """Read them anew at the next request."""
        self._read_at = -_FRESH

    def _known(self) -> dict[str, str]:
        with self._lock:
            if time.monotonic() - self._read_at >= _FRESH:
                self._read_at = time.monotonic()
                try:
                    # On a connection of its own: a request's transaction has not begun yet.
                    with self._app.app_context(), Session(db.engine) as session:
                        self._slugs = queries.own_hosts(session)
                except DBAPIError:  # away: what was known still holds
                    pass
            return self._slugs


def init_app(app: Flask) -> OwnHosts:
    settings: Settings = app.extensions["settings"]
    hosts = OwnHosts(app, urlsplit(settings.public_url).hostname or "localhost")
    app.extensions["own_hosts"] = hosts
    app.extensions["resolver"] = resolver
    return hosts


def is_bare(hostname: str) -> bool:
    """Whether a name is a domain as one buys it, with nothing before: DNS forbids a CNAME there (RFC 1912, 2.4)."""
    labels = hostname.split(".")
    return len(labels) == (3 if ".".join(labels[-2:]) in _SECTORS else 2)


def base_url() -> str:
    """The public address that links in mails begin with: the space's own name, else the platform's."""
    settings: Settings = current_app.extensions["settings"]
    space: Space | None = g.get("space")
    if space is None or space.own_host is None:
        return settings.public_url
    return f"{'https' if settings.secure else 'http'}://{space.own_host}"


def leading_to(space: Space, path: str) -> str:
    """A path of another space than this one, as this page may link to it: at a space's own name, no other is found."""
    hosts: OwnHosts = current_app.extensions["own_hosts"]
    settings: Settings = current_app.extensions["settings"]
    return path if hosts.slug_of(request.host) in {None, space.slug} else settings.public_url + path


def platform_host() -> str:
    """The platform's own name, which a space's name has to lead to."""
    settings: Settings = current_app.extensions["settings"]
    return urlsplit(settings.public_url).hostname or "localhost"


def forget_hosts() -> None:
    """A name was just proved: this process knows it from its next request on, the others within half a minute."""
    hosts: OwnHosts = current_app.extensions["own_hosts"]
    hosts.forget()


def check_record(hostname: str, token: str) -> None:
    """Look the name's TXT record up.

    Raises:
        Rejected: there is none with this token, or nobody answers.
    """
    name = f"{RECORD}.{hostname}"
    try:
        answer = current_app.extensions["resolver"]().resolve(name, "TXT")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        raise Rejected(
            _("Aucun enregistrement TXT n’existe encore à %(name)s. Il met parfois une heure à paraître.", name=name)
        ) from None
    except dns.exception.DNSException:
        raise Rejected(_("Le DNS n’a pas répondu. Réessayez dans quelques minutes.")) from None
    found = [b"".join(each.strings).decode("ascii", "replace") for each in answer]
    if token not in found:
        raise Rejected(
            _(
                "L’enregistrement TXT trouvé à %(name)s contient autre chose : « %(found)s ».",
                name=name,
                found=found[0][:80],
            )
        )


def resolver() -> dns.resolver.Resolver:
    """The host's own resolver, in a hurry: somebody waits for the page."""
    made = dns.resolver.Resolver()
    made.lifetime = 4.0
    return made
