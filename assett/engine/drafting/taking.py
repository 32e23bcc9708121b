"""A whole document taken into a draft: pieces that say the same keep the draft's own way of writing them."""

from __future__ import annotations

from assett.engine.document import Document
from assett.engine.drafting.pieces import Parts, Tree, drafted, take_apart
from assett.engine.reading import examine_document
from assett.engine.writing import dump_document


def taken_over(tree: Tree, document: Document) -> Parts:
    """The parts of ``document`` in the place of a draft's ``tree``.

    A document is written anew with its defaults left out: what only differs in that is no change.
    """
    before, after = take_apart(tree), take_apart(drafted(dump_document(document)))
    written, problems = examine_document(tree)
    if problems:
        return after
    as_written = take_apart(drafted(dump_document(written)))
    pieces = {
        address: before.pieces[address]
        if address in before.pieces and as_written.pieces.get(address) == piece
        else piece
        for address, piece in after.pieces.items()
    }
    return Parts(pieces, after.outline)
