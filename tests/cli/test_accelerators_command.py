"""almanac accelerators, end to end."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from typer.testing import CliRunner, Result

from almanac.cli import app
from almanac.papers.catalogue import catalogue
from commands import almanac


def ask(*arguments: str) -> Result:
    """`almanac accelerators ARGUMENTS…`, in this process."""
    return CliRunner().invoke(app, ["accelerators", *arguments])


def test_one_accelerator_is_shown_in_full() -> None:
    run = almanac("accelerators", "A100 80GB")
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    lines = run.stdout.splitlines()
    assert lines[0] == "NVIDIA A100  (nvidia/a100)"
    for part in ("memory        40/80 GB", "power         400 W", "fp16 312 TFLOP/s", "int8 624 TOP/s", "AWS p4d: 24xlarge 8",
                 "Perlmutter: 4 a node", "DGX A100: 8 in one", "source        NVIDIA, A100 Tensor Core GPU datasheet, 2021"):  # fmt: skip
        assert part in run.stdout


def test_an_ambiguous_name_says_what_else_it_means_and_what_must_stand_near() -> None:
    run = ask("T4")
    assert "T4 (also: bacteriophage T4" in run.stdout
    assert "counts beside: its maker's name;" in run.stdout


def test_words_may_be_given_apart() -> None:
    assert ask("A100", "80GB").stdout == ask("A100 80GB").stdout


def test_several_are_listed_in_columns() -> None:
    run = ask("--vendor", "groq")
    assert run.exit_code == 0
    assert run.stdout.splitlines() == [
        "key            family  year  memory   power  peak",
        "groq/lpu       LPU",
        "groq/groqchip  LPU     2020  0.23 GB  215 W  188 TFLOP/s fp16",
    ]


def test_without_words_all_are_listed() -> None:
    assert ask().stdout.count("\n") == 1 + len(catalogue().accelerators)


def test_json_has_every_fact_and_null_for_the_unknown() -> None:
    run = ask("--family", "tpu", "--year", "2018", "--json")
    (chip,) = json.loads(run.stdout)
    assert chip["key"] == "google/tpu-v3"
    assert chip["memory_gb"] == [32.0]
    assert chip["peak_tflops"] == {"bf16": 123.0}
    assert {"text": "TPU v3", "exact": False, "ambiguous": None, "beside": []} in chip["aliases"]
    (family,) = json.loads(ask("groq/lpu", "--json").stdout)[:1]
    assert (family["model"], family["power_w"], family["year"]) == (None, None, None)


def test_csv_has_one_row_a_chip() -> None:
    run = ask("--vendor", "Cerebras", "--csv")
    rows = list(csv.DictReader(io.StringIO(run.stdout)))
    assert [row["key"] for row in rows] == ["cerebras/wse", "cerebras/wse-1", "cerebras/wse-2", "cerebras/wse-3"]
    assert rows[0]["power_w"] == ""
    assert json.loads(rows[1]["memory_gb"]) == [18.0]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(["RTX 3O90"], "rtx 3090"), (["--vendor", "Nvida"], "nvidia"), (["--family", "Gefroce"], "geforce"), (["--year", "1999"], "fits"),
     (["--json", "--csv"], "exclude")],
)  # fmt: skip
def test_what_finds_nothing_is_a_usage_error_that_helps(arguments: list[str], complaint: str) -> None:
    run = ask(*arguments)
    assert run.exit_code == 2
    assert run.stdout == ""
    assert complaint in re.sub(r"[│\s]+", " ", run.stderr)
