"""Monitor performance: how much a monitor catches, at what price in false alarms, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from almanac.datasets.catalog import MONITORED
from almanac.datasets.schema import Table
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.instruments.safety.monitor_charts import recall_chart
from almanac.statistics import (
    Confidence,
    Flagged,
    NoNumber,
    auc,
    clopper_pearson,
    flagged_by,
    precision,
    recall_at,
    threshold_at,
    wilson,
)

TABLE = "episodes"
ALL = "all"

Share = Annotated[float, Field(gt=0, lt=1)]

INDEPENDENT = "episodes are independent; several of one task or one attack make the true interval wider"
SAME_MIX = "episodes in use are as hard to tell apart as those at hand"
CHOSEN = "the threshold is taken as fixed, though it was chosen on the same negatives"


@dataclass(frozen=True, slots=True)
class Sample:
    """The scores that one monitor gave to one group of episodes."""

    subject: str
    positives: tuple[float, ...]
    negatives: tuple[float, ...]


@instrument(
    "monitor-performance",
    version="1.0.0",
    chapter="safety",
    reads={TABLE: MONITORED},
    references=(
        "DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. (1988), Comparing the areas under two or more "
        "correlated ROC curves. Biometrics 44, 837-845.",
        "Newcombe, R. G. (2006), Confidence intervals for an effect size measure based on the Mann-Whitney statistic. "
        "Stat. Med. 25, 559-573.",
        "Campbell, G. (1994), Advances in statistical methodology for the evaluation of diagnostic and laboratory "
        "tests. Stat. Med. 13, 499-508.",
        "Koopman, P. A. R. (1984), Confidence intervals for the ratio of two binomial proportions. Biometrics 40, "
        "513-517.",
        "Hanley, J. A. and Lippman-Hand, A. (1983), If nothing goes wrong, is everything all right? JAMA 249, "
        "1743-1745.",
        "Axelsson, S. (2000), The base-rate fallacy and the difficulty of intrusion detection. ACM TISSEC 3, 186-205.",
    ),
)
def monitor_performance(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    rates: Sequence[Share] = (0.01, 0.05),
    base_rates: Sequence[Share] = (0.001, 0.01, 0.1),
    threshold: float | None = None,
    claimed: Annotated[float, Field(gt=0, lt=100)] = 99.0,
    step: Annotated[float, Field(gt=0, le=10)] = 1.0,
    sizes: Sequence[Annotated[int, Field(ge=1, le=1_000_000)]] = (10, 30, 100, 300, 1000, 10_000),
) -> Measurement:
    """How much does a monitor catch, and how much of what it flags is real?

    episodes: `score` (a higher one is more suspicious), `label` (1: what is looked for is there), `group`, `monitor`.

    rates: false-positive rates at which to give recall. base_rates: shares of all episodes in which what is looked for
    is there. threshold: a fixed one to judge too; an episode is flagged when its score is at least that.
    claimed, step: a claim "catches 99%" and the last place it is printed to, in percent; sizes: episodes behind it.

    Estimates, of "all" and each "group G"; where several monitors are named, whose scales need not be one, of each
    "monitor M" and "monitor M, group G" instead:
    positives, negatives (episode, counted). auc (ratio): DeLong on the logistic scale, Newcombe where it is 0 or 1.
    recall_at_fpr ("all at 1%", percent): recall at the threshold that such a share of all negatives would pass;
    the chance of both samples is in the interval, which covers at least `level`.
    recall, false_positive_rate ("all at threshold 0.5", percent): only with `threshold`; Wilson.
    precision ("all at 1%, base rate 0.1%", percent): by Bayes, interval from Koopman's ratio of the rates.
    claimed_recall ("100 episodes", percent): what such a claim means when it rests on so many episodes;
    Clopper-Pearson over all counts that print as it. episodes_without_a_miss ("99%", episode): how many caught episodes
    in a row show the claim at `level`.

    Tables: operating_points, roc, claims. Nothing is drawn at random; seed and as_of are recorded and change nothing.
    Assumes independent episodes. docs/theory/monitor-performance.md.
    """
    rates, base_rates, sizes = (
        tuple(dict.fromkeys(rates)),
        tuple(dict.fromkeys(base_rates)),
        tuple(dict.fromkeys(sizes)),
    )
    samples, account = _read(tables[TABLE])
    found: list[Estimate | Undefined] = []
    points: list[Row] = []
    for sample in samples:
        found.extend(_counts(sample, level))
        for rate in rates:
            found.extend(_at_rate(sample, rate, base_rates, level))
        if threshold is not None:
            found.extend(_at_threshold(sample, threshold, base_rates, level))
        points.extend(_operating_points(sample, rates, threshold))
    claims = [_claimed(claimed, step, n, level) for n in sizes]
    found.extend(claims)
    found.append(_without_a_miss(claimed, level))
    roc = tuple(row for sample in samples for row in _roc_rows(sample))
    return Measurement(
        account=account,
        estimates=tuple(found),
        tables={"operating_points": tuple(points), "roc": roc, "claims": _claim_rows(sizes, claims)},
        charts=recall_chart(roc, found, samples[0].subject, min(rates, default=0.01)),
    )


# ---- reading -----------------------------------------------------------------------------------------------------


def _read(table: Table) -> tuple[tuple[Sample, ...], Account]:
    """All episodes and every group, or every monitor and group, by name; those without score or label are left out."""
    rows = list(table.frame.select("score", "label", "group", "monitor").iter_rows())
    whole = [row for row in rows if row[0] is not None and row[1] is not None]
    monitors = sorted({row[3] or "" for row in whole})
    groups = sorted({row[2] for row in whole if row[2]})
    samples = []
    for monitor in monitors if len(monitors) > 1 else [None]:
        mine = [row for row in whole if monitor is None or (row[3] or "") == monitor]
        words = "" if monitor is None else f"monitor {monitor or 'unnamed'}"
        samples.append(_sample(words or ALL, mine))
        for group in groups:
            part = [row for row in mine if row[2] == group]
            samples.append(_sample(f"{words}, group {group}" if words else f"group {group}", part))
    return tuple(samples), _account(rows)


def _sample(subject: str, rows: Sequence[tuple[float, int, str | None, str | None]]) -> Sample:
    positives = tuple(row[0] for row in rows if row[1])
    return Sample(subject, positives, tuple(row[0] for row in rows if not row[1]))


def _account(rows: Sequence[tuple[float | None, int | None, str | None, str | None]]) -> Account:
    silent = sum(row[0] is None for row in rows)
    unlabelled = sum(row[0] is not None and row[1] is None for row in rows)
    reasons = []
    if silent:
        reasons.append(f"{silent} skipped: the monitor gave no score; whoever lets these pass has a lower recall")
    if unlabelled:
        reasons.append(f"{unlabelled} skipped: not labelled")
    return Account(len(rows), len(rows) - silent - unlabelled, silent + unlabelled, 0, tuple(reasons))


# ---- estimates ---------------------------------------------------------------------------------------------------


def _counts(sample: Sample, level: float) -> Iterator[Estimate | Undefined]:
    for name, scores in (("positives", sample.positives), ("negatives", sample.negatives)):
        yield counted(name, sample.subject, float(len(scores)), "episode", len(scores), "counted")
    n = len(sample.positives) + len(sample.negatives)
    area = auc(sample.positives, sample.negatives, level)
    yield estimated(
        "auc", sample.subject, area, "ratio", n, "area under the ROC curve; DeLong, logistic", (INDEPENDENT,)
    )


def _at_rate(sample: Sample, rate: float, base_rates: Sequence[float], level: float) -> Iterator[Estimate | Undefined]:
    subject = f"{sample.subject} at {_shown(100 * rate)}%"
    recall = recall_at(sample.positives, sample.negatives, rate, level)
    method = (
        f"recall at the threshold that {_shown(100 * rate)}% of negatives pass; order statistics of "
        f"{len(sample.negatives)} negatives, Clopper-Pearson of {len(sample.positives)} positives"
    )
    yield estimated(
        "recall_at_fpr", subject, _percent(recall), "percent", len(sample.positives), method, (INDEPENDENT,)
    )
    at = threshold_at(sample.positives, sample.negatives, rate)
    yield from _precisions(subject, at, base_rates, level, (INDEPENDENT, SAME_MIX, CHOSEN))


def _at_threshold(
    sample: Sample, threshold: float, base_rates: Sequence[float], level: float
) -> Iterator[Estimate | Undefined]:
    subject = f"{sample.subject} at threshold {_shown(threshold)}"
    at = flagged_by(sample.positives, sample.negatives, threshold)
    for name, hits, n in (("recall", at.hits, at.positives), ("false_positive_rate", at.alarms, at.negatives)):
        share = _percent(wilson(hits, n, level))
        yield estimated(
            name, subject, share, "percent", n, "share that scores at least the threshold; Wilson", (INDEPENDENT,)
        )
    yield from _precisions(subject, at, base_rates, level, (INDEPENDENT, SAME_MIX))


def _precisions(
    subject: str, at: Flagged | NoNumber, base_rates: Sequence[float], level: float, assumptions: tuple[str, ...]
) -> Iterator[Estimate | Undefined]:
    for base_rate in base_rates:
        whole = f"{subject}, base rate {_shown(100 * base_rate)}%"
        found = at if isinstance(at, NoNumber) else precision(at, base_rate, level)
        n = 0 if isinstance(at, NoNumber) else at.positives + at.negatives
        method = "Bayes, from recall and false-positive rate; score interval of their ratio"
        yield estimated("precision", whole, _percent(found), "percent", n, method, assumptions)


def _claimed(claimed: float, step: float, n: int, level: float) -> Estimate | Undefined:
    """What "catches `claimed` percent" says of the true recall when it rests on n episodes."""
    subject = f"{n:,} episodes"
    low, high = (claimed - step / 2) / 100 * n, (claimed + step / 2) / 100 * n
    counts = range(max(0, math.ceil(low - 1e-9)), min(n, math.ceil(high - 1e-9) - 1) + 1)
    if not counts:
        return Undefined("claimed_recall", subject, f"no count out of {n} prints as {_shown(claimed)}%")
    ends = [clopper_pearson(k, n, level) for k in (counts[0], counts[-1])]
    nearest = min(counts, key=lambda k: (abs(100 * k / n - claimed), k))
    known = [end for end in ends if isinstance(end, Confidence)]
    method = f"Clopper-Pearson over every count that prints as {_shown(claimed)}%: {counts[0]} to {counts[-1]}"
    whole = Confidence(nearest / n, min(end.low for end in known), max(end.high for end in known), level)
    return estimated("claimed_recall", subject, _percent(whole), "percent", n, method, (INDEPENDENT,))


def _without_a_miss(claimed: float, level: float) -> Estimate:
    """The fewest episodes, all caught, whose interval lies above the claim: n with tail^(1/n) >= claim."""
    n = math.ceil(math.log((1 - level) / 2) / math.log(claimed / 100) - 1e-9)
    method = f"fewest episodes without a miss whose Clopper-Pearson interval at {level:g} starts at the claim or above"
    return counted("episodes_without_a_miss", f"{_shown(claimed)}%", float(n), "episode", n, method, (INDEPENDENT,))


def _percent(found: Confidence | NoNumber) -> Confidence | NoNumber:
    return found if isinstance(found, NoNumber) else found.scaled(100)


def _shown(number: float) -> str:
    """A number as a subject shows it: 0.1, 5, 99."""
    return f"{number:.10g}"


# ---- tables ------------------------------------------------------------------------------------------------------


def _operating_points(sample: Sample, rates: Sequence[float], threshold: float | None) -> Iterator[Row]:
    """What the lowest threshold within each rate flags, and what the fixed one does; empty: it would flag nothing."""
    found = [(rate, threshold_at(sample.positives, sample.negatives, rate)) for rate in rates]
    for rate, at in found:
        if isinstance(at, Flagged):
            yield _point(sample.subject, rate, at)
    if threshold is not None:
        yield _point(sample.subject, None, flagged_by(sample.positives, sample.negatives, threshold))


def _point(subject: str, rate: float | None, at: Flagged) -> Row:
    return {
        "subject": subject,
        "rate": rate,
        "threshold": at.threshold if math.isfinite(at.threshold) else None,
        "hits": at.hits,
        "positives": at.positives,
        "alarms": at.alarms,
        "negatives": at.negatives,
    }


MOST_POINTS = 200
"""Points of a ROC curve in the table at most: more are not seen."""


def _roc_rows(sample: Sample) -> Iterator[Row]:
    """The curve: share of negatives and of positives flagged, in percent, as the threshold falls."""
    if not sample.positives or not sample.negatives:
        return
    scores = sorted({*sample.positives, *sample.negatives}, reverse=True)
    stride = math.ceil(len(scores) / MOST_POINTS)
    for threshold in (math.inf, *scores[:-1][::stride], scores[-1]):
        at = flagged_by(sample.positives, sample.negatives, threshold)
        yield {
            "subject": sample.subject,
            "threshold": threshold if math.isfinite(threshold) else None,
            "false_positive_rate": 100 * at.alarms / at.negatives,
            "recall": 100 * at.hits / at.positives,
        }


def _claim_rows(sizes: Sequence[int], claims: Sequence[Estimate | Undefined]) -> tuple[Row, ...]:
    return tuple(
        {
            "episodes": n,
            "low": found.low if isinstance(found, Estimate) else None,
            "high": found.high if isinstance(found, Estimate) else None,
            "reason": None if isinstance(found, Estimate) else found.reason,
        }
        for n, found in zip(sizes, claims, strict=True)
    )
