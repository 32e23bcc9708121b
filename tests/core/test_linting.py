"""The reader of every page finds what it is there to find."""

from __future__ import annotations

import pytest

from tests.linting import problems


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
