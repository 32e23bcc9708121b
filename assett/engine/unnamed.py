"""What the studio itself calls what nobody has named yet: whoever puts such a name asks for it here, and whoever warns
that it is still there knows it from here. In each language of the interface, French first, as its catalogues say it."""

from __future__ import annotations

from typing import Final

from assett.kernel.text import N_

QUESTIONNAIRE: Final = N_("Nouveau questionnaire")
FIRST_CATEGORY: Final = N_("Première catégorie")
CATEGORY: Final = N_("Nouvelle catégorie")
ANSWER: Final = N_("Réponse %(number)s")

UNNAMED: Final = {
    QUESTIONNAIRE: (QUESTIONNAIRE, "New questionnaire"),
    FIRST_CATEGORY: (FIRST_CATEGORY, "First category"),
    CATEGORY: (CATEGORY, "New category"),
    ANSWER: (ANSWER, "Answer %(number)s"),
}
