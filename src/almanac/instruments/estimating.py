"""From statistics to estimates: the shared last step of every instrument."""

from __future__ import annotations

from almanac.estimate import Estimate, Undefined
from almanac.statistics import Confidence, NoNumber


def counted(
    name: str, subject: str, value: float, unit: str, n: int, method: str, assumptions: tuple[str, ...] = ()
) -> Estimate:
    """A number that was counted, not sampled: no interval around it."""
    return Estimate(name, subject, value, value, value, 1.0, unit, n, method, assumptions)


def estimated(
    name: str,
    subject: str,
    found: Confidence | NoNumber,
    unit: str,
    n: int,
    method: str,
    assumptions: tuple[str, ...] = (),
) -> Estimate | Undefined:
    """The estimate that a statistic gives, or the reason why it gives none."""
    if isinstance(found, NoNumber):
        return Undefined(name, subject, found.reason)
    return Estimate(name, subject, found.value, found.low, found.high, found.level, unit, n, method, assumptions)
