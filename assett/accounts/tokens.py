"""Links sent by mail: signed, dated, and tied to a state of the account so that each serves once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer


def make(purpose: str, **content: Any) -> str:
    """A signed text that carries `content`, good for `purpose` alone."""
    token = _signer(purpose).dumps(content)
    return token if isinstance(token, str) else token.decode()


def read(purpose: str, token: str, *, within: timedelta) -> dict[str, Any] | None:
    """What the text carries, or None: not ours, made for something else, or too old."""
    try:
        content = _signer(purpose).loads(token, max_age=int(within.total_seconds()))
    except BadData:
        return None
    return content if isinstance(content, dict) else None


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=f"mail-link.{purpose}")
