"""A text in another language than its page says so, for whoever hears it read."""

from __future__ import annotations

from flask import Flask, render_template_string, session

from assett.core.i18n import spoken, spoken_in


def test_a_text_says_its_language_where_the_page_s_is_another(app: Flask) -> None:
    with app.test_request_context("/"):
        assert spoken("Café & Co") == "Café &amp; Co"
        assert spoken("Bakery", "en") == '<span lang="en">Bakery</span>'
        session["language"] = "en"
        assert spoken("Café & Co") == '<span lang="fr">Café &amp; Co</span>'
        assert spoken("Bakery", "en") == "Bakery"
        assert spoken_in() == ' lang="fr"'
        assert spoken_in("en") == ""


def test_a_template_marks_a_text_and_an_element(app: Flask) -> None:
    with app.test_request_context("/"):
        session["language"] = "en"
        page = render_template_string("<p{{ spoken_in() }}>{{ name }}</p><b>{{ name|spoken }}</b>", name="<Le Café>")
    assert page == '<p lang="fr">&lt;Le Café&gt;</p><b><span lang="fr">&lt;Le Café&gt;</span></b>'
