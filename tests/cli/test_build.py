"""almanac build, verify and serve, end to end."""

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from commands import EDITION, REPOSITORY, almanac
from ledgers import CONSISTENT, copy_of_consistent


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("published") / "2025"
    run = almanac("build", EDITION, "--out", out)
    assert run.returncode == 0, run.stderr
    return out


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The consistent edition, published: quicker to recompute. The tour verifies that of 2025."""
    out = tmp_path_factory.mktemp("published") / "small"
    assert almanac("build", CONSISTENT, "--out", out).returncode == 0
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_bytes_twice(built: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert almanac("build", EDITION, "--out", again).returncode == 0
    assert contents(built) == contents(again)


def test_the_second_build_has_nothing_to_do(built: Path) -> None:
    run = almanac("build", EDITION, "--out", built)
    assert "already up to date" in run.stdout
    assert run.stdout.splitlines()[-1] == f"Open {built / 'index.html'}"


def test_a_published_edition_verifies(small: Path) -> None:
    run = almanac("verify", small)
    assert run.returncode == 0, run.stderr + run.stdout


def test_verify_finds_a_changed_a_missing_and_an_added_file(built: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(built, copy)
    (copy / "index.html").write_text("changed", "utf-8")
    (copy / "data" / "claims.csv").unlink()
    (copy / "added.txt").write_text("x", "utf-8")
    run = almanac("verify", copy)
    assert run.returncode == 1
    for name in ("index.html", "data/claims.csv", "added.txt"):
        assert name in run.stderr


def test_verify_recomputes_and_does_not_only_compare_hashes(small: Path, tmp_path: Path) -> None:
    """Someone who changes a verdict and its hash is caught by the arithmetic."""
    import hashlib
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(small, copy)
    verdicts = (copy / "data" / "check.json").read_text("utf-8")
    answer = verdicts.replace('"unchecked"', '"corroborated"')
    assert answer != verdicts
    (copy / "data" / "check.json").write_text(answer, "utf-8")
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    manifest["files"]["data/check.json"] = hashlib.sha256(answer.encode()).hexdigest()
    (copy / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    run = almanac("verify", copy)
    assert run.returncode == 1
    assert "data/check.json: recomputed" in run.stderr


def test_a_build_that_fails_leaves_the_old_one_alone(tmp_path: Path) -> None:
    folder, out = copy_of_consistent(tmp_path), tmp_path / "out"
    assert almanac("build", folder, "--out", out).returncode == 0
    before = contents(out)
    (folder / "claims" / "industry.yaml").write_text("- id: [", "utf-8")
    assert almanac("build", folder, "--out", out).returncode == 3
    assert contents(out) == before
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_folder_with_other_files_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious", "utf-8")
    run = almanac("build", CONSISTENT, "--out", tmp_path)
    assert run.returncode == 3
    assert (tmp_path / "mine.txt").read_text("utf-8") == "precious"


def test_the_edition_is_never_built_into_itself(tmp_path: Path) -> None:
    folder = copy_of_consistent(tmp_path)
    assert almanac("build", folder, "--out", folder / "out").returncode == 3
    assert almanac("build", folder, "--out", tmp_path).returncode == 3


def test_serve_answers_on_the_loopback_address(built: Path) -> None:
    command = [sys.executable, "-m", "almanac", "serve", str(built), "--port", "0"]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            address = re.match(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
            assert address
            with urllib.request.urlopen(address[0], timeout=10) as page:
                assert page.headers["X-Content-Type-Options"] == "nosniff"
                assert b"<html" in page.read()
        finally:
            server.terminate()


def test_serve_wants_a_built_edition(tmp_path: Path) -> None:
    assert almanac("serve", tmp_path).returncode == 3
