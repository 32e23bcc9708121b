"""A whole document taken into a draft: one that replaces its content, or an older version that begins it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from assett.engine.document import Document, Scale
from assett.engine.drafting.keeping import Kept, keeping
from assett.engine.drafting.operations import spoken_in
from assett.engine.drafting.pieces import GRID, Parts, Tree, drafted, take_apart
from assett.engine.lineage import Renaming, renaming
from assett.engine.reading import examine_document, read_document
from assett.engine.writing import dump_document


def taken_over(tree: Tree, document: Document, kept: Collection[Kept] = ()) -> Parts:
    """The parts of ``document`` in the place of a draft's ``tree``, but for what is ``kept`` of it.

    A document is written anew with its defaults left out: what only differs in that is no change. Pieces that say the
    same keep the draft's own way of writing them.
    """
    before, after = take_apart(tree), take_apart(drafted(dump_document(document)))
    written, problems = examine_document(tree)
    if problems:
        return keeping(before, after, kept)
    as_written = take_apart(drafted(dump_document(written)))
    after = keeping(as_written, after, kept)
    pieces = {
        address: before.pieces[address]
        if address in before.pieces and as_written.pieces.get(address) == piece
        else piece
        for address, piece in after.pieces.items()
    }
    pieces[GRID] = _scaled(before.pieces.get(GRID, {}), pieces[GRID])
    return Parts(pieces, after.outline)


def _scaled(before: Tree, after: Tree) -> Tree:
    """A grid whose scale says what the one before said, be it the default."""
    usual, former = Scale(), before.get("scale")
    if not former:
        return after
    return {**after, "scale": {**{key: int(getattr(usual, key)) for key in former}, **after.get("scale", {})}}


def said_in(document: Document, languages: Sequence[str]) -> Document:
    """A published document with its texts in these languages alone."""
    tree = spoken_in(dump_document(document), languages)
    return read_document({**tree, "languages": list(languages)}, published=True)


def brought_back(tree: Tree, old: Document, since: Sequence[Document]) -> Tree:
    """The tree of an older version, to begin a draft from: as the draft comes after the versions ``since``, oldest
    first, what one of them calls otherwise has that name among its former ones."""
    found = tree
    for place, version in enumerate(since):
        found = _named(found, renaming(old, version, since[:place]))
    return found


def _named(tree: Tree, since: Renaming) -> Tree:
    questions = [question for category in tree["categories"] for question in category["questions"]]
    called = {each["id"]: each for each in _called(questions, since.questions, since.choices)}
    found = {
        **tree,
        "categories": [
            {**category, "questions": [called[question["id"]] for question in category["questions"]]}
            for category in tree["categories"]
        ],
    }
    if "profile" in tree:
        found["profile"] = _called(tree["profile"], since.entries, since.entry_choices)
    return found


def _called(things: list[Tree], names: Mapping[str, str], choices: Mapping[str, Mapping[str, str]]) -> list[Tree]:
    """Things with the names that they have had since among their former ones, and their choices likewise."""
    # A name means one thing: one that is another's, now or before, stays with that one.
    taken = {name for each in things for name in (each["id"], *each.get("was", ()))}
    found = []
    for each in things:
        name = names.get(each["id"], each["id"])
        thing = each if name in taken else {**each, "was": [name, *each.get("was", ())]}
        if thing.get("choices"):
            thing = {**thing, "choices": _called(thing["choices"], choices.get(thing["id"], {}), {})}
        found.append(thing)
    return found
