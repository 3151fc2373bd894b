"""The charts of revenue. Every number in a title is an estimate; nothing is computed that is not a result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from almanac.chart import Chart, axis
from almanac.estimate import Estimate, Undefined
from almanac.instruments.industry.revenue_reports import Series
from almanac.instruments.instrument import Row

BILLION = 1e9

MOST_LINES = 6
"""Companies in a chart of lines: with more, nobody tells them apart."""

COINS_ZH = {"USD": "美元", "EUR": "欧元", "GBP": "英镑", "CNY": "元人民币", "JPY": "日元"}

Found = Sequence[Estimate | Undefined]


def money(amount: float, currency: str) -> dict[str, str]:
    """The amount in words of both languages, in billions and 亿 or in millions and 万."""
    coin = COINS_ZH.get(currency, currency)
    if amount >= 1e9:
        return {"en": f"{currency} {amount / 1e9:,.1f} billion", "zh": f"{amount / 1e8:,.0f}亿{coin}"}
    return {"en": f"{currency} {amount / 1e6:,.3g} million", "zh": f"{amount / 1e4:,.0f}万{coin}"}


def _labels(currency: str) -> dict[str, dict[str, str]]:
    coin = COINS_ZH.get(currency, currency)
    return {
        "en": {},
        "zh": {f"{currency} billion a year": f"年化营收（十亿{coin}）", "date": "日期", "set aside": "未采用"},
    }


def _of(estimates: Found, name: str) -> dict[str, Estimate]:
    return {e.subject: e for e in estimates if isinstance(e, Estimate) and e.name == name}


def growth_chart(every: Sequence[Series], path: Iterable[Row], estimates: Found, currency: str) -> tuple[Chart, ...]:
    """Reports of the companies that earn most, and the path that they make; the title says how fast the first grows."""
    levels, factors = _of(estimates, "level"), _of(estimates, "yearly_factor")
    subjects = sorted(levels.keys() & factors.keys(), key=lambda name: -levels[name].value)[:MOST_LINES]
    if not subjects:
        return ()
    series = {one.subject: one for one in every if one.subject in subjects}
    first = factors[subjects[0]]
    rows = tuple(_growth_rows(series, path))
    days = [str(row["date"]) for row in rows]
    title = {
        "en": f"{first.subject}'s revenue multiplies by {first.value:.1f} a year; {first.n} reports allow "
        f"{first.low:.1f} to {first.high:.0f}",
        "zh": f"{first.subject}的年化营收每年增至{first.value:.1f}倍；{first.n}份报告容许的区间为{first.low:.1f}至"
        f"{first.high:.0f}倍",
    }
    return (
        Chart(
            id="revenue-growth",
            title=title,
            subtitle={
                "en": "Reported revenue a year (points) and what it was between and after reports (line, "
                f"{first.level:.0%} band)",
                "zh": f"报告的年化营收（点）及报告之间与之后的估计（线与{first.level:.0%}区间）",
            },
            alt={
                "en": f"Lines of {len(subjects)} companies on a logarithmic axis, {min(days)} to {max(days)}. "
                f"{title['en']}.",
                "zh": f"{len(subjects)}家公司的对数坐标折线，{min(days)}至{max(days)}。{title['zh']}。",
            },
            rows=rows,
            spec={
                "encoding": {
                    "x": axis("date", "temporal", "date"),
                    "color": {"field": "company", "type": "nominal", "sort": subjects},
                },
                "layer": [
                    {
                        "mark": {"type": "point", "filled": True, "size": 40},
                        "encoding": {"y": _money("reported", currency)},
                    },
                    {
                        "mark": {"type": "point", "size": 60, "shape": "cross"},
                        "encoding": {"y": _money("set aside", currency)},
                    },
                    {"mark": {"type": "line", "invalid": "filter"}, "encoding": {"y": _money("level", currency)}},
                    {
                        "mark": {"type": "area", "opacity": 0.15, "invalid": "filter"},
                        "encoding": {"y": _money("low", currency), "y2": {"field": "high"}},
                    },
                ],
            },
            labels=_labels(currency),
        ),
    )


def _growth_rows(series: dict[str, Series], path: Iterable[Row]) -> Iterable[Row]:
    """One shape for points and lines: what a row does not show is empty."""
    empty = {"level": None, "low": None, "high": None, "reported": None, "set aside": None}
    subjects = {(one.company, one.basis): subject for subject, one in series.items()}
    for row in path:
        subject = subjects.get((str(row["company"]), str(row["basis"])))
        if subject:
            yield {
                "company": subject,
                "date": row["date"],
                **empty,
                **{key: _billions(row[key]) for key in ("level", "low", "high")},
            }
    for subject, one in series.items():
        for report in one.reports:
            where = "reported" if report in one.used else "set aside"
            yield {"company": subject, "date": report.date, **empty, where: _billions(report.amount)}


def _money(field: str, currency: str) -> dict[str, Any]:
    """Billions on a logarithmic axis, with a line at every power of ten."""
    ticks = {"format": ",~r", "values": [10.0**power for power in range(-6, 7)]}
    return axis(field, "quantitative", f"{currency} billion a year", scale={"type": "log", "nice": False}, axis=ticks)


def _billions(amount: object) -> float | None:
    return amount / BILLION if isinstance(amount, int | float) else None


def league_chart(estimates: Found, currency: str, day: int) -> tuple[Chart, ...]:
    """Every level with its interval, the greatest first; the title says who leads and whether that is sure."""
    levels, ranks = _of(estimates, "level"), _of(estimates, "rank")
    rows = tuple(
        {
            "company": level.subject,
            "level": _billions(level.value),
            "low": _billions(level.low),
            "high": _billions(level.high),
            "place": f"{ranks[level.subject].low:.0f}–{ranks[level.subject].high:.0f}",
        }
        for level in sorted(levels.values(), key=lambda level: -level.value)
        if level.subject in ranks
    )
    if len(rows) < 2:
        return ()
    lead = levels[str(rows[0]["company"])]
    worst, on, words = ranks[lead.subject].high, date.fromordinal(day).isoformat(), money(lead.value, currency)
    title = {
        "en": f"{lead.subject} earns most, {words['en']} a year, "
        + ("and nobody may be ahead of it" if worst == 1 else f"but may be as low as place {worst:.0f}"),
        "zh": f"{lead.subject}营收最高，年化{words['zh']}，"
        + ("领先确定无疑" if worst == 1 else f"但名次最低可能为第{worst:.0f}"),
    }
    return (
        Chart(
            id="revenue-league",
            title=title,
            subtitle={
                "en": f"Revenue a year on {on}, with {lead.level:.0%} intervals",
                "zh": f"{on}的年化营收及{lead.level:.0%}区间",
            },
            alt={
                "en": f"Points of {len(rows)} companies with intervals on a logarithmic axis. {title['en']}.",
                "zh": f"{len(rows)}家公司的营收点及区间（对数坐标）。{title['zh']}。",
            },
            rows=rows,
            spec={
                "encoding": {
                    "y": {
                        "field": "company",
                        "type": "nominal",
                        "sort": [row["company"] for row in rows],
                        "title": None,
                    }
                },
                "layer": [
                    {"mark": "rule", "encoding": {"x": _money("low", currency), "x2": {"field": "high"}}},
                    {
                        "mark": {"type": "point", "filled": True, "size": 60},
                        "encoding": {"x": _money("level", currency)},
                    },
                ],
                "height": max(80, 34 * len(rows)),
            },
            labels=_labels(currency),
        ),
    )
