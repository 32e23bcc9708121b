"""What the studio's templates draw: the way through a draft, the cards of its pieces, the subjects of conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flask_babel import gettext, ngettext

from assett.core.i18n import LANGUAGE_NAMES, semicolon, show_clock, show_percent, show_share
from assett.engine.analysis import Minutes, ScoreRange, percent, told_ease
from assett.engine.compiled import Compiled
from assett.engine.drafting.grid import off_grid, own_messages
from assett.engine.drafting.pieces import GRID, SETTINGS, Address, Parts, Tree
from assett.kernel.text import N_
from assett.questionnaires import conditions
from assett.questionnaires.words import TYPE_NAMES
from assett.studio import earning, picking
from assett.studio.checking import Check, Note
from assett.studio.fields import Context, is_required
from assett.studio.models import Draft
from assett.studio.queries import Writing
from assett.studio.texts import show_number, words

SOURCE_NAMES: Mapping[str, str] = {
    "kind": N_("le type de structure"),
    "workforce": N_("l’effectif"),
    "naf": N_("le code d’activité (NAF)"),
    "commune": N_("la commune"),
    "department": N_("le département"),
    "region": N_("la région"),
}


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a line of a condition may be about, and the answers that it can name."""

    of: str
    label: str
    type: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class SubjectGroup:
    label: str
    subjects: tuple[Subject, ...]


def subjects(parts: Parts, address: Address, language: str | None = None) -> list[SubjectGroup]:
    """What the conditions of a piece may name: what stands before it; its caps may name anything."""
    kind, _, name = address.partition("/")
    groups = []
    entries = parts.outline.profile
    if kind == "profile":
        entries = entries[: entries.index(name)]
    found = tuple(subject_of(parts.pieces[f"profile/{entry}"], f"profile/{entry}", language) for entry in entries)
    if found:
        groups.append(SubjectGroup(gettext("Profil de la structure"), found))
    if kind == "profile":
        return groups
    for category, questions in parts.outline.categories:
        if kind == "category" and category == name:
            break
        before = questions[: questions.index(name)] if kind == "question" and name in questions else questions
        asked = tuple(
            subject_of(piece, f"question/{question}", language)
            for question in before
            if (piece := parts.pieces[f"question/{question}"]).get("type") not in {"info", "text", "date"}
        )
        if asked:
            groups.append(SubjectGroup(words(parts.pieces[f"category/{category}"].get("title"), language), asked))
        if kind == "question" and name in questions:
            break
    return groups


def every_subject(parts: Parts, language: str | None = None) -> list[SubjectGroup]:
    """What a cap may name: any question, any entry."""
    return subjects(parts, GRID, language)


def subject_of(piece: Tree, of: str, language: str | None) -> Subject:
    """What a condition may name of a piece."""
    match piece.get("type"):
        case "single" | "multiple":
            options = [Option(str(c.get("id")), words(c.get("label"), language)) for c in piece.get("choices") or []]
        case "boolean":
            options = [Option("true", gettext("Oui")), Option("false", gettext("Non"))]
        case "scale":
            options = [Option(str(step), str(step)) for step in earning.steps(piece)]
        case _:
            options = []
    if piece.get("unknown"):
        options.append(Option("?", gettext("Je ne sais pas")))
    return Subject(
        of, words(piece.get("title"), language) or gettext("(sans titre)"), str(piece.get("type")), tuple(options)
    )


def types_of(parts: Parts) -> dict[str, str]:
    """The type of each ``question/ID`` and ``profile/ID``."""
    return {
        address: str(piece.get("type"))
        for address, piece in parts.pieces.items()
        if address.startswith(("question/", "profile/"))
    }


def context_of(parts: Parts) -> Context:
    """What reading a form of this draft needs."""
    languages = parts.pieces[SETTINGS].get("languages") or ["fr"]
    return Context([str(each) for each in languages], types_of(parts))


@dataclass(slots=True)
class PieceCard:
    """A piece, read or being edited, with what is said about it."""

    address: Address
    piece: Tree
    open: bool = False
    number: int = 0
    first: bool = False
    last: bool = False
    problems: Sequence[Note] = ()
    warnings: Sequence[Note] = ()
    comments: int = 0
    ready: Mapping[str, Any] | None = None
    # For an open card: what conditions may name, and the condition as it is picked.
    groups: list[SubjectGroup] = field(default_factory=list)
    cap_groups: list[SubjectGroup] = field(default_factory=list)
    known: Mapping[str, Subject] = field(default_factory=dict)
    condition_words: str = ""
    # For an open card: what its points make of the category. Who else wrote here a moment ago.
    effect: str = ""
    presence: str = ""
    # How the question stands beside the national base (see `comparability`).
    national: str = ""

    @property
    def anchor(self) -> str:
        return self.address.replace("/", "-")

    @property
    def type(self) -> str:
        return str(self.piece.get("type", ""))

    @property
    def type_name(self) -> str:
        return gettext(TYPE_NAMES.get(self.type, self.type))

    @property
    def marks(self) -> list[str]:
        """What a respondent does not see of it, in a few words: « Un seul choix », « poids 3 », « hors score »."""
        piece = self.piece
        marks = [self.type_name]
        if piece.get("weight"):
            marks.append(gettext("poids %(weight)s", weight=show_number(piece["weight"])))
        if piece.get("scored") is False:
            marks.append(gettext("hors score"))
        if self.type != "info" and not is_required(piece, self.address.startswith("profile/")):
            marks.append(gettext("facultative"))
        if piece.get("not_applicable"):
            marks.append(gettext("« Non concerné » offert"))
        if piece.get("unknown"):
            marks.append(gettext("« Je ne sais pas » offert"))
        if self.national:
            marks.append(self.national)
        return marks

    @property
    def most_points(self) -> str:
        """What the question earns at most, as it is typed; empty where that is no matter."""
        return "" if self.address.startswith("profile/") else show_number(earning.most(self.piece))

    @property
    def points_by_default(self) -> str:
        """What « Points au plus » is while it is empty."""
        return show_number(earning.by_default(self.piece))

    @property
    def steps(self) -> range:
        return earning.steps(self.piece)

    @property
    def condition(self) -> picking.Group:
        return picking.picked(self.piece.get("visible_if"))

    def group_words(self, group: picking.Group) -> str:
        """A group of a condition in a sentence."""
        return conditions.phrase(_said(group, self.known))

    def called(self, of: str, answer: str | None = None) -> str:
        """What a condition names, even where it is gone; or one of its answers."""
        subject = self.known.get(of)
        if answer is None:
            return subject.label if subject is not None else of.partition("/")[2]
        return next((each.label for each in subject.options if each.value == answer), answer) if subject else answer

    def cap_condition(self, place: int) -> picking.Group:
        return picking.picked((self.piece.get("caps") or [])[place].get("if"))

    def wrong(self, name: str, exact: bool = False) -> list[Note]:
        """The problems of a field, but that it is empty so far."""
        return [note for note in self.notes(name) if not note.to_do and (not exact or note.key == name)]

    def to_do(self, name: str, exact: bool = False) -> list[str]:
        """What is still to be filled in there, in soft words, each once."""
        notes = (note for note in self.notes(name) if note.to_do and (not exact or note.key == name))
        return list(dict.fromkeys(note.told_softly for note in notes))

    def notes(self, name: str) -> list[Note]:
        """The problems of a field, or of what lies within it."""
        return [
            note
            for note in self.problems
            if note.key == name
            or note.key.startswith(f"{name}.")
            or (note.key not in {"", "choices", "levels"} and name.startswith(f"{note.key}."))
        ]


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A category in the plan."""

    address: Address
    name: str
    title: str
    questions: tuple[QuestionLine, ...]
    weight: str
    range_words: str
    problems: int
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class QuestionLine:
    address: Address
    title: str
    type_name: str
    problems: int
    comments: int
    ready: str


def plan(
    draft: Draft, parts: Parts, checked: Check, comments: Mapping[Address, int], language: str
) -> list[CategoryLine]:
    """Every category with its questions, what lacks, and the scores that can be reached."""
    counts: dict[Address, int] = {}
    for note in checked.problems:
        counts[note.address] = counts.get(note.address, 0) + 1
    lines = []
    categories = parts.outline.categories
    for place, (name, questions) in enumerate(categories):
        address = f"category/{name}"
        piece = parts.pieces[address]
        inner = tuple(
            QuestionLine(
                address=f"question/{each}",
                title=words(parts.pieces[f"question/{each}"].get("title"), language),
                type_name=gettext(TYPE_NAMES.get(str(parts.pieces[f"question/{each}"].get("type")), "")),
                problems=counts.get(f"question/{each}", 0),
                comments=comments.get(f"question/{each}", 0),
                ready=ready_words(draft.ready.get(f"question/{each}")),
            )
            for each in questions
        )
        within = checked.analysis.categories.get(name) if checked.analysis is not None else None
        lines.append(
            CategoryLine(
                address=address,
                name=name,
                title=words(piece.get("title"), language),
                questions=inner,
                weight=str(piece.get("weight", 1)),
                range_words=range_words(within),
                problems=counts.get(address, 0) + sum(each.problems for each in inner),
                first=place == 0,
                last=place == len(categories) - 1,
            )
        )
    return lines


def category_titles(parts: Parts, language: str) -> list[tuple[str, str]]:
    """Every category by its id, with its title."""
    return [
        (name, words(parts.pieces[f"category/{name}"].get("title"), language) or gettext("(sans titre)"))
        for name, _ in parts.outline.categories
    ]


def weights_words(parts: Parts, language: str, *, but: str) -> str:
    """« Énergie : 3 ; Déchets : 1 »: what the other categories weigh."""
    return semicolon().join(
        gettext(
            "%(field)s : %(value)s", field=title, value=show_number(parts.pieces[f"category/{name}"].get("weight", 1))
        )
        for name, title in category_titles(parts, language)
        if name != but
    )


def presence_words(writing: Writing | None) -> str:
    """« Yann a écrit ici à 14 h 02. »: whether they still do, nobody knows."""
    if writing is None:
        return ""
    name = writing.person or gettext("Quelqu’un")
    return gettext("%(name)s a écrit ici à %(at)s.", name=name, at=show_clock(writing.at))


def left_words(checked: Check) -> str:
    """« 2 points à corriger », or that all is right."""
    count = len(checked.problems)
    if checked.empty:
        return gettext("Aucune question")
    if not count:
        return gettext("Prêt à être publié")
    return ngettext("%(num)s point à corriger", "%(num)s points à corriger", count)


def ready_words(mark: Mapping[str, Any] | None) -> str:
    """Where a piece stands between its author and its reader."""
    if mark is None:
        return ""
    return gettext("relu") if mark.get("read_by") else gettext("prêt à relire")


def effect_words(parts: Parts, address: Address, checked: Check, before: Check | None = None) -> str:
    """What the points of a piece make of its category: its share, and the scores that can be reached, which a change
    may have moved; of the grid, how many categories it does not govern."""
    kind, _, name = address.partition("/")
    if address == GRID:
        return " ".join(filter(None, (_apart_words(len(off_grid(parts))), followers_words(parts))))
    category = name if kind == "category" else parts.outline.category_of(name) if kind == "question" else None
    if category is None or checked.analysis is None or checked.compiled is None:
        return ""
    sentences = []
    share = _share(checked.compiled, category, name) if kind == "question" else None
    if share is not None:
        sentences.append(gettext("Cette question compte pour %(share)s de sa catégorie.", share=show_percent(share)))
    now = checked.analysis.categories.get(category)
    was = before.analysis.categories.get(category) if before is not None and before.analysis is not None else now
    if now is not None:
        sentences.append(
            gettext(
                "Score possible de la catégorie : de %(low)s à %(high)s.",
                low=_percent(now.low),
                high=_percent(now.high),
            )
        )
    if now is not None and was is not None and (now.low, now.high) != (was.low, was.high):
        sentences.append(
            gettext("Avant ce changement : de %(low)s à %(high)s.", low=_percent(was.low), high=_percent(was.high))
        )
    return " ".join(sentences)


def _apart_words(apart: int) -> str:
    if not apart:
        return ""
    return ngettext(
        "Une catégorie a ses propres niveaux et ne suit pas cette grille.",
        "%(num)s catégories ont leurs propres niveaux et ne suivent pas cette grille.",
        apart,
    )


def followers_words(parts: Parts) -> str:
    """Which categories change with the grid although they repeat its levels; empty where none does."""
    following = len(own_messages(parts))
    if not following:
        return ""
    return ngettext(
        "Une catégorie a ses propres messages et suit cette grille : ses noms et ses parts y changent avec elle.",
        "%(num)s catégories ont leurs propres messages et suivent cette grille : "
        "ses noms et ses parts y changent avec elle.",
        following,
    )


def messages_gone_words(gone: int) -> str:
    """What went with a level of the grid; empty where nothing did."""
    if not gone:
        return ""
    return ngettext(
        "Un message propre à une catégorie est parti avec ce niveau. « Annuler » le rend.",
        "%(num)s messages propres à des catégories sont partis avec ce niveau. « Annuler » les rend.",
        gone,
    )


def unspoken_words(languages: Sequence[str], texts: int) -> str:
    """What taking languages off a draft took along; empty where none was."""
    names = ", ".join(LANGUAGE_NAMES.get(code, code) for code in languages)
    if not names:
        return ""
    if not texts:
        return gettext("Langue retirée : %(names)s. « Annuler » la rend.", names=names)
    return ngettext(
        "Langue retirée : %(names)s, avec un texte. « Annuler » le rend.",
        "Langue retirée : %(names)s, avec %(num)s textes. « Annuler » les rend.",
        texts,
        names=names,
    )


def _share(compiled: Compiled, category: str, question: str) -> Fraction | None:
    """The share of a question in the points of its category where all is counted; None for one that is not scored."""
    found = next((each for each in compiled.document.categories if each.id == category), None)
    points = {each.id: each.weight * each.full_points for each in found.questions if each.scored} if found else {}
    total = sum(points.values(), start=Fraction(0))
    return points[question] / total if question in points and total > 0 else None


def minutes_words(minutes: Minutes) -> str:
    """« Répondre prend environ 3 minutes », or from how many to how many."""
    if not minutes.asked:
        return gettext("Rien à répondre pour l’instant : aucune question n’est posée.")
    least, most = minutes.told
    if least == most:
        return ngettext("Répondre prend environ une minute.", "Répondre prend environ %(num)s minutes.", most)
    return gettext(
        "Répondre prend de %(least)s à %(most)s minutes, selon le profil et les réponses.", least=least, most=most
    )


def ease_words(ease: float) -> str:
    """How hard the texts are to read, in words first: the formula goes below 0 and above 100."""
    told, word = told_ease(ease)
    return gettext(
        "Les textes français sont %(word)s à lire : %(ease)s sur 100.", word=gettext(word), ease=show_number(told)
    )


def range_words(within: ScoreRange | None) -> str:
    """« score possible de 0 % à 100 % »; nothing where there is never a score."""
    if within is None:
        return ""
    return gettext("score possible : de %(low)s à %(high)s", low=_percent(within.low), high=_percent(within.high))


def _percent(ratio: Fraction) -> str:
    return show_share(Fraction(percent(ratio)) / 100)


def condition_words(raw: Any, parts: Parts, language: str, known: Mapping[str, Subject] | None = None) -> str:
    """When a piece is shown, in a sentence: « Affichée si “Effectif” est “50 à 249” », « Affichée sauf si… »."""
    known = known_subjects(parts, language) if known is None else known
    return conditions.shown_if(_said(picking.picked(raw), known))


def condition_said(raw: Any, known: Mapping[str, Subject]) -> str:
    """What a condition asks for, in a sentence: « “Effectif” est “50 à 249” »."""
    return conditions.phrase(_said(picking.picked(raw), known))


def known_subjects(parts: Parts, language: str) -> dict[str, Subject]:
    """Everything that a condition may name, by its address."""
    return {
        address: subject_of(piece, address, language)
        for address, piece in parts.pieces.items()
        if address.startswith(("question/", "profile/"))
    }


def _said(item: picking.Item, known: Mapping[str, Subject]) -> conditions.Said:
    if isinstance(item, picking.Line):
        said: conditions.Said = _line_said(item, known)
    else:
        said = conditions.Several(item.mode == "all", tuple(_said(each, known) for each in item.items))
    return conditions.Otherwise(said) if item.negated else said


def _line_said(line: picking.Line, known: Mapping[str, Subject]) -> conditions.Asked:
    subject = known.get(line.of)
    name = subject.label if subject is not None else line.of.partition("/")[2] or gettext("question à choisir")
    labels = {option.value: option.label for option in subject.options} if subject is not None else {}
    low, high = (None if bound is None else show_number(bound) for bound in (line.at_least, line.at_most))
    return conditions.tested(name, [labels.get(each, each) for each in line.values], low, high)


__all__ = ["CategoryLine", "PieceCard", "Subject", "SubjectGroup", "plan", "subjects", "types_of"]
