"""A new resource filled in from its page: the address is asked once, and what the page says of itself is proposed."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from babel import Locale
from flask import g
from flask_babel import gettext as _
from sqlalchemy import func, select

from assett.core.db import db
from assett.core.i18n import LANGUAGES, current_language
from assett.core.throttle import allowed
from assett.core.web import actor
from assett.kernel.text import sentence
from assett.resources import checking
from assett.resources.forms import Filled, ResourceForm
from assett.resources.heads import Head, head_of
from assett.resources.jobs import prober_for
from assett.resources.links import Leaf
from assett.resources.words import WORDS

# So many pages are read in an hour for one person, and for all of a space.
MOST_OF_ONE: Final = 60
MOST_OF_ALL: Final = 200
PER: Final = timedelta(hours=1)
_ASKING: Final = 0x5E20  # tells this lock from those of other features


def fill(form: ResourceForm) -> None:
    """Ask the page that the form leads to, and propose what it says; what was typed stays, whatever comes of it."""
    form.filled = _filled(form)


def _filled(form: ResourceForm) -> Filled:
    address = form.url.data or ""
    if not address:
        return Filled(_("Indiquez d’abord l’adresse de la page."))
    if address.startswith("mailto:"):
        return Filled(_("C’est une adresse électronique : il n’y a pas de page à lire. Remplissez la suite vous-même."))
    if wrong := [each for each in checking.wrong({"url": address}, None) if each.path == "url"]:
        return Filled(sentence(checking.told(wrong[0])))
    found = _asked(address)
    if isinstance(found, str):
        return Filled(found)
    head = head_of(found.body, found.charset, urlsplit(found.url).hostname or "")
    names = form.propose(_in_fields(head, form))
    if names:
        return Filled(_told(names, head), done=True)
    if head.title or head.summary or head.provider:
        return Filled(_("La page a été lue. Ce que vous aviez écrit reste comme vous l’avez écrit."))
    return Filled(_("La page ne dit rien d’elle-même à reprendre ici. Remplissez la suite vous-même."))


def _asked(address: str) -> Leaf | str:
    """The page, or why there is none; the database is left alone meanwhile."""
    space = g.space
    counts = [
        allowed("resources.fill", str(actor().person_id), limit=MOST_OF_ONE, per=PER),
        allowed("resources.fill.space", str(space.id), limit=MOST_OF_ALL, per=PER),
    ]
    if not all(counts):
        return str(_("C’était beaucoup de pages en une heure. Remplissez la suite vous-même, ou réessayez plus tard."))
    # A process that waits for a site answers nobody else: of all there are, one at a time does.
    with db.engine.connect() as connection:
        if not connection.scalar(select(func.pg_try_advisory_xact_lock(_ASKING, 0))):
            return str(_("Une autre page est en train d’être lue. Réessayez dans quelques secondes."))
        # Nothing was written: what is asked next opens a transaction of its own.
        db.session.commit()
        found = prober_for(space.contact_email, pause=0).read(address)
    return found if isinstance(found, Leaf) else str(_("%(why)s Remplissez la suite vous-même.", why=_(found.why)))


def _in_fields(head: Head, form: ResourceForm) -> dict[str, str]:
    """What a page says, by the name of its field: in its own language where the space writes in it, else in French."""
    spoken = head.language if f"title_{head.language}" in form else "fr"
    texts = {"title": head.title, "summary": head.summary, "provider": head.provider}
    said = {f"{name}_{code}": text if code == spoken else "" for code in LANGUAGES for name, text in texts.items()}
    return {**said, "type": head.type}


def _told(names: list[str], head: Head) -> str:
    labels = [_(WORDS[name.partition("_")[0]]) for name in names]
    said = _("Rempli d’après la page : %(fields)s. Relisez avant d’enregistrer.", fields=_(", ").join(labels))
    language = Locale(current_language()).languages.get(head.language)
    if head.language in ("", "fr") or language is None:
        return str(said)
    spoken = _("La page se dit en %(language)s.", language=language)
    return f"{said} {spoken}"
