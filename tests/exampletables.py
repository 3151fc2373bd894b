"""Small tables to run every instrument on, where an edition does not hold its own: invented, seeded, with their warts.

Each instrument whose tables no edition holds adds a function here and names it in `EXAMPLES`.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import papertables
from almanac.datasets import Package, Table, horizons
from almanac.datasets.generated import Market, generate
from almanac.datasets.schema import Schema
from almanac.datasets.table import parse_table
from almanac.instruments import Instrument, find

AS_OF = date(2025, 6, 30)


def made(instrument: str, name: str, rows: Iterable[Mapping[str, Any]]) -> Table:
    """The rows as the table `name` that `instrument` reads, through its reader."""
    schema: Schema = find(instrument).tables[name]
    out = io.StringIO()
    writer = csv.DictWriter(out, schema.names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return parse_table(out.getvalue().encode(), Path(f"{name}.csv"), name, schema)


def capability_tables() -> dict[str, Table]:
    """Ten models on the twelve published benchmarks, two others that follow them, and one that does not vary."""
    from almanac.instruments.safety.capability_correlation import PUBLISHED

    chance = random.Random(3)
    rows = []
    for model in range(10):
        for benchmark in (*PUBLISHED, "honesty", "harm"):
            sign = -1 if benchmark == "harm" else 1
            rows.append(
                {"model": f"m{model}", "benchmark": benchmark, "performance": sign * model + 2 * chance.gauss(0, 1)}
            )
        rows.append({"model": f"m{model}", "benchmark": "flat", "performance": 1})
    rows[5]["performance"] = None
    return {"matrix": made("capability-correlation", "matrix", rows)}


def benchmark_tables() -> dict[str, Table]:
    """Three models on 12 questions and, in seeds alone, on 30; what was published of them, with a scorer mismatch."""
    chance = random.Random(4)
    scores = [
        {"benchmark": "named", "model": f"m{m}", "question": f"q{q}", "trials": 8, "correct": chance.randint(0, 6 + m)}
        for m in range(3)
        for q in range(12)
    ]
    scores += [
        {"benchmark": "seeds", "model": f"m{m}", "seed": s, "trials": 30, "correct": chance.randint(9, 15 + 4 * m)}
        for m in range(3)
        for s in range(5)
    ]
    right = [row["correct"] for row in scores if (row["benchmark"], row["model"]) == ("named", "m0")]
    printed = (("named", "first", 70.0, 2.0), ("named", "second", 100 * sum(right) / 96, 9.0), ("seeds", "mean", 41, 6))
    published = [
        {"benchmark": b, "model": "m0", "label": label, "value": value, "value_step": 0.1, "spread": spread,
         "spread_step": 1}
        for b, label, value, spread in printed
    ]  # fmt: skip
    return {
        "scores": made("benchmark-error", "scores", scores),
        "published": made("benchmark-error", "published", published),
    }


def horizon_tables() -> dict[str, Table]:
    """Seven agents on forty tasks of eight families: four dated, a human, one that never succeeds, one that always does."""
    chance = random.Random(11)
    skills = {"a": 1.0, "b": 3.0, "c": 5.0, "d": 6.0, "human": 7.0, "never": -99.0, "always": 99.0}
    runs = ["run_id,alias,task_id,human_minutes,score_binarized"]
    for agent, skill in skills.items():
        for task in range(40):
            length = (task % 10) + 0.1 * (task // 10)
            for run in range(2):
                won = int(chance.random() < 1 / (1 + 2.0 ** min(60, max(-60, length - skill))))
                runs.append(f"{agent}-{task}-{run},{agent},f{task % 8}/t{task},{2**length:.3f},{won}")
    days = "agent,release_date\na,2022-03-01\nb,2023-04-01\nc,2024-02-01\nd,2025-01-01\n"
    texts = {"runs": "\n".join(runs), "releases": days}
    return {
        name: horizons.READERS[find("time-horizon").tables[name]](text.encode(), Path(f"{name}.csv"), name)
        for name, text in texts.items()
    }


def monitor_tables() -> dict[str, Table]:
    """Two groups of episodes, one harder; an answer and a label are missing."""
    chance = random.Random(4)
    rows: list[dict[str, Any]] = [
        {"score": round(chance.gauss(1.5 * label * (2 - hard), 1), 3), "label": label, "group": ("easy", "hard")[hard]}
        for label, many in ((1, 40), (0, 150))
        for hard in (0, 1)
        for _ in range(many)
    ]
    rows += [{"score": None, "label": 1, "group": "hard"}, {"score": 0.5, "label": None, "group": "easy"}]
    return {"episodes": made("monitor-performance", "episodes", rows)}


def distraction_tables() -> dict[str, Table]:
    """Two models on 30 questions, clean and with noise; counts and accuracies of three, one of them a copy."""
    chance = random.Random(5)

    def answers(condition: str, often: float, questions: int) -> list[dict[str, Any]]:
        return [
            {"model": m, "question": f"q{q}", "condition": condition, "correct": int(chance.random() < often)}
            for m in ("m0", "m1")
            for q in range(questions)
        ]

    cells = {"both_right": 200, "clean_only": 60, "perturbed_only": 20, "both_wrong": 40}
    accuracies = [
        {"model": m, "condition": f"c{c}", "accuracy": 40.0 + c, "clean": clean, "drop": 20.0 + c, "step": 0.01}
        for m, clean in (("a", 50.0), ("copy", 60.0))
        for c in range(3)
    ]
    tables = {
        "clean": answers("", 0.8, 30),
        "perturbed": answers("noise", 0.6, 32),
        "paired": [{"model": "a", "condition": "all", "per_question": 8, **cells}],
        "accuracies": accuracies,
    }
    return {name: made("distraction", name, rows) for name, rows in tables.items()}


def frontier_tables() -> dict[str, Table]:
    """A year of releases: two closed parties in turn, an open one that follows, and rows without day or score."""
    months = range(1, 13)
    rows: list[dict[str, Any]] = [
        {"model": f"a{n}", "released": f"2024-{n:02d}-01", "score": 100 + 2 * n, "organization": "A" if n % 3 else "B",
         "country": "United States of America", "access": "API access"} for n in months
    ]  # fmt: skip
    rows += [
        {"model": f"c{n}", "released": f"2024-{n:02d}-15", "score": 97.5 + 2 * n, "organization": "C,D",
         "country": "China", "access": "Open weights (unrestricted)"} for n in months
    ]  # fmt: skip
    rows += [{"model": "no-day", "score": 500}, {"model": "no-score", "released": "2024-05-05"}]
    return {"releases": made("frontier-lead", "releases", rows)}


def scaling_tables() -> dict[str, Table]:
    """Three models on 10 questions, 8 samples of each; the cost of one is not known."""
    chance = random.Random(6)
    scores = [
        {"benchmark": "b", "model": f"m{m}", "question": f"q{q}", "trials": 8, "correct": chance.randint(0, 4 + 2 * m)}
        for m in range(3)
        for q in range(10)
    ]
    costs = [{"model": "m0", "cost": 2.5}, {"model": "m1", "note": "N/A"}, {"model": "m2", "cost": 40}]
    return {
        "scores": made("inference-scaling", "scores", scores),
        "costs": made("inference-scaling", "costs", costs),
    }


def price_tables() -> dict[str, Table]:
    """Twelve monthly lists of three models, one of which halves its price every two months; two rankings."""
    lists: list[dict[str, Any]] = []
    for n in range(12):
        listed = {"snapshot_date": f"2024-{n + 1:02d}-15"}
        falling = round(8 * 0.5 ** (n / 2), 6)
        lists += [
            {**listed, "vendor": "Ay", "id": "a", "input_usd_per_mtok": falling, "output_usd_per_mtok": falling},
            {**listed, "vendor": "Bee", "id": "b", "input_usd_per_mtok": 0.1, "output_usd_per_mtok": 0.5},
            {**listed, "vendor": None, "id": "unknown-to-all", "input_usd_per_mtok": 1, "output_usd_per_mtok": None},
        ]
    ranks = [("2024-01-01", "A One", 1400), ("2025-01-01", "A One", 1300), ("2025-01-01", "B Two", 1200)]
    return {
        "prices": made("price-of-intelligence", "prices", lists),
        "quality": made(
            "price-of-intelligence", "quality",
            [dict(zip(("snapshot_date", "model", "score"), rank, strict=True)) for rank in ranks],
        ),
        "aliases": made("price-of-intelligence", "aliases", [{"id": "a", "model": "A One"}, {"id": "b", "model": "B Two"}]),
    }  # fmt: skip


def margin_tables() -> dict[str, Table]:
    """Sixty users over two months on three plans, one free, one in euros; a row without tokens, one without a plan, one
    whose model has no price; a price that falls; costs of each basis.
    """
    chance = random.Random(8)
    use: list[dict[str, Any]] = []
    for user in range(60):
        plan = ("pro", "metered", "free")[user % 3]
        for month in ("2025-04", "2025-05"):
            tokens = round(4e6 * chance.lognormvariate(0, 1.2) / (5 if plan == "free" else 1))
            use.append(
                {"user": f"u{user}", "month": month, "plan": plan, "model": "m", "input_tokens": tokens,
                 "cached_tokens": tokens // 4 if user % 4 else None, "output_tokens": tokens // 5,
                 "value": 200 if plan == "pro" and user % 2 else None}
            )  # fmt: skip
    use += [
        {"user": "u0", "month": "2025-04", "plan": "none", "model": "m", "input_tokens": 1, "output_tokens": 1},
        {"user": "u1", "month": "2025-03", "plan": "pro", "model": "m", "output_tokens": 1},
        {"user": "u2", "month": "2025-05", "plan": "free", "model": "x", "input_tokens": 1, "output_tokens": 1},
        {"user": "u3", "month": "2025-07", "plan": "pro", "model": "m", "input_tokens": 1, "output_tokens": 1},
    ]
    plans = [("pro", "EUR", 20, 0, 0, 12), ("metered", "USD", 0, 0, 6, None), ("metered", "USD", 0, 5, 4, None),
             ("free", "USD", 0, 0, 0, 1)]  # fmt: skip
    names = ("plan", "currency", "monthly_fee", "from_mtok", "price_per_mtok", "cap_mtok")
    prices = [("2025-03-31", 2, 10, 0.5), ("2025-04-30", 1, 5, 0.25)]
    listed = ("snapshot_date", "input_usd_per_mtok", "output_usd_per_mtok", "cached_input_usd_per_mtok")
    costs = [("hosting", "month", 50, "USD"), ("support", "paying user", 1, "EUR"), ("store", "revenue", 0.03, "")]
    tables: dict[str, Iterable[Mapping[str, Any]]] = {
        "usage": use,
        "plans": [{"from_month": "2025-01", **dict(zip(names, row, strict=True))} for row in plans],
        "prices": [{"id": "m", **dict(zip(listed, row, strict=True))} for row in prices],
        "costs": [dict(zip(("line", "basis", "amount", "currency"), row, strict=True)) for row in costs],
        "ranges": [{"driver": "token_price", "low": 0.1, "high": 1.5}],
        "rates": [{"date": "2025-03-31", "base": "EUR", "quote": "USD", "rate": 1.08, "source": "invented"}],
    }
    return {name: made("gross-margin", name, rows) for name, rows in tables.items()}


def milestone_tables() -> dict[str, Table]:
    """Two cohorts on their way to two marks, some not there yet; reports of two more; rows with a wart each."""
    chance = random.Random(12)
    rows: list[dict[str, Any]] = []
    for n in range(24):
        start = date(2020 + n % 3, 1 + n % 12, 3)
        age = int(chance.expovariate(1 / (300 if n % 2 else 700))) + 30
        row = {"company": f"c{n}", "started": start, "cohort": ("slow", "quick")[n % 2], "mark": 5e6, "currency": "USD"}
        there = date.fromordinal(start.toordinal() + age)
        rows.append(row | ({"reached": there} if there < date(2023, 6, 1) else {"last_seen": "2023-06-01"}))
    rows += [
        {"company": "reported", "started": "2021", "cohort": "quick"},
        {"company": "silent", "started": "2021", "cohort": "quick"},
        {"company": "euros", "started": "2021-05", "mark": 5e6, "currency": "EUR", "reached": "2022"},
        {"company": "backwards", "started": "2021-05-01", "mark": 5e6, "currency": "USD", "reached": "2020-05-01"},
        {"company": "late", "started": "2019-01-01", "watched_from": "2021-01-01", "mark": 1e6, "currency": "USD",
         "reached": "2022-02-02", "reached_after": "2022-01-01"},
    ]  # fmt: skip
    reports = [("reported", "2022-01-01", 1e6), ("reported", "2022-12-31", 6e6), ("stranger", "2022-12-31", 1)]
    names = ("company", "date", "amount")
    revenue = [dict(zip(names, report, strict=True)) | {"currency": "USD"} for report in reports]
    return {
        "milestones": made("time-to-revenue", "milestones", rows),
        "revenue": made("time-to-revenue", "revenue", revenue),
    }


def revenue_tables() -> dict[str, Table]:
    """Seven companies of two cohorts: two values for a day, a lone product, bases apart, euros, one silent, one that left."""
    chance = random.Random(9)
    reports: list[dict[str, Any]] = []
    for place, factor in enumerate((9, 5, 4, 1.5, 1.3, 1.2)):
        for n in range(8):
            amount = round(1e7 * factor ** (n / 4) * 2 ** chance.gauss(0, 0.2))
            day = f"{2023 + n // 4}-{1 + 3 * (n % 4):02d}-15"
            reports.append({"company": f"c{place}", "date": day, "amount": amount, "currency": "USD"})
    reports += [
        {"company": "c0", "date": "2024-10-15", "amount": 1e8, "currency": "USD"},
        {"company": "c0", "date": "2024-11-15", "amount": 1e6, "currency": "USD"},
        {"company": "c1", "date": "2024-12-31", "amount": 9e7, "currency": "USD", "basis": "calendar"},
        {"company": "c2", "date": "2024-12-31", "amount": 9e7, "currency": "EUR"},
        {"company": "c2", "date": "2024-12-31", "amount": 9e7, "currency": "CNY"},
        {"company": "c3", "date": "2024-12-31", "amount": 9e7, "currency": "USD", "product": "p"},
    ]
    companies = [
        {
            "company": f"c{n}",
            "founded": str(2015 + n),
            "cohort": "AI" if n < 3 else "SaaS",
            "exit": "2025-01-31" if n == 5 else None,
        }
        for n in range(7)
    ]
    rates = [{"date": "2024-01-02", "base": "EUR", "quote": "USD", "rate": 1.1, "source": "invented"}]
    tables = {"revenue": reports, "companies": companies, "rates": rates}
    return {name: made("revenue-cohort", name, rows) for name, rows in tables.items()}


def subscription_tables() -> dict[str, Table]:
    """Six hundred customers of an invented market over three years, who subscribe, leave and come back; a payment in
    euros, one in a currency without a rate, one of a customer who is not listed, rows without amount or currency.
    """
    (part,) = generate(Market(months=36), 600, seed=5)
    warts = [("c00000001", "EUR", 10), ("c00000002", "GBP", 10), ("stranger", "USD", 5), ("c00000003", "USD", None),
             ("c00000004", None, 5)]  # fmt: skip
    rows = [*part.transactions.iter_rows(named=True)]
    rows += [{"customer": c, "vendor": "Alpha", "date": "2024-03-03", "currency": m, "amount": a} for c, m, a in warts]
    return {
        "transactions": made("adoption", "transactions", rows),
        "customers": made("adoption", "customers", part.customers.iter_rows(named=True)),
        "rates": made("adoption", "rates", [{"date": "2024-01-01", "base": "EUR", "quote": "USD", "rate": 1.1, "source": "x"}]),
    }  # fmt: skip


def buyer_tables() -> dict[str, Table]:
    """Two hundred buyers, most of whom come back seldom and leave soon; two whose times cannot be."""
    chance = random.Random(14)
    rows: list[dict[str, Any]] = []
    for n in range(200):
        rate, leaves, age = chance.gammavariate(0.6, 1 / 5), chance.betavariate(0.8, 2.4), chance.uniform(26, 39)
        times: list[float] = []
        now = chance.expovariate(rate)
        while now < age:
            times.append(now)
            now = age if chance.random() < leaves else now + chance.expovariate(rate)
        rows.append({"customer": f"c{n}", "frequency": len(times), "recency": round(times[-1], 2) if times else 0,
                     "age": round(age, 2)})  # fmt: skip
    rows += [
        {"customer": "late", "frequency": 1, "recency": 40, "age": 39},
        {"customer": "torn", "frequency": 0, "recency": 3, "age": 39},
    ]
    return {"customers": made("customer-base", "customers", rows)}


def deal_tables() -> dict[str, Table]:
    """Five parties: a round trip, a circle of three, a supplier that its customer funds, a partnership; wanting days,
    amounts and rates; a stated total that the table falls short of.
    """
    names = ("payer", "payee", "kind", "date", "status", "amount", "amount_most", "currency", "scope", "basis")
    rows = [
        ("chips", "lab", "invest", "2024-01-10", "announced", None, 100, "USD", None, "confirmed"),
        ("lab", "chips", "buy", "2024-06-01", "contracted", 60, None, "USD", None, "confirmed"),
        ("chips", "cloud", "invest", "2023-04-01", "paid", 20, None, "EUR", "round", "confirmed"),
        ("cloud", "chips", "buy", "2023-03-01", "paid", 15, None, "USD", None, "estimated"),
        ("lab", "cloud", "buy", "2024-02-01", "contracted", 40, None, "USD", None, "confirmed"),
        ("lab", "cloud", "invest", "2024-02-01", "paid", 5, None, "USD", None, "confirmed"),
        ("bank", "cloud", "lend", "2023-09-01", "paid", None, None, None, None, "confirmed"),
        ("chips", "maker", "partner", "2023-09-01", "announced", None, None, None, None, None),
        ("chips", "maker", "buy", "2023-09-01", "paid", 7, None, "CNY", None, None),
        ("lab", "lab", "buy", "2023-09-01", "paid", 7, None, "USD", None, None),
        ("lab", "maker", "buy", "2026-09-01", "announced", 7, None, "USD", None, None),
    ]
    stated = {
        "payer": "lab",
        "payee": "cloud",
        "kind": "buy",
        "date": "2024-12-31",
        "total": 50,
        "currency": "USD",
        "source": "release",
    }
    rates = [{"date": "2023-01-02", "base": "EUR", "quote": "USD", "rate": 1.1, "source": "invented"}]
    return {
        "deals": made("deal-circularity", "deals", [dict(zip(names, row, strict=True)) for row in rows]),
        "stated_totals": made("deal-circularity", "stated_totals", [stated]),
        "rates": made("deal-circularity", "rates", rates),
    }  # fmt: skip


def vintage_tables() -> dict[str, Table]:
    """Four yearly vintages, each three times as dear, that earn twice their training cost over two years; one in euros,
    rows of the whole company, an amount that is not known and one of next year; compute and revenue of two companies.
    """
    ledger: list[dict[str, Any]] = []
    for n in range(4):
        cost = 100.0 * 3**n
        start = 12 * (2021 + n)
        rows = [(start, "training", cost)]
        for age in range(12, 36):
            rows += [(start + age, "revenue", round(cost / 6, 2)), (start + age, "inference", round(cost / 12, 2))]
        ledger += [
            {"vintage": f"v{n}", "month": f"{month // 12}-{month % 12 + 1:02d}", "line": line, "amount": amount,
             "currency": "EUR" if n == 1 else "USD"}
            for month, line, amount in rows
        ]  # fmt: skip
    ledger += [
        {"month": f"{year}-06", "line": line, "amount": amount, "currency": "USD"}
        for year, line, amount in ((2023, "staff", 40), (2024, "staff", 60), (2024, "revenue", 5))
    ]
    ledger.append({"vintage": "v9", "month": "2025-01", "line": "training", "currency": "USD"})
    spend = [("A", 2023, "training", 3), ("A", 2024, "training", 9), ("A", 2024, "inference", 4),
             ("B", 2024, "training and inference", 7), ("B", 2024, "", 8)]  # fmt: skip
    revenue = [("A", "2024-12-31", 5), ("A", "2024-12-31", 8), ("A", "2024-06-01", 4), ("B", "2024-12-30", 6)]
    names = ("company", "year", "covers", "amount")
    tables: dict[str, Iterable[Mapping[str, Any]]] = {
        "ledger": ledger,
        "spend": [{**dict(zip(names, row, strict=True)), "currency": "USD"} for row in spend],
        "revenue": [
            dict(zip(("company", "date", "amount"), row, strict=True)) | {"currency": "USD"} for row in revenue
        ],
        "rates": [{"date": "2020-01-31", "base": "EUR", "quote": "USD", "rate": 1.1, "source": "invented"}],
    }
    return {name: made("model-vintages", name, rows) for name, rows in tables.items()}


def lean_tables() -> dict[str, Table]:
    """Twelve companies around the limits: some whose staff, revenue or founding is not known, one in euros, an old row."""
    chance = random.Random(12)
    rows: list[dict[str, Any]] = [
        {"company": f"c{n}", "date": "2025-06-01", "amount": round(10 ** chance.uniform(6.5, 8.5)), "currency": "USD",
         "staff": chance.randint(5, 70), "founded": str(2018 + n % 7)} for n in range(12)
    ]  # fmt: skip
    rows[1]["staff"] = rows[2]["founded"] = rows[3]["amount"] = None
    rows[4]["currency"] = "EUR"
    rows.append({**rows[5], "date": "2025-01-01", "amount": 1e6})
    return {"leaderboard": made("lean-companies", "leaderboard", rows)}


def contract_tables() -> dict[str, Table]:
    """The same payments, without the customers who do not pay."""
    tables = subscription_tables()
    return {name: tables[name] for name in ("transactions", "rates")}


def challenger_tables() -> dict[str, Table]:
    """Closes of five years with gaps, a split and a dividend; four companies: up, bankrupt, bought for nobody knows what,
    and one in talks; a round without its value, a sale among holders, a round in euros.
    """
    days = [date.fromordinal(date(2021, 1, 1).toordinal() + day) for day in range(2050) if day % 7 not in (1, 2)]
    split = next(day for day in days if day >= date(2023, 5, 1))
    closes = [{"date": day, "close": round((40 if day < split else 10) * 1.001 ** days.index(day), 4)} for day in days]
    names = ("company", "date", "amount", "post_money", "currency", "status", "kind")
    rounds = [
        ("up", "2021-01-02", 10e6, 100e6, "USD", "closed"), ("up", "2021-09-01", 20e6, None, "USD", "closed"),
        ("up", "2022-06-01", 50e6, 400e6, "USD", "closed"), ("up", "2024-01-10", 0, 900e6, "USD", "closed", "secondary"),
        ("gone", "2021-05-05", 30e6, 150e6, "EUR", "announced"), ("secret", "2022-03-03", 5e6, 25e6, "USD"),
        ("talks", None, 5e6, 25e6, "USD", "talks"), ("pounds", "2022-03-03", 5e6, 25e6, "GBP"),
    ]  # fmt: skip
    outcomes = [
        {"company": "gone", "date": "2023-02-01", "outcome": "bankrupt"},
        {"company": "secret", "date": "2023-03-01", "outcome": "acquired"},
    ]
    rates = [{"date": "2021-04-30", "base": "EUR", "quote": "USD", "rate": 1.2, "source": "ECB"}]
    tables: dict[str, list[dict[str, Any]]] = {
        "rounds": [dict(zip(names, row, strict=False)) for row in rounds],
        "closes": closes,
        "splits": [{"date": split, "ratio": 4}],
        "dividends": [{"date": days[700], "amount": 0.1}],
        "outcomes": outcomes,
        "rates": rates,
    }
    return {name: made("challengers", name, rows) for name, rows in tables.items()}


COST_PARTS: tuple[tuple[str, float, float, float, str | None, str], ...] = (
    (
        "accelerator_price",
        30_000,
        36_742,
        45_000,
        "USD",
        "GB200 in 2025, Epoch AI, annual prices: ends and geometric mean",
    ),
    ("server_price", 5_000, 8_500, 12_000, "USD", "assumed, for each accelerator"),
    ("network_price", 3_000, 5_500, 8_000, "USD", "assumed, for each accelerator"),
    ("accelerator_power", 1_700, 1_850, 2_100, None, "assumed: 132 kW of a rack of 72"),
    ("building_price", 2_000, 3_500, 5_000, "USD", "assumed"),
    ("power_cooling_price", 6_000, 8_000, 10_000, "USD", "assumed: ten dollars a watt with the building"),
    ("pue", 1.1, 1.2, 1.35, None, "assumed"),
    ("utilisation", 0.6, 0.75, 0.9, None, "assumed"),
    ("electricity_price", 0.04, 0.07, 0.12, "USD", "assumed"),
    ("staff_cost", 20, 50, 100, "USD", "assumed"),
    ("upkeep", 0.5, 1, 2, None, "assumed"),
    ("compute_life", 4, 5, 6, None, "assumed"),
    ("site_life", 15, 20, 25, None, "assumed"),
    ("financing_rate", 5, 8, 12, None, "assumed"),
    ("throughput", 500, 1_500, 4_000, None, "assumed"),
    ("busy_share", 0.3, 0.5, 0.7, None, "assumed"),
)
"""What a gigawatt of 2025 may be made of: an assumption, but for the price of the accelerator."""


def center_tables() -> dict[str, Table]:
    """Eight data centres of five owners, one of which does not run; their steps; the parts of a gigawatt."""
    owners = ("Ay", "Ay", "Bee", "Bee", "Cee", "Dee", None, "Ee")
    centers = [
        {"center": f"c{n}", "owner": owner, "confidence": "likely" if n == 1 else "confident", "power_mw": 100 * n,
         "h100e": 60_000 * n, "capital": 3e9 * n if n < 5 else 3.6e9 * n + 1e8, "currency": "USD", "price_year": 2025}
        for n, owner in enumerate(owners)
    ]  # fmt: skip
    steps = [
        {"center": f"c{n}", "date": f"2025-0{month}-01", "power_mw": 20 * n * month, "h100e": None, "capital": 6e8 * n * month,
         "compute_capital": 4e8 * n * month, "site_capital": 2e8 * n * month, "currency": "USD", "price_year": 2025}
        for n in range(1, 8)
        for month in (1, 5, 9)
    ]  # fmt: skip
    names = ("part", "low", "mode", "high", "currency", "source")
    parts = [dict(zip(names, row, strict=True)) | {"price_year": 2025} for row in COST_PARTS]
    tables = {"centers": centers, "steps": steps, "components": parts}
    return {name: made("datacenter-cost", name, rows) for name, rows in tables.items()}


EXAMPLES: Mapping[str, Callable[[], Mapping[str, Table]]] = {
    "adoption": subscription_tables,
    "contract-value": contract_tables,
    "benchmark-error": benchmark_tables,
    "datacenter-cost": center_tables,
    "customer-base": buyer_tables,
    "deal-circularity": deal_tables,
    "distraction": distraction_tables,
    "inference-scaling": scaling_tables,
    "capability-correlation": capability_tables,
    "challengers": challenger_tables,
    "frontier-lead": frontier_tables,
    "gross-margin": margin_tables,
    "model-vintages": vintage_tables,
    "lean-companies": lean_tables,
    "monitor-performance": monitor_tables,
    "price-of-intelligence": price_tables,
    "retention": lambda: {name: table for name, table in subscription_tables().items() if name != "customers"},
    "revenue-cohort": revenue_tables,
    "compounding-error": lambda: {"runs": horizon_tables()["runs"]},
    "time-horizon": horizon_tables,
    "time-to-revenue": milestone_tables,
}


def tables_for(instrument: Instrument, package: Package) -> tuple[Mapping[str, Table], date]:
    """What to run the instrument on: its example here, else the edition's own tables, else the invented papers."""
    if instrument.name in EXAMPLES:
        return EXAMPLES[instrument.name](), AS_OF
    return papertables.tables_for(instrument, package)
