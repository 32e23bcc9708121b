"""What a change changed, in words: the values that the log keeps, one line for each that differs, and the few words
around the difference where a text is long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from flask_babel import gettext

from assett.core import audit
from assett.core.i18n import colon, semicolon, show_moment

SHOWN_LENGTH = 280
_CONTEXT = 5
# Beyond, two texts have so little in common that their beginnings say as much, in a thousandth of the time.
_MOST_WORDS = 600


@dataclass(frozen=True, slots=True)
class Change:
    """What changed, in words. `path` holds the keys that lead there, `label` their names (empty where the sentence
    says it); `before` or `after` is empty where there was none."""

    path: tuple[str, ...]
    label: str
    before: str
    after: str


def label(key: str) -> str:
    known = audit.details.get(key)
    return gettext(str(known.label)) if known is not None else key.replace("_", " ").replace("-", " ")


def shown(key: str, value: Any) -> str:
    """A value in words: that of `key` where it is known, « oui », a list, a text by language, an `…_at`'s moment."""
    known = audit.details.get(key)
    if known is not None and isinstance(value, str) and value in known.values:
        return gettext(str(known.values[value]))
    if value is None:
        return ""
    if known is not None and known.say is not None:
        return known.say(value)
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    if isinstance(value, Mapping):
        return semicolon().join(f"{label(str(name))}{colon()}{shown(str(name), each)}" for name, each in value.items())
    if isinstance(value, str) and key.endswith("_at"):
        return _moment(value)
    if isinstance(value, list):
        return ", ".join(shown(key, each) for each in value)
    return str(value)


def _moment(value: str) -> str:
    try:
        return show_moment(datetime.fromisoformat(value))
    except ValueError:
        return value


def changes(details: Mapping[str, Any]) -> Iterator[Change]:
    """What differs between `before` and `after`, one line a value, however deep it lies."""
    if "before" in details or "after" in details:
        yield from differences(details.get("before"), details.get("after"))


def differences(before: Any, after: Any, path: tuple[str, ...] = ()) -> Iterator[Change]:
    if before == after:
        return
    known = audit.details.get(path[-1]) if path else None
    told_whole = known is not None and known.say is not None
    if not told_whole and (isinstance(before, Mapping) or isinstance(after, Mapping)):
        old, new = (each if isinstance(each, Mapping) else {} for each in (before, after))
        for key in dict.fromkeys([*old, *new]):
            yield from differences(old.get(key), new.get(key), (*path, str(key)))
    else:
        key = path[-1] if path else ""
        change = Change(path, " › ".join(map(label, path)), shown(key, before), shown(key, after))
        if change.before or change.after:
            yield change


def only_blanks(change: Change) -> bool:
    """Whether both texts say the same words, with other blanks or line ends."""
    return change.before.split() == change.after.split()


def cut(text: str) -> str:
    """A text short enough for a page; the file to take away has all of it."""
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1].rstrip() + "…"


def around(before: str, after: str) -> tuple[str, str]:
    """Both texts as a page shows them: long ones with the words that changed and a few words on either side."""
    if max(len(before), len(after)) <= SHOWN_LENGTH or not (before and after):
        return cut(before), cut(after)
    old, new = before.split(), after.split()
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    first, lasts = max(0, start - _CONTEXT), (len(old) - end, len(new) - end)
    if max(last - start for last in lasts) > _MOST_WORDS:
        spans = ([(start, lasts[0])], [(start, lasts[1])])
    else:
        matcher = SequenceMatcher(None, old[start : lasts[0]], new[start : lasts[1]], autojunk=False)
        hunks = [(i, j, k, m) for tag, i, j, k, m in matcher.get_opcodes() if tag != "equal"]
        spans = (
            [(start + i, start + j) for i, j, _k, _m in hunks],
            [(start + k, start + m) for _i, _j, k, m in hunks],
        )
    if not any(spans):
        # Only blanks and line ends differ.
        spans = ([(first, first)], [(first, first)])
    return cut(_excerpt(old, spans[0])), cut(_excerpt(new, spans[1]))


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words two texts begin with alike."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _excerpt(words: Sequence[str], spans: Sequence[tuple[int, int]]) -> str:
    """The words of these spans with their neighbours; « … » stands for what is left out."""
    kept: list[str] = []
    reached = 0
    for first, last in spans:
        begin, stop = max(reached, first - _CONTEXT), min(len(words), last + _CONTEXT)
        if begin > reached:
            kept.append("…")
        kept += words[begin:stop]
        reached = max(reached, stop)
    if reached < len(words):
        kept.append("…")
    return " ".join(kept)
