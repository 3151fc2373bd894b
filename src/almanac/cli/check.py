"""almanac check: which claims of an edition cannot be true, which are disputed, which hold."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from almanac.cli.options import EDITION, AsJson, Language

if TYPE_CHECKING:
    from rich.console import Console

    from almanac.checks import Finding, Power, Report


def check(
    edition: Annotated[Path, typer.Argument(help="The edition's folder.")] = EDITION,
    as_json: AsJson = False,
    power: Annotated[bool, typer.Option("--power", help="Also measure the ledger's mutation score.")] = False,
    every: Annotated[bool, typer.Option("--all", help="List every claim, not only the doubtful ones.")] = False,
    language: Language = "en",
) -> None:
    """Check an edition: sources that disagree, arithmetic that fails, estimates that exclude a claim.

    Exit code 1 if a claim is refuted, impossible or disputed.
    """
    from almanac.edition.bundle import measure
    from almanac.ledger import Ledger

    report = measure(edition, Ledger.read(edition), power=power).report
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        _print(report, every, language)
    if report.doubtful:
        raise typer.Exit(1)


PIPED_WIDTH = 160
"""Columns when nobody is looking: rich would take 80, and break ids and reasons for no one's sake."""


def _print(report: Report, every: bool, language: Language) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    shown = report.worst_first if every else report.doubtful
    if shown:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        table.add_column("verdict", no_wrap=True)
        table.add_column("claim", no_wrap=console.width >= 100, overflow="fold")
        table.add_column("why", overflow="fold")
        for finding in shown:
            table.add_row(finding.verdict.value, finding.claim.id, _why(finding, language), style=_style(finding))
        console.print(table)
        console.print()
    counts = report.counts
    tally = ", ".join(f"{number} {verdict.value}" for verdict, number in counts.items() if number)
    console.print(f"{len(report.findings)} claims as of {report.as_of}: {tally}.", soft_wrap=True)
    if report.power is not None:
        _print_power(report.power, console)


def _why(finding: Finding, language: Language) -> str:
    """The reason that decided the verdict, in one line; the others are counted."""
    deciding = [reason for reason in finding.reasons if reason.verdict is finding.verdict] or finding.reasons
    if not deciding:
        return ""
    first = deciding[0]
    more = len(deciding) - 1
    rule = f"{first.name}: " if first.check.value in ("identity", "bound") else ""
    return f"{rule}{first.line(language)}" + (f" (+{more} more)" if more else "")


def _style(finding: Finding) -> str:
    return {"refuted": "red", "impossible": "red", "disputed": "yellow"}.get(finding.verdict.value, "")


def _print_power(power: Power, console: Console) -> None:
    if power.overall is None:
        console.print("Power: no numeric claims to mutate.")
        return
    console.print(f"\nPower: {power.caught} of {power.mutations} slips caught, {power.overall:.1%}.")
    for chapter, share in power.by_chapter.items():
        console.print(f"  {chapter:<12} {'none' if share is None else f'{share:.1%}':>6}")
    console.print(f"False alarms on the clean ledger: {power.false_alarms}.")
    unguarded = ", ".join(power.unguarded) or "none"
    console.print(f"Unguarded, {len(power.unguarded)} claims: {unguarded}.", soft_wrap=True)
