"""Any text at all: a reading or a FigureError, spans that lie in the text, and time that grows with its length."""

from __future__ import annotations

import gc
from contextlib import suppress
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.errors import FigureError, PeriodError
from almanac.figure import Reading, find, read, read_date
from almanac.figure.dates import find_dates
from almanac.figure.lexer import plain
from almanac.figure.lexicon import WORDS

PIECES = (*sorted(WORDS), *"0123456789.,-–~/%$€()（）。零一二三四五六七八九十百千万亿几数多余半点分之年月日 \n",
          "million", "billion", "half", "and a half", "two", "twenty", "hundred", "2024", "GPT-5", "tens of", "1.5", "x2")  # fmt: skip


def texts() -> st.SearchStrategy[str]:
    """Words of figures in any order, with and without spaces, and any characters whatever."""
    words = st.lists(st.sampled_from(PIECES), max_size=12)
    return st.builds(str.join, st.sampled_from(("", " ")), words) | st.text(max_size=40)


def reading_of(text: str) -> Reading | None:
    try:
        return read(text)
    except FigureError:
        return None


@given(texts())
def test_reading_either_succeeds_or_says_that_it_cannot(text: str) -> None:
    reading = reading_of(text)
    if reading:
        assert reading.text == text
        assert reading.alternatives
        for alternative in reading.alternatives:
            assert reading.quantity.interval.covers(alternative.quantity.interval)


@given(texts())
def test_every_figure_found_stands_where_it_says_and_reads_by_itself(text: str) -> None:
    ends = [0]
    for reading in find(text):
        start, end = reading.span
        assert ends[-1] <= start < end <= len(text)
        assert text[start:end] == reading.text
        assert read(reading.text).quantity == reading.quantity
        ends.append(end)


@given(texts())
def test_reading_a_date_either_succeeds_or_says_that_it_cannot(text: str) -> None:
    with suppress(PeriodError):
        period = read_date(text, year=2025)
        assert period.start <= period.end
    for _, (start, end) in find_dates(text, year=2025):
        assert 0 <= start < end <= len(text)


@given(st.text())
def test_making_a_text_plain_keeps_every_place(text: str) -> None:
    assert len(plain(text)) == len(text)


@pytest.mark.parametrize(
    "piece", ["1 ", "1,", "1-", "一", "亿", "a ", "between 1 and ", "1、", "about ", "half a ", "1 or ", "每", "two "]
)
def test_long_texts_take_time_in_proportion(piece: str) -> None:
    def seconds(length: int) -> float:
        start = process_time()
        find(piece * length)
        return process_time() - start

    gc.disable()  # its cost grows with what other tests left behind
    try:
        assert min(seconds(4_000) for _ in range(2)) < 40 * seconds(400) + 0.5
    finally:
        gc.enable()
