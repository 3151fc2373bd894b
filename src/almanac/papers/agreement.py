"""How far the extraction agrees with labels written by hand: the table from which its errors are measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Labels = Mapping[str, Mapping[str, Any]]
"""Records of labels by document: each with `used`, the accelerators a reader found used."""


def agreement(labels: Labels, records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows for the table `agreement`: a document and a class each, with what the label and the extraction say.

    Every class that either names in any labelled document has a row for each of them; a class that a label gives
    only as `weak` is left out of that document, where it is neither right nor wrong. Labelled documents that were
    not read have no rows.
    """
    read = {row["doc_id"]: row for row in records if row["outcome"] == "read" and row["doc_id"] in labels}
    rows: list[dict[str, Any]] = []
    for level in ("vendor", "model"):
        gold = {doc: _classes(labels[doc]["used"], level) for doc in read}
        predicted = {doc: _classes(row["used"], level)[0] for doc, row in read.items()}
        classes = sorted({name for sure, _ in gold.values() for name in sure}.union(*predicted.values()))
        rows += [
            {
                "doc_id": doc,
                "level": level,
                "class": name,
                "gold": int(name in gold[doc][0]),
                "predicted": int(name in predicted[doc]),
            }
            for doc in sorted(read)
            for name in classes
            if name not in gold[doc][1]
        ]
    return rows


def _classes(used: Iterable[Mapping[str, Any]], level: str) -> tuple[frozenset[str], frozenset[str]]:
    """The vendors or models that are used for sure, and those that are used only by a generous reading."""
    sure = frozenset(_names((use for use in used if not use.get("weak")), level))
    return sure, frozenset(_names((use for use in used if use.get("weak")), level)) - sure


def _names(used: Iterable[Mapping[str, Any]], level: str) -> Iterator[str]:
    for use in used:
        if use["vendor"] and use[level]:
            yield use[level]
