"""People who do not exist, with names as one meets them in these territories."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from assett.demo.content import HERE, tree
from assett.kernel.text import fold

REGIONS = {"grand-poitiers": "poitou", "mel": "flanders", "saint-benoit": "poitou"}


def people(space: str, seed: str) -> Iterator[tuple[str, str]]:
    """Names and addresses (on a domain that nobody can own), never twice the same name."""
    names = tree(HERE / "names.yaml")
    rng = Random(seed)  # noqa: S311 - the same people every time
    known: set[str] = set()
    while True:
        name = f"{rng.choice(names['first_names'])} {rng.choice(names[REGIONS[space]])}"
        if name not in known:
            known.add(name)
            yield name, f"{fold(name).replace(' ', '.')}@{space}.example.org"
