"""Kaplan and Meier's curve: the share that an event has not reached by a time, where some were not watched to theirs.

docs/theory/time-to-revenue.md derives what is below.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from almanac.statistics.confidence import Confidence, NoNumber, checked_level

Floats = NDArray[np.float64]

Band = Literal["log-log", "log", "plain"]
"""The scale on which an interval of the curve is symmetric: log(-log S), log S, or S itself. R's survfit has log unless
told otherwise, lifelines log-log. The plain one can leave [0, 1] and is cut off there.
"""

CLOSE = 1e-12
"""Rounding of a product of shares: a curve at 0.5 + 1e-17 has reached one half."""


@dataclass(frozen=True, slots=True)
class KaplanMeier:
    """The curve as steps: at each of `times`, `events` of the `at_risk` happened, which leaves `survival`; `greenwood`
    is the variance of its logarithm. `subjects` were watched, the longest of them up to `until`.
    """

    subjects: int
    times: Floats
    at_risk: NDArray[np.int64]
    events: NDArray[np.int64]
    survival: Floats
    greenwood: Floats
    until: float

    def band(self, level: float = 0.95, band: Band = "log-log") -> tuple[Floats, Floats]:
        """The pointwise interval of the curve after each of its steps; not a number where the curve has fallen to 0,
        for there Greenwood's variance does not exist.
        """
        z = float(norm.ppf((1 + checked_level(level)) / 2))
        alive = np.where(self.survival > 0, self.survival, np.nan)
        reach = z * np.sqrt(np.where(self.survival > 0, self.greenwood, np.nan))
        if band == "plain":
            low, high = alive * (1 - reach), alive * (1 + reach)
        elif band == "log":
            low, high = alive * np.exp(-reach), alive * np.exp(reach)
        else:
            turn = np.exp(reach / -np.log(alive))
            low, high = alive**turn, alive ** (1 / turn)
        return np.clip(low, 0, 1), np.clip(high, 0, 1)

    def survival_at(self, time: float, level: float = 0.95, band: Band = "log-log") -> Confidence | NoNumber:
        """The share that the event has not reached by `time`, that moment included.

        Before the first event no scale has an interval; those still watched when it came are then so many successes of
        as many trials, whose exact interval (Clopper and Pearson 1934) is given. No number where no event was seen, nor
        after the last time watched, nor once the curve is 0.
        """
        checked_level(level)
        if self._unwatched(time):
            return NoNumber(f"nobody was watched up to {time:g}: the curve ends at {self.until:g}")
        if not len(self.times):
            return NoNumber(f"no event was seen among {self.subjects}: nothing is known but that it is rare")
        step = int(np.searchsorted(self.times, time, side="right")) - 1
        if step < 0:
            return Confidence(1.0, ((1 - level) / 2) ** (1 / int(self.at_risk[0])), 1.0, level)
        value = float(self.survival[step])
        if value == 0:
            return NoNumber(f"the curve is 0 from {self.times[-1]:g} on, and a variance of it does not exist")
        low, high = (float(end[step]) for end in self.band(level, band))
        return Confidence(value, min(low, value), max(high, value), level)

    def _unwatched(self, time: float) -> bool:
        """Whether nothing is known of the curve so late; of one that is 0 all is."""
        return time > self.until and not (len(self.survival) > 0 and self.survival[-1] == 0)

    def quantile_bounds(self, p: float, level: float = 0.95, band: Band = "log-log") -> tuple[float, float, float]:
        """The first time by which a share p has had the event, and the times at which the band's lower and upper end
        hold 1 - p (Brookmeyer and Crowley); infinite where the curve or that end never comes down so far.
        """
        if not 0 < p < 1:
            raise ValueError(f"a quantile lies between 0 and 1, not at {p}")
        low, high = self.band(level, band)
        left = 1 - p + CLOSE
        gone = np.where(self.survival > 0, low, 0.0)
        value, early, late = (self._first(curve <= left) for curve in (self.survival, gone, high))
        return value, min(early, value), max(late, value)

    def _first(self, reached: NDArray[np.bool_]) -> float:
        return float(self.times[int(np.argmax(reached))]) if reached.any() else math.inf

    def quantile(self, p: float, level: float = 0.95, band: Band = "log-log") -> Confidence | NoNumber:
        """The first time by which a share p has had the event, with Brookmeyer and Crowley's interval.

        No number where the curve does not come down so far, nor where the interval has no end; the reason then states
        what is known. R takes the middle of a stretch on which the curve is exactly 1 - p, this the beginning.
        Brookmeyer, R. and Crowley, J. (1982), Biometrics 38, 29-41.
        """
        value, low, high = self.quantile_bounds(p, level, band)
        if math.isinf(value):
            fewest = f"{100 * float(self.survival[-1]):.3g}%" if len(self.survival) else "all"
            return NoNumber(f"{fewest} had not had the event when the watching ended: {100 * p:g}% have no time yet")
        if math.isinf(high):
            return NoNumber(f"it is {value:g}, but its interval, from {low:g} on, has no upper end: too few events")
        return Confidence(value, low, high, level)

    def median(self, level: float = 0.95, band: Band = "log-log") -> Confidence | NoNumber:
        """The time by which half have had the event; see `quantile`."""
        return self.quantile(0.5, level, band)

    def restricted_mean(self, until: float) -> RestrictedMean | NoNumber:
        """The mean of the time to the event, counted as `until` for all that lasts longer: the area under the curve.

        Its variance is the sum over the steps of (area still to come)² d / (n (n - d)). No number where nobody was
        watched up to `until` while the curve is above 0.
        Klein, J. P. and Moeschberger, M. L. (2003), Survival Analysis, 2nd ed., Springer, section 4.5.
        """
        if not until > 0 or math.isinf(until) or (self.times < 0).any():
            raise ValueError(f"a mean is of times from 0 to a positive time, not to {until}")
        if self._unwatched(until):
            return NoNumber(f"nobody was watched up to {until:g}: the curve ends at {self.until:g}")
        inside = self.times <= until
        edges = np.concatenate(([0.0], self.times[inside], [until]))
        areas = np.concatenate(([1.0], self.survival[inside])) * np.diff(edges)
        left = np.cumsum(areas[::-1])[::-1][1:]
        parts = np.diff(self.greenwood[inside], prepend=0.0)
        variance = float(np.sum(np.where(left > 0, left**2 * np.where(np.isfinite(parts), parts, 0.0), 0.0)))
        return RestrictedMean(float(areas.sum()), math.sqrt(variance), until)


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """The mean time to the event up to `until`, and its standard error."""

    value: float
    error: float
    until: float

    def interval(self, level: float = 0.95) -> Confidence:
        """The normal interval, cut off at 0 and at `until`."""
        reach = float(norm.ppf((1 + checked_level(level)) / 2)) * self.error
        return Confidence(self.value, max(0.0, self.value - reach), min(self.until, self.value + reach), level)

    def less(self, other: RestrictedMean, level: float = 0.95) -> Confidence:
        """This mean less another of independent subjects, up to the same time. Raises ValueError for another time."""
        if self.until != other.until:
            raise ValueError(f"means up to {self.until:g} and {other.until:g} do not compare")
        reach = float(norm.ppf((1 + checked_level(level)) / 2)) * math.hypot(self.error, other.error)
        value = self.value - other.value
        return Confidence(value, value - reach, value + reach, level)


def kaplan_meier(
    times: Sequence[float] | Floats,
    seen: Sequence[bool] | NDArray[np.bool_],
    entered: Sequence[float] | Floats | None = None,
) -> KaplanMeier:
    """The curve of `times`, at which the event was `seen`, or up to which it was not and nobody looked on.

    Where an event and an end of watching fall on one time, the event came first. entered: after when each was watched
    at all (late entry, left truncation); who was not there yet is not at risk. Assumes that watching ended, and began,
    for reasons that have nothing to do with the event. Raises ValueError for times that cannot be.
    Kaplan, E. L. and Meier, P. (1958), J. Am. Stat. Assoc. 53, 457-481; Greenwood, M. (1926).

    >>> curve = kaplan_meier([1, 2, 2, 3], [True, True, False, True])
    >>> curve.times.tolist(), curve.survival.tolist()
    ([1.0, 2.0, 3.0], [0.75, 0.5, 0.0])
    """
    ends, happened, starts = checked_times(times, seen, entered)
    steps, events = np.unique(ends[happened], return_counts=True)
    at_risk = at_risk_at(steps, ends, starts)
    survival: Floats = np.cumprod(1 - events / at_risk, dtype=np.float64)
    with np.errstate(divide="ignore"):  # where all at risk have the event, the variance is infinite
        greenwood: Floats = np.cumsum(events / (at_risk * (at_risk - events)), dtype=np.float64)
    return KaplanMeier(len(ends), steps, at_risk, events, survival, greenwood, float(ends.max()))


def medians_drawn(
    times: Sequence[float] | Floats,
    seen: Sequence[bool] | NDArray[np.bool_],
    counts: NDArray[np.int64],
    entered: Sequence[float] | Floats | None = None,
) -> Floats:
    """The median of each resample in which every subject stands `counts` times (a matrix draws x subjects, as
    `cluster_counts` gives it); infinite where its curve does not come down to one half.
    """
    ends, happened, starts = checked_times(times, seen, entered)
    steps = np.unique(ends[happened])
    if not len(steps):
        return np.full(len(counts), np.inf)
    watched = (starts[:, None] < steps) & (ends[:, None] >= steps)
    at_risk = counts @ watched
    events = counts @ (happened[:, None] & (ends[:, None] == steps))
    reached = np.cumprod(1 - events / np.maximum(at_risk, 1), axis=1) <= 0.5 + CLOSE
    return np.where(reached.any(axis=1), steps[reached.argmax(axis=1)], np.inf)


def at_risk_at(steps: Floats, ends: Floats, starts: Floats) -> NDArray[np.int64]:
    """How many had entered before each time and had not left before it."""
    gone = np.searchsorted(np.sort(ends), steps, side="left")
    there = np.searchsorted(np.sort(starts), steps, side="left")
    return np.asarray(there - gone, np.int64)


def checked_times(
    times: Sequence[float] | Floats, seen: Sequence[bool] | NDArray[np.bool_], entered: Sequence[float] | Floats | None
) -> tuple[Floats, NDArray[np.bool_], Floats]:
    """The times, whether the event was seen, and the times of entry. Raises ValueError for what cannot be.

    Who is there from the start has entered at minus infinity, so that an event at 0 counts.
    """
    ends, happened = np.asarray(times, float), np.asarray(seen, bool)
    starts = np.full(ends.shape, -np.inf) if entered is None else np.asarray(entered, float)
    if ends.ndim != 1 or not len(ends) or not ends.shape == happened.shape == starts.shape:
        raise ValueError(f"every time has an outcome and an entry, not {ends.shape}, {happened.shape}, {starts.shape}")
    if not np.isfinite(ends).all():
        raise ValueError("a time to an event, or to the end of the watching, is finite")
    if np.isnan(starts).any() or (starts >= ends).any():
        raise ValueError("who is watched enters before the end")
    return ends, happened, starts
