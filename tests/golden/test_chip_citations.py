"""Chip citations against the index's reference results, against arithmetic by hand, and on made-up indexes.

Reference: shared/data/stateofai-compute/README.md, recomputed there from the index's editions 2026-06 and
2026-07.
"""

from __future__ import annotations

import json
import math
import os
import random
from datetime import date
from pathlib import Path

import altair
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from almanac.datasets import Package, Table
from almanac.datasets.catalog import COMPUTE_INDEX
from almanac.datasets.table import parse_table
from almanac.errors import InstrumentError
from almanac.estimate import Estimate, Result, Undefined
from almanac.instruments import find
from almanac.instruments.industry.chip_counts import editions, read_counts
from almanac.instruments.industry.chip_projection import projection_errors
from almanac.statistics import drift_forecast, poisson_ratio, wilson

ROOT = Path(__file__).parents[2]
DATA = ROOT / "editions" / "2025" / "data"
SHARED = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data" / "stateofai-compute"
AS_OF = date(2026, 8, 1)

Row = tuple[str, str, str, int, int | None, str]


@pytest.fixture(scope="module")
def result() -> Result:
    return find("chip-citations")(Package.read(DATA).tables, as_of=AS_OF)


def index_table(rows: list[Row]) -> Table:
    lines = ["edition,chart,series,year,papers,status"]
    lines += [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    return parse_table(("\n".join(lines) + "\n").encode(), Path("c.csv"), "compute-index", COMPUTE_INDEX)


def run(rows: list[Row], as_of: date = AS_OF, **parameters) -> Result:
    return find("chip-citations")({"compute-index": index_table(rows)}, as_of=as_of, **parameters)


def series(name: str, counts: dict[int, int | None], edition: str = "2026-07", chart: str = "cited_chip") -> list[Row]:
    """Final counts of one series."""
    return [(edition, chart, name, year, papers, "final") for year, papers in counts.items()]


def estimate(result: Result, name: str, subject: str) -> Estimate:
    found = result.find(name, subject)
    assert isinstance(found, Estimate), found
    return found


def reason(result: Result, name: str, subject: str) -> str:
    found = result.find(name, subject)
    assert isinstance(found, Undefined), found
    return found.reason


@pytest.mark.parametrize(
    ("year", "share"), [(2018, 76.3), (2020, 88.1), (2022, 94.7), (2023, 94.3), (2024, 90.8), (2025, 90.4)]
)
def test_nvidia_s_share(result, year, share):
    found = estimate(result, "share", f"NVIDIA {year}")
    assert round(found.value, 1) == share
    assert (found.unit, found.level) == ("percent", 0.95)


def test_the_share_s_interval_and_its_whole(result):
    found, plain = estimate(result, "share", "NVIDIA 2025"), wilson(40307, 44589)
    assert (found.value, found.low, found.high) == pytest.approx((100 * plain.value, 100 * plain.low, 100 * plain.high))
    assert found.n == 44589
    assert (
        "the whole: ASICs, All AMD, All NVIDIA, Apple, Big 6 Startups, FPGAs, Huawei Ascend 910, TPU"
        in found.assumptions
    )
    assert any("a paper counts once for every chip it names" in a for a in found.assumptions)


def test_the_claim_of_about_49000_papers(result):
    found = estimate(result, "total", "2024")
    assert (found.value, found.low, found.high, found.level, found.unit) == (48866, 48866, 48866, 1, "paper/year")


def test_hopper_rises_and_ampere_has_peaked(result):
    hopper = estimate(result, "multiple", "H100/200 2023/2025")
    assert hopper.value == 4653 / 160 == pytest.approx(29, abs=0.1)
    assert (hopper.low, hopper.high) == pytest.approx((25, 34), abs=0.5)
    ampere = estimate(result, "peak", "A100")
    assert ampere.value == 17384
    assert ampere.method.endswith("in 2024")
    counted = {row["year"]: row["papers"] for row in result.tables["counts"] if row["series"] == "H100/200"}
    assert [counted[year] for year in range(2020, 2026)] == [None, None, 31, 160, 1905, 4653]


def test_change_on_the_year(result):
    """AMD's papers fell from 264 to 251, Apple's rose from 604 to 741: only the rise is beyond counting
    noise.
    """
    amd, apple = estimate(result, "change", "AMD 2025"), estimate(result, "change", "Apple 2025")
    assert amd.value == pytest.approx(100 * (251 / 264 - 1))
    assert amd.low < 0 < amd.high
    assert apple.value == pytest.approx(22.68, abs=0.005)
    assert 0 < apple.low < apple.value < apple.high
    ratio = poisson_ratio(741, 604)
    assert (apple.low, apple.high) == pytest.approx((100 * ratio.low - 100, 100 * ratio.high - 100))
    assert estimate(result, "change", "all chips 2025").value == pytest.approx(100 * (44589 / 48866 - 1))


def test_not_tracked_is_not_zero(result):
    assert reason(result, "share", "AMD 2022") == "AMD is not tracked in 2022"
    assert reason(result, "change", "Apple 2023") == "Apple is not tracked in 2022"
    assert reason(result, "multiple", "B100/200/300 2023/2025") == "B100/200/300 is not tracked in 2023"
    shares = {(row["vendor"], row["year"]): row["share"] for row in result.tables["shares"]}
    assert shares["AMD", 2022] is None


def test_series_breaks_are_flagged_where_they_matter(result):
    found = {(row["whole"], row["series"], row["year"]) for row in result.tables["series_breaks"]}
    assert found == {
        ("all chips", "All AMD", 2023),
        ("all chips", "Apple", 2023),
        ("Big 6 Startups", "Groq", 2023),
        ("All NVIDIA", "4090", 2022),
        ("All NVIDIA", "H100/200", 2022),
        ("All NVIDIA", "5060/70/90", 2025),
        ("All NVIDIA", "B100/200/300", 2025),
    }

    def flags(name: str, subject: str) -> list[str]:
        return [a for a in estimate(result, name, subject).assumptions if a.startswith("series break")]

    assert flags("share", "Google TPU 2023")
    assert not flags("share", "NVIDIA 2022")
    assert not flags("share", "NVIDIA 2024")
    assert flags("change", "all chips 2023")
    assert flags("change", "Startups 2023") == ["series break: Groq enters the count in 2023"]
    assert not flags("change", "FPGAs 2023")
    assert flags("naive_projection", "all chips 2026")
    assert not flags("naive_projection", "NVIDIA 2026")


def test_the_break_of_2023_hides_a_rise(result):
    """With AMD and Apple in the whole NVIDIA's share falls in 2023; among the series of before, it rises."""
    assert estimate(result, "share", "NVIDIA 2023").value < estimate(result, "share", "NVIDIA 2022").value
    same = {year: estimate(result, "share_same_series", f"NVIDIA {year}") for year in (2022, 2023)}
    assert same[2023].value == pytest.approx(100 * 29133 / (30889 - 269 - 76))
    assert same[2023].low > same[2022].high
    assert result.find("share_same_series", "AMD 2025") is None


def test_totals_that_are_not_the_sum_of_their_parts(result):
    differing = [
        (row["edition"], row["whole"], row["year"], row["total"], row["parts"], row["difference"])
        for row in result.tables["totals"]
        if row["verdict"] == "differs"
    ]
    assert differing == [
        (edition, whole, year, total, parts, difference)
        for edition in ("2026-06", "2026-07")
        for whole, year, total, parts, difference in (
            ("All NVIDIA", 2026, 44715, 44933, -218),
            ("Big 6 Startups", 2025, 587, 588, -1),
            ("Big 6 Startups", 2026, 472, 655, -183),
        )
    ]
    assert len(result.tables["totals"]) == 36
    unexplained = {e.subject: e.value for e in result.estimates if e.name == "unexplained"}
    assert unexplained == {"All NVIDIA 2026": -218, "Big 6 Startups 2025": -1, "Big 6 Startups 2026": -183}


def test_the_projected_year_has_no_estimates_but_stands_in_the_tables(result):
    for name, subject in (("share", "NVIDIA 2026"), ("change", "AMD 2026"), ("total", "2026")):
        assert reason(result, name, subject).startswith("2026 is a projection of edition 2026-07")
    row = next(row for row in result.tables["shares"] if (row["vendor"], row["year"]) == ("NVIDIA", 2026))
    assert (row["papers"], row["status"]) == (44715, "projected")
    assert row["share"] == pytest.approx(100 * 44715 / 49339)


def test_the_published_projection_has_no_interval_yet(result):
    said = reason(result, "projection", "NVIDIA 2026")
    assert said.startswith("0 earlier forecasts, and an interval needs 3")
    assert "44,715" in said


def test_the_naive_forecast(result):
    found = estimate(result, "naive_projection", "NVIDIA 2026")
    plain = drift_forecast([1859, 4384, 9830, 14663, 20350, 29133, 44389, 40307])
    assert found.value == pytest.approx(40307 * (40307 / 1859) ** (1 / 7))
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high))
    assert estimate(result, "published_inside", "NVIDIA 2026").value == 1
    assert "3 years let 0 forecasts be tried" in reason(result, "naive_projection", "AMD 2026")
    assert isinstance(result.find("published_inside", "AMD 2026"), Undefined)


def test_charts_say_what_was_found(result):
    share, products, totals = result.charts
    assert share.title["en"] == "NVIDIA has 90.4% of chip mentions in 2025, level with 2024"
    assert share.title["zh"] == "2025年，英伟达占全部芯片提及的90.4%，与2024年持平"
    assert products.title["en"] == "29 times as many papers name H100/200 as in 2023; A100 peaked at 17,384 in 2024"
    assert products.title["zh"] == "提及H100/200的论文为2023年的29倍；A100于2024年见顶，为17,384篇论文"
    assert totals.title["en"] == "3 of 18 printed totals are not the sum of their parts"
    assert totals.title["zh"] == "18个合计数中有3个不等于各项之和"
    for chart in result.charts:
        assert set(chart.title) == set(chart.subtitle) == set(chart.alt) == set(chart.labels) == {"en", "zh"}
        altair.Chart.from_dict({"data": {"values": [dict(row) for row in chart.rows]}, **chart.spec})
        for encoding in chart.spec["encoding"].values():
            assert all(encoding["field"] in row for row in chart.rows)


def test_chart_titles_follow_the_data():
    counts = series("All NVIDIA", {2023: 500, 2024: 500, 2025: 900}) + series("TPU", {2023: 500, 2024: 500, 2025: 100})
    parts = series("V1", {2023: 500, 2024: 500, 2025: 900}, chart="cited_nvidia")
    share, products, totals = run(counts + parts).charts
    assert share.title["en"] == "NVIDIA has 90.0% of chip mentions in 2025, up from 50.0%"
    assert products.title["en"] == "1.8 times as many papers name V1 as in 2023; V1 stands at 900 in 2025"
    assert totals.title["en"] == "All 3 printed totals are the sum of their parts"
    within_noise = series("All NVIDIA", {2024: 500, 2025: 505}) + series("TPU", {2024: 500, 2025: 495})
    assert run(within_noise).charts[0].title["en"] == "NVIDIA has 50.5% of chip mentions in 2025, level with 2024"
    falling = series("All NVIDIA", {2024: 900, 2025: 600}) + series("TPU", {2024: 100, 2025: 400})
    (share,) = run(falling).charts
    assert share.title["en"] == "NVIDIA has 60.0% of chip mentions in 2025, down from 90.0%"
    assert share.title["zh"] == "2025年，英伟达占全部芯片提及的60.0%，低于2024年的90.0%"


def test_the_edition_that_the_day_had_seen(result):
    package = Package.read(DATA)
    june = find("chip-citations")(package.tables, as_of=date(2026, 6, 15))
    assert {row["edition"] for row in june.tables["totals"]} == {"2026-06"}
    assert june.account.skipped == result.account.skipped // 2 + 234
    assert "234 rows of editions after 2026-06-15" in june.account.reasons
    asked = find("chip-citations")(package.tables, as_of=AS_OF, edition="2026-06")
    assert "edition 2026-06" in reason(asked, "total", "2026")
    with pytest.raises(InstrumentError, match="a day after an edition of 2026-06, 2026-07"):
        find("chip-citations")(package.tables, as_of=date(2025, 10, 30))
    with pytest.raises(InstrumentError, match="one of 2026-06, 2026-07"):
        find("chip-citations")(package.tables, as_of=AS_OF, edition="2020-01")


def test_the_account_balances(result):
    assert (result.account.rows_in, result.account.used, result.account.skipped) == (468, 394, 74)
    assert result.account.reasons == ("74 rows without a count: not tracked in that year",)


def test_a_partial_year_can_be_named():
    counts = series("TPU", {2023: 10, 2024: 20, 2025: 30})
    assert estimate(run(counts), "total", "2025").value == 30
    found = run(counts, partial_year=2025)
    assert "2025 is a projection" in reason(found, "total", "2025")
    assert estimate(found, "total", "2024").value == 20


def test_vendors_and_wholes_can_be_regrouped():
    counts = (
        series("TPU", {2024: 10, 2025: 30}) + series("ASICs", {2024: 5, 2025: 10}) + series("X", {2024: 5, 2025: 10})
    )
    parts = series("P", {2024: 9, 2025: 30}, chart="cited_startup")
    found = run(counts + parts, vendors={"TPU": "Google", "ASICs": "Google"}, wholes={"TPU": "cited_startup"})
    assert estimate(found, "share", "Google 2025").value == pytest.approx(80)
    assert estimate(found, "change", "X 2025").value == pytest.approx(100)
    assert {e.subject: e.value for e in found.estimates if e.name == "unexplained"} == {"TPU 2024": 1}
    with pytest.raises(InstrumentError, match="parameter vendors"):
        run(counts, vendors={"TPU": "all chips"})


def test_growth_from_nothing_is_no_number():
    found = run(series("X", {2024: 0, 2025: 7}) + series("Y", {2024: 3, 2025: 0}))
    assert "no upper end" in reason(found, "change", "X 2025")
    assert estimate(found, "change", "Y 2025").value == -100
    assert estimate(found, "share", "X 2024").value == 0


def test_a_year_without_a_single_mention():
    found = run(series("X", {2024: 0, 2025: 7}))
    assert "no trials" in reason(found, "share", "X 2024")
    assert estimate(found, "total", "2024").value == 0


def projecting(edition: str, year: int, projected: int, final: dict[int, int]) -> list[Row]:
    """An edition that counts X in the years of `final` and projects it for `year`."""
    return [
        *series("X", final, edition),
        (edition, "cited_chip", "X", year, projected, "projected"),
    ]


def test_projections_are_judged_by_earlier_ones():
    """2021 was projected at 110 and came to 100, 2022 at 90 (120), 2023 at 150 (150); 2024 is projected at
    200.
    """
    rows = [
        *projecting("2021-06", 2021, 105, {2020: 80}),
        *projecting("2021-07", 2021, 110, {2020: 80}),
        *projecting("2022-06", 2022, 90, {2020: 80, 2021: 100}),
        *projecting("2023-06", 2023, 150, {2020: 80, 2021: 100, 2022: 120}),
        *projecting("2024-06", 2024, 200, {2020: 80, 2021: 100, 2022: 120, 2023: 150}),
    ]
    found = estimate(run(rows), "projection", "X 2024")
    errors = [math.log(100 / 110), math.log(120 / 90), 0.0]
    reach = t.ppf(0.975, 3) * math.sqrt(sum(error**2 for error in errors) / 3)
    assert found.value == 200
    assert found.n == 3
    assert (found.low, found.high) == pytest.approx((200 * math.exp(-reach), 200 * math.exp(reach)))
    indexes = editions(read_counts(index_table(rows)), None)
    assert projection_errors(indexes, ("X",)) == pytest.approx(errors)
    earlier = run(rows, as_of=date(2023, 12, 31))
    assert reason(earlier, "projection", "X 2023").startswith("2 earlier forecasts, and an interval needs 3")


def test_the_naive_forecast_stops_at_a_gap():
    counts = {year: 10 * (year - 2009) for year in range(2010, 2020)} | {2013: None}
    rows = [*series("X", counts), ("2026-07", "cited_chip", "X", 2020, 90, "projected")]
    found = estimate(run(rows), "naive_projection", "X 2020")
    assert found.n == 6
    assert found.value == pytest.approx(drift_forecast([50, 60, 70, 80, 90, 100]).value)

    def inside(published: int) -> float:
        return estimate(run([*rows[:-1], (*rows[-1][:4], published, "projected")]), "published_inside", "X 2020").value

    edges = estimate(run(rows), "naive_projection", "X 2020")
    low, high = math.ceil(edges.low), math.floor(edges.high)
    assert [inside(n) for n in (low - 1, low, high, high + 1)] == [0, 1, 1, 0]


def test_the_retyped_table_is_the_index():
    """Every cell of the three charts in both editions, empty ones too."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here: it is no part of the repository")
    original = {}
    for edition in ("2026-06", "2026-07"):
        charts = json.loads((SHARED / f"{edition}.json").read_text("utf-8"))
        for chart in ("cited_chip", "cited_nvidia", "cited_startup"):
            for printed in charts[chart]["series"]:
                for year, papers in zip(charts[chart]["labels"], printed["data"], strict=True):
                    original[edition, chart, printed["name"], int(year)] = papers
    frame = Package.read(DATA).tables["compute-index"].frame
    assert {row[:4]: row[4] for row in frame.iter_rows()} == original
    assert {row[3]: row[5] for row in frame.iter_rows()} == {
        **dict.fromkeys(range(2018, 2026), "final"),
        2026: "projected",
    }


@st.composite
def indexes(draw: st.DrawFn) -> list[Row]:
    """Up to four series over four years, with gaps."""
    counts = st.lists(st.none() | st.integers(0, 10**5), min_size=4, max_size=4)
    drawn = draw(st.lists(counts, min_size=1, max_size=4))
    return [
        row for i, each in enumerate(drawn) for row in series(f"S{i}", dict(zip(range(2022, 2026), each, strict=True)))
    ]


@settings(max_examples=60)
@given(rows=indexes(), seed=st.integers(0, 1000))
def test_the_order_of_rows_means_nothing(rows, seed):
    shuffled = random.Random(seed).sample(rows, len(rows))
    one, other = run(rows), run(shuffled)
    assert (one.estimates, one.tables, one.charts) == (other.estimates, other.tables, other.charts)


@settings(max_examples=60)
@given(rows=indexes(), factor=st.integers(2, 1000))
def test_scaling_every_count_leaves_shares_and_changes(rows, factor):
    scaled = [(*row[:4], None if row[4] is None else row[4] * factor, row[5]) for row in rows]
    one, other = run(rows), run(scaled)
    for found in one.estimates:
        if found.name in ("share", "share_same_series", "change") and isinstance(found, Estimate):
            assert estimate(other, found.name, found.subject).value == pytest.approx(found.value)


@settings(max_examples=60)
@given(rows=indexes())
def test_shares_of_a_year_add_up_to_the_whole(rows):
    found = run(rows)
    for year in range(2022, 2026):
        shares = [row["share"] for row in found.tables["shares"] if row["year"] == year and row["share"] is not None]
        estimates = [found.find("share", f"{row['vendor']} {year}") for row in found.tables["shares"]]
        assert shares == [e.value for e in dict.fromkeys(estimates) if isinstance(e, Estimate)]
        assert not shares or sum(shares) == pytest.approx(100)
