"""What the demonstration has actors read suits each of them."""

from __future__ import annotations

import re

from assett.charters import starting
from assett.demo.content import territories


def test_whoever_works_alone_can_sign_the_charters() -> None:
    of_several = re.compile(r"nos équipes|travaillent avec nous|our teams|work with us")
    texts = [text for each in territories() for charter in each.charters for text in charter["text"].values()]
    # And that which every team may begin with.
    texts += starting.TEXTS.values()
    assert texts and [text for text in texts if of_several.search(text)] == []
