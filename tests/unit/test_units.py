"""Units: exact factors, dimensions of their own, and messages for what is no unit."""

from __future__ import annotations

from fractions import Fraction

import pytest

from almanac.errors import UnitError
from almanac.units import COUNTED, CURRENCIES, PERCENT, PERCENTAGE_POINT, RATIO, unit


@pytest.mark.parametrize(
    ("small", "large", "factor"),
    [("month", "year", Fraction(1, 12)), ("day", "year", Fraction(4, 1461)), ("MW", "GW", Fraction(1, 1000)),
     ("percent", "ratio", Fraction(1, 100)), ("permyriad", "percent", Fraction(1, 100)),
     ("kWh", "TWh", Fraction(1, 10**9)), ("USD/month", "USD/year", Fraction(12)), ("minute", "hour", Fraction(1, 60)),
     ("USD/kW", "USD/GW", Fraction(10**6)), ("GWh", "GW*hour", Fraction(1))],
)  # fmt: skip
def test_factors_are_exact(small: str, large: str, factor: Fraction) -> None:
    assert unit(small).per(unit(large)) == factor
    assert unit(large).per(unit(small)) == 1 / factor


def test_every_counted_thing_and_currency_has_a_dimension_of_its_own() -> None:
    names = (*COUNTED, *CURRENCIES)
    for name in names:
        assert [other for other in names if unit(name).fits(unit(other))] == [name]


def test_a_percentage_point_is_not_a_percent() -> None:
    assert not PERCENT.fits(PERCENTAGE_POINT)
    with pytest.raises(UnitError, match="not comparable"):
        PERCENT.per(PERCENTAGE_POINT)


def test_compounds_multiply_and_divide() -> None:
    assert (unit("USD") / unit("GW") / unit("year")).fits(unit("USD/(GW*year)"))
    assert (unit("USD/person") * unit("person")).fits(unit("USD"))
    assert unit("USD") * RATIO == unit("USD")
    assert (unit("person") / unit("person")).dimensionless
    assert (unit("USD") ** 2).fits(unit("USD*USD"))
    assert unit("USD/GW").currency == "USD"
    assert unit("GW/USD").currency is None


@pytest.mark.parametrize(
    "name",
    ["", " ", "smoot", "USD/", "USD//year", "USD; import os", "5 $", "x" * 101, "(", "USD+EUR", "USD**2", "USD^99"],
)
def test_what_is_no_unit_is_said_so(name: str) -> None:
    with pytest.raises(UnitError):
        unit(name)
