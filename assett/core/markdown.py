"""Markdown from a document, as safe HTML: rendered by markdown-it, then always cleaned by nh3."""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from assett.kernel.text import typeset

_parser = MarkdownIt("commonmark", {"html": False, "typographer": False})
_TAGS = {"p", "strong", "em", "ul", "ol", "li", "a", "blockquote", "br", "h3", "h4", "code", "hr"}


@lru_cache(maxsize=4096)
def render(text: str | None) -> Markup:
    """Safe HTML of a text, typeset; headings start at h3, links leave with `noopener nofollow`."""
    if not text:
        return Markup()
    html = _parser.render(text)
    for high, low in (("h2", "h4"), ("h1", "h3")):
        html = html.replace(f"<{high}>", f"<{low}>").replace(f"</{high}>", f"</{low}>")
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )
    return Markup(typeset(clean))  # noqa: S704 (nh3 has just cleaned it)
