"""What changed of levels and caps, of the questionnaire or of a category."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assett.engine.changes.notes import Notes, Place
from assett.engine.document import Cap, Level
from assett.kernel.text import N_

_LEVEL_TEXTS: Final = {
    "label": N_("Niveau %(level)s (%(language)s) : %(before)s → %(after)s"),
    "message": N_("Message du niveau %(level)s (%(language)s) : %(before)s → %(after)s"),
}


class GridNotes(Notes):
    """Compares two grids."""

    def levels(self, place: Place, before: Sequence[Level], after: Sequence[Level]) -> None:
        old, new = {level.id: level for level in before}, {level.id: level for level in after}
        for name, level in new.items():
            key, earlier = f"levels.{name}", old.get(name)
            if earlier is None:
                template = N_("Niveau ajouté : %(level)s, à partir de %(after)s")
                self.note(place, "added", key, template, None, level.from_, scoring=True, params={"level": level.label})
                continue
            template = N_("Seuil du niveau %(level)s : %(before)s → %(after)s")
            self.value(place, f"{key}.from", template, earlier.from_, level.from_, scoring=True, level=level.label)
            for part, template in _LEVEL_TEXTS.items():
                self.text(
                    place,
                    f"{key}.{part}",
                    template,
                    getattr(earlier, part),
                    getattr(level, part),
                    level=name,
                )
        for name, level in old.items():
            if name not in new:
                template = N_("Niveau retiré : %(level)s, à partir de %(before)s")
                self.note(
                    place,
                    "removed",
                    f"levels.{name}",
                    template,
                    level.from_,
                    scoring=True,
                    params={"level": level.label},
                )

    def caps(self, place: Place, before: tuple[Cap, ...], after: tuple[Cap, ...]) -> None:
        """Caps have no id: those under the same condition are the same one."""
        if before == after:
            return
        left = list(before)
        fresh: list[tuple[int, Cap]] = []
        pairs: list[tuple[int, Cap, Cap]] = []
        for index, cap in enumerate(after):
            earlier = next((each for each in left if each == cap), None)
            earlier = earlier or next((each for each in left if each.if_ == cap.if_ and each not in after), None)
            if earlier is None:
                fresh.append((index, cap))
            else:
                left.remove(earlier)
                pairs.append((index, earlier, cap))
        noted = len(self.found)
        for index, earlier, cap in pairs:
            key = f"caps[{index}]"
            template = N_("Plafond quand %(condition)s : %(before)s → %(after)s")
            self.value(place, f"{key}.max", template, earlier.max, cap.max, scoring=True, condition=cap.if_)
            template = N_("Raison du plafond quand %(condition)s (%(language)s) : %(before)s → %(after)s")
            self.text(place, f"{key}.reason", template, earlier.reason, cap.reason, condition=cap.if_)
        for index, cap in fresh:
            template = N_("Plafond ajouté : %(after)s au plus quand %(condition)s")
            self.note(
                place, "added", f"caps[{index}]", template, None, cap.max, scoring=True, params={"condition": cap.if_}
            )
        for cap in left:
            template = N_("Plafond retiré : %(before)s au plus quand %(condition)s")
            self.note(place, "removed", "caps", template, cap.max, scoring=True, params={"condition": cap.if_})
        if len(self.found) == noted:
            template = N_("Ordre des plafonds : %(before)s → %(after)s")
            old, new = (tuple(cap.max for cap in caps) for caps in (before, after))
            self.note(place, "reordered", "caps", template, old, new)
