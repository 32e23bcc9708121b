"""The base as the team reads it: what is looked for, found, and said of each resource in a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext, ngettext
from markupsafe import Markup

from assett.core.i18n import show_day, show_number, spoken
from assett.core.search import find, fold_once
from assett.engine.compiled import Compiled
from assett.engine.document import Document
from assett.engine.document import Resource as Entry
from assett.engine.reading import read_resources
from assett.kernel.errors import InvalidDocument
from assett.kernel.text import N_
from assett.kernel.vocabulary import Word
from assett.questionnaires.words import RESOURCE_TYPE_NAMES
from assett.resources import aims
from assett.resources.audience import THRESHOLD, Audience
from assett.resources.models import LinkState, Partner, ResourceLink
from assett.resources.queries import Base, Figures, Line
from assett.resources.words import free_slug

PAGE_SIZE = 30


class Origin(Word):
    OWN = "territoire", N_("Du territoire")
    NATIONAL = "nationale", N_("Nationales")


class State(Word):
    """What one may look for in a list of resources."""

    HIDDEN = "masquee", N_("Masquées")
    ADAPTED = "adaptee", N_("Adaptées au territoire")
    TO_CHECK = "a-verifier", N_("À vérifier")
    EXPIRED = "expiree", N_("Dates passées")
    ARCHIVED = "archivee", N_("Archivées")


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is looked for; archived resources are found only where they are asked for."""

    words: str = ""
    category: str = ""
    type: str = ""
    provider: str = ""
    tag: str = ""
    origin: Origin | None = None
    state: State | None = None

    @property
    def filters(self) -> bool:
        return bool(self.category or self.type or self.provider or self.tag or self.origin or self.state)

    @property
    def arguments(self) -> dict[str, str]:
        """As an address says them."""
        said = {
            "q": self.words,
            "categorie": self.category,
            "type": self.type,
            "par": self.provider,
            "etiquette": self.tag,
            "origine": self.origin.value if self.origin else "",
            "etat": self.state.value if self.state else "",
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Mark:
    """A word about a resource that asks for attention, or tells where it stands."""

    text: str
    kind: str = ""


@dataclass(slots=True)
class Item:
    """A resource in the list."""

    line: Line
    title: Markup
    type_label: str
    provider: str
    categories: list[str]
    marks: list[Mark] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)

    @property
    def id(self) -> int:
        return self.line.resource.id


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that is known of the base of a space on a day."""

    lines: Sequence[Line]
    partners: Mapping[int, Partner]
    links: Mapping[str, ResourceLink]
    figures: Mapping[str, Figures]
    document: Document | None
    audience: Audience
    firsts: Mapping[str, int]
    today: date
    language: str
    entries: Mapping[str, Entry]

    def title(self, line: Line) -> Markup:
        return said(line.entry.get("title"), self.language)

    def provider(self, line: Line) -> str:
        """Who proposes it: as the entry says, else the partner that carries it."""
        words = words_in(line.entry.get("provider"), self.language)
        partner = self.partners.get(line.partner_id or 0)
        return words or (partner.name if partner is not None else "")

    def categories(self, line: Line) -> set[str]:
        if self.document is None:
            return set()
        return aims.categories_of(aims.picked_for(line.entry.get("for")), self.document)

    def expired(self, line: Line) -> bool:
        until = line.entry.get("valid_until")
        return until is not None and str(until) < self.today.isoformat()

    def unseen(self, line: Line) -> str | None:
        """Why nobody is shown a resource; None where the answers decide."""
        if line.resource.archived_at is not None:
            return str(gettext("Elle est archivée : aucun acteur ne la voit."))
        if line.hidden:
            return str(gettext("Elle est masquée : aucun acteur de votre territoire ne la voit."))
        if self.expired(line):
            return str(gettext("Ses dates sont passées : aucun acteur ne la voit plus."))
        if str(line.entry.get("valid_from") or "") > self.today.isoformat():
            return str(gettext("Ses dates sont à venir : aucun acteur ne la voit encore."))
        return None

    def lost(self, line: Line) -> bool:
        """Whether a resource of the space's own names what the questionnaire in service has not; a national one may:
        it serves many questionnaires."""
        if self.document is None or line.resource.national:
            return False
        picked = aims.picked_for(line.entry.get("for"))
        who = aims.picked_who(line.entry.get("who"))
        return aims.lost(picked, aims.for_subjects(self.document, self.language)) or aims.lost(
            who, aims.who_subjects(self.document, self.language)
        )

    def link(self, line: Line) -> ResourceLink | None:
        return self.links.get(str(line.entry.get("url")))

    def to_check(self, line: Line) -> bool:
        link = self.link(line)
        doubtful = link is not None and link.state in (LinkState.BROKEN, LinkState.UNCERTAIN)
        return doubtful or line.outdated or self.lost(line)

    def seen(self, line: Line) -> str | None:
        """How many structures it suits by their latest result, and how many read it first there; None where it is
        shown to nobody, or aims at what is gone: results of before still count there, and nobody else will."""
        entry = self.entries.get(line.resource.slug)
        if entry is None or self.unseen(line) or line.resource.away or not self.audience.size or self.lost(line):
            return None
        count = self.audience.count(self.audience.seeing(entry))
        if count < THRESHOLD:
            return str(gettext("proposée à %(structures)s", structures=structures(count)))
        first = some(min(count, self.firsts.get(entry.id, 0)))
        said = gettext("proposée à %(structures)s, en tête pour %(first)s", structures=structures(count), first=first)
        return str(said)

    def item(self, line: Line) -> Item:
        entry = line.entry
        titles = {each.id: each.title.in_(self.language) for each in self.document.categories} if self.document else {}
        return Item(
            line,
            self.title(line),
            gettext(RESOURCE_TYPE_NAMES.get(str(entry.get("type")), "")),
            self.provider(line),
            [title for id, title in titles.items() if id in self.categories(line)],
            list(self._marks(line)),
            self._figures(line),
        )

    def _marks(self, line: Line) -> Iterable[Mark]:
        if line.resource.archived_at is not None:
            yield Mark(gettext("Archivée"))
        elif line.resource.draft:
            yield Mark(gettext("Brouillon"), "strong")
        if line.resource.of_document:
            yield Mark(gettext("Du questionnaire"))
        if line.hidden:
            yield Mark(gettext("Masquée"))
        if line.adapted:
            yield Mark(gettext("Adaptée"))
        if line.outdated:
            yield Mark(gettext("Le texte national a changé"), "strong")
        if self.expired(line):
            yield Mark(gettext("Dates passées"), "strong")
        if self.lost(line):
            yield Mark(gettext("Vise une question disparue"), "strong")
        link = self.link(line)
        if link is not None and link.state == LinkState.BROKEN:
            yield Mark(gettext("Lien rompu"), "strong")
        elif link is not None and link.state == LinkState.UNCERTAIN:
            yield Mark(gettext("Lien incertain"))

    def _figures(self, line: Line) -> list[str]:
        found = self.figures.get(line.resource.slug, Figures())
        told = []
        seen = self.seen(line)
        if seen is not None:
            told.append(seen)
        if found.opened:
            told.append(ngettext("ouverte %(num)s fois", "ouverte %(num)s fois", found.opened))
        if found.asked:
            told.append(gettext("a aidé %(helped)s fois sur %(asked)s", helped=found.helped, asked=found.asked))
        return told


def search(shelf: Shelf, criteria: Criteria) -> list[Line]:
    """The resources that are looked for: the territory's own first, each kind by title."""
    kept = [line for line in shelf.lines if _fits(shelf, criteria, line)]
    if criteria.words:
        texts = {line.resource.id: fold_once(_text(shelf, line)) for line in kept}
        found = set(find(criteria.words, texts).keys)
        kept = [line for line in kept if line.resource.id in found]
    return sorted(kept, key=lambda line: (line.resource.national, fold_once(str(shelf.title(line).striptags()))))


def _fits(shelf: Shelf, criteria: Criteria, line: Line) -> bool:
    if (line.resource.archived_at is not None) != (criteria.state == State.ARCHIVED):
        return False
    if criteria.origin is not None and line.resource.national != (criteria.origin == Origin.NATIONAL):
        return False
    if criteria.type and line.entry.get("type") != criteria.type:
        return False
    if criteria.tag and criteria.tag not in line.tags:
        return False
    if criteria.category and criteria.category not in shelf.categories(line):
        return False
    if criteria.provider and shelf.provider(line) != criteria.provider:
        return False
    match criteria.state:
        case State.HIDDEN:
            return line.hidden
        case State.ADAPTED:
            return line.adapted
        case State.TO_CHECK:
            return shelf.to_check(line)
        case State.EXPIRED:
            return shelf.expired(line)
        case _:
            return True


def _text(shelf: Shelf, line: Line) -> str:
    entry = line.entry
    words = [_every(entry.get(key)) for key in ("title", "summary", "provider")]
    return " ".join([*words, shelf.provider(line), *line.tags])


def _every(text: Any) -> str:
    return " ".join(map(str, text.values())) if isinstance(text, Mapping) else str(text or "")


def words_in(text: Any, language: str) -> str:
    """A text of an entry in that language, else in French, else in whichever there is."""
    if isinstance(text, Mapping):
        return str(text.get(language) or text.get("fr") or next(iter(text.values()), ""))
    return str(text or "")


def said(text: Any, language: str) -> Markup:
    """That text, marked with its language where it is not the page's."""
    if isinstance(text, Mapping) and language not in text:
        return spoken(words_in(text, language), "fr" if "fr" in text else next(iter(text), None))
    return spoken(words_in(text, language), language if isinstance(text, Mapping) else "fr")


def structures(count: int) -> str:
    """A number of structures, which gives nobody away: to the nearest five, so that two of them do not tell one."""
    if count < THRESHOLD:
        return str(gettext("moins de 5 structures"))
    return str(gettext("environ %(count)s structures", count=about(count)))


def some(count: int) -> str:
    """The same, of structures that were named before."""
    return str(gettext("moins de 5") if count < THRESHOLD else gettext("environ %(count)s", count=about(count)))


def about(count: int) -> str:
    """A count of at least `THRESHOLD`, to the nearest five."""
    return show_number((count + 2) // 5 * 5)


def reach(audience: Audience, compiled: Compiled, shown: Base, entry: Mapping[str, Any], on: date) -> str:
    """Whom an own resource with these aims and this priority would suit, and who would read it first, among those
    that are shown; in a sentence. One that is not in the base yet has no `id`."""
    if not audience.size:
        return str(gettext("Trop peu de structures ont un résultat pour dire qui la verrait."))
    others = [each for each in shown.entries if each.id != entry.get("id")]
    wanted = {key: entry[key] for key in ("id", "for", "who", "priority") if entry.get(key) is not None}
    wanted.setdefault("id", free_slug("", {each.id for each in others}))
    try:
        (resource,) = read_resources(
            {"format": 1, "resources": [{"title": "–", "url": "https://example.org", "type": "guide", **wanted}]}
        )
    except InvalidDocument:
        return str(gettext("Choisissez chaque fois au moins une réponse : nous dirons qui la verrait."))
    suited = audience.seeing(resource)
    count = audience.count(suited)
    if count < THRESHOLD:
        return str(gettext("Elle serait proposée à moins de 5 structures."))
    firsts = audience.firsts(compiled, [*others, resource], shown.own | {resource.id}, on, suited)
    first = some(min(count, firsts[resource.id]))
    if not resource.for_:
        return str(
            gettext(
                "Elle serait proposée à environ %(count)s structures, après les ressources choisies pour elles ; "
                "en tête pour %(first)s.",
                count=about(count),
                first=first,
            )
        )
    return str(
        gettext(
            "Elle serait proposée à environ %(count)s structures, sur environ %(size)s qui ont un résultat ; "
            "en tête pour %(first)s.",
            count=about(count),
            size=about(audience.all_of_them or audience.size),
            first=first,
        )
    )


def dates(entry: Mapping[str, Any]) -> str:
    """« Du 1er mars au 31 décembre 2026 »; nothing where it has no dates."""
    first, last = (
        show_day(date.fromisoformat(str(entry[key]))) if entry.get(key) else None
        for key in ("valid_from", "valid_until")
    )
    if first and last:
        return str(gettext("Du %(first)s au %(last)s", first=first, last=last))
    if first:
        return str(gettext("À partir du %(first)s", first=first))
    return str(gettext("Jusqu’au %(last)s", last=last)) if last else ""
