"""Data packages: hash, schema, origin and licence are all checked, and every fault of all files comes at
once.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from almanac.datasets import Package
from almanac.datasets.__main__ import main
from almanac.datasets.catalog import CATALOG
from almanac.datasets.package import DESCRIPTOR, describe
from almanac.errors import DatasetError

DATA = Path(__file__).parents[2] / "editions" / "2025" / "data"


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the edition's package that a test may damage."""
    return Path(shutil.copytree(DATA, tmp_path / "2025" / "data"))


def edit(folder: Path, change) -> None:
    path = folder / DESCRIPTOR
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content), "utf-8")


def faults(folder: Path) -> list[tuple[str, int | None, str]]:
    with pytest.raises(DatasetError) as raised:
        Package.read(folder)
    return [(Path(fault.path).name, fault.line, fault.where) for fault in raised.value.faults]


def test_the_edition_s_package():
    package = Package.read(DATA)
    assert list(package.tables) == [entry.name for entry in CATALOG]
    assert package.tables["compute-index"].frame.height == 468
    assert package.tables["predictions"].frame.height == 69
    assert package.licence == "CC-BY-4.0"
    assert package.as_of == date(2026, 8, 1)
    assert package.origins == {entry.name: entry.origin for entry in CATALOG}


def test_the_descriptor_is_what_the_catalogue_says():
    """`python -m almanac.datasets editions/2025/data` writes it; this test fails when it was edited by hand."""
    assert (DATA / DESCRIPTOR).read_text("utf-8") == describe(DATA)


def test_the_schema_survives_the_descriptor():
    """An optional column is one that a package has all the same."""
    for entry in CATALOG:
        read = Package.read(DATA).tables[entry.name].schema
        assert read.names == entry.schema.names
        assert read.key == entry.schema.key
        for column, written in zip(read.columns, entry.schema.columns, strict=True):
            assert (column.type, column.unit, column.nullable) == (
                written.type,
                written.unit,
                written.nullable,
            )
            assert (column.allowed, column.pattern) == (written.allowed, written.pattern)
            assert (column.minimum, column.maximum) == (written.minimum, written.maximum)


def test_every_column_has_a_description_and_every_table_an_origin():
    for resource in json.loads((DATA / DESCRIPTOR).read_text("utf-8"))["resources"]:
        assert all(field["description"] for field in resource["schema"]["fields"])
        (source,) = resource["sources"]
        assert {"title", "path", "producer", "citation", "published", "accessed", "licence"} == set(source)


def test_changed_bytes_are_found_beside_other_faults(folder):
    with (folder / "compute-index.csv").open("a") as file:
        file.write("2026-07,cited_chip,TPU,2031,-1,final\n")
    with (folder / "predictions.csv").open("a") as file:
        file.write("P2026-1,2026,2027,Research,maybe,,\n")
    (folder / "notes.csv").write_text("a\n1\n")
    assert faults(folder) == [
        ("compute-index.csv", None, "file"),
        ("compute-index.csv", 470, "column papers"),
        ("notes.csv", None, "file"),
        ("predictions.csv", None, "file"),
        ("predictions.csv", 71, "column verdict"),
    ]


def test_a_table_that_is_gone(folder):
    (folder / "predictions.csv").unlink()
    assert faults(folder) == [("predictions.csv", None, "file")]


def test_a_table_that_is_a_link(folder, tmp_path):
    (folder / "predictions.csv").rename(tmp_path / "elsewhere.csv")
    (folder / "predictions.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert faults(folder) == [("predictions.csv", None, "file")]


def test_tables_without_a_descriptor(folder):
    (folder / DESCRIPTOR).unlink()
    assert faults(folder) == [(DESCRIPTOR, None, "file")]


def test_an_edition_may_do_without_tables(tmp_path):
    for nothing in (tmp_path, tmp_path / "missing"):
        assert dict(Package.read(nothing).tables) == {}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"resources": 3}', "\0", "null"])
def test_descriptors_that_are_none(folder, text):
    (folder / DESCRIPTOR).write_text(text)
    assert faults(folder)


def test_faults_of_the_descriptor_come_all_at_once(folder):
    def change(content):
        del content["title"]
        content["resources"][0]["path"] = "../../secret.csv"
        content["resources"][0]["hash"] = "md5:0"
        content["resources"][1]["sources"][0]["path"] = "javascript:alert(1)"
        content["resources"][1]["licenses"] = []
        content["resources"][1]["schema"]["fields"][0]["type"] = "blob"

    edit(folder, change)
    assert [where for _, _, where in faults(folder)] == [
        "$.resources[0].hash",
        "$.resources[0].path",
        "$.resources[1].licenses",
        "$.resources[1].schema.fields[0].type",
        "$.resources[1].sources[0].path",
        "$.title",
    ]


@pytest.mark.parametrize("path", ["/etc/passwd", "a/b.csv", "..", ".hidden.csv", "a\\b.csv", ""])
def test_paths_stay_in_the_folder(folder, path):
    edit(folder, lambda content: content["resources"][0].update(path=path))
    assert "$.resources[0].path" in [where for _, _, where in faults(folder)]


def test_a_name_twice(folder):
    edit(folder, lambda content: content["resources"].append(content["resources"][0]))
    assert faults(folder) == [
        (DESCRIPTOR, None, "$.resources[].name"),
        (DESCRIPTOR, None, "$.resources[].path"),
    ]


def test_a_schema_that_does_not_fit_the_table(folder):
    def change(content):
        content["resources"][0]["schema"]["fields"][3]["type"] = "string"
        content["resources"][1]["schema"]["primaryKey"] = ["nobody"]
        del content["resources"][0]["schema"]["fields"][5]

    edit(folder, change)
    assert faults(folder)[:2] == [
        ("compute-index.csv", 1, "header"),
        (DESCRIPTOR, None, "$.resources[predictions].schema"),
    ]


def test_writing_the_descriptor(folder, capsys):
    assert main([]) == 2
    (folder / DESCRIPTOR).unlink()
    assert main([str(folder)]) == 0
    assert (folder / DESCRIPTOR).read_text("utf-8") == (DATA / DESCRIPTOR).read_text("utf-8")
    (folder / "compute-index.csv").write_text("edition\nx\n")
    (folder / "predictions.csv").unlink()
    assert main([str(folder)]) == 3
    printed = capsys.readouterr().err
    assert "column chart" in printed
    assert "predictions.csv" in printed
