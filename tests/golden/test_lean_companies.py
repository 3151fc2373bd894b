"""lean-companies against real head counts and revenue reckoned by hand, and lists that can be followed on paper."""

from __future__ import annotations

import math
import os
import random
import statistics
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from almanac.datasets import layouts
from almanac.datasets.schema import Table
from almanac.errors import DatasetError, InstrumentError
from almanac.estimate import Result
from almanac.instruments import find
from exampletables import lean_tables, made
from results import value, why

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data" / "ai-companies"
NAME = "lean-companies"
AS_OF = date(2025, 8, 31)

real = pytest.mark.skipif(not FOLDER.is_dir(), reason="the reports are not here (../shared or $ALMANAC_SHARED)")


def table(name: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Table:
    return made(NAME, name, [dict(zip(columns, row, strict=False)) for row in rows])


BOARD = ("company", "amount", "staff", "founded", "date", "currency")


def run(rows: Iterable[tuple[object, ...]], **parameters: Any) -> Result:
    """A leaderboard: company, amount, staff, founded, and, unless given, of the as-of date and in USD."""
    filled = [(*row, *("2025-08-31", "USD")[len(row) - 4 :]) for row in rows]
    return find(NAME)({"leaderboard": table("leaderboard", BOARD, filled)}, as_of=AS_OF, **parameters)


def change(result: Result, words: str) -> dict[str, Any]:
    (row,) = (row for row in result.tables["sensitivity"] if row["change"] == words)
    return dict(row)


# ---- real head counts --------------------------------------------------------------------------------------------


def measured(companies: Iterable[tuple[object, ...]] = (), as_of: date = AS_OF, **parameters: Any) -> Result:
    instrument = find(NAME)
    files = {"revenue": "revenue_reports.csv", "staff": "staff_reports.csv"}
    tables = {name: layouts.read(FOLDER / file, name, instrument.tables[name]) for name, file in files.items()}
    if rows := list(companies):
        tables["companies"] = table("companies", ("company", "founded"), rows)
    return instrument(tables, as_of=as_of, **parameters)


@real
def test_revenue_per_employee_of_three_labs() -> None:
    """By hand from the files: 13e9/3000 (1 August, 15 July 2025), 5e9/1300 (29 July, 23 May), 5e8/300 (31 July, 12 March)."""
    result = measured()
    found = {name: value(result, "company_revenue_per_employee", name) for name in ("OpenAI", "Anthropic", "xAI")}
    assert {name: round(estimate.value) for name, estimate in found.items()} == {
        "OpenAI": 4_333_333, "Anthropic": 3_846_154, "xAI": 1_666_667
    }  # fmt: skip
    assert found["OpenAI"].method == "revenue of 2025-08-01 over staff of 2025-07-15"


@real
def test_no_lab_is_lean_and_without_founding_days_nobody_knows() -> None:
    """All three have 300 people and more: out, whatever their age."""
    result = measured()
    assert value(result, "members").value == 0
    assert why(result, "revenue_per_employee") == "no member has revenue and staff"
    rules = {row["company"]: (row["staff_rule"], row["age_rule"], row["member"]) for row in result.tables["companies"]}
    assert {rules[name] for name in ("OpenAI", "Anthropic", "xAI")} == {("broken", "not decided", "out")}
    assert rules["DeepSeek"] == ("broken", "not decided", "out")


@real
def test_parts_of_companies_are_not_companies() -> None:
    """README: types of count differ. DeepMind, FAIR, contractors and R&D are parts; Google and Meta have no whole count."""
    result = measured(as_of=date(2025, 12, 31), stale_days=3660)
    names = {row["company"] for row in result.tables["companies"]}
    assert not names & {"Google", "Meta"}
    assert "17 skipped: of a part of the company" in result.account.reasons
    staff = {row["company"]: (row["staff"], row["staff_date"]) for row in result.tables["companies"]}
    assert staff["Anthropic"] == (2300, "2025-12-02")
    assert staff["xAI"] == (300, "2025-03-12")  # and not 900 tutors of the same day


@real
def test_the_lab_that_was_lean() -> None:
    """xAI on 30 November 2024: US$ 100 million a year (20 November), 97 people (1 July), founded in March 2023."""
    result = measured(
        [("xAI", "2023-03"), ("OpenAI", "2015-12"), ("Anthropic", "2021")], date(2024, 11, 30), max_staff=100.0
    )
    assert [row["company"] for row in result.tables["companies"] if row["member"] == "member"] == ["xAI"]
    assert value(result, "revenue_per_employee").value == pytest.approx(1e8 / 97)
    assert change(result, "staff limit × 0.8")["left"] == "xAI"
    assert change(result, "no rule on age")["members"] == 1


@real
def test_month_comes_first_in_the_dates_of_the_head_counts(tmp_path: Path) -> None:
    """9/30/2024 is a day of September, and 2/30/2024 is no day."""
    head = (FOLDER / "staff_reports.csv").read_text("utf-8").splitlines()[0]
    path = tmp_path / "staff_reports.csv"
    path.write_text(f"{head}\na,A,5,9/30/2024,Full company,,,,\nb,B,5,2/30/2024,Full company,,,,\n", "utf-8")
    with pytest.raises(DatasetError) as raised:
        layouts.read(path, "staff", find(NAME).tables["staff"])
    assert [fault.line for fault in raised.value.faults] == [3]
    path.write_text(f"{head}\na,A,5,9/30/2024,Full company,,,,\nb,B,5,2/3/2024,,,,,\n", "utf-8")
    rows = layouts.read(path, "staff", find(NAME).tables["staff"]).frame.rows()
    assert rows == [("A", "2024-09-30", 5.0, None), ("B", "2024-02-03", 5.0, "not stated")]


# ---- a list on paper ---------------------------------------------------------------------------------------------

LIST = [
    ("big", 300e6, 40, "2022-01-01"),
    ("mid", 20e6, 10, "2023"),
    ("small", 6e6, 30, "2021-06"),
    ("old", 90e6, 20, "2015"),
    ("poor", 4e6, 20, "2023"),
    ("many", 90e6, 60, "2023"),
]


def test_the_headline_and_its_three_means() -> None:
    """big, mid, small: 326 million, 80 people; 4.075 million for each; companies 7.5, 2.0, 0.2 million."""
    result = run(LIST)
    assert value(result, "members").value == 3
    assert value(result, "total_revenue").value == 326e6
    assert value(result, "total_staff").value == 80
    assert value(result, "staff_mean").value == pytest.approx(80 / 3)
    assert value(result, "revenue_per_employee").value == pytest.approx(326e6 / 80)
    assert value(result, "mean_revenue_per_employee").value == pytest.approx((7.5e6 + 2e6 + 0.2e6) / 3)
    assert value(result, "median_revenue_per_employee").value == pytest.approx(2e6)
    assert value(result, "top_share").value == pytest.approx(100 * 300 / 326)


def test_every_rule_moved() -> None:
    result = run(LIST, scales=[0.5, 2.0])
    assert (change(result, "no rule on age")["entered"], change(result, "no rule on staff")["entered"]) == (
        "old",
        "many",
    )
    assert change(result, "no rule on revenue")["entered"] == "poor"
    assert change(result, "staff limit × 0.5")["left"] == "big, small"
    assert change(result, "staff limit × 2")["entered"] == "many"
    assert change(result, "revenue limit × 2")["left"] == "small"
    assert change(result, "without big, the greatest")["ratio_of_sums"] == pytest.approx(26e6 / 40)
    assert len(result.tables["sensitivity"]) == 1 + 3 * 3 + 1 + 1
    members, total, each = (value(result, f"{name}_range") for name in ("members", "total", "per_employee"))
    assert (members.low, members.value, members.high) == (0, 3, 4)  # of those founded in 2023 some are 2.5 years old
    assert (total.low, total.high) == (20e6, 416e6)
    assert (each.low, each.high) == pytest.approx((26e6 / 40, 320e6 / 50))


def test_at_the_limit() -> None:
    """50 people, 5 years, 5 million: neither fewer, nor younger, nor more; with `inclusive` they will do."""
    edge = [("edge", 5e6, 50, "2020-08-30")]  # five years of 365.25 days before 31 August 2025, and a quarter
    assert value(run(edge), "members").value == 0
    assert value(run(edge, inclusive=True, max_age=None), "members").value == 1
    assert value(run([("in", 5e6 + 1, 49, "2021")]), "members").value == 1
    assert change(run(edge, max_age=None), "the limits themselves will do")["entered"] == "edge"


@pytest.mark.parametrize(
    ("founded", "member"),
    [
        ("2020", "undecided"),
        ("2020-08", "undecided"),
        ("2020-07", "out"),
        ("2020-09", "member"),
        ("2021", "member"),
        (None, "undecided"),
    ],
)
def test_a_year_of_founding_may_not_decide(founded: str | None, member: str) -> None:
    result = run([("a", 9e6, 9, founded)])
    assert result.tables["companies"][0]["member"] == member
    found = value(result, "members")
    assert (found.low, found.high) == (int(member == "member"), int(member != "out"))


def test_what_is_not_known_is_neither_in_nor_zero() -> None:
    result = run(
        [
            ("no staff", 9e6, None, "2023"),
            ("no revenue", None, 9, "2023"),
            ("old", None, None, "2010"),
            ("in", 9e6, 9, "2023"),
        ]
    )
    assert [row["member"] for row in result.tables["companies"]] == ["member", "undecided", "undecided", "out"]
    assert value(result, "total_revenue").value == 9e6
    assert change(result, "the undecided are in")["members"] == 3
    assert result.find("company_revenue_per_employee", "no staff") is None


def test_a_company_without_staff_has_no_revenue_per_employee() -> None:
    result = run([("robot", 9e6, 0, "2023"), ("in", 9e6, 9, "2023")])
    assert why(result, "company_revenue_per_employee", "robot") == "it has no staff"
    assert value(result, "members").value == 2
    assert value(result, "revenue_per_employee").value == pytest.approx(1e6)
    assert "1 of unknown staff or revenue left out" in value(result, "total_revenue").method


def reported(**parameters: Any) -> Result:
    """Two values for a day of revenue and of staff: 4 or 9 million, 40 or 60 people."""
    days = ("company", "date", "amount", "currency", "product")
    tables = {
        "revenue": table("revenue", days, [("a", "2025-01-01", 4e6, "USD"), ("a", "2025-01-01", 9e6, "USD")]),
        "staff": table(
            "staff", ("company", "date", "staff", "scope"), [("a", "2025-02-01", 40), ("a", "2025-02-01", 60)]
        ),
        "companies": table(
            "companies", ("company", "founded", "cohort", "exit"), [("a", "2023"), ("b", "2023", None, "2024-01-01")]
        ),
    }
    return find(NAME)(tables, as_of=AS_OF, **parameters)


def test_two_values_for_one_day_are_an_interval() -> None:
    result = reported(fall=3.0)
    assert [row["member"] for row in result.tables["companies"]] == ["undecided", "out"]
    found = value(result, "company_revenue_per_employee", "a")
    assert (found.low, found.value, found.high) == pytest.approx((4e6 / 60, 9e6 / 50, 9e6 / 40))
    member = reported(fall=3.0, max_staff=61.0, min_revenue=3e6)
    assert value(member, "members").value == 1
    for name in ("revenue_per_employee", "mean_revenue_per_employee"):
        found = value(member, name)
        assert (found.low, found.value, found.high) == pytest.approx((4e6 / 60, 9e6 / 50, 9e6 / 40))
    total, staff = value(member, "total_revenue"), value(member, "total_staff")
    assert (total.low, total.high, staff.low, staff.high) == (4e6, 9e6, 40, 60)


def test_of_several_rows_the_last_counts_and_old_ones_do_not() -> None:
    rows = [
        ("a", 9e6, 9, "2023", "2025-01-01", "USD"),
        ("a", 7e6, 7, "2023", "2025-06-01", "USD"),
        ("a", 1e6, 1, "2023", "2025-12-01", "USD"),
        ("b", 9e6, 9, "2023", "2024-06-01", "USD"),
    ]
    result = run(rows)
    assert value(result, "total_revenue").value == 7e6
    assert result.account.used == 1
    assert sorted(result.account.reasons) == [
        "1 skipped: a later one of the same company counts",
        "1 skipped: more than 366 days old",
        "1 skipped: of a day after 2025-08-31",
    ]


def test_another_currency_needs_a_rate() -> None:
    rows = [("a", 10e6, 9, "2023", "2025-08-01", "EUR")]
    assert run(rows).tables["companies"][0]["member"] == "undecided"
    board = table("leaderboard", BOARD, rows)
    rates = table("rates", ("date", "base", "quote", "rate", "source"), [("2025-07-31", "EUR", "USD", 1.14, "X")])
    result = find(NAME)({"leaderboard": board, "rates": rates}, as_of=AS_OF)
    assert value(result, "total_revenue").value == pytest.approx(11.4e6)


# ---- a printed headline ------------------------------------------------------------------------------------------

PRINTED_2025: dict[str, Any] = {
    "printed_count": [44],
    "printed_total": [4e9, None],
    "printed_staff_mean": [21.5, 22.5],
    "printed_per_employee": [2.5e6, None],
}
"""The lean list as printed in 2025: 44 companies, over 4 billion dollars, 22 people on average, over 2.5 million for each."""


def test_a_headline_that_says_less_than_its_parts() -> None:
    """4e9 / (44 × 22.5) = 4.04 million at least, 1.6 times the 2.5 that is printed: both can be true of one list."""
    result = run(LIST, **PRINTED_2025)
    assert value(result, "implied_per_employee_least", "printed").value == pytest.approx(4e9 / (44 * 22.5))
    assert why(result, "implied_per_employee_most", "printed") == "the printed total has no upper end"
    assert value(result, "headline_slack", "printed").value == pytest.approx(1.616, abs=1e-3)
    assert value(result, "impossible", "printed").value == 0
    assert len(result.tables["arithmetic"]) == 4


@pytest.mark.parametrize(
    ("wrong", "broken"),
    [
        ({"printed_total": [4e8, 5e8]}, "revenue per employee = total / (count × mean staff)"),
        ({"printed_total": [2e8, 2.1e8], "printed_per_employee": []}, "total > count × revenue limit"),
        ({"printed_staff_mean": [60.0]}, "mean staff < staff limit"),
        ({"printed_per_employee": [9e4]}, "revenue per employee > revenue limit / staff limit"),
    ],
)
def test_a_headline_that_cannot_be(wrong: dict[str, Any], broken: str) -> None:
    """A billion that became a hundred million; a total below the floor of the rules; more people than the rule allows."""
    result = run(LIST, **{**PRINTED_2025, **wrong})
    assert broken in {row["relation"] for row in result.tables["arithmetic"] if not row["can_hold"]}
    assert value(result, "impossible", "printed").value >= 1


def test_intervals_that_only_touch_a_rule_can_hold() -> None:
    """44 companies above 5 million earn 220 million: 200 to 230 can be; 49.5 to 50.5 people can be fewer than 50."""
    near = {"printed_total": [2e8, 2.3e8], "printed_staff_mean": [49.5, 50.5], "printed_per_employee": [9e4, 1.1e5]}
    result = run(LIST, printed_count=[44], **near)
    assert [row["can_hold"] for row in result.tables["arithmetic"]] == [True] * 4


def test_interval_arithmetic_holds_for_every_list_within_the_intervals() -> None:
    """Lists drawn at random, printed with rounding: no relation that is true may be called impossible."""
    chance = random.Random(3)
    for _ in range(100):
        sizes = [chance.randint(1, 49) for _ in range(chance.randint(1, 30))]
        earned = [chance.uniform(5.1e6, 2e8) for _ in sizes]
        exact = math.fsum(earned) / sum(sizes)
        mean = statistics.fmean(sizes)
        result = run(
            LIST[:1],
            printed_count=[float(len(sizes))],
            printed_total=[0.95 * math.fsum(earned), 1.05 * math.fsum(earned)],
            printed_staff_mean=[max(0.0, mean - 0.5), mean + 0.5],
            printed_per_employee=[0.99 * exact, 1.01 * exact],
        )
        assert value(result, "impossible", "printed").value == 0


def test_nothing_printed_nothing_implied() -> None:
    assert not [e for e in run(LIST).estimates if e.subject == "printed"]
    assert why(run(LIST, printed_count=[44], printed_total=[1e9]), "implied_per_employee_least", "printed").startswith(
        "count"
    )


@pytest.mark.parametrize("printed", [[1.0, 2.0, 3.0], [3.0, 2.0], [None, 2.0]])
def test_printed_intervals_that_are_none(printed: list[float | None]) -> None:
    with pytest.raises(InstrumentError) as raised:
        run(LIST, printed_count=printed, printed_total=printed)
    assert [fault.where for fault in raised.value.faults] == ["parameter printed_count", "parameter printed_total"]


# ---- the whole ---------------------------------------------------------------------------------------------------


def test_it_needs_a_leaderboard_or_revenue_and_staff() -> None:
    staff = table("staff", ("company", "date", "staff"), [("a", "2025-01-01", 5)])
    with pytest.raises(InstrumentError, match="a table leaderboard, or revenue and staff"):
        find(NAME)({"staff": staff}, as_of=AS_OF)


def test_days_that_no_calendar_has() -> None:
    with pytest.raises(InstrumentError) as raised:
        run([("a", 1e6, 5, "2023-02-30"), ("b", 1e6, 5, "2023", "2025-02-30", "USD")])
    assert sorted(fault.where for fault in raised.value.faults) == ["column date", "column founded"]


def test_total_is_count_times_mean_times_ratio_to_the_cent() -> None:
    result = find(NAME)(lean_tables(), as_of=date(2025, 6, 30))
    count, mean, each, total = (
        value(result, name).value for name in ("members", "staff_mean", "revenue_per_employee", "total_revenue")
    )
    assert count * mean * each == pytest.approx(total, abs=0.01)
    sums = [row for row in result.tables["companies"] if row["member"] == "member"]
    assert math.fsum(row["revenue"] for row in sums) == pytest.approx(total, abs=0.01)


def test_charts_state_the_finding_in_both_languages() -> None:
    chart, sensitivity = run(LIST).charts
    assert chart.title["en"] == "3 of 6 companies keep every rule and earn USD 4.08 million per employee"
    assert "6家公司中有3家" in chart.title["zh"]
    assert "0 to 4 companies" in sensitivity.title["en"]
    words = sensitivity.labels["zh"]
    assert (words["no rule on staff"], words["revenue limit × 2"]) == ("不设员工上限", "营收下限 × 2")
    assert {row["change"] for row in sensitivity.rows} <= words.keys()
    none = run([("a", 1e6, 99, "2010")]).charts
    assert none[0].title["en"] == "None of 1 companies is known to keep every rule"


def test_the_files_are_told_apart_by_their_headers(tmp_path: Path) -> None:
    """A leaderboard has all columns of revenue, staff and companies: the table that needs most is meant."""
    path = tmp_path / "board.csv"
    path.write_text("company,date,amount,currency,staff,founded\na,2025-01-01,5,USD,5,2020\n", "utf-8")
    assert layouts.name_of(path, find(NAME).tables) == "leaderboard"
    path.write_text("company,date,amount,currency\na,2025-01-01,5,USD\n", "utf-8")
    assert layouts.name_of(path, find(NAME).tables) == "revenue"
