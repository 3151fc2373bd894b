"""The examples in docstrings and on the page about figures are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path
from types import ModuleType

import pytest

import almanac.figure
from almanac import period, quantity, units

PAGE = Path(__file__).parents[2] / "docs" / "theory" / "figures.md"
MODULES = [
    period,
    quantity,
    units,
    *(
        importlib.import_module(found.name)
        for found in pkgutil.iter_modules(almanac.figure.__path__, "almanac.figure.")
    ),
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples_in_docstrings(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def test_examples_on_the_page() -> None:
    assert doctest.testfile(str(PAGE), module_relative=False).failed == 0
