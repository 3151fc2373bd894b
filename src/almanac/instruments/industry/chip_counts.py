"""The Compute Index as typed counts: what was printed, for which chip and year, in which edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from almanac.datasets.schema import Table

CHIPS = "cited_chip"
"""The chart whose series are the whole: all chip families."""


@dataclass(frozen=True, slots=True)
class Count:
    """Papers that name the chips of `series` in `year`; None: not tracked, which is not 0. `final`: the year
    is over.
    """

    edition: str
    chart: str
    series: str
    year: int
    papers: int | None
    final: bool


def read_counts(table: Table) -> tuple[Count, ...]:
    """The table's rows, in the order of edition, chart, series and year, whatever their order in the file."""
    rows = (
        Count(row["edition"], row["chart"], row["series"], row["year"], row["papers"], row["status"] == "final")
        for row in table.frame.iter_rows(named=True)
    )
    return tuple(sorted(rows, key=lambda count: (count.edition, count.chart, count.series, count.year)))


@dataclass(frozen=True)
class Index:
    """One edition's counts."""

    edition: str
    counts: tuple[Count, ...]
    _by_place: Mapping[tuple[str, str, int], Count] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        places = {(count.chart, count.series, count.year): count for count in self.counts}
        object.__setattr__(self, "_by_place", places)

    def series(self, chart: str) -> tuple[str, ...]:
        """The series of a chart, sorted by name."""
        return tuple(sorted({count.series for count in self.counts if count.chart == chart}))

    def papers(self, chart: str, series: str, year: int) -> int | None:
        """The count; None when the series was not tracked in that year."""
        count = self._by_place.get((chart, series, year))
        return count.papers if count else None

    def sum(self, chart: str, series: Iterable[str], year: int) -> int | None:
        """The sum over those of `series` that were tracked in that year; None when none was."""
        tracked = [papers for name in series if (papers := self.papers(chart, name, year)) is not None]
        return sum(tracked) if tracked else None

    def tracked(self, chart: str, year: int) -> frozenset[str]:
        """The series of a chart that were tracked in that year."""
        return frozenset(name for name in self.series(chart) if self.papers(chart, name, year) is not None)

    @cached_property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted({count.year for count in self.counts}))

    @cached_property
    def final_years(self) -> tuple[int, ...]:
        """Years of which no count is a projection."""
        return tuple(year for year in self.years if year not in self.projected_years)

    @cached_property
    def projected_years(self) -> tuple[int, ...]:
        return tuple(sorted({count.year for count in self.counts if not count.final}))


@dataclass(frozen=True, slots=True)
class Break:
    """A series enters or leaves a chart: its sums before and after `year` are of different things."""

    chart: str
    series: str
    year: int
    event: str

    def __str__(self) -> str:
        return f"{self.series} {self.event} the count in {self.year}"


def breaks(index: Index, chart: str) -> tuple[Break, ...]:
    """Every series break of a chart, by year and name."""
    found: list[Break] = []
    for before, year in zip(index.years, index.years[1:], strict=False):
        was, now = index.tracked(chart, before), index.tracked(chart, year)
        found.extend(Break(chart, series, year, "enters") for series in sorted(now - was))
        found.extend(Break(chart, series, year, "leaves") for series in sorted(was - now))
    return tuple(found)


def editions(counts: Iterable[Count], partial_year: int | None) -> tuple[Index, ...]:
    """The editions, oldest first; counts of `partial_year` count as projected in all of them."""
    grouped: dict[str, list[Count]] = {}
    for count in counts:
        grouped.setdefault(count.edition, []).append(
            replace(count, final=False) if count.year == partial_year else count
        )
    return tuple(Index(edition, tuple(grouped[edition])) for edition in sorted(grouped))
