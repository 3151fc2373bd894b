"""Two general libraries behind one door, for benchmarks/figures.py; runs where the library is installed.

    python figures_beside.py quantulum3 < sentences.json > found.json
    python figures_beside.py recognizers < sentences.json > found.json

In: a list of {"language", "text"}. Out: for each, a list of {"start", "end", "low", "high", "unit"}; the unit is one of
ours, "" where the library names none, or "?…" where it names one that we do not have.

    quantulum3           pip install "quantulum3[classifier]" "scikit-learn==1.8.0"
    recognizers-text     pip install recognizers-text-suite "emoji<2"
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

_UNITS = {
    "dollar": "USD", "united states dollar": "USD", "percentage": "percent", "gigawatt": "GW", "megawatt": "MW",
    "year": "year", "month": "month", "day": "day", "hour": "hour", "minute": "minute", "minute of arc": "minute",
    "dimensionless": "", "": "",
}  # fmt: skip


def _found(start: int, end: int, low: float, high: float, unit: str) -> dict[str, object]:
    name = _UNITS.get(unit.lower(), f"?{unit}")
    return {"start": start, "end": end, "low": low, "high": high, "unit": name}


def quantulum3(text: str, language: str) -> Iterator[dict[str, object]]:
    from quantulum3 import parser

    for found in parser.parse(text):
        reach = found.uncertainty or 0
        yield _found(*found.span, found.value - reach, found.value + reach, found.unit.name)


def recognizers(text: str, language: str) -> Iterator[dict[str, object]]:
    import recognizers_number_with_unit as with_unit
    from recognizers_number import recognize_number, recognize_percentage
    from recognizers_text import Culture

    culture = Culture.Chinese if language == "zh" else Culture.English
    kinds = (recognize_number, recognize_percentage, with_unit.recognize_currency, with_unit.recognize_dimension,
             with_unit.recognize_age)  # fmt: skip
    for recognize in kinds:
        for found in recognize(text, culture):
            value = str((found.resolution or {}).get("value") or "")
            unit = str((found.resolution or {}).get("unit") or "")
            if value.endswith("%"):
                value, unit = value[:-1], "percentage"
            if value:
                yield _found(found.start, found.end + 1, float(value), float(value), unit)


def main() -> None:
    library = {"quantulum3": quantulum3, "recognizers": recognizers}[sys.argv[1]]
    answers = []
    for asked in json.load(sys.stdin):
        try:
            answers.append(list(library(asked["text"], asked["language"])))
        except Exception as error:  # the library's own faults count as nothing found
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            answers.append([])
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
