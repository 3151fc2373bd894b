"""Times to an event as people have them: the classic trials of the textbooks, subscribers of a telephone company,
companies that came to be worth a billion dollars.
"""

from __future__ import annotations

from collections.abc import Iterator

from almanac.datasets.layouts.layout import INTEGER, NUMBER, STRING, Layout, Row, always
from almanac.datasets.schema import ISO_DAY, Column

_ARMS = {1: "placebo", 2: "6-MP"}


def _remissions(row: Row, _: str) -> Iterator[Row]:
    """Gehan's table of the leukaemia trial; the time is in weeks."""
    yield {"cohort": _ARMS[int(row["group"] or 0)], "time": row["weeks"], "seen": row["relapse"]}


def _lung(row: Row, _: str) -> Iterator[Row]:
    """R's `lung`, with 1 for a death; the time is in days."""
    yield {"cohort": f"sex {row['sex']}", "time": row["time"], "seen": row["status"]}


def _subscribers(row: Row, _: str) -> Iterator[Row]:
    """The telephone company's customers by contract; the time is in months, and the event that they left."""
    seen = int(row["Churn"] == "Yes")
    yield {"company": row["customerID"], "cohort": row["Contract"], "time": row["tenure"], "seen": seen}


def _unicorns(row: Row, _: str) -> Iterator[Row]:
    """CB Insights' list of companies worth a billion dollars, by industry: each got there, or would not be on it."""
    yield {
        "company": row["Company"],
        "started": row["Year Founded"],
        "reached": row["Date Joined"],
        "cohort": row["Industry"],
    }


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "milestones",
        always(
            Column("group", INTEGER, "1: placebo, 2: 6-MP", minimum=1, maximum=2),
            Column("weeks", NUMBER, "weeks in remission", minimum=0),
            Column("relapse", INTEGER, "1: it ended, 0: nobody looked on", minimum=0, maximum=1),
        ),
        _remissions,
    ),
    Layout(
        "milestones",
        always(
            Column("time", NUMBER, "days", minimum=0),
            Column("status", INTEGER, "1: died, 0: nobody looked on", minimum=0, maximum=1),
            Column("sex", STRING, "1: male, 2: female"),
        ),
        _lung,
    ),
    Layout(
        "milestones",
        always(
            Column("customerID", STRING, "the customer"),
            Column("tenure", NUMBER, "months", minimum=0),
            Column("Contract", STRING, "by month, one year or two"),
            Column("Churn", STRING, "whether the customer left", allowed=("Yes", "No")),
        ),
        _subscribers,
    ),
    Layout(
        "milestones",
        always(
            Column("Company", STRING, "the company"),
            Column("Year Founded", STRING, "year", pattern=r"[12][0-9]{3}"),
            Column("Date Joined", STRING, "day on which its value passed a billion dollars", pattern=ISO_DAY),
            Column("Industry", STRING, "what it does"),
        ),
        _unicorns,
    ),
)
