"""almanac accelerators: the chips that papers name, their spellings and their numbers."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from almanac.cli.options import AsJson

if TYPE_CHECKING:
    from almanac.papers.accelerators import Accelerator, Alias, Catalogue, Cluster, Instance, System

LISTED = ("fp16", "bf16", "fp32", "int8", "fp8")
"""The precisions of which a list shows the first that is known."""


def accelerators(
    words: Annotated[
        list[str] | None, typer.Argument(help='What to look for: "A100 80GB", ampere, p3.16xlarge.')
    ] = None,
    vendor: Annotated[str | None, typer.Option("--vendor", help="Only this maker's: NVIDIA.")] = None,
    family: Annotated[str | None, typer.Option("--family", help='Only this family: "Data Center", TPU.')] = None,
    year: Annotated[int | None, typer.Option("--year", help="Only those launched in this year.")] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Answer in CSV.")] = False,
) -> None:
    """List and search the accelerators that Almanac knows; one alone is shown in full."""
    from almanac.papers.catalogue import catalogue

    if as_json and as_csv:
        raise typer.BadParameter("--json and --csv exclude each other.")
    known = catalogue()
    _must_exist(vendor, {chip.vendor for chip in known.accelerators if chip.vendor}, "--vendor")
    _must_exist(family, {chip.family for chip in known.accelerators}, "--family")
    asked = " ".join(words or ())
    found = known.find(asked, vendor=vendor, family=family, year=year)
    if not found:
        raise typer.BadParameter(_nothing(known, asked), param_hint="WORDS")
    if as_json:
        print(json.dumps([_record(chip, known) for chip in found], ensure_ascii=False, indent=1))
    elif as_csv:
        _write_csv(found)
    elif len(found) == 1:
        print("\n".join(_in_full(found[0], known)))
    else:
        print("\n".join(_list(found)))


def _must_exist(name: str | None, names: set[str], option: str) -> None:
    from almanac.errors import did_you_mean

    if name is not None and name.casefold() not in {known.casefold() for known in names}:
        nearest = did_you_mean(name.casefold(), {known.casefold() for known in names})
        mend = nearest or f"There are {', '.join(sorted(names))}."
        raise typer.BadParameter(f"nothing is called {name!r}. {mend}", param_hint=option)


def _nothing(known: Catalogue, asked: str) -> str:
    from almanac.errors import did_you_mean

    if not asked:
        return "no accelerator fits."
    names = {chip.model.casefold() for chip in known.accelerators if chip.model}
    return (
        f"no accelerator fits {asked!r}. {did_you_mean(asked.casefold(), names) or '`almanac accelerators` lists all.'}"
    )


# ---- as data -------------------------------------------------------------------------------------------------------


def _record(chip: Accelerator, known: Catalogue) -> dict[str, object]:
    return {
        "key": chip.key,
        "vendor": chip.vendor,
        "family": chip.family,
        "model": chip.model,
        "kind": chip.kind,
        "architecture": chip.architecture or None,
        "year": chip.year,
        "memory_gb": list(chip.memory_gb),
        "power_w": chip.power_w,
        "peak_tflops": dict(chip.peak_tflops),
        "aliases": [
            {"text": a.text, "exact": a.exact, "ambiguous": a.ambiguous or None, "beside": list(a.beside)}
            for a in chip.aliases
        ],
        "implied_by": [thing.name for thing in known.implied_by(chip)],
        "sources": list(chip.sources),
        "note": chip.note or None,
    }


def _write_csv(chips: Iterable[Accelerator]) -> None:
    """One row a chip, empty where nothing is known. Lists are JSON, as in the data package."""
    from almanac.papers.accelerators import UNITS

    columns = ("key", "vendor", "family", "model", "kind", "architecture", "year", "memory_gb", "power_w")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow((*columns, *(f"peak_{precision}_tflops" for precision in UNITS), "sources", "note"))
    for c in chips:
        facts = (c.key, c.vendor, c.family, c.model, c.kind, c.architecture, c.year, json.dumps(c.memory_gb), c.power_w)
        peaks = (c.peak_tflops.get(precision) for precision in UNITS)
        writer.writerow((*facts, *peaks, json.dumps(c.sources, ensure_ascii=False), c.note))


# ---- for people ----------------------------------------------------------------------------------------------------


def _list(chips: Iterable[Accelerator]) -> Iterator[str]:
    """One line a chip, in columns."""
    rows = [("key", "family", "year", "memory", "power", "peak")]
    rows += [(c.key, c.family, str(c.year or ""), _memory(c), _power(c), _best_peak(c)) for c in chips]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _in_full(chip: Accelerator, known: Catalogue) -> Iterator[str]:
    from almanac.papers.accelerators import UNITS

    yield f"{chip.name}  ({chip.key})"
    facts = {
        "family": chip.family if chip.model else f"{chip.family} (as a whole, or the model is not said)",
        "kind": chip.kind,
        "architecture": chip.architecture,
        "year": str(chip.year or ""),
        "memory": _memory(chip),
        "power": _power(chip),
        "peak": ", ".join(f"{p} {v:g} {UNITS[p]}" for p, v in chip.peak_tflops.items()),
        "note": chip.note,
    }
    for name, fact in facts.items():
        if fact:
            yield f"  {name:<13} {fact}"
    yield from _spellings(chip)
    for thing in known.implied_by(chip):
        yield f"  implied by    {_implication(thing)}"
    for source in chip.sources:
        yield f"  source        {source}"


def _spellings(chip: Accelerator) -> Iterator[str]:
    plain = [alias.text for alias in chip.aliases if not alias.ambiguous]
    if plain:
        yield f"  names         {' · '.join(plain)}"
    for alias in chip.aliases:
        if alias.ambiguous:
            yield f"  ambiguous     {_condition(alias)}"


def _condition(alias: Alias) -> str:
    from almanac.papers.accelerators import CUES

    cues = "; ".join(CUES[cue] for cue in alias.beside) or "any sign of a chip"
    return f"{alias.text} (also: {alias.ambiguous}) counts beside: {cues}"


def _implication(thing: Instance | Cluster | System) -> str:
    from almanac.papers.accelerators import Cluster, Instance

    if isinstance(thing, Instance):
        counts = ", ".join(f"{size} {count}" for size, count in thing.counts.items())
        return f"{thing.provider} {thing.name}: {counts}"
    count, where = (thing.per_node, "a node") if isinstance(thing, Cluster) else (thing.count, "in one")
    return f"{thing.name}: {count} {where}" if count else thing.name


def _memory(chip: Accelerator) -> str:
    return f"{'/'.join(f'{size:g}' for size in chip.memory_gb)} GB" if chip.memory_gb else ""


def _power(chip: Accelerator) -> str:
    return "" if chip.power_w is None else f"{chip.power_w:g} W"


def _best_peak(chip: Accelerator) -> str:
    from almanac.papers.accelerators import UNITS

    known = next((precision for precision in LISTED if precision in chip.peak_tflops), None)
    return "" if known is None else f"{chip.peak_tflops[known]:g} {UNITS[known]} {known}"
