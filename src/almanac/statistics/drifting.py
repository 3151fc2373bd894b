"""A quantity that grows at a steady rate, wanders off it, and is reported now and then with error.

The logarithm y of a report at day t is a + b t + W(t) + e: a line of slope b (the drift), a random walk W, and an error
e of the report. What a company earned today is near what it earned yesterday, whatever the line says: residuals from a
line are serially correlated, and least squares, which takes them for independent, gives intervals far too narrow.

How much of the scatter is walk and how much is error a few reports cannot say, so nothing is said of it: it is averaged
over. With the share s of the walk given, a and b have the exact posterior of generalised least squares under flat
priors, Student's t with n - 2 degrees of freedom; the posterior of s weighs those. Harvey, A. C. (1989), Forecasting,
Structural Time Series Models and the Kalman Filter, Cambridge, sections 2.3 and 4.3 (the local level with drift);
Harville, D. A. (1974), Biometrika 61, 383-385 (the likelihood of s with a and b integrated out).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import stdtr, stdtrit

from almanac.statistics.confidence import Confidence, NoNumber, checked_level

Floats = NDArray[np.float64]

LEAST_REPORTS = 4
"""Reports that a drift must rest on: with fewer, Student's t has one degree of freedom and says nothing."""

_NODES = 48
_SHARES: Floats = 1 - ((np.arange(_NODES) + 0.5) / _NODES) ** 4
"""Where the share of the walk in the variance of a mean step is tried, evenly in its prior.

Beta(1, 1/4): a half of it lies above 0.94, because what firms earn wanders (Gibrat's law), and an interval must not
rely on the reports being wrong.
"""

_EXACT = 1e-20
"""The least mean square of residuals, so that reports that lie on a line exactly have an interval of no width."""


@dataclass(frozen=True, slots=True)
class DriftingWalk:
    """What n reports say of the walk. Arrays run over the shares s that were tried, then over reports or coefficients.

    `weights`: the posterior of s. `coefficients` (a, b), `covariances`, `scales`: of Student's t, given s. `turn`: the
    eigenvectors of the walk; in their directions, where reports are independent with `precisions`, stand `design` and
    `residuals`. `gap`: the mean step between reports, in days.
    """

    days: Floats
    weights: Floats
    coefficients: Floats
    covariances: Floats
    scales: Floats
    turn: Floats
    precisions: Floats
    design: Floats
    residuals: Floats
    gap: float

    @property
    def n(self) -> int:
        return len(self.days)

    @property
    def walk_share(self) -> float:
        """The posterior mean of the share of the walk in the variance of a mean step between reports."""
        return float(self.weights @ _SHARES)

    def drift(self, level: float = 0.95) -> Confidence:
        """The growth of the logarithm a day. Median of the posterior, and its equal-tailed interval."""
        errors = self.scales * np.sqrt(self.covariances[:, 1, 1])
        return self._interval(self.coefficients[:, 1], errors, level)

    def log_at(self, day: float, level: float = 0.95) -> Confidence:
        """The logarithm of the quantity itself, without the error of a report, on a day."""
        centres, spreads = self._predicted(np.array([day]))
        return self._interval(centres[:, 0], np.sqrt(spreads[:, 0, 0]), level)

    def draws(self, days: ArrayLike, many: int, random: np.random.Generator) -> Floats:
        """Logarithms on several days at once, drawn from their joint posterior: a matrix many x days."""
        wanted = np.atleast_1d(np.asarray(days, dtype=float))
        centres, spreads = self._predicted(wanted)
        rounding = 1e-12 * np.einsum("kii->k", spreads) + 1e-300  # what rounding may take from an eigenvalue of 0
        roots = np.linalg.cholesky(spreads + rounding[:, None, None] * np.eye(len(wanted)))
        node = random.choice(len(self.weights), size=many, p=self.weights)
        stretch = np.sqrt((self.n - 2) / random.chisquare(self.n - 2, size=many))
        steps = np.einsum("kij,kj->ki", roots[node], random.standard_normal((many, len(wanted))))
        drawn: Floats = centres[node] + stretch[:, None] * steps
        return drawn

    def _predicted(self, days: Floats) -> tuple[Floats, Floats]:
        """Centres (shares x days) and squared scales (shares x days x days) of Student's t on those days."""
        since = days - self.days[0]
        ours = self.days - self.days[0]
        with_reports = _SHARES[:, None, None] * _walk(since, ours, self.gap) @ self.turn
        known = with_reports * self.precisions[:, None, :]
        line = np.column_stack([np.ones(len(since)), since])
        centres = self.coefficients @ line.T + np.einsum("kdn,kn->kd", known, self.residuals)
        own = _SHARES[:, None, None] * _walk(since, since, self.gap)
        slack = line[None] - known @ self.design
        learned = known @ with_reports.transpose(0, 2, 1)
        spreads = own - learned + slack @ self.covariances @ slack.transpose(0, 2, 1)
        return centres, self.scales[:, None, None] ** 2 * spreads

    def _interval(self, centres: Floats, errors: Floats, level: float) -> Confidence:
        tail = (1 - checked_level(level)) / 2
        low, value, high = (self._quantile(p, centres, errors) for p in (tail, 0.5, 1 - tail))
        return Confidence(value, min(low, value), max(high, value), level)

    def _quantile(self, p: float, centres: Floats, errors: Floats) -> float:
        """Of the mixture of Student's t. It lies between the least and the greatest of its parts' quantiles."""
        ends = centres + errors * stdtrit(self.n - 2, p)
        low, high = float(ends.min()), float(ends.max())
        width = max(high - low, 1e-12 * (1 + abs(low)))

        def excess(x: float) -> float:
            return float(self.weights @ stdtr(self.n - 2, (x - centres) / errors)) - p

        return float(brentq(excess, low - width, high + width, xtol=1e-12 * (1 + abs(low))))


def drifting_walk(days: ArrayLike, values: ArrayLike) -> DriftingWalk | NoNumber:
    """What reports of `values` on `days` say of the quantity behind them; several on one day are several reports.

    No number with fewer than four reports, all on one day, or a value of 0. Raises ValueError for negative values and
    for lengths that differ.
    """
    x, y = np.asarray(days, dtype=float), np.asarray(values, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or (y < 0).any():
        raise ValueError("there is one value for each day, and none is negative")
    if len(x) < LEAST_REPORTS:
        return NoNumber(f"{len(x)} reports, and growth with an interval needs {LEAST_REPORTS}")
    if np.ptp(x) == 0:
        return NoNumber("all reports are of one day")
    if not (y > 0).all():
        return NoNumber("a value of 0 has no logarithm")
    order = np.argsort(x, kind="stable")
    return _fitted(x[order], np.log(y[order]))


def _fitted(x: Floats, y: Floats) -> DriftingWalk:
    """One turn by the walk's eigenvectors makes the covariance s K + (1 - s) I diagonal for every s."""
    since, n = x - x[0], len(x)
    gap = float(since[-1]) / (n - 1)
    eigenvalues, turn = np.linalg.eigh(_walk(since, since, gap))
    design, turned = turn.T @ np.column_stack([np.ones(n), since]), turn.T @ y
    variances = _SHARES[:, None] * np.maximum(eigenvalues, 0) + (1 - _SHARES[:, None])
    information = np.einsum("kn,ni,nj->kij", 1 / variances, design, design)
    moments = np.einsum("kn,ni,n->ki", 1 / variances, design, turned)
    coefficients = np.linalg.solve(information, moments[..., None])[..., 0]
    residuals = turned - coefficients @ design.T
    squares = np.maximum((residuals**2 / variances).sum(axis=1), n * _EXACT)
    likelihood = -0.5 * (np.log(variances).sum(axis=1) + np.linalg.slogdet(information)[1] + (n - 2) * np.log(squares))
    weights = np.exp(likelihood - likelihood.max())
    return DriftingWalk(
        days=x,
        weights=weights / weights.sum(),
        coefficients=coefficients,
        covariances=np.linalg.inv(information),
        scales=np.sqrt(squares / (n - 2)),
        turn=turn,
        precisions=1 / variances,
        design=design,
        residuals=residuals,
        gap=gap,
    )


def _walk(one: Floats, other: Floats, gap: float) -> Floats:
    """The covariance of a random walk that is 0 on the first day, with variance 1 a mean step, before and after it."""
    a, b = one[:, None], other[None, :]
    covariance: Floats = (np.abs(a) + np.abs(b) - np.abs(a - b)) / (2 * gap)
    return covariance
