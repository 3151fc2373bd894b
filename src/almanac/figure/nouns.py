"""What is counted and measured: the words for every unit, in both languages.

One row per unit. The first English pair and the first Chinese word are the ones the writer uses; the others are read
as well. A word may stand in several rows: "企业" counts companies, organisations or customers, and the unit of the
claim decides. Where nothing decides, the row that stands first and has the word in `default` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from almanac.units import COUNTED, Unit, unit


@dataclass(frozen=True, slots=True)
class Noun:
    """The words for a unit. `zh` is written right behind the number, measure word and all.

    `factor` is how many of `unit` one of the words is (a decade is ten years). `lends` are words that may also mean
    this unit but do not say so by themselves.
    """

    unit: str
    en: tuple[str, str]
    zh: str
    en_more: tuple[str, ...] = ()
    zh_more: tuple[str, ...] = ()
    lends: tuple[str, ...] = ()
    factor: Fraction = Fraction(1)


CURRENCIES: tuple[Noun, ...] = (
    Noun("USD", ("$", "$"), "美元", ("US$", "USD", "dollar", "dollars", "buck", "bucks", "US dollars"), ("美金",)),
    Noun("EUR", ("€", "€"), "欧元", ("EUR", "euro", "euros")),
    Noun("GBP", ("£", "£"), "英镑", ("GBP", "pound", "pounds")),
    Noun("CNY", ("¥", "¥"), "元人民币",
         ("CNY", "RMB", "CN¥", "yuan", "renminbi"), ("元", "人民币", "块钱", "￥", "人民币元")),
)  # fmt: skip

MEASURES: tuple[Noun, ...] = (
    Noun("percent", ("%", "%"), "%", ("percent", "per cent", "pct"), ("个百分比",)),
    Noun("percentage_point", ("percentage point", "percentage points"), "个百分点",
         ("point", "points", "pp", "ppt", "ppts", "p.p.", "pts", "percent point", "percent points"), ("百分点",)),
    Noun("percent", ("‰", "‰"), "‰", ("per mille",), factor=Fraction(1, 10)),
    Noun("permyriad", ("‱", "‱"), "‱", ("per 10,000", "per ten thousand", "in 10,000", "basis points", "bp", "bps")),
    Noun("second", ("second", "seconds"), "秒", ("sec", "secs"), ("秒钟",)),
    Noun("minute", ("minute", "minutes"), "分钟", ("min", "mins")),
    Noun("hour", ("hour", "hours"), "小时", ("hr", "hrs"), ("个小时", "个钟头")),
    Noun("day", ("day", "days"), "天", (), ("日",)),
    Noun("day", ("week", "weeks"), "周", ("wk", "wks"), ("个星期", "星期", "个礼拜"), factor=Fraction(7)),
    Noun("month", ("month", "months"), "个月", ("mo", "mos"), ("月",)),
    Noun("year", ("year", "years"), "年", ("yr", "yrs", "years old"), ("岁",)),
    Noun("year", ("decade", "decades"), "个十年", factor=Fraction(10)),
    Noun("year", ("century", "centuries"), "个世纪", (), ("世纪",), factor=Fraction(100)),
    Noun("W", ("W", "W"), "瓦", ("watt", "watts"), ("瓦特",)),
    Noun("kW", ("kW", "kW"), "千瓦", ("KW", "kilowatt", "kilowatts")),
    Noun("MW", ("MW", "MW"), "兆瓦", ("megawatt", "megawatts"), ("M瓦",)),
    Noun("GW", ("GW", "GW"), "吉瓦", ("gigawatt", "gigawatts", "gawatt", "gaw"), ("G瓦", "GW级")),
    Noun("TW", ("TW", "TW"), "太瓦", ("terawatt", "terawatts")),
    Noun("Wh", ("Wh", "Wh"), "瓦时", ("watt-hour", "watt-hours", "watt hours"), ("瓦小时",)),
    Noun("kWh", ("kWh", "kWh"), "千瓦时", ("kilowatt-hour", "kilowatt-hours", "kilowatt hours"), ("度电", "千瓦小时")),
    Noun("MWh", ("MWh", "MWh"), "兆瓦时", ("megawatt-hour", "megawatt-hours", "megawatt hours")),
    Noun("GWh", ("GWh", "GWh"), "吉瓦时", ("gigawatt-hour", "gigawatt-hours", "gigawatt hours")),
    Noun("TWh", ("TWh", "TWh"), "太瓦时", ("terawatt-hour", "terawatt-hours", "terawatt hours")),
    Noun("FLOP", ("FLOP", "FLOP"), "FLOP", ("FLOPs", "flops"), ("次浮点运算",)),
)  # fmt: skip

TIMES: tuple[str, ...] = ("x", "X", "×", "times", "fold", "倍")
"""The words of a ratio."""

THINGS: tuple[Noun, ...] = (
    Noun("company", ("company", "companies"), "家公司",
         ("firm", "firms", "startup", "startups", "start-ups", "vendors"), ("家", "公司"), ("business", "businesses", "企业", "家企业")),
    Noun("person", ("person", "people"), "人",
         ("persons", "employee", "employees", "staff", "respondents", "practitioners", "AI practitioners", "workers",
          "professionals", "researchers"),
         ("名", "位", "名员工", "个人", "员工", "名从业者", "名AI从业者", "名受访者"), ("users", "名用户")),
    Noun("paper", ("paper", "papers"), "篇论文", ("research papers",), ("篇", "论文", "篇文章")),
    Noun("accelerator", ("accelerator", "accelerators"), "块加速器",
         ("GPU", "GPUs", "chips", "TPUs"), ("颗", "块", "张", "颗GPU", "块GPU", "张GPU", "颗芯片", "GPU", "芯片", "加速器"), ("片",)),
    Noun("token", ("token", "tokens"), "个token", (), ("个TOKEN", "个词元", "token", "词元")),
    Noun("parameter", ("parameter", "parameters"), "参数", ("params", "param"), ("个参数",)),
    Noun("country", ("country", "countries"), "个国家",
         ("member states", "member state", "nations", "states"), ("国", "个成员国")),
    Noun("organisation", ("organisation", "organisations"), "个组织",
         ("organization", "organizations", "orgs"), ("组织",), ("家", "家企业", "企业", "公司", "business", "businesses", "companies")),
    Noun("institution", ("institution", "institutions"), "家机构", ("institutes",), ("机构", "个机构"), ("家", "universities")),
    Noun("policy", ("policy", "policies"), "项政策", ("policy actions", "actions"), ("条政策", "政策"), ("项",)),
    Noun("bill", ("bill", "bills"), "项法案", (), ("法案", "个法案", "份法案"), ("项", "条", "部")),
    Noun("law", ("law", "laws"), "部法律", (), ("法律", "项法律"), ("项", "条", "部")),
    Noun("prediction", ("prediction", "predictions"), "个预测", ("forecasts",), ("预测", "项预测", "大预测"), ("项", "条")),
    Noun("slide", ("slide", "slides"), "页", ("pages", "slices"), ("张幻灯片", "页幻灯片"), ("张",)),
    Noun("chapter", ("chapter", "chapters"), "章", (), ("个章节", "个维度"), ("dimensions",)),
    Noun("tool", ("tool", "tools"), "个工具", (), ("种工具", "款工具"), ("款", "种", "项")),
    Noun("model", ("model", "models"), "个模型", (), ("款模型", "种模型"), ("款", "种")),
    Noun("attack_form", ("form of attack", "forms of attack"), "种攻击形式",
         ("attack forms", "forms"), ("种形式", "种攻击方式"), ("种",)),
    Noun("contract", ("contract", "contracts"), "份合同", (), ("合同", "个合同"), ("份", "笔", "项")),
    Noun("deal", ("deal", "deals"), "笔交易", (), ("交易", "项交易"), ("笔", "项", "份")),
    Noun("download", ("download", "downloads"), "次下载", (), ("下载",), ("次",)),
    Noun("place", ("place", "places"), "个地点", ("regions", "sites"), ("个地区", "处"), ("家", "country", "countries", "国")),
    Noun("customer", ("customer", "customers"), "个客户",
         ("clients", "US customers"), ("名客户", "位客户", "家客户", "客户"), ("名", "位", "家", "companies", "企业", "businesses", "名美国客户")),
    Noun("question", ("question", "questions"), "个问题", (), ("道题", "道", "问题"), ("次",)),
    Noun("step", ("step", "steps"), "步", (), ("个步骤",), ("次",)),
    Noun("term", ("term", "terms"), "个术语", (), ("术语",)),
    Noun("product", ("product", "products"), "款产品", (), ("产品", "个产品"), ("款", "种", "项")),
)  # fmt: skip

@dataclass(frozen=True, slots=True)
class Counted:
    """What a word counts: the units it may mean, and the one it means where nothing else decides."""

    units: tuple[Unit, ...]
    default: Unit | None
    factor: Fraction = Fraction(1)


def _meanings() -> dict[str, Counted]:
    units: dict[str, list[Unit]] = {}
    plain: dict[str, Unit] = {}
    for noun in THINGS:
        own = unit(noun.unit)
        for word in (*noun.en, noun.zh, *noun.en_more, *noun.zh_more):
            units.setdefault(word, []).append(own)
            plain.setdefault(word, own)
        for word in noun.lends:
            units.setdefault(word, []).append(own)
    meanings = {word: Counted(tuple(found), plain.get(word)) for word, found in units.items()}
    anything = Counted(tuple(unit(name) for name in COUNTED), None)
    return meanings | {"个": anything}


COUNTABLE: dict[str, Counted] = _meanings()
"""Every word that counts things, with what it may count."""

MEASURED: dict[str, Counted] = {
    word: Counted((unit(noun.unit),), unit(noun.unit), noun.factor)
    for noun in (*CURRENCIES, *MEASURES)
    for word in (*noun.en, noun.zh, *noun.en_more, *noun.zh_more)
}
"""Every word of a unit of measure, money included."""
