"""Intervals in their two ends, as tables and reasons show them."""

from fractions import Fraction

import pytest

from almanac.figure.spans import render_span
from almanac.quantity import INFINITY, Interval, Quantity, exact
from almanac.units import unit


@pytest.mark.parametrize(
    ("low", "high", "name", "en", "zh"),
    [
        ("15000", "80000", "USD/accelerator", "$15,000–$80,000 per accelerator", "每块加速器1.5万–8万美元"),
        ("41", "429", "GW", "41–429 GW", "41–429吉瓦"),
        ("33/1010", "13/330", "GW", "0.0326–0.0394 GW", "0.0326–0.0394吉瓦"),
        ("101.45", "101.75", "percent", "101.45%–101.75%", "101.45%–101.75%"),
        ("543.6", "844.56", "permyriad", "5.43%–8.45%", "5.43%–8.45%"),  # rounded outwards
        ("7.9545", "9.7444", "ratio", "7.95–9.75", "7.95–9.75"),
        ("1.65", "2.1875", "ratio", "1.65–2.19", "1.65–2.19"),
        ("0", "0.4", "ratio", "0–0.4", "0–0.4"),
        ("-5", "7", "month", "-5 to 7 months", "-5至7个月"),
        ("100", "100", "percent", "100%", "100%"),
        ("1", "1", "company", "1 company", "1家公司"),
    ],
)
def test_both_ends_in_few_digits(low: str, high: str, name: str, en: str, zh: str) -> None:
    quantity = Quantity(Interval(Fraction(low), Fraction(high)), unit(name))
    assert (render_span(quantity, "en"), render_span(quantity, "zh")) == (en, zh)


def test_open_ends() -> None:
    money = unit("USD")
    assert render_span(Quantity(Interval(exact(4), INFINITY, False), money), "en") == "> $4"
    assert render_span(Quantity(Interval(exact(4), INFINITY), money), "en") == "≥ $4"
    assert render_span(Quantity(Interval(-INFINITY, exact(4)), money), "en") == "≤ $4"
    assert render_span(Quantity(Interval(-INFINITY, exact(4), True, False), money), "en") == "< $4"
    assert render_span(Quantity(Interval(-INFINITY, INFINITY), money), "zh") == "任何数"


def test_two_near_ends_are_told_apart_by_more_digits() -> None:
    quantity = Quantity(Interval(Fraction("1000.001"), Fraction("1000.9")), unit("ratio"))
    low, _, high = render_span(quantity, "en").partition("–")
    assert low != high
