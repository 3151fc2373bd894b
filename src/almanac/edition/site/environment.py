"""The templates: everything escaped, nothing undefined, no word of the interface in them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from almanac.edition.prose import ClaimLink, Emphasis, Figure, Heading, Items, Link, Paragraph, Quote, Text
from almanac.edition.site.links import anchor
from almanac.edition.site.pages import shortened
from almanac.edition.site.views import estimate_interval, number
from almanac.estimate import Undefined
from almanac.verdict import Check, Verdict

HERE = Path(__file__).parent

POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""The content security policy of every page."""

_KINDS: dict[str, type] = {
    "text": Text, "figure": Figure, "emphasis": Emphasis, "claimlink": ClaimLink, "link": Link,
    "paragraph": Paragraph, "heading": Heading, "items": Items, "quote": Quote, "without_number": Undefined,
}  # fmt: skip


def _kind(name: type) -> Any:
    return lambda value: isinstance(value, name)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The environment in which every page is rendered."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.tests.update({name: _kind(kind) for name, kind in _KINDS.items()})
    found.filters.update({"shortened": shortened, "number": number, "estimate_interval": estimate_interval})
    found.globals.update({"policy": POLICY, "anchor": anchor, "Verdict": Verdict, "Check": Check})
    return found
