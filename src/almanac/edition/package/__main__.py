"""`python -m almanac.edition.package docs/data.md` writes the tables of columns into the page."""

from __future__ import annotations

import sys
from pathlib import Path

from almanac.edition.package import LAYOUTS
from almanac.edition.package.columns import with_columns


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m almanac.edition.package docs/data.md", file=sys.stderr)
        return 2
    page = Path(arguments[0])
    page.write_text(with_columns(page.read_text("utf-8"), LAYOUTS), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
