"""Distributions of a low, a likely and a high value: their means, ends and quantiles, and what is none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from almanac.statistics import Elicited


def mean(found: Elicited) -> float:
    """The integral of the quantiles."""
    return float(quad(lambda p: float(found.at(p)), 0, 1, limit=200)[0])


def test_means_in_closed_form() -> None:
    """Triangular (a + b + c) / 3; PERT (a + 4b + c) / 6; lognormal median · exp(σ²/2), σ = ln(high/low) / (2 · 1.6449)."""
    assert mean(Elicited(2, 3, 10)) == pytest.approx(5, rel=1e-6)
    assert mean(Elicited(2, 3, 10, "pert")) == pytest.approx(4, rel=1e-6)
    sigma = np.log(10 / 2) / (2 * 1.6448536269514722)
    assert mean(Elicited(2, 3, 10, "lognormal")) == pytest.approx(3 * np.exp(sigma**2 / 2), rel=1e-4)


def test_ends() -> None:
    """Where triangular and PERT end; the 5 and 95 % quantiles of a lognormal that lies evenly about its median."""
    for family in ("triangular", "pert"):
        assert Elicited(2, 3, 10, family).at([0, 1]) == pytest.approx([2, 10])
    assert Elicited(2, 6, 18, "lognormal").at([0.05, 0.5, 0.95]) == pytest.approx([2, 6, 18])


@pytest.mark.parametrize("family", ["triangular", "pert"])
def test_the_mode_is_the_likeliest(family: str) -> None:
    """Quantiles lie closest together about it."""
    at = Elicited(2, 3, 10, family).at(np.linspace(0, 1, 2001))
    densest = int(np.argmin(np.diff(at)))
    assert at[densest] == pytest.approx(3, abs=0.05)


def test_what_is_certain_and_what_is_none() -> None:
    assert list(Elicited(4, 4, 4, "pert").at([0.1, 0.9])) == [4, 4]
    with pytest.raises(ValueError, match="low, mode and high rise, not 3, 2, 4"):
        Elicited(3, 2, 4)
    with pytest.raises(ValueError, match="above 0"):
        Elicited(0, 2, 4, "lognormal")
