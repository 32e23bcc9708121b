"""A national entry as a space says it: its words over the nation's, language by language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What has a text for each language; one that is plain is in French.
TEXTS = frozenset({"title", "summary", "provider"})


def by_language(text: Any) -> dict[str, str]:
    """A text of an entry, by language."""
    return dict(text) if isinstance(text, Mapping) else {"fr": str(text)} if text else {}


def otherwise(national: Any, said: Any) -> Any:
    """What of a text is not as the nation says it: what is not kept goes on following it. An empty text takes the
    nation's away, None all of them."""
    if said is None:
        return None
    theirs, ours = by_language(national), by_language(said)
    differs = {code: ours.get(code, "") for code in theirs | ours if ours.get(code, "") != theirs.get(code, "")}
    return said if isinstance(said, str) and set(differs) == {"fr"} else differs


def over(national: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of the nation with what a space says otherwise of it."""
    entry = {**national, **changes}
    for key in TEXTS & changes.keys():
        if changes[key] is not None and (isinstance(national.get(key), Mapping) or isinstance(changes[key], Mapping)):
            texts = by_language(national.get(key)) | by_language(changes[key])
            entry[key] = {code: text for code, text in texts.items() if text} or None
    return {key: value for key, value in entry.items() if value is not None}
