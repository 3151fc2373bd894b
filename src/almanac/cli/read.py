"""almanac read: what does a printed figure mean?"""

from __future__ import annotations

import json
import sys
from typing import Annotated, Literal

import typer

from almanac.cli.options import AsJson


def read(
    figures: Annotated[list[str], typer.Argument(help='Figures as printed: "185亿美元", "nearly 90%".')],
    language: Annotated[
        Literal["en", "zh"] | None, typer.Option("--lang", help="Guessed from the script if not given.")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="The unit that the words leave to the context.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read printed figures as intervals with units, and write them in both languages."""
    from almanac.errors import FigureError, UnitError
    from almanac.figure import read as read_figure
    from almanac.figure import render

    answers, wrong = [], 0
    for figure in figures:
        try:
            reading = read_figure(figure, language, unit=unit)
        except (FigureError, UnitError) as error:
            wrong += 1
            print(f"{figure!r}: {error}", file=sys.stderr)
            continue
        interval = reading.quantity.interval
        answers.append(
            {
                "figure": figure,
                "low": float(interval.low),
                "high": float(interval.high),
                "closed_low": interval.closed_low,
                "closed_high": interval.closed_high,
                "unit": reading.quantity.unit.name,
                "unit_stated": reading.unit_stated or unit is not None,
                "rules": list(reading.rules),
                "readings": [{"meaning": a.meaning, "interval": str(a.quantity)} for a in reading.alternatives],
                "en": render(reading.quantity, "en"),
                "zh": render(reading.quantity, "zh"),
            }
        )
    if as_json:
        print(json.dumps([_finite(answer) for answer in answers], ensure_ascii=False, indent=1))
    else:
        for answer in answers:
            print(_line(answer))
    if wrong:
        raise typer.Exit(3)


def _finite(answer: dict[str, object]) -> dict[str, object]:
    """JSON has no infinity: an open end is null."""
    return {key: None if value in (float("inf"), -float("inf")) else value for key, value in answer.items()}


def _line(answer: dict[str, object]) -> str:
    left, right = "[" if answer["closed_low"] else "(", "]" if answer["closed_high"] else ")"
    ends = ", ".join(f"{answer[end]:,.12g}".replace("inf", "∞") for end in ("low", "high"))
    if answer["unit_stated"]:
        lines = [
            f"{answer['figure']}  =  {left}{ends}{right} {answer['unit']}",
            f"    {answer['en']}  ·  {answer['zh']}",
        ]
    else:
        lines = [f"{answer['figure']}  =  {left}{ends}{right}", "    no unit is stated; --unit says what it counts"]
    readings = answer["readings"]
    if isinstance(readings, list) and len(readings) > 1:
        lines += [f"    or: {reading['meaning']}: {reading['interval']}" for reading in readings]
    return "\n".join(lines)
