"""Rates of an event compared: the log-rank test, and hazard ratios by Cox's partial likelihood.

docs/theory/time-to-revenue.md derives what is below.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, norm

from almanac.statistics.confidence import Confidence, NoNumber, checked_level
from almanac.statistics.kaplan_meier import Floats, at_risk_at, checked_times, kaplan_meier

Ties = Literal["efron", "breslow"]
"""How events at one time share the risk set: each in turn, on average (Efron), or all with all of it (Breslow)."""

Clock = Literal["km", "identity", "log"]
"""The scale of time on which a hazard ratio may drift: share of events so far, time itself, its logarithm."""

STEPS = 50
STILL = 1e-14
"""Newton's iteration stops when the likelihood it still expects to gain is less."""

SINGULAR = 1e-9
"""Excesses add up to nothing, so that one direction has no variance but for rounding."""

VANISHED = 1e-6
"""Where so little of the information at 0 is left, a coefficient is on its way to infinity."""


@dataclass(frozen=True, slots=True)
class ChiSquared:
    """A statistic that is χ² with so many degrees of freedom where nothing is to be found, and its p-value."""

    value: float
    degrees: int

    @property
    def p(self) -> float:
        return float(chi2.sf(self.value, self.degrees))


@dataclass(frozen=True, slots=True)
class LogRank:
    """The test, and of each group, in sorted order, the events it had and would have had at the common rate."""

    test: ChiSquared
    groups: tuple[str, ...]
    observed: tuple[int, ...]
    expected: tuple[float, ...]


def log_rank(
    times: Sequence[float] | Floats,
    seen: Sequence[bool] | NDArray[np.bool_],
    groups: Sequence[str],
    entered: Sequence[float] | Floats | None = None,
) -> LogRank | NoNumber:
    """Whether two or more groups have the event at one rate: at each time of an event, the events of each group against
    its share of those at risk, with the hypergeometric variance.

    Sees best a hazard ratio that is constant; curves that cross may hide from it. No number for one group, nor where no
    event was ever at risk in two. Arguments as `kaplan_meier`.
    Mantel, N. (1966), Cancer Chemother. Rep. 50, 163-170; Peto, R. and Peto, J. (1972), J. R. Stat. Soc. A 135,
    185-207.

    >>> found = log_rank([1, 2, 3, 4], [True] * 4, ["a", "a", "b", "b"])
    >>> round(found.test.value, 4), found.expected
    (2.8824, (0.8333333333333333, 3.1666666666666665))
    """
    ends, happened, starts = checked_times(times, seen, entered)
    names = sorted(set(groups))
    if len(groups) != len(ends):
        raise ValueError(f"{len(groups)} groups of {len(ends)} times")
    if len(names) < 2:
        return NoNumber("one group has nothing to be compared with")
    steps = np.unique(ends[happened])
    member = np.array(groups)[None, :] == np.array(names)[:, None]
    at_risk = np.stack([at_risk_at(steps, ends[of], starts[of]) for of in member])
    events = np.stack([_events_at(steps, ends[of & happened]) for of in member])
    everyone, died = at_risk.sum(axis=0), events.sum(axis=0)
    share = at_risk / everyone
    expected = share * died
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(everyone > 1, died * (everyone - died) / (everyone - 1), 0.0)
    covariance = np.diag((share * spread).sum(axis=1)) - (share * spread) @ share.T
    if not covariance[:-1, :-1].any():
        return NoNumber("at no event were two groups at risk")
    excess = (events - expected).sum(axis=1)
    value = float(excess @ np.linalg.pinv(covariance, rcond=SINGULAR, hermitian=True) @ excess)
    degrees = int(np.linalg.matrix_rank(covariance / covariance.max(), tol=SINGULAR, hermitian=True))
    observed = tuple(int(many) for many in events.sum(axis=1))
    return LogRank(ChiSquared(value, degrees), tuple(names), observed, tuple(expected.sum(axis=1).tolist()))


def _events_at(steps: Floats, times: Floats) -> NDArray[np.int64]:
    ordered = np.sort(times)
    return np.asarray(np.searchsorted(ordered, steps, side="right") - np.searchsorted(ordered, steps, side="left"))


@dataclass(frozen=True, slots=True)
class Cox:
    """A fitted model: log hazard ratios per unit of each covariate, their covariance, log likelihoods at them and at 0.

    `residuals` are Schoenfeld's, a row for each of the `events`, which happened at `times`: the covariates of the one
    who had it less their mean over those at risk. `elapsed` is the share of events before, by Kaplan and Meier.
    """

    coefficients: Floats
    covariance: Floats
    likelihood: float
    null_likelihood: float
    subjects: int
    events: int
    times: Floats
    elapsed: Floats
    residuals: Floats

    def hazard_ratio(self, covariate: int = 0, level: float = 0.95) -> Confidence:
        """By what one unit more of a covariate multiplies the rate of the event; Wald's interval of its logarithm."""
        centre = float(self.coefficients[covariate])
        reach = float(norm.ppf((1 + checked_level(level)) / 2)) * math.sqrt(self.covariance[covariate, covariate])
        return Confidence(math.exp(centre), math.exp(centre - reach), math.exp(centre + reach), level)

    def likelihood_ratio(self) -> ChiSquared:
        """Whether any covariate matters."""
        return ChiSquared(2 * (self.likelihood - self.null_likelihood), len(self.coefficients))

    def proportionality(self, clock: Clock = "km") -> tuple[ChiSquared, ...]:
        """Whether each hazard ratio stays the same over time: the slope of its scaled residuals over `clock`, squared
        over its variance. A small p says that one number does not describe the difference. None where all events come
        at one time.

        Grambsch, P. M. and Therneau, T. M. (1994), Biometrika 81, 515-526, with their mean for the variance at each
        event, as R's survival before version 3 and lifelines; newer R does the exact score test.
        """
        first = self.times[self.times > 0].min(initial=1.0)
        at = {"km": self.elapsed, "identity": self.times, "log": np.log(np.maximum(self.times, first))}
        centred = at[clock] - at[clock].mean()
        slopes = centred @ self.residuals @ self.covariance * self.events
        weight = self.events * float(centred @ centred)
        if not weight:
            return ()
        return tuple(ChiSquared(float(value), 1) for value in slopes**2 / (weight * self.covariance.diagonal()))


def cox(
    times: Sequence[float] | Floats,
    seen: Sequence[bool] | NDArray[np.bool_],
    covariates: ArrayLike,
    entered: Sequence[float] | Floats | None = None,
    ties: Ties = "efron",
) -> Cox | NoNumber:
    """Hazard ratios of one or several covariates (a column each), which multiply a rate of which nothing is assumed.

    Newton's method on the partial likelihood. No number where no event was seen, where a covariate does not vary among
    those at risk or follows from others, and where the likelihood has no maximum, because the events all come at one
    end of a covariate. Assumes independent subjects, watched until a time that has nothing to do with the event, and
    ratios that do not change (`Cox.proportionality`). Other arguments as `kaplan_meier`.
    Cox, D. R. (1972), J. R. Stat. Soc. B 34, 187-220; Efron, B. (1977), J. Am. Stat. Assoc. 72, 557-565.

    >>> model = cox([1, 2, 3, 4], [True] * 4, [1, 0, 1, 0])
    >>> round(model.hazard_ratio().value, 4)
    2.5616
    """
    ends, happened, starts = checked_times(times, seen, entered)
    x = np.asarray(covariates, float).reshape(len(ends), -1)
    if not np.isfinite(x).all():
        raise ValueError("a covariate is a finite number")
    if not happened.any():
        return NoNumber("no event was seen: no rate can be compared")
    spread = x.std(axis=0)
    if not spread.all():
        return NoNumber(f"covariate {int(np.argmin(spread))} is the same for all")
    sets = _RiskSets((x - x.mean(axis=0)) / spread, ends, happened, starts, ties)
    fitted = _newton(sets, x.shape[1])
    if isinstance(fitted, NoNumber):
        return fitted
    beta, (likelihood, _, information, residuals) = fitted
    order = np.argsort(sets.times, kind="stable")
    curve = kaplan_meier(ends, happened, entered)
    before = np.concatenate(([1.0], curve.survival))[np.searchsorted(curve.times, sets.times, side="left")]
    return Cox(
        coefficients=beta / spread,
        covariance=np.linalg.inv(information) / np.outer(spread, spread),
        likelihood=likelihood,
        null_likelihood=sets.at(np.zeros(len(beta)))[0],
        subjects=len(ends),
        events=int(happened.sum()),
        times=sets.times[order],
        elapsed=(1 - before)[order],
        residuals=(residuals * spread)[order],
    )


Likelihood = tuple[float, Floats, Floats, Floats]
"""Its logarithm, the gradient, the information, and a residual for each event."""


class _RiskSets:
    """Who is at risk at each event, arranged so that sums over them are differences of running sums."""

    def __init__(self, x: Floats, ends: Floats, happened: NDArray[np.bool_], starts: Floats, ties: Ties) -> None:
        self.x, self.had = x, np.flatnonzero(happened)
        self.times = ends[self.had]
        steps, self.step, tied = np.unique(self.times, return_inverse=True, return_counts=True)
        self.by_end, self.by_start = np.argsort(ends), np.argsort(starts)
        self.ended = np.searchsorted(ends[self.by_end], steps, side="left")
        self.waiting = np.searchsorted(starts[self.by_start], steps, side="left")
        rank = np.empty(len(self.had))
        order = np.argsort(self.step, kind="stable")
        rank[order] = np.arange(len(order)) - np.repeat(np.cumsum(tied) - tied, tied)
        self.gone = rank / tied[self.step] if ties == "efron" else np.zeros(len(rank))
        """What part of the events at the same time is out of the risk set already."""

    def at(self, beta: Floats) -> Likelihood:
        log_weight = self.x @ beta
        top = log_weight.max()
        p = self.x.shape[1]
        products = (self.x[:, :, None] * self.x[:, None, :]).reshape(-1, p * p)
        weighted = np.exp(log_weight - top)[:, None] * np.hstack([np.ones((len(self.x), 1)), self.x, products])
        tied = np.zeros((len(self.ended), weighted.shape[1]))
        np.add.at(tied, self.step, weighted[self.had])
        sums = self._over_risk(weighted)[self.step] - self.gone[:, None] * tied[self.step]
        means = sums[:, 1:] / sums[:, :1]
        mean, second = means[:, :p], means[:, p:].sum(axis=0).reshape(p, p)
        likelihood = float((log_weight[self.had] - top - np.log(sums[:, 0])).sum())
        residuals = self.x[self.had] - mean
        return likelihood, residuals.sum(axis=0), second - mean.T @ mean, residuals

    def _over_risk(self, values: Floats) -> Floats:
        """The sum over all at risk at each distinct time: those not yet gone, less those not yet there."""
        return _from_each(values[self.by_end])[self.ended] - _from_each(values[self.by_start])[self.waiting]


def _from_each(values: Floats) -> Floats:
    """The sums of all rows from each on, and of none."""
    return np.vstack([np.cumsum(values[::-1], axis=0)[::-1], np.zeros((1, values.shape[1]))])


def _newton(sets: _RiskSets, p: int) -> tuple[Floats, Likelihood] | NoNumber:
    beta = np.zeros(p)
    here = sets.at(beta)
    at_first = here[2]
    if np.linalg.matrix_rank(at_first) < p:
        return NoNumber("a covariate does not vary among those at risk, or follows from others")
    for _ in range(STEPS):
        if np.linalg.eigvals(np.linalg.solve(at_first, here[2])).real.min() < VANISHED:
            return NoNumber("the likelihood has no maximum: the events all come at one end of a covariate")
        step = np.linalg.solve(here[2], here[1])
        if float(step @ here[1]) < STILL:
            return beta, here
        there = sets.at(beta + step)
        while not there[0] >= here[0] and np.abs(step).max() > STILL:
            step /= 2
            there = sets.at(beta + step)
        beta, here = beta + step, there
    return NoNumber(f"the likelihood still climbs after {STEPS} steps")
