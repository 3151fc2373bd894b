"""The files of an edition as they are written: pydantic models, from which the JSON Schema for editors is made.

Scalars arrive as text (see `almanac.yamlfile`), so that a figure keeps the digits it was printed with; `Text` fields
accept numbers in the JSON Schema because an editor reads `figure: 17` as a number.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, WithJsonSchema

from almanac.claim import CHAPTERS, Kind, ValueType
from almanac.source import Tier

MEASURES = (
    "share", "adoption", "retention", "success-rate", "gross-margin", "reserve-margin", "growth", "multiple",
    "difference", "capacity-ratio", "count", "sample-size", "headcount", "staff-per-company", "duration",
    "doubling-time", "company-age", "revenue", "revenue-per-company", "revenue-per-employee", "contract-value",
    "deal-value", "pledge", "valuation", "market-cap", "capex", "capex-per-power", "opex-per-power", "power",
    "training-cost", "budget", "spend", "monthly-price", "price-change", "model-size", "accelerator-count",
    "downloads", "minutes-of-video", "papers-per-year", "return-multiple", "working-time", "position",
)  # fmt: skip
"""The kinds of quantity that bounds speak of; docs/ledger.md explains each."""

CLAIM_ID = rf"^({'|'.join(CHAPTERS)})\.[a-z0-9]+(-[a-z0-9]+)*$"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
MAX_TEXT = 2000

Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), WithJsonSchema({"type": ["string", "number"]})]
Words = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
Slug = Annotated[str, Field(pattern=SLUG, max_length=100)]
ClaimIdText = Annotated[str, Field(pattern=CLAIM_ID, max_length=100)]
LANGUAGES = ("en", "zh")


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(_Record):
    """The same in English and in Chinese."""

    en: Words
    zh: Words

    def as_dict(self) -> dict[str, str]:
        return {"en": self.en, "zh": self.zh}


class StatementRecord(_Record):
    """What one source says: where it stands, the figure as printed or the value it states, the facts it rests on."""

    source: Slug
    line: Text | None = None
    page: Text | None = None
    section: Text | None = None
    table: Text | None = None
    time: Text | None = None
    figure: Text | None = Field(None, description="The figure as printed, in the source's language, with its hedge.")
    states: Annotated[
        str | list[str] | None, WithJsonSchema({"type": ["string", "number", "boolean", "array", "null"]})
    ] = Field(None, description="The value, where it is not a figure: yes/no, a name, a list, an ordering …")
    keys: list[Slug] = Field(default_factory=list)


class BindingRecord(_Record):
    """The estimate that recomputes the claim."""

    instrument: Slug
    name: Words
    subject: Text
    run: Annotated[
        str, Field(pattern=rf"^$|{SLUG}", max_length=100, description="Which of the instrument's runs, if several.")
    ] = ""


class ClaimRecord(_Record):
    """A checkable statement and what its sources say."""

    id: ClaimIdText
    kind: Kind
    subject: Words
    metric: Words
    type: ValueType
    unit: Words | None = None
    measure: Literal[MEASURES] | None = None  # type: ignore[valid-type]
    period: Text | None = None
    place: list[Words] = Field(default_factory=list)
    population: Words | None = None
    origin: Slug | None = None
    deadline: Text | None = None
    text: Bilingual
    sources: Annotated[list[StatementRecord], Field(min_length=1, max_length=100)]
    estimate: BindingRecord | None = None
    note: Words | Bilingual | None = None


class SourceRecord(_Record):
    """Who published what, and what it retells."""

    id: Slug
    title: Words
    publisher: Words
    authors: list[Words] = Field(default_factory=list)
    date: Text
    url: Annotated[str, Field(pattern=r"^https?://", max_length=MAX_TEXT)]
    language: Literal["en", "zh"]
    licence: Words
    tier: Tier
    retells: list[Slug] = Field(default_factory=list)


class IdentityRecord(_Record):
    """Arithmetic that must hold between claims, and why."""

    id: Slug
    holds: Words
    because: Bilingual


class BoundRecord(_Record):
    """A range that every quantity of some kinds must lie in, why, and where the range comes from."""

    id: Slug
    of: list[Literal[MEASURES]] = Field(default_factory=list)  # type: ignore[valid-type]
    unit: Words
    low: Text | None = None
    high: Text | None = None
    because: Bilingual
    source: Words


class ForecastRecord(_Record):
    """A forecast as registered before the fact."""

    id: Annotated[str, Field(pattern=r"^P\d{4}-\d+$")]
    claim: list[ClaimIdText]
    registered: Text
    deadline: Text
    probability: Annotated[float, Field(gt=0, lt=1)] | None = None
    criteria: Bilingual
    source_of_truth: Words | Bilingual


class Credit(_Record):
    """Whose work the edition is made from, and under which licence."""

    report: Slug
    publisher: Words
    licence: Words


class EditionRecord(_Record):
    """An edition: title, as-of date, languages, licence, credit."""

    id: Slug
    title: Bilingual
    subtitle: Bilingual
    as_of: Text
    languages: list[Literal["en", "zh"]]
    licence: Words
    credit: Credit
    base_url: Annotated[str, Field(pattern=r"^https?://")]


SCHEMAS: dict[str, TypeAdapter[Any]] = {
    "edition": TypeAdapter(EditionRecord),
    "sources": TypeAdapter(list[SourceRecord]),
    "claims": TypeAdapter(list[ClaimRecord]),
    "identities": TypeAdapter(list[IdentityRecord]),
    "bounds": TypeAdapter(list[BoundRecord]),
    "forecasts": TypeAdapter(list[ForecastRecord]),
}
"""One adapter for each file of an edition, by the file's name."""


def json_schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schemas that stand in `editions/schema/`, by file name."""
    return {
        f"{name}.schema.json": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"Almanac: {name}",
            **adapter.json_schema(),
        }
        for name, adapter in SCHEMAS.items()
    }
