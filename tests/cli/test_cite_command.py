"""almanac cite, end to end."""

import json
from pathlib import Path

import pytest

from commands import EDITION, almanac
from ledgers import CONSISTENT, copy_of_consistent


def test_a_claim_is_cited_in_one_line() -> None:
    run = almanac("cite", "industry.companies", "--edition", CONSISTENT)
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("\n") == 1
    assert run.stdout.endswith("https://example.org/consistent/en/claims/industry.companies.html\n")
    assert run.stderr == ""


@pytest.mark.parametrize("word", ["edition", "consistent"])
def test_the_word_edition_and_its_id_cite_the_whole(word: str) -> None:
    run = almanac("cite", word, "--edition", CONSISTENT, "--style", "bibtex")
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("@misc{almanac-consistent,\n")


def test_csl_json_can_be_piped_into_another_program() -> None:
    run = almanac("cite", "politics.act-signed", "--edition", CONSISTENT, "--style", "csl-json")
    assert [item["id"] for item in json.loads(run.stdout)] == [
        "almanac-consistent:politics.act-signed",
        "almanac-consistent:orchard-video",
        "almanac-consistent:orchard-report",
    ]


def test_the_2025_edition_credits_the_report() -> None:
    run = almanac("cite", "edition")
    assert run.returncode == 0, run.stderr
    assert "“State of AI Report 2025” by Nathan Benaich, Air Street Capital (CC-BY-4.0)" in run.stdout
    assert run.stdout == almanac("cite", "2025", "--edition", EDITION).stdout


def test_an_unknown_claim_is_a_usage_error_that_names_the_nearest() -> None:
    run = almanac("cite", "industry.company", "--edition", CONSISTENT)
    assert run.returncode == 2
    assert run.stdout == ""
    assert "industry.companies" in run.stderr


def test_an_unknown_style_is_a_usage_error() -> None:
    assert almanac("cite", "edition", "--edition", CONSISTENT, "--style", "apa").returncode == 2


def test_bad_data_exits_with_3(tmp_path: Path) -> None:
    folder = copy_of_consistent(tmp_path)
    (folder / "sources.yaml").write_text("- id: [\n", "utf-8")
    run = almanac("cite", "edition", "--edition", folder)
    assert run.returncode == 3
    assert run.stdout == ""
    assert "sources.yaml:2" in run.stderr
