"""Coverage-guided fuzzing of the readers of papers with atheris. Run by hand, not in CI:

    python3 -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install atheris
    mkdir -p /tmp/corpus
    PYTHONPATH=src:.venv/lib/python3.11/site-packages /tmp/fuzz/bin/python tests/fuzz/readers.py text /tmp/corpus SEEDS -max_total_time=300

The first argument is a reader (text, markdown, latex, jats, tei, html, records, recognise) or `all`, which is
`parse_papers` with everything but PDF; SEEDS is a folder of small documents to start from. The others are libFuzzer's. A finding is whatever raises, a
section or anchor that does not fit its text, or an input that takes longer than `-timeout`.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["almanac.papers"]):
    from almanac.papers.formats import html, jats, latex, markdown, parse_papers, plaintext, records, tei
    from almanac.papers.formats.limits import Limits, Refused
    from almanac.papers.formats.recognise import recognise
    from almanac.papers.paper import Paper

LIMITS = Limits(document=1_000_000, characters=2_000_000, pdf_seconds=5)

READERS = {
    "text": plaintext.read,
    "markdown": markdown.read,
    "latex": latex.read,
    "jats": jats.read,
    "tei": tei.read,
    "html": html.read,
    "records": lambda data, name, limits: records.read(records.load(data), name, limits, line=True),
    "recognise": lambda data, name, limits: [recognise(data, name)][:0],
    "all": lambda data, name, limits: [] if b"%PDF" in data else parse_papers(data, name, limits=limits),
}


def check(paper: Paper) -> None:
    """What holds of every paper."""
    end = 0
    for section in paper.sections:
        if not end <= section.start < section.end <= len(paper.text):
            raise AssertionError(f"a section that does not fit: {section}")
        end = section.end
    starts = [anchor.start for anchor in paper.anchors]
    if not starts or starts[0] or starts != sorted(starts):
        raise AssertionError(f"anchors out of order: {paper.anchors}")


def main() -> None:
    reader = READERS[sys.argv.pop(1)]

    def one(data: bytes) -> None:
        try:
            for found in reader(data, "x", LIMITS):
                if isinstance(found, Paper):
                    check(found)
        except Refused:
            pass

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
