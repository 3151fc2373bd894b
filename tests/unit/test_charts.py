"""Charts: complete specifications, and SVG that a strict page may hold."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from almanac.chart import Chart, axis
from almanac.edition import charts
from almanac.edition.charts import INKS, SERIES, Size, key, svg, vega_lite
from almanac.edition.drawing import draw_ahead

SERIES_OF_TEST = [f"s{place}" for place in range(len(SERIES) + 2)]


def chart(kind: str = "line") -> Chart:
    return Chart(
        id="test",
        title={"en": "B leads <b>", "zh": "乙领先"},
        subtitle={"en": "a count", "zh": "计数"},
        alt={"en": 'A chart & a "quote"', "zh": "一张图"},
        rows=tuple(
            {"year": year, "n": year - 2019 + place, "who": who}
            for place, who in enumerate(SERIES_OF_TEST)
            for year in (2020, 2021)
        ),
        spec={
            "mark": {"type": kind, "point": True} if kind == "line" else kind,
            "encoding": {
                "x": {"field": "year", "type": "ordinal", "title": "year"},
                "y": {"field": "n", "type": "quantitative", "title": "papers"},
                "color": {"field": "who", "type": "nominal", "title": "who"},
            },
        },
        labels={"en": {}, "zh": {"year": "年份", "papers": "论文数", "s0": "甲"}},
    )


def test_words_are_translated_and_fields_are_not() -> None:
    spec = vega_lite(chart(), "zh")
    assert spec["encoding"]["x"]["title"] == "年份"
    assert spec["encoding"]["x"]["field"] == "year"
    assert {row["who"] for row in spec["data"]["values"]} == {"甲", *SERIES_OF_TEST[1:]}
    assert spec["title"]["text"] == "乙领先"


def test_the_fonts_end_in_a_family_that_every_system_has() -> None:
    assert vega_lite(chart(), "en")["config"]["font"].endswith("sans-serif")


def test_the_chart_itself_is_not_changed() -> None:
    one = chart()
    vega_lite(one, "en")
    assert one == chart()


def test_no_two_lines_look_alike_and_the_highest_is_named_first() -> None:
    encoding = vega_lite(chart(), "en")["encoding"]
    domain = encoding["color"]["scale"]["domain"]
    assert domain == SERIES_OF_TEST[::-1]
    dashes = encoding["strokeDash"]["scale"]["range"]
    colours = encoding["color"]["scale"]["range"]
    looks = {(colour, tuple(dash)) for colour, dash in zip(colours, dashes, strict=True)}
    assert len(looks) == len(domain)


def test_the_key_says_what_each_look_means() -> None:
    entries = key(chart(), "zh")
    assert [entry.word for entry in entries] == [*SERIES_OF_TEST[:0:-1], "甲"]
    assert (entries[0].ink, entries[0].dash, entries[0].line) == ("s1", "", True)
    assert (entries[-1].ink, entries[-1].dash) == ("s2", "5 2")
    assert not any(entry.line for entry in key(chart("bar"), "en"))
    one = chart()
    assert key(replace(one, spec={"mark": "bar", "encoding": {"x": one.spec["encoding"]["x"]}}), "en") == ()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", Size)
def test_the_drawing_fits_a_strict_page(language: str, size: Size) -> None:
    text = svg(chart(), language, size)
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    assert root.get("aria-label") == chart().alt[language]
    for element in root.iter():
        assert element.tag.rpartition("}")[2] in {
            "svg",
            "g",
            "path",
            "line",
            "rect",
            "text",
            "tspan",
            "defs",
            "clipPath",
        }
        for name, value in element.attrib.items():
            assert name != "style"
            assert not name.startswith("on")
            assert "url(" not in value
            assert not name.startswith("aria-") or element is root
    assert float(root.get("width", "0")) <= size.value + 2


def test_colours_are_the_style_sheets() -> None:
    text = svg(chart(), "en")
    assert not set(re.findall(r"#[0-9a-f]{6}", text)) & set(INKS.values())
    painted = {name for names in re.findall(r'class="([^"]*)"', text) for name in names.split()} - {"chart"}
    assert {"s-s1", "s-s8", "f-soft"} <= painted
    assert {name.partition("-")[2] for name in painted} <= INKS.keys()


def test_labels_are_drawn() -> None:
    """An unknown font name without a generic family makes every label vanish."""
    root = ElementTree.fromstring(svg(chart(), "zh"))
    words = {"".join(element.itertext()) for element in root.iter() if element.tag.endswith("text")}
    assert {"年份", "论文数", "2020"} <= words
    assert "甲" not in words  # the key is the page's


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="sets fonts aside by fontconfig")
def test_a_drawing_does_not_depend_on_the_fonts_of_the_machine(tmp_path: Path) -> None:
    """Else nobody with other fonts could verify an edition."""
    code = "import test_charts as t; print([t.svg(t.chart(), name, size) for name in ('en', 'zh') for size in t.Size])"
    configuration = tmp_path / "fonts.conf"
    configuration.write_text(f'<?xml version="1.0"?><fontconfig><dir>{tmp_path}</dir></fontconfig>', "utf-8")
    found = []
    for more in ({}, {"FONTCONFIG_FILE": str(configuration)}):
        ran = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent), **more},
            capture_output=True,
            check=True,
        )
        found.append(ran.stdout)
    assert found[0] == found[1]


@pytest.mark.parametrize("size", list(Size))
@pytest.mark.parametrize("last", ["2024-08-01", "2025-10-15", "2037-01-01"])
def test_days_below_a_chart_are_figures_and_none_stands_twice(last: str, size: Size) -> None:
    rows = tuple({"day": day, "n": 1} for day in ("2022-11-30", "2024-02-01", last))
    encoding = {"x": axis("day", "temporal", "day"), "y": axis("n", "quantitative", "n")}
    dated = replace(chart(), rows=rows, spec={"mark": "point", "encoding": encoding})
    root = ElementTree.fromstring(svg(dated, "zh", size))
    found = ["".join(element.itertext()) for element in root.iter() if element.tag.endswith("text")]
    days = [word for word in found if re.fullmatch(r"20\d\d(-\d\d)?", word)]
    assert 2 <= len(days) == len(set(days)) <= size.value / 60


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has been drawn yet."""
    monkeypatch.setattr(charts, "_DRAWINGS", {})


def test_a_drawing_is_the_same_each_time(undrawn: None, monkeypatch: pytest.MonkeyPatch) -> None:
    first = svg(chart("bar"), "en")
    monkeypatch.setattr(charts, "_DRAWINGS", {})
    assert svg(chart("bar"), "en") == first


def many() -> list[Chart]:
    """Charts of twelve drawings: as few as are worth a process."""
    return [replace(chart(kind), id=kind) for kind in ("line", "bar", "point")]


def test_drawings_made_ahead_are_those_that_pages_ask_for(undrawn: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half come from another process: the same bytes, and nothing is left to draw."""
    wanted = [(one, language, size) for one in many() for language in ("en", "zh") for size in Size]
    here = [svg(*one) for one in wanted]
    monkeypatch.setattr(charts, "_DRAWINGS", {})
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    draw_ahead(many(), ("en", "zh"))
    assert all(charts.is_drawn(charts.drawn_spec(*one)) for one in wanted)
    assert [svg(*one) for one in wanted] == here


def test_a_process_that_fails_leaves_its_share_to_the_pages(
    undrawn: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "child.py"
    broken.write_text("raise SystemExit(1)", "utf-8")
    monkeypatch.setattr("almanac.edition.drawing_child.__file__", str(broken))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    draw_ahead(many(), ("en", "zh"))
    drawn = [charts.is_drawn(charts.drawn_spec(one, "en", Size.NARROW)) for one in many()]
    assert not any(drawn)
    assert "<svg" in svg(many()[0], "en", Size.NARROW)
