"""The corpus: records of documents, the tables made of them, and how far they agree with labels."""

from __future__ import annotations

import pytest

from almanac.datasets.catalog import AGREEMENT, PAPERS, USES
from almanac.papers import corpus
from almanac.papers.agreement import agreement
from almanac.papers.paper import Anchor, Paper, Unread

TEXT = "We trained the model on 8 NVIDIA A100 GPUs (80GB) for 3 days. Others use TPUs such as the TPU v4."


def read(doc_id: str = "p", **fields) -> dict:
    return corpus.record("p.txt", Paper(doc_id, "txt", TEXT, **fields))


def test_a_record_has_what_the_labels_have_and_where_it_stands():
    row = read(anchors=(Anchor(0, "page 3", None),))
    (use,) = row["used"]
    assert (use["count"], use["hours"], use["memory_gb"], use["device_hours"]) == (8, 72, 80, None)
    assert isinstance(use["count"], int)
    assert use["evidence"]["where"] == "page 3"
    assert TEXT[use["evidence"]["start"] :].startswith(use["evidence"]["text"])
    assert [other["model"] for other in row["mentioned_only"]] == [None, "TPU v4"]
    assert (row["names_any"], row["none"]) == (1, False)


def test_what_was_not_read_says_why():
    failed = corpus.record("a.zip", Unread("a.zip/b.pdf", "no text"))
    assert {name: failed[name] for name in ("doc_id", "source", "outcome", "reason", "used", "none")} == {
        "doc_id": "b", "source": "a.zip/b.pdf", "outcome": "failed", "reason": "no text", "used": [], "none": None
    }  # fmt: skip
    died = corpus.complete({"source": "c.pdf", "outcome": "failed", "reason": "the worker died"})
    assert (died["doc_id"], died["used"]) == ("c", [])
    assert corpus.record("x.png", Unread("x.png", "a picture", skipped=True))["outcome"] == "skipped"


@pytest.mark.parametrize(
    ("arxiv", "year", "month"),
    [
        ("2301.01234", 2023, 1),
        ("2312.12345", 2023, 12),
        ("2301.01234", 2024, None),
        ("2313.01234", 2023, None),
        (None, 2023, None),
    ],
)
def test_an_arxiv_number_tells_the_month_of_its_year(arxiv, year, month):
    assert corpus.month(Paper("p", "txt", "", arxiv=arxiv, year=year)) == month


def test_tables_fit_their_schemas_and_keep_what_is_not_known():
    rows = [read("a", year=2024), read("b"), corpus.record("c", Unread("c.pdf", "no text"))]
    tables = corpus.tables(rows)
    papers, uses = tables["papers"].frame, tables["uses"].frame
    assert (tuple(papers.columns), tuple(uses.columns)) == (PAPERS.names, USES.names)
    assert papers["doc_id"].to_list() == ["a", "b", "c.pdf"]
    assert papers["year"].to_list() == [2024, None, None]
    assert uses.filter(use="used")["model"].to_list() == ["A100", "A100"]
    assert uses["device_hours"].null_count() == uses.height
    assert uses.filter(use="mentioned")["role"].null_count() == 4


def test_the_same_records_have_the_same_hash():
    assert corpus.tables([read()])["uses"].input == corpus.tables([read()])["uses"].input


def test_the_key_depends_on_the_package_and_on_nothing_else():
    assert corpus.key() == corpus.key()
    assert len(corpus.key()) == 64


def labels(*used: tuple[str | None, str | None, bool]) -> dict:
    return {"p": {"used": [{"vendor": vendor, "model": model, "weak": weak} for vendor, model, weak in used]}}


def test_agreement_is_by_vendor_and_model():
    rows = agreement(labels(("NVIDIA", "A100", False), ("AMD", "MI50", False)), [read()])
    assert [tuple(row.values()) for row in rows] == [
        ("p", "vendor", "AMD", 1, 0),
        ("p", "vendor", "NVIDIA", 1, 1),
        ("p", "model", "A100", 1, 1),
        ("p", "model", "MI50", 1, 0),
    ]
    assert tuple(rows[0]) == AGREEMENT.names


def test_what_is_weak_in_a_label_is_neither_right_nor_wrong():
    rows = agreement(labels(("NVIDIA", None, True)), [read()])
    assert [(row["level"], row["class"], row["gold"], row["predicted"]) for row in rows] == [("model", "A100", 0, 1)]


def test_labelled_papers_that_were_not_read_do_not_count():
    assert agreement(labels(("NVIDIA", "A100", False)), [corpus.record("p", Unread("p", "no text"))]) == []


def test_the_catalogue_is_a_table_beside():
    (found,) = [
        row
        for row in corpus.reference_tables([], None)["accelerators"].frame.iter_rows(named=True)
        if row["model"] == "A100"
    ]
    assert found == {"vendor": "NVIDIA", "model": "A100", "peak_tflops": 312.0, "power_w": 400.0}
