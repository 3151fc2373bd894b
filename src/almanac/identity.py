"""Identities: arithmetic that must hold between claims; bounds: ranges that every quantity of a kind must lie in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType

from almanac.formula import Formula
from almanac.quantity import Quantity

IdentityId = NewType("IdentityId", str)
BoundId = NewType("BoundId", str)


@dataclass(frozen=True, slots=True)
class Identity:
    """`formula` must hold; `because` says why, language → words. It names claims, never verdicts."""

    id: IdentityId
    formula: Formula
    because: Mapping[str, str]
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Bound:
    """Every quantity whose measure is in `measures` lies in `range`; formulas name the bound with `in`.

    `because` gives the reason, `source` where the range comes from (a document, or "derived: …").
    """

    id: BoundId
    measures: tuple[str, ...]
    range: Quantity
    because: Mapping[str, str]
    source: str
    path: str = ""
    line: int = 0
