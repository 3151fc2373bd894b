"""The track record: how often did a report's yearly predictions come true?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from almanac.datasets.catalog import PREDICTIONS
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.forecasts.track_charts import topic_chart, year_chart
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.statistics import Confidence, NoNumber, half_credit, wilson

TABLE = "predictions"
ALL = "all"
SMALL = 10
"""Groups with fewer graded predictions are flagged: below 10, a 95% interval spans 50 points or more."""

GRADES = ("hit", "partial", "miss", "pending")
CREDIT = {"hit": 1.0, "partial": 0.5, "miss": 0.0}

SELF_GRADED = "graded by the report itself, one year on, without criteria fixed beforehand"
INDEPENDENT = "predictions come true independently, with one probability for each group"


@dataclass(frozen=True, slots=True)
class Prediction:
    """A prediction and its grade as of the day of the measurement."""

    id: str
    report_year: int
    graded_year: int
    topic: str
    grade: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How a group of predictions was graded."""

    hits: int
    partials: int
    misses: int
    pending: int

    @classmethod
    def of(cls, predictions: Iterable[Prediction]) -> Tally:
        grades = Counter(prediction.grade for prediction in predictions)
        return cls(*(grades[grade] for grade in GRADES))

    @property
    def graded(self) -> int:
        return self.hits + self.partials + self.misses


@instrument(
    "track-record",
    version="1.0.0",
    chapter="predictions",
    reads={TABLE: PREDICTIONS},
    references=(
        "Air Street Capital (2026), State of AI Report, predictions scorecard, 9 July 2026.",
        "Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference. "
        "J. Am. Stat. Assoc. 22, 209-212.",
        "Newcombe, R. G. (1998), Two-sided confidence intervals for the single proportion: comparison of "
        "seven methods. Stat. Med. 17, 857-872.",
        "Tango, T. (1998), Equivalence test and confidence interval for the difference in proportions for "
        "the paired-sample design. Stat. Med. 17, 891-908.",
    ),
)
def track_record(
    tables: Mapping[str, Table], *, as_of: date, seed: int | None = None, level: Level = 0.95
) -> Measurement:
    """How often did a report's yearly predictions come true?

    predictions: one row per prediction; `report_year`, `graded_year`, `topic`, `verdict`. A grade given after
    the year of `as_of` is not known yet: that prediction is pending. Reports of later years are skipped.

    Estimates, for "all", each report year ("2018") and each topic ("Industry"):
    predictions, graded, hits, partials, misses, pending (prediction): counted.
    hit_rate (percent): hits among the graded; Wilson interval.
    half_credit_rate (percent): the same with a partial hit worth one half; Tango's score interval.
    half_credit_effect (percentage_point): what that half credit adds; half of the partials' Wilson interval.
    verdict (each prediction_id, yes-no): 1 hit, 0 miss, 0.5 in part; Undefined while pending.

    Tables: by_year, by_topic, predictions. Raises InstrumentError when no report is as old as
    `as_of`, or a topic bears the name of a year or of the whole.
    Assumes independent predictions with one probability per group; nothing is random, so `seed` is not used.
    """
    known = _known(tables[TABLE], as_of)
    if not known:
        raise InstrumentError(
            [Fault("track-record", None, "as_of", as_of.isoformat(), "a day in the year of a report or later")]
        )
    years = _grouped(known, [str(prediction.report_year) for prediction in known])
    topics = _grouped(known, [prediction.topic for prediction in known])
    if taken := sorted(topics.keys() & {ALL, *years}):
        fault = Fault("predictions", None, "column topic", ", ".join(taken), "a name that is no year and not all")
        raise InstrumentError([fault])
    groups = {ALL: Tally.of(known), **years, **topics}
    estimates = (
        *(estimate for subject, tally in groups.items() for estimate in _estimates(subject, tally, level)),
        *(_verdict(prediction) for prediction in known),
    )
    by_year, by_topic = _rows(years, estimates, "year"), _rows(topics, estimates, "topic")
    return Measurement(
        account=_account(tables[TABLE], known, as_of),
        estimates=estimates,
        tables={
            "by_year": by_year,
            "by_topic": by_topic,
            "predictions": _prediction_rows(known, tables[TABLE]),
        },
        charts=(*year_chart(by_year, estimates), *topic_chart(by_topic, estimates)),
    )


def _known(table: Table, as_of: date) -> tuple[Prediction, ...]:
    """The predictions that had been made, with the grades that had been given, by id."""
    rows = table.frame.select("prediction_id", "report_year", "graded_year", "topic", "verdict").iter_rows()
    made = [Prediction(*row) for row in rows if row[1] <= as_of.year]
    known = [
        prediction
        if prediction.graded_year <= as_of.year
        else Prediction(prediction.id, prediction.report_year, prediction.graded_year, prediction.topic, "pending")
        for prediction in made
    ]
    return tuple(sorted(known, key=lambda prediction: (prediction.report_year, len(prediction.id), prediction.id)))


def _grouped(predictions: tuple[Prediction, ...], subjects: list[str]) -> dict[str, Tally]:
    members: dict[str, list[Prediction]] = {}
    for subject, prediction in zip(subjects, predictions, strict=True):
        members.setdefault(subject, []).append(prediction)
    return {subject: Tally.of(members[subject]) for subject in sorted(members)}


def _account(table: Table, known: tuple[Prediction, ...], as_of: date) -> Account:
    rows = table.frame.height
    later = rows - len(known)
    reasons = (f"{later} predictions of reports after {as_of.year}",) if later else ()
    return Account(rows, len(known), later, 0, reasons)


def _estimates(subject: str, tally: Tally, level: float) -> list[Estimate | Undefined]:
    counts = {
        "predictions": tally.graded + tally.pending,
        "graded": tally.graded,
        "hits": tally.hits,
        "partials": tally.partials,
        "misses": tally.misses,
        "pending": tally.pending,
    }
    n = counts["predictions"]
    return [
        *(counted(name, subject, count, "prediction", n, "counted") for name, count in counts.items()),
        *_rates(subject, tally, level),
    ]


def _rates(subject: str, tally: Tally, level: float) -> list[Estimate | Undefined]:
    n = tally.graded
    if not n:
        names = ("hit_rate", "half_credit_rate", "half_credit_effect")
        return [Undefined(name, subject, "none of its predictions is graded yet") for name in names]
    small = (f"only {n} graded: the interval is wide, and ranks between such groups mean little",) if n < SMALL else ()
    assumptions = (SELF_GRADED, INDEPENDENT, *small)
    return [
        estimated(
            "hit_rate",
            subject,
            _times(wilson(tally.hits, n, level), 100),
            "percent",
            n,
            "hits among graded predictions, partial hits counted as misses; Wilson",
            assumptions,
        ),
        estimated(
            "half_credit_rate",
            subject,
            _times(half_credit(tally.hits, tally.partials, tally.misses, level), 100),
            "percent",
            n,
            "mean credit of graded predictions, a partial hit worth one half; Tango's score interval",
            assumptions,
        ),
        estimated(
            "half_credit_effect",
            subject,
            _times(wilson(tally.partials, n, level), 50),
            "percentage_point",
            n,
            "what half credit for partial hits adds to the hit rate: half their share; Wilson, halved",
            assumptions,
        ),
    ]


def _times(found: Confidence | NoNumber, factor: float) -> Confidence | NoNumber:
    return found if isinstance(found, NoNumber) else found.scaled(factor)


def _verdict(prediction: Prediction) -> Estimate | Undefined:
    """Whether it came true. In part is one half: it decides neither yes nor no."""
    if prediction.grade == "pending":
        return Undefined("verdict", prediction.id, "not graded yet")
    method = f"the report's own grade of {prediction.graded_year}: {prediction.grade}"
    return counted("verdict", prediction.id, CREDIT[prediction.grade], "yes-no", 1, method, (SELF_GRADED,))


def _rows(tallies: Mapping[str, Tally], estimates: tuple[Estimate | Undefined, ...], key: str) -> tuple[Row, ...]:
    found = {(e.name, e.subject): e for e in estimates if isinstance(e, Estimate)}
    rows = []
    for subject, tally in tallies.items():
        row: dict[str, str | int | float | None] = {
            key: subject,
            "graded": tally.graded,
            "hits": tally.hits,
            "partials": tally.partials,
            "misses": tally.misses,
            "pending": tally.pending,
        }
        for name in ("hit_rate", "half_credit_rate"):
            rate = found.get((name, subject))
            row[name] = rate.value if rate else None
            row[f"{name}_low"] = rate.low if rate else None
            row[f"{name}_high"] = rate.high if rate else None
        rows.append(row)
    return tuple(rows)


def _prediction_rows(known: tuple[Prediction, ...], table: Table) -> tuple[Row, ...]:
    """Each prediction with its label, if the table has labels, and its credit."""
    labels = {row[0]: row[1:] for row in table.frame.select("prediction_id", "label_en", "label_zh").iter_rows()}
    return tuple(
        {
            "prediction_id": prediction.id,
            "report_year": prediction.report_year,
            "topic": prediction.topic,
            "label_en": labels[prediction.id][0],
            "label_zh": labels[prediction.id][1],
            "grade": prediction.grade,
            "credit": CREDIT.get(prediction.grade),
        }
        for prediction in known
    )
