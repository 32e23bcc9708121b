"""Questions written one after the other, as in an e-mail: what of them was understood, and which line was not.

```
Vos ampoules sont-elles toutes à LED ?
> On les reconnaît à leur étiquette.
- Oui, partout : 5
- Non : 0
- Je ne sais pas

# Biodiversité
Avez-vous un potager ?
```

What people paste has bullets, numbers and wrapped lines of its own: they are read for what they mean, and a line of
which nothing can be made is told with its number, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from assett.formats.plain_lines import (
    NOT_APPLICABLE,
    NUMBER,
    TYPE_WORDS,
    UNKNOWN,
    PlainLine,
    answer_of,
    nearly_points,
    plain_lines,
    title_of,
    unbold,
)
from assett.formats.reports import Place, Report
from assett.kernel.text import N_, fold, shown

Tree = dict[str, object]

# What announces the answers, and says nothing else.
ANNOUNCED: Final = frozenset({"reponse", "reponses", "reponses possibles", "choix", "choix possibles", "answers"})
# Among several answers, what goes with no other.
NONE_OF_THEM: Final = frozenset({"aucun", "aucune", "aucun de ces choix", "aucune de ces reponses", "none of these"})

# Beyond that a line was not broken by a mailer.
_LONGEST_BROKEN = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was understood, without ids; ``line`` is where its title stands, ``category`` the title that it
    stands under, empty before any."""

    line: int
    piece: Tree
    category: str = ""


def read_questions(text: str) -> tuple[tuple[Asked, ...], Report]:
    """The questions of a text, in its order, and what is said of its lines."""
    reader = _Reader()
    pasted = plain_lines(text)
    for line in pasted.lines:
        reader.read(line)
    for asked, (first, *more) in pasted.guessed:
        reader.report.notice(
            Place(row=first, more=tuple(more)),
            N_("sans tiret devant, ces lignes sont prises comme les réponses à %(words)s"),
            words=shown(asked.words),
        )
    if pasted.signature:
        reader.report.refuse(
            Place(row=pasted.signature[0], more=pasted.signature[1:]),
            N_("après « -- », c’est une signature ; si ce sont des questions, retirez « -- »"),
        )
    return reader.ended(), reader.report


@dataclass(slots=True)
class _Open:
    """The question that is being read."""

    line: PlainLine
    title: str
    help: list[str] = field(default_factory=list)
    answers: list[PlainLine] = field(default_factory=list)
    type: str = ""
    # Whether « > » gives it a help: what is between brackets may as well stand under the title of a document.
    helped: bool = False
    # Of every line that was taken for it.
    rows: list[int] = field(default_factory=list)

    @property
    def is_asked(self) -> bool:
        """Whether anything says that it is a question: not « Bonjour, » nor « Cordialement »."""
        said = (
            self.line.asks or self.line.mark in {"1", "Q"} or bool(self.type or self.helped or title_of(self.title)[1])
        )
        return said or any(each.mark or each.earns or each.offers for each in self.answers)

    @property
    def last(self) -> PlainLine:
        return self.answers[-1]

    @property
    def is_whole(self) -> bool:
        """Whether its title says that it has no answers to choose from."""
        return title_of(self.title)[1] not in {"", "single", "multiple"} and not self.answers


class _Reader:
    """Reads line by line, from the first to the last."""

    def __init__(self) -> None:
        self.report = Report(format="plain")
        self.found: list[Asked] = []
        self.open: _Open | None = None
        # What the line before was added to.
        self.at = ""
        self.without_points: list[Asked] = []
        # What was last said of a category, and how many questions stood before it.
        self.heading: tuple[PlainLine, int] | None = None

    def ended(self) -> tuple[Asked, ...]:
        """What was read, once nothing follows."""
        self._close()
        self._head(None)
        self._tell_without_points()
        for remarks in (self.report.notices, self.report.refused):
            remarks.sort(key=lambda remark: remark.place.row)
        self.report.understood["questions"] = len(self.found)
        return tuple(self.found)

    def _tell_without_points(self) -> None:
        """Say once, of all such questions, what whoever forgot the points would hear as often."""
        rows = [each.line for each in self.without_points]
        if len(rows) == 1:
            self.report.notice(
                Place(row=rows[0]),
                N_(
                    "%(words)s : sans points à ses réponses, elle ne comptera pas dans le score. Pour qu’elle compte, "
                    "finissez-les par leurs points : « Oui : 2 »"
                ),
                words=shown(self.without_points[0].piece["title"]),
            )
        elif rows:
            self.report.notice(
                Place(row=rows[0], more=tuple(rows[1:])),
                N_(
                    "sans points à leurs réponses, ces questions ne compteront pas dans le score. Pour qu’elles "
                    "comptent, finissez-les par leurs points : « Oui : 2 »"
                ),
            )

    def read(self, line: PlainLine) -> None:
        asked = self.open
        if line.mark == "#" and line.words:
            self._close()
            self._head(line)
        elif not line.words:
            self.report.refuse(
                Place(row=line.row),
                N_("%(words)s : cette ligne n’est ni une question, ni une réponse"),
                words=shown(line.mark),
            )
        elif not line.mark and asked is not None and self.at == "title" and fold(line.words) in ANNOUNCED:
            pass
        elif asked is not None and line.mark == ">":
            asked.help.append(line.words)
            asked.helped = True
            asked.rows += line.rows
            self.at = "help"
        elif asked is not None and line.goes_on and self._goes_on(asked, line):
            asked.rows += line.rows
        elif self._begins(line):
            self._close()
            self.open, self.at = _Open(line, line.words, rows=[*line.rows]), "title"
        elif asked is None:
            self.report.refuse(
                Place(row=line.row, more=line.more),
                N_("%(words)s : il n’y a pas encore de question au-dessus de cette ligne"),
                words=shown(line.words),
            )
        else:
            self._add(asked, line)
            asked.rows += line.rows

    def _head(self, line: PlainLine | None) -> None:
        """Begin a category, or nothing after the last; one without any question is no category."""
        if self.heading is not None and self.heading[1] == len(self.found):
            before = self.heading[0]
            self.report.refuse(
                Place(row=before.row),
                N_("%(words)s : cette catégorie n’a pas de question"),
                words=shown(before.words),
            )
        self.heading = (line, len(self.found)) if line is not None else None

    def _goes_on(self, asked: _Open, line: PlainLine) -> bool:
        """Take a line as the rest of the one before, where that one may have one."""
        if self.at == "title" and len(asked.title) < _LONGEST_BROKEN and not asked.line.asks:
            asked.title += f" {line.words}"
            asked.line = PlainLine(asked.line.row, asked.line.mark, asked.title, asked.line.number, asked.line.apart)
        elif self.at == "help":
            asked.help[-1] += f" {line.words}"
        elif self.at == "answer" and asked.last.mark and self._is_broken(asked.last):
            last = asked.answers.pop()
            asked.answers.append(PlainLine(last.row, last.mark, f"{last.words} {line.words}", last.number, last.apart))
        else:
            return False
        return True

    @staticmethod
    def _is_broken(answer: PlainLine) -> bool:
        return len(answer.words) < _LONGEST_BROKEN and not answer.earns

    def _begins(self, line: PlainLine) -> bool:
        """Whether a line begins a question."""
        asked = self.open
        if asked is None:
            return line.mark in {"", "1", "Q"} or (line.mark in {"-", "a"} and line.asks)
        match line.mark:
            case "Q":
                return True
            case "1":
                return line.asks or self._next_number(asked, line)
            case "-" | "a":
                # A list of questions that have no answers, perhaps under words that are none.
                return line.asks and not asked.answers and (asked.line.mark == line.mark or not asked.is_asked)
            case "":
                if line.offers or self._is_beside(line):
                    return False
                if asked.is_whole:
                    return True
                if line.apart:
                    return line.asks or not line.earns or bool(asked.answers)
                return line.asks or (bool(asked.answers) and bool(asked.last.mark) and not line.earns)
        return False

    def _is_beside(self, line: PlainLine) -> bool:
        """Whether it goes with the title that it follows, a blank line between them or not."""
        return line.is_aside and self.at in {"title", "help"}

    @staticmethod
    def _next_number(asked: _Open, line: PlainLine) -> bool:
        """Whether a numbered line is the next question, not the next answer of a numbered list."""
        before = asked.line.number
        follows = before is not None and line.number == before + 1
        if not asked.answers:
            return follows
        last = asked.last
        if last.mark != "1" or last.number is None or line.number != last.number + 1:
            return True
        return line.apart and follows

    def _add(self, asked: _Open, line: PlainLine) -> None:
        said = TYPE_WORDS.get(fold(line.words))
        if self._is_beside(line):
            # « (plusieurs réponses possibles) » under a title, or what helps to answer it.
            if said:
                asked.type = said
            else:
                asked.help.append(line.words[1:-1].strip() or line.words)
                self.at = "help"
            return
        listed = line.mark and not line.offers
        if listed and not any(each.mark or each.earns or each.offers for each in asked.answers):
            # Plain lines between a title and its list.
            asked.help += [each.words for each in asked.answers]
            asked.answers = []
        asked.answers.append(line)
        self.at = "answer"

    def _close(self) -> None:
        asked, self.open = self.open, None
        if asked is not None and not asked.is_asked:
            self.report.refuse(
                Place(row=asked.rows[0], more=tuple(asked.rows[1:])),
                N_(
                    "%(words)s : ni point d’interrogation, ni réponses après un tiret. Pour en faire une question, "
                    "ajoutez « (oui ou non) » au bout"
                ),
                words=shown(asked.title),
            )
        elif asked is not None:
            category = unbold(NUMBER.sub("", self.heading[0].words, count=1)) if self.heading is not None else ""
            self.found.append(Asked(asked.line.row, self._piece(asked), category.replace("\t", " ")))

    def _piece(self, asked: _Open) -> Tree:
        title, said = title_of(asked.title)
        said = said or asked.type
        piece: Tree = {"type": "single", "title": title}
        if asked.help:
            piece["help"] = "\n".join(asked.help)
        choices = [each for line in asked.answers for each in self._choice(line, piece)]
        if choices or said in {"single", "multiple"}:
            self._choose(asked, said, piece, choices)
            return piece
        piece["type"] = said or "boolean"
        if not said and not asked.line.asks:
            self.report.notice(
                Place(row=asked.line.row),
                N_("%(words)s : ni réponse, ni point d’interrogation ; prise comme une question par oui ou non"),
                words=shown(title),
            )
        return piece

    def _choose(self, asked: _Open, said: str, piece: Tree, choices: list[tuple[int, Tree]]) -> None:
        """Make of a question one whose answers are chosen; each comes with its line."""
        piece["type"] = "multiple" if said == "multiple" else "single"
        piece["choices"] = [choice for _, choice in choices]
        if said not in {"", "single", "multiple"}:
            self.report.notice(
                Place(row=asked.line.row),
                N_("%(words)s : elle a des réponses, on en choisira une"),
                words=shown(piece["title"]),
            )
        earning = any("points" in choice for _, choice in choices)
        if choices and not earning:
            self.without_points.append(Asked(asked.line.row, piece))
        for row, choice in choices:
            alone = piece["type"] == "multiple" and fold(str(choice["label"])) in NONE_OF_THEM
            if alone:
                choice["exclusive"] = True
            if earning and "points" not in choice:
                choice["points"] = 0
                if not alone and not nearly_points(str(choice["label"])):
                    self.report.notice(
                        Place(row=row), N_("%(words)s : sans points dits, elle vaut 0"), words=shown(choice["label"])
                    )

    def _choice(self, line: PlainLine, piece: Tree) -> Iterator[tuple[int, Tree]]:
        """The choice that an answer is, unless it is what a question offers besides its choices."""
        label, points = answer_of(line.words)
        name, place = fold(label), Place(row=line.row)
        if not label:
            self.report.refuse(place, N_("%(words)s : il manque les mots de cette réponse"), words=shown(line.words))
        elif name in UNKNOWN:
            piece["unknown"] = True
            if points:
                self.report.notice(place, N_("« Je ne sais pas » ne rapporte jamais de points"))
        elif name in NOT_APPLICABLE:
            piece["not_applicable"] = True
            if points is not None:
                self.report.notice(
                    place, N_("« Non concerné » retire la question du compte : ses points sont laissés de côté")
                )
        elif points is None:
            if nearly_points(line.words):
                self.report.notice(
                    place,
                    N_("%(words)s : si ce sont des points, écrivez-les ainsi : « Oui : 5 »"),
                    words=shown(label),
                )
            yield line.row, {"label": label}
        else:
            yield line.row, {"label": label, "points": points}
