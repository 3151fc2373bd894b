"""An edition with a lock file: written by `almanac measure --lock`, shown as locked, recomputed by `almanac verify`."""

from __future__ import annotations

import html
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner
from typer.testing import Result as Run

from almanac.checks import check
from almanac.claim import Binding
from almanac.cli import app
from almanac.edition import build, recompute, site, verify
from almanac.edition.bundle import Bundle, lock, measure, read_locked
from almanac.edition.package import render as render_data
from almanac.errors import EditionError, InstrumentError
from almanac.explain import lineage
from almanac.instruments.bound import run_bound
from almanac.ledger import Ledger
from htmlpages import read_page
from ledgers import copy_of_consistent
from papertables import write_tables

LOCK = Path("locked") / "compute-index.json"
TABLES = ("papers", "uses", "agreement", "accelerators")


def almanac(*arguments: object) -> Run:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def measured(tables: Path, edition: Path, *more: object) -> Run:
    given = [f"{name}={tables / name}.csv" for name in TABLES]
    asked = ("--as-of", "2025-06-30", "--seed", 1, "--set", "draws=100")
    return almanac("measure", "compute-index", *given, *asked, "--lock", edition, *more)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tables/, an edition/ that locks what was measured in them, and it published in out/."""
    folder = tmp_path_factory.mktemp("world")
    (folder / "tables").mkdir()
    write_tables(folder / "tables")
    edition = copy_of_consistent(folder)
    run = measured(folder / "tables", edition)
    assert run.exit_code == 0, run.stderr
    assert f"locked in {edition / LOCK}" in run.stderr
    build(edition, folder / "out")
    return folder


@pytest.fixture
def copy(world: Path, tmp_path: Path) -> Path:
    """The same world, to be broken."""
    return Path(shutil.copytree(world, tmp_path / "world"))


def page(world: Path, language: str, name: str) -> str:
    return (world / "out" / language / name).read_text("utf-8")


# ---- writing -----------------------------------------------------------------------------------------------------


def test_the_same_tables_give_the_same_lock(copy: Path) -> None:
    before = (copy / "edition" / LOCK).read_bytes()
    assert measured(copy / "tables", copy / "edition").exit_code == 0
    assert (copy / "edition" / LOCK).read_bytes() == before


def test_locking_again_replaces_even_a_result_of_another_version(copy: Path) -> None:
    path = copy / "edition" / LOCK
    path.write_text(path.read_text("utf-8").replace('"version": "1.0.0"', '"version": "0.1.0"'), "utf-8")
    with pytest.raises(EditionError, match=r"found 0\.1\.0"):
        read_locked(copy / "edition")
    assert measured(copy / "tables", copy / "edition").exit_code == 0
    assert list(read_locked(copy / "edition")) == ["compute-index"]


def test_a_lock_needs_an_edition_and_a_run_needs_a_lock(copy: Path) -> None:
    assert measured(copy / "tables", copy / "nowhere").exit_code == 2
    run = measured(copy / "tables", copy / "edition", "--run", "../up")
    assert (run.exit_code, "--run: found '../up'" in run.stderr) == (2, True)
    assert almanac("measure", "compute-index", "--run", "x").exit_code == 2


def test_a_broken_file_is_replaced_and_leaves_the_others_alone(copy: Path) -> None:
    (copy / "edition" / LOCK).write_text("{", "utf-8")
    with pytest.raises(EditionError, match=r"compute-index\.json"):
        read_locked(copy / "edition")
    assert measured(copy / "tables", copy / "edition").exit_code == 0
    assert list(read_locked(copy / "edition")) == ["compute-index"]


def test_a_file_with_the_name_of_another_result(copy: Path) -> None:
    (copy / "edition" / LOCK).rename(copy / "edition" / "locked" / "old.json")
    with pytest.raises(EditionError, match=r"found the result compute-index, expected compute-index\.json"):
        read_locked(copy / "edition")


# ---- using -------------------------------------------------------------------------------------------------------


def test_every_fault_of_a_lock_stops_build_and_check(copy: Path) -> None:
    path = copy / "edition" / LOCK
    raw = json.loads(path.read_text("utf-8"))
    raw["result"]["version"] = "0.1.0"
    del raw["result"]["account"]
    path.write_text(json.dumps(raw), "utf-8")
    with pytest.raises(EditionError) as raised:
        build(copy / "edition", copy / "again")
    assert {fault.where for fault in raised.value.faults} == {"$.result.version", "$.result.account"}
    assert not (copy / "again").exists()
    assert isinstance(almanac("check", copy / "edition").exception, EditionError)


def test_the_published_folder_carries_the_lock_and_verifies_without_data(world: Path) -> None:
    assert (world / "out" / "edition" / LOCK).read_bytes() == (world / "edition" / LOCK).read_bytes()
    assert verify(world / "out") == ()
    rows = (world / "out" / "data" / "estimates.csv").read_text("utf-8")
    assert "compute-index/papers/NVIDIA" in rows


def test_a_claim_bound_to_a_locked_instrument_is_judged_by_it(world: Path) -> None:
    ledger = Ledger.read(world / "edition")
    locked = read_locked(world / "edition")
    claim = next(claim for claim in ledger if claim.unit == "percent")
    bound = replace(claim, binding=Binding("compute-index", "share_of_known", "NVIDIA"))
    ledger = replace(ledger, claims={**ledger.claims, claim.id: bound})
    bundle = measure(world / "edition", ledger)
    assert bundle.results == locked
    assert bundle.locked == {"compute-index"}
    for language, words in (("en", "from the lock file, as of 2025-06-30"), ("zh", "取自锁定文件，截至2025-06-30")):
        (found,) = (node for node in lineage(bundle, claim.id, language) if node.kind == "provenance")
        assert found.label == words


def test_pages_say_that_a_result_is_locked(world: Path) -> None:
    for language, words in (("en", "From the lock file, as of 2025-06-30"), ("zh", "取自锁定文件，截至2025-06-30")):
        for name in ("compute-index.html", "instruments/compute-index.html"):
            assert words in page(world, language, name)


def test_pages_say_that_a_result_was_recomputed(world: Path) -> None:
    bundle = measure(world / "edition", Ledger.read(world / "edition"), prose=True)
    files = site.render(replace(bundle, locked=frozenset()))
    assert "Recomputed from data, as of 2025-06-30" in files["en/instruments/compute-index.html"].decode()
    assert "由数据重新测算，截至2025-06-30" in files["zh/instruments/compute-index.html"].decode()


def test_the_page_shows_charts_denominators_and_accuracy(world: Path) -> None:
    result = read_locked(world / "edition")["compute-index"]
    for language in ("en", "zh"):
        text = page(world, language, "compute-index.html")
        assert read_page("compute-index.html", text.encode()).faults == []
        for chart in result.charts:
            assert html.escape(chart.title[language]) in text
        for name in ("papers_read", "papers_naming", "papers_using", "papers_known", "papers_without_year"):
            found = result.find(name, "all")
            assert f'<td class="number">{found.value:,.0f}</td>' in text
        for subject in ("NVIDIA", "Google", "AMD"):
            raw = result.find("share_of_known", subject)
            assert f"{raw.value:.1f}%" in text
            assert f"{result.find('sensitivity', f'vendor {subject}').value:.1f}%" in text
    assert "test corpus and no population" in page(world, "en", "compute-index.html")
    assert "测试语料，不是总体" in page(world, "zh", "compute-index.html")


def test_chapter_and_menu_lead_to_the_page_only_where_there_is_one(world: Path, tmp_path: Path) -> None:
    assert 'href="../compute-index.html"' in page(world, "en", "chapters/industry.html")
    assert 'href="compute-index.html"' in page(world, "zh", "index.html")
    folder = copy_of_consistent(tmp_path)
    files = site.render(measure(folder, Ledger.read(folder), prose=True))
    assert "en/compute-index.html" not in files
    assert not [name for name, content in files.items() if b"compute-index" in content]


def test_a_lock_changes_nothing_about_what_is_not_locked(world: Path) -> None:
    ledger = Ledger.read(world / "edition")
    bundle = measure(world / "edition", ledger)
    plain = Bundle(ledger, check(ledger, run_bound(ledger, bundle.package)), {}, bundle.package, {})
    assert bundle.report == plain.report
    assert render_data(bundle)["data/claims.csv"] == render_data(plain)["data/claims.csv"]


# ---- verifying ---------------------------------------------------------------------------------------------------


def test_verify_says_that_nothing_was_recomputed(world: Path, tmp_path: Path) -> None:
    run = almanac("verify", world / "out")
    assert run.exit_code == 0
    assert "compute-index: locked estimates were not recomputed: no folder of tables was named" in run.stdout
    assert f"{world / 'out'}: every file is as published" in run.stdout
    (tmp_path / "papers.csv").write_text("doc_id\n", "utf-8")
    (left,) = recompute(world / "out", tmp_path)
    assert (left.faults, left.left) == ((), f"{tmp_path} holds no uses.csv, agreement.csv, accelerators.csv")


def test_verify_recomputes_where_the_environment_says_that_the_tables_are(
    world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALMANAC_MIRROR", str(world / "tables"))
    run = almanac("verify", world / "out")
    assert run.exit_code == 0, run.stderr
    assert "compute-index: locked estimates recompute to the same numbers" in run.stdout


def test_verify_finds_tables_as_they_came_by_their_hash(copy: Path) -> None:
    """A publisher's file keeps its name: some layouts even read the benchmark from it."""
    (copy / "as" / "published").mkdir(parents=True)
    for name in TABLES:
        (copy / "tables" / f"{name}.csv").rename(copy / "as" / "published" / f"{name}_2025-06.csv")
    (found,) = recompute(copy / "out", copy / "as")
    assert (found.faults, found.left) == ((), "")


def test_verify_tells_every_estimate_that_differs(copy: Path) -> None:
    """One number of the lock is changed, the edition published again: hashes hold, the arithmetic does not."""
    path = copy / "edition" / LOCK
    text = path.read_text("utf-8")
    line = next(line for line in text.splitlines() if '"papers", "subject": "NVIDIA",' in line)
    value = json.loads(line.strip().rstrip(","))["value"]
    path.write_text(text.replace(line, line.replace(f"{value}", f"{value + 1}")), "utf-8")
    build(copy / "edition", copy / "out")
    run = almanac("verify", copy / "out", "--tables", copy / "tables")
    assert run.exit_code == 1
    expected = rf"compute-index, papers of NVIDIA: found locked {value + 1}.*, expected recomputed {value}"
    assert re.search(expected, run.stderr)
    assert "1 fault" in run.stdout


def test_verify_tells_tables_that_are_others(copy: Path) -> None:
    path = copy / "tables" / "uses.csv"
    path.write_text("\n".join(path.read_text("utf-8").splitlines()[:-1]) + "\n", "utf-8")
    (found,) = recompute(copy / "out", copy / "tables")
    wheres = [fault.where for fault in found.faults]
    assert "compute-index, table uses" in wheres
    assert any("mentions of" in where for where in wheres)
    path.write_text("doc_id\nx\n", "utf-8")
    (found,) = recompute(copy / "out", copy / "tables")
    assert {str(fault.path) for fault in found.faults} == {str(path)}


def test_an_edition_that_locks_nothing_has_nothing_to_recompute(tmp_path: Path) -> None:
    (tmp_path / "edition").mkdir()
    assert recompute(tmp_path, None) == ()


def test_several_runs_of_an_instrument_stand_side_by_side(copy: Path) -> None:
    """A claim takes its estimate from the run that it names; each run has its page, its charts, its row of data."""
    edition = copy / "edition"
    assert measured(copy / "tables", edition, "--run", "second").exit_code == 0
    first = read_locked(edition)["compute-index"]
    lock(edition, replace(first, seed=2))
    locked = read_locked(edition)
    assert {name: result.seed for name, result in locked.items()} == {"compute-index": 2, "compute-index/second": 1}
    ledger = Ledger.read(edition)
    claim = next(claim for claim in ledger if claim.unit == "percent")
    bound = replace(claim, binding=Binding("compute-index", "share_of_known", "NVIDIA", "second"))
    bundle = measure(edition, replace(ledger, claims={**ledger.claims, claim.id: bound}), prose=True)
    files = site.render(bundle)
    assert claim.id in files["en/instruments/compute-index.second.html"].decode()
    assert claim.id not in files["en/instruments/compute-index.html"].decode()
    rows = render_data(bundle)["data/estimates.csv"].decode()
    assert {"compute-index/papers/NVIDIA", "compute-index/second/papers/NVIDIA"} <= {
        row.partition(",")[0].strip('"') for row in rows.splitlines()
    }
    build(edition, copy / "again")
    for tables, told in ((copy / "tables", ["compute-index", "compute-index/second"]), (copy / "out", [])):
        recomputed = recompute(copy / "again", tables)
        assert [one.result for one in recomputed if not one.left] == told


def test_a_claim_bound_to_a_run_that_is_not_locked(copy: Path) -> None:
    ledger = Ledger.read(copy / "edition")
    claim = next(iter(ledger))
    bound = replace(claim, binding=Binding("compute-index", "papers", "NVIDIA", "gone"))
    with pytest.raises(InstrumentError, match=r"estimate\.run: found compute-index/gone"):
        measure(copy / "edition", replace(ledger, claims={**ledger.claims, claim.id: bound}))
