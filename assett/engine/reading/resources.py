"""Resources, and what they are aimed at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import cast
from urllib.parse import urlsplit

from assett.engine.document import (
    RESOURCE_TYPES,
    AnswerTest,
    CategoryTest,
    Document,
    ForLine,
    Level,
    Question,
    Resource,
    ResourceType,
)
from assett.engine.reading.conditions import ConditionReader, Known, Scope
from assett.engine.reading.fields import Fields, kind_of
from assett.engine.values import storable
from assett.kernel.ids import is_slug
from assett.kernel.text import N_, listed, shown

_MAILTO = re.compile(r"[^\s@?]+@[^\s@?]+(\?\S*)?")

# Which key may stand where
_RESOURCE_KEYS = [
    "id",
    "title",
    "url",
    "summary",
    "type",
    "provider",
    "priority",
    "valid_from",
    "valid_until",
    "for",
    "who",
]


class ResourceReader(ConditionReader):
    """Reads resources, in a questionnaire or in a file of their own."""

    def resource_file(self, raw: object, document: Document | None) -> tuple[Resource, ...]:
        """The resources of a file of their own."""
        if kind_of(raw) == "questionnaire":
            # One word on the whole, rather than one on each of its keys.
            self.problem("", N_("ceci est un questionnaire, pas un fichier de ressources"))
            return ()
        top = self.fields(raw, "", ("format", "resources"))
        self.format(top)
        top.required("resources")
        self.any_language = True
        scope = Scope(None, None)
        grids: dict[str, tuple[Level, ...]] | None = None
        taken: dict[str, str] = {}
        if document is not None:
            self.languages = document.languages[:1]
            scope = Scope(_all_known(document.questions), _all_known(document.profile))
            grids = {c.id: document.grid(c) for c in document.categories}
            taken = {resource.id: document.id for resource in document.resources}
        return self.resources(top, scope, grids, taken)

    def resources(
        self,
        top: Fields,
        scope: Scope,
        grids: Mapping[str, tuple[Level, ...]] | None,
        taken: dict[str, str],
    ) -> tuple[Resource, ...]:
        """A list of resources; ``taken`` are the ids of others."""
        return tuple(self.resource(raw, path, scope, grids, taken) for path, raw in top.items("resources"))

    def resource(
        self,
        raw: object,
        path: str,
        scope: Scope,
        grids: Mapping[str, tuple[Level, ...]] | None,
        taken: dict[str, str],
    ) -> Resource:
        """One resource."""
        fields = self.fields(raw, path, _RESOURCE_KEYS)
        identifier = fields.slug()
        self.unique(identifier, fields.at("id"), taken)
        fields.required("type")
        valid_from, valid_until = fields.day("valid_from"), fields.day("valid_until")
        self.in_order(fields, valid_from, valid_until, ("valid_from", "valid_until"))
        return Resource(
            id=identifier,
            title=fields.required_text("title"),
            url=self.address(fields),
            type=cast(ResourceType, fields.word("type", RESOURCE_TYPES) or "guide"),
            summary=fields.text("summary"),
            provider=fields.text("provider"),
            priority=cast(Fraction, fields.number("priority", Fraction(50), low=0, high=100)),
            valid_from=valid_from,
            valid_until=valid_until,
            for_=tuple(self.for_line(item, here, scope, grids) for here, item in fields.items("for")),
            who=self.who(fields, scope),
        )

    def address(self, fields: Fields) -> str:
        """An address in http, https or mailto."""
        if not fields.required("url"):
            return ""
        raw = fields.get("url")
        if isinstance(raw, str) and _is_address(raw):
            return raw
        fields.problem(
            "url",
            N_("il faut une adresse en https://, http:// ou mailto:, pas %(found)s"),
            found=shown(raw),
        )
        return ""

    def for_line(
        self,
        raw: object,
        path: str,
        scope: Scope,
        grids: Mapping[str, tuple[Level, ...]] | None,
    ) -> ForLine:
        """A line that says on which answers a resource is recommended."""
        if isinstance(raw, Mapping) and "question" in raw:
            return self.answer_test(raw, path, scope)
        if not isinstance(raw, Mapping) or "category" not in raw:
            self.problem(
                path,
                N_("il faut { question: …, is: … } ou { category: …, levels: […] }, pas %(found)s"),
                found=shown(raw),
            )
            return CategoryTest("", ())
        fields = self.fields(raw, path, ("category", "levels"))
        name = fields.slug("category")
        levels = tuple((self.slug(item, here), here) for here, item in fields.items("levels", 1))
        if grids is not None and name and name not in grids:
            close = self.closest(name, grids)
            if close:
                fields.problem(
                    "category",
                    N_("aucune catégorie ne s’appelle %(id)s ; vouliez-vous dire %(close)s ?"),
                    id=shown(name),
                    close=shown(close),
                )
            else:
                fields.problem(
                    "category",
                    N_("aucune catégorie ne s’appelle %(id)s"),
                    id=shown(name),
                )
        elif grids is not None and name:
            known = [level.id for level in grids[name]]
            for level, here in levels:
                if level and level not in known:
                    self.problem(
                        here,
                        N_("%(found)s n’est pas un niveau de %(id)s ; niveaux : %(levels)s"),
                        found=shown(level),
                        id=shown(name),
                        levels=listed(known),
                    )
        return CategoryTest(name, tuple(level for level, _ in levels))

    def who(self, fields: Fields, scope: Scope) -> tuple[AnswerTest, ...]:
        """The facts of the profile that a resource asks for."""
        raw = fields.get("who")
        if raw is None:
            return ()
        path = fields.at("who")
        if not isinstance(raw, Mapping):
            self.problem(
                path,
                N_("il faut un objet { entrée du profil : valeurs }, pas %(found)s"),
                found=shown(raw),
            )
            return ()
        at = Fields(self, raw, path, is_mapping=True)
        tests = []
        for key in raw:
            name = str(key)
            known: Known | None = None
            if scope.entries is not None:
                known = scope.entries.get(name)
                if known is None:
                    at.problem(
                        name,
                        N_("le profil n’a pas d’entrée %(id)s"),
                        id=shown(name),
                    )
                elif not known.sound:
                    known = None
            elif not is_slug(name):
                self.slug(name, at.at(name))
            if not at.required(key):
                continue
            values = self.test_values(at, key, known, "profile")
            tests.append(AnswerTest("profile", name, values))
        return tuple(tests)


def _all_known(questions: Iterable[Question]) -> dict[str, Known]:
    return {question.id: Known.of(question, position, question.id) for position, question in enumerate(questions)}


def _is_address(text: str) -> bool:
    if not storable(text) or re.search(r"\s", text):
        return False
    try:
        parts = urlsplit(text)
        if parts.scheme in ("http", "https"):
            return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme == "mailto" and bool(_MAILTO.fullmatch(text[len("mailto:") :]))
