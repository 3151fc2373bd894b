"""gross-margin against bills that can be added up by hand, closed forms, a known truth, and dated price lists."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.stats import norm

from almanac.datasets import layouts
from almanac.errors import InstrumentError
from almanac.estimate import Estimate, Result
from almanac.instruments import find
from almanac.instruments.industry.price_plan import Terms
from almanac.statistics.heavy_tail import Lognormal, Pareto
from exampletables import made, margin_tables
from results import value, why

ROOT = Path(__file__).parents[2]
LISTS = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data" / "llm-prices-arena"
NAME = "gross-margin"
AS_OF = date(2025, 6, 30)
M = 1_000_000

real = pytest.mark.skipif(not LISTS.is_dir(), reason="the price lists are not here (../shared or $ALMANAC_SHARED)")

FLAT, FREE = ("flat", "2025-01", "USD", 20, 0, 0, None), ("free", "2025-01", "USD", 0, 0, 0, None)
METERED = ("metered", "2025-01", "USD", 0, 0, 6, None)
LIST = [("2025-01-01", "m", 2, 10, 0.5, None, None)]


def table(name: str, columns: str, rows: Sequence[Sequence[Any]]) -> Any:
    return made(NAME, name, [dict(zip(columns.split(), row, strict=False)) for row in rows])


def run(
    used: Sequence[Sequence[Any]] = (),
    plans: Sequence[Sequence[Any]] = (FLAT, FREE, METERED),
    prices: Sequence[Sequence[Any]] = LIST,
    as_of: date = AS_OF,
    more: Mapping[str, Any] | None = None,
    **parameters: Any,
) -> Result:
    """used: user, month, plan, model, input, cached and output tokens, value; prices in the columns of a list."""
    tables = {
        "plans": table("plans", "plan from_month currency monthly_fee from_mtok price_per_mtok cap_mtok", plans),
        "prices": table(
            "prices",
            "snapshot_date id input_usd_per_mtok output_usd_per_mtok cached_input_usd_per_mtok from_date to_date",
            prices,
        ),
        **(more or {}),
    }
    if used:
        names = "user month plan model input_tokens cached_tokens output_tokens value"
        tables["usage"] = table("usage", names, used)
    return find(NAME)(tables, as_of=as_of, **{"draws": 100, "seed": 1, "scales": (10,), **parameters})


def assumed(*rows: Sequence[Any]) -> dict[str, Any]:
    names = "plan model users family scale_mtok shape input_share cached_share"
    return {"assumed": table("assumed", names, rows)}


def rows_of(result: Result, name: str, key: str) -> dict[str, Mapping[str, Any]]:
    return {str(row[key]): row for row in result.tables[name]}


# ---- by hand -------------------------------------------------------------------------------------------------------

BY_HAND = [
    ("a", "2025-03", "flat", "m", 4 * M, 2 * M, M, None),
    ("b", "2025-03", "metered", "m", 1 * M, 0, M, None),
    ("c", "2025-03", "free", "m", M, M, 0, None),
]
"""a: 2 fresh at 2, 2 cached at 0.5, 1 made at 10: costs 15, pays 20. b: costs 12, pays 6 x 2 = 12. c: costs 0.5."""


def test_revenue_and_cost_by_hand_under_each_definition():
    lines = [("hosting", "month", 3, "USD"), ("seat", "user", 0.5, "USD"), ("support", "paying user", 1, "USD"),
             ("log", "mtoken", 0.1, "USD"), ("store", "revenue", 0.05, None)]  # fmt: skip
    costs = {"costs": table("costs", "line basis amount currency", lines)}
    found = rows_of(run(BY_HAND, more=costs), "definitions", "definition")
    alone = {key: (row["revenue"], row["cost"]) for key, row in found.items() if "tokens alone" in key}
    assert alone == {"free users in, tokens alone": (32, 27.5), "free users out, tokens alone": (32, 27)}
    variable = 3 * 0.5 + 2 * 1 + 0.1 * (5 + 2 + 1) + 0.05 * 32
    assert found["free users in"]["cost"] == pytest.approx(27.5 + 3 + variable)
    assert found["free users out"]["cost"] == pytest.approx(27 + 3 + variable - 0.5 - 0.1)
    assert found["plan flat"]["cost"] == pytest.approx(15 + 0.5 + 1 + 0.5 + 1)
    assert found["free users in"]["margin_percent"] == pytest.approx(100 * (1 - (30.5 + variable) / 32))
    without = run(BY_HAND)
    assert value(without, "gross_margin", "free users in").value == pytest.approx(100 * (1 - 27.5 / 32))
    assert value(without, "loss_makers", "paying users").value == 0
    assert "no revenue" in why(without, "gross_margin", "plan free")


def test_tiers_and_a_cap_by_hand():
    """10 fee, then 4 a million from 2, 3 from 5; nothing beyond 9: 7 million are 10 + 3 x 4 + 2 x 3, twelve as nine."""
    terms = Terms(10, (0, 2, 5), (0, 4, 3), 9)
    use = np.array([0.0, 1.0, 3.0, 7.0, 12.0])
    assert list(terms.bill(use)) == [10, 10, 14, 28, 34]
    assert list(terms.served(use)) == [0, 1, 3, 7, 9]
    tiers = [("t", "2025-01", "USD", 10, start, price, 9) for start, price in ((0, 0), (2, 4), (5, 3))]
    found = run([("a", "2025-03", "t", "m", 12 * M, 0, 0, None)], plans=tiers).tables["plans_billed"]
    assert found[0]["revenue"] == 34
    assert found[0]["mtok_served"] == 9
    assert found[0]["token_cost"] == 18


@pytest.mark.parametrize("use", [Lognormal(0.8, 1.1), Pareto(0.7, 1.6), Pareto(0.7, 0.9)])
def test_the_mean_bill_is_the_mean_of_bills(use):
    """Of a capped plan a mean exists even where the use has none."""
    terms, drawn = Terms(10, (0, 2, 5), (0, 4, 3), 9), use.drawn((400_000,), np.random.default_rng(1))
    for times in (1.0, 2.5):
        assert float(terms.mean_bill(use, times)) == pytest.approx(terms.bill(times * drawn).mean(), rel=0.005)
        assert float(terms.mean_served(use, times)) == pytest.approx(terms.served(times * drawn).mean(), rel=0.005)


def test_terms_change_and_amounts_have_a_currency():
    """The fee of 10 euros rises to 30 in April; euros of March and April at the rate of each; its worth, 100 euros, too."""
    plans = [("p", "2025-01", "EUR", 10, 0, 0, None), ("p", "2025-04", "EUR", 30, 0, 0, None)]
    rates = {"rates": table("rates", "date base quote rate source", [("2025-03-02", "EUR", "USD", 1.1, "x"),
                                                                      ("2025-04-02", "EUR", "USD", 1.2, "x")])}  # fmt: skip
    used = [("a", month, "p", "m", M, 0, 0, 100) for month in ("2025-03", "2025-04", "2024-12")]
    result = run(used, plans, more=rates)
    found = rows_of(result, "definitions", "definition")
    assert found["month 2025-03"]["revenue"] == pytest.approx(11)
    assert found["month 2025-04"]["revenue"] == pytest.approx(36)
    assert found["10% of value"]["revenue"] == pytest.approx(0.1 * (110 + 120))
    assert result.account.reasons == ("1 skipped: the plan was not offered yet",)
    euros = run(used[:1], plans, more=rates, currency="EUR")
    assert rows_of(euros, "definitions", "definition")["plan p"] | {"margin_percent": 0} == {
        "definition": "plan p", "currency": "EUR", "revenue": 10, "cost": round(2 / 1.1, 4),
        "gross_profit": round(10 - 2 / 1.1, 4), "margin_percent": 0,
    }  # fmt: skip
    lost = run(used[:1], plans)
    assert "no rate of EUR in USD" in why(lost, "gross_margin", "free users in")


def test_a_month_costs_the_mean_of_its_days():
    """10 days of April at 2, then 20 at 1; a price of July is still to come; cached as input where none is listed."""
    prices = [("2025-03-31", "m", 2, 10, None, None, None), ("2025-04-11", "m", 1, 5, 0.1, None, None),
              ("2025-06-01", "m", 1, 5, 0.1, None, "2025-07-01"), ("2025-06-01", "m", 0.2, 1, 0.1, "2025-07-01", None)]  # fmt: skip
    used = [("a", month, "flat", "m", M, M, 0, None) for month in ("2025-04", "2025-05", "2025-06")]
    result = run(used, prices=prices)
    found = rows_of(result, "token_costs", "month")
    assert found["2025-04"]["input_per_mtok"] == pytest.approx((10 * 2 + 20 * 1) / 30)
    assert found["2025-04"]["cached_per_mtok"] == pytest.approx((10 * 2 + 20 * 0.1) / 30)
    assert found["2025-05"]["input_per_mtok"] == found["2025-06"]["input_per_mtok"] == 1
    assert result.account.reasons == ("1 used: no price of cached tokens of m listed, they are priced as others",)


def test_every_row_is_in_the_account():
    result = find(NAME)(margin_tables(), as_of=AS_OF, seed=1)
    account = result.account
    assert (account.rows_in, account.used, account.skipped, account.failed) == (124, 119, 5, 0)
    assert set(account.reasons) == {
        "1 skipped: a month after the as-of date", "1 skipped: another row of the bill cannot be priced",
        "1 skipped: no price of x", "1 skipped: no such plan", "1 skipped: tokens not known",
        "30 used: cached tokens not known, all input priced as not cached",
    }  # fmt: skip
    wrong = run([*BY_HAND, ("d", "2025-03", "flat", "m", 1, 2, 0, None)])
    assert wrong.account.failed == 1
    assert wrong.account.reasons == ("1 failed: more cached tokens than tokens sent",)


def test_what_is_wrong_is_all_said():
    with pytest.raises(InstrumentError) as raised:
        run(BY_HAND, plans=[("p", "2025-01", "USD", 1, 1, 0, None), ("q", "2025-01", "USD", 1, 0, 0, None),
                            ("q", "2025-01", "USD", 2, 5, 0, None)])  # fmt: skip
    assert [(fault.where, fault.found) for fault in raised.value.faults] == [
        ("plan p, 2025-01", "a first tier from 1"), ("plan q, 2025-01", "tiers that differ")
    ]  # fmt: skip
    for tables in ({}, {"usage": 1}):
        with pytest.raises(InstrumentError, match="one of usage and assumed"):
            run(BY_HAND if tables else (), more=assumed(("flat", "m", 9, "lognormal", 1, 1, 1, 0)) if tables else {})
    with pytest.raises(InstrumentError, match="no rate of EUR"):
        run(BY_HAND, more={"costs": table("costs", "line basis amount currency", [("x", "month", 1, "EUR")])})
    with pytest.raises(InstrumentError, match="below the high"):
        run(BY_HAND, more={"ranges": table("ranges", "driver low high", [("use", 2, 1)])})
    with pytest.raises(InstrumentError, match="day of the calendar"):
        run(BY_HAND, prices=[("2025-02-30", "m", 1, 1, None, None, None)])


@settings(max_examples=8, deadline=None)
@given(some.lists(some.tuples(some.sampled_from(["flat", "free", "metered"]), some.integers(0, 50 * M),
                              some.integers(0, 9 * M), some.sampled_from(["2025-03", "2025-04"])), min_size=2, max_size=12))  # fmt: skip
def test_plans_and_months_add_up_to_the_whole_to_the_cent(bills):
    used = [
        (f"u{n}", month, plan, "m", sent, sent // 3, made_, None) for n, (plan, sent, made_, month) in enumerate(bills)
    ]
    costs = {
        "costs": table("costs", "line basis amount currency", [("h", "month", 7.7, "USD"), ("s", "user", 0.3, "USD")])
    }
    result = run(used, more=costs, margins=())
    found = rows_of(result, "definitions", "definition")
    whole, months = found["free users in"], {month for *_, month in bills}
    for column, fixed in (("revenue", 0.0), ("cost", 7.7)):
        plans = sum(row[column] for key, row in found.items() if key.startswith("plan "))
        assert plans + fixed * len(months) == pytest.approx(whole[column], abs=0.005)
        if len(months) > 1:
            assert sum(row[column] for key, row in found.items() if key.startswith("month ")) == pytest.approx(
                whole[column], abs=0.005
            )
    for row in found.values():
        assert row["gross_profit"] == pytest.approx(row["revenue"] - row["cost"], abs=0.005)


# ---- what gives a margin -------------------------------------------------------------------------------------------


def test_thirty_seventy_and_ninety_percent():
    """By the token alone, a price of 1.43, 3.33 and 10 times what the token costs. 20 dollars a month, tokens at 3.6 a
    million (80 % sent at 2, 20 % made at 10): 20 x 0.7 / 3.6 = 3.89 million leave 30 %, 1.67 leave 70 %, 0.56 leave 90 %.
    """
    result = run([(f"u{n}", "2025-03", "flat", "m", 8 * M * n, 0, 2 * M * n, None) for n in (1, 2)])
    for target, markup, mtok in ((30, 1 / 0.7, 14 / 3.6), (70, 1 / 0.3, 6 / 3.6), (90, 10, 2 / 3.6)):
        assert value(result, "markup", f"{target}%").value == pytest.approx(markup)
        assert value(result, "tokens_at_margin", f"plan flat, {target}%").value == pytest.approx(mtok * M)
        assert value(result, "use_factor", f"{target}%").value == pytest.approx(mtok / 15)


@pytest.mark.parametrize("free", ["in", "out"])
def test_the_factors_give_the_margin_that_they_are_for(free):
    """With every basis of other costs: applied to the tables, each factor gives 55 %."""
    lines = [
        ("h", "month", 3, "USD"),
        ("s", "paying user", 1, "USD"),
        ("l", "mtoken", 0.1, "USD"),
        ("r", "revenue", 0.05, ""),
    ]
    costs = {"costs": table("costs", "line basis amount currency", lines)}
    used = [*BY_HAND, ("d", "2025-03", "flat", "m", 3 * M, 0, 0, None)]
    base = run(used, more=costs, free=free, margins=(55.0,))
    price, token, use = (value(base, f"{name}_factor", "55%").value for name in ("price", "token_price", "use"))
    dearer = [(*plan[:3], plan[3] * price, plan[4], plan[5] * price, plan[6]) for plan in (FLAT, FREE, METERED)]
    cheaper = [
        (day, m, sent * token, made_ * token, cached * token, None, None) for day, m, sent, made_, cached, *_ in LIST
    ]
    less = [(*row[:4], *(tokens * use for tokens in row[4:7]), None) for row in used]
    for result in (run(used, dearer, more=costs), run(used, prices=cheaper, more=costs), run(less, more=costs)):
        assert value(result, "gross_margin", f"free users {free}").value == pytest.approx(55)
    wide, margin = value(base, "price_factor", "55%"), value(base, "gross_margin", f"free users {free}")
    assert wide.low == pytest.approx((1 - margin.high / 100 - 0.05) / 0.4)


def test_where_nothing_gives_the_margin():
    metered = run(
        [("a", "2025-03", "metered", "m", M, 0, 0, None), ("b", "2025-03", "metered", "m", 2 * M, 0, 0, None)]
    )
    assert "does not depend" in why(metered, "use_factor", "30%")
    dear = {
        "costs": table("costs", "line basis amount currency", [("h", "month", 900, "USD"), ("r", "revenue", 0.2, "")])
    }
    result = run(BY_HAND, more=dear, margins=(30.0, 85.0))
    assert "other costs alone" in why(result, "token_price_factor", "30%")
    assert "share of revenue alone" in why(result, "price_factor", "85%")
    assert "stays below" in why(result, "use_factor", "30%")


# ---- caps, value, months -------------------------------------------------------------------------------------------


def test_a_cap_between_all_stay_and_all_leave():
    """Use 2 and 18 million at 2, fee 20: 20 %... capped at 6, (40 - 4 - 12) / 40 if the heavy user stays, (20 - 4) / 20 if
    he leaves.
    """
    used = [("light", "2025-03", "flat", "m", 2 * M, 0, 0, None), ("heavy", "2025-03", "flat", "m", 18 * M, 0, 0, None)]
    result = run(used, caps=(6.0,))
    found = rows_of(result, "definitions", "definition")
    assert found["free users in"]["margin_percent"] == pytest.approx(0)
    assert found["cap 6 Mtok, users stay"]["margin_percent"] == pytest.approx(60)
    assert found["cap 6 Mtok, capped users leave"]["margin_percent"] == pytest.approx(80)


def test_the_cap_that_is_tried_where_none_is_asked_for():
    """The 99th percentile of bills of 1 to 101 million tokens."""
    used = [(f"u{n}", "2025-03", "flat", "m", n * M, 0, 0, None) for n in range(1, 102)]
    found = rows_of(run(used), "definitions", "definition")
    assert found["cap 100 Mtok, users stay"]["cost"] == found["free users in"]["cost"] - 2


def test_a_price_by_value_counts_only_what_is_known():
    """10 % of 300 and of nothing known: 30 against a cost of 15; the free user's half dollar beside it."""
    used = [(*BY_HAND[0][:7], 300), *BY_HAND[1:]]
    found = run(used)
    row = rows_of(found, "definitions", "definition")["10% of value"]
    assert (row["revenue"], row["cost"]) == (30, 15.5)
    many = [(f"{name}{n}", *row) for n in range(9) for name, *row in used]
    assert "9 of 18 paying bills have a known value" in value(run(many), "value_margin", "10% of value").assumptions
    assert "no bill has a known value" in why(run(BY_HAND), "value_margin", "10% of value")


def test_a_margin_that_falls_with_use():
    """The same 40 users use half as much again in April: 20 fee, cost 2 then 3 a million, each its own."""
    chance = np.random.default_rng(2)
    used = [(f"u{n}", month, "flat", "m", round(mtok * M), 0, 0, None)
            for n, mtok in enumerate(chance.uniform(2, 6, 40))
            for month, mtok in (("2025-03", mtok), ("2025-04", 1.5 * mtok))]  # fmt: skip
    result = run(used)
    change = value(result, "margin_change", "first to last month")
    assert change.value == pytest.approx(-0.5 * (100 - value(result, "gross_margin", "month 2025-03").value))
    assert change.low < change.value < change.high < 0
    assert "one month" in why(run(BY_HAND), "margin_change", "first to last month")


# ---- the fitted use ------------------------------------------------------------------------------------------------


def test_a_known_truth_is_recovered():
    """20 a month, median 2 million at 3.6, sigma 1: the mean is 2 e^0.5, the margin 1 - 3.6 x 2 e^0.5 / 20 = 40.6 %."""
    prices = [("2025-06-01", "m", 2, 10, 2, None, None)]
    result = run(prices=prices, more=assumed(("flat", "m", 4000, "lognormal", 2, 1, 0.8, 0)), draws=400)
    truth = 100 * (1 - 3.6 * 2 * np.exp(0.5) / 20)
    for name, subject in (("gross_margin", "free users in"), ("modelled_margin", "lognormal")):
        found = value(result, name, subject)
        assert found.low < truth < found.high
        assert found.high - found.low < 6
    for name, subject, known in (
        ("sigma", "plan flat", 1.0),
        ("top_share", "1% of users", 100 * float(Lognormal(0, 1).top_share(0.01))),
        ("modelled_top_share", "plan flat", 100 * float(Lognormal(0, 1).top_share(0.01))),
        ("gini", "all users", float(Lognormal(0, 1).gini())),
    ):
        found = value(result, name, subject)
        assert found.low < known < found.high, name
    assert value(result, "goodness", "plan flat").value > 0.01
    assert all(
        "no evidence" in e.assumptions[0] for e in result.estimates if isinstance(e, Estimate) and e.name != "markup"
    )


def test_scale_brings_the_rare_heavy_user():
    """Few users seldom have the one that costs most: the median company of 10 is better off than one of 10,000, which
    nears the mean. With 100 a month fixed the small one is worse off.
    """
    rows = assumed(("flat", "m", 2000, "lognormal", 2, 1.5, 1, 0))
    result = run(more=rows, draws=200, scales=(10, 100, 1000, 10_000))
    at = [value(result, "margin_at_scale", f"{n} users").value for n in ("10", "100", "1,000", "10,000")]
    assert at == sorted(at, reverse=True)
    assert at[-1] == pytest.approx(value(result, "modelled_margin", "lognormal").value, abs=2)
    fixed = {"costs": table("costs", "line basis amount currency", [("h", "month", 100, "USD")])}
    with_rent = run(more={**rows, **fixed}, draws=200)
    assert value(with_rent, "margin_at_scale", "10 users").value == pytest.approx(at[0] - 50)


def test_users_who_use_nothing_pay_all_the_same():
    """Forty whose logarithms are normal scores and as many idle ones: cost is half as large as without the idle."""
    scores = norm.ppf((np.arange(40) + 0.5) / 40)
    busy = [
        (f"u{n}", "2025-03", "flat", "m", round(3 * M * float(np.exp(x))), 0, 0, None) for n, x in enumerate(scores)
    ]
    idle = [(f"i{n}", "2025-03", "flat", "m", 0, 0, 0, None) for n in range(40)]
    alone, both = (value(run(used), "modelled_margin", "lognormal").value for used in (busy, [*busy, *idle]))
    assert 100 - both == pytest.approx((100 - alone) / 2)


def test_a_share_of_revenue_is_a_cost_at_any_scale():
    rows = assumed(("flat", "m", 100, "lognormal", 2, 1, 1, 0))
    store = {"costs": table("costs", "line basis amount currency", [("store", "revenue", 0.1, "")])}
    without, with_store = (
        value(run(more=more), "margin_at_scale", "10 users").value for more in (rows, {**rows, **store})
    )
    assert with_store == pytest.approx(without - 10)


def test_a_tail_without_a_mean_has_no_margin_until_it_is_capped():
    """Pareto with alpha 0.8; capped at 10 million, the closed form: 0.5 (1 + (20^0.2 - 1) / 0.2) million at 2."""
    rows = assumed(("flat", "m", 3000, "pareto", 0.5, 0.8, 1, 0))
    result = run(more=rows, family="pareto", tail_share=0.5)
    assert value(result, "tail_alpha", "plan flat").high < 1
    for name, subject in (
        ("modelled_margin", "pareto"), ("margin_under_ranges", "all drivers"), ("modelled_top_share", "plan flat")
    ):  # fmt: skip
        assert "no mean" in why(result, name, subject)
    capped = run(plans=[(*FLAT[:6], 10)], more=rows, family="pareto", tail_share=0.9)
    truth = 100 * (1 - 2 * 0.5 * (1 + (20**0.2 - 1) / 0.2) / 20)
    found = value(capped, "modelled_margin", "pareto")
    assert found.low < truth < found.high
    assert value(capped, "gross_margin", "free users in").value == pytest.approx(truth, abs=1.5)


def test_drivers_by_hand():
    """One flat plan, all else still: 1 - c u / p. Ten percent on the price of tokens is ten on the cost; the plan's price
    divides. Of use x price of tokens, both from 0.5 to 1.5, each has 12/25 of the variance by itself.
    """
    still = [(driver, 0.9999, 1.0001) for driver in ("tail", "plan_price", "cached_share", "free_users", "other_costs")]
    ranges = table("ranges", "driver low high", [("use", 0.5, 1.5), ("token_price", 0.5, 1.5), *still])
    result = run(more={**assumed(("flat", "m", 500, "lognormal", 2, 1, 1, 0)), "ranges": ranges})
    cost = 100 - value(result, "modelled_margin", "lognormal").value
    assert value(result, "swing", "use").value == value(result, "swing", "token_price").value == pytest.approx(cost)
    assert value(result, "swing", "plan_price").value == pytest.approx(cost * (1 / 0.9999 - 1 / 1.0001))
    assert result.find("swing", "free_users") is None
    for driver in ("use", "token_price"):
        assert value(result, "variance_share", driver).value == pytest.approx(48, abs=1.5)
        assert value(result, "variance_with_others", driver).value == pytest.approx(52, abs=1.5)
    both = value(result, "margin_under_ranges", "all drivers")
    assert both.low < 100 - cost < both.high


def test_the_definition_decides_what_drives():
    result = run([*BY_HAND] * 1, free="out")
    assert result.find("swing", "free_users") is None
    assert value(run(BY_HAND), "swing", "free_users").value == pytest.approx(100 * 0.4 * 0.5 / 32)
    assert value(run(BY_HAND), "swing", "cached_share").value > 0


def test_few_and_equal_users():
    one = run(BY_HAND[:1])
    assert "one user" in why(one, "gross_margin", "free users in")
    assert "less than one user" in why(one, "top_share", "1% of users")
    alike = run([(f"u{n}", "2025-03", "flat", "m", M, 0, 0, None) for n in range(9)])
    same = value(alike, "gross_margin", "free users in")
    assert (same.value, same.level) == (pytest.approx(90), 1)
    assert "no spread" in same.method
    assert "alike" in why(alike, "modelled_margin", "lognormal")
    nobody = run([("a", "2025-03", "free", "m", M, 0, 0, None), ("b", "2025-03", "free", "m", M, 0, 0, None)])
    assert "no revenue" in why(nobody, "gross_margin", "free users in")
    assert "no paying users" in why(nobody, "modelled_margin", "lognormal")


def test_charts_state_the_finding():
    result = find(NAME)(margin_tables(), as_of=AS_OF, seed=1)
    drivers, users = result.charts
    assert drivers.title["en"].startswith("Price of tokens upstream moves the gross margin most: from 9% to 85%")
    assert drivers.title["zh"] == "对毛利率影响最大的是上游词元价格：9%至85%"
    top = value(result, "top_share", "10% of users")
    assert f"top 10% of users cause {top.value:.0f}% of the cost" in users.title["en"]


# ---- the price lists -----------------------------------------------------------------------------------------------


@real
def test_dated_prices_of_a_real_list():
    """README of llm-prices-arena: DeepSeek Chat 0.14/0.28 until 8 February 2025, then 0.27/1.10; Claude 3.5 Haiku 1/5 in
    November 2024, 0.80/4 from the list of December on. The rows stand in the file as the lists have them.
    """
    prices = layouts.read(LISTS / "price_snapshots.csv.gz", "prices", find(NAME).tables["prices"])
    used = [("a", month, "flat", model, M, 0, M, None)
            for month, model in (("2025-02", "deepseek-chat"), ("2024-11", "claude-3.5-haiku"), ("2025-02", "claude-3.5-haiku"))]  # fmt: skip
    plans = [("flat", "2024-01", "USD", 20, 0, 0, None)]
    result = run(used, plans, more={"prices": prices}, as_of=date(2025, 10, 31))
    found = {(row["model"], row["month"]): row for row in result.tables["token_costs"]}
    assert found["deepseek-chat", "2025-02"]["input_per_mtok"] == pytest.approx(0.27)
    assert found["claude-3.5-haiku", "2025-02"]["output_per_mtok"] == pytest.approx(4)


@real
def test_what_a_subscription_buys_at_real_prices():
    """GPT-5 in October 2025, 1.25 and 10 dollars, 85 % of the tokens sent: 2.5625 a million; 20 dollars less 30, 70, 90 %."""
    prices = layouts.read(LISTS / "price_snapshots.csv.gz", "prices", find(NAME).tables["prices"])
    rows = assumed(("flat", "gpt-5", 20, "lognormal", 2, 1, 0.85, 0))
    result = run(more={**rows, "prices": prices}, as_of=date(2025, 10, 31))
    for target, mtok in ((30, 14 / 2.5625), (70, 6 / 2.5625), (90, 2 / 2.5625)):
        assert value(result, "tokens_at_margin", f"plan flat, {target}%").value == pytest.approx(mtok * M)
