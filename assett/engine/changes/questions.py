"""What changed of a question or of an entry of the profile, its choices included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from assett.engine.changes.notes import Notes, Place, ids_of, inverse
from assett.engine.document import Choice, Question
from assett.kernel.text import N_

_Flag: TypeAlias = tuple[str, str]
"""What is said when it comes, and when it goes."""

_QUESTION_TEXTS: Final = {
    "title": N_("Intitulé (%(language)s) : %(before)s → %(after)s"),
    "help": N_("Aide (%(language)s) : %(before)s → %(after)s"),
    "unit": N_("Unité (%(language)s) : %(before)s → %(after)s"),
}
_QUESTION_FLAGS: Final[dict[str, _Flag]] = {
    "required": (N_("Devient obligatoire"), N_("Devient facultative")),
    "not_applicable": (N_("Propose « non concerné »"), N_("Ne propose plus « non concerné »")),
    "unknown": (N_("Propose « je ne sais pas »"), N_("Ne propose plus « je ne sais pas »")),
    "scored": (N_("Compte dans le score"), N_("Ne compte plus dans le score")),
    "integer": (N_("N’accepte que des nombres entiers"), N_("Accepte les nombres à virgule")),
}
_QUESTION_VALUES: Final = {
    "type": N_("Type de réponse : %(before)s → %(after)s"),
    "weight": N_("Poids : %(before)s → %(after)s"),
    "visible_if": N_("Condition d’affichage : %(before)s → %(after)s"),
    "min": N_("Minimum : %(before)s → %(after)s"),
    "max": N_("Maximum : %(before)s → %(after)s"),
    "max_points": N_("Points au plus : %(before)s → %(after)s"),
    "min_choices": N_("Réponses au moins : %(before)s → %(after)s"),
    "max_choices": N_("Réponses au plus : %(before)s → %(after)s"),
    "points": N_("Points du oui : %(before)s → %(after)s"),
    "points_false": N_("Points du non : %(before)s → %(after)s"),
    "bands": N_("Paliers de points : %(before)s → %(after)s"),
    "linear": N_("Points en proportion : %(before)s → %(after)s"),
    "max_length": N_("Longueur au plus : %(before)s → %(after)s"),
    "source": N_("Rempli d’avance par : %(before)s → %(after)s"),
}
_CHOICE_TEXTS: Final = {
    "label": N_("Réponse %(choice)s (%(language)s) : %(before)s → %(after)s"),
    "feedback": N_("Retour de la réponse %(choice)s (%(language)s) : %(before)s → %(after)s"),
}
_UNSCORING: Final = frozenset({"required", "integer", "min_choices", "max_choices", "max_length", "source"})
"""Keys of a question that decide what may be answered, not what it earns."""


class QuestionNotes(Notes):
    """Compares two questions."""

    def question(self, place: Place, before: Question, after: Question, name: str, choices: Mapping[str, str]) -> None:
        """What changed of a question called ``name`` before, its choices as ``choices`` leads."""
        if name != after.id:
            template = N_("Identifiant : %(before)s → %(after)s (les réponses suivent)")
            self.note(place, "renamed", "id", template, name, after.id)
        self.was(place, "was", before.was, after.was, name, after.id)
        for key, template in _QUESTION_TEXTS.items():
            self.text(place, key, template, getattr(before, key), getattr(after, key))
        scored = before.scored or after.scored
        for key, (comes, goes) in _QUESTION_FLAGS.items():
            old, new = getattr(before, key), getattr(after, key)
            self.value(
                place,
                key,
                comes if new else goes,
                old,
                new,
                scoring=after.scored != before.scored or key not in _UNSCORING,
            )
        scored = before.scored or after.scored
        for key, template in _QUESTION_VALUES.items():
            old, new = getattr(before, key, None), getattr(after, key, None)
            # A condition decides what is counted, of other questions too.
            scoring = key == "visible_if" or (scored and key not in _UNSCORING)
            self.value(place, key, template, old, new, scoring=scoring)
        self.labels(place, before, after)
        self.choices(place, before, after, choices, scored)

    def was(
        self,
        place: Place,
        key: str,
        before: tuple[str, ...],
        after: tuple[str, ...],
        name: str,
        now: str,
    ) -> None:
        """Former ids, but those that a renaming from ``name`` to ``now`` itself brings, or takes back."""
        followed = name != now and (sorted(after) == sorted((*before, name)) or sorted(before) == sorted((*after, now)))
        if after != before and not followed:
            self.note(place, "changed", key, N_("Anciens identifiants : %(before)s → %(after)s"), before, after)

    def labels(self, place: Place, before: Question, after: Question) -> None:
        """The words at the steps of a scale."""
        old, new = dict(before.labels), dict(after.labels)
        template = N_("Repère %(step)s de l’échelle (%(language)s) : %(before)s → %(after)s")
        for step in sorted({*old, *new}):
            self.text(place, f"labels.{step}", template, old.get(step), new.get(step), step=step)
        if old == new and before.labels != after.labels:
            template = N_("Ordre des repères de l’échelle : %(before)s → %(after)s")
            self.note(place, "reordered", "labels", template, tuple(old), tuple(new))

    def choices(self, place: Place, before: Question, after: Question, called: Mapping[str, str], scored: bool) -> None:
        old = {choice.id: choice for choice in before.choices}
        former = inverse(called)
        for choice in after.choices:
            key, earlier = f"choices.{choice.id}", old.get(choice.id)
            if earlier is None:
                template = N_("Réponse ajoutée : %(choice)s (points : %(after)s)")
                if not after.scored:
                    template = N_("Réponse ajoutée : %(choice)s")
                self.note(
                    place,
                    "added",
                    key,
                    template,
                    None,
                    choice.points,
                    scoring=after.scored,
                    params={"choice": choice.label},
                )
                continue
            name = former.get(choice.id, choice.id)
            self.choice(place, key, earlier, choice, name, scored)
        now = {choice.id for choice in after.choices}
        for choice in before.choices:
            if choice.id not in now:
                template = N_("Réponse retirée : %(choice)s (points : %(before)s)")
                if not before.scored:
                    template = N_("Réponse retirée : %(choice)s")
                self.note(
                    place,
                    "removed",
                    f"choices.{choice.id}",
                    template,
                    choice.points,
                    scoring=before.scored,
                    params={"choice": choice.label},
                )
        template = N_("Ordre des réponses : %(before)s → %(after)s")
        self.order(place, "choices", template, ids_of(before.choices), ids_of(after.choices))

    def choice(self, place: Place, key: str, before: Choice, after: Choice, name: str, scored: bool) -> None:
        label = after.label
        if name != after.id:
            template = N_("Identifiant de la réponse %(choice)s : %(before)s → %(after)s (les réponses suivent)")
            self.note(place, "renamed", f"{key}.id", template, name, after.id, params={"choice": label})
        self.was(place, f"{key}.was", before.was, after.was, name, after.id)
        template = N_("Points de la réponse %(choice)s : %(before)s → %(after)s")
        self.value(place, f"{key}.points", template, before.points, after.points, scoring=scored, choice=label)
        template = N_("La réponse %(choice)s reste seule")
        if not after.exclusive:
            template = N_("La réponse %(choice)s va avec d’autres")
        self.value(place, f"{key}.exclusive", template, before.exclusive, after.exclusive, scoring=scored, choice=label)
        for part, words in _CHOICE_TEXTS.items():
            self.text(place, f"{key}.{part}", words, getattr(before, part), getattr(after, part), choice=after.id)
