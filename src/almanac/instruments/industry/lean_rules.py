"""Which companies are lean, by rules that can be moved; what is not known leaves a company undecided, not in or out."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from almanac.instruments.industry.lean_facts import Facts

Ends = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rules:
    """Fewer than `staff` people, younger than `age` years, more than `revenue` a year; None: no such rule.

    With `inclusive` the limit itself will do.
    """

    day: int
    staff: float | None
    age: float | None
    revenue: float | None
    inclusive: bool = False

    def verdicts(self, facts: Facts) -> dict[str, bool | None]:
        """Of each rule that there is: kept, broken, or (None) not decided by what is known."""
        found: dict[str, bool | None] = {}
        if self.staff is not None:
            found["staff"] = self._below((facts.staff.low, facts.staff.high) if facts.staff else None, self.staff)
        if self.age is not None:
            found["age"] = self._below(facts.age(self.day), self.age)
        if self.revenue is not None:
            ends = (-facts.revenue.high, -facts.revenue.low) if facts.revenue else None
            found["revenue"] = self._below(ends, -self.revenue)
        return found

    def _below(self, ends: Ends | None, limit: float) -> bool | None:
        if ends is None:
            return None
        least, most = (end <= limit if self.inclusive else end < limit for end in ends)
        return most if least == most else None

    def admits(self, facts: Facts) -> bool | None:
        """Whether it is a member; None where no rule is broken and one is undecided."""
        verdicts = self.verdicts(facts).values()
        if (facts.exit is not None and facts.exit <= self.day) or False in verdicts:
            return False
        return None if None in verdicts else True


@dataclass(frozen=True, slots=True)
class Headline:
    """What a list of companies is summed up by. Members whose revenue or staff is not known, where no rule asks for it,
    are in no sum: `counted` are.
    """

    members: tuple[Facts, ...]
    undecided: tuple[Facts, ...]

    @property
    def counted(self) -> list[Facts]:
        return [facts for facts in self.members if facts.per_employee]

    def sums(self, what: Callable[[Facts], Sequence[float]]) -> tuple[float, float, float]:
        value, low, high = (math.fsum(column) for column in zip(*map(what, self.counted), strict=True))
        return value, low, high

    @property
    def revenue(self) -> tuple[float, float, float] | None:
        return self.sums(_revenue) if self.counted else None

    @property
    def staff(self) -> tuple[float, float, float] | None:
        return self.sums(_staff) if self.counted else None

    @property
    def ratio_of_sums(self) -> tuple[float, float, float] | None:
        """Revenue of all over staff of all: large companies weigh more."""
        if self.revenue is None or self.staff is None:
            return None
        (revenue, least, most), (staff, fewest, many) = self.revenue, self.staff
        return revenue / staff, least / many, most / fewest

    @property
    def mean_of_ratios(self) -> tuple[float, float, float] | None:
        """The mean of the companies' revenue per employee: all weigh alike."""
        return self._over(statistics.fmean)

    @property
    def median_of_ratios(self) -> tuple[float, float, float] | None:
        return self._over(statistics.median)

    def _over(self, how: Callable[[Sequence[float]], float]) -> tuple[float, float, float] | None:
        ratios = [facts.per_employee for facts in self.counted if facts.per_employee]
        if not ratios:
            return None
        value, low, high = (how(column) for column in zip(*ratios, strict=True))
        return value, low, high

    @property
    def greatest(self) -> Facts | None:
        """The member with the largest revenue."""
        return max(self.counted, key=lambda facts: _revenue(facts)[0], default=None)


def _revenue(facts: Facts) -> tuple[float, float, float]:
    known = facts.revenue
    return (known.value, known.low, known.high) if known else (0.0, 0.0, 0.0)


def _staff(facts: Facts) -> tuple[float, float, float]:
    known = facts.staff
    return (known.value, known.low, known.high) if known else (0.0, 0.0, 0.0)


def headline(every: Sequence[Facts], rules: Rules, without: str = "") -> Headline:
    """The list by the rules, perhaps without one company."""
    judged = [(facts, rules.admits(facts)) for facts in every if facts.company != without]
    return Headline(
        tuple(facts for facts, verdict in judged if verdict),
        tuple(facts for facts, verdict in judged if verdict is None),
    )


@dataclass(frozen=True, slots=True)
class Variant:
    """A list by rules of which one was moved, or without one company."""

    change: str
    rule: str
    limit: float | None
    held: Headline


def variants(every: Sequence[Facts], rules: Rules, scales: Sequence[float]) -> Iterator[Variant]:
    """The list as declared; with each rule dropped and moved, with limits that will do, without the greatest member."""
    declared = headline(every, rules)
    yield Variant("as declared", "", None, declared)
    for rule, limit in (("staff", rules.staff), ("age", rules.age), ("revenue", rules.revenue)):
        if limit is None:
            continue
        yield Variant(f"no rule on {rule}", rule, None, headline(every, _moved(rules, rule, None)))
        for scale in scales:
            moved = headline(every, _moved(rules, rule, limit * scale))
            yield Variant(f"{rule} limit × {scale:g}", rule, limit * scale, moved)
    yield Variant("the limits themselves will do", "all", None, headline(every, replace(rules, inclusive=True)))
    if declared.undecided:
        everybody = Headline((*declared.members, *declared.undecided), ())
        yield Variant("the undecided are in", "all", None, everybody)
    if declared.greatest is not None and len(declared.counted) > 1:
        name = declared.greatest.company
        yield Variant(f"without {name}, the greatest", "all", None, headline(every, rules, name))


def _moved(rules: Rules, rule: str, limit: float | None) -> Rules:
    if rule == "staff":
        return replace(rules, staff=limit)
    return replace(rules, age=limit) if rule == "age" else replace(rules, revenue=limit)
