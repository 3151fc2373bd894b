"""The Hypothesis vocabulary of the suite: numbers, intervals, units, quantities, dates."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from almanac.period import Period
from almanac.quantity import INFINITY, Endpoint, Interval, Quantity
from almanac.units import COUNTED, CURRENCIES, Unit, unit

SMALLEST, LARGEST = -6, 15
"""Powers of ten between which the numbers of a report lie."""

MEASURES = ("percent", "percentage_point", "permyriad", "ratio", "second", "minute", "hour", "day", "month", "year",
            "W", "kW", "MW", "GW", "TW", "Wh", "kWh", "MWh", "GWh", "TWh", "FLOP")  # fmt: skip
RATES = ("USD/year", "CNY/year", "USD/person", "USD/GW", "USD/(GW*year)", "USD/accelerator", "paper/year",
         "person/company", "USD/(person*year)", "USD/month")  # fmt: skip


def numbers(lowest: int = SMALLEST, highest: int = LARGEST) -> SearchStrategy[Fraction]:
    """Positive numbers of few digits and any size: 3, 18.5e9, 0.043."""
    return st.builds(
        lambda digits, power: Fraction(digits) * Fraction(10) ** power,
        st.integers(1, 99_999),
        st.integers(lowest, highest - 5),
    )


def signed() -> SearchStrategy[Fraction]:
    return st.builds(lambda number, sign: number * sign, numbers(), st.sampled_from((1, 1, 1, -1, 0)))


def printed() -> SearchStrategy[str]:
    """Positive numbers as digits: 7, 1200, 18.50, 0.043."""

    def decimal(number: int, decimals: int) -> str:
        return f"{number / 10**decimals:.{decimals}f}"

    return st.builds(decimal, st.integers(1, 99_999), st.integers(0, 4)) | st.builds(
        lambda number, zeros: f"{number}{'0' * zeros}", st.integers(1, 999), st.integers(0, 9)
    )


def rational() -> SearchStrategy[Fraction]:
    """Numbers with no short decimal, as arithmetic makes them."""
    return st.builds(Fraction, st.integers(-(10**9), 10**9), st.integers(1, 10**6))


def roundings() -> SearchStrategy[Interval]:
    """The intervals of printed numbers: [x - h, x + h), h half of some digit of x."""
    return st.builds(
        lambda digits, power: Interval.rounded(digits * Fraction(10) ** power, Fraction(10) ** power / 2),
        st.integers(1, 99_999),
        st.integers(SMALLEST, LARGEST - 5),
    )


def bounded() -> SearchStrategy[Interval]:
    """Any bounded interval, its ends open or closed."""
    ends = signed() | rational()

    def between(first: Fraction, last: Fraction, closed_low: bool, closed_high: bool) -> Interval:
        low, high = sorted((first, last))
        return Interval(low, high, closed_low, closed_high) if low < high else Interval.point(low)

    return st.builds(between, ends, ends, st.booleans(), st.booleans())


def half_lines() -> SearchStrategy[Interval]:
    def open_to(end: Endpoint, upwards: bool, closed: bool) -> Interval:
        return Interval(end, INFINITY, closed, False) if upwards else Interval(-INFINITY, end, False, closed)

    return st.builds(open_to, signed() | rational(), st.booleans(), st.booleans())


def sizes() -> SearchStrategy[Interval]:
    """From zero to a positive number: what "less than" and "up to" mean."""
    return st.builds(lambda high, closed: Interval(Fraction(0), high, not closed, closed), numbers(), st.booleans())


def intervals() -> SearchStrategy[Interval]:
    points = (signed() | rational()).map(Interval.point)
    everything = st.just(Interval(-INFINITY, INFINITY))
    return points | roundings() | bounded() | half_lines() | sizes() | everything


def within(interval: Interval) -> SearchStrategy[Fraction]:
    """Numbers of an interval: its ends, where it has them, and numbers between."""
    low = interval.low if interval.low != -INFINITY else min(Fraction(0), _finite(interval.high)) - 10**6
    high = interval.high if interval.high != INFINITY else max(Fraction(0), _finite(interval.low)) + 10**6
    between = st.integers(0, 1000).map(lambda part: Fraction(low) + (Fraction(high) - Fraction(low)) * part / 1000)
    return between.filter(interval.__contains__)


def _finite(end: Endpoint) -> Fraction:
    return end if isinstance(end, Fraction) else Fraction(0)


def units() -> SearchStrategy[Unit]:
    """Every unit that a claim may have."""
    return st.sampled_from((*CURRENCIES, *COUNTED, *MEASURES, *RATES)).map(unit)


def quantities(of: SearchStrategy[Interval] | None = None) -> SearchStrategy[Quantity]:
    return st.builds(Quantity, intervals() if of is None else of, units())


def days() -> SearchStrategy[date]:
    return st.dates(date(1950, 1, 1), date(2098, 11, 1))


def periods() -> SearchStrategy[Period]:
    """Days, months, quarters, halves, years, fiscal years, and spans of each."""
    year = st.integers(1950, 2099)
    fiscal = st.builds(lambda first, more: Period(date(first, 1, 1), date(min(first + more, 2099), 12, 31), True),
                       year, st.integers(0, 3))  # fmt: skip
    months = st.builds(
        lambda number, first, more: Period.months(number, first, min(12, first + more)),
        year, st.integers(1, 12), st.integers(0, 11),
    )  # fmt: skip
    years = st.builds(lambda first, more: Period(date(first, 1, 1), date(min(first + more, 2099), 12, 31)),
                      year, st.integers(0, 9))  # fmt: skip
    spans = st.builds(lambda start, length: Period(start, start + timedelta(length)), days(), st.integers(0, 400))
    return fiscal | months | years | spans


# Papers: documents that look real enough to get past the first check of a reader, and hostile ones.

SENTENCES = (
    "We trained on 8 NVIDIA A100 (80GB) GPUs for 3 days.", "It ran on a sin-\ngle RTX-\n2080 card.", "Eﬃcient con\u00adtrol.",
    "GPUs\u00a0and TPUs\u2009v3.", "Costs are $5 and $6.", "The loss is 50% lower.", "See [1] and (Liu et al., 2019).",
    "模型在八块昇腾910B上训练。", "Naïve Müller’s “test”.", "a_b * c", "1 < 2 & 3 > 2",
)  # fmt: skip

PIECES = {
    "md": ("# Abstract", "## 1. Introduction", "**8** A100", "$8\\times$ A100", "| a | b |\n|---|---|\n| 1 | 2 |", "```\nx = 1\n```",
           "[text](http://a.b)", "x<sup>1</sup>", "10<sup>6</sup>", "# References", "![](a.png)", "\\*"),
    "tex": ("\\documentclass{article}", "\\begin{document}", "\\section{A}", "\\textbf{V100}", "8$\\times$H100", "% gone", "50\\%",
            "\\begin{tabular}{ll} a & b \\\\ \\end{tabular}", "\\footnote{note}", "\\input{other}", "\\newcommand{\\x}{\\x\\x}", "\\x",
            "{", "}", "\\begin{verbatim} { \\end{verbatim}", "\\SI{80}{GB}", "\\cite{a}", "\\appendix", "\\end{document}", "\\\\"),
    "xml": ("<article><body>", "<sec><title>A</title>", "<p>words</p>", "</sec>", "</body></article>", "<sup>1</sup>", "&amp;", "&nbsp;",
            "<table-wrap><table><tr><td>a</td></tr></table></table-wrap>", "<!-- c -->", "<![CDATA[x]]>", "<?pi?>", "<TEI><text>",
            "</text></TEI>", "<head>B</head>", "<lb/>"),
    "html": ("<!doctype html>", "<h1>T</h1>", "<p>a<br>b", "<pre>x = 1</pre>", "<script>no</script>", "<table><tr><td>1<td>2</table>",
             "<math alttext='x'></math>", "</div>", "<sup>2</sup>", "<section class='ltx_bibliography'>"),
    "json": ('{"title": "T", "text": [{"string": "a"}]}', '{"paper_id": "1", "body_text": [{"text": "a {{cite:x}}", "section": "s"}]}',
             '{"words": ["a", "b"], "sentences": [[0, 2]]}', '{"content": "words"}', "[", "{", "null", '"', "]", "}", "[{}]"),
    "txt": ("1 INTRODUCTION", "References", "\x0c", "\ufffe", "\x00", "\ufdd0", "\r\n", "-\n", "ﬁ", "\u00ad"),
}  # fmt: skip


def documents(kind: str) -> SearchStrategy[str]:
    """Documents of a format, made of its pieces and of sentences in any order: mostly broken."""
    piece = st.sampled_from(PIECES[kind]) | st.sampled_from(SENTENCES) | st.text(max_size=12)
    return st.lists(piece, max_size=14).map("\n".join)


def mutated(data: SearchStrategy[bytes]) -> SearchStrategy[bytes]:
    """Bytes with a stretch cut out, doubled or overwritten."""

    def change(original: bytes, place: int, length: int, new: bytes) -> bytes:
        place %= len(original) + 1
        return original[:place] + new + original[place + length :]

    return st.builds(change, data, st.integers(0, 10**6), st.integers(0, 40), st.binary(max_size=12))


def payments() -> SearchStrategy[tuple[str, str, date, str, str]]:
    """Payments of few customers to few vendors over two years: customer, vendor, day, amount, currency. Some are of 0,
    some are paid back.
    """
    days = st.dates(date(2023, 1, 1), date(2024, 12, 31))
    amounts = st.integers(-2_000, 9_999_99).map(lambda cents: f"{cents / 100:.2f}") | st.sampled_from(
        ("0", "-10", "10")
    )
    return st.tuples(st.sampled_from("abcdef"), st.sampled_from("VW"), days, amounts, st.just("USD"))
