"""Sheets as CSV: RFC 4180 in UTF-8, safe to guess at, and harmless in a spreadsheet.

Words stand in quotation marks; numbers, dates and truth values do not, and a number that need not be whole has a
point. So a reader that guesses the types of columns guesses right, and an empty cell is no empty word.

A spreadsheet runs a cell that starts with = + - or @ as a formula, and the words in these tables come from strangers.
So a text cell that starts so gets an apostrophe before it; see `guarded` and `unguarded`, which undo each other.
Numbers are numbers: a negative one keeps its bare minus.
"""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date

from almanac.edition.package.layout import Cell, Sheet

CRLF, LF = "\r\n", "\n"

_RISKY = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
"""What a spreadsheet takes for a formula, the full-width forms too, after any apostrophes that already stand there."""


def csv_bytes(sheet: Sheet) -> bytes:
    """The sheet as CSV: a header, then a row a line."""
    rows = (sheet.layout.names, *(tuple(map(csv_cell, row)) for row in sheet.rows))
    return "".join(",".join(row) + CRLF for row in rows).encode()


def csv_cell(cell: Cell) -> str:
    """A cell as it stands in CSV: every digit of a number, dates by ISO 8601, lists as JSON arrays.

    >>> csv_cell("five"), csv_cell(5), csv_cell(5.0), csv_cell(None)
    ('"five"', '5', '5.0', '')
    """
    match cell:
        case tuple():
            return _in_quotes(json.dumps(cell, ensure_ascii=False))
        case str():
            return _in_quotes(guarded(cell))
    return _bare(cell)


def _bare(cell: bool | int | float | date | None) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float():
            return repr(cell)  # the shortest digits that read back as the same double
        case date():
            return cell.isoformat()
    return str(cell)


def _in_quotes(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def plain_csv(sheet: Sheet, line_end: str) -> bytes:
    """The sheet as people write CSV: quotation marks only where needed, whole numbers without a point."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=line_end)
    writer.writerow(sheet.layout.names)
    for row in sheet.rows:
        writer.writerow(map(_plain, row))
    return text.getvalue().encode()


def _plain(cell: Cell) -> str:
    match cell:
        case float() if cell.is_integer() and abs(cell) < 2**53:
            return str(int(cell))
        case tuple():
            return json.dumps(cell, ensure_ascii=False)
        case str():
            return guarded(cell)
    return _bare(cell)


def guarded(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet would run it.

    >>> guarded("+15%"), guarded("15%")
    ("'+15%", '15%')
    """
    return f"'{text}" if _RISKY.match(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given.

    >>> unguarded("'+15%")
    '+15%'
    """
    return text[1:] if text.startswith("'") and _RISKY.match(text) else text
