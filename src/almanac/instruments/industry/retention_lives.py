"""Who stays how long, and how much of the money stays, counted where the transactions lie.

A customer's months are the bits of one whole number, as in `adoption_counts`; here bit 0 is the month in which it
begins, so that bit k says whether it is still there k months later, and a cohort's curve is the sum of a bit. Money is
added up for two moments alone, the beginning and `horizon` months later. What comes back to Python is counts and sums:
of cohorts, and of a thousand groups of customers, which stand for the customers in the bootstrap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

import duckdb
import numpy as np

from almanac.instruments.industry.paid_months import Months, month_name, months_paid
from almanac.instruments.industry.retained_money import BUCKETS, Floats, Integers

Of = Literal["customer", "subscription"]
"""What is retained: a customer, whomever it pays, or a customer's payments to one vendor."""

Calendar = Literal["whole", "sliding"]
"""Months of the calendar, or months from the day of the first payment on."""

Paying = Literal["net", "gross", "any"]
"""When a month is paid: more is paid than paid back; anything is paid; there is any transaction, were it of 0."""

Reactivation = Literal["retained", "lost", "new"]
"""What whoever comes back after a lapse is: retained again, lost all the same, or a new one in a new cohort."""

REACTIVATIONS: tuple[Reactivation, ...] = ("retained", "lost", "new")
LAPSES = (1, 2, 3)
"""Lapses that the table of definitions compares, beside the one that is asked for."""

ALL, YEAR, COHORT, VENDOR, BASE = "all", "year", "cohort", "vendor", "base"
ANYBODY = "any"


@dataclass(frozen=True, slots=True)
class Group:
    """Cohorts that are taken together: all, those of a year, of a vendor, or one; or a month's customers (base)."""

    kind: str
    name: str = ""

    @property
    def subject(self) -> str:
        named = {ALL: ALL, VENDOR: f"vendor {self.name}", BASE: f"everybody in {self.name}"}
        return named.get(self.kind, self.name)


@dataclass(frozen=True, slots=True)
class Curve:
    """Of `size` that began, how many were watched in month k after, and how many of these were retained."""

    size: int
    watched: Integers
    retained: Integers

    def __add__(self, other: Curve) -> Curve:
        return Curve(self.size + other.size, self.watched + other.watched, self.retained + other.retained)


@dataclass(frozen=True, slots=True)
class Flow:
    """Money of those watched to the horizon, to the last digit: base + expansion + contraction + churn + reactivation
    is what counts at the end (contraction and churn are below 0); `uncounted` is what those who are lost still pay.
    """

    units: int
    base: Decimal
    expansion: Decimal
    contraction: Decimal
    churn: Decimal
    reactivation: Decimal
    uncounted: Decimal

    @property
    def end(self) -> Decimal:
        return self.base + self.expansion + self.contraction + self.churn + self.reactivation

    @property
    def kept(self) -> Decimal:
        """What is left without what anybody added."""
        return self.base + self.contraction + self.churn


@dataclass(frozen=True, slots=True)
class Clusters:
    """Sums of each of the groups of customers that hold any: units, retained ones, money at first, at the end, kept."""

    buckets: Integers
    units: Integers
    retained: Integers
    base: Floats
    end: Floats
    kept: Floats


@dataclass(frozen=True, slots=True)
class Definition:
    """How many are retained at the horizon, of how many, if lapse and reactivation are so defined."""

    lapse: int
    reactivation: Reactivation
    units: int
    retained: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Everything that was counted. Cohorts are keyed by month and vendor ("any" where customers are retained)."""

    months: Months
    cohorts: Mapping[tuple[int, str], Curve]
    flows: Mapping[Group, Flow]
    clusters: Mapping[Group, Clusters]
    definitions: tuple[Definition, ...]
    early: int


PARTS = ("base", "expansion", "contraction", "churn", "reactivation", "uncounted")

PARTED = """
    CREATE TEMP VIEW parted AS SELECT *,
        CASE WHEN state = 1 THEN greatest(later - base, 0) ELSE 0 END AS expansion,
        CASE WHEN state = 1 THEN least(later - base, 0) ELSE 0 END AS contraction,
        CASE WHEN state = 1 THEN 0 ELSE -base END AS churn,
        CASE WHEN state = 2 THEN later ELSE 0 END AS reactivation,
        CASE WHEN state = 0 THEN later ELSE 0 END AS uncounted
    FROM flows
"""
"""state: 0 lost, 1 there without a lapse, 2 back after one."""

GROUPED = """
    SELECT kind, CASE WHEN GROUPING(year) = 0 THEN 'year' WHEN GROUPING(origin) = 0 THEN 'cohort'
                      WHEN GROUPING(vendor) = 0 THEN 'vendor' ELSE 'all' END AS grouped,
           coalesce(CAST(year AS VARCHAR), CAST(origin AS VARCHAR), vendor, '') AS name, {columns}
    FROM parted GROUP BY GROUPING SETS ((kind{bucket}), (kind, year{bucket}), (kind, origin{bucket}),
                                        (kind, vendor{bucket}))
    ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Lives:
    """Counts on a connection that has `payments`.

    horizon: months after which retention is asked for. lapse: months without a payment that make a lapse, which ends
    the last of them; so a month is held by a payment in it or in the lapse - 1 before. run_in: months at the beginning
    of the table whose customers are in no cohort, for nobody knows that they are new.
    """

    connection: duckdb.DuckDBPyConnection
    of: Of
    horizon: int
    lapse: int
    reactivation: Reactivation
    calendar: Calendar
    paying: Paying
    run_in: int

    def counts(self, last: int) -> Counts | None:
        """The counts up to the month `last`; None where there is no payment."""
        found = months_paid(self.connection, last)
        if found is None:
            return None
        months, early = found
        self._make_moments(months)
        self._make_units(months)
        self._make_known(months, early)
        self._make_lives(months)
        self._make_flows(months)
        return Counts(
            months=months,
            cohorts=self._cohorts(months),
            flows=self._flows(months),
            clusters=self._clusters(months),
            definitions=tuple(self._definitions(months)),
            early=early,
        )

    # ---- names in SQL ------------------------------------------------------------------------------------------

    @property
    def unit(self) -> str:
        """The columns that name what is retained."""
        return "customer" if self.of == "customer" else "customer, vendor"

    @property
    def vendor(self) -> str:
        return f"'{ANYBODY}'" if self.of == "customer" else "vendor"

    @property
    def is_payment(self) -> str:
        return "true" if self.paying == "any" else "amount > 0"

    # ---- the months in which each of them pays -----------------------------------------------------------------

    def _make_moments(self, months: Months) -> None:
        """Makes `moments`, the payments with the number of their month.

        Months slide from the first payment of each: month k begins on its day of the month, or on the last day of a
        month that has no such day.
        """
        begins = _day(months.first)
        if self.calendar == "whole":
            self.connection.execute(
                f"CREATE TEMP VIEW moments AS SELECT {self.unit}, {months.index('day')} AS month, amount "
                f"FROM payments WHERE day >= {begins}"
            )
            return
        self.connection.execute(
            f"CREATE TEMP TABLE firsts AS SELECT {self.unit}, min(day) FILTER (WHERE {self.is_payment}) AS first "
            f"FROM payments GROUP BY ALL HAVING min(day) >= {begins} AND first IS NOT NULL"
        )
        self.connection.execute(
            f"CREATE TEMP VIEW moments AS SELECT {self.unit}, {_months_between('first', 'day')} AS month, amount "
            f"FROM payments JOIN firsts USING ({self.unit}) WHERE day >= first"
        )

    def _make_units(self, months: Months) -> None:
        """Makes `units`: of each who ever pays the months in which it does as bits, 0 being that of the beginning,
        `start`, which is in the month `origin` of the table; and how many months of it were `watched`.
        """
        bit = months.bit("month")
        touched = f"bit_or({bit}) AS paid" if self.paying == "any" else _paid_and_back(bit)
        self.connection.execute(f"CREATE TEMP TABLE seen AS SELECT {self.unit}, {touched} FROM moments GROUP BY ALL")
        if self.paying == "net":
            self._take_off_refunds(bit)
        bits = months.bits
        origin, watched, more = "start", f"{months.many} - start", ""
        if self.calendar == "sliding":
            end = _day(months.first + months.many)
            origin = f"{months.index('first')} + start"
            watched = f"{_months_between('first', end)} - start"
            more = f"JOIN firsts USING ({self.unit})"
        self.connection.execute(
            f"CREATE TEMP TABLE units AS SELECT {self.unit}, start, CAST({origin} AS INTEGER) AS origin, "
            f"CAST({watched} AS INTEGER) AS watched, CAST(paid >> start AS {bits}) AS paid "
            "FROM (SELECT *, CAST(bit_count((paid & -paid) - 1) AS INTEGER) AS start FROM seen WHERE paid <> 0) "
            f"{more}"
        )
        self.connection.execute("DROP TABLE seen")

    def _take_off_refunds(self, bit: str) -> None:
        """Takes off the months in which as much is paid back as is paid. Sums are needed only of months with both."""
        self.connection.execute(
            f"CREATE TEMP TABLE undone AS SELECT {self.unit}, bit_or({bit}) AS months FROM ("
            f"SELECT {self.unit}, month FROM moments JOIN (FROM seen WHERE back & paid <> 0) USING ({self.unit}) "
            f"WHERE back & {bit} <> 0 GROUP BY ALL HAVING sum(amount) <= 0) GROUP BY ALL"
        )
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE seen AS SELECT {self.unit}, paid & ~coalesce(months, 0) AS paid "
            f"FROM seen LEFT JOIN undone USING ({self.unit})"
        )

    # ---- lives -------------------------------------------------------------------------------------------------

    def _make_known(self, months: Months, early: int) -> None:
        """Makes `known`, the units that began in the months that are counted: none of those who paid before."""
        before = f"SELECT DISTINCT {self.unit} FROM payments WHERE day < {_day(months.first)}"
        others = f" ANTI JOIN ({before}) USING ({self.unit})" if early else ""
        self.connection.execute(f"CREATE TEMP VIEW known AS FROM units{others}")

    def _make_lives(self, months: Months) -> None:
        """Makes `lives`: units with the months that are `held`; where a comeback is new, each of their spells."""
        held = f"{_held('paid', self.lapse)} & {_first_bits('watched', months)}"
        units = f"(SELECT *, {held} AS held FROM known)"
        columns = f"{self.unit}, start, origin, watched"
        if self.reactivation == "new":
            query = (
                f"SELECT {self.unit}, start + s AS start, origin + s AS origin, watched - s AS watched, "
                f"{_unbroken('(held >> s)')} AS held FROM {units}, (SELECT CAST(range AS INTEGER) AS s "
                f"FROM range({months.many})) WHERE ({_begins('held')} >> s) & 1 = 1 OR (s = 0 AND held = 0)"
            )
        else:
            kept = _unbroken("held") if self.reactivation == "lost" else "held"
            query = f"SELECT {columns}, {kept} AS held FROM {units}"
        self.connection.execute(f"CREATE TEMP TABLE lives AS FROM ({query}) WHERE origin >= {self.run_in}")

    def _cohorts(self, months: Months) -> Mapping[tuple[int, str], Curve]:
        ks = range(months.many)
        watched = ", ".join(f"count(*) FILTER (WHERE watched > {k})" for k in ks)
        retained = ", ".join(f"coalesce(sum((held >> {k}) & 1), 0)" for k in ks)
        rows = self.connection.execute(
            f"SELECT origin, {self.vendor} AS vendor, count(*), {watched}, {retained} FROM lives "
            "GROUP BY ALL ORDER BY origin, vendor"
        ).fetchall()
        return {
            (int(origin), str(vendor)): Curve(size, _whole(counts[: months.many]), _whole(counts[months.many :]))
            for origin, vendor, size, *counts in rows
        }

    def _definitions(self, months: Months) -> Iterator[Definition]:
        """Retention at the horizon under each lapse and each way to treat who comes back."""
        lapses = sorted({*LAPSES, self.lapse})
        ways = [(lapse, way) for lapse in lapses for way in REACTIVATIONS]
        k, one = self.horizon, f"CAST(1 AS {months.bits})"
        cells = []
        for lapse, way in ways:
            held = f"({_held('paid', lapse)} & {_first_bits('watched', months)})"
            if way == "new":
                late = f"{_begins(held)} & ~({_first_bits(f'greatest(0, {self.run_in} - origin)', months)})"
                seen = f"({late}) & {_first_bits(f'greatest(0, watched - {k})', months)}"
                stays = " & ".join(f"({held} >> {i})" for i in range(k + 1))
                cells += [f"sum(bit_count({seen}))", f"sum(bit_count({seen} & {stays}))"]
            else:
                there = _unbroken(held) if way == "lost" else held
                cohort = f"FILTER (WHERE watched > {k} AND origin >= {self.run_in})"
                cells += [f"count(*) {cohort}", f"sum(({there} >> {k}) & {one}) {cohort}"]
        (row,) = self.connection.execute(f"SELECT {', '.join(cells)} FROM known").fetchall()
        for (lapse, way), units, retained in zip(ways, row[::2], row[1::2], strict=True):
            yield Definition(lapse, way, int(units or 0), int(retained or 0))

    # ---- money -------------------------------------------------------------------------------------------------

    def _make_flows(self, months: Months) -> None:
        """Makes `flows`: of each life that was watched to the horizon the money at first and at the end.

        Money is that of as many months as a payment holds: the first `lapse` of a cohort, and the last ones up to the
        horizon. `kind` base: of everybody who is there `horizon` months before the last one, new or not.
        """
        k, width = self.horizon, self.lapse
        gap = f"(held & {(1 << k) - 1}) <> {(1 << k) - 1}"
        state = f"CASE WHEN (held >> {k}) & 1 = 0 THEN 0 WHEN {gap} THEN 2 ELSE 1 END AS state"
        cohorts = (
            f"SELECT '{COHORT}' AS kind, {self.unit}, origin, start AS since, start + {k} AS until, {state} "
            f"FROM lives WHERE watched > {k}"
        )
        self.connection.execute(f"CREATE TEMP VIEW anchors AS {cohorts}{self._everybody(months, state)}")
        first = f"month BETWEEN since AND since + {width - 1}"
        last = f"month BETWEEN until - {width - 1} AND until"
        self.connection.execute(
            "CREATE TEMP TABLE flows AS SELECT kind, "
            f"{self.vendor} AS vendor, origin, CAST((origin + {months.first}) // 12 AS INTEGER) AS year, state, "
            f"CAST(md5_number_lower(customer) % {BUCKETS} AS INTEGER) AS bucket, "
            f"coalesce(sum(amount) FILTER (WHERE {first}), 0) AS base, "
            f"coalesce(sum(amount) FILTER (WHERE {last}), 0) AS later "
            f"FROM moments JOIN anchors USING ({self.unit}) WHERE ({first}) OR ({last}) "
            f"GROUP BY kind, {self.unit}, origin, since, state"
        )
        self.connection.execute(PARTED)

    def _everybody(self, months: Months, state: str) -> str:
        """In SQL, who is there `horizon` months before the last month: known only where months are the calendar's."""
        then = months.many - 1 - self.horizon
        if self.calendar != "whole" or then - self.lapse + 1 < 0:
            return ""
        held = f"({_held('paid', self.lapse)} & {_first_bits('watched', months)})"
        there = f"({held} >> greatest(0, {then} - start))"
        kept = there if self.reactivation == "retained" else _unbroken(there)
        return (
            f" UNION ALL SELECT '{BASE}' AS kind, {self.unit}, {then} AS origin, {then - self.lapse + 1} AS since, "
            f"{months.many - 1} AS until, {state} FROM (SELECT {self.unit}, {kept} AS held FROM units "
            f"WHERE start <= {then} AND {there} & 1 = 1)"
        )

    def _flows(self, months: Months) -> Mapping[Group, Flow]:
        columns = ", ".join(["count(*)", *(f"sum({part})" for part in PARTS)])
        rows = self.connection.execute(GROUPED.format(columns=columns, bucket="")).fetchall()
        found = {}
        for kind, grouped, name, units, *sums in rows:
            if group := self._group(months, kind, grouped, name):
                found[group] = Flow(units, *map(Decimal, sums))
        return found

    def _clusters(self, months: Months) -> Mapping[Group, Clusters]:
        end = "+".join(f"sum({part})" for part in PARTS[:-1])
        columns = (
            "bucket, count(*) AS units, count(*) FILTER (WHERE state <> 0) AS retained, "
            f"CAST(sum(base) AS DOUBLE) AS base, CAST({end} AS DOUBLE) AS last, "
            "CAST(sum(base) + sum(contraction) + sum(churn) AS DOUBLE) AS kept"
        )
        query = GROUPED.format(columns=columns, bucket=", bucket")
        found = self.connection.execute(query).fetchnumpy()
        keys = list(zip(found["kind"], found["grouped"], found["name"], strict=True))
        edges = [i for i, key in enumerate(keys) if i == 0 or key != keys[i - 1]]
        clusters = {}
        for low, high in pairwise([*edges, len(keys)]):
            if group := self._group(months, *map(str, keys[low])):
                columns_of = ("bucket", "units", "retained", "base", "last", "kept")
                clusters[group] = Clusters(*(np.asarray(found[column][low:high]) for column in columns_of))
        return clusters

    def _group(self, months: Months, kind: str, grouped: str, name: str) -> Group | None:
        """The group of a row; None for one that says nothing new."""
        if grouped == VENDOR and self.of == "customer":
            return None
        if kind == BASE:
            then = month_name(months.first + months.many - 1 - self.horizon)
            return Group(BASE, then) if grouped == ALL else None
        return Group(grouped, month_name(months.first + int(name)) if grouped == COHORT else name)


# ---- bits, in SQL ------------------------------------------------------------------------------------------------


def _paid_and_back(bit: str) -> str:
    """The months in which something is paid, and in which something is paid back."""
    return (
        f"coalesce(bit_or({bit}) FILTER (WHERE amount > 0), 0) AS paid, "
        f"coalesce(bit_or({bit}) FILTER (WHERE amount < 0), 0) AS back"
    )


def _held(column: str, lapse: int) -> str:
    """The months in which a payment of `column` still holds, each for `lapse` months."""
    return "(" + " | ".join(f"({column} << {i})" for i in range(lapse)) + ")"


def _first_bits(many: str, months: Months) -> str:
    return f"({months.bit(many)} - 1)"


def _begins(held: str) -> str:
    """The first month of every spell."""
    return f"({held} & ~({held} << 1))"


def _unbroken(held: str) -> str:
    """The months from bit 0 on up to the first that is not held."""
    return f"({held} & ~({held} + 1))"


def _months_between(first: str, day: str) -> str:
    """Whole months from one day to another: month k begins on `first`'s day of the month, or on the month's last."""
    return (
        f"((year({day}) - year({first})) * 12 + month({day}) - month({first}) "
        f"- CAST(day({day}) < least(day({first}), day(last_day({day}))) AS INTEGER))"
    )


def _day(month: int) -> str:
    return f"DATE '{date(month // 12, month % 12 + 1, 1).isoformat()}'"


def _whole(counts: list[int]) -> Integers:
    return np.array(counts, dtype=np.int64)
