"""Figures are written as the language of their page writes numbers."""

from __future__ import annotations

import pytest
from flask import Flask, session

from assett.core.plots import stacked


@pytest.mark.parametrize(("language", "mark"), [("fr", "\xa0%"), ("en", "%")])
def test_an_axis_in_per_cent_follows_the_language(app: Flask, language: str, mark: str) -> None:
    with app.test_request_context("/"):
        session["language"] = language
        assert stacked(["Énergie"], 100)["xaxis"]["ticksuffix"] == mark
