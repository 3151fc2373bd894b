"""The page on the compute index: what the locked or measured result says of a corpus of papers, in rows."""

from __future__ import annotations

from dataclasses import dataclass

from almanac.estimate import Estimate, Result, Undefined
from almanac.instruments.industry.compute_index_charts import NAMES_ZH, VENDORS_CHART
from almanac.instruments.industry.compute_index_corpus import UNKNOWN

INSTRUMENT = "compute-index"

WHOLES = ("papers_read", "papers_naming", "papers_using", "papers_known", "papers_without_year")
"""The wholes, each with the words `corpus_` + its name."""

COVERED = ("count", "device_hours", "flop", "energy")
"""What papers may state of an effort, each with the words `corpus_` + its name."""


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A vendor: its papers, and its shares raw and corrected; None where the index has no such share."""

    vendor: str
    papers: Estimate
    of_using: Estimate | Undefined | None
    raw: Estimate | Undefined | None
    corrected: Estimate | Undefined | None
    of_naming: Estimate | Undefined | None


@dataclass(frozen=True, slots=True)
class AccuracyRow:
    """A labelled class: how often the extractor finds it, and lets others pass."""

    name: str
    sensitivity: Estimate | Undefined | None
    specificity: Estimate | Undefined | None


@dataclass(frozen=True, slots=True)
class EffortRow:
    """What papers state of their effort: how many do, the median by paper and, where it means something, the total."""

    name: str
    stated: Estimate | Undefined | None
    median: Estimate | Undefined | None
    total: Estimate | Undefined | None


class Corpus:
    """The compute index of an edition, as its page shows it in one language."""

    def __init__(self, result: Result, language: str) -> None:
        self.result, self._language = result, language

    @property
    def headline(self) -> str:
        """What the chart of vendors finds; empty where there is none."""
        return next((chart.title[self._language] for chart in self.result.charts if chart.id == VENDORS_CHART), "")

    @property
    def wholes(self) -> tuple[tuple[str, Estimate], ...]:
        found = ((name, self.result.find(name, "all")) for name in WHOLES)
        return tuple((name, one) for name, one in found if isinstance(one, Estimate))

    @property
    def shares(self) -> tuple[ShareRow, ...]:
        """Every vendor over all years, those with most papers first; who names no maker last."""
        vendors = dict.fromkeys(str(row["vendor"]) for row in self.result.tables.get("shares", ()))
        rows = [row for vendor in vendors if (row := self._share(vendor)) is not None]
        return tuple(sorted(rows, key=lambda row: (row.vendor == self.name(UNKNOWN), -row.papers.value, row.vendor)))

    def _share(self, vendor: str) -> ShareRow | None:
        papers = self.result.find("papers", vendor)
        if not isinstance(papers, Estimate):
            return None
        names = ("share_of_using", "share_of_known", "corrected_share_of_known", "corrected_share_of_naming")
        return ShareRow(self.name(vendor), papers, *(self.result.find(name, vendor) for name in names))

    @property
    def accuracy(self) -> tuple[AccuracyRow, ...]:
        """Every labelled class, vendors first, as the instrument gives them."""
        subjects = [found.subject for found in self.result.estimates if found.name == "sensitivity"]
        return tuple(
            AccuracyRow(
                self.name(subject.partition(" ")[2]),
                self.result.find("sensitivity", subject),
                self.result.find("specificity", subject),
            )
            for subject in subjects
        )

    @property
    def effort(self) -> tuple[EffortRow, ...]:
        return tuple(
            EffortRow(
                name,
                self.result.find(f"{name}_stated", "all"),
                self.result.find(f"{name}_median", "all"),
                self.result.find(name, "all"),
            )
            for name in COVERED
        )

    @property
    def labelled(self) -> int:
        """How many papers were labelled: those of any class are of every class."""
        rows = self.result.tables.get("accuracy", ())
        return max((int(row["sensitivity_of"]) + int(row["specificity_of"]) for row in rows), default=0)

    def name(self, vendor: str) -> str:
        """A vendor in the page's language."""
        return NAMES_ZH.get(vendor, vendor) if self._language == "zh" else vendor
