"""The ratio of two numbers from the intervals of each, when their joint distribution is not known (MOVER)."""

from __future__ import annotations

import math

from almanac.statistics.confidence import Confidence, NoNumber


def ratio_of_intervals(now: Confidence, before: Confidence) -> Confidence | NoNumber:
    """now / before, both positive and at one level: the variance of the logarithm on each side is recovered from the
    distance of that end, and the two are added, as of independent numbers.

    Wider than needed where the two go together, as with the same customers in two years. Zou, G. Y. and Donner, A.
    (2008), Stat. Med. 27, 1693-1702, section 2. Raises ValueError for two levels.

    >>> found = ratio_of_intervals(Confidence(4, 2, 8, 0.95), Confidence(2, 2, 2, 0.95))
    >>> found.value, found.low, found.high
    (2.0, 1.0, 4.0)
    """
    if now.level != before.level:
        raise ValueError(f"intervals of two levels, {now.level:g} and {before.level:g}")
    if min(now.low, before.low) <= 0:
        return NoNumber("an end that is not above 0 has no logarithm")
    below = math.hypot(math.log(now.value / now.low), math.log(before.high / before.value))
    above = math.hypot(math.log(now.high / now.value), math.log(before.value / before.low))
    ratio = now.value / before.value
    return Confidence(ratio, ratio * math.exp(-below), ratio * math.exp(above), now.level)
