"""The whole of a questionnaire: its grid, its profile, its categories."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import cast

from assett.engine.document import ONE, ZERO, AllOf, Cap, Category, Condition, Document, Level, Question, Scale
from assett.engine.reading.conditions import Scope
from assett.engine.reading.fields import LANGUAGE, NO_TEXT, Fields, kind_of
from assett.engine.reading.questions import QuestionReader
from assett.engine.reading.resources import ResourceReader
from assett.kernel.errors import key_path
from assett.kernel.text import N_, shown

# Which key may stand where
_DOCUMENT_KEYS = [
    "format",
    "id",
    "version",
    "title",
    "languages",
    "scale",
    "levels",
    "profile",
    "caps",
    "categories",
    "resources",
]
_CATEGORY_KEYS = ["id", "title", "intro", "weight", "max_na", "levels", "visible_if", "caps", "questions"]
_LEVEL_KEYS = ("id", "from", "label", "message")
_CAP_KEYS = ("if", "max", "reason")


class DocumentReader(QuestionReader, ResourceReader):
    """Reads a whole questionnaire."""

    def document(self, raw: object) -> Document:
        """A questionnaire, whole and neutral where it is broken."""
        if kind_of(raw) == "resources":
            # One word on the whole, rather than one on each missing key.
            self.problem("", N_("ceci est un fichier de ressources, pas un questionnaire"))
            return Document(id="", title=NO_TEXT, languages=(), levels=(), categories=())
        top = self.fields(raw, "", _DOCUMENT_KEYS)
        self.format(top)
        self.languages = self.declared_languages(top)
        identifier = top.slug()
        title = top.required_text("title")
        version = self.string(top.get("version"), "version") if top.has("version") else None
        scale = self.scale(top)
        levels = self.levels(top, at_least=1)

        raw_entries = top.items("profile")
        entries = [self.entry(item, path, index) for index, (path, item) in enumerate(raw_entries)]
        self.former((e.id, e.was, key_path(path, "was")) for e, (path, _) in zip(entries, raw_entries, strict=True))
        raw_categories = top.items("categories", at_least=1)
        taken: dict[str, str] = {}
        starts: list[int] = []
        skeletons: list[tuple[Category, Fields, list[tuple[Question, Fields]]]] = []
        position = 0
        for path, item in raw_categories:
            starts.append(position)
            skeleton = self.category(item, path, taken, position)
            position += len(skeleton[2])
            skeletons.append(skeleton)
        self.former(
            (question.id, question.was, fields.at("was"))
            for _, _, questions in skeletons
            for question, fields in questions
        )

        # Only now is everything known that a condition may name.
        profile = tuple(
            replace(
                entry,
                visible_if=self.visible_if(
                    item,
                    path,
                    Scope(None, self.entries, before_entry=index, allows_questions=False),
                ),
            )
            for index, (entry, (path, item)) in enumerate(zip(entries, raw_entries, strict=True))
        )
        anything = Scope(self.questions, self.entries)
        categories = tuple(
            self.with_conditions(*skeleton, start) for skeleton, start in zip(skeletons, starts, strict=True)
        )
        document = Document(
            id=identifier,
            title=title,
            languages=self.languages,
            levels=levels,
            categories=categories,
            version=version,
            scale=scale,
            profile=profile,
            caps=self.caps(top, anything),
        )
        grids = {c.id: document.grid(c) for c in categories if c.id}
        resources = self.resources(top, anything, grids, {})
        return replace(document, resources=resources)

    def declared_languages(self, top: Fields) -> tuple[str, ...]:
        """The codes of the languages, the default first."""
        codes: list[str] = []
        for path, raw in top.items("languages", at_least=1):
            if not isinstance(raw, str) or not LANGUAGE.fullmatch(raw):
                self.problem(
                    path,
                    N_("il faut un code de langue comme fr ou en, pas %(found)s"),
                    found=shown(raw),
                )
            elif raw in codes:
                self.problem(path, N_("la langue %(found)s est déjà déclarée"), found=shown(raw))
            else:
                codes.append(raw)
        if not codes:
            # The true problem is noted above: texts are not blamed for it as well.
            self.any_language = True
        return tuple(codes)

    def scale(self, top: Fields) -> Scale:
        """How ratios are shown."""
        if not top.has("scale"):
            return Scale()
        fields = self.fields(top.get("scale"), top.at("scale"), ("max", "decimals"))
        default = Scale()
        return Scale(
            max=fields.number("max", default.max, above=0) or default.max,
            decimals=fields.whole("decimals", default.decimals, 0, 3) or 0,
        )

    def levels(self, parent: Fields, at_least: int = 0) -> tuple[Level, ...]:
        """A grid of levels, ascending from 0."""
        levels: list[Level] = []
        taken: dict[str, str] = {}
        last: Fraction | None = None
        for path, raw in parent.items("levels", at_least):
            fields = self.fields(raw, path, _LEVEL_KEYS)
            identifier = fields.slug()
            self.unique(identifier, fields.at("id"), taken)
            start = fields.number("from", None, low=0, high=1) if fields.required("from") else None
            if start is None:
                pass
            elif not levels and start != 0:
                fields.problem(
                    "from",
                    N_("le premier niveau part de 0, pas de %(found)s"),
                    found=shown(start),
                )
            elif last is not None and start <= last:
                fields.problem(
                    "from",
                    N_("les niveaux vont en montant : il faut plus que %(last)s, pas %(found)s"),
                    last=shown(last),
                    found=shown(start),
                )
            last = start if start is not None else last
            levels.append(
                Level(
                    identifier,
                    start or ZERO,
                    fields.required_text("label"),
                    fields.text("message"),
                )
            )
        return tuple(levels)

    def category(
        self, raw: object, path: str, taken: dict[str, str], position: int
    ) -> tuple[Category, Fields, list[tuple[Question, Fields]]]:
        """A category without its conditions, and its questions with their fields."""
        fields = self.fields(raw, path, _CATEGORY_KEYS)
        identifier = fields.slug()
        self.unique(identifier, fields.at("id"), taken)
        category = Category(
            id=identifier,
            title=fields.required_text("title"),
            intro=fields.text("intro"),
            weight=fields.number("weight", ONE, above=0) or ONE,
            max_na=cast(Fraction, fields.number("max_na", ONE, low=0, high=1)),
            levels=self.levels(fields),
        )
        questions: list[tuple[Question, Fields]] = []
        for index, (here, item) in enumerate(fields.items("questions")):
            fallback = f"{identifier}.info{index + 1}"
            questions.append(self.question(item, here, position + index, fallback))
        return category, fields, questions

    def with_conditions(
        self,
        category: Category,
        fields: Fields,
        questions: list[tuple[Question, Fields]],
        start: int,
    ) -> Category:
        """The category whole, now that all that conditions may name is known."""

        def before(position: int) -> Scope:
            return Scope(self.questions, self.entries, before_question=position)

        return replace(
            category,
            visible_if=self.visible_if(fields.raw, fields.path, before(start)),
            caps=self.caps(fields, Scope(self.questions, self.entries)),
            questions=tuple(
                replace(
                    question,
                    visible_if=self.visible_if(at.raw, at.path, before(start + index)),
                )
                for index, (question, at) in enumerate(questions)
            ),
        )

    def caps(self, parent: Fields, scope: Scope) -> tuple[Cap, ...]:
        """The caps of the questionnaire or of a category."""
        caps = []
        for path, raw in parent.items("caps"):
            fields = self.fields(raw, path, _CAP_KEYS)
            condition: Condition = AllOf(())
            if fields.required("if"):
                condition = self.condition(fields.get("if"), fields.at("if"), scope)
            fields.required("max")
            limit = fields.number("max", ONE, low=0, high=1)
            caps.append(Cap(condition, cast(Fraction, limit), fields.text("reason")))
        return tuple(caps)
