"""The instruments: ours, in one list, and those of outside packages.

An outside package lists its instruments under the entry-point group `almanac.instruments` of its
pyproject.toml:

    [project.entry-points."almanac.instruments"]
    my-instrument = "my_package.my_module:my_instrument"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.metadata import entry_points

from almanac.errors import Fault, InstrumentError
from almanac.instruments.forecasts.track_record import track_record
from almanac.instruments.industry.adoption import adoption
from almanac.instruments.industry.challengers import challengers
from almanac.instruments.industry.chip_citations import chip_citations
from almanac.instruments.industry.compute_index import compute_index
from almanac.instruments.industry.contract_value import contract_value
from almanac.instruments.industry.customer_base import customer_base
from almanac.instruments.industry.datacenter_cost import datacenter_cost
from almanac.instruments.industry.deal_circularity import deal_circularity
from almanac.instruments.industry.gross_margin import gross_margin
from almanac.instruments.industry.lean_companies import lean_companies
from almanac.instruments.industry.model_vintages import model_vintages
from almanac.instruments.industry.price_of_intelligence import price_of_intelligence
from almanac.instruments.industry.retention import retention
from almanac.instruments.industry.revenue_cohort import revenue_cohort
from almanac.instruments.industry.time_to_revenue import time_to_revenue
from almanac.instruments.instrument import Instrument
from almanac.instruments.research.benchmark_error import benchmark_error
from almanac.instruments.research.distraction import distraction
from almanac.instruments.research.frontier_lead import frontier_lead
from almanac.instruments.research.inference_scaling import inference_scaling
from almanac.instruments.safety.capability_correlation import capability_correlation
from almanac.instruments.safety.compounding_error import compounding_error
from almanac.instruments.safety.monitor_performance import monitor_performance
from almanac.instruments.safety.time_horizon import time_horizon

GROUP = "almanac.instruments"


def by_name(instruments: Iterable[Instrument]) -> dict[str, Instrument]:
    """The instruments by name, sorted. Raises ValueError when two bear one name."""
    found: dict[str, Instrument] = {}
    for instrument in instruments:
        if instrument.name in found:
            raise ValueError(f"two instruments are called {instrument.name}")
        found[instrument.name] = instrument
    return dict(sorted(found.items()))


OURS: Mapping[str, Instrument] = by_name(
    [
        adoption,
        contract_value,
        benchmark_error,
        capability_correlation,
        challengers,
        chip_citations,
        compounding_error,
        compute_index,
        datacenter_cost,
        customer_base,
        deal_circularity,
        distraction,
        inference_scaling,
        time_horizon,
        time_to_revenue,
        frontier_lead,
        gross_margin,
        model_vintages,
        monitor_performance,
        lean_companies,
        price_of_intelligence,
        retention,
        revenue_cohort,
        track_record,
    ]
)
"""Every instrument of Almanac itself. A new one is added here, with its page in docs/theory and its golden
test.
"""


@lru_cache(maxsize=1)
def instruments() -> Mapping[str, Instrument]:
    """Every instrument there is, by name. Raises InstrumentError when an outside one cannot be loaded, or
    takes the name of another.
    """
    try:
        return by_name([*OURS.values(), *_outside()])
    except ValueError as error:
        fault = Fault(f"entry points {GROUP}", None, "names", str(error), "one of each name")
        raise InstrumentError([fault]) from error


def _outside() -> list[Instrument]:
    found, faults = [], []
    for point in entry_points(group=GROUP):
        try:
            loaded = point.load()
        except (ImportError, AttributeError, SyntaxError) as error:
            faults.append(Fault(point.value, None, f"instrument {point.name}", str(error), "a module that imports"))
            continue
        if isinstance(loaded, Instrument) and loaded.name == point.name:
            found.append(loaded)
        else:
            faults.append(Fault(point.value, None, f"instrument {point.name}", repr(loaded), "that instrument"))
    if faults:
        raise InstrumentError(faults)
    return found


def find(name: str) -> Instrument:
    """The instrument called `name`. Raises InstrumentError when there is none."""
    known = instruments()
    if name not in known:
        raise InstrumentError([Fault("almanac", None, "instrument", repr(name), "one of " + ", ".join(known))])
    return known[name]
