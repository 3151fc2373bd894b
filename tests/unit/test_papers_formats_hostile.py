"""Files that mean harm, or are broken: each is named, and nothing beside it is lost."""

import gzip
import io
import os
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

import paperfiles as files
from almanac.papers.formats import LIMITS, Limits, parse_papers, read_papers, walk
from almanac.papers.paper import Paper, Unread

SMALL = Limits(document=200_000, ratio_from=50_000)
GOOD = b"A good paper of plain words."


def refused(data: bytes, name: str = "x", limits: Limits = LIMITS) -> Unread:
    (found,) = parse_papers(data, name, limits=limits)
    assert isinstance(found, Unread), found
    return found


def beside(data: bytes, limits: Limits = LIMITS) -> list[Unread]:
    """What is named when the file stands in an archive between two good ones, which must both be read."""
    found = list(parse_papers(files.tar({"a.txt": GOOD, "bad": data, "z.txt": GOOD}), "all", limits=limits))
    assert [p.doc_id for p in found if isinstance(p, Paper)] == ["a", "z"]
    return [p for p in found if isinstance(p, Unread)]


LAUGHS = b'<!DOCTYPE article [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
) + b"]><article><body><p>&j;</p></body></article>"  # fmt: skip


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (LAUGHS, "entities of its own"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><article><p>&x;</p></article>', "entities of its own"),
        (
            b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://x.invalid/">%x;]><article><p>a</p></article>',
            "entities of its own",
        ),
        (b"<article><body>" + b"<sec>" * 5_000, "not well-formed"),
        (b"<article><body>" + b"<sec>" * 5_000 + b"a" + b"</sec>" * 5_000 + b"</body></article>", "not well-formed"),
        (b"<article><body><p>cut off", "not well-formed"),
        (b'{"content": ' + b"[" * 200_000, "JSON"),
        (b'{"content": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "deep"),
        (b'{"content": "cut', "not JSON"),
        (b'{"a": 1}', "no known schema"),
        (b"", "empty"),
        (b" \n\t\n", "blanks"),
        (bytes(range(256)) * 40, "binary"),
        (b"%PDF-1.5 nothing", "not a PDF"),
        (files.pdf(""), "no text"),
        (files.pdf("some words here")[:300], "not a PDF"),
        (gzip.compress(GOOD, mtime=0)[:-12], "broken"),
        (b"\x1f\x8b\x08\0junk", "broken"),
        (b"PK\x03\x04junk", "broken"),
        (b"\xfd7zXZ\0junk", "broken"),
        (files.tar({"x": GOOD}, mode="w")[:520], "broken"),
        (gzip.compress(b"0" * 10_000_000, mtime=0), "bomb"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_bad_documents_are_named_and_cost_nothing_else(data: bytes, reason: str) -> None:
    assert reason in refused(data).reason
    if data[:2] != b"\x1f\x8b" or reason != "x":
        named = beside(data)
        assert len(named) == 1
        assert named[0].source.startswith("all!bad")
        assert reason in named[0].reason
        assert not named[0].skipped


def test_html_entities_and_depth() -> None:
    (found,) = parse_papers(b"<!doctype html>" + b"<div>" * 100_000 + b"words", "x")
    assert isinstance(found, Paper | Unread)


def test_an_encrypted_pdf_says_so() -> None:
    key = "<" + "00" * 32 + ">"
    encrypt = f"/Encrypt<</Filter/Standard/V 1/R 2/O{key}/U{key}/P -1>>/ID[<00><00>]"
    assert "password" in refused(files.pdf("words", trailer=encrypt)).reason


def test_a_pdf_that_loops_costs_one_file() -> None:
    limits = Limits(pdf_seconds=1.0)
    assert "not read within 1 seconds" in refused(files.looping_pdf(), limits=limits).reason
    (found,) = parse_papers(files.pdf("some words"), "x", limits=limits)
    assert isinstance(found, Paper)


def test_a_pdf_that_eats_memory_costs_one_file() -> None:
    limits = Limits(pdf_memory=300_000_000)
    assert "too much memory" in refused(files.hungry_pdf(400_000_000), limits=limits).reason
    (found,) = parse_papers(files.pdf("some words"), "x", limits=limits)
    assert isinstance(found, Paper)


def test_too_many_pages_are_refused() -> None:
    assert "4 pages" in refused(files.pdf("a b", "c", "d", "e"), limits=Limits(pages=3)).reason


def test_members_that_lead_outside_are_named() -> None:
    data = files.tar(
        {"../up.txt": GOOD, "/abs.txt": GOOD, "a/../../up.txt": GOOD, "good.txt": GOOD},
        files.link("link.txt", "/etc/passwd"),
        files.link("hard.txt", "good.txt", tarfile.LNKTYPE),
        files.link("pipe", "", tarfile.FIFOTYPE),
    )
    found = list(parse_papers(data, "t"))
    assert [p.doc_id for p in found if isinstance(p, Paper)] == ["good"]
    assert {p.source: p.skipped for p in found if isinstance(p, Unread)} == {
        "t!../up.txt": False, "t!/abs.txt": False, "t!a/../../up.txt": False,
        "t!link.txt": True, "t!hard.txt": True, "t!pipe": True,
    }  # fmt: skip


def test_zip_links_bombs_and_passwords_are_named() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good.txt", GOOD)
        archive.writestr("../up.txt", GOOD)
        archive.writestr("bomb.txt", b"0" * 150_000)
        archive.writestr("large.txt", os.urandom(250_000))
        info = zipfile.ZipInfo("link")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    found = list(parse_papers(out.getvalue(), "z", limits=SMALL))
    assert [p.doc_id for p in found if isinstance(p, Paper)] == ["good"]
    reasons = {p.source[2:]: p.reason for p in found if isinstance(p, Unread)}
    assert set(reasons) == {"../up.txt", "bomb.txt", "large.txt", "link"}
    assert "bomb" in reasons["bomb.txt"]
    assert "more than 200,000 bytes" in reasons["large.txt"]


def test_a_zip_that_lies_about_sizes_is_named() -> None:
    data = bytearray(files.zipped({"a.txt": GOOD * 100}))
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = struct.pack("<I", 10)
    found = list(parse_papers(bytes(data), "z"))
    assert len(found) == 1


def test_archives_in_archives_end() -> None:
    data = GOOD
    for depth in range(4):
        data = files.zipped({f"{depth}.zip" if depth else "x.txt": data})
    assert "archive within archives" in refused(data, "outer.zip").reason


def test_an_endless_line_is_refused_in_bounded_memory() -> None:
    assert "bomb" in refused(gzip.compress(b" " * 50_000_000), "line.txt.gz").reason
    random = os.urandom(300_000).hex().encode()
    assert "more than 200,000 bytes" in refused(random, limits=SMALL).reason
    assert "a line of more than" in refused(b'{"content": "' + random + b'"}\n{}', limits=SMALL).reason


def test_a_long_json_lines_file_is_read_line_by_line() -> None:
    line = b'{"content": "%s"}\n' % (b"some words " * 1_000)
    found = list(parse_papers(line * 40, "x.jsonl", limits=SMALL))
    assert len(found) == 40
    assert all(isinstance(p, Paper) for p in found)


def test_bytes_that_are_no_utf8_are_replaced_and_read() -> None:
    (found,) = parse_papers(b"caf\xe9 on a V100 \0 card", "x")
    assert isinstance(found, Paper)
    assert found.text == "caf� on a V100 � card"


def test_macros_and_inclusions_that_grow_are_refused() -> None:
    macros = b"".join(rb"\newcommand{\%c}{%s}" % (98 + n, rb"\%c" % (97 + n) * 20) for n in range(5))
    data = (
        rb"\documentclass{a}\newcommand{\a}{haha}"
        + macros
        + rb"\begin{document}\section{x}"
        + rb"\f " * 20_000
        + rb"\end{document}"
    )
    (found,) = parse_papers(data, "x.tex", limits=Limits(characters=1_000_000))
    assert isinstance(found, Unread) or len(found.text) < 1_000_000
    twice = {f"{n}.tex": rb"\input{%d}\input{%d} words words" % (n + 1, n + 1) for n in range(30)}
    twice["main.tex"] = rb"\documentclass{a}\begin{document}\section{x}\input{0}\end{document}"
    found_all = list(parse_papers(files.tar(twice), "t.tar.gz", limits=Limits(characters=10_000)))
    assert not any(isinstance(p, Paper) and len(p.text) > 10_000 for p in found_all)


def test_cycles_pipes_and_missing_paths(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "p.txt").write_bytes(GOOD)
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe")
    found = list(walk([tmp_path]))
    assert [p.name for p in found if isinstance(p, Path)] == ["p.txt"]
    assert {Path(p.source).name: p.skipped for p in found if isinstance(p, Unread)} == {
        "loop": True, "gone": False, "pipe": True,
    }  # fmt: skip
    assert "a link back to a folder above" in {p.reason for p in found if isinstance(p, Unread)}
    (pipe,) = read_papers(tmp_path / "pipe")
    (gone,) = read_papers(tmp_path / "gone")
    (odd,) = read_papers("nul\0byte")
    assert isinstance(pipe, Unread)
    assert pipe.skipped
    assert isinstance(gone, Unread)
    assert not gone.skipped
    assert isinstance(odd, Unread)


@pytest.mark.parametrize("text", ["[" * 50_000, "\\cite{" * 30_000, "{" * 50_000, "$" * 50_000, "<sup>" * 30_000, "*" * 50_000,
                                  "|" * 50_000 + "\n|", "# a\n" * 20_000, "\\footnote{" * 20_000, "-\n" * 50_000, "a-\n" * 50_000,
                                  "\\begin{tabular}" * 5_000, "\\begin{verbatim}" * 5_000, "[a](" * 30_000, "\\newcommand{" * 5_000,
                                  "!" * 50_000 + "[" * 9, "<" * 50_000, "\n\n" * 50_000 + "x", "% \n" * 30_000, "\\item[" * 10_000, "published " * 5_000 + "2019 " * 900])  # fmt: skip
def test_no_pattern_takes_long_over_repetition(text: str) -> None:
    """Regular expressions that go back over what they have read take minutes over such texts."""
    import time

    start = time.process_time()
    for head in (
        "",
        "\\documentclass{a}\\begin{document}\n",
        "# Abstract\n## 1 Introduction\n[a](b) **c**\n### Results\n",
    ):
        list(parse_papers((head + text).encode(), "x"))
    assert time.process_time() - start < 5
