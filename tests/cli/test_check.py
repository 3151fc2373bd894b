"""almanac check, end to end."""

import json
from pathlib import Path

from commands import EDITION, almanac
from ledgers import CONSISTENT, copy_of_consistent

VERDICTS = {"refuted", "impossible", "disputed", "reproduced", "corroborated", "unchecked", "pending"}


def test_a_consistent_edition_exits_with_0_and_finds_nothing() -> None:
    run = almanac("check", CONSISTENT)
    assert run.returncode == 0, run.stderr
    assert run.stdout == "12 claims as of 2025-12-31: 1 corroborated, 10 unchecked, 1 pending.\n"
    assert run.stderr == ""


def test_the_2025_edition_exits_with_1_and_lists_the_worst_first() -> None:
    run = almanac("check", EDITION)
    assert run.returncode == 1, run.stderr
    listed = [line.split()[0] for line in run.stdout.splitlines() if line.split() and line.split()[0] in VERDICTS]
    order = ["refuted", "impossible", "disputed"]
    assert listed == sorted(listed, key=order.index)
    assert listed


def test_the_json_has_the_shape_that_other_programs_read() -> None:
    run = almanac("check", EDITION, "--json", "--power")
    answer = json.loads(run.stdout)
    assert set(answer) == {"edition", "as_of", "claims", "power"}
    assert {"overall", "by_chapter", "unguarded", "false_alarms"} <= set(answer["power"])
    for claim in answer["claims"]:
        assert set(claim) == {"id", "chapter", "keys", "verdict", "reasons"}
        assert claim["verdict"] in VERDICTS
        for reason in claim["reasons"]:
            assert {"check", "detail", "with", "suspect", "slip"} <= set(reason)


def test_without_power_the_json_says_null() -> None:
    assert json.loads(almanac("check", CONSISTENT, "--json").stdout)["power"] is None


def test_bad_data_exits_with_3_and_prints_every_fault(tmp_path: Path) -> None:
    folder = copy_of_consistent(tmp_path)
    (folder / "sources.yaml").write_text("- id: [\n", "utf-8")
    (folder / "bounds.yaml").write_bytes(b"a: \0")
    run = almanac("check", folder)
    assert run.returncode == 3
    assert run.stdout == ""
    assert f"{folder}/sources.yaml:" in run.stderr
    assert f"{folder}/bounds.yaml:1: text: found a NUL byte" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_folder_that_is_not_there_is_bad_data() -> None:
    run = almanac("check", "editions/1999")
    assert run.returncode == 3
    assert "Traceback" not in run.stderr


def test_an_unknown_option_is_a_usage_error() -> None:
    assert almanac("check", "--nonsense").returncode == 2
    assert almanac("check", CONSISTENT, "--lang", "fr").returncode == 2


def test_the_answer_can_be_had_in_chinese() -> None:
    run = almanac("check", EDITION, "--lang", "zh")
    assert "可能的差错" in run.stdout
