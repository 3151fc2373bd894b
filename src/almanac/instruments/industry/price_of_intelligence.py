"""Price of intelligence: what the cheapest model of a given quality costs, and how fast that falls."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import numpy as np
from pydantic import Field
from scipy.stats import theilslopes

from almanac.datasets.catalog import ALIASES, BENCHMARK_MATRIX, PRICE_LIST, QUALITY
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError, did_you_mean
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.price_charts import price_chart
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.instruments.one_benchmark import Repeated, Scored, one_benchmark
from almanac.statistics import Confidence, NoNumber

NAME = "price-of-intelligence"
UNIT = "USD/Mtoken"
YEAR = 365.25

LEAST_CHANGES = 5
"""Different prices that a rate of fall must rest on: a slope through fewer has no interval worth the name."""

LISTED = "the list names every model that matters; a price is in force from the first list that shows it"
ONE_RANKING = "a model's quality is its score in one ranking, without error, and does not change"
STEPS_APART = "prices between two changes tell nothing new; changes are independent around a constant rate of fall"


@dataclass(frozen=True, slots=True)
class Price:
    """A row of the list of day `listed`: in force from `start`, that day unless the row says another, until `end`."""

    listed: int
    start: int
    end: float
    id: str
    vendor: str
    input: float
    output: float
    blended: float
    score: float

    def in_force(self, day: int) -> bool:
        return self.start <= day < self.end


@instrument(
    NAME,
    version="1.1.0",
    chapter="industry",
    reads={"prices": PRICE_LIST, "aliases": ALIASES},
    may_read={"quality": QUALITY, "matrix": BENCHMARK_MATRIX},
    references=(
        "Sen, P. K. (1968), Estimates of the regression coefficient based on Kendall's tau. J. Am. Stat. Assoc. 63, "
        "1379-1389.",
        "Cottier, B. et al. (2025), LLM inference prices have fallen rapidly but unequally across tasks. Epoch AI.",
        "Chiang, W.-L. et al. (2024), Chatbot Arena: an open platform for evaluating LLMs by human preference. ICML.",
    ),
)
def price_of_intelligence(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    qualities: Sequence[float] = (),
    input_share: Annotated[float, Field(ge=0, le=1)] = 0.75,
    origin: float = 0.0,
    benchmark: str = "",
    repeated: Repeated = "best",
) -> Measurement:
    """What does the cheapest model of a given quality cost, and how fast does that fall?

    prices: lists of `id`, `input_usd_per_mtok` and `output_usd_per_mtok` as of each `snapshot_date`; a row may say from
    and to which day its price holds. quality: rankings of models; the last up to `as_of` is taken whole, because
    the scales of two need not be one. Or matrix: scores on benchmarks, without dates, of which `benchmark` is taken.
    aliases: which `id` is which `model`; what has no alias is left out and counted.

    qualities: scores to reach; empty: the quartiles of the models that are joined. input_share: part of the tokens that
    is input; 0.75 is the usual 3 to 1. origin: the score that counts as no intelligence at all. benchmark: which one of
    the matrix. repeated: what counts where it has several rows of one model, the best or their mean.

    Estimates: models ("all", counted): priced and ranked. cheapest_price, first_price ("score 1300", USD/Mtoken,
    counted): on `as_of`, and when a model so good was first listed. price_fall (ratio, counted): first over last.
    yearly_factor (ratio): by what the cheapest price is multiplied in a year; Theil and Sen's slope of its logarithm
    over the days on which it changed, Sen's interval. halving_time (day): the same; none where the price may not fall.
    score_per_usd (a vendor, 1/USD, counted): its best (score - origin) per dollar for a million tokens on `as_of`.

    Tables: cheapest, prices. Nothing is drawn at random; seed is recorded and changes nothing.
    Raises InstrumentError for aliases that match nothing, all at once, and where there is not just one of quality and
    matrix. docs/theory/price-of-intelligence.md.
    """
    ranking = _ranked(tables, as_of, benchmark, repeated)
    _check(tables)
    prices, account = _prices(tables, ranking, input_share, as_of)
    days = _days(prices, as_of)
    wanted = tuple(dict.fromkeys(qualities)) or _quartiles(prices)
    ids = {price.id for price in prices}
    found: list[Estimate | Undefined] = [
        counted("models", "all", float(len(ids)), "model", len(ids), "ids with a price and a rank", (LISTED,))
    ]
    rows: list[Row] = []
    for quality in wanted:
        series = list(_cheapest(prices, days, quality))
        found.extend(_fall(quality, series, as_of, level))
        rows.extend(_row(quality, day, price) for day, price in series)
    found.extend(_per_dollar(prices, as_of, origin))
    cheapest = tuple(rows)
    return Measurement(
        account=account,
        estimates=tuple(found),
        tables={"cheapest": cheapest, "prices": tuple(_changes(prices, days))},
        charts=price_chart(cheapest, found),
    )


# ---- reading -----------------------------------------------------------------------------------------------------


def _ranked(tables: Mapping[str, Table], as_of: date, benchmark: str, repeated: Repeated) -> Scored:
    """The quality of each model: its rank, or its score on the benchmark. Raises InstrumentError."""
    given = [name for name in ("quality", "matrix") if name in tables]
    if len(given) != 1:
        found, mend = " and ".join(given) or "neither", "Give quality=PATH, or matrix=PATH and --set benchmark=NAME."
        raise InstrumentError([Fault(NAME, None, "tables", found, "either a table quality or a table matrix", mend)])
    if "matrix" in tables:
        return one_benchmark(NAME, tables["matrix"], benchmark, repeated)
    return _ranking(tables["quality"], as_of)


def _ranking(table: Table, as_of: date) -> Scored:
    """The scores of the last ranking up to the day, and how many rows are of others."""
    rows = list(table.frame.select("snapshot_date", "model", "score").iter_rows())
    last = max((row[0] for row in rows if row[0] <= as_of.isoformat()), default="")
    scores = {model: score for day, model, score in rows if day == last}
    return Scored(scores, dict.fromkeys(scores, 1), {"of another day's ranking": len(rows) - len(scores)})


def _check(tables: Mapping[str, Table]) -> None:
    """Raises InstrumentError for every alias that names an id or a model that no table has."""
    ranked = "quality" if "quality" in tables else "matrix"
    ids, models = set(tables["prices"].frame["id"]), set(tables[ranked].frame["model"])
    faults = [
        Fault("aliases", None, f"column {where}", repr(name), f"one of {table}", did_you_mean(name, known))
        for row in tables["aliases"].frame.select("id", "model").iter_rows()
        for where, name, table, known in (("id", row[0], "prices", ids), ("model", row[1], ranked, models))
        if name not in known
    ]
    if faults:
        raise InstrumentError(faults)


def _prices(tables: Mapping[str, Table], ranking: Scored, share: float, as_of: date) -> tuple[list[Price], Account]:
    """The priced and ranked rows; every row of the three tables is in the account."""
    scores = ranking.scores
    names = dict(tables["aliases"].frame.select("id", "model").iter_rows())
    columns = ("snapshot_date", "from_date", "to_date", "id", "vendor", "input_usd_per_mtok", "output_usd_per_mtok")
    rows = list(tables["prices"].frame.select(columns).iter_rows())
    vendors = {row[3]: row[4] for row in rows if row[4]}
    prices: list[Price] = []
    lost = {**ranking.skipped, "no alias": 0, "no rank": 0, "no price": 0, "listed later": 0}
    for listed, start, end, name, _, paid, made in rows:
        if listed > as_of.isoformat():
            lost["listed later"] += 1
        elif name not in names:
            lost["no alias"] += 1
        elif names[name] not in scores:
            lost["no rank"] += 1
        elif paid is None or made is None or not (blended := share * paid + (1 - share) * made) > 0:
            lost["no price"] += 1
        else:
            day = _day(listed)
            bounds = _day(start) if start else day, float(_day(end)) if end else math.inf
            vendor = vendors.get(name, "unknown")
            prices.append(Price(day, *bounds, name, vendor, paid, made, blended, scores[names[name]]))
    whole = len(rows) + ranking.used + sum(ranking.skipped.values()) + len(names)
    skipped = sum(lost.values())
    reasons = tuple(f"{many} skipped: {why}" for why, many in lost.items() if many)
    return prices, Account(whole, whole - skipped, skipped, 0, reasons)


def _day(text: str) -> int:
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError as error:
        raise InstrumentError([Fault("prices", None, "day", text, "a day of the calendar")]) from error


def _quartiles(prices: Sequence[Price]) -> tuple[float, ...]:
    scores = sorted({price.id: price.score for price in prices}.values())
    if not scores:
        return ()
    return tuple(dict.fromkeys(float(q) for q in np.quantile(scores, [0.25, 0.5, 0.75], method="inverted_cdf")))


# ---- the cheapest ------------------------------------------------------------------------------------------------


def _days(prices: Sequence[Price], as_of: date) -> list[int]:
    """The days up to `as_of` on which a price may change: a list appears, or a price starts or ends."""
    last = as_of.toordinal()
    days = {last} | {day for price in prices for day in (price.listed, price.start)}
    days |= {int(price.end) for price in prices if math.isfinite(price.end)}
    first = min((price.listed for price in prices), default=last)
    return sorted(day for day in days if first <= day <= last)


def _in_force(prices: Sequence[Price], day: int) -> list[Price]:
    """The prices of the last list up to the day that hold on it, and, for models it does not name, those that a later
    list dates back to it.
    """
    last = max((price.listed for price in prices if price.listed <= day), default=None)
    held = {price.id: price for price in prices if price.listed == last and price.in_force(day)}
    for price in prices:
        if price.listed > day and price.in_force(day):
            held.setdefault(price.id, price)
    return list(held.values())


def _cheapest(prices: Sequence[Price], days: Sequence[int], quality: float) -> Iterator[tuple[int, Price]]:
    """The cheapest model that is good enough, on each day on which there is one."""
    for day in days:
        good = [price for price in _in_force(prices, day) if price.score >= quality]
        if good:
            yield day, min(good, key=lambda price: (price.blended, -price.score, price.id))


def _fall(
    quality: float, series: Sequence[tuple[int, Price]], as_of: date, level: float
) -> Iterator[Estimate | Undefined]:
    subject = f"score {quality:.10g}"
    if not series:
        names = ("cheapest_price", "first_price", "price_fall", "yearly_factor", "halving_time")
        yield from (Undefined(name, subject, "no model with a price is so good") for name in names)
        return
    first, (day, last) = series[0][1], series[-1]
    about = (LISTED, ONE_RANKING)
    yield counted("first_price", subject, first.blended, UNIT, len(series), f"{first.id}, blended", about)
    if day < as_of.toordinal():
        why = f"no model so good has a price on {as_of.isoformat()}"
        yield from (Undefined(name, subject, why) for name in ("cheapest_price", "price_fall"))
    else:
        yield counted("cheapest_price", subject, last.blended, UNIT, len(series), f"{last.id}, blended", about)
        method = f"{first.id} over {last.id}"
        yield counted("price_fall", subject, first.blended / last.blended, "ratio", len(series), method, about)
    changes = [series[0], *(b for a, b in itertools.pairwise(series) if a[1].blended != b[1].blended)]
    slope = _slope([day for day, _ in changes], [price.blended for _, price in changes], level)
    method = f"Theil and Sen's slope of log price over {len(changes)} prices; Sen's interval"
    assumptions = (LISTED, ONE_RANKING, STEPS_APART)
    yield estimated("yearly_factor", subject, _factor(slope), "ratio", len(changes), method, assumptions)
    yield estimated("halving_time", subject, _halving(slope), "day", len(changes), method, assumptions)


def _slope(days: Sequence[int], prices: Sequence[float], level: float) -> Confidence | NoNumber:
    """Doublings of the price a day."""
    if len(days) < LEAST_CHANGES:
        return NoNumber(f"{len(days)} different prices, and a rate of fall needs {LEAST_CHANGES}")
    found = theilslopes(np.log2(prices), np.array(days) - days[0], level)
    slope, low, high = float(found.slope), float(found.low_slope), float(found.high_slope)
    return Confidence(slope, min(low, slope), max(high, slope), level)


def _factor(slope: Confidence | NoNumber) -> Confidence | NoNumber:
    if isinstance(slope, NoNumber):
        return slope
    value, low, high = (2 ** (YEAR * end) for end in (slope.value, slope.low, slope.high))
    return Confidence(value, low, high, slope.level)


def _halving(slope: Confidence | NoNumber) -> Confidence | NoNumber:
    if isinstance(slope, NoNumber):
        return slope
    if slope.high >= 0:
        return NoNumber("the price may not fall: its rate's interval holds 0")
    return Confidence(-1 / slope.value, -1 / slope.low, -1 / slope.high, slope.level)


def _per_dollar(prices: Sequence[Price], as_of: date, origin: float) -> Iterator[Estimate]:
    """Every vendor's model with the most score per dollar."""
    best: dict[str, Price] = {}
    for price in _in_force(prices, as_of.toordinal()):
        held = best.get(price.vendor)
        if held is None or (price.score - origin) / price.blended > (held.score - origin) / held.blended:
            best[price.vendor] = price
    for vendor, price in sorted(best.items()):
        method = f"{price.id}: (score - {origin:.10g}) over the blended price of a million tokens"
        value = (price.score - origin) / price.blended
        yield counted("score_per_usd", vendor, value, "1/USD", len(prices), method, (ONE_RANKING,))


# ---- tables ------------------------------------------------------------------------------------------------------


def _row(quality: float, day: int, price: Price) -> Row:
    return {
        "score": quality,
        "day": date.fromordinal(day).isoformat(),
        "id": price.id,
        "vendor": price.vendor,
        "usd_per_mtok": price.blended,
    }


def _changes(prices: Sequence[Price], days: Sequence[int]) -> Iterator[Row]:
    """Every model's price on the first day and on each day on which it differs from the day before."""
    held: dict[str, tuple[float, float]] = {}
    for day in days:
        for price in sorted(_in_force(prices, day), key=lambda price: price.id):
            if held.get(price.id) != (price.input, price.output):
                held[price.id] = (price.input, price.output)
                cells = {"input_usd_per_mtok": price.input, "output_usd_per_mtok": price.output}
                yield {"id": price.id, "day": date.fromordinal(day).isoformat(), **cells, "score": price.score}
