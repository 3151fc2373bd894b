"""Datacenter cost: what a gigawatt costs to build and by the year, from its parts and from real centres."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from almanac.datasets.catalog import BUILDING_STEPS, COST_PARTS, DATA_CENTERS, RATES
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.center_charts import rates_chart, tornado_chart
from almanac.instruments.industry.center_model import (
    COMPUTE,
    FACILITY,
    OUTPUTS,
    SITE,
    WITH_INTEREST,
    Output,
    Simulation,
    accelerators,
    capital,
    it_kilowatts,
    read_parts,
)
from almanac.instruments.industry.center_rates import (
    Center,
    Money,
    center_rows,
    rates,
    read_centers,
    read_steps,
    split,
    sums,
)
from almanac.instruments.industry.money import Currency, Rates
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.statistics import ElicitedFamily, percentile

SEED = 0
"""Of the draws, where none is given."""

CONFIDENCES = ("confident", "likely", "speculative")

ASSUMED = "the parts are as the table of components has them; whether they are is not measured here"
INDEPENDENT = "parts vary independently of each other"
PER_FACILITY = "a gigawatt of the whole facility, cooling included, unless the subject says of IT power"

TORNADO = ("capital_per_gw, " + FACILITY, "yearly_cost_per_gw, " + WITH_INTEREST)
"""The outputs whose drivers are told."""

Ends = Annotated[Sequence[Annotated[float, Field(ge=0)]], Field(min_length=2, max_length=2)]


@instrument(
    "datacenter-cost",
    version="1.0.0",
    chapter="industry",
    reads={},
    may_read={"centers": DATA_CENTERS, "steps": BUILDING_STEPS, "components": COST_PARTS, "rates": RATES},
    references=(
        "Barroso, L. A., Hölzle, U. and Ranganathan, P. (2018), The datacenter as a computer, 3rd ed. Morgan and "
        "Claypool, chapter 6 (modeling costs).",
        "Koomey, J. et al. (2007), A simple model for determining true total cost of ownership for data centers. "
        "Uptime Institute.",
        "Kish, L. (1965), Survey Sampling. Wiley, section 8.2.",
        "Malcolm, D. G. et al. (1959), Application of a technique for research and development program evaluation. "
        "Oper. Res. 7, 646-669.",
        "Tukey, J. W. (1958), Bias and confidence in not-quite large samples. Ann. Math. Stat. 29, 614.",
        "Epoch AI (2025), Frontier data centers. CC BY 4.0.",
    ),
)
def datacenter_cost(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    currency: Currency = "USD",
    price_year: int = 2025,
    family: ElicitedFamily = "triangular",
    draws: Annotated[int, Field(ge=100, le=1_000_000)] = 20_000,
    tail: Annotated[float, Field(gt=0, lt=0.5)] = 0.05,
    owner_confidence: Literal["confident", "likely", "speculative"] = "speculative",
    claimed_capital: Ends = (45e9, 55e9),
    claimed_yearly: Ends = (8e9, 11e9),
) -> Measurement:
    """What does a gigawatt of data centre cost to build, what by the year, and what drives it?

    centers: real ones: `power_mw` of the facility, `h100e`, `capital` in money of `price_year`, `owner` and its
    `confidence`. steps: in which they were built, with computers and site apart. components: low, mode and high of each
    `part`. rates: exchange rates. At least one of the first three.

    family: the distribution of parts that name none; draws: of all parts together, from `seed`; tail: the quantiles
    between which one part moves in the tornado. owner_confidence: the least for centres of one owner to be one cluster;
    others stand alone. claimed_capital, claimed_yearly: ends of what is claimed by the gigawatt.

    Estimates from components (median and quantiles of the draws): accelerators_per_gw, capital_per_gw ("model, facility
    power", "model, IT power"), yearly_cost_per_gw ("electricity", "cash", "cash and depreciation", "cash, depreciation
    and interest"), cost_per_mtoken ("model"), capital_share (a part, percent); swing ("capital_per_gw, pue", counted),
    draws_within_claim (an output, percent, counted).
    From centers: centers (counted), power, h100e, capital ("all", counted); capital_per_gw ("centres" and three other
    ways), h100e_per_gw, capital_per_h100e, cost_elasticity ("centres"): sums over sums, owners as clusters;
    common_rate, common_rate_share (counted): the cost by the gigawatt at which most centres were reckoned.
    From steps: capital_per_gw, compute_capital_per_gw, site_capital_per_gw, compute_share ("centres, last step").

    Tables: definitions, tornado, centers, steps. Raises InstrumentError for parts that cannot be, all at once, and
    without any table. docs/theory/datacenter-cost.md.
    """
    if not {"centers", "steps", "components"} & tables.keys():
        found = Fault("datacenter-cost", None, "tables", "none", "centers, steps or components")
        raise InstrumentError([found])
    money = Money(currency, price_year, Rates.of(tables.get("rates")))
    sure = CONFIDENCES[: CONFIDENCES.index(owner_confidence) + 1]
    real = _real(tables, as_of, money, sure, level)
    setting = _Setting(level, currency, draws, SEED if seed is None else seed, tail)
    claims = _Claims(tuple(claimed_capital), tuple(claimed_yearly))
    assumed = _assumed(tables, family, money, setting, claims)
    estimates = (*real.estimates, *assumed.estimates)
    return Measurement(
        account=_joined([*real.accounts, *assumed.accounts]),
        estimates=estimates,
        tables={"definitions": tuple(_definitions(estimates)), **real.tables, **assumed.tables},
        charts=(
            *rates_chart(real.tables["centers"], estimates),
            *tornado_chart(assumed.tables["tornado"], estimates, TORNADO[0]),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """What one way to the cost of a gigawatt gives."""

    estimates: tuple[Estimate | Undefined, ...]
    accounts: tuple[Account, ...]
    tables: Mapping[str, tuple[Row, ...]]


def _real(tables: Mapping[str, Table], as_of: date, money: Money, sure: Sequence[str], level: float) -> _Part:
    """From the data centres there are; what is not given gives nothing."""
    estimates: list[Estimate | Undefined] = []
    accounts: list[Account] = []
    centers: list[Center] = []
    steps: list[Center] = []
    if "centers" in tables:
        centers, account = read_centers(tables["centers"], money, sure)
        accounts.append(account)
        estimates += [*sums(centers, money.currency), *rates(centers, money.currency, level)]
    if "steps" in tables:
        owners = {center.name: center.owner for center in centers}
        steps, account = read_steps(tables["steps"], owners, as_of, money)
        accounts.append(account)
        estimates += split(steps, money.currency, level)
    rows = {"centers": center_rows(centers), "steps": center_rows(steps)}
    return _Part(tuple(estimates), tuple(accounts), rows)


def _assumed(
    tables: Mapping[str, Table], family: ElicitedFamily, money: Money, setting: _Setting, claims: _Claims
) -> _Part:
    """From the parts that the user states."""
    if "components" not in tables:
        return _Part((), (), {"tornado": ()})
    parts, account = read_parts(tables["components"], family, money.rates, money.currency, money.price_year)
    model = Simulation.of(parts, setting.draws, setting.seed)
    swings = tuple(_swings(model, setting))
    estimates = (*_modelled(model, setting, claims), *_swing_estimates(swings, setting, len(parts)))
    return _Part(estimates, (account,), {"tornado": swings})


@dataclass(frozen=True, slots=True)
class _Claims:
    """What is claimed by the gigawatt: the least and the most of the capital, and of a year's cost."""

    capital: tuple[float, ...]
    yearly: tuple[float, ...]

    def of(self, output: Output) -> tuple[float, ...] | None:
        return {"capital_per_gw": self.capital, "yearly_cost_per_gw": self.yearly}.get(output.name)


@dataclass(frozen=True, slots=True)
class _Setting:
    """How numbers are drawn and told."""

    level: float
    currency: str
    draws: int
    seed: int
    tail: float


def _joined(accounts: Sequence[Account]) -> Account:
    return Account(
        sum(account.rows_in for account in accounts),
        sum(account.used for account in accounts),
        sum(account.skipped for account in accounts),
        sum(account.failed for account in accounts),
        tuple(reason for account in accounts for reason in account.reasons),
    )


# ---- the model ---------------------------------------------------------------------------------------------------


def _modelled(model: Simulation, setting: _Setting, claims: _Claims) -> Iterator[Estimate | Undefined]:
    for output in OUTPUTS:
        lacking = model.missing(output)
        claim = claims.of(output)
        if lacking:
            why = "no component " + ", ".join(lacking)
            yield Undefined(output.name, output.subject, why)
            if claim:
                yield Undefined("draws_within_claim", output.words, why)
            continue
        drawn = output.function(model.drawn)
        yield _drawn(output.name, output.subject, drawn, output.unit.format(setting.currency), setting)
        if claim:
            share = 100 * float(((drawn >= claim[0]) & (drawn <= claim[-1])).mean())
            words = f"of {setting.draws:,} draws, those between {claim[0]:.4g} and {claim[-1]:.4g}; seed {setting.seed}"
            about = (ASSUMED, INDEPENDENT)
            yield counted("draws_within_claim", output.words, share, "percent", setting.draws, words, about)
    yield from _capital_shares(model, setting)


def _drawn(name: str, subject: str, drawn: np.ndarray, unit: str, setting: _Setting) -> Estimate | Undefined:
    """The median of the draws, between their quantiles."""
    found = percentile(float(np.median(drawn)), drawn, seed=setting.seed, level=setting.level).found
    method = f"median and quantiles of {setting.draws:,} draws, seed {setting.seed}"
    return estimated(name, subject, found, unit, setting.draws, method, (ASSUMED, INDEPENDENT, PER_FACILITY))


def _capital_shares(model: Simulation, setting: _Setting) -> Iterator[Estimate | Undefined]:
    """Which part of the capital goes where."""
    (whole,) = (output for output in OUTPUTS if output.words == TORNADO[0])
    for part in (*COMPUTE, *SITE):
        if model.missing(whole):
            yield Undefined("capital_share", part, "no component " + ", ".join(model.missing(whole)))
        else:
            units = accelerators(model.drawn) if part in COMPUTE else it_kilowatts(model.drawn)
            share = 100 * units * model.drawn[part] / capital(model.drawn)
            yield _drawn("capital_share", part, share, "percent", setting)


def _swings(model: Simulation, setting: _Setting) -> Iterator[Row]:
    """Of each output that is told of, what moves it, the widest first."""
    for output in OUTPUTS:
        if output.words not in TORNADO or model.missing(output):
            continue
        found = sorted(model.swings(output, setting.tail), key=lambda row: (-abs(row[2] - row[1]), row[0]))
        middle = float(output.function(model.medians))
        for part, low, high in found:
            yield {"output": output.words, "part": part, "at_low": low, "at_high": high, "at_medians": middle}


def _swing_estimates(rows: Sequence[Row], setting: _Setting, parts: int) -> Iterator[Estimate]:
    for row in rows:
        low, high = float(row["at_low"] or 0), float(row["at_high"] or 0)
        output, part = str(row["output"]), str(row["part"])
        name, unit = next((o.name, o.unit) for o in OUTPUTS if o.words == output)
        method = (
            f"{part} from its {setting.tail:.3g} to its {1 - setting.tail:.3g} quantile, all others at their medians"
        )
        subject = f"{name}, {part}"
        size = abs(high - low)
        yield counted("swing", subject, size, unit.format(setting.currency), parts, method, (ASSUMED, INDEPENDENT))


def _definitions(estimates: Sequence[Estimate | Undefined]) -> Iterator[Row]:
    """What a gigawatt costs under every definition: which gigawatt, which costs, which mean."""
    for found in estimates:
        if found.name in ("capital_per_gw", "yearly_cost_per_gw"):
            known = isinstance(found, Estimate)
            yield {
                "cost": found.name,
                "definition": found.subject,
                "value": found.value if isinstance(found, Estimate) else None,
                "low": found.low if isinstance(found, Estimate) else None,
                "high": found.high if isinstance(found, Estimate) else None,
                "method": found.method if isinstance(found, Estimate) else found.reason,
                "known": known,
            }
