"""Customer base: who of the customers who leave without a word is still there, and how often they will buy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Annotated, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field
from scipy.stats import chi2

from almanac.datasets.catalog import CUSTOMER_BASE
from almanac.datasets.schema import Table
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.customer_base_charts import customer_base_charts
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.statistics import NoNumber, wilson
from almanac.statistics.bgnbd import BgNbd, Purchases, bg_nbd

ALL = "all"
PARAMETERS = ("r", "alpha", "a", "b")

POISSON = "while it is there a customer buys at a steady rate, gamma distributed over customers"
LEAVES = "after each purchase it leaves for good with a chance of its own, beta distributed, whatever its rate"
MODEL = (POISSON, LEAVES)
AVERAGE = "the interval is of the model's mean: what these customers do by chance is not in it"

LEAST_EXPECTED = 5.0
"""Customers whom a class of frequencies is expected to hold at least, or it is put together with the one before."""

Floats = NDArray[np.float64]
Positive = Annotated[float, Field(gt=0)]


@instrument(
    "customer-base",
    version="1.0.0",
    chapter="industry",
    reads={"customers": CUSTOMER_BASE},
    references=(
        'Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005), "Counting your customers" the easy way: an alternative '
        "to the Pareto/NBD model. Mark. Sci. 24, 275-284.",
        "Schmittlein, D. C., Morrison, D. G. and Colombo, R. (1987), Counting your customers: who are they and what "
        "will they do next? Manag. Sci. 33, 1-24.",
    ),
)
def customer_base(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    unit: Literal["day", "week", "month"] = "week",
    ahead: Positive = 39.0,
    silent: Annotated[Sequence[Positive], Field(min_length=1)] = (4.0, 13.0, 26.0),
    most: Annotated[int, Field(ge=1, le=50)] = 7,
) -> Measurement:
    """How many of the customers who leave without a word are still there, and how often will they buy again?

    customers: `frequency` (repeat purchases), `recency` (time of the last one since the first purchase) and `age` (time
    of the watching since then), of every customer, also of those who never came back.

    unit: of these times. ahead: for how long purchases are expected. silent: times without a purchase after which a
    rule of thumb takes a customer for lost. most: the class of frequencies that holds all larger ones too.

    Estimates, of "all" by the BG/NBD model: customers, repeaters, log_likelihood (counted); r, a, b (ratio) and alpha
    (unit): its parameters; alive (percent): the mean chance of being there, of "all" and of "who came back";
    expected_purchases (ratio): of a customer in the time ahead, of "all" and "a new customer"; fit_p_value (ratio): of
    the chi-squared test of the frequencies. And active (percent; Wilson): who bought within so long of the end,
    "within 13 weeks": what the rule of thumb would call alive.

    Tables: customers (the chance of each, and its purchases to come), frequencies (seen and expected), definitions.
    Nothing is drawn at random; seed is recorded. docs/theory/customer-base.md.
    """
    known, account = _known(tables["customers"].frame)
    given = Purchases.of(*(known[name] for name in ("frequency", "recency", "age")))
    found = bg_nbd(given)
    asked = _Asked(known, given, found, level, unit, ahead)
    rows = {"customers": tuple(asked.customer_rows()), "frequencies": tuple(asked.frequency_rows(most))}
    actives = {time: asked.active(time) for time in silent}
    estimates = (*asked.counts(), *asked.parameters(), *asked.shares(), *asked.to_come(), asked.fit(most))
    return Measurement(
        account=account,
        estimates=(*estimates, *actives.values()),
        tables={**rows, "definitions": tuple(asked.definition_rows(estimates, actives))},
        charts=customer_base_charts(rows["frequencies"]),
    )


def _known(frame: pl.DataFrame) -> tuple[pl.DataFrame, Account]:
    """The customers whose times can be, and what became of the others."""
    late = pl.col("recency") > pl.col("age")
    torn = (pl.col("frequency") == 0) != (pl.col("recency") == 0)
    reasons = {
        "the last purchase is after the end of the watching": frame.filter(late).height,
        "a time of the last purchase without a repeat purchase, or the reverse": frame.filter(torn & ~late).height,
    }
    known = frame.filter(~late & ~torn)
    words = tuple(f"{many:,} customers skipped: {why}" for why, many in reasons.items() if many)
    return known, Account(frame.height, known.height, frame.height - known.height, 0, words)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The customers, the model of them, and what is asked of it."""

    frame: pl.DataFrame
    purchases: Purchases
    found: BgNbd | NoNumber
    level: float
    unit: str
    ahead: float

    @property
    def many(self) -> int:
        return self.frame.height

    @property
    def again(self) -> Purchases:
        """Who came back."""
        p = self.purchases
        kept = p.frequency > 0
        return Purchases(p.frequency[kept], p.recency[kept], p.age[kept], p.customers[kept])

    def _of_model(
        self, name: str, subject: str, of: Callable[[BgNbd], float], unit: str, n: int, method: str, factor: float = 1.0
    ) -> Estimate | Undefined:
        """What the model says, with its interval; a share where the factor is 100."""
        if isinstance(self.found, NoNumber):
            return Undefined(name, subject, self.found.reason)
        interval = self.found.interval(of, self.level, share=factor == 100)
        return estimated(name, subject, interval.scaled(factor), unit, n, f"BG/NBD, {method}", (*MODEL, AVERAGE))

    def counts(self) -> Iterator[Estimate | Undefined]:
        again = int(self.again.customers.sum())
        yield counted("customers", ALL, float(self.many), "customer", self.many, "whose times are known")
        yield counted("repeaters", ALL, float(again), "customer", self.many, "who bought again")
        if isinstance(self.found, NoNumber):
            yield Undefined("log_likelihood", ALL, self.found.reason)
        else:
            value = self.found.log_likelihood
            yield counted("log_likelihood", ALL, value, "ratio", self.many, "BG/NBD at its maximum", MODEL)

    def parameters(self) -> Iterator[Estimate | Undefined]:
        method = "maximum likelihood; interval symmetric on the logarithm"
        for name in PARAMETERS:
            unit = self.unit if name == "alpha" else "ratio"
            yield self._of_model(name, ALL, attrgetter(name), unit, self.many, method)

    def shares(self) -> Iterator[Estimate | Undefined]:
        for subject, those in ((ALL, self.purchases), ("who came back", self.again)):
            n = int(those.customers.sum())

            def mean(model: BgNbd, those: Purchases = those, n: int = n) -> float:
                return float(those.customers @ model.alive(those)) / n

            method = "mean chance of being there; who never came back counts as there"
            yield self._of_model("alive", subject, mean, "percent", n, method, 100)

    def to_come(self) -> Iterator[Estimate | Undefined]:
        def mean(model: BgNbd) -> float:
            return float(self.purchases.customers @ model.expected(self.purchases, self.ahead)) / self.many

        method = f"repeat purchases of a customer in the {self.ahead:g} {self.unit}s ahead"
        yield self._of_model("expected_purchases", ALL, mean, "ratio", self.many, method)
        new = f"repeat purchases in the first {self.ahead:g} {self.unit}s"
        yield self._of_model(
            "expected_purchases",
            "a new customer",
            lambda model: model.expected_of_new(self.ahead),
            "ratio",
            self.many,
            new,
        )

    def fit(self, most: int) -> Estimate | Undefined:
        """Whether the frequencies are the model's: Pearson's statistic, four parameters being fitted to them."""
        if isinstance(self.found, NoNumber):
            return Undefined("fit_p_value", ALL, self.found.reason)
        seen, expected = _together(self._seen(most), self.found.frequencies(self.purchases, most))
        free = len(seen) - 1 - len(PARAMETERS)
        if free < 1:
            return Undefined("fit_p_value", ALL, f"{len(seen)} classes of frequencies do not test four parameters")
        statistic = float(((seen - expected) ** 2 / expected).sum())
        method = f"chi-squared {statistic:.2f} with {free} degrees of freedom"
        return counted("fit_p_value", ALL, float(chi2.sf(statistic, free)), "ratio", self.many, method)

    def active(self, time: float) -> Estimate | Undefined:
        """Who bought within `time` of the end, the first purchase included."""
        bought = int(self.purchases.customers[self.purchases.age - self.purchases.recency <= time].sum())
        found = wilson(bought, self.many, self.level)
        share = found if isinstance(found, NoNumber) else found.scaled(100)
        subject = f"within {time:g} {self.unit}s"
        return estimated("active", subject, share, "percent", self.many, "bought so lately; Wilson", ())

    # ---- tables ----------------------------------------------------------------------------------------------------

    def _seen(self, most: int) -> Floats:
        classes = np.minimum(self.purchases.frequency, most).astype(int)
        return np.asarray(np.bincount(classes, self.purchases.customers, most + 1), dtype=np.float64)

    def customer_rows(self) -> Iterator[Row]:
        if isinstance(self.found, NoNumber) or not self.many:
            return
        x, last, until = (self.frame[name].to_numpy().astype(float) for name in ("frequency", "recency", "age"))
        each = Purchases(x, last, until, np.ones(self.many))
        chances, to_come = self.found.alive(each), self.found.expected(each, self.ahead)
        for name, alive, purchases in zip(self.frame["customer"], chances.tolist(), to_come.tolist(), strict=True):
            yield {"customer": name, "alive": 100 * alive, "expected_purchases": purchases}

    def frequency_rows(self, most: int) -> Iterator[Row]:
        expected = None if isinstance(self.found, NoNumber) else self.found.frequencies(self.purchases, most)
        for n, seen in enumerate(self._seen(most).tolist()):
            model = None if expected is None else float(expected[n])
            yield {"frequency": n, "or_more": n == most, "seen": round(seen), "expected": model}

    def definition_rows(
        self, estimates: Sequence[Estimate | Undefined], actives: Mapping[float, Estimate | Undefined]
    ) -> Iterator[Row]:
        """Who is there by the model, and by rules of thumb."""
        named = {f"BG/NBD, {e.subject}": e for e in estimates if e.name == "alive"}
        named |= {f"bought within {time:g} {self.unit}s": e for time, e in actives.items()}
        for definition, found in named.items():
            ends = (found.value, found.low, found.high) if isinstance(found, Estimate) else (None, None, None)
            yield {"definition": definition, **dict(zip(("percent", "low", "high"), ends, strict=True))}


def _together(seen: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """The classes, with the last ones put together until each is expected to hold enough."""
    end = len(expected)
    while end > 1 and expected[end - 1 :].sum() < LEAST_EXPECTED:
        end -= 1
    cut = end - 1
    return np.append(seen[:cut], seen[cut:].sum()), np.append(expected[:cut], expected[cut:].sum())
