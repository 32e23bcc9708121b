"""What a browser without JavaScript makes of a form."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

from tests.linting import LintingClient, parsed

Data = dict[str, list[str]]


def tree_of_page(page: str) -> Element:
    return parsed(page)[0]


def form_fields(page: str, form_id: str) -> Data:
    """What would be sent of a form left as it is, its buttons apart."""
    form = next(each for each in tree_of_page(page).iter("form") if each.get("id") == form_id)
    data: Data = {}
    for control in form.iter():
        for value in _values(control):
            data.setdefault(control.get("name", ""), []).append(value)
    return data


def _values(control: Element) -> list[str]:
    if not control.get("name") or control.get("disabled") is not None:
        return []
    if control.tag == "textarea":
        return ["".join(control.itertext()).removeprefix("\n")]
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [each for each in options if each.get("selected") is not None] or options[:1]
        return [each.get("value", "") for each in chosen]
    if control.tag != "input" or control.get("type") in {"submit", "button"}:
        return []
    if control.get("type") in {"checkbox", "radio"} and control.get("checked") is None:
        return []
    return [control.get("value", "on" if control.get("type") == "checkbox" else "")]


def control(page: str, name: str) -> Element:
    return next(each for each in tree_of_page(page).iter() if each.get("name") == name)


def plain(page: str) -> str:
    """A page with ordinary spaces where French sets others."""
    return page.replace("\u00a0", " ").replace("\u202f", " ")


def settled(client: LintingClient, page: str, way: str | None = None, **choices: str) -> Any:
    """Choose between two versions, on the page that shows both: one of them all, or each by itself."""
    address = re.search(r'id="conflict-form" method="post" action="([^"]+)"', page)
    assert address is not None, "the page shows no two versions"
    sent = {name: value for name, value in form_fields(page, "conflict-form").items() if not name.startswith("keep.")}
    return client.post(address[1], data={**sent, **({way: "1"} if way else {}), **choices})
