"""Projections of the Compute Index: how far they can be trusted, and what a naive forecast says instead.

The index prints a projection for the year that is not over. Its error would be known from earlier editions:
what they projected for a year against what that year came to. Where the table holds too few such pairs there
is no interval for the published projection; the naive forecast from the final years alone, with its own
back-test, is then the yardstick.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from almanac.estimate import Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.chip_counts import CHIPS, Index, breaks
from almanac.instruments.instrument import Row
from almanac.statistics import Confidence, NoNumber, around, drift_forecast

PER_YEAR = "paper/year"


@dataclass(frozen=True, slots=True)
class _Forecasts:
    """The two forecasts of a vendor's count in a year that is not over."""

    subject: str
    year: int
    published: int
    pairs: int
    backtested: Confidence | NoNumber
    history: int
    naive: Confidence | NoNumber
    breaks: tuple[str, ...]

    @property
    def inside(self) -> bool | None:
        """Whether the published projection lies in the naive forecast's interval."""
        if isinstance(self.naive, NoNumber):
            return None
        return self.naive.low <= self.published <= self.naive.high


def projections(
    indexes: tuple[Index, ...], index: Index, groups: Mapping[str, Iterable[str]], level: float
) -> tuple[tuple[Estimate | Undefined, ...], tuple[Row, ...]]:
    """Estimates and table rows for every group of series and every projected year of `index`.

    projection: the published number, with an interval from the errors of earlier projections of the same
    group.
    naive_projection: log-linear growth, with an interval from a leave-future-out back-test.
    published_inside: 1 when the published number lies in the naive forecast's interval, 0 when it does not.
    """
    forecasts = [
        found
        for year in index.projected_years
        for group, series in groups.items()
        if (found := _forecasts(indexes, index, group, tuple(series), year, level)) is not None
    ]
    estimates = tuple(estimate for found in forecasts for estimate in _estimates(found))
    return estimates, tuple(map(_row, forecasts))


def _forecasts(
    indexes: tuple[Index, ...], index: Index, group: str, series: tuple[str, ...], year: int, level: float
) -> _Forecasts | None:
    published = index.sum(CHIPS, series, year)
    if published is None:
        return None
    errors = projection_errors(indexes, series)
    history = _history(index, series, year)
    return _Forecasts(
        subject=f"{group} {year}",
        year=year,
        published=published,
        pairs=len(errors),
        backtested=around(published, errors, level) if published else NoNumber("a projection of 0 has no logarithm"),
        history=len(history),
        naive=drift_forecast(history, level),
        breaks=tuple(
            str(found)
            for found in breaks(index, CHIPS)
            if found.series in series and year - len(history) < found.year < year
        ),
    )


def projection_errors(indexes: tuple[Index, ...], series: tuple[str, ...]) -> list[float]:
    """log(final / projected) for every year that one edition projected and a later one counted.

    Each year gives one error, of the last projection before it was final, because later projections of one
    year repeat the earlier ones.
    """
    projected: dict[int, int] = {}
    final: dict[int, int] = {}
    for index in indexes:
        for year in index.years:
            papers = index.sum(CHIPS, series, year)
            if papers:
                (projected if year in index.projected_years else final)[year] = papers
    return [math.log(final[year] / projected[year]) for year in sorted(projected.keys() & final.keys())]


def _history(index: Index, series: tuple[str, ...], year: int) -> list[int]:
    """The counts of the unbroken run of final years right before `year`."""
    counts: list[int] = []
    for before in range(year - 1, min(index.years) - 1, -1):
        papers = index.sum(CHIPS, series, before) if before in index.final_years else None
        if papers is None:
            break
        counts.insert(0, papers)
    return counts


def _estimates(found: _Forecasts) -> list[Estimate | Undefined]:
    backtested = found.backtested
    if isinstance(backtested, NoNumber):
        reason = (
            f"{backtested.reason}: the table holds {found.pairs} years that one edition projected and a "
            f"later one counted; the published projection is {found.published:,}"
        )
        backtested = NoNumber(reason)
    return [
        estimated(
            "projection",
            found.subject,
            backtested,
            PER_YEAR,
            found.pairs,
            "the published projection; t interval from the errors of earlier editions' projections",
            ("errors of projections are independent, with mean 0 and one spread on the logarithmic scale",),
        ),
        estimated(
            "naive_projection",
            found.subject,
            found.naive,
            PER_YEAR,
            found.history,
            "mean logarithmic growth of the final years; t interval from a leave-future-out back-test",
            (
                "growth is a random walk with drift; errors are independent, with mean 0 and one spread",
                f"of {found.history} final years, the first 3 are not back-tested",
                *((f"series break: {', '.join(found.breaks)}",) if found.breaks else ()),
            ),
        ),
        _inside(found),
    ]


def _inside(found: _Forecasts) -> Estimate | Undefined:
    if isinstance(found.naive, NoNumber):
        return Undefined("published_inside", found.subject, f"no naive forecast: {found.naive.reason}")
    method = (
        f"whether the published projection, {found.published:,}, lies between {found.naive.low:,.0f} and "
        f"{found.naive.high:,.0f}, the interval of the naive forecast"
    )
    return counted("published_inside", found.subject, float(bool(found.inside)), "yes-no", found.history, method)


def _row(found: _Forecasts) -> Row:
    naive = None if isinstance(found.naive, NoNumber) else found.naive
    return {
        "subject": found.subject,
        "year": found.year,
        "published": found.published,
        "earlier_projections": found.pairs,
        "naive": naive.value if naive else None,
        "naive_low": naive.low if naive else None,
        "naive_high": naive.high if naive else None,
        "inside": found.inside,
    }
