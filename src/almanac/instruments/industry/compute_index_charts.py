"""The charts of the compute index. Every number in a title comes from an estimate or a table row; nothing is computed
that is not already a result. Each function gives no chart at all when there is nothing to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from almanac.chart import Chart, axis
from almanac.estimate import Estimate, Undefined
from almanac.instruments.instrument import Row

VENDORS_CHART = "compute-index-vendors"
MOST_VENDORS, MOST_MODELS = 8, 8
"""Lines that a reader can tell apart."""

LEAST_PAPERS = 10
"""Papers a year below which a share of them would be drawn from a handful."""

NAMES_ZH: Mapping[str, str] = {
    "NVIDIA": "英伟达",
    "Google": "谷歌",
    "Apple": "苹果",
    "Huawei": "华为",
    "Intel": "英特尔",
    "Cambricon": "寒武纪",
    "Hygon": "海光",
    "Amazon": "亚马逊",
    "Qualcomm": "高通",
    "Xilinx": "赛灵思",
    "GPU, vendor unknown": "GPU，厂商不明",
}
"""Chinese names of vendors; one that is not here stays as it is."""

WORDS_ZH: Mapping[str, str] = {
    "year": "年份",
    "vendor": "厂商",
    "model": "型号",
    "papers": "论文数",
    "share": "比重",
    "low": "下限",
    "high": "上限",
    "whole": "总数",
    "status": "状态",
    "final": "已完",
    "partial": "未完",
    "accelerators": "加速器数",
    "share of papers with a known vendor, %": "占写明厂商的论文的比重（%）",
    "share of papers that use an accelerator, %": "占使用加速器的论文的比重（%）",
    "accelerators in the largest run": "最大一次运行所用的加速器数",
    "papers that state a count": "写明数量的论文数",
}

LABELS = {"en": {}, "zh": {**WORDS_ZH, **NAMES_ZH}}


def _zh(name: object) -> str:
    return NAMES_ZH.get(str(name), str(name))


def vendors_chart(rows: Iterable[Row], estimates: Iterable[Estimate | Undefined]) -> tuple[Chart, ...]:
    """Every vendor's share of the papers with a known vendor, by year; the title says who leads over all years, raw
    and corrected.
    """
    listed = [row for row in rows if row["share_of_known"] is not None]
    totals = {str(row["vendor"]): row for row in listed if row["year"] is None}
    known = {e.subject: e.n for e in estimates if isinstance(e, Estimate) and e.name == "papers_known"}
    top = sorted(totals, key=lambda vendor: (-_number(totals[vendor]["papers"]), vendor))[:MOST_VENDORS]
    drawn = tuple(
        {
            "vendor": row["vendor"],
            "year": row["year"],
            "papers": row["papers"],
            "whole": known[str(row["year"])],
            "share": row["share_of_known"],
            "low": row["share_of_known_low"],
            "high": row["share_of_known_high"],
        }
        for row in listed
        if row["vendor"] in top and row["year"] is not None and known[str(row["year"])] >= LEAST_PAPERS
    )
    if not drawn:
        return ()
    leader = totals[top[0]]
    raw, corrected = _number(leader["share_of_known"]), leader["corrected_share_of_known"]
    title = {
        "en": f"In this corpus, {raw:.0f}% of the papers that name a maker use {top[0]}",
        "zh": f"本语料中写明厂商的论文有{raw:.0f}%使用{_zh(top[0])}",
    }
    if corrected is not None:
        low, high = leader["corrected_share_of_known_low"], leader["corrected_share_of_known_high"]
        size, between = f"{_number(corrected):.0f}%", f"{_number(low):.0f}–{_number(high):.0f}%"
        title["en"] += f"; corrected for the extractor’s errors, {size} ({between})"
        title["zh"] += f"；校正提取误差后为{size}（{between}）"
    years = sorted({int(_number(row["year"])) for row in drawn})
    return (
        Chart(
            id=VENDORS_CHART,
            title=title,
            subtitle={
                "en": f"Share of the papers that name a maker, raw, in years with {LEAST_PAPERS} such papers or more. "
                "A paper that uses chips of two makers counts for both. The scale stretches small shares.",
                "zh": f"在写明厂商的论文中所占比重（未校正），只画此类论文不少于{LEAST_PAPERS}篇的年份；"
                "使用两家芯片的论文各计一次。纵轴放大了较小的比重。",
            },
            alt={
                "en": f"Line chart, {len(top)} vendors, {years[0]} to {years[-1]}. {title['en']}.",
                "zh": f"折线图，{len(top)}个厂商，{years[0]}至{years[-1]}年。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "mark": {"type": "line", "point": True},
                "encoding": {
                    "x": axis("year", "ordinal", "year"),
                    "y": axis(
                        "share",
                        "quantitative",
                        "share of papers with a known vendor, %",
                        scale={"type": "symlog", "constant": 1},
                        axis={"values": [0, 1, 3, 10, 30, 100], "format": ".3~g"},
                    ),
                    "color": axis("vendor", "nominal", "vendor"),
                },
            },
            labels=LABELS,
        ),
    )


def models_chart(rows: Iterable[Row], estimates: Iterable[Estimate | Undefined]) -> tuple[Chart, ...]:
    """The rise and fall of the models that most papers use, as shares of the papers that use any accelerator."""
    models = [row for row in rows if row["level"] == "model" and _number(row["papers"])]
    totals = {_label(row): row for row in models if row["year"] is None}
    top = sorted(totals, key=lambda label: (-_number(totals[label]["papers"]), label))[:MOST_MODELS]
    drawn = tuple(
        {
            "model": row["model"],
            "year": row["year"],
            "papers": row["papers"],
            "whole": row["whole"],
            "share": row["share"],
            "status": row["status"],
        }
        for row in rows
        if row["level"] == "model" and _label(row) in top and row["year"] is not None
        and _number(row["whole"]) >= LEAST_PAPERS
    )  # fmt: skip
    if not drawn:
        return ()
    last = max(int(_number(row["year"])) for row in drawn)
    summit = max(drawn, key=lambda row: (_number(row["share"]), -_number(row["year"])))
    leader = max((row for row in drawn if row["year"] == last), key=lambda row: _number(row["share"]))
    title = _models_title(summit, leader, last)
    first = min(int(_number(row["year"])) for row in drawn)
    return (
        Chart(
            id="compute-index-models",
            title=title,
            subtitle={
                "en": "Papers that use each model, as a share of the year’s papers that use an accelerator, raw, in "
                f"years with {LEAST_PAPERS} such papers or more",
                "zh": "使用各型号的论文占当年使用加速器的论文的比重（未校正），"
                f"只画此类论文不少于{LEAST_PAPERS}篇的年份",
            },
            alt={
                "en": f"Line chart, {len(top)} models, {first} to {last}. {title['en']}.",
                "zh": f"折线图，{len(top)}个型号，{first}至{last}年。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "mark": {"type": "line", "point": True},
                "encoding": {
                    "x": axis("year", "ordinal", "year"),
                    "y": axis("share", "quantitative", "share of papers that use an accelerator, %"),
                    "color": axis("model", "nominal", "model"),
                },
            },
            labels=LABELS,
        ),
    )


def _models_title(summit: Row, leader: Row, last: int) -> dict[str, str]:
    share, now = f"{_number(summit['share']):.0f}%", f"{_number(leader['share']):.0f}%"
    so_far = {"en": "", "zh": ""}
    if leader["status"] == "partial":
        so_far = {"en": ", a year not over", "zh": "（该年未完）"}
    if summit["model"] == leader["model"] and summit["year"] == last:
        return {
            "en": f"{leader['model']} leads in {last}{so_far['en']}: {now} of the papers that use an accelerator",
            "zh": f"{last}年{so_far['zh']}{leader['model']}领先：使用加速器的论文中有{now}用它",
        }
    leads = {"en": f"{leader['model']} leads", "zh": f"{leader['model']}以{now}领先"}
    if summit["model"] == leader["model"]:
        leads = {"en": "it still leads", "zh": f"仍以{now}领先"}
    return {
        "en": f"{summit['model']} peaked in {summit['year']} at {share} of the papers that use an accelerator; "
        f"{leads['en']} in {last}{so_far['en']}, with {now}",
        "zh": f"{summit['model']}于{summit['year']}年见顶，占使用加速器的论文的{share}；"
        f"{last}年{so_far['zh']}{leads['zh']}",
    }


def counts_chart(rows: Iterable[Row], estimates: Iterable[Estimate | Undefined]) -> tuple[Chart, ...]:
    """How many accelerators papers say they used."""
    found = {(e.name, e.subject): e for e in estimates if isinstance(e, Estimate)}
    median, stated = found.get(("count_median", "all")), found.get(("count_stated", "all"))
    drawn = tuple({"accelerators": _bin(row), "papers": row["papers"]} for row in rows)
    if median is None or stated is None or not any(row["papers"] for row in drawn):
        return ()
    while not drawn[-1]["papers"]:
        drawn = drawn[:-1]
    many = {"en": f"{median.value:,.0f} accelerators or fewer", "zh": f"不超过{median.value:,.0f}块加速器"}
    if median.value <= 1:
        many = {"en": "a single accelerator", "zh": "单块加速器"}
    title = {
        "en": f"At least half of the papers that state a count use {many['en']}; {stated.value:.0f}% of users "
        "state one",
        "zh": f"写明数量的论文至少有一半使用{many['zh']}；使用者中{stated.value:.0f}%写明数量",
    }
    return (
        Chart(
            id="compute-index-counts",
            title=title,
            subtitle={
                "en": f"Accelerators in the largest run of each paper, as stated by {median.n:,} of {stated.n:,} "
                "papers that use one",
                "zh": f"各论文写明的最大一次运行所用加速器数；{stated.n:,}篇使用加速器的论文中的{median.n:,}篇",
            },
            alt={
                "en": f"Bar chart of {median.n:,} papers in {len(drawn)} bins that double. {title['en']}.",
                "zh": f"{median.n:,}篇论文的柱状图，分{len(drawn)}档，逐档加倍。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "mark": "bar",
                "encoding": {
                    "x": axis(
                        "accelerators",
                        "ordinal",
                        "accelerators in the largest run",
                        sort=[str(row["accelerators"]) for row in drawn],
                    ),
                    "y": axis("papers", "quantitative", "papers that state a count"),
                },
            },
            labels=LABELS,
        ),
    )


def _bin(row: Row) -> str:
    if row["high"] is None:
        return f"{row['low']}+"
    return str(row["low"]) if row["low"] == row["high"] else f"{row['low']}–{row['high']}"


def _label(row: Row) -> tuple[str, str, str]:
    return str(row["vendor"]), str(row["family"]), str(row["model"])


def _number(cell: Any) -> float:
    return float(cell or 0)
