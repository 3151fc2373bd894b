"""Intervals and quantities: the cases that a reader should know."""

from __future__ import annotations

from fractions import Fraction

import pytest

from almanac.errors import UnitError
from almanac.quantity import INFINITY, Interval, Quantity, exact, number_text
from almanac.units import unit


def rounded(number: float, half: float, of: str) -> Quantity:
    return Quantity(Interval.rounded(exact(number), exact(half)), unit(of))


def test_figures_of_one_precision_do_not_meet_and_finer_ones_do() -> None:
    five, six = rounded(5, 0.5, "month"), rounded(6, 0.5, "month")
    assert not five.meets(six)
    assert rounded(44, 0.5, "percent").meets(rounded(43.8, 0.05, "percent"))


def test_an_empty_interval_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="empty"):
        Interval(Fraction(2), Fraction(1))
    with pytest.raises(ValueError, match="empty"):
        Interval(Fraction(1), Fraction(1), True, False)
    with pytest.raises(ValueError, match="not a number"):
        exact(float("nan"))


def test_infinite_ends_are_open() -> None:
    everything = Interval(-INFINITY, INFINITY)
    assert not everything.closed_low
    assert not everything.closed_high
    assert not everything.bounded
    assert Fraction(10**30) in everything


def test_dividing_by_an_interval_around_zero_says_nothing() -> None:
    assert Interval.point(1) / Interval(Fraction(-1), Fraction(1)) == Interval(-INFINITY, INFINITY)


def test_dividing_by_an_interval_from_zero_opens_one_side() -> None:
    positive = Interval(Fraction(0), Fraction(2), False, True)
    assert Interval.point(1) / positive == Interval(Fraction(1, 2), INFINITY)


def test_an_even_power_of_an_interval_around_zero_begins_at_zero() -> None:
    assert Interval(Fraction(-2), Fraction(3)) ** 2 == Interval(Fraction(0), Fraction(9))


def test_a_fractional_power_needs_numbers_that_are_not_negative() -> None:
    with pytest.raises(ValueError, match="fractional power"):
        Interval(Fraction(-1), Fraction(1)) ** Fraction(1, 2)
    with pytest.raises(UnitError, match="fractional power"):
        rounded(4, 0.5, "USD") ** Fraction(1, 2)


def test_the_difference_of_two_percentages_is_in_percentage_points() -> None:
    gap = rounded(95, 0.5, "percent") - rounded(44, 0.5, "percent")
    assert str(gap) == "(50, 52) percentage_point"
    assert (rounded(44, 0.5, "percent") + gap).unit == unit("percent")
    with pytest.raises(UnitError):
        gap.meets(rounded(51, 0.5, "percent"))


def test_money_does_not_add_to_people_and_divides_into_a_rate() -> None:
    revenue, people = rounded(100, 5, "USD"), rounded(4, 0.5, "person")
    with pytest.raises(UnitError, match="not comparable"):
        revenue + people
    assert (revenue / people).unit.fits(unit("USD/person"))
    assert (revenue / revenue).unit == unit("ratio")


def test_dates_are_points_and_their_difference_is_a_time() -> None:
    day, week = rounded(738_000, 0.5, "date"), rounded(7, 0.5, "day")
    assert (day - day).unit == unit("day")
    assert (day + week).unit == unit("date")
    for wrong in (lambda: day + day, lambda: week + day, lambda: day * week):
        with pytest.raises(UnitError):
            wrong()


@pytest.mark.parametrize(
    ("number", "text"),
    [(Fraction(48_600_000_000), "4.86e10"), (Fraction(1, 3), "0.333333"), (INFINITY, "∞"), (-INFINITY, "-∞"),
     (Fraction(1_234_567), "1234567"), (Fraction(1, 10**9), "1e-9"), (Fraction(5, 2), "2.5")],
)  # fmt: skip
def test_numbers_in_messages(number: Fraction | float, text: str) -> None:
    assert number_text(number) == text


def test_membership_is_of_numbers_only() -> None:
    assert "5" not in Interval.point(5)
    assert 5.0 in Interval.point(5)
