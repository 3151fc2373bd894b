"""Every word that an edition's pages say by themselves, in English and in Chinese, in one table.

The words of claims, sources, identities and chapters stand in the edition's folder; what stands here is the
interface. `{name}` is a place to fill. Where English has a singular, it stands before a `|`.
"""

from __future__ import annotations

from almanac.claim import CHAPTERS, Kind
from almanac.source import Tier
from almanac.verdict import Check, Verdict

LANGUAGES = {"en": "en", "zh": "zh-Hans"}
"""The languages of pages, and their BCP 47 tags."""

_TABLE: dict[str, tuple[str, str]] = {
    # the frame of every page
    "almanac": ("Almanac", "Almanac 年鉴"),
    "skip": ("Skip to the text", "跳到正文"),
    "menu": ("Contents", "目录"),
    "chapters": ("Chapters", "章节"),
    "home": ("Front page", "首页"),
    "other_language": ("中文", "English"),
    "dark": ("Dark", "深色"),
    "dark_title": ("Dark page", "深色页面"),
    "edition_of": ("Edition {id}, as of {date}", "{id}年版，截至{date}"),
    "colophon": (
        "Built by Almanac from an edition’s text: the same text gives the same bytes. Verdicts are computed, never "
        "typed.",
        "由Almanac从本版文本生成：同样的文本得到同样的字节。判定由计算得出，从不手写。",
    ),
    "credit": (
        "After “{title}” by {authors}, {publisher}, {licence}. This edition: {own}.",
        "内容依据{authors}的《{title}》（{publisher}，{licence}）。本版：{own}。",
    ),
    # sections
    "failed": ("What failed", "未通过"),
    "claims": ("All claims", "全部主张"),
    "identities": ("Identities", "恒等式"),
    "forecasts": ("Forecasts", "预测登记"),
    "sources": ("Sources", "来源"),
    "instruments": ("Instruments", "测算"),
    "data": ("Data", "数据"),
    "method": ("Method", "方法"),
    "search": ("Search", "搜索"),
    # chapters
    "chapter_research": ("Research", "研究"),
    "chapter_industry": ("Industry", "产业"),
    "chapter_politics": ("Politics", "政治"),
    "chapter_safety": ("Safety", "安全"),
    "chapter_survey": ("Survey", "问卷"),
    "chapter_predictions": ("Predictions", "预测"),
    "chapter_claims": ("The claims of this chapter", "本章的主张"),
    "chapter_note": (
        "Every figure below is bound to a claim and carries the verdict of its checks. Follow it to see why.",
        "下文每个数字都绑定一条主张，并带有核验判定；点开可看缘由。",
    ),
    "chapter_tally": ("{n} claim in this chapter|{n} claims in this chapter", "本章共{n}条主张"),
    "margin_doubt": ("In doubt here", "此处存疑"),
    "next_chapter": ("Next chapter", "下一章"),
    # verdicts
    "verdict": ("Verdict", "判定"),
    "verdicts": ("Verdicts", "判定"),
    "verdict_refuted": ("refuted", "已否证"),
    "verdict_impossible": ("impossible", "不可能"),
    "verdict_disputed": ("disputed", "有分歧"),
    "verdict_reproduced": ("reproduced", "已复现"),
    "verdict_corroborated": ("corroborated", "有佐证"),
    "verdict_unchecked": ("unchecked", "未核验"),
    "verdict_pending": ("pending", "待定"),
    "means_refuted": (
        "An estimate of our own, recomputed from data, excludes the claim.",
        "我们根据数据重新测算的估计排除了此说。",
    ),
    "means_impossible": (
        "An identity or a bound cannot hold with it, whatever the other figures are within their precision.",
        "无论其他数字在其精度内取何值，某条恒等式或界限都无法与它并存。",
    ),
    "means_disputed": (
        "Its sources print figures whose intervals do not meet.",
        "各来源所印数字的区间互不相交。",
    ),
    "means_reproduced": (
        "An estimate of our own, recomputed from data, meets the claim.",
        "我们根据数据重新测算的估计与此说相符。",
    ),
    "means_corroborated": ("Two independent sources agree on it.", "两个彼此独立的来源说法一致。"),
    "means_unchecked": (
        "Nothing independent speaks for or against it. This is not approval.",
        "没有独立的依据支持或反对它。这不等于认可。",
    ),
    "means_pending": ("A forecast before its deadline.", "尚未到期的预测。"),
    "doubtful": ("in doubt", "存疑"),
    # the front page and the cover
    "lead": (
        "{doubtful} of {total} claims cannot be relied on as printed",
        "{total}条主张中，有{doubtful}条不能照印刷的样子采信",
    ),
    "lead_none": ("None of {total} claims was caught in a contradiction", "{total}条主张中，没有一条被查出矛盾"),
    "tally_label": ("Verdicts on {total} claims", "{total}条主张的判定"),
    "what_it_says": ("What this edition says", "本版说了什么"),
    "what_is_doubtful": ("What is in doubt", "哪些说法存疑"),
    "doubtful_intro": (
        "Each of these was caught by arithmetic, by a second source or by recomputing it. The reason stands beside it.",
        "下列说法或因算术不成立，或因来源相左，或因重新测算不符而被查出；理由列在旁边。",
    ),
    "all_failed": ("All failures, with the arithmetic spelled out", "查看全部未通过项及逐步算术"),
    "how_strong": ("How strong the checks are", "核验有多严"),
    "power_sentence": (
        "We moved every numeric claim by every slip that could have happened to it, ten times too large, ten times too "
        "small, 亿 for billion, one at a time: {mutations} errors. The checks caught {caught} of them, {share}.",
        "我们让每个数字依次犯下它可能犯的每种错误，大十倍、小十倍、把十亿写成亿，每次一个，共{mutations}个错误。核验查出了其中"
        "{caught}个，占{share}。",
    ),
    "power_unguarded": (
        "No check would notice any such error in {n} claim: where it is right, we owe that to its source.|"
        "No check would notice any such error in {n} claims: where these are right, we owe that to their sources.",
        "还有{n}条主张，即使犯了这类错误也没有核验会察觉：它们若是对的，要归功于来源，而不是我们。",
    ),
    "guarded": (
        "Of the unchecked, {n} is a figure that stands in arithmetic which would have noticed a slip of ten.|"
        "Of the unchecked, {n} are figures that stand in arithmetic which would have noticed a slip of ten.",
        "未核验者当中，有{n}条是数字，它们所在的算术能察觉十倍之类的错误。",
    ),
    "power_alarms": (
        "Once the named suspects are put right, {n} claim is still flagged without an explanation.|"
        "Once the named suspects are put right, {n} claims are still flagged without an explanation.",
        "把已点名的嫌疑数字改正后，仍有{n}条主张被标记而未得到解释。",
    ),
    "power_chapter": ("Share of planted errors caught, by chapter", "各章植入错误的查出比例"),
    "power_none": ("The power of the checks was not measured for this build.", "本次生成未测量核验的效力。"),
    "unguarded_list": ("The unguarded claims", "无人看守的主张"),
    "read_edition": ("Read this edition in English", "阅读中文版"),
    "cover_description": (
        "The claims of the year’s report on AI, checked by arithmetic. In English and in Chinese.",
        "以算术核验年度人工智能报告的主张。中英双语。",
    ),
    # claims
    "claim": ("Claim", "主张"),
    "n_claims": ("{n} claim|{n} claims", "{n}条主张"),
    "claims_intro": (
        "Every claim of the edition. Choose a chapter or a verdict to narrow the list; without JavaScript the whole "
        "list stands here.",
        "本版的全部主张。可按章节或判定筛选；未启用JavaScript时，此处列出全部。",
    ),
    "filter": ("Filter the list", "筛选列表"),
    "filter_chapter": ("Chapter", "章节"),
    "filter_verdict": ("Verdict", "判定"),
    "filter_words": ("Words", "词语"),
    "all": ("all", "全部"),
    "shown": ("{n} shown", "显示{n}条"),
    "why_verdict": ("Why this verdict", "为何如此判定"),
    "no_reasons": (
        "One source says so. No identity, no bound, no second source and no instrument speaks for or against it.",
        "仅有一个来源这样说。没有恒等式、界限、第二来源或测算支持或反对它。",
    ),
    "only_guarded": (
        "One source says so. It stands in arithmetic that holds, set out below; that guards against slips and confirms "
        "nothing.",
        "仅有一个来源这样说。它所在的算术成立（见下文），这能防范笔误，但不构成证实。",
    ),
    "recomputed": ("Recomputed by us", "我们的测算"),
    "what_sources_say": ("What the sources say", "来源怎么说"),
    "source": ("Source", "来源"),
    "printed": ("As printed", "原文"),
    "states": ("States", "所述"),
    "reads_as": ("Which means", "含义"),
    "where": ("Where", "出处"),
    "alternatives": ("Usage is divided; it may mean:", "用法不一，可能指："),
    "intervals": ("The intervals, side by side", "区间对照"),
    "arithmetic": ("The arithmetic", "算术"),
    "identities_in": ("Identities it takes part in", "它参与的恒等式"),
    "bounds_in": ("Bounds it must lie in", "它须落入的界限"),
    "estimate": ("Recomputed", "重新测算"),
    "no_estimate": ("The instrument gives no such estimate.", "测算工具没有给出这一估计。"),
    "estimate_from": ("By the instrument {name}, version {version}", "测算工具{name}，版本{version}"),
    "facts": ("The claim in full", "主张详情"),
    "id": ("Permanent id", "永久编号"),
    "kind": ("Kind", "类别"),
    "subject": ("Subject", "主体"),
    "metric": ("Metric", "指标"),
    "period": ("Period", "时期"),
    "place": ("Place", "地点"),
    "population": ("Population", "总体"),
    "origin": ("Measured by", "测量者"),
    "deadline": ("Deadline", "截止日"),
    "note": ("Note", "说明"),
    "measure": ("Kind of quantity", "量的种类"),
    "unit": ("Unit", "单位"),
    "value": ("Value", "值"),
    "lineage": ("Where it comes from", "来历"),
    "retells": ("retells", "转述"),
    "one_witness": (
        "Documents that retell one report are one witness, however many they are.",
        "转述同一份报告的文献，无论多少，都只算一个证人。",
    ),
    "forecast_of": ("Registered as forecast", "登记为预测"),
    "cite_claim": ("Cite this claim", "引用本条"),
    "previous": ("Previous", "上一条"),
    "next": ("Next", "下一条"),
    "holds": ("holds", "成立"),
    "fails": ("cannot hold", "不成立"),
    "with_names": ("in names", "以名称表示"),
    "with_numbers": ("in figures", "代入数字"),
    "with_intervals": ("in intervals", "代入区间"),
    "never_meet": ("The two sides never meet.", "两边永不相交。"),
    "suspect": ("Suspect", "嫌疑"),
    "suspect_sentence": (
        "If this one figure were wrong by a known slip, every failure it takes part in would be explained.",
        "只要假定这一个数字犯了某种已知的错误，它牵涉的所有不成立就都得到解释。",
    ),
    "no_suspect": (
        "No single figure explains the failure, so each of these is in doubt.",
        "没有哪个数字能单独解释这处不成立，因此它们全都存疑。",
    ),
    "slip": ("Likely slip", "可能的差错"),
    "blamed_elsewhere": ("Not in doubt here: another member is the suspect.", "此处不疑它：嫌疑在另一项。"),
    "left": ("left side", "左边"),
    "right": ("right side", "右边"),
    "bound": ("Bound", "界限"),
    "range": ("Range", "范围"),
    "range_from": ("Where the range comes from", "范围的依据"),
    # kinds of claim
    **{
        f"kind_{kind.value}": words
        for kind, words in {
            Kind.MEASURED: ("measured", "测量"),
            Kind.SURVEY: ("survey", "问卷"),
            Kind.ESTIMATE: ("estimate", "估计"),
            Kind.FORECAST: ("forecast", "预测"),
            Kind.EVENT: ("event", "事件"),
            Kind.OPINION: ("opinion", "观点"),
            Kind.TECHNIQUE: ("technique", "技术"),
        }.items()
    },
    # locators
    "locator_line": ("line {place}", "第{place}行"),
    "locator_page": ("page {place}", "第{place}页"),
    "locator_section": ("section {place}", "{place}节"),
    "locator_table": ("table {place}", "表{place}"),
    "locator_time": ("at {place}", "{place}处"),
    # checks
    "check_estimate": ("recomputed", "重新测算"),
    "check_identity": ("identity", "恒等式"),
    "check_bound": ("bound", "界限"),
    "check_agreement": ("sources", "来源比对"),
    "check_deadline": ("deadline", "期限"),
    # what failed
    "failed_intro": (
        "Every claim that the checks caught, with the arithmetic spelled out: first the relation in names, then with "
        "the printed figures put in, then with the intervals these figures mean. An identity fails only when no values "
        "inside the intervals satisfy it. That makes each failure a proof that something printed is wrong; which of "
        "the figures it is, the arithmetic says only where it names a suspect.",
        "核验查出的每一条主张，算术逐步写明：先是以名称写成的关系，再代入所印的数字，再代入这些数字所指的区间。只有当区间内的"
        "任何取值都无法满足时，恒等式才算不成立，所以每处不成立都证明有印刷的数字错了；至于错在哪一个，只有点出嫌疑时，算术才"
        "作出回答。",
    ),
    "failed_none": ("Nothing failed.", "没有未通过的项目。"),
    "failed_identities": ("Identities that cannot hold", "不能成立的恒等式"),
    "failed_bounds": ("Bounds that are broken", "被突破的界限"),
    "failed_disputed": ("Sources that disagree", "来源互相矛盾"),
    "failed_refuted": ("Excluded by recomputation", "被重新测算排除"),
    "failed_in_brief": ("In brief", "概览"),
    "in_doubt": ("In doubt", "存疑"),
    "reason": ("Why it must hold", "为何必须成立"),
    # identities
    "identities_intro": (
        "Identities are arithmetic that must hold between claims; bounds are ranges that every quantity of a kind must "
        "lie in. The rule for writing one: it is true of any honest ledger, and no number in it is fitted to a claim. "
        "A check fails only when no values inside the intervals satisfy it.",
        "恒等式是各主张之间必须成立的算术；界限是某类数量必须落入的范围。书写的规矩是：它对任何诚实的账本都成立，其中没有为迁就某条"
        "主张而取的数字。只有当区间内的任何取值都无法满足时，才算不成立。",
    ),
    "identities_tally": (
        "{held} of {n} identities hold; {failed} cannot.",
        "{n}条恒等式中{held}条成立，{failed}条不成立。",
    ),
    "bounds": ("Bounds", "界限"),
    "bound_of": ("holds for", "适用于"),
    "bound_derived": ("used by identities", "供恒等式使用"),
    "outside": ("Outside it", "超出者"),
    # forecasts
    "forecasts_intro": (
        "Forecasts are registered before the fact and never edited. None of these came with a probability unless it "
        "is stated, so they can be hit or missed, not well or badly calibrated.",
        "预测在事前登记，此后从不改动。除注明者外，这些预测都没有给出概率，因此只有中与不中，谈不上校准得好坏。",
    ),
    "forecasts_none": ("This edition registers no forecasts.", "本版没有登记预测。"),
    "registered": ("Registered", "登记日"),
    "criteria": ("What decides it", "判定标准"),
    "truth": ("Where we shall look", "查证之处"),
    "probability": ("Probability", "概率"),
    "no_probability": ("none given", "未给出"),
    "status": ("Status", "状态"),
    "status_pending": ("pending, as of {date}", "待定，截至{date}"),
    "status_due": ("past its deadline", "已过截止日"),
    # sources
    "sources_intro": (
        "Who published what, and which of them retell which. Sources that share a witness do not confirm each other.",
        "谁发表了什么，谁在转述谁。共有同一证人的来源不能互相证实。",
    ),
    "publisher": ("Publisher", "发布者"),
    "authors": ("Authors", "作者"),
    "date": ("Date", "日期"),
    "address": ("Address", "网址"),
    "language": ("Language", "语言"),
    "licence": ("Licence", "许可"),
    "tier": ("Tier", "层级"),
    "tier_primary": ("primary", "一手"),
    "tier_secondary": ("secondary", "二手"),
    "retold_by": ("Retold by", "被转述于"),
    "rests_on": ("Rests on", "最终依据"),
    "language_en": ("English", "英文"),
    "language_zh": ("Chinese", "中文"),
    "claims_of_source": ("What it says", "它说了什么"),
    "no_claims": ("No claim quotes it directly.", "没有主张直接引用它。"),
    # instruments
    "instruments_intro": (
        "An instrument is a method: a pure function from tables to estimates. These were run for this edition.",
        "测算工具是一种方法：从数据表到估计的纯函数。本版运行了下列工具。",
    ),
    "instruments_none": ("No claim of this edition is bound to an instrument.", "本版没有主张与测算工具绑定。"),
    "version": ("Version", "版本"),
    "parameters": ("Parameters", "参数"),
    "as_of": ("As of", "截至"),
    "seed": ("Seed", "随机种子"),
    "inputs": ("Tables that went in", "输入的数据表"),
    "rows": ("{n} row|{n} rows", "{n}行"),
    "account": ("What became of the rows", "每一行的去向"),
    "account_sentence": (
        "{rows} rows in = {used} used + {skipped} skipped + {failed} failed",
        "输入{rows}行 = 采用{used} + 跳过{skipped} + 失败{failed}",
    ),
    "estimates": ("Estimates", "估计"),
    "all_estimates": ("All {n} estimates", "全部{n}个估计"),
    "more_estimates": (
        "{n} more estimates, most of them of single years or single models, stand in the data.",
        "另有{n}个估计，多为单一年份或单一型号，见数据。",
    ),
    "name": ("Name", "名称"),
    "interval": ("Interval", "区间"),
    "level": ("level", "置信水平"),
    "how": ("Method", "方法"),
    "assumptions": ("Assumptions", "假设"),
    "undefined": ("no number exists: {reason}", "无法得出数字：{reason}"),
    "references": ("Literature", "文献"),
    "bound_claims": ("Claims it checks", "它核验的主张"),
    "charts": ("Charts", "图表"),
    "chart_data": ("The data of this chart", "本图数据"),
    "download_csv": ("Data (CSV)", "数据（CSV）"),
    "download_spec": ("Specification (Vega-Lite)", "图表规格（Vega-Lite）"),
    "made_by": ("Made by the instrument {name}", "由测算工具{name}生成"),
    "from_data": ("Recomputed from data, as of {date}.", "由数据重新测算，截至{date}。"),
    "from_lock": (
        "From the lock file, as of {date}; the data are too large to ship. Who has them can recompute it with almanac "
        "verify.",
        "取自锁定文件，截至{date}：数据太大，未随本版发布。数据在手者可用almanac verify重新测算。",
    ),
    "from_data_short": ("recomputed from data", "由数据重新测算"),
    "from_lock_short": ("from the lock file of {date}", "取自{date}的锁定文件"),
    # the compute index
    "compute_index": ("Compute index", "算力指数"),
    "corpus_standfirst": (
        "Which accelerators a corpus of papers used, how many and for how long: read from the papers themselves, with "
        "the extractor’s measured errors beside every number.",
        "一批论文用了哪些加速器、用了多少、用了多久：从论文原文中读出，每个数字旁都列出提取的实测误差。",
    ),
    "corpus_caution": (
        "This is a test corpus and no population. Its papers were gathered in the formats that a reader must cope "
        "with, not drawn from any year’s papers; nothing here says what AI papers at large use.",
        "这是测试语料，不是总体。论文是按阅读器须应付的各种格式收集的，并非从某年的论文中抽样；这里的数字不能说明AI论文整体用什么。",
    ),
    "corpus_wholes": ("What a share is a share of", "占比以什么为分母"),
    "corpus_wholes_text": (
        "Each paper counts once. Who uses an accelerator names one; who names only “a GPU” uses one of no known "
        "maker, a class of its own and never added to a maker’s.",
        "每篇论文只计一次。使用加速器的论文必定提到它；只写“GPU”的论文归入厂商不明一类，从不算到任何厂商名下。",
    ),
    "corpus_papers": ("Papers", "论文"),
    "corpus_number": ("Number", "篇数"),
    "corpus_papers_read": ("read", "读到的"),
    "corpus_papers_naming": ("that name an accelerator, used or not", "提到加速器的（无论是否使用）"),
    "corpus_papers_using": ("that use an accelerator", "使用加速器的"),
    "corpus_papers_known": ("that use one of a known maker", "使用的加速器厂商已知的"),
    "corpus_papers_without_year": (
        "of no known year: in all totals, in no year",
        "年份不明的：计入总数，不计入任何一年",
    ),
    "corpus_shares": ("Whose accelerators they use", "用的是谁家的加速器"),
    "corpus_shares_text": (
        "The raw share is what the extractor found, with a Wilson interval. The corrected one takes out the errors "
        "that labelled papers show, and its interval holds the uncertainty of these as well. A paper that uses chips "
        "of two makers counts for both.",
        "未校正的占比是提取结果，附威尔逊区间；校正后的占比去除了标注论文所显示的误差，其区间也包含这些误差本身的不确定性。使用两家"
        "芯片的论文各计一次。",
    ),
    "corpus_vendor": ("Maker", "厂商"),
    "corpus_of_using": ("Share of users, raw", "占使用者（未校正）"),
    "corpus_raw": ("Share of known makers, raw", "占厂商已知者（未校正）"),
    "corpus_corrected": ("The same, corrected", "同左，校正后"),
    "corpus_of_naming": ("Of all that name one, corrected", "占提到加速器者，校正后"),
    "corpus_effort": ("How many, for how long", "用了多少、多久"),
    "corpus_effort_text": (
        "Only from papers that state it. What a paper does not state is unknown, never zero, so the totals are "
        "totals of those papers and of no others.",
        "只取自写明的论文。没有写明即为未知，从不当作零，因此合计只是这些论文的合计。",
    ),
    "corpus_stated": ("Papers that state it", "写明的论文"),
    "corpus_median": ("Median by paper", "各论文的中位数"),
    "corpus_total": ("Total", "合计"),
    "corpus_count": ("Accelerators in the largest run", "最大一次运行的加速器数"),
    "corpus_device_hours": ("Accelerator-hours", "加速器小时"),
    "corpus_flop": ("FLOP", "浮点运算（FLOP）"),
    "corpus_energy": ("Energy, kWh", "能耗（千瓦时）"),
    "corpus_accuracy": ("How often the extractor is right", "提取有多准"),
    "corpus_accuracy_text": (
        "On {n} papers that were labelled by hand. Sensitivity: of those that use it, the share that is found. "
        "Specificity: of those that do not, the share that is let pass.",
        "依据{n}篇人工标注的论文。灵敏度：用了它的论文中被找到的比例；特异度：没有用它的论文中未被误报的比例。",
    ),
    "corpus_accuracy_none": (
        "Nobody labelled papers for this run, so no share is corrected.",
        "这次运行没有标注论文，因此没有校正任何占比。",
    ),
    "corpus_class": ("Maker or model", "厂商或型号"),
    "corpus_sensitivity": ("Sensitivity", "灵敏度"),
    "corpus_specificity": ("Specificity", "特异度"),
    "corpus_all": ("All estimates, with methods and literature", "全部估计，含方法与文献"),
    # data
    "data_intro": (
        "The edition as data: the same claims, verdicts and reasons that these pages show, in formats that programs "
        "read. Figures are intervals with their units; nothing that is unknown was written as zero.",
        "以数据形式提供的本版：与页面所示相同的主张、判定和理由，采用程序可读的格式。数字是带单位的区间；未知之处从不写成零。",
    ),
    "downloads": ("Downloads", "下载"),
    "file": ("File", "文件"),
    "content": ("Content", "内容"),
    "dl_claims": ("Every claim: one row each", "全部主张，每条一行"),
    "dl_claims_json": (
        "Every claim in full, with sources, verdict and reasons",
        "全部主张的完整内容，含来源、判定与理由",
    ),
    "dl_statements": ("What each source says: one row per source entry", "每个来源怎么说，每条一行"),
    "dl_reasons": ("Every reason of every verdict", "每条判定的全部理由"),
    "dl_verdicts": ("The verdict on each claim", "每条主张的判定"),
    "dl_identities": ("The identities and whether they hold", "恒等式及其是否成立"),
    "dl_bounds": ("The bounds", "界限"),
    "dl_estimates": ("What the instruments returned", "测算工具的结果"),
    "dl_forecasts": ("The forecasts as registered", "登记的预测"),
    "dl_sources": ("The sources", "来源"),
    "dl_check": ("The answer of almanac check --json --power", "almanac check --json --power的输出"),
    "dl_sqlite": ("All of it as one SQLite file, ready for Datasette", "合为一个SQLite文件，可用Datasette打开"),
    "dl_datapackage": ("The description of these files: columns, hashes, licences", "对这些文件的描述：列、哈希、许可"),
    "verify": ("Check it yourself", "自行验证"),
    "verify_text": (
        "The published folder carries the edition’s own text. A stranger can recompute every verdict and every byte "
        "offline:",
        "发布的文件夹内含本版自己的文本。任何人都可以离线重算每条判定和每个字节：",
    ),
    "cite_edition": ("Cite this edition", "引用本版"),
    "licence_text": (
        "The text and data of this edition are licensed under {own}. The report it examines, “{title}” by {publisher}, "
        "is licensed under {report}.",
        "本版的文字与数据以{own}许可发布。所考察的报告《{title}》由{publisher}发布，许可为{report}。",
    ),
    # method
    "method_title": ("How the checks work", "核验如何运作"),
    "method_figures": ("What a printed figure means", "印出来的数字是什么意思"),
    "method_figures_text": (
        "A figure is read as the interval that its precision and its words imply. Two figures agree when their "
        "intervals meet. The number itself is never typed into the ledger: it is read from what each source printed.",
        "一个数字按其精度和措辞被读作一个区间。两个数字的区间相交，就算一致。账本里从不手写数字：每个值都从来源所印的文字中读出。",
    ),
    "method_examples": ("Some figures, read", "几个数字的解读"),
    "method_verdicts": ("The verdicts", "判定"),
    "method_verdicts_text": (
        "Computed in this order; the worst is the verdict, and every reason is kept.",
        "依下列次序计算；最坏的一项即为判定，所有理由都予保留。",
    ),
    "method_proof": ("Why a failed identity is a proof", "恒等式不成立为何是证明"),
    "method_proof_text": (
        "Identities are evaluated in exact interval arithmetic with units. A comparison fails only when no values "
        "inside the intervals satisfy it, so a failure is not an opinion about plausibility: at least one printed "
        "figure is wrong, or the identity is. When one member alone, wrong by a known slip such as 亿 for billion, "
        "would explain every failure it takes part in, it is named as the suspect.",
        "恒等式用带单位的精确区间算术求值。只有当区间内没有任何取值能满足时才算不成立，因此这不是对合理性的看法：至少有一个所印的"
        "数字错了，或者恒等式本身错了。若只需假定某一项犯了已知的错误（例如把十亿写成亿），就能解释它牵涉的全部不成立，它便被列为"
        "嫌疑。",
    ),
    "method_power": ("What the checks would have caught", "核验本可查出什么"),
    "method_limits": ("What this edition cannot tell", "本版无法告诉你的"),
    "method_limits_text": (
        "Unchecked does not mean right, and a figure that passes every identity may still be wrong by less than its "
        "neighbours’ intervals allow. The claims rest on two retellings of one report; where these agree, the report "
        "is confirmed to have been retold, not to be true.",
        "未核验不等于正确；通过了全部恒等式的数字，仍可能在相邻数字区间容许的范围内出错。各主张依据的是对同一份报告的两种转述；两者"
        "一致，只说明报告被如实转述，并不说明报告属实。",
    ),
    # search
    "search_label": ("Search claims, sources and chapters", "搜索主张、来源与章节"),
    "search_hint": (
        "Words, a figure as printed, or a claim’s id. Press / on any page to come here.",
        "可输入词语、原文数字或主张编号。在任一页按 / 键即可来到此处。",
    ),
    "search_none": ("Nothing found.", "没有找到。"),
    "search_found": ("{n} found", "找到{n}条"),
    "search_noscript": (
        "Search needs JavaScript. Without it, the list of all claims serves.",
        "搜索需要JavaScript。若未启用，可使用全部主张的列表。",
    ),
    # between words
    "list_comma": (", ", "、"),
    "colon": (": ", "："),
    "between_items": ("; ", "；"),
}

WORDS: dict[str, dict[str, str]] = {
    language: {key: words[place] for key, words in _TABLE.items()} for place, language in enumerate(LANGUAGES)
}
"""Language → key → words."""

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("en", "44%"),
    ("en", "43.8%"),
    ("en", "$18.5 billion"),
    ("zh", "185亿美元"),
    ("en", "about $500 million"),
    ("en", "nearly 90%"),
    ("zh", "超过40亿美元"),
    ("en", "between $8bn and $11bn"),
    ("zh", "数百亿美元"),
    ("zh", "十几家"),
    ("zh", "增长3.5倍"),
)
"""Printed figures that the method page reads aloud: language and words."""


DOWNLOADS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("claims.csv", "claims.parquet"), "dl_claims"),
    (("claims.json",), "dl_claims_json"),
    (("statements.csv", "statements.parquet"), "dl_statements"),
    (("reasons.csv",), "dl_reasons"),
    (("verdicts.csv",), "dl_verdicts"),
    (("identities.csv",), "dl_identities"),
    (("bounds.csv",), "dl_bounds"),
    (("estimates.csv", "estimates.parquet"), "dl_estimates"),
    (("forecasts.csv",), "dl_forecasts"),
    (("sources.csv",), "dl_sources"),
    (("check.json",), "dl_check"),
    (("almanac.sqlite",), "dl_sqlite"),
    (("datapackage.json",), "dl_datapackage"),
)
"""The files of the data package that the data page offers, and the words that say what they hold."""


def filled(words: str, **places: object) -> str:
    """`words` with its places filled; where `n` is one, the singular before the `|`."""
    one, bar, many = words.partition("|")
    chosen = (one if places.get("n") in (1, "1") else many) if bar else words
    return chosen.format(**places)


def missing() -> list[str]:
    """The keys that the program's own nouns need and the table lacks; a test holds this empty."""
    needed = [
        *(f"verdict_{verdict.value}" for verdict in Verdict),
        *(f"means_{verdict.value}" for verdict in Verdict),
        *(f"kind_{kind.value}" for kind in Kind),
        *(f"check_{check.value}" for check in Check),
        *(f"tier_{tier.value}" for tier in Tier),
        *(f"chapter_{chapter}" for chapter in CHAPTERS),
    ]
    return [key for key in needed if key not in _TABLE]
