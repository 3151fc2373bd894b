"""What a gigawatt costs: by hand from certain parts, in closed form from uncertain ones, and from real data centres."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from almanac.datasets import layouts
from almanac.errors import InstrumentError
from almanac.estimate import Estimate, Result
from almanac.instruments import find
from exampletables import COST_PARTS, center_tables, made
from results import value, why

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data" / "ai-companies"
NAME = "datacenter-cost"
AS_OF = date(2025, 12, 14)
HOURS = 365.25 * 24

real = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the table of data centres is not here (../shared or $ALMANAC_SHARED)"
)


def parts(**ends: tuple[float, float, float]) -> dict[str, object]:
    """The example's parts, certain at their modes but for those given."""
    rows = []
    for part, _, mode, _, currency, source in COST_PARTS:
        low, middle, high = ends.get(part, (mode, mode, mode))
        rows.append(
            {
                "part": part,
                "low": low,
                "mode": middle,
                "high": high,
                "currency": currency,
                "price_year": 2025,
                "source": source,
            }
        )
    return {"components": made(NAME, "components", rows)}


def run(tables: Mapping[str, object], as_of: date = AS_OF, **parameters: object) -> Result:
    return find(NAME)(tables, as_of=as_of, **parameters)


def centers(*rows: tuple[object, ...]) -> dict[str, object]:
    """Rows: owner, MW, dollars, H100 equivalents."""
    return {
        "centers": made(NAME, "centers", [
            {"center": f"c{n}", "owner": row[0], "power_mw": row[1], "capital": row[2],
             "h100e": row[3] if len(row) > 3 else None, "currency": "USD", "price_year": 2025}
            for n, row in enumerate(rows)
        ])
    }  # fmt: skip


# ---- the model, by hand ------------------------------------------------------------------------------------------


def test_a_gigawatt_of_certain_parts() -> None:
    """At PUE 1.2 a facility of 1 GW feeds 833,333 kW of computers, 450,450 accelerators of 1,850 W at 36,742 + 8,500 + 5,500
    dollars, on a site at 3,500 + 8,000 dollars a kW.
    """
    result = run(parts())
    it = 1e6 / 1.2
    cards = it / 1.85
    compute, site = cards * 50_742, it * 11_500
    assert value(result, "accelerators_per_gw", "model, facility power").value == pytest.approx(450_450.45)
    capital = value(result, "capital_per_gw", "model, facility power")
    assert capital.value == pytest.approx(compute + site)
    assert capital.low == pytest.approx(capital.high)
    assert value(result, "capital_per_gw", "model, IT power").value == pytest.approx(1.2 * capital.value)
    power = 1e6 * HOURS * 0.75 * 0.07
    cash = power + 50 * it + 0.01 * capital.value
    assert value(result, "yearly_cost_per_gw", "electricity").value == pytest.approx(power)
    assert value(result, "yearly_cost_per_gw", "cash").value == pytest.approx(cash)
    wear = value(result, "yearly_cost_per_gw", "cash and depreciation").value
    assert wear == pytest.approx(cash + compute / 5 + site / 20)
    whole = value(result, "yearly_cost_per_gw", "cash, depreciation and interest").value
    assert whole == pytest.approx(cash + repaid(compute, 0.08, 5) + repaid(site, 0.08, 20))
    made_tokens = cards * 1_500 * 0.5 * HOURS * 3600 / 1e6
    assert value(result, "cost_per_mtoken", "model").value == pytest.approx(whole / made_tokens)
    shares = [value(result, "capital_share", part).value for part, *_ in COST_PARTS[:3] + COST_PARTS[4:6]]
    assert sum(shares) == pytest.approx(100)
    assert not [e for e in result.estimates if e.name == "swing"], "nothing that is certain moves anything"


def repaid(loan: float, rate: float, years: int) -> float:
    """The yearly payment that leaves nothing of the loan, found by trying."""
    low, high = 0.0, 2 * loan
    for _ in range(200):
        payment, left = (low + high) / 2, loan
        for _ in range(years):
            left = left * (1 + rate) - payment
        low, high = (payment, high) if left > 0 else (low, payment)
    return payment


def test_no_interest_is_depreciation() -> None:
    result = run(parts(financing_rate=(0, 0, 0)))
    with_interest, worn = (
        value(result, "yearly_cost_per_gw", subject).value
        for subject in ("cash, depreciation and interest", "cash and depreciation")
    )
    assert with_interest == pytest.approx(worn)


# ---- the model, drawn --------------------------------------------------------------------------------------------


def test_quantiles_of_one_uncertain_part_in_closed_form() -> None:
    """Electricity is proportional to its price, so its quantiles are the price's: of a lognormal median · exp(± 1.96 σ)."""
    result = run(parts(electricity_price=(0.05, 0.1, 0.2)), family="lognormal", draws=200_000, seed=3)
    found = value(result, "yearly_cost_per_gw", "electricity")
    sigma = np.log(4) / (2 * norm.ppf(0.95))
    factor = 1e6 * HOURS * 0.75
    ends = [0.1 * factor * np.exp(z * sigma) for z in norm.ppf([0.025, 0.5, 0.975])]
    assert [found.low, found.value, found.high] == pytest.approx(ends, rel=0.01)


def test_two_uncertain_parts_against_all_their_pairs() -> None:
    """PUE and utilisation as triangles: the draws against a grid of 1,000 by 1,000 quantiles of both."""
    ends = {"pue": (1.1, 1.2, 1.4), "network_price": (1_000, 4_000, 20_000)}
    found = value(run(parts(**ends), draws=200_000, seed=5), "capital_per_gw", "model, facility power")
    p = (np.arange(1000) + 0.5) / 1000

    def triangle(low: float, mode: float, high: float) -> np.ndarray:
        peak = (mode - low) / (high - low)
        return np.where(
            p < peak,
            low + np.sqrt(p * (high - low) * (mode - low)),
            high - np.sqrt((1 - p) * (high - low) * (high - mode)),
        )

    it = 1e6 / triangle(*ends["pue"])[:, None]
    grid = it / 1.85 * (36_742 + 8_500 + triangle(*ends["network_price"])[None, :]) + it * 11_500
    assert [found.low, found.value, found.high] == pytest.approx(np.quantile(grid, [0.025, 0.5, 0.975]), rel=0.003)


def test_the_tornado() -> None:
    """One part from its 5 to its 95 % quantile, all others at their medians: a lognormal's are its low and high."""
    result = run(parts(electricity_price=(0.05, 0.1, 0.2)), family="lognormal", seed=1)
    swing = value(result, "swing", "yearly_cost_per_gw, electricity_price").value
    assert swing == pytest.approx(0.15 * 1e6 * HOURS * 0.75)
    rows = run(center_tables(), seed=1).tables["tornado"]
    for output in {row["output"] for row in rows}:
        widths = [abs(row["at_high"] - row["at_low"]) for row in rows if row["output"] == output]
        assert widths == sorted(widths, reverse=True)
    assert not [row for row in rows if row["part"] == "throughput"]


def test_draws_within_a_claim() -> None:
    """Of a lognormal price half lie above its median of 0.1, and 5 % above 0.2."""
    middle = 1e6 * HOURS * 0.75 * 0.1
    result = run(
        parts(electricity_price=(0.05, 0.1, 0.2)),
        family="lognormal",
        claimed_yearly=[middle, 2 * middle],
        draws=100_000,
        seed=2,
    )
    share = value(result, "draws_within_claim", "yearly_cost_per_gw, electricity").value
    assert share == pytest.approx(45, abs=0.5)


def test_seeds() -> None:
    """The same seed, the same numbers; another, others."""
    first, again, other = (run(center_tables(), seed=seed) for seed in (4, 4, 5))
    assert first == again
    assert first.estimates != other.estimates


def test_parts_that_are_missing_or_cannot_be() -> None:
    """Unknown is not zero: without a price of the site there is no capital, though electricity has its number."""
    whole = [
        {"part": part, "low": low, "mode": mode, "high": high, "currency": currency, "price_year": 2025, "source": "x"}
        for part, low, mode, high, currency, _ in COST_PARTS
    ]
    fewer = [row for row in whole if row["part"] not in ("building_price", "financing_rate")]
    result = run({"components": made(NAME, "components", fewer)})
    assert why(result, "capital_per_gw", "model, facility power") == "no component building_price"
    assert "building_price, financing_rate" in why(result, "yearly_cost_per_gw", "cash, depreciation and interest")
    assert isinstance(result.find("yearly_cost_per_gw", "electricity"), Estimate)
    old = [row | ({"price_year": 2023} if row["part"] == "staff_cost" else {}) for row in whole]
    result = run({"components": made(NAME, "components", old)})
    assert result.account.reasons == ("1 skipped: an amount that is not in money of 2025",)
    assert why(result, "yearly_cost_per_gw", "cash") == "no component staff_cost"
    wrong = [
        row | ({"low": 0.9} if row["part"] == "pue" else {"mode": 1e9} if row["part"] == "server_price" else {})
        for row in whole
    ]
    with pytest.raises(InstrumentError) as raised:
        run({"components": made(NAME, "components", wrong)})
    assert {(fault.where, fault.expected) for fault in raised.value.faults} == {
        ("row 2, server_price", "low, mode and high rise, not 5000, 1e+09, 12000"),
        ("row 7, pue", "between 1 and 5"),
    }
    with pytest.raises(InstrumentError, match="centers, steps or components"):
        run({})


# ---- real centres ------------------------------------------------------------------------------------------------


def test_the_jackknife_over_owners_is_the_ratios_own() -> None:
    """Six centres of five owners by hand: 22 billion over 0.7 GW; each owner left out with all that is his."""
    table = [("a", 100, 3e9), ("a", 50, 2e9), ("b", 200, 6e9), ("c", 100, 4e9), ("d", 150, 5e9), (None, 100, 2e9)]
    found = value(run(centers(*table)), "capital_per_gw", "centres")
    assert found.value == pytest.approx(22e9 / 0.7)
    kept = [
        sum(row[2] for row in table if row[0] != owner) / sum(row[1] / 1000 for row in table if row[0] != owner)
        for owner in ("a", "b", "c", "d", None)
    ]
    logs = np.log(kept)
    error = np.sqrt(4 / 5 * ((logs - logs.mean()) ** 2).sum())
    effective = 0.7**2 / (0.15**2 + 0.2**2 + 0.1**2 + 0.15**2 + 0.1**2)
    reach = student.ppf(0.975, effective - 1) * error
    assert [found.low, found.high] == pytest.approx([found.value * np.exp(-reach), found.value * np.exp(reach)])


def test_a_common_rate_is_found() -> None:
    """Three of five at 30 billion a gigawatt, to within half a percent: power times a rate, not five observations."""
    result = run(centers(("a", 100, 3e9), ("b", 200, 6.01e9), ("c", 50, 1.5e9), ("d", 100, 5e9), ("e", 100, 2e9)))
    rate = value(result, "common_rate", "centres")
    assert (rate.value, rate.n) == (30e9, 3)
    assert value(result, "common_rate_share", "centres").value == 60
    assert "2 cases" in why(result, "capital_per_gw", "centres, not at the common rate")
    apart = run(centers(("a", 100, 3e9), ("b", 100, 4e9)))
    assert "no two centres" in why(apart, "common_rate", "centres")
    assert "2 cases" in why(apart, "capital_per_gw", "centres")


def test_centres_that_do_not_run_cost_nothing_by_the_gigawatt() -> None:
    result = run(centers(("a", 0, 0), ("b", 0, 0)))
    assert value(result, "power", "all").value == 0
    assert "no running centre" in why(result, "capital_per_gw", "centres")
    assert result.charts == ()


def test_owners_who_are_not_sure_are_no_clusters() -> None:
    """c1's owner is likely the one of c0, which does not run; so sure only, c1 stands alone all the same."""
    whole, sure = (run(center_tables(), owner_confidence=least) for least in ("speculative", "confident"))
    owners = [{row["center"]: row["owner"] for row in result.tables["centers"]} for result in (whole, sure)]
    assert (owners[0]["c1"], owners[1]["c1"], owners[0]["c6"]) == ("Ay", "c1", "c6")


def test_the_last_step_up_to_the_day() -> None:
    """Of steps of January, May and September the one of May holds in August; later ones are plans."""
    result = run(center_tables(), as_of=date(2025, 8, 1))
    assert value(result, "compute_share", "centres, last step").value == pytest.approx(100 * 2 / 3)
    assert [row["power_gw"] for row in result.tables["steps"]] == pytest.approx([0.1 * n for n in range(7, 0, -1)])
    assert "7 skipped: planned, after the as-of date" in result.account.reasons
    assert "7 skipped: an earlier step of a centre" in result.account.reasons


# ---- Epoch AI's table --------------------------------------------------------------------------------------------


def epoch(**parameters: object) -> Result:
    instrument = find(NAME)
    files = {"centers": "data_centers.csv", "steps": "data_center_timelines.csv"}
    tables = {name: layouts.read(SHARED / file, name, instrument.tables[name]) for name, file in files.items()}
    return instrument(tables, as_of=AS_OF, **parameters)


@real
def test_the_references_of_the_table() -> None:
    """README of ai-companies: 16 centres with 4,538 MW, 2.887 million H100 equivalents, 151.7 billion; 112 steps."""
    result = epoch()
    assert value(result, "centers", "all").value == 16
    assert value(result, "power", "all").value == pytest.approx(4538)
    assert value(result, "h100e", "all").value == pytest.approx(2.887e6, abs=500)
    assert value(result, "capital", "all").value == pytest.approx(151.7e9, abs=5e7)
    assert result.account.rows_in == 128
    found = value(result, "capital_per_gw", "centres")
    assert found.value == pytest.approx(151.7e9 / 4.538, rel=1e-3)
    assert found.n == 10, "six centres do not run yet"


@real
def test_owners_without_their_tags() -> None:
    """README: owners carry tags such as "#confident"; one centre has no owner."""
    owners = {row["owner"] for row in epoch().tables["centers"]}
    assert {"Google Cloud", "Amazon", "xAI", "G42"} <= owners
    assert not [owner for owner in owners if "#" in owner]


@real
def test_most_of_the_costs_are_power_times_a_rate() -> None:
    """Found here: six of the ten running centres cost 31.9 billion a gigawatt to within half a percent."""
    result = epoch()
    rate = value(result, "common_rate", "centres")
    assert (round(rate.value / 1e9, 1), rate.n) == (31.9, 6)
    elasticity = value(result, "cost_elasticity", "centres")
    assert elasticity.low < 1 < elasticity.high


@real
def test_days_are_month_first_and_plans_are_not_there_yet() -> None:
    """README: dates are month/day/year. Abilene runs at 295 MW from 26 September 2025 on, and is planned at 2,121 in 2027."""
    running = {row["center"]: row["power_gw"] for row in epoch().tables["steps"]}
    assert running["OpenAI-Oracle Stargate Abilene Texas"] == 0.295
    assert running["xAI Colossus 1 Memphis Tennessee"] > 0.3, "a step without H100 equivalents is a step"
    assert len(running) == 16
