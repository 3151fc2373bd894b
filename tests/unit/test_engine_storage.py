"""The bytes behind paths and addresses, lists of them, and the Parquet file at the end."""

from __future__ import annotations

import builtins
import contextlib
import json
import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import enginereaders
from almanac.engine import (
    EngineError,
    Grouping,
    Here,
    Input,
    Processes,
    StorageError,
    lines,
    listing,
    merge,
    open_bytes,
    read_list,
    run,
    to_parquet,
)
from almanac.engine.shard import REPEATED, cut
from almanac.engine.storage import LOOP, stamped


class Quiet(SimpleHTTPRequestHandler):
    """A server of a folder that counts what is fetched, and for endless.bin never stops."""

    fetched: list[str]

    def log_message(self, format: str, *arguments: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.fetched.append(self.path)
        if self.path != "/endless.bin":
            super().do_GET()
            return
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            while True:
                self.wfile.write(bytes(65_536))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path, list[str]]]:
    """The address of a server on the loopback, the folder it serves, and what was fetched."""
    pytest.importorskip("fsspec")
    folder, fetched = tmp_path / "served", list[str]()
    folder.mkdir()
    handler = type("Handler", (Quiet,), {"fetched": fetched})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}", folder, fetched
        httpd.shutdown()


@pytest.fixture
def memory() -> Iterator[Any]:
    fsspec = pytest.importorskip("fsspec")
    filesystem = fsspec.filesystem("memory")
    yield filesystem
    filesystem.rm("/", recursive=True)


def test_a_path_is_opened(tmp_path: Path) -> None:
    (tmp_path / "a b.txt").write_bytes(b"text")
    assert open_bytes(str(tmp_path / "a b.txt")) == b"text"
    assert open_bytes(f"file://{tmp_path}/a%20b.txt") == b"text"


def test_what_cannot_be_opened_says_so(tmp_path: Path) -> None:
    for source, found in ((tmp_path / "none", "nothing"), (tmp_path, "a folder or device"), ("/dev/zero", "device")):
        with pytest.raises(StorageError, match=found):
            open_bytes(str(source))


def test_no_more_than_the_limit_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert open_bytes(str(tmp_path / "a"), limit=5) == b"12345"
    with pytest.raises(StorageError, match="more than 4 bytes"):
        open_bytes(str(tmp_path / "a"), limit=4)


def test_an_address_is_opened(server: tuple[str, Path, list[str]]) -> None:
    address, folder, _ = server
    (folder / "a.txt").write_bytes(b"x" * 300_000)
    assert open_bytes(f"{address}/a.txt") == b"x" * 300_000
    with pytest.raises(StorageError, match=r"none.txt: file: found nothing"):
        open_bytes(f"{address}/none.txt")


def test_an_endless_answer_is_cut_off(server: tuple[str, Path, list[str]]) -> None:
    with pytest.raises(StorageError, match="more than 1,000,000 bytes"):
        open_bytes(f"{server[0]}/endless.bin", limit=1_000_000)


def test_nobody_at_the_address(server: tuple[str, Path, list[str]]) -> None:
    with pytest.raises(StorageError, match=r"127\.0\.0\.1:9/"):
        open_bytes("http://127.0.0.1:9/a")


def test_other_storage_is_opened_and_listed(memory: Any) -> None:
    memory.pipe("/papers/a/1.txt", b"one")
    memory.pipe("/papers/b.txt", b"two!")
    found = list(listing("memory://papers"))
    assert [(each.source, each.size) for each in found] == [
        ("memory:///papers/a/1.txt", 3),
        ("memory:///papers/b.txt", 4),
    ]
    assert [open_bytes(each.source) for each in found] == [b"one", b"two!"]
    with pytest.raises(StorageError, match="nothing"):
        list(listing("memory://elsewhere"))


@pytest.mark.parametrize(
    "address",
    ["filecache::http://h/a", "github://a:b@/c", "zip://x::http://h/y", "python://os", "memory://a::http://h/b"],
)
def test_only_storage_is_opened(address: str) -> None:
    with pytest.raises(StorageError, match="one of abfs"):
        open_bytes(address)


def test_without_fsspec_an_address_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "fsspec":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(StorageError, match=r"almanac-report\[cloud\]"):
        open_bytes("https://example.org/a")


def test_a_mirror_stands_in_for_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "m" / "example.org" / "a").mkdir(parents=True)
    (tmp_path / "m" / "example.org" / "a" / "b.txt?v=1").write_bytes(b"mirrored")
    (tmp_path / "secret").write_bytes(b"no")
    monkeypatch.setenv("ALMANAC_MIRROR", str(tmp_path / "m"))
    assert open_bytes("https://example.org/a/b.txt?v=1") == b"mirrored"
    assert [each.source for each in listing("https://example.org/a")] == ["https://example.org/a/b.txt?v=1"]
    [each] = stamped(["https://example.org/a/b.txt?v=1"])
    assert each.size == 8
    with pytest.raises(StorageError, match="found nothing"):
        open_bytes("s3://bucket/none")
    for address in ("https://example.org/../../secret", "https://../secret", "https:///secret"):
        with pytest.raises(StorageError, match=r"without \.\."):
            open_bytes(address)


def test_workers_see_the_mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bucket").mkdir()
    (tmp_path / "bucket" / "a").write_bytes(b"12")
    monkeypatch.setenv("ALMANAC_MIRROR", str(tmp_path))
    result = run(enginereaders.size, ["s3://bucket/a", "s3://bucket/b"], tmp_path / "run", key="1", engine=Processes(1))
    assert (result.read, result.failed) == (1, 1)
    assert json.loads(next(lines(tmp_path / "run")))["bytes"] == 2


def test_an_address_is_read_again_when_it_has_changed(server: tuple[str, Path, list[str]], tmp_path: Path) -> None:
    address, folder, fetched = server
    for number in range(3):
        (folder / f"{number}.txt").write_bytes(b"x" * number)
    inputs = [f"{address}/{number}.txt" for number in range(4)]

    def once() -> tuple[int, int]:
        result = run(enginereaders.size, inputs, tmp_path / "run", key="1", engine=Here(), grouping=Grouping(1, 1))
        return result.read, result.failed

    assert once() == (3, 1)
    fetched.clear()
    assert once() == (3, 1)
    assert set(fetched) == {"/3.txt"}  # whether it is there by now
    (folder / "1.txt").write_bytes(b"changed")
    assert once() == (3, 1)
    assert [path for path in fetched if path != "/3.txt"] == ["/1.txt"]


# folders and lists


def test_a_folder_is_listed_in_order_and_through_links(tmp_path: Path) -> None:
    (tmp_path / "b" / "deep").mkdir(parents=True)
    (tmp_path / "b" / "deep" / "2").touch()
    (tmp_path / "a").touch()
    (tmp_path / "c").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "deep" / "up").symlink_to(tmp_path)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    found = [(each.source.removeprefix(f"{tmp_path}/"), each.skip) for each in listing(str(tmp_path))]
    assert found == [
        ("a", ""),
        ("b/deep/2", ""),
        ("b/deep/up", LOOP),
        ("c/deep/2", ""),
        ("c/deep/up", LOOP),
        ("gone", ""),
    ]
    with pytest.raises(StorageError, match="nothing"):
        list(listing(str(tmp_path / "nowhere")))


def test_what_is_not_there_keeps_its_place(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"123")
    found = list(stamped([str(tmp_path / "a"), str(tmp_path / "b"), Input("c", 7, "stamp")]))
    assert [(each.size, bool(each.stamp)) for each in found] == [(3, True), (0, True), (7, True)]


def test_a_list_gives_its_paths(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes("\ufeff# papers\n\n a.pdf \r\n/b/c.tex\nhttps://h/d\n论文.pdf".encode())
    assert list(read_list(tmp_path / "list.txt")) == [
        f"{tmp_path}/a.pdf", "/b/c.tex", "https://h/d", f"{tmp_path}/论文.pdf",
    ]  # fmt: skip


def test_a_list_reports_every_fault(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(b"good\n\xff\na\x00b\n" + b"x" * 10_000 + b"\ngopher://h/a\ngood\n")
    with pytest.raises(StorageError) as caught:
        list(read_list(tmp_path / "list.txt"))
    assert [fault.line for fault in caught.value.faults] == [2, 3, 4, 5]
    with pytest.raises(StorageError, match="nothing"):
        list(read_list(tmp_path / "none.txt"))


# shards


NAMES = st.lists(st.text("ab/.", min_size=1, max_size=3), max_size=60)


@given(NAMES, st.integers(1, 8), st.integers(1, 8), st.integers(1, 50))
def test_shards_hold_every_input_once_and_in_order(names: list[str], mean: int, count: int, size: int) -> None:
    shards = list(cut((Input(name, 5, "1") for name in names), "key", Grouping(mean, count, size)))
    flat = [each for shard in shards for each in shard.inputs]
    assert [each.source for each in flat] == names
    paths = [os.path.normpath(name) for name in names]
    assert [each.skip == REPEATED for each in flat] == [path in paths[:place] for place, path in enumerate(paths)]
    assert all(0 < len(shard.inputs) <= count for shard in shards)
    assert all(5 * (len(shard.inputs) - 1) < size for shard in shards)


def test_a_shard_is_called_by_all_that_its_result_depends_on() -> None:
    base = Input("a", 1, "stamp")
    others = [Input("b", 1, "stamp"), Input("a", 2, "stamp"), Input("a", 1, "other"), Input("a", 1, "stamp", "skip")]
    names = {shard.name for each in (base, *others) for shard in cut([each], "key", Grouping())}
    names |= {shard.name for shard in cut([base], "another key", Grouping())}
    assert len(names) == 6


# Parquet

SCHEMA = {
    "source": pl.String(),
    "outcome": pl.String(),
    "hash": pl.String(),
    "名": pl.String(),
    "used": pl.List(pl.Struct({"model": pl.String(), "count": pl.Int64()})),
}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.fixed_dictionaries({"source": st.text(st.characters(codec="utf-8"))}, optional={
    "outcome": st.sampled_from(["read", "failed"]),
    "used": st.lists(st.fixed_dictionaries({"model": st.text("ab"), "count": st.none() | st.integers(0, 9)}), max_size=3),
    "left out": st.integers(),
})))  # fmt: skip
def test_parquet_holds_what_the_lines_hold(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (tmp_path / "a.jsonl").write_text(text, "utf-8", newline="")
    assert to_parquet(tmp_path / "a.jsonl", tmp_path / "a.parquet", SCHEMA) == len(records)
    back = pl.read_parquet(tmp_path / "a.parquet").to_dicts()
    assert back == [{name: record.get(name) for name in SCHEMA} for record in records]


def test_parquet_of_a_run_is_the_same_twice(tmp_path: Path) -> None:
    inputs = [*(f"fine-{number}" for number in range(3_000)), "raise-1", os.fsdecode(b"fine-\xff")]
    for name in ("a", "b"):
        run(enginereaders.read, inputs, tmp_path / name, key="1", engine=Here())
        merge(tmp_path / name, tmp_path / f"{name}.jsonl")
        assert to_parquet(tmp_path / f"{name}.jsonl", tmp_path / f"{name}.parquet", SCHEMA) == 3_002
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_a_record_that_does_not_fit_the_columns(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"source": "a", "used": []}\n{"source": "b", "used": 5}\n')
    with pytest.raises(EngineError, match="does not fit"):
        to_parquet(tmp_path / "a.jsonl", tmp_path / "a.parquet", SCHEMA)
    assert not list(tmp_path.glob("*.part*"))
