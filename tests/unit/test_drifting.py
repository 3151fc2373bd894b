"""A random walk with drift, seen with error at odd times: against dense matrices, known truth and cases done by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import t as student

from almanac.statistics import Confidence, DriftingWalk, NoNumber, drifting_walk
from almanac.statistics.drifting import _SHARES

DAYS = np.array([3.0, 10.0, 10.0, 45.0, 80.0, 81.0, 200.0])
VALUES = np.array([1.0, 1.3, 1.1, 2.9, 2.5, 4.0, 11.0])


def walk(days: object = DAYS, values: object = VALUES) -> DriftingWalk:
    found = drifting_walk(days, values)
    assert isinstance(found, DriftingWalk), found
    return found


def dense(share: float, days: np.ndarray, logs: np.ndarray, at: float) -> tuple[float, np.ndarray, np.ndarray]:
    """Log likelihood, then centres and standard errors of (drift, level on a day), by inverting the whole covariance."""
    n, since = len(days), days - days[0]
    gap = since[-1] / (n - 1)
    covariance = share * np.minimum.outer(since, since) / gap + (1 - share) * np.eye(n)
    inverse, design = np.linalg.inv(covariance), np.column_stack([np.ones(n), since])
    information = design.T @ inverse @ design
    line = np.linalg.solve(information, design.T @ inverse @ logs)
    off = logs - design @ line
    scale = off @ inverse @ off / (n - 2)
    with_reports = share * np.minimum(since, at - days[0]) / gap
    row = np.array([1.0, at - days[0]])
    level = row @ line + with_reports @ inverse @ off
    slack = row - with_reports @ inverse @ design
    own = share * (at - days[0]) / gap - with_reports @ inverse @ with_reports
    spread = own + slack @ np.linalg.inv(information) @ slack
    errors = np.sqrt(scale * np.array([np.linalg.inv(information)[1, 1], spread]))
    likelihood = -0.5 * (
        np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(information)[1] + (n - 2) * math.log(scale)
    )
    return likelihood, np.array([line[1], level]), errors


@pytest.mark.parametrize("day", [3.0, 30.0, 81.0, 150.0, 300.0])
@pytest.mark.parametrize("level", [0.5, 0.95])
def test_it_is_the_mixture_that_dense_matrices_give(day: float, level: float) -> None:
    parts = [dense(share, DAYS, np.log(VALUES), day) for share in _SHARES]
    likelihoods = np.array([part[0] for part in parts])
    weights = np.exp(likelihoods - likelihoods.max())
    weights /= weights.sum()
    for which, found in enumerate((walk().drift(level), walk().log_at(day, level))):
        centres = np.array([part[1][which] for part in parts])
        errors = np.array([part[2][which] for part in parts])
        wanted = [
            brentq(lambda x, p=p, c=centres, e=errors: weights @ student.cdf((x - c) / e, len(DAYS) - 2) - p, -99, 99)
            for p in ((1 - level) / 2, 0.5, (1 + level) / 2)
        ]
        assert [found.low, found.value, found.high] == pytest.approx(wanted, abs=1e-8)


def test_draws_have_the_quantiles_of_the_intervals_and_hang_together() -> None:
    drawn = walk().draws([30.0, 31.0, 300.0], 40_000, np.random.default_rng(5))
    for column, day in enumerate((30.0, 31.0, 300.0)):
        found = walk().log_at(day, 0.8)
        assert np.quantile(drawn[:, column], [0.1, 0.5, 0.9]) == pytest.approx(
            [found.low, found.value, found.high], abs=0.03
        )
    assert np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1] > 0.9
    assert abs(np.corrcoef(drawn[:, 0], drawn[:, 2])[0, 1]) < 0.7


def test_growth_without_scatter_is_found_exactly() -> None:
    found = walk([0, 1, 2, 5, 9], [2.0**day for day in (0, 1, 2, 5, 9)])
    for held, wanted in ((found.drift(), math.log(2)), (found.log_at(20), 20 * math.log(2))):
        assert held.low == pytest.approx(wanted, abs=1e-7)
        assert held.value == pytest.approx(wanted, abs=1e-9)
        assert held.high == pytest.approx(wanted, abs=1e-7)


def test_little_is_known_between_reports_less_after_them_and_most_on_their_days() -> None:
    def width(day: float) -> float:
        found = walk().log_at(day)
        return found.high - found.low

    assert width(81) < width(140) < width(400) < width(2000)
    assert width(140) > width(199)


def test_order_unit_and_time_do_not_matter() -> None:
    there = walk().drift()
    back = walk(DAYS[::-1], VALUES[::-1]).drift()
    assert (back.low, back.value, back.high) == pytest.approx((there.low, there.value, there.high))
    scaled = walk(1000 + 2 * DAYS, 7e9 * VALUES)
    assert 2 * scaled.drift().low == pytest.approx(there.low)
    assert scaled.log_at(1300).high == pytest.approx(walk().log_at(150).high + math.log(7e9))


def test_backwards_in_time_growth_turns_over() -> None:
    there, back = walk().drift(), walk(-DAYS, VALUES).drift()
    assert (back.low, back.value, back.high) == pytest.approx((-there.high, -there.value, -there.low))


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_the_interval_holds_the_true_drift(share: float) -> None:
    """Coverage is measured in benchmarks/coverage_money.py; here 300 samples of 8 reports must not fall far short."""
    random, held = np.random.default_rng(8), 0
    for _ in range(300):
        days = np.sort(random.uniform(0, 700, 8))
        steps = np.sqrt(np.diff(days) / (np.ptp(days) / 7)) * random.standard_normal(7)
        noise = math.sqrt(share) * np.concatenate([[0.0], np.cumsum(steps)])
        noise += math.sqrt(1 - share) * random.standard_normal(8)
        found = walk(days, np.exp(0.004 * days + 0.3 * noise)).drift()
        held += found.low <= 0.004 <= found.high
    assert held / 300 >= 0.91


@pytest.mark.parametrize(
    ("days", "values", "reason"),
    [
        ([0, 1, 2], [1, 2, 3], "3 reports, and growth with an interval needs 4"),
        ([5, 5, 5, 5], [1, 2, 3, 4], "all reports are of one day"),
        ([0, 1, 2, 3], [1, 0, 3, 4], "a value of 0 has no logarithm"),
    ],
)
def test_no_number_and_why(days: list[float], values: list[float], reason: str) -> None:
    assert drifting_walk(days, values) == NoNumber(reason)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        drifting_walk([0, 1, 2, 3], [1, -1, 2, 3])
    with pytest.raises(ValueError, match="each day"):
        drifting_walk([0, 1], [1, 2, 3])
    with pytest.raises(ValueError, match="level"):
        walk().drift(1.0)
    assert isinstance(walk().drift(), Confidence)
    assert 0 < walk().walk_share < 1
