"""The charts of the gross margin. They draw rows that are already results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from almanac.chart import Chart, axis
from almanac.estimate import Estimate, Undefined
from almanac.instruments.instrument import Row

DRIVERS = {
    "use": ("tokens per user", "人均词元用量"),
    "tail": ("weight of the tail", "用量尾部厚度"),
    "token_price": ("price of tokens upstream", "上游词元价格"),
    "plan_price": ("price of the plans", "套餐价格"),
    "cached_share": ("share of cached input", "缓存输入占比"),
    "free_users": ("number of free users", "免费用户数"),
    "other_costs": ("other costs of serving", "其他服务成本"),
}
ENDS = {"low": ("low end of its range", "区间下限"), "high": ("high end of its range", "区间上限")}

LABELS = {
    "en": {},
    "zh": {
        "gross margin, %": "毛利率（%）",
        "driver at": "驱动因素取",
        **dict((*DRIVERS.values(), *ENDS.values())),
        "users, smallest first, %": "用户占比（按成本由低到高，%）",
        "share of the cost, %": "成本占比（%）",
    },
}


def driver_chart(rows: Sequence[Row], estimates: Iterable[Estimate | Undefined], free: str) -> tuple[Chart, ...]:
    """The margin at both ends of each driver's range, the widest first; the title names that one."""
    swings = {e.subject: e for e in estimates if isinstance(e, Estimate) and e.name == "swing"}
    known = [row for row in rows if row["driver"] in swings]
    if not known:
        return ()
    order = sorted(known, key=lambda row: -swings[str(row["driver"])].value)
    most = str(order[0]["driver"])
    ends = sorted((float(order[0]["margin_at_low"] or 0), float(order[0]["margin_at_high"] or 0)))
    base = float(order[0]["margin"] or 0)
    title = {
        "en": f"{DRIVERS[most][0].capitalize()} moves the gross margin most: from {ends[0]:.0f}% to {ends[1]:.0f}%",
        "zh": f"对毛利率影响最大的是{DRIVERS[most][1]}：{ends[0]:.0f}%至{ends[1]:.0f}%",
    }
    counted = {"en": {"in": "counted", "out": "left out"}, "zh": {"in": "计入", "out": "不计入"}}
    drawn = tuple(
        {"driver": DRIVERS[str(row["driver"])][0], "end": ENDS[end][0], "margin": row[f"margin_at_{end}"], "base": base}
        for row in order
        for end in ENDS
    )
    return (
        Chart(
            id="gross-margin-drivers",
            title=title,
            subtitle={
                "en": f"Each driver alone at the ends of its range; at the middle {base:.0f}%, free users "
                f"{counted['en'][free]}",
                "zh": f"各因素单独取区间两端；基准为{base:.0f}%，免费用户{counted['zh'][free]}",
            },
            alt={
                "en": f"Range chart of {len(order)} drivers around a gross margin of {base:.0f}%. {title['en']}.",
                "zh": f"{len(order)}个驱动因素的区间图，基准毛利率{base:.0f}%。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "layer": [
                    {
                        "mark": {"type": "line", "strokeWidth": 3, "color": "#999"},
                        "encoding": {"detail": {"field": "driver"}},
                    },
                    {
                        "mark": {"type": "point", "filled": True, "size": 90},
                        "encoding": {"color": {"field": "end", "type": "nominal", "title": "driver at"}},
                    },
                ],
                "encoding": {
                    "x": axis("margin", "quantitative", "gross margin, %", scale={"zero": False}),
                    "y": axis("driver", "nominal", "", sort=[DRIVERS[str(row["driver"])][0] for row in order]),
                },
            },
            labels=LABELS,
        ),
    )


def lorenz_chart(rows: Sequence[Row], estimates: Iterable[Estimate | Undefined]) -> tuple[Chart, ...]:
    """The share of the cost that the smallest users hold; the title says what the largest do."""
    tops = [e for e in estimates if isinstance(e, Estimate) and e.name == "top_share"]
    if not rows or not tops:
        return ()
    top = tops[0]
    share = top.subject.removesuffix(" of users")
    ends = f"{top.low:.0f}", f"{top.high:.0f}"
    title = {
        "en": f"The top {share} of users cause {top.value:.0f}% of the cost ({ends[0]} to {ends[1]})",
        "zh": f"用量最大的{share}用户占成本的{top.value:.0f}%（{ends[0]}%至{ends[1]}%）",
    }
    return (
        Chart(
            id="gross-margin-users",
            title=title,
            subtitle={
                "en": f"Lorenz curve of the token cost of {top.n:,} users",
                "zh": f"{top.n:,}名用户词元成本的洛伦兹曲线",
            },
            alt={
                "en": f"Curve of the share of cost against the share of users, smallest first. {title['en']}.",
                "zh": f"成本占比对用户占比的曲线，用户由低到高排列。{title['zh']}。",
            },
            rows=tuple(rows),
            spec={
                "mark": {"type": "line"},
                "encoding": {
                    "x": axis("users_percent", "quantitative", "users, smallest first, %", scale={"domain": [0, 100]}),
                    "y": axis("cost_percent", "quantitative", "share of the cost, %", scale={"domain": [0, 100]}),
                },
            },
            labels=LABELS,
        ),
    )
