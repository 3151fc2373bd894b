"""Interval arithmetic is sound: whatever the operands may be, the result holds it; and figures tile the line."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from almanac.quantity import INFINITY, Interval, Quantity, exact, hull
from almanac.units import Unit, unit
from strategies import intervals, numbers, rational, roundings, units, within

OPERATIONS = [operator.add, operator.sub, operator.mul, operator.truediv]


@pytest.mark.parametrize("operate", OPERATIONS)
@given(st.data())
def test_a_result_holds_the_result_of_any_numbers(
    operate: Callable[[Interval | Fraction, Interval | Fraction], Interval | Fraction], data: st.DataObject
) -> None:
    first, last = data.draw(intervals()), data.draw(intervals())
    one, other = data.draw(within(first)), data.draw(within(last))
    assume(not (operate is operator.truediv and other == 0))
    assert operate(one, other) in operate(first, last)


@given(st.data(), st.integers(-3, 4))
def test_a_whole_power_holds_the_power_of_any_number(data: st.DataObject, exponent: int) -> None:
    interval = data.draw(intervals())
    number = data.draw(within(interval))
    assume(number != 0 or exponent >= 0)
    assert number**exponent in interval**exponent


@given(st.data(), st.integers(1, 9), st.integers(2, 5))
def test_a_root_rounds_outwards(data: st.DataObject, root: int, base: int) -> None:
    number = Fraction(base) ** root
    interval = Interval(number, number + data.draw(numbers(-3, 3)))
    assert base in interval ** Fraction(1, root)


@given(st.data(), rational().filter(bool))
def test_scaling_and_negating_hold_the_scaled_number(data: st.DataObject, factor: Fraction) -> None:
    interval = data.draw(intervals())
    number = data.draw(within(interval))
    assert number * factor in interval.scaled(factor)
    assert -number in -interval
    assert interval.scaled(factor).scaled(1 / factor) == interval


@given(intervals(), intervals())
def test_meeting_is_symmetric_and_has_a_witness(first: Interval, last: Interval) -> None:
    assert first.meets(last) is last.meets(first)
    both = first.intersection(last)
    assert (both is not None) is first.meets(last)
    if both:
        assert first.covers(both)
        assert last.covers(both)


@given(intervals(), intervals())
def test_two_intervals_meet_or_one_lies_below_the_other(first: Interval, last: Interval) -> None:
    assert [first.meets(last), first.below(last), last.below(first)].count(True) == 1


@given(intervals(), intervals(), intervals())
def test_a_hull_covers_its_members_and_nothing_smaller_does(one: Interval, other: Interval, third: Interval) -> None:
    both = one.hull(other)
    assert both == other.hull(one)
    assert both.covers(one)
    assert both.covers(other)
    if third.covers(one) and third.covers(other):
        assert third.covers(both)
    assert hull([one, other, third]) == one.hull(other.hull(third))


@given(st.data())
def test_membership_follows_covering(data: st.DataObject) -> None:
    first, last = data.draw(intervals()), data.draw(intervals())
    number = data.draw(within(first))
    if last.covers(first):
        assert number in last
    if first.below(last):
        assert number not in last


@given(st.integers(-(10**6), 10**6), st.integers(-6, 9))
def test_rounded_numbers_tile_the_line(digits: int, power: int) -> None:
    step = Fraction(10) ** power
    here, following = (Interval.rounded(number * step, step / 2) for number in (digits, digits + 1))
    assert here.high == following.low
    assert not here.meets(following)
    assert (here.high in here) is not (here.high in following)


@given(st.floats(allow_nan=False))
def test_a_float_counts_for_the_decimal_it_prints(number: float) -> None:
    assert float(exact(number)) == number
    if abs(number) != INFINITY:
        assert exact(number) == Fraction(repr(number))


@given(roundings(), units())
def test_a_change_of_unit_and_back_moves_nothing(interval: Interval, first: Unit) -> None:
    quantity = Quantity(interval, first)
    for other in map(unit, ("percent", "USD/year", "GWh", "second")):
        if first.fits(other):
            assert quantity.to(other).to(first) == quantity
            assert quantity.to(other).meets(quantity)
