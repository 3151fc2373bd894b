"""Amounts in another currency: which rate holds on a day, and when there is none.

The rates have the form of those that central banks publish and are near them; the arithmetic is what is tested.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from almanac.datasets.table import parse_table
from almanac.errors import DatasetError
from almanac.instruments.industry.money import RATES, Converted, Rates, in_currency
from almanac.statistics import NoNumber

HEADER = "date,base,quote,rate,source\n"
PUBLISHED = (
    "2024-01-03,EUR,USD,1.0919,ECB\n"
    "2024-01-02,EUR,USD,1.0956,ECB\n"
    "2024-01-02,EUR,GBP,0.86645,ECB\n"
    "2024-01-03,EUR,GBP,0.86333,ECB\n"
)


def rates(rows: str = PUBLISHED) -> Rates:
    return Rates.of(parse_table((HEADER + rows).encode(), Path("rates.csv"), "rates", RATES))


def converted(*arguments: object, **more: object) -> Converted:
    found = in_currency(*arguments, **more)
    assert isinstance(found, Converted), found
    return found


@pytest.mark.parametrize(
    ("day", "rate", "rated"),
    [
        ("2024-01-02", 1.0956, "2024-01-02, ECB"),
        ("2024-01-03", 1.0919, "2024-01-03, ECB"),
        ("2024-02-29", 1.0919, "2024-01-03, ECB"),
    ],
)
def test_the_latest_rate_on_or_before_the_day(day: str, rate: float, rated: str) -> None:
    assert converted(200.0, "EUR", day, rates()) == Converted(200 * rate, rate, rated)
    assert converted(200.0, "EUR", date.fromisoformat(day), rates()).rate == rate


def test_a_rate_the_other_way_round_is_turned_over() -> None:
    found = converted(1.0919, "USD", "2024-01-03", rates(), wanted="EUR")
    assert found.amount == pytest.approx(1)
    assert found.rated == "2024-01-03, ECB"


def test_of_a_rate_and_an_inverse_the_later_holds_and_of_one_day_the_rate() -> None:
    later = rates("2024-01-02,EUR,USD,1.1,A\n2024-01-05,USD,EUR,0.8,B\n2024-01-07,EUR,USD,1.2,A\n")
    assert converted(1.0, "EUR", "2024-01-04", later).rate == 1.1
    assert converted(1.0, "EUR", "2024-01-06", later).rate == 1.25
    assert converted(1.0, "EUR", "2024-01-07", later).rate == 1.2
    both = rates("2024-01-02,EUR,USD,1.1,A\n2024-01-02,USD,EUR,0.8,B\n")
    assert converted(1.0, "EUR", "2024-01-02", both).rate == 1.1


def test_a_currency_in_itself_needs_no_rate() -> None:
    assert converted(7.0, "USD", "2020-01-01", Rates()) == Converted(7.0, 1.0)


@pytest.mark.parametrize(
    ("currency", "day", "reason"),
    [
        (None, "2024-01-03", "no currency"),
        ("", "2024-01-03", "no currency"),
        ("EUR", "2024-01-01", "no rate of EUR in USD on or before the day"),
        ("CNY", "2024-01-03", "no rate of CNY in USD on or before the day"),
        ("GBP", "2024-01-03", "no rate of GBP in USD on or before the day"),  # and no cross rate through the euro
    ],
)
def test_where_there_is_no_rate_there_is_no_number(currency: str | None, day: str, reason: str) -> None:
    assert in_currency(1.0, currency, day, rates()) == NoNumber(reason)


def test_without_a_table_there_are_no_rates() -> None:
    assert Rates.of(None) == Rates()


def test_there_and_back_is_the_same_amount() -> None:
    for day in ("2024-01-02", "2024-01-03"):
        there = converted(123.45, "GBP", day, rates(), wanted="EUR")
        assert converted(there.amount, "EUR", day, rates(), wanted="GBP").amount == pytest.approx(123.45, rel=1e-14)


def test_every_fault_of_a_table_of_rates_at_once() -> None:
    with pytest.raises(DatasetError) as raised:
        rates("3/1/2024,EUR,USD,1.1,ECB\n2024-01-03,euro,USD,0,ECB\n2024-01-04,EUR,USD,1,\n")
    assert [(fault.line, fault.where) for fault in raised.value.faults] == [
        (2, "column date"), (3, "column base"), (3, "column rate"), (4, "column source"),
    ]  # fmt: skip
    with pytest.raises(DatasetError, match="a second time"):
        rates("2024-01-03,EUR,USD,1.1,ECB\n2024-01-03,EUR,USD,1.2,FED\n")
