"""The site: every page of the 2025 edition read back, and a small edition whose words mean harm."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from almanac import telling
from almanac.checks import check
from almanac.checks.wording import shown
from almanac.claim import Claim, ClaimId
from almanac.edition import package, site
from almanac.edition.bundle import Bundle, assemble
from almanac.edition.prose import Figure, Paragraph, Prose, Text
from almanac.edition.site.environment import HERE, POLICY, environment
from almanac.edition.site.relations import Relations
from almanac.edition.site.strips import LEAST, strip
from almanac.edition.site.structured import RATINGS, json_ld
from almanac.edition.site.views import View
from almanac.edition.wording import DOWNLOADS, LANGUAGES, WORDS, filled, missing
from almanac.figure import render, render_period
from almanac.period import Period
from almanac.quantity import INFINITY, Interval, Quantity, exact
from almanac.units import unit
from almanac.verdict import Verdict
from bundles import HARM
from bundles import bundle as small_bundle
from htmlpages import HtmlPage, read_page, read_pages
from ledgers import claim, identity, ledger

EDITION = Path(__file__).parents[2] / "editions" / "2025"
LIMIT = 300_000
"""Bytes of a page with its style sheet and scripts, charts aside."""


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return assemble(EDITION)


@pytest.fixture(scope="module")
def files(bundle: Bundle) -> dict[str, bytes]:
    return {**site.render(bundle), **package.render(bundle)}


@pytest.fixture(scope="module")
def pages(files: dict[str, bytes]) -> dict[str, HtmlPage]:
    return read_pages(files)


def hostile() -> Bundle:
    """The small edition, with prose, and without the instrument that nobody registered."""
    made = small_bundle()
    words = {
        chapter: {
            language: Prose(chapter, language, HARM, (Paragraph((Text(HARM), Figure(ClaimId("industry.harm")))),))
            for language in LANGUAGES
        }
        for chapter in made.ledger.chapters
    }
    forecasts = tuple(replace(f, source_of_truth={"en": HARM, "zh": HARM}) for f in made.ledger.forecasts)
    changed = replace(made.ledger, forecasts=forecasts)
    return replace(made, results={}, prose=words, ledger=changed, report=check(changed, power=True))


# ---- every page of the edition -----------------------------------------------------------------------------------


def test_every_link_and_fragment_leads_somewhere(pages: dict[str, HtmlPage], files: dict[str, bytes]) -> None:
    broken = Counter()
    for page in pages.values():
        for link in page.links:
            path, _, fragment = link.partition("#")
            if path not in files or (fragment and path in pages and fragment not in pages[path].ids):
                broken[link] += 1
    assert not broken


def test_every_page_is_well_formed_and_names_itself(pages: dict[str, HtmlPage]) -> None:
    wrong = []
    for page in pages.values():
        problems = [*page.faults, *(f"id {name} twice" for name, n in Counter(page.ids).items() if n > 1)]
        counted = {tag: len(page.all(tag)) for tag in ("h1", "main", "title")}
        problems += [f"{n} of <{tag}>" for tag, n in counted.items() if n != 1]
        language = page.all("html")[0].language
        if language != LANGUAGES.get(page.name.partition("/")[0], "en"):
            problems.append(f"language {language}")
        if not all(element.attributes["content"].strip() for element in page.all("meta", name="description")):
            problems.append("no description")
        wrong += [(page.name, problem) for problem in problems]
    assert not wrong


def test_nothing_runs_or_loads_that_the_policy_forbids(pages: dict[str, HtmlPage]) -> None:
    wrong = []
    for page in pages.values():
        policies = [e.attributes["content"] for e in page.all("meta", http_equiv="Content-Security-Policy")]
        if policies != [POLICY]:
            wrong.append((page.name, "policy", str(policies)))
        for element in page.elements:
            inline = element.tag == "style" or (element.tag == "script" and "src" not in element.attributes)
            if inline and element.attributes.get("type") != "application/ld+json":
                wrong.append((page.name, element.tag, element.text[:40]))
            wrong += [
                (page.name, name, value)
                for name, value in element.attributes.items()
                if name == "style" or name.startswith("on") or value.strip().lower().startswith("javascript:")
            ]
            loads = element.attributes.get("src") or (
                element.attributes.get("href", "") if element.attributes.get("rel") in ("stylesheet", "icon") else ""
            )
            if re.match(r"[a-z]+:|//", loads):
                wrong.append((page.name, element.tag, loads))
    assert not wrong


def test_the_numbers_on_the_pages_are_the_ledgers(pages: dict[str, HtmlPage], bundle: Bundle) -> None:
    wrong, seen = [], set()
    for page in pages.values():
        language = page.name.partition("/")[0]
        for element in page.all(data_figure=""):
            name = ClaimId(element.attributes["data-claim"])
            seen.add((language, name))
            expected = _figure(bundle.ledger.claims[name], language)
            if element.text != expected:
                wrong.append((page.name, name, element.text, expected))
    assert not wrong
    bound = {(lang, c.id) for lang in LANGUAGES for c in bundle.ledger if c.quantity is not None}
    assert seen == bound


def _figure(one: Claim, language: str) -> str:
    """The figure of a claim, by another way than the site's."""
    quantity = one.quantity
    assert quantity is not None
    if any(not a.meets(b) for a, b in combinations(one.quantities, 2)):
        assert one.unit is not None
        said = dict.fromkeys(render(each, language) for each in one.quantities)  # type: ignore[arg-type]
        return {"en": " or ", "zh": "或"}[language].join(said)
    if one.unit is None:
        days = [value for value in one.values if isinstance(value, Period)]
        if len(set(days)) == 1:
            return render_period(days[0], language)  # type: ignore[arg-type]
        return shown(quantity, language)
    return render(quantity, language)  # type: ignore[arg-type]


def test_every_page_is_there_in_every_language(pages: dict[str, HtmlPage], bundle: Bundle) -> None:
    by_language = {
        language: {name.removeprefix(f"{language}/") for name in pages if name.startswith(f"{language}/")}
        for language in LANGUAGES
    }
    assert by_language["en"] == by_language["zh"]
    assert {f"claims/{name}.html" for name in bundle.ledger.claims} <= by_language["en"]
    for page in pages.values():
        for switch in page.all("a", data_language=""):
            other = page.resolved(switch.attributes["href"])
            assert other.partition("/")[2] == page.name.partition("/")[2]
            assert other != page.name


def test_chinese_pages_speak_chinese(pages: dict[str, HtmlPage]) -> None:
    for name in ("zh/failed.html", "zh/method.html", "zh/claims/index.html", "zh/data.html"):
        for element in pages[name].all("h2"):
            assert re.search(r"[\u4e00-\u9fff]", element.text), (name, element.text)


def test_what_a_source_prints_bears_its_language(pages: dict[str, HtmlPage], bundle: Bundle) -> None:
    for one in bundle.ledger:
        for language in LANGUAGES:
            quotes = {(q.text, q.language) for q in pages[f"{language}/claims/{one.id}.html"].all("q")}
            printed = {
                (said.printed, LANGUAGES[bundle.ledger.sources[said.source].language])
                for said in one.statements
                if said.printed is not None
            }
            assert printed <= quotes


def test_pages_are_light(files: dict[str, bytes], pages: dict[str, HtmlPage]) -> None:
    heavy = {}
    for page in pages.values():
        markup = re.sub(rb'<svg[^>]*class="chart".*?</svg>', b"", files[page.name], flags=re.DOTALL)
        shared = {link for link in page.links if link.endswith((".css", ".js", ".svg"))}
        size = len(markup) + sum(len(files[link]) for link in shared)
        if size > LIMIT:
            heavy[page.name] = size
    assert not heavy


def test_verdicts_are_never_colour_alone(pages: dict[str, HtmlPage], bundle: Bundle) -> None:
    for language in LANGUAGES:
        for page in (f"{language}/chapters/industry.html", f"{language}/failed.html"):
            marks = [
                e for e in pages[page].all("span") if e.attributes.get("class", "").startswith(("mark", "verdict v"))
            ]
            assert marks
            words = {WORDS[language][f"verdict_{verdict.value}"] for verdict in Verdict}
            assert all(any(word in mark.text for word in words) for mark in marks)


def test_what_failed_is_spelled_out(pages: dict[str, HtmlPage], bundle: Bundle) -> None:
    page = pages["en/failed.html"]
    text = page.all("main")[0].text
    links = set(page.links)
    for finding in bundle.report.doubtful:
        assert f"en/claims/{finding.claim.id}.html" in links
        for said in finding.claim.statements if finding.verdict is Verdict.DISPUTED else ():
            assert said.printed is None or said.printed in text
        for reason in finding.reasons:
            if reason.suspect:
                assert f"en/claims/{reason.suspect}.html" in links


def test_a_review_is_given_only_where_there_is_one(pages: dict[str, HtmlPage], bundle: Bundle) -> None:
    for one in bundle.ledger:
        verdict = bundle.report.findings[one.id].verdict
        blocks = pages[f"zh/claims/{one.id}.html"].all("script", type="application/ld+json")
        assert len(blocks) == (verdict in RATINGS)
        for block in blocks:
            review = json.loads(block.text)
            assert review["reviewRating"]["ratingValue"] == RATINGS[verdict]
            assert review["claimReviewed"] == telling.sentence(one, "zh")
            assert len(review["itemReviewed"]["appearance"]) == len({said.source for said in one.statements})


def test_the_search_index_holds_every_claim(files: dict[str, bytes], bundle: Bundle) -> None:
    for language in LANGUAGES:
        script = files[f"static/search-{language}.js"].decode()
        assert not set("<>\u2028\u2029") & set(script)
        entries = json.loads(script.removeprefix("window.ALMANAC_INDEX=").removesuffix(";\n"))
        found = {address: f"{title} {more}" for _, address, title, more, _ in entries}
        assert all(f"{language}/{address.partition('#')[0]}" in files for address in found)
        for one in bundle.ledger:
            entry = found[f"claims/{one.id}.html"]
            assert one.id in entry
            assert all(said.printed is None or said.printed in entry for said in one.statements)


def test_the_data_page_offers_what_the_package_holds(bundle: Bundle) -> None:
    offered = {f"data/{name}" for names, _ in DOWNLOADS for name in names}
    assert offered <= package.render(bundle).keys()


def test_charts_come_with_their_data(pages: dict[str, HtmlPage], files: dict[str, bytes], bundle: Bundle) -> None:
    charts = [chart for result in bundle.results.values() for chart in result.charts]
    assert charts
    for chart in charts:
        rows = files[f"static/charts/{chart.id}.csv"].decode().splitlines()
        assert len(rows) == 1 + len(chart.rows)
        for language in LANGUAGES:
            spec = json.loads(files[f"static/charts/{chart.id}.{language}.vl.json"])
            assert spec["title"]["text"] == chart.title[language]
            assert len(spec["data"]["values"]) == len(chart.rows)
    drawn = [svg for page in pages.values() for svg in page.all("svg", role="img")]
    assert {svg.attributes["aria-label"] for svg in drawn} == {c.alt[lang] for c in charts for lang in LANGUAGES}


# ---- words that mean harm, and sameness --------------------------------------------------------------------------


def test_harm_is_only_words() -> None:
    files = site.render(hostile())
    for page in read_pages(files).values():
        assert not page.faults, page.name
        for script in page.all("script"):
            assert "src" in script.attributes or json.loads(script.text)
    text = read_page("x", files["en/chapters/industry.html"]).all("main")[0].text
    assert "<script>" in text
    assert b"<script>\xe2\x80\xa8" not in files["en/chapters/industry.html"]


def test_structured_data_cannot_leave_its_element() -> None:
    text = str(json_ld({"name": "</script><script>alert(1)</script><!--&"}))
    assert not set("<>&") & set(text)
    assert json.loads(text) == {"name": "</script><script>alert(1)</script><!--&"}


def test_the_same_bundle_gives_the_same_bytes() -> None:
    one = hostile()
    assert site.render(one) == site.render(one)


# ---- words -------------------------------------------------------------------------------------------------------


def test_every_word_is_there_in_both_languages() -> None:
    assert not missing()
    for key, english in WORDS["en"].items():
        chinese = WORDS["zh"][key]
        assert english.strip(), key
        assert chinese.strip(), key
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese)), key


def test_no_word_stands_unused_and_none_in_a_template() -> None:
    templates = "".join(path.read_text("utf-8") for path in sorted((HERE / "templates").iterdir()))
    code = "".join(path.read_text("utf-8") for path in sorted(HERE.glob("*.py")))
    assert not re.search(r"[\u4e00-\u9fff]", templates)
    patterns = ("verdict_", "means_", "kind_", "check_", "tier_", "chapter_", "locator_", "language_", "dl_", "corpus_")
    named = set(re.findall(r"\w+", templates + code))
    unused = [key for key in WORDS["en"] if key not in named and not key.startswith(patterns)]
    assert not unused


def test_english_knows_one_from_many() -> None:
    assert [filled("{n} claim|{n} claims", n=n) for n in (0, 1, 2)] == ["0 claims", "1 claim", "2 claims"]


def test_an_unknown_word_in_a_template_is_an_error() -> None:
    with pytest.raises(Exception, match="undefined"):
        environment().from_string("{{ nothing }}").render()


# ---- figures, intervals, strips ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "closed", "name", "english", "chinese"),
    [
        (
            "18450000000",
            "18550000000",
            (True, False),
            "USD",
            "$18.45 billion ≤ x < $18.55 billion",
            "184.5亿美元 ≤ x < 185.5亿美元",
        ),
        ("43.75", "43.85", (True, False), "percent", "43.75% ≤ x < 43.85%", "43.75% ≤ x < 43.85%"),
        ("4000000000000", None, (False, False), "USD", "x > $4 trillion", "x > 4万亿美元"),
        ("4.5", "5.5", (True, False), "month", "4.5 months ≤ x < 5.5 months", "4.5个月 ≤ x < 5.5个月"),
        ("0", "50", (True, True), "percent", "0% ≤ x ≤ 50%", "0% ≤ x ≤ 50%"),
        (
            "1000000000",
            "600000000000",
            (True, True),
            "USD",
            "$1 billion ≤ x ≤ $600 billion",
            "10亿美元 ≤ x ≤ 6000亿美元",
        ),
    ],
)
def test_an_interval_is_said_with_its_ends(
    low: str, high: str | None, closed: tuple[bool, bool], name: str, english: str, chinese: str
) -> None:
    interval = Interval(exact(low), exact(high) if high else INFINITY, *closed)
    quantity = Quantity(interval, unit(name))
    assert (telling.meaning(quantity, "en"), telling.meaning(quantity, "zh")) == (english, chinese)


def _bars(*pairs: tuple[float, float]) -> Iterator[tuple[float, float]]:
    quantities = [Quantity(Interval(exact(low), exact(high)), unit("USD")) for low, high in pairs]
    return ((bar.start, bar.start + bar.width) for bar in strip(quantities))


def test_bars_overlap_only_where_intervals_do() -> None:
    (_, end), (start, _) = _bars((1.0, 2.0), (10.0, 20.0))
    assert end < start
    one, other = _bars((1.0, 3.0), (2.0, 4.0))
    assert other[0] < one[1]


def test_bars_stay_on_their_axis_and_are_always_seen() -> None:
    for start, end in _bars((5.0, 5.0), (1.0, INFINITY), (-INFINITY, 9e12)):
        assert 0 <= start < end <= 100.001
        assert end - start >= LEAST - 0.01


def test_units_that_clash_are_not_drawn() -> None:
    assert strip([Quantity(Interval.point(1), unit(name)) for name in ("USD", "person")]) == ()
    assert strip([]) == ()


def test_an_identity_is_spelled_out() -> None:
    made = ledger(
        [claim("industry.day", "USD/day", "$2 million"), claim("industry.year", "USD/year", "$5 billion")],
        [identity("year", "industry.day * 365[day] <= near(industry.year, 20) * 1[year]")],
    )
    bundle = replace(small_bundle(), ledger=made, report=check(made), results={}, prose={})
    (relation,) = Relations(bundle, "en").identities()
    written = "".join(("" if p.tight else " ") + p.text for p in relation.names).strip()
    assert written == "industry.day × 365 days ≤ near(industry.year, 20) × 1 year"
    assert relation.holds
    assert [p.target for p in relation.names if p.target] == ["industry.day", "industry.year"]


def test_a_view_keeps_a_claims_neighbours_within_its_chapter() -> None:
    view = View(hostile(), "en")
    for chapter in view.chapters:
        row = view.ledger.chapter(chapter)
        assert view.neighbours(row[0])[0] is None
        assert view.neighbours(row[-1])[1] is None
