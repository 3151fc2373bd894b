"""Companies together: who is in a cohort on a day, what its members earn, who earns most, which cohort grows faster."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scipy.stats import t as student
from scipy.stats import ttest_ind

from almanac.estimate import Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.revenue_levels import YEAR, Level, Path, Rules, drawn_on, exp, level_on, summed
from almanac.instruments.industry.revenue_reports import UNSTATED, Company, bracket, labelled
from almanac.instruments.instrument import Row
from almanac.period import Period
from almanac.statistics import Confidence, DriftingWalk, NoNumber

LEAST_COMPANIES = 3
"""Companies that a mean over companies must rest on."""

ALL = "all"

WANDERS = "growth is steady but for a random walk; reports err independently, and as much early as late"
COMPARABLE = "reports of one basis mean the same; those that state none are taken to"
STRANGERS = "companies err and wander independently of each other"
SAMPLE = "the companies are a random sample of those that the cohort stands for"


@dataclass(frozen=True, slots=True)
class Cohort:
    """Companies of one basis: the paths of those that report, the names of those that do not."""

    name: str
    basis: str
    paths: tuple[Path, ...]
    silent: tuple[str, ...]

    @property
    def label(self) -> str:
        return labelled(self.name, self.basis)


@dataclass(frozen=True, slots=True)
class Member:
    """A company of a cohort on a day, its path if it reports, and its level, or why it has none."""

    name: str
    level: Level | NoNumber
    path: Path | None = None


def cohorts_of(paths: Sequence[Path], companies: Mapping[str, Company]) -> list[Cohort]:
    """Of every basis a cohort of all and, where companies name cohorts, one of each."""
    names = [ALL, *sorted({company.cohort for company in companies.values() if company.cohort})]
    found = []
    for basis in sorted({path.series.basis for path in paths}) or [UNSTATED]:
        ours = [path for path in paths if path.series.basis == basis]
        have = {path.series.company for path in ours}
        silent = [company for company in companies.values() if company.name not in have]
        for name in names:
            mine = tuple(path for path in ours if name in (ALL, _cohort_of(path, companies)))
            quiet = tuple(company.name for company in silent if name in (ALL, company.cohort))
            found.append(Cohort(name, basis, mine, quiet))
    return found


def _cohort_of(path: Path, companies: Mapping[str, Company]) -> str | None:
    company = companies.get(path.series.company)
    return company.cohort if company else None


def exists(path: Path, companies: Mapping[str, Company], day: int) -> bool:
    """By the table; a company whose founding it does not tell is there from its first report on."""
    company = companies.get(path.series.company, Company(path.series.company))
    if company.founded is None and (path.first is None or day < path.first):
        return False
    return company.exists_on(day)


def members_on(cohort: Cohort, companies: Mapping[str, Company], day: int, rules: Rules) -> list[Member]:
    reporting = [
        Member(path.series.company, level_on(path, day, rules), path)
        for path in cohort.paths
        if exists(path, companies, day)
    ]
    return reporting + [Member(name, NoNumber("no report")) for name in cohort.silent if companies[name].exists_on(day)]


def sums(
    cohort: Cohort, members: Sequence[Member], day: int, rules: Rules, unit: str
) -> Iterator[Estimate | Undefined]:
    """How many companies, how many of them unknown, and what they earn: all, if none is unknown, and the others."""
    label, n = cohort.label, len(members)
    unknown = [member.name for member in members if isinstance(member.level, NoNumber)]
    yield counted("companies", label, float(n), "company", n, "founded by the day and not gone; else, reporting")
    yield counted("unknown_companies", label, float(len(unknown)), "company", n, "without a level on the day")
    total, known = _sum(members, day, rules), n - len(unknown)
    method = f"sum of {known} levels; quantiles of {rules.draws} draws of each, seed {rules.seed}"
    assumptions = (WANDERS, COMPARABLE, STRANGERS)
    whole: Confidence | NoNumber = total
    if unknown:
        few = ", ".join(unknown[:5]) + (" and others" if len(unknown) > 5 else "")
        whole = NoNumber(f"{len(unknown)} of {n} companies have no level on the day: {few}")
    yield estimated("cohort_revenue", label, whole, unit, n, method, assumptions)
    yield estimated("known_revenue", label, total, unit, known, method, assumptions)
    yield from _last_reports(label, members, day, unit)


def _last_reports(label: str, members: Sequence[Member], day: int, unit: str) -> Iterator[Estimate | Undefined]:
    """The sum as headlines make it: what each company last reported, however old."""
    last = [before for m in members if m.path and (before := bracket(m.path.series.used, day)[0])]
    if last:
        oldest = min(last, key=lambda report: report.day).date
        method = f"sum of the last reports of {len(last)} companies, the oldest of {oldest}; the highest of a day"
        total = math.fsum(report.amount for report in last)
        yield counted("last_reports_revenue", label, total, unit, len(last), method, (COMPARABLE,))
    else:
        yield Undefined("last_reports_revenue", label, "no company has reported by the day")


def _sum(members: Sequence[Member], day: int, rules: Rules) -> Confidence | NoNumber:
    """What the members with a level earn together."""
    known = [(m.path, m.level) for m in members if m.path and isinstance(m.level, Level)]
    drawn = [drawn_on(path, day, level, rules) for path, level in known]
    return summed([level.value for _, level in known], drawn, rules.level)


# ---- growth ------------------------------------------------------------------------------------------------------


def typical(cohort: Cohort, level: float) -> Estimate | Undefined:
    """The geometric mean of its companies' yearly factors."""
    drifts = _drifts(cohort)
    method = "geometric mean of yearly factors, a company one; Student's t over companies"
    found = _mean(drifts, level)
    return estimated("typical_factor", cohort.label, found, "ratio", len(drifts), method, (SAMPLE, STRANGERS))


def _drifts(cohort: Cohort) -> list[float]:
    """The growth of the logarithm in a year, of every company that has one."""
    return [YEAR * path.walk.drift().value for path in cohort.paths if isinstance(path.walk, DriftingWalk)]


def _mean(drifts: Sequence[float], level: float) -> Confidence | NoNumber:
    n = len(drifts)
    if n < LEAST_COMPANIES:
        return NoNumber(f"{n} companies grow at a known rate, and a mean needs {LEAST_COMPANIES}")
    mean = math.fsum(drifts) / n
    spread = math.sqrt(math.fsum((drift - mean) ** 2 for drift in drifts) / (n - 1))
    reach = float(student.ppf((1 + level) / 2, n - 1)) * spread / math.sqrt(n)
    return exp(Confidence(mean, mean - reach, mean + reach, level))


def comparisons(cohorts: Sequence[Cohort], level: float) -> Iterator[Estimate | Undefined]:
    """Of every two cohorts that companies name, by the same basis: whose companies grow faster, and by what factor."""
    named = [cohort for cohort in cohorts if cohort.name != ALL]
    for one, other in itertools.combinations(named, 2):
        if one.basis == other.basis:
            first, second = _drifts(one), _drifts(other)
            found, n = _welch(first, second, level), len(first) + len(second)
            method = "ratio of geometric means of yearly factors, a company one; Welch's t"
            yield estimated("faster", f"{one.label} over {other.label}", found, "ratio", n, method, (SAMPLE, STRANGERS))


def _welch(first: Sequence[float], second: Sequence[float], level: float) -> Confidence | NoNumber:
    if min(len(first), len(second)) < LEAST_COMPANIES:
        return NoNumber(f"{len(first)} and {len(second)} companies, and a comparison needs {LEAST_COMPANIES} each")
    difference = math.fsum(first) / len(first) - math.fsum(second) / len(second)
    if max(first) == min(first) and max(second) == min(second):
        return exp(Confidence(difference, difference, difference, level))
    ends = ttest_ind(first, second, equal_var=False).confidence_interval(level)
    return exp(Confidence(difference, min(float(ends.low), difference), max(float(ends.high), difference), level))


# ---- who earns most ----------------------------------------------------------------------------------------------


def ranks(cohort: Cohort, companies: Mapping[str, Company], day: int, rules: Rules) -> Iterator[Estimate]:
    """The place of every level in the cohort, with intervals that hold all true places at once at `level`.

    Each level's interval is taken at the k-th root of `level`; who lies wholly above another is surely ahead of it.
    Klein, Wright and Wieczorek (2020).
    """
    here = [path for path in cohort.paths if exists(path, companies, day)]
    k = sum(isinstance(level_on(path, day, rules), Level) for path in here)
    joint = replace(rules, level=rules.level ** (1 / k)) if k else rules
    found = {path.series.subject: level_on(path, day, joint) for path in here}
    known = {subject: level for subject, level in found.items() if isinstance(level, Level)}
    for subject, level in known.items():
        place = 1 + sum(other.value > level.value for other in known.values())
        best = 1 + sum(other.low > level.high for other in known.values())
        worst = k - sum(other.high < level.low for other in known.values())
        method = f"place among {k} levels; joint region of intervals at {joint.level:.4f} each"
        yield Estimate(
            "rank", subject, place, best, worst, rules.level, "ratio", k, method, (STRANGERS, COMPARABLE, WANDERS)
        )


# ---- over time ---------------------------------------------------------------------------------------------------


def quarter_rows(cohort: Cohort, companies: Mapping[str, Company], day: int, rules: Rules) -> Iterator[Row]:
    """The cohort at the end of every quarter from its first report on, and on the day; who came and who went."""
    before: set[str] | None = None
    for end in _quarter_ends(cohort, day):
        members = members_on(cohort, companies, end, rules)
        total = _sum(members, end, rules)
        names = {member.name for member in members}
        yield {
            "cohort": cohort.name,
            "basis": cohort.basis,
            "date": date.fromordinal(end).isoformat(),
            "companies": len(members),
            "unknown": sum(isinstance(member.level, NoNumber) for member in members),
            "known_revenue": total.value if isinstance(total, Confidence) else None,
            "low": total.low if isinstance(total, Confidence) else None,
            "high": total.high if isinstance(total, Confidence) else None,
            "entered": "" if before is None else ", ".join(sorted(names - before)),
            "left": "" if before is None else ", ".join(sorted(before - names)),
        }
        before = names


def _quarter_ends(cohort: Cohort, day: int) -> list[int]:
    firsts = [path.first for path in cohort.paths if path.first is not None and path.first <= day]
    if not firsts:
        return []
    first, last = date.fromordinal(min(firsts)), date.fromordinal(day)
    quarters = (
        Period.parse(f"{year}-Q{quarter}").end.toordinal()
        for year in range(first.year, last.year + 1)
        for quarter in range(1, 5)
    )
    return [*(end for end in quarters if first.toordinal() <= end < day), day]
