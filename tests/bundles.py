"""A bundle for tests: one edition in memory that has something of everything, and words that mean harm."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from almanac.checks import check
from almanac.claim import Binding, Claim, Direction, Kind, ValueType
from almanac.datasets import Column, ColumnType, Package, Schema, Table
from almanac.datasets.catalog import Origin
from almanac.datasets.table import parse_table
from almanac.edition.bundle import Bundle
from almanac.estimate import Account, Estimate, Result, Undefined
from almanac.forecast import Forecast, ForecastId
from almanac.ledger import Ledger
from almanac.period import Period
from almanac.source import SourceId
from ledgers import WORDS, bound, claim, identity, ledger, stated

HARM = '=cmd|"/c calc"!A1, [bold]<script>\u2028'
SCHEMA = Schema(
    (
        Column("year", ColumnType.INTEGER, "the year", "year"),
        Column("papers", ColumnType.INTEGER, "papers counted; empty: not counted", nullable=True),
        Column("label", ColumnType.STRING, "words"),
    ),
    key=("year",),
)
CSV = "year,papers,label\n2024,0,plain\n2025,,年鉴\n".encode()
ORIGIN = Origin(
    producer="Office of Papers",
    title="Papers",
    citation="Office of Papers (2025), Papers.",
    published=date(2025, 9, 1),
    accessed=date(2025, 10, 1),
    url="https://example.org/papers",
    licence="CC-BY-4.0",
)


def bound_to(one: Claim, subject: str, instrument: str = "counter") -> Claim:
    return replace(one, binding=Binding(instrument, "papers", subject))


def claims() -> list[Claim]:
    """A claim of every type; three that an identity ties together, of which one is ten times too large."""
    harm = claim("industry.harm", "percent", "15%", by=["podcast"])
    text = {"en": f"{HARM} is {{figure}}.", "zh": f"{HARM}为{{figure}}。"}
    return [
        claim("industry.part", "USD", "20亿美元", measure="revenue", period=Period.parse("FY2025")),
        claim("industry.rest", "USD", "$100 million", by=["podcast"], place=("US", "UK, Ireland")),
        claim("industry.whole", "USD", "$300 million", by=["podcast"], note={"en": "+1 for the reader"}),
        replace(harm, text=text, subject=HARM, statements=(replace(harm.statements[0], printed="+15%"),)),
        claim("industry.open", "USD", "超过40亿美元", measure="revenue"),
        claim("industry.ninth", "ratio", "1/9", measure="multiple", origin=SourceId("census")),
        claim("politics.disputed", "USD", "50亿美元", "$50 billion", by=["video", "podcast"]),
        claim("politics.agreed", "USD", "5亿美元", "$500 million", by=["video", "census"]),
        claim("politics.above", "percent", "150%", measure="share"),
        bound_to(claim("research.counted", "paper", "10篇"), "2024"),
        bound_to(claim("research.uncounted", "paper", "10篇"), "2025"),
        bound_to(claim("research.missing", "paper", "10篇"), "1999"),
        bound_to(claim("research.unrun", "paper", "10篇"), "2024", "absent"),
        stated("research.date", ValueType.DATE, Period.parse("2024-08")),
        stated("research.name", ValueType.NAME, "@NVIDIA"),
        stated("research.list", ValueType.LIST, frozenset({"Norway", "阿联酋"})),
        stated("research.order", ValueType.ORDERING, ("b", "a")),
        stated("research.yes", ValueType.YES_NO, False),
        stated("research.names", ValueType.NAME, "one", "another", by=["video", "podcast"]),
        stated("research.up", ValueType.DIRECTION, Direction.UP),
        stated("research.how", ValueType.TECHNIQUE, "a technique"),
        claim("predictions.next", "percent", "5%", kind=Kind.FORECAST, deadline=Period.parse("2026-12-31")),
    ]


def small_ledger() -> Ledger:
    made = ledger(
        claims(),
        [
            identity("parts", "industry.part + industry.rest == industry.whole"),
            identity("agrees", "industry.rest < industry.whole"),
        ],
        [bound("whole", "share", "percent", "0", "100"), bound("some", "revenue", "USD", "1")],
    )
    forecasts = (
        Forecast(
            ForecastId("P2025-1"),
            (made.claim("predictions.next").id,),
            date(2025, 10, 1),
            date(2026, 12, 31),
            None,
            WORDS,
            {"en": "x"},
        ),
    )
    return replace(made, forecasts=forecasts)


def result() -> Result:
    return Result(
        instrument="counter",
        version="1.2.0",
        parameters={"level": 0.95},
        as_of=date(2025, 10, 1),
        seed=None,
        inputs=(table().input,),
        account=Account(2, 1, 1, 0, ("one year was not counted",)),
        estimates=(
            Estimate("papers", "2024", 0.0, -0.5, 0.5, 0.95, "paper", 1, "counting", ("nobody hides papers",)),
            Undefined("papers", "2025", "not counted"),
        ),
        tables={},
    )


def table() -> Table:
    return parse_table(CSV, Path("papers.csv"), "papers", SCHEMA)


def bundle() -> Bundle:
    """The small ledger, measured and checked."""
    made, results = small_ledger(), {"counter": result()}
    package = Package("test", "Test", "CC-BY-4.0", {"papers": table()}, {"papers": ORIGIN})
    return Bundle(made, check(made, results, power=True), results, package, {})
