"""Whether a printed headline can be true of one list: count, total, mean staff, revenue per employee as intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from almanac.instruments.industry.lean_rules import Ends, Rules
from almanac.instruments.instrument import Row


@dataclass(frozen=True, slots=True)
class Printed:
    """The four numbers of a headline as intervals; an upper end may be infinite ("over"). None: not printed."""

    count: Ends | None
    total: Ends | None
    staff_mean: Ends | None
    per_employee: Ends | None

    @property
    def from_parts(self) -> Ends | None:
        """Revenue per employee as the total over the staff of all: total / (count × mean staff)."""
        if not (self.count and self.total and self.staff_mean):
            return None
        return _over(self.total, _times(self.count, self.staff_mean))

    @property
    def slack(self) -> float | None:
        """By what factor the least that the parts allow exceeds the least that is printed."""
        if self.from_parts is None or self.per_employee is None or not self.per_employee[0]:
            return None
        return self.from_parts[0] / self.per_employee[0]


def _times(one: Ends, other: Ends) -> Ends:
    """Of intervals that are not negative."""
    return one[0] * other[0], one[1] * other[1]


def _over(one: Ends, other: Ends) -> Ends:
    """Of intervals that are not negative; what is divided by 0 has no upper end."""
    high = one[1] / other[0] if other[0] else math.inf
    low = 0.0 if math.isinf(other[1]) else one[0] / other[1]
    return low, high


def arithmetic(printed: Printed, rules: Rules) -> Iterator[Row]:
    """Every relation that must hold between the numbers and the rules, and whether any numbers within them do it.

    The mean of the companies' ratios need not be the ratio of the sums; where the two differ much, large companies have
    more, or less, revenue for each employee than small ones.
    """
    parts = printed.from_parts
    if parts and printed.per_employee:
        yield _relation("revenue per employee = total / (count × mean staff)", printed.per_employee, parts, _meet)
    if printed.total and printed.count and rules.revenue is not None:
        floor = _times(printed.count, (rules.revenue, rules.revenue))
        yield _relation("total > count × revenue limit", printed.total, floor, _may_exceed)
    if printed.staff_mean and rules.staff is not None:
        yield _relation("mean staff < staff limit", (rules.staff, rules.staff), printed.staff_mean, _may_exceed)
    if printed.per_employee and rules.staff and rules.revenue is not None:
        floor_of_one = (rules.revenue / rules.staff,) * 2
        yield _relation(
            "revenue per employee > revenue limit / staff limit", printed.per_employee, floor_of_one, _may_exceed
        )


def _meet(one: Ends, other: Ends) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _may_exceed(one: Ends, other: Ends) -> bool:
    return one[1] > other[0]


def _relation(words: str, left: Ends, right: Ends, holds: Callable[[Ends, Ends], bool]) -> Row:
    return {
        "relation": words,
        "left_low": left[0],
        "left_high": _finite(left[1]),
        "right_low": right[0],
        "right_high": _finite(right[1]),
        "can_hold": holds(left, right),
    }


def _finite(end: float) -> float | None:
    return end if math.isfinite(end) else None


def ends(numbers: tuple[float | None, ...]) -> Ends | None:
    """[] is not printed, [44] is 44, [21.5, 22.5] a range, [4e9, null] has no upper end; others raise ValueError."""
    if not numbers:
        return None
    low, high = numbers[0], numbers[-1]
    if len(numbers) > 2 or low is None or (high is not None and not 0 <= low <= high):
        raise ValueError("[], [exactly], [least, greatest] or [at least, null]")
    return low, math.inf if high is None else high
