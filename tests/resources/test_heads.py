"""What a page says of itself, whatever it is made of."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assett.resources import heads
from assett.resources.heads import Head, head_of

HOST = "www.eaux.example.org"


def of(page: str, charset: str | None = "utf-8", host: str = HOST) -> Head:
    return head_of(page.encode(), charset, host)


def test_a_page_says_what_it_is() -> None:
    page = """<!doctype html><html lang="fr-FR"><head><meta charset="utf-8"><title>Réparer – Agence des eaux</title>
        <META NAME="Description" content="Une aide."><meta property="og:title" content="Réparer ses machines">
        <meta property="og:description" content="Une aide de 30&nbsp;%."><meta property="og:site_name" content="Eaux">
        </head><body><title>Rien</title><meta property="og:title" content="Rien"></body></html>"""
    assert of(page) == Head("Réparer ses machines", "Une aide de 30 %.", "Eaux", "fr")


@pytest.mark.parametrize(
    ("title", "shared", "site", "found"),
    [
        ("Réparer | Agence des eaux", "", "", ("Réparer", "Agence des eaux")),
        ("Réparer – Aides | Agence", "", "", ("Réparer – Aides", "Agence")),
        ("Aide 2026 - les critères", "", "", ("Aide 2026 - les critères", "")),
        ("Aide - Agence", "Aide", "", ("Aide", "Agence")),
        ("Aide - Agence", "", "agence", ("Aide", "agence")),
        ("Agence : une aide", "", "Agence", ("une aide", "Agence")),
        ("Aide | Agence", "Aide à la réparation | Agence", "", ("Aide à la réparation", "Agence")),
        # The host says which of the two is the site.
        ("Eaux | Réparer", "", "", ("Réparer", "Eaux")),
        ("Agence", "", "Agence", ("Agence", "Agence")),
        ("| Agence |", "", "", ("| Agence |", "")),
        ("| – |", "", "", ("", "")),
    ],
)
def test_a_title_is_told_from_the_name_of_its_site(title: str, shared: str, site: str, found: tuple[str, str]) -> None:
    shown = f"<meta property=og:title content='{shared}'><meta property=og:site_name content='{site}'>"
    said = of(f"<title>{title}</title>{shown}")
    assert (said.title, said.provider) == found


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<title>L’été</title>".encode(), None),
        ("<title>L’été</title>".encode("cp1252"), None),
        ("<title>L’été</title>".encode("cp1252"), "iso-8859-1"),
        # What a site says is wrong now and then; so are names that are no charset, or one to get lost in.
        ("<title>L’été</title>".encode("cp1252"), "utf-8"),
        ("<title>L’été</title>".encode(), "hex"),
        ("<title>L’été</title>".encode(), "punycode"),
        ("<title>L’été</title>".encode(), "a\0b"),
        ("<meta charset=windows-1252><title>L’été</title>".encode("cp1252"), None),
        ("<meta http-equiv=content-type content='text/html; charset=utf-16le'><title>L’été</title>".encode(), None),
        ("<title>L’été</title>".encode("utf-16"), None),
        ("<title>L’été</title>é".encode()[:-1], None),
    ],
)
def test_a_page_is_read_in_its_charset(body: bytes, charset: str | None) -> None:
    assert head_of(body, charset, HOST).title == "L’été"


@pytest.mark.parametrize(
    ("structured", "type"),
    [
        ('{"@type": "Event"}', "event"),
        ('{"@graph": [{"@type": "WebPage"}, {"@type": ["Thing", "Course"]}]}', "training"),
        # Two things at once, or one that the base has no type for, say nothing of the page.
        ('[{"@type": "Event"}, {"@type": "Course"}]', ""),
        ('{"@type": "Article"}', ""),
        ('{"@type": {"@type": "Event"}}', ""),
        ("[" * 50_000, ""),
        ("{", ""),
    ],
)
def test_a_type_is_taken_where_the_page_says_it(structured: str, type: str) -> None:
    assert of(f'<title>A</title><script type="application/ld+json">{structured}</script>').type == type


def test_nothing_unseen_is_kept() -> None:
    page = "<title>A\u202eB\0\x07 \u200bC&#8238;D&amp;#39;E\u0085F\u2028 G</title>"
    assert of(page).title == "AB CD'E F G"


@pytest.mark.parametrize(
    "page",
    ["<a " * 170_000, "<a b='" * 80_000, "<!--" * 130_000, "<a" + " b=c" * 120_000, "<title>" * 70_000,
     "<script>" + "</scrip" * 70_000, "<![foo" * 80_000, "<" * 500_000, "<title>" + "&" * 500_000],
)  # fmt: skip
def test_a_page_made_to_be_endless_is_left(page: str) -> None:
    began = time.monotonic()
    assert of(page) == Head()
    assert time.monotonic() - began < heads.PATIENCE + 4


_PARTS = st.sampled_from(
    ["<title>", "</title>", "<meta property='og:title' content='", "<meta name=description content=\"", "'>", '">', "|",
     " – ", "<!--", "-->", "<![CDATA[", "<![x", "<html lang=", "<head>", "</head>", "<script type=application/ld+json>",
     "</script>", '{"@type":', '"Event"}', "&#0;", "&#xD800;", "&lt;", "\u202e", "\0", "\ufeff", "été", "<", ">"]
)  # fmt: skip


@given(
    st.one_of(st.binary(max_size=400), st.lists(st.one_of(_PARTS, st.text(max_size=8)), max_size=30).map("".join)),
    st.one_of(st.none(), st.sampled_from(["utf-8", "utf-16", "latin-1", "idna", "base64"]), st.text(max_size=12)),
)
def test_whatever_a_page_is_made_of_what_is_kept_is_clean(page: bytes | str, charset: str | None) -> None:
    body = page if isinstance(page, bytes) else page.encode("utf-8", "surrogatepass")
    head = head_of(body, charset, HOST)
    for text in (head.title, head.summary, head.provider, head.language, head.type):
        assert text == " ".join(text.split())
        assert not any(unicodedata.category(sign).startswith("C") for sign in text)
        assert not text or any(sign.isalnum() for sign in unicodedata.normalize("NFKD", text))
