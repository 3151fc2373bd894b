"""The search index: one entry for each thing a reader may look for, as a script, because pages opened from a folder
cannot fetch."""

from __future__ import annotations

import json
from collections.abc import Iterator

from almanac.edition.site.links import result_page
from almanac.edition.site.views import View


def index(view: View) -> bytes:
    """The index of one language: `window.ALMANAC_INDEX = [[kind, address, title, more, verdict], …]`.

    Addresses are relative to the language's folder. `more` is searched and not shown: ids, subjects, and figures as
    every source printed them.
    """
    entries = [*_chapters(view), *_claims(view), *_others(view)]
    data = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    # so that no scanner can take the file for markup, and no old engine for two lines
    for sign in ("<", ">", "\u2028", "\u2029"):
        data = data.replace(sign, f"\\u{ord(sign):04x}")
    return f"window.ALMANAC_INDEX={data};\n".encode()


def _claims(view: View) -> Iterator[list[str]]:
    for claim in view.ledger:
        printed = " ".join(said.printed for said in claim.statements if said.printed)
        more = " ".join(filter(None, (claim.id, claim.subject, claim.metric, printed, view.chapter(claim.chapter))))
        verdict = view.finding(claim.id).verdict.value
        yield ["claim", f"claims/{claim.id}.html", view.plain(claim), more, verdict]


def _chapters(view: View) -> Iterator[list[str]]:
    for chapter in view.chapters:
        yield ["chapter", f"chapters/{chapter}.html", view.prose(chapter).title, view.chapter(chapter), ""]


def _others(view: View) -> Iterator[list[str]]:
    for source in view.ledger.sources.values():
        more = " ".join((source.id, source.publisher, *source.authors))
        yield ["source", f"sources/{source.id}.html", f"{source.title} ({source.publisher})", more, ""]
    for identity in view.ledger.identities:
        address = f"identities.html#identity-{identity.id}"
        yield ["identity", address, identity.because[view.language], f"{identity.id} {identity.formula.text}", ""]
    if view.corpus is not None:
        title = view.corpus.headline or view.words["compute_index"]
        yield ["instrument", "compute-index.html", title, view.words["compute_index"], ""]
    for instrument, result in view.instruments:
        yield ["instrument", result_page(result.id), instrument.question, result.id, ""]
