"""What is written reads back: the writer loses no number of a quantity, in either language."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almanac.figure import Hedge, read, read_date, render, render_period
from almanac.figure.amounts import hedged
from almanac.figure.numeral import digits, fraction
from almanac.period import Period
from almanac.quantity import Interval, Quantity
from almanac.units import Unit
from strategies import intervals, periods, printed, quantities, roundings, units

LANGUAGES = ("en", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=10_000)
@given(quantity=quantities())
def test_what_is_written_covers_what_was_meant(language: str, quantity: Quantity) -> None:
    written = render(quantity, language)
    again = read(written, unit=quantity.unit).quantity
    assert again.unit == quantity.unit
    assert again.interval.covers(quantity.interval), written


@pytest.mark.parametrize("language", LANGUAGES)
@given(quantity=quantities(roundings()))
def test_a_rounded_number_is_written_exactly(language: str, quantity: Quantity) -> None:
    written = render(quantity, language)
    assert read(written, unit=quantity.unit).quantity == quantity, written


@pytest.mark.parametrize("language", LANGUAGES)
@given(interval=intervals().filter(lambda interval: interval.bounded and interval.low < interval.high), unit=units())
def test_no_wording_is_needlessly_wide(language: str, interval: Interval, unit: Unit) -> None:
    written = render(Quantity(interval, unit), language)
    again = read(written, unit=unit).quantity.interval
    assert again.high - again.low <= 2 * (interval.high - interval.low), written


HEDGES = st.sampled_from([{hedge} for hedge in Hedge if hedge not in (Hedge.NONE, Hedge.RANGE)])


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=printed(), hedges=HEDGES, unit=units())
def test_a_hedged_number_is_written_exactly(language: str, text: str, hedges: set[Hedge], unit: Unit) -> None:
    quantity = Quantity(hedged(digits(text), hedges), unit)
    written = render(quantity, language)
    assert read(written, unit=unit).quantity == quantity, written


@given(st.integers(1, 9), st.integers(2, 60))
def test_a_fraction_holds_its_number(top: int, bottom: int) -> None:
    share = fraction(top, bottom)
    assert share.first in share.interval
    assert read(f"{top}/{bottom}").quantity.interval == share.interval


@pytest.mark.parametrize("language", LANGUAGES)
@given(periods())
def test_a_period_reads_back(language: str, period: Period) -> None:
    written = render_period(period, language)
    assert read_date(written, language) == period, written
