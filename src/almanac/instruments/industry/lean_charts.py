"""The charts of lean companies. Every number in a title is an estimate; nothing is computed that is not a result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from almanac.chart import Chart, axis
from almanac.estimate import Estimate, Undefined
from almanac.instruments.industry.revenue_charts import COINS_ZH, money
from almanac.instruments.instrument import Row

KINDS = ["member", "undecided", "out"]
Found = Sequence[Estimate | Undefined]


def _labels(currency: str) -> dict[str, dict[str, str]]:
    coin = COINS_ZH.get(currency, currency)
    zh = {
        "staff": "员工数",
        f"{currency} million a year": f"年化营收（百万{coin}）",
        f"{currency} million a year per employee": f"人均年化营收（百万{coin}）",
        "member": "入榜",
        "undecided": "无法判定",
        "out": "未入榜",
        "as declared": "按所定规则",
        "staff rule": "员工规则",
        "age rule": "年龄规则",
        "revenue rule": "营收规则",
        "other": "其他",
    }
    return {"en": {}, "zh": zh}


def _of_all(estimates: Found, name: str) -> Estimate | None:
    return next((e for e in estimates if isinstance(e, Estimate) and (e.name, e.subject) == (name, "all")), None)


def lean_chart(companies: Sequence[Row], estimates: Found, currency: str, as_of: date) -> tuple[Chart, ...]:
    """Every company by staff and revenue; the title says how many are on the list and what they earn per employee."""
    drawn = tuple(
        {"company": row["company"], "staff": row["staff"], "revenue": _millions(row["revenue"]), "kind": row["member"]}
        for row in companies
        if row["staff"] and row["revenue"]
    )
    members, ratio = _of_all(estimates, "members"), _of_all(estimates, "revenue_per_employee")
    if not drawn or members is None:
        return ()
    title = _title(members, ratio, currency)
    return (
        Chart(
            id="lean-companies",
            title=title,
            subtitle={
                "en": f"Revenue a year and staff of {len(drawn)} companies, both known on {as_of.isoformat()}",
                "zh": f"截至{as_of.isoformat()}，营收与员工数均已知的{len(drawn)}家公司",
            },
            alt={
                "en": f"Points of {len(drawn)} companies on two logarithmic axes. {title['en']}.",
                "zh": f"{len(drawn)}家公司的散点图（双对数坐标）。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "mark": {"type": "point", "filled": True, "size": 70},
                "encoding": {
                    "x": axis("staff", "quantitative", "staff", scale={"type": "log"}, axis={"tickCount": 5}),
                    "y": axis(
                        "revenue", "quantitative", f"{currency} million a year", scale={"type": "log"}, axis=_TICKS
                    ),
                    "color": {
                        "field": "kind",
                        "type": "nominal",
                        "scale": {"domain": KINDS, "range": ["#1f4e79", "#b98a1d", "#9a9a9a"]},
                    },
                },
            },
            labels=_labels(currency),
        ),
    )


_TICKS = {"format": ",~r", "values": [10.0**power for power in range(-3, 10)]}


def _title(members: Estimate, ratio: Estimate | None, currency: str) -> dict[str, str]:
    if ratio is None:
        return {
            "en": f"None of {members.n} companies is known to keep every rule",
            "zh": f"{members.n}家公司中，没有一家确知符合全部规则",
        }
    words = money(ratio.value, currency)
    return {
        "en": f"{members.value:.0f} of {members.n} companies keep every rule and earn {words['en']} per employee",
        "zh": f"{members.n}家公司中有{members.value:.0f}家符合全部规则，人均年化营收{words['zh']}",
    }


def _millions(amount: object) -> float | None:
    return amount / 1e6 if isinstance(amount, int | float) else None


def sensitivity_chart(moved: Sequence[Row], estimates: Found, currency: str) -> tuple[Chart, ...]:
    """Revenue per employee of the list while one rule at a time is moved; the title says how far it goes."""
    span, members = _of_all(estimates, "per_employee_range"), _of_all(estimates, "members_range")
    if span is None or members is None:
        return ()
    drawn = tuple(
        {
            "change": row["change"],
            "per_employee": _millions(row["ratio_of_sums"]),
            "members": row["members"],
            "kind": _kind(row),
        }
        for row in moved
        if row["ratio_of_sums"] is not None
    )
    low, high = money(span.low, currency), money(span.high, currency)
    title = {
        "en": f"Other rules list {members.low:.0f} to {members.high:.0f} companies that earn "
        f"{low['en']} to {high['en']} per employee",
        "zh": f"换用其他规则，入榜公司为{members.low:.0f}至{members.high:.0f}家，"
        f"人均年化营收为{low['zh']}至{high['zh']}",
    }
    return (
        Chart(
            id="lean-sensitivity",
            title=title,
            subtitle={
                "en": "Total revenue over total staff of the list, one rule moved at a time",
                "zh": "逐一变动规则时，榜单总营收除以总员工数",
            },
            alt={
                "en": f"Points of {len(drawn)} lists. {title['en']}.",
                "zh": f"{len(drawn)}份榜单的散点。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "mark": {"type": "point", "filled": True, "size": 70},
                "encoding": {
                    "y": axis("change", "nominal", "", sort=[row["change"] for row in drawn]),
                    "x": axis("per_employee", "quantitative", f"{currency} million a year per employee"),
                    "color": _colour(),
                },
                "height": 22 * len(drawn),
            },
            labels=_with_changes(_labels(currency), drawn),
        ),
    )


_RULES_ZH = {"staff": "员工上限", "age": "年龄上限", "revenue": "营收下限"}
_CHANGES_ZH = {"the limits themselves will do": "恰为限值亦可", "the undecided are in": "计入无法判定者"}


def _with_changes(labels: dict[str, dict[str, str]], rows: Sequence[Row]) -> dict[str, dict[str, str]]:
    """The labels, with every change of a rule in Chinese."""
    for row in rows:
        change, rule = str(row["change"]), str(row["kind"]).removesuffix(" rule")
        if rule in _RULES_ZH:
            scale = change.partition(" limit × ")[2]
            labels["zh"][change] = f"{_RULES_ZH[rule]} × {scale}" if scale else f"不设{_RULES_ZH[rule]}"
        elif change != "as declared":
            name = change.removeprefix("without ").removesuffix(", the greatest")
            labels["zh"][change] = _CHANGES_ZH.get(change, f"不计最大者{name}")
    return labels


def _kind(row: Row) -> str:
    if row["change"] == "as declared":
        return "as declared"
    return f"{row['rule']} rule" if row["rule"] in ("staff", "age", "revenue") else "other"


def _colour() -> dict[str, Any]:
    domain = ["as declared", "staff rule", "age rule", "revenue rule", "other"]
    return {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": domain, "range": ["#1c1c1c", "#1f4e79", "#b98a1d", "#5c7f3a", "#9a9a9a"]},
    }
