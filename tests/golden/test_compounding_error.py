"""compounding-error against arithmetic that others printed, a second implementation on real runs, and runs made to order."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import lomax

from almanac.datasets import layouts
from almanac.datasets.horizons import parse_runs
from almanac.edition.charts import Size, svg
from almanac.errors import InstrumentError
from almanac.estimate import Estimate, Result, Undefined
from almanac.instruments import find
from almanac.instruments.safety.horizon_runs import read_study, weights_of

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data"
RUNS = SHARED / "metr-horizon" / "runs_2025-02.csv.gz"
real = pytest.mark.skipif(not RUNS.is_file(), reason="the published runs are not here (../shared or $ALMANAC_SHARED)")
ERROR = find("compounding-error")


def run(runs: str | Path, seed: int | None = 1, **given: Any) -> Result:
    if isinstance(runs, Path):
        table = layouts.read(runs, "runs", ERROR.tables["runs"])
    else:
        table = parse_runs(runs.encode(), Path("runs.csv"))
    return ERROR({"runs": table}, as_of=date(2026, 1, 1), seed=seed, **given)


def found(result: Result, name: str, subject: str) -> Estimate:
    estimate = result.find(name, subject)
    assert isinstance(estimate, Estimate), estimate
    return estimate


@pytest.fixture(scope="module")
def metr() -> Result:
    return run(RUNS, draws=150)


# ---- a claim -----------------------------------------------------------------------------------------------------


def test_ninety_five_percent_a_step() -> None:
    """The common sum: 95 % a step leaves 36 % after 20 steps; 99 % leaves 37 % after 100, and half after 69."""
    result = run(MADE, draws=100)
    assert found(result, "success_claimed", "0.95 a step").value == pytest.approx(35.85, abs=0.005)
    assert found(result, "half_life_claimed", "0.95 a step").value == pytest.approx(13.51, abs=0.005)
    other = run(MADE, draws=100, reliability=0.99, steps=100.0)
    assert found(other, "success_claimed", "0.99 a step").value == pytest.approx(36.6, abs=0.05)
    assert found(other, "half_life_claimed", "0.99 a step").value == pytest.approx(68.97, abs=0.005)


# ---- METR's runs -------------------------------------------------------------------------------------------------


@real
@pytest.mark.parametrize("agent", ["o1", "GPT-4o", "Claude 3.5 Sonnet (New)"])
def test_both_fits_are_those_of_a_minimiser(metr: Result, agent: str) -> None:
    """SciPy's Lomax distribution and Nelder and Mead, on METR's runs of February 2025."""
    study = read_study(layouts.read(RUNS, "runs", ERROR.tables["runs"]), None)
    (attempts,) = (of for of in study.agents if of.agent == agent)
    steps, rates = 2.0**attempts.log_minutes, attempts.successes / attempts.runs
    weight = weights_of(attempts, study.tasks, "invsqrt")

    def loss(at: np.ndarray, variance: float | None = None) -> float:
        spread = float(np.exp(at[1])) if variance is None else variance
        done = np.clip(lomax.sf(steps, 1 / spread, scale=1 / (spread * np.exp(at[0]))), 1e-300, 1 - 1e-16)
        return float(-np.average(rates * np.log(done) + (1 - rates) * np.log1p(-done), weights=weight))

    options = {"xatol": 1e-9, "fatol": 1e-13, "maxiter": 5000}
    both = minimize(loss, (-2.0, 0.0), method="Nelder-Mead", options=options)
    alone = minimize(loss, (-4.0,), args=(1e-6,), method="Nelder-Mead", options=options)
    rate, variance = np.exp(both.x)
    assert found(metr, "rate_variance", agent).value == pytest.approx(variance, rel=1e-4)
    assert found(metr, "half_life_correlated", agent).value == pytest.approx(
        (2**variance - 1) / variance / rate, rel=1e-4
    )
    assert found(metr, "half_life_independent", agent).value == pytest.approx(np.log(2) / np.exp(alone.x[0]), rel=1e-4)
    assert found(metr, "log_loss_correlated", agent).value == pytest.approx(both.fun, abs=1e-6)
    assert found(metr, "log_loss_independent", agent).value == pytest.approx(alone.fun, abs=1e-4)


@real
def test_errors_of_metrs_agents_hang_together(metr: Result) -> None:
    """Of every model the variance is above 0 with its whole interval; p^n puts the half-life 3 to 8 times too far out."""
    for agent in ("o1", "o1-preview", "GPT-4o", "GPT-4 0314", "Claude 3 Opus", "Claude 3.5 Sonnet (New)"):
        assert found(metr, "rate_variance", agent).low > 0.3
        ratio = found(metr, "half_life_independent", agent).value / found(metr, "half_life_correlated", agent).value
        assert 3 < ratio < 8
        assert found(metr, "log_loss_correlated", agent).value < found(metr, "log_loss_independent", agent).value - 0.1
    assert metr.account.failed == 68


# ---- runs made to order ------------------------------------------------------------------------------------------


def made(variance: float, agent: str = "a") -> str:
    """Runs whose success by length is exactly that of a mean rate of 0.02 a minute and such a variance, 1,000 a task."""
    lengths = 2.0 ** np.arange(-1, 12, 0.5)
    done = np.exp(-0.02 * lengths) if not variance else (1 + variance * 0.02 * lengths) ** (-1 / variance)
    rows = [
        f"{agent},f{n % 9}/t{n},{length:.6f},{share * 1000:.6f},1000"
        for n, (length, share) in enumerate(zip(lengths, done, strict=True))
    ]
    return "agent,task_id,human_minutes,successes,runs\n" + "\n".join(rows) + "\n"


MADE = made(0.0)


def test_independent_errors_are_found_to_be_so() -> None:
    result = run(MADE, draws=100)
    assert found(result, "step_reliability", "a").value == pytest.approx(np.exp(-0.02), rel=1e-6)
    assert found(result, "half_life_independent", "a").value == pytest.approx(np.log(2) / 0.02, rel=1e-5)
    assert found(result, "half_life_correlated", "a").value == pytest.approx(np.log(2) / 0.02, rel=1e-3)
    assert found(result, "rate_variance", "a").value < 1e-3


def test_agents_may_be_left_out_by_name() -> None:
    both = MADE + made(3.0, agent="human").partition("\n")[2]
    result = run(both, draws=100, exclude=["human"])
    assert {subject for e in result.estimates if "human" in (subject := e.subject)} == set()
    assert result.find("half_life_correlated", "a") is not None
    assert (result.account.rows_in, result.account.skipped) == (52, 26)
    assert "26 skipped: excluded" in result.account.reasons
    with pytest.raises(InstrumentError, match="Did you mean human"):
        run(both, draws=100, exclude=["humans"])


@pytest.mark.parametrize("variance", [0.5, 3.0])
def test_correlated_errors_are_found_to_be_so(variance: float) -> None:
    result = run(made(variance), draws=100)
    assert found(result, "rate_variance", "a").value == pytest.approx(variance, rel=1e-4)
    half = (2**variance - 1) / variance / 0.02
    assert found(result, "half_life_correlated", "a").value == pytest.approx(half, rel=1e-4)
    assert found(result, "half_life_independent", "a").value != pytest.approx(half, rel=0.2)


def test_a_step_may_be_of_any_length() -> None:
    minute, hour = run(made(3.0), draws=100), run(made(3.0), draws=100, step_minutes=60.0, checkpoint=1 / 6)
    assert found(hour, "half_life_correlated", "a").value == pytest.approx(
        found(minute, "half_life_correlated", "a").value / 60, rel=1e-6
    )
    assert found(hour, "rate_variance", "a").value == pytest.approx(found(minute, "rate_variance", "a").value, rel=1e-6)
    for name in ("success_retry_correlated", "success_retry_independent"):
        assert found(hour, name, "a").value == pytest.approx(found(minute, name, "a").value, rel=1e-6)


def test_a_retry_by_hand_and_what_correlation_takes_from_it() -> None:
    """34.66 steps in segments of 10, each lost with 1 - exp(-0.2), twice with its square."""
    result = run(MADE, draws=100)
    lost = (1 - np.exp(-0.2)) ** 2
    by_hand = 100 * (1 - lost) ** (np.log(2) / 0.02 / 10)
    assert found(result, "success_retry_independent", "a").value == pytest.approx(by_hand, rel=1e-4)
    hangs = run(made(3.0), draws=100)
    assert 50 < found(hangs, "success_retry_correlated", "a").value < by_hand - 10
    none = run(MADE, draws=100, retries=0)
    assert found(none, "success_retry_independent", "a").value == pytest.approx(50, abs=0.01)


def test_the_curves_are_means_of_what_was_fitted() -> None:
    rows = run(made(3.0), draws=100).tables["curves"]
    assert all(row["correlated"] == pytest.approx(row["observed"], abs=0.01) for row in rows)
    assert rows[-1]["independent"] < rows[-1]["observed"] - 3
    assert sum(row["tasks"] for row in rows) == 26


def test_what_cannot_be_fitted_is_reported() -> None:
    text = MADE + "none,f/x,5,0,3\nnone,f/y,9,0,3\nall,f/x,5,3,3\n"
    result = run(text, draws=100)
    for agent, reason in (("none", "no success in 2 tasks"), ("all", "no failure in 1 tasks")):
        estimate = result.find("half_life_correlated", agent)
        assert isinstance(estimate, Undefined)
        assert reason in estimate.reason
    assert (result.account.rows_in, result.account.failed) == (29, 3)
    assert len(result.account.reasons) == 2


def test_no_runs_with_minutes_is_a_fault() -> None:
    with pytest.raises(InstrumentError, match="none that can be used"):
        run("agent,task_id,successes\na,t,1\n")


def test_the_chart_states_both_half_lives_and_can_be_drawn() -> None:
    result = run(made(3.0), draws=100)
    (chart,) = result.charts
    assert f"by {found(result, 'half_life_correlated', 'a').value:,.0f} steps" in chart.title["en"]
    assert f"that at {found(result, 'half_life_independent', 'a').value:,.0f}" in chart.title["en"]
    for language in ("en", "zh"):
        assert "<svg" in svg(chart, language, Size.NARROW)
