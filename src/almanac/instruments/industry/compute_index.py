"""The compute index: which accelerators papers use, by vendor, family and model, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from almanac.datasets.catalog import ACCELERATORS, AGREEMENT, PAPERS, USES
from almanac.datasets.schema import Table
from almanac.estimate import Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.compute_index_accuracy import Accuracy, Corrector, accuracies, share_cells
from almanac.instruments.industry.compute_index_charts import counts_chart, models_chart, vendors_chart
from almanac.instruments.industry.compute_index_corpus import ALL, Chip, Corpus, Period, read_corpus
from almanac.instruments.industry.compute_index_effort import count_estimates, count_rows, effort_estimates, ratings
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.statistics import Confidence, NoNumber, drift_forecast, wilson

Estimates = list[Estimate | Undefined]

SAMPLED = "papers are drawn at random from those that the corpus stands for; they name accelerators independently"
RAW = "as the extractor found it, with its errors in it"
GROWS = "growth is a random walk with drift; papers of every year were collected in the same way"


@dataclass(frozen=True, slots=True)
class Whole:
    """What a share is of: `name` for estimates, words for methods, and the papers."""

    name: str
    words: str
    papers: frozenset[str]


@instrument(
    "compute-index",
    version="1.0.0",
    chapter="industry",
    reads={"papers": PAPERS, "uses": USES},
    may_read={"agreement": AGREEMENT, "accelerators": ACCELERATORS},
    references=(
        "Rogan, W. J. and Gladen, B. (1978), Estimating prevalence from the results of a screening test. "
        "Am. J. Epidemiol. 107, 71-76.",
        "Lang, Z. and Reiczigel, J. (2014), Confidence limits for prevalence of disease adjusted for estimated "
        "sensitivity and specificity. Prev. Vet. Med. 113, 13-22.",
        "Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference. "
        "J. Am. Stat. Assoc. 22, 209-212.",
        "Rubin, D. B. (1981), The Bayesian bootstrap. Ann. Stat. 9, 130-134.",
        "Conover, W. J. (1999), Practical Nonparametric Statistics, 3rd ed. Wiley, section 3.2.",
        "Hyndman, R. J. and Athanasopoulos, G. (2021), Forecasting: Principles and Practice, 3rd ed. "
        "OTexts, sections 5.2 and 5.10.",
        "Sevilla, J. et al. (2022), Compute trends across three eras of machine learning. IJCNN. (utilisation)",
        "Strubell, E., Ganesh, A. and McCallum, A. (2019), Energy and policy considerations for deep learning in "
        "NLP. ACL. (power usage effectiveness)",
    ),
)
def compute_index(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    weak: Literal["include", "exclude"] = "include",
    partial_year: int | None = None,
    draws: Annotated[int, Field(ge=100, le=100_000)] = 2000,
    utilisation: Annotated[float, Field(gt=0, le=1)] = 0.3,
    pue: Annotated[float, Field(ge=1, le=3)] = 1.58,
) -> Measurement:
    """Which accelerators do AI papers use, how many and for how long?

    papers: one row per document; `outcome`, `year` and `month` where known, `names_any` (0 or 1).
    uses: one row per document and accelerator that it uses or only mentions.
    agreement (may be absent): labelled papers, what they use and what the extractor says.
    accelerators (may be absent): dense peak (TFLOP/s) and rated power (W) by vendor and model.

    weak: whether uses that a reader could fairly deny count as uses or as mentions.
    partial_year: the year that is not over; the as-of date's own unless that is 31 December.
    draws: of the bootstrap. utilisation: share of peak FLOP/s. pue: power usage effectiveness of the building.

    Estimates ("NVIDIA", "NVIDIA 2024", "NVIDIA / Data Center", "NVIDIA / Data Center / A100", "all", "2024"):
    papers_read, papers_naming, papers_using, papers_known, papers_without_year (paper, counted): the wholes.
    papers (paper): of each vendor, family, model, each paper once. mentions (mention): of their names.
    share_of_read, share_of_naming, share_of_using, share_of_known (percent): raw; Wilson interval.
    corrected_share_of_naming (percent): Rogan-Gladen; interval of Lang and Reiczigel.
    corrected_share_of_known (percent): ratio of two such; bootstrap interval, needs `seed`.
    sensitivity, specificity ("vendor NVIDIA", "model A100", percent): of the extractor; Wilson interval.
    peak (paper/year): a model's largest count in a year that is over.
    projection ("NVIDIA 2026", paper/year): the year that is not over, from those that are.
    count_q25, count_median, count_q75, count_q90 (accelerator), count_stated (percent), count_in_cores (paper).
    device_hours (accelerator*hour), flop (FLOP), energy (kWh), each with _median and _stated (percent).

    Tables: wholes, shares, chips, months, counts, accuracy, without_year.
    Raises InstrumentError when uses belong to papers that are not there or were not read.
    Assumes that the labelled papers show the extractor's errors in this corpus. docs/theory/compute-index.md.
    """
    corpus = read_corpus(tables["papers"], tables["uses"], as_of=as_of, weak=weak == "include")
    partial = partial_year or (None if (as_of.month, as_of.day) == (12, 31) else as_of.year)
    accuracy = Accuracy(tables.get("agreement"))
    agreed, accuracy_rows = accuracies(accuracy, level)
    corrector = Corrector(corpus, accuracy, level, seed, draws)
    rated = ratings(tables.get("accelerators"))
    estimates: Estimates = [
        *_wholes(corpus),
        *_papers(corpus),
        *_mentions(corpus),
        *_shares(corpus, partial, level),
        *corrector.estimates(corpus.users),
        *agreed,
        *_peaks(corpus, partial),
        *_projections(corpus, partial, level),
        *count_estimates(corpus, level),
        *effort_estimates(corpus, rated, utilisation=utilisation, pue=pue, level=level),
    ]
    share_rows = _share_rows(corpus, partial, estimates)
    chip_rows = _chip_rows(corpus, partial)
    number_rows = count_rows(corpus)
    return Measurement(
        account=corpus.account,
        estimates=tuple(estimates),
        tables={
            "wholes": _whole_rows(corpus, partial),
            "shares": share_rows,
            "chips": tuple(row for row in chip_rows if row["papers_naming"]),
            "months": _month_rows(corpus),
            "counts": number_rows,
            "accuracy": accuracy_rows,
            "without_year": tuple({"doc_id": paper} for paper in corpus.undated),
        },
        charts=(
            *vendors_chart(share_rows, estimates),
            *models_chart(chip_rows, estimates),
            *counts_chart(number_rows, estimates),
        ),
    )


def _periods(corpus: Corpus) -> tuple[Period, ...]:
    return (ALL, *map(Period, corpus.years))


def _unit(period: Period) -> str:
    return "paper" if period.year is None else "paper/year"


def _wholes(corpus: Corpus) -> Estimates:
    """How many papers there are of each kind that shares are of."""
    kinds = {
        "papers_read": (None, "papers that were read"),
        "papers_naming": (corpus.naming, "papers that name an accelerator somewhere, used or not"),
        "papers_using": (corpus.using, "papers that use an accelerator, of a known maker or not"),
        "papers_known": (corpus.known, "papers that use an accelerator of a known maker"),
    }
    found: Estimates = []
    for period in _periods(corpus):
        for name, (papers, method) in kinds.items():
            number = len(corpus.within(period, papers))
            found.append(counted(name, period.subject(), float(number), _unit(period), number, method))
    undated = len(corpus.undated)
    method = "papers that were read and whose year is not known: in every total, in no year"
    found.append(counted("papers_without_year", "all", float(undated), "paper", undated, method))
    return found


def _papers(corpus: Corpus) -> Estimates:
    """How many papers use each vendor, in every year, and each family and model, in all."""
    found: Estimates = []
    for chip, users in corpus.users.items():
        for period in _periods(corpus) if chip.level == "vendor" else (ALL,):
            number = len(corpus.within(period, users))
            method = "papers that use it, each once"
            found.append(counted("papers", period.subject(str(chip)), float(number), _unit(period), number, method))
    return found


def _mentions(corpus: Corpus) -> Estimates:
    """How often each vendor's, family's and model's names stand in the papers, used or not."""
    found: Estimates = []
    for chip, mentions in corpus.mentions.items():
        if chip != Chip(None):
            method = f"occurrences of its names in {len(mentions)} papers, used or not"
            total = float(sum(mentions.values()))
            found.append(counted("mentions", str(chip), total, "mention", len(mentions), method))
    return found


def _wholes_of(corpus: Corpus) -> tuple[Whole, ...]:
    return (
        Whole("share_of_read", "papers that were read", frozenset(corpus.documents)),
        Whole("share_of_naming", "papers that name an accelerator", corpus.naming),
        Whole("share_of_using", "papers that use an accelerator", corpus.using),
        Whole("share_of_known", "papers that use an accelerator of a known maker", corpus.known),
    )


def _shares(corpus: Corpus, partial: int | None, level: float) -> Estimates:
    """Raw shares: of vendors in every year, of families and models in all. A paper that names no maker has no share
    of those that do.
    """
    found: Estimates = []
    for chip, users in corpus.users.items():
        for period in _periods(corpus) if chip.level == "vendor" else (ALL,):
            for whole in _wholes_of(corpus):
                if chip.vendor is not None or whole.papers != corpus.known:
                    found.append(_share(corpus, chip, users, period, whole, partial, level))
    return found


def _share(
    corpus: Corpus,
    chip: Chip,
    users: frozenset[str],
    period: Period,
    whole: Whole,
    partial: int | None,
    level: float,
) -> Estimate | Undefined:
    papers = corpus.within(period, whole.papers)
    part = wilson(len(papers & users), len(papers), level)
    percent = part if isinstance(part, NoNumber) else part.scaled(100)
    flags = (f"{period} is not over",) if partial is not None and period.year == partial else ()
    method = f"share of {len(papers)} {whole.words}; Wilson"
    subject = period.subject(str(chip))
    return estimated(whole.name, subject, percent, "percent", len(papers), method, (SAMPLED, RAW, *flags))


def _final(corpus: Corpus, partial: int | None) -> tuple[int, ...]:
    """The years that are over."""
    return tuple(year for year in corpus.years if partial is None or year < partial)


def _peaks(corpus: Corpus, partial: int | None) -> Estimates:
    """The largest yearly count of every model, in years that are over."""
    final = _final(corpus, partial)
    found: Estimates = []
    for chip, users in corpus.users.items():
        if chip.level != "model":
            continue
        counts = {year: len(corpus.within(Period(year), users)) for year in final}
        best = max(counts, key=lambda year: (counts[year], -year), default=None)
        if best is None or not counts[best]:
            found.append(Undefined("peak", str(chip), "no paper of a year that is over uses it"))
        else:
            method = f"the largest of {len(counts)} yearly counts, in {best}"
            found.append(counted("peak", str(chip), float(counts[best]), "paper/year", counts[best], method))
    return found


def _projections(corpus: Corpus, partial: int | None, level: float) -> Estimates:
    """What the year that is not over may come to, by growth so far: of all papers that use one, and by vendor."""
    if partial not in corpus.years:
        return []
    groups = {"all": corpus.using, **{str(c): users for c, users in corpus.users.items() if c.level == "vendor"}}
    return [_projection(corpus, name, users, Period(partial), level) for name, users in groups.items()]


def _projection(corpus: Corpus, name: str, users: frozenset[str], period: Period, level: float) -> Estimate | Undefined:
    history = _history(corpus, users, period.year or 0)
    so_far = len(corpus.within(period, users))
    forecast = drift_forecast(history, level)
    if isinstance(forecast, Confidence):
        value, low, high = (max(float(so_far), end) for end in (forecast.value, forecast.low, forecast.high))
        forecast = Confidence(value, low, high, forecast.level)
    method = (
        f"mean logarithmic growth of {len(history)} years that are over; t interval from a leave-future-out back-test; "
        f"not below the {so_far} papers so far"
    )
    return estimated("projection", f"{name} {period}", forecast, "paper/year", len(history), method, (GROWS,))


def _history(corpus: Corpus, users: frozenset[str], year: int) -> list[int]:
    """The counts of the unbroken run of years right before `year` in which some paper uses it, oldest first."""
    counts: list[int] = []
    while papers := len(corpus.within(Period(year - len(counts) - 1), users)):
        counts.append(papers)
    return counts[::-1]


# ---- tables ------------------------------------------------------------------------------------------------------


def _status(period: Period, partial: int | None) -> str:
    return "partial" if partial is not None and (period.year or 0) >= partial else "final"


def _whole_rows(corpus: Corpus, partial: int | None) -> tuple[Row, ...]:
    """Every whole of every period; `year` is empty for all."""
    return tuple(
        {
            "year": period.year,
            "status": _status(period, partial),
            "read": len(corpus.within(period)),
            "naming": len(corpus.within(period, corpus.naming)),
            "using": len(corpus.within(period, corpus.using)),
            "known": len(corpus.within(period, corpus.known)),
        }
        for period in _periods(corpus)
    )


_SHARES = (
    "share_of_read",
    "share_of_naming",
    "share_of_using",
    "share_of_known",
    "corrected_share_of_naming",
    "corrected_share_of_known",
)


def _share_rows(corpus: Corpus, partial: int | None, estimates: Iterable[Estimate | Undefined]) -> tuple[Row, ...]:
    """Every vendor's papers and shares in every period; empty where there is no number."""
    by_key = {(found.name, found.subject): found for found in estimates}
    rows: list[Row] = []
    for chip, users in corpus.users.items():
        if chip.level != "vendor":
            continue
        for period in _periods(corpus):
            cells = {"vendor": str(chip), "year": period.year, "status": _status(period, partial)}
            papers = {"papers": len(corpus.within(period, users))}
            shares = [share_cells(name, by_key, period.subject(str(chip))) for name in _SHARES]
            rows.append({**cells, **papers, **{name: cell for share in shares for name, cell in share.items()}})
    return tuple(rows)


def _chip_rows(corpus: Corpus, partial: int | None) -> tuple[Row, ...]:
    """Papers that use each vendor, family and model and that name it, and mentions of it, in every period.

    `share` is in percent of `whole`, the papers that use any accelerator.
    """
    nobody: frozenset[str] = frozenset()
    rows: list[Row] = []
    for chip in dict.fromkeys((*corpus.users, *corpus.mentions)):
        mentions = corpus.mentions.get(chip, {})
        for period in _periods(corpus):
            named = corpus.within(period, mentions)
            papers = len(corpus.within(period, corpus.users.get(chip, nobody)))
            whole = len(corpus.within(period, corpus.using))
            rows.append(
                {
                    "level": chip.level,
                    "vendor": chip.vendor,
                    "family": chip.family,
                    "model": chip.model,
                    "year": period.year,
                    "status": _status(period, partial),
                    "papers": papers,
                    "whole": whole,
                    "share": 100 * papers / whole if whole else None,
                    "papers_naming": len(named),
                    "mentions": sum(mentions[paper] for paper in named),
                }
            )
    return tuple(rows)


def _month_rows(corpus: Corpus) -> tuple[Row, ...]:
    """Papers that use each vendor by month, of those whose month is known."""
    return tuple(
        {
            "vendor": str(chip),
            "year": period.year,
            "month": period.month,
            "papers": len(corpus.within(period, users)),
            "known": len(corpus.within(period, corpus.known)),
        }
        for period in corpus.months
        for chip, users in corpus.users.items()
        if chip.level == "vendor"
    )
