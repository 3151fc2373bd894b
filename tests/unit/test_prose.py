"""Prose is bound: what a chapter may hold, and every fault of one that does not."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almanac.claim import ValueType
from almanac.edition.prose import (
    ClaimLink,
    Emphasis,
    Figure,
    Heading,
    Items,
    Link,
    Paragraph,
    Quote,
    Text,
    literal_numbers,
    read_prose,
)
from almanac.errors import EditionError
from almanac.ledger import Ledger
from ledgers import claim, ledger, stated


def small() -> Ledger:
    return ledger(
        [
            claim("industry.revenue", "USD", "185亿美元"),
            stated("industry.leader", ValueType.NAME, "NVIDIA"),
            replace(stated("industry.model", ValueType.NAME, "Pro"), subject="Gemini 2.5 Pro"),
        ]
    )


def chapter(folder: Path, en: str, zh: str | None = None) -> Path:
    for language, text in (("en", en), ("zh", en if zh is None else zh)):
        path = folder / language / "industry.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def faults(folder: Path) -> list[tuple[str, int | None, str]]:
    """Language, line and finding of every fault."""
    with pytest.raises(EditionError) as raised:
        read_prose(folder, small())
    return [(Path(fault.path).parent.name, fault.line, fault.found) for fault in raised.value.faults]


def test_reads_a_chapter_as_a_tree(tmp_path: Path) -> None:
    text = """# Money flows

They made {claim:industry.revenue}, *well*
**done**; [NVIDIA leads](claim:industry.leader), see [the report](https://example.org/).

## Next

- one point
- another

> so they say
"""
    prose = read_prose(chapter(tmp_path, text), small())["industry"]["en"]
    assert prose.title == "Money flows"
    assert prose.claims == ("industry.revenue", "industry.leader")
    paragraph, heading, points, quote = prose.blocks
    assert paragraph == Paragraph(
        (
            Text("They made "),
            Figure(small().claim("industry.revenue").id),
            Text(", "),
            Emphasis((Text("well"),)),
            Text(" "),
            Emphasis((Text("done"),), strong=True),
            Text("; "),
            ClaimLink(small().claim("industry.leader").id, (Text("NVIDIA leads"),)),
            Text(", see "),
            Link("https://example.org/", (Text("the report"),)),
            Text("."),
        )
    )
    assert heading == Heading((Text("Next"),))
    assert points == Items(((Paragraph((Text("one point"),)),), (Paragraph((Text("another"),)),)))
    assert quote == Quote((Paragraph((Text("so they say"),)),))


def test_a_line_end_is_a_space_in_english_and_nothing_in_chinese(tmp_path: Path) -> None:
    prose = read_prose(chapter(tmp_path, "# T\n\na\nb", "# 题\n\n甲\n乙"), small())["industry"]
    words = {
        language: "".join(part.text for part in text.blocks[0].children)  # type: ignore[union-attr]
        for language, text in prose.items()
    }
    assert words == {"en": "a b", "zh": "甲乙"}


def test_every_fault_at_once_with_its_line(tmp_path: Path) -> None:
    english = """# Title

Made {claim:industry.revenu} and
[words](claim:industry.nobody), {claim:industry.leader}.

They got 40% and
some 12 offices, {claim:}.

```
code
```

![picture](x.png) and [mail](mailto:x) and {oops
"""
    found = faults(chapter(tmp_path, english, "# 题\n\n超过四十亿美元和12家"))
    assert found == [
        ("en", 3, "claim 'industry.revenu'"),
        ("en", 4, "claim 'industry.nobody'"),
        ("en", 4, "a claim of type name"),
        ("en", 6, "'%'"),
        ("en", 6, "'40'"),
        ("en", 7, "claim ''"),
        ("en", 7, "'12'"),
        ("en", 9, "fence"),
        ("en", 13, "'{oops'"),
        ("en", 13, "'mailto:x'"),
        ("en", 13, "image"),
        ("zh", None, "not named here"),
        ("zh", 3, "'12'"),
        ("zh", 3, "'四十亿'"),
    ]


def test_a_link_holds_no_figure(tmp_path: Path) -> None:
    text = "# T\n\n[made {claim:industry.revenue}](claim:industry.leader)"
    found = "a figure or a claim within a link"
    assert faults(chapter(tmp_path, text)) == [("en", 3, found), ("zh", 3, found)]


def test_a_fault_names_the_nearest_claim(tmp_path: Path) -> None:
    with pytest.raises(EditionError, match=r"Did you mean industry\.revenue"):
        read_prose(chapter(tmp_path, "# T\n\n{claim:industry.revenu}"), small())


def test_both_languages_name_the_same_claims(tmp_path: Path) -> None:
    text = "# T\n\n[x](claim:industry.leader)"
    assert faults(chapter(tmp_path, text, "# 题")) == [("zh", None, "not named here")]


def test_a_chapter_with_claims_has_prose_in_every_language(tmp_path: Path) -> None:
    folder = chapter(tmp_path, "# T")
    (folder / "zh" / "industry.md").unlink()
    (folder / "en" / "indsutry.md").write_text("# T", "utf-8")
    assert faults(folder) == [("en", None, "a file of no chapter with claims"), ("zh", None, "no file")]


@pytest.mark.parametrize("text", ["words", "## Second", "# One\n\n# Two", "words\n\n# Late", ""])
def test_a_chapter_has_one_title_at_its_top(tmp_path: Path, text: str) -> None:
    assert any("title" in found for _, _, found in faults(chapter(tmp_path, text)))


def test_a_title_is_plain_words(tmp_path: Path) -> None:
    assert ("en", 1, "markup or a binding") in faults(chapter(tmp_path, "# Made {claim:industry.revenue}"))


def test_bytes_that_are_not_text_are_a_fault(tmp_path: Path) -> None:
    folder = chapter(tmp_path, "# T")
    (folder / "en" / "industry.md").write_bytes(b"# \xff\xfe")
    assert len(faults(folder)) == 1


def test_markup_of_the_web_is_words(tmp_path: Path) -> None:
    prose = read_prose(chapter(tmp_path, "# T\n\na <b>bold</b> word"), small())["industry"]["en"]
    assert prose.blocks == (Paragraph((Text("a <b>bold</b> word"),)),)


@pytest.mark.parametrize(
    "text",
    [
        "In 2025 and 1999, as V3, GPT-5, o1-preview, R1-Zero, ASL-3, AI Scientist-v2 and H100s did",
        "到2025年，V3、GPT-5和o1登场，万一不成，别完成得太早，一成不变",
        "a percentage of the whole",
    ],
)
def test_years_and_names_are_no_numbers(text: str) -> None:
    assert not list(literal_numbers(text))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("$4 billion", ["4", "billion"]),
        ("some 1,183 people", ["1,183"]),
        ("12.5 percent", ["12.5", "percent"]),
        ("2025亿美元", ["2025"]),
        ("two million users, three hundred firms", ["million", "hundred"]),
        ("17-19亿", ["17-19"]),
        ("约四十万人，数亿次，三成", ["四十万", "数亿", "三成"]),
        ("百分之五", ["百分之五"]),
        ("增长３倍", ["３"]),
        ("5x faster, 10GW", ["5x", "10GW"]),
        ("翻了两倍", ["两倍"]),
    ],
)
def test_numbers_are_found(text: str, numbers: list[str]) -> None:
    assert list(literal_numbers(text)) == numbers


@given(st.text(max_size=300) | st.text("#*_[](){}claim:>`-1. \n四亿", max_size=80))
@settings(max_examples=300)
def test_any_text_is_read_or_faulted(text: str) -> None:
    """Nothing but faults comes of words that a stranger wrote."""
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(EditionError):
        assert read_prose(chapter(Path(folder), f"# T\n\n{text}"), small())


def test_nesting_without_end_is_read() -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert read_prose(chapter(Path(folder), "# T\n\n" + "> " * 5000 + "x"), small())


def test_a_name_that_the_ledger_uses_may_hold_a_number(tmp_path: Path) -> None:
    folder = chapter(tmp_path, "# T\n\nGemini 2.5 Pro came first")
    assert read_prose(folder, small())
    assert faults(chapter(tmp_path, "# T\n\nGemini 3.5 Pro came first")) == [("en", 3, "'3.5'"), ("zh", 3, "'3.5'")]
