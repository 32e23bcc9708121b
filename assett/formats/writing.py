"""Questionnaires written as files: the YAML and the JSON that :mod:`assett.formats.files` reads back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from assett.formats.yaml_trees import scalar
from assett.kernel.ids import is_slug
from assett.kernel.text import decimal_text

_WIDTH: Final = 118
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*|[0-9]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Line ends and signs that YAML would fold, drop or refuse inside quotes.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
_BLOCK = re.compile(r"(?=[^\s#-])[^\t\r\x7f-\x9f\u2028\u2029\ufeff]*[^\s]\n?")


def json_text(tree: Mapping[str, object]) -> str:
    """A tree as JSON; every decimal of the format is written with its own digits."""
    # At most 15 digits within the limits of the format: the shortest float that tells them is exact.
    return json.dumps(tree, ensure_ascii=False, indent=2, default=float) + "\n"


def yaml_text(tree: Mapping[str, object]) -> str:
    """A tree as YAML 1.2, in the order of its keys: small things on a line, large ones one key a line."""
    lines: list[str] = []
    for key, value in tree.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping) and lines:
            lines.append("")
        lines += _entry(key, value, 0)
    return "\n".join(lines) + "\n"


def _entry(key: str, value: object, depth: int) -> list[str]:
    """A key and its value, as lines at a depth."""
    margin = "  " * depth
    head = f"{margin}{_key(key)}:"
    if isinstance(value, str) and "\n" in value.rstrip("\n") and _fits_block(value):
        kept = "" if value.endswith("\n") else "-"
        body = [f"{margin}  {line}" if line else "" for line in value.removesuffix("\n").split("\n")]
        return [f"{head} |{kept}", *body]
    flow = _flow(value)
    if not isinstance(value, Mapping | list) or (_may_flow(value) and len(head) + 1 + len(flow) <= _WIDTH):
        return [f"{head} {flow}"]
    if isinstance(value, Mapping):
        return [head, *(line for name, part in value.items() for line in _entry(str(name), part, depth + 1))]
    return [head, *(line for item in value for line in _item(item, depth + 1))]


def _item(value: object, depth: int) -> list[str]:
    """An item of a list, as lines at a depth."""
    margin = "  " * depth
    flow = _flow(value)
    if not isinstance(value, Mapping | list) or (_may_flow(value) and len(margin) + 2 + len(flow) <= _WIDTH):
        return [f"{margin}- {flow}"]
    if isinstance(value, Mapping):
        lines = [line for name, part in value.items() for line in _entry(str(name), part, depth + 1)]
    else:
        lines = [line for item in value for line in _item(item, depth + 1)]
    return [f"{margin}- {lines[0].lstrip()}", *lines[1:]]


def _may_flow(value: object) -> bool:
    """Whether a node may stand on a line: not what a person looks for, a question or a list of choices."""
    if isinstance(value, Mapping):
        return "title" not in value and all(
            name in ("all", "any") or _may_flow(part) for name, part in value.items() if part
        )
    if isinstance(value, list):
        return not any(isinstance(item, Mapping) for item in value)
    return True


def _fits_block(text: str) -> bool:
    lines = text.removesuffix("\n").split("\n")
    return bool(_BLOCK.fullmatch(text)) and not any(line and not line.strip() for line in lines)


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(str(key))}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return decimal_text(value)
    return _string(str(value))


def _key(key: str) -> str:
    return key if _KEY.fullmatch(key) else _quoted(key)


def _string(text: str) -> str:
    bare = (is_slug(text) and isinstance(scalar(text), str)) or _DAY.fullmatch(text)
    return text if bare else _quoted(text)


def _quoted(text: str) -> str:
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(text, ensure_ascii=False))
