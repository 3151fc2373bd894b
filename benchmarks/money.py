"""Adoption and retention over fifty million payments: time and memory beside SQL by hand and beside pandas.

    .venv/bin/python benchmarks/money.py                       all; writes results/money.md
    .venv/bin/python benchmarks/money.py FOLDER                the same, on payments that are there or are put there
    .venv/bin/python benchmarks/money.py FOLDER WAY QUESTION PARTS   one run, in this process; prints one JSON line

The payments are `almanac.datasets.generated`, 36 months of 3.6 million customers, seed 7, as Parquet. Every run has a process
of its own; all ways must give the same counts, or there is no result. DuckDB has 4 GB on both sides and may spill. The SQL is
what somebody would write who knows DuckDB and wants the tables alone: no check of cells, no hash, no account, no intervals.
pandas holds everything in memory as objects, so it is run on the first parts only, and the others beside it on the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from almanac.datasets.catalog import CUSTOMERS, TRANSACTIONS
from almanac.datasets.database import Resources
from almanac.datasets.generated import Market, write_generated
from almanac.datasets.schema import Queryable
from almanac.datasets.stored import read_stored
from almanac.estimate import Result
from almanac.instruments import find

RESULTS = Path(__file__).parent / "results"
MANY, SEED, MEMORY = 3_620_000, 7, "4GB"
AS_OF = date(2024, 12, 31)
ALL_PARTS, FEW_PARTS = 10_000, 3
LIMIT = 1.3
"""What the instruments may take, of the time of the SQL."""

Answer = dict[str, list[Any]]
"""Counts by name, in an order of their own: what all ways must agree on."""


def parts(folder: Path, name: str, many: int) -> list[Path]:
    return sorted(folder.glob(f"{name}-*.parquet"))[:many]


# ---- almanac -----------------------------------------------------------------------------------------------------


def ours(folder: Path, question: str, many: int) -> tuple[Answer, dict[str, float]]:
    began, busy = time.perf_counter(), time.process_time()
    tables: dict[str, Queryable] = {
        name: read_stored(parts(folder, name, many), name, schema, resources=Resources(MEMORY))
        for name, schema in (("transactions", TRANSACTIONS), ("customers", CUSTOMERS))
        if name in find(question).tables
    }
    more = {"check": time.perf_counter() - began, "check_cpu": time.process_time() - busy}
    result = find(question)(tables, as_of=AS_OF, seed=1)
    found = _adopted(result) if question == "adoption" else _retained(result)
    return found, more | {"rows": tables["transactions"].input.rows}


def _adopted(result: Result) -> Answer:
    months = [
        [r["month"], r["kind"], r["group"], r["payers"], r["customers"]] for r in result.tables["months"] if r["payers"]
    ]
    quarters = [
        [r["quarter"], r["kind"], r["group"], r["paid_months"]] for r in result.tables["quarters"] if r["paid_months"]
    ]
    overlaps = [[r["vendor"], r["other"], r["both"]] for r in result.tables["overlaps"]]
    return {"months": sorted(months), "quarters": sorted(quarters), "overlaps": sorted(overlaps)}


def _retained(result: Result) -> Answer:
    curves = [[r["cohort"], r["month"], r["retained"]] for r in result.tables["cohorts"] if r["retained"]]
    dollars = next(r for r in result.tables["dollars"] if r["subject"] == "all")
    return {
        "curves": sorted(curves),
        "dollars": [[round(float(dollars["base"] or 0), 2), round(float(dollars["end"] or 0), 2)]],
    }


# ---- SQL by hand -------------------------------------------------------------------------------------------------

ADOPTION_SQL = """
CREATE TEMP TABLE paid AS
    SELECT customer, vendor, date_trunc('month', date)::DATE AS month FROM transactions
    WHERE currency = 'USD' AND amount IS NOT NULL AND date <= DATE '2024-12-31'
    GROUP BY ALL HAVING sum(amount::DECIMAL(18, 4)) > 0;
CREATE TEMP TABLE bought AS
    SELECT customer, vendor, month, coalesce(sector, 'unknown') AS sector, size FROM paid JOIN customers USING (customer)
    WHERE month >= coalesce(date_trunc('month', first_seen), '0001-01-01') AND month <= coalesce(last_seen, '9999-01-01');
CREATE TEMP TABLE payers AS SELECT DISTINCT customer, month, sector, size FROM bought;
"""

ADOPTION_ANSWERS = {
    "months": """
        WITH spans AS (
            SELECT coalesce(sector, 'unknown') AS sector, size, coalesce(date_trunc('month', first_seen), '0001-01-01') AS since,
                coalesce(last_seen, '9999-01-01') AS until, count(*) AS n FROM customers GROUP BY ALL),
        base AS (
            SELECT month, sector, size, sum(n)::BIGINT AS customers
            FROM spans JOIN (SELECT DISTINCT month FROM payers) ON month BETWEEN since AND until
            GROUP BY GROUPING SETS ((month), (month, sector), (month, size))),
        counted AS (
            SELECT month, sector, size, NULL AS vendor, count(*) AS payers FROM payers
            GROUP BY GROUPING SETS ((month), (month, sector), (month, size))
            UNION ALL BY NAME
            SELECT month, NULL AS sector, NULL AS size, vendor, count(*) AS payers FROM bought GROUP BY ALL)
        SELECT strftime(month, '%Y-%m'), CASE WHEN vendor IS NOT NULL THEN 'vendor' WHEN c.sector IS NOT NULL THEN 'sector'
            WHEN c.size IS NOT NULL THEN 'size' ELSE 'all' END, coalesce(vendor, c.sector, c.size, 'all'), payers, customers
        FROM counted c JOIN base b USING (month)
        WHERE c.sector IS NOT DISTINCT FROM b.sector AND c.size IS NOT DISTINCT FROM b.size""",
    "quarters": """
        SELECT strftime(month, '%Y') || '-Q' || quarter(month) AS quarter,
            CASE WHEN sector IS NOT NULL THEN 'sector' WHEN size IS NOT NULL THEN 'size' ELSE 'all' END,
            coalesce(sector, size, 'all'), count(*)
        FROM payers GROUP BY GROUPING SETS ((1), (1, sector), (1, size))""",
    "overlaps": """
        WITH last AS (SELECT customer, vendor FROM bought WHERE month = DATE '2024-12-01')
        SELECT a.vendor, b.vendor, count(*) FROM last a JOIN last b ON a.customer = b.customer AND a.vendor < b.vendor
        GROUP BY ALL""",
}

RETENTION_SQL = """
CREATE TEMP TABLE paid AS
    SELECT customer, year(date) * 12 + month(date) - 1 AS month, sum(amount::DECIMAL(18, 4)) AS paid FROM transactions
    WHERE currency = 'USD' AND amount IS NOT NULL AND date <= DATE '2024-12-31' GROUP BY ALL HAVING paid > 0;
CREATE TEMP TABLE ages AS
    SELECT paid.*, first, month - first AS age FROM paid
    JOIN (SELECT customer, min(month) AS first FROM paid GROUP BY customer) USING (customer);
"""

RETENTION_ANSWERS = {
    "curves": "SELECT printf('%04d-%02d', first // 12, first % 12 + 1), age, count(*) FROM ages GROUP BY ALL",
    "dollars": """SELECT CAST(sum(paid) FILTER (WHERE age = 0) AS DOUBLE), CAST(sum(paid) FILTER (WHERE age = 12) AS DOUBLE)
        FROM ages WHERE first + 12 <= 2024 * 12 + 11""",
}


def by_hand(folder: Path, question: str, many: int) -> tuple[Answer, dict[str, float]]:
    with tempfile.TemporaryDirectory() as spill:
        settings = {"memory_limit": MEMORY, "temp_directory": spill, "preserve_insertion_order": False}
        connection = duckdb.connect(config=settings)
        for name in ("transactions", "customers"):
            files = [str(path) for path in parts(folder, name, many)]
            connection.execute(f"CREATE VIEW {name} AS FROM read_parquet({files})")
        adoption = question == "adoption"
        connection.execute(ADOPTION_SQL if adoption else RETENTION_SQL)
        asked = ADOPTION_ANSWERS if adoption else RETENTION_ANSWERS
        found = {name: sorted(map(list, connection.execute(query).fetchall())) for name, query in asked.items()}
        connection.close()
    return found, {}


# ---- pandas ------------------------------------------------------------------------------------------------------


def by_pandas(folder: Path, question: str, many: int) -> tuple[Answer, dict[str, float]]:
    import pandas as pd

    bills = pd.concat([pd.read_parquet(path) for path in parts(folder, "transactions", many)])
    dates = pd.to_datetime(bills["date"])
    bills["month"] = dates.dt.year * 12 + dates.dt.month - 1
    bills["amount"] = (bills["amount"] * 10_000).round().astype("int64")
    if question == "retention":
        paid = bills.groupby(["customer", "month"], as_index=False)["amount"].sum()
        paid = paid[paid["amount"] > 0]
        paid["first"] = paid.groupby("customer")["month"].transform("min")
        paid["age"] = paid["month"] - paid["first"]
        curves = paid.groupby(["first", "age"]).size()
        whole = paid[paid["first"] + 12 <= 2024 * 12 + 11]
        money = [round(whole.loc[whole["age"] == age, "amount"].sum() / 10_000, 2) for age in (0, 12)]
        return {"curves": sorted([_month(first), age, n] for (first, age), n in curves.items()), "dollars": [money]}, {}
    paid = bills.groupby(["customer", "vendor", "month"], as_index=False)["amount"].sum()
    paid = paid[paid["amount"] > 0]
    members = pd.concat([pd.read_parquet(path) for path in parts(folder, "customers", many)])
    members["sector"] = members["sector"].fillna("unknown")
    for name, otherwise in (("first_seen", "2022-01-01"), ("last_seen", "2024-12-31")):
        days = pd.to_datetime(members[name]).fillna(pd.Timestamp(otherwise))
        members[name] = days.dt.year * 12 + days.dt.month - 1
    paid = paid.merge(members, on="customer")
    paid = paid[(paid["month"] >= paid["first_seen"]) & (paid["month"] <= paid["last_seen"])]
    payers = paid.drop_duplicates(["customer", "month"])
    months: list[Any] = []
    quarters: list[Any] = []
    for month in range(2022 * 12, 2025 * 12):
        here = members[(members["first_seen"] <= month) & (members["last_seen"] >= month)]
        now = payers[payers["month"] == month]
        months.append([_month(month), "all", "all", len(now), len(here)])
        for kind in ("sector", "size"):
            base = here[kind].value_counts()
            months.extend([_month(month), kind, g, int(n), int(base[g])] for g, n in now[kind].value_counts().items())
        bought = paid.loc[paid["month"] == month, "vendor"].value_counts()
        months.extend([_month(month), "vendor", v, int(n), len(here)] for v, n in bought.items())
    payers = payers.assign(quarter=payers["month"] // 3)
    quarters.extend([_quarter(q), "all", "all", int(n)] for q, n in payers["quarter"].value_counts().items())
    for kind in ("sector", "size"):
        counts = payers.groupby(["quarter", kind]).size()
        quarters.extend([_quarter(q), kind, g, int(n)] for (q, g), n in counts.items())
    last = paid.loc[paid["month"] == 2024 * 12 + 11, ["customer", "vendor"]]
    pairs = last.merge(last, on="customer")
    pairs = pairs[pairs["vendor_x"] < pairs["vendor_y"]].groupby(["vendor_x", "vendor_y"]).size()
    overlaps = sorted([a, b, int(n)] for (a, b), n in pairs.items())
    return {"months": sorted(months), "quarters": sorted(quarters), "overlaps": overlaps}, {}


def _month(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _quarter(quarter: int) -> str:
    return f"{quarter // 4}-Q{quarter % 4 + 1}"


# ---- runs --------------------------------------------------------------------------------------------------------

WAYS: Mapping[str, Callable[[Path, str, int], tuple[Answer, dict[str, float]]]] = {
    "almanac": ours,
    "sql": by_hand,
    "pandas": by_pandas,
}


def one(folder: Path, way: str, question: str, many: int) -> dict[str, Any]:
    began, busy = time.perf_counter(), time.process_time()
    answer, more = WAYS[way](folder, question, many)
    seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    digest = hashlib.sha256(json.dumps(answer, default=str).encode()).hexdigest()
    return {
        "seconds": seconds,
        "cpu": cpu,
        "mb": peak,
        "answer": digest,
        "counts": sum(map(len, answer.values())),
        **more,
    }


def separately(folder: Path, way: str, question: str, many: int) -> dict[str, Any]:
    """The run in a process of its own. It is kept beside the payments, and not repeated while it is there."""
    kept = folder / f"{way}-{question}-{many}.json"
    if not kept.exists():
        command = [sys.executable, __file__, str(folder), way, question, str(many)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{way}, {question}: {done.stderr[-2000:]}")
        kept.write_text(done.stdout, encoding="utf-8")
    found: dict[str, Any] = json.loads(kept.read_text("utf-8"))
    print(way, question, many, found, file=sys.stderr)
    return found


def table(folder: Path, question: str, ways: tuple[str, ...], many: int) -> list[str]:
    runs = {way: separately(folder, way, question, many) for way in ways}
    if len({run["answer"] for run in runs.values()}) > 1:
        raise SystemExit(f"{question}: the ways do not agree: {runs}")
    rows, counts = int(runs["almanac"]["rows"]), runs["almanac"]["counts"]
    lines = [
        f"| {question}, {rows / 1e6:.1f} million payments, {counts:,} counts that agree | seconds | × SQL | seconds of processor | × SQL | peak memory, MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    base, whole = runs["sql"], runs["almanac"]
    parted = {"seconds": whole["seconds"] - whole["check"], "cpu": whole["cpu"] - whole["check_cpu"], "mb": whole["mb"]}
    runs["measuring"] = parted
    names = {
        "measuring": "Almanac, measuring",
        "almanac": "Almanac, with the hash and the check of every cell",
        "sql": "SQL by hand",
        "pandas": "pandas",
    }
    for way, name in names.items():
        if way in runs:
            run = runs[way]
            lines.append(
                f"| {name} | {run['seconds']:.1f} | {run['seconds'] / base['seconds']:.2f} | {run['cpu']:.1f} "
                f"| {run['cpu'] / base['cpu']:.2f} | {run['mb']:,.0f} |"
            )
    return [*lines, ""]


def main(folder: Path) -> None:
    if not parts(folder, "transactions", 1):
        write_generated(folder, Market(), MANY, SEED)
    size = sum(path.stat().st_size for path in folder.glob("*.parquet")) / 1e6
    lines = [
        "# Adoption and retention over fifty million payments",
        "",
        f"Made by `benchmarks/money.py` on {os.cpu_count()} cores, DuckDB with {MEMORY}, {size:,.0f} MB of Parquet; all ways give the "
        "same counts. Almanac also gives intervals, the account and every other definition; SQL and pandas only the counts. "
        "Seconds of the clock depend on what else the machine does, those of the processor hardly. pandas is run on a twelfth of the payments: its memory grows with them. "
        f"The aim for measuring is {LIMIT} times the SQL.",
        "",
    ]
    for many, ways in ((ALL_PARTS, ("almanac", "sql")), (FEW_PARTS, ("almanac", "sql", "pandas"))):
        for question in ("adoption", "retention"):
            lines += table(folder, question, ways, many)
    (RESULTS / "money.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) == 5:
        print(json.dumps(one(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))))
    elif len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
