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

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import zip_longest
from typing import Final

from assett.formats.reports import Place, Report
from assett.kernel.text import N_, UNSTORABLE, fold, shown

Tree = dict[str, object]

# What says the type of a question at the end of its title, folded.
TYPE_WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("x", "plusieurs reponses", "plusieurs reponses possibles", "plusieurs choix", "choix multiple",
                     "plusieurs choix possibles", "choix multiples", "cases a cocher", "several answers",
                     "several answers possible", "multiple choice"), "multiple"),
    **dict.fromkeys(("une seule reponse", "une seule reponse possible", "un seul choix", "choix unique", "one answer",
                     "one answer only"), "single"),
    **dict.fromkeys(("oui ou non", "oui non", "yes or no", "yes no"), "boolean"),
    **dict.fromkeys(("nombre", "un nombre", "chiffre", "numerique", "number"), "number"),
    **dict.fromkeys(("texte", "texte libre", "reponse libre", "text", "free text"), "text"),
    "date": "date",
}  # fmt: skip
UNKNOWN: Final = frozenset(
    {"je ne sais pas", "ne sait pas", "ne sais pas", "nsp", "i don t know", "don t know", "i do not know"}
)
NOT_APPLICABLE: Final = frozenset(
    {"non concerne", "non concernee", "non concerne e", "non concernes", "non concernees", "pas concerne",
     "pas concernee", "pas concerne e", "sans objet", "non applicable", "n a", "not applicable", "not concerned"}
)  # fmt: skip
# What announces the answers, and says nothing else.
ANNOUNCED: Final = frozenset({"reponse", "reponses", "reponses possibles", "choix", "choix possibles", "answers"})
# Among several answers, what goes with no other.
NONE_OF_THEM: Final = frozenset({"aucun", "aucune", "aucun de ces choix", "aucune de ces reponses", "none of these"})

# Of a list, of letters, of numbers: what word processors make of them too. « *gras* » and « -5 » are words.
_LIST = r"(?:[–—•●○▪◦‣·]\s?|-(?!\d)\s?|[*o]\s)"
# A box to tick; ticked or not, it is an answer that one may give. The last three are those of Word's own fonts.
_BOX = r"(?:\[[ xX✓✔]?\]\s?|\([ xX]\)\s|[□■☐☑☒✓✔✗✘✅⬜\uf06f\uf0a8\uf0fe]\ufe0f?\s?)"
_BULLET = re.compile(rf"(?:{_LIST}{_BOX}|{_BOX}|{_LIST})(?=\S)")
_LETTER = re.compile(r"[A-Za-z][.)]\s(?=\S)")
_NUMBER = re.compile(r"(\d{1,2})[.)/°]\s(?=\S)")
_HEADING = re.compile(r"#+\s?")
_BOLD = re.compile(r"(\*\*|__)(.+)\1")
_QUESTION = re.compile(r"(?:question\s?|q\.?\s?)(?:n°\s?)?\d{1,2}\s?[.):–—-]\s?(?=\S)", re.IGNORECASE)
_HELP = re.compile(r"(?:>|aide\s?:|help\s?:)\s?", re.IGNORECASE)
_POINTS = re.compile(
    r"""\s?(?:
        # « 8:30 » is an hour, « 1:10 » a ratio.
        (?:(?<!\d):|:(?=\s)|[=\t])\s?(?P<after>{n})(?:\s?p(?:oin)?ts?)?
        |\(\s?(?P<within>{n})\s?p(?:oin)?t(?:s|\(s\))?\s?\)
        # Alone, a figure that is no year.
        |\(\s?(?P<alone>[+−-]?\d{1,2}(?:[.,]\d{1,6})?)\s?\)
        |[\s–—]\s?(?P<said>{n})\s?p(?:oin)?t(?:s|\(s\))?
    )\s?\.?$""".replace("{n}", r"[+−-]?\d{1,9}(?:[.,]\d{1,6})?"),
    re.VERBOSE | re.IGNORECASE,
)
_NEARLY_POINTS = re.compile(
    r"[:=(\t]\s?(?:[\d\s.,/+*−-]{1,30}|[^:=(\t]{0,20}\b(?:points?|pts?)\b[^:=(\t]{0,20})\)?\.?$", re.I
)
_TYPE = re.compile(
    r"\s?(?:\((?P<a>[^()]{1,40})\)|\[(?P<b>[^][]{1,40})\]|[:–—]\s?(?P<c>[^][():–—]{1,40})|(?<=\?)\s?(?P<d>[^?]{1,40}))\.?$"
)
# From its first sign to its last: « (Cantine) Combien de repas ? (nombre) » is not.
_ASIDE = re.compile(r"[(\[][^][()]*(?:[(\[].*)?[)\]]")
_SPACES = re.compile(r"\s+")
# What mailers write above a signature; an address has « ? » too, with a letter behind.
_SIGNATURE = "--"
_ASKS = re.compile(r"\?(?!\w)")
# What is said at the end of a line is within its last signs: what precedes may be as long as a text.
_END = 60
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
    rows, signature = _unsigned(_rows(text))
    for line in _lines(rows):
        reader.read(line)
    if signature:
        reader.report.refuse(
            Place(row=signature[0], more=signature[1:]),
            N_("après « -- », c’est une signature ; si ce sont des questions, retirez « -- »"),
        )
    return reader.ended(), reader.report


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that says something: its mark (``-`` of a list, ``a`` of letters, ``1`` of numbers, ``Q`` of « Question
    3 : », ``>`` of help, ``#`` of a category), what follows it, and whether a blank line precedes."""

    row: int
    mark: str
    words: str
    number: int | None
    apart: bool

    @property
    def asks(self) -> bool:
        return _title(self.words)[0].endswith("?")

    @property
    def is_aside(self) -> bool:
        """Whether it is between brackets as a whole: « (plusieurs réponses possibles) », or what helps to answer."""
        return not self.mark and _ASIDE.fullmatch(self.words) is not None

    @property
    def goes_on(self) -> bool:
        """Whether it may be the rest of the line before, which a mailer broke."""
        return not self.mark and not self.apart and self.words[0].islower()

    @property
    def earns(self) -> bool:
        return _POINTS.search(self.words, len(self.words) - _END) is not None

    @property
    def offers(self) -> bool:
        """Whether it is « je ne sais pas » or « non concerné », which needs no mark to be an answer."""
        return fold(_answer(self.words)[0]) in UNKNOWN | NOT_APPLICABLE


def _rows(text: str) -> list[str]:
    """Its lines, their spaces as one; a cell that is empty at the beginning of one stays a tab."""
    rows = UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    lines = [_SPACES.sub(_space, row.strip(" \t\ufeff\u200b").strip()) for row in rows]
    if all(each.startswith(">") for each in lines if each):
        # An e-mail that was answered.
        return [each[1:].strip() for each in lines]
    return [f"\t{line}" if line and row.startswith("\t") else line for row, line in zip(rows, lines, strict=True)]


def _unsigned(rows: Sequence[str]) -> tuple[list[str], tuple[int, ...]]:
    """Lines without the signature that « -- » begins, and the numbers of those that it takes; where a question still
    follows it, « -- » parts as a blank line does."""
    asked = max((row for row, line in enumerate(rows) if _ASKS.search(line)), default=-1)
    end = next((row for row, line in enumerate(rows) if line == _SIGNATURE and row > asked), len(rows))
    left = tuple(row for row, line in enumerate(rows[end:], end + 1) if line)
    return ["" if line == _SIGNATURE else line for line in rows[:end]], left


def _lines(rows: Sequence[str]) -> Iterator[_Line]:
    apart, before = False, ""
    for row, (cells, below) in enumerate(zip_longest(rows, rows[1:], fillvalue=""), 1):
        line = cells.lstrip("\t")
        title, cut, rest = line.partition("\t")
        if cut and (title.endswith("?") or title == before or _is_titled(line, below)):
            # Cells of a sheet: the question, once or beside each of its answers.
            if title != before:
                begun = _marked(row, title, apart)
                yield begun if begun.asks else replace(begun, mark="Q")
            before, apart = title, False
            yield _Line(row, "-", rest, None, False)
        elif before and not apart and line != cells:
            # Under the question's own cell.
            under = _marked(row, line, apart)
            yield under if under.mark or under.asks else replace(under, mark="-")
        elif line:
            before = ""
            yield _marked(row, line, apart)
        apart = not line


def _is_titled(line: str, below: str) -> bool:
    """Whether a row of cells begins with a title that does not ask: the row below says it again before words, or leaves
    its cell empty where this one ends with points."""
    title, _, rest = line.partition("\t")
    begun = _marked(0, line, False)
    if begun.mark in {"#", ">"} or len(begun.words) <= len(rest):
        # Of a category, of help; a bullet or a number alone in its cell.
        return False
    if below.startswith("\t"):
        return "\t" in rest and _answer(rest)[1] is not None
    again, _, other = below.partition("\t")
    return again == title and all(any(sign.isalpha() for sign in words) for words in (rest, other))


def _space(found: re.Match[str]) -> str:
    """Spaces as one; a cell's end stays one."""
    return "\t" if "\t" in found[0] else " "


_MARKS: Final = {"#": _HEADING, ">": _HELP, "Q": _QUESTION, "1": _NUMBER, "a": _LETTER, "-": _BULLET}


def _marked(row: int, line: str, apart: bool) -> _Line:
    line = _plain(line)
    for mark, pattern in _MARKS.items():
        if found := pattern.match(line):
            number = int(found[1]) if mark == "1" else None
            return _Line(row, mark, _plain(line[found.end() :].strip()), number, apart)
    return _Line(row, "", line, None, apart)


def _plain(words: str) -> str:
    """A line that is bold as a whole, without the signs that say so."""
    found = _BOLD.fullmatch(words)
    return found[2].strip() if found else words


def _title(words: str) -> tuple[str, str]:
    """A title without what says its type or that it is asked of everybody, and that type."""
    words = words.replace("\t", " ")
    if words.endswith(("? *", "?*")):
        words = words.rstrip(" *")
    found = _TYPE.search(words, len(words) - _END)
    said = TYPE_WORDS.get(fold(next(filter(None, found.groups())))) if found else None
    if found is None or said is None or not found.start():
        return words, ""
    return words[: found.start()].strip(), said


def _answer(words: str) -> tuple[str, int | Decimal | None]:
    """An answer's own words, and its points where they are said."""
    words = words.rstrip(" ;,")
    found = _POINTS.search(words, len(words) - _END)
    if found is None:
        return _plain(words.replace("\t", " ")), None
    written = next(filter(None, found.groups())).replace("−", "-").replace(",", ".")
    number = Decimal(written)
    label = words[: found.start()].rstrip(" \t:=–—-").replace("\t", " ")
    return _plain(label), int(number) if number == number.to_integral_value() else number


def _nearly_points(words: str) -> bool:
    """Whether an answer ends with what may be points, said in no way that is known."""
    return _NEARLY_POINTS.search(words, len(words) - _END) is not None


@dataclass(slots=True)
class _Open:
    """The question that is being read."""

    line: _Line
    title: str
    help: list[str] = field(default_factory=list)
    answers: list[_Line] = field(default_factory=list)
    type: str = ""
    # Whether « > » gives it a help: what is between brackets may as well stand under the title of a document.
    helped: bool = False
    # Of every line that was taken for it.
    rows: list[int] = field(default_factory=list)

    @property
    def is_asked(self) -> bool:
        """Whether anything says that it is a question: not « Bonjour, » nor « Cordialement »."""
        said = self.line.asks or self.line.mark in {"1", "Q"} or bool(self.type or self.helped or _title(self.title)[1])
        return said or any(each.mark or each.earns or each.offers for each in self.answers)

    @property
    def last(self) -> _Line:
        return self.answers[-1]

    @property
    def is_whole(self) -> bool:
        """Whether its title says that it has no answers to choose from."""
        return _title(self.title)[1] not in {"", "single", "multiple"} and not self.answers


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
        self.heading: tuple[_Line, int] | None = None

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
                    "%(words)s : sans points à ses réponses, elle ne comptera pas dans la note. Pour qu’elle compte, "
                    "finissez-les par leurs points : « Oui : 2 »"
                ),
                words=shown(self.without_points[0].piece["title"]),
            )
        elif rows:
            self.report.notice(
                Place(row=rows[0], more=tuple(rows[1:])),
                N_(
                    "sans points à leurs réponses, ces questions ne compteront pas dans la note. Pour qu’elles "
                    "comptent, finissez-les par leurs points : « Oui : 2 »"
                ),
            )

    def read(self, line: _Line) -> None:
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
            asked.rows.append(line.row)
            self.at = "help"
        elif asked is not None and line.goes_on and self._goes_on(asked, line):
            asked.rows.append(line.row)
        elif self._begins(line):
            self._close()
            self.open, self.at = _Open(line, line.words, rows=[line.row]), "title"
        elif asked is None:
            self.report.refuse(
                Place(row=line.row),
                N_("%(words)s : il n’y a pas encore de question au-dessus de cette ligne"),
                words=shown(line.words),
            )
        else:
            self._add(asked, line)
            asked.rows.append(line.row)

    def _head(self, line: _Line | None) -> None:
        """Begin a category, or nothing after the last; one without any question is no category."""
        if self.heading is not None and self.heading[1] == len(self.found):
            before = self.heading[0]
            self.report.refuse(
                Place(row=before.row),
                N_("%(words)s : cette catégorie n’a pas de question"),
                words=shown(before.words),
            )
        self.heading = (line, len(self.found)) if line is not None else None

    def _goes_on(self, asked: _Open, line: _Line) -> bool:
        """Take a line as the rest of the one before, where that one may have one."""
        if self.at == "title" and len(asked.title) < _LONGEST_BROKEN and not asked.line.asks:
            asked.title += f" {line.words}"
            asked.line = _Line(asked.line.row, asked.line.mark, asked.title, asked.line.number, asked.line.apart)
        elif self.at == "help":
            asked.help[-1] += f" {line.words}"
        elif self.at == "answer" and asked.last.mark and self._is_broken(asked.last):
            last = asked.answers.pop()
            asked.answers.append(_Line(last.row, last.mark, f"{last.words} {line.words}", last.number, last.apart))
        else:
            return False
        return True

    @staticmethod
    def _is_broken(answer: _Line) -> bool:
        return len(answer.words) < _LONGEST_BROKEN and not answer.earns

    def _begins(self, line: _Line) -> bool:
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

    def _is_beside(self, line: _Line) -> bool:
        """Whether it goes with the title that it follows, a blank line between them or not."""
        return line.is_aside and self.at in {"title", "help"}

    @staticmethod
    def _next_number(asked: _Open, line: _Line) -> bool:
        """Whether a numbered line is the next question, not the next answer of a numbered list."""
        before = asked.line.number
        follows = before is not None and line.number == before + 1
        if not asked.answers:
            return follows
        last = asked.last
        if last.mark != "1" or last.number is None or line.number != last.number + 1:
            return True
        return line.apart and follows

    def _add(self, asked: _Open, line: _Line) -> None:
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
            category = _plain(_NUMBER.sub("", self.heading[0].words, count=1)) if self.heading is not None else ""
            self.found.append(Asked(asked.line.row, self._piece(asked), category.replace("\t", " ")))

    def _piece(self, asked: _Open) -> Tree:
        title, said = _title(asked.title)
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
                if not alone and not _nearly_points(str(choice["label"])):
                    self.report.notice(
                        Place(row=row), N_("%(words)s : sans points dits, elle vaut 0"), words=shown(choice["label"])
                    )

    def _choice(self, line: _Line, piece: Tree) -> Iterator[tuple[int, Tree]]:
        """The choice that an answer is, unless it is what a question offers besides its choices."""
        label, points = _answer(line.words)
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
            if _nearly_points(line.words):
                self.report.notice(
                    place,
                    N_("%(words)s : si ce sont des points, écrivez-les ainsi : « Oui : 5 »"),
                    words=shown(label),
                )
            yield line.row, {"label": label}
        else:
            yield line.row, {"label": label, "points": points}
