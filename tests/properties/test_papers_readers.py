"""Readers never raise, name everything, and lead back to where each word stood."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import paperfiles as files
from almanac.papers.formats import Limits, parse_papers
from almanac.papers.formats.marks import BREAK, CELL, CLOSE, LEAD, OPEN, PLACE, SECTION, TITLED, assemble
from almanac.papers.paper import Paper, Unread
from strategies import PIECES, documents, mutated

LIMITS = Limits(pdf_seconds=10)


def sound(found: list[Paper | Unread]) -> None:
    """What holds of everything that a reader gives."""
    assert found
    for one in found:
        if isinstance(one, Unread):
            assert one.source
            assert one.reason
            continue
        assert one.text.strip()
        assert one.doc_id
        assert (one.year is None) == (one.year_evidence == "")
        ends = [0]
        for section in one.sections:
            assert ends[-1] <= section.start < section.end <= len(one.text)
            ends.append(section.end)
        starts = [anchor.start for anchor in one.anchors]
        assert starts == sorted(starts)
        assert starts[0] == 0


@pytest.mark.parametrize("kind", PIECES)
def test_readers_give_sound_papers_or_reasons(kind: str) -> None:
    @given(mutated(documents(kind).map(lambda text: text.encode("utf-8", "replace"))))
    @settings(max_examples=150)
    def check(data: bytes) -> None:
        sound(list(parse_papers(data, "x", limits=LIMITS)))

    check()


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    sound(list(parse_papers(data, "x", limits=LIMITS)))


ARCHIVES = [
    files.tar({"a.txt": b"some words", "b/m.tex": rb"\documentclass{a}\begin{document}words\end{document}"}, mode="w"),
    files.tar({"a.txt": b"some words"}),
    files.zipped({"a.txt": b"some words", "b.json": b'{"content": "w"}'}),
    files.pdf("some words", "more"),
]


@given(mutated(st.sampled_from(ARCHIVES)))
@settings(max_examples=150)
def test_broken_archives_and_pdfs(data: bytes) -> None:
    for one in parse_papers(data, "x", limits=LIMITS):
        if isinstance(one, Paper):
            sound([one])


@given(documents("txt"))
def test_every_unchanged_character_of_a_text_leads_back(text: str) -> None:
    """Not one character moves: where the reader says a character stood, there it stands."""
    data = ("Some words first " + text).encode("utf-8", "replace")
    original = data.decode("utf-8", "replace")
    (found,) = parse_papers(data, "x")
    if not isinstance(found, Paper) or found.format != "text":
        return
    blank = re.compile(r"\s")
    led_back = 0
    for offset, character in enumerate(found.text):
        _, place = found.locate(offset)
        if place is not None:
            led_back += 1
            there = original[place]
            assert (
                there == character or (blank.match(there) and character == " ") or (there == "\0" and character == "�")
            )
    assert led_back >= len(found.text) - 4 * sum(map(original.count, "ﬀﬁﬂﬃﬄﬅﬆ"))


@given(documents("md"))
def test_markdown_leads_back_to_the_line(text: str) -> None:
    """Every A100 of the text is found in the lines that follow the one named, up to the next blank line."""
    data = ("# Abstract\n\n## Introduction\n\n" + text).encode("utf-8", "replace")
    lines = data.decode("utf-8", "replace").split("\n")
    (found,) = parse_papers(data, "x")
    if not isinstance(found, Paper) or found.format != "markdown" or "\r" in text:
        return
    for match in re.finditer("A100|RTX|Naïve", found.text):
        where, place = found.locate(match.start())
        if where.startswith("line "):
            first = int(where.removeprefix("line ")) - 1
            paragraph = "\n".join(lines[first:]).split("\n\n")[0]
            assert match[0] in paragraph
            if place is not None:
                assert data.decode("utf-8", "replace")[place:].startswith(match[0])


@given(
    st.lists(
        st.sampled_from([LEAD, TITLED, BREAK, CELL, OPEN, CLOSE, SECTION, PLACE, "a b", "k", "=References", " ", "\n"]),
        max_size=40,
    ).map("".join)
)
def test_marks_in_any_order_give_sections_that_fit(marked: str) -> None:
    text, sections, anchors = assemble(marked)
    ends = [0]
    for section in sections:
        assert ends[-1] <= section.start < section.end <= len(text)
        ends.append(section.end)
    assert [a.start for a in anchors] == sorted(a.start for a in anchors)
