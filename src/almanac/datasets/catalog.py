"""The tables that Almanac knows: what stands in them, and where they come from.

An edition's `datapackage.json` is written from this list (`python -m almanac.datasets FOLDER`), so that
schema and origin are stated once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from almanac.datasets.schema import ISO_DAY, Column, ColumnType, Schema


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a table comes from."""

    producer: str
    title: str
    citation: str
    published: date
    accessed: date
    url: str
    licence: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A table: `name`, under which instruments ask for it, and its `file` in an edition's data."""

    name: str
    file: str
    title: str
    description: str
    schema: Schema
    origin: Origin


COMPUTE_INDEX = Schema(
    (
        Column(
            "edition",
            ColumnType.STRING,
            "the monthly edition of the index that prints the number",
            pattern=r"[12][0-9]{3}-(0[1-9]|1[0-2])",
        ),
        Column(
            "chart",
            ColumnType.STRING,
            "the chart of that edition: chips by family, NVIDIA's products, chips of start-ups",
            allowed=("cited_chip", "cited_nvidia", "cited_startup"),
        ),
        Column("series", ColumnType.STRING, "the chip family, product or maker, as the chart names it"),
        Column(
            "year",
            ColumnType.INTEGER,
            "year in which the papers appeared",
            "year",
            minimum=1950,
            maximum=2100,
        ),
        Column(
            "papers",
            ColumnType.INTEGER,
            "papers that name the chip; empty: not tracked that year, 0: tracked and none found",
            "paper/year",
            nullable=True,
            minimum=0,
        ),
        Column(
            "status",
            ColumnType.STRING,
            "whether the year was over when it was counted",
            allowed=("final", "projected"),
        ),
    ),
    key=("edition", "chart", "series", "year"),
)

PREDICTIONS = Schema(
    (
        Column(
            "prediction_id",
            ColumnType.STRING,
            "year of the report and number of the prediction",
            pattern=r"P[12][0-9]{3}-[1-9][0-9]{0,2}",
        ),
        Column("report_year", ColumnType.INTEGER, "report that makes it", "year", minimum=1950, maximum=2100),
        Column("graded_year", ColumnType.INTEGER, "report that grades it", "year", minimum=1950, maximum=2100),
        Column("topic", ColumnType.STRING, "subject matter, as the scorecard sorts it"),
        Column(
            "verdict",
            ColumnType.STRING,
            "the report's own grade",
            allowed=("hit", "partial", "miss", "pending"),
        ),
        Column(
            "label_en",
            ColumnType.STRING,
            "what is predicted, in a few words of ours",
            optional=True,
            nullable=True,
        ),
        Column("label_zh", ColumnType.STRING, "the same in Chinese", optional=True, nullable=True),
    ),
    key=("prediction_id",),
)

_YEAR = Column(
    "year", ColumnType.INTEGER, "year in which the paper appeared", nullable=True, minimum=1950, maximum=2100
)


def _flag(name: str, description: str, *, nullable: bool = False) -> Column:
    return Column(name, ColumnType.INTEGER, description, nullable=nullable, minimum=0, maximum=1)


PAPERS = Schema(
    (
        Column("doc_id", ColumnType.STRING, "the document; a second row of one document is counted once"),
        _YEAR,
        Column("month", ColumnType.INTEGER, "month of that year", nullable=True, minimum=1, maximum=12),
        Column("format", ColumnType.STRING, "the format it was read from; empty: not recognised", nullable=True),
        Column(
            "outcome",
            ColumnType.STRING,
            "whether it was read, skipped for what it is, or failed to be read",
            allowed=("read", "skipped", "failed"),
        ),
        Column("reason", ColumnType.STRING, "why it was skipped or failed", nullable=True),
        _flag("names_any", "1: it names an accelerator somewhere, 0: nowhere; empty: not read", nullable=True),
    ),
)

USES = Schema(
    (
        Column("doc_id", ColumnType.STRING, "the document, as in papers"),
        Column("vendor", ColumnType.STRING, "maker of the accelerator; empty: not stated", nullable=True),
        Column("family", ColumnType.STRING, "family of the accelerator; GPU or the like where only that is said"),
        Column("model", ColumnType.STRING, "model; empty: not stated", nullable=True),
        Column("count", ColumnType.NUMBER, "devices in the largest single run", nullable=True, minimum=0),
        Column(
            "count_unit",
            ColumnType.STRING,
            "what is counted; empty: devices",
            nullable=True,
            allowed=("chips", "cores"),
        ),
        Column("hours", ColumnType.NUMBER, "wall clock of the longest run stated", "hour", nullable=True, minimum=0),
        Column(
            "device_hours",
            ColumnType.NUMBER,
            "total of accelerator-hours, as stated and never computed",
            "accelerator*hour",
            nullable=True,
            minimum=0,
        ),
        Column(
            "role",
            ColumnType.STRING,
            "what it was used for; empty: only mentioned",
            nullable=True,
            allowed=("training", "inference", "simulation", "unspecified"),
        ),
        Column("memory_gb", ColumnType.NUMBER, "memory of one device, GB as stated", nullable=True, minimum=0),
        _flag("inferred", "1: the accelerator follows from another name; empty: only mentioned", nullable=True),
        _flag("weak", "1: a reader could fairly say that no use is stated; empty: only mentioned", nullable=True),
        Column("use", ColumnType.STRING, "used by the authors, or only mentioned", allowed=("used", "mentioned")),
        Column("mentions", ColumnType.INTEGER, "how often the name stands in the text", minimum=0),
        Column("start", ColumnType.INTEGER, "where the evidence begins, in characters", nullable=True, minimum=0),
        Column("end", ColumnType.INTEGER, "where the evidence ends", nullable=True, minimum=0),
    ),
)

AGREEMENT = Schema(
    (
        Column("doc_id", ColumnType.STRING, "a document that was labelled by hand"),
        Column("level", ColumnType.STRING, "whether the class is a vendor or a model", allowed=("vendor", "model")),
        Column("class", ColumnType.STRING, "the vendor or model"),
        _flag("gold", "1: by the label, the paper uses it"),
        _flag("predicted", "1: the extractor says so"),
    ),
    key=("doc_id", "level", "class"),
)

ACCELERATORS = Schema(
    (
        Column("vendor", ColumnType.STRING, "maker of the accelerator"),
        Column("model", ColumnType.STRING, "model, as in uses"),
        Column(
            "peak_tflops",
            ColumnType.NUMBER,
            "dense peak at the precision that training mostly uses, TFLOP/s",
            nullable=True,
            minimum=0,
        ),
        Column("power_w", ColumnType.NUMBER, "rated power of one device", "W", nullable=True, minimum=0),
    ),
    key=("vendor", "model"),
)

SCORES = Schema(
    (
        Column("benchmark", ColumnType.STRING, "the benchmark"),
        Column("model", ColumnType.STRING, "the model, with its settings"),
        Column(
            "question",
            ColumnType.STRING,
            "the question; empty: the row is of a whole run over all questions",
            nullable=True,
            optional=True,
        ),
        Column("seed", ColumnType.STRING, "the seed of the run", nullable=True, optional=True),
        Column("trials", ColumnType.INTEGER, "answers: samples of the question, or questions of the run", minimum=1),
        Column("correct", ColumnType.INTEGER, "how many of them are right", minimum=0),
    )
)

PUBLISHED = Schema(
    (
        Column("benchmark", ColumnType.STRING, "the benchmark; empty: the model's only one", nullable=True),
        Column("model", ColumnType.STRING, "the model, with its settings"),
        Column("label", ColumnType.STRING, "which of several scores it is, such as the scorer's name"),
        Column("value", ColumnType.NUMBER, "the published score", "percent", minimum=0, maximum=100),
        Column("value_step", ColumnType.NUMBER, "the step of its last printed place; 0: in full", "percent", minimum=0),
        Column("spread", ColumnType.NUMBER, "the published ±", "percentage_point", nullable=True, minimum=0),
        Column("spread_step", ColumnType.NUMBER, "the step of its last printed place", nullable=True, minimum=0),
    )
)

BENCHMARK_MATRIX = Schema(
    (
        Column("model", ColumnType.STRING, "the model, with its version"),
        Column("benchmark", ColumnType.STRING, "the benchmark, up is better"),
        Column("performance", ColumnType.NUMBER, "the model's score on it; empty: not measured", nullable=True),
        Column("source", ColumnType.STRING, "who measured it", nullable=True, optional=True),
    )
)

MONITORED = Schema(
    (
        Column(
            "score", ColumnType.NUMBER, "how suspicious the monitor finds the episode; empty: no answer", nullable=True
        ),
        Column(
            "label",
            ColumnType.INTEGER,
            "1: what is looked for is there, 0: it is not; empty: unknown",
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        Column("group", ColumnType.STRING, "a part of the episodes to judge apart", nullable=True, optional=True),
        Column("monitor", ColumnType.STRING, "which monitor gave the score", nullable=True, optional=True),
    )
)

COSTS = Schema(
    (
        Column("model", ColumnType.STRING, "the model, as in scores"),
        Column("cost", ColumnType.NUMBER, "cost of all its answers in scores", "USD", nullable=True, minimum=0),
        Column("note", ColumnType.STRING, "why there is no cost", nullable=True, optional=True),
    ),
    key=("model",),
)

ANSWERS = Schema(
    (
        Column("model", ColumnType.STRING, "the model"),
        Column("question", ColumnType.STRING, "the question, by the same name in every table"),
        Column("condition", ColumnType.STRING, "under what it was asked", nullable=True, optional=True),
        _flag("correct", "1: the answer is right"),
    )
)

PAIRED = Schema(
    (
        Column("model", ColumnType.STRING, "the model"),
        Column("condition", ColumnType.STRING, "the perturbation"),
        Column("both_right", ColumnType.INTEGER, "pairs right clean and perturbed", minimum=0),
        Column("clean_only", ColumnType.INTEGER, "pairs right clean alone", minimum=0),
        Column("perturbed_only", ColumnType.INTEGER, "pairs right perturbed alone", minimum=0),
        Column("both_wrong", ColumnType.INTEGER, "pairs wrong both times", minimum=0),
        Column("per_question", ColumnType.INTEGER, "pairs that share a clean question", minimum=1),
    ),
    key=("model", "condition"),
)

ACCURACIES = Schema(
    (
        Column("model", ColumnType.STRING, "the model"),
        Column("condition", ColumnType.STRING, "the perturbation"),
        Column("accuracy", ColumnType.NUMBER, "the published accuracy", "percent", minimum=0, maximum=100),
        Column(
            "clean",
            ColumnType.NUMBER,
            "that without it, if published",
            "percent",
            nullable=True,
            minimum=0,
            maximum=100,
        ),
        Column("drop", ColumnType.NUMBER, "the published drop, in percent of clean", "percent", nullable=True),
        Column("step", ColumnType.NUMBER, "the step of the last printed place", "percent", minimum=0),
    ),
    key=("model", "condition"),
)

DATED_SCORES = Schema(
    (
        Column("model", ColumnType.STRING, "the model, with its version"),
        Column(
            "released",
            ColumnType.STRING,
            "day of its release; empty: not known",
            nullable=True,
            pattern=r"[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
        ),
        Column("score", ColumnType.NUMBER, "its score, up is better; empty: not measured", nullable=True),
        Column("organization", ColumnType.STRING, "who made it; several joined by commas", nullable=True),
        Column("country", ColumnType.STRING, "where they are; several joined by commas", nullable=True),
        Column("access", ColumnType.STRING, "how it can be had; open ones start with Open weights", nullable=True),
    )
)


PRICE_LIST = Schema(
    (
        Column("snapshot_date", ColumnType.STRING, "day on which the list said so", pattern=ISO_DAY),
        Column("vendor", ColumnType.STRING, "who sells it; empty: the list does not say", nullable=True),
        Column("id", ColumnType.STRING, "the model, as the list names it"),
        Column("input_usd_per_mtok", ColumnType.NUMBER, "US$ per million input tokens", nullable=True, minimum=0),
        Column("output_usd_per_mtok", ColumnType.NUMBER, "US$ per million output tokens", nullable=True, minimum=0),
        Column(
            "cached_input_usd_per_mtok",
            ColumnType.NUMBER,
            "US$ per million input tokens that are cached; empty: not listed",
            nullable=True,
            optional=True,
            minimum=0,
        ),
        Column("from_date", ColumnType.STRING, "first day of the price", nullable=True, optional=True, pattern=ISO_DAY),
        Column("to_date", ColumnType.STRING, "first day after it", nullable=True, optional=True, pattern=ISO_DAY),
    )
)

QUALITY = Schema(
    (
        Column("snapshot_date", ColumnType.STRING, "day of the ranking", pattern=ISO_DAY),
        Column("model", ColumnType.STRING, "the model, as the ranking names it"),
        Column("score", ColumnType.NUMBER, "its score, up is better"),
    ),
    key=("snapshot_date", "model"),
)

ALIASES = Schema(
    (
        Column("id", ColumnType.STRING, "the model, as the price list names it"),
        Column("model", ColumnType.STRING, "the same model, as the ranking names it"),
    ),
    key=("id",),
)

CURRENCY = Column(
    "currency",
    ColumnType.STRING,
    "currency of the amounts, by ISO 4217; empty: not known, and the amount is left out",
    nullable=True,
    pattern=r"[A-Z]{3}",
)
"""The currency of a table that holds amounts of money. It must be there: an amount without one is no amount."""

RATES = Schema(
    (
        Column("date", ColumnType.STRING, "day of the rate", pattern=ISO_DAY),
        Column("base", ColumnType.STRING, "the currency that is bought, by ISO 4217", pattern=r"[A-Z]{3}"),
        Column("quote", ColumnType.STRING, "the currency that is paid, by ISO 4217", pattern=r"[A-Z]{3}"),
        Column("rate", ColumnType.NUMBER, "units of quote for one of base", minimum=1e-12, maximum=1e12),
        Column("source", ColumnType.STRING, "who published the rate"),
    ),
    key=("date", "base", "quote"),
)

_MONTH = r"[12][0-9]{3}-(0[1-9]|1[0-2])"

TOKEN_USE = Schema(
    (
        Column("user", ColumnType.STRING, "who used it, by any name that stays the same"),
        Column("month", ColumnType.STRING, "the month of the bill", pattern=_MONTH),
        Column("plan", ColumnType.STRING, "the price plan, as in plans"),
        Column("model", ColumnType.STRING, "the model that answered, as in prices"),
        Column("input_tokens", ColumnType.NUMBER, "tokens sent, cached ones among them", nullable=True, minimum=0),
        Column(
            "cached_tokens",
            ColumnType.NUMBER,
            "tokens sent that were cached; empty: not known, and priced as not cached",
            nullable=True,
            optional=True,
            minimum=0,
        ),
        Column("output_tokens", ColumnType.NUMBER, "tokens made", nullable=True, minimum=0),
        Column(
            "value",
            ColumnType.NUMBER,
            "what the month's work is worth to the user, in the plan's currency; empty: not known",
            nullable=True,
            optional=True,
            minimum=0,
        ),
    ),
    key=("user", "month", "plan", "model"),
)

PLANS = Schema(
    (
        Column("plan", ColumnType.STRING, "the price plan; a row for each of its tiers"),
        Column("from_month", ColumnType.STRING, "first month of these terms", pattern=_MONTH),
        CURRENCY,
        Column("monthly_fee", ColumnType.NUMBER, "paid each month, whatever is used; the same in all tiers", minimum=0),
        Column(
            "from_mtok", ColumnType.NUMBER, "million tokens of a month from which the tier's price holds", minimum=0
        ),
        Column("price_per_mtok", ColumnType.NUMBER, "price of a million tokens of the tier, of any kind", minimum=0),
        Column(
            "cap_mtok",
            ColumnType.NUMBER,
            "million tokens of a month beyond which nothing is served; empty: no cap",
            nullable=True,
            minimum=0,
        ),
    ),
    key=("plan", "from_month", "from_mtok"),
)

USE_ASSUMED = Schema(
    (
        Column("plan", ColumnType.STRING, "the price plan, as in plans"),
        Column("model", ColumnType.STRING, "the model that answers, as in prices"),
        Column("users", ColumnType.INTEGER, "users to simulate", minimum=1, maximum=100_000),
        Column("family", ColumnType.STRING, "of use a month", allowed=("lognormal", "pareto")),
        Column(
            "scale_mtok",
            ColumnType.NUMBER,
            "million tokens a month: the median of a lognormal, the minimum of a Pareto",
            minimum=1e-9,
        ),
        Column("shape", ColumnType.NUMBER, "sigma of a lognormal, alpha of a Pareto", minimum=0.1, maximum=100),
        Column("input_share", ColumnType.NUMBER, "share of the tokens that are sent", minimum=0, maximum=1),
        Column("cached_share", ColumnType.NUMBER, "share of those that are cached", minimum=0, maximum=1),
    ),
    key=("plan", "model"),
)

SERVING_COSTS = Schema(
    (
        Column("line", ColumnType.STRING, "what is paid for: hosting, support, payments"),
        Column(
            "basis",
            ColumnType.STRING,
            "what the amount is for: a month, a user and month, a paying one, a million tokens, 1 of revenue",
            allowed=("month", "user", "paying user", "mtoken", "revenue"),
        ),
        Column("amount", ColumnType.NUMBER, "the amount; of basis revenue a share of it", minimum=0),
        CURRENCY,
    ),
    key=("line",),
)

DRIVER_RANGES = Schema(
    (
        Column(
            "driver",
            ColumnType.STRING,
            "what moves",
            allowed=("use", "tail", "token_price", "plan_price", "cached_share", "free_users", "other_costs"),
        ),
        Column("low", ColumnType.NUMBER, "the least factor on what it is", minimum=0.01, maximum=100),
        Column("high", ColumnType.NUMBER, "the largest", minimum=0.01, maximum=100),
    ),
    key=("driver",),
)

REVENUE = Schema(
    (
        Column("company", ColumnType.STRING, "who earned it"),
        Column("date", ColumnType.STRING, "day it was so, or last day of the year that it is of", pattern=ISO_DAY),
        Column("amount", ColumnType.NUMBER, "revenue a year; empty: not known", nullable=True, minimum=0, maximum=1e15),
        CURRENCY,
        Column(
            "basis",
            ColumnType.STRING,
            "a month's revenue times 12, yearly contracts in force, a calendar or a fiscal year; empty: not stated",
            nullable=True,
            optional=True,
            allowed=("run-rate", "ARR", "calendar", "fiscal"),
        ),
        Column(
            "product", ColumnType.STRING, "the product alone that earned it; empty: all", nullable=True, optional=True
        ),
        Column("source", ColumnType.STRING, "who says so", nullable=True, optional=True),
    )
)

COMPANIES = Schema(
    (
        Column("company", ColumnType.STRING, "the company, as in revenue"),
        Column(
            "founded",
            ColumnType.STRING,
            "day, month or year of its founding; empty: not known",
            nullable=True,
            pattern=rf"[12][0-9]{{3}}(-(0[1-9]|1[0-2]))?|{ISO_DAY}",
        ),
        Column("cohort", ColumnType.STRING, "the group it is counted in", nullable=True, optional=True),
        Column("exit", ColumnType.STRING, "day it closed or was bought", nullable=True, optional=True, pattern=ISO_DAY),
    ),
    key=("company",),
)

STAFF = Schema(
    (
        Column("company", ColumnType.STRING, "who employs them, as in revenue"),
        Column("date", ColumnType.STRING, "day of the count", pattern=ISO_DAY),
        Column("staff", ColumnType.NUMBER, "people; empty: not known", "person", nullable=True, minimum=0, maximum=1e8),
        Column(
            "scope",
            ColumnType.STRING,
            "the part that is counted; empty: the whole company",
            nullable=True,
            optional=True,
        ),
    )
)

LEADERBOARD = Schema(
    (
        Column("company", ColumnType.STRING, "the company"),
        Column("date", ColumnType.STRING, "day of its revenue and staff", pattern=ISO_DAY),
        Column("amount", ColumnType.NUMBER, "revenue a year; empty: not known", nullable=True, minimum=0, maximum=1e15),
        CURRENCY,
        Column("staff", ColumnType.NUMBER, "people; empty: not known", "person", nullable=True, minimum=0, maximum=1e8),
        Column(
            "founded",
            ColumnType.STRING,
            "day, month or year of its founding; empty: not known",
            nullable=True,
            pattern=rf"[12][0-9]{{3}}(-(0[1-9]|1[0-2]))?|{ISO_DAY}",
        ),
    ),
    key=("company", "date"),
)

DEALS = Schema(
    (
        Column("payer", ColumnType.STRING, "who pays, or promises to"),
        Column("payee", ColumnType.STRING, "whom"),
        Column(
            "kind",
            ColumnType.STRING,
            "what for: a share in the payee, its goods or services, a loan to it, a guarantee of its debts; "
            "partner: no payment is named, and no direction",
            allowed=("invest", "buy", "lend", "guarantee", "partner"),
        ),
        Column("date", ColumnType.STRING, "day of the announcement, contract or payment, by `status`", pattern=ISO_DAY),
        Column(
            "status", ColumnType.STRING, "how far along it is on that day", allowed=("announced", "contracted", "paid")
        ),
        Column("amount", ColumnType.NUMBER, "amount in all; empty: not disclosed", nullable=True, minimum=0),
        Column(
            "amount_most", ColumnType.NUMBER, "the amount of a promise of up to so much", nullable=True, optional=True,
            minimum=0,
        ),
        CURRENCY,
        Column(
            "scope",
            ColumnType.STRING,
            "whose amount it is: the payer's part (as is a cell that is empty), or a whole round that it was one of",
            nullable=True,
            optional=True,
            allowed=("part", "round"),
        ),
        Column(
            "basis",
            ColumnType.STRING,
            "whether the parties said so, or somebody reckoned it",
            nullable=True,
            optional=True,
            allowed=("confirmed", "estimated"),
        ),
        Column("source", ColumnType.STRING, "who says so", nullable=True, optional=True),
    )
)  # fmt: skip

STATED_TOTALS = Schema(
    (
        Column("payer", ColumnType.STRING, "who pays"),
        Column("payee", ColumnType.STRING, "whom"),
        Column(
            "kind", ColumnType.STRING, "what for", allowed=("invest", "buy", "lend", "guarantee"), nullable=True,
            optional=True,
        ),
        Column("date", ColumnType.STRING, "day of the statement: what came later is not in it", pattern=ISO_DAY),
        Column("total", ColumnType.NUMBER, "what they say it comes to in all", minimum=0),
        CURRENCY,
        Column("source", ColumnType.STRING, "where they say so"),
    ),
    key=("payer", "payee", "kind", "date", "source"),
)  # fmt: skip

TRANSACTIONS = Schema(
    (
        Column("customer", ColumnType.STRING, "who pays"),
        Column("vendor", ColumnType.STRING, "who is paid; empty: not known", nullable=True, optional=True),
        Column("date", ColumnType.DATE, "day of the payment"),
        Column(
            "amount",
            ColumnType.NUMBER,
            "what is paid, to a hundredth of a cent; below 0: paid back; empty: not known",
            nullable=True,
            places=4,
        ),
        CURRENCY,
        Column("plan", ColumnType.STRING, "what is bought; empty: not known", nullable=True, optional=True),
        Column("id", ColumnType.STRING, "the payment, where it has a number", nullable=True, optional=True),
    )
)

CUSTOMERS = Schema(
    (
        Column("customer", ColumnType.STRING, "the customer, as in transactions"),
        Column("sector", ColumnType.STRING, "its sector; empty: not known", nullable=True, optional=True),
        Column("size", ColumnType.STRING, "its class of size; empty: not known", nullable=True, optional=True),
        Column(
            "first_seen",
            ColumnType.DATE,
            "first day on which its payments would be seen, to whomever; empty: before all others",
            nullable=True,
            optional=True,
        ),
        Column(
            "last_seen",
            ColumnType.DATE,
            "last such day; empty: it is still seen",
            nullable=True,
            optional=True,
        ),
    ),
    key=("customer",),
)

CUSTOMER_BASE = Schema(
    (
        Column("customer", ColumnType.STRING, "the customer"),
        Column("frequency", ColumnType.INTEGER, "repeat purchases: the first one is not counted", minimum=0),
        Column("recency", ColumnType.NUMBER, "time of the last purchase since the first; 0: none but that", minimum=0),
        Column("age", ColumnType.NUMBER, "time of the watching since the first purchase, in the same unit", minimum=0),
    ),
    key=("customer",),
)

_WHEN = rf"[12][0-9]{{3}}(-(0[1-9]|1[0-2]))?|{ISO_DAY}"

MILESTONES = Schema(
    (
        Column("company", ColumnType.STRING, "the company, or customer or patient; a row for each mark", nullable=True),
        Column(
            "started",
            ColumnType.STRING,
            "day, month or year from which time is counted; empty: not known, or `time` is given",
            nullable=True,
            pattern=_WHEN,
        ),
        Column(
            "reached",
            ColumnType.STRING,
            "day, month or year in which it was first known to be at the mark; empty: not so far",
            nullable=True,
            optional=True,
            pattern=_WHEN,
        ),
        Column(
            "reached_after",
            ColumnType.STRING,
            "last day on which it was known to be below; empty: `reached` is when it got there",
            nullable=True,
            optional=True,
            pattern=ISO_DAY,
        ),
        Column(
            "last_seen",
            ColumnType.STRING,
            "last day on which one that has not reached it was known to be below",
            nullable=True,
            optional=True,
            pattern=ISO_DAY,
        ),
        Column(
            "watched_from",
            ColumnType.STRING,
            "day from which on it would have been in the table; empty: from its start",
            nullable=True,
            optional=True,
            pattern=ISO_DAY,
        ),
        Column("cohort", ColumnType.STRING, "the group it is counted in", nullable=True, optional=True),
        Column(
            "mark",
            ColumnType.NUMBER,
            "revenue a year to be reached; empty: any event",
            nullable=True,
            optional=True,
            minimum=0,
            maximum=1e15,
        ),
        Column(
            "currency",
            ColumnType.STRING,
            "currency of the mark, by ISO 4217",
            nullable=True,
            optional=True,
            pattern=r"[A-Z]{3}",
        ),
        Column(
            "time",
            ColumnType.NUMBER,
            "the time itself, in the unit of the result, where there are no days",
            nullable=True,
            optional=True,
            minimum=0,
        ),
        Column(
            "seen",
            ColumnType.INTEGER,
            "1: `time` ends with the mark, 0: with the watching",
            nullable=True,
            optional=True,
            minimum=0,
            maximum=1,
        ),
    )
)

ROUNDS = Schema(
    (
        Column("company", ColumnType.STRING, "who raised the money"),
        Column("date", ColumnType.STRING, "day of the round; empty: not known", nullable=True, pattern=ISO_DAY),
        Column("amount", ColumnType.NUMBER, "new money for shares; empty: not disclosed", nullable=True, minimum=0),
        CURRENCY,
        Column(
            "post_money",
            ColumnType.NUMBER,
            "value of the company with that money; empty: not disclosed",
            nullable=True,
            minimum=1e-9,
        ),
        Column("status", ColumnType.STRING, "closed, announced, talks", nullable=True, optional=True),
        Column(
            "kind",
            ColumnType.STRING,
            "who gets the money: the company (primary, as is an empty cell) or holders of its shares (secondary)",
            nullable=True,
            optional=True,
            allowed=("primary", "secondary", "other"),
        ),
        Column("source", ColumnType.STRING, "who says so", nullable=True, optional=True),
    )
)

OUTCOMES = Schema(
    (
        Column("company", ColumnType.STRING, "the company, as in rounds"),
        Column("date", ColumnType.STRING, "the day", pattern=ISO_DAY),
        Column(
            "outcome",
            ColumnType.STRING,
            "what became of it: bought, or listed or valued and worth so much on the day; or bankrupt",
            allowed=("acquired", "listed", "valued", "bankrupt"),
        ),
        Column("value", ColumnType.NUMBER, "of all its shares; empty: not disclosed", nullable=True, minimum=0),
        CURRENCY,
        Column("source", ColumnType.STRING, "who says so", nullable=True, optional=True),
    )
)

CLOSES = Schema(
    (
        Column("date", ColumnType.STRING, "the trading day", pattern=ISO_DAY),
        Column("close", ColumnType.NUMBER, "price of a share at its end", minimum=1e-9),
    ),
    key=("date",),
)

SPLITS = Schema(
    (
        Column("date", ColumnType.STRING, "first trading day at the new price", pattern=ISO_DAY),
        Column("ratio", ColumnType.NUMBER, "new shares for one old", minimum=1e-3, maximum=1e3),
    ),
    key=("date",),
)

DIVIDENDS = Schema(
    (
        Column("date", ColumnType.STRING, "first trading day without it", pattern=ISO_DAY),
        Column("amount", ColumnType.NUMBER, "of a share as it is priced in closes", minimum=0),
    ),
    key=("date",),
)

MODEL_LEDGER = Schema(
    (
        Column(
            "vintage",
            ColumnType.STRING,
            "the model generation; empty: of no single one, a cost of the whole company",
            nullable=True,
        ),
        Column("month", ColumnType.STRING, "the month of the amount", pattern=_MONTH),
        Column(
            "line",
            ColumnType.STRING,
            "what was earned or spent",
            allowed=("revenue", "inference", "training", "research", "staff", "other"),
        ),
        Column("amount", ColumnType.NUMBER, "the amount, earned or spent; empty: not known", nullable=True, minimum=0),
        CURRENCY,
    )
)

COMPUTE_SPEND = Schema(
    (
        Column("company", ColumnType.STRING, "who spent it"),
        Column("year", ColumnType.INTEGER, "the calendar year", "year", minimum=1950, maximum=2100),
        Column(
            "covers",
            ColumnType.STRING,
            "what it was spent on; empty: something else, or not by the calendar year, as `note` says",
            nullable=True,
            allowed=("training", "inference", "training and inference"),
        ),
        Column("amount", ColumnType.NUMBER, "spent in the year", minimum=0),
        CURRENCY,
        Column("reported", ColumnType.STRING, "day of the report; empty: not known", nullable=True, pattern=ISO_DAY),
        Column("note", ColumnType.STRING, "why it is of another kind", nullable=True, optional=True),
    )
)

_PRICE_YEAR = Column(
    "price_year", ColumnType.INTEGER, "the year whose money the amounts are in", minimum=1990, maximum=2100
)
_CENTER = Column("center", ColumnType.STRING, "the data centre")
_POWER = Column(
    "power_mw", ColumnType.NUMBER, "power of the whole facility, cooling included; 0: not running yet", "MW", minimum=0,
    nullable=True,
)  # fmt: skip
_H100E = Column("h100e", ColumnType.NUMBER, "its accelerators, as so many H100", nullable=True, minimum=0)
_CAPITAL = Column("capital", ColumnType.NUMBER, "what it cost to build and fill", nullable=True, minimum=0)

DATA_CENTERS = Schema(
    (
        _CENTER,
        Column("owner", ColumnType.STRING, "whose it is; empty: not known", nullable=True),
        Column(
            "confidence", ColumnType.STRING, "how sure the owner is", nullable=True, optional=True,
            allowed=("confident", "likely", "speculative"),
        ),
        _POWER,
        _H100E,
        _CAPITAL,
        CURRENCY,
        _PRICE_YEAR,
    ),
    key=("center",),
)  # fmt: skip

BUILDING_STEPS = Schema(
    (
        _CENTER,
        Column("date", ColumnType.STRING, "day from which on it is so", pattern=ISO_DAY),
        _POWER,
        _H100E,
        _CAPITAL,
        Column("compute_capital", ColumnType.NUMBER, "of that, the computers", nullable=True, minimum=0),
        Column("site_capital", ColumnType.NUMBER, "of that, the building, power and cooling", nullable=True, minimum=0),
        CURRENCY,
        _PRICE_YEAR,
    )
)

COST_PARTS = Schema(
    (
        Column(
            "part",
            ColumnType.STRING,
            "what it is, in the unit that docs/theory/datacenter-cost.md gives it",
            allowed=(
                "accelerator_price", "server_price", "network_price", "accelerator_power", "building_price",
                "power_cooling_price", "pue", "utilisation", "electricity_price", "staff_cost", "upkeep",
                "compute_life", "site_life", "financing_rate", "throughput", "busy_share",
            ),
        ),
        Column("low", ColumnType.NUMBER, "the least it can be; of a lognormal, 5 % lie below", minimum=0),
        Column("mode", ColumnType.NUMBER, "the likeliest; of a lognormal, the median", minimum=0),
        Column("high", ColumnType.NUMBER, "the most it can be; of a lognormal, 5 % lie above", minimum=0),
        Column(
            "family", ColumnType.STRING, "its distribution, where it is not that of the others", nullable=True,
            optional=True, allowed=("triangular", "pert", "lognormal"),
        ),
        Column("currency", ColumnType.STRING, "of an amount", nullable=True, pattern=r"[A-Z]{3}"),
        Column(
            "price_year", ColumnType.INTEGER, "of an amount: the year whose money it is in", nullable=True,
            minimum=1990, maximum=2100,
        ),
        Column("source", ColumnType.STRING, "who says so, or that it is assumed"),
    ),
    key=("part",),
)  # fmt: skip

_COMMIT = "nathanbenaich/stateofai @ 8a0161ac8556013bf33a85507eb7cda8aa137567, 1 August 2026"

CATALOG = (
    Entry(
        "compute-index",
        "compute-index.csv",
        "Papers that name each AI chip, by year",
        "Counts of open AI papers by the chip they name, 2018 to 2026, retyped from two monthly editions of "
        "the index. A paper counts once for every product it names. 2026 is projected.",
        COMPUTE_INDEX,
        Origin(
            producer="Air Street Capital, with Zeta Alpha",
            title="State of AI Compute Index, editions 2026-06 and 2026-07",
            citation="Air Street Capital (2026), State of AI Compute Index, charts cited_chip, "
            f"cited_nvidia and cited_startup of compute/data-history/2026-06.json and 2026-07.json "
            f"({_COMMIT}). CC BY 4.0.",
            published=date(2026, 7, 1),
            accessed=date(2026, 8, 1),
            url="https://www.stateof.ai/compute",
            licence="CC-BY-4.0",
        ),
    ),
    Entry(
        "predictions",
        "predictions.csv",
        "Predictions of the State of AI Report and their grades, 2018 to 2025",
        "Every prediction of the report with the grade that the next year's report gave it. Grades, years "
        "and topics are the scorecard's, the labels ours; no probabilities were ever given.",
        PREDICTIONS,
        Origin(
            producer="Air Street Capital",
            title="State of AI Report, predictions scorecard",
            citation="Air Street Capital (2026), State of AI Report, predictions scorecard, "
            f"predictions/index.html ({_COMMIT}). CC BY 4.0.",
            published=date(2026, 7, 9),
            accessed=date(2026, 8, 1),
            url="https://www.stateof.ai/predictions",
            licence="CC-BY-4.0",
        ),
    ),
)
"""Every table of the catalogue, by name."""
