"""The rules are one table: the reader works from it and the documentation prints it.

Run as a script, this writes the table into the page.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from almanac.figure import RULES, Hedge, read
from almanac.figure.rules import HEDGING, as_markdown

PAGE = Path(__file__).parents[2] / "docs" / "theory" / "figures.md"
MARKS = ("<!-- rules -->\n", "<!-- end of rules -->")
SOURCE = Path(__file__).parents[2] / "src" / "almanac" / "figure"


def test_ids_are_unique_and_everything_is_said() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    for rule in RULES:
        assert rule.effect.endswith("."), rule.id
        assert rule.reason.endswith("."), rule.id
        assert rule.words_en or rule.words_zh, rule.id


def hedging_words() -> list[tuple[str, str]]:
    return [(rule.id, word) for rule in HEDGING for word in (*rule.words_en, *rule.words_zh)]


@pytest.mark.parametrize(("rule", "word"), hedging_words(), ids=lambda part: part)
def test_every_hedging_word_works(rule: str, word: str) -> None:
    """Before or behind the number, with a space in English and without in Chinese."""
    hedge = next(found.hedge for found in RULES if found.id == rule)
    space = " " if word[-1].isascii() and word[-1].isalpha() else ""
    text = word.replace("…", "1200%", 1) if word.startswith("…") else f"{word}{space}1200%"
    reading = read(text)
    assert reading.hedge is hedge
    assert rule in reading.rules
    assert (reading.quantity == read("1200%").quantity) is (hedge is Hedge.NONE)


WITHOUT_A_READING = {"name", "article", "ellipsis"}
"""Rules by which something is left out or skipped, so that no reading carries them."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_applied_somewhere_in_the_code_or_leaves_something_out(rule: object) -> None:
    code = "".join(path.read_text("utf-8") for path in SOURCE.glob("*.py") if path.name != "rules.py")
    named = rule.id in WITHOUT_A_READING or rule.id.startswith("date-") or f'"{rule.id}"' in code  # type: ignore[attr-defined]
    assert named or rule in HEDGING


EXAMPLES = [
    (rule.id, text)
    for rule in RULES
    if rule not in HEDGING and rule.id not in WITHOUT_A_READING and not rule.id.startswith("date-")
    for text in (*rule.words_en, *rule.words_zh)
    if "…" not in text
]


@pytest.mark.parametrize(("rule", "text"), EXAMPLES, ids=lambda part: part)
def test_every_example_of_a_rule_is_read_by_it(rule: str, text: str) -> None:
    if re.fullmatch(r"[^\d]{1,7}", text) and rule == "currency":
        text = f"{text}5" if text[-1] in "$£€¥" else f"5{text}"
    assert rule in read(text).rules


def test_the_page_prints_the_table() -> None:
    page = PAGE.read_text("utf-8")
    _, found, rest = page.partition(MARKS[0])
    table = rest.partition(MARKS[1])[0]
    assert found, f"{PAGE} has no place for the table"
    assert table == as_markdown(), f"run `python {Path(__file__).name}` in tests/unit to write the table anew"


if __name__ == "__main__":
    head, _, tail = PAGE.read_text("utf-8").partition(MARKS[0])
    PAGE.write_text(head + MARKS[0] + as_markdown() + MARKS[1] + tail.partition(MARKS[1])[2], "utf-8")
