"""Metered use: who used how many tokens of which model on which plan, read from a table or drawn from assumptions."""

from __future__ import annotations

import calendar
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from almanac.datasets.schema import Table
from almanac.estimate import Account
from almanac.instruments.industry.money import in_currency
from almanac.instruments.industry.price_plan import Plans, Terms
from almanac.instruments.industry.token_prices import MTOK, TokenPrice, TokenPrices
from almanac.statistics import NoNumber
from almanac.statistics.heavy_tail import Lognormal, Pareto

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Used:
    """A row of use, its tokens in millions. `cached` is part of `input`; `value` is nan where it is not known."""

    user: str
    month: str
    plan: str
    model: str
    input: float
    cached: float
    output: float
    value: float


@dataclass(frozen=True, slots=True)
class Priced:
    """A row of use with its cost: million tokens and money of those sent, cached and made, in the result's currency."""

    used: Used
    price: TokenPrice

    @property
    def cost(self) -> float:
        fresh = self.used.input - self.used.cached
        return fresh * self.price.input + self.used.cached * self.price.cached + self.used.output * self.price.output


@dataclass(frozen=True, slots=True)
class Bills:
    """What every user used in a month on a plan, as columns; a bill is of all models together.

    `use` is in million tokens, `cost` what all of it would cost upstream, `value` what it is worth to the user, in the
    result's currency. `user` and `month` are places in `users` and `months`, `offer` the place of its terms in `terms`.
    """

    users: tuple[str, ...]
    months: tuple[str, ...]
    terms: tuple[Terms, ...]
    plans: tuple[str, ...]
    user: Places
    month: Places
    offer: Places
    use: Floats
    cost: Floats
    value: Floats
    rows: tuple[Priced, ...]

    def __len__(self) -> int:
        return len(self.use)

    @property
    def free(self) -> NDArray[np.bool_]:
        return np.array([terms.free for terms in self.terms], dtype=bool)[self.offer]

    def plan(self, name: str) -> NDArray[np.bool_]:
        return np.array([plan == name for plan in self.plans], dtype=bool)[self.offer]

    def by_user(self, amounts: Floats | NDArray[np.bool_]) -> Floats:
        """The sum of each user's bills."""
        return np.bincount(self.user, amounts, len(self.users)).astype(float)

    def settled(self, times: float = 1.0, cap: float = np.inf) -> Settled:
        """Every bill, if everybody wanted `times` as much, and nobody were served more than the cap."""
        revenue, served = np.zeros(len(self)), np.zeros(len(self))
        wanted = times * self.use
        for place, terms in enumerate(self.terms):
            here = self.offer == place
            asked = terms.capped(cap)
            revenue[here], served[here] = asked.bill(wanted[here]), asked.served(wanted[here])
        per_mtok = np.divide(self.cost, self.use, out=np.zeros(len(self)), where=self.use > 0)
        return Settled(revenue, served, served * per_mtok)


@dataclass(frozen=True, slots=True)
class Settled:
    """Of every bill its amount, the million tokens that were served and what they cost."""

    revenue: Floats
    served: Floats
    cost: Floats


# ---- reading -------------------------------------------------------------------------------------------------------


def read_bills(
    rows: Sequence[tuple[Any, ...]], plans: Plans, prices: TokenPrices, as_of: date
) -> tuple[Bills, Account]:
    """The bills of rows in the columns of a table `usage`. A bill with a row that cannot be priced is left out whole:
    without the cost of one model its margin would look better than it was.
    """
    reader = _Reader(plans, prices, as_of)
    bills: dict[tuple[str, str, str], list[Priced | str]] = defaultdict(list)
    for row in rows:
        used, wrong = _used(row)
        found = wrong or reader.priced(used)
        bills[used.user, used.month, used.plan].append(found)
    lost = Counter(row for bill in bills.values() for row in bill if isinstance(row, str))
    whole: dict[tuple[str, str, str], list[Priced]] = {}
    for key, bill in bills.items():
        good = [row for row in bill if isinstance(row, Priced)]
        if len(good) == len(bill):
            whole[key] = good
        elif good:
            lost["another row of the bill cannot be priced"] += len(good)
    return reader.columns(whole), _account(len(rows), lost, reader.notes)


MORE_CACHED = "more cached tokens than tokens sent"


def _account(rows: int, lost: Counter[str], notes: Counter[str]) -> Account:
    failed = lost[MORE_CACHED]
    skipped = sum(lost.values()) - failed
    reasons = [f"{many} skipped: {why}" for why, many in sorted(lost.items()) if many and why != MORE_CACHED]
    reasons += [f"{failed} failed: {MORE_CACHED}"] if failed else []
    reasons += [f"{many} used: {why}" for why, many in sorted(notes.items())]
    return Account(rows, rows - skipped - failed, skipped, failed, tuple(reasons))


def _used(row: tuple[Any, ...]) -> tuple[Used, str]:
    """The row, and what is wrong with it, if anything is."""
    user, month, plan, model, sent, cached, made, value = row
    if sent is None or made is None:
        return Used(user, month, plan, model, 0.0, 0.0, 0.0, np.nan), "tokens not known"
    cached = np.nan if cached is None else cached / MTOK
    used = Used(user, month, plan, model, sent / MTOK, cached, made / MTOK, np.nan if value is None else value)
    return used, MORE_CACHED if used.cached > used.input else ""


class _Reader:
    """Prices rows and looks up terms, each month's once."""

    def __init__(self, plans: Plans, prices: TokenPrices, as_of: date) -> None:
        self.plans, self.prices, self.as_of = plans, prices, as_of
        self.notes: Counter[str] = Counter()
        self.offers: dict[tuple[str, str], tuple[Terms, float] | NoNumber] = {}
        self.known: dict[tuple[str, str], TokenPrice | NoNumber] = {}

    def priced(self, used: Used) -> Priced | str:
        if used.month > self.as_of.isoformat()[:7]:
            return "a month after the as-of date"
        offer = self._offer(used.plan, used.month)
        if isinstance(offer, NoNumber):
            return offer.reason
        price = self._price(used.model, used.month)
        if isinstance(price, NoNumber):
            return price.reason
        if np.isnan(used.cached):
            self.notes["cached tokens not known, all input priced as not cached"] += 1
            used = replace(used, cached=0.0)
        elif used.cached and not price.listed:
            self.notes[f"no price of cached tokens of {used.model} listed, they are priced as others"] += 1
        return Priced(used, price)

    def _offer(self, plan: str, month: str) -> tuple[Terms, float] | NoNumber:
        if (plan, month) not in self.offers:
            self.offers[plan, month] = self.plans.on(plan, month, last_day(month, self.as_of))
        return self.offers[plan, month]

    def _price(self, model: str, month: str) -> TokenPrice | NoNumber:
        if (model, month) not in self.known:
            self.known[model, month] = self._converted(self.prices.of_month(model, month), month)
        return self.known[model, month]

    def _converted(self, price: TokenPrice | NoNumber, month: str) -> TokenPrice | NoNumber:
        if isinstance(price, NoNumber):
            return price
        rate = in_currency(1.0, "USD", last_day(month, self.as_of), self.plans.rates, self.plans.wanted)
        if isinstance(rate, NoNumber):
            return rate
        return price.times(rate.rate)

    def columns(self, bills: Mapping[tuple[str, str, str], Sequence[Priced]]) -> Bills:
        keys = sorted(bills)
        users = {name: place for place, name in enumerate(sorted({user for user, _, _ in keys}))}
        months = {name: place for place, name in enumerate(sorted({month for _, month, _ in keys}))}
        offers = {key: place for place, key in enumerate(sorted({(plan, month) for _, month, plan in keys}))}
        found = [offer for offer in (self.offers[key] for key in offers) if not isinstance(offer, NoNumber)]
        rates = [rate for _, rate in found]
        places = np.array([(users[u], months[m], offers[p, m]) for u, m, p in keys], dtype=np.int64).reshape(-1, 3)
        sums = [_sums(bills[key], rates[place]) for key, place in zip(keys, places[:, 2], strict=True)]
        totals = np.array(sums, dtype=float).reshape(-1, 3)
        rows = tuple(row for key in keys for row in bills[key])
        return Bills(
            tuple(users),
            tuple(months),
            tuple(terms for terms, _ in found),
            tuple(plan for plan, _ in offers),
            places[:, 0],
            places[:, 1],
            places[:, 2],
            totals[:, 0],
            totals[:, 1],
            totals[:, 2],
            rows,
        )


def _sums(rows: Sequence[Priced], rate: float) -> tuple[float, float, float]:
    """Million tokens, cost and value of a bill."""
    use = sum(row.used.input + row.used.output for row in rows)
    return use, sum(row.cost for row in rows), rate * sum(row.used.value for row in rows)


def last_day(month: str, as_of: date) -> str:
    """Of the month, or the as-of date where that is earlier."""
    year, number = int(month[:4]), int(month[5:])
    return min(f"{month}-{calendar.monthrange(year, number)[1]:02d}", as_of.isoformat())


# ---- simulated -----------------------------------------------------------------------------------------------------


def simulated_rows(table: Table, as_of: date, seed: int) -> Iterator[tuple[Any, ...]]:
    """Rows of use, in the columns of a table `usage`, of one month of users who are drawn from what is assumed."""
    columns = ("plan", "model", "users", "family", "scale_mtok", "shape", "input_share", "cached_share")
    random = np.random.default_rng(seed)
    month = as_of.isoformat()[:7]
    for plan, model, users, family, scale, shape, sent, cached in table.frame.select(columns).iter_rows():
        assumed = Lognormal(float(np.log(scale)), shape) if family == "lognormal" else Pareto(scale, shape)
        for place, mtok in enumerate(assumed.drawn((users,), random)):
            tokens = float(mtok) * MTOK
            name = f"{plan} {model} {place}"
            yield name, month, plan, model, tokens * sent, tokens * sent * cached, tokens * (1 - sent), None
