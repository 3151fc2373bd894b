"""What data centres cost by the gigawatt, from a table of real ones, with their owners as clusters."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

import numpy as np

from almanac.datasets.schema import Table
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.money import Rates, in_currency
from almanac.instruments.instrument import Row
from almanac.statistics import Confidence, NoNumber, clustered_ratio, jackknife, mean_interval, quantile

SAME_RATE = 0.005
"""Costs by the gigawatt that differ by less than this were, in all likelihood, reckoned at one rate."""

DRAWN = "the owners stand for others like them; centres of one owner may be alike"
RECKONED = "costs are estimates of whoever made the table, in part power times a rate, not accounts"
RUNNING_NOW = "power is that of the facility, cooling included"

MW_OF_A_GW = 1000.0


@dataclass(frozen=True, slots=True)
class Center:
    """A data centre that runs: its owner (itself, where that is not known), power in GW, and what it cost."""

    name: str
    owner: str
    power: float
    h100e: float | None
    capital: float | None
    compute: float | None = None
    site: float | None = None


Number = Callable[[Center], float | None]


@dataclass(frozen=True, slots=True)
class Money:
    """In which money amounts are wanted."""

    currency: str
    price_year: int
    rates: Rates

    def factor(self, row: Mapping[str, object]) -> float | NoNumber:
        if row["price_year"] != self.price_year:
            return NoNumber(f"amounts that are not in money of {self.price_year}")
        code = str(row["currency"]) if row["currency"] else None
        found = in_currency(1.0, code, f"{self.price_year}-12-31", self.rates, self.currency)
        return found if isinstance(found, NoNumber) else found.amount


def read_centers(table: Table, money: Money, sure: Sequence[str]) -> tuple[list[Center], Account]:
    """The centres of the table, those without power too. An owner who is less sure than `sure` is none."""
    centers: list[Center] = []
    lost: Counter[str] = Counter()
    for row in table.frame.iter_rows(named=True):
        factor = money.factor(row)
        if isinstance(factor, NoNumber):
            lost[factor.reason] += 1
        elif row["power_mw"] is None:
            lost["no power known"] += 1
        else:
            known = row["owner"] if row.get("confidence") is None or row["confidence"] in sure else None
            centers.append(_center(row, str(known or row["center"]), factor))
    return centers, _account(table.frame.height, len(centers), lost)


def _center(row: Mapping[str, object], owner: str, factor: float) -> Center:
    amounts = (_times(row.get(name), factor) for name in ("capital", "compute_capital", "site_capital"))
    h100e = _times(row["h100e"], 1.0)
    return Center(str(row["center"]), owner, (_times(row["power_mw"], 1.0) or 0.0) / MW_OF_A_GW, h100e, *amounts)


def _times(cell: object, factor: float) -> float | None:
    return factor * cell if isinstance(cell, float) else None


def _account(whole: int, used: int, lost: Counter[str]) -> Account:
    reasons = tuple(f"{many} skipped: {why}" for why, many in sorted(lost.items()))
    return Account(whole, used, lost.total(), 0, reasons)


def read_steps(table: Table, owners: Mapping[str, str], as_of: date, money: Money) -> tuple[list[Center], Account]:
    """Each centre at its last step up to the day; of two steps of one day, the later row."""
    last: dict[str, tuple[str, Center]] = {}
    lost: Counter[str] = Counter()
    for row in table.frame.iter_rows(named=True):
        name, day, factor = str(row["center"]), str(row["date"]), money.factor(row)
        if isinstance(factor, NoNumber):
            lost[factor.reason] += 1
        elif day > as_of.isoformat():
            lost["planned, after the as-of date"] += 1
        elif row["power_mw"] is None:
            lost["no power known"] += 1
        else:
            if name in last:
                lost["an earlier step of a centre"] += 1
            if name not in last or last[name][0] <= day:
                last[name] = day, _center(row, owners.get(name, name), factor)
    return [center for _, center in last.values()], _account(table.frame.height, len(last), lost)


# ---- estimates ---------------------------------------------------------------------------------------------------


def sums(centers: Sequence[Center], currency: str) -> Iterator[Estimate | Undefined]:
    """Of all centres, those that do not run yet too."""
    yield counted("centers", "all", float(len(centers)), "place", len(centers), "centres in the table")
    running = [center for center in centers if center.power > 0]
    yield counted("centers", "running", float(len(running)), "place", len(centers), "centres with power")
    numbers: tuple[tuple[str, Number, str], ...] = (
        ("power", lambda center: center.power * MW_OF_A_GW, "MW"),
        ("h100e", lambda center: center.h100e, "accelerator"),
        ("capital", lambda center: center.capital, currency),
    )
    for name, of, unit in numbers:
        known = [value for center in centers if (value := of(center)) is not None]
        method = f"sum over {len(known)} of {len(centers)} centres"
        yield counted(name, "all", math.fsum(known), unit, len(known), method, (RUNNING_NOW, RECKONED))


def rates(centers: Sequence[Center], currency: str, level: float) -> Iterator[Estimate | Undefined]:
    """Costs, and accelerators, by the gigawatt."""
    running = [center for center in centers if center.power > 0 and center.capital is not None]
    unit = f"{currency}/GW"
    yield _ratio("capital_per_gw", "centres", running, _capital, _power, unit, level)
    yield from _other_means(running, unit, level)
    yield _ratio("h100e_per_gw", "centres", running, _h100e, _power, "accelerator/GW", level)
    yield _ratio("capital_per_h100e", "centres", running, _capital, _h100e, f"{currency}/accelerator", level)
    yield _elasticity(running, level)
    yield from _common_rate(running, unit, level)


def split(centers: Sequence[Center], currency: str, level: float) -> Iterator[Estimate | Undefined]:
    """Computers and site apart, of the centres at their last step."""
    running = [center for center in centers if center.power > 0 and center.compute is not None]
    unit, subject = f"{currency}/GW", "centres, last step"
    yield _ratio("capital_per_gw", subject, running, _capital, _power, unit, level)
    yield _ratio("compute_capital_per_gw", subject, running, lambda c: c.compute, _power, unit, level)
    yield _ratio("site_capital_per_gw", subject, running, lambda c: c.site, _power, unit, level)
    yield _ratio("compute_share", subject, running, lambda c: c.compute, _capital, "percent", level, 100.0)


def _power(center: Center) -> float | None:
    return center.power


def _capital(center: Center) -> float | None:
    return center.capital


def _h100e(center: Center) -> float | None:
    return center.h100e


def _ratio(
    name: str, subject: str, centers: Sequence[Center], over: Number, under: Number, unit: str, level: float,
    factor: float = 1.0,
) -> Estimate | Undefined:  # fmt: skip
    """Sum over sum, with the jackknife over owners on the logarithmic scale."""
    pairs = [(c.owner, a, b) for c in centers if (a := over(c)) is not None and (b := under(c)) is not None]
    owners = [owner for owner, _, _ in pairs]
    found = clustered_ratio([a for _, a, _ in pairs], [b for _, _, b in pairs], owners, level)
    if not pairs:
        found = NoNumber("no running centre has both numbers")
    many = len(set(owners))
    method = f"sum over sum of {len(pairs)} running centres; jackknife over {many} owners, logarithmic"
    scaled = found if isinstance(found, NoNumber) else found.scaled(factor)
    return estimated(name, subject, scaled, unit, len(pairs), method, (DRAWN, RECKONED, RUNNING_NOW))


Pairs = Sequence[tuple[str, float, float]]


def _jackknifed(
    statistic: Callable[[Pairs], float], pairs: Pairs, owners: Sequence[str], level: float
) -> Confidence | NoNumber:
    value = statistic(pairs) if pairs else math.nan
    if not math.isfinite(value):
        return NoNumber("no running centre has both numbers")
    others = [statistic([pair for pair in pairs if pair[0] != owner]) for owner in owners] if len(owners) > 1 else []
    return jackknife(value, others, level)


def _other_means(centers: Sequence[Center], unit: str, level: float) -> Iterator[Estimate | Undefined]:
    """The same question with every owner, large or small, counted alike."""
    owned: dict[str, list[Center]] = {}
    for center in centers:
        owned.setdefault(center.owner, []).append(center)
    each = [_rate(held) for _, held in sorted(owned.items())]
    method = f"cost over power of each of {len(each)} owners"
    about = (DRAWN, RECKONED, RUNNING_NOW)
    mean = mean_interval(each, level)
    yield estimated("capital_per_gw", "centres, mean of owners", mean, unit, len(each), f"{method}; Student", about)
    middle = quantile(each, 0.5, level)
    words = f"{method}; order statistics"
    yield estimated("capital_per_gw", "centres, median of owners", middle, unit, len(each), words, about)


def _rate(centers: Sequence[Center]) -> float:
    return math.fsum(c.capital or 0.0 for c in centers) / math.fsum(c.power for c in centers)


def _elasticity(centers: Sequence[Center], level: float) -> Estimate | Undefined:
    """By how many percent cost rises with a percent of power: 1 where a rate was applied."""
    pairs = [(c.owner, math.log(c.capital), math.log(c.power)) for c in centers if c.capital]
    owners = sorted({owner for owner, _, _ in pairs})

    def slope(held: Pairs) -> float:
        x = np.array([b for _, _, b in held])
        y = np.array([a for _, a, _ in held])
        return float(np.polyfit(x, y, 1)[0]) if len(set(x)) > 1 else math.nan

    found = _jackknifed(slope, pairs, owners, level)
    method = f"least squares of log cost on log power, {len(pairs)} centres; jackknife over {len(owners)} owners"
    return estimated("cost_elasticity", "centres", found, "ratio", len(pairs), method, (DRAWN, RECKONED))


def _common_rate(centers: Sequence[Center], unit: str, level: float) -> Iterator[Estimate | Undefined]:
    """The rate at which the most centres were reckoned, how many these are, and what the others say."""
    alike = max((_alike(centers, one) for one in centers), key=len, default=[])
    if len(alike) < 2:
        yield Undefined("common_rate", "centres", "no two centres cost the same by the gigawatt")
        return
    middle = median(_rate([center]) for center in alike)
    words = f"{len(alike)} of {len(centers)} running centres cost as much by the gigawatt, to within {SAME_RATE:.1%}"
    yield counted("common_rate", "centres", middle, unit, len(alike), words, (RECKONED,))
    share = 100 * len(alike) / len(centers)
    yield counted("common_rate_share", "centres", share, "percent", len(centers), words, (RECKONED,))
    others = [center for center in centers if center not in alike]
    yield _ratio("capital_per_gw", "centres, not at the common rate", others, _capital, _power, unit, level)


def _alike(centers: Sequence[Center], one: Center) -> list[Center]:
    rate = _rate([one])
    return [center for center in centers if abs(_rate([center]) - rate) <= SAME_RATE * rate]


def center_rows(centers: Sequence[Center]) -> tuple[Row, ...]:
    """Every centre, the most powerful first."""
    return tuple(
        {
            "center": center.name,
            "owner": center.owner,
            "power_gw": center.power,
            "h100e": center.h100e,
            "capital": center.capital,
            "capital_per_gw": _rate([center]) if center.power > 0 and center.capital is not None else None,
        }
        for center in sorted(centers, key=lambda center: (-center.power, center.name))
    )
