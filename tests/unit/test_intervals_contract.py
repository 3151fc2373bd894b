"""Intervals: what they refuse, what they return without data, and what they promise: coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binom, norm, t

from almanac.statistics import (
    Confidence,
    NoNumber,
    around,
    clopper_pearson,
    drift_forecast,
    half_credit,
    jeffreys,
    poisson_ratio,
    wilson,
)

BINOMIAL = [wilson, clopper_pearson, jeffreys]

levels = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99])


@st.composite
def proportions(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 400))
    return draw(st.integers(0, n)), n


def number(found: Confidence | NoNumber) -> Confidence:
    assert isinstance(found, Confidence)
    return found


@pytest.mark.parametrize("interval", BINOMIAL)
@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5), (0, -1)])
def test_counts_that_cannot_be_are_refused(interval, successes, n):
    with pytest.raises(ValueError, match="cannot be"):
        interval(successes, n)


@pytest.mark.parametrize("interval", BINOMIAL)
@pytest.mark.parametrize("level", [0, 1, 1.2, -0.95, math.nan])
def test_levels_outside_0_to_1_are_refused(interval, level):
    with pytest.raises(ValueError, match="confidence level"):
        interval(3, 5, level)


@pytest.mark.parametrize("interval", BINOMIAL)
def test_no_trials_give_no_number(interval):
    assert isinstance(interval(0, 0), NoNumber)
    assert isinstance(half_credit(0, 0, 0), NoNumber)


def test_half_credit_refuses_negative_counts():
    with pytest.raises(ValueError, match="negative"):
        half_credit(3, -1, 2)
    with pytest.raises(ValueError, match="confidence level"):
        half_credit(3, 1, 2, 1)


def test_a_confidence_holds_its_value():
    with pytest.raises(ValueError, match="does not lie"):
        Confidence(0.5, 0.6, 0.7, 0.95)


@pytest.mark.parametrize("interval", BINOMIAL)
@settings(max_examples=200)
@given(counts=proportions(), level=levels)
def test_failures_mirror_successes(interval, counts, level):
    successes, n = counts
    found, mirrored = number(interval(successes, n, level)), number(interval(n - successes, n, level))
    assert found.low == pytest.approx(1 - mirrored.high, abs=1e-9)
    assert found.high == pytest.approx(1 - mirrored.low, abs=1e-9)
    assert 0 <= found.low <= found.value <= found.high <= 1


@settings(max_examples=200)
@given(counts=proportions())
def test_a_higher_level_is_wider(counts):
    for interval in BINOMIAL:
        narrow, wide = number(interval(*counts, 0.8)), number(interval(*counts, 0.99))
        assert wide.low <= narrow.low
        assert narrow.high <= wide.high


@settings(max_examples=200)
@given(counts=proportions(), level=levels)
def test_wilson_is_the_set_of_proportions_that_the_score_test_does_not_reject(counts, level):
    successes, n = counts
    found = number(wilson(successes, n, level))
    z = norm.ppf((1 + level) / 2)
    for end in {found.low, found.high} - {0.0, 1.0}:
        assert abs(successes / n - end) == pytest.approx(z * math.sqrt(end * (1 - end) / n), rel=1e-6)


def coverage(interval, n: int, grid: np.ndarray) -> np.ndarray:
    """The exact probability that the interval of Binomial(n, p) covers p, for every p of the grid."""
    found = [number(interval(k, n)) for k in range(n + 1)]
    return np.array(
        [binom.pmf([k for k in range(n + 1) if found[k].low <= p <= found[k].high], n, p).sum() for p in grid]
    )


@pytest.mark.parametrize("n", [9, 30, 59])
def test_coverage_over_all_proportions(n):
    """Newcombe (1998): Wilson covers 95% on average over p; Clopper-Pearson never covers less."""
    grid = np.linspace(0.01, 0.99, 50)
    assert coverage(wilson, n, grid).mean() == pytest.approx(0.95, abs=0.012)
    assert coverage(jeffreys, n, grid).mean() == pytest.approx(0.95, abs=0.012)
    assert coverage(clopper_pearson, n, grid).min() >= 0.95


def test_wilson_covers_in_simulation():
    """The track record's own case: 59 predictions, of which 53% come true."""
    rng = np.random.default_rng(20251009)
    found = [number(wilson(k, 59)) for k in range(60)]
    covered = np.mean([found[k].low <= 0.53 <= found[k].high for k in rng.binomial(59, 0.53, 4000)])
    assert covered == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize("chances", [(0.5, 0.15, 0.35), (0.3, 0.6, 0.1), (0.8, 0.1, 0.1)])
def test_half_credit_covers_its_mean_in_simulation(chances):
    rng = np.random.default_rng(20251009)
    truth = chances[0] + chances[1] / 2
    draws = rng.multinomial(59, chances, size=2000)
    found = [number(half_credit(*map(int, draw))) for draw in draws]
    covered = np.mean([ci.low <= truth <= ci.high for ci in found])
    assert covered == pytest.approx(0.95, abs=0.015)


def test_poisson_ratio_covers_its_ratio_in_simulation():
    rng = np.random.default_rng(20251009)
    later, earlier = rng.poisson(60, 800), rng.poisson(40, 800)
    found = [number(poisson_ratio(int(a), int(b))) for a, b in zip(later, earlier, strict=True)]
    covered = np.mean([ci.low <= 1.5 <= ci.high for ci in found])
    assert 0.945 <= covered <= 0.985


def score(d: float, hits: int, partials: int, misses: int) -> float:
    """The score statistic of a difference `d`, its nuisance found by searching the likelihood, not by a
    formula.
    """
    n = hits + partials + misses

    def unlikelihood(miss: float) -> float:
        chances = (miss + d, 1 - 2 * miss - d, miss)
        counts = (hits, partials, misses)
        return -sum(count * math.log(max(p, 1e-300)) for count, p in zip(counts, chances, strict=True) if count)

    low, high = max(0.0, -d), (1 - d) / 2
    miss = minimize_scalar(unlikelihood, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x
    return (hits - misses - n * d) / math.sqrt(n * (2 * miss + d - d**2))


@pytest.mark.parametrize("counts", [(31, 8, 20), (5, 2, 3), (7, 1, 2), (3, 9, 1), (1, 1, 2)])
def test_half_credit_inverts_the_score_test(counts):
    found = number(half_credit(*counts))
    z = norm.ppf(0.975)
    assert score(2 * found.low - 1, *counts) == pytest.approx(z, abs=1e-4)
    assert score(2 * found.high - 1, *counts) == pytest.approx(-z, abs=1e-4)


@settings(max_examples=200)
@given(counts=proportions(), level=levels)
def test_half_credit_without_partials_is_wilson(counts, level):
    hits, n = counts
    found, plain = number(half_credit(hits, 0, n - hits, level)), number(wilson(hits, n, level))
    assert (found.low, found.value, found.high) == pytest.approx((plain.low, plain.value, plain.high), abs=1e-7)


@settings(max_examples=200)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), levels)
def test_half_credit_mirrors_hits_and_misses(hits, partials, misses, level):
    found, mirrored = half_credit(hits, partials, misses, level), half_credit(misses, partials, hits, level)
    if not hits + partials + misses:
        assert isinstance(found, NoNumber)
        return
    assert number(found).low == pytest.approx(1 - number(mirrored).high, abs=1e-7)
    assert 0 <= number(found).low <= number(found).value <= number(found).high <= 1


def test_half_credit_is_not_a_point_when_all_are_alike():
    for counts in [(5, 0, 0), (0, 5, 0), (0, 0, 5)]:
        found = number(half_credit(*counts))
        assert found.high - found.low > 0.4


@settings(max_examples=200)
@given(st.integers(1, 5000), st.integers(1, 5000))
def test_the_ratio_turned_round(later, earlier):
    found, turned = number(poisson_ratio(later, earlier)), number(poisson_ratio(earlier, later))
    assert found.low == pytest.approx(1 / turned.high, rel=1e-6)
    assert found.low <= later / earlier <= found.high


def test_a_ratio_to_nothing_is_no_number():
    assert isinstance(poisson_ratio(7, 0), NoNumber)
    assert isinstance(poisson_ratio(0, 0), NoNumber)
    assert number(poisson_ratio(0, 7)).value == 0
    with pytest.raises(ValueError, match="negative"):
        poisson_ratio(-1, 4)


def test_drift_forecast_by_a_second_derivation():
    values = [100.0, 130, 150, 210, 260, 300, 280]
    logs = np.log(values)
    forecasts = [logs[i - 1] + np.diff(logs[:i]).mean() for i in range(3, 7)]
    errors = logs[3:] - forecasts
    centre = logs[-1] + np.diff(logs).mean()
    reach = t.ppf(0.95, 4) * np.sqrt((errors**2).mean())
    found = number(drift_forecast(values, 0.9))
    assert found.value == pytest.approx(np.exp(centre))
    assert (found.low, found.high) == pytest.approx((np.exp(centre - reach), np.exp(centre + reach)))


def test_a_forecast_needs_years_to_be_tried_on():
    assert isinstance(drift_forecast([1, 2, 3, 4, 5]), NoNumber)
    assert isinstance(drift_forecast([1, 2, 3, 4, 5, 6]), Confidence)
    assert isinstance(drift_forecast([0, 2, 3, 4, 5, 6]), NoNumber)
    assert isinstance(drift_forecast([]), NoNumber)


def test_an_interval_around_a_forecast_covers_in_simulation():
    rng = np.random.default_rng(20251009)
    errors = rng.normal(0, 0.3, size=(2000, 5))
    covered = 0
    for *earlier, now in errors:
        found = number(around(100.0, earlier))
        covered += found.low <= 100 * math.exp(now) <= found.high
    assert covered / 2000 == pytest.approx(0.95, abs=0.015)


def test_an_interval_around_a_forecast_needs_errors():
    assert isinstance(around(100.0, [0.1, -0.2]), NoNumber)
    with pytest.raises(ValueError, match="positive"):
        around(0.0, [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="confidence level"):
        around(1.0, [0.1, 0.2, 0.3], 0)
