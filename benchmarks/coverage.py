"""How often each 95 % interval holds the truth, in simulations where the truth is known.

    .venv/bin/python benchmarks/coverage.py

A design is a function that draws one sample and returns the interval that `almanac.statistics` gives for it, and the true
number. Each is drawn REPETITIONS times (fewer where the table of designs says so) from its own seed, which is made of its
name, so that a new design changes no other. A sample without a number is counted, and coverage is of those with one.
The result is kept in benchmarks/results/coverage.md; it is the same on every run.
"""

from __future__ import annotations

import math
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray
from scipy.stats import binom, norm

from almanac import statistics as st
from almanac.statistics import Bootstrapped, Confidence, NoNumber
from almanac.statistics.survival import median_time
from almanac.statistics.trend import Method

Floats = NDArray[np.float64]
Drawn = tuple[Confidence | NoNumber, float]
"""An interval, and the number that it should hold."""

Simulation = Callable[[Generator], Drawn]
Binomial = Callable[[int, int], Confidence | NoNumber]

KEPT = Path(__file__).parent / "results" / "coverage.md"
SEED, LEVEL, REPETITIONS = 0, 0.95, 2000
ROUNDING = 1e-12
LEAST, MOST = 0.935, 0.965
"""What a nominal 95 % must cover: three Monte Carlo standard errors of 2,000 repetitions on either side."""


# ---- proportions ---------------------------------------------------------------------------------------------------


def any_share(interval: Binomial, n: int) -> Simulation:
    """A share that is itself drawn, evenly from 0 to 1: the coverage averaged over all shares."""

    def drawn(random: Generator) -> Drawn:
        p = float(random.random())
        return interval(int(random.binomial(n, p)), n), p

    return drawn


def one_share(interval: Binomial, n: int, p: float) -> Simulation:
    """One share. The successes are whole numbers, so that coverage jumps with n and p."""
    return lambda random: (interval(int(random.binomial(n, p)), n), p)


def exact_coverage(interval: Binomial, n: int, p: float) -> float:
    """Of one share, by summing over all counts, without chance: what `one_share` estimates."""
    intervals = (interval(successes, n) for successes in range(n + 1))
    holds = [isinstance(found, Confidence) and found.low <= p <= found.high for found in intervals]
    return float(binom.pmf(np.arange(n + 1), n, p) @ np.array(holds))


def half_credit(random: Generator) -> Drawn:
    """40 trials worth 1, 1/2 or 0."""
    hits, partials, misses = (int(count) for count in random.multinomial(40, (0.5, 0.3, 0.2)))
    return st.half_credit(hits, partials, misses), 0.65


def proportion_ratio(random: Generator) -> Drawn:
    """50 % of 40 against 20 % of 80."""
    return st.proportion_ratio(int(random.binomial(40, 0.5)), 40, int(random.binomial(80, 0.2)), 80), 2.5


def poisson_ratio(random: Generator) -> Drawn:
    """Means of 30 and 20."""
    return st.poisson_ratio(int(random.poisson(30)), int(random.poisson(20))), 1.5


# ---- benchmarks: questions as clusters, samples as repeats ---------------------------------------------------------


def answers(random: Generator, questions: int, samples: int, a: float, b: float) -> NDArray[np.int64]:
    """Right answers of each question; the questions' chances are Beta(a, b)."""
    return random.binomial(samples, random.beta(a, b, questions))


def clustered_share(random: Generator) -> Drawn:
    """30 questions of mean 2/3, 10 samples each."""
    return st.share_interval(answers(random, 30, 10, 2, 1) / 10), 2 / 3


def clustered_share_high(random: Generator) -> Drawn:
    """30 questions of mean 0.95, most of them always right."""
    return st.share_interval(answers(random, 30, 10, 9.5, 0.5) / 10), 0.95


def spread_of_questions(random: Generator) -> Drawn:
    """The same interval by way of both parts of the variance."""
    found = st.spread_of_questions(answers(random, 30, 10, 2, 1), np.full(30, 10))
    return found if isinstance(found, NoNumber) else found.interval(), 2 / 3


def spread_of_seeds(random: Generator) -> Drawn:
    """From the totals of 8 seeds alone."""
    chances = random.beta(2, 1, 30)
    found = st.spread_of_seeds((random.random((8, 30)) < chances).sum(axis=1), 30)
    return found if isinstance(found, NoNumber) else found.interval(), 2 / 3


def paired_mean(random: Generator) -> Drawn:
    """The mean difference of two models on the same 30 questions, 4 samples each."""
    first = random.beta(2, 1, 30)
    second = first * random.beta(8, 2, 30)
    right = random.binomial(4, first) - random.binomial(4, second)
    return st.mean_interval(right / 4), 2 / 3 * 0.2


def unpaired_mean(random: Generator) -> Drawn:
    """The difference of two models on 30 and 50 questions that they do not share."""
    means, errors = [], []
    for m, a in ((30, 2), (50, 1)):
        shares = answers(random, m, 4, a, 1) / 4
        means.append(float(shares.mean()))
        errors.append(float(shares.std(ddof=1)) / math.sqrt(m))
    return st.unpaired_difference((means[0], means[1]), (errors[0], errors[1]), (29, 49)), 2 / 3 - 1 / 2


def pass_at_5(random: Generator) -> Drawn:
    """pass@5 of 40 questions from 20 samples each; of Beta(1, 2) chances it is 1 - E(1 - p)^5 = 1 - 2 / 7."""
    return st.mean_pass_at_k(answers(random, 40, 20, 1, 2), np.full(40, 20), 5), 5 / 7


# ---- pairs ---------------------------------------------------------------------------------------------------------

OUTCOMES = (0.10, 0.05, 0.12, 0.73)
"""Of a pair: wrong under both conditions, under the first alone, the second alone, neither."""


def pairs(random: Generator, n: int) -> st.Pairs:
    return st.Pairs(*(int(count) for count in random.multinomial(n, OUTCOMES)))


def error_ratio(n: int) -> Simulation:
    return lambda random: (st.error_ratio(pairs(random, n)), 0.22 / 0.15)


def risk_difference(n: int) -> Simulation:
    return lambda random: (st.risk_difference(pairs(random, n)), 0.07)


# ---- the bootstrap -------------------------------------------------------------------------------------------------

DRAWS = 400
"""Of one bootstrap. An instrument draws more; with 400 the ends are less sure, and coverage a little below."""


def means_drawn(values: Floats, counts: NDArray[np.int64]) -> Floats:
    return np.asarray(counts @ values / counts.sum(axis=1))


def nested_mean(families: int) -> Simulation:
    """The mean of tasks, 5 in each family; half of their variance lies between families."""

    def drawn(random: Generator) -> Drawn:
        names = np.repeat(np.arange(families), 5)
        values = random.normal(size=families)[names] + random.normal(size=len(names))
        counts = st.hierarchical_counts([names.tolist()], DRAWS, random)
        return st.percentile(float(values.mean()), means_drawn(values, counts), seed=SEED).found, 0.0

    return drawn


def clusters_mean(method: str, clusters: int) -> Simulation:
    """The mean of clusters of 3 whose values are skewed (log-normal), whole clusters drawn again; or Student's interval
    of the clusters' means.
    """

    def drawn(random: Generator) -> Drawn:
        names = np.repeat(np.arange(clusters), 3)
        values = np.exp(random.normal(size=clusters))[names] * random.uniform(0.5, 1.5, len(names))
        if method == "student":
            return st.mean_interval(values.reshape(clusters, 3).mean(axis=1)), math.exp(0.5)
        means = means_drawn(values, st.cluster_counts(names.tolist(), DRAWS, random))
        value = float(values.mean())
        if method == "percentile":
            return st.percentile(value, means, seed=SEED).found, math.exp(0.5)
        totals = values.reshape(clusters, 3).sum(axis=1)
        without = (totals.sum() - totals) / (3 * (clusters - 1))
        return st.bca(value, means, without, seed=SEED).found, math.exp(0.5)

    return drawn


@dataclass(frozen=True, slots=True)
class Suite:
    """Tasks of a horizon: the family of each, log2 of its minutes, and how much harder it is than its length says."""

    family: NDArray[np.int64]
    length: Floats
    harder: Floats

    def chances(self, horizon: float) -> Floats:
        """Of success, for an agent that does half of the tasks of length `horizon`."""
        return np.asarray(1 / (1 + np.exp(0.8 * (self.length - horizon) + self.harder)))


def suite(random: Generator, families: int, most: int = 6) -> Suite:
    """Families of 1 to `most` tasks that are alike in length and in difficulty."""
    family = np.repeat(np.arange(families), random.integers(1, most + 1, families))
    tasks = len(family)
    length = random.normal(5, 1.5, families)[family] + random.normal(0, 1, tasks)
    harder = random.normal(0, 0.5, families)[family] + random.normal(0, 0.7, tasks)
    return Suite(family, length, harder)


RUNS, PENALTY = 6, 1e-4
AGENTS = np.array([0.0, 150, 300, 450, 600, 750])
"""Release days of six agents, whose horizon doubles every 210 days from 6 minutes on."""


def horizon_of(day: float) -> float:
    return 2.6 + day / 210


@cache
def true_horizon(horizon: float) -> float:
    """What the fit finds with 200,000 families and no chance in the runs: the curve over all tasks is flatter than that
    of a task, so that its half is not quite at `horizon`.
    """
    tasks = suite(default_rng(SEED), 200_000, most=1)
    fit = st.logistic(tasks.length, tasks.chances(horizon), penalty=PENALTY)
    if isinstance(fit, NoNumber):
        raise ValueError(fit.reason)
    return fit.crossing(0.5)


def horizons_drawn(random: Generator, agents: Sequence[float], *, nested: bool) -> Iterator[tuple[float, Floats]]:
    """Of each agent the horizon of one sample of 30 families, and those of 200 resamples, in log2 minutes.

    nested: families are drawn, then tasks in each, then runs of each, as the instrument does. Otherwise families are
    drawn whole, with their tasks and runs as they are.
    """
    tasks = suite(random, 30)
    families = tasks.family.tolist()
    counts = st.hierarchical_counts([families], 200, random) if nested else st.cluster_counts(families, 200, random)
    for horizon in agents:
        right = random.binomial(RUNS, tasks.chances(horizon))
        fit = st.logistic(tasks.length, right / RUNS, penalty=PENALTY)
        if isinstance(fit, NoNumber):
            raise ValueError(fit.reason)
        runs = counts * RUNS
        again = random.binomial(runs, right / RUNS) if nested else counts * right
        fits = st.logistic_many(tasks.length, again.astype(float), runs.astype(float), penalty=PENALTY, start=fit)
        yield fit.crossing(0.5), st.crossings(fits, 0.5)


def horizon(*, nested: bool) -> Simulation:
    """The 50 % horizon of one agent."""

    def drawn(random: Generator) -> Drawn:
        value, resampled = next(horizons_drawn(random, [horizon_of(300)], nested=nested))
        return st.percentile(value, resampled, seed=SEED).found, true_horizon(horizon_of(300))

    return drawn


def doubling_time(random: Generator) -> Drawn:
    """The doubling time of six agents' horizons on the same tasks: percentiles of slopes, turned over."""
    agents = [horizon_of(day) for day in AGENTS]
    found = list(horizons_drawn(random, agents, nested=True))
    value = st.log_slopes(AGENTS, np.array([[at for at, _ in found]]))[0]
    slopes = st.log_slopes(AGENTS, np.stack([drawn for _, drawn in found], axis=1))
    kept: Bootstrapped = st.percentile(float(value), slopes, seed=SEED)
    truth = st.log_slopes(AGENTS, np.array([[true_horizon(at) for at in agents]]))[0]
    if isinstance(kept.found, NoNumber):
        return kept.found, 1 / float(truth)
    return st.LogLine(kept.found, 0, 0, 0).doubling_time, 1 / float(truth)


# ---- trends --------------------------------------------------------------------------------------------------------


def line(method: Method, n: int, wild: bool) -> Simulation:
    """Values that double every 200 days, off by factors that are log-normal, or log-t(3) where some are `wild`."""

    def drawn(random: Generator) -> Drawn:
        days = np.sort(random.uniform(0, 1000, n))
        off = random.standard_t(3, n) if wild else random.normal(size=n)
        values = 2.0 ** (days / 200 + 0.7 * off)
        found = st.log_line(days, values, method=method)
        return found if isinstance(found, NoNumber) else found.doubling_time, 200.0

    return drawn


def drift(years: int, persistence: float = 0.0) -> Simulation:
    """The next number of a series whose growth rates are independent, or persist from one year to the next."""

    def drawn(random: Generator) -> Drawn:
        shocks = random.normal(0, 0.25, years + 20)
        for i in range(1, len(shocks)):
            shocks[i] += persistence * shocks[i - 1]
        series = np.exp(np.cumsum(0.3 + shocks[20:]))
        return st.drift_forecast(series[:-1].tolist()), float(series[-1])

    return drawn


# ---- correlation, components ---------------------------------------------------------------------------------------


def normal_pairs(random: Generator, n: int, rho: float) -> tuple[Floats, Floats]:
    x, other = random.normal(size=(2, n))
    return x, rho * x + math.sqrt(1 - rho**2) * other


def pearson(random: Generator) -> Drawn:
    """25 normal pairs with r = 0.6."""
    return st.pearson(*normal_pairs(random, 25, 0.6)), 0.6


def spearman(random: Generator) -> Drawn:
    """26 normal pairs with rank correlation 0.79, which of normal pairs is 6/π arcsin(r/2)."""
    return st.spearman(*normal_pairs(random, 26, 2 * math.sin(0.79 * math.pi / 6))), 0.79


def share_explained(random: Generator) -> Drawn:
    """r² of 25 normal pairs with r = 0.6."""
    found = st.pearson(*normal_pairs(random, 25, 0.6))
    return found if isinstance(found, NoNumber) else st.share_explained(found), 0.36


def jackknife_ratio(n: int) -> Simulation:
    """The ratio of two means over the same cases."""

    def drawn(random: Generator) -> Drawn:
        x = random.gamma(4, 1, n)
        y = x * random.gamma(10, 0.15, n)
        others = (y.sum() - y) / (x.sum() - x)
        return st.jackknife(float(y.mean() / x.mean()), others), 1.5

    return drawn


def jackknife_component(random: Generator) -> Drawn:
    """The first component's share of 5 benchmarks' variance, all correlated at 0.7, over 30 models."""
    scores = math.sqrt(0.7) * random.normal(size=(30, 1)) + math.sqrt(0.3) * random.normal(size=(30, 5))

    def share(rows: Floats) -> float:
        return float(np.linalg.eigvalsh(np.corrcoef(rows, rowvar=False))[-1]) / 5

    without = [share(np.delete(scores, i, axis=0)) for i in range(30)]
    return st.jackknife(share(scores), without, bounds=(1 / 5, 1)), (1 + 4 * 0.7) / 5


# ---- monitors ------------------------------------------------------------------------------------------------------


def auc(positives: int, negatives: int, apart: float) -> Simulation:
    """Normal scores whose means lie `apart`."""

    def drawn(random: Generator) -> Drawn:
        x, y = random.normal(apart, 1, positives), random.normal(size=negatives)
        return st.auc(x, y), float(norm.cdf(apart / math.sqrt(2)))

    return drawn


def recall_at_5(random: Generator) -> Drawn:
    """Recall at a false-positive rate of 5 %, from 100 positives and 400 negatives, means 2 apart."""
    x, y = random.normal(2, 1, 100), random.normal(size=400)
    return st.recall_at(x, y, 0.05), float(norm.sf(norm.isf(0.05) - 2))


def precision(random: Generator) -> Drawn:
    """Recall 0.9, false-positive rate 0.05, base rate 0.02; 100 positives and 400 negatives."""
    flagged = st.Flagged(0.5, int(random.binomial(100, 0.9)), 100, int(random.binomial(400, 0.05)), 400)
    return st.precision(flagged, 0.02), 0.02 * 0.9 / (0.02 * 0.9 + 0.98 * 0.05)


# ---- prevalence ----------------------------------------------------------------------------------------------------


def prevalence(true: float) -> Simulation:
    """300 units; sensitivity 0.9 from 50 cases, specificity 0.95 from 100 others."""

    def drawn(random: Generator) -> Drawn:
        found = int(random.binomial(300, true * 0.9 + (1 - true) * 0.05))
        sensitivity = st.Trials(int(random.binomial(50, 0.9)), 50)
        specificity = st.Trials(int(random.binomial(100, 0.95)), 100)
        return st.prevalence(found, 300, sensitivity, specificity), true

    return drawn


def corrected_ratio(random: Generator) -> Drawn:
    """A part that is 70 % of a whole of 40 %; 400 units and 120 others that are labelled, both found with small errors."""

    def units(n: int) -> list[tuple[bool, bool, bool, bool]]:
        whole = random.random(n) < 0.4
        part = whole & (random.random(n) < 0.7)
        found_whole = np.where(whole, random.random(n) < 0.95, random.random(n) < 0.03)
        found_part = found_whole & np.where(part, random.random(n) < 0.97, random.random(n) < 0.04)
        return list(zip(part.tolist(), whole.tolist(), found_part.tolist(), found_whole.tolist(), strict=True))

    sample = [(found_part, found_whole) for _, _, found_part, found_whole in units(400)]
    return st.corrected_ratio(sample, units(120), seed=int(random.integers(2**31)), draws=1000).found, 0.7


# ---- times and quantiles -------------------------------------------------------------------------------------------


def median_censored(random: Generator) -> Drawn:
    """40 exponential times, some of them (three in ten) not seen when watching ended: Kaplan and Meier's median."""
    times, until = random.exponential(1, 40), random.uniform(0, 3.2, 40)
    seen = np.where(times <= until, times, math.inf)
    return median_time(np.minimum(times, until).tolist(), seen.tolist()), math.log(2)


def median_between(random: Generator) -> Drawn:
    """40 exponential times of which only the tenth they fall in is known."""
    low = np.floor(random.exponential(1, 40) * 10) / 10
    return median_time(low.tolist(), (low + 0.1).tolist()), math.log(2)


def quantile(n: int, p: float) -> Simulation:
    """Of log-normal values."""
    return lambda random: (st.quantile(np.exp(random.normal(size=n)).tolist(), p), math.exp(float(norm.ppf(p))))


# ---- the table of designs ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Design:
    """What is drawn, how often, and the reason where its coverage is known to lie outside LEAST to MOST."""

    name: str
    drawn: Simulation
    reason: str = ""
    repetitions: int = REPETITIONS


BY_DESIGN = "conservative by design"
WHOLE_NUMBERS = "successes are whole numbers: for this share exactly 96.8 (second table), and so is jeffreys"
RARE_TAIL = (
    "so skewed a sample (log-normal, σ 1) seldom shows the tail that carries its mean; Student's interval fares alike"
)
COUNTED_TWICE = (
    "too wide: redrawing tasks in the families drawn, and runs in those, adds their variance to that between families, "
    "which holds it already; families of 1 to 6 tasks have much of it"
)
SKEWED_RATIO = (
    "the ratio is skewed and the interval is not: a true ratio above the interval is the rule among the misses"
)
FEW_FAMILIES = (
    "percentiles of 30 families allow neither for Student's t nor for the factor √(29/30): both are a little narrow"
)

DESIGNS = (
    Design("wilson, n 30, any share", any_share(st.wilson, 30)),
    Design("wilson, n 200, any share", any_share(st.wilson, 200)),
    Design("wilson, n 30, share 0.3", one_share(st.wilson, 30, 0.3)),
    Design("wilson, n 60, share 0.02", one_share(st.wilson, 60, 0.02), WHOLE_NUMBERS),
    Design("jeffreys, n 30, any share", any_share(st.jeffreys, 30)),
    Design("jeffreys, n 200, share 0.3", one_share(st.jeffreys, 200, 0.3)),
    Design(
        "clopper_pearson, n 30, any share",
        any_share(st.clopper_pearson, 30),
        f"{BY_DESIGN}: at least 95 for every share",
    ),
    Design("clopper_pearson, n 200, share 0.3", one_share(st.clopper_pearson, 200, 0.3)),
    Design("half_credit, n 40", half_credit),
    Design("proportion_ratio, n 40 and 80", proportion_ratio),
    Design("poisson_ratio, means 30 and 20", poisson_ratio),
    Design("share_interval, 30 questions, mean 0.67", clustered_share),
    Design("share_interval, 30 questions, mean 0.95", clustered_share_high),
    Design("spread_of_questions, 30 questions", spread_of_questions),
    Design("spread_of_seeds, 30 questions, 8 seeds", spread_of_seeds),
    Design("mean_interval, paired, 30 questions", paired_mean),
    Design("unpaired_difference, 30 and 50 questions", unpaired_mean),
    Design("mean_pass_at_k, k 5, 40 questions", pass_at_5),
    Design("error_ratio, 200 pairs", error_ratio(200)),
    Design("error_ratio, 50 pairs", error_ratio(50)),
    Design("risk_difference, 200 pairs", risk_difference(200)),
    Design("risk_difference, 50 pairs", risk_difference(50)),
    Design("hierarchical bootstrap, mean, 15 families", nested_mean(15)),
    Design("hierarchical bootstrap, mean, 40 families", nested_mean(40)),
    Design("cluster bootstrap, percentile, skewed", clusters_mean("percentile", 30), RARE_TAIL),
    Design("cluster bootstrap, BCa, skewed", clusters_mean("bca", 30), RARE_TAIL),
    Design("mean_interval, 30 skewed clusters", clusters_mean("student", 30), RARE_TAIL),
    Design("cluster bootstrap, percentile, 300 skewed", clusters_mean("percentile", 300), RARE_TAIL, 1000),
    Design("cluster bootstrap, BCa, 300 skewed", clusters_mean("bca", 300), RARE_TAIL, 1000),
    Design("time horizon, hierarchical bootstrap", horizon(nested=True), COUNTED_TWICE, 1000),
    Design("time horizon, whole families drawn instead", horizon(nested=False), FEW_FAMILIES, 1000),
    Design("doubling time, hierarchical bootstrap", doubling_time, COUNTED_TWICE, 500),
    Design("log_line, least squares, 8 points", line("least-squares", 8, wild=False)),
    Design("log_line, least squares, 12 points, some wild", line("least-squares", 12, wild=True)),
    Design("log_line, Theil-Sen, 12 points, some wild", line("theil-sen", 12, wild=True)),
    Design("drift_forecast, 8 years", drift(9)),
    Design("drift_forecast, 15 years", drift(16)),
    Design("drift_forecast, 15 years, growth persists", drift(16, 0.6)),
    Design("pearson, 25 pairs", pearson),
    Design("spearman, 26 pairs", spearman),
    Design("share_explained, 25 pairs", share_explained),
    Design("jackknife, ratio of means, 25 cases", jackknife_ratio(25), SKEWED_RATIO),
    Design("jackknife, ratio of means, 100 cases", jackknife_ratio(100), SKEWED_RATIO),
    Design("jackknife, first component's share, 30 models", jackknife_component),
    Design("auc 0.86, 40 and 100", auc(40, 100, 1.5)),
    Design("auc 0.98, 20 and 50", auc(20, 50, 3.0)),
    Design("recall_at 5 %, 100 and 400", recall_at_5, f"{BY_DESIGN}: four tails of 1.25 % each"),
    Design("precision, 100 and 400", precision),
    Design("prevalence 0.2, labels 50 and 100", prevalence(0.2)),
    Design("prevalence 0.02, labels 50 and 100", prevalence(0.02)),
    Design("corrected_ratio, 400 units, 120 labelled", corrected_ratio),
    Design("median_time, 40 times, right-censored", median_censored),
    Design(
        "median_time, 40 times, interval-censored",
        median_between,
        f"{BY_DESIGN}: every event as early and as late as can be",
    ),
    Design("quantile 0.5, n 25", quantile(25, 0.5)),
    Design("quantile 0.9, n 100", quantile(100, 0.9)),
)


# ---- running them --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of `repetitions` samples `none` gave no number; `below` and `above` count the truths on either side of their
    interval.
    """

    design: Design
    below: int
    above: int
    none: int

    @property
    def intervals(self) -> int:
        return self.design.repetitions - self.none

    @property
    def share(self) -> float:
        return 1 - (self.below + self.above) / self.intervals

    @property
    def error(self) -> float:
        """The Monte Carlo standard error of the share."""
        return math.sqrt(self.share * (1 - self.share) / self.intervals)

    @property
    def inside(self) -> bool:
        return LEAST <= self.share <= MOST

    def row(self) -> str:
        verdict = "inside" if self.inside else f"**outside**: {self.design.reason or 'not explained'}"
        return (
            f"| {self.design.name} | {100 * LEVEL:.0f} | {self.design.repetitions:,} | {self.none} "
            f"| {100 * self.share:.1f} | {100 * self.error:.2f} "
            f"| {100 * self.below / self.intervals:.1f} | {100 * self.above / self.intervals:.1f} | {verdict} |"
        )


def simulated(design: Design) -> Coverage:
    """The coverage of one design, from a seed of its own."""
    random = default_rng([SEED, zlib.crc32(design.name.encode())])
    below = above = none = 0
    for _ in range(design.repetitions):
        found, truth = design.drawn(random)
        if isinstance(found, NoNumber):
            none += 1
        else:
            below += truth < found.low - ROUNDING
            above += truth > found.high + ROUNDING
    return Coverage(design, below, above, none)


SHARES = ((30, 0.3), (60, 0.02), (200, 0.3), (1000, 0.1))
"""Pairs of n and share for which coverage is computed exactly."""


def exact_row(n: int, p: float) -> str:
    covered = (100 * exact_coverage(interval, n, p) for interval in (st.wilson, st.jeffreys, st.clopper_pearson))
    cells = (f"{share:.1f}" if LEAST <= share / 100 <= MOST else f"**{share:.1f}**" for share in covered)
    return f"| {n}, {p:g} | " + " | ".join(cells) + " |"


def page(rows: Sequence[Coverage]) -> str:
    inside = sum(row.inside for row in rows)
    return "\n".join(
        [
            "# How often the intervals hold the truth",
            "",
            f"Made by `benchmarks/coverage.py`, seed {SEED}. {inside} of {len(rows)} designs cover {100 * LEAST:.1f} to "
            f"{100 * MOST:.1f} %.",
            "Coverage is of the samples that have a number; ± is its Monte Carlo standard error, in points. Bootstraps draw "
            f"{DRAWS} times (horizon and doubling time 200, `corrected_ratio` 1,000), fewer than the instruments do.",
            "",
            "| design | nominal, % | repetitions | without a number | covered, % | ± | truth below, % | truth above, % | 93.5 to 96.5 |",
            "|---|---:|---:|---:|---:|---:|---:|---:|---|",
            *(row.row() for row in rows),
            "",
            "A doubling time has no number where the slope's interval holds 0, a median where too few events were seen.",
            "",
            "For one share and one n the coverage of a binomial interval is a finite sum, and needs no simulation. Bold lies "
            "outside: successes are whole numbers, so that coverage jumps with n and the share, and a simulation near an edge "
            "may fall on either side of it. Clopper and Pearson's is at least 95 by design.",
            "",
            "| n, share | wilson, % | jeffreys, % | clopper_pearson, % |",
            "|---|---:|---:|---:|",
            *(exact_row(n, p) for n, p in SHARES),
            "",
        ]
    )


def main() -> None:
    rows = []
    for design in DESIGNS:
        began = time.process_time()
        rows.append(simulated(design))
        print(f"{time.process_time() - began:6.1f} s {rows[-1].row()}", file=sys.stderr, flush=True)
    KEPT.write_text(page(rows), "utf-8")


if __name__ == "__main__":
    main()
