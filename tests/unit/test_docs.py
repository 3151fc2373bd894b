"""The documentation is held to the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from almanac.checks import slips
from almanac.cli import VERBS, app
from almanac.instruments.registry import OURS
from almanac.ledger.schema import MEASURES
from almanac.verdict import Verdict

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_and_option_that_a_page_names_exists(page: Path) -> None:
    for line in re.findall(r"(?:^|`|\$ |/)almanac ((?:[a-z][a-z-]*)(?: [^`\n]*)?)", page.read_text("utf-8"), re.M):
        verb, *rest = line.split()
        if verb in ("is", "and", "turns", "does"):
            continue
        assert verb in COMMANDS, f"{page.name} names `almanac {verb}`"
        known = {opt for parameter in COMMANDS[verb].params for opt in parameter.opts + parameter.secondary_opts}
        named = {word.strip("[]").split("=")[0] for word in rest if word.strip("[]").startswith("--")}
        assert named <= known | {"--help"}, f"{page.name}: `almanac {line}`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if not target.startswith(("http", "claim:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_verb_has_help_and_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for verb in VERBS:
        name = verb.__name__
        assert COMMANDS[name].help, name
        assert f"almanac {name}" in readme, name


def test_the_list_of_instruments_is_that_of_the_registry() -> None:
    page = (ROOT / "docs" / "instruments.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| [")]
    assert sorted(rows) == sorted(f"| [{name}](theory/{name}.md) | {found.question} |" for name, found in OURS.items())


def test_the_page_on_verdicts_names_every_verdict_and_slip() -> None:
    page = (ROOT / "docs/theory/verdicts.md").read_text("utf-8")
    for verdict in Verdict:
        assert f"`{verdict.value}`" in page
    for name in [*(slip.name for slip in slips.SLIPS), slips.POWER_OF_TEN, slips.MULTI_SELECT]:
        assert f"`{name}`" in page


def test_the_page_on_the_ledger_names_every_measure() -> None:
    page = (ROOT / "docs/ledger.md").read_text("utf-8")
    assert [measure for measure in MEASURES if f"`{measure}`" not in page] == []
