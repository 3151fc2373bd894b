"""Cash flows against a textbook's numbers, roots of polynomials, and a company that is simulated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from almanac.statistics import Confidence, NoNumber
from almanac.statistics.cashflow import break_even_growth, payback, present_value


def yearly(*flows: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array(flows, dtype=float), np.arange(len(flows), dtype=float)


def test_a_textbooks_rate_of_return():
    """Brealey, Myers and Allen (2020), section 5-3: -4,000, 2,000, 4,000 have a rate of return of 28.08 %."""
    assert break_even_growth(*yearly(-4000, 2000, 4000)) == pytest.approx(1.2808, abs=5e-5)
    assert present_value(*yearly(-4000, 2000, 4000), 0.2808) == pytest.approx(0, abs=0.5)


def test_a_textbooks_two_rates():
    """The same, pitfall 2: -1,000, 800, 150 four times, -150 have two, -50 % and 15.2 %."""
    flows = yearly(-1000, 800, 150, 150, 150, 150, -150)
    assert present_value(*flows, -0.5) == pytest.approx(0, abs=1)
    assert present_value(*flows, 0.152) == pytest.approx(0, abs=1)
    found = break_even_growth(*flows)
    assert isinstance(found, NoNumber)
    assert "several" in found.reason


@pytest.mark.parametrize("flows", [(-3, 1, 1.5, 0.2, 1), (-7, -2, 5, 5, 1), (-9, 1, 2), (-1.5, 0, 0, 900)])
def test_the_root_of_the_polynomial(flows):
    roots = np.roots(flows)
    (real,) = [root.real for root in roots if abs(root.imag) < 1e-9 and root.real > 0]
    assert break_even_growth(*yearly(*flows)) == pytest.approx(real)


def test_present_values_by_hand():
    assert present_value(*yearly(-100, 60, 72), 0.2) == pytest.approx(-100 + 50 + 50)
    with pytest.raises(ValueError, match="above -1"):
        present_value(*yearly(-1, 1), -1)


def test_cash_in_one_direction_has_no_growth():
    for flows in ((1, 2), (-1, -2), (0, 0)):
        found = break_even_growth(*yearly(*flows))
        assert isinstance(found, NoNumber)
        assert "one direction" in found.reason


def test_far_beyond_any_growth():
    assert "no yearly factor" in break_even_growth(*yearly(-1, 1e9)).reason


@settings(max_examples=40, deadline=None)
@given(some.floats(1.2, 4), some.floats(1.05, 6), some.integers(4, 24))
def test_a_company_flips_at_the_return_of_its_projects(multiple, growth, lag):
    """A project a month, each spending 1 and earning `multiple` after `lag` months; size grows. In the long run cash is
    in the direction that the closed form says: growth below multiple^(12 / lag) or above.
    """
    flows, years = np.array([-1.0, multiple]), np.array([0.0, lag / 12])
    flip = break_even_growth(flows, years)
    assert flip == pytest.approx(multiple ** (12 / lag))
    sizes = growth ** (np.arange(60) / 12)
    cash = -sizes
    cash[lag:] += multiple * sizes[:-lag]
    if abs(growth - flip) > 1e-3:
        assert (cash[-1] > 0) == (growth < flip)


def test_payback_by_hand():
    """After -10, 4, 4 two are missing; 4 more come in the fourth month, half of it suffices."""
    found = payback(np.array([-10.0, 4, 4, 4]))
    assert isinstance(found, Confidence)
    assert (found.low, found.value, found.high) == (3, 3.5, 4)
    assert payback(np.array([-10.0, 12, -5, 4])).value == pytest.approx(3.75)  # earned back, lost, and back for good
    assert "after 3" in payback(np.array([-10.0, 4, 4])).reason
    assert "never cost more" in payback(np.array([1.0, -1])).reason
    cents = payback(np.array([-0.3, 0.1, 0.1, 0.1]))
    assert cents.high == 4
