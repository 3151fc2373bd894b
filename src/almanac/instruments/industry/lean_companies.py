"""Lean companies: much revenue, few people; which companies are on such a list, and what the list owes to its rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from almanac.datasets.catalog import COMPANIES, LEADERBOARD, RATES, REVENUE, STAFF
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.lean_charts import lean_chart, sensitivity_chart
from almanac.instruments.industry.lean_facts import NAME, Facts, Reading, read_facts
from almanac.instruments.industry.lean_printed import Printed, arithmetic, ends
from almanac.instruments.industry.lean_rules import Headline, Rules, Variant, headline, variants
from almanac.instruments.industry.money import Currency
from almanac.instruments.industry.revenue_reports import Basis, Tally
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.statistics import Confidence, NoNumber

ALL = "all"

Limit = Annotated[float, Field(gt=0, le=1e15)]
Numbers = Sequence[Annotated[float, Field(ge=0, le=1e18)] | None]

LAST = "a company is what its last report and its last count say, though these be of different days"
CENSUS = "the tables name every company that there is; one that nobody reports is in no list"


@instrument(
    NAME,
    version="1.0.0",
    chapter="industry",
    reads={},
    may_read={"leaderboard": LEADERBOARD, "revenue": REVENUE, "staff": STAFF, "companies": COMPANIES, "rates": RATES},
    references=(
        "Moore, R. E., Kearfott, R. B. and Cloud, M. J. (2009), Introduction to Interval Analysis. SIAM, chapter 2.",
        "Cochran, W. G. (1977), Sampling Techniques, 3rd ed. Wiley, chapter 6 (ratio of means and mean of ratios).",
        "Saltelli, A. et al. (2008), Global Sensitivity Analysis: The Primer. Wiley, section 1.2 (one at a time).",
    ),
)
def lean_companies(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    max_staff: Limit | None = 50.0,
    max_age: Limit | None = 5.0,
    min_revenue: Limit | None = 5e6,
    inclusive: bool = False,
    currency: Currency = "USD",
    bases: Sequence[Basis] = (),
    fall: Annotated[float, Field(gt=1, le=1000)] = 2.0,
    stale_days: Annotated[int, Field(ge=0, le=3660)] = 366,
    scales: Sequence[Annotated[float, Field(gt=0, le=100)]] = (0.5, 0.8, 1.25, 2.0),
    printed_count: Numbers = (),
    printed_total: Numbers = (),
    printed_staff_mean: Numbers = (),
    printed_per_employee: Numbers = (),
) -> Measurement:
    """Which companies earn much with few people, and how far does that list depend on its rules?

    leaderboard: a row for each company: `amount` of revenue a year in `currency`, `staff`, `founded`, as of `date`. Or
    revenue and staff, reports of many days, and companies with `founded` and `exit`. rates: docs/theory/money.md.

    max_staff, max_age (years), min_revenue: a member has fewer, is younger, earns more; null: no such rule. inclusive:
    whether the limit itself will do. bases, fall: docs/theory/revenue-cohort.md. stale_days: how old a report or count
    may be. scales: by what every limit is moved. printed_...: a headline to check, each [], [exactly], [least,
    greatest] or [at least, null].

    Estimates of "all", counted, because a list is no sample: companies, undecided (company). members (company), up to
    all whose rules are not decided. total_revenue (USD/year), total_staff (person), staff_mean (person/company),
    revenue_per_employee (USD/(person*year)): total over total; mean_revenue_per_employee, median_revenue_per_employee:
    of companies; top_share (percent): of the total, of the greatest member. members_range (company), total_range
    (USD/year), per_employee_range (USD/(person*year)): over rules moved one at a time. Of a company:
    company_revenue_per_employee. Of "printed": implied_per_employee_least, implied_per_employee_most
    (USD/(person*year)), headline_slack (ratio), impossible (ratio, counted).

    Tables: companies, sensitivity, arithmetic. Nothing is drawn; seed and level are recorded and change nothing.
    Raises InstrumentError without a leaderboard or revenue and staff, for days that no calendar has, for printed
    intervals that are none. docs/theory/lean-companies.md.
    """
    printed = _printed(
        count=printed_count, total=printed_total, staff_mean=printed_staff_mean, per_employee=printed_per_employee
    )
    reading = Reading(currency, as_of.toordinal(), stale_days, fall, tuple(bases))
    rules = Rules(as_of.toordinal(), max_staff, max_age, min_revenue, inclusive)
    tally = Tally()
    every = read_facts(tables, reading, tally)
    declared, moved = headline(every, rules), list(variants(every, rules, scales))
    found = [
        *_list(every, declared, currency),
        *_ranges(moved, currency),
        *_each(every, currency),
        *_implied(printed, rules, currency),
    ]
    company_rows, moved_rows = tuple(_company_rows(every, rules)), tuple(_variant_rows(moved))
    return Measurement(
        account=tally.account(),
        estimates=tuple(found),
        tables={
            "companies": company_rows,
            "sensitivity": moved_rows,
            "arithmetic": tuple(arithmetic(printed, rules)),
        },
        charts=(*lean_chart(company_rows, found, currency, as_of), *sensitivity_chart(moved_rows, found, currency)),
    )


def _printed(**numbers: Sequence[float | None]) -> Printed:
    faults, found = [], {}
    for name, given in numbers.items():
        try:
            found[name] = ends(tuple(given))
        except ValueError as error:
            faults.append(Fault(NAME, None, f"parameter printed_{name}", str(list(given)), str(error)))
    if faults:
        raise InstrumentError(faults)
    return Printed(**found)


# ---- the list ----------------------------------------------------------------------------------------------------

Ends3 = tuple[float, float, float]


def _exact(name: str, subject: str, numbers: Ends3 | None, unit: str, n: int, method: str) -> Estimate | Undefined:
    """A number that was counted; its ends differ where the reports of one day do."""
    found: Confidence | NoNumber = NoNumber("no member has revenue and staff")
    if numbers is not None:
        value, low, high = numbers
        found = Confidence(value, min(low, value), max(high, value), 1.0)
    return estimated(name, subject, found, unit, n, method, (LAST, CENSUS))


def _list(every: Sequence[Facts], declared: Headline, currency: str) -> Iterator[Estimate | Undefined]:
    members, undecided, n = len(declared.members), len(declared.undecided), len(declared.counted)
    yield counted("companies", ALL, float(len(every)), "company", len(every), "in the tables", (CENSUS,))
    sure = (float(members), float(members), float(members + undecided))
    yield _exact("members", ALL, sure, "company", len(every), "all rules kept; at most, with the undecided")
    why = "no rule is broken, and one not decided"
    yield counted("undecided", ALL, float(undecided), "company", len(every), why, (LAST,))
    rate, staff = f"{currency}/(person*year)", declared.staff
    over = f"over {n} members" + (f"; {members - n} of unknown staff or revenue left out" if members > n else "")
    yield _exact("total_revenue", ALL, declared.revenue, f"{currency}/year", n, f"sum {over}")
    yield _exact("total_staff", ALL, staff, "person", n, f"sum {over}")
    mean = (staff[0] / n, staff[1] / n, staff[2] / n) if staff else None
    yield _exact("staff_mean", ALL, mean, "person/company", n, f"mean {over}")
    yield _exact(
        "revenue_per_employee", ALL, declared.ratio_of_sums, rate, n, f"total revenue over total staff, {over}"
    )
    yield _exact(
        "mean_revenue_per_employee", ALL, declared.mean_of_ratios, rate, n, f"mean of companies' ratios {over}"
    )
    yield _exact("median_revenue_per_employee", ALL, declared.median_of_ratios, rate, n, f"median of ratios {over}")
    yield _top(declared, n)


def _top(declared: Headline, n: int) -> Estimate | Undefined:
    greatest, whole = declared.greatest, declared.revenue
    if greatest is None or greatest.revenue is None or whole is None or not whole[0]:
        return Undefined("top_share", ALL, "no member has revenue and staff")
    share = 100 * greatest.revenue.value / whole[0]
    return counted("top_share", ALL, share, "percent", n, f"of the total, {greatest.company}'s", (LAST, CENSUS))


def _each(every: Sequence[Facts], currency: str) -> Iterator[Estimate | Undefined]:
    for facts in every:
        if facts.revenue and facts.staff:
            method = f"revenue of {facts.revenue.date} over staff of {facts.staff.date}"
            unit = f"{currency}/(person*year)"
            if facts.per_employee is None:
                yield Undefined("company_revenue_per_employee", facts.company, "it has no staff")
            else:
                yield _exact("company_revenue_per_employee", facts.company, facts.per_employee, unit, 1, method)


# ---- sensitivity -------------------------------------------------------------------------------------------------


def _ranges(moved: Sequence[Variant], currency: str) -> Iterator[Estimate | Undefined]:
    """Least and greatest of each headline number while the rules are moved one at a time."""
    numbers = {
        "members_range": ([float(len(one.held.members)) for one in moved], "company"),
        "total_range": ([one.held.revenue[0] for one in moved if one.held.revenue], f"{currency}/year"),
        "per_employee_range": (
            [one.held.ratio_of_sums[0] for one in moved if one.held.ratio_of_sums], f"{currency}/(person*year)",
        ),
    }  # fmt: skip
    declared = moved[0].held
    known = {"members_range": float(len(declared.members))}
    if declared.revenue and declared.ratio_of_sums:
        known |= {"total_range": declared.revenue[0], "per_employee_range": declared.ratio_of_sums[0]}
    for name, (found, unit) in numbers.items():
        method = f"least and greatest of {len(moved)} lists, one rule moved at a time"
        if name in known:
            yield _exact(name, ALL, (known[name], min(found), max(found)), unit, len(moved), method)
        else:
            yield Undefined(name, ALL, "the list by the declared rules has no such number")


def _variant_rows(moved: Sequence[Variant]) -> Iterator[Row]:
    names = {facts.company for facts in moved[0].held.members}
    for one in moved:
        held, now = one.held, {facts.company for facts in one.held.members}
        yield {
            "change": one.change,
            "rule": one.rule,
            "limit": one.limit,
            "members": len(held.members),
            "undecided": len(held.undecided),
            "total_revenue": held.revenue[0] if held.revenue else None,
            "total_staff": held.staff[0] if held.staff else None,
            "ratio_of_sums": held.ratio_of_sums[0] if held.ratio_of_sums else None,
            "mean_of_ratios": held.mean_of_ratios[0] if held.mean_of_ratios else None,
            "entered": ", ".join(sorted(now - names)),
            "left": ", ".join(sorted(names - now)),
        }


def _company_rows(every: Sequence[Facts], rules: Rules) -> Iterator[Row]:
    """What is known of every company, and what each rule makes of it."""
    words = {True: "kept", False: "broken", None: "not decided"}
    for facts in every:
        verdicts, age = rules.verdicts(facts), facts.age(rules.day)
        yield {
            "company": facts.company,
            "revenue": facts.revenue.value if facts.revenue else None,
            "revenue_date": facts.revenue.date if facts.revenue else None,
            "staff": facts.staff.value if facts.staff else None,
            "staff_date": facts.staff.date if facts.staff else None,
            "revenue_per_employee": facts.per_employee[0] if facts.per_employee else None,
            "age_low": age[0] if age else None,
            "age_high": age[1] if age else None,
            **{
                f"{rule}_rule": words[verdicts[rule]] if rule in verdicts else ""
                for rule in ("staff", "age", "revenue")
            },
            "member": {True: "member", False: "out", None: "undecided"}[rules.admits(facts)],
        }


# ---- a printed headline ------------------------------------------------------------------------------------------


def _implied(printed: Printed, rules: Rules, currency: str) -> Iterator[Estimate | Undefined]:
    """What the printed parts imply; nothing where nothing was printed."""
    relations = list(arithmetic(printed, rules))
    if not relations and printed.from_parts is None:
        return
    unit, method = f"{currency}/(person*year)", "interval arithmetic: total over count times mean staff"
    parts = printed.from_parts
    for name, place in (("implied_per_employee_least", 0), ("implied_per_employee_most", 1)):
        if parts is None:
            yield Undefined(name, "printed", "count, total and mean staff were not all printed")
        elif parts[place] == float("inf"):
            yield Undefined(name, "printed", "the printed total has no upper end")
        else:
            yield counted(name, "printed", parts[place], unit, 3, method)
    if printed.slack is not None:
        method = "least revenue per employee by the parts over the least that is printed"
        yield counted("headline_slack", "printed", printed.slack, "ratio", 4, method)
    broken = sum(not row["can_hold"] for row in relations)
    method = "relations that no numbers within the printed intervals satisfy; table arithmetic"
    yield counted("impossible", "printed", float(broken), "ratio", len(relations), method)
