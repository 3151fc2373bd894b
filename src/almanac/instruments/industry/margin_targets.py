"""What gives a gross margin: how prices, token costs or use must be for it, solved on the bills."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import numpy as np
from scipy.optimize import brentq

from almanac.estimate import Estimate, Undefined
from almanac.instruments.estimating import counted
from almanac.instruments.industry.margin_books import LISTED, UNMOVED, Books, Mask, Setting
from almanac.instruments.industry.margin_model import Segment
from almanac.instruments.industry.token_prices import MTOK
from almanac.statistics import NoNumber

FARTHEST = 1e4
"""Times what is used, or its inverse: beyond, a search for the use that gives a margin stops."""

STEPS = 40
"""Steps of that search to either side: a factor of 1.26 each."""


def target_estimates(
    books: Books, fitted: Sequence[Segment], margin: Estimate | Undefined, setting: Setting
) -> Iterator[Estimate | Undefined]:
    """margin: that of all bills of the definition, whose interval the price factor takes over."""
    here = books.taken(setting.free)
    revenue, tokens = float(books.settled.revenue[here].sum()), float(books.tokens[here].sum())
    rate = books.other.revenue
    other = float((books.whole - books.tokens)[here].sum()) - rate * revenue + books.fixed
    about = setting.assuming(LISTED, UNMOVED)
    by_use = _margins_by_use(books, here)
    for target in setting.targets:
        goal, subject = target / 100, f"{target:.10g}%"
        answers = (
            ("token_price_factor", _token_factor(goal, revenue, tokens, other, rate), "times every token's price"),
            ("use_factor", _use_factor(goal, by_use), "times everybody's use"),
        )
        yield _price_factor(subject, goal, margin, rate, about)
        for name, found, words in answers:
            method = f"{words}, free users {setting.free}; solved on the bills"
            yield _solved(name, subject, found, "ratio", int(here.sum()), method, about)
        words = "price over cost of a token where all is paid by the token and nothing else is: 1 / (1 - margin)"
        yield counted("markup", subject, 1 / (1 - goal), "ratio", 1, words)
        for segment in fitted:
            if segment.terms.fee > 0:
                mtok = _tokens_at(goal, segment)
                tokens_a_month = mtok if isinstance(mtok, NoNumber) else mtok * MTOK
                cost = float(segment.per_mtok())
                method = f"fee {segment.terms.fee:.10g} {setting.currency}, {cost:.4g} a million tokens of its mix"
                name, where = "tokens_at_margin", f"plan {segment.plan}, {subject}"
                yield _solved(
                    name, where, tokens_a_month, "token/month", segment.bills, method, setting.assuming(LISTED)
                )


def _solved(
    name: str, subject: str, found: float | NoNumber, unit: str, n: int, method: str, about: tuple[str, ...]
) -> Estimate | Undefined:
    if isinstance(found, NoNumber):
        return Undefined(name, subject, found.reason)
    return counted(name, subject, found, unit, n, method, about)


def _price_factor(
    subject: str, goal: float, margin: Estimate | Undefined, rate: float, about: tuple[str, ...]
) -> Estimate | Undefined:
    """Cost is 1 - margin of revenue, a share `rate` of which is cost too: the rest of it must be 1 - rate - goal."""
    name = "price_factor"
    if isinstance(margin, Undefined):
        return Undefined(name, subject, margin.reason)
    if not 1 - rate - goal > 0:
        return Undefined(name, subject, "costs that are a share of revenue alone leave less than that margin")
    ends = (margin.high, margin.value, margin.low)
    low, value, high = ((1 - end / 100 - rate) / (1 - rate - goal) for end in ends)
    method = f"(1 - margin) / (1 - {subject}), times every plan's prices, of {margin.subject}; its interval"
    return Estimate(name, subject, value, low, high, margin.level, "ratio", margin.n, method, about)


def _token_factor(goal: float, revenue: float, tokens: float, other: float, rate: float) -> float | NoNumber:
    left = revenue * (1 - rate - goal) - other
    if not tokens > 0:
        return NoNumber("no tokens were used")
    return (
        left / tokens if left >= 0 else NoNumber("other costs alone leave less than that margin, with free tokens too")
    )


def _margins_by_use(books: Books, here: Mask) -> Callable[[float], float]:
    """The margin if everybody used so many times (a logarithm) what they use; of one definition, each asked once."""

    @cache
    def margin(log_times: float) -> float:
        return books.after("", here, times=math.exp(log_times)).margin

    return margin


def _use_factor(goal: float, margin: Callable[[float], float]) -> float | NoNumber:
    """Of several that give the margin, the nearest to what is used: with tiers a margin may fall and rise again."""
    steps = [math.log(FARTHEST) * step / STEPS for step in range(-STEPS, STEPS + 1)]
    found = [margin(step) for step in steps]
    if not all(map(math.isfinite, found)):
        return NoNumber("no revenue")
    if max(found) - min(found) < 1e-9:
        return NoNumber("the margin does not depend on how much is used: all is paid by the token")
    crossings = [
        brentq(lambda log_times: margin(log_times) - goal, low, high, xtol=1e-10)
        for (low, at_low), (high, at_high) in itertools.pairwise(zip(steps, found, strict=True))
        if (at_low - goal) * (at_high - goal) <= 0
    ]
    if not crossings:
        words = f"from a {FARTHEST:,.0f}th of the use to {FARTHEST:,.0f} times it the margin stays"
        return NoNumber(f"{words} {'above' if min(found) > goal else 'below'} that")
    return math.exp(min(crossings, key=abs))


def _tokens_at(goal: float, segment: Segment) -> float | NoNumber:
    """Million tokens at which cost is 1 - margin of the bill of one user; caps aside, they do not change the price."""
    terms, cost = segment.terms, float(segment.per_mtok())
    if not cost > 0:
        return NoNumber("its tokens cost nothing, or none were used")

    def over(mtok: float) -> float:
        return float(terms.capped(np.inf).bill(np.array([mtok]))[0]) * (1 - goal) - cost * mtok

    most = FARTHEST * terms.fee / cost
    if over(most) > 0:
        return NoNumber("what is paid by the token alone gives more than that margin, however much is used")
    return float(brentq(over, 0.0, most, xtol=1e-12))
