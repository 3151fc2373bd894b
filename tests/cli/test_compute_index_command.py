"""almanac measure compute-index PATH…: documents in, papers.jsonl and an index out."""

from __future__ import annotations

import gzip
import json
import tarfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import polars as pl
import pytest

from commands import almanac

A100 = "We trained the model on 8 NVIDIA A100 GPUs for 3 days. " + "Words of a paper. " * 60
TPU = "All models were trained on a TPU v3-32 slice. " + "Words of a paper. " * 60
NONE = "We study the T4 phage in culture. " + "Words of a paper. " * 60


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "one.txt").write_text(A100, encoding="utf-8")
    (folder / "sub").mkdir()
    with gzip.open(folder / "sub" / "two.v1.md.gz", "wt", encoding="utf-8") as file:
        file.write(f"# A title\n\n{TPU}\n")
    (folder / "three.tex").write_text(
        "\\documentclass{article}\\begin{document}" + NONE + "% 4 V100 GPUs\n\\end{document}\n", encoding="utf-8"
    )
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    (folder / "empty.txt").write_bytes(b"")
    with tarfile.open(folder / "archive.tar.gz", "w:gz") as archive:
        archive.add(folder / "one.txt", arcname="four.txt")
    return folder


@pytest.fixture(scope="module")
def measured(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    run = almanac(
        "measure", "compute-index", corpus, "--out", out, "--as-of", "2026-01-01", "--json", "--engine", "here"
    )
    return run, out


def papers(out: Path) -> dict[str, dict]:
    rows = map(json.loads, (out / "papers.jsonl").read_text("utf-8").splitlines())
    return {row["doc_id"]: row for row in rows}


def test_papers_jsonl_has_an_object_for_each_document(measured):
    run, out = measured
    assert run.returncode == 0
    found = papers(out)
    assert set(found) == {"one", "two.v1", "three", "four", "broken", "empty"}
    (use,) = found["one"]["used"]
    assert {name: use[name] for name in ("vendor", "family", "model", "count", "hours", "device_hours", "role")} == {
        "vendor": "NVIDIA", "family": "Data Center", "model": "A100", "count": 8, "hours": 72, "device_hours": None,
        "role": "training",
    }  # fmt: skip
    assert found["two.v1"]["used"][0]["count_unit"] == "cores"
    assert found["three"]["none"]
    assert found["broken"]["outcome"] == found["empty"]["outcome"] == "failed"


def test_the_account_balances_and_is_told(measured):
    run, out = measured
    assert "documents: 6 in = 4 read + 0 skipped + 2 failed, from 6 files" in run.stderr
    account = json.loads((out / "account.json").read_text("utf-8"))
    assert account["in"] == account["read"] + account["skipped"] + account["failed"] == 6
    answer = json.loads(run.stdout)
    assert answer["account"] == {**answer["account"], "in": 6, "used": 4, "failed": 2}


def test_the_index_counts_what_was_found(measured):
    run, _ = measured
    estimates = {(e["name"], e["subject"]): e for e in json.loads(run.stdout)["estimates"]}
    assert estimates["papers", "NVIDIA"]["value"] == 2
    assert estimates["papers_known", "all"]["value"] == 3
    assert estimates["papers_read", "all"]["value"] == 4


def test_tables_are_written_as_parquet_and_csv(measured):
    _, out = measured
    assert pl.read_parquet(out / "papers.parquet").height == 6
    assert pl.read_parquet(out / "uses.parquet")["model"].to_list().count("A100") == 2
    assert (out / "shares.csv").is_file()
    assert (out / "charts").is_dir()


@pytest.mark.parametrize("more", [("--engine", "local", "--workers", "1"), ("--engine", "local", "--workers", "2")])
def test_the_same_bytes_however_it_is_run(corpus, measured, tmp_path, more):
    _, out = measured
    run = almanac("measure", "compute-index", corpus, "--out", tmp_path, "--as-of", "2026-01-01", *more)
    assert run.returncode == 0
    for name in ("papers.jsonl", "papers.parquet", "uses.parquet", "account.json"):
        assert (tmp_path / name).read_bytes() == (out / name).read_bytes(), name


def test_a_run_goes_on_where_it_was(corpus, measured, tmp_path):
    given = ("measure", "compute-index", corpus, "--out", tmp_path, "--as-of", "2026-01-01", "--engine", "here")
    assert almanac(*given).returncode == 0
    shards = {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*") if path.is_file()}
    assert almanac(*given).returncode == 0
    kept = [path for path, time in shards.items() if path.is_file() and path.stat().st_mtime_ns == time]
    assert kept
    assert (tmp_path / "papers.jsonl").read_bytes() == (measured[1] / "papers.jsonl").read_bytes()


def test_explain_shows_the_words_and_the_points(corpus):
    run = almanac("measure", "compute-index", corpus / "one.txt", "--explain")
    assert run.returncode == 0
    assert "used: NVIDIA A100 · 8 devices · 72 hours · training" in run.stdout
    assert "“We trained the model on 8 NVIDIA A100 GPUs for 3 days.”" in run.stdout
    assert "+1.5 the authors speak of themselves" in run.stdout
    nothing = almanac("measure", "compute-index", corpus / "three.tex", "--explain")
    assert "no use of an accelerator is stated" in nothing.stdout
    assert "no chips: T4" in nothing.stdout


def test_a_list_of_paths_and_a_path_that_is_not_there(corpus, tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_text(f"{corpus / 'one.txt'}\n{corpus / 'gone.txt'}\n", encoding="utf-8")
    run = almanac("measure", "compute-index", f"@{listed}", "--engine", "here", "--as-of", "2026-01-01", "--json")
    assert "2 in = 1 read + 0 skipped + 1 failed" in run.stderr
    assert "there is no such file" in run.stderr


def test_labels_give_the_index_its_corrections(corpus, tmp_path):
    labels = tmp_path / "labels.jsonl"
    rows = [
        {"doc_id": "one", "used": [{"vendor": "NVIDIA", "model": "A100"}]},
        {"doc_id": "two.v1", "used": [{"vendor": "Google", "model": "TPU v3"}]},
        {"doc_id": "three", "used": []},
    ]
    labels.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    given = (
        "measure",
        "compute-index",
        corpus,
        "--labels",
        labels,
        "--as-of",
        "2026-01-01",
        "--engine",
        "here",
        "--json",
    )
    run = almanac(*given, "--seed", "1")
    estimates = {(e["name"], e["subject"]): e for e in json.loads(run.stdout)["estimates"]}
    assert estimates["sensitivity", "vendor NVIDIA"]["value"] == 100
    labels.write_text('{"doc_id": "one"}\nnot json\n', encoding="utf-8")
    run = almanac(*given)
    assert run.returncode == 3
    assert "labels.jsonl:1" in run.stderr
    assert "labels.jsonl:2" in run.stderr


def test_an_engine_that_does_not_exist_is_a_fault_of_usage(corpus):
    run = almanac("measure", "compute-index", corpus, "--engine", "abacus")
    assert run.returncode == 2
    assert "one of local, here, ray" in run.stderr


def test_only_documents_can_be_explained():
    run = almanac("measure", "chip-citations", "--explain")
    assert run.returncode == 2
    assert "compute-index, and documents" in run.stderr


def test_documents_at_addresses_are_read_like_files(corpus, tmp_path):
    handler = partial(SimpleHTTPRequestHandler, directory=str(corpus))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        listed = tmp_path / "list.txt"
        listed.write_text(f"{address}/one.txt\n{address}/sub/two.v1.md.gz\n{address}/gone.txt\n", encoding="utf-8")
        out = tmp_path / "out"
        run = almanac(
            "measure", "compute-index", f"@{listed}", "--out", out, "--engine", "here", "--as-of", "2026-01-01"
        )
        server.shutdown()
    assert run.returncode == 0, run.stderr
    assert "3 in = 2 read + 0 skipped + 1 failed" in run.stderr
    found = papers(out)
    assert [use["model"] for use in found["one"]["used"]] == ["A100"]
    assert [use["model"] for use in found["two.v1"]["used"]] == ["TPU v3"]


def test_a_mirror_stands_in_for_addresses(corpus, tmp_path, monkeypatch):
    (tmp_path / "papers.example").mkdir()
    (tmp_path / "papers.example" / "one.txt").write_text(A100, encoding="utf-8")
    monkeypatch.setenv("ALMANAC_MIRROR", str(tmp_path))
    run = almanac(
        "measure", "compute-index", "https://papers.example/one.txt", "--engine", "here", "--as-of", "2026-01-01"
    )
    assert "1 in = 1 read" in run.stderr
