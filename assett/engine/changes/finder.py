"""What changed of a whole questionnaire, part by part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from assett.engine.changes.grid import GridNotes
from assett.engine.changes.notes import Place, ids_of, inverse
from assett.engine.changes.questions import QuestionNotes
from assett.engine.document import Category, Document, Question
from assett.engine.lineage import Renaming, renamed, renaming
from assett.kernel.text import N_

_CATEGORY_TEXTS: Final = {
    "title": N_("Titre (%(language)s) : %(before)s → %(after)s"),
    "intro": N_("Introduction (%(language)s) : %(before)s → %(after)s"),
}
_CATEGORY_VALUES: Final = {
    "weight": N_("Poids : %(before)s → %(after)s"),
    "max_na": N_("Part de « non concerné » admise : %(before)s → %(after)s"),
    "visible_if": N_("Condition d’affichage : %(before)s → %(after)s"),
}
_RESOURCE_TEXTS: Final = {
    "title": N_("Titre (%(language)s) : %(before)s → %(after)s"),
    "summary": N_("Résumé (%(language)s) : %(before)s → %(after)s"),
    "provider": N_("Proposée par (%(language)s) : %(before)s → %(after)s"),
}
_RESOURCE_VALUES: Final = {
    "url": N_("Adresse : %(before)s → %(after)s"),
    "type": N_("Type : %(before)s → %(after)s"),
    "priority": N_("Priorité : %(before)s → %(after)s"),
    "valid_from": N_("Valable à partir du : %(before)s → %(after)s"),
    "valid_until": N_("Valable jusqu’au : %(before)s → %(after)s"),
    "for_": N_("Conseillée quand : %(before)s → %(after)s"),
    "who": N_("Réservée à : %(before)s → %(after)s"),
}


class Finder(GridNotes, QuestionNotes):
    """Compares ``after`` with ``before`` as it reads under the ids of ``after``."""

    def __init__(self, before: Document, after: Document, between: Iterable[Document]) -> None:
        super().__init__()
        self.names: Renaming = renaming(before, after, between)
        self.before = renamed(before, self.names)
        self.after = after

    def questionnaire(self) -> None:
        before, after = self.before, self.after
        place = Place("questionnaire", after.id, after.title)
        self.value(place, "id", N_("Identifiant : %(before)s → %(after)s"), before.id, after.id)
        self.text(place, "title", N_("Titre (%(language)s) : %(before)s → %(after)s"), before.title, after.title)
        self.value(place, "version", N_("Version : %(before)s → %(after)s"), before.version, after.version)
        self.value(place, "languages", N_("Langues : %(before)s → %(after)s"), before.languages, after.languages)
        template = N_("Note maximale : %(before)s → %(after)s")
        self.value(place, "scale.max", template, before.scale.max, after.scale.max)
        template = N_("Décimales du score : %(before)s → %(after)s")
        self.value(place, "scale.decimals", template, before.scale.decimals, after.scale.decimals)
        self.levels(place, before.levels, after.levels)
        self.caps(place, before.caps, after.caps)
        template = N_("Ordre des catégories : %(before)s → %(after)s")
        self.order(place, "categories", template, ids_of(before.categories), ids_of(after.categories))
        template = N_("Ordre du profil : %(before)s → %(after)s")
        self.order(place, "profile", template, ids_of(before.profile), ids_of(after.profile))
        template = N_("Ordre des ressources : %(before)s → %(after)s")
        self.order(place, "resources", template, ids_of(before.resources), ids_of(after.resources))

    def profile(self) -> None:
        old = {entry.id: entry for entry in self.before.profile}
        former = inverse(self.names.entries)
        for entry in self.after.profile:
            place = Place("profile", entry.id, entry.title)
            earlier = old.get(entry.id)
            if earlier is None:
                self.note(place, "added", "", N_("Ligne du profil ajoutée"))
                continue
            name = former.get(entry.id, entry.id)
            self.question(place, earlier, entry, name, self.names.entry_choices.get(name, {}))
        now = set(ids_of(self.after.profile))
        for entry in self.before.profile:
            if entry.id not in now:
                self.note(Place("profile", entry.id, entry.title), "removed", "", N_("Ligne du profil retirée"))

    def categories(self) -> None:
        before, after = self.before, self.after
        old = {category.id: category for category in before.categories}
        now = {category.id: category for category in after.categories}
        stood = {
            question.id: (category.id, question) for category in before.categories for question in category.questions
        }
        stays = set(ids_of(after.questions))
        gone = {
            category.id: [question for question in category.questions if question.id not in stays]
            for category in before.categories
        }
        former = inverse(self.names.questions)
        for category in after.categories:
            earlier = old.get(category.id)
            place = Place("category", category.id, category.title, category.id)
            if earlier is None:
                self.note(place, "added", "", N_("Catégorie ajoutée"), scoring=True)
            else:
                self.category(place, earlier, category)
            for question in category.questions:
                here = Place("question", question.id, question.title, category.id)
                if question.id not in stood:
                    self.note(here, "added", "", N_("Question ajoutée"), scoring=question.scored)
                    continue
                origin, previous = stood[question.id]
                if origin != category.id:
                    template = N_("Passe de la catégorie %(before)s à %(after)s")
                    self.note(
                        here,
                        "moved",
                        "category",
                        template,
                        old[origin].title,
                        category.title,
                        scoring=question.scored,
                    )
                name = former.get(question.id, question.id)
                self.question(here, previous, question, name, self.names.choices.get(name, {}))
            self.removed(gone.get(category.id, ()), category.id)
        for category in before.categories:
            if category.id not in now:
                place = Place("category", category.id, category.title, category.id)
                self.note(place, "removed", "", N_("Catégorie retirée"), scoring=True)
                self.removed(gone[category.id], category.id)

    def removed(self, questions: Iterable[Question], category: str) -> None:
        for question in questions:
            place = Place("question", question.id, question.title, category)
            self.note(place, "removed", "", N_("Question retirée"), scoring=question.scored)

    def category(self, place: Place, before: Category, after: Category) -> None:
        for key, template in _CATEGORY_TEXTS.items():
            self.text(place, key, template, getattr(before, key), getattr(after, key))
        for key, template in _CATEGORY_VALUES.items():
            self.value(place, key, template, getattr(before, key), getattr(after, key), scoring=True)
        self.levels(place, before.levels, after.levels)
        self.caps(place, before.caps, after.caps)
        template = N_("Ordre des questions : %(before)s → %(after)s")
        self.order(place, "questions", template, ids_of(before.questions), ids_of(after.questions))

    def resources(self) -> None:
        old = {resource.id: resource for resource in self.before.resources}
        for resource in self.after.resources:
            place = Place("resource", resource.id, resource.title)
            earlier = old.get(resource.id)
            if earlier is None:
                self.note(place, "added", "", N_("Ressource ajoutée"))
                continue
            for key, template in _RESOURCE_TEXTS.items():
                self.text(place, key, template, getattr(earlier, key), getattr(resource, key))
            for key, template in _RESOURCE_VALUES.items():
                self.value(place, key.rstrip("_"), template, getattr(earlier, key), getattr(resource, key))
        now = set(ids_of(self.after.resources))
        for resource in self.before.resources:
            if resource.id not in now:
                place = Place("resource", resource.id, resource.title)
                self.note(place, "removed", "", N_("Ressource retirée"))
