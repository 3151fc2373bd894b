"""A company's revenue against what it spent on compute in a year: what is left of serving, and after training."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from almanac.datasets.schema import Table
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.industry.money import Rates, in_currency
from almanac.instruments.instrument import Row
from almanac.statistics import NoNumber

TRAINING, INFERENCE, BOTH = "training", "inference", "training and inference"

COMPUTE_ALONE = "compute is the only cost: staff, data, sales and stock are not in these figures"
FREE_SERVED = "inference serves free users too; what part of it is not published"
YEAR_IS_THE_LOWEST = (
    "of several values for the year's end the lowest is the year's revenue, because the monthly rate of a growing "
    "company is higher at its end; the interval holds them all"
)
RATE_OR_YEAR = "the one value for the year's end may be its revenue or the yearly rate of then, which is higher:"
FORECAST = "the spending was reported before the year was over: a plan, not books"
DIFFERENCE = "one part is all compute less the other, of different reports"


@dataclass(frozen=True, slots=True)
class Range:
    """Every value that is reported for one thing, from the lowest to the highest. `at_most`: it may be any value below,
    because what is reported may be a yearly rate of the last day of a year of growth.
    """

    low: float
    high: float
    n: int = 1
    words: tuple[str, ...] = ()
    at_most: bool = False

    def less(self, other: Range) -> Range:
        return Range(self.low - other.high, self.high - other.low, self.n + other.n, (*self.words, *other.words))


@dataclass(frozen=True, slots=True)
class Spending:
    """Of every company and year what was spent on each part of compute, and its revenue, where known."""

    spent: Mapping[tuple[str, int], Mapping[str, Range]]
    revenue: Mapping[tuple[str, int], Range]

    def part(self, company: str, year: int, name: str) -> Range | None:
        """As reported, or all compute less the other part."""
        found = self.spent.get((company, year), {})
        if name in found:
            return found[name]
        other = found.get(INFERENCE if name == TRAINING else TRAINING)
        if BOTH not in found or other is None:
            return None
        rest = found[BOTH].less(other)
        return Range(rest.low, rest.high, rest.n, (DIFFERENCE, *rest.words)) if rest.low >= 0 else None

    def whole(self, company: str, year: int) -> Range | None:
        """The sum of both parts, or what is reported for both together."""
        found = self.spent.get((company, year), {})
        if TRAINING in found and INFERENCE in found:
            a, b = found[TRAINING], found[INFERENCE]
            return Range(a.low + b.low, a.high + b.high, a.n + b.n, (*a.words, *b.words))
        return found.get(BOTH)


def read_spending(
    spend: Table, revenue: Table | None, rates: Rates, wanted: str, as_of: date, near: int
) -> tuple[Spending, Account]:
    """near: days from the end of a year within which a report of revenue is of that year."""
    lost: Counter[str] = Counter()
    spent: dict[tuple[str, int], dict[str, list[Range]]] = defaultdict(lambda: defaultdict(list))
    columns = ("company", "year", "covers", "amount", "currency", "reported", "note")
    rows = list(spend.frame.select(columns).iter_rows())
    for company, year, covers, amount, currency, reported, note in rows:
        found = in_currency(amount, currency, f"{year}-12-31", rates, wanted)
        if reported and reported > as_of.isoformat():
            lost["spending reported after the as-of date"] += 1
        elif covers is None:
            lost[f"spending: {note or 'of another kind'}"] += 1
        elif isinstance(found, NoNumber):
            lost[f"spending: {found.reason}"] += 1
        else:
            early = reported is not None and reported < f"{year}-12-31"
            words = (FORECAST,) if early else ()
            spent[company, year][covers].append(Range(found.amount, found.amount, 1, words))
    held, more = _revenues(revenue, rates, wanted, as_of, near, lost)
    parts = {key: {name: _joined(found) for name, found in of.items()} for key, of in sorted(spent.items())}
    skipped, whole = sum(lost.values()), len(rows) + more
    reasons = tuple(f"{many} skipped: {why}" for why, many in sorted(lost.items()))
    return Spending(parts, held), Account(whole, whole - skipped, skipped, 0, reasons)


def _joined(found: list[Range]) -> Range:
    words = tuple(dict.fromkeys(word for one in found for word in one.words))
    return Range(min(one.low for one in found), max(one.high for one in found), sum(one.n for one in found), words)


def _revenues(
    table: Table | None, rates: Rates, wanted: str, as_of: date, near: int, lost: Counter[str]
) -> tuple[dict[tuple[str, int], Range], int]:
    """Of every company and year its revenue: of the calendar year where that is said, else the values near its end."""
    if table is None:
        return {}, 0
    rows = list(table.frame.select("company", "date", "amount", "currency", "basis", "product").iter_rows())
    stated: dict[tuple[str, int], list[float]] = defaultdict(list)
    other: dict[tuple[str, int], list[float]] = defaultdict(list)
    for company, day, amount, currency, basis, product in rows:
        year = _year_ending(day, near)
        found = NoNumber("amount not known") if amount is None else in_currency(amount, currency, day, rates, wanted)
        if day > as_of.isoformat():
            lost["revenue after the as-of date"] += 1
        elif product:
            lost["revenue of one product"] += 1
        elif basis == "fiscal":
            lost["revenue of a fiscal year, which need not be the calendar's"] += 1
        elif year is None:
            lost[f"revenue of no day within {near} of a year's end"] += 1
        elif isinstance(found, NoNumber):
            lost[f"revenue: {found.reason}"] += 1
        else:
            (stated if basis == "calendar" else other)[company, year].append(found.amount)
    ranges = {key: _range(amounts) for key, amounts in other.items()}
    return ranges | {key: Range(min(of), max(of), len(of)) for key, of in stated.items()}, len(rows)


def _range(amounts: list[float]) -> Range:
    """Of values whose basis is not stated; one alone may be the year's revenue or the rate at its end."""
    several = min(amounts) < max(amounts)
    return Range(min(amounts), max(amounts), len(amounts), (YEAR_IS_THE_LOWEST,) if several else (), not several)


def _year_ending(day: str, near: int) -> int | None:
    on = date.fromisoformat(day)
    for year in (on.year - 1, on.year):
        if abs(on - date(year, 12, 31)) <= timedelta(days=near):
            return year
    return None


# ---- estimates -------------------------------------------------------------------------------------------------------


def spending_estimates(spending: Spending, currency: str) -> Iterator[Estimate | Undefined]:
    """Bounds and no chance: level 1."""
    for company, year in spending.spent:
        subject = f"{company} {year}"
        revenue = spending.revenue.get((company, year))
        inference, training = (spending.part(company, year, name) for name in (INFERENCE, TRAINING))
        whole = spending.whole(company, year)
        yield _margin(subject, revenue, inference)
        yield _left("before_training", subject, revenue, inference, currency, "revenue less inference compute")
        yield _left("after_training", subject, revenue, whole, currency, "revenue less all compute")
        yield _share(subject, inference, whole)
        before = spending.part(company, year - 1, TRAINING)
        if training and before and (company, year - 1) in spending.spent:
            words = (*training.words, *before.words)
            yield _bounds("training_spend_growth", subject, training.low / before.low, training.low / before.high,
                          training.high / before.low, "ratio", training.n + before.n,
                          "training compute over that of the year before", words)  # fmt: skip


def _margin(subject: str, revenue: Range | None, inference: Range | None) -> Estimate | Undefined:
    if (lacking := _lacking(revenue, inference)) or revenue is None or inference is None:
        return Undefined("compute_margin", subject, lacking)
    ends = [
        100 * (1 - cost / earned) for cost in (inference.low, inference.high) for earned in (revenue.low, revenue.high)
    ]
    value = 100 * (1 - inference.high / revenue.low)
    words = (COMPUTE_ALONE, FREE_SERVED, *revenue.words, *inference.words)
    if revenue.at_most:
        return Undefined("compute_margin", subject, f"{RATE_OR_YEAR} at most {max(ends):.4g}%")
    n, method = revenue.n + inference.n, "1 - inference compute over revenue of the year"
    return _bounds("compute_margin", subject, value, min(ends), max(ends), "percent", n, method, words)


def _left(
    name: str, subject: str, revenue: Range | None, cost: Range | None, currency: str, method: str
) -> Estimate | Undefined:
    if (lacking := _lacking(revenue, cost)) or revenue is None or cost is None:
        return Undefined(name, subject, lacking)
    left = revenue.less(cost)
    if revenue.at_most:
        return Undefined(name, subject, f"{RATE_OR_YEAR} at most {left.high:,.10g} {currency}")
    return _bounds(name, subject, left.low, left.low, left.high, currency, left.n, method, (COMPUTE_ALONE, *left.words))


def _share(subject: str, inference: Range | None, whole: Range | None) -> Estimate | Undefined:
    if inference is None or whole is None:
        return Undefined("inference_share", subject, "not both inference and all compute of the year are known")
    value = 100 * inference.low / whole.low
    ends = (100 * inference.low / whole.high, value, 100 * min(1.0, inference.high / whole.low))
    words = tuple(dict.fromkeys((*inference.words, *whole.words)))
    return _bounds("inference_share", subject, value, min(ends), max(ends), "percent", whole.n,
                   "inference compute over all compute", words)  # fmt: skip


def _lacking(revenue: Range | None, cost: Range | None) -> str:
    if revenue is None or not revenue.low > 0:
        return "no revenue of that year is known: none is reported for days near its end"
    return "" if cost is not None else "the compute of that year is not known in these parts"


def _bounds(
    name: str,
    subject: str,
    value: float,
    low: float,
    high: float,
    unit: str,
    n: int,
    method: str,
    words: tuple[str, ...],
) -> Estimate:
    return Estimate(name, subject, value, low, high, 1.0, unit, n, method, tuple(dict.fromkeys(words)))


def spending_rows(spending: Spending, currency: str) -> Iterator[Row]:
    for (company, year), found in spending.spent.items():
        revenue = spending.revenue.get((company, year))
        row: dict[str, str | float | None] = {"company": company, "year": year, "currency": currency}
        row |= {"revenue_low": revenue.low if revenue else None, "revenue_high": revenue.high if revenue else None}
        for name in (INFERENCE, TRAINING, BOTH):
            row[name.replace(" ", "_")] = found[name].low if name in found else None
        yield row
