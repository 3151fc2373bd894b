"""A paper's year, arXiv id and DOI, from what its front page prints. Never a guess: what is not printed is None."""

from __future__ import annotations

import re
from dataclasses import dataclass

FRONT = 6_000
"""Characters that the first page has at most."""

EARLIEST, LATEST = 1950, 2099


@dataclass(frozen=True, slots=True)
class Front:
    """What a paper's metadata or first page tell of it."""

    year: int | None = None
    evidence: str = ""
    arxiv: str | None = None
    doi: str | None = None


_ARCHIVE = (
    r"(?:astro-ph|cond-mat|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|nlin|nucl-ex|nucl-th|physics|quant-ph|math|cs|q-bio|"
    r"q-fin|stat|chao-dyn|solv-int|alg-geom|cmp-lg|funct-an|q-alg|dg-ga)"
)
_ARXIV_NEW = r"(?:0[7-9]|[1-9]\d)(?:0[1-9]|1[0-2])\.\d{4,5}"
_ARXIV_OLD = rf"{_ARCHIVE}(?:\.[A-Z]{{2}})?/\d{{7}}"
_ARXIV_ID = re.compile(rf"(?<![\d.])(?:{_ARXIV_NEW}|{_ARXIV_OLD})(?:v\d+)?(?![\d.]*\d)")
_UNSLASHED = re.compile(rf"(?<![a-z-])({_ARCHIVE})[_.-]?(\d{{7}})(?:v\d+)?(?!\d)")
_STAMP = re.compile(rf"arXiv:\s?(?P<id>{_ARXIV_NEW}|{_ARXIV_OLD})(?:v\d+)?\s{{1,3}}\[[a-z-]+(?:\.[A-Za-z-]+)?\]")
"""What arXiv prints on the first page of its own papers: number, version and subject."""
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>{}|\\^`\[\]]+")
_DOI_SAID = ("doi.org/", "doi:", "doi: ", "doi ")

_YEAR = re.compile(r"(?:19[5-9]|20\d)\d(?<![\d.,/-]\d\d\d\d)(?!\d|[.,]\d)")
_VENUE = (
    r"ICLR|ICML|NeurIPS|NIPS|AAAI|IJCAI|CVPR|ICCV|ECCV|WACV|BMVC|ACL|EMNLP|NAACL|EACL|COLING|INTERSPEECH|ICASSP|KDD|"
    r"SIGIR|WWW|CoRL|ICRA|IROS|RSS|UAI|AISTATS|COLT|MIDL|MICCAI|TMLR|JuliaCon|ReScience|CHI|SIGGRAPH"
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_DAY = rf"(?:{_NTH}\s+{_MONTH},?|{_MONTH}(?:\s+{_NTH},?)?|\d{{1,2}}[./-]\d{{1,2}}[./-])"

_PRINTED = tuple(
    (words, re.compile(pattern + r"\Z", re.IGNORECASE if small else 0))
    for words, pattern, small in (
        (
            ("published", "accepted", "appear", "under review", "submitted", "presented"),
            r"\b(?:published|accepted|appears?|under review|submitted|presented)\b"
            r"[^.\n]{0,80}\b(?:as an?|at|to)\s[^.\n]{0,80}",
            True,
        ),
        (
            ("proceedings", "proc.", "conference", "symposium", "jmlr", "transactions"),
            r"\b(?:Proceedings of|Proc\. of|Conference on|Symposium on|JMLR|Transactions on)(?=\W)"
            r"[^\n]{0,100}(?:\n[^\n]{0,60})?",
            False,
        ),
        (
            ("published", "accepted", "received", "revised", "submitted"),
            rf"\b(?:published|accepted|received|revised|submitted)\b:?\s*(?:on\s|online\s)*{_DAY}\s*",
            True,
        ),
        (("©", "(c)", "copyright"), r"(?:©|\(c\)|copyright)[\s©,]*(?:\(c\)|by|the|authors?|[\s,©])*", True),
        (("",), rf"\b(?:{_VENUE})(?:[ ’'(]{{1,2}}|\d?\s?\()", False),
        (("",), rf"(?:\A|\n)\W{{0,9}}{_DAY}\s*", False),
    )
)
"""What stands before a year that is the paper's own, best first: where it was published, dates of its history,
copyright; then, worth less than an arXiv id, a venue's name alone and a date on a line of its own."""
_SURE = 4
"""How many of these are worth more than an arXiv id."""
_BEFORE = 160
"""How far before a year these words are looked for."""


def arxiv_id(text: str) -> str | None:
    """The arXiv id that a field or a file's name holds, without its version."""
    found = _ARXIV_ID.search(text)
    if found:
        return re.sub(r"v\d+$", "", found[0])
    found = _UNSLASHED.search(text)  # in names of files, which hold no slash
    return f"{found[1]}/{found[2]}" if found else None


def year_of_arxiv(identity: str) -> int | None:
    """The year in which an arXiv id was given: 2301.01234 in 2023, hep-th/9901001 in 1999."""
    digits = identity.rsplit("/", 1)[-1][:2]
    if not digits.isdecimal():
        return None
    return int(digits) + (1900 if int(digits) > 90 else 2000)


def look(text: str, doc_id: str, known: Front) -> Front:
    """What the front page of `text` and the document's name tell, where `known` does not tell it already."""
    page = text[:FRONT]
    stamp = _STAMP.search(page)
    named = arxiv_id(doc_id)
    arxiv = known.arxiv or (stamp["id"] if stamp else None) or named
    doi = known.doi or _doi(page)
    year, evidence = known.year, known.evidence
    if year is None:
        rank, year, evidence = _printed(page)
        if arxiv and rank >= _SURE and (of_id := year_of_arxiv(arxiv)):
            where = " in the document's name" if arxiv == named and not stamp else ""
            year, evidence = of_id, f"arXiv id {arxiv}{where}"
    if year is None or not EARLIEST <= year <= LATEST:
        year, evidence = None, ""
    return Front(year, evidence, arxiv, doi)


def _doi(page: str) -> str | None:
    """The first DOI that says it is one."""
    if "10." in page:
        for found in _DOI.finditer(page):
            if page[max(0, found.start() - 8) : found.start()].lower().endswith(_DOI_SAID):
                return found[0].rstrip(".,;)")
    return None


def _printed(page: str) -> tuple[int, int | None, str]:
    """The year that the first page prints as the paper's own, and how sure that is: 0 is best.

    Years in citations have no such words before them. Looking for a word is cheap and matching a pattern is not, so
    patterns are tried only behind their words.
    """
    rank: int = len(_PRINTED)
    year: int | None = None
    evidence = ""
    for found in _YEAR.finditer(page):
        before = page[max(0, found.start() - _BEFORE) : found.start()]
        small = before.lower()
        for better, (words, pattern) in enumerate(_PRINTED[:rank]):
            near = before if better < _SURE else before[-40:]
            if any(word in small for word in words) and (match := pattern.search(near)):
                rank, year = better, int(found[0])
                evidence = f'printed: "{" ".join((match[0] + found[0]).split())[-120:]}"'
                break
    return rank, year, evidence
