"""Gross margin: what is left of revenue when the tokens are paid, under each definition, and what decides it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from almanac.datasets.catalog import DRIVER_RANGES, PLANS, PRICE_LIST, RATES, SERVING_COSTS, TOKEN_USE, USE_ASSUMED
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Account, Undefined
from almanac.instruments.industry.margin_books import Books, Part, Setting, by_value, capped
from almanac.instruments.industry.margin_charts import driver_chart, lorenz_chart
from almanac.instruments.industry.margin_drivers import driver_estimates, modelled_estimates, tail_estimates
from almanac.instruments.industry.margin_estimates import margin_estimates
from almanac.instruments.industry.margin_model import Model, segments
from almanac.instruments.industry.margin_targets import target_estimates
from almanac.instruments.industry.metered_use import Bills, Priced, read_bills, simulated_rows
from almanac.instruments.industry.money import Currency, Rates
from almanac.instruments.industry.price_plan import Plans
from almanac.instruments.industry.serving_costs import ServingCosts
from almanac.instruments.industry.token_prices import TokenPrices
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.statistics.lorenz import lorenz_curve

NAME = "gross-margin"
SEED = 0
"""The seed where none is given; the method of every drawn interval names its seed."""

Share = Annotated[float, Field(gt=0, lt=1)]
Percent = Annotated[float, Field(lt=100)]
Positive = Annotated[float, Field(gt=0)]


@instrument(
    NAME,
    version="1.0.0",
    chapter="industry",
    reads={"plans": PLANS, "prices": PRICE_LIST},
    may_read={
        "usage": TOKEN_USE,
        "assumed": USE_ASSUMED,
        "costs": SERVING_COSTS,
        "ranges": DRIVER_RANGES,
        "rates": RATES,
    },
    references=(
        "Krishnamoorthy, K. and Mathew, T. (2003), Inferences on the means of lognormal distributions using "
        "generalized p-values and generalized confidence intervals. J. Stat. Plan. Inference 115, 103-121.",
        "Hill, B. M. (1975), A simple general approach to inference about the tail of a distribution. Ann. Stat. 3, "
        "1163-1174.",
        "Kleiber, C. and Kotz, S. (2003), Statistical Size Distributions in Economics and Actuarial Sciences. Wiley.",
        "Klugman, S. A., Panjer, H. H. and Willmot, G. E. (2012), Loss Models, 4th ed. Wiley.",
        "Efron, B. (1987), Better bootstrap confidence intervals. J. Am. Stat. Assoc. 82, 171-185.",
        "Saltelli, A. et al. (2010), Variance based sensitivity analysis of model output. Comput. Phys. Commun. 181, "
        "259-270.",
    ),
)
def gross_margin(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    currency: Currency = "USD",
    free: Literal["in", "out"] = "in",
    family: Literal["lognormal", "pareto"] = "lognormal",
    tail_share: Share = 0.1,
    top: Sequence[Share] = (0.01, 0.1),
    margins: Sequence[Percent] = (30.0, 70.0, 90.0),
    caps: Sequence[Positive] = (),
    value_shares: Sequence[Share] = (0.1,),
    scales: Sequence[Annotated[int, Field(ge=1, le=100_000)]] = (10, 100, 1000, 10_000),
    swing: Share = 0.2,
    draws: Annotated[int, Field(ge=100, le=10_000)] = 500,
) -> Measurement:
    """What is left of revenue when the tokens are paid, under each definition, and what decides it?

    usage: tokens of every `user`, `month`, `plan` and `model`; or assumed: the distribution to simulate one month from.
    plans: fees, tiers and caps. prices: dated lists of what a model's tokens cost. costs: other lines of serving.
    ranges: how far each driver may lie from what it is. rates: for amounts in another currency than `currency`.

    free: whether the cost of free users is in the margin wherever a single definition is needed; both are always given.
    family: what use is fitted by; tail_share: the largest users that a Pareto is fitted to. top: shares of users, the
    largest. margins: percentages to reach. caps: million tokens a month; empty: the 99th percentile of bills.
    value_shares: of the worth of the work, asked as its price. scales: users. swing: what each driver moves by, up and
    down, where no range is given. draws: of users and of parameters; seed 0 unless given.

    Estimates, in percent unless said otherwise; D is "free users in" or "free users out":
    gross_margin (D; with `costs` also "D, tokens alone"; "plan P"; "month M"): BCa over users. margin_change ("first to
    last month", percentage_point). modelled_margin ("lognormal"): of the fitted use; generalised interval.
    margin_at_scale ("100 users"): median and quantiles over companies of so many.
    top_share ("1% of users"), gini ("all users", ratio): of the cost. modelled_top_share, sigma, tail_alpha, goodness
    ("plan P", ratio): of its use; goodness is a p-value. loss_makers ("paying users"): who cost more than they pay.
    price_factor, token_price_factor, use_factor ("30%", ratio): what all plan prices, all token prices, all use must be
    times what they are for that margin. markup ("30%", ratio, counted): price over cost of a token, if nothing else is
    paid. tokens_at_margin ("plan P, 30%", token/month): what the user of a plan with a fee may use.
    capped_margin ("cap 5 Mtok, users stay"), value_margin ("10% of value"): after that change.
    swing ("use", percentage_point): between both ends of a driver's range. variance_share, variance_with_others
    ("use"): Sobol's first and total index. margin_under_ranges ("all drivers"): all drawn at once.

    Tables: definitions, drivers, lorenz, token_costs, plans_billed. Raises InstrumentError for tiers that disagree,
    costs in a currency without rate, and both or none of usage and assumed. docs/theory/gross-margin.md.
    """
    _check(tables)
    rates = Rates.of(tables.get("rates"))
    setting = Setting(
        level, SEED if seed is None else seed, draws, currency, free, _once(top), _once(caps), _once(value_shares),
        _once(margins), tuple(dict.fromkeys(scales)), "assumed" in tables,
    )  # fmt: skip
    rows = _rows(tables, as_of, setting.seed)
    plans, prices = Plans.of(tables["plans"], rates, currency), TokenPrices.of(tables["prices"], as_of)
    bills, account = read_bills(rows, plans, prices, as_of)
    if not len(bills):
        return _nothing(account)
    other = ServingCosts.of(tables.get("costs"), rates, currency, as_of)
    wanted = tuple(segment for segment in segments(bills, family, tail_share) if free == "in" or not segment.terms.free)
    model = Model(wanted, other, len(bills.months), _ranges(tables.get("ranges"), swing))
    books = Books(bills, other)
    parts = [*books.definitions(), *books.plans(), *books.by_month()]
    changed = [*capped(books, setting), *by_value(books, setting)]
    measured = list(margin_estimates(parts, changed, bills, setting))
    headline = next(found for found in measured if found.subject == f"free users {free}")
    found = [
        *measured,
        *tail_estimates(wanted, setting),
        *modelled_estimates(model, family, setting),
        *target_estimates(books, wanted, headline, setting),
    ]
    drivers, rows_of_drivers = driver_estimates(model, setting)
    found += drivers
    curve = _lorenz(bills)
    return Measurement(
        account=account,
        estimates=tuple(found),
        tables={
            "definitions": tuple(_definition(part, setting.currency) for part in (*parts, *changed)),
            "drivers": rows_of_drivers,
            "lorenz": curve,
            "token_costs": tuple(_token_costs(bills.rows, currency)),
            "plans_billed": tuple(_billed(books)),
        },
        charts=(*driver_chart(rows_of_drivers, found, free), *lorenz_chart(curve, found)),
    )


# ---- reading -------------------------------------------------------------------------------------------------------


def _once(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(dict.fromkeys(values))


def _check(tables: Mapping[str, Table]) -> None:
    given = [name for name in ("usage", "assumed") if name in tables]
    if len(given) != 1:
        mend = "Give usage=PATH if you know who used what, assumed=PATH to simulate it."
        fault = Fault(NAME, None, "tables", " and ".join(given) or "neither", "one of usage and assumed", mend)
        raise InstrumentError([fault])


def _rows(tables: Mapping[str, Table], as_of: date, seed: int) -> Sequence[tuple[Any, ...]]:
    if "assumed" in tables:
        return list(simulated_rows(tables["assumed"], as_of, seed))
    return list(tables["usage"].frame.select(TOKEN_USE.names).iter_rows())


def _ranges(table: Table | None, swing: float) -> dict[str, tuple[float, float]]:
    """Every driver's: as the table has it, else `swing` up and down."""
    drivers = next(column.allowed for column in DRIVER_RANGES.columns if column.name == "driver")
    found = dict.fromkeys(drivers, (1 - swing, 1 + swing))
    if table is None:
        return found
    rows = list(table.frame.select("driver", "low", "high").iter_rows())
    faults = [
        Fault("ranges", None, f"driver {driver}", f"{low:g} to {high:g}", "a low end below the high one")
        for driver, low, high in rows
        if not low < high
    ]
    if faults:
        raise InstrumentError(faults)
    return found | {driver: (low, high) for driver, low, high in rows}


def _nothing(account: Account) -> Measurement:
    why = "no bill can be priced: " + "; ".join(account.reasons)
    subjects = ("free users in", "free users out")
    return Measurement(account, tuple(Undefined("gross_margin", subject, why) for subject in subjects), {})


# ---- tables --------------------------------------------------------------------------------------------------------


def _definition(part: Part, currency: str) -> Row:
    """Amounts to a ten-thousandth, so that they add up by hand."""
    revenue, cost = float(part.revenue.sum()), float(part.cost.sum()) + part.fixed
    return {
        "definition": part.subject, "currency": currency, "revenue": round(revenue, 4), "cost": round(cost, 4),
        "gross_profit": round(revenue - cost, 4), "margin_percent": 100 * part.margin if revenue > 0 else None,
    }  # fmt: skip


def _lorenz(bills: Bills) -> tuple[Row, ...]:
    cost = bills.by_user(bills.settled().cost)
    if not cost.sum() > 0:
        return ()
    users, held = lorenz_curve(cost)
    return tuple(
        {"users_percent": 100 * float(x), "cost_percent": 100 * float(y)} for x, y in zip(users, held, strict=True)
    )


def _token_costs(rows: Sequence[Priced], currency: str) -> Iterator[Row]:
    """What was paid for each model in each month, so that a price can be looked up in its list."""
    seen = {(row.used.model, row.used.month): row.price for row in rows}
    for (model, month), price in sorted(seen.items()):
        yield {
            "model": model, "month": month, "currency": currency, "input_per_mtok": price.input,
            "cached_per_mtok": price.cached, "output_per_mtok": price.output,
        }  # fmt: skip


def _billed(books: Books) -> Iterator[Row]:
    bills, settled = books.bills, books.settled
    for plan in sorted(set(bills.plans)):
        here = bills.plan(plan)
        yield {
            "plan": plan, "bills": int(here.sum()), "users": len(set(bills.user[here].tolist())),
            "mtok_wanted": float(bills.use[here].sum()), "mtok_served": float(settled.served[here].sum()),
            "revenue": float(settled.revenue[here].sum()), "token_cost": float(settled.cost[here].sum()),
        }  # fmt: skip
