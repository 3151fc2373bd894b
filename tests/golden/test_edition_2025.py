"""The 2025 edition against the documents it was made from, and against the rules it sets itself."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from almanac.claim import ValueType
from almanac.ledger import Ledger
from almanac.ledger.schema import json_schemas
from almanac.quantity import exact
from almanac.verdict import Verdict

ROOT = Path(__file__).parents[2]
EDITION = ROOT / "editions" / "2025"
SHARED = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared"))
DOCUMENTS = {"best-partners": "000_70a83248137e878c.txt", "mad-podcast": "004_18d384524f9fc5c1.txt"}
SEEDS = {"video": "best-partners", "podcast": "mad-podcast"}

UNREADABLE: list[tuple[str, str, object]] = [
    # the transcript runs "95-5 to 95 percent" together as "955 to 95%"; the claim is NVIDIA's side of the split
    ("industry.nvidia-future-chip-share", "95%", [95, 5]),
]
"""Facts whose stated value the printed figure does not give, each with its reason."""

with_documents = pytest.mark.skipif(
    not (SHARED / "sources").is_dir(), reason="the edition's documents are not here (../shared or $ALMANAC_SHARED)"
)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.read(EDITION)


@pytest.fixture(scope="module")
def facts() -> dict[str, dict[str, object]]:
    lines = (SHARED / "edition-2025" / "facts.jsonl").read_text("utf-8").splitlines()
    return {fact["key"]: fact for fact in map(json.loads, lines)}


@with_documents
def test_every_fact_is_in_exactly_one_claim(ledger: Ledger, facts) -> None:
    keys = [key for claim in ledger for key in claim.keys]
    assert len(keys) == len(set(keys)) == 420
    assert set(keys) == set(facts)


@with_documents
def test_every_statement_stands_where_its_facts_stand(ledger: Ledger, facts) -> None:
    wrong = [
        (claim.id, key)
        for claim in ledger
        for statement in claim.statements
        for key in statement.keys
        if SEEDS[str(facts[key]["seed"])] != statement.source
    ]
    assert not wrong


@with_documents
def test_every_printed_figure_is_printed_in_its_document_near_its_line(ledger: Ledger) -> None:
    """Verbatim, but for words left out at an ellipsis. The podcast's English stands a few lines below its Chinese."""
    texts = {name: (SHARED / "sources" / file).read_text("utf-8").splitlines() for name, file in DOCUMENTS.items()}
    missing = []
    for claim in ledger:
        for statement in claim.statements:
            if statement.printed is None:
                continue
            line = int(statement.locator.place)
            near = " ".join(texts[statement.source][line - 1 : line + 7])
            pattern = ".{0,60}?".join(map(re.escape, statement.printed.split("…")))
            if not re.search(pattern, near):
                missing.append((claim.id, statement.printed, line))
    assert missing == []


@with_documents
def test_quantities_say_what_the_facts_say(ledger: Ledger, facts) -> None:
    """The stated value lies in the interval that was read, for every fact with a number in the claim's own unit."""
    units = {"USD": "USD", "percent": "percent", "GW": "GW", "ratio": "ratio", "months": "month", "years": "year"}
    wrong = []
    for claim in ledger:
        if claim.type is not ValueType.QUANTITY:
            continue
        for statement in claim.statements:
            values = [facts[key]["value"] for key in statement.keys if units.get(str(facts[key]["unit"])) == claim.unit]
            for value in values:
                interval = statement.value.interval  # type: ignore[union-attr]
                ends = value if isinstance(value, list) else [value]
                touched = all(interval.low <= end <= interval.high for end in map(exact, ends))
                if not touched:
                    wrong.append((claim.id, statement.printed, value))
    assert wrong == UNREADABLE


def test_identities_and_bounds_are_many_enough_and_name_no_verdict(ledger: Ledger) -> None:
    assert len(ledger.identities) >= 60
    assert len(ledger.bounds) >= 25
    words = "|".join(v.value for v in Verdict if v.value not in ("pending",))
    for rule in (*ledger.identities, *ledger.bounds.values()):
        text = " ".join([rule.id, *rule.because.values()])
        assert not re.search(rf"\b({words})\b", text), rule.id
        assert min(len(rule.because["en"]), 4 * len(rule.because["zh"])) > 20, rule.id


def test_every_bound_bears_on_this_edition(ledger: Ledger) -> None:
    used = {claim.measure for claim in ledger} | {i.formula.bound for i in ledger.identities}
    idle = [b.id for b in ledger.bounds.values() if not ({*b.measures, b.id} & used)]
    assert idle == []


def test_every_bound_fits_the_unit_of_some_claim_of_its_measures(ledger: Ledger) -> None:
    from almanac.units import unit

    for bound in ledger.bounds.values():
        for measure in bound.measures:
            units = [unit(c.unit) for c in ledger if c.measure == measure and c.unit]
            assert any(bound.range.unit.fits(u) for u in units), (bound.id, measure)


def test_no_claim_is_corroborated_by_retellings_alone(ledger: Ledger) -> None:
    assert {s.source for claim in ledger for s in claim.statements} == {"best-partners", "mad-podcast"}


@pytest.mark.parametrize("name", sorted(json_schemas()))
def test_the_published_schemas_are_fresh_and_accept_the_edition(name: str) -> None:
    schema = json.loads((ROOT / "editions/schema" / name).read_text("utf-8"))
    assert schema == json_schemas()[name], "run `almanac schema`"
    stem = name.removesuffix(".schema.json")
    paths = sorted((EDITION / "claims").glob("*.yaml")) if stem == "claims" else [EDITION / f"{stem}.yaml"]
    for path in paths:
        content = json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")), default=str))
        jsonschema.validate(content, schema)
