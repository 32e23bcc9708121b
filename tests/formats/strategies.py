"""Questionnaires with everything that files can hold: several languages, awkward texts, every key."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.engine.strategies import Tree, documents

# What XML, spreadsheets, YAML and our own notation are each tempted to change.
AWKWARD = [
    "=1+1", "#N/A", "+33 1", "-", "'x", "no", "true", "2024", "0,5", "1e3", "007", "2026-03-01", "n/a", " bords ",
    "deux\nlignes", "deux\r\nlignes", "fin\n", "\n\ndébut", "a\n  b\n", "# x\ny", "tab\tici", "_x000D_", "_x005F_x",
    'dit "oui"', "« guillemets »", "“courbes”", "{a: 1}", "a: b", "<b>&amp;", "\u00a0x", "\u2028", "\x85", "🌱",
    "- a\n- b", "|\n>", "${a}", "$ { $\u2060{ ${",
]  # fmt: skip
texts = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z")), min_size=1, max_size=12),
).filter(lambda text: bool(text.strip()))
bilingual = st.one_of(texts, st.fixed_dictionaries({"fr": texts}, optional={"en": texts}))


@st.composite
def rich_documents(draw: st.DrawFn) -> Tree:
    """A right questionnaire of the engine's strategies, dressed with what it leaves out."""
    tree = draw(documents())
    tree["languages"] = draw(st.sampled_from([["fr"], ["fr", "en"]]))
    texts_here = bilingual if len(tree["languages"]) == 2 else texts
    tree["title"] = draw(texts_here)
    if draw(st.booleans()):
        tree["version"] = draw(texts)
    _dress(draw, tree, texts_here)
    return tree


def _dress(draw: st.DrawFn, tree: Tree, words: st.SearchStrategy[Any]) -> None:
    def often(holder: Tree, key: str, values: st.SearchStrategy[Any]) -> None:
        if draw(st.integers(0, 2)) == 0:
            holder[key] = draw(values)

    for category in tree["categories"]:
        often(category, "title", words)
        often(category, "intro", words)
        for level in category.get("levels", []):
            often(level, "message", words)
        for question in category["questions"]:
            often(question, "title", words)
            often(question, "help", words)
            often(question, "was", st.just([f"ancien-{question['id']}"]))
            for choice in question.get("choices", []):
                often(choice, "label", words)
                often(choice, "feedback", words)
            if question["type"] == "scale":
                often(question, "labels", st.fixed_dictionaries({str(question["min"]): words}))
            if question["type"] == "number":
                often(question, "unit", words)
            if question["type"] == "text":
                often(question, "max_length", st.integers(1, 9000))
        at = draw(st.integers(0, len(category["questions"])))
        extra: Tree = {"type": draw(st.sampled_from(["info", "date"])), "title": draw(words)}
        if extra["type"] == "date":
            extra |= {"id": f"jour-{category['id']}", "min": "2024-01-01", "required": draw(st.booleans())}
        if draw(st.booleans()):
            category["questions"].insert(at, extra)
    for resource in tree["resources"]:
        often(resource, "summary", words)
        often(resource, "provider", words)
        often(resource, "valid_from", st.just("2026-01-01"))
    for cap in tree.get("caps", []):
        often(cap, "reason", words)
