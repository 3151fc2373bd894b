"""The tour is true: its commands run, and their answers are the ones it prints ("..." stands for anything)."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from commands import REPOSITORY, almanac

TOUR = (REPOSITORY / "docs" / "tour.md").read_text("utf-8")
FOUND_SOMETHING = {"check"}


def steps() -> list[tuple[str, str]]:
    """The commands of the tour, each with the answer printed below it."""
    blocks = re.findall(r"```console\n(.*?)```", TOUR, re.S)
    return [
        (command, answer)
        for block in blocks
        for command, answer in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M)
    ]


def matches(expected: str, found: str) -> bool:
    pattern = re.escape(expected.strip()).replace(r"\.\.\.", "(?s:.*)")
    pattern = re.sub(r"(?:\\ )+", r"\\s+", pattern)
    return re.fullmatch(pattern, found.strip()) is not None


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tour")
    shutil.copytree(REPOSITORY / "editions", folder / "editions")
    return folder


def test_the_tour_has_steps() -> None:
    assert len(steps()) >= 7


def test_the_tour_is_true(workplace: Path) -> None:
    for command, expected in steps():
        program, *arguments = shlex.split(command)
        assert program == "almanac", command
        run = almanac(*arguments, cwd=workplace)
        wanted = 1 if arguments[0] in FOUND_SOMETHING else 0
        assert run.returncode == wanted, f"{command}\n{run.stderr}"
        assert matches(expected, run.stdout), f"{command}\nfound:\n{run.stdout}\nexpected:\n{expected}"
