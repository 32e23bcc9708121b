"""What a host may set, read once from the environment. Every name is documented in docs/hebergement.md."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Host:
    """Who runs the machines, as a legal notice must say it (law 2004-575, article 1-1); empty where it is not told."""

    name: str = ""
    address: str = ""
    phone: str = ""

    @property
    def told(self) -> bool:
        """Whether all is there that the law wants."""
        return bool(self.name and self.address and self.phone)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one running ASSETT.

    `database_url` is None where the embedded PostgreSQL of `instance` is to be used; `mail_url` is None
    where mails are to be written as files under `instance/mails`.
    """

    instance: Path
    secret_key: str
    database_url: str | None = None
    public_url: str = "http://localhost:5000"
    mail_url: str | None = None
    mail_sender: str = "ASSETT <ne-pas-repondre@localhost>"
    demonstration: bool = False
    development: bool = False
    # Whom to tell of a weakness: `mailto:…` or `https://…`.
    security_contact: str | None = None
    host: Host = Host()
    # How many proxies stand in front: only then are their X-Forwarded-* headers believed.
    trusted_proxies: int = 0

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; the secret key, where none is given, is made once and kept in `instance`."""
        env = os.environ if environment is None else environment
        instance = Path(env.get("ASSETT_INSTANCE") or ROOT / "instance").resolve()
        instance.mkdir(parents=True, exist_ok=True)
        return cls(
            instance=instance,
            secret_key=env.get("SECRET_KEY") or _kept_secret(instance / "secret_key"),
            database_url=env.get("DATABASE_URL") or None,
            public_url=(env.get("PUBLIC_URL") or "http://localhost:5000").rstrip("/"),
            mail_url=env.get("MAIL_URL") or None,
            mail_sender=env.get("MAIL_SENDER") or "ASSETT <ne-pas-repondre@localhost>",
            demonstration=env.get("ASSETT_DEMONSTRATION") == "1",
            development=env.get("ASSETT_DEVELOPMENT") == "1",
            security_contact=_contact(env.get("SECURITY_CONTACT") or ""),
            host=Host(
                name=(env.get("ASSETT_HOST_NAME") or "").strip(),
                address=(env.get("ASSETT_HOST_ADDRESS") or "").strip(),
                phone=(env.get("ASSETT_HOST_PHONE") or "").strip(),
            ),
            trusted_proxies=int(env.get("TRUSTED_PROXIES") or 0),
        )


def _contact(typed: str) -> str | None:
    """An address as `security.txt` wants it: a mail address is `mailto:…`."""
    return f"mailto:{typed}" if "@" in typed and ":" not in typed else typed or None


def _kept_secret(path: Path) -> str:
    if not path.exists():
        # Created readable by its owner alone, and in one step, so that two processes starting together agree.
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()
