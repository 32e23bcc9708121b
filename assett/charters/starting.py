"""A charter to start from, for a team that has none yet: its editor changes every word of it."""

from __future__ import annotations

TITLES = {"fr": "Charte « {programme} »", "en": "“{programme}” charter"}

TEXTS = {
    "fr": """\
Le climat change ici aussi. Chaque structure peut y répondre, à sa mesure et à son rythme. En signant cette charte, \
nous rejoignons la démarche « {programme} » et nous nous engageons à :

1. **regarder où nous en sommes** : faire notre auto-évaluation, sans l’enjoliver, et la refaire chaque année ;
2. **choisir** : retenir trois actions pour l’année, avec une date et une personne pour chacune ;
3. **commencer par ce qui pèse le plus** dans notre activité, même si c’est moins visible ;
4. **en parler** autour de nous : ce que nous faisons, et ce qui reste à faire ;
5. **partager** avec les autres structures ce qui a marché, et ce qui n’a pas marché.

Ce n’est ni un label ni un concours : c’est une volonté, que nous tenons ensemble. {territory}, de son côté, nous aide \
à trouver les ressources et les personnes qui font avancer.
""",
    "en": """\
The climate is changing here too. Every organisation can do something about it, in its own measure and at its own \
pace. By signing this charter, we join “{programme}” and undertake to:

1. **look at where we stand**: carry out our self-assessment, without flattering it, and again every year;
2. **choose**: settle on three actions for the year, with a date and a person for each;
3. **begin with what weighs most** in what we do, even if it shows less;
4. **talk about it** around us: what we do, and what is left to do;
5. **share** with other organisations what worked, and what did not.

This is neither a label nor a contest: it is a resolve that we keep together. {territory}, for its part, helps us find \
the resources and the people that move things forward.
""",
}


def model(programme: str, territory: str) -> dict[str, str]:
    """The words of that charter by the name of their field, in each language."""
    named = {"programme": programme, "territory": territory}
    return {
        f"{part}_{code}": text.format_map(named).strip()
        for part, texts in (("title", TITLES), ("text", TEXTS))
        for code, text in texts.items()
    }
