"""Times of which only bounds are known, against printed medians, second implementations and known truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from almanac.statistics.confidence import Confidence, NoNumber
from almanac.statistics.survival import median_time, turnbull

PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
SEEN, GONE = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
"""Weeks of remission on placebo and on 6-mercaptopurine: Freireich, E. J. et al. (1963), Blood 21, 699-716."""


def found(confidence: Confidence | NoNumber) -> Confidence:
    assert isinstance(confidence, Confidence), confidence
    return confidence


def why(confidence: object) -> str:
    assert isinstance(confidence, NoNumber), confidence
    return confidence.reason


def test_the_median_that_is_printed() -> None:
    """Kleinbaum and Klein (2012), Survival Analysis, 3rd ed.: placebo 8 weeks, 4 to 11 with the log-log interval."""
    ours = found(median_time(PLACEBO, PLACEBO))
    assert (ours.value, ours.low, ours.high) == (8, 4, 11)


def test_a_median_without_an_upper_end_is_no_number() -> None:
    """There, on 6-mercaptopurine: 23 weeks, 13 to nothing."""
    low, high = SEEN + GONE, SEEN + [math.inf] * 12
    points, mass = turnbull(low, high)
    assert points[np.searchsorted(np.cumsum(mass), 0.5)] == 23
    assert "no upper end" in why(median_time(low, high))


def test_with_right_censoring_turnbull_is_kaplan_and_meier() -> None:
    points, mass = turnbull(SEEN + GONE, SEEN + [math.inf] * 12)
    theirs = stats.ecdf(stats.CensoredData(uncensored=SEEN, right=GONE)).cdf
    assert np.cumsum(mass)[:-1] == pytest.approx(
        [theirs.probabilities[list(theirs.quantiles).index(point)] for point in points[:-1]], abs=1e-6
    )


def test_turnbull_is_the_likeliest() -> None:
    """No distribution on a fine grid of three masses is likelier."""
    low, high = [0, 1, 2, 0, 3], [2, 3, 4, 4, 6]
    points, mass = turnbull(low, high)

    def likelihood(p: np.ndarray, at: np.ndarray) -> float:
        inside = (at > np.array(low)[:, None]) & (at <= np.array(high)[:, None])
        return float(np.prod(inside @ p))

    best = likelihood(mass, points)
    grid = [(a, b) for a in np.linspace(0, 1, 21) for b in np.linspace(0, 1 - a, 21)]
    for three in ((2.0, 4.0, 6.0), (2.0, 3.0, 4.0), (1.5, 2.5, 3.5)):
        assert max(likelihood(np.array([a, b, 1 - a - b]), np.array(three)) for a, b in grid) <= best + 1e-6


def test_a_known_median_is_covered() -> None:
    """Exponential times looked at once a week, followed for 60 days at most; at least 93 % of 100 intervals cover."""
    random, truth = np.random.default_rng(7), 30 * math.log(2)
    inside = []
    for _ in range(100):
        times = random.exponential(30, 60)
        looks = random.uniform(0, 7, 60)
        low = np.maximum(0, looks + 7 * np.floor((times - looks) / 7))
        high = looks + 7 * np.ceil((times - looks) / 7)
        late = high > 60
        ours = found(median_time(np.where(late, np.minimum(low, 60), low), np.where(late, np.inf, high)))
        inside.append(ours.low <= truth <= ours.high)
    assert np.mean(inside) >= 0.93


def test_the_interval_allows_for_where_an_event_fell() -> None:
    exact = found(median_time(PLACEBO, PLACEBO))
    loose = found(median_time([t - 1 for t in PLACEBO], PLACEBO))
    assert (loose.low, loose.high) == (exact.low - 1, exact.high)


def test_where_there_is_no_median() -> None:
    assert "needs 5" in why(median_time([1, 2], [1, 2]))
    assert "fewer than half" in why(median_time([1] * 6, [1, 1, *[math.inf] * 4]))
    for low, high in (([2], [1]), ([math.inf], [math.inf]), ([], [])):
        with pytest.raises(ValueError, match="bound"):
            turnbull(low, high)


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
def test_the_interval_is_where_scipys_band_holds_one_half() -> None:
    """Second implementation of the log-log band, on 30 samples with a fifth of the times right-censored."""
    random = np.random.default_rng(13)
    for _ in range(30):
        times, gone = random.exponential(10, 25).round(2), random.random(25) < 0.2
        curve = stats.ecdf(stats.CensoredData(uncensored=times[~gone], right=times[gone])).sf
        band = curve.confidence_interval(0.9, method="log-log")
        ours = found(median_time(times, np.where(gone, np.inf, times), 0.9))
        lower = np.where(np.isnan(band.low.probabilities), curve.probabilities, band.low.probabilities)
        assert ours.low == curve.quantiles[lower <= 0.5][0]
        assert ours.high == curve.quantiles[band.high.probabilities <= 0.5][0]
