"""The rules by which a figure is read: one table, from which the code works and the documentation is written.

A rule's words are data: `…` marks the place of the number, and a word without it stands before the number.
`docs/theory/figures.md` prints this table, and a test holds the page to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from almanac.figure.reading import Hedge

COUNTED_ZEROS = 2
"""Trailing zeros of a whole number count up to this significant digit."""

ABOUT_SHARE = Fraction(1, 20)
"""The least share of a number by which "about" widens it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How some words change what a number means, and why.

    `words_en` and `words_zh` are the words the rule answers to, or examples where it answers to a pattern.
    `hedge` is set for the rules that the hedging words themselves name.
    """

    id: str
    words_en: tuple[str, ...]
    words_zh: tuple[str, ...]
    effect: str
    reason: str
    hedge: Hedge | None = None


RULES: tuple[Rule, ...] = (
    # How precisely a number is printed
    Rule(
        "precision",
        ("18.5", "1,183", "43.80"),
        ("18.5", "1183", "43.80"),
        "x is [x - h, x + h), h half of the last significant digit; digits after the point all count.",
        "A writer who knew more digits, and meant them, would have printed them; half-open, so that neighbouring "
        "figures tile the line and two different figures of one precision never meet.",
    ),
    Rule(
        "trailing-zeros",
        ("500 billion", "1200", "35,000"),
        ("5000亿", "1200", "35000"),
        "Trailing zeros of a whole number count only up to the second significant digit: 1200 is [1150, 1250).",
        "The zeros of a long number hold the place, those of a short one are meant: 50% is not 46%. Counting to the "
        "second digit also makes 500 billion and 5000亿, one amount in two scripts, the same interval.",
    ),
    Rule(
        "spelled",
        ("two hundred million", "a million", "ten"),
        ("二十亿", "一百万", "十"),
        "A spelled number counts to its last named place: a million is [0.5, 1.5) million, 二十亿 is [15, 25)亿. "
        "Ten, twenty … ninety count to the unit, except 十 before 万 and 亿.",
        "Words name sizes. 十亿 is how Chinese says 'a billion', so the ten there is a scale and not a digit.",
    ),
    Rule(
        "half",
        ("half a million", "two and a half", "half"),
        ("一半", "两年半"),
        "A half is the digit 5 after the point: half a million is [0.45, 0.55) million.",
        "It is said where 0.5 would be printed.",
    ),
    Rule(
        "fraction",
        ("1/9", "one ninth", "two thirds"),
        ("1/9", "九分之一"),
        "p/q is p/(q ± 1/2).",
        "The denominator is the number that was rounded; 1/9 is chosen because 1/8 and 1/10 are worse.",
    ),
    Rule(
        "tenths",
        (),
        ("三成", "七成五"),
        "成 is a tenth, 三成 is [25, 35) %.",
        "One digit of tenths was given.",
    ),
    Rule(
        "sign",
        ("-5", "minus 5"),
        ("-5", "负5"),
        "The mirror image of the figure without the sign. A figure without a sign is never below zero.",
        "Texts print sizes and put the direction into the verb ('fell by 5%').",
    ),
    # Words that are vague numbers
    Rule(
        "decade-of-size",
        ("tens of …", "hundreds of …", "dozens of …", "billions of …"),
        ("数十", "数百亿", "数亿"),
        "The whole decade: tens of billions and 数百亿 are [10, 100) billion, 数亿 is [1, 10)亿.",
        "They name the number of digits and nothing more; the lower end stays at one although 'several' is meant, "
        "because a proof must not rest on a writer's sense of plural.",
    ),
    Rule(
        "few",
        ("several", "a few", "a handful of"),
        ("几个", "几千"),
        "[2, 10): from two to below ten.",
        "几 asks for a single digit and excludes one; the English words are its translations.",
    ),
    Rule(
        "few-above-ten",
        ("thirty-odd",),
        ("十几", "三十几万"),
        "十几 is [11, 20), 三十几万 is [31, 40)万.",
        "The tens are stated, the last digit is any but zero.",
    ),
    Rule(
        "couple",
        ("a couple of", "a couple hundred"),
        (),
        "Two or three: [1.5, 3.5), of whatever is counted.",
        "Speakers use it for both, as Chinese uses 两三.",
    ),
    Rule(
        "dozen",
        ("a dozen", "half a dozen"),
        ("一打",),
        "About twelve, [11, 13]; half a dozen is about six, [5, 7].",
        "In prose a dozen is a round number near twelve; who means twelve writes 12.",
    ),
    Rule(
        "neighbours",
        (),
        ("五六个", "两三百", "一二十年"),
        "Neighbouring digits are a range: 五六 is [4.5, 6.5).",
        "Both ends are meant to their own precision.",
    ),
    Rule(
        "doubling",
        ("doubled", "twice", "tripled"),
        ("翻倍", "翻一番", "一倍", "翻两番"),
        "A ratio of 2 (3, 4 …), [1.5, 2.5), widened by half a time at most. 一倍 is always a doubling.",
        "增加一倍 adds one time what there was, and nobody writes 是…的一倍; a doubling is a comparison and not a "
        "count, so 'nearly doubled' cannot mean unchanged.",
    ),
    Rule(
        "magnitude",
        ("an order of magnitude", "two orders of magnitude"),
        ("一个数量级", "两个数量级"),
        "About 10 (100, …) times: [3, 30] (times ten for each further order).",
        "Orders are counted on a logarithmic scale, where 3 and 30 round to ten.",
    ),
    # Words that widen, bound or span
    Rule(
        "exactly",
        ("exactly", "precisely"),
        ("正好", "恰好", "刚好"),
        "All digits of a whole number count, its trailing zeros too: exactly 1200 is [1199.5, 1200.5).",
        "The writer vouches for every digit.",
        Hedge.EXACTLY,
    ),
    Rule(
        "about",
        (
            "about", "around", "roughly", "approximately", "approx", "approx.", "some", "circa", "ca.", "maybe",
            "probably", "perhaps", "like", "kind of", "sort of", "something like", "in the region of", "~",
            "≈", "an estimated", "on the order of", "… or so", "… or something", "… or thereabouts", "…-ish",
            "… give or take",
        ),
        (
            "约", "大约", "大概", "约为", "大约是", "约莫", "差不多", "~", "≈", "…左右", "…上下", "…前后", "…的样子",
        ),
        "Widened each way by one unit of the last significant digit or 5% of the number, whichever is more.",
        "The speaker disclaims the last digit. 5% keeps 'about 1,183' from being read as a count; spoken 'like' and "
        "'maybe' do the same work as 'about'.",
        Hedge.ABOUT,
    ),
    Rule(
        "nearly",
        ("nearly", "almost", "close to", "just under", "just below", "approaching", "not quite"),
        ("近", "将近", "接近", "几乎", "逼近"),
        "Widened downwards like 'about'; upwards it ends where the plain number ends.",
        "The number was not reached, or only by rounding.",
        Hedge.NEARLY,
    ),
    Rule(
        "over",
        (
            "over", "more than", "above", "greater than", "in excess of", "north of", "upwards of", "exceeding",
            "exceeds", "exceed", "exceeded", "surpass", "surpassing", "surpassed", "surpasses", "topping",
            "well over", "just over", ">", "… plus", "…+", "… and counting",
        ),
        (
            "超过", "超", "突破", "突破了", "高于", "大于", "多于", "超出", "逾", "超过了", "将超过", ">", "…多", "…余",
            "…超过这个数字", "…+",
        ),
        "(x, ∞): above the number itself.",
        "A bound states its number exactly; how precisely it is printed says nothing about what lies beyond.",
        Hedge.OVER,
    ),
    Rule(
        "at-least",
        ("at least", "no less than", "no fewer than", "not less than", "a minimum of", "≥", "… or more", "… or higher",
         "… or above", "… and above", "… or even more"),
        ("至少", "不少于", "不低于", "起码", "最少", "≥", "…以上", "…及以上", "…或以上", "…甚至更高", "…甚至更多",
         "…或更多", "…或更高"),
        "[x, ∞): the number or more.",
        "As 'over', with the number itself; 以上 includes its number by Chinese legal usage (民法典 art. 1259).",
        Hedge.AT_LEAST,
    ),
    Rule(
        "under",
        ("under", "less than", "fewer than", "below", "lower than", "<"),
        ("不到", "少于", "低于", "小于", "不足", "未满", "不满", "还不到", "低过", "<", "…以下"),
        "[0, x) for a positive number; (-∞, x) for a negative one.",
        "Without a minus sign a figure names a size, and a size is not below zero.",
        Hedge.UNDER,
    ),
    Rule(
        "up-to",
        ("up to", "as much as", "as many as", "as high as", "at most", "no more than", "not more than",
         "a maximum of", "≤", "… at most", "… or less", "… or fewer", "… or below"),
        ("最多", "至多", "不超过", "顶多", "上限为", "≤", "…以内", "…之内", "…及以下", "…或更少", "…或以下"),
        "(0, x] for a positive number; (-∞, x] for a negative one.",
        "The number can be reached. Something is said to exist, so the figure is not zero.",
        Hedge.UP_TO,
    ),
    Rule(
        "reached",
        ("reached", "hit", "hitting", "reaching"),
        ("高达", "达到", "达", "飙升到", "飙升至", "多达", "长达", "达到了"),
        "Nothing: the number itself.",
        "高达 is emphasis, not a bound: 毛利率高达78% reports a margin of 78%. English 'up to' and 'as high as' bound.",
        Hedge.NONE,
    ),
    Rule(
        "range",
        ("8 to 11 billion", "between 8 and 11", "17-19", "five or six", "a decade or two"),
        ("17-19亿", "40%到50%", "两到三年", "20%至30%"),
        "From the lower edge of the low end to the upper edge of the high end; a scale, currency or unit printed once "
        "serves both ends.",
        "Each end is printed to its own precision.",
        Hedge.RANGE,
    ),
    Rule(
        "escalation",
        ("8 to 9 to maybe even 11 billion", "70 80 sometimes 90%"),
        ("80到90亿，甚至可能高达110亿", "70%、80%，有时甚至是90%"),
        "A list that climbs to a 'sometimes' or 'maybe even' is a range from its first to its last number.",
        "The speaker extends the range while speaking.",
    ),
    Rule(
        "two-bounds",
        ("at least 3 and less than 5",),
        ("至少3且不到5",),
        "Two bounds joined by 'and', 且 or 但 hold together.",
        "It is how an interval is said when no rounded number names it.",
    ),
    Rule(
        "unbounded",
        ("any value", "less than 5 (even negative)"),
        ("任意值", "不到5（含负值）"),
        "(-∞, ∞); 'even negative' opens the lower end to -∞.",
        "For results of arithmetic, which printed figures rarely need.",
    ),
    Rule(
        "repetition",
        ("48.6 6 GW", "8 to nine 8 to 9"),
        (),
        "In transcribed speech a number that repeats the end of the one before it, or a range said twice, counts once.",
        "Automatic captions print what the voice stumbles over.",
    ),
    Rule(
        "times-more",
        ("7 times more", "increased by 7 times", "3x faster"),
        ("增加7倍", "同比增长3.5倍", "高3-5倍"),
        "Two readings, to 8 times or to 7 times; both are kept and the quantity is their hull. Below one time only the "
        "first can be meant.",
        "Chinese and English writers use both, and the text does not tell; growth *to* (增加到7倍, 是…的7倍) has one "
        "reading.",
    ),
    # Units
    Rule(
        "context",
        ("500 billion", "16"),
        ("2000万",),
        "A claim's unit supplies what the words leave out: the unit of a bare number, the currency's 'per year', what "
        "is counted. Without a claim a bare number is a ratio.",
        "Sentences name the unit once; but words that contradict the claim's unit are an error.",
    ),
    Rule(
        "currency",
        ("$", "US$", "bucks", "£", "€", "¥"),
        ("美元", "美金", "元", "块钱", "欧元", "英镑", "¥"),
        "$ and bucks are US dollars, 元 and ¥ Chinese yuan.",
        "As both languages of an edition use them; a Japanese or Australian amount names its currency (and is an error "
        "here until that currency is defined).",
    ),
    Rule(
        "suffix",
        ("$1.2bn", "35k", "$5m", "13B", "2tn"),
        ("5M美元",),
        "k, m, b (bn), t (tn) right behind the digits are thousand, million, billion, trillion.",
        "Metres and tonnes do not stand in a report on AI.",
    ),
    Rule(
        "per-mille",
        ("5‰", "5 per 10,000"),
        ("千分之五", "万分之五"),
        "‰ and 千分之 are tenths of a percent; 万分之 and 'per 10,000' are permyriad.",
        "'Per 10,000' is not percent.",
    ),
    Rule(
        "misheard",
        ("429 gaw", "10 gawatt"),
        (),
        "gawatt and gaw are gigawatt.",
        "Automatic captions.",
    ),
    Rule(
        "ellipsis",
        ("less than … 1%",),
        ("不到…1%",),
        "Nothing: it marks words that were left out inside a figure.",
        "A hedge and its number may stand far apart, and a quotation should not be longer than it must.",
    ),
    # What is no figure
    Rule(
        "name",
        ("GPT-5", "01 preview", "SB53", "Gemini 2.5 Pro"),
        ("V3.1", "H20"),
        "Digits that belong to a name are no figure.",
        "They count nothing.",
    ),
    Rule(
        "article",
        ("a company", "one of them"),
        ("一个问题", "一种方法"),
        "In running text 'a', 'one' and 一 with a measure word are articles and no figure; with a unit of measure "
        "(一年, a month) they are.",
        "They introduce a thing and count nothing.",
    ),
    # Dates
    Rule(
        "date-part",
        ("early 2025", "mid-2025", "late 2024", "end of 2024"),
        ("2025年初", "2025年中", "2024年底", "2024年末"),
        "Of a year: early is January to March, mid April to September, late and end October to December. Of a month: "
        "days 1-10, 11-20, 21 to the end.",
        "They must not overlap, must cover the whole, and the middle is the wider part. 年底 often means December "
        "alone; the quarter is the safe reading.",
    ),
    Rule(
        "date-after",
        ("a few days after Christmas 2024",),
        ("2024年圣诞节后几天",),
        "From one to nine days after the day named.",
        "几 is a single digit; one day is let in because speakers are vague.",
    ),
    Rule(
        "date-fiscal",
        ("FY2025", "fiscal 2025"),
        ("2025财年",),
        "A fiscal year is known by its number only.",
        "Each company's starts on a day of its own.",
    ),
    Rule(
        "date-season",
        ("spring 2025", "summer 2025", "autumn 2025"),
        ("2025年春", "2025年夏天", "2025年秋季"),
        "March to May, June to August, September to November; winter is refused.",
        "Meteorological seasons of the northern hemisphere; a winter belongs to two years.",
    ),
)  # fmt: skip

HEDGING: tuple[Rule, ...] = tuple(rule for rule in RULES if rule.hedge not in (None, Hedge.RANGE))
"""The rules whose words are hedges themselves."""


def as_markdown() -> str:
    """The rules as a table, for the documentation."""
    lines = ["| rule | English | Chinese | what it means | why |", "|---|---|---|---|---|"]
    for rule in RULES:
        cells = (f"`{rule.id}`", _listed(rule.words_en), _listed(rule.words_zh), rule.effect, rule.reason)
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _listed(words: tuple[str, ...]) -> str:
    return " · ".join(words) or "–"
