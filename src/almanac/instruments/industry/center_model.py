"""What a gigawatt costs from its parts: each part a distribution, the whole a simulation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Account
from almanac.instruments.industry.money import Rates, in_currency
from almanac.statistics import Elicited, ElicitedFamily, NoNumber

Floats = NDArray[np.float64]

HOURS, SECONDS = 8766.0, 31_557_600.0
"""Of a year of 365.25 days."""

KW_OF_A_GW = 1e6

AMOUNTS = frozenset(
    {
        "accelerator_price",
        "server_price",
        "network_price",
        "building_price",
        "power_cooling_price",
        "electricity_price",
        "staff_cost",
    }
)
"""Parts that are amounts of money; the others are watts, years, tokens or shares."""

COMPUTE = ("accelerator_price", "server_price", "network_price")
SITE = ("building_price", "power_cooling_price")
CAPITAL = (*COMPUTE, *SITE, "accelerator_power", "pue")
RUNNING = (*CAPITAL, "utilisation", "electricity_price", "staff_cost", "upkeep")
WORN = (*RUNNING, "compute_life", "site_life")
FINANCED = (*WORN, "financing_rate")
TOKENS = (*FINANCED, "throughput", "busy_share")

LEAST: Mapping[str, float] = {
    "pue": 1.0,
    "accelerator_power": 1.0,
    "compute_life": 0.5,
    "site_life": 1.0,
    "throughput": 1e-9,
    "busy_share": 1e-9,
}
"""Below which a part makes no sense; the others may be 0."""

MOST: Mapping[str, float] = {
    "utilisation": 1.0,
    "busy_share": 1.0,
    "pue": 5.0,
    "upkeep": 100.0,
    "financing_rate": 100.0,
}

Parts = Mapping[str, Floats]
"""Of every part its value in each draw."""


def read_parts(
    table: Table, family: ElicitedFamily, rates: Rates, currency: str, price_year: int
) -> tuple[dict[str, Elicited], Account]:
    """The parts, amounts in one currency and in one year's money, and what became of every row.

    Raises InstrumentError for values that cannot be, all at once.
    """
    found: dict[str, Elicited] = {}
    faults: list[Fault] = []
    lost: Counter[str] = Counter()
    for number, row in enumerate(table.frame.iter_rows(named=True), 1):
        factor = _factor(row, rates, currency, price_year)
        if isinstance(factor, NoNumber):
            lost[factor.reason] += 1
            continue
        part, ends = str(row["part"]), (row["low"], row["mode"], row["high"])
        try:
            _check(part, ends)
            low, mode, high = (factor * end for end in ends)
            found[part] = Elicited(low, mode, high, row.get("family") or family)
        except ValueError as error:
            faults.append(Fault("components", None, f"row {number}, {part}", _words(ends), str(error)))
    if faults:
        raise InstrumentError(faults)
    reasons = tuple(f"{many} skipped: {why}" for why, many in sorted(lost.items()))
    return found, Account(table.frame.height, len(found), lost.total(), 0, reasons)


def _words(ends: Sequence[float]) -> str:
    return ", ".join(f"{end:g}" for end in ends)


def _factor(row: Mapping[str, object], rates: Rates, currency: str, price_year: int) -> float | NoNumber:
    """What an amount is multiplied by; money of another year is not that of this one."""
    if row["part"] not in AMOUNTS:
        return 1.0
    if row["price_year"] != price_year:
        return NoNumber(f"an amount that is not in money of {price_year}")
    code = str(row["currency"]) if row["currency"] else None
    found = in_currency(1.0, code, f"{price_year}-12-31", rates, currency)
    return found if isinstance(found, NoNumber) else found.amount


def _check(part: str, ends: Sequence[float]) -> None:
    least, most = LEAST.get(part, 0.0), MOST.get(part, np.inf)
    if ends[0] < least or ends[2] > most:
        raise ValueError(f"between {least:g} and {most:g}")


# ---- the model ---------------------------------------------------------------------------------------------------


def it_kilowatts(parts: Parts) -> Floats:
    """Power of the computers, of a facility of a gigawatt."""
    return np.asarray(KW_OF_A_GW / parts["pue"])


def accelerators(parts: Parts) -> Floats:
    """Of a facility of a gigawatt; `accelerator_power` has its share of servers and network in it."""
    return 1000 * it_kilowatts(parts) / parts["accelerator_power"]


def compute_capital(parts: Parts) -> Floats:
    each: Floats = parts["accelerator_price"] + parts["server_price"] + parts["network_price"]
    return accelerators(parts) * each


def site_capital(parts: Parts) -> Floats:
    return it_kilowatts(parts) * (parts["building_price"] + parts["power_cooling_price"])


def capital(parts: Parts) -> Floats:
    return compute_capital(parts) + site_capital(parts)


def capital_of_it(parts: Parts) -> Floats:
    """Of a gigawatt of computers, whose facility takes `pue` gigawatts."""
    return capital(parts) * parts["pue"]


def electricity(parts: Parts) -> Floats:
    """A year's: computers draw `utilisation` of their power, and the facility as large a part of its own."""
    return KW_OF_A_GW * HOURS * parts["utilisation"] * parts["electricity_price"]


def cash(parts: Parts) -> Floats:
    """Electricity, staff, and upkeep as a share of the capital."""
    return electricity(parts) + it_kilowatts(parts) * parts["staff_cost"] + parts["upkeep"] / 100 * capital(parts)


def worn(parts: Parts) -> Floats:
    """With straight-line depreciation."""
    wear: Floats = compute_capital(parts) / parts["compute_life"] + site_capital(parts) / parts["site_life"]
    return cash(parts) + wear


def financed(parts: Parts) -> Floats:
    """With the yearly payment that pays capital and interest off over each life."""
    rate = parts["financing_rate"] / 100
    return (
        cash(parts)
        + compute_capital(parts) * annuity(rate, parts["compute_life"])
        + site_capital(parts) * annuity(rate, parts["site_life"])
    )


def annuity(rate: Floats, years: Floats) -> Floats:
    """The part of a loan to pay every year: r / (1 - (1 + r)^-n), and 1/n without interest."""
    some = np.where(rate > 0, rate, 1.0)
    return np.where(rate > 0, some / -np.expm1(-years * np.log1p(some)), 1 / years)


def per_mtoken(parts: Parts) -> Floats:
    """All yearly costs over the million tokens that all accelerators make."""
    made: Floats = accelerators(parts) * parts["throughput"] * parts["busy_share"] * SECONDS / 1e6
    return financed(parts) / made


# ---- what is simulated -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Output:
    """A number that the model gives: its name and subject, the parts it needs, its unit beside the currency."""

    name: str
    subject: str
    needs: tuple[str, ...]
    function: Callable[[Parts], Floats]
    unit: str

    @property
    def words(self) -> str:
        return f"{self.name}, {self.subject}"


CASH = "cash"
WITH_WEAR = "cash and depreciation"
WITH_INTEREST = "cash, depreciation and interest"
ELECTRICITY = "electricity"
FACILITY, OF_IT = "model, facility power", "model, IT power"
PER_YEAR = "{}/(GW*year)"

OUTPUTS = (
    Output("accelerators_per_gw", FACILITY, ("pue", "accelerator_power"), accelerators, "accelerator/GW"),
    Output("capital_per_gw", FACILITY, CAPITAL, capital, "{}/GW"),
    Output("capital_per_gw", OF_IT, CAPITAL, capital_of_it, "{}/GW"),
    Output("yearly_cost_per_gw", ELECTRICITY, ("utilisation", "electricity_price"), electricity, PER_YEAR),
    Output("yearly_cost_per_gw", CASH, RUNNING, cash, PER_YEAR),
    Output("yearly_cost_per_gw", WITH_WEAR, WORN, worn, PER_YEAR),
    Output("yearly_cost_per_gw", WITH_INTEREST, FINANCED, financed, PER_YEAR),
    Output("cost_per_mtoken", "model", TOKENS, per_mtoken, "{}/Mtoken"),
)


@dataclass(frozen=True, slots=True)
class Simulation:
    """The parts, and as many draws of all of them together: independent of each other, each from its distribution."""

    parts: Mapping[str, Elicited]
    drawn: Parts

    @classmethod
    def of(cls, parts: Mapping[str, Elicited], draws: int, seed: int) -> Simulation:
        """Every part has a stream of its own, so that other ends of one part change no draw of another."""
        names = sorted(parts)
        streams = np.random.default_rng(seed).spawn(len(names))
        drawn = {name: parts[name].at(stream.random(draws)) for name, stream in zip(names, streams, strict=True)}
        return cls(parts, drawn)

    def missing(self, output: Output) -> list[str]:
        return [part for part in output.needs if part not in self.parts]

    @property
    def medians(self) -> Parts:
        return {name: part.at(0.5) for name, part in self.parts.items()}

    def swings(self, output: Output, tail: float) -> Iterator[tuple[str, float, float]]:
        """Of every part that the output needs and that moves it: the output with the part at its `tail` and at its
        1 - `tail` quantile, all others at their medians.
        """
        middle = self.medians
        for part in output.needs:
            low, high = (float(output.function({**middle, part: self.parts[part].at(end)})) for end in (tail, 1 - tail))
            if low != high:
                yield part, low, high
