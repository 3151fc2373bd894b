"""Chip citations: which vendors' chips AI papers name, how that changes, and whether the index adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from almanac.datasets.catalog import COMPUTE_INDEX
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.chip_charts import products_chart, share_chart, totals_chart
from almanac.instruments.industry.chip_counts import (
    CHIPS,
    Count,
    Index,
    breaks,
    editions,
    read_counts,
)
from almanac.instruments.industry.chip_projection import projections
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.statistics import NoNumber, poisson_ratio, wilson

TABLE = "compute-index"
PER_YEAR = "paper/year"
ALL = "all chips"

VENDORS: Mapping[str, str] = MappingProxyType(
    {
        "All NVIDIA": "NVIDIA",
        "All AMD": "AMD",
        "TPU": "Google TPU",
        "Huawei Ascend 910": "Huawei",
        "Big 6 Startups": "Startups",
    }
)
"""Whose chips a series of the first chart counts. A series that is not here stands for itself."""

WHOLES: Mapping[str, str] = MappingProxyType({"All NVIDIA": "cited_nvidia", "Big 6 Startups": "cited_startup"})
"""The series of the first chart that are sums, and the chart of their parts."""

MENTIONS = "a paper counts once for every chip it names, so the whole is of mentions: as many as the papers, or more"
NOISE = (
    "counting noise only: mentions fall independently (Poisson); a paper that names several chips makes the "
    "true interval wider, and papers outside the corpus are not covered"
)


@dataclass(frozen=True, slots=True)
class _Setting:
    """The edition that is measured, grouped by vendor."""

    index: Index
    members: Mapping[str, tuple[str, ...]]
    wholes: Mapping[str, str]
    level: float

    def papers(self, vendor: str, year: int) -> int | None:
        return self.index.sum(CHIPS, self.members[vendor], year)

    def whole(self, year: int) -> int | None:
        return self.index.sum(CHIPS, self.index.series(CHIPS), year)

    def steady(self) -> frozenset[str]:
        """The series that were tracked in every final year: the only ones whose shares compare over all of
        them.
        """
        years = self.index.final_years
        return frozenset.intersection(*(self.index.tracked(CHIPS, year) for year in years)) if years else frozenset()

    def breaks_of(self, vendor: str, year: int) -> tuple[str, ...]:
        """The series breaks in `year` within a vendor's own count: of its series, and of their parts."""
        own = [found for found in breaks(self.index, CHIPS) if found.series in self.members[vendor]]
        charts = [chart for series, chart in self.wholes.items() if series in self.members[vendor]]
        parts = [found for chart in charts for found in breaks(self.index, chart)]
        return tuple(str(found) for found in (*own, *parts) if found.year == year)


@instrument(
    "chip-citations",
    version="1.0.0",
    chapter="industry",
    reads={TABLE: COMPUTE_INDEX},
    references=(
        "Air Street Capital (2026), State of AI Compute Index, editions 2026-06 and 2026-07.",
        "Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference. "
        "J. Am. Stat. Assoc. 22, 209-212.",
        "Przyborowski, J. and Wilenski, H. (1940), Homogeneity of results in testing samples from Poisson "
        "series. Biometrika 31, 313-323.",
        "Hyndman, R. J. and Athanasopoulos, G. (2021), Forecasting: Principles and Practice, 3rd ed., "
        "OTexts, sections 5.2 and 5.10.",
    ),
)
def chip_citations(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    edition: str = "",
    partial_year: int | None = None,
    vendors: Mapping[str, str] = VENDORS,
    wholes: Mapping[str, str] = WHOLES,
) -> Measurement:
    """Which vendors' chips do AI papers name, and how is that changing?

    compute-index: one row per edition, chart, series and year; `papers` (paper/year, empty when not tracked).

    edition: the edition to measure; the latest that `as_of` had seen when empty.
    partial_year: a year to treat as projected, beside those that the table marks.
    vendors: series of the chart of all chips → vendor. wholes: its series that are sums → chart of their
    parts.

    Estimates, for final years (a projected year has none: `Undefined`, its numbers stand in the tables):
    share ("NVIDIA 2025", percent): of all mentions in the year's tracked series; Wilson interval.
    share_same_series: the same within the series tracked in all years, free of series breaks.
    change ("AMD 2025", "all chips 2025", percent): on the year before; exact Poisson interval.
    multiple ("H100/200 2023/2025", ratio): over the last two years, by product; exact Poisson interval.
    peak ("A100", paper/year): the largest yearly count. total ("2024", paper/year): the whole, counted.
    unexplained ("Big 6 Startups 2025", paper/year): a total minus the sum of its parts, only where they
    differ.
    projection, naive_projection, published_inside ("NVIDIA 2026"): see `chip_projection`.

    Tables: shares, counts, totals (every edition), series_breaks, projections.
    Raises InstrumentError when no edition is as old as `as_of`, or `edition` is not in the table.
    Assumes that mentions fall independently; nothing is random, so `seed` is not used.
    """
    counts = read_counts(tables[TABLE])
    seen = [count for count in counts if count.edition <= f"{as_of:%Y-%m}"]
    indexes = editions(seen, partial_year)
    index = _chosen(indexes, counts, edition, as_of)
    setting = _Setting(index, _members(index, vendors), wholes, level)
    totals = tuple(row for each in indexes for row in _totals(each, wholes))
    projected, projection_rows = projections(indexes, index, {**setting.members, ALL: index.series(CHIPS)}, level)
    estimates = (
        *_shares(setting),
        *_changes(setting),
        *_multiples(setting),
        *_peaks(setting),
        *_wholes(setting),
        *_unexplained(totals, index.edition),
        *projected,
    )
    share_rows = _share_rows(setting)
    count_rows = _count_rows(index)
    return Measurement(
        account=_account(counts, seen, as_of),
        estimates=estimates,
        tables={
            "shares": share_rows,
            "counts": count_rows,
            "totals": totals,
            "series_breaks": _break_rows(setting),
            "projections": projection_rows,
        },
        charts=(
            *share_chart(share_rows, estimates),
            *products_chart(count_rows, estimates),
            *totals_chart(totals, index.edition),
        ),
    )


def _chosen(indexes: tuple[Index, ...], counts: tuple[Count, ...], edition: str, as_of: date) -> Index:
    """The edition to measure. Raises InstrumentError when there is none."""
    printed = ", ".join(sorted({count.edition for count in counts}))
    if not indexes:
        raise InstrumentError(
            [Fault("chip-citations", None, "as_of", as_of.isoformat(), f"a day after an edition of {printed}")]
        )
    if not edition:
        return indexes[-1]
    for index in indexes:
        if index.edition == edition:
            return index
    raise InstrumentError([Fault("chip-citations", None, "parameter edition", repr(edition), f"one of {printed}")])


def _members(index: Index, vendors: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Vendor → its series, the vendors in the order of their names."""
    grouped: dict[str, list[str]] = {}
    for series in index.series(CHIPS):
        grouped.setdefault(vendors.get(series, series), []).append(series)
    if ALL in grouped:
        fault = Fault("chip-citations", None, "parameter vendors", repr(ALL), "another name: that one is the whole's")
        raise InstrumentError([fault])
    return {vendor: tuple(grouped[vendor]) for vendor in sorted(grouped)}


def _account(counts: tuple[Count, ...], seen: list[Count], as_of: date) -> Account:
    """Used: counts of editions that `as_of` had seen; empty cells are skipped."""
    untracked = sum(count.papers is None for count in seen)
    later = len(counts) - len(seen)
    reasons = []
    if untracked:
        reasons.append(f"{untracked} rows without a count: not tracked in that year")
    if later:
        reasons.append(f"{later} rows of editions after {as_of:%Y-%m-%d}")
    return Account(len(counts), len(seen) - untracked, untracked + later, 0, tuple(reasons))


def _not_final(index: Index, year: int) -> str | None:
    """Why the numbers of `year` are no counts."""
    if year in index.final_years:
        return None
    return f"{year} is a projection of edition {index.edition}, not a count; its numbers stand in the tables"


def _shares(setting: _Setting) -> list[Estimate | Undefined]:
    steady = setting.steady()
    found = []
    for vendor, series in setting.members.items():
        for year in setting.index.years:
            found.append(_share(setting, vendor, year))
            if steady.issuperset(series):
                found.append(_steady_share(setting, vendor, year, steady))
    return found


def _share(setting: _Setting, vendor: str, year: int) -> Estimate | Undefined:
    """Of all mentions that the year's tracked series count."""
    papers, whole = setting.papers(vendor, year), setting.whole(year)
    tracked = sorted(setting.index.tracked(CHIPS, year))
    entered = [str(found) for found in breaks(setting.index, CHIPS) if found.year == year]
    flags = (f"series break: {', '.join(entered)}; shares of earlier years are of another whole",) if entered else ()
    method = f"share of all chip mentions, of {len(tracked)} tracked series; Wilson"
    named = f"the whole: {', '.join(tracked)}"
    return _proportion(setting, "share", vendor, year, papers, whole, method, (named, *flags))


def _steady_share(setting: _Setting, vendor: str, year: int, steady: frozenset[str]) -> Estimate | Undefined:
    papers, whole = setting.papers(vendor, year), setting.index.sum(CHIPS, steady, year)
    method = f"share of the mentions of the {len(steady)} series tracked in every year; Wilson"
    named = f"the whole: {', '.join(sorted(steady))}"
    return _proportion(setting, "share_same_series", vendor, year, papers, whole, method, (named,))


def _proportion(
    setting: _Setting,
    name: str,
    vendor: str,
    year: int,
    papers: int | None,
    whole: int | None,
    method: str,
    flags: tuple[str, ...],
) -> Estimate | Undefined:
    subject = f"{vendor} {year}"
    if reason := _not_final(setting.index, year):
        return Undefined(name, subject, reason)
    if papers is None or whole is None:
        return Undefined(name, subject, f"{vendor} is not tracked in {year}")
    part = wilson(papers, whole, setting.level)
    percent = part if isinstance(part, NoNumber) else part.scaled(100)
    return estimated(name, subject, percent, "percent", whole, method, (MENTIONS, NOISE, *flags))


def _changes(setting: _Setting) -> list[Estimate | Undefined]:
    found = []
    for before, year in zip(setting.index.years, setting.index.years[1:], strict=False):
        entered = tuple(str(change) for change in breaks(setting.index, CHIPS) if change.year == year)
        found.append(_change(setting, ALL, year, setting.whole(before), setting.whole(year), entered))
        for vendor in setting.members:
            counts = setting.papers(vendor, before), setting.papers(vendor, year)
            found.append(_change(setting, vendor, year, *counts, setting.breaks_of(vendor, year)))
    return found


def _change(
    setting: _Setting, vendor: str, year: int, before: int | None, now: int | None, entered: tuple[str, ...]
) -> Estimate | Undefined:
    """How much more in percent than the year before."""
    subject = f"{vendor} {year}"
    if reason := _not_final(setting.index, year):
        return Undefined("change", subject, reason)
    if before is None or now is None:
        missing = year if now is None else year - 1
        return Undefined("change", subject, f"{vendor} is not tracked in {missing}")
    ratio = poisson_ratio(now, before, setting.level)
    percent = ratio if isinstance(ratio, NoNumber) else ratio.shifted(-1).scaled(100)
    flags = (f"series break: {', '.join(entered)}",) if entered else ()
    method = f"papers that name its chips, {year} over {year - 1}; exact Poisson ratio"
    return estimated("change", subject, percent, "percent", now + before, method, (NOISE, *flags))


def _multiples(setting: _Setting) -> list[Estimate | Undefined]:
    """How many times each product's count is that of two years before, in the last final year."""
    years = setting.index.final_years
    if not years or years[-1] - 2 not in years:
        return []
    first, last = years[-1] - 2, years[-1]
    found: list[Estimate | Undefined] = []
    for chart, product in _parts(setting):
        subject = f"{product} {first}/{last}"
        before, now = (setting.index.papers(chart, product, year) for year in (first, last))
        if before is None or now is None:
            missing = last if now is None else first
            found.append(Undefined("multiple", subject, f"{product} is not tracked in {missing}"))
            continue
        ratio = poisson_ratio(now, before, setting.level)
        method = f"papers that name it, {last} over {first}; exact Poisson ratio"
        found.append(estimated("multiple", subject, ratio, "ratio", now + before, method, (NOISE,)))
    return found


def _parts(setting: _Setting) -> list[tuple[str, str]]:
    charts = sorted(set(setting.wholes.values()))
    return [(chart, product) for chart in charts for product in setting.index.series(chart)]


def _peaks(setting: _Setting) -> list[Estimate | Undefined]:
    """The largest yearly count of every product, in final years."""
    found: list[Estimate | Undefined] = []
    for chart, product in _parts(setting):
        counts = {year: setting.index.papers(chart, product, year) for year in setting.index.final_years}
        tracked = {year: papers for year, papers in counts.items() if papers is not None}
        if not tracked:
            found.append(Undefined("peak", product, f"{product} is tracked in no final year"))
            continue
        year = max(tracked, key=lambda year: (tracked[year], -year))
        method = f"the largest of {len(tracked)} yearly counts, in {year}"
        found.append(counted("peak", product, tracked[year], PER_YEAR, len(tracked), method))
    return found


def _wholes(setting: _Setting) -> list[Estimate | Undefined]:
    """The whole of every year."""
    found: list[Estimate | Undefined] = []
    for year in setting.index.years:
        whole = setting.whole(year)
        if reason := _not_final(setting.index, year):
            found.append(Undefined("total", str(year), reason))
        elif whole is None:
            found.append(Undefined("total", str(year), f"no series is tracked in {year}"))
        else:
            method = f"sum of the {len(setting.index.tracked(CHIPS, year))} tracked series"
            found.append(counted("total", str(year), whole, PER_YEAR, whole, method, (MENTIONS,)))
    return found


def _totals(index: Index, wholes: Mapping[str, str]) -> list[Row]:
    """Every printed total against the sum of its parts."""
    rows: list[Row] = []
    for whole, chart in sorted(wholes.items()):
        for year in index.years:
            total, parts = index.papers(CHIPS, whole, year), index.sum(chart, index.series(chart), year)
            if total is None or parts is None:
                continue
            rows.append(
                {
                    "edition": index.edition,
                    "whole": whole,
                    "year": year,
                    "status": "final" if year in index.final_years else "projected",
                    "total": total,
                    "parts": parts,
                    "tracked_parts": len(index.tracked(chart, year)),
                    "difference": total - parts,
                    "verdict": "agrees" if total == parts else "differs",
                }
            )
    return rows


def _unexplained(totals: tuple[Row, ...], edition: str) -> list[Estimate]:
    """Totals that are not the sum of their parts, in the measured edition."""
    method = "the printed total minus the sum of its printed parts"
    assumption = "parts that are not tracked add nothing"
    return [
        counted(
            "unexplained",
            f"{row['whole']} {row['year']}",
            float(row["difference"] or 0),
            PER_YEAR,
            int(row["tracked_parts"] or 0),
            method,
            (assumption,),
        )
        for row in totals
        if row["edition"] == edition and row["difference"]
    ]


def _share_rows(setting: _Setting) -> tuple[Row, ...]:
    rows: list[Row] = []
    for vendor in setting.members:
        for year in setting.index.years:
            papers, whole = setting.papers(vendor, year), setting.whole(year)
            rows.append(
                {
                    "vendor": vendor,
                    "year": year,
                    "status": "final" if year in setting.index.final_years else "projected",
                    "papers": papers,
                    "whole": whole,
                    "share": papers / whole * 100 if papers is not None and whole else None,
                }
            )
    return tuple(rows)


def _count_rows(index: Index) -> tuple[Row, ...]:
    return tuple(
        {
            "chart": count.chart,
            "series": count.series,
            "year": count.year,
            "status": "final" if count.year in index.final_years else "projected",
            "papers": count.papers,
        }
        for count in index.counts
    )


def _break_rows(setting: _Setting) -> tuple[Row, ...]:
    """Where the measured edition's series begin and end, and which sum that changes."""
    whole_of = {CHIPS: ALL, **{chart: whole for whole, chart in setting.wholes.items()}}
    return tuple(
        {
            "whole": whole,
            "chart": found.chart,
            "series": found.series,
            "year": found.year,
            "event": found.event,
            "papers": setting.index.papers(found.chart, found.series, found.year),
        }
        for chart, whole in sorted(whole_of.items())
        for found in breaks(setting.index, chart)
    )
