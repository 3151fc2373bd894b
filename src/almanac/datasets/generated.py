"""Transactions that nobody made: customers who take up subscriptions, leave and come back, by chances that are known.

Card data are not public. Instruments that read them are tested on these instead, of any size: whatever an instrument
estimates has here a true value, which `active` and its like give without drawing anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CHUNK = 100_000
"""Customers that are drawn together, from a seed of their own: the table is the same however many chunks one takes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A sector or a class of size: the share of customers in it, and by what it multiplies the chance of taking up."""

    share: float
    eagerness: float = 1.0


def _sectors() -> dict[str, Kind]:
    return {
        "technology": Kind(0.2, 2.0), "finance": Kind(0.2, 1.2), "retail": Kind(0.25, 0.7), "health": Kind(0.2, 0.6),
        "construction": Kind(0.15, 0.4),
    }  # fmt: skip


def _sizes() -> dict[str, Kind]:
    return {"1-9": Kind(0.6, 0.8), "10-99": Kind(0.3, 1.2), "100-": Kind(0.1, 1.6)}


def _vendors() -> dict[str, float]:
    return {"Alpha": 0.018, "Beta": 0.009, "Gamma": 0.005, "Delta": 0.003, "Epsilon": 0.002, "Zeta": 0.001}


@dataclass(frozen=True, slots=True)
class Market:
    """The truth. Chances are of a month.

    vendors: the chance of a first subscription to each. It is multiplied by the eagerness of sector and size, and by
    `keen` (share of customers, their factor, that of the others), which makes whoever pays one vendor likelier to pay
    another. churn: an active subscription ends. reactivation: an ended one begins anew. skipped: an active one is not
    billed in a month. refunded: a bill is paid back whole in its month. doubled: a row is written twice. price: the
    first bill's median, in US$; spread: the standard deviation of its logarithm; expansion: by how much a bill grows
    with each month since the first. unknown: customers whose sector is not known. late, early: customers who are first
    seen after the first month, or last before the last one.
    """

    start: date = date(2022, 1, 1)
    months: int = 36
    sectors: Mapping[str, Kind] = field(default_factory=_sectors)
    sizes: Mapping[str, Kind] = field(default_factory=_sizes)
    vendors: Mapping[str, float] = field(default_factory=_vendors)
    keen: tuple[float, float, float] = (0.3, 2.5, 0.5)
    churn: float = 0.03
    reactivation: float = 0.02
    skipped: float = 0.01
    refunded: float = 0.01
    doubled: float = 0.0
    price: float = 60.0
    spread: float = 1.0
    expansion: float = 0.015
    unknown: float = 0.05
    late: float = 0.2
    early: float = 0.1

    def active(self, hazard: float) -> Floats:
        """The chance that a subscription is active in each month, if one begins with `hazard` a month."""
        never, now, ended = 1.0, 0.0, 0.0
        found = []
        for _ in range(self.months):
            began, left, back = never * hazard, now * self.churn, ended * self.reactivation
            never, now, ended = never - began, now + began - left + back, ended + left - back
            found.append(now)
        return np.array(found)

    def paying(self, sector: str, size: str, vendors: tuple[str, ...] = ()) -> Floats:
        """The chance that a customer of the kind pays any of `vendors` (none: all) in each month, and is not paid
        back.
        """
        share, keen, others = self.keen
        eagerness = self.sectors[sector].eagerness * self.sizes[size].eagerness
        found = np.zeros(self.months)
        for weight, factor in ((share, keen), (1 - share, others)):
            nobody = np.ones(self.months)
            for vendor in vendors or self.vendors:
                hazard = min(1.0, self.vendors[vendor] * eagerness * factor)
                nobody *= 1 - self.active(hazard) * (1 - self.skipped) * (1 - self.refunded)
            found += weight * (1 - nobody)
        return found

    def share_paying(self, vendors: tuple[str, ...] = ()) -> Floats:
        """The same of a customer of any kind."""
        kinds = [(sector, size) for sector in self.sectors for size in self.sizes]
        weights = [self.sectors[sector].share * self.sizes[size].share for sector, size in kinds]
        chances = [self.paying(*kind, vendors) for kind in kinds]
        return np.average(np.array(chances), axis=0, weights=weights)

    def retained(self, months: int) -> float:
        """The chance that a subscription that has just begun is active so many months later, ended in between or not:
        1 - c (1 - (1 - c - r)^m) / (c + r).
        """
        both = self.churn + self.reactivation
        return 1 - self.churn / both * (1 - (1 - both) ** months) if both else 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the customers, and all their transactions, as `catalog.CUSTOMERS` and `catalog.TRANSACTIONS`."""

    customers: pl.DataFrame
    transactions: pl.DataFrame


def generate(market: Market, customers: int, seed: int) -> Iterator[Part]:
    """So many customers of the market and their transactions, in parts that fit in memory."""
    for number, first in enumerate(range(0, customers, CHUNK)):
        yield _part(market, first, min(CHUNK, customers - first), np.random.default_rng([seed, number]))


def write_generated(folder: Path, market: Market, customers: int, seed: int) -> int:
    """Writes what `generate` gives as `customers-*.parquet` and `transactions-*.parquet`; returns how many transactions
    there are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = 0
    for number, part in enumerate(generate(market, customers, seed)):
        part.customers.write_parquet(folder / f"customers-{number:04d}.parquet")
        part.transactions.write_parquet(folder / f"transactions-{number:04d}.parquet")
        rows += part.transactions.height
    return rows


def _part(market: Market, first: int, many: int, random: np.random.Generator) -> Part:
    sector = _kinds(market.sectors, many, random)
    size = _kinds(market.sizes, many, random)
    since = np.where(random.random(many) < market.late, random.integers(0, market.months, many), 0)
    until = np.where(random.random(many) < market.early, random.integers(0, market.months, many), market.months)
    until = np.maximum(since, until)
    hidden = random.random(many) < market.unknown
    names = pl.Series("customer", np.arange(first, first + many)).cast(pl.String).str.zfill(8)
    months = _days(market, np.arange(market.months + 1), np.ones(market.months + 1, dtype=int))
    table = pl.DataFrame({"customer": "c" + names}).with_columns(
        sector=pl.Series(np.array(list(market.sectors))[sector]).set(pl.Series(hidden), None),
        size=pl.Series(np.array(list(market.sizes))[size]),
        first_seen=pl.Series(months[since]).set(pl.Series(since == 0), None),
        last_seen=pl.Series(months[np.minimum(until + 1, market.months)] - 1).set(
            pl.Series(until == market.months), None
        ),
    )
    factors = [np.array([kind.eagerness for kind in kinds.values()]) for kinds in (market.sectors, market.sizes)]
    eagerness = factors[0][sector] * factors[1][size]
    return Part(table, _transactions(market, table["customer"], eagerness, since, until, random))


def _kinds(kinds: Mapping[str, Kind], many: int, random: np.random.Generator) -> NDArray[np.int64]:
    return random.choice(len(kinds), size=many, p=[kind.share for kind in kinds.values()])


def _transactions(
    market: Market,
    names: pl.Series,
    eagerness: Floats,
    since: NDArray[np.int64],
    until: NDArray[np.int64],
    random: np.random.Generator,
) -> pl.DataFrame:
    share, keen, others = market.keen
    many, vendors = len(names), list(market.vendors)
    appetite = eagerness * np.where(random.random(many) < share, keen, others)
    hazard = np.minimum(1.0, appetite[:, None] * np.array([market.vendors[vendor] for vendor in vendors]))
    began, billed = _subscriptions(market, hazard, random)
    month = np.arange(market.months)
    seen = (month >= since[:, None]) & (month <= until[:, None])
    who, whom, when = np.nonzero(billed & seen[:, None, :])
    first_bill = market.price * np.exp(market.spread * random.standard_normal((many, len(vendors))))
    age = when - began[who, whom]
    amount = np.round(first_bill[who, whom] * np.exp(market.expansion * age), 2)
    rows = _Rows(who, whom, when, random.integers(1, 26, len(who)), np.maximum(amount, 0.01))
    rows = rows.with_refunds(market.refunded, random).with_doubles(market.doubled, random)
    return pl.DataFrame(
        {
            "customer": names.gather(rows.who),
            "vendor": pl.Series(vendors).gather(rows.whom),
            "date": _days(market, rows.when, rows.day),
            "amount": rows.amount,
        }
    ).with_columns(currency=pl.lit("USD"), plan=pl.lit("monthly"), date=pl.col("date").cast(pl.Date))


def _subscriptions(
    market: Market, hazard: Floats, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The month in which each subscription began, and in which months it is billed: customers × vendors × months."""
    began = np.full(hazard.shape, -1)
    active = np.zeros(hazard.shape, dtype=bool)
    billed = np.zeros((*hazard.shape, market.months), dtype=bool)
    for month in range(market.months):
        chance = random.random(hazard.shape, dtype=np.float32)
        new = (began < 0) & (chance < hazard)
        stays = active & (chance >= market.churn)
        back = (began >= 0) & ~active & (chance < market.reactivation)
        began[new] = month
        active = new | stays | back
        billed[..., month] = active & (random.random(hazard.shape, dtype=np.float32) >= market.skipped)
    return began, billed


@dataclass(frozen=True, slots=True)
class _Rows:
    """Transactions by the numbers of their customers, vendors and months."""

    who: NDArray[np.int64]
    whom: NDArray[np.int64]
    when: NDArray[np.int64]
    day: NDArray[np.int64]
    amount: Floats

    def with_refunds(self, chance: float, random: np.random.Generator) -> _Rows:
        """With what is paid back, within three days of the bill."""
        back = random.random(len(self.who)) < chance
        later = self.day[back] + random.integers(0, 4, back.sum())
        return self._with(_Rows(self.who[back], self.whom[back], self.when[back], later, -self.amount[back]))

    def with_doubles(self, chance: float, random: np.random.Generator) -> _Rows:
        twice = random.random(len(self.who)) < chance
        return self._with(
            _Rows(self.who[twice], self.whom[twice], self.when[twice], self.day[twice], self.amount[twice])
        )

    def _with(self, more: _Rows) -> _Rows:
        parts = zip(
            (self.who, self.whom, self.when, self.day, self.amount),
            (more.who, more.whom, more.when, more.day, more.amount),
            strict=True,
        )
        return _Rows(*(np.concatenate(pair) for pair in parts))


def _days(market: Market, when: NDArray[np.int64], day: NDArray[np.int64]) -> NDArray[np.datetime64]:
    months = np.datetime64(market.start, "M") + when.astype("timedelta64[M]")
    days: NDArray[np.datetime64] = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    return days
