"""What accounts ask of the features above them; each fills these lists in its `init_app`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.core.permissions import Actor
from assett.spaces.registries import HomePanel

# Called when somebody opens an account, whose address is yet to be confirmed: the person, and the visitor who asks.
after_sign_up: list[Callable[[Session, Person, Actor], object]] = []

# Called when somebody has just signed in: the person, and the visitor whom this browser knew until then.
after_sign_in: list[Callable[[Session, Person, Actor], object]] = []

# What a person's structures are called to them, by id.
structure_names: list[Callable[[Session, int], Mapping[int, str]]] = []

# Where a person arrives after signing in: the address, or None to leave it to the next of the list.
landing_pages: list[Callable[[Actor], str | None]] = []

# « Télécharger mes données »: a section of the file, by its name; a function gives what JSON can hold.
# The second list is asked once for each space, with that space entered.
PersonalData = Callable[[Session, Person], Any]
personal_data: dict[str, PersonalData] = {}
personal_data_of_space: dict[str, PersonalData] = {}

# Why an account cannot be deleted yet, in words; None where nothing stands in the way.
deletion_obstacles: list[Callable[[Session, Person], str | None]] = []

# What else goes with an account, told on the page that asks before deleting it.
deletion_panels: list[HomePanel] = []

# What goes at once with an account, in the transaction that deletes it.
before_deletion: list[Callable[[Session, Person], None]] = []

# What a job then erases in every space (it runs in the role that sees them all).
erasers: list[Callable[[Session, Person], None]] = []
