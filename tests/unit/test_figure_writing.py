"""Writing figures: the wordings that a reader sees."""

from __future__ import annotations

from fractions import Fraction

import pytest

from almanac.errors import FigureError
from almanac.figure import read, render
from almanac.quantity import INFINITY, Interval, Quantity, exact
from almanac.units import unit


@pytest.mark.parametrize(
    ("figure", "claim", "english", "chinese"),
    [
        ("185亿美元", "USD/year", "$18.5 billion", "185亿美元"),
        ("超过4万亿美元", "USD", "more than $4 trillion", "超过4万亿美元"),
        ("43.8%", "percent", "43.8%", "43.8%"),
        ("between $8bn and $11bn", "USD", "between $8 billion and $11 billion", "八十亿至一百一十亿美元"),
        ("80亿至110亿美元", "USD", "between $8.0 billion and $11 billion", "80亿至110亿美元"),
        ("17-19亿美元", "USD", "between $1.7 billion and $1.9 billion", "17亿至19亿美元"),
        ("3个月", "month", "3 months", "3个月"),
        ("16家", "company", "16 companies", "16家公司"),
        ("1 person", "person", "1 person", "1人"),
        ("12x", "ratio", "12 times", "12倍"),
        ("3.5个百分点", "percentage_point", "3.5 percentage points", "3.5个百分点"),
        ("1/9", "ratio", "1/9", "1/9"),
        ("不到…1/10", "ratio", "less than 1/10", "不到1/10"),
        ("250万美元", "USD/person", "$2.5 million per person", "每人250万美元"),
        ("$50 billion", "USD/GW", "$50 billion per gigawatt", "每吉瓦500亿美元"),
        ("22名员工", "person/company", "22 people per company", "每家公司22人"),
        ("50,000 papers a year", "paper/year", "50,000 papers per year", "每年5.0万篇论文"),
        ("41.1GW", "GW", "41.1 GW", "41.1吉瓦"),
        ("6710亿参数", "parameter", "671 billion parameters", "6710亿参数"),
        ("数百亿美元", "USD", "tens of billions of dollars", "数百亿美元"),
        ("hundreds of millions of downloads", "download", "hundreds of millions of downloads", "数亿次下载"),
        ("several months", "month", "several months", "几个月"),
        ("十几家公司", "company", "at least 11 and less than 20 companies", "十几家公司"),
        ("三成", "percent", "at least 25% and less than 35%", "三成"),
        ("about 49,000 or so", "paper/year", "about 49,000 papers per year", "每年约4.9万篇论文"),
        ("nearly 90%", "percent", "nearly 90%", "近90%"),
        ("90%以上", "percent", "at least 90%", "至少90%"),
        ("不到5年", "year", "less than 5 years", "不到5年"),
        ("up to 30", "hour", "up to 30 hours", "最多30小时"),
        ("a decade", "year", "a decade", "至少5年且不到15年"),
        ("a decade or two", "year", "between 1 and 2 decades", "至少5年且不到25年"),
        ("an order of magnitude", "ratio", "an order of magnitude", "一个数量级"),
        ("1亿美元", "USD", "$0.1 billion", "1亿美元"),
        ("$2 billion", "USD", "$2 billion", "二十亿美元"),
        ("-5%", "percent", "-5%", "-5%"),
        ("minus $3 million", "USD", "-$3 million", "超过-350万美元且最多-250万美元"),
        ("5 per 10,000", "permyriad", "5 per 10,000", "5‱"),
        ("35,000", "customer", "35,000 customers", "3.5万个客户"),
        ("less than 1,900 years", "year", "less than 1,900 years", "不到1,900年"),
        ("exactly 1,200", "company", "exactly 1,200 companies", "正好1200家公司"),
        ("300亿元人民币", "CNY", "¥30 billion", "300亿元人民币"),
    ],
)  # fmt: skip
def test_wordings(figure: str, claim: str, english: str, chinese: str) -> None:
    quantity = read(figure, unit=claim).quantity
    assert (render(quantity, "en"), render(quantity, "zh")) == (english, chinese)


@pytest.mark.parametrize(
    ("low", "high", "english"),
    [
        ("0.3712", "0.4021", "between 0.371 and 0.402 times"),
        ("1", "1", "1 times"),
        ("1234567", "1234567", "1.23457 million times"),
        ("-2.1", "3.4", "at least -2.1 and up to 3.4 times"),
        ("-inf", "3", "up to 3 times (even negative)"),
        ("-inf", "-3", "up to -3 times"),
        ("-3", "inf", "at least -3 times"),
        ("-inf", "inf", "any value"),
    ],
)
def test_quantities_that_came_out_of_arithmetic(low: str, high: str, english: str) -> None:
    ends = [exact(float(end)) if "inf" in end else Fraction(end) for end in (low, high)]
    written = render(Quantity(Interval(*ends), unit("ratio")), "en")
    assert written == english


def test_a_unit_that_arithmetic_made_is_written_as_what_it_measures() -> None:
    made = unit("USD/GW") * unit("GW")
    assert render(Quantity(Interval.rounded(5, exact(0.5)), made), "en") == "$5"


def test_a_unit_that_has_no_words_is_written_by_its_name() -> None:
    odd = unit("USD") * unit("year")
    written = render(Quantity(Interval.rounded(5, exact(0.5)), odd), "en")
    assert written == "5 USD*year"
    assert read(written, unit=odd).quantity.interval == Interval.rounded(5, exact(0.5))


def test_a_long_number_is_cut_and_never_loses_itself() -> None:
    third = Quantity(Interval.point(Fraction(1, 3)), unit("ratio"))
    assert render(third, "en") == "0.333333 times"
    beyond = Quantity(Interval(Fraction(1, 3), INFINITY, False), unit("USD"))
    assert render(beyond, "en") == "more than $0.333333"


def test_other_languages_are_refused() -> None:
    with pytest.raises(FigureError, match="en and zh"):
        render(read("5%").quantity, "fr")  # type: ignore[arg-type]
