"""The reader of every page finds what it is there to find."""

from __future__ import annotations

import pytest

from tests.linting import problems, shape


def page(body: str) -> str:
    return f'<!DOCTYPE html><html lang="fr"><head><title>Page</title></head><body><h1>Page</h1>{body}</body></html>'


@pytest.mark.parametrize(
    "button", ["<button></button>", "<button>  <svg></svg></button>", '<button><img alt=""></button>']
)
def test_a_button_without_a_name_is_a_problem(button: str) -> None:
    assert any("without a name" in found for found in problems(page(button)))


@pytest.mark.parametrize(
    "button",
    ["<button>Aller</button>", '<button aria-label="Aller"></button>', '<button><img alt="Aller"></button>'],
)
def test_a_button_says_what_it_is_for(button: str) -> None:
    assert problems(page(button)) == []


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ('<p id="a-1"></p><p id="a-2"></p>', '<p id="a-7"></p><p id="a-1"></p>', True),
        ('<p id="a-1"></p><p id="a-2"></p>', '<p id="a-1"></p><p id="a-1"></p>', False),
        ('<input name="csrf_token" value="jeton-d-ici">', '<input name="csrf_token" value="jeton-d-ailleurs">', True),
        ("<h2>Page</h2>", "<h1>Page</h1>", False),
        ("<p>&#39;</p>", "<p>&#1;</p>", False),
    ],
)
def test_a_page_is_read_again_unless_its_numbers_alone_are_others(one: str, other: str, alike: bool) -> None:
    assert (shape(page(one)) == shape(page(other))) is alike
