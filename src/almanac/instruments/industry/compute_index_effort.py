"""How many accelerators, for how long: counts, accelerator-hours, FLOP and energy, where papers state them.

What a paper does not state is unknown, never zero: every total stands beside the share of papers that it comes from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from almanac.datasets.schema import Table
from almanac.estimate import Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.compute_index_corpus import Corpus, Use
from almanac.instruments.instrument import Row
from almanac.statistics import NoNumber, quantile, wilson

QUANTILES = (("count_q25", 0.25), ("count_median", 0.5), ("count_q75", 0.75), ("count_q90", 0.9))
OVERALL = "all"

BINS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
"""The largest count of each bin of the distribution; doubling, because machines come in powers of two."""

COUNTED_SO = (
    "a paper counts once, with the largest number of devices that it states for one accelerator",
    "papers that state a number are like those that do not",
)
STATED = "only papers that state it; what is not stated is unknown, not zero"


@dataclass(frozen=True, slots=True)
class Rating:
    """What one accelerator can do: dense peak in FLOP/s, rated power in W; None where it is not known."""

    peak: float | None
    power: float | None


def ratings(accelerators: Table | None) -> Mapping[tuple[str, str], Rating]:
    """By vendor and model."""
    rows = accelerators.frame.to_dicts() if accelerators else []
    return {
        (row["vendor"], row["model"]): Rating(row["peak_tflops"] and row["peak_tflops"] * 1e12, row["power_w"])
        for row in rows
    }


def counts(corpus: Corpus) -> Mapping[str, Mapping[str, float]]:
    """Of all and of each vendor, the largest count that each paper states, in devices."""
    found: dict[str, dict[str, float]] = {OVERALL: {}}
    for use in corpus.used:
        if use.count and not use.cores:
            for subject in (OVERALL, *((use.chip.vendor,) if use.chip.vendor else ())):
                held = found.setdefault(subject, {})
                held[use.doc_id] = max(use.count, held.get(use.doc_id, 0.0))
    return {subject: found[subject] for subject in sorted(found, key=lambda name: (name != OVERALL, name))}


def count_estimates(corpus: Corpus, level: float) -> list[Estimate | Undefined]:
    """The quantiles of the counts, and how many papers state one."""
    found: list[Estimate | Undefined] = [_coverage("count_stated", counts(corpus)[OVERALL], corpus, level)]
    for subject, stated in counts(corpus).items():
        values = list(stated.values())
        for name, p in QUANTILES:
            method = f"{p:g}-quantile of the counts that papers state; interval between order statistics"
            number = quantile(values, p, level)
            found.append(estimated(name, subject, number, "accelerator", len(values), method, COUNTED_SO))
    in_cores = {use.doc_id for use in corpus.used if use.cores and use.count}
    method = "papers that count cores, which are not devices and stand in no quantile"
    found.append(counted("count_in_cores", OVERALL, float(len(in_cores)), "paper", len(in_cores), method))
    return found


def count_rows(corpus: Corpus) -> tuple[Row, ...]:
    """How many papers state a count in each bin, `low` to `high` devices; `high` is empty in the last."""
    stated = counts(corpus)[OVERALL].values()
    highs = (*BINS, math.inf)
    rows: list[Row] = []
    for low, high in zip((0, *BINS), highs, strict=True):
        papers = sum(low < count <= high for count in stated)
        rows.append({"low": low + 1, "high": None if math.isinf(high) else int(high), "papers": papers})
    return tuple(rows)


def effort_estimates(
    corpus: Corpus, rated: Mapping[tuple[str, str], Rating], *, utilisation: float, pue: float, level: float
) -> list[Estimate | Undefined]:
    """Accelerator-hours, FLOP and energy that papers state or that follow from what they state."""
    used = f"utilisation of {utilisation:g} of the peak"
    rated_power = f"rated power throughout, times {pue:g} for the building"

    def hours(use: Use) -> float | None:
        return use.device_hours

    def flop(use: Use) -> float | None:
        peak = _rating(use, rated).peak
        return use.device_hours * 3600 * peak * utilisation if use.device_hours and peak else None

    def energy(use: Use) -> float | None:
        power = _rating(use, rated).power
        return use.device_hours * power / 1000 * pue if use.device_hours and power else None

    return [
        *_effort("device_hours", corpus, hours, "accelerator*hour", level, ()),
        *_effort("flop", corpus, flop, "FLOP", level, (used,)),
        *_effort("energy", corpus, energy, "kWh", level, (rated_power,)),
    ]


def _rating(use: Use, rated: Mapping[tuple[str, str], Rating]) -> Rating:
    return rated.get((use.chip.vendor or "", use.chip.model or ""), Rating(None, None))


def _effort(
    name: str,
    corpus: Corpus,
    of: Callable[[Use], float | None],
    unit: str,
    level: float,
    assumptions: tuple[str, ...],
) -> Iterator[Estimate | Undefined]:
    """The total over papers, its median by paper, and how many papers it comes from."""
    stated = _by_paper(corpus.used, of)
    yield _coverage(f"{name}_stated", stated, corpus, level)
    if not stated:
        yield Undefined(name, OVERALL, "no paper states what it takes to know it")
        return
    total = math.fsum(stated[paper] for paper in sorted(stated))
    yield counted(name, OVERALL, total, unit, len(stated), "sum over papers", (STATED, *assumptions))
    middle = quantile(list(stated.values()), 0.5, level)
    method = "median by paper; interval between order statistics"
    yield estimated(f"{name}_median", OVERALL, middle, unit, len(stated), method, (STATED, *assumptions))


def _by_paper(uses: Iterable[Use], of: Callable[[Use], float | None]) -> Mapping[str, float]:
    """The sum over a paper's accelerators; a paper of which one is known and another not counts with what is known."""
    found: dict[str, list[float]] = {}
    for use in uses:
        number = of(use)
        if number:
            found.setdefault(use.doc_id, []).append(number)
    return {paper: math.fsum(numbers) for paper, numbers in found.items()}


def _coverage(name: str, stated: Mapping[str, float], corpus: Corpus, level: float) -> Estimate | Undefined:
    """Of the papers that use an accelerator, the share that states it."""
    share = wilson(len(stated), len(corpus.using), level)
    percent = share if isinstance(share, NoNumber) else share.scaled(100)
    method = f"{len(stated)} of {len(corpus.using)} papers that use an accelerator; Wilson"
    return estimated(name, OVERALL, percent, "percent", len(corpus.using), method)
