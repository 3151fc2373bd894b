"""almanac explain, end to end."""

import json
from pathlib import Path

from commands import EDITION, almanac
from ledgers import CONSISTENT, copy_of_consistent


def test_the_lineage_of_a_claim_is_a_tree_that_fits_80_columns() -> None:
    run = almanac("explain", "industry.total-revenue", "--edition", CONSISTENT)
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert lines[0].startswith("industry.total-revenue: unchecked.")
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in run.stdout
    for words in (
        "├── sources",
        "“约3000万美元”",
        "retells “The Orchard Report”",
        "holds: total-is-mean-times-companies",
    ):
        assert words in run.stdout
    assert run.stderr == ""


def test_in_chinese() -> None:
    run = almanac("explain", "industry.total-revenue", "--edition", CONSISTENT, "--lang", "zh")
    assert run.returncode == 0, run.stderr
    assert "├── 来源" in run.stdout
    assert "总和等于平均数乘以个数。" in run.stdout


def test_the_json_has_a_kind_a_label_and_children_everywhere() -> None:
    answer = json.loads(almanac("explain", "industry.companies", "--edition", CONSISTENT, "--json").stdout)
    assert (answer["id"], answer["verdict"]) == ("industry.companies", "corroborated")

    def walk(node: dict) -> int:
        assert {"kind", "label", "children"} <= set(node)
        return 1 + sum(map(walk, node["children"]))

    assert walk(answer) > 10


def test_an_estimate_of_the_2025_edition_leads_to_its_table() -> None:
    run = almanac("explain", "industry.nvidia-paper-share", "--edition", EDITION)
    assert run.returncode == 0, run.stderr
    for words in (
        "chip-citations",
        "share of NVIDIA 2025",
        "table compute-index",
        "https://www.stateof.ai/compute",
    ):
        assert words in run.stdout


def test_an_unknown_claim_is_a_usage_error_that_names_the_nearest() -> None:
    run = almanac("explain", "industry.company", "--edition", CONSISTENT)
    assert run.returncode == 2
    assert run.stdout == ""
    assert "industry.companies" in run.stderr


def test_an_unknown_language_is_a_usage_error() -> None:
    assert almanac("explain", "industry.companies", "--edition", CONSISTENT, "--lang", "fr").returncode == 2


def test_bad_data_exits_with_3_and_prints_every_fault(tmp_path: Path) -> None:
    folder = copy_of_consistent(tmp_path)
    (folder / "sources.yaml").write_text("- id: [\n", "utf-8")
    (folder / "bounds.yaml").write_bytes(b"a: \0")
    run = almanac("explain", "industry.companies", "--edition", folder)
    assert run.returncode == 3
    assert run.stdout == ""
    assert "sources.yaml:2" in run.stderr
    assert "bounds.yaml:1" in run.stderr
