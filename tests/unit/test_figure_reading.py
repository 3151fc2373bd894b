"""Reading figures: the golden table, two readings, the claim's unit, running text, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from almanac.errors import FigureError, UnitError
from almanac.figure import Hedge, find, read, render
from almanac.quantity import Endpoint, Interval, Quantity
from almanac.units import unit


def interval(text: str) -> Interval:
    """[18_450_000_000, 18_550_000_000), (2/19, 2/17], (4, ∞)"""
    low, high = (end(part) for part in text[1:-1].split(", "))
    return Interval(low, high, text[0] == "[", text[-1] == "]")


def end(text: str) -> Endpoint:
    return float(text.replace("∞", "inf")) if "∞" in text else Fraction(text)


GOLDEN = [
    [cell.strip() for cell in line.split(" | ")]
    for line in Path(__file__).with_name("figures.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


NOT_DECIMAL = ("3 months to 1 year", "12个月", "1/9")
"""Figures whose ends are no short decimals in the unit they are in: months in years, a ninth in percent."""


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row[0])
def test_the_golden_table(row: list[str]) -> None:
    text, claim, meaning, in_unit, hedge, *readings = row
    reading = read(text, unit=None if claim == "-" else claim)
    assert reading.quantity == Quantity(interval(meaning), unit(in_unit))
    assert reading.hedge is Hedge(hedge)
    assert len(reading.alternatives) == (2 if readings else 1)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row[0])
def test_what_was_read_is_written_in_either_language_without_loss_or_gain(row: list[str], language: str) -> None:
    text, claim, *_ = row
    quantity = read(text, unit=None if claim == "-" else claim).quantity
    again = read(render(quantity, language), unit=quantity.unit).quantity
    if text in NOT_DECIMAL:
        assert again.interval.covers(quantity.interval)
    else:
        assert again == quantity


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("185亿美元", "$18.5 billion"),
        ("5000亿", "500 billion"),
        ("数百亿美元", "tens of billions of dollars"),
        ("五六个", "five or six"),
        ("九分之一", "a ninth"),
        ("超过4万亿美元", "more than $4 trillion"),
        ("十亿美元", "a billion dollars"),
        ("近90%", "nearly 90%"),
        ("约500亿美元", "about $50 billion"),
        ("几个月", "several months"),
        ("两年半", "two and a half years"),
        ("翻倍", "doubled"),
        ("百分之五", "5 percent"),
    ],
)
def test_the_same_amount_reads_alike_in_both_languages(chinese: str, english: str) -> None:
    assert read(chinese).quantity == read(english).quantity


def test_growth_by_times_has_two_readings_and_their_hull() -> None:
    reading = read("增加7倍")
    by, to = reading.alternatives
    assert (by.quantity.interval, to.quantity.interval) == (interval("[7.5, 8.5)"), interval("[6.5, 7.5)"))
    assert (by.meaning, to.meaning) == ("to 8 times", "to 7 times")
    assert [alternative.meaning for alternative in read("高3-5倍").alternatives] == ["to 4-6 times", "to 3-5 times"]
    assert reading.quantity.interval == interval("[6.5, 8.5)")
    assert "times-more" in reading.rules


def test_growth_to_times_has_one_reading() -> None:
    for text in ("增加到7倍", "是2020年的7倍", "7倍", "7x", "增加一倍"):
        assert len(read(text).alternatives) == 1, text


@pytest.mark.parametrize(
    ("text", "claim", "stated"),
    [("$18.5 billion", "USD", True), ("$18.5 billion", "USD/year", False), ("500 billion", "USD", False),
     ("16家", "institution", True), ("16", "company", False), ("134 million a year", "USD/year", False),
     ("$134 million a year", "USD/year", True), ("5%", "percent", True)],
)  # fmt: skip
def test_a_reading_tells_whether_its_words_state_the_unit(text: str, claim: str, stated: bool) -> None:
    reading = read(text, unit=claim)
    assert reading.quantity.unit == unit(claim)
    assert reading.unit_stated is stated
    assert ("context" in reading.rules) is not stated


def test_without_a_claim_a_bare_number_is_a_ratio() -> None:
    assert read("12").quantity.unit == unit("ratio")
    assert not read("12").unit_stated


@pytest.mark.parametrize(
    ("text", "claim", "says"),
    [("5%", "USD", "percent"), ("5%", "percentage_point", "difference of two percentages"),
     ("3个百分点", "percent", "difference of two percentages"), ("40亿美元", "EUR", "USD"), ("16 papers", "company", "paper"),
     ("$5 a year", "USD", "USD/year"), ("3倍", "USD", "ratio"), ("5 months", "USD/year", "month")],
)  # fmt: skip
def test_words_that_contradict_the_claims_unit_are_an_error(text: str, claim: str, says: str) -> None:
    with pytest.raises(FigureError, match=says):
        read(text, unit=claim)


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "no number"), ("OpenAI", "no number"), ("GPT-5", "no number"), ("not 5%", "'not' is not understood"),
     ("3% and 6 people", "more than one figure"), ("12 to 5%", "more than one figure"), ("5%±1", "more than one"),
     ("more than 5 and less than 3", "contradicts itself"), ("at least up to 5", "contradicts itself"),
     ("5†", "not understood"), ("$5 and profits", "not understood"), ("7" * 500, "is no figure")],
)  # fmt: skip
def test_what_is_not_one_figure_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(FigureError, match=says):
        read(text)


def test_an_unknown_unit_of_a_claim_is_an_error() -> None:
    with pytest.raises(UnitError):
        read("5", unit="smoot")


def test_the_language_is_guessed_from_the_script_and_can_be_told() -> None:
    assert read("185亿美元").language == "zh"
    assert read("$18.5 billion").language == "en"
    assert read("43.8%", "zh").language == "zh"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2025年5月，阿联酋承诺未来10年投资1.4万亿美元，其中G42将建设一个5G瓦的AI集群",
         ["10年", "1.4万亿美元", "5G瓦"]),
        ("44家员工少于50人、成立不到5年、年化营收超过500万美元的AI公司",
         ["44家", "少于50人", "不到5年", "超过500万美元"]),
        ("有43.8%的美国企业在付费，而2025年1月时还只有5%", ["43.8%", "5%"]),
        ("AI在通用任务上每7个月翻倍，但这个周期缩短到了5个月", ["7个月", "翻倍", "5个月"]),
        ("从2023年的3.9万美元飙升到2025年的53万美元", ["3.9万美元", "53万美元"]),
        ("只有2.8%和6.3%的受访者完全不用", ["2.8%", "6.3%"]),
        ("OpenAI发布了V3.1、GPT-5和H20，第一个问题是一个系统的问题", []),
        ("更有一个月的时间", ["一个月"]),
        ("错误率翻倍甚至增加7倍", ["翻倍", "增加7倍"]),
        ("一月份发布，二月的会议", []),
        ("Around 2022 the rate was zero; <b>one</b> of <5% > $3", ["<5%", "> $3"]),
        ("39.7%每月会支付21-100美元", ["39.7%", "每月会支付21-100美元"]),
        ("44% of US businesses now pay, up from 5% in January 2025", ["44%", "5%"]),
        ("one gigawatt costs $50 billion in capex", ["one gigawatt", "$50 billion"]),
        ("it grew from 5% to 43.8% in two years", ["5%", "43.8%", "two years"]),
        ("Gemini 2.5 Pro, Llama 3 and 01 preview beat one of the models", []),
        ("six of the major contenders returned 2x, Nvidia 12x", ["six", "2x", "12x"]),
        ("It raised $10m. 30 people work there, for a year or less", ["$10m", "30 people", "a year or less"]),
        ("a company of 40 for less than a year", ["40", "less than a year"]),
    ],
)  # fmt: skip
def test_running_text(text: str, found: list[str]) -> None:
    readings = find(text)
    assert [reading.text for reading in readings] == found
    for reading in readings:
        assert text[slice(*reading.span)] == reading.text


def test_hedge_and_rules_come_with_the_reading() -> None:
    reading = read("将近5000亿美元")
    assert reading.hedge is Hedge.NEARLY
    assert reading.rules[0] == "nearly"
    assert set(reading.rules) >= {"nearly", "trailing-zeros", "currency"}


def test_a_claims_unit_may_come_from_arithmetic() -> None:
    made = unit("USD/GW") * unit("GW")
    assert read("$5", unit=made).quantity == Quantity(interval("[4.5, 5.5)"), made)
