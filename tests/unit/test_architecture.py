"""The design's lines between parts, held by reading the imports."""

import ast
from pathlib import Path

import almanac

PACKAGE = Path(almanac.__file__).parent

OUTSIDE = {
    "os",
    "pathlib",
    "shutil",
    "tempfile",
    "subprocess",
    "socket",
    "http",
    "urllib",
    "requests",
    "time",
    "random",
}
"""Modules that see the disk, the network, the clock, the environment or chance."""

MAY_SEE_OUTSIDE = ("datasets/", "engine/", "cli/", "papers/formats/", "ledger/", "yamlfile.py", "errors.py",
                   "edition/build.py", "edition/bundle.py", "edition/drawing.py", "edition/prose.py", "edition/site/", "edition/package/__main__.py")  # fmt: skip
"""Readers, builders and the command line. `errors.py` names paths and `edition/site` reads its own templates."""


def modules() -> dict[str, ast.Module]:
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def imports(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_only_readers_builders_and_the_command_line_see_the_outside() -> None:
    wrong = {
        name: sorted(seen)
        for name, tree in modules().items()
        if not name.startswith(MAY_SEE_OUTSIDE) and (seen := {i.split(".")[0] for i in imports(tree)} & OUTSIDE)
    }
    assert not wrong


def test_nobody_asks_the_clock() -> None:
    clocks = {"now", "today", "utcnow", "time", "time_ns"}
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        if not name.startswith("cli/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in clocks
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"date", "datetime", "time"}
    ]
    assert not wrong


def test_instruments_and_statistics_stand_below_edition_and_command_line() -> None:
    above = ("almanac.edition", "almanac.cli", "almanac.papers.formats")
    wrong = {
        name: sorted(seen)
        for name, tree in modules().items()
        if name.startswith(("instruments/", "statistics/"))
        and (seen := {i for i in imports(tree) if i.startswith(above)})
    }
    assert not wrong


def test_statistics_imports_nothing_of_almanac_but_its_errors() -> None:
    wrong = {
        name: sorted(seen)
        for name, tree in modules().items()
        if name.startswith("statistics/")
        and (
            seen := {
                i
                for i in imports(tree)
                if i.startswith("almanac") and not i.startswith(("almanac.errors", "almanac.statistics"))
            }
        )
    }
    assert not wrong


def test_checks_do_not_know_how_an_edition_is_published() -> None:
    wrong = {
        name: sorted(seen)
        for name, tree in modules().items()
        if name.startswith(("checks/", "figure/", "ledger/"))
        and (seen := {i for i in imports(tree) if i.startswith(("almanac.edition", "almanac.cli"))})
    }
    assert not wrong


def test_no_bare_assert_guards_data() -> None:
    """`python -O` removes asserts: data is guarded by errors, and asserts only tell the type checker what is known."""
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
        and not (isinstance(node.test, ast.Call) and getattr(node.test.func, "id", "") in {"isinstance", "callable"})
        and not (isinstance(node.test, ast.Compare) and isinstance(node.test.ops[0], ast.IsNot))
    ]
    assert not wrong


def test_inspect_and_its_dataframes_are_loaded_only_by_the_reader_of_its_logs() -> None:
    """They are an extra, slow to import, and must not be needed by anything else."""
    wrong = {
        name: sorted(seen)
        for name, tree in modules().items()
        if (seen := {i for i in imports(tree) if i.split(".")[0] in {"inspect_ai", "pandas", "pyarrow"}})
        and not name.startswith("edition/package/")
    }
    assert not wrong
    named = [path.name for path in PACKAGE.rglob("*.py") if '"inspect_ai' in path.read_text("utf-8")]
    assert named == ["inspect_logs.py"]
