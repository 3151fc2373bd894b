"""Rates compared: against R's printed answers, lifelines, an exact permutation, brute force and known truth."""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter
from lifelines.statistics import multivariate_logrank_test, proportional_hazard_test
from scipy import stats

from almanac.statistics import Cox, LogRank, NoNumber, cox, log_rank
from almanac.statistics.hazards import Ties, _RiskSets

DATA = Path(os.environ.get("ALMANAC_SHARED", Path(__file__).parents[3] / "shared")) / "data" / "retention"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the survival data are not here (../shared or $ALMANAC_SHARED)")

PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
SEEN, GONE = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
"""Weeks of remission on placebo and on 6-mercaptopurine: Freireich, E. J. et al. (1963), Blood 21, 699-716."""

WEEKS = [*PLACEBO, *SEEN, *GONE]
RELAPSED = [True] * 30 + [False] * 12
UNTREATED = [1.0] * 21 + [0.0] * 21
DRUGS = ["placebo"] * 21 + ["6-MP"] * 21


def fitted(model: Cox | NoNumber) -> Cox:
    assert isinstance(model, Cox), model
    return model


def ranked(found: LogRank | NoNumber) -> LogRank:
    assert isinstance(found, LogRank), found
    return found


def why(nothing: object) -> str:
    assert isinstance(nothing, NoNumber), nothing
    return nothing.reason


def lung() -> tuple[list[float], list[bool], list[list[float]]]:
    with (DATA / "lung.csv").open() as file:
        rows = list(csv.DictReader(file))
    days, died = [float(row["time"]) for row in rows], [row["status"] == "1" for row in rows]
    return days, died, [[float(row["age"]), float(row["sex"])] for row in rows]


# ---- printed -----------------------------------------------------------------------------------------------------


def test_the_log_rank_test_of_the_leukaemia_trial() -> None:
    """R: survdiff(Surv(weeks, relapse) ~ group): 16.8 on 1 degree, p = 4e-05; expected 10.7 and 19.3."""
    found = ranked(log_rank(WEEKS, RELAPSED, DRUGS))
    assert (round(found.test.value, 1), found.test.degrees, f"{found.test.p:.0e}") == (16.8, 1, "4e-05")
    assert found.groups == ("6-MP", "placebo")
    assert found.observed == (9, 21)
    assert [round(many, 1) for many in found.expected] == [19.3, 10.7]


@pytest.mark.parametrize(("ties", "ratio", "error"), [("efron", 4.817, 0.4124), ("breslow", 4.523, 0.4096)])
def test_the_hazard_ratio_of_the_leukaemia_trial(ties: Ties, ratio: float, error: float) -> None:
    """R: coxph(..., ties = "efron" and "breslow"); 4.523 (2.027, 10.094) in Kleinbaum and Klein (2012) too."""
    model = fitted(cox(WEEKS, RELAPSED, UNTREATED, ties=ties))
    assert round(model.hazard_ratio().value, 3) == ratio
    assert round(math.sqrt(model.covariance[0, 0]), 4) == error
    if ties == "breslow":
        interval = model.hazard_ratio()
        assert (round(interval.low, 3), round(interval.high, 3)) == (2.027, 10.094)


@real
def test_lung_as_r_prints_it() -> None:
    """R: coxph(Surv(time, status) ~ age + sex, lung), its first example; ~ sex alone 0.5880 (0.4237, 0.816); survdiff
    by sex 10.3, p = 0.001.
    """
    days, died, covariates = lung()
    model = fitted(cox(days, died, covariates))
    assert model.coefficients.round(6).tolist() == [0.017045, -0.513219]
    assert np.sqrt(model.covariance.diagonal()).round(6).tolist() == [0.009223, 0.167458]
    assert round(model.likelihood_ratio().value, 2) == 14.12
    alone = fitted(cox(days, died, [sex for _, sex in covariates])).hazard_ratio()
    assert (round(alone.value, 4), round(alone.low, 4), round(alone.high, 4)) == (0.588, 0.4237, 0.816)
    assert round(ranked(log_rank(days, died, [str(sex) for _, sex in covariates])).test.value, 1) == 10.3


# ---- a second implementation -------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [False, True])
def test_cox_is_lifelines(late: bool) -> None:
    """Three covariates, ties, a third censored; without and with late entry. The drift of the ratios on two clocks."""
    random = np.random.default_rng(3)
    x = random.normal(size=(150, 3)) * [1, 10, 0.1]
    times = (random.exponential(np.exp(-0.5 * x[:, 0])) * 30).round(0) + 1
    seen, entered = random.random(150) < 2 / 3, random.uniform(0, 0.9, 150) * times
    table = pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "t": times, "e": seen})
    if late:
        table["entered"] = entered
    theirs = CoxPHFitter().fit(table, "t", "e", entry_col="entered" if late else None)
    ours = fitted(cox(times, seen, x, entered if late else None))
    assert ours.coefficients == pytest.approx(theirs.params_.to_numpy(), rel=1e-4)
    assert ours.covariance == pytest.approx(theirs.variance_matrix_.to_numpy(), rel=1e-5)
    assert ours.likelihood == pytest.approx(theirs.log_likelihood_)
    if not late:
        assert ours.likelihood_ratio().value == pytest.approx(theirs.log_likelihood_ratio_test().test_statistic)
        drift = proportional_hazard_test(theirs, table, time_transform=["identity", "log"]).summary
        for clock in ("identity", "log"):
            expected = drift.xs(clock, level=1)["test_statistic"].to_numpy()
            assert [found.value for found in ours.proportionality(clock)] == pytest.approx(expected, rel=1e-3)


def test_log_rank_is_lifelines_with_three_groups() -> None:
    random = np.random.default_rng(4)
    times, seen = random.exponential(10, 90).round(0) + 1, random.random(90) < 0.7
    groups = random.choice(["a", "b", "c"], 90).tolist()
    theirs = multivariate_logrank_test(times, groups, seen)
    ours = ranked(log_rank(times, seen, groups)).test
    assert (ours.value, ours.degrees) == (pytest.approx(theirs.test_statistic), 2)
    assert ours.p == pytest.approx(theirs.p_value)


def test_without_ties_the_score_test_of_cox_is_the_log_rank_test() -> None:
    """Gradient squared over information at 0, taken from the likelihood by differences."""
    random = np.random.default_rng(5)
    times, seen, group = random.exponential(10, 40), random.random(40) < 0.8, np.repeat([0.0, 1.0], 20)

    def likelihood(beta: float) -> float:
        weight = np.exp(beta * group)
        return float(sum(beta * group[i] - math.log(weight[times >= times[i]].sum()) for i in np.flatnonzero(seen)))

    step = 1e-3
    slope = (likelihood(step) - likelihood(-step)) / (2 * step)
    bend = (likelihood(step) - 2 * likelihood(0) + likelihood(-step)) / step**2
    ours = ranked(log_rank(times, seen, [str(one) for one in group])).test.value
    assert ours == pytest.approx(slope**2 / -bend, rel=1e-4)
    model = fitted(cox(times, seen, group))
    assert model.likelihood == pytest.approx(likelihood(float(model.coefficients[0])))
    assert likelihood(float(model.coefficients[0])) >= max(likelihood(b) for b in np.linspace(-3, 3, 601))


def test_efrons_ties_are_the_mean_of_the_orders() -> None:
    """Of two tied events: the denominators are the risk set, and the risk set less half of both."""
    times, x, beta = [1, 1, 2], np.array([0.0, 1.0, 0.5]), 0.7
    weight = np.exp(beta * x)
    by_hand = beta * 1 - math.log(weight.sum()) - math.log(weight.sum() - (weight[0] + weight[1]) / 2)
    happened = np.array([True, True, False])
    sets = _RiskSets(x[:, None], np.array(times, float), happened, np.full(3, -np.inf), "efron")
    assert sets.at(np.array([beta]))[0] == pytest.approx(by_hand)


# ---- known truth -------------------------------------------------------------------------------------------------


def test_a_known_ratio_is_covered_and_its_drift_is_found() -> None:
    """Rates 1 and 2, watched for up to twice the mean; then Weibull shapes 0.5 and 2, whose ratio drifts."""
    random = np.random.default_rng(6)
    inside, alarms, caught = [], [], []
    group = np.repeat([0.0, 1.0], 50)
    for _ in range(200):
        watched = random.uniform(0, 2, 100)
        times = random.exponential(1 / (1 + group))
        model = fitted(cox(np.minimum(times, watched), times <= watched, group))
        inside.append(model.hazard_ratio().low <= 2 <= model.hazard_ratio().high)
        alarms.append(model.proportionality()[0].p < 0.05)
        bent = np.where(group > 0, random.weibull(2, 100), random.weibull(0.5, 100))
        caught.append(fitted(cox(bent, np.full(100, True), group)).proportionality()[0].p < 0.05)
    assert 0.92 <= np.mean(inside) <= 0.98
    assert np.mean(alarms) <= 0.1
    assert np.mean(caught) >= 0.9


@pytest.mark.parametrize("groups", [2, 4])
def test_the_log_rank_test_is_level(groups: int) -> None:
    """One degree of freedom less than groups, whatever rounding makes of the last."""
    random = np.random.default_rng(8)
    names = [str(i % groups) for i in range(90)]
    found = [ranked(log_rank(random.exponential(1, 90), random.random(90) < 0.8, names)).test for _ in range(400)]
    assert {test.degrees for test in found} == {groups - 1}
    assert stats.kstest([test.p for test in found], "uniform").pvalue > 0.01


# ---- the ends of what is known -----------------------------------------------------------------------------------


def test_where_there_is_no_number() -> None:
    assert "one group" in why(log_rank([1, 2], [True, True], ["a", "a"]))
    assert "at no event" in why(log_rank([1, 2], [False, True], ["a", "b"]))
    assert "no event was seen" in why(cox([1, 2], [False, False], [0, 1]))
    assert "the same for all" in why(cox([1, 2], [True, True], [[0, 1], [1, 1]]))
    assert "no maximum" in why(cox([1, 2, 3, 4], [True] * 4, [1, 1, 0, 0]))
    assert "does not vary" in why(cox([1, 2, 3, 4], [False, False, True, True], [0, 1, 1, 1]))
    assert "follows from others" in why(cox([1, 2, 3, 4], [True] * 4, [[1, 2], [0, 0], [1, 2], [0, 0]]))


def test_a_covariate_far_from_the_others_does_no_harm() -> None:
    random = np.random.default_rng(9)
    x = random.normal(size=60)
    x[0] = 200
    model = fitted(cox(random.exponential(1, 60), [True] * 60, x))
    assert math.isfinite(model.likelihood)


def test_what_cannot_be() -> None:
    with pytest.raises(ValueError, match="finite number"):
        cox([1, 2], [True, True], [0, math.nan])
    with pytest.raises(ValueError, match="1 groups of 2 times"):
        log_rank([1, 2], [True, True], ["a"])


def test_events_all_at_one_time_say_nothing_of_drift() -> None:
    assert fitted(cox([3, 3, 3, 5], [True, True, True, False], [0, 1, 0, 1])).proportionality() == ()
