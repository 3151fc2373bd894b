"""`python -m almanac` is `almanac`."""

from almanac.cli import main

main()
