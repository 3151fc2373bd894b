"""Hierarchical bootstrap of time horizons: 10,000 draws at once, beside one fit after another; and how the time grows.

    ALMANAC_SHARED=../shared .venv/bin/python benchmarks/horizon.py    all; writes results/horizon.md and horizon.svg
    .venv/bin/python benchmarks/horizon.py DRAWS AGENTS COPIES         one size, in this process; prints one JSON line
    .venv/bin/python benchmarks/horizon.py loop                        the loop, in this process; prints one JSON line

The data are METR's 7,063 runs of February 2025, read from the shared folder. The loop draws families, tasks and runs as rows
and fits each resample by scikit-learn where it can be imported, else by SciPy's L-BFGS, which is the solver that
scikit-learn uses, on the same objective with its gradient. It is timed on a few draws, and its quantiles are held against ours.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from almanac.datasets import layouts
from almanac.datasets.horizons import RUNS
from almanac.instruments.safety.horizon_fits import Weighing, fit_curve, horizons, resampled
from almanac.instruments.safety.horizon_runs import Study, read_study, weights_of

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
FILE = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data" / "metr-horizon" / "runs_2025-02.csv.gz"
WEIGHING = Weighing("invsqrt", 1e-5)
ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Both sides run on one core; on two, the loop's small products spend their time waiting for threads."""

LOOPED = 100
"""Draws of the loop: enough for quantiles that can be compared, few enough to wait for."""


def study(agents: int = 11, copies: int = 1) -> Study:
    """The runs of the agents with the most tasks, each run `copies` times over."""
    read = read_study(layouts.read(FILE, "runs", RUNS), None)
    chosen = sorted(read.agents, key=lambda of: -of.tasks)[:agents]
    enlarged = (replace(of, runs=of.runs * copies, successes=of.successes * copies) for of in chosen)
    return replace(read, agents=tuple(enlarged))


def ours(read: Study, draws: int, seed: int = 1) -> dict[str, np.ndarray]:
    curves = {of.agent: fit_curve(of, read, WEIGHING) for of in read.agents}
    fits = resampled(read, curves, WEIGHING, draws=draws, seed=seed)
    return {agent: horizons(rows, 0.5) for agent, rows in fits.items()}


def measure(draws: int, agents: int, copies: int) -> dict[str, float]:
    read = study(agents, copies)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    ours(read, draws)
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    runs = sum(float(of.runs.sum()) for of in read.agents)
    return {"draws": draws, "agents": len(read.agents), "runs": runs, "seconds": seconds, "mb": peak / 1024,
            "added_mb": (peak - before) / 1024}  # fmt: skip


# ---- the loop ----------------------------------------------------------------------------------------------------

Solver = Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[float, float]]


def solver() -> tuple[str, Solver]:
    if importlib.util.find_spec("sklearn"):
        linear: Any = importlib.import_module("sklearn.linear_model")

        def by_sklearn(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[float, float]:
            model = linear.LogisticRegression(C=1 / WEIGHING.penalty).fit(x[:, None], y, sample_weight=w / w.sum())
            return float(model.intercept_[0]), float(model.coef_[0, 0])

        return "scikit-learn", by_sklearn

    def by_scipy(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[float, float]:
        share = w / w.sum()

        def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
            eta = at[0] + at[1] * x
            excess = share * (1 / (1 + np.exp(-np.clip(eta, -500, 500))) - y)
            value = share @ (np.logaddexp(0, eta) - y * eta) + WEIGHING.penalty * at[1] ** 2 / 2
            return float(value), np.array([excess.sum(), excess @ x + WEIGHING.penalty * at[1]])

        found = minimize(loss, (0.0, 0.0), jac=True, method="L-BFGS-B", options={"ftol": 1e-12, "gtol": 1e-8})
        return float(found.x[0]), float(found.x[1])

    return "SciPy L-BFGS", by_scipy


def looped(read: Study, draws: int, fit: Solver, seed: int = 2) -> dict[str, np.ndarray]:
    """Rows drawn and fitted one resample after another."""
    random = np.random.default_rng(seed)
    families: dict[str, list[int]] = {}
    for place, (family, _) in enumerate(read.tasks):
        families.setdefault(family, []).append(place)
    names = list(families)
    rows = {of.agent: _rows(read, of) for of in read.agents}
    found = {of.agent: np.full(draws, np.nan) for of in read.agents}
    for draw in range(draws):
        tasks = [
            task
            for family in random.choice(len(names), len(names))
            for task in random.choice(families[names[family]], len(families[names[family]]))
        ]
        for agent, by_task in rows.items():
            drawn = [
                by_task[task][random.integers(len(by_task[task]), size=len(by_task[task]))]
                for task in tasks
                if task in by_task
            ]
            x, y, w = np.concatenate(drawn).T if drawn else np.zeros((3, 0))
            if len(x) and 0 < y.mean() < 1:
                found[agent][draw] = horizons(np.array([fit(x, y, w)]), 0.5)[0]
    return found


def _rows(read: Study, of: Any) -> dict[int, np.ndarray]:
    """Every run of each task: log2 minutes, outcome, weight."""
    each = weights_of(of, read.tasks, "invsqrt") / of.runs
    found = {}
    for task, x, n, k, w in zip(of.task, of.log_minutes, of.runs, of.successes, each, strict=True):
        outcomes = np.repeat([1.0, 0.0], [int(k), int(n - k)])
        found[int(task)] = np.stack([np.full(int(n), x), outcomes, np.full(int(n), w)], axis=1)
    return found


def agreement(many: dict[str, np.ndarray], few: dict[str, np.ndarray]) -> tuple[float, int]:
    """The largest distance of the loop's 10, 50 and 90 % quantiles from ours, in standard deviations of a quantile of so few
    draws, and how many were compared. On the scale of doublings; agents with a horizon in every draw.
    """
    distances = []
    for agent, values in few.items():
        if np.isnan(values).any() or np.isnan(many[agent]).any():
            continue
        chunks = np.log2(many[agent][: len(many[agent]) // len(values) * len(values)]).reshape(-1, len(values))
        spread = np.quantile(chunks, (0.1, 0.5, 0.9), axis=1).std(axis=1)
        apart = np.quantile(np.log2(values), (0.1, 0.5, 0.9)) - np.quantile(np.log2(many[agent]), (0.1, 0.5, 0.9))
        distances.extend(np.abs(apart / spread))
    return float(max(distances)), len(distances)


# ---- results -----------------------------------------------------------------------------------------------------

SIZES = (
    (1000, 11, 1),
    (3000, 11, 1),
    (10_000, 11, 1),
    (30_000, 11, 1),
    (10_000, 3, 1),
    (10_000, 6, 1),
    (10_000, 11, 10),
)


def main() -> None:
    match sys.argv[1:]:
        case [draws, agents, copies]:
            print(json.dumps(measure(int(draws), int(agents), int(copies))))
            return
        case ["loop"]:
            print(json.dumps(beside()))
            return
    if not FILE.is_file():
        raise SystemExit(f"{FILE.name} is not there: set ALMANAC_SHARED to the folder that holds data/metr-horizon")
    grown = [apart(*map(str, size)) for size in SIZES]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "horizon.md").write_text(table(grown, apart("loop")), "utf-8")
    (RESULTS / "horizon.svg").write_text(plot(grown), "utf-8")


def apart(*arguments: str) -> dict[str, Any]:
    """One measurement in a process of its own, on one core."""
    command = [sys.executable, __file__, *arguments]
    run = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | ONE_CORE)
    print(run.stdout.strip(), file=sys.stderr, flush=True)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def beside() -> dict[str, Any]:
    """The loop's time, and how far its quantiles are from ours."""
    read = study()
    name, fit = solver()
    began = time.process_time()
    few = looped(read, LOOPED, fit)
    seconds = time.process_time() - began
    farthest, compared = agreement(ours(read, 10_000), few)
    return {"name": name, "seconds": seconds, "farthest": farthest, "compared": compared}


def table(grown: list[dict[str, Any]], beside: dict[str, Any]) -> str:
    whole = next(row for row in grown if (row["draws"], row["agents"]) == (10_000, 11))
    loop = beside["seconds"] / LOOPED * 10_000
    lines = [
        "# Hierarchical bootstrap of time horizons",
        "",
        "Made by `benchmarks/horizon.py` from METR's 7,063 runs of February 2025, 11 agents, in seconds of one core: read "
        "the ratios.",
        "",
        "| 10,000 draws of all agents | seconds | ratio |",
        "|---|---:|---:|",
        f"| counts drawn, fits in batches (Almanac) | {whole['seconds']:.1f} | 1 |",
        f"| rows drawn, a loop over {beside['name']}, from {LOOPED} draws | {loop:,.0f} | {loop / whole['seconds']:,.0f} |",
        "",
        f"Of {beside['compared']} quantiles (10, 50, 90 %) of the loop's draws none is farther from ours than {beside['farthest']:.1f} standard deviations of "
        f"such a quantile of {LOOPED} draws.",
        "",
        "| draws | agents | runs | seconds | peak memory, MB | of it for the draws, MB |",
        "|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {r['draws']:,.0f} | {r['agents']:.0f} | {r['runs']:,.0f} | {r['seconds']:.2f} | {r['mb']:.0f} | {r['added_mb']:.0f} |"
            for r in grown
        ),
        "",
        "Time grows with draws and agents and not with runs: runs of one task are one binomial draw.",
        "",
    ]
    return "\n".join(lines)


def plot(grown: list[dict[str, float]]) -> str:
    import altair
    import vl_convert

    scale = altair.Scale(type="log")
    values = [row for row in grown if row["agents"] == 11 and row["runs"] < 10_000]
    chart = (
        altair.Chart(altair.Data(values=values), width=480, height=300, title="Time grows in line with the draws")
        .mark_line(point=True)
        .encode(
            x=altair.X("draws:Q", scale=scale, title="draws of 11 agents, 7,063 runs"),
            y=altair.Y("seconds:Q", scale=scale, title="seconds"),
        )
    )
    return vl_convert.vegalite_to_svg(chart.to_json())


if __name__ == "__main__":
    main()
