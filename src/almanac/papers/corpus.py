"""Documents in, decisions out: the one function that engines run over many files, and the tables made of what it gives.

A record is a JSON-able mapping, one per document, with an `outcome` ("read", "skipped", "failed"): the rows of
papers.jsonl. `used` and `mentioned_only` hold an object for each accelerator, with the words it rests on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import polars as pl

from almanac.datasets.catalog import ACCELERATORS, AGREEMENT, PAPERS, USES
from almanac.datasets.schema import Schema, Table
from almanac.engine import is_remote, open_bytes
from almanac.estimate import Input
from almanac.papers.accelerators import Accelerator
from almanac.papers.agreement import Labels, agreement
from almanac.papers.catalogue import catalogue
from almanac.papers.formats import parse_papers, read_papers
from almanac.papers.formats.naming import doc_id
from almanac.papers.paper import Paper, Unread
from almanac.papers.usage import Use, decide

Record = dict[str, Any]

EVIDENCE = 400
"""Characters of evidence that are kept with a use."""


def key() -> str:
    """The version of everything that a decision depends on: this package's own files, catalogue and all."""
    return hashlib.sha256("".join(sorted(_digests(resources.files("almanac.papers"), ""))).encode()).hexdigest()


def _digests(folder: Traversable, name: str) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _digests(entry, f"{name}/{entry.name}")
        elif entry.name.endswith((".py", ".yaml")):
            yield f"{name}/{entry.name} {hashlib.sha256(entry.read_bytes()).hexdigest()}\n"


def records(source: str) -> Iterator[Record]:
    """A record for every document in the file at a path or address, whatever is in it."""
    found = parse_papers(open_bytes(source), source) if is_remote(source) else read_papers(source)
    for each in found:
        yield record(source, each)


def record(source: str, found: Paper | Unread) -> Record:
    """What became of one document."""
    if isinstance(found, Unread):
        outcome = "skipped" if found.skipped else "failed"
        return complete({"source": found.source or source, "outcome": outcome, "reason": found.reason})
    decision = decide(found)
    return {
        "doc_id": found.doc_id,
        "source": source,
        "outcome": "read",
        "reason": None,
        "title": found.title,
        "year": found.year,
        "month": month(found),
        "year_evidence": found.year_evidence,
        "format": found.format,
        "arxiv": found.arxiv,
        "doi": found.doi,
        "characters": len(found.text),
        "names_any": int(decision.names_any),
        "used": [_used(found, use) for use in decision.used],
        "mentioned_only": [_mentioned(use) for use in decision.mentioned],
        "none": decision.none,
        "traps": list(decision.traps),
    }


def complete(row: Mapping[str, Any]) -> Record:
    """A record with a name and with uses, none where it was not read: whoever reads papers.jsonl finds both in each."""
    if "doc_id" in row:
        return dict(row)
    return {"doc_id": doc_id(str(row["source"])), **row, "used": [], "mentioned_only": [], "none": None}


def month(paper: Paper) -> int | None:
    """The month of a paper, which its arXiv number tells when its year is the number's."""
    number = re.match(r"(\d\d)(0[1-9]|1[0-2])\.\d{4,5}", paper.arxiv or "")
    if number is None or paper.year is None or paper.year % 100 != int(number.group(1)):
        return None
    return int(number.group(2))


def _used(paper: Paper, use: Use) -> Record:
    """A use, with the fields of the labels' record."""
    where, original = paper.locate(use.evidence.start)
    return {
        "vendor": use.vendor,
        "family": use.family,
        "model": use.model,
        "count": _plain(use.run.count),
        "count_unit": use.run.count_unit,
        "hours": _plain(use.run.hours),
        "device_hours": _plain(use.run.device_hours),
        "role": use.role.value,
        "memory_gb": _plain(use.run.memory_gb),
        "inferred": use.inferred,
        "weak": use.weak,
        "score": use.score,
        "mentions": use.mentions,
        "evidence": _evidence(use) | {"where": where, "original": original},
        "reasons": list(use.reasons),
    }


def _mentioned(use: Use) -> Record:
    return {
        "vendor": use.vendor,
        "family": use.family,
        "model": use.model,
        "score": use.score,
        "mentions": use.mentions,
        "evidence": _evidence(use),
        "reasons": list(use.reasons),
    }


def _evidence(use: Use) -> Record:
    return {"text": use.evidence.text[:EVIDENCE], "start": use.evidence.start, "end": use.evidence.end}


def _plain(number: float | None) -> float | int | None:
    """Whole numbers without a decimal point; others to nine digits, which is more than any paper states."""
    if number is None:
        return None
    return int(number) if number == int(number) else float(f"{number:.9g}")


def tables(rows: Iterable[Mapping[str, Any]]) -> dict[str, Table]:
    """The tables `papers` and `uses`, as the compute index reads them, of the records of a run."""
    papers, uses = [], []
    for row in rows:
        papers.append({name: row.get(name) for name in PAPERS.names})
        if row["outcome"] != "read":
            papers[-1]["doc_id"] = row["source"]
            continue
        for use, kind in [*((u, "used") for u in row["used"]), *((u, "mentioned") for u in row["mentioned_only"])]:
            cells = {"doc_id": row["doc_id"], "use": kind, **use, **use["evidence"]}
            uses.append({name: _cell(cells.get(name)) for name in USES.names})
    return {"papers": _table("papers", PAPERS, papers), "uses": _table("uses", USES, uses)}


def reference_tables(rows: Iterable[Mapping[str, Any]], labels: Labels | None) -> dict[str, Table]:
    """The tables that the compute index may read beside: what the catalogue knows of each model, and, where papers
    of the run are labelled, how far the extraction agrees with the labels.
    """
    known = [
        {"vendor": chip.vendor, "model": chip.model, "peak_tflops": training_peak(chip), "power_w": chip.power_w}
        for chip in catalogue().accelerators
        if chip.vendor and chip.model
    ]
    found = {"accelerators": _table("accelerators", ACCELERATORS, known)}
    if labels and (agreed := agreement(labels, rows)):
        found["agreement"] = _table("agreement", AGREEMENT, agreed)
    return found


def training_peak(chip: Accelerator) -> float | None:
    """Dense peak in TFLOP/s at the precision that training mostly uses: 16 bits where the chip has them."""
    return next((chip.peak_tflops[name] for name in ("bf16", "fp16", "fp32") if name in chip.peak_tflops), None)


def _cell(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _table(name: str, schema: Schema, rows: list[dict[str, Any]]) -> Table:
    frame = pl.DataFrame(rows, schema=schema.polars(), strict=False)
    digest = hashlib.sha256(frame.write_csv().encode()).hexdigest()
    return Table(frame, schema, Input(name, digest, frame.height))
