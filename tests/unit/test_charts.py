"""Charts: complete specifications, and SVG that a strict page may hold."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from almanac.chart import Chart
from almanac.edition.charts import INKS, SERIES, Size, svg, vega_lite

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
    looks = {(place % len(SERIES), tuple(dashes[place])) for place in range(len(domain))}
    assert len(looks) == len(domain)


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
    assert {"年份", "论文数", "甲", "2020"} <= words


def test_a_drawing_is_the_same_each_time() -> None:
    assert svg(chart("bar"), "en") == svg(chart("bar"), "en")
