"""time-to-revenue against printed survival tables, times that can be followed by hand, and known truth."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from almanac.datasets import layouts
from almanac.errors import InstrumentError
from almanac.estimate import Estimate, Result
from almanac.instruments import find
from exampletables import made, milestone_tables
from results import value, why

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data"
NAME = "time-to-revenue"
AS_OF = date(2025, 6, 30)
MONTH = 365.25 / 12

real = pytest.mark.skipif(not (SHARED / "retention").is_dir(), reason="no survival data (../shared or $ALMANAC_SHARED)")


def of_file(path: str, **parameters: object) -> Result:
    table = layouts.read(SHARED / path, "milestones", find(NAME).tables["milestones"])
    return find(NAME)({"milestones": table}, as_of=AS_OF, **parameters)


def run(
    rows: Iterable[Mapping[str, object]], revenue: Iterable[tuple[object, ...]] = (), **parameters: object
) -> Result:
    """Reports of revenue: company, date, amount, currency, basis, product."""
    named = [{"company": f"c{n}"} | dict(row) for n, row in enumerate(rows)]
    tables = {"milestones": made(NAME, "milestones", named)}
    columns = ("company", "date", "amount", "currency", "basis", "product")
    if reports := [dict(zip(columns, report, strict=False)) for report in revenue]:
        tables["revenue"] = made(NAME, "revenue", reports)
    return find(NAME)(tables, as_of=AS_OF, **parameters)


def ends(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.value, estimate.low, estimate.high


# ---- printed -----------------------------------------------------------------------------------------------------


@real
def test_the_leukaemia_trial() -> None:
    """README of the data, and R (tests/unit/test_hazards.py): medians 8 and 23 weeks, hazard ratio 4.82, p 4e-05. On
    placebo all relapsed, so that it has to be said that nobody was left out.
    """
    result = of_file("retention/gehan_6mp.csv", unit="week", whole_cohorts=True, by=[6, 10, 22])
    assert ends(value(result, "median_time", "placebo")) == (8, 4, 11)
    assert "it is 23, but its interval, from 13 on" in why(result, "median_time", "6-MP")
    for weeks, left in ((6, 0.857), (10, 0.753), (22, 0.538)):
        share = value(result, "share_reached", f"6-MP by {weeks} weeks")
        assert share.value == pytest.approx(100 * (1 - left), abs=0.05)
    ratio = value(result, "hazard_ratio", "placebo against 6-MP")
    assert [round(end, 2) for end in ends(ratio)] == [4.82, 2.15, 10.81]
    assert f"{value(result, 'p_value', 'placebo against 6-MP').value:.0e}" == "4e-05"
    assert value(result, "median_of_reached", "6-MP").value == 10  # leaving out 12 of 21 more than halves it
    assert "a list of successes" in why(of_file("retention/gehan_6mp.csv", unit="week"), "median_time", "placebo")


@real
def test_lung_with_the_limits_of_r_and_of_lifelines() -> None:
    """README: 310 (285-363), 270 (212-310), 426 (348-550) with log; 284-361, 210-306, 345-524 with log-log limits."""
    log, log_log = (of_file("retention/lung.csv", unit="day", band=band) for band in ("log", "log-log"))
    assert ends(value(log, "median_time")) == (310, 285, 363)
    assert ends(value(log, "median_time", "sex 1")) == (270, 212, 310)
    assert ends(value(log, "median_time", "sex 2")) == (426, 348, 550)
    assert ends(value(log_log, "median_time")) == (310, 284, 361)
    assert ends(value(log_log, "median_time", "sex 1")) == (270, 210, 306)
    assert ends(value(log_log, "median_time", "sex 2")) == (426, 345, 524)
    ratio = value(log, "hazard_ratio", "sex 2 against sex 1")  # R: coxph(Surv(time, status) ~ sex)
    assert [round(end, 3) for end in ends(ratio)] == [0.588, 0.424, 0.816]
    mean = value(of_file("retention/lung.csv", unit="day", until=1022), "mean_time")
    assert round(mean.value, 1) == 376.3  # R: print(survfit(...), print.rmean = TRUE)
    table = {row["definition"]: row for row in log.tables["definitions"] if row["subject"] == "all"}
    assert table["not reached: censored, log interval"]["median_high"] == 363
    assert table["not reached: censored, log-log interval"]["median_high"] == 361
    assert table["not reached: left out"]["median"] == 226  # of the 165 that died


@real
def test_telco() -> None:
    """README: S(12) .8432, S(24) .7887, S(60) .6644, S(72) .5928; by contract .7031, median 35; .9783; .9862."""
    result = of_file("retention/telco_churn.csv.gz", by=[12, 24, 60, 72], draws=10)
    assert (result.account.used, value(result, "reached").value) == (7043, 1869)
    printed = {
        ("all", 12): 0.8432, ("all", 24): 0.7887, ("all", 60): 0.6644, ("all", 72): 0.5928,
        ("Month-to-month", 12): 0.7031, ("One year", 24): 0.9783, ("Two year", 60): 0.9862,
    }  # fmt: skip
    for (contract, month), left in printed.items():
        share = value(result, "share_reached", f"{contract} by {month} months")
        assert round(1 - share.value / 100, 4) == left
    assert value(result, "median_time", "Month-to-month").value == 35
    ratio = value(result, "hazard_ratio", "One year against Month-to-month")
    assert "which these data contradict" in ratio.assumptions[-1]


@pytest.mark.skipif(not (SHARED / "unicorns").is_dir(), reason="no list of unicorns (../shared or $ALMANAC_SHARED)")
def test_a_list_of_those_that_made_it_has_no_time() -> None:
    """Of 1,074 companies worth a billion dollars, one is listed twice, and one as worth it before it was founded."""
    result = of_file("unicorns/unicorns.csv")
    assert result.account.reasons == (
        "1 failed: a company and mark a second time",
        "1 failed: it reached the mark before it started",
    )
    assert "all 1072 reached it" in why(result, "median_time")
    assert "all 84 reached it" in why(result, "hazard_ratio", "Artificial Intelligence against Fintech")
    assert value(result, "median_of_reached").n == 1072
    assert not result.charts


@pytest.mark.skipif(not (SHARED / "ai-companies").is_dir(), reason="no reports (../shared or $ALMANAC_SHARED)")
def test_reports_of_real_companies() -> None:
    """OpenAI, founded in December 2015: US$28M a year at the end of 2022, 200M on 1 March 2023, 1.0B on 29 August 2023.
    Its 0.7B of calendar 2023 comes later and moves nothing. xAI is not at a billion.
    """
    table = layouts.read(SHARED / "ai-companies" / "revenue_reports.csv", "revenue", find(NAME).tables["revenue"])
    rows = [{"company": "OpenAI", "started": "2015-12-11"}, {"company": "xAI", "started": "2023-03"}]
    tables = {"milestones": made(NAME, "milestones", rows), "revenue": table}
    result = find(NAME)(tables, as_of=date(2025, 12, 14), marks=[1e8, 1e9], unit="day")
    bounds = {(row["company"], row["mark"]): (row["after"], row["by"]) for row in result.tables["companies"]}
    start = date(2015, 12, 11)
    assert bounds["OpenAI", 1e8] == ((date(2022, 12, 31) - start).days, (date(2023, 3, 1) - start).days)
    assert bounds["OpenAI", 1e9] == ((date(2023, 3, 1) - start).days, (date(2023, 8, 29) - start).days)
    assert bounds["xAI", 1e9] == ((date(2025, 7, 31) - date(2023, 3, 31)).days, None)
    assert result.account.reasons == ("10 skipped: a report of a company that is not in milestones",)


# ---- by hand -----------------------------------------------------------------------------------------------------


def spells(result: Result) -> list[tuple[object, object, object]]:
    return [(row["after"], row["by"], row["entered"]) for row in result.tables["companies"]]


def test_what_a_row_tells() -> None:
    start = {"started": "2024-01-01"}
    rows: list[tuple[dict[str, object], tuple[object, object, object]]] = [
        (start | {"reached": "2024-01-11"}, (10, 10, None)),
        (start | {"reached": "2024-01-11", "reached_after": "2024-01-06"}, (5, 10, None)),
        (start | {"last_seen": "2024-03-01"}, (60, None, None)),
        (start | {"reached": "2025-07-01"}, (546, None, None)),  # after the as-of date: not known yet
        (start | {"last_seen": "2026-01-01"}, (546, None, None)),
        ({"started": "2024-01", "reached": "2024-02-10"}, (10, 40, None)),
        ({"started": "2023", "reached": "2024"}, (1, 730, None)),
        ({"started": "2024-01", "last_seen": "2024-01-20"}, (0, None, None)),
        (start | {"reached": "2024-02-01", "watched_from": "2024-01-21"}, (31, 31, 20)),
        ({"time": 7, "seen": 1}, (7, 7, None)),
        ({"time": 7, "seen": 0}, (7, None, None)),
    ]
    assert spells(run((row for row, _ in rows), unit="day")) == [expected for _, expected in rows]
    assert spells(run([rows[0][0]]))[0][0] == pytest.approx(10 / MONTH)


def test_rows_that_are_not_used_say_why() -> None:
    start = {"started": "2024-01-01"}
    rows = [
        start | {"reached": "2024-02-01"},
        start | {"company": "c0", "reached": "2024-03-01"},
        start | {"reached": "2023-12-31"},
        start | {"reached": "2024-02-01", "reached_after": "2024-02-02"},
        start,
        {"reached": "2024-02-01"},
        {"started": "2026-01-01", "last_seen": "2026-02-01"},
        start | {"reached": "2024-02-01", "mark": 5, "currency": "EUR"},
        start | {"reached": "2024-02-01", "mark": 5},
        start | {"reached": "2024-02-01", "watched_from": "2024-02-01"},
        {"time": 3},
    ]
    account = run(rows).account
    assert (account.rows_in, account.used, account.skipped, account.failed) == (11, 1, 7, 3)
    assert set(account.reasons) == {
        "1 skipped: it did not reach the mark, and until when it was watched is not known",
        "1 skipped: no start",
        "1 skipped: started after 2025-06-30",
        "1 skipped: a mark in EUR, not in USD",
        "1 skipped: a mark in no currency, not in USD",
        "1 skipped: it was over before it was watched: a table that started later would not hold it",
        "1 skipped: a time that is not said to end with the mark or with the watching",
        "1 failed: a company and mark a second time",
        "1 failed: it reached the mark before it started",
        "1 failed: it was below the mark after it had reached it",
    }
    assert spells(run([start], unseen="as-of", unit="day")) == [(546, None, None)]


REPORTS = [
    ("c0", "2024-02-01", 0, "USD"), ("c0", "2024-03-01", 4, "USD"), ("c0", "2024-04-01", 5, "USD"),
    ("c0", "2024-05-01", 1, "USD"),
    ("c1", "2024-02-01", 4, "USD"), ("c1", "2024-02-01", 6, "USD"),
    ("c2", "2024-02-01", 4, "USD"), ("c2", "2025-07-01", 9, "USD"),
    ("c3", "2024-02-01", 9, "EUR"), ("c3", "2024-02-02", 9, "USD", None, "one"), ("c3", "2024-02-03", 9, "USD", "ARR"),
    ("c3", "2024-02-04", None, "USD", "run-rate"), ("c3", "2024-02-05", 5, "USD", "run-rate"),
    ("d", "2024-02-01", 9, "USD"),
]  # fmt: skip


def test_reports_give_bounds() -> None:
    """A mark is reached by the first report at it, after the last one below it before that day; two values of one day,
    one on either side, leave it to the day before; a later fall does not undo it; zero is below.
    """
    result = run([{"started": "2024-01-01"}] * 5, REPORTS, marks=[5, 10], unit="day")
    found = {(row["company"], row["mark"]): (row["after"], row["by"]) for row in result.tables["companies"]}
    assert [found[f"c{n}", 5] for n in range(4)] == [(60, 91), (0, 31), (31, None), (0, 33)]
    assert [found[f"c{n}", 10] for n in range(4)] == [(121, None), (31, None), (31, None), (35, None)]
    assert set(result.account.reasons) == {
        "1 skipped: a report of a day after 2025-06-30",
        "1 skipped: a report: no rate of EUR in USD on or before the day",
        "1 skipped: a report of one product, or on a basis that was not asked for",
        "1 skipped: a report: no amount",
        "1 skipped: a report of a company that is not in milestones",
        "1 skipped: no report of its revenue",
    }


def test_a_basis_of_revenue_and_a_rate_move_the_bounds() -> None:
    rows = [{"started": "2024-01-01"}] * 4
    assert spells(run(rows, REPORTS, marks=[5], unit="day", bases=["run-rate"])) == [(0, 35, None)]
    milestones, revenue = (
        made(NAME, "milestones", [{"company": f"c{n}"} | row for n, row in enumerate(rows)]),
        made(
            NAME, "revenue", [dict(zip(("company", "date", "amount", "currency"), r[:4], strict=True)) for r in REPORTS]
        ),
    )
    rate = {"date": "2024-01-31", "base": "EUR", "quote": "USD", "rate": 1.1, "source": "ECB"}
    tables = {"milestones": milestones, "revenue": revenue, "rates": made(NAME, "rates", [rate])}
    result = find(NAME)(tables, as_of=AS_OF, marks=[9.9], unit="day")
    assert spells(result)[3] == (0, 31, None)  # 9 euros are 9.9 dollars


def test_a_mark_is_in_the_name() -> None:
    start = {"started": "2024-01-01", "currency": "USD"}
    result = run(start | {"mark": mark, "last_seen": "2025-01-01"} for mark in (5e6, 2.5e9, 300, 2e3))
    subjects = [estimate.subject for estimate in result.estimates if estimate.name == "companies"]
    assert subjects == ["all to USD 300", "all to USD 2k", "all to USD 5M", "all to USD 2.5B"]


def test_a_median_by_bounds_is_turnbulls_and_the_reading_moves_the_curve() -> None:
    """18 of 24 got there between days 10 and 20."""
    bounded = {"started": "2024-01-01", "reached_after": "2024-01-11", "reached": "2024-01-21"}
    rows = [bounded] * 18 + [{"started": "2024-01-01", "last_seen": "2024-02-01"}] * 6
    result = run(rows, unit="day", until=20)
    assert ends(value(result, "median_time")) == (20, 10, 20)
    readings = ("earliest", "middle", "latest")
    means = [value(run(rows, unit="day", until=20, reading=at), "mean_time").value for at in readings]
    assert means == pytest.approx([12.5, 16.25, 20])
    assert "at the latest day" in value(result, "mean_time").assumptions[-1]
    table = {row["definition"]: row["median"] for row in result.tables["definitions"]}
    assert table["not reached: censored, earliest day, log interval"] == 10
    assert table["not reached: censored, latest day, log interval"] == 20


# ---- known truth -------------------------------------------------------------------------------------------------


def generated(seed: int, *, quick: float = 12, slow: float = 24, n: int = 120) -> list[dict[str, object]]:
    """Exponential times of mean `quick` and `slow` months; starts spread over five years; all watched until one day."""
    random = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for i in range(n):
        start = date(2020, 1, 1) + timedelta(days=int(random.uniform(0, 5 * 365)))
        took = random.exponential(quick if i % 2 else slow) * MONTH
        reached = start + timedelta(days=round(took))
        outcome = {"reached": reached} if reached <= AS_OF else {"last_seen": AS_OF}
        rows.append({"started": start, "cohort": "quick" if i % 2 else "slow"} | outcome)
    return rows


def test_the_truth_is_recovered_and_by_leaving_out_the_rest_it_is_not() -> None:
    """12 and 24 months: medians 8.3 and 16.6, speed 2, hazard ratio 2. In 24 tables the intervals hold the truth; the
    median of those that reached the mark is too short.
    """
    truths = {
        ("median_time", "quick"): 12 * math.log(2),
        ("median_time", "slow"): 24 * math.log(2),
        ("share_reached", "slow by 24 months"): 100 * (1 - math.exp(-1)),
        ("speed", "quick against slow"): 2,
        ("hazard_ratio", "quick against slow"): 2,
        ("mean_difference", "quick against slow"): 12 * (1 - math.exp(-2)) - 24 * (1 - math.exp(-1)),
        ("median_of_reached", "slow"): 24 * math.log(2),
    }
    inside = dict.fromkeys(truths, 0)
    for seed in range(24):
        result = run(generated(seed), until=24, seed=seed, reference="slow", draws=200)
        for (name, subject), truth in truths.items():
            found = value(result, name, subject)
            inside[name, subject] += found.low <= truth <= found.high
    naive = inside.pop(("median_of_reached", "slow"))
    assert min(inside.values()) >= 20
    assert naive <= 17


def test_late_entry_is_allowed_for() -> None:
    """Half of the companies come to be watched a year after their start, if they are not there by then. Taken as watched
    from the start, they make everybody slow.
    """
    random = np.random.default_rng(3)
    rows: list[dict[str, object]] = []
    while len(rows) < 2000:
        took, late, start = random.exponential(365), random.random() < 0.5, date(2020, 1, 1)
        if late and took <= 365:
            continue
        watched = {"watched_from": start + timedelta(days=365)} if late else {}
        reached = start + timedelta(days=math.ceil(took))
        rows.append({"started": start} | ({"reached": reached} if reached <= AS_OF else {"last_seen": AS_OF}) | watched)
    truth = 365 * math.log(2)
    right = value(run(rows, unit="day", whole_cohorts=True), "median_time")
    assert right.low <= truth <= right.high
    blind = [{name: cell for name, cell in row.items() if name != "watched_from"} for row in rows]
    assert value(run(blind, unit="day", whole_cohorts=True), "median_time").low > truth


def test_a_cohort_whose_early_ones_are_gone_before_others_come_has_no_curve() -> None:
    start = {"started": "2024-01-01"}
    late = start | {"watched_from": "2024-01-20"}
    rows = [start | {"reached": "2024-01-11"}, *(late | {"reached": f"2024-02-{day}"} for day in ("05", "06"))]
    assert "before others came" in why(run(rows, unit="day", whole_cohorts=True), "median_time")


# ---- the rest ----------------------------------------------------------------------------------------------------


def test_the_reference_is_the_largest_cohort_unless_another_is_named() -> None:
    start = {"started": "2024-01-01"}
    rows = [
        start | {"cohort": cohort, "reached": f"2024-0{month}-01"}
        for cohort, months in (("a", "2345"), ("b", "34"), ("", "345"))
        for month in months
    ]
    rows.append(start | {"cohort": "b", "last_seen": "2024-03-01"})

    def compared(**parameters: object) -> set[str]:
        result = run(rows, whole_cohorts=True, **parameters)
        return {estimate.subject for estimate in result.estimates if estimate.name == "hazard_ratio"}

    assert compared() == {"b against a", "no cohort against a"}
    assert compared(reference="b") == {"a against b", "no cohort against b"}


def test_means_go_as_far_as_every_cohort_was_watched() -> None:
    start = {"started": "2024-01-01"}
    rows = [start | {"cohort": "a", "reached": "2024-01-11"}, start | {"cohort": "a", "last_seen": "2024-01-21"}]
    rows += [start | {"cohort": "b", "reached": "2024-01-21"}, start | {"cohort": "b", "last_seen": "2024-02-10"}]
    result = run(rows, unit="day", draws=10)
    assert [value(result, "mean_time", cohort).value for cohort in ("a", "b")] == [15, 20]  # up to 20 days
    assert value(result, "mean_difference", "b against a").value == 5


def test_faults() -> None:
    rows = [{"started": "2024-02-30", "reached": "2024-03-01"}, {"started": "2024-01-01", "last_seen": "2023-02-29"}]
    with pytest.raises(InstrumentError) as raised:
        run(rows)
    assert [(fault.line, fault.where) for fault in raised.value.faults] == [
        (2, "column started"),
        (3, "column last_seen"),
    ]
    good = [{"started": "2024-01-01", "reached": "2024-03-01", "cohort": "a"}]
    with pytest.raises(InstrumentError, match="reference"):
        run(good, reference="b")
    with pytest.raises(InstrumentError, match="marks"):
        run(good, [("c0", "2024-02-01", 1, "USD")], marks=[])


def test_a_table_of_which_nothing_can_be_used() -> None:
    result = run([{"started": "2026-01-01"}])
    assert (result.estimates, result.charts, result.account.skipped) == ((), (), 1)


def test_the_chart_states_the_finding() -> None:
    charts = {chart.id: chart for chart in find(NAME)(milestone_tables(), as_of=AS_OF, seed=1).charts}
    chart = charts["time-to-revenue-5000000"]
    assert chart.title["en"].startswith("Within ")
    assert "of quick had reached USD 5M, and" in chart.title["en"]
    assert "quick有" in chart.title["zh"]
    start = {"started": "2024-01-01"}
    (one,) = run([start | {"reached": "2024-01-11"}, start | {"last_seen": "2024-02-01"}]).charts
    assert one.title["en"] == "50% of them had reached the mark within 0.329 months"
