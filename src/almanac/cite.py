"""Citing: the edition, or one claim with its sources, as BibTeX, CSL-JSON or a line of text.

A citation says what was said as of a date that the edition itself carries; no clock is asked, so the same edition is
cited in the same bytes for ever. Whoever is cited for a claim, its sources and the report are credited with it.
"""

from __future__ import annotations

import calendar
import json
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from almanac.claim import Claim, Statement
from almanac.figure import Language
from almanac.ledger import Ledger
from almanac.period import Period
from almanac.source import Source
from almanac.telling import sentence

_FIRST_HAN = "\u2e80"
"""The first sign of Unicode's East Asian blocks, in whose names the family comes first."""

CONTRIBUTORS = "The Almanac contributors"


class Style(StrEnum):
    """How a citation is written."""

    BIBTEX = "bibtex"
    CSL_JSON = "csl-json"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Author:
    """Whom to credit: a person by family and given name, or, where `given` is empty, a name that stays whole."""

    family: str
    given: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """One thing that is cited. `container` is the larger work it stands in, `note` what else a reader must know."""

    key: str
    title: str
    authors: tuple[Author, ...]
    publisher: str
    date: Period
    url: str
    language: str
    container: str = ""
    version: str = ""
    note: str = ""


def cite_edition(ledger: Ledger, style: Style | str) -> str:
    """The citation of the edition; BibTeX and CSL-JSON also cite the report that it checks.

    Raises ValueError for a style that does not exist.
    """
    edition = _edition(ledger)
    return _written((edition, _source(ledger, _report(ledger))), edition, style)


def cite_claim(ledger: Ledger, claim_id: str, style: Style | str) -> str:
    """The citation of one claim, at its permanent address; BibTeX and CSL-JSON also cite its sources and the report.

    Raises LedgerError for a claim that does not exist, ValueError for a style that does not.
    """
    claim = ledger.claim(claim_id)
    cited = _claim(ledger, claim)
    sources = dict.fromkeys([*(said.source for said in claim.statements), ledger.edition.report])
    return _written((cited, *(_source(ledger, ledger.sources[source]) for source in sources)), cited, style)


def claim_url(ledger: Ledger, claim_id: str, language: Language = "en") -> str:
    """Where the claim stands on the published site, for good."""
    return f"{ledger.edition.base_url}/{language}/claims/{claim_id}.html"


def _written(references: Sequence[Reference], first: Reference, style: Style | str) -> str:
    match Style(style):
        case Style.BIBTEX:
            return "\n\n".join(map(bibtex, references))
        case Style.CSL_JSON:
            return json.dumps([csl(reference) for reference in references], ensure_ascii=False, indent=2)
        case Style.TEXT:
            return text(first)


# ---- what is cited ---------------------------------------------------------------------------------------------


def _edition(ledger: Ledger) -> Reference:
    edition = ledger.edition
    return Reference(
        key=f"almanac-{edition.id}",
        title=f"Almanac: {edition.title['en']}",
        authors=(Author(CONTRIBUTORS),),
        publisher="Almanac",
        date=Period(edition.as_of, edition.as_of),
        url=f"{edition.base_url}/",
        language="en",
        version=edition.id,
        note=f"Licence {edition.licence}; {_credit(ledger)}",
    )


def _claim(ledger: Ledger, claim: Claim) -> Reference:
    edition = _edition(ledger)
    said = "; ".join(_said(ledger, statement) for statement in claim.statements)
    return Reference(
        key=f"{edition.key}:{claim.id}",
        title=sentence(claim, "en"),
        authors=edition.authors,
        publisher=edition.publisher,
        date=edition.date,
        url=claim_url(ledger, claim.id),
        language="en",
        container=edition.title,
        version=edition.version,
        note=f"Claim {claim.id}, as stated by {said}. {edition.note}",
    )


def _said(ledger: Ledger, statement: Statement) -> str:
    source = ledger.sources[statement.source]
    return f"{source.publisher}, “{source.title}”, {source.date}, {statement.locator}"


def _report(ledger: Ledger) -> Source:
    return ledger.sources[ledger.edition.report]


def _credit(ledger: Ledger) -> str:
    """Whose report the edition is made from, in the words that its licence asks for."""
    report, edition = _report(ledger), ledger.edition
    authors = ", ".join(report.authors)
    by = f"{authors}, {edition.publisher}" if authors else edition.publisher
    return f"made from “{report.title}” by {by} ({edition.report_licence})"


def _source(ledger: Ledger, source: Source) -> Reference:
    return Reference(
        key=f"almanac-{ledger.edition.id}:{source.id}",
        title=source.title,
        authors=tuple(_author(name, source.publisher) for name in source.authors) or (Author(source.publisher),),
        publisher=source.publisher,
        date=source.date,
        url=source.url,
        language=source.language,
        note=f"Licence: {source.licence}",
    )


def _author(name: str, publisher: str) -> Author:
    """A person's name in two parts. The publisher itself, and a name of one word or in Chinese, stays whole."""
    words = name.split()
    if name == publisher or len(words) < 2 or name[0] >= _FIRST_HAN:
        return Author(name)
    if words[0].endswith(","):
        return Author(words[0][:-1], " ".join(words[1:]))
    family = next((place for place, word in enumerate(words[1:-1], 1) if word.islower()), len(words) - 1)
    return Author(" ".join(words[family:]), " ".join(words[:family]))


# ---- BibTeX ----------------------------------------------------------------------------------------------------

_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # not \{: BibTeX counts the braces of a field and minds no backslash
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}
_URL = frozenset(string.ascii_letters + string.digits + "%/:?#[]@!$&'()*+,;=~-._")
_MONTHS = tuple(name.lower() for name in calendar.month_abbr)  # BibTeX's macros: jan, feb, …


def bibtex(reference: Reference) -> str:
    """The reference as an entry that both BibTeX and biblatex read: @misc, whose url is taken as it stands."""
    start = reference.date.start
    month = _MONTHS[start.month] if _digits(reference.date) > 1 else ""
    day = f"{{{start.day}}}" if _digits(reference.date) > 2 else ""
    fields = {
        "author": f"{{{' and '.join(map(_bibtex_name, reference.authors))}}}",
        "title": f"{{{{{tex(reference.title)}}}}}",
        "howpublished": _braced(reference.container),
        "publisher": _braced(reference.publisher),
        "year": f"{{{start.year}}}",
        "month": month,
        "day": day,
        "version": _braced(reference.version),
        "url": f"{{{_address(reference.url)}}}",
        "language": _braced({"en": "english", "zh": "chinese"}[reference.language]),
        "note": _braced(reference.note),
    }
    lines = [f"  {name:<12} = {value}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{reference.key},", *lines, "}"])


def tex(words: str) -> str:
    """Words as TeX prints them: what TeX takes for commands is escaped, everything else stays as it is.

    >>> tex("R&D: 50% of {AI}")
    'R\\\\&D: 50\\\\% of \\\\textbraceleft{}AI\\\\textbraceright{}'
    """
    return "".join(_TEX.get(sign, sign) for sign in one_line(words))


def _braced(words: str) -> str:
    return f"{{{tex(words)}}}" if words else ""


def _bibtex_name(author: Author) -> str:
    """ "Family, Given"; a name that is whole, or that holds a comma or an "and", in braces of its own."""
    parts = [author.family, author.given] if author.given else [author.family]
    whole = not author.given or any(re.search(r",|\band\b", part) for part in parts)
    written = ", ".join(map(tex, parts))
    return f"{{{written}}}" if whole else written


def _address(url: str) -> str:
    """A URL with the signs that would end the field, or that no URL may hold, as %XX; what it escapes itself stays."""
    return "".join(sign if sign in _URL else _escaped(sign) for sign in one_line(url))


def _escaped(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode())


# ---- CSL-JSON --------------------------------------------------------------------------------------------------


def csl(reference: Reference) -> dict[str, Any]:
    """The reference as an item of CSL-JSON, the format of Zotero, Pandoc and citeproc."""
    item = {
        "id": reference.key,
        "type": "webpage",
        "title": one_line(reference.title),
        "author": [_csl_name(author) for author in reference.authors],
        "container-title": one_line(reference.container),
        "publisher": one_line(reference.publisher),
        "issued": {"date-parts": _date_parts(reference.date)},
        "URL": reference.url,
        "version": reference.version,
        "language": reference.language,
        "note": one_line(reference.note),
    }
    return {name: value for name, value in item.items() if value}


def _csl_name(author: Author) -> dict[str, str]:
    return {"family": author.family, "given": author.given} if author.given else {"literal": author.family}


def _date_parts(period: Period) -> list[list[int]]:
    """The period as CSL writes it: a day, a month, a year, or the first and the last day of anything else."""
    digits = _digits(period)
    ends = [period.start] if digits else [period.start, period.end]
    return [[day.year, day.month, day.day][: digits or 3] for day in ends]


def _digits(period: Period) -> int:
    """How many of year, month, day the period fixes: 1, 2 or 3; 0 for one that is no whole year, month or day."""
    return {4: 1, 7: 2, 10: 3}.get(len(str(period)), 0) if re.fullmatch(r"[\d-]+", str(period)) else 0


# ---- text ------------------------------------------------------------------------------------------------------


def text(reference: Reference) -> str:
    """The reference in one line, which ends with its address."""
    names = ", ".join(f"{author.given} {author.family}".strip() for author in reference.authors)
    edition = reference.version and f"edition {reference.version}"
    where = ", ".join(filter(None, (reference.container, edition, str(reference.date))))
    return one_line(f"{names}: “{_unstopped(reference.title)}”, {where}. {reference.note}. {reference.url}")


def _unstopped(title: str) -> str:
    return title.removesuffix(".").removesuffix("。")


def one_line(words: str) -> str:
    """Words on one line: line ends and tabs are spaces, other control characters are left out.

    >>> one_line("two\\n lines")
    'two lines'
    """
    spaced = re.sub(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029 ]+", " ", words)
    return "".join(sign for sign in spaced if not _control(sign)).strip(" ")


def _control(sign: str) -> bool:
    return ord(sign) < 0x20 or 0x7F <= ord(sign) < 0xA0
