"""The BG/NBD model of customers who buy when they like and leave without a word.

While alive a customer buys at a rate λ of its own, gamma distributed with shape r and rate α; after every purchase it
leaves with a chance p of its own, beta distributed with a and b. Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005),
"Counting your customers" the easy way: an alternative to the Pareto/NBD model, Marketing Science 24, 275-284. Equation
numbers are theirs. docs/theory/customer-base.md derives what is below.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, digamma, gammaln, hyp2f1
from scipy.stats import nbinom, norm

from almanac.statistics.confidence import Confidence, NoNumber, checked_level

Floats = NDArray[np.float64]

LEAST_REPEATERS = 10
"""Customers who bought again; with fewer, four parameters are guesses."""

FARTHEST = 12.0
"""How far the logarithm of a parameter may run from the start of the search: beyond, the likelihood has no maximum."""

STEP = 1e-4
"""Step of numerical derivatives, on the logarithms of the parameters: between rounding and curvature."""

POLE = 1e-5
"""Where a is nearer to 1 than this, the formulas of expectations divide by almost nothing: a is moved away as far."""


@dataclass(frozen=True, slots=True)
class Purchases:
    """Of each customer the number of repeat purchases, the time of the last one (0: none) and that of its watching,
    both since the first purchase; and how many customers are alike.
    """

    frequency: Floats
    recency: Floats
    age: Floats
    customers: Floats

    @classmethod
    def of(cls, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Purchases:
        """Raises ValueError for times that cannot be: a purchase after the watching, none but a time of the last."""
        x, last, until = (np.asarray(values, dtype=float) for values in (frequency, recency, age))
        if not (x.shape == last.shape == until.shape) or x.ndim != 1:
            raise ValueError("every customer has a frequency, a recency and an age")
        if (x < 0).any() or (last < 0).any() or (last > until).any() or ((x == 0) != (last == 0)).any():
            raise ValueError("a last purchase lies between 0 and the age, and is 0 where there was none again")
        alike, counts = np.unique(np.stack([x, last, until]), axis=1, return_counts=True)
        return cls(alike[0], alike[1], alike[2], counts.astype(float))


def log_likelihood(parameters: ArrayLike, purchases: Purchases) -> float:
    """The logarithm of the likelihood of (r, α, a, b), equation 6 summed over customers.

    Gamma functions enter as logarithms, and the sum of the two ways to be silent since the last purchase, alive or
    gone, as that of exponentials, so that no term over- or underflows however many purchases there are.
    """
    value, _ = _value_and_gradient(np.asarray(parameters, dtype=float), purchases)
    return value


def _value_and_gradient(parameters: Floats, of: Purchases) -> tuple[float, Floats]:
    r, alpha, a, b = parameters
    x, again = of.frequency, of.frequency > 0
    left = np.maximum(b + x - 1, np.finfo(float).tiny)  # used only where x > 0
    alive = -(r + x) * np.log(alpha + of.age)
    gone = np.where(again, math.log(a) - np.log(left) - (r + x) * np.log(alpha + of.recency), -np.inf)
    both = np.logaddexp(alive, gone)
    value = gammaln(r + x) - gammaln(r) + r * math.log(alpha) + betaln(a, b + x) - betaln(a, b) + both
    # the share of each way in the sum
    stays, goes = np.exp(alive - both), np.exp(gone - both)
    rates = stays / (alpha + of.age) + goes / (alpha + of.recency)
    logs = stays * np.log(alpha + of.age) + goes * np.log(alpha + of.recency)
    joint = digamma(a + b) - digamma(a + b + x)
    gradient = np.stack(
        [
            digamma(r + x) - digamma(r) + math.log(alpha) - logs,
            r / alpha - (r + x) * rates,
            joint + goes / a,
            joint + digamma(b + x) - digamma(b) - np.where(again, goes / left, 0),
        ]
    )
    return float(of.customers @ value), gradient @ of.customers


@dataclass(frozen=True, slots=True)
class BgNbd:
    """The model with its likeliest parameters, and the covariance of their logarithms."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    covariance: Floats

    @property
    def parameters(self) -> Floats:
        return np.array([self.r, self.alpha, self.a, self.b])

    def interval(self, of: Callable[[BgNbd], float], level: float = 0.95, *, share: bool = False) -> Confidence:
        """A positive number that the parameters determine, with its interval by the delta method, on its logarithm, or
        on its log odds where it is a share: of the parameters' error alone, not of the customers' chance.
        """
        z = float(norm.ppf((1 + checked_level(level)) / 2))
        value = of(self)
        slope = np.array([self._slope(of, place, share) for place in range(4)])
        reach = z * math.sqrt(float(slope @ self.covariance @ slope))
        centre = _scaled(value, share)
        low, high = (_unscaled(centre + side * reach, share) for side in (-1, 1))
        return Confidence(value, min(low, value), max(high, value), level)

    def _slope(self, of: Callable[[BgNbd], float], place: int, share: bool) -> float:
        ends = []
        for side in (1, -1):
            moved = self.parameters
            moved[place] *= math.exp(side * STEP)
            r, alpha, a, b = map(float, moved)
            ends.append(_scaled(of(BgNbd(r, alpha, a, b, self.log_likelihood, self.covariance)), share))
        return (ends[0] - ends[1]) / (2 * STEP)

    def alive(self, purchases: Purchases) -> Floats:
        """The chance that each customer has not left. Who never came back cannot have left: in this model one leaves
        after a repeat purchase or never, so that their chance is 1.
        """
        x = purchases.frequency
        odds = (self.r + x) * np.log((self.alpha + purchases.age) / (self.alpha + purchases.recency))
        with np.errstate(over="ignore"):
            gone = np.where(x > 0, self.a / np.where(x > 0, self.b + x - 1, 1) * np.exp(odds), 0.0)
        return np.asarray(1 / (1 + gone))

    def expected(self, purchases: Purchases, ahead: float) -> Floats:
        """How often each customer will buy in the time `ahead`, equation 10."""
        x, until = purchases.frequency, self.alpha + purchases.age
        a = _off_pole(self.a)
        bought = hyp2f1(self.r + x, self.b + x, a + self.b + x - 1, ahead / (until + ahead))
        share = (until / (until + ahead)) ** (self.r + x) * bought
        return np.asarray((a + self.b + x - 1) / (a - 1) * (1 - share) * self.alive(purchases))

    def expected_of_new(self, ahead: float) -> float:
        """How often a customer will buy again in its first `ahead`, equation 9."""
        a = _off_pole(self.a)
        bought = hyp2f1(self.r, self.b, a + self.b - 1, ahead / (self.alpha + ahead))
        return float((a + self.b - 1) / (a - 1) * (1 - (self.alpha / (self.alpha + ahead)) ** self.r * bought))

    def frequencies(self, purchases: Purchases, most: int) -> Floats:
        """How many of the customers buy 0, 1, …, `most` - 1 times again while they are watched, and how many more
        often: equation 8 summed over their ages.
        """
        ages, place = np.unique(purchases.age, return_inverse=True)
        weights = np.bincount(place, purchases.customers)
        never_left = self.alpha / (self.alpha + ages)
        found = [float(weights @ self._chance(n, never_left)) for n in range(most)]
        return np.array([*found, float(weights.sum()) - sum(found)])

    def _chance(self, n: int, never_left: Floats) -> Floats:
        stays = math.exp(betaln(self.a, self.b + n) - betaln(self.a, self.b)) * nbinom.pmf(n, self.r, never_left)
        if not n:
            return np.asarray(stays)
        goes = math.exp(betaln(self.a + 1, self.b + n - 1) - betaln(self.a, self.b))
        return np.asarray(stays + goes * nbinom.sf(n - 1, self.r, never_left))


def bg_nbd(purchases: Purchases) -> BgNbd | NoNumber:
    """The likeliest model, and how sure it is: the inverse of the likelihood's curvature in the logarithms.

    No number with fewer than 10 customers who bought again, nor where the likelihood rises without end: where all
    customers are alike r or a and b grow together, and where nobody seems to leave a falls to 0.
    """
    if (repeaters := int(purchases.customers[purchases.frequency > 0].sum())) < LEAST_REPEATERS:
        return NoNumber(f"{repeaters} customers bought again, and four parameters need {LEAST_REPEATERS}")
    many = float(purchases.customers.sum())

    def loss(logs: Floats) -> tuple[float, Floats]:
        value, gradient = _value_and_gradient(np.exp(logs), purchases)
        return -value / many, -gradient * np.exp(logs) / many

    start = np.log([1.0, float(purchases.customers @ purchases.age) / many, 1.0, 2.0])
    ends = [(at - FARTHEST, at + FARTHEST) for at in start]
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=ends, options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 2000}
    )
    best = np.asarray(found.x, dtype=float)
    if (np.abs(best - start) > FARTHEST - 0.1).any():
        return NoNumber("the likelihood rises without end: these customers do not tell the model's parameters")
    curvature = many * _jacobian(lambda logs: loss(logs)[1], best)
    if not (np.linalg.eigvalsh(curvature) > 0).all():
        return NoNumber("the likelihood is flat at its maximum: these customers do not tell the model's parameters")
    value, _ = _value_and_gradient(np.exp(best), purchases)
    r, alpha, a, b = map(float, np.exp(best))
    covariance = np.asarray(np.linalg.inv(curvature), dtype=np.float64)
    return BgNbd(r, alpha, a, b, value, covariance)


def _jacobian(gradient: Callable[[Floats], Floats], at: Floats) -> Floats:
    columns = [(gradient(at + step) - gradient(at - step)) / (2 * STEP) for step in STEP * np.eye(len(at))]
    matrix = np.stack(columns)
    return np.asarray((matrix + matrix.T) / 2)


def _off_pole(a: float) -> float:
    return a if abs(a - 1) > POLE else 1 + POLE


def _scaled(value: float, share: bool) -> float:
    return math.log(value / (1 - value)) if share else math.log(value)


def _unscaled(value: float, share: bool) -> float:
    return 1 / (1 + math.exp(-value)) if share else math.exp(value)
