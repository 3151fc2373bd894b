"""Where claims come from and where they go, in rows: sources and forecasts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from almanac.checks.wording import LANGUAGES
from almanac.edition.package.layout import (
    DAY,
    LIST,
    NUMBER,
    TEXT,
    TRUTH,
    WHOLE,
    Field,
    Layout,
    Reference,
    Row,
    Sheet,
)
from almanac.forecast import Forecast
from almanac.source import Source

if TYPE_CHECKING:
    from almanac.edition.bundle import Bundle


SOURCES = Layout(
    "sources",
    "Sources",
    "One row per document or dataset that somebody published.",
    (
        Field("id", TEXT, "the source", required=True),
        Field("title", TEXT, "its title", required=True),
        Field("publisher", TEXT, "who published it", required=True),
        Field("authors", LIST, "who wrote or speaks it"),
        Field("date", TEXT, "when it was published, as precisely as is known", required=True),
        Field("date_start", DAY, "first day that this can be", required=True),
        Field("date_end", DAY, "last day that this can be", required=True),
        Field("url", TEXT, "where it stands", required=True),
        Field("language", TEXT, "its language", required=True),
        Field("licence", TEXT, "its licence", required=True),
        Field("tier", TEXT, "primary, or secondary when it passes on what others found", required=True),
        Field("claims", WHOLE, "number of claims that it speaks to", required=True),
    ),
    key=("id",),
    searched=("title", "publisher"),
)

RETELLINGS = Layout(
    "retellings",
    "Retellings",
    "One row per source that passes on another's findings: two that retell one report are one witness.",
    (
        Field("source", TEXT, "the source that retells", required=True),
        Field("retells", TEXT, "the source that it retells", required=True),
    ),
    key=("source", "retells"),
    references=(Reference(("source",), "sources"), Reference(("retells",), "sources")),
    indexed=("retells",),
)

FORECASTS = Layout(
    "forecasts",
    "Forecasts",
    "One row per forecast, as registered before the fact.",
    (
        Field("id", TEXT, "the forecast", required=True),
        Field("registered", DAY, "day on which it was made", required=True),
        Field("deadline", DAY, "last day on which it can come true", required=True),
        Field("pending", TRUTH, "whether the deadline had not passed on the edition's as-of date", required=True),
        Field("probability", NUMBER, "the probability that the forecaster gave; empty when none was given"),
        Field("criteria_en", TEXT, "what decides it, in English"),
        Field("criteria_zh", TEXT, "what decides it, in Chinese"),
        Field("source_of_truth_en", TEXT, "where one will look, in English"),
        Field("source_of_truth_zh", TEXT, "where one will look, in Chinese"),
    ),
    key=("id",),
)

FORECAST_CLAIMS = Layout(
    "forecast_claims",
    "Claims of forecasts",
    "One row per claim that words a forecast.",
    (
        Field("forecast", TEXT, "the forecast", required=True),
        Field("claim", TEXT, "a claim that words it", required=True),
        Field("place", WHOLE, "1 for the first …", required=True),
    ),
    key=("forecast", "claim"),
    references=(Reference(("forecast",), "forecasts"), Reference(("claim",), "claims")),
    indexed=("claim",),
)


def sheets(bundle: Bundle) -> Iterator[Sheet]:
    """The sheets of this module, filled."""
    sources, forecasts = bundle.ledger.sources.values(), bundle.ledger.forecasts
    yield Sheet.of(SOURCES, (_source(bundle, source) for source in sources))
    yield Sheet.of(RETELLINGS, ({"source": one.id, "retells": other} for one in sources for other in one.retells))
    yield Sheet.of(FORECASTS, (_forecast(bundle, forecast) for forecast in forecasts))
    yield Sheet.of(
        FORECAST_CLAIMS,
        (
            {"forecast": forecast.id, "claim": claim, "place": place}
            for forecast in forecasts
            for place, claim in enumerate(dict.fromkeys(forecast.claims), 1)
        ),
    )


def _source(bundle: Bundle, source: Source) -> Row:
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "authors": source.authors or None,
        "date": str(source.date),
        "date_start": source.date.start,
        "date_end": source.date.end,
        "url": source.url,
        "language": source.language,
        "licence": source.licence,
        "tier": source.tier.value,
        "claims": len(bundle.ledger.claims_of_source[source.id]),
    }


def _forecast(bundle: Bundle, forecast: Forecast) -> Row:
    return {
        "id": forecast.id,
        "registered": forecast.registered,
        "deadline": forecast.deadline,
        "pending": forecast.pending(bundle.report.as_of),
        "probability": forecast.probability,
        **{f"criteria_{lang}": forecast.criteria.get(lang) for lang in LANGUAGES},
        **{f"source_of_truth_{lang}": forecast.source_of_truth.get(lang) for lang in LANGUAGES},
    }
