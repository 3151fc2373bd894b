"""The charts of chip citations. Every number in a title comes from an estimate or a table row; nothing is
computed that is not already a result. Each function gives no chart at all when there is nothing to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from almanac.chart import Chart, axis
from almanac.estimate import Estimate, Undefined
from almanac.instruments.instrument import Row

NAMES_ZH: Mapping[str, str] = {
    "NVIDIA": "英伟达",
    "Apple": "苹果",
    "Huawei": "华为",
    "Google TPU": "谷歌TPU",
    "Startups": "初创公司",
    "ASICs": "专用芯片",
    "All NVIDIA": "英伟达合计",
    "Big 6 Startups": "六家初创公司合计",
}
"""Chinese names of the series; a name that is not here stays as it is."""

WORDS_ZH: Mapping[str, str] = {
    "year": "年份",
    "vendor": "厂商",
    "product": "产品",
    "total": "合计项",
    "share of chip mentions, %": "占全部芯片提及的比重（%）",
    "papers that name it": "提及该产品的论文数",
    "total minus sum of parts, papers": "合计减去各项之和（论文数）",
}

LABELS = {"en": {}, "zh": {**WORDS_ZH, **NAMES_ZH}}


def _zh(name: object) -> str:
    return NAMES_ZH.get(str(name), str(name))


def share_chart(rows: Iterable[Row], estimates: Iterable[Estimate | Undefined]) -> tuple[Chart, ...]:
    """Every vendor's share over the final years; the title says who leads, and whether that moved."""
    shares = {e.subject: e for e in estimates if isinstance(e, Estimate) and e.name == "share"}
    drawn: list[Row] = []
    for row in rows:
        share = shares.get(f"{row['vendor']} {row['year']}")
        if share:
            cells = {"vendor": row["vendor"], "year": row["year"], "share": share.value}
            drawn.append({**cells, "low": share.low, "high": share.high})
    if not drawn:
        return ()
    last = max(int(row["year"] or 0) for row in drawn)
    leader = str(max((row for row in drawn if row["year"] == last), key=lambda row: float(row["share"] or 0))["vendor"])
    now, before = shares[f"{leader} {last}"], shares.get(f"{leader} {last - 1}")
    moved = _moved(now, before, last - 1)
    title = {
        "en": f"{leader} has {now.value:.1f}% of chip mentions in {last}{moved['en']}",
        "zh": f"{last}年，{_zh(leader)}占全部芯片提及的{now.value:.1f}%{moved['zh']}",
    }
    years = sorted({int(row["year"] or 0) for row in drawn})
    vendors = len({row["vendor"] for row in drawn})
    return (
        Chart(
            id="chip-share",
            title=title,
            subtitle={
                "en": "Share of all mentions of AI chips in papers, by vendor. A paper counts once for every "
                "chip it names. The scale stretches small shares.",
                "zh": "各厂商占论文中AI芯片提及总数的比重；一篇论文每提及一种芯片计一次。纵轴放大了较小的比重。",
            },
            alt={
                "en": f"Line chart, {vendors} vendors, {years[0]} to {last}. {title['en']}.",
                "zh": f"折线图，{vendors}个厂商，{years[0]}至{last}年。{title['zh']}。",
            },
            rows=tuple(drawn),
            spec={
                "mark": {"type": "line", "point": True},
                "encoding": {
                    "x": axis("year", "ordinal", "year"),
                    "y": axis(
                        "share",
                        "quantitative",
                        "share of chip mentions, %",
                        scale={"type": "symlog", "constant": 0.1},
                        axis={"values": [0, 0.1, 0.3, 1, 3, 10, 30, 100], "format": ".3~g"},
                    ),
                    "color": axis("vendor", "nominal", "vendor"),
                },
            },
            labels=LABELS,
        ),
    )


def _moved(now: Estimate, before: Estimate | None, year: int) -> dict[str, str]:
    """How the share compares with the year before; level when the two intervals meet."""
    if before is None:
        return {"en": "", "zh": ""}
    if now.low > before.high:
        return {"en": f", up from {before.value:.1f}%", "zh": f"，高于{year}年的{before.value:.1f}%"}
    if now.high < before.low:
        return {"en": f", down from {before.value:.1f}%", "zh": f"，低于{year}年的{before.value:.1f}%"}
    return {"en": f", level with {year}", "zh": f"，与{year}年持平"}


def products_chart(rows: Iterable[Row], estimates: Iterable[Estimate | Undefined]) -> tuple[Chart, ...]:
    """The rise and fall of the products behind the largest total."""
    found = [e for e in estimates if isinstance(e, Estimate)]
    peaks = {e.subject: e for e in found if e.name == "peak"}
    final = [row for row in rows if row["status"] == "final" and row["papers"] is not None and row["series"] in peaks]
    if not final:
        return ()
    top = max(final, key=lambda row: int(row["papers"] or 0))
    drawn = tuple(
        {"product": row["series"], "year": row["year"], "papers": row["papers"]}
        for row in final
        if row["chart"] == top["chart"]
    )
    last = max(int(row["year"] or 0) for row in drawn)
    products = {str(row["product"]) for row in drawn}
    risers = [e for e in found if e.name == "multiple" and e.subject.rpartition(" ")[0] in products]
    summit = _summit(str(top["series"]), int(top["year"] or 0), peaks[str(top["series"])], last)
    rise = _rise(risers)
    title = {"en": f"{rise['en']}{summit['en']}", "zh": f"{rise['zh']}{summit['zh']}"}
    first = min(int(row["year"] or 0) for row in drawn)
    return (
        Chart(
            id="chip-products",
            title=title,
            subtitle={
                "en": "Papers a year that name each product. A line starts when a product is first tracked.",
                "zh": "每年提及各产品的论文数；曲线始于该产品开始被统计之年。",
            },
            alt={
                "en": f"Line chart, {len(products)} products, {first} to {last}. {title['en']}.",
                "zh": f"折线图，{len(products)}种产品，{first}至{last}年。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "mark": {"type": "line", "point": True},
                "encoding": {
                    "x": axis("year", "ordinal", "year"),
                    "y": axis("papers", "quantitative", "papers that name it"),
                    "color": axis("product", "nominal", "product"),
                },
            },
            labels=LABELS,
        ),
    )


def _rise(risers: list[Estimate]) -> dict[str, str]:
    """The product that surely grew most: by the low end of its interval, lest a handful of papers win."""
    fastest = max(risers, key=lambda e: e.low, default=None)
    if fastest is None or fastest.low <= 1:
        return {"en": "", "zh": ""}
    product, _, years = fastest.subject.rpartition(" ")
    since = years.partition("/")[0]
    times = f"{fastest.value:.0f}" if fastest.value >= 10 else f"{fastest.value:.1f}"
    return {
        "en": f"{times} times as many papers name {product} as in {since}; ",
        "zh": f"提及{product}的论文为{since}年的{times}倍；",
    }


def _summit(product: str, year: int, peak: Estimate, last: int) -> dict[str, str]:
    verb = {"en": "peaked at", "zh": "见顶，为"} if year < last else {"en": "stands at", "zh": "达"}
    return {
        "en": f"{product} {verb['en']} {peak.value:,.0f} in {year}",
        "zh": f"{product}于{year}年{verb['zh']}{peak.value:,.0f}篇论文",
    }


def totals_chart(rows: Iterable[Row], edition: str) -> tuple[Chart, ...]:
    """By how much printed totals miss the sum of their parts, in one edition."""
    drawn = tuple(
        {key: row[key] for key in ("whole", "year", "total", "parts", "difference")}
        for row in rows
        if row["edition"] == edition
    )
    if not drawn:
        return ()
    wrong = sum(bool(row["difference"]) for row in drawn)
    title = {
        "en": f"{wrong} of {len(drawn)} printed totals are not the sum of their parts",
        "zh": f"{len(drawn)}个合计数中有{wrong}个不等于各项之和",
    }
    if not wrong:
        title = {
            "en": f"All {len(drawn)} printed totals are the sum of their parts",
            "zh": f"{len(drawn)}个合计数均等于各项之和",
        }
    worst = max(drawn, key=lambda row: abs(int(row["difference"] or 0)))
    alt = {
        "en": f"Bar chart of the differences, edition {edition}. {title['en']}.",
        "zh": f"各项差额的柱状图，{edition}版。{title['zh']}。",
    }
    if wrong:
        alt["en"] += f" The largest: {worst['whole']} {worst['year']}, {worst['total']:,} against {worst['parts']:,}."
        alt["zh"] += f"最大者：{_zh(worst['whole'])}{worst['year']}年，{worst['total']:,}对{worst['parts']:,}。"
    return (
        Chart(
            id="chip-totals",
            title=title,
            subtitle={
                "en": f"Total minus the sum of its parts, as printed in edition {edition} of the index",
                "zh": f"指数{edition}版所印合计数减去各项之和",
            },
            alt=alt,
            rows=drawn,
            spec={
                "mark": "bar",
                "encoding": {
                    "x": axis("year", "ordinal", "year"),
                    "xOffset": {"field": "whole"},
                    "y": axis("difference", "quantitative", "total minus sum of parts, papers"),
                    "color": axis("whole", "nominal", "total"),
                },
            },
            labels=LABELS,
        ),
    )
