"""`python -m almanac.datasets FOLDER` writes FOLDER/datapackage.json from the catalogue and its tables."""

from __future__ import annotations

import sys
from pathlib import Path

from almanac.datasets.package import DESCRIPTOR, describe
from almanac.errors import DatasetError


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m almanac.datasets FOLDER", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    try:
        (folder / DESCRIPTOR).write_text(describe(folder), encoding="utf-8")
    except DatasetError as error:
        print(error, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
