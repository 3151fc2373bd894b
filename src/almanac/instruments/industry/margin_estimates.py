"""Gross margins of bills, and how much of their cost the largest users cause, with intervals over users."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from almanac.estimate import Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.margin_books import LIKE_THESE, LISTED, UNMOVED, Part, Setting, percent
from almanac.instruments.industry.metered_use import Bills
from almanac.statistics import Confidence, NoNumber, bca, percentile, wilson
from almanac.statistics.lorenz import ginis, top_shares

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

AT_ONCE = 4_000_000
"""Cells of the matrix of resamples that are held at one time: 32 MB."""

ROUNDED = 12
"""Places to which drawn margins are kept: what lies beyond is how sums were rounded, and would count as spread."""


def margin_estimates(
    parts: Sequence[Part], changed: Sequence[Part], bills: Bills, setting: Setting
) -> Iterator[Estimate | Undefined]:
    every = [*parts, *changed]
    users = len(bills.users)
    revenue = np.stack([bills.by_user(part.revenue) for part in every])
    cost = np.stack([bills.by_user(part.cost) for part in every])
    fixed = np.array([part.fixed for part in every])
    held = bills.by_user(bills.settled().cost)

    def statistics(counts: Counts) -> Floats:
        shares = [top_shares(held, counts, p) for p in setting.top]
        drawn = _of_sums(counts @ revenue.T, counts @ cost.T + fixed)
        return np.column_stack([drawn, *shares, ginis(held, counts)])

    drawn = _resampled(users, setting, statistics)
    left_out = _of_sums(revenue.sum(axis=1) - revenue.T, cost.sum(axis=1) + fixed - cost.T)
    values = statistics(np.ones((1, users), dtype=np.int64))[0]
    for place, part in enumerate(every):
        name = (
            "gross_margin" if place < len(parts) else "value_margin" if "of value" in part.subject else "capped_margin"
        )
        yield _margin(name, part, float(values[place]), drawn[:, place], left_out[:, place], bills, setting)
    yield from _change(parts, values, drawn, left_out, users, setting)
    yield from _concentration(values[len(every) :], drawn[:, len(every) :], users, setting)
    yield _loss_makers(bills, setting)


def _of_sums(revenue: Floats, cost: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.round(np.where(revenue > 0, 1 - cost / revenue, np.nan), ROUNDED))


def _resampled(users: int, setting: Setting, statistics: Callable[[Counts], Floats]) -> Floats:
    """The statistics of `draws` resamples of the users, some at a time."""
    random = np.random.default_rng(setting.seed)
    step = max(1, AT_ONCE // users)
    sizes = [min(step, setting.draws - start) for start in range(0, setting.draws, step)]
    even = np.full(users, 1 / users)
    return np.concatenate([statistics(random.multinomial(users, even, size)) for size in sizes])


def _margin(
    name: str, part: Part, value: float, drawn: Floats, left_out: Floats, bills: Bills, setting: Setting
) -> Estimate | Undefined:
    if not np.isfinite(value):
        why = "no bill has a known value" if name == "value_margin" else "no revenue: nothing to take a margin of"
        return Undefined(name, part.subject, why)
    assumptions = setting.assuming(
        LISTED, LIKE_THESE, *part.assumptions, *((UNMOVED,) if name != "gross_margin" else ())
    )
    n = len(np.unique(bills.user[(part.revenue != 0) | (part.cost != 0)]))
    if len(bills.users) == 1:
        return Undefined(name, part.subject, f"one user, whose margin is {100 * value:.4g}%: nothing to draw from")
    usable = drawn[np.isfinite(drawn)]
    if len(usable) and not np.ptp(usable) > 0:
        method = "1 - cost / revenue, the same for every user: there is no spread to judge by"
        return counted(name, part.subject, 100 * value, "percent", n, method, assumptions)
    found = _bca(value, drawn, left_out, setting)
    method = f"1 - cost / revenue; BCa of {setting.drawn}"
    return estimated(name, part.subject, percent(found), "percent", n, method, assumptions)


def _change(
    parts: Sequence[Part], values: Floats, drawn: Floats, left_out: Floats, users: int, setting: Setting
) -> Iterator[Estimate | Undefined]:
    months = [place for place, part in enumerate(parts) if part.subject.startswith("month ")]
    subject = "first to last month"
    if not months:
        yield Undefined("margin_change", subject, "one month: nothing to compare with")
        return
    first, last = months[0], months[-1]
    if not np.isfinite(values[last] - values[first]):
        yield Undefined("margin_change", subject, "a month without revenue has no margin")
        return
    drawn = np.round(drawn[:, last] - drawn[:, first], ROUNDED)
    found = _bca(float(values[last] - values[first]), drawn, left_out[:, last] - left_out[:, first], setting)
    method = f"{parts[first].subject} to {parts[last].subject}, free users in; BCa of {setting.drawn}"
    yield estimated(
        "margin_change",
        subject,
        percent(found),
        "percentage_point",
        users,
        method,
        setting.assuming(LISTED, LIKE_THESE),
    )


def _bca(value: float, drawn: Floats, left_out: Floats, setting: Setting) -> Confidence | NoNumber:
    if not np.isfinite(left_out).all():
        return NoNumber("one user brings all the revenue: nothing to draw from")
    return bca(value, drawn, left_out, seed=setting.seed, level=setting.level).found


def _concentration(values: Floats, drawn: Floats, users: int, setting: Setting) -> Iterator[Estimate | Undefined]:
    method = f"users by their cost in all months, free ones too; percentiles of {setting.drawn}"
    for place, p in enumerate(setting.top):
        subject = f"{100 * p:.10g}% of users"
        if p * users < 1:
            yield Undefined("top_share", subject, f"{100 * p:g}% of {users} users is less than one user")
            continue
        found = _drawn(float(values[place]), drawn[:, place], setting)
        yield estimated("top_share", subject, percent(found), "percent", users, method, setting.assuming(LIKE_THESE))
    found = _drawn(float(values[-1]), drawn[:, -1], setting)
    yield estimated("gini", "all users", found, "ratio", users, method, setting.assuming(LIKE_THESE))


def _drawn(value: float, drawn: Floats, setting: Setting) -> Confidence | NoNumber:
    if not np.isfinite(value):
        return NoNumber("nothing was used: no cost to share")
    return percentile(value, drawn, seed=setting.seed, level=setting.level).found


def _loss_makers(bills: Bills, setting: Setting) -> Estimate | Undefined:
    settled, here = bills.settled(), ~bills.free
    paid = bills.by_user(settled.revenue * here)
    spent = bills.by_user(settled.cost * here)
    paying = bills.by_user(here) > 0
    found = wilson(int((spent > paid)[paying].sum()), int(paying.sum()), setting.level)
    method = "paying users whose tokens cost more than they paid, in all months; Wilson"
    return estimated(
        "loss_makers", "paying users", percent(found), "percent", int(paying.sum()), method, setting.assuming(LISTED)
    )
