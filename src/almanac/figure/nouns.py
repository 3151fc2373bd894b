"""What is counted and measured: the words for every unit, in both languages.

The first English pair and the first Chinese word are the ones the writer uses; all are read. A word may stand in
several rows of things: "企业" counts companies, organisations or customers, and the unit of the claim decides. Where
nothing decides, the word means the unit of the first row that has it among its own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from almanac.units import COUNTED, CURRENCIES, Unit, unit

# unit | written in English, one and many | written in Chinese, behind the number | also read | how many of the unit
_MEASURES = """
USD              | $, $                 | 美元     | US$, USD, dollar, dollars, buck, bucks, US dollars, 美金
EUR              | €, €                 | 欧元     | EUR, euro, euros
GBP              | £, £                 | 英镑     | GBP, pound, pounds
CNY              | ¥, ¥                 | 元人民币 | CNY, RMB, CN¥, yuan, renminbi, 元, 人民币, 人民币元, 块钱
percent          | %, %                 | %        | percent, per cent, pct
percent          | ‰, ‰                 | ‰        | per mille | 1/10
permyriad        | ‱, ‱                 | ‱        | per 10,000, per ten thousand, basis points, bp, bps
percentage_point | percentage point, percentage points | 个百分点 | point, points, pp, ppt, ppts, p.p., pts, 百分点
second           | second, seconds      | 秒       | sec, secs, 秒钟
minute           | minute, minutes      | 分钟     | min, mins
hour             | hour, hours          | 小时     | hr, hrs, 个小时, 个钟头
day              | day, days            | 天       | 日
day              | week, weeks          | 周       | wk, wks, 个星期, 星期, 个礼拜 | 7
month            | month, months        | 个月     | mo, mos, 月
year             | year, years          | 年       | yr, yrs, years old, 岁
year             | decade, decades      | 个十年   | | 10
year             | century, centuries   | 个世纪   | 世纪 | 100
W                | W, W                 | 瓦       | watt, watts, 瓦特
kW               | kW, kW               | 千瓦     | KW, kilowatt, kilowatts
MW               | MW, MW               | 兆瓦     | megawatt, megawatts, M瓦
GW               | GW, GW               | 吉瓦     | gigawatt, gigawatts, gawatt, gaw, G瓦, GW级
TW               | TW, TW               | 太瓦     | terawatt, terawatts
Wh               | Wh, Wh               | 瓦时     | watt-hour, watt-hours, watt hours, 瓦小时
kWh              | kWh, kWh             | 千瓦时   | kilowatt-hour, kilowatt-hours, kilowatt hours, 千瓦小时, 度电
MWh              | MWh, MWh             | 兆瓦时   | megawatt-hour, megawatt-hours, megawatt hours
GWh              | GWh, GWh             | 吉瓦时   | gigawatt-hour, gigawatt-hours, gigawatt hours
TWh              | TWh, TWh             | 太瓦时   | terawatt-hour, terawatt-hours, terawatt hours
FLOP             | FLOP, FLOP           | FLOP     | FLOPs, 次浮点运算
"""

# unit | written in English | written in Chinese | also read | words that may mean it, if the claim says so
_THINGS = """
company      | company, companies         | 家公司   | firm, firms, startup, startups, 家, 公司
company      | company, companies         | 家公司   | | business, businesses, 企业, 家企业
person       | person, people             | 人       | persons, employee, employees, staff, respondents, practitioners
person       | person, people             | 人       | AI practitioners, workers, professionals, researchers, 名, 位
person       | person, people             | 人       | 个人, 员工, 名员工, 名从业者, 名AI从业者, 名受访者
person       | person, people             | 人       | | users, 名用户
paper        | paper, papers              | 篇论文   | research papers, 篇, 论文, 篇文章
accelerator  | accelerator, accelerators  | 块加速器 | GPU, GPUs, chips, TPUs, 颗, 块, 张, 颗GPU, 块GPU, 张GPU | 片
accelerator  | accelerator, accelerators  | 块加速器 | 颗芯片, GPU, 芯片, 加速器
token        | token, tokens              | 个token  | 个词元, 词元
parameter    | parameter, parameters      | 参数     | param, params, 个参数
country      | country, countries         | 个国家   | member state, member states, states, nations, 国, 个成员国
organisation | organisation, organisations | 个组织  | organization, organizations, orgs, 组织 | 家, 企业, 家企业, 公司
organisation | organisation, organisations | 个组织  | | business, businesses, companies
institution  | institution, institutions  | 家机构   | institutes, 机构, 个机构 | 家, universities
policy       | policy, policies           | 项政策   | actions, policy actions, 政策, 条政策 | 项
bill         | bill, bills                | 项法案   | 法案, 个法案, 份法案 | 项, 条, 部
law          | law, laws                  | 部法律   | 法律, 项法律 | 项, 条, 部
prediction   | prediction, predictions    | 个预测   | forecasts, 预测, 项预测, 大预测 | 项, 条
slide        | slide, slides              | 页       | pages, slices, 张幻灯片, 页幻灯片 | 张
chapter      | chapter, chapters          | 章       | 个章节, 个维度 | dimensions
tool         | tool, tools                | 个工具   | 种工具, 款工具 | 款, 种, 项
model        | model, models              | 个模型   | 款模型, 种模型 | 款, 种
attack_form  | form of attack, forms of attack | 种攻击形式 | attack forms, forms, 种形式, 种攻击方式 | 种
contract     | contract, contracts        | 份合同   | 合同, 个合同 | 份, 笔, 项
deal         | deal, deals                | 笔交易   | 交易, 项交易 | 笔, 项, 份
download     | download, downloads        | 次下载   | 下载 | 次
place        | place, places              | 个地点   | regions, sites, 个地区, 处 | 家, 国, country, countries
customer     | customer, customers        | 个客户   | clients, US customers, 客户, 名客户, 位客户, 家客户 | 名, 位, 家
customer     | customer, customers        | 个客户   | | companies, business, businesses, 企业, 名美国客户
question     | question, questions        | 个问题   | 道, 道题, 问题 | 次
step         | step, steps                | 步       | 个步骤 | 次
term         | term, terms                | 个术语   | 术语
product      | product, products          | 款产品   | 产品, 个产品 | 款, 种, 项
"""

TIMES = ("x", "×", "times", "fold", "倍")
"""The words of a ratio."""


@dataclass(frozen=True, slots=True)
class Noun:
    """The words of a unit: `en` for one and for many, `zh` right behind the number, and what else is read.

    `factor` is how many of the unit one of the words is (a decade is ten years); `lent` are words that may also mean
    the unit and do not say so by themselves.
    """

    unit: str
    en: tuple[str, str]
    zh: str
    read: tuple[str, ...]
    lent: tuple[str, ...] = ()
    factor: Fraction = Fraction(1)

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.en, self.zh, *self.read)


def _rows(table: str) -> list[tuple[str, tuple[str, str], str, tuple[str, ...], str]]:
    rows = []
    for line in table.strip().splitlines():
        name, english, chinese, read, *last = (cell.strip() for cell in line.split("|"))
        one, many = _listed(english)
        rows.append((name, (one, many), chinese, _listed(read), last[0] if last else ""))
    return rows


def _listed(cell: str) -> tuple[str, ...]:
    # "10,000" keeps its comma: words are parted by a comma and a space
    return tuple(cell.split(", ")) if cell else ()


MEASURES = tuple(
    Noun(name, en, zh, read, factor=Fraction(factor or 1)) for name, en, zh, read, factor in _rows(_MEASURES)
)
"""Units of measure, money included."""

THINGS = tuple(Noun(name, en, zh, read, lent=_listed(lent)) for name, en, zh, read, lent in _rows(_THINGS))
"""Things that are counted."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a word counts: the units it may mean, and the one it means where nothing else decides."""

    units: tuple[Unit, ...]
    default: Unit | None
    factor: Fraction = Fraction(1)

    @property
    def money(self) -> bool:
        return self.default is not None and self.default.name in CURRENCIES


def _countable() -> dict[str, Counted]:
    units: dict[str, list[Unit]] = {}
    own: dict[str, Unit] = {}
    for noun in THINGS:
        for word in noun.words:
            own.setdefault(word, unit(noun.unit))
        for word in (*noun.words, *noun.lent):
            units.setdefault(word, []).append(unit(noun.unit))
    anything = Counted(tuple(unit(name) for name in COUNTED), None)
    return {word: Counted(tuple(dict.fromkeys(found)), own.get(word)) for word, found in units.items()} | {
        "个": anything
    }


COUNTABLE: dict[str, Counted] = _countable()
"""Every word that counts things, with what it may count. 个 counts anything."""

MEASURED: dict[str, Counted] = {
    word: Counted((unit(noun.unit),), unit(noun.unit), noun.factor) for noun in MEASURES for word in noun.words
}
"""Every word of a unit of measure, money included."""
