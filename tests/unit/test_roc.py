"""ROC statistics against printed numbers, brute force and data whose truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from almanac.statistics.confidence import Confidence, NoNumber
from almanac.statistics.ratios import proportion_ratio, ratio_ends
from almanac.statistics.roc import Flagged, auc, auc_variance, flagged_by, precision, recall_at, threshold_at

ABNORMAL, NORMAL = (np.repeat(np.arange(1, 6), counts) for counts in ([3, 2, 2, 11, 33], [33, 6, 6, 11, 2]))
"""Hanley, J. A. and McNeil, B. J. (1982), Radiology 143, 29-36, table 1: 109 CT images, rated 1 to 5."""


def found(confidence: Confidence | NoNumber) -> Confidence:
    assert isinstance(confidence, Confidence), confidence
    return confidence


def why(confidence: object) -> str:
    assert isinstance(confidence, NoNumber), confidence
    return confidence.reason


def test_auc_as_the_stata_manual_prints_it() -> None:
    """roctab on Hanley and McNeil's images: area 0.8932, standard error 0.0307, normal interval 0.83295 to 0.95339."""
    area, variance = auc_variance(ABNORMAL, NORMAL)
    assert (round(area, 4), round(variance**0.5, 4)) == (0.8932, 0.0307)
    assert round(area - 1.959964 * variance**0.5, 5) == 0.83295
    assert round(area + 1.959964 * variance**0.5, 5) == 0.95339


def test_auc_and_its_variance_pair_by_pair() -> None:
    """DeLong's placements, counted as they are defined; and the Mann-Whitney statistic of SciPy."""
    x, y = np.array([1, 3, 3, 5, 9.5]), np.array([0, 1, 3, 4])
    wins = (x[:, None] > y) + 0.5 * (x[:, None] == y)
    area, variance = auc_variance(x, y)
    assert area == pytest.approx(wins.mean()) == pytest.approx(stats.mannwhitneyu(x, y).statistic / 20)
    assert variance == pytest.approx(wins.mean(1).var(ddof=1) / 5 + wins.mean(0).var(ddof=1) / 4)
    interval = found(auc(x, y, 0.9))
    reach = 1.6448536269514722 * variance**0.5 / (area * (1 - area))
    logit = math.log(area / (1 - area))
    assert [math.log(e / (1 - e)) for e in (interval.low, interval.high)] == pytest.approx(
        [logit - reach, logit + reach]
    )


def test_a_perfect_auc_is_not_certain() -> None:
    perfect = found(auc([3, 4, 5], [0, 1, 2]))
    assert perfect.value == perfect.high == 1
    t, spare = perfect.low, 3 - 1  # Newcombe (2006), method 5: half the cases less one
    variance = t * (1 - t) / 9 * (1 + spare * (1 - t) / (2 - t) + spare * t / (1 + t))
    assert 1 - t == pytest.approx(1.959964 * variance**0.5, rel=1e-6)
    assert found(auc([0, 1, 2], [3, 4, 5])).high == pytest.approx(1 - perfect.low)
    assert found(auc(range(50, 100), range(50))).low > 0.9


def test_auc_covers_a_known_area() -> None:
    """Normal scores one standard deviation apart, 40 and 60: area Φ(1/√2); 2,000 repetitions."""
    random, truth = np.random.default_rng(1), stats.norm.cdf(1 / 2**0.5)
    inside = [auc(random.normal(1, 1, 40), random.normal(0, 1, 60)) for _ in range(2000)]
    assert 0.935 <= np.mean([found(i).low <= truth <= found(i).high for i in inside]) <= 0.965


def test_the_threshold_flags_no_more_negatives_than_allowed() -> None:
    positives, negatives = [1, 5, 6, 7, 7], [0, 1, 2, 3, 4, 5, 6, 6, 2, 1]
    for rate in (0.05, 0.1, 0.2, 0.3, 0.5, 0.95):
        at = threshold_at(positives, negatives, rate)
        assert isinstance(at, Flagged)
        legal = [t for t in (*range(8), math.inf) if sum(n >= t for n in negatives) <= rate * 10]
        assert at.threshold == min(legal)
        assert (at.hits, at.alarms) == (
            sum(p >= at.threshold for p in positives),
            sum(n >= at.threshold for n in negatives),
        )
    assert threshold_at([1], [1, 1], 0.4) == Flagged(math.inf, 0, 1, 0, 2)


@pytest.mark.parametrize(("rate", "m", "n"), [(0.1, 60, 100), (0.05, 30, 300), (0.01, 50, 150)])
def test_recall_at_a_rate_covers_the_truth(rate: float, m: int, n: int) -> None:
    """Normal scores two standard deviations apart; never below the level, for it is exact; 200 repetitions."""
    random, truth = np.random.default_rng(5), stats.norm.sf(stats.norm.isf(rate) - 2)
    inside = [found(recall_at(random.normal(2, 1, m), random.normal(0, 1, n), rate)) for _ in range(200)]
    assert np.mean([i.low <= truth <= i.high for i in inside]) >= 0.94


def test_recall_at_a_rate_by_hand() -> None:
    """100 negatives at 0 … 99, 10 %: 10 lie above on average, by the binomial 4 to 17 with tails of 1.25 %. So the
    threshold lies above 82 and not above 96.
    """
    positives = np.arange(50, 130)
    assert (stats.binom.ppf(0.0125, 100, 0.1), stats.binom.ppf(0.9875, 100, 0.1)) == (4, 17)
    low = stats.binomtest(int((positives >= 96).sum()), 80).proportion_ci(0.975, "exact").low
    high = stats.binomtest(int((positives >= 82).sum()), 80).proportion_ci(0.975, "exact").high
    ours = found(recall_at(positives, np.arange(100), 0.1))
    assert (ours.value, ours.low, ours.high) == pytest.approx((40 / 80, low, high))


def test_too_few_negatives_bound_recall_from_above_only() -> None:
    ours = found(recall_at(np.arange(100, 150), np.arange(20), 0.01))
    assert (ours.value, ours.low, ours.high) == (1, 0, 1)
    assert found(recall_at(np.arange(10), np.arange(20), 0.5)).low == 0
    assert found(recall_at([9, 9, 9], [1, 2], 0.5)).high == 1


def test_a_ratio_as_koopman_prints_it() -> None:
    """Koopman (1984): 36 of 40 against 16 of 80, 2.94 to 7.15."""
    ours = found(proportion_ratio(36, 40, 16, 80))
    assert [round(x, 2) for x in (ours.value, ours.low, ours.high)] == [4.5, 2.94, 7.15]


def test_a_ratio_by_searching_the_likelihood() -> None:
    """At each end the chi-squared of the best-fitting pair of proportions with that ratio is the normal quantile squared."""
    for a, m, b, n in ((7, 9, 3, 20), (5, 5, 8, 30), (2, 40, 39, 40), (40, 40, 80, 80)):
        for end in ratio_ends(a, m, b, n, 0.9):
            q = np.linspace(0, min(1, 1 / end), 2_000_001)[1:-1]
            p = end * q
            with np.errstate(divide="ignore", invalid="ignore"):
                logs = a * np.log(p) + (m - a) * np.log1p(-p) + b * np.log(q) + (n - b) * np.log1p(-q)
            p0, q0 = (series[int(np.nanargmax(logs))] for series in (p, q))
            chi = (a - m * p0) ** 2 / (m * p0 * (1 - p0)) + (b - n * q0) ** 2 / (n * q0 * (1 - q0))
            assert chi == pytest.approx(1.6448536269514722**2, rel=2e-3)


def test_ratios_turned_over_are_each_other() -> None:
    low, high = ratio_ends(7, 9, 3, 20)
    assert ratio_ends(3, 20, 7, 9) == pytest.approx((1 / high, 1 / low))


def test_ratios_at_the_edge() -> None:
    assert ratio_ends(0, 10, 3, 20)[0] == 0
    assert ratio_ends(3, 20, 0, 10)[1] == math.inf
    assert "no upper end" in why(proportion_ratio(3, 20, 0, 10))
    assert "every ratio fits" in why(ratio_ends(0, 10, 0, 10))
    assert "no trials" in why(proportion_ratio(0, 0, 1, 2))
    with pytest.raises(ValueError, match="cannot be"):
        ratio_ends(3, 2, 1, 2)


def test_precision_as_bayes_has_it() -> None:
    """1 % base rate, recall 99 %, false-positive rate 1 %: even odds; Altman and Bland (1994) on the prevalence."""
    ours = found(precision(Flagged(0.5, 99, 100, 10, 1000), 0.01))
    assert ours.value == pytest.approx(0.5)
    ratio = found(proportion_ratio(99, 100, 10, 1000))
    assert ours.low == pytest.approx(1 / (1 + 99 / ratio.low))
    assert ours.high == pytest.approx(1 / (1 + 99 / ratio.high))


def test_precision_without_an_alarm_is_not_certain() -> None:
    ours = found(precision(Flagged(0.5, 10, 10, 0, 50), 0.01))
    assert ours.value == ours.high == 1
    assert 0 < ours.low < 0.5
    assert found(precision(Flagged(0.5, 0, 10, 3, 50), 0.01)).value == 0


def test_precision_covers_the_truth() -> None:
    random, truth = np.random.default_rng(2), 0.05 * 0.8 / (0.05 * 0.8 + 0.95 * 0.04)
    inside = []
    for hits, alarms in zip(random.binomial(60, 0.8, 1500), random.binomial(400, 0.04, 1500), strict=True):
        inside.append(found(precision(Flagged(0, int(hits), 60, int(alarms), 400), 0.05)))
    assert 0.935 <= np.mean([i.low <= truth <= i.high for i in inside]) <= 0.965


def test_where_there_is_no_number() -> None:
    assert "two of each" in why(auc([1], [1, 2]))
    assert "needs both" in why(threshold_at([], [1], 0.1))
    assert "needs both" in why(recall_at([1], [], 0.1))
    assert "nothing is flagged" in why(precision(Flagged(math.inf, 0, 5, 0, 5), 0.1))
    assert "no trials" in why(precision(flagged_by([1], [], 0), 0.1))
    with pytest.raises(ValueError, match="finite"):
        auc([math.nan, 1], [1, 2])
    for wrong in (0.0, 1.0):
        with pytest.raises(ValueError, match="rate"):
            recall_at([1], [1], wrong)
        with pytest.raises(ValueError, match="base rate"):
            precision(Flagged(0, 1, 1, 1, 1), wrong)
