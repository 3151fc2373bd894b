"""Frontier lead: who holds the best model, for how long, and how long it takes others to match it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from almanac.datasets.catalog import BENCHMARK_MATRIX, DATED_SCORES
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.instruments.one_benchmark import Repeated, one_benchmark
from almanac.instruments.research.frontier_charts import frontier_chart
from almanac.statistics import median_time

TABLE, MATRIX = "releases", "matrix"
OPEN, CLOSED = "open", "closed"

KNOWN = "models that are not in the table, and those without score or date, led nobody"
NOISELESS = "scores are taken without error; `within` says how much less still counts as a match"
BETWEEN = "a party reaches a level at some time after its last release below it and not after the first at it"
SERIAL = "records of one leader follow from each other: they are fewer independent cases than they seem"


@dataclass(frozen=True, slots=True)
class Release:
    """A dated score, and the parties it counts for."""

    day: int
    score: float
    model: str
    organizations: tuple[str, ...]
    countries: tuple[str, ...]
    access: str | None


@dataclass(frozen=True, slots=True)
class Wait:
    """A record of a party, and the days until its follower matched it: in (low, high], infinite if it has not."""

    record: Release
    low: float
    high: float
    matched_by: Release | None


@instrument(
    "frontier-lead",
    version="1.1.0",
    chapter="research",
    reads={TABLE: DATED_SCORES},
    may_read={MATRIX: BENCHMARK_MATRIX},
    references=(
        "Turnbull, B. W. (1976), The empirical distribution function with arbitrarily grouped, censored and "
        "truncated data. J. R. Stat. Soc. B 38, 290-295.",
        "Brookmeyer, R. and Crowley, J. (1982), A confidence interval for the median survival time. Biometrics "
        "38, 29-41.",
        "Kaplan, E. L. and Meier, P. (1958), Nonparametric estimation from incomplete observations. J. Am. Stat. "
        "Assoc. 53, 457-481.",
        "Ho, A. et al. (2025), A Rosetta Stone for AI benchmarks. arXiv:2512.00193.",
    ),
)
def frontier_lead(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    since: Annotated[str, Field(pattern=r"^[12]\d{3}-\d{2}-\d{2}$")] = "2023-01-01",
    within: Annotated[float, Field(ge=0)] = 0.0,
    countries: tuple[str, str] | list[str] = ("United States of America", "China"),
    benchmark: str = "",
    repeated: Repeated = "best",
) -> Measurement:
    """Who leads, by how many days, and how long does it take others to match?

    releases: `model`, `released`, `score` on one scale, `organization`, `country`, `access`.
    matrix (may be absent): scores of models on benchmarks, which then take the place of those in releases, by `model`.

    benchmark: which one of the matrix; it need not be said where there is but one. repeated: what counts where it has
    several rows of one model, the best or their mean.
    since: the first day whose records count; what was there before is the state to start from.
    within: how many points below a record still match it. countries: the one that leads and the one that follows.

    Estimates: releases ("all", model, counted). days_led, share_led (an organization; day, percent; counted): how long
    it held the best score; several that reach it on one day share it, the holder keeps it on a tie.
    records ("open after closed", …, model, counted): times that the first party raised its best score.
    days_to_match (the same, day): median time until the second party reached such a score, Turnbull's, with Brookmeyer
    and Crowley's interval; negative where it was there before. Also of "others after the record holder".
    matched (the same, percent, counted): of those records, the share matched by `as_of`.
    days_behind (the same, day): how long ago, on `as_of`, the first party reached the second's best score: at least,
    and at most if it got there right after its release before; 0 where it has not. mean_days_behind: over every day
    since `since` on which both had a model.

    Tables: frontier, waits. Nothing is drawn at random; seed is recorded and changes nothing.
    Raises InstrumentError for two countries that are not two, a benchmark that the matrix lacks, and where no release
    has a score. docs/theory/frontier-lead.md.
    """
    if len(countries) != 2 or countries[0] == countries[1]:
        raise InstrumentError([Fault("frontier-lead", None, "parameter countries", repr(countries), "two countries")])
    start = _day("frontier-lead", since)
    releases, account = _read(tables[TABLE], tables.get(MATRIX), as_of, benchmark, repeated)
    end = as_of.toordinal()
    pairs = {
        f"{OPEN} after {CLOSED}": (_of_access(releases, CLOSED), _of_access(releases, OPEN)),
        f"{countries[1]} after {countries[0]}": (
            [one for one in releases if countries[0] in one.countries and countries[1] not in one.countries],
            [one for one in releases if countries[1] in one.countries],
        ),
    }
    waits = {subject: _waits(first, second, start, end, within) for subject, (first, second) in pairs.items()}
    waits["others after the record holder"] = _others(releases, start, end, within)
    found: list[Estimate | Undefined] = [
        counted("releases", "all", float(len(releases)), "model", len(releases), KNOWN)
    ]
    found.extend(_led(releases, start, end))
    for subject, each in waits.items():
        found.extend(_matching(subject, each, level))
    for subject, (first, second) in pairs.items():
        found.extend(_behind(subject, first, second, start, end))
    frontier = tuple(_frontier_rows(releases))
    return Measurement(
        account=account,
        estimates=tuple(found),
        tables={"frontier": frontier, "waits": tuple(row for s, each in waits.items() for row in _wait_rows(s, each))},
        charts=frontier_chart(frontier, found, f"{OPEN} after {CLOSED}"),
    )


# ---- reading -----------------------------------------------------------------------------------------------------


def _read(
    table: Table, matrix: Table | None, as_of: date, benchmark: str, repeated: Repeated
) -> tuple[list[Release], Account]:
    """Releases by day, the best first within a day; with the scores of the matrix, if there is one."""
    rows = list(table.frame.select("released", "score", "model", "organization", "country", "access").iter_rows())
    lost: Counter[str] = Counter()
    whole, matrix_rows = len(rows), 0
    if matrix is not None:
        scored = one_benchmark("frontier-lead", matrix, benchmark, repeated)
        lost.update(scored.skipped)
        known = {row[2] for row in rows}
        strangers = sum(many for model, many in scored.rows.items() if model not in known)
        lost["scores of models that are not in releases"] = strangers
        rows = [(row[0], scored.scores.get(row[2]), *row[2:]) for row in rows]
        matrix_rows = matrix.frame.height
    elif not any(row[1] is not None for row in rows):
        mend = "Give scores on benchmarks too, as matrix=PATH, and --set benchmark=NAME."
        raise InstrumentError([Fault(table.name, None, "column score", "none at all", "scores", mend)])
    releases: list[Release] = []
    for released, score, model, organization, country, access in rows:
        if released is None:
            lost["no day of release"] += 1
        elif score is None:
            lost["no score"] += 1
        elif (day := _day(table.name, released)) > as_of.toordinal():
            lost[f"released after {as_of.isoformat()}"] += 1
        else:
            releases.append(Release(day, score, model, _parties(organization), _parties(country), access))
    skipped = lost.total()
    told = tuple(f"{many} skipped: {why}" for why, many in lost.items() if many)
    account = Account(whole + matrix_rows, whole + matrix_rows - skipped, skipped, 0, told)
    return sorted(releases, key=lambda one: (one.day, -one.score, one.model)), account


def _day(where: str, text: str) -> int:
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError as error:
        raise InstrumentError([Fault(where, None, "day", text, "a day of the calendar")]) from error


def _parties(cell: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(",")) if cell else ()


def _of_access(releases: Sequence[Release], kind: str) -> list[Release]:
    """Releases whose access is known and of that kind."""
    return [one for one in releases if one.access and one.access.lower().startswith("open weights") == (kind == OPEN)]


# ---- who leads ---------------------------------------------------------------------------------------------------


def _records(releases: Sequence[Release]) -> Iterator[Release]:
    """Those that are better than every one before."""
    best = -math.inf
    for one in releases:
        if one.score > best:
            best = one.score
            yield one


def _led(releases: Sequence[Release], start: int, end: int) -> Iterator[Estimate | Undefined]:
    records = list(_records(releases))
    held: dict[str, float] = {}
    total = 0.0
    over = [*(later.day for later in records[1:]), end]
    for one, following in zip(records, over[: len(records)], strict=True):
        days = float(max(0, following - max(start, one.day)))
        total += days
        for party in one.organizations or ("unknown",):
            held[party] = held.get(party, 0.0) + days / max(1, len(one.organizations))
    for party, days in sorted(held.items(), key=lambda pair: (-pair[1], pair[0])):
        if days:
            yield counted(
                "days_led", party, days, "day", len(records), "days on which it held the best score", (KNOWN,)
            )
            method = f"of {total:.0f} days; joint models are shared"
            yield counted("share_led", party, 100 * days / total, "percent", len(records), method, (KNOWN,))


# ---- how long others take ----------------------------------------------------------------------------------------


def _waits(first: Sequence[Release], second: Sequence[Release], start: int, end: int, within: float) -> list[Wait]:
    """For every record of the first party since `start`, when the second reached it."""
    return [_wait(one, second, end, within) for one in _records(first) if one.day >= start]


def _wait(record: Release, followers: Sequence[Release], end: int, within: float) -> Wait:
    match = next((one for one in followers if one.score >= record.score - within), None)
    before = [one.day for one in followers if match is None or one.day < match.day]
    if match is None:
        return Wait(record, float(end - record.day), math.inf, None)
    low = before[-1] if before else match.day
    return Wait(record, float(low - record.day), float(match.day - record.day), match)


def _others(releases: Sequence[Release], start: int, end: int, within: float) -> list[Wait]:
    """For every record of anybody, when somebody else reached it; parties of unknown name are nobody else."""
    waits = []
    for one in _records(releases):
        if one.day >= start and one.organizations:
            others = [r for r in releases if r.organizations and not set(r.organizations) & set(one.organizations)]
            wait = _wait(one, others, end, within)
            waits.append(Wait(one, max(0.0, wait.low), max(0.0, wait.high), wait.matched_by))
    return waits


def _matching(subject: str, waits: Sequence[Wait], level: float) -> Iterator[Estimate | Undefined]:
    n, seen = len(waits), sum(wait.matched_by is not None for wait in waits)
    yield counted("records", subject, float(n), "model", n, "times that the first party raised its best score")
    if not n:
        yield from (Undefined(name, subject, "the first party set no record") for name in ("matched", "days_to_match"))
        return
    yield counted("matched", subject, 100 * seen / n, "percent", n, f"{seen} of {n} records have been matched")
    median = median_time([wait.low for wait in waits], [wait.high for wait in waits], level)
    method = f"Turnbull's median of {n} waits, {n - seen} of them not over; Brookmeyer and Crowley, widest"
    yield estimated("days_to_match", subject, median, "day", n, method, (NOISELESS, BETWEEN, SERIAL))


def _behind(
    subject: str, first: Sequence[Release], second: Sequence[Release], start: int, end: int
) -> Iterator[Estimate | Undefined]:
    """How long ago the first party had reached what the second has: on the last day, and on average."""
    both = max(start, first[0].day, second[0].day) if first and second else end + 1
    if both > end:
        yield from (
            Undefined(n, subject, "the two never both had a model") for n in ("days_behind", "mean_days_behind")
        )
        return
    gaps = list(_gaps(list(_records(first)), list(_records(second)), [one.day for one in first], both, end))
    n, rest = len(first) + len(second), (NOISELESS, KNOWN)
    method = "days since the first party released a model at least as good; at most, since its release before"
    low, high = gaps[-1]
    yield Estimate("days_behind", subject, low, low, high, 1.0, "day", n, method, rest)
    low, high = (math.fsum(gap[k] for gap in gaps) / len(gaps) for k in (0, 1))
    yield Estimate(
        "mean_days_behind", subject, low, low, high, 1.0, "day", n, f"mean over {len(gaps)} days: {method}", rest
    )


def _gaps(
    first: Sequence[Release], second: Sequence[Release], days: Sequence[int], start: int, end: int
) -> Iterator[tuple[float, float]]:
    """For each day, how long ago the first party had reached the second's best score, at least and at most."""
    for day in range(start, end + 1):
        best = max(one.score for one in second if one.day <= day)
        reached = next((one.day for one in first if one.score >= best and one.day <= day), None)
        if reached is None:
            yield 0.0, 0.0
        else:
            before = [other for other in days if other < reached]
            yield float(day - reached), float(day - (before[-1] if before else reached))


# ---- tables ------------------------------------------------------------------------------------------------------


def _frontier_rows(releases: Sequence[Release]) -> Iterator[Row]:
    """The records of all, of the open and of the closed models."""
    kinds = {"all": releases, OPEN: _of_access(releases, OPEN), CLOSED: _of_access(releases, CLOSED)}
    for kind, members in kinds.items():
        for one in _records(members):
            yield {
                "of": kind,
                "released": date.fromordinal(one.day).isoformat(),
                "score": one.score,
                "model": one.model,
                "organization": ", ".join(one.organizations),
            }


def _wait_rows(subject: str, waits: Sequence[Wait]) -> Iterator[Row]:
    for wait in waits:
        yield {
            "subject": subject,
            "record": wait.record.model,
            "released": date.fromordinal(wait.record.day).isoformat(),
            "score": wait.record.score,
            "matched_by": wait.matched_by.model if wait.matched_by else None,
            "days_over": wait.low,
            "days_up_to": wait.high if wait.matched_by else None,
        }
