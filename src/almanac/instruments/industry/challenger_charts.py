"""The chart of the challengers. It draws rows that are already results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from almanac.chart import Chart, axis
from almanac.instruments.industry.rival_stakes import Span
from almanac.instruments.instrument import Row
from almanac.statistics import NoNumber

STOCK, RIVAL = "in the incumbent's shares", "in the challenger"
LEAST_DRAWN = 0.01
"""What is lost altogether has no place on a logarithmic axis and is drawn here."""


def challenger_chart(league: Sequence[Row], stock: Span | NoNumber, rivals: Span | NoNumber) -> tuple[Chart, ...]:
    """Every challenger's money beside the same money in the shares; the title compares the sums."""
    drawn = tuple(_points(league))
    if not drawn or isinstance(stock, NoNumber) or isinstance(rivals, NoNumber):
        return ()
    title = {
        "en": f"Money in the challengers became {rivals.value:.1f} times as much; in shares, {stock.value:.1f} times",
        "zh": f"投给挑战者的资金变为{rivals.value:.1f}倍，同日买入股票则为{stock.value:.1f}倍",
    }
    companies = len({row["company"] for row in drawn})
    return (
        Chart(
            id="challengers",
            title=title,
            subtitle={
                "en": "What one unit of money became, put in on the days of each company's rounds",
                "zh": "在各公司融资当日投入一单位资金的现值",
            },
            alt={
                "en": f"Points of {companies} companies on a logarithmic axis of multiples. {title['en']}.",
                "zh": f"{companies}家公司在对数坐标上的倍数散点图。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "mark": {"type": "point", "filled": True, "size": 80},
                "encoding": {
                    "x": axis("multiple", "quantitative", "multiple of the money", scale={"type": "log"}),
                    "y": axis("company", "nominal", "company", sort=None),
                    "color": axis("where", "nominal", "money put"),
                },
            },
            labels={
                "en": {},
                "zh": {
                    "multiple of the money": "资金倍数",
                    "company": "公司",
                    "money put": "资金投向",
                    STOCK: "在位企业股票",
                    RIVAL: "挑战者",
                },
            },
        ),
    )


def _points(league: Sequence[Row]) -> Iterator[Row]:
    for row in league:
        for where, name in ((STOCK, "stock"), (RIVAL, "challenger")):
            value = row[name]
            if value is not None:
                yield {"company": row["company"], "where": where, "multiple": max(float(value), LEAST_DRAWN)}
