"""Kaplan and Meier's curve against printed tables, R's and lifelines' answers, brute force and known truth."""

from __future__ import annotations

import csv
import gzip
import math
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times
from scipy import stats

from almanac.statistics import Band, Confidence, KaplanMeier, NoNumber, RestrictedMean, kaplan_meier, medians_drawn

DATA = Path(os.environ.get("ALMANAC_SHARED", Path(__file__).parents[3] / "shared")) / "data" / "retention"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the survival data are not here (../shared or $ALMANAC_SHARED)")

PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
SEEN, GONE = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
"""Weeks of remission on placebo and on 6-mercaptopurine: Freireich, E. J. et al. (1963), Blood 21, 699-716."""

TREATED = kaplan_meier(SEEN + GONE, [True] * 9 + [False] * 12)
UNTREATED = kaplan_meier(PLACEBO, [True] * 21)


def found(confidence: Confidence | NoNumber) -> Confidence:
    assert isinstance(confidence, Confidence), confidence
    return confidence


def why(nothing: object) -> str:
    assert isinstance(nothing, NoNumber), nothing
    return nothing.reason


def mean(curve: KaplanMeier, until: float) -> RestrictedMean:
    restricted = curve.restricted_mean(until)
    assert isinstance(restricted, RestrictedMean), restricted
    return restricted


def rows(name: str) -> list[dict[str, str]]:
    with gzip.open(DATA / name, "rt") if name.endswith("gz") else (DATA / name).open() as file:
        return list(csv.DictReader(file))


def lung(sex: str = "") -> KaplanMeier:
    chosen = [row for row in rows("lung.csv") if not sex or row["sex"] == sex]
    return kaplan_meier([float(row["time"]) for row in chosen], [row["status"] == "1" for row in chosen])


# ---- printed -----------------------------------------------------------------------------------------------------


def test_the_table_that_is_printed() -> None:
    """README of the data, and Kleinbaum and Klein (2012), Survival Analysis, 3rd ed.: S of the treated."""
    table = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert dict(zip(TREATED.times.tolist(), TREATED.survival.round(3).tolist(), strict=True)) == table
    assert TREATED.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert found(UNTREATED.median()).value == 8


@pytest.mark.parametrize(
    ("band", "ends"), [("log", (4, 12)), ("log-log", (4, 11)), ("plain", (4, 11))]
)  # R: survfit(..., conf.type = ...) of the untreated
def test_the_interval_of_the_median_depends_on_the_scale(band: Band, ends: tuple[float, float]) -> None:
    interval = found(UNTREATED.median(band=band))
    assert (interval.low, interval.high) == ends


def test_a_median_whose_interval_has_no_end_is_told_in_words() -> None:
    """R prints 23 (13, NA) with the log-log scale and 23 (16, NA) with its own."""
    assert "it is 23, but its interval, from 13 on" in why(TREATED.median())
    assert TREATED.quantile_bounds(0.5, band="log") == (23, 16, math.inf)


@real
@pytest.mark.parametrize(
    ("sex", "log", "log_log"),
    [
        ("", (310, 285, 363), (310, 284, 361)),
        ("1", (270, 212, 310), (270, 210, 306)),
        ("2", (426, 348, 550), (426, 345, 524)),
    ],
)
def test_lung_as_r_and_as_lifelines_print_it(sex: str, log: tuple[float, ...], log_log: tuple[float, ...]) -> None:
    scales: Mapping[Band, tuple[float, ...]] = {"log": log, "log-log": log_log}
    for band, expected in scales.items():
        median = found(lung(sex).median(band=band))
        assert (median.value, median.low, median.high) == expected


@real
def test_the_restricted_mean_of_lung() -> None:
    """R: print(survfit(Surv(time, status) ~ 1, lung), print.rmean = TRUE): 376.3, standard error 19.7, up to 1022."""
    restricted = mean(lung(), 1022)
    assert (round(restricted.value, 1), round(restricted.error, 1)) == (376.3, 19.7)


@real
def test_telco() -> None:
    """README of the data: the table by tenure and contract. 11 customers of tenure 0 are at risk at no month."""
    customers = rows("telco_churn.csv.gz")

    def curve(contract: str) -> KaplanMeier:
        chosen = [row for row in customers if not contract or row["Contract"] == contract]
        return kaplan_meier([float(row["tenure"]) for row in chosen], [row["Churn"] == "Yes" for row in chosen])

    printed: Mapping[tuple[str, int], float] = {
        ("", 12): 0.8432, ("", 24): 0.7887, ("", 60): 0.6644, ("", 72): 0.5928,
        ("Month-to-month", 12): 0.7031, ("One year", 24): 0.9783, ("Two year", 60): 0.9862,
    }  # fmt: skip
    for (contract, month), share in printed.items():
        assert round(found(curve(contract).survival_at(month)).value, 4) == share
    assert found(curve("Month-to-month").median()).value == 35
    assert (curve("").subjects, int(curve("").at_risk[0])) == (7043, 7032)


# ---- a second implementation -------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [False, True])
def test_the_curve_and_its_band_are_lifelines(late: bool) -> None:
    """Twenty samples, with ties, a third censored; half of them with late entry."""
    random = np.random.default_rng(2)
    for _ in range(10):
        times, seen = random.exponential(10, 60).round(0) + 1, random.random(60) < 2 / 3
        entered = random.uniform(0, 0.9, 60) * times * (random.random(60) < 0.4) if late else None
        ours = kaplan_meier(times, seen, entered)
        theirs = KaplanMeierFitter(alpha=0.1).fit(times, seen, entry=entered)
        assert ours.survival == pytest.approx(theirs.survival_function_at_times(ours.times).to_numpy())
        band = theirs.confidence_interval_survival_function_.loc[ours.times].to_numpy()
        low, high = ours.band(0.9)
        above = ours.survival > 0
        assert low[above] == pytest.approx(band[above, 0], abs=1e-8)
        assert high[above] == pytest.approx(band[above, 1], abs=1e-8)
        ends = median_survival_times(theirs.confidence_interval_survival_function_).to_numpy()[0]
        assert ours.quantile_bounds(0.5, 0.9) == (theirs.median_survival_time_, *ends)


def test_the_plain_band_is_scipys() -> None:
    data = stats.CensoredData(uncensored=SEEN, right=GONE)
    theirs = stats.ecdf(data).sf.confidence_interval(0.8, method="linear")
    at = [list(stats.ecdf(data).sf.quantiles).index(time) for time in TREATED.times]
    low, high = TREATED.band(0.8, "plain")
    assert low == pytest.approx(theirs.low.probabilities[at])
    assert high == pytest.approx(theirs.high.probabilities[at])


def test_without_censoring_the_restricted_mean_is_the_mean() -> None:
    """And its error that of a mean, with n in the denominator: Greenwood's formula is then the binomial one."""
    restricted = mean(UNTREATED, 10)
    cut = np.minimum(PLACEBO, 10)
    assert restricted.value == pytest.approx(cut.mean())
    assert restricted.error == pytest.approx(cut.std() / math.sqrt(len(cut)))
    assert restricted.interval(0.9).high == pytest.approx(restricted.value + 1.6448536 * restricted.error)


def test_the_difference_of_two_restricted_means() -> None:
    first, second = mean(TREATED, 20), mean(UNTREATED, 20)
    difference = first.less(second)
    assert difference.value == pytest.approx(first.value - second.value)
    assert difference.high - difference.value == pytest.approx(1.959964 * math.hypot(first.error, second.error))
    with pytest.raises(ValueError, match="do not compare"):
        first.less(mean(UNTREATED, 21))


# ---- known truth -------------------------------------------------------------------------------------------------


def test_the_truth_is_covered() -> None:
    """Exponential times of mean 30, watched for 5 to 60 days: the share left at 20, the median, the mean up to 40."""
    random = np.random.default_rng(5)
    truths = math.exp(-20 / 30), 30 * math.log(2), 30 * (1 - math.exp(-40 / 30))
    inside = np.zeros(3)
    for _ in range(400):
        times, watched = random.exponential(30, 100), random.uniform(5, 60, 100)
        curve = kaplan_meier(np.minimum(times, watched), times <= watched)
        intervals = (curve.survival_at(20), curve.median(), mean(curve, 40).interval())
        inside += [found(i).low <= truth <= found(i).high for i, truth in zip(intervals, truths, strict=True)]
    assert (inside / 400).min() >= 0.92
    assert (inside / 400).max() <= 0.98


# ---- the ends of what is known -----------------------------------------------------------------------------------


def test_an_event_comes_before_an_end_of_watching_at_the_same_time() -> None:
    assert kaplan_meier([6, 6, 6, 6], [True, True, True, False]).survival.tolist() == [0.25]


def test_who_enters_late_is_not_at_risk_before() -> None:
    curve = kaplan_meier([1, 2, 3, 3], [True, True, True, True], [0, 0, 1, 2])
    assert curve.at_risk.tolist() == [2, 2, 2]


def test_before_the_first_event_the_interval_is_the_exact_one() -> None:
    interval = found(TREATED.survival_at(5, 0.9))
    assert (interval.value, interval.high) == (1, 1)
    assert interval.low == pytest.approx(stats.binomtest(21, 21).proportion_ci(0.9).low)


def test_resampled_medians_are_those_of_the_resamples() -> None:
    random = np.random.default_rng(10)
    times, seen = random.exponential(10, 30).round() + 1, random.random(30) < 0.6
    entered = np.floor(times * random.uniform(-1, 0.9, 30))  # some at the very time of an event: not at risk of it
    counts = random.multinomial(30, np.full(30, 1 / 30), size=50)
    drawn = [np.repeat(np.arange(30), many) for many in counts]
    one_by_one = [kaplan_meier(times[at], seen[at], entered[at]).quantile_bounds(0.5)[0] for at in drawn]
    assert medians_drawn(times, seen, counts, entered).tolist() == one_by_one
    assert medians_drawn([1, 2], [False, False], np.ones((1, 2), int)).tolist() == [math.inf]


def test_a_time_may_be_negative_but_not_for_a_mean() -> None:
    """Of a pair the follower may have been there first."""
    curve = kaplan_meier([-2, 1, 3, 4, 5], [True] * 5)
    assert curve.quantile_bounds(0.5)[0] == 3
    with pytest.raises(ValueError, match="times from 0"):
        curve.restricted_mean(2)


def test_where_there_is_no_number() -> None:
    assert "nobody was watched up to 36" in why(TREATED.survival_at(36))
    assert "nobody was watched up to 36" in why(TREATED.restricted_mean(36))
    assert "the curve is 0 from 23" in why(UNTREATED.survival_at(30))
    assert mean(UNTREATED, 40).value == pytest.approx(np.mean(PLACEBO))
    assert "44.8% had not had the event" in why(TREATED.quantile(0.6))
    quiet = kaplan_meier([3, 4], [False, False])
    assert "no event was seen among 2" in why(quiet.survival_at(2))
    assert "all had not had the event" in why(quiet.median())
    assert mean(quiet, 3).value == 3


@pytest.mark.parametrize(
    ("times", "seen", "entered", "words"),
    [
        ([], [], None, "every time has"),
        ([1], [True, False], None, "every time has"),
        ([math.inf], [False], None, "finite"),
        ([1], [True], [1], "before the end"),
    ],
)
def test_times_that_cannot_be(times: list[float], seen: list[bool], entered: list[float] | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        kaplan_meier(times, seen, entered)
