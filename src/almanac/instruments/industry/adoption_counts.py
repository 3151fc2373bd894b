"""Who pays whom in which month, counted where the transactions lie.

The months in which a customer pays a vendor are the bits of one whole number. From tens of millions of rows two passes
make a table with a row for each customer and vendor, and everything else is counted from that. What comes back to
Python is counts: of months, groups and quarters, never of customers.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb
import numpy as np
from numpy.typing import NDArray

from almanac.instruments.industry.paid_months import WINDOWS, Months, months_paid
from almanac.instruments.industry.payments import UNKNOWN
from almanac.statistics.cluster_sums import ClusterSums, CrossSums

Denominator = Literal["active", "all"]
Refunds = Literal["net", "ignored"]
Integers = NDArray[np.int64]

Cohorts = Sequence[tuple[str, str, int, int, int]]
"""Customers counted by sector, size, and the first and last month in which they are seen."""

REFUNDS: tuple[Refunds, ...] = ("net", "ignored")
COLUMN: Mapping[Refunds, str] = {"net": "net", "ignored": "gross"}
"""The column of `spells` that holds the months of a way to treat what is paid back."""

MOST_PAIRED = 10
"""Vendors, those with the most payers, whose overlaps are counted."""

ALL, SECTOR, SIZE, VENDOR = "all", "sector", "size", "vendor"


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the customers: `kind` (all, sector, size) and its `name`; of payers also by vendor."""

    kind: str
    name: str = ""

    @property
    def subject(self) -> str:
        return f"{self.kind} {self.name}" if self.name else self.kind


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a group's customers: what `cluster_share` needs, and with the quarter before `cluster_ratio`, whose
    `clusters` are seen in either.
    """

    name: str
    sums: ClusterSums
    cross: CrossSums | None
    clusters: int


@dataclass(frozen=True, slots=True)
class Definition:
    """A way to count, and how many pay and could pay in the last month if one counts so."""

    denominator: Denominator
    refunds: Refunds
    window: int
    payers: int
    customers: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Everything that was counted. Arrays have an entry for each month."""

    months: Months
    customers: Mapping[Group, Integers]
    payers: Mapping[Group, Integers]
    quarters: Mapping[Group, tuple[Quarter, ...]]
    together: Mapping[tuple[str, str], int]
    vendors_paid: Mapping[int, int]
    definitions: tuple[Definition, ...]
    unlisted: tuple[int, int]
    unseen: int
    early: int


@dataclass(frozen=True, slots=True)
class Counting:
    """Counts on a connection that has `payments` and `customers`."""

    connection: duckdb.DuckDBPyConnection
    denominator: Denominator
    refunds: Refunds
    window: int
    least: float

    def counts(self, last: int) -> Counts | None:
        """The counts up to the month `last`; None where there is no payment."""
        found = months_paid(self.connection, last)
        if found is None:
            return None
        months, early = found
        make_spells(self.connection, months, self.least)
        self._make_members(months)
        self._make_payers(months)
        cohorts = self._cohorts()
        counted = cohorts if self.denominator == "active" else _always(cohorts, months)
        return Counts(
            months=months,
            customers=_seen(counted, months),
            payers=self._payers(months),
            quarters=self._quarters(months, counted),
            together=self._together(months),
            vendors_paid=self._vendors_paid(months),
            definitions=tuple(self._definitions(months, cohorts)),
            unlisted=self._unlisted(),
            unseen=self._unseen(months),
            early=early,
        )

    def _rows(self, query: str) -> list[tuple[int | str, ...]]:
        return self.connection.execute(query).fetchall()

    def _make_members(self, months: Months) -> None:
        """Every customer with its groups, the months in which it is seen, and those in which it counts, as bits."""
        last = months.many - 1
        since = f"greatest(0, coalesce({months.index('first_seen')}, 0))"
        until = f"greatest(-1, least({last}, coalesce({months.index('last_seen')}, {last})))"
        seen = f"CASE WHEN since > until THEN 0 ELSE ({months.bit('until - since + 1')} - 1) << since END"
        counts = seen if self.denominator == "active" else str(months.every)
        self.connection.execute(
            f"CREATE TEMP TABLE members AS SELECT *, {seen} AS seen, CAST({counts} AS {months.bits}) AS visible "
            f"FROM (SELECT customer, coalesce(sector, '{UNKNOWN}') AS sector, coalesce(size, '{UNKNOWN}') AS size, "
            f"{since} AS since, {until} AS until FROM customers)"
        )

    def _make_payers(self, months: Months) -> None:
        """Every customer who ever pays, with the months in which it does, to whomever."""
        paid = months.held(COLUMN[self.refunds], self.window)
        self.connection.execute(
            "CREATE TEMP TABLE payers AS SELECT members.*, net, gross, touched, "
            f"{paid} & visible AS paid FROM members JOIN (SELECT customer, bit_or(net) AS net, bit_or(gross) AS gross, "
            "bit_or(touched) AS touched FROM spells GROUP BY customer) USING (customer)"
        )

    def _cohorts(self) -> Cohorts:
        """Customers by sector, size and the months between which they are seen."""
        return self.connection.execute(
            "SELECT sector, size, since, until, count(*) FROM members GROUP BY ALL ORDER BY ALL"
        ).fetchall()

    def _payers(self, months: Months) -> Mapping[Group, Integers]:
        sums = ", ".join(f"sum((paid >> {i}) & 1)" for i in range(months.many))
        found: dict[Group, Integers] = defaultdict(lambda: np.zeros(months.many, dtype=np.int64))
        for kind, name, *counts in self._grouped(sums):
            found[Group(kind, name)] = np.array(counts, dtype=np.int64)
        paid = f"{months.held(COLUMN[self.refunds], self.window)} & visible AS paid"
        for vendor, *counts in self.connection.execute(
            f"SELECT vendor, {sums} FROM (SELECT vendor, {paid} FROM spells JOIN members USING (customer)) "
            "GROUP BY vendor ORDER BY vendor"
        ).fetchall():
            found[Group(VENDOR, vendor)] = np.array(counts, dtype=np.int64)
        return found

    def _grouped(self, sums: str) -> list[tuple[str, str, *tuple[int, ...]]]:
        """The sums over payers: of all, of each sector, of each size."""
        query = (
            f"SELECT CASE GROUPING(sector, size) WHEN 3 THEN '{ALL}' WHEN 1 THEN '{SECTOR}' ELSE '{SIZE}' END AS kind, "
            f"coalesce(sector, size, '') AS name, {sums} FROM payers "
            "GROUP BY GROUPING SETS ((), (sector), (size)) ORDER BY kind, name"
        )
        return [row for row in self.connection.execute(query).fetchall() if row[2] is not None]

    def _quarters(self, months: Months, cohorts: Cohorts) -> Mapping[Group, tuple[Quarter, ...]]:
        """The sums of every whole quarter, in order; things are summed over all customers, hits over payers."""
        quarters = list(months.quarters())
        if not quarters:
            return {}
        listed = list(_quarter_sums(quarters))
        payers = {Group(kind, name): sums for kind, name, *sums in self._grouped(", ".join(listed))}
        found = {}
        for group, things in _things(cohorts, quarters).items():
            hits = payers.get(group, [0] * len(listed))
            found[group] = tuple(_assembled(quarters, hits, things))
        return found

    def _last_vendors(self, months: Months) -> str:
        """In SQL, the customers and vendors that are paid in the last month."""
        held = f"({months.held(COLUMN[self.refunds], self.window)} & visible)"
        paid = f"({held} >> {months.many - 1}) & 1 = 1"
        return f"SELECT customer, vendor FROM spells JOIN members USING (customer) WHERE {paid}"

    def _together(self, months: Months) -> Mapping[tuple[str, str], int]:
        """Customers who pay both of two vendors in the last month, of the vendors with the most payers."""
        query = (
            f"WITH last AS ({self._last_vendors(months)}), most AS (SELECT vendor FROM last GROUP BY vendor "
            f"ORDER BY count(*) DESC, vendor LIMIT {MOST_PAIRED}), kept AS (FROM last SEMI JOIN most USING (vendor)) "
            "SELECT a.vendor, b.vendor, count(*) FROM kept AS a JOIN kept AS b ON a.customer = b.customer "
            "WHERE a.vendor < b.vendor GROUP BY ALL ORDER BY ALL"
        )
        return {(str(a), str(b)): int(many) for a, b, many in self._rows(query)}

    def _vendors_paid(self, months: Months) -> Mapping[int, int]:
        """How many customers pay so many vendors in the last month."""
        query = (
            f"SELECT vendors, count(*) FROM (SELECT count(*) AS vendors FROM ({self._last_vendors(months)}) "
            "GROUP BY customer) GROUP BY ALL ORDER BY ALL"
        )
        return {int(vendors): int(many) for vendors, many in self._rows(query)}

    def _definitions(self, months: Months, cohorts: Cohorts) -> Iterator[Definition]:
        """Payers and customers in the last month under each way to count them."""
        last = months.many - 1
        customers: Mapping[Denominator, int] = {
            "active": sum(many for _, _, since, until, many in cohorts if since <= last <= until),
            "all": sum(many for *_, many in cohorts),
        }
        inside: Mapping[Denominator, str] = {"active": "seen", "all": str(months.every)}
        ways = list(itertools.product(customers, REFUNDS, WINDOWS))
        sums = (
            f"coalesce(sum((({months.held(COLUMN[refunds], window)} & {inside[of]}) >> {last}) & 1), 0)"
            for of, refunds, window in ways
        )
        (counts,) = self._rows(f"SELECT {', '.join(sums)} FROM payers")
        for (of, refunds, window), payers in zip(ways, counts, strict=True):
            yield Definition(of, refunds, window, int(payers), customers[of])

    def _unlisted(self) -> tuple[int, int]:
        """Customers who pay and are not in the table of customers, and their rows."""
        ((many, rows),) = self._rows(
            "SELECT count(DISTINCT customer), coalesce(sum(rows), 0) FROM spells ANTI JOIN members USING (customer)"
        )
        return int(many), int(rows)

    def _unseen(self, months: Months) -> int:
        """Rows of customers in months in which they are not seen: a contradiction between the two tables."""
        ((contradicted,),) = self._rows("SELECT count(*) FROM payers WHERE touched & ~visible <> 0")
        if not contradicted:
            return 0
        ((rows,),) = self._rows(
            "SELECT count(*) FROM payments JOIN (SELECT customer, visible FROM payers WHERE touched & ~visible <> 0) "
            f"USING (customer) WHERE {months.index('day')} >= 0 AND (visible >> {months.index('day')}) & 1 = 0"
        )
        return int(rows)


# ---- months of each customer and vendor --------------------------------------------------------------------------


def make_spells(connection: duckdb.DuckDBPyConnection, months: Months, least: float = 0.0) -> None:
    """Makes `spells`: of each customer and vendor the months in which it pays, as bits, and its rows.

    gross: months in which it pays more than `least`, whatever is paid back; net: more than that after what is paid
    back in the month; touched: months with any row. Where nothing but the sign matters, sums are needed only of the few
    months in which something was paid back: tens of millions of groups need not be held.
    """
    if least > 0:
        connection.execute(_spells_by_sums(months, least))
        return
    index = months.index("day")
    connection.execute(
        f"CREATE TEMP TABLE seen AS SELECT customer, vendor, count(*) AS rows, bit_or({months.bit(index)}) AS touched, "
        f"coalesce(bit_or({months.bit(index)}) FILTER (WHERE amount > 0), 0) AS gross, "
        f"coalesce(bit_or({months.bit(index)}) FILTER (WHERE amount < 0), 0) AS back "
        f"FROM payments WHERE {index} >= 0 GROUP BY ALL"
    )
    connection.execute(
        f"CREATE TEMP TABLE cancelled AS SELECT customer, vendor, bit_or({months.bit('month')}) AS months FROM ("
        f"SELECT customer, vendor, {index} AS month FROM payments "
        "JOIN (SELECT customer, vendor, back FROM seen WHERE back & gross <> 0) USING (customer, vendor) "
        f"WHERE {index} >= 0 AND (back >> {index}) & 1 = 1 GROUP BY ALL HAVING sum(amount) <= 0) GROUP BY ALL"
    )
    connection.execute(
        "CREATE TEMP TABLE spells AS SELECT customer, vendor, rows, touched, gross, "
        "gross & ~coalesce(months, 0) AS net FROM seen LEFT JOIN cancelled USING (customer, vendor)"
    )
    connection.execute("DROP TABLE seen; DROP TABLE cancelled")


def _spells_by_sums(months: Months, least: float) -> str:
    """The same from the sum of every month."""
    index, bit = months.index("day"), months.bit("month")
    return (
        f"CREATE TEMP TABLE spells AS SELECT customer, vendor, sum(many) AS rows, bit_or({bit}) AS touched, "
        f"coalesce(bit_or({bit}) FILTER (WHERE gross > {least!r}), 0) AS gross, "
        f"coalesce(bit_or({bit}) FILTER (WHERE net > {least!r}), 0) AS net "
        f"FROM (SELECT customer, vendor, {index} AS month, count(*) AS many, sum(amount) AS net, "
        "sum(amount) FILTER (WHERE amount > 0) AS gross "
        f"FROM payments WHERE {index} >= 0 GROUP BY ALL) GROUP BY customer, vendor"
    )


# ---- customers of each month and quarter -------------------------------------------------------------------------


def _always(cohorts: Cohorts, months: Months) -> Cohorts:
    """The same customers as if each were seen from the first month to the last."""
    return [(sector, size, 0, months.many - 1, many) for sector, size, _, _, many in cohorts]


def _groups(sector: str, size: str) -> Iterable[Group]:
    return Group(ALL), Group(SECTOR, sector), Group(SIZE, size)


def _seen(cohorts: Cohorts, months: Months) -> Mapping[Group, Integers]:
    """How many customers of each group are seen in each month."""
    found: dict[Group, Integers] = defaultdict(lambda: np.zeros(months.many, dtype=np.int64))
    for sector, size, since, until, many in cohorts:
        for group in _groups(sector, size):
            found[group][since : until + 1] += many
    return found


def _quarter_sums(quarters: Sequence[tuple[str, int]]) -> Iterator[str]:
    """In SQL, six sums over payers for each quarter: y, yy, yn, and with the quarter before yy', yn', ny'."""
    for at, (_, start) in enumerate(quarters):
        y, n = (f"bit_count(({column} >> {start}) & 7)" for column in ("paid", "visible"))
        before = quarters[max(0, at - 1)][1]
        y0, n0 = (f"bit_count(({column} >> {before}) & 7)" for column in ("paid", "visible"))
        yield from (f"sum({product})" for product in (y, f"{y}*{y}", f"{y}*{n}", f"{y}*{y0}", f"{y}*{n0}", f"{n}*{y0}"))


def _things(cohorts: Cohorts, quarters: Sequence[tuple[str, int]]) -> Mapping[Group, Integers]:
    """For each quarter, over all customers of a group: those seen, Σ n, Σ n², Σ n n', those seen then or before."""
    found: dict[Group, Integers] = defaultdict(lambda: np.zeros((len(quarters), 5), dtype=np.int64))
    starts = np.array([start for _, start in quarters])
    for sector, size, since, until, many in cohorts:
        n = np.clip(np.minimum(starts + 2, until) - np.maximum(starts, since) + 1, 0, 3)
        before = np.concatenate(([0], n[:-1]))
        sums = np.stack([n > 0, n, n * n, n * before, (n > 0) | (before > 0)], axis=1) * many
        for group in _groups(sector, size):
            found[group] += sums
    return found


def _assembled(quarters: Sequence[tuple[str, int]], sums: Sequence[int], things: Integers) -> Iterator[Quarter]:
    for at, ((name, _), (seen, n, nn, cross, either)) in enumerate(zip(quarters, things.tolist(), strict=True)):
        y, yy, yn, yy0, yn0, ny0 = map(int, sums[6 * at : 6 * at + 6])
        paired = CrossSums(yy0, yn0, ny0, cross) if at else None
        yield Quarter(name, ClusterSums(seen, y, n, yy, yn, nn), paired, either)
