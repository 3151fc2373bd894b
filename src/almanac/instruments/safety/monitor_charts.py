"""The chart of monitor performance. It draws rows that are already results."""

from __future__ import annotations

from collections.abc import Iterable

from almanac.chart import Chart
from almanac.estimate import Estimate, Undefined
from almanac.instruments.instrument import Row

LABELS = {
    "en": {},
    "zh": {
        "false-positive rate, %": "误报率（%）",
        "recall, %": "召回率（%）",
        "episodes of": "样本",
        "all": "全部",
    },
}


def recall_chart(
    rows: Iterable[Row], estimates: Iterable[Estimate | Undefined], subject: str, rate: float
) -> tuple[Chart, ...]:
    """The ROC curve of `subject`; the title says what is caught at the false-positive rate `rate`, and how surely."""
    at = f"{100 * rate:.10g}%"
    found = {(e.name, e.subject): e for e in estimates if isinstance(e, Estimate)}
    recall = found.get(("recall_at_fpr", f"{subject} at {at}"))
    area = found.get(("auc", subject))
    drawn = tuple(row for row in rows if row["subject"] == subject)
    if recall is None or not drawn:
        return ()
    ends = f"{recall.low:.0f}", f"{recall.high:.0f}"
    title = {
        "en": f"At {at} false alarms the monitor catches {recall.value:.0f}% ({ends[0]} to {ends[1]})",
        "zh": f"误报率为{at}时，监控器的召回率为{recall.value:.0f}%（{ends[0]}%至{ends[1]}%）",
    }
    known = {"en": f" Area {area.value:.2f}.", "zh": f"曲线下面积{area.value:.2f}。"} if area else {"en": "", "zh": ""}
    return (
        Chart(
            id="monitor-performance",
            title=title,
            subtitle={
                "en": f"Share of {recall.n:,} real cases flagged against that of others, at every threshold",
                "zh": f"各阈值下，{recall.n:,}个真实案例被标记的比例与其他案例被标记的比例",
            },
            alt={
                "en": f"Line chart of recall against false-positive rate. {title['en']}.{known['en']}",
                "zh": f"召回率对误报率的折线图。{title['zh']}。{known['zh']}",
            },
            rows=drawn,
            spec={
                "mark": {"type": "line", "interpolate": "step-after"},
                "encoding": {
                    "x": {
                        "field": "false_positive_rate",
                        "type": "quantitative",
                        "title": "false-positive rate, %",
                        "scale": {"domain": [0, 100]},
                    },
                    "y": {
                        "field": "recall",
                        "type": "quantitative",
                        "title": "recall, %",
                        "scale": {"domain": [0, 100]},
                    },
                    "color": {"field": "subject", "type": "nominal", "title": "episodes of"},
                },
            },
            labels=LABELS,
        ),
    )
