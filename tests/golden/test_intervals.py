"""Intervals against numbers printed in papers or computed by other programs."""

from __future__ import annotations

import pytest

from almanac.statistics import Confidence, clopper_pearson, half_credit, jeffreys, poisson_ratio, wilson


def ends(found: object) -> tuple[float, float]:
    assert isinstance(found, Confidence)
    return found.low, found.high


@pytest.mark.parametrize(
    ("successes", "n", "score", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_newcombe_1998(successes, n, score, exact):
    """Newcombe (1998), Stat. Med. 17, 857-872, Table I: methods 3 (score) and 5 (exact), 95%, to four places."""
    assert ends(wilson(successes, n)) == pytest.approx(score, abs=5e-5)
    assert ends(clopper_pearson(successes, n)) == pytest.approx(exact, abs=5e-5)


def test_jeffreys_as_computed_by_contingencytables():
    """Ligarden et al. (2010): 13 of 16. `Jeffreys_CI_1x2` of the R package contingencytables prints 0.8125
    (0.5792, 0.9442).
    """
    assert ends(jeffreys(13, 16)) == pytest.approx((0.5792, 0.9442), abs=5e-5)


def test_tango_1998_as_computed_by_contingencytables():
    """Cavo et al. (2012): 6 against 16 discordant pairs of 161. `Tango_asymptotic_score_CI_paired_2x2` of the
    R package contingencytables (Fagerland, Lydersen and Laake 2017, chapter 8) prints -0.0621 (-0.1240,
    -0.0054). A difference d of paired proportions is a mean credit of (1 + d) / 2.
    """
    found = half_credit(6, 139, 16)
    assert isinstance(found, Confidence)
    printed = [(1 + d) / 2 for d in (-0.0621, -0.1240, -0.0054)]
    assert (found.value, found.low, found.high) == pytest.approx(printed, abs=2.5e-5)


def test_r_poisson_test():
    """`poisson.test(c(11, 6+8+7), c(800, 1083+1050+878))`, the example of R's help page, prints the rate
    ratio 1.971488 with 95% interval 0.8584264 to 4.2772659; the exposures scale the ratio of the counts.
    """
    found = poisson_ratio(11, 21)
    assert isinstance(found, Confidence)
    per_exposure = found.scaled(3011 / 800)
    printed = (1.971488, 0.8584264, 4.2772659)
    assert (per_exposure.value, per_exposure.low, per_exposure.high) == pytest.approx(printed, abs=5e-7)
