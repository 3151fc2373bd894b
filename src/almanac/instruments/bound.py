"""Running the instruments that claims are bound to, over an edition's tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from almanac.claim import Claim
from almanac.datasets.package import Package
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Result
from almanac.instruments.registry import instruments

LOCK_IT = "Measure it, with --lock and --run."


def run_bound(
    claims: Iterable[Claim],
    package: Package,
    *,
    as_of: date | None = None,
    locked: Mapping[str, Result] | None = None,
) -> dict[str, Result]:
    """What the instruments that claims are bound to measure on the tables of `package`, by id, and what is
    locked.

    Each runs once, with its own defaults, as of the day on which the package's sources were read: an edition
    may recompute its claims with data that are newer than the edition. `as_of` takes another day. An instrument whose
    result is `locked` does not run, whether or not its tables are at hand: the same edition says the same everywhere.

    Raises InstrumentError with every fault: a claim bound to an instrument that does not exist, a run that is not
    locked, a table that the package does not hold, a day before the data.
    """
    known = instruments()
    bound = [claim for claim in claims if claim.binding is not None]
    faults = [
        Fault(
            claim.path,
            claim.line,
            f"{claim.id}.estimate",
            claim.binding.instrument,
            "one of " + ", ".join(known),
        )
        for claim in bound
        if claim.binding and claim.binding.instrument not in known
    ]
    faults += [
        Fault(
            claim.path, claim.line, f"{claim.id}.estimate.run", claim.binding.result, "a run in the lock file", LOCK_IT
        )
        for claim in bound
        if claim.binding and claim.binding.run and claim.binding.result not in (locked or {})
    ]
    day = as_of or package.as_of or date.max  # without tables there is no day, and the instruments say what they lack
    results = dict(locked or {})
    asked = {claim.binding.instrument for claim in bound if claim.binding and not claim.binding.run}
    for name in sorted(asked & known.keys() - results.keys()):
        try:
            results[name] = known[name](package.tables, as_of=day)
        except InstrumentError as error:
            faults.extend(error.faults)
    if faults:
        raise InstrumentError(faults)
    return dict(sorted(results.items()))
