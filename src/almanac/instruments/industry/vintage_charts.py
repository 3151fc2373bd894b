"""The charts of model vintages. They draw rows that are already results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from almanac.chart import Chart, axis
from almanac.estimate import Estimate, Undefined
from almanac.instruments.instrument import Row

PROFITS = {
    "profit_training_expensed": ("training expensed", "训练成本当期费用化"),
    "profit_training_amortised": ("training written off over its life", "训练成本按使用期摊销"),
    "profit_without_next": ("without the next generation", "不计下一代模型"),
}
LABELS = {
    "en": {},
    "zh": {"year": "年份", "unallocated": "未分摊", "vintage": "模型代次", "profit": "利润", **dict(PROFITS.values())},
}
SCALES = ((1e9, " billion", "十亿"), (1e6, " million", "百万"), (1.0, "", ""))


def layer_chart(rows: Sequence[Row], estimates: Iterable[Estimate | Undefined], currency: str) -> tuple[Chart, ...]:
    """Cash of each vintage by year, one upon the other; the title says how many earned back their cost."""
    found = {e.name: e for e in estimates if isinstance(e, Estimate) and e.subject.startswith("all")}
    profitable, company = found.get("profitable_vintages"), found.get("company_profit")
    if not rows or profitable is None:
        return ()
    of, many = profitable.n, int(profitable.value)
    title = {"en": f"{many} of {of} vintages earned back their cost", "zh": f"{of}代模型中有{many}代收回成本"}
    if company is not None:
        title = {language: words + _of_company(company, currency)[language] for language, words in title.items()}
    layers = list(dict.fromkeys(str(row["vintage"]) for row in rows))
    return (
        Chart(
            id="model-vintages",
            title=title,
            subtitle={
                "en": f"Cash of each vintage by year, {currency}: what it earned less what it cost",
                "zh": f"各代模型逐年现金流（{currency}）：收入减成本",
            },
            alt={
                "en": f"Stacked bars of the yearly cash of {len(layers)} layers. {title['en']}.",
                "zh": f"{len(layers)}层逐年现金流的堆叠柱状图。{title['zh']}。",
            },
            rows=tuple({**row, "year": str(row["year"])} for row in rows),
            spec={
                "mark": {"type": "bar"},
                "encoding": {
                    "x": axis("year", "ordinal", "year"),
                    "y": axis("cash", "quantitative", currency),
                    "color": axis("vintage", "nominal", "vintage", sort=layers),
                },
            },
            labels=LABELS,
        ),
    )


def _of_company(company: Estimate, currency: str) -> dict[str, str]:
    """What the company made or lost as a whole, to three places."""
    verb, amount = ("makes", "盈利") if company.value >= 0 else ("loses", "亏损")
    size, en, zh = next(scale for scale in SCALES if abs(company.value) >= scale[0] or scale[0] == 1)
    whole = abs(company.value) / size
    shown = f"{whole:,.0f}" if whole >= 100 else f"{whole:.3g}"
    return {"en": f"; the company {verb} {shown}{en} {currency}", "zh": f"，公司整体{amount}{shown}{zh}{currency}"}


def year_chart(rows: Sequence[Row], estimates: Iterable[Estimate | Undefined], currency: str) -> tuple[Chart, ...]:
    """Profit by year under each definition; the title says what the definition changes in the last year."""
    known = [row for row in rows if row["all_known"]]
    if not known:
        return ()
    last = known[-1]
    signs = {name: float(last[name] or 0) < 0 for name in PROFITS}
    year = last["year"]
    if len(set(signs.values())) == 1:
        verb = ("a loss", "亏损") if signs["profit_without_next"] else ("a profit", "盈利")
        title = {"en": f"{year} shows {verb[0]} under every definition", "zh": f"无论何种口径，{year}年均为{verb[1]}"}
    else:
        losing = [PROFITS[name] for name, lost in signs.items() if lost]
        title = {
            "en": f"{year} shows a loss with {' and with '.join(words[0] for words in losing)}, a profit otherwise",
            "zh": f"{year}年仅在以下口径下亏损：{'、'.join(words[1] for words in losing)}",
        }
        title["en"] = title["en"].replace("with without", "without")
    return (
        Chart(
            id="model-vintages-years",
            title=title,
            subtitle={"en": f"Profit of the company by year, {currency}", "zh": f"公司逐年利润（{currency}）"},
            alt={
                "en": f"Line chart of profit in {len(known)} years under {len(PROFITS)} definitions. {title['en']}.",
                "zh": f"{len(known)}年利润的折线图，{len(PROFITS)}种口径。{title['zh']}。",
            },
            rows=tuple(
                {"year": str(row["year"]), "definition": PROFITS[name][0], "profit": row[name]}
                for row in known
                for name in PROFITS
            ),
            spec={
                "mark": {"type": "line", "point": True},
                "encoding": {
                    "x": axis("year", "ordinal", "year"),
                    "y": axis("profit", "quantitative", "profit"),
                    "color": axis("definition", "nominal", "definition"),
                },
            },
            labels=LABELS,
        ),
    )
