"""How many printed figures of two real documents does Almanac read right? Beside it, two general libraries.

    python benchmarks/figures.py                                Almanac alone, to standard output
    python benchmarks/figures.py --write                        the same, into benchmarks/results/figures.txt
    python benchmarks/figures.py --beside quantulum3=PYTHON …   a library too, by the interpreter that has it

Every numeric fact of the edition's fact list is looked up at its line: the figures of the sentence around its quote
are found without sight of the stated value, and one of those that touch the quote must read to it, in a unit that
fits. The documents are not part of the repository; without them the benchmark says so and stops.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from almanac.errors import FigureError
from almanac.figure import find, read, read_date
from almanac.figure.dates import find_dates
from almanac.period import Period
from almanac.quantity import Interval
from almanac.units import COUNTED, unit

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared"))
RESULTS = ROOT / "benchmarks" / "results" / "figures.txt"
DOCUMENTS = {"video": "000_70a83248137e878c.txt", "podcast": "004_18d384524f9fc5c1.txt"}

UNITS = {
    "USD": ("USD",), "USD/year": ("USD/year",), "USD/person": ("USD/person",), "USD/GW": ("USD/GW",),
    "USD/GW/year": ("USD/(GW*year)",), "percent": ("percent",), "percentage_points": ("percentage_point",),
    "ratio": ("ratio",), "GW": ("GW",), "years": ("year",), "years ago": ("year",), "months": ("month",),
    "days": ("day",), "hours": ("hour",), "minutes": ("minute",), "persons": ("person",),
    "parameters": ("parameter",), "count": COUNTED, "count/year": ("paper/year",), "index": ("slide",),
    "rank": COUNTED,
}  # fmt: skip
"""Which units of ours a fact's unit may be; a count does not say of what."""

UNPRINTED = {
    "v-aiact-strictest": "a superlative (最严格): no figure is printed",
    "v-saudi-solar-cheapest": "a superlative (最低): no figure is printed",
    "p-alphafold-nobel-fastest": "a superlative (fastest): no figure is printed",
    "p-shadow-ai": "the difference of two printed figures (95% and 44%), itself not printed",
    "p-lab-day-equals-safety-year": "'the same amount': no figure is printed",
}
"""Facts whose value the document implies without printing it; they stay in the count."""

MISSES = {
    ("p-nvidia-95-5", "en"): "broken captions: '955 to 95%' for '95-5 to 95%'; the Chinese line has it",
    ("p-seed-round-130m", "zh"): "the Chinese line leaves the figure out",
}
"""Why a quote cannot be read, where we know."""


NOT_AS_BOUNDS = {
    "v-distractor-7x": "the sentence says 甚至增加7倍, which reads as 7 or 8",
    "v-uk-revenue-share": "words stand between hedge and number: 不到美国的1/10",
    "v-latam-vs-openai-small": "words stand between hedge and number: 不到OpenAI训练一个小模型的1%",
    "v-lab-day-vs-safety-year": "the bound is on 'this number' (超过这个数字), which stands earlier in the sentence",
}
"""Why a bound is read as a plain number."""

Fact = dict[str, Any]
"""One line of the fact list."""

NEAR = Fraction(1, 200)
"""How far another library's number may be from the stated one."""


@dataclass(frozen=True, slots=True)
class Score:
    """What came of one reader."""

    name: str
    hits: frozenset[tuple[str, str]]
    bounds: frozenset[str]
    crowded: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Quote:
    """A fact's words in one document and language, inside their sentence."""

    key: str
    language: str
    sentence: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A figure found in a sentence: its place, the ends it states, in which units."""

    span: tuple[int, int]
    intervals: tuple[Interval, ...]


def facts() -> list[Fact]:
    lines = (SHARED / "edition-2025" / "facts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def is_number(value: object) -> bool:
    return isinstance(value, int | float | list) and not isinstance(value, bool)


def quotes(fact: Fact, documents: dict[str, list[str]]) -> Iterator[Quote]:
    """The fact's quotes in their sentences: the line in Chinese, and for the podcast the English under it."""
    lines, at = documents[str(fact["seed"])], int(str(fact["line"])) - 1
    for language in ("zh", "en"):
        words = fact[f"quote_{language}"]
        if not words:
            continue
        text = lines[at] if language == "zh" else next(line for line in lines[at:] if "english-text" in line)
        start = text.find(str(words))
        if start < 0:
            raise SystemExit(f"{fact['key']}: the quote {words!r} is not at line {at + 1}")
        low, high = sentence(text, start, start + len(str(words)))
        yield Quote(str(fact["key"]), language, text[low:high], (start - low, start + len(str(words)) - low))


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around text[start:end]."""
    stops = [match.end() for match in re.finditer(r"[。！？；]|[.?!](?= |<|$)|<[^>]*>", text)]
    low = max((stop for stop in stops if stop <= start), default=0)
    high = min((stop for stop in stops if stop >= end), default=len(text))
    return low, high


def almanac_candidates(quote: Quote, units: Sequence[str]) -> list[Candidate]:
    """Our figures in a sentence, in the first of the units that each fits."""
    found = []
    for reading in find(quote.sentence):
        for name in units:
            try:
                again = read(reading.text, unit=name)
            except FigureError:
                continue
            intervals = tuple(alternative.quantity.interval for alternative in again.alternatives)
            found.append(Candidate(reading.span, intervals))
            break
    return found


def near(candidates: Iterable[Candidate], quote: Quote) -> list[Candidate]:
    """The figures that touch the quote; those of the whole sentence when none does."""
    low, high = quote.span
    touching = [found for found in candidates if found.span[0] < high and low < found.span[1]]
    return touching or list(candidates)


def agrees(fact: Fact, candidates: Sequence[Candidate]) -> bool:
    """Whether some candidate reads to a stated number, or to a stated range."""
    intervals = [interval for candidate in candidates for interval in candidate.intervals]
    if not isinstance(fact["value"], list):
        return any(says(interval, Fraction(repr(fact["value"]))) for interval in intervals)
    low, high = (Fraction(repr(end)) for end in fact["value"])
    if low > high:  # a split, not a range: both numbers must stand there
        return all(any(says(interval, end) for interval in intervals) for end in (low, high))
    digits = 1 if fact["comparator"] == "~" else Fraction(1, 2)
    return any(spans(interval, low, high, digits) for interval in intervals)


def says(interval: Interval, number: Fraction) -> bool:
    """A number in the interval, or the very end of a bound."""
    at_bound = (not interval.bounded or interval.low == 0) and number in (interval.low, interval.high)
    return number in interval or at_bound


def spans(interval: Interval, low: Fraction, high: Fraction, digits: Fraction | int) -> bool:
    """A range from `low` to `high`, to so many units of the last digit that each end prints."""
    below, above = low - digits * last_digit(low), high + digits * last_digit(high)
    return below <= interval.low <= low and high <= interval.high <= above


def last_digit(number: Fraction) -> Fraction:
    place = Fraction(1)
    while number % (place * 10) == 0:
        place *= 10
    return place


def dated(fact: Fact, quote: Quote) -> bool:
    """Whether a date of the quote is the stated one; the fact's period gives the year where the words do not."""
    stated = str(fact["value"]).replace("..", "/")
    wanted = read_date(stated) if "/" not in stated else Period.parse(stated)
    found = find_dates(quote.sentence, year=int(fact["period"][:4]) if fact["period"] else None)
    touching = [period for period, (low, high) in found if low < quote.span[1] and quote.span[0] < high]
    close = fact["comparator"] == "~"
    return any(wanted == period or (close and wanted.meets(period)) for period in touching)


def bound_or_range(fact: Fact) -> bool:
    """Whether a fact states a bound or a range, which a single number cannot."""
    return fact["comparator"] in ("<", ">", "at least") or isinstance(fact["value"], list)


def as_stated(fact: Fact, candidates: Sequence[Candidate]) -> bool:
    """Whether a stated bound is read as a bound at its number, and a range as a range."""
    if isinstance(fact["value"], list):
        return agrees(fact, candidates)
    number = Fraction(repr(fact["value"]))
    intervals = [interval for candidate in candidates for interval in candidate.intervals]
    if fact["comparator"] == "<":
        return any(interval.high == number for interval in intervals)
    return any(interval.low == number and not interval.bounded for interval in intervals)


def almanac(asked: Sequence[tuple[Fact, Quote]]) -> list[list[Candidate]]:
    return [almanac_candidates(quote, UNITS[str(fact["unit"])]) for fact, quote in asked]


def beside(library: str, python: str, asked: Sequence[tuple[Fact, Quote]]) -> list[list[Candidate]]:
    """What a library finds, in units that fit; a bare number fits any. Its numbers count to half a percent, and two
    numbers that are the ends of a range count as the range."""
    sentences = json.dumps([{"language": quote.language, "text": quote.sentence} for _, quote in asked])
    script = Path(__file__).with_name("figures_beside.py")
    run = subprocess.run(
        [python, "-W", "ignore", str(script), library], input=sentences, capture_output=True, text=True, check=True
    )
    answers = json.loads(run.stdout)
    return [list(_others(found, str(fact["unit"]))) for found, (fact, _) in zip(answers, asked, strict=True)]


def _others(answers: Sequence[dict[str, Any]], fact_unit: str) -> Iterator[Candidate]:
    numerator = unit(UNITS[fact_unit][0].partition("/")[0])
    ends: list[Fraction] = []
    for found in answers:
        named = found["unit"]
        if named.startswith("?") or (named and not unit(named).fits(numerator)):
            continue
        factor = unit(named).per(numerator) if named else Fraction(1)
        low, high = (Fraction(repr(float(found[end]))) * factor for end in ("low", "high"))
        ends += [low, high]
        yield Candidate((found["start"], found["end"]), (Interval(low - abs(low) * NEAR, high + abs(high) * NEAR),))
    if ends and min(ends) < max(ends):
        span = (min(found["start"] for found in answers), max(found["end"] for found in answers))
        yield Candidate(span, (Interval(min(ends), max(ends)),))


def score(name: str, asked: Sequence[tuple[Fact, Quote]], answers: Sequence[list[Candidate]], seconds: float) -> Score:
    pairs = list(zip(asked, answers, strict=True))
    hits = frozenset((q.key, q.language) for (fact, q), found in pairs if agrees(fact, near(found, q)))
    crowded = sum(len(near(found, quote)) > 1 for (_, quote), found in pairs)
    bounds = frozenset(q.key for (fact, q), found in pairs if bound_or_range(fact) and as_stated(fact, near(found, q)))
    return Score(name, hits, bounds, crowded, seconds)


def report(asked: Sequence[tuple[Fact, Quote]], scores: Sequence[Score], dates: Sequence[tuple[Fact, Quote]]) -> str:
    keys = {quote.key for _, quote in asked}
    lines = [
        "Printed figures of two documents, read. Made by benchmarks/figures.py.",
        "",
        f"{len(keys)} numeric facts, {len(asked)} quotes: "
        + ", ".join(f"{sum(q.language == language for _, q in asked)} {language}" for language in ("zh", "en")),
        "",
        f"{'reader':<22}{'facts':>14}{'zh quotes':>14}{'en quotes':>14}{'bounds, ranges':>16}{'ms a quote':>12}",
    ]
    for one in scores:
        cells = [_share({key for key, _ in one.hits}, keys)]
        for language in ("zh", "en"):
            quoted = {quote.key for _, quote in asked if quote.language == language}
            cells.append(_share({key for key, spoken in one.hits if spoken == language}, quoted))
        stated = {quote.key for fact, quote in asked if bound_or_range(fact)}
        last = f"{_share(set(one.bounds), stated):>16}{one.seconds:>12.2f}"
        lines.append(f"{one.name:<22}" + "".join(f"{cell:>14}" for cell in cells) + last)
    ours = scores[0]
    printed = keys - UNPRINTED.keys()
    lines += [
        "",
        f"Of the {len(printed)} facts whose number is printed at all, Almanac reads "
        f"{len({key for key, _ in ours.hits} & printed)}.",
        "",
        "A quote is a hit when a figure that touches it (one of its sentence, where the quote cuts the figure off) has a",
        "unit that fits and holds the stated number. The fourth column counts the facts that state a bound or a range and",
        "are read as one; the other libraries have no bounds, and are credited with a range when they find its two ends.",
        "",
        f"Quotes in which more than one figure fits: {ours.crowded}; a hit then means that one of them reads right.",
        "",
        "Quotes that Almanac does not read to the stated value:",
    ]
    for fact, quote in asked:
        if (quote.key, quote.language) not in ours.hits:
            reason = UNPRINTED.get(quote.key) or MISSES.get((quote.key, quote.language), "NOT UNDERSTOOD")
            lines.append(f"  {quote.key} ({quote.language}): {fact['value']} {fact['unit']}: {reason}")
    lines += ["", "Bounds and ranges that Almanac reads, but not as such:"]
    for fact, quote in asked:
        if bound_or_range(fact) and quote.key not in ours.bounds:
            reason = NOT_AS_BOUNDS.get(quote.key, "see above")
            lines.append(f"  {quote.key}: {fact['comparator']} {fact['value']} {fact['unit']}: {reason}")
    right = [quote for fact, quote in dates if dated(fact, quote)]
    lines += ["", f"Dates: {len(right)} of {len(dates)} quotes read to the stated period."]
    lines += [f"  missed: {quote.key} ({quote.language})" for _, quote in dates if quote not in right]
    return "\n".join(lines) + "\n"


def _share(hits: set[str], among: set[str]) -> str:
    return f"{len(hits)}/{len(among)} {len(hits) / len(among):.1%}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.relative_to(ROOT)}")
    parser.add_argument("--beside", nargs="*", default=[], metavar="LIBRARY=PYTHON")
    options = parser.parse_args()
    if not (SHARED / "edition-2025" / "facts.jsonl").exists():
        print("skipped: the documents are not here; point ALMANAC_SHARED at the folder that has edition-2025/")
        return 0
    documents = {
        seed: (SHARED / "sources" / name).read_text(encoding="utf-8").splitlines() for seed, name in DOCUMENTS.items()
    }
    quoted = [(fact, quote) for fact in facts() for quote in quotes(fact, documents)]
    dates = [pair for pair in quoted if pair[0]["unit"] in ("date", "year")]
    asked = [pair for pair in quoted if is_number(pair[0]["value"]) and pair not in dates]
    scores = []
    libraries = [entry.partition("=")[::2] for entry in options.beside]
    readers: list[tuple[str, Callable[[], list[list[Candidate]]]]] = [("almanac", partial(almanac, asked))]
    readers += [(library, partial(beside, library, python, asked)) for library, python in libraries]
    for name, reader in readers:
        start = perf_counter()
        answers = reader()
        scores.append(score(name, asked, answers, 1000 * (perf_counter() - start) / len(asked)))
    text = report(asked, scores, dates)
    if options.write:
        RESULTS.write_text(text, encoding="utf-8")
    print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
