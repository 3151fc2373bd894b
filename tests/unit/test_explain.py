"""Lineages: from a claim's sentence back to the words and tables that it rests on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from almanac.errors import LedgerError
from almanac.explain import Node, lineage
from almanac.figure import RULES
from almanac.ledger import Ledger
from bundles import ORIGIN, bundle, claims
from ledgers import bound, identity, said

BUNDLE = bundle()
CLAIMS = [claim.id for claim in claims()]


def below(node: Node, *kinds: str) -> list[Node]:
    """The nodes that a path of kinds leads to."""
    found = [node]
    for kind in kinds:
        found = [child for one in found for child in one.children if child.kind == kind]
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_has_a_lineage_in_both_languages(claim: str, language: str) -> None:
    tree = lineage(BUNDLE, claim, language)
    assert tree.kind == "claim"
    assert below(tree, "sources", "statement", "source", "witness") or below(tree, "sources", "statement", "source")
    for node in tree:
        assert node.label.strip()
        assert node.label.isprintable(), node.label
    assert json.loads(json.dumps(tree.as_json(), allow_nan=False))["id"] == claim


def test_a_figure_leads_to_its_interval_and_the_rules_that_made_it() -> None:
    tree = lineage(BUNDLE, "industry.open")
    (entry,) = below(tree, "sources", "statement")
    assert entry.label == "Video, line 1: “超过40亿美元”"
    (reading,) = below(entry, "reading")
    assert reading.data == {"interval": "(4e9, ∞)", "unit": "USD", "figure": "more than $4 billion"}
    assert reading.label == "reads as x > $4 billion"
    applied = BUNDLE.ledger.claim("industry.open").statements[0].reading
    assert applied is not None
    assert [rule.data["id"] for rule in below(reading, "rule")] == list(applied.rules)
    effects = {rule.id: rule.effect for rule in RULES}
    assert all(effects[rule.data["id"]] in rule.label for rule in below(reading, "rule"))
    (witness,) = below(entry, "source", "witness")
    assert witness.data["id"] == "report"


def test_a_divided_reading_gives_every_meaning() -> None:
    claim = BUNDLE.ledger.claim("industry.ninth")
    divided = replace(claim, statements=(said("增加7倍", unit_name="ratio"),))
    (reading,) = below(lineage(_with(divided), claim.id), "sources", "statement", "reading")
    assert len(below(reading, "alternative")) == 2


def _with(claim):  # type: ignore[no-untyped-def]
    ledger: Ledger = replace(BUNDLE.ledger, claims={**BUNDLE.ledger.claims, claim.id: claim})
    return replace(BUNDLE, ledger=ledger)


def test_who_measured_it_is_named_beside_those_who_retell_it() -> None:
    (origin,) = below(lineage(BUNDLE, "industry.ninth"), "sources", "witness")
    assert origin.data["id"] == "census"


def test_a_failing_identity_is_spelled_out_and_names_the_suspect() -> None:
    tree = lineage(BUNDLE, "industry.rest")
    fails, holds = below(tree, "identities", "identity")
    assert (fails.data["id"], fails.data["holds"], fails.warns) == ("parts", False, True)
    assert fails.data["suspect"] == "industry.part"
    (side,) = below(fails, "arithmetic")
    assert side.label.startswith("with: ")
    assert (side.data["left"], side.data["comparison"]) == ("[2.045e9, 2.155e9) USD", "==")
    assert (side.data["holds"], side.warns) == (False, True)
    assert [member.label for member in below(fails, "member")] == [
        "industry.part = $2.0 billion",
        "industry.rest = $100 million",
        "industry.whole = $300 million",
    ]
    (suspect,) = below(fails, "suspect")
    assert suspect.label == "suspect: industry.part (slip: power-of-ten)"
    assert (holds.data["holds"], holds.warns) == (True, False)
    assert " < " in below(holds, "arithmetic")[0].label


def test_a_broken_bound_gives_its_range_reason_and_source() -> None:
    (broken,) = below(lineage(BUNDLE, "politics.above"), "bounds", "bound")
    assert broken.label == "FAILS: whole: 150% not within 0%–100%"
    assert broken.warns
    assert below(broken, "because")
    assert below(broken, "bound-source")[0].label == "source: derived: test"


def test_a_bound_that_a_formula_names_is_explained_with_it() -> None:
    within = identity("in-range", "industry.part / industry.whole in ratio-range")
    allowed = bound("ratio-range", "", "ratio", "1", "5")
    ledger = replace(BUNDLE.ledger, identities=(within,), bounds={allowed.id: allowed})
    (found,) = below(lineage(replace(BUNDLE, ledger=ledger), "industry.part"), "identities", "identity")
    (side,) = below(found, "arithmetic")
    assert side.data["comparison"] == "in"
    assert side.label.endswith("not within 1–5")
    (named,) = below(found, "bound")
    assert named.label == "ratio-range = 1–5"
    assert below(named, "bound-source")[0].label == "source: derived: test"


def test_a_bound_in_another_unit_is_left_out() -> None:
    claim = replace(BUNDLE.ledger.claim("industry.ninth"), measure="revenue")
    assert not below(lineage(_with(claim), claim.id), "bounds")


def test_an_estimate_leads_to_its_instrument_table_and_origin() -> None:
    tree = lineage(BUNDLE, "research.counted")
    (estimate,) = below(tree, "estimate", "estimate")
    assert estimate.label == "counter 1.2.0: papers of 2024 = 0 paper [-0.5, 0.5] (95%, n = 1)"
    assert [node.label for node in below(estimate, "assumption")] == ["assumes: nobody hides papers"]
    (table,) = below(estimate, "table")
    held = BUNDLE.package.tables["papers"].input
    assert (table.data["sha256"], table.data["rows"]) == (held.sha256, held.rows)
    (origin,) = below(table, "origin")
    assert all(word in origin.label for word in (ORIGIN.producer, ORIGIN.title, ORIGIN.url, ORIGIN.licence))
    assert below(origin, "citation")[0].label == ORIGIN.citation


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("research.uncounted", "no number exists: not counted"),
        ("research.missing", "counter gives no such estimate: papers of 1999"),
        ("research.unrun", "absent was not run: papers of 2024"),
    ],
)
def test_an_estimate_that_is_not_there_says_why(claim: str, words: str) -> None:
    (estimate,) = below(lineage(BUNDLE, claim), "estimate", "estimate")
    assert words in estimate.label


def test_the_verdict_stands_first_with_every_reason() -> None:
    tree = lineage(BUNDLE, "politics.disputed")
    assert tree.label == "politics.disputed: disputed. It is $5.0 billion or $50 billion."
    assert tree.warns
    finding = BUNDLE.report.findings[BUNDLE.ledger.claim("politics.disputed").id]
    assert [node.data["check"] for node in below(tree, "why", "reason")] == [r.check for r in finding.reasons]


def test_words_from_strangers_cannot_drive_a_terminal() -> None:
    claim = replace(BUNDLE.ledger.claim("industry.whole"), text={"en": "\x1b[31mred\x07\n{figure}", "zh": "{figure}"})
    assert lineage(_with(claim), claim.id).label == "industry.whole: unchecked. [31mred $300 million"


def test_the_page_on_the_data_names_every_kind_of_node() -> None:
    page = (Path(__file__).parents[2] / "docs" / "data.md").read_text("utf-8")
    kinds = {node.kind for claim in CLAIMS for node in lineage(BUNDLE, claim)}
    assert [kind for kind in sorted(kinds) if f"| `{kind}` |" not in page] == []


def test_an_unknown_claim_is_an_error_with_the_nearest_ids() -> None:
    with pytest.raises(LedgerError, match=r"industry\.whole"):
        lineage(BUNDLE, "industry.hole")
