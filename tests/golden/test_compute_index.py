"""compute-index against numbers that others printed or that a person worked by hand: where each comes from stands
beside it.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from almanac.estimate import Account, Estimate, Result, Undefined
from almanac.instruments import find
from papertables import paper, row, table

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data" / "papers"
AS_OF = date(2024, 12, 31)
INDEX = find("compute-index")


def run(
    papers: list[dict[str, Any]],
    uses: list[dict[str, Any]],
    agreement: list[dict[str, Any]] | None = None,
    accelerators: list[dict[str, Any]] | None = None,
    as_of: date = AS_OF,
    seed: int | None = 1,
    **parameters: Any,
) -> Result:
    tables = {"papers": table("papers", papers), "uses": table("uses", uses)}
    for name, rows in (("agreement", agreement), ("accelerators", accelerators)):
        if rows:
            tables[name] = table(name, rows)
    return INDEX(tables, as_of=as_of, seed=seed, **parameters)


def value(result: Result, name: str, subject: str = "all") -> float:
    found = result.find(name, subject)
    assert isinstance(found, Estimate), found
    return found.value


def why(result: Result, name: str, subject: str = "all") -> str:
    found = result.find(name, subject)
    assert isinstance(found, Undefined), found
    return found.reason


# ---- a corpus small enough to count by hand ----------------------------------------------------------------------

PAPERS = [
    paper("a", year=2023, month=3),
    paper("b", year=2023),
    paper("c"),
    paper("d"),
    paper("e", year=None),
    paper("f"),
    paper("g", names_any=0),
    paper("h", outcome="failed", names_any=None, reason="not a PDF"),
    paper("i", outcome="skipped", names_any=None, reason="a licence"),
    paper("a", year=2023, month=3),  # the same document again
]
USES = [
    row(doc_id="a", count=8, device_hours=100, mentions=4),
    row(doc_id="a", count=8, device_hours=100, mentions=4),  # read again with it
    row(doc_id="a", use="mentioned", mentions=4),  # of the same four mentions, some are of somebody else's
    row(doc_id="a", model="V100", count=64, mentions=2),
    row(doc_id="b", model="V100", weak=1, mentions=3),
    row(doc_id="c", vendor="Google", family="TPU", model="TPU v3", count=32, count_unit="cores", mentions=5),
    row(doc_id="c", model="V100", use="mentioned", mentions=1),
    row(doc_id="d", vendor=None, family="GPU", model=None, count=2, mentions=6),
    row(doc_id="e", count=1, device_hours=50, mentions=1),
    row(doc_id="f", use="mentioned", mentions=7),
]


@pytest.fixture(scope="module")
def small() -> Result:
    chips = [{"vendor": "NVIDIA", "model": "A100", "peak_tflops": 312, "power_w": 400}]
    return run(PAPERS, USES, accelerators=chips, utilisation=0.5, pue=1.5)


def test_the_account(small: Result) -> None:
    assert small.account == Account(
        10, 7, 2, 1, ("1 failed: not a PDF", "1 skipped: a licence", "1 skipped: a further row of a document that is counted once")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "number"),
    [("papers_read", 7), ("papers_naming", 6), ("papers_using", 5), ("papers_known", 4), ("papers_without_year", 1)],
)
def test_the_wholes(small: Result, name: str, number: int) -> None:
    assert value(small, name) == number


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("NVIDIA", 3),
        ("NVIDIA 2023", 2),
        ("NVIDIA 2024", 0),
        ("NVIDIA / Data Center", 3),
        ("NVIDIA / Data Center / A100", 2),
        ("NVIDIA / Data Center / V100", 2),
        ("Google", 1),
        ("GPU, vendor unknown", 1),
        ("vendor unknown / GPU", 1),
    ],
)
def test_papers_that_use_each(small: Result, subject: str, number: int) -> None:
    assert value(small, "papers", subject) == number


@pytest.mark.parametrize(
    ("subject", "number"),
    [("NVIDIA / Data Center / A100", 12), ("NVIDIA / Data Center / V100", 6), ("NVIDIA", 18), ("Google", 5)],
)
def test_mentions_count_once_what_was_read_twice(small: Result, subject: str, number: int) -> None:
    assert value(small, "mentions", subject) == number


def test_shares_of_each_whole(small: Result) -> None:
    names = ("share_of_read", "share_of_naming", "share_of_using", "share_of_known")
    assert [round(value(small, name, "NVIDIA"), 4) for name in names] == [42.8571, 50.0, 60.0, 75.0]
    assert small.find("share_of_known", "GPU, vendor unknown") is None
    assert value(small, "share_of_using", "GPU, vendor unknown") == 20


def test_weak_uses_become_mentions(small: Result) -> None:
    strict = run(PAPERS, USES, weak="exclude")
    assert (value(strict, "papers", "NVIDIA"), value(strict, "papers_using")) == (2, 4)
    assert value(strict, "papers_naming") == value(small, "papers_naming")
    assert value(strict, "mentions", "NVIDIA") == value(small, "mentions", "NVIDIA")


def test_hours_flop_and_energy_are_worked_by_hand(small: Result) -> None:
    """100 + 50 A100-hours: × 3600 s × 312e12 FLOP/s × 0.5, and × 0.4 kW × 1.5."""
    assert value(small, "device_hours") == 150
    assert value(small, "flop") == pytest.approx(150 * 3600 * 312e12 * 0.5)
    assert value(small, "energy") == pytest.approx(90)
    assert value(small, "device_hours_stated") == 40


def test_what_is_not_known_is_not_zero() -> None:
    silent = run([paper("a")], [row(doc_id="a")])
    assert "no paper states" in why(silent, "device_hours")
    assert "no paper states" in why(silent, "flop")
    unrated = run(PAPERS, USES)
    assert value(unrated, "device_hours") == 150
    assert "no paper states" in why(unrated, "energy")
    assert value(unrated, "energy_stated") == 0


def test_counts_are_of_devices_and_of_the_largest_run(small: Result) -> None:
    """a: 64, d: 2, e: 1; c counts cores."""
    assert value(small, "count_in_cores") == 1
    assert value(small, "count_stated") == 60
    assert "too few" in why(small, "count_median")
    bins = {r["low"]: r["papers"] for r in small.tables["counts"] if r["papers"]}
    assert bins == {1: 1, 2: 1, 33: 1}


def test_a_paper_without_a_year_is_listed_and_in_every_total(small: Result) -> None:
    assert small.tables["without_year"] == ({"doc_id": "e"},)
    assert sum(value(small, "papers", f"NVIDIA {year}") for year in (2023, 2024)) == 2


def test_months_are_counted_where_they_are_known(small: Result) -> None:
    counted = {(r["year"], r["month"]): r["papers"] for r in small.tables["months"] if r["vendor"] == "NVIDIA"}
    assert counted == {(2023, 3): 1}


def test_papers_after_the_day_are_not_known_yet() -> None:
    before = run(PAPERS, USES, as_of=date(2023, 2, 28))
    assert value(before, "papers_read") == 2  # b, of that year without a month, and e, of no year
    assert "5 skipped: appeared after 2023-02-28" in before.account.reasons


# ---- corrections -------------------------------------------------------------------------------------------------


def corrected(seed: int | None = 1) -> Result:
    """51 of 509 papers that name a chip use NVIDIA, 391 name none; 23 of 41 labelled users are found, 187 of 195 others let pass."""
    papers = [paper(f"p{n}", names_any=int(n < 509)) for n in range(900)]
    uses = [row(doc_id=f"p{n}", use="used" if n < 51 else "mentioned") for n in range(509)]
    cells = [(1, int(n < 23)) for n in range(41)] + [(0, int(n >= 187)) for n in range(195)]
    agreement = [
        {"doc_id": f"l{n}", "level": "vendor", "class": "NVIDIA", "gold": gold, "predicted": predicted}
        for n, (gold, predicted) in enumerate(cells)
    ]
    return run(papers, uses, agreement, seed=seed)


def test_a_share_is_corrected_as_lang_and_reiczigel_print_it() -> None:
    """Example 4 of Lang and Reiczigel (2014): 3.7 % to 19.5 %."""
    found = corrected().find("corrected_share_of_naming", "NVIDIA")
    assert isinstance(found, Estimate)
    assert (round(found.low, 1), round(found.high, 1)) == (3.7, 19.5)
    assert found.value == pytest.approx(100 * (51 / 509 + 187 / 195 - 1) / (23 / 41 + 187 / 195 - 1))
    assert value(corrected(), "sensitivity", "vendor NVIDIA") == pytest.approx(100 * 23 / 41)
    assert value(corrected(), "specificity", "vendor NVIDIA") == pytest.approx(100 * 187 / 195)


def test_why_a_share_is_not_corrected() -> None:
    assert "no seed" in why(corrected(seed=None), "corrected_share_of_known", "NVIDIA")
    assert "no labelled papers" in why(run(PAPERS, USES), "corrected_share_of_known", "NVIDIA")
    assert "no labelled papers" in why(run(PAPERS, USES), "corrected_share_of_naming", "NVIDIA")
    rows = [
        {"doc_id": f"l{n}", "level": "vendor", "class": "NVIDIA", "gold": int(n < 5), "predicted": int(n >= 5)}
        for n in range(10)
    ]
    contrary = run(PAPERS, USES, rows)
    assert "tell nothing" in why(contrary, "corrected_share_of_naming", "NVIDIA")
    assert "sensitivity is unknown" in why(contrary, "corrected_share_of_naming", "Google")


# ---- years that are not over -------------------------------------------------------------------------------------


def doubling(as_of: date, first: int = 2017, **parameters: Any) -> Result:
    """1, 2, 4 … papers a year until 2023, and 3 so far in 2024."""
    years = [year for n, year in enumerate(range(first, 2024)) for _ in range(2**n)] + [2024] * 3
    papers = [paper(f"p{n}", year=year) for n, year in enumerate(years)]
    return run(papers, [row(doc_id=found["doc_id"]) for found in papers], as_of=as_of, **parameters)


def test_a_year_that_is_not_over_is_projected() -> None:
    """Seven years that double: the eighth is 128, whatever has been counted of it."""
    half = doubling(date(2024, 6, 30))
    assert value(half, "projection", "NVIDIA 2024") == pytest.approx(128)
    assert value(half, "papers", "NVIDIA 2024") == 3
    share = half.find("share_of_known", "NVIDIA 2024")
    assert isinstance(share, Estimate)
    assert "2024 is not over" in share.assumptions
    assert value(half, "peak", "NVIDIA / Data Center / A100") == 64


def test_a_year_that_is_over_is_not() -> None:
    assert doubling(date(2024, 12, 31)).find("projection", "NVIDIA 2024") is None
    assert value(doubling(date(2024, 12, 31), partial_year=2024), "projection", "NVIDIA 2024") == pytest.approx(128)


def test_a_projection_is_not_below_what_was_counted() -> None:
    falling = [2017 + n for n, papers in enumerate((64, 32, 16, 8, 4, 2, 1)) for _ in range(papers)] + [2024] * 9
    papers = [paper(f"p{n}", year=year) for n, year in enumerate(falling)]
    found = run(papers, [row(doc_id=p["doc_id"]) for p in papers], as_of=date(2024, 6, 30))
    assert value(found, "projection", "NVIDIA 2024") == 9


def test_a_short_history_gives_no_projection() -> None:
    assert "interval needs 3" in why(doubling(date(2024, 6, 30), first=2019), "projection", "NVIDIA 2024")


# ---- the labelled papers themselves ------------------------------------------------------------------------------

real = pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled papers are not here (../shared or $ALMANAC_SHARED)")


def labelled(weak: str) -> Result:
    """The 124 labels as if an extractor without errors had read the papers."""
    papers, uses = [], []
    for line in (SHARED / "gold.dev.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        papers.append(
            paper(label["doc_id"], year=label["year"], names_any=int(bool(label["used"] or label["mentioned_only"])))
        )
        for use in label["used"]:
            kept = {
                name: use.get(name)
                for name in ("vendor", "family", "model", "count", "count_unit", "hours", "device_hours")
            }
            uses.append(row(doc_id=label["doc_id"], **kept, role=use["role"], weak=int(use.get("weak", False))))
    return run(papers, uses, as_of=date(2026, 12, 31), weak=weak)


@real
def test_the_share_of_nvidia_among_the_labelled_papers() -> None:
    """LABELS.md, baselines: gold 70/82 = 0.854, where a vendor that is only weakly stated counts as not stated."""
    strict, wide = labelled("exclude"), labelled("include")
    assert (value(strict, "papers", "NVIDIA"), value(strict, "papers_known")) == (70, 82)
    assert value(strict, "share_of_known", "NVIDIA") == pytest.approx(85.4, abs=0.05)
    assert (value(wide, "papers", "NVIDIA"), value(wide, "papers_known")) == (70, 83)


@real
def test_the_labelled_papers_that_state_their_accelerator_hours() -> None:
    """LABELS.md, baselines: five of the 124 papers' uses state accelerator-hours."""
    found = labelled("include").find("device_hours", "all")
    assert isinstance(found, Estimate)
    assert found.n == 5
