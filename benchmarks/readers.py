"""Readers of papers beside the bare libraries they stand on, and MB/s of text and Markdown.

    python benchmarks/readers.py [PAPERS]      writes benchmarks/results/readers.md

PAPERS is a folder of papers as `../shared/data/papers`. Both sides of a ratio read the same bytes from memory, in turn,
and the least of several rounds counts. For PDF it is time on the clock, since half of the work is a child's.
"""

from __future__ import annotations

import gzip
import platform
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pypdfium2
from lxml import etree

from almanac.papers.formats import LIMITS, parse_papers
from almanac.papers.paper import Paper

ROUNDS = 7
RESULTS = Path(__file__).parent / "results" / "readers.md"

Document = tuple[str, bytes]


def documents(folder: Path, most: int = 400) -> list[Document]:
    """The documents of a folder, unpacked."""
    paths = sorted(p for p in folder.iterdir() if p.is_file())[:most]
    return [
        (p.name.removesuffix(".gz"), gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes())
        for p in paths
    ]


def ours(files: Iterable[Document]) -> int:
    return sum(
        len(found.text)
        for name, data in files
        for found in parse_papers(data, name, limits=LIMITS)
        if isinstance(found, Paper)
    )


def bare_pdf(files: Iterable[Document]) -> int:
    count = 0
    for _, data in files:
        for page in pypdfium2.PdfDocument(data):
            count += len(page.get_textpage().get_text_range())
    return count


def bare_xml(files: Iterable[Document]) -> int:
    return sum(len("".join(etree.fromstring(data).itertext())) for _, data in files)


def bare_text(files: Iterable[Document]) -> int:
    return sum(len(data.decode("utf-8", "replace")) for _, data in files)


def least(works: dict[str, Callable[[], int]], clock: Callable[[], float]) -> dict[str, float]:
    """Seconds of each work, the least of several rounds taken in turn."""
    best = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = clock()
            work()
            best[name] = min(best[name], clock() - start)
    return best


def main(root: Path) -> None:
    raw = documents(root / "raw")
    tei = [
        (name, data.replace(b"xml:id=", b"id=")) for name, data in documents(root / "docs" / "tei")
    ]  # else lxml refuses them
    sets: list[tuple[str, list[Document], Callable[[Iterable[Document]], int], str, Callable[[], float]]] = [
        ("PDF", [d for d in raw if d[0].endswith(".pdf")], bare_pdf, "pypdfium2", time.perf_counter),
        ("JATS", documents(root / "docs" / "jats"), bare_xml, "lxml fromstring + itertext", time.process_time),
        ("TEI", tei, bare_xml, "lxml fromstring + itertext", time.process_time),
        ("Markdown", documents(root / "docs" / "md"), bare_text, "bytes.decode", time.process_time),
        ("plain text (txt)", documents(root / "docs" / "txt"), bare_text, "bytes.decode", time.process_time),
        ("plain text (of PDFs)", documents(root / "docs" / "pdf"), bare_text, "bytes.decode", time.process_time),
        ("LaTeX", documents(root / "docs" / "tex"), bare_text, "bytes.decode", time.process_time),
    ]
    lines = ["# Readers of papers", "", f"`python benchmarks/readers.py`, least of {ROUNDS} rounds, CPython {platform.python_version()}, one core.", "",
             "| format | files | MB | reader s | reader MB/s | ms per MB | bare | bare s | ratio |", "|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for name, files, bare, library, clock in sets:
        size = sum(len(data) for _, data in files) / 1e6
        took = least(
            {"ours": lambda files=files: ours(files), "bare": lambda files=files, bare=bare: bare(files)}, clock
        )  # type: ignore[misc]
        lines.append(f"| {name} | {len(files)} | {size:.1f} | {took['ours']:.2f} | {size / took['ours']:.0f} | {1000 * took['ours'] / size:.1f} "
                     f"| {library} | {took['bare']:.3f} | {took['ours'] / took['bare']:.2f} |")  # fmt: skip
        print(lines[-1], file=sys.stderr)
    RESULTS.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/papers"))
