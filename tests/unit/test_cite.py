"""Citations: every title survives BibTeX, CSL-JSON has only what CSL knows, text is one line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.cite import Author, Reference, Style, bibtex, cite_claim, cite_edition, csl, one_line, text
from almanac.cite import _author as author
from almanac.errors import LedgerError
from almanac.period import Period
from bundles import small_ledger

LEDGER = small_ledger()
CSL_VARIABLES = {
    "id", "type", "title", "author", "container-title", "publisher", "issued", "URL", "version", "language", "note",
}  # fmt: skip
"""Those of the names in csl-data.json (Citation Style Language, schema 1.0.2) that we may write."""


def reference(**changes: object) -> Reference:
    made = Reference(
        key="k",
        title="A title",
        authors=(Author("Benaich", "Nathan"),),
        publisher="Air Street Capital",
        date=Period.parse("2025-10-09"),
        url="https://example.org/a",
        language="en",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


# ---- a reader of BibTeX ------------------------------------------------------------------------------------------


def entries(bib: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Type, key and raw fields of each entry: braces are counted as BibTeX counts them, backslash or no."""
    place = 0
    while match := re.compile(r"\s*@(\w+)\{([^,\s]+),").match(bib, place):
        fields, place = {}, match.end()
        while field := re.compile(r"\s*(\w+)\s*=\s*").match(bib, place):
            value, place = _value(bib, field.end())
            fields[field[1]] = value
            assert bib[place] == ","
            place += 1
        closing = re.compile(r"\s*\}").match(bib, place)
        assert closing, bib[place : place + 40]
        place = closing.end()
        yield match[1], match[2], fields
    assert not bib[place:].strip()


def _value(bib: str, start: int) -> tuple[str, int]:
    if bib[start] != "{":
        word = re.compile(r"\w+").match(bib, start)
        assert word
        return word[0], word.end()
    depth = 0
    for place in range(start, len(bib)):
        depth += {"{": 1, "}": -1}.get(bib[place], 0)
        if not depth:
            return bib[start + 1 : place], place + 1
    raise AssertionError("a brace is not closed")


def typeset(value: str) -> str:
    """What TeX prints for a field: commands become their signs, braces that group go."""
    commands = {"textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "textasciitilde": "~"}
    commands["textasciicircum"] = "^"
    pattern = re.compile(r"\\(text[a-z]+)\{\}|\\([&%$#_])|([{}])|(.)", re.DOTALL)
    return "".join(
        commands[found[1]] if found[1] else found[2] or ("" if found[3] else found[4])
        for found in pattern.finditer(value)
    )


@given(st.text())
def test_any_title_survives_bibtex(title: str) -> None:
    ((_, _, fields),) = entries(bibtex(reference(title=title, note=title, publisher=title)))
    assert typeset(fields["title"]) == one_line(title)
    assert typeset(fields.get("note", "")) == one_line(title)
    assert not re.search(r"(?<!\\)[&%$#_^~]", fields["title"])


@given(st.text(min_size=1), st.text())
def test_any_author_survives_bibtex(family: str, given_name: str) -> None:
    ((_, _, fields),) = entries(bibtex(reference(authors=(Author(family, given_name), Author("Second", "A.")))))
    first, _, second = fields["author"].rpartition(" and ")
    assert second == "Second, A."
    names = [family, given_name] if given_name else [family]
    assert typeset(first) == ", ".join(map(one_line, names))


def test_names_that_bibtex_would_split_stand_in_braces() -> None:
    assert "{Smith and Jones}" in bibtex(reference(authors=(Author("Smith and Jones"),)))
    assert "{Jones, Jr, Ann}" in bibtex(reference(authors=(Author("Jones, Jr", "Ann"),)))


@given(st.text())
def test_any_address_stays_within_its_field(url: str) -> None:
    ((_, _, fields),) = entries(bibtex(reference(url=f"https://example.org/{url}")))
    assert not set(fields["url"]) & set('{}\\ "<>^`|')
    assert fields["url"].isascii()


def test_a_percent_sign_in_an_address_is_left() -> None:
    assert "url          = {https://example.org/%E5%B9%B4?a=1&b=_#c}" in bibtex(
        reference(url="https://example.org/%E5%B9%B4?a=1&b=_#c")
    )


@pytest.mark.parametrize(
    ("period", "year", "month", "day", "parts"),
    [
        ("2025", "2025", None, None, [[2025]]),
        ("2025-09", "2025", "sep", None, [[2025, 9]]),
        ("2025-09-15", "2025", "sep", "15", [[2025, 9, 15]]),
        ("2025-Q1", "2025", None, None, [[2025, 1, 1], [2025, 3, 31]]),
        ("2024/2025", "2024", None, None, [[2024, 1, 1], [2025, 12, 31]]),
    ],
)
def test_a_date_is_as_precise_as_it_is_known(
    period: str, year: str, month: str | None, day: str | None, parts: list[list[int]]
) -> None:
    made = reference(date=Period.parse(period))
    ((_, _, fields),) = entries(bibtex(made))
    assert (fields["year"], fields.get("month"), fields.get("day")) == (year, month, day)
    assert csl(made)["issued"] == {"date-parts": parts}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Nathan Benaich", Author("Benaich", "Nathan")),
        ("Ludwig van Beethoven", Author("van Beethoven", "Ludwig")),
        ("Turing, Alan M.", Author("Turing", "Alan M.")),
        ("李飞飞", Author("李飞飞")),
        ("李 飞飞", Author("李 飞飞")),
        ("Émile Zola", Author("Zola", "Émile")),
        ("Aristotle", Author("Aristotle")),
        ("Office of Papers", Author("Office of Papers")),
    ],
)
def test_names_come_apart_where_they_can(name: str, expected: Author) -> None:
    assert author(name, "Office of Papers") == expected


# ---- what is cited -----------------------------------------------------------------------------------------------


def test_a_claim_is_cited_with_its_sources_and_the_report() -> None:
    found = list(entries(cite_claim(LEDGER, "politics.disputed", "bibtex")))
    assert [key for _, key, _ in found] == [
        "almanac-test:politics.disputed",
        "almanac-test:video",
        "almanac-test:podcast",
        "almanac-test:report",
    ]
    kind, _, fields = found[0]
    assert kind == "misc"
    assert fields["url"] == "https://example.org/test/en/claims/politics.disputed.html"
    assert (fields["year"], fields["month"], fields["day"]) == ("2025", "oct", "30")
    assert fields["version"] == "test"
    assert typeset(fields["title"]) == "It is $5.0 billion or $50 billion."
    assert fields["title"].startswith("{")
    assert "made from “report” by Report (CC-BY-4.0)" in fields["note"]
    assert "Video, “video”, 2025, line 1; Podcast" in fields["note"]


def test_the_report_s_authors_are_credited() -> None:
    report = replace(LEDGER.sources[LEDGER.edition.report], authors=("Nathan Benaich",), title="State of AI Report")
    credited = replace(LEDGER, sources={**LEDGER.sources, report.id: report})
    for style in Style:
        assert "Nathan Benaich, Report (CC-BY-4.0)" in cite_edition(credited, style)
    assert "author       = {Benaich, Nathan}" in cite_edition(credited, "bibtex")
    assert {"family": "Benaich", "given": "Nathan"} in json.loads(cite_edition(credited, "csl-json"))[1]["author"]


def test_csl_json_has_the_shape_that_citeproc_reads() -> None:
    items = json.loads(cite_claim(LEDGER, "politics.agreed", "csl-json"))
    assert [item["id"] for item in items] == [
        f"almanac-test:{n}" for n in ("politics.agreed", "video", "census", "report")
    ]
    for item in items:
        assert item["type"] == "webpage"
        assert set(item) <= CSL_VARIABLES
        assert all(isinstance(part, int) for parts in item["issued"]["date-parts"] for part in parts)
        assert all(set(name) in ({"literal"}, {"family", "given"}) for name in item["author"])
    assert items[0]["issued"] == {"date-parts": [[2025, 10, 30]]}
    assert items[0]["author"] == [{"literal": "The Almanac contributors"}]
    assert items[0]["container-title"] == "Almanac: words"


@pytest.mark.parametrize("claim", LEDGER.claims)
def test_text_is_one_line_that_ends_with_the_address(claim: str) -> None:
    line = cite_claim(LEDGER, claim, "text")
    assert line.splitlines() == [line]
    assert line.endswith(f" https://example.org/test/en/claims/{claim}.html")
    assert line.startswith("The Almanac contributors: “")


@given(st.text())
def test_text_is_one_line_whatever_the_title(title: str) -> None:
    line = text(reference(title=title))
    assert line.splitlines() == [line]


def test_the_edition_is_cited_as_of_its_own_date() -> None:
    moved = replace(LEDGER, edition=replace(LEDGER.edition, as_of=date(2031, 1, 2)))
    for style in Style:
        assert cite_edition(LEDGER, style) == cite_edition(LEDGER, style)
        assert cite_edition(LEDGER, style) != cite_edition(moved, style)
    assert "edition test, 2031-01-02" in cite_edition(moved, "text")


def test_what_does_not_exist_is_an_error() -> None:
    with pytest.raises(LedgerError, match=r"industry\.part"):
        cite_claim(LEDGER, "industry.parts", "text")
    with pytest.raises(ValueError, match="apa"):
        cite_edition(LEDGER, "apa")
