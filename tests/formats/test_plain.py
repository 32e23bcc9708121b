"""Questions written one after the other as text: what is understood, and what of it is told."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assett.formats.plain import read_questions
from assett.kernel.text import fold

Tree = dict[str, Any]


def read(text: str) -> list[Tree]:
    return [dict(each.piece) for each in read_questions(text)[0]]


def told(text: str) -> list[str]:
    report = read_questions(text)[1]
    return [str(each).replace("\u00a0", " ") for each in (*report.refused, *report.notices)]


def labels(piece: Tree) -> list[tuple[str, Any]]:
    return [(each["label"], each.get("points")) for each in piece["choices"]]


EXAMPLE = """\
Vos ampoules sont-elles toutes à LED ?
> On les reconnaît à leur étiquette.
- Oui, partout : 5
- En partie : 2
- Non : 0
- Je ne sais pas
- Non concerné

Avez-vous un potager ?
"""


def test_a_question_with_its_help_its_answers_and_what_it_offers_besides() -> None:
    lamps, garden = read(EXAMPLE)
    assert labels(lamps) == [("Oui, partout", 5), ("En partie", 2), ("Non", 0)]
    assert lamps["title"] == "Vos ampoules sont-elles toutes à LED ?" and lamps["type"] == "single"
    assert lamps["help"] == "On les reconnaît à leur étiquette."
    assert lamps["unknown"] is True and lamps["not_applicable"] is True
    assert garden == {"type": "boolean", "title": "Avez-vous un potager ?"}
    assert told(EXAMPLE) == []


@pytest.mark.parametrize(
    "answer",
    ["- Oui : 3", "– Oui = 3", "• Oui (3 points)", "•\tOui\t3", "* Oui : 3 pts", "a) Oui 3 pts", "1. Oui – 3 points",
     "- Oui (3 pt(s)) ;", "- Oui\xa0:\xa03", "Oui : 3", "Oui\t3", "o\tOui\t3", "-Oui : 3 points.", "· Oui (3)"],
)  # fmt: skip
def test_points_are_said_in_many_ways(answer: str) -> None:
    (piece,) = read(f"Triez-vous ?\n{answer}\n- Non : 0")
    assert labels(piece) == [("Oui", 3), ("Non", 0)]


def test_points_may_be_decimal_or_negative() -> None:
    (piece,) = read("Triez-vous ?\n- Un peu : 0,5\n- Non : −1\n- Tout : 2.25")
    assert labels(piece) == [("Un peu", Decimal("0.5")), ("Non", -1), ("Tout", Decimal("2.25"))]


@pytest.mark.parametrize("answer", ["- Avant (1990)", "- De 10 à 20", "- Plus de 50 %", "- 3 fois"])
def test_a_figure_that_is_no_points_stays_in_the_answer(answer: str) -> None:
    (piece,) = read(f"Depuis quand ?\n{answer}\n- Jamais : 1")
    assert labels(piece)[0] == (answer[2:], 0)


@pytest.mark.parametrize("words", ["8:30", "De 8:00 à 12:00", "1:10", "Un pour 1:10"])
def test_an_hour_or_a_ratio_is_no_points_and_is_told(words: str) -> None:
    text = f"Depuis quand ?\n- {words}\n- Jamais : 1"
    assert labels(read(text)[0]) == [(words, 0), ("Jamais", 1)]
    assert told(text) == [f"ligne 2 : « {words} » : si ce sont des points, écrivez-les ainsi : « Oui : 5 »"]


@pytest.mark.parametrize(
    ("answer", "label"), [("De 8:00 à 12:00 : 2", "De 8:00 à 12:00"), ("Moins de 50: 2", "Moins de 50"),
                          ("Moins de 50 :2", "Moins de 50"), ("Oui:2", "Oui"), ("8:30\t2", "8:30")],
)  # fmt: skip
def test_points_may_follow_a_figure(answer: str, label: str) -> None:
    (piece,) = read(f"Depuis quand ?\n- {answer}\n- Jamais : 0")
    assert labels(piece)[0] == (label, 2)


@pytest.mark.parametrize(
    ("title", "type"),
    [("Quels gestes ? (plusieurs réponses possibles)", "multiple"), ("Quels gestes ? [x]", "multiple"),
     ("Quels gestes ? Plusieurs choix possibles.", "multiple"), ("Quels gestes ? : texte", "text"),
     ("Quels gestes ? : Nombre", "number"), ("Quels gestes ? (oui ou non)", "boolean"),
     ("Quels gestes ? : date", "date"),
     ("Quels gestes ?\n(plusieurs réponses possibles)", "multiple")],
)  # fmt: skip
def test_the_end_of_a_title_says_the_type(title: str, type: str) -> None:
    answers = "\n- A : 1\n- B : 1" if type == "multiple" else ""
    (piece,) = read(title + answers)
    assert (piece["type"], piece["title"]) == (type, "Quels gestes ?")


@pytest.mark.parametrize("words", ["je ne sais pas", "Je ne sais pas.", "NSP", "Ne sait pas : 0", "Don’t know"])
def test_not_to_know_is_no_choice(words: str) -> None:
    (piece,) = read(f"Triez-vous ?\n- Oui : 1\n- Non : 0\n{words}")
    assert piece["unknown"] is True and len(piece["choices"]) == 2


@pytest.mark.parametrize("words", ["- NON CONCERNÉ", "- Non concerné(e)", "- sans objet", "N/A", "- Non concerné·e"])
def test_not_to_be_concerned_is_no_choice(words: str) -> None:
    (piece,) = read(f"Triez-vous ?\n- Oui : 1\n- Non : 0\n{words}")
    assert piece["not_applicable"] is True and len(piece["choices"]) == 2


def test_numbered_questions_with_listed_answers() -> None:
    found = read(
        "1. Triez-vous ?\n- Oui\n- Non\n2. Compostez-vous ?\n- Oui\n- Non\n\nQuestion 3 : Et l’eau\n- Oui\n- Non"
    )
    assert [each["title"] for each in found] == ["Triez-vous ?", "Compostez-vous ?", "Et l’eau"]


def test_numbered_answers_under_a_numbered_question() -> None:
    found = read("1. Part de bio\n1. Peu : 1\n2. Tout : 2\n\n2. Part de local\n1. Peu : 1\n2. Tout : 2")
    assert [labels(each) for each in found] == [[("Peu", 1), ("Tout", 2)]] * 2


def test_a_list_of_questions_without_answers() -> None:
    for marks in (("", "", ""), ("- ", "- ", "- "), ("1. ", "2. ", "3. "), ("a) ", "b) ", "c) ")):
        text = "\n".join(
            f"{mark}{title} ?" for mark, title in zip(marks, ("Trier", "Composter", "Planter"), strict=True)
        )
        assert [(each["type"], each["title"]) for each in read(text)] == [
            ("boolean", "Trier ?"),
            ("boolean", "Composter ?"),
            ("boolean", "Planter ?"),
        ]


def test_a_list_that_lost_its_bullets() -> None:
    assert [labels(each) for each in read("Triez-vous ?\nOui : 2\nNon : 0\nCompostez-vous ?\nOui : 1\nNon : 0")] == [
        [("Oui", 2), ("Non", 0)],
        [("Oui", 1), ("Non", 0)],
    ]


def test_what_a_mailer_broke_or_quoted_is_put_together() -> None:
    (piece,) = read(
        "> Vos bureaux sont-ils\n> chauffés au bois ?\n> - Oui, presque toujours et\n> partout : 3\n> - Non : 0"
    )
    assert piece["title"] == "Vos bureaux sont-ils chauffés au bois ?"
    assert labels(piece) == [("Oui, presque toujours et partout", 3), ("Non", 0)]


def test_plain_words_between_a_title_and_its_list_are_its_help() -> None:
    (piece,) = read("Compostez-vous ?\nComptez aussi les tontes.\n- Oui : 1\n- Non : 0")
    assert piece["help"] == "Comptez aussi les tontes." and len(piece["choices"]) == 2


def test_lists_that_are_spaced_out_hold_together() -> None:
    (piece,) = read("Triez-vous ?\n\n- Oui : 1\n\n- Non : 0\n")
    assert labels(piece) == [("Oui", 1), ("Non", 0)]


def test_cells_of_a_sheet() -> None:
    for rows in ("Trier ?\tOui\t2\nTrier ?\tNon\t0\nPlanter ?\tOui\t1\nPlanter ?\tNon\t0",
                 "Trier ?\tOui\t2\n\tNon\t0\nPlanter ?\tOui\t1\n\tNon\t0",
                 "Trier ?\t\nOui\t2\nNon\t0\nPlanter ?\t\nOui\t1\nNon\t0"):  # fmt: skip
        found = read(rows)
        assert [each["title"] for each in found] == ["Trier ?", "Planter ?"]
        assert [labels(each) for each in found] == [[("Oui", 2), ("Non", 0)], [("Oui", 1), ("Non", 0)]]


@pytest.mark.parametrize(
    "rows",
    ["Potager\tOui\t2\nPotager\tNon\t0\nEau de pluie\tOui\t2\nEau de pluie\tNon\t0",
     "1. Potager\tOui\t2\n1. Potager\tNon\t0\n\n2. Eau de pluie\tOui\t2\n2. Eau de pluie\tNon\t0",
     "Potager\tOui\t2\n\tNon\t0\nEau de pluie\tOui\t2\n\tNon\t0"],
)  # fmt: skip
def test_cells_of_a_sheet_whose_titles_do_not_ask(rows: str) -> None:
    for text in (rows, f"Question\tRéponse\tPoints\n{rows}"):
        found = read(text)
        assert [each["title"] for each in found] == ["Potager", "Eau de pluie"]
        assert [labels(each) for each in found] == [[("Oui", 2), ("Non", 0)]] * 2
    assert told(rows) == []
    assert told("# Eau\tOui\n# Eau\tNon")[0].endswith("cette catégorie n’a pas de question")


def test_cells_of_a_sheet_without_points() -> None:
    for rows in ("Potager\tOui\nPotager\tNon", "Potager ?\tOui\n\tNon"):
        (piece,) = read(rows)
        assert piece["title"].startswith("Potager") and labels(piece) == [("Oui", None), ("Non", None)]


def test_answers_in_cells_are_no_titles() -> None:
    for rows in ("•\tOui\t2\n•\tNon\t0", "1.\tOui\t2\n2.\tNon\t0", "\t•\tOui\t2\n\t•\tNon\t0",
                 "\tOui : 2\n\tNon : 0", "Oui\t2\nNon\t0"):  # fmt: skip
        (piece,) = read(f"Trier ?\n{rows}")
        assert labels(piece) == [("Oui", 2), ("Non", 0)]


def test_signs_of_other_tools_are_no_words() -> None:
    (piece,) = read("**1/ Triez-vous ? ***\nRéponses :\n- **Oui** : 2\n☐ Non (0)")
    assert piece["title"] == "Triez-vous ?" and labels(piece) == [("Oui", 2), ("Non", 0)]


@pytest.mark.parametrize(
    "box",
    ["[ ] ", "[x] ", "[X]", "[]\t", "- [ ] ", "* [x] ", "( ) ", "(x) ", "☐ ", "☑", "☑\ufe0f ", "☒ ", "✓ ", "✔ ", "✅ ",
     "\uf0a8\t", "\uf0fe "],
)  # fmt: skip
def test_a_box_to_tick_is_an_answer(box: str) -> None:
    for end in (" : 1", ""):
        (piece,) = read(f"Quels déchets triez-vous ?\n{box}Papier{end}\n{box}Verre{end}")
        assert labels(piece) == [("Papier", 1 if end else None), ("Verre", 1 if end else None)]
        assert "help" not in piece


def test_what_is_in_brackets_is_no_box() -> None:
    (piece,) = read("Triez-vous ?\n[x]\n- (presque) tout : 2\n- [tri] rien : 0")
    assert piece["type"] == "multiple" and labels(piece) == [("(presque) tout", 2), ("[tri] rien", 0)]


def test_greetings_are_no_questions_and_are_told() -> None:
    text = (
        "Bonjour Claire,\nvoici mes idées :\n- Trier ?\n- Composter ?\n\nÉnergie\n\nChauffer ?\n- Oui\n\nMerci\nJulien"
    )
    assert [each["title"] for each in read(text)] == ["Trier ?", "Composter ?", "Chauffer ?"]
    left = [each.partition(" : ni point d’interrogation")[0] for each in told(text)[:3]]
    assert left == [
        "lignes 1, 2 : « Bonjour Claire, voici mes idées : »",
        "ligne 6 : « Énergie »",
        "lignes 11, 12 : « Merci »",
    ]


def test_a_signature_ends_the_text_and_is_told_once() -> None:
    text = "Trier ?\n- Oui : 1\n- Non : 0\n\nBonne journée,\nPaul\n-- \nPaul Dupont\n\nhttps://exemple.fr/?page=2"
    assert [each["title"] for each in read(text)] == ["Trier ?"]
    greeting, signature = told(text)
    assert greeting.startswith("lignes 5, 6 : « Bonne journée, » : ni point d’interrogation")
    assert signature == "lignes 7, 8, 10 : après « -- », c’est une signature ; si ce sont des questions, retirez « -- »"


def test_dashes_between_two_questions_are_no_signature() -> None:
    text = "Trier ?\n- Oui : 1\n- Non : 0\n--\nComposter ?\n- Oui : 1\n- Non : 0"
    assert [labels(each) for each in read(text)] == [[("Oui", 1), ("Non", 0)]] * 2
    assert told(text) == []


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_line_between_brackets_makes_no_question_of_the_title_above_it(between: str) -> None:
    text = (
        f"Questionnaire « Cantines » – mes dix questions{between}(Claire, mars – à mettre en ligne)\n\n1. Une cantine ?"
    )
    assert [each["title"] for each in read(text)] == ["Une cantine ?"]
    (refused,) = read_questions(text)[1].refused
    assert refused.place.rows == (1, 1 + len(between))


def test_a_line_between_brackets_goes_with_the_question_above_a_blank_line() -> None:
    text = (
        "La cantine est-elle bio ?\n\n(seulement si la commune (ou l’école) en a une)\n\n(plusieurs réponses possibles)"
        "\n\n- Jamais (0 point)\n\n- Souvent (2 points)\n\nCombien de vélos ? (nombre)\n\n(au 31 décembre)\n\n"
        "(Cantine) Combien de repas ? (nombre)"
    )
    canteen, bikes, meals = read(text)
    assert canteen["help"] == "seulement si la commune (ou l’école) en a une"
    assert canteen["type"] == "multiple" and labels(canteen) == [("Jamais", 0), ("Souvent", 2)]
    assert (bikes["type"], bikes["help"]) == ("number", "au 31 décembre")
    assert (meals["type"], meals["title"]) == ("number", "(Cantine) Combien de repas ?")
    assert told(text) == []


def test_a_title_begins_a_category() -> None:
    found, report = read_questions("Trier ?\n# Eau\nArroser ?\n\nBoire ?\n## 2. **Air**\nSouffler ?")
    assert [each.category for each in found] == ["", "Eau", "Eau", "Air"]
    assert report.whole


def test_what_goes_with_no_other_answer_stands_alone() -> None:
    (piece,) = read("Quels gestes ? [x]\n- Trier : 1\n- Composter : 1\n- Aucun")
    assert piece["choices"][2] == {"label": "Aucun", "points": 0, "exclusive": True}


def test_what_is_not_understood_is_told_with_its_line() -> None:
    assert told("- Oui : 1\n\nTriez-vous ?\n- Oui : 5/10\n- Parfois\n- : 3\n- Non : 0\n>\n# Eau") == [
        "ligne 1 : « Oui : 1 » : il n’y a pas encore de question au-dessus de cette ligne",
        "ligne 6 : « : 3 » : il manque les mots de cette réponse",
        "ligne 8 : « > » : cette ligne n’est ni une question, ni une réponse",
        "ligne 9 : « Eau » : cette catégorie n’a pas de question",
        "ligne 4 : « Oui : 5/10 » : si ce sont des points, écrivez-les ainsi : « Oui : 5 »",
        "ligne 5 : « Parfois » : sans points dits, elle vaut 0",
    ]


def test_what_is_taken_otherwise_is_told() -> None:
    text = (
        "1. Énergie\n\nTriez-vous ?\n- Oui\n- Non\n\nSurface ? : nombre\n- Petite : 1\n- Grande : 2\n- Non concerné : 3"
    )
    assert [re.split(r" : (?=ni|elle|sans|« Non)", each)[1][:30] for each in told(text)] == [
        "ni réponse, ni point d’interro",
        "sans points à ses réponses, el",
        "elle a des réponses, on en cho",
        "« Non concerné » retire la que",
    ]


def test_what_is_said_of_many_questions_is_said_once() -> None:
    (only,) = told("\n\n".join(f"Trier {place} ?\n- Oui\n- Non" for place in range(4)))
    assert only.startswith("lignes 1, 5, 9, 13 : sans points à leurs réponses")


CATEGORIZED = [
    "Énergie\tSuivez-vous ?\tOui\t2\nÉnergie\tSuivez-vous ?\tNon\t0\n"
    "Mobilité\tUn plan ?\tOui\t1\nMobilité\tUn plan ?\tNon\t0",
    "Énergie\tSuivez-vous ?\tOui\t2\n\t\tNon\t0\nMobilité\tUn plan ?\tOui\t1\n\t\tNon\t0",
    "Énergie\t\t\n\tSuivez-vous ?\tOui\t2\n\t\tNon\t0\nMobilité\tUn plan ?\tOui\t1\n\t\tNon\t0",
    "Thème\tQuestion\tRéponse\tPoints\n"
    "Énergie\tSuivez-vous ?\tOui\t2\n\t\tNon\t0\nMobilité\tUn plan ?\tOui\t1\n\t\tNon\t0",
]


@pytest.mark.parametrize("text", CATEGORIZED)
def test_the_first_column_of_a_sheet_may_be_the_category(text: str) -> None:
    found, report = read_questions(text)
    assert [(each.category, each.piece["title"]) for each in found] == [
        ("Énergie", "Suivez-vous ?"),
        ("Mobilité", "Un plan ?"),
    ]
    assert [labels(dict(each.piece)) for each in found] == [[("Oui", 2), ("Non", 0)], [("Oui", 1), ("Non", 0)]]
    assert (report.refused, report.notices) == ([], [])


def test_a_sheet_with_titles_says_categories_of_questions_that_do_not_ask_and_their_types() -> None:
    found, _ = read_questions("Catégorie\tQuestion\nÉnergie\tPotager\tOui\t2\nÉnergie\tPotager\tNon\t0")
    assert [(each.category, each.piece["title"]) for each in found] == [("Énergie", "Potager")]
    found, _ = read_questions("Énergie\tSuivez-vous ?\toui ou non\nÉnergie\tCombien ?\tnombre")
    assert [(each.category, each.piece["type"]) for each in found] == [("Énergie", "boolean"), ("Énergie", "number")]
    found, _ = read_questions("1\tSuivez-vous ?\tOui\t2\n\t\tNon\t0\n2\tUn plan ?")
    assert [(each.category, each.piece["title"]) for each in found] == [("", "Suivez-vous ?"), ("", "Un plan ?")]


@pytest.mark.parametrize(
    ("answers", "understood", "rows"),
    [
        ("\n\nOui : 2\n\nNon : 0", [("Oui", 2), ("Non", 0)], (3, 5)),
        ("\n\nOui, au mois\nÀ l’année\nNon", [("Oui, au mois", None), ("À l’année", None), ("Non", None)], (3, 4, 5)),
        ("\n\nGaz\nFioul\n\nÉnergie", [("Gaz", None), ("Fioul", None)], (3, 4)),
        ("\nOui\n\nParfois\n\nNon", [("Oui", None), ("Parfois", None), ("Non", None)], (2, 4, 6)),
    ],
)  # fmt: skip
def test_answers_without_a_mark_after_blank_lines_are_taken_and_told(
    answers: str, understood: list[Any], rows: tuple[int, ...]
) -> None:
    found, report = read_questions(f"Suivez-vous ?{answers}\n\nAvez-vous un plan ?")
    assert [labels(dict(found[0].piece)), found[1].piece["type"]] == [understood, "boolean"]
    assert [each.place.rows for each in report.notices if "sans tiret" in str(each)] == [rows]


@pytest.mark.parametrize("after", ["Merci d’avance\nClaire", "Partie 2\n\nÉnergie", "Voici la suite :\nÉnergie"])
def test_what_is_no_answer_after_blank_lines_is_told_as_before(after: str) -> None:
    found, report = read_questions(f"Triez-vous ?\n\n{after}\n\nUn plan ?")
    assert [each.piece["type"] for each in found] == ["boolean", "boolean"]
    assert report.refused and not report.notices


@pytest.mark.parametrize(
    "title", ["Quels gestes ? (plusieurs réponses\npossibles)", "Quels gestes ?\n(plusieurs\nréponses possibles)"]
)
def test_brackets_that_a_mailer_broke_are_whole(title: str) -> None:
    (piece,) = read(f"{title}\n- LED (dans\nLes bureaux)\n- Veille")
    assert (piece["type"], piece["title"], "help" in piece) == ("multiple", "Quels gestes ?", False)
    assert [each for each, _ in labels(piece)] == ["LED (dans Les bureaux)", "Veille"]


@pytest.mark.parametrize("rule", ["---", "- - -", "***", "______", "=====", "–––", "• • •", "###"])
def test_a_rule_between_questions_is_no_answer(rule: str) -> None:
    first, second = read(f"Triez-vous ?\n- Oui : 1\n- Non : 0\n{rule}\nUn plan ?\n{rule}")
    assert labels(first) == [("Oui", 1), ("Non", 0)] and second == {"type": "boolean", "title": "Un plan ?"}


# Words that are no mark, no points and no type; what is written with them is read again as the same.
_words = st.lists(
    st.sampled_from(
        [
            "arbre",
            "Été",
            "l’eau",
            "vélo,",
            "œuvre",
            "12",
            "kWh",
            "très",
            "élevé",
            "(sauf",
            "dimanche)",
            "n°3",
            "CO₂",
            "bâti",
            "Oui",
            "Jamais",
        ]
    ),
    min_size=1,
    max_size=6,
).map(lambda words: "Le " + " ".join(words).rstrip(","))
_points = st.one_of(st.integers(-20, 1000), st.decimals(-9, 99, places=2).filter(lambda n: n != n.to_integral_value()))


@st.composite
def _pieces(draw: st.DrawFn) -> Tree:
    piece: Tree = {"type": draw(st.sampled_from(["single", "multiple", "boolean", "number", "text", "date"]))}
    piece["title"] = f"{draw(_words)} ?"
    if draw(st.booleans()):
        piece["help"] = "\n".join(draw(st.lists(_words, min_size=1, max_size=2)))
    for name in ("unknown", "not_applicable"):
        if draw(st.booleans()):
            piece[name] = True
    if piece["type"] in {"single", "multiple"}:
        scored = draw(st.booleans())
        piece["choices"] = [
            {"label": label} | ({"points": draw(_points)} if scored else {})
            for label in draw(st.lists(_words, min_size=1, max_size=4))
        ]
    return piece


def written(piece: Tree, mark: str, apart: str) -> str:
    """A question as somebody types it."""
    ends = {"multiple": " (plusieurs réponses possibles)", "number": " : nombre", "text": " : texte", "date": " : date"}
    lines = [piece["title"] + ends.get(piece["type"], "")]
    lines += [f"> {line}" for line in piece.get("help", "").split("\n") if line]
    for number, choice in enumerate(piece.get("choices", ()), 1):
        said = f"{apart}{str(choice['points']).replace('.', ',')}" if "points" in choice else ""
        lines.append(mark.replace("1", str(number)) + choice["label"] + said)
    lines += ["- Je ne sais pas"] * ("unknown" in piece) + ["- Non concerné"] * ("not_applicable" in piece)
    return "\n".join(lines)


@given(
    st.lists(_pieces(), max_size=5),
    st.sampled_from(["- ", "• ", "– ", "*\t", "1. ", "1) ", ""]),
    st.sampled_from([" : ", " = ", "\t"]),
    st.sampled_from(["\n\n", "\r\n\r\n\r\n"]),
)
def test_what_is_written_as_text_is_read_as_the_same_questions(
    pieces: list[Tree], mark: str, apart: str, between: str
) -> None:
    text = between.join(written(each, mark, apart) for each in pieces)
    assert read(text) == pieces


_line = st.builds(
    lambda mark, words, end: mark + words + end,
    st.sampled_from(["", "- ", "> ", "1. ", "2) ", "a) ", "•\t", "# ", "Q3. ", "  ", "oui "]),
    st.integers(1, 10**6).map(lambda n: f"mot{n}x"),
    st.sampled_from(["", " ?", " : 3", "\t2", " : 5/10", " : nombre", " [x]", " ;"]),
)


_cells = st.lists(st.one_of(_line.map(str.strip), st.just("")), min_size=2, max_size=4).map("\t".join)


@given(st.lists(st.one_of(_line, _cells, st.sampled_from(["", "-- ", "---", "Thème\tQuestion"])), max_size=12))
def test_no_line_is_lost_in_silence(lines: list[str]) -> None:
    found, report = read_questions("\n".join(lines))
    kept = fold(json.dumps([(each.category, each.piece) for each in found], default=str, ensure_ascii=False))
    said = {row for each in (*report.refused, *report.notices) for row in each.place.rows}
    for row, line in enumerate(lines, 1):
        assert all(word in kept for word in re.findall(r"mot\d+x", line)) or row in said


@given(
    st.one_of(
        st.text(max_size=200), st.lists(st.text("-–•*o>#?:=()[]1a.\t\n\r \x00\ud800", max_size=12)).map("\n".join)
    )
)
def test_any_text_ends_in_questions_and_remarks(text: str) -> None:
    for each in read(text):
        assert each["title"] and "\x00" not in str(each)


@pytest.mark.parametrize(
    "sign", [" ", ":", "(", "1", "- ", "\t", "a) ", "? ", "> ", ": 1", "(1", "a\n", "- a\n", "Q ?\n", "**"]
)
def test_a_long_line_is_read_in_no_time(sign: str) -> None:
    begun = process_time()
    long = (sign * 50_000)[:50_000]
    for text in (long, f"Q ?\n- {long}x", f"Q\n{long}x"):
        read_questions(text)
    assert process_time() - begun < 10
