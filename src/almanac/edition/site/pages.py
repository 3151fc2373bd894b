"""The pages of the site: for each its path, its template and what it is about. One list, in one order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from almanac.edition.site.links import result_page
from almanac.edition.site.structured import claim_review
from almanac.edition.site.views import View

MAX_DESCRIPTION = 200


@dataclass(frozen=True, slots=True)
class Page:
    """A page of one language. `name` is its path within the language's folder; `section` the part of the menu it is
    in; `about` what its template shows besides the edition."""

    name: str
    template: str
    title: str
    description: str
    section: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def depth(self) -> int:
        """Folders between the page and the site's root."""
        return 1 + self.name.count("/")


def pages(view: View) -> Iterator[Page]:
    """Every page of one language."""
    words = view.words
    subtitle = view.edition.subtitle[view.language]
    yield Page("index.html", "front.html", view.title, subtitle, "home")
    for chapter in view.chapters:
        yield _chapter(view, chapter)
    yield Page("failed.html", "failed.html", words["failed"], words["failed_intro"], "failed")
    yield Page("claims/index.html", "claims.html", words["claims"], words["claims_intro"], "claims")
    for claim in view.ledger:
        about = {"claim": claim, "finding": view.finding(claim.id), "review": claim_review(view, claim)}
        sentence = view.plain(claim)
        yield Page(f"claims/{claim.id}.html", "claim.html", sentence, sentence, f"chapter_{claim.chapter}", about)
    yield Page("identities.html", "identities.html", words["identities"], words["identities_intro"], "identities")
    yield Page("forecasts.html", "forecasts.html", words["forecasts"], words["forecasts_intro"], "forecasts")
    yield Page("sources/index.html", "sources.html", words["sources"], words["sources_intro"], "sources")
    for source in view.ledger.sources.values():
        about = {"source": source}
        title = f"{source.title}"
        description = f"{source.publisher}{words['colon']}{source.title}"
        yield Page(f"sources/{source.id}.html", "source.html", title, description, "sources", about)
    yield Page(
        "instruments/index.html", "instruments.html", words["instruments"], words["instruments_intro"], "instruments"
    )
    for instrument, result in view.instruments:
        about = {"instrument": instrument, "result": result}
        yield Page(
            result_page(result.id), "instrument.html", instrument.question, instrument.question, "instruments", about
        )
    if view.corpus is not None:
        title = view.corpus.headline or words["compute_index"]
        about = {"corpus": view.corpus}
        description = words["corpus_standfirst"]
        yield Page("compute-index.html", "compute-index.html", title, description, "compute_index", about)
    yield Page("data.html", "data.html", words["data"], words["data_intro"], "data")
    yield Page("method.html", "method.html", words["method_title"], words["method_figures_text"], "method")
    yield Page("search.html", "search.html", words["search"], words["search_hint"], "search")


def _chapter(view: View, chapter: str) -> Page:
    prose = view.prose(chapter)
    about = {"chapter": chapter, "prose": prose, "claims": view.ledger.chapter(chapter)}
    description = f"{view.chapter(chapter)}{view.words['colon']}{prose.title}"
    return Page(f"chapters/{chapter}.html", "chapter.html", prose.title, description, f"chapter_{chapter}", about)


def shortened(text: str) -> str:
    """A description as long as a search engine shows."""
    text = " ".join(text.split())
    return text if len(text) <= MAX_DESCRIPTION else f"{text[: MAX_DESCRIPTION - 1].rstrip()}…"
