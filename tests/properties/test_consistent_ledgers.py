"""A ledger whose figures all round true values, and whose identities hold of those values, gives no finding at all.

Every claim has a true value that nobody sees; its sources print it rounded, hedged or bounded, in either language; the
identities are true of the true values. Whatever is drawn, no check may find fault.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from almanac.checks import check
from almanac.claim import Claim
from almanac.ledger import Ledger
from almanac.verdict import Verdict
from ledgers import bound, claim, identity, ledger

true_values = st.integers(1, 10**12)


def printed(value: int, digits: int, words: str, chinese: bool) -> str:
    """`value` in dollars as a source would print it: rounded to some digits, with words that stay true."""
    rounded = round(value, digits - len(str(value))) if len(str(value)) > digits else value
    if words in ("over", "under"):  # a bound must lie on its side of the truth
        step = 10 ** max(0, len(str(value)) - digits)
        rounded = (value // step) * step - step if words == "over" else (value // step + 1) * step
        rounded = max(rounded, 0 if words == "over" else value + 1)
    number = f"{rounded:,}"
    forms = {
        "": ("${}", "{}美元"),
        "about": ("about ${}", "约{}美元"),
        "over": ("over ${}", "超过{}美元"),
        "under": ("under ${}", "不到{}美元"),
    }
    return forms[words][chinese].format(number)


@st.composite
def claims_of(draw: st.DrawFn, name: str, value: int) -> Claim:
    """A claim of `value` dollars with one to three sources."""
    speakers = draw(st.lists(st.sampled_from(["video", "podcast", "census"]), min_size=1, max_size=3, unique=True))
    figures = [
        printed(value, draw(st.integers(2, 6)), draw(st.sampled_from(["", "about", "over", "under"])), who == "video")
        for who in speakers
    ]
    return claim(name, "USD", *figures, by=speakers, measure="deal-value")


@st.composite
def consistent_ledgers(draw: st.DrawFn) -> Ledger:
    """Groups of claims with a sum, a product, an order, a share and a bound that the true values satisfy."""
    claims: list[Claim] = []
    identities = []
    for group in range(draw(st.integers(1, 4))):
        parts = draw(st.lists(true_values, min_size=2, max_size=4))
        names = [f"industry.g{group}-p{place}" for place in range(len(parts))]
        whole = f"industry.g{group}-whole"
        claims += [draw(claims_of(name, value)) for name, value in zip(names, parts, strict=True)]
        claims.append(draw(claims_of(whole, sum(parts))))
        identities.append(identity(f"sum-{group}", f"sum({', '.join(names)}) == {whole}"))
        identities.append(identity(f"part-{group}", f"{names[0]} <= {whole}"))
        ratio = Fraction(parts[1], parts[0])
        identities.append(
            identity(f"ratio-{group}", f"{names[1]} * {ratio.denominator} == {names[0]} * {ratio.numerator}")
        )
        low, high = min(parts), max(parts)
        identities.append(identity(f"range-{group}", f"{low}[USD] <= max({', '.join(names)})"))
        identities.append(identity(f"low-{group}", f"min({', '.join(names)}) <= {high}[USD]"))
    return ledger(claims, identities, [bound("deals", "deal-value", "USD", "0", str(10**13))])


@given(consistent_ledgers())
def test_a_consistent_ledger_gives_no_finding(drawn: Ledger) -> None:
    report = check(drawn)
    assert [f.claim.id for f in report.doubtful] == []
    assert {f.verdict for f in report.findings.values()} <= {Verdict.UNCHECKED, Verdict.CORROBORATED}


@given(consistent_ledgers())
def test_its_power_counts_no_false_alarm(drawn: Ledger) -> None:
    report = check(drawn, power=True)
    assert report.power is not None
    assert report.power.false_alarms == 0
    assert report.power.overall is None or 0 <= report.power.overall <= 1


@given(consistent_ledgers(), st.randoms(use_true_random=False))
def test_the_order_of_claims_and_identities_does_not_matter(drawn: Ledger, chance) -> None:
    items, rules = list(drawn.claims.items()), list(drawn.identities)
    chance.shuffle(items)
    chance.shuffle(rules)
    shuffled = replace(drawn, claims=dict(items), identities=tuple(rules))
    before, after = check(drawn), check(shuffled)
    assert {i: f.verdict for i, f in before.findings.items()} == {i: f.verdict for i, f in after.findings.items()}
