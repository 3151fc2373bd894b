"""Challengers: the money put into a company's rivals, against its own shares bought on the same days."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from almanac.datasets.catalog import CLOSES, DIVIDENDS, OUTCOMES, RATES, ROUNDS, SPLITS
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Estimate, Undefined
from almanac.instruments.estimating import counted
from almanac.instruments.industry.challenger_charts import challenger_chart
from almanac.instruments.industry.money import Currency, Rates
from almanac.instruments.industry.rival_stakes import Ledger, Span, Stake, Terms, exactly, stakes
from almanac.instruments.industry.stock import Stock, Trading
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.statistics import NoNumber, internal_rate

NAME = "challengers"
YEAR = 365.25

SPLIT = "closes are adjusted for splits, or the table splits has them all"
NO_DIVIDENDS = "dividends are not in the prices and not given: what the shares became is a little more"
COMMON = "every share of a company is worth the same: no preference of the latest money at a sale"
MARKED = "a private company is worth what its last known round said, however long ago"

Cells = dict[str, str | int | float | bool | None]

Share = Annotated[float, Field(ge=0, lt=1)]
Pair = Annotated[Sequence[Share], Field(min_length=2, max_length=2)]
"""The least and the largest."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """A round, and the shares bought on its day instead: `stock`, what became of a unit of money in them."""

    stake: Stake
    bought: date
    stock: Span

    @property
    def amount(self) -> float:
        return self.stake.amount

    @property
    def company(self) -> str:
        return self.stake.round.company


@instrument(
    NAME,
    version="1.0.0",
    chapter="industry",
    reads={"rounds": ROUNDS, "closes": CLOSES},
    may_read={"outcomes": OUTCOMES, "splits": SPLITS, "dividends": DIVIDENDS, "rates": RATES},
    references=(
        "Kaplan, S. N. and Schoar, A. (2005), Private equity performance: returns, persistence, and capital flows. J. "
        "Finance 60, 1791-1823.",
        "Long, A. M. and Nickels, C. J. (1996), A private investment benchmark. AIMR Conference on Venture Capital "
        "Investing.",
        "Gornall, W. and Strebulaev, I. A. (2020), Squaring venture capital valuations with reality. J. Financ. Econ. "
        "135, 120-143.",
    ),
)
def challengers(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    currency: Currency = "USD",
    statuses: Sequence[str] = ("closed", "announced"),
    trading: Trading = "next",
    within: Annotated[int, Field(ge=0, le=60)] = 7,
    unpriced: Literal["path", "share"] = "path",
    sold: Pair = (0.1, 0.25),
    pool: Pair = (0.0, 0.05),
    oldest_mark: Annotated[float, Field(gt=0)] | None = None,
) -> Measurement:
    """What became of the money in a company's challengers, and what would it be in that company's own shares?

    rounds: dated rounds of the challengers, with the `amount` of new money and the value `post_money`, either of which
    may not be known. closes: the company's share by trading day, in `currency`; splits and dividends, if the closes are
    not adjusted for them. outcomes: what became of challengers, with the value of all their shares. rates: into
    `currency`.

    statuses: of rounds that count. trading: the close at which a day that is none is filled; within: so many days at
    most. unpriced: a round that does not say what the company was worth is put between its values before and after
    (path), or taken to buy a usual share of it (share, and where there are not both). sold: that share, the least and
    the largest. pool: how much more each later round dilutes. oldest_mark: years after which a last valuation says
    nothing; None: never.

    Estimates, of "all, by money" (a unit in every dollar) and "all, equally" (in every round), with bounds, not
    samples, so that level is 1: stock_multiple (ratio), over the other close of each day; challengers_multiple (ratio),
    over what rounds do not say; advantage (ratio): the first over the second, on rounds where both are known.
    stock_return, challengers_return ("all", percent/year): money-weighted. rounds (round), money, money_unknown,
    money_at_cost (currency, counted). Of each company: stock_multiple, challengers_multiple.

    Tables: purchases, league, definitions. Raises InstrumentError for days that no calendar has, and prices that jump
    as if split. Nothing is random; `level` and seed are recorded and change nothing. docs/theory/challengers.md.
    """
    terms = Terms(unpriced == "path", _bounds("sold", sold), _bounds("pool", pool), oldest_mark)
    ledger = Ledger(as_of, currency, Rates.of(tables.get("rates")), statuses)
    rounds = ledger.rounds(tables["rounds"])
    outcomes = ledger.outcomes(tables.get("outcomes"), frozenset(one.company for one in rounds))
    stock = Stock.of(tables["closes"], tables.get("splits"), tables.get("dividends"))
    end = stock.filled(as_of, "previous", within)
    if isinstance(end, NoNumber):
        mend = f"Measure as of {stock.days[-1].isoformat()}, its last." if stock.days else ""
        wanted = f"a close in the {within} days before"
        raise InstrumentError([Fault("closes", None, "as_of", as_of.isoformat(), wanted, mend)])
    bought: list[Purchase] = []
    for stake in stakes(rounds, outcomes, terms, as_of):
        found = _purchase(stake, stock, end, trading, within)
        if isinstance(found, NoNumber):
            ledger.skipped[found.reason] += 1
        else:
            bought.append(found)
    assumed = (SPLIT, *(() if "dividends" in tables else (NO_DIVIDENDS,)))
    found_league = tuple(_league(bought))
    return Measurement(
        account=ledger.account(),
        estimates=tuple(_estimates(bought, stock.days[end], currency, assumed)),
        tables={
            "purchases": tuple(map(_purchase_row, bought)),
            "league": found_league,
            "definitions": tuple(_definitions(bought)),
        },
        charts=challenger_chart(found_league, *_totals(bought)),
    )


def _bounds(name: str, pair: Sequence[float]) -> tuple[float, float]:
    least, most = pair
    if least > most or (name == "sold" and least == 0):
        wanted = "two shares of a company, the smaller first" + (" and above 0" if name == "sold" else "")
        raise InstrumentError([Fault(NAME, None, f"parameter {name}", str(list(pair)), wanted)])
    return least, most


def _purchase(stake: Stake, stock: Stock, end: int, trading: Trading, within: int) -> Purchase | NoNumber:
    """What the money of the round became in the stock; its bounds are those of the closes on either side of the day."""
    places = {way: stock.filled(stake.round.day, way, within) for way in ("next", "previous")}
    place = places[trading]
    if isinstance(place, NoNumber):
        return place
    if place > end:
        return NoNumber("no close between the round and the as-of date")
    grown = [stock.growth(at, end) for at in places.values() if not isinstance(at, NoNumber) and at <= end]
    value = stock.growth(place, end)
    return Purchase(stake, stock.days[place], Span(min(grown), value, max(grown)))


# ---- portfolios --------------------------------------------------------------------------------------------------

Worth = Callable[[Purchase], Span | None]
"""What a unit of the money of a round became; None: not known."""


def _stock(purchase: Purchase) -> Span | None:
    return purchase.stock


def _rival(purchase: Purchase) -> Span | None:
    return purchase.stake.multiple


def _mean(purchases: Sequence[Purchase], worth: Worth, *, equally: bool = False) -> Span | NoNumber:
    """Of what is known: a unit in every dollar, or in every round."""
    known = [(1.0 if equally else one.amount, found) for one in purchases if (found := worth(one))]
    if not known:
        return NoNumber("of no round is it known what its money became")
    whole = math.fsum(weight for weight, _ in known)
    return Span(*(math.fsum(w * getattr(x, end) for w, x in known) / whole for end in ("low", "value", "high")))


def _totals(purchases: Sequence[Purchase]) -> tuple[Span | NoNumber, Span | NoNumber]:
    """By money, on the rounds of which both sides are known."""
    both = [one for one in purchases if one.stake.multiple]
    return _mean(both, _stock), _mean(both, _rival)


def _estimates(
    purchases: Sequence[Purchase], end: date, currency: str, assumed: tuple[str, ...]
) -> Iterator[Estimate | Undefined]:
    n, both = len(purchases), [one for one in purchases if one.stake.multiple]
    lost = [one for one in purchases if not one.stake.multiple]
    yield counted("rounds", "all", float(n), "round", n, "with an amount, on a day with a close")
    for name, of, words in (
        ("money", purchases, "new money of those rounds"),
        ("money_unknown", lost, "of which it is not known what it became; left out of challengers_multiple"),
        ("money_at_cost", [one for one in both if one.stake.at_cost], "in companies without a later valuation"),
    ):
        yield counted(name, "all", math.fsum(one.amount for one in of), currency, len(of), words)
    rival = (COMMON, MARKED)
    for subject, equally in (("all, by money", False), ("all, equally", True)):
        words = f"closes of the days over that of {end.isoformat()}, the other way round"
        stock, gained = (_mean(purchases, worth, equally=equally) for worth in (_stock, _rival))
        yield _bounded("stock_multiple", subject, stock, n, words, assumed)
        words = "share bought, less later dilution, of the last known value"
        yield _bounded("challengers_multiple", subject, gained, len(both), words, rival)
        same = _mean(both, _stock, equally=equally)
        words = "stock_multiple over challengers_multiple, on rounds of which both are known"
        yield _bounded("advantage", subject, _ratio(same, gained), len(both), words, assumed + rival)
    yield from _returns(purchases, both, end, assumed, rival)
    for company in sorted({one.company for one in purchases}):
        of = [one for one in purchases if one.company == company]
        yield _bounded("stock_multiple", company, _mean(of, _stock), len(of), "by money", assumed)
        why = next((one.stake.why for one in of if one.stake.why), "")
        gained = _mean(of, _rival)
        yield _bounded("challengers_multiple", company, NoNumber(why) if why else gained, len(of), "by money", rival)


def _bounded(
    name: str, of: str, found: Span | NoNumber, n: int, method: str, assumed: tuple[str, ...], unit: str = "ratio"
) -> Estimate | Undefined:
    if isinstance(found, NoNumber):
        return Undefined(name, of, found.reason)
    return Estimate(name, of, found.value, found.low, found.high, 1.0, unit, n, method, assumed)


def _ratio(above: Span | NoNumber, below: Span | NoNumber) -> Span | NoNumber:
    if isinstance(above, NoNumber) or isinstance(below, NoNumber):
        return above if isinstance(above, NoNumber) else below
    return above.over(below) if below.low > 0 else NoNumber("all the money in the challengers may be lost")


def _returns(
    purchases: Sequence[Purchase], both: Sequence[Purchase], end: date, assumed: tuple[str, ...], rival: tuple[str, ...]
) -> Iterator[Estimate | Undefined]:
    """Money-weighted, in percent a year: what a challenger paid out at its exit counts from that day on."""
    words = "the one rate at which money in and money out are even"
    for name, of, worth, more in (
        ("stock_return", purchases, _stock, assumed), ("challengers_return", both, _rival, rival)
    ):  # fmt: skip
        rates = [_rate(of, worth, at, end) for at in ("low", "value", "high")]
        known = [100 * rate for rate in rates if not isinstance(rate, NoNumber)]
        missing = next((rate for rate in rates if isinstance(rate, NoNumber)), None)
        span = missing or Span(*known)
        yield _bounded(name, "all", span, len(of), words, more, "percent/year")


def _rate(purchases: Sequence[Purchase], worth: Worth, at: str, end: date) -> float | NoNumber:
    if not purchases:
        return NoNumber("of no round is it known what its money became")
    first = min(one.stake.round.day for one in purchases)
    years: list[float] = []
    flows: list[float] = []
    for one in purchases:
        out = (one.stake.exit if worth is _rival else None) or end
        years += [(day - first).days / YEAR for day in (one.stake.round.day, out)]
        flows += [-one.amount, one.amount * getattr(worth(one), at)]
    return internal_rate(years, flows)


# ---- tables ------------------------------------------------------------------------------------------------------


def _definitions(purchases: Sequence[Purchase]) -> Iterator[Row]:
    """Both sides under every definition, each on the rounds that it speaks of."""
    both = [one for one in purchases if one.stake.multiple]

    def instead(multiple: float) -> list[Purchase]:
        """Of what is not known, this."""
        put = exactly(multiple)
        return [
            one if one.stake.multiple else replace(one, stake=replace(one.stake, multiple=put)) for one in purchases
        ]

    marked = [one for one in both if not one.stake.at_cost]
    for definition, of, worth, equally in (
        ("by money", both, _rival, False),
        ("equally", both, _rival, True),
        ("by money; what is not known is worth nothing", instead(0.0), _rival, False),
        ("by money; what is not known is worth what was paid", instead(1.0), _rival, False),
        ("by money; without what is still at its own round's price", marked, _rival, False),
        ("by money; dilution by later rounds forgotten", both, lambda one: one.stake.undiluted, False),
    ):
        stock, rival = (_mean(of, side, equally=equally) for side in (_stock, worth))
        row: Cells = {"definition": definition, "rounds": len(of)}
        yield row | _ends("stock", stock) | _ends("challengers", rival)


def _ends(name: str, found: Span | NoNumber | None) -> Cells:
    ends = (found.value, found.low, found.high) if isinstance(found, Span) else (None, None, None)
    return dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))


def _league(purchases: Sequence[Purchase]) -> Iterator[Row]:
    """The companies, by what their money became."""
    rows: list[tuple[float, str, Cells]] = []
    for company in {one.company for one in purchases}:
        of = [one for one in purchases if one.company == company]
        why = next((one.stake.why for one in of if one.stake.why), None)
        rival = NoNumber(why) if why else _mean(of, _rival)
        marked = max((one.stake.marked for one in of if one.stake.marked), default=None)
        row: Cells = {"company": company, "rounds": len(of), "money": math.fsum(one.amount for one in of)}
        row |= _ends("stock", _mean(of, _stock)) | _ends("challenger", rival)
        row |= {"marked": marked.isoformat() if marked else None, "why_none": why}
        rows.append((rival.value if isinstance(rival, Span) else -1.0, company, row))
    yield from (row for _, _, row in sorted(rows, key=lambda found: (-found[0], found[1])))


def _purchase_row(one: Purchase) -> Row:
    stake = one.stake
    row: Cells = {"company": one.company, "date": stake.round.day.isoformat(), "amount": one.amount}
    row |= {"bought": one.bought.isoformat()} | _ends("stock", one.stock) | _ends("challenger", stake.multiple)
    row |= {"marked": stake.marked.isoformat() if stake.marked else None}
    return row | {"at_cost": stake.at_cost, "why_none": stake.why or None}
