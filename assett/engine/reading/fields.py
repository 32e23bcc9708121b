"""The small things of a tree, read by key: texts, numbers, words, dates, lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from assett.engine.document import Text
from assett.engine.values import DECIMALS, LARGEST, Number, day, exact, is_number, storable
from assett.kernel.errors import ROOT, Problem, item_path, key_path
from assett.kernel.ids import is_slug
from assett.kernel.text import N_, closest, listed, shown

_MOST_SUGGESTIONS = 50
# As RFC 5646 builds one, in its order: language, script, region, variants.
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*")
_FIRST_LANGUAGE = "fr"

NO_TEXT = Text((("", ""),))


@dataclass(slots=True)
class Fields:
    """A mapping being read: its values by key, its problems by path."""

    reader: Reader
    raw: Mapping[str, object]
    path: str
    is_mapping: bool

    def at(self, key: str) -> str:
        """The path of a key."""
        return key_path(self.path, key)

    def problem(self, key: str, template: str, /, **params: object) -> None:
        """Note what is wrong with a key."""
        self.reader.problem(self.at(key), template, **params)

    def get(self, key: str) -> object:
        """The raw value of a key, or ``None``."""
        return self.raw.get(key)

    def has(self, key: str) -> bool:
        """Whether a key has a value; ``null`` is none."""
        return self.raw.get(key) is not None

    def required(self, key: str) -> bool:
        """Whether a required key is there; notes the problem otherwise."""
        if self.has(key):
            return True
        if self.is_mapping:
            self.problem(key, N_("cette clé est obligatoire"))
        return False

    def text(self, key: str) -> Text | None:
        """A text, ``None`` where it is missing or empty."""
        return self.reader.text(self.get(key), self.at(key)) if self.has(key) else None

    def required_text(self, key: str) -> Text:
        """A text that must be there and say something."""
        if not self.required(key):
            return NO_TEXT
        text = self.reader.text(self.get(key), self.at(key))
        if text is None:
            self.problem(key, N_("ce texte ne peut pas être vide"))
            return NO_TEXT
        return text

    def slug(self, key: str = "id") -> str:
        """An identifier that must be there."""
        if not self.required(key):
            return ""
        return self.reader.slug(self.get(key), self.at(key))

    def flag(self, key: str, default: bool = False) -> bool:
        """``true`` or ``false``."""
        raw = self.get(key)
        if raw is None:
            return default
        if isinstance(raw, bool):
            return raw
        self.problem(key, N_("il faut true ou false, pas %(found)s"), found=shown(raw))
        return default

    def number(
        self,
        key: str,
        default: Fraction | None = None,
        low: int | None = None,
        high: int | None = None,
        above: int | None = None,
    ) -> Fraction | None:
        """A number within ``low..high``, both included, or strictly ``above``."""
        raw = self.get(key)
        if raw is None:
            return default
        number = self.reader.number(raw, self.at(key))
        if number is None:
            return default
        if low is not None and high is not None and not low <= number <= high:
            self.problem(
                key,
                N_("il faut un nombre de %(low)s à %(high)s, pas %(found)s"),
                low=low,
                high=high,
                found=shown(raw),
            )
            return default
        if above is not None and number <= above:
            self.problem(
                key,
                N_("il faut un nombre supérieur à %(above)s, pas %(found)s"),
                above=above,
                found=shown(raw),
            )
            return default
        return Fraction(number)

    def whole(self, key: str, default: int | None = None, low: int = -LARGEST, high: int = LARGEST) -> int | None:
        """A whole number within ``low..high``, both included."""
        raw = self.get(key)
        if raw is None:
            return default
        number = exact(raw)
        if isinstance(number, int) and low <= number <= high:
            return number
        self.problem(
            key,
            N_("il faut un nombre entier de %(low)s à %(high)s, pas %(found)s"),
            low=low,
            high=high,
            found=shown(raw),
        )
        return default

    def word(self, key: str, words: Sequence[str]) -> str | None:
        """One of some words of the format."""
        raw = self.get(key)
        if raw is None or (isinstance(raw, str) and raw in words):
            return raw
        self.problem(
            key,
            N_("%(found)s est inconnu ; valeurs possibles : %(words)s"),
            found=shown(raw),
            words=listed(words),
        )
        return None

    def day(self, key: str) -> date | None:
        """A date."""
        raw = self.get(key)
        if raw is None:
            return None
        read = day(raw)
        if read is None:
            self.problem(
                key,
                N_("il faut une date comme 2026-12-31, pas %(found)s"),
                found=shown(raw),
            )
        return read

    def items(self, key: str, at_least: int = 0) -> list[tuple[str, object]]:
        """The items of a list with their paths; a missing list is an empty one."""
        if not self.has(key):
            if at_least:
                self.required(key)
            return []
        items = self.reader.items(self.get(key), self.at(key))
        if items is not None and len(items) < at_least:
            self.problem(
                key,
                N_("il en faut au moins %(least)s, et la liste en a %(count)s"),
                least=at_least,
                count=len(items),
            )
        return items or []


_QUESTIONNAIRE_ALONE = frozenset({"id", "title", "languages", "levels", "profile", "categories"})
"""Keys at the top of a questionnaire that a file of resources has not."""


def kind_of(tree: object) -> Literal["questionnaire", "resources"] | None:
    """What a tree was meant to be, by the keys at its top; ``None`` where they do not tell."""
    if not isinstance(tree, Mapping):
        return None
    if "resources" in tree and not _QUESTIONNAIRE_ALONE & tree.keys():
        return "resources"
    return "questionnaire" if "categories" in tree else None


class Reader:
    """Reads what every part of a file is made of, noting the problems.

    ``languages`` are the declared ones, the default first; with ``any_language``
    others are admitted too. A ``published`` tree is not held against the limits that
    came after its publication: what it asked, it still means.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.published = False
        self.languages: tuple[str, ...] = ()
        self.any_language = False

    def problem(self, path: str, template: str, /, **params: object) -> None:
        """Note what is wrong at a path."""
        self.problems.append(Problem(path or ROOT, template, params=params))

    def fields(self, raw: object, path: str, keys: Sequence[str], misplaced: Sequence[str] = ()) -> Fields:
        """Open a mapping; keys that it cannot have are problems."""
        if not isinstance(raw, Mapping):
            self.problem(
                path,
                N_("il faut un objet, fait de couples « clé : valeur », pas %(found)s"),
                found=shown(raw),
            )
            return Fields(self, {}, path, is_mapping=False)
        for key in raw:
            if key in keys:
                continue
            name = str(key)
            close = self.closest(name, keys)
            if name in misplaced:
                self.problem(
                    key_path(path, key),
                    N_("cette clé n’a pas sa place ici ; clés possibles : %(keys)s"),
                    keys=listed(keys),
                )
            elif close:
                self.problem(
                    key_path(path, key),
                    N_("clé inconnue ; vouliez-vous dire %(close)s ?"),
                    close=shown(close),
                )
            else:
                self.problem(
                    key_path(path, key),
                    N_("clé inconnue ; clés possibles : %(keys)s"),
                    keys=listed(keys),
                )
        return Fields(self, raw, path, is_mapping=True)

    def closest(self, name: str, words: Iterable[str]) -> str | None:
        """What was probably meant, as long as there are not too many problems to ask."""
        return closest(name, words) if len(self.problems) < _MOST_SUGGESTIONS else None

    def items(self, raw: object, path: str) -> list[tuple[str, object]] | None:
        """The items of a list with their paths; ``None`` where it is no list."""
        if not isinstance(raw, (list, tuple)):
            self.problem(path, N_("il faut une liste, pas %(found)s"), found=shown(raw))
            return None
        return [(item_path(path, index), item) for index, item in enumerate(raw)]

    def string(self, raw: object, path: str) -> str | None:
        """A string, or a scalar written where a text is asked; None if it is empty."""
        if isinstance(raw, bool):
            return "true" if raw else "false"
        if is_number(raw):
            return str(raw)
        if not isinstance(raw, str):
            self.problem(path, N_("il faut un texte, pas %(found)s"), found=shown(raw))
            return "…"
        if not storable(raw):
            self.problem(
                path,
                N_("ce texte contient un caractère de contrôle, à retirer : %(found)s"),
                found=shown(raw),
            )
        return raw if raw.strip() else None

    def text(self, raw: object, path: str) -> Text | None:
        """A text, given as a string or language by language."""
        default = self.languages[0] if self.languages else _FIRST_LANGUAGE
        if not isinstance(raw, Mapping):
            string = self.string(raw, path)
            return Text(((default, string),)) if string is not None else None
        if not self.languages and default not in raw:
            default = str(next(iter(raw), default))
        read: dict[str, str] = {}
        for key, value in raw.items():
            language = str(key)
            here = key_path(path, language)
            if self.any_language and LANGUAGE.fullmatch(language):
                pass
            elif language not in self.languages:
                self.problem(
                    here,
                    N_("langue non déclarée ; langues du questionnaire : %(languages)s"),
                    languages=listed(self.languages),
                )
                continue
            string = self.string(value, here) if value is not None else None
            if string is not None:
                read[language] = string
        if default not in read:
            if raw:
                self.problem(
                    key_path(path, default),
                    N_("il manque le texte dans la langue par défaut"),
                )
                return NO_TEXT
            return None
        order = dict.fromkeys((default, *self.languages, *sorted(read)))
        return Text(tuple((code, read[code]) for code in order if code in read))

    def slug(self, raw: object, path: str) -> str:
        """An identifier; a number written where one is asked is one too."""
        name = str(raw) if is_number(raw) else raw
        if isinstance(name, str) and is_slug(name):
            return name
        self.problem(
            path,
            N_(
                "un identifiant s’écrit en minuscules sans accent, chiffres, - et _, "
                "et commence par une lettre ou un chiffre ; pas %(found)s"
            ),
            found=shown(raw),
        )
        return ""

    def number(self, raw: object, path: str) -> Number | None:
        """An exact number within the limits of the format."""
        number = exact(raw)
        if number is not None:
            return number
        if is_number(raw):
            self.problem(
                path,
                N_("un nombre a au plus %(decimals)s décimales et ne dépasse pas un milliard ; pas %(found)s"),
                decimals=DECIMALS,
                found=shown(raw),
            )
        else:
            self.problem(path, N_("il faut un nombre, pas %(found)s"), found=shown(raw))
        return None

    def unique(self, name: str, path: str, taken: dict[str, str]) -> bool:
        """Note an id at its path; a second one of the same name is a problem."""
        if not name:
            return False
        if name in taken:
            self.problem(
                path,
                N_("l’identifiant %(id)s est déjà pris par %(other)s"),
                id=shown(name),
                other=taken[name],
            )
            return False
        taken[name] = path.rpartition(".")[0] or ROOT
        return True

    def former(self, holders: Iterable[tuple[str, tuple[str, ...], str]]) -> None:
        """Check the former ids of a list: (id, was, path of ``was``) of each holder."""
        listed = list(holders)
        alive = {name: path.rpartition(".")[0] for name, _, path in listed if name}
        taken: dict[str, str] = {}
        for _, was, path in listed:
            for index, name in enumerate(was):
                here = item_path(path, index)
                if name in alive:
                    self.problem(
                        here,
                        N_("l’ancien identifiant %(id)s est encore celui de %(other)s"),
                        id=shown(name),
                        other=alive[name],
                    )
                elif name and name in taken:
                    self.problem(
                        here,
                        N_("l’ancien identifiant %(id)s figure déjà dans %(other)s"),
                        id=shown(name),
                        other=taken[name],
                    )
                else:
                    taken[name] = path

    def slugs(self, fields: Fields, key: str) -> tuple[str, ...]:
        """A list of identifiers."""
        return tuple(self.slug(raw, path) for path, raw in fields.items(key))

    def format(self, top: Fields) -> None:
        """Check the number of the format."""
        if top.required("format") and exact(top.get("format")) != 1:
            top.problem(
                "format",
                N_("ce format de fichier est inconnu ; il faut 1, pas %(found)s"),
                found=shown(top.get("format")),
            )

    def in_order(
        self,
        fields: Fields,
        low: Fraction | date | int | None,
        high: Fraction | date | int | None,
        keys: tuple[str, str] = ("min", "max"),
    ) -> None:
        """Note where the second of two bounds is below the first."""
        if low is not None and high is not None and low > high:  # type: ignore[operator]
            fields.problem(
                keys[1],
                N_("%(max)s ne peut pas être inférieur à %(min)s (%(found)s)"),
                max=keys[1],
                min=keys[0],
                found=shown(low if isinstance(low, (int, Fraction)) else str(low)),
            )
