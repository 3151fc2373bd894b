"""Speed of the extraction on text, beside what people use to look for words, in one run on one core.

    .venv/bin/python benchmarks/compute_index.py >benchmarks/results/compute_index.md

Needs the corpus of papers (../shared/data/papers or $ALMANAC_SHARED). ripgrep, spaCy and flashtext are measured where they
are installed and named as absent where not. All look for the same names, the catalogue's spellings; only the pipeline also
decides what they mean and reads the amounts. Processor time of this process (ripgrep: its own), the best of several rounds.
"""

from __future__ import annotations

import gzip
import importlib
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from almanac.papers.catalogue import catalogue
from almanac.papers.formats import parse_papers
from almanac.papers.mentions import scanner
from almanac.papers.paper import Paper
from almanac.papers.usage import decide

ROOT = Path(__file__).parents[1]
DOCS = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data" / "papers" / "docs"
ROUNDS = 3
SLOW = 40
"""Documents for what is a thousand times slower: enough to tell."""


def texts() -> list[tuple[str, bytes]]:
    """The plain texts of the corpus: of PDFs and of OpenReview."""
    paths = sorted([*(DOCS / "pdf").iterdir(), *(DOCS / "txt").iterdir()])
    return [(path.name.removesuffix(".gz"), gzip.decompress(path.read_bytes())) for path in paths]


def names() -> list[str]:
    """Every spelling of every accelerator, with blanks for its separators."""
    return sorted({alias.text for chip in catalogue().accelerators for alias in chip.aliases})


def best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The least processor time that `work` took, in seconds."""
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def of_children(command: Sequence[str]) -> float:
    """Processor time of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ripgrep(folder: str, wanted: Path) -> Iterator[tuple[str, float | None]]:
    if not shutil.which("rg"):
        yield "ripgrep", None
        return
    common = ["rg", "--no-config", "--threads", "1", "--count", "--no-messages"]
    loose = wanted.with_name("regex")
    loose.write_text("\n".join(re.escape(name).replace("\\ ", "[ _-]?") for name in names()), encoding="utf-8")
    yield "ripgrep -c -F -i", min(of_children([*common, "-i", "-F", "-f", str(wanted), folder]) for _ in range(ROUNDS))
    yield (
        "ripgrep -c -i -e (separators free)",
        min(
            of_children([*common, "-i", "--dfa-size-limit", "1G", "--regex-size-limit", "1G", "-f", str(loose), folder])
            for _ in range(ROUNDS)
        ),
    )


def plain_re(documents: Sequence[str]) -> None:
    pattern = re.compile("|".join(sorted((re.escape(name) for name in names()), key=len, reverse=True)), re.I)
    for text in documents:
        pattern.findall(text)


def flashtext(documents: Sequence[str]) -> None:
    processor = importlib.import_module("flashtext").KeywordProcessor()
    for name in names():
        processor.add_keyword(name)
    for text in documents:
        processor.extract_keywords(text)


def spacy(documents: Sequence[str]) -> None:
    language = importlib.import_module("spacy").blank("en")
    language.max_length = 10**7
    matcher = importlib.import_module("spacy.matcher").PhraseMatcher(language.vocab, attr="LOWER")
    matcher.add("chip", [language.make_doc(name) for name in names()])
    for text in documents:
        matcher(language.make_doc(text))


def installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def main() -> None:
    documents = texts()
    size = sum(len(data) for _, data in documents) / 1e6
    papers = [p for name, data in documents for p in parse_papers(data, name) if isinstance(p, Paper)]
    held = sum(len(p.text.encode()) for p in papers) / 1e6
    data = [p.text.encode() for p in papers]
    scan = scanner()
    memory = best(lambda: [bytes(bytearray(each)) for each in data])
    rows: list[tuple[str, float | None, float]] = [
        (
            "whole pipeline: bytes to decisions",
            best(lambda: [decide(p) for n, d in documents for p in parse_papers(d, n)]),
            size,
        ),
        ("reading alone: bytes to papers", best(lambda: [list(parse_papers(d, n)) for n, d in documents]), size),
        ("papers to decisions", best(lambda: [decide(p) for p in papers]), held),
        ("papers to names", best(lambda: [scan.mentions(p.text) for p in papers]), held),
        ("matcher alone (Hyperscan, with its callbacks)", best(lambda: [scan.hits(each) for each in data]), held),
        ("two copies in memory: the limit", memory, held),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for number, each in enumerate(data):
            (Path(folder) / f"{number}.txt").write_bytes(each)
        wanted = Path(folder).parent / f"{Path(folder).name}.names"
        wanted.write_text("\n".join(names()), encoding="utf-8")
        rows += [(name, taken, held) for name, taken in ripgrep(folder, wanted)]
        wanted.unlink()
    few = [p.text for p in papers[:: len(papers) // SLOW]]
    little = sum(len(text.encode()) for text in few) / 1e6
    rows.append((f"re, one alternation ({len(few)} papers)", best(lambda: plain_re(few), 1), little))
    for name, module, work in (("flashtext", "flashtext", flashtext), ("spaCy PhraseMatcher, blank", "spacy", spacy)):
        taken = best(lambda work=work: work(few), 1) if installed(module) else None
        rows.append((f"{name} ({len(few)} papers)", taken, little))
    print("# Speed of the extraction on text\n")
    print(
        f"{len(documents)} texts, {size:.0f} MB; {len(names()):,} spellings. Python {sys.version.split()[0]}, one core.\n"
    )
    whole = size / rows[0][1]
    print("| what | MB/s | the pipeline is |\n|---|---:|---|")
    for name, taken, amount in rows:
        if taken is None:
            print(f"| {name} | not installed here | |")
        else:
            print(f"| {name} | {amount / taken:,.3g} | {whole / (amount / taken):.2g} times as fast |")
    year = 2100 / whole / 2
    print(f"\nA year of papers, 2.1 GB of text, takes two cores {year:.0f} s at this rate.")


if __name__ == "__main__":
    main()
