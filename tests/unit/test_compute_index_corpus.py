"""compute-index on an invented corpus: what must hold whatever the papers are, what it refuses, what its charts say."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from typing import Any

import pytest

from almanac.edition.charts import vega_lite
from almanac.errors import InstrumentError
from almanac.estimate import Estimate, Result
from almanac.instruments import find
from almanac.instruments.industry.compute_index_corpus import MOST_FAULTS
from papertables import AS_OF, corpus_tables, invented, paper, row, table

INDEX = find("compute-index")


@pytest.fixture(scope="module")
def result() -> Result:
    return INDEX(corpus_tables(), as_of=AS_OF, seed=1, draws=200)


def value(result: Result, name: str, subject: str = "all") -> float:
    found = result.find(name, subject)
    assert isinstance(found, Estimate), found
    return found.value


def faults(papers: list[dict[str, Any]], uses: list[dict[str, Any]]) -> list[tuple[str, str]]:
    with pytest.raises(InstrumentError) as raised:
        INDEX({"papers": table("papers", papers), "uses": table("uses", uses)}, as_of=AS_OF)
    return [(str(fault.path), fault.where) for fault in raised.value.faults]


def test_the_order_of_rows_does_not_matter(result: Result) -> None:
    shuffled = {}
    for name, rows in invented().items():
        random.Random(3).shuffle(rows)
        shuffled[name] = table(name, rows)
    again = INDEX(shuffled, as_of=AS_OF, seed=1, draws=200)
    assert again.estimates == result.estimates
    assert again.tables["shares"] == result.tables["shares"]
    assert again.charts == result.charts


def test_a_corpus_read_twice_counts_once(result: Result) -> None:
    doubled = {name: table(name, rows * 2 if name in ("papers", "uses") else rows) for name, rows in invented().items()}
    again = INDEX(doubled, as_of=AS_OF, seed=1, draws=200)
    assert again.estimates == result.estimates
    assert again.account.skipped == result.account.skipped + result.account.rows_in


@pytest.mark.parametrize("period", ["all", *map(str, range(2016, 2026))])
def test_the_wholes_lie_in_each_other_and_have_their_parts(result: Result, period: str) -> None:
    read, naming, using, known = (
        value(result, f"papers_{kind}", period) for kind in ("read", "naming", "using", "known")
    )
    assert read >= naming >= using >= known
    unknown = "GPU, vendor unknown" + ("" if period == "all" else f" {period}")
    assert known + value(result, "papers", unknown) == using


def test_years_and_papers_without_one_make_the_total(result: Result) -> None:
    years = sum(value(result, "papers_read", str(year)) for year in range(2016, 2026))
    assert years + value(result, "papers_without_year") == value(result, "papers_read")
    assert len(result.tables["without_year"]) == value(result, "papers_without_year")


def test_a_vendor_has_no_fewer_papers_than_its_families_and_models(result: Result) -> None:
    papers = {e.subject: e.value for e in result.estimates if isinstance(e, Estimate) and e.name == "papers"}
    for subject, number in papers.items():
        above, slash, _ = subject.rpartition(" / ")
        if slash and not subject.startswith("vendor unknown"):
            assert number <= papers[above]


def test_every_estimate_has_one_name_and_every_interval_is_a_share(result: Result) -> None:
    assert max(Counter((e.name, e.subject) for e in result.estimates).values()) == 1
    shares = [e for e in result.estimates if isinstance(e, Estimate) and e.unit == "percent"]
    assert all(0 <= e.low <= e.value <= e.high <= 100 for e in shares)


def test_the_seed_moves_only_what_is_drawn(result: Result) -> None:
    other = INDEX(corpus_tables(), as_of=AS_OF, seed=2, draws=200)
    moved = {a.name for a, b in zip(result.estimates, other.estimates, strict=True) if a != b}
    assert moved == {"corrected_share_of_known"}
    drawn = other.find("corrected_share_of_known", "NVIDIA")
    assert isinstance(drawn, Estimate)
    assert "200 draws (0 without a ratio), seed 2" in drawn.method


def test_uses_of_strangers_and_of_unread_papers_are_faults() -> None:
    papers = [paper("a"), paper("b", outcome="failed", names_any=None, reason="x"), paper("c", names_any=None)]
    assert faults(papers, [row(doc_id=name) for name in ("a", "b", "z")]) == [
        ("papers", "doc_id c, column names_any"),
        ("uses", "doc_id b"),
        ("uses", "doc_id z"),
    ]
    many = [row(doc_id=f"z{n}") for n in range(MOST_FAULTS + 50)]
    assert len(faults([paper("a")], many)) == MOST_FAULTS


def test_a_document_that_was_read_wins_over_one_that_failed() -> None:
    papers = [paper("a", outcome="failed", names_any=None, reason="x"), paper("a", names_any=0)]
    found = INDEX({"papers": table("papers", papers), "uses": table("uses", [row()])}, as_of=date(2025, 1, 1))
    assert (found.account.used, found.account.failed, found.account.skipped) == (1, 0, 1)
    assert value(found, "papers_naming") == 1  # it uses one, so it names one


@pytest.mark.parametrize(
    ("name", "wrong"), [("weak", "perhaps"), ("draws", 3), ("utilisation", 0.0), ("pue", 0.9), ("partial_year", "soon")]
)
def test_parameters_that_cannot_be_are_refused(name: str, wrong: object) -> None:
    with pytest.raises(InstrumentError, match=f"parameter {name}"):
        INDEX(corpus_tables(40), as_of=AS_OF, **{name: wrong})


# ---- charts ------------------------------------------------------------------------------------------------------


def test_titles_state_what_the_estimates_say(result: Result) -> None:
    vendors, models, counts = result.charts
    raw, right = result.find("share_of_known", "NVIDIA"), result.find("corrected_share_of_known", "NVIDIA")
    assert isinstance(raw, Estimate)
    assert isinstance(right, Estimate)
    for language in ("en", "zh"):
        title = vendors.title[language]
        assert f"{raw.value:.0f}%" in title
        assert f"{right.value:.0f}%" in title
        assert f"{right.low:.0f}–{right.high:.0f}%" in title
        assert f"{value(result, 'count_stated'):.0f}%" in counts.title[language]
        assert title in vendors.alt[language]
    assert "A100 leads in 2025, a year not over" in models.title["en"]


def test_charts_draw_in_both_languages(result: Result) -> None:
    for chart in result.charts:
        english, chinese = (vega_lite(chart, language) for language in ("en", "zh"))
        assert english["data"]["values"]
        assert english["title"] != chinese["title"]


def test_a_corpus_too_small_to_draw_gives_no_chart_of_shares() -> None:
    found = INDEX({"papers": table("papers", [paper("a")]), "uses": table("uses", [row()])}, as_of=AS_OF)
    assert found.charts == ()


def test_the_line_of_a_model_shows_years_without_it(result: Result) -> None:
    models = result.charts[1]
    h100 = {r["year"]: r["papers"] for r in models.rows if r["model"] == "H100"}
    assert min(h100.values()) == 0
    assert list(h100) == sorted(h100)
