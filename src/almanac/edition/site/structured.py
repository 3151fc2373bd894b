"""Structured data for search engines and fact-check explorers: `ClaimReview`, only where there is a review.

A claim that nothing checked has no rating. Neither has a forecast before its deadline.
"""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from almanac.claim import Claim
from almanac.edition.site.views import View
from almanac.verdict import Verdict

RATINGS = {
    Verdict.REFUTED: 1,
    Verdict.IMPOSSIBLE: 1,
    Verdict.DISPUTED: 2,
    Verdict.CORROBORATED: 4,
    Verdict.REPRODUCED: 5,
}
"""From 1, cannot be true as printed, to 5, recomputed from data."""


def claim_review(view: View, claim: Claim) -> Markup | None:
    """The claim's review as JSON-LD, safe inside a script element; None where there is nothing honest to say."""
    finding = view.finding(claim.id)
    if finding.verdict not in RATINGS:
        return None
    return json_ld(_review(view, claim, finding.verdict))


def _review(view: View, claim: Claim, verdict: Verdict) -> dict[str, Any]:
    edition = view.edition
    sources = list(dict.fromkeys(said.source for said in claim.statements))
    first = view.ledger.sources[sources[0]]
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": f"{edition.base_url}/{view.language}/claims/{claim.id}.html",
        "inLanguage": view.tag,
        "datePublished": edition.as_of.isoformat(),
        "author": {"@type": "Organization", "name": "Almanac", "url": edition.base_url},
        "license": edition.licence,
        "claimReviewed": view.plain(claim),
        "itemReviewed": {
            "@type": "Claim",
            "author": {"@type": "Organization", "name": first.publisher},
            "datePublished": first.date.start.isoformat(),
            "appearance": [_appearance(view, source) for source in sources],
        },
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": RATINGS[verdict],
            "bestRating": 5,
            "worstRating": 1,
            "alternateName": view.verdict(verdict),
            "ratingExplanation": view.words[f"means_{verdict.value}"],
        },
    }


def _appearance(view: View, source_id: str) -> dict[str, Any]:
    source = view.ledger.sources[source_id]  # type: ignore[index]
    return {
        "@type": "CreativeWork",
        "name": source.title,
        "url": source.url,
        "inLanguage": source.language,
        "datePublished": source.date.start.isoformat(),
        "publisher": {"@type": "Organization", "name": source.publisher},
    }


def json_ld(data: dict[str, Any]) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # every sign that HTML knows is escaped
