"""The lines of a text that was pasted, and what each says by itself: its mark, its words, its points.

Mailers and word processors break lines between brackets, draw rules, sign; a sheet comes with its cells, the category
of each question in the first of them perhaps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import zip_longest
from typing import Final

from assett.kernel.text import UNSTORABLE, fold

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
# Of a list, of letters, of numbers: what word processors make of them too. « *gras* » and « -5 » are words.
_LIST = r"(?:[–—•●○▪◦‣·]\s?|-(?!\d)\s?|[*o]\s)"
# A box to tick; ticked or not, it is an answer that one may give. The last three are those of Word's own fonts.
_BOX = r"(?:\[[ xX✓✔]?\]\s?|\([ xX]\)\s|[□■☐☑☒✓✔✗✘✅⬜\uf06f\uf0a8\uf0fe]\ufe0f?\s?)"
_BULLET = re.compile(rf"(?:{_LIST}{_BOX}|{_BOX}|{_LIST})(?=\S)")
_LETTER = re.compile(r"[A-Za-z][.)]\s(?=\S)")
NUMBER = re.compile(r"(\d{1,2})[.)/°]\s(?=\S)")
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


# What parts questions: three signs or more of one kind, alone on their line.
_RULE = re.compile(r"([-–—_*=~.#•·])(?: ?\1){2,}")
# The titles of a sheet that is pasted with them, folded; those of its first column that say categories.
_CATEGORIES: Final = frozenset(
    {"categorie", "categories", "theme", "themes", "thematique", "rubrique", "axe", "category"}
)
_TITLES: Final = _CATEGORIES | {
    "question", "questions", "intitule", "reponse", "reponses", "reponses possibles", "choix", "answer", "answers",
    "point", "points", "score", "note", "bareme", "type", "n", "no", "numero",
}  # fmt: skip
# What plain lines say that answer, as their first word.
_ANSWERING: Final = frozenset(
    {"oui", "non", "jamais", "toujours", "parfois", "souvent", "rarement", "partiellement", "totalement", "aucun",
     "aucune", "pas", "yes", "no", "never", "always", "sometimes", "often", "rarely"}
)  # fmt: skip
_CLOSING: Final = frozenset(
    {"merci", "cordialement", "bien", "bonne", "bonnes", "salutations", "amicalement", "bonjour", "thanks", "regards",
     "best", "kind", "sincerely", "hello"}
)  # fmt: skip
_LONGEST_ANSWER: Final = 80


@dataclass(frozen=True, slots=True)
class Pasted:
    """The lines of a text; the numbers of those of its signature; and of those that are taken for the answers of the
    question above them without any mark, with that question."""

    lines: Sequence[PlainLine]
    signature: tuple[int, ...]
    guessed: Sequence[tuple[PlainLine, tuple[int, ...]]]


def plain_lines(text: str) -> Pasted:
    """The lines of a text that say something."""
    raw = UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    raw, categories = _uncategorized(raw)
    rows, signature = _unsigned(_rows(raw))
    lines = [
        each
        for line in _joined(list(_lines(rows)))
        for each in (
            *((PlainLine(line.row, "#", categories.pop(line.row), None, False),) if line.row in categories else ()),
            line,
        )
    ]
    guessed = []
    for place, line in enumerate(lines):
        count = _answering(lines, place)
        if count:
            taken = lines[place + 1 : place + 1 + count]
            lines[place + 1 : place + 1 + count] = [replace(each, mark="-", apart=False) for each in taken]
            guessed.append((line, tuple(each.row for each in taken)))
    return Pasted(lines, signature, guessed)


def _uncategorized(rows: Sequence[str]) -> tuple[list[str], dict[int, str]]:
    """The rows of a sheet without the titles of its columns nor its first column where that has categories or numbers;
    these categories, by the line that they begin at."""
    table = [row for row, text in enumerate(rows) if "\t" in text]
    left, cells = list(rows), {row: [cell.strip() for cell in rows[row].split("\t")] for row in table}
    first = next((cells[row] for row in table if any(cells[row])), [])
    titled = sum(map(bool, first)) > 1 and all(fold(cell) in _TITLES for cell in first if fold(cell))
    if titled:
        head = next(row for row in table if cells[row] is first)
        left[head] = ""
        table = [row for row in table if row > head]
    said = [cells[row] for row in table if cells[row][0] and cells[row][1]]
    if not said or not ((titled and fold(first[0]) in _CATEGORIES) or all(map(_stands_before_a_question, said))):
        return left, {}
    categories: dict[int, str] = {}
    current = ""
    for row in table:
        name, *others = cells[row]
        left[row] = "\t".join(others)
        if name and name != current and any(sign.isalpha() for sign in name):
            current = name
            if any(others):
                categories[row + 1] = name
            else:
                # Alone in its row, as a heading.
                left[row] = f"# {name}"
    return left, categories


def _stands_before_a_question(cells: Sequence[str]) -> bool:
    begun = _marked(0, cells[0], False)
    return not begun.mark and not title_of(cells[0])[0].endswith("?") and title_of(cells[1])[0].endswith("?")


def _joined(lines: Sequence[PlainLine]) -> list[PlainLine]:
    """Lines of which none ends within brackets that the next ones close."""
    found: list[PlainLine] = []
    for line in lines:
        before = found[-1] if found else None
        if before is not None and not (line.mark or line.apart) and _is_closed_by(before, line):
            found[-1] = replace(before, words=f"{before.words} {line.words}", more=(*before.more, line.row))
        else:
            found.append(line)
    return found


def _is_closed_by(before: PlainLine, line: PlainLine) -> bool:
    if "\t" in before.words + line.words:
        return False
    for opening, closing in ("()", "[]"):
        _, opened, rest = before.words.rpartition(opening)
        inner, closed, _ = line.words.partition(closing)
        if opened and closed and closing not in rest and opening not in inner and len(rest + inner) < _END:
            return True
    return False


def _answering(lines: Sequence[PlainLine], place: int) -> int:
    """How many of the lines after a question are its answers though a blank line parts them and nothing marks them."""
    asked = lines[place]
    if not asked.asks or asked.mark not in {"", "1", "Q"} or title_of(asked.words)[1] not in {"", "single", "multiple"}:
        return 0
    end = place + 1
    while end < len(lines) and not (lines[end].mark or lines[end].asks or lines[end].is_aside):
        end += 1
    run = lines[place + 1 : end]
    if end < len(lines) and lines[end].mark in {"-", "a", ">"}:
        # They stand before a list, and help to answer.
        return 0
    block = next((at for at, line in enumerate(run) if at and line.apart), len(run))
    if block > 1 and run[0].apart:
        run = run[:block]
    elif not any(each.apart for each in run) or not any(map(_answers, run)):
        return 0
    fits = all(len(each.words) <= _LONGEST_ANSWER and not _closes(each.words) for each in run)
    return len(run) if len(run) > 1 and fits else 0


def _answers(line: PlainLine) -> bool:
    return line.earns or line.offers or fold(line.words).partition(" ")[0] in _ANSWERING


def _closes(words: str) -> bool:
    """Whether a line ends a mail, or says what follows."""
    return words.endswith((",", ":")) or fold(words).partition(" ")[0] in _CLOSING


@dataclass(frozen=True, slots=True)
class PlainLine:
    """A line that says something: its mark (``-`` of a list, ``a`` of letters, ``1`` of numbers, ``Q`` of « Question
    3 : », ``>`` of help, ``#`` of a category), what follows it, and whether a blank line precedes."""

    row: int
    mark: str
    words: str
    number: int | None
    apart: bool
    # Of those that are the rest of it.
    more: tuple[int, ...] = ()

    @property
    def rows(self) -> tuple[int, ...]:
        return (self.row, *self.more)

    @property
    def asks(self) -> bool:
        return title_of(self.words)[0].endswith("?")

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
        return fold(answer_of(self.words)[0]) in UNKNOWN | NOT_APPLICABLE


def _rows(rows: Sequence[str]) -> list[str]:
    """Lines with their spaces as one; a cell that is empty at the beginning of one stays a tab."""
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
    return ["" if line == _SIGNATURE or _RULE.fullmatch(line) else line for line in rows[:end]], left


def _lines(rows: Sequence[str]) -> Iterator[PlainLine]:
    apart, before = False, ""
    for row, (cells, below) in enumerate(zip_longest(rows, rows[1:], fillvalue=""), 1):
        line = cells.lstrip("\t")
        title, cut, rest = line.partition("\t")
        if cut and (title.endswith("?") or title == before or _is_titled(line, below)):
            # Cells of a sheet: the question, once or beside each of its answers; its type, if it has none.
            if title != before and title.endswith("?") and fold(rest) in TYPE_WORDS and not below.startswith("\t"):
                yield _marked(row, f"{title} ({rest})", apart)
                before, apart = "", False
                continue
            if title != before:
                begun = _marked(row, title, apart)
                yield begun if begun.asks else replace(begun, mark="Q")
            before, apart = title, False
            yield PlainLine(row, "-", rest, None, False)
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
        return "\t" in rest and answer_of(rest)[1] is not None
    again, _, other = below.partition("\t")
    return again == title and all(any(sign.isalpha() for sign in words) for words in (rest, other))


def _space(found: re.Match[str]) -> str:
    """Spaces as one; a cell's end stays one."""
    return "\t" if "\t" in found[0] else " "


_MARKS: Final = {"#": _HEADING, ">": _HELP, "Q": _QUESTION, "1": NUMBER, "a": _LETTER, "-": _BULLET}


def _marked(row: int, line: str, apart: bool) -> PlainLine:
    line = unbold(line)
    for mark, pattern in _MARKS.items():
        if found := pattern.match(line):
            number = int(found[1]) if mark == "1" else None
            return PlainLine(row, mark, unbold(line[found.end() :].strip()), number, apart)
    return PlainLine(row, "", line, None, apart)


def unbold(words: str) -> str:
    """A line that is bold as a whole, without the signs that say so."""
    found = _BOLD.fullmatch(words)
    return found[2].strip() if found else words


def title_of(words: str) -> tuple[str, str]:
    """A title without what says its type or that it is asked of everybody, and that type."""
    words = words.replace("\t", " ")
    if words.endswith(("? *", "?*")):
        words = words.rstrip(" *")
    found = _TYPE.search(words, len(words) - _END)
    said = TYPE_WORDS.get(fold(next(filter(None, found.groups())))) if found else None
    if found is None or said is None or not found.start():
        return words, ""
    return words[: found.start()].strip(), said


def answer_of(words: str) -> tuple[str, int | Decimal | None]:
    """An answer's own words, and its points where they are said."""
    words = words.rstrip(" ;,")
    found = _POINTS.search(words, len(words) - _END)
    if found is None:
        return unbold(words.replace("\t", " ")), None
    written = next(filter(None, found.groups())).replace("−", "-").replace(",", ".")
    number = Decimal(written)
    label = words[: found.start()].rstrip(" \t:=–—-").replace("\t", " ")
    return unbold(label), int(number) if number == number.to_integral_value() else number


def nearly_points(words: str) -> bool:
    """Whether an answer ends with what may be points, said in no way that is known."""
    return _NEARLY_POINTS.search(words, len(words) - _END) is not None
