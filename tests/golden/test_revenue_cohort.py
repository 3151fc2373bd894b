"""revenue-cohort against the recomputed facts of its reports, and companies that can be followed by hand."""

from __future__ import annotations

import itertools
import math
import os
import random
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import ttest_ind

from almanac.datasets import layouts
from almanac.errors import InstrumentError
from almanac.estimate import Estimate, Result
from almanac.instruments import find
from almanac.instruments.industry.revenue_reports import _unbroken
from exampletables import made, revenue_tables
from results import value, why

ROOT = Path(__file__).parents[2]
REPORTS = (
    Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data" / "ai-companies" / "revenue_reports.csv"
)
NAME = "revenue-cohort"
AS_OF = date(2025, 10, 31)

real = pytest.mark.skipif(not REPORTS.is_file(), reason="the reports are not here (../shared or $ALMANAC_SHARED)")


def run(
    reports: Iterable[tuple[object, ...]],
    companies: Iterable[tuple[object, ...]] = (),
    rates: Iterable[tuple[object, ...]] = (),
    as_of: date = date(2025, 1, 1),
    **parameters: object,
) -> Result:
    """Reports: company, date, amount, basis, currency (USD unless given), product."""
    columns = ("company", "date", "amount", "basis", "currency", "product")
    rows = [{"currency": "USD", **dict(zip(columns, row, strict=False))} for row in reports]
    tables = {"revenue": made(NAME, "revenue", rows)}
    if companies := list(companies):
        names = ("company", "founded", "cohort", "exit")
        tables["companies"] = made(NAME, "companies", [dict(zip(names, row, strict=False)) for row in companies])
    if rates := list(rates):
        names = ("date", "base", "quote", "rate", "source")
        tables["rates"] = made(NAME, "rates", [dict(zip(names, row, strict=True)) for row in rates])
    return find(NAME)(tables, as_of=as_of, **parameters)


def reasons(result: Result) -> set[str]:
    return {reason.partition(": ")[2] for reason in result.account.reasons}


def doubling(company: str, start: float = 100.0, **more: object) -> list[tuple[object, ...]]:
    """Five reports, one every first of January from 2020: twice as much every year."""
    return [(company, f"{2020 + n}-01-01", start * 2**n, *more.values()) for n in range(5)]


# ---- the reports of AI companies ---------------------------------------------------------------------------------


def measured(**parameters: object) -> Result:
    instrument = find(NAME)
    tables = {"revenue": layouts.read(REPORTS, "revenue", instrument.tables["revenue"])}
    return instrument(tables, as_of=AS_OF, **parameters)


@real
@pytest.mark.parametrize(("company", "factor", "n"), [("OpenAI", 4.9, 18), ("Anthropic", 7.2, 10), ("xAI", 9.5, 4)])
def test_exponential_fits_to_every_report(company: str, factor: float, n: int) -> None:
    """README of the reports: "Exponential fit to all rows: OpenAI x4.9 per year (n 18), Anthropic x7.2, xAI x9.5"."""
    found = value(measured(outliers="kept"), "line_factor", company)
    assert round(found.value, 1) == factor
    assert found.n == n


@real
def test_what_the_readme_calls_single_products_is_set_aside() -> None:
    """OpenAI 26 August 2025 and Anthropic 15 October 2025, far below their neighbours; and the lower value of a pair."""
    result = measured()
    aside = {(row["company"], row["date"], row["amount"]) for row in result.tables["reports"] if not row["used"]}
    assert aside == {("OpenAI", "2023-12-31", 7e8), ("OpenAI", "2025-08-26", 3e9), ("Anthropic", "2025-10-15", 1e9)}
    assert (result.account.rows_in, result.account.used, result.account.skipped) == (32, 29, 3)
    assert value(result, "outliers", "all").value == 3


@real
def test_two_values_for_one_day_are_flagged_and_what_they_would_mean_is_said() -> None:
    """README: OpenAI 2023-12-31 2.0 and 0.7 billion, 2024-12-31 5.5 and 3.7 (run-rate against the year's revenue).

    If the lower is the year's revenue, growth is x14 and x2.3; the higher values alone give 5.5/2.0 for 2024.
    """
    result = measured()
    assert value(result, "same_day_pairs", "all").value == 2
    rows = [tuple(row.values()) for row in result.tables["pairs"]]
    assert [row[2:5] for row in rows] == [("2023-12-31", 7e8, 2e9), ("2024-12-31", 3.7e9, 5.5e9)]
    assert [round(row[6], 1) for row in rows] == [14.2, 2.3]


@real
def test_the_years_that_the_path_earns_are_those_that_were_reported() -> None:
    """The lower value of each pair, 0.7 and 3.7 billion, lies in the interval of the year that the run-rates imply."""
    result = measured()
    for year, reported in ((2023, 7e8), (2024, 3.7e9)):
        found = value(result, "year_revenue", f"OpenAI {year}")
        assert found.low < reported < found.high
    assert round(value(result, "year_revenue", "OpenAI 2023").value / 1e9, 1) == 0.7


@real
def test_three_companies_at_the_end_of_august_2025() -> None:
    result = measured(on="2025-08-31")
    levels = {company: value(result, "level", company) for company in ("OpenAI", "Anthropic", "xAI")}
    assert {company: round(found.value / 1e9, 1) for company, found in levels.items()} == {
        "OpenAI": 15.0, "Anthropic": 5.6, "xAI": 0.6
    }  # fmt: skip
    total = value(result, "cohort_revenue", "all")
    assert total.value == pytest.approx(math.fsum(found.value for found in levels.values()))
    assert total.low < 18.5e9 < total.high
    assert value(result, "last_reports_revenue", "all").value == 13e9 + 5e9 + 0.5e9
    assert levels["Anthropic"].low > 2e9  # "about $1 billion" it was not
    ranks = {company: value(result, "rank", company) for company in levels}
    assert {company: (rank.value, rank.low, rank.high) for company, rank in ranks.items()} == {
        "OpenAI": (1, 1, 2), "Anthropic": (2, 1, 2), "xAI": (3, 3, 3)
    }  # fmt: skip


@real
def test_serial_correlation_makes_the_interval_wider() -> None:
    """OpenAI's reports hug a path that is not a line: least squares is sure of itself, the walk is not."""
    result = measured()
    line, walk = value(result, "line_factor", "OpenAI"), value(result, "yearly_factor", "OpenAI")
    assert math.log(walk.high / walk.low) > 3 * math.log(line.high / line.low)
    assert walk.low < line.value < walk.high


@real
def test_later_reports_are_not_known_earlier() -> None:
    instrument = find(NAME)
    tables = {"revenue": layouts.read(REPORTS, "revenue", instrument.tables["revenue"])}
    early = instrument(tables, as_of=date(2025, 8, 1))
    assert value(early, "last_report", "Anthropic").value == 5e9
    assert "reported for a day after 2025-08-01" in reasons(early)


# ---- by hand -----------------------------------------------------------------------------------------------------


def test_a_company_that_doubles_every_year() -> None:
    """366 and 365 days are not one step, so a year is 365.25 days and the factor is 2 to three digits."""
    result = run(doubling("A"), as_of=date(2024, 1, 1))
    assert value(result, "yearly_factor", "A").value == pytest.approx(2, rel=2e-3)
    assert value(result, "line_factor", "A").value == pytest.approx(2, rel=2e-3)
    assert value(result, "doubling_time", "A").value == pytest.approx(365.25, rel=2e-3)
    assert value(result, "level", "A").value == pytest.approx(1600, rel=2e-3)
    assert value(result, "reports", "A").value == 5


def test_the_revenue_of_a_year_is_the_mean_of_its_rate() -> None:
    """Growth by g = e^r earns (1 - 1/g) / r of the last day's rate: 1/(2 ln 2) = 0.7213 of it where g = 2."""
    result = run(doubling("A"), as_of=date(2024, 1, 1))
    assert value(result, "year_revenue", "A 2023").value == pytest.approx(1600 / (2 * math.log(2)), rel=5e-3)
    assert [e.subject for e in result.estimates if e.name == "year_revenue"] == [
        f"A {y}" for y in (2020, 2021, 2022, 2023)
    ]


def test_two_values_for_one_day_imply_growth_of_two() -> None:
    result = run([("A", "2024-01-01", 100), ("A", "2024-01-01", 100 / (2 * math.log(2)))])
    (row,) = result.tables["pairs"]
    assert row["yearly_factor_if_year_and_run_rate"] == pytest.approx(2)


def test_bases_stay_apart_unless_they_are_taken_together() -> None:
    reports = [
        *((c, d, a, "run-rate") for c, d, a in doubling("A")),
        *((c, d, a, "calendar") for c, d, a in doubling("A", 70.0)),
        ("B", "2024-01-01", 500, "ARR"),
    ]
    apart = run(reports, as_of=date(2024, 1, 1))
    assert value(apart, "level", "A, run-rate").value == pytest.approx(1600, rel=2e-3)
    assert value(apart, "level", "A, calendar").value == pytest.approx(1120, rel=2e-3)
    assert apart.find("level", "A") is None
    assert [e.value for e in apart.estimates if e.name == "cohort_revenue"] == pytest.approx(
        [500, 1120, 1600], rel=2e-3
    )
    some = run(reports, as_of=date(2024, 1, 1), bases=["run-rate", "ARR"])
    assert value(some, "cohort_revenue", "all").value == pytest.approx(2100, rel=2e-3)
    assert reasons(some) == {"basis calendar was not asked for"}
    assert value(some, "same_day_pairs", "all").value == 0


def test_which_of_two_values_counts() -> None:
    reports = [*doubling("A"), ("A", "2024-01-01", 1200)]
    both = run(reports, as_of=date(2024, 1, 1))
    high, low = (run(reports, as_of=date(2024, 1, 1), same_day=which) for which in ("highest", "lowest"))
    assert [value(r, "last_report", "A").value for r in (both, high, low)] == [1600, 1600, 1200]
    assert [value(r, "reports", "A").value for r in (both, high, low)] == [6, 5, 5]
    assert reasons(high) == {"another value of the same day counts"}
    ends = value(both, "factor_range", "A")
    assert ends.low == pytest.approx(value(low, "line_factor", "A").value)
    assert ends.high == pytest.approx(value(high, "line_factor", "A").value)


@pytest.mark.parametrize(
    ("amounts", "kept"),
    [
        ([1, 2, 4, 8], {0, 1, 2, 3}),
        ([10, 3, 20, 30], {0, 2, 3}),  # one low
        ([10, 100, 12, 13, 14], {0, 2, 3, 4}),  # one high
        ([10, 5, 2.5, 1.25], {0, 1, 2, 3}),  # halving is no fall by more than half
        ([10, 4], {0}),  # of two, the larger
        ([10, 4, 4, 4], {1, 2, 3}),  # a company that shrank, once
        ([], set()),
    ],
)
def test_the_fewest_reports_that_must_be_wrong(amounts: list[float], kept: set[int]) -> None:
    assert _unbroken(amounts, 2.0) == kept


def test_the_fewest_reports_by_trying_every_set() -> None:
    chance = random.Random(1)
    for _ in range(200):
        amounts = [float(chance.choice((1, 2, 3, 5, 9, 20))) for _ in range(chance.randint(1, 7))]
        good = [
            chosen
            for size in range(len(amounts) + 1)
            for chosen in itertools.combinations(range(len(amounts)), size)
            if all(amounts[b] >= amounts[a] / 2 for a, b in itertools.pairwise(chosen))
        ]
        most = max(good, key=lambda chosen: (len(chosen), sum(amounts[place] for place in chosen)))
        found = _unbroken(amounts, 2.0)
        assert (len(found), sum(amounts[p] for p in found)) == (len(most), sum(amounts[p] for p in most))


def test_what_is_left_out_and_why() -> None:
    result = run(
        [
            ("A", "2024-01-01", 100),
            ("A", "2024-01-01", 100),
            ("A", "2024-02-01", None),
            ("A", "2024-03-01", 0),
            ("A", "2024-04-01", 5, None, "USD", "one product"),
            ("A", "2024-05-01", 5, None, None),
            ("A", "2024-06-01", 5, None, "CNY"),
            ("A", "2025-06-01", 5),
        ]
    )
    assert (result.account.rows_in, result.account.used) == (8, 1)
    assert reasons(result) == {
        "the same report again",
        "no amount",
        "no revenue: 0 has no growth",
        "of one product, not of the company",
        "no currency",
        "no rate of CNY in USD on or before the day",
        "reported for a day after 2025-01-01",
    }


def test_currencies_meet_at_the_rate_of_the_day() -> None:
    rates = [("2023-12-31", "EUR", "USD", 1.1, "X"), ("2024-02-01", "EUR", "USD", 1.2, "X")]
    result = run([("A", "2024-01-15", 100, None, "EUR")], rates=rates, on="2024-01-15")
    assert value(result, "level", "A").value == pytest.approx(110)
    euros = run([("A", "2024-01-15", 110)], rates=rates, currency="EUR", on="2024-01-15")
    assert (value(euros, "level", "A").value, value(euros, "level", "A").unit) == (pytest.approx(100), "EUR/year")


def test_few_reports_know_the_days_between_them_and_no_others() -> None:
    reports = [("A", "2024-01-01", 100), ("A", "2024-07-01", 400)]
    between = value(run(reports, on="2024-02-15"), "level", "A")  # 45 of 182 days
    assert between.value == pytest.approx(100 * 4 ** (45 / 182))
    assert (between.low, between.high) == pytest.approx((100, 400))
    assert why(run(reports, on="2023-12-31"), "level", "A") == "its first report is of 2024-01-01"
    assert "2 reports, and growth" in why(run(reports, on="2024-07-02"), "level", "A")
    carried = value(run(reports, on="2024-07-20", carry_days=19), "level", "A")
    assert carried.value == pytest.approx(400)
    assert "19 days old" in carried.method
    assert why(run(reports, on="2024-07-20", carry_days=18), "level", "A").endswith("its last is 19 days old")


def test_a_walk_ends_when_its_last_report_is_stale() -> None:
    result = run(doubling("A"), as_of=date(2025, 1, 2), stale_days=366)
    assert why(result, "level", "A") == "its last report, of 2024-01-01, is 367 days old"
    assert value(run(doubling("A"), as_of=date(2025, 1, 1), stale_days=366), "level", "A").value > 3000


def test_an_unknown_company_is_not_zero() -> None:
    reports = [("A", "2024-01-01", 100), ("A", "2025-01-01", 100)]
    companies = [("A", "2010"), ("Silent", "2015-03"), ("Gone", "2015", None, "2024-06-30"), ("Late", "2026")]
    result = run(reports, companies)
    assert value(result, "companies", "all").value == 2
    assert value(result, "unknown_companies", "all").value == 1
    assert why(result, "cohort_revenue", "all") == "1 of 2 companies have no level on the day: Silent"
    assert value(result, "known_revenue", "all").value == pytest.approx(100)


def test_companies_enter_and_leave() -> None:
    reports = [(c, f"{year}-01-01", 100) for c in ("A", "B", "C") for year in (2023, 2024, 2025)]
    companies = [("A", None), ("B", "2023-05-17"), ("C", "2010", None, "2024-08-01")]
    rows = {row["date"]: row for row in run(reports, companies).tables["cohort"]}
    assert [(rows[d]["companies"], rows[d]["entered"], rows[d]["left"]) for d in ("2023-03-31", "2023-06-30", "2024-09-30")] == [
        (2, "", ""), (3, "B", ""), (2, "", "C")
    ]  # fmt: skip
    assert rows["2024-09-30"]["known_revenue"] == pytest.approx(200)


def cohorts() -> Result:
    reports, companies = [], []
    for place, (factor, cohort) in enumerate(
        [(3.0, "AI"), (4.0, "AI"), (5.0, "AI"), (1.2, "SaaS"), (1.3, "SaaS"), (1.5, "SaaS")]
    ):
        name = f"c{place}"
        companies.append((name, "2015", cohort))
        reports += [(name, f"{2020 + n}-01-01", 100 * factor**n) for n in range(5)]
    return run(reports, companies, as_of=date(2024, 1, 1))


def test_one_cohort_grows_faster_than_another() -> None:
    result = cohorts()
    assert value(result, "typical_factor", "AI").value == pytest.approx(60 ** (1 / 3), rel=5e-3)
    logs = [[math.log(x) for x in group] for group in ((3.0, 4.0, 5.0), (1.2, 1.3, 1.5))]
    wanted = ttest_ind(*logs, equal_var=False).confidence_interval(0.95)
    found = value(result, "faster", "AI over SaaS")
    assert [found.low, found.high] == pytest.approx([math.exp(wanted.low), math.exp(wanted.high)], rel=5e-3)
    assert why(run(doubling("A")), "typical_factor", "all") == "1 companies grow at a known rate, and a mean needs 3"


def test_parts_of_a_cohort_sum_to_the_whole_to_the_cent() -> None:
    result = cohorts()
    parts = [value(result, "cohort_revenue", name).value for name in ("AI", "SaaS")]
    assert math.fsum(parts) == pytest.approx(value(result, "cohort_revenue", "all").value, abs=0.01)
    assert math.fsum(row["level"] for row in result.tables["levels"]) == pytest.approx(math.fsum(parts), abs=0.01)


def test_one_more_company_changes_no_other() -> None:
    one, two = run(doubling("A")), run([*doubling("A"), *doubling("B", 7.0)])
    assert value(one, "level", "A") == value(two, "level", "A")
    assert value(one, "year_revenue", "A 2021") == value(two, "year_revenue", "A 2021")


def test_ranks_are_sure_only_where_intervals_part() -> None:
    far = run([(c, f"{y}-01-01", a) for c, a in (("A", 1000), ("B", 10)) for y in (2023, 2025)])
    assert [value(far, "rank", c).high for c in ("A", "B")] == [1, 2]
    near = run([("A", "2024-01-01", 100), ("A", "2026-01-01", 300), ("B", "2024-01-01", 90), ("B", "2026-01-01", 200)],
               as_of=date(2026, 2, 1), on="2025-01-01")  # fmt: skip
    assert [(value(near, "rank", c).value, value(near, "rank", c).low, value(near, "rank", c).high) for c in "AB"] == [
        (1, 1, 2), (2, 1, 2)
    ]  # fmt: skip


def test_a_series_of_wild_reports_has_no_number_that_cannot_be_written() -> None:
    wild = [("A", f"2024-01-0{n}", amount) for n, amount in enumerate((1, 1e14, 1, 1e14), 1)]
    result = run(wild, outliers="kept", stale_days=3660)
    for name in ("level", "yearly_factor"):
        assert "without end" in why(result, name, "A")
    assert all(math.isfinite(e.high) for e in result.estimates if isinstance(e, Estimate))


def test_without_a_usable_report_there_is_no_number() -> None:
    result = run([("A", "2024-01-01", None)])
    assert why(result, "cohort_revenue", "all") == "no company has a level"
    assert result.charts == ()
    assert value(result, "companies", "all").value == 0


@pytest.mark.parametrize(
    ("call", "found"),
    [
        (lambda: run([("A", "2024-02-30", 1), ("A", "2023-02-29", 1)]), ["2023-02-29", "2024-02-30"]),
        (lambda: run(doubling("A"), [("A", "2020-02-30", None, "2021-02-30")]), ["2021-02-30", "2020-02-30"]),
        (lambda: run(doubling("A"), on="2024-13-01"), ["2024-13-01"]),
        (lambda: run(doubling("A"), on="2026-01-01"), ["2026-01-01"]),
    ],
)
def test_days_that_are_none(call: Any, found: list[str]) -> None:
    with pytest.raises(InstrumentError) as raised:
        call()
    assert sorted(fault.found for fault in raised.value.faults) == sorted(found)


def test_the_example_tables_give_charts_in_both_languages() -> None:
    result = find(NAME)(revenue_tables(), as_of=date(2025, 6, 30), seed=1)
    assert [chart.id for chart in result.charts] == ["revenue-growth", "revenue-league"]
    for chart in result.charts:
        words: Mapping[str, str] = {**chart.title}
        assert set(words) == {"en", "zh"}
        assert words["en"] != words["zh"]
