"""Verdicts, suspects and slips, on ledgers small enough to work out by hand."""

from datetime import date
from fractions import Fraction

import pytest

from almanac.checks import check
from almanac.checks.slips import applicable, power_between
from almanac.claim import ClaimId, Direction, Kind, ValueType
from almanac.estimate import Account, Estimate, Result, Undefined
from almanac.period import Period
from almanac.verdict import Check, Verdict
from ledgers import bound, claim, identity, ledger, stated


def verdicts(*arguments, **options) -> dict[str, Verdict]:
    return {name: finding.verdict for name, finding in check(ledger(*arguments), **options).findings.items()}


def reasons(name: str, *arguments, **options):
    return check(ledger(*arguments), **options).findings[ClaimId(name)].reasons


# ---- agreement -------------------------------------------------------------------------------------------------------


def test_one_source_is_unchecked() -> None:
    assert verdicts([claim("industry.a", "USD", "5亿美元")]) == {"industry.a": Verdict.UNCHECKED}


def test_two_retellings_of_one_report_do_not_corroborate() -> None:
    agreeing = claim("industry.a", "percent", "43.8%", "44%", by=["video", "podcast"])
    assert verdicts([agreeing]) == {"industry.a": Verdict.UNCHECKED}
    (reason,) = reasons("industry.a", [agreeing])
    assert reason.verdict is None
    assert "does not confirm" in reason.detail["en"]


def test_independent_sources_corroborate() -> None:
    agreeing = claim("industry.a", "percent", "43.8%", "44%", by=["video", "census"])
    assert verdicts([agreeing]) == {"industry.a": Verdict.CORROBORATED}


def test_a_common_origin_makes_one_witness_of_all() -> None:
    agreeing = claim("industry.a", "percent", "43.8%", "44%", by=["video", "census"], origin="report")
    assert verdicts([agreeing]) == {"industry.a": Verdict.UNCHECKED}


def test_sources_that_disagree_are_disputed_however_dependent() -> None:
    differing = claim("safety.a", "month", "5个月", "6 months", by=["video", "podcast"])
    assert verdicts([differing]) == {"safety.a": Verdict.DISPUTED}


def test_a_disagreement_near_a_power_of_ten_names_the_slip() -> None:
    powers = claim("politics.a", "GW", "41.1GW", "429 GW", by=["video", "podcast"])
    (reason,) = reasons("politics.a", [powers])
    assert (reason.verdict, reason.slip) == (Verdict.DISPUTED, "power-of-ten")
    written = claim("politics.b", "USD", "15亿美元", "$15 billion", by=["video", "podcast"])
    (reason,) = reasons("politics.b", [written])
    assert reason.slip == "yi-for-billion"


def test_a_disagreement_far_from_a_power_of_ten_names_none() -> None:
    (reason,) = reasons("safety.a", [claim("safety.a", "organisation", "11家", "five or six", by=["video", "podcast"])])
    assert reason.verdict is Verdict.DISPUTED
    assert reason.slip is None


@pytest.mark.parametrize(
    ("kind", "same", "other"),
    [
        (ValueType.NAME, "NVIDIA", "AMD"),
        (ValueType.YES_NO, True, False),
        (ValueType.DIRECTION, Direction.UP, Direction.DOWN),
        (ValueType.ORDERING, ("a", "b"), ("b", "a")),
        (ValueType.LIST, frozenset("ab"), frozenset("abc")),
        (ValueType.DATE, Period.parse("2025-09"), Period.parse("2025-10")),
    ],
)
def test_values_without_a_size_agree_when_they_are_equal(kind, same, other) -> None:
    by = ["video", "census"]
    assert verdicts([stated("politics.a", kind, same, same, by=by)]) == {"politics.a": Verdict.CORROBORATED}
    assert verdicts([stated("politics.a", kind, same, other, by=by)]) == {"politics.a": Verdict.DISPUTED}


def test_dates_agree_when_some_day_is_in_both() -> None:
    dates = stated("politics.a", ValueType.DATE, Period.parse("2025"), Period.parse("2025-09"), by=["video", "census"])
    assert verdicts([dates]) == {"politics.a": Verdict.CORROBORATED}


def test_descriptions_of_a_technique_are_not_compared() -> None:
    described = stated("research.a", ValueType.TECHNIQUE, "one way", "another way", by=["video", "census"])
    assert verdicts([described]) == {"research.a": Verdict.UNCHECKED}


# ---- identities and bounds ------------------------------------------------------------------------------------------


def test_an_identity_that_holds_says_nothing() -> None:
    claims = [claim("industry.a", "USD", "2亿美元"), claim("industry.b", "USD", "3亿美元")]
    assert set(verdicts(claims, [identity("i", "industry.a < industry.b")]).values()) == {Verdict.UNCHECKED}


def test_without_a_suspect_every_member_is_impossible() -> None:
    claims = [claim("industry.a", "USD", "$4", by=["podcast"]), claim("industry.b", "USD", "$3", by=["podcast"])]
    report = check(ledger(claims, [identity("i", "industry.a < industry.b")]))
    assert {f.verdict for f in report.findings.values()} == {Verdict.IMPOSSIBLE}
    (reason,) = report.findings[ClaimId("industry.a")].reasons
    assert (reason.check, reason.name, reason.others, reason.suspect) == (Check.IDENTITY, "i", ("industry.b",), None)


def test_the_suspect_is_the_member_that_mends_all_its_identities() -> None:
    claims = [
        claim("industry.parts", "USD", "$30 million", by=["podcast"]),
        claim("industry.whole", "USD", "$4 million", by=["podcast"]),
        claim("industry.other", "USD", "$3.9 million", by=["podcast"]),
    ]
    identities = [
        identity("part", "industry.parts <= industry.whole"),
        identity("same", "near(industry.other, 5) == industry.whole"),
    ]
    report = check(ledger(claims, identities))
    assert {n: f.verdict for n, f in report.findings.items()} == {
        "industry.parts": Verdict.IMPOSSIBLE,
        "industry.whole": Verdict.UNCHECKED,  # ten times the whole would break its other identity
        "industry.other": Verdict.UNCHECKED,
    }
    assert report.findings[ClaimId("industry.whole")].reasons[0].suspect == "industry.parts"


def test_words_that_explain_a_slip_decide_between_two_candidates() -> None:
    claims = [
        claim("politics.value", "USD", "15亿美元"),
        claim("politics.chips", "accelerator", "500,000 GPUs", by=["podcast"]),
    ]
    price = [bound("price", "", "USD/accelerator", "10000", "100000")]
    report = check(ledger(claims, [identity("i", "politics.value / politics.chips in price")], price))
    assert report.findings[ClaimId("politics.value")].verdict is Verdict.IMPOSSIBLE
    assert report.findings[ClaimId("politics.chips")].verdict is Verdict.UNCHECKED
    (reason,) = report.findings[ClaimId("politics.value")].reasons
    assert (reason.suspect, reason.slip) == ("politics.value", "yi-for-billion")


def test_shares_that_exceed_a_whole_look_like_several_choices() -> None:
    claims = [claim(f"survey.{n}", "percent", f) for n, f in (("a", "45.9%"), ("b", "23.5%"), ("c", "32.2%"))]
    report = check(ledger(claims, [identity("i", "sum(survey.a, survey.b, survey.c) <= 100[percent]")]))
    for finding in report.findings.values():
        assert finding.verdict is Verdict.IMPOSSIBLE
        assert finding.reasons[0].slip == "exclusive-multiselect"


def test_months_for_years_are_tried_where_no_power_of_ten_helps() -> None:
    claims = [
        claim("industry.a", "USD/year", "$10 million", by=["podcast"]),
        claim("industry.b", "USD/year", "$120 million", by=["podcast"]),
    ]
    identities = [
        identity("same", "industry.a == industry.b"),
        identity("fixed", "industry.b == 120e6[USD/year]"),
    ]
    report = check(ledger(claims, identities))
    (reason,) = report.findings[ClaimId("industry.a")].reasons
    assert (reason.suspect, reason.slip) == ("industry.a", "month-for-year")


def test_a_bound_makes_a_claim_impossible_and_names_the_slip() -> None:
    report = check(
        ledger(
            [claim("survey.a", "percent", "478%", measure="share")],
            [],
            [bound("whole", "share", "percent", "0", "100")],
        )
    )
    (reason,) = report.findings[ClaimId("survey.a")].reasons
    assert (reason.check, reason.verdict, reason.suspect) == (Check.BOUND, Verdict.IMPOSSIBLE, "survey.a")


def test_a_bound_reaches_only_its_measures_and_units() -> None:
    bounds = [bound("whole", "share", "percent", "0", "100")]
    assert verdicts([claim("survey.a", "percent", "478%", measure="growth")], [], bounds) == {
        "survey.a": Verdict.UNCHECKED
    }
    assert verdicts([claim("survey.a", "USD", "$478", by=["podcast"], measure="share")], [], bounds) == {
        "survey.a": Verdict.UNCHECKED
    }


def test_open_ended_figures_fail_only_on_the_side_they_close() -> None:
    above = [claim("industry.a", "USD", "超过40亿美元")]
    assert verdicts(above, [identity("i", "industry.a >= 90e9[USD]")]) == {"industry.a": Verdict.UNCHECKED}
    assert verdicts(above, [identity("i", "industry.a <= 4e9[USD]")])["industry.a"] is Verdict.IMPOSSIBLE


def test_disputed_members_take_no_side_and_the_arithmetic_settles_them() -> None:
    powers = claim("politics.china", "GW", "41.1GW", "429 GW", by=["video", "podcast"])
    us = claim("politics.us", "GW", "48.6 GW", by=["podcast"])
    report = check(ledger([powers, us], [identity("more", "politics.china > politics.us")]))
    assert report.findings[ClaimId("politics.us")].verdict is Verdict.UNCHECKED
    finding = report.findings[ClaimId("politics.china")]
    assert finding.verdict is Verdict.DISPUTED
    assert "“41.1GW” (Video) cannot hold with more" in finding.reasons[-1].detail["en"]


# ---- estimates, forecasts -------------------------------------------------------------------------------------------


def result(*estimates: Estimate | Undefined) -> dict[str, Result]:
    account = Account(1, 1, 0, 0)
    return {"gauge": Result("gauge", "1", {}, date(2025, 1, 1), None, (), account, estimates, {})}


def estimate(low: float, high: float, unit: str = "percent") -> Estimate:
    return Estimate("share", "x", (low + high) / 2, low, high, 0.95, unit, 10, "counted")


def bound_to_gauge(item):
    from dataclasses import replace

    from almanac.claim import Binding

    return replace(item, binding=Binding("gauge", "share", "x"))


def test_an_estimate_reproduces_what_it_meets_and_refutes_what_it_excludes() -> None:
    item = bound_to_gauge(claim("industry.a", "percent", "90%"))
    assert verdicts([item], results=result(estimate(90.1, 90.7))) == {"industry.a": Verdict.REPRODUCED}
    assert verdicts([item], results=result(estimate(91, 92))) == {"industry.a": Verdict.REFUTED}
    assert verdicts([item], results=result(Undefined("share", "x", "no rows"))) == {"industry.a": Verdict.UNCHECKED}
    assert verdicts([item], results={}) == {"industry.a": Verdict.UNCHECKED}


def test_a_direction_needs_the_whole_interval_on_its_side() -> None:
    item = bound_to_gauge(stated("industry.a", ValueType.DIRECTION, Direction.UP))
    assert verdicts([item], results=result(estimate(1, 5))) == {"industry.a": Verdict.REPRODUCED}
    assert verdicts([item], results=result(estimate(-5, -1))) == {"industry.a": Verdict.REFUTED}
    assert verdicts([item], results=result(estimate(-5, 5))) == {"industry.a": Verdict.UNCHECKED}


def test_yes_and_no_are_compared_with_one_and_zero() -> None:
    item = bound_to_gauge(stated("predictions.a", ValueType.YES_NO, True))
    assert verdicts([item], results=result(estimate(1, 1, "yes-no"))) == {"predictions.a": Verdict.REPRODUCED}
    assert verdicts([item], results=result(estimate(0, 0, "yes-no"))) == {"predictions.a": Verdict.REFUTED}
    assert verdicts([item], results=result(estimate(0.5, 0.5, "yes-no"))) == {"predictions.a": Verdict.UNCHECKED}


def test_a_forecast_is_pending_until_its_deadline_unless_it_is_worse() -> None:
    item = claim(
        "predictions.a", "percent", "5%", kind=Kind.FORECAST, deadline=Period.parse("2026-10-09"), measure="share"
    )
    assert verdicts([item]) == {"predictions.a": Verdict.PENDING}
    assert verdicts([item], as_of=date(2026, 10, 10)) == {"predictions.a": Verdict.UNCHECKED}
    assert verdicts([item], [], [bound("b", "share", "percent", None, "4")]) == {"predictions.a": Verdict.IMPOSSIBLE}


def test_the_worst_reason_is_the_verdict_and_all_are_kept() -> None:
    item = claim("industry.a", "percent", "90%", "95%", by=["video", "podcast"], measure="share")
    report = check(ledger([item], [], [bound("b", "share", "percent", None, "50")]))
    finding = report.findings[ClaimId("industry.a")]
    assert finding.verdict is Verdict.IMPOSSIBLE
    assert {reason.verdict for reason in finding.reasons} == {Verdict.IMPOSSIBLE, Verdict.DISPUTED}


# ---- power -----------------------------------------------------------------------------------------------------------


def test_power_counts_the_slips_that_a_bound_catches() -> None:
    report = check(
        ledger([claim("survey.a", "ratio", "0.5", measure="share")], [], [bound("b", "share", "ratio", "0.1", "1")]),
        power=True,
    )
    assert report.power is not None
    assert (report.power.mutations, report.power.caught, report.power.overall) == (2, 2, 1.0)
    assert report.power.unguarded == ()
    assert report.power.false_alarms == 0


def test_power_lists_what_nothing_guards() -> None:
    report = check(ledger([claim("survey.a", "ratio", "0.5")]), power=True)
    assert report.power is not None
    assert report.power.overall == 0
    assert report.power.unguarded == ("survey.a",)


def test_a_second_source_guards_a_claim() -> None:
    report = check(ledger([claim("survey.a", "ratio", "0.5", "0.5", by=["video", "podcast"])]), power=True)
    assert report.power is not None
    assert report.power.overall == 1


def test_a_suspect_is_put_right_before_power_is_measured() -> None:
    claims = [
        claim("politics.value", "USD", "15亿美元"),
        claim("politics.chips", "accelerator", "500,000 GPUs", by=["podcast"]),
    ]
    price = [bound("price", "", "USD/accelerator", "10000", "100000")]
    report = check(ledger(claims, [identity("i", "politics.value / politics.chips in price")], price), power=True)
    assert report.power is not None
    assert report.power.false_alarms == 0
    assert report.power.overall == 1


def test_an_unexplained_failure_is_counted_as_a_false_alarm() -> None:
    claims = [claim("industry.a", "USD", "$4", by=["podcast"]), claim("industry.b", "USD", "$3", by=["podcast"])]
    report = check(ledger(claims, [identity("i", "industry.a < industry.b")]), power=True)
    assert report.power is not None
    assert report.power.false_alarms == 2


def test_a_refuted_figure_is_put_right_before_power_is_measured() -> None:
    """9% is refuted by 90.1 to 90.7; ten times and a tenth of what was measured are refuted again, and so are caught."""
    item = bound_to_gauge(claim("industry.a", "percent", "9%"))
    report = check(ledger([item]), result(estimate(90.1, 90.7)), power=True)
    assert report.power is not None
    assert (report.power.overall, report.power.unguarded, report.power.false_alarms) == (1.0, (), 0)


def test_nothing_to_mutate_has_no_power_not_zero() -> None:
    report = check(ledger([stated("politics.a", ValueType.NAME, "x")]), power=True)
    assert report.power is not None
    assert report.power.overall is None


# ---- edges that a careless change would move ------------------------------------------------------------------------


def test_one_independent_pair_among_several_sources_corroborates() -> None:
    agreeing = claim("industry.a", "percent", "44%", "44%", "44%", by=["video", "podcast", "census"])
    assert verdicts([agreeing]) == {"industry.a": Verdict.CORROBORATED}


def test_an_interval_that_touches_zero_decides_no_direction() -> None:
    item = bound_to_gauge(stated("industry.a", ValueType.DIRECTION, Direction.UP))
    assert verdicts([item], results=result(estimate(0, 5))) == {"industry.a": Verdict.UNCHECKED}
    assert verdicts([item], results=result(estimate(-5, 0))) == {"industry.a": Verdict.UNCHECKED}


def test_the_deadline_itself_is_still_pending() -> None:
    item = claim("predictions.a", "percent", "5%", kind=Kind.FORECAST, deadline=Period.parse("2026-10-09"))
    assert verdicts([item], as_of=date(2026, 10, 9)) == {"predictions.a": Verdict.PENDING}


def test_agreeing_sources_are_all_taken_at_their_word() -> None:
    """43.8% and 44% together leave [43.75, 43.85): an identity at 44.2 fails although 44% alone would allow it."""
    item = claim("industry.a", "percent", "43.8%", "44%", by=["video", "podcast"])
    assert verdicts([item], [identity("i", "industry.a == 44.2[percent]")])["industry.a"] is Verdict.IMPOSSIBLE


@pytest.mark.parametrize(
    ("one", "other", "power"),
    [("5", "60", None), ("5", "51", 1), ("60", "5", None), ("5", "5", None), ("400", "4", -2)],
)
def test_only_ratios_near_a_power_of_ten_look_like_slips(one: str, other: str, power: int | None) -> None:
    values = claim("survey.a", "ratio", one, other, by=["video", "podcast"]).quantities
    assert power_between(*values) == power


def test_the_slips_tried_are_those_that_could_have_happened() -> None:
    """A figure in 万 may be a hundred times too small because of it, so what was moved is a hundredth, not a hundredfold."""
    item = claim("industry.a", "USD", "350万美元")
    assert list(applicable(item, item.statements[0])) == [10, Fraction(1, 10), Fraction(1, 100)]


def test_a_failure_that_stood_before_is_no_catch() -> None:
    claims = [claim("industry.a", "USD", "$4", by=["podcast"]), claim("industry.b", "USD", "$3", by=["podcast"])]
    report = check(ledger(claims, [identity("i", "industry.a < industry.b")]), power=True)
    assert report.power is not None
    assert report.power.caught == 0  # every slip of either either mends the order or leaves it as broken as it was


def test_a_dispute_is_settled_before_power_is_measured() -> None:
    disputed = claim("survey.a", "ratio", "3", "4", by=["video", "podcast"])
    report = check(ledger([disputed]), power=True)
    assert report.power is not None
    assert (report.power.overall, report.power.unguarded) == (1.0, ())
