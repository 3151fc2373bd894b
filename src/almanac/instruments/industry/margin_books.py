"""The bills as they were settled, and the parts of them that a gross margin is taken of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from almanac.instruments.industry.metered_use import Bills
from almanac.instruments.industry.serving_costs import ServingCosts
from almanac.statistics import Confidence, NoNumber

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LIKE_THESE = "users are drawn, with all their months, from others like them; all users known: the value has no error"
LISTED = "tokens cost their listed price: no discount, no commitment, no own machines"
UNMOVED = "nobody uses more or less, comes or leaves, because a price or a cap changes"
ASSUMED = "use is simulated from stated parameters: no evidence about any company"
FITTED = "use follows the fitted family beyond what was seen; a user's months are alike"
APART = "drivers are drawn evenly from their ranges, independently"


@dataclass(frozen=True, slots=True)
class Part:
    """Bills that a margin is taken of: each one's revenue and cost, nothing for others; `fixed` costs beside them."""

    subject: str
    revenue: Floats
    cost: Floats
    fixed: float = 0.0
    assumptions: tuple[str, ...] = ()

    @property
    def margin(self) -> float:
        revenue = float(self.revenue.sum())
        return 1 - (float(self.cost.sum()) + self.fixed) / revenue if revenue > 0 else float("nan")


@dataclass(frozen=True, slots=True)
class Setting:
    """What was asked for, beside the tables."""

    level: float
    seed: int
    draws: int
    currency: str
    free: str
    top: tuple[float, ...]
    caps: tuple[float, ...]
    value_shares: tuple[float, ...]
    targets: tuple[float, ...]
    scales: tuple[int, ...]
    simulated: bool

    @property
    def drawn(self) -> str:
        return f"{self.draws} draws of users, seed {self.seed}"

    def assuming(self, *more: str) -> tuple[str, ...]:
        return (ASSUMED, *more) if self.simulated else more


class Books:
    """The bills as they were settled, and the parts of them that margins are taken of."""

    def __init__(self, bills: Bills, other: ServingCosts) -> None:
        self.bills, self.other = bills, other
        self.settled = bills.settled()
        self.free = bills.free
        self.tokens = self.settled.cost
        self.whole = self.tokens + other.of_bills(self.free, self.settled.revenue, self.settled.served)
        self.fixed = other.month * len(bills.months)

    def taken(self, free: str) -> Mask:
        """The bills that a definition counts."""
        return np.ones(len(self.bills), dtype=bool) if free == "in" else ~self.free

    def part(self, subject: str, here: Mask, cost: Floats, fixed: float, *assumptions: str) -> Part:
        return Part(subject, self.settled.revenue * here, cost * here, fixed, assumptions)

    def definitions(self) -> Iterator[Part]:
        for free in ("in", "out"):
            yield self.part(f"free users {free}", self.taken(free), self.whole, self.fixed)
        if self.other.any:
            for free in ("in", "out"):
                yield self.part(f"free users {free}, tokens alone", self.taken(free), self.tokens, 0.0)

    def plans(self) -> Iterator[Part]:
        """What is paid by the month belongs to no plan."""
        for plan in sorted(set(self.bills.plans)):
            yield self.part(f"plan {plan}", self.bills.plan(plan), self.whole, 0.0)

    def by_month(self, free: str = "in") -> Iterator[Part]:
        if len(self.bills.months) > 1:
            for place, month in enumerate(self.bills.months):
                here = (self.bills.month == place) & self.taken(free)
                yield self.part(f"month {month}", here, self.whole, self.other.month)

    def after(self, subject: str, here: Mask, *, times: float = 1.0, cap: float = np.inf, why: str = "") -> Part:
        """If everybody wanted `times` as much and nobody were served more than the cap."""
        settled = self.bills.settled(times, cap)
        cost = settled.cost + self.other.of_bills(self.free, settled.revenue, settled.served)
        return Part(subject, settled.revenue * here, cost * here, self.fixed, (why,) if why else ())


def capped(books: Books, setting: Setting) -> Iterator[Part]:
    """Two ends: all who are cut short stay and pay, or all of them leave with their fee."""
    here = books.taken(setting.free)
    if not here.any():
        return
    for cap in setting.caps or (float(np.quantile(books.bills.use[here], 0.99)),):
        words = f"cap {cap:.4g} Mtok"
        yield books.after(f"{words}, users stay", here, cap=cap, why="those whom a cap cuts short stay and pay")
        stay = here & (books.bills.use <= cap)
        yield books.part(
            f"{words}, capped users leave", stay, books.whole, books.fixed, "those whom a cap would cut leave"
        )


def by_value(books: Books, setting: Setting) -> Iterator[Part]:
    """Every paying bill is a share of what the work is worth; those whose worth is not known are left out."""
    known = ~np.isnan(books.bills.value) & ~books.free
    worth = np.where(known, books.bills.value, 0.0)
    here = known | (books.free & books.taken(setting.free))
    for share in setting.value_shares:
        subject = f"{100 * share:.10g}% of value"
        if not known.any():
            yield Part(subject, np.zeros(len(worth)), books.whole)
            continue
        revenue = share * worth
        cost = books.tokens + books.other.of_bills(books.free, revenue, books.settled.served)
        many = f"{int(known.sum())} of {int((~books.free).sum())} paying bills have a known value"
        yield Part(subject, revenue, cost * here, books.fixed, (many,))


def percent(found: Confidence | NoNumber) -> Confidence | NoNumber:
    return found if isinstance(found, NoNumber) else found.scaled(100)
