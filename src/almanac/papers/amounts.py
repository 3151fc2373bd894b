"""Amounts that stand with an accelerator: how many, for how long, how many device-hours, how much memory."""

from __future__ import annotations

import re

from almanac.papers.context import Context

WORDS = {
    "a": 1, "an": 1, "one": 1, "single": 1, "two": 2, "dual": 2, "three": 3, "four": 4, "quad": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "sixteen": 16, "twenty": 20, "twenty-four": 24,
    "thirty": 30, "thirty-two": 32, "forty": 40, "sixty-four": 64, "hundred": 100, "half": 0.5, "couple": 2, "pair": 2,
}  # fmt: skip

_NUMBER = r"\d{1,3}(?:,\s?\d{3})+|\d{1,6}(?:\.\d+)?"
_COUNT = r"\d{1,3}(?:,\s?\d{3})+|\d{1,5}|" + "|".join(sorted(WORDS.keys() - {"half"}, key=len, reverse=True))
_TIMES = r"(?:[x×*]|\\times|\$\s*\\times\s*\$|✕|⨯|X)"
_FILLER = (
    r"(?:nvidia|nvdia|nividia|cambricon|hygon|sambanova|cerebras|groq|xilinx|qualcomm|habana|geforce|tesla|quadro|gtx|rtx|amd|radeon|instinct|intel|google|huawei|apple|graphcore|cloud|of|the|type|individual|"
    r"identical|dedicated|shared|commercial|consumer(?:[- ]grade)?|professional|high[- ]end|modern|server[- ]grade|additional|different|separate|pieces|parallel|local|physical|virtual|"
    r"\(?\d{1,3}\s?-?(?:gb|gib|gig|g|gigs|gbs)\)?s?|memory|cuda[- ]enabled|cuda|(?:gp)?gpus?|graphics?|processing|units?|cards?|devices?|accelerators?|chips?|tensor|core|volta|ampere|turing|pascal|hopper|kepler|maxwell|"
    r"blackwell|ada|sxm\d?|pcie|dgx|nodes?|servers?|machines?|enabled|total|generation|third|new|old|single|\(|\)|,|-|–|®|™|[0-9]{1,2}(?:st|nd|rd|th))"
)
_MODEL = r"(?<!rtx )(?<!gtx )(?<!rtx-)(?<!gtx-)(?<!rtx\n)(?<!gtx\n)(?<!titan )(?<!geforce )(?<!nvidia )(?<!v)"
"""What stands before a number that is a model's, not a count."""
_OR = r"(?:(?:[VAHPTK]\d{2,3}|(?:gtx|rtx)[ -]?\d{4}(?:\s?ti)?)\s+or)"
_BEFORE = re.compile(
    rf"(?<![\w.$-]){_MODEL}({_COUNT})(?:\s*{_TIMES})?[\s-]*(?:(?:{_FILLER}|{_OR})[\s-]*){{0,6}}$", re.I
)
_GRID = re.compile(
    rf"(?<![\w.])(\d{{1,4}})\s*{_TIMES}\s*(\d{{1,4}})(?:\s*=\s*(\d{{1,5}}))?\s*(?:{_FILLER}[\s-]*){{0,4}}$", re.I
)
_AFTER = re.compile(
    rf"^(?:[\s-]*(?:\(?\d{{1,3}}\s?-?(?:gb|gib|g)\)?|sxm\d?|pcie|(?:gp)?gpus?|graphics|cards?|tensor|core|accelerators?|chips?|devices?|-|,))*\s*[\[(]?\s*"
    rf"(?:{_TIMES}\s*(\d{{1,5}})|(\d{{1,4}})\s*{_TIMES}|\(?(?:n\s*=\s*|total(?: of)?:?\s*|count:?\s*)(\d{{1,5}}))(?![\w.]|\s*(?:gb|gib|g|mb|days?|hours?|h)\b)",
    re.I,
)
_POD = re.compile(
    r"^[\s-]{0,2}(?:tpu)?s?\s?[- (]?\s?(?:pods?\s|slices?\s)?-?(\d{1,5})\b(?!\s*(?:gb|gib|g|mb|tb|days?|hours?|x|×|%)\b|\.\d)",
    re.I,
)
_GRID_ALONE = re.compile(rf"(?<![\w.])(\d{{1,3}})\s*{_TIMES}\s*(\d{{1,3}})(?:\s*{_TIMES}\s*(\d{{1,3}}))?\s*$", re.I)
_CORES = re.compile(rf"(?<![\w.])({_COUNT})[\s-]*(?:(?:{_FILLER})[\s-]*){{0,4}}$", re.I)
_NODES_BEFORE = re.compile(
    rf"(?<![\w.])({_COUNT})[\s-]*(?:(?:compute|gpu|cluster|dgx|aws|ec2|hpc|identical|physical|worker|such|cloud|h100|a100|v100|p3\S*|p4\S*)[\s-]*){{0,3}}"
    rf"(?:nodes?|machines?|servers?|hosts?|workstations?|instances?|boxes|systems)\b[\s,:]*(?:(?:each|every|per|of|with|which|that|have|has|having|is|are|equipped|containing|consisting|comprising|using|hosts?|houses?|in|total|and|,|{_TIMES})[\s,:]*){{0,6}}$",
    re.I,
)
_NODES_AFTER = re.compile(
    r"^[^.;]{0,24}?\b(?:on|across|over|using|in|,|and|for|x|×)?\s*(?:each (?:of|on) )?(?:the |a total of )?"
    rf"(?<![\w.])({_COUNT})\s+(?:(?:compute|gpu|cluster|dgx|identical)\s+)?(?:nodes|machines|servers|hosts|instances)\b",
    re.I,
)
_EACH = re.compile(r"\b(?:each|every|per)\b", re.I)
_OF_NODES = re.compile(r"^s?[\s-]*(?:gpus?[\s-]*)?(?:nodes|machines|servers|instances)\b", re.I)
_NUMBER_LAST = re.compile(rf"(?<![\w.-])({_COUNT})\s*$", re.I)
_LABEL = re.compile(
    r"\b(?:table|figure|fig\.|section|sec\.|appendix|equation|eq\.|step|stage|phase|version|chapter|algorithm|line)\s*$",
    re.I,
)
_GPUS = re.compile(
    rf"(?<![\w.-])({_COUNT})(?:\s*{_TIMES})?[\s-]*(?:nvidia\s|of\s(?:the\s|these\s|such\s)?|such\s|these\s|parallel\s|cloud\s)?(gpus?|tpus?|npus?|ipus?|chips?|devices|cards|accelerators|graphics\scards|tpu\scores|cores)\b(?!\s*[-–]?\s*(?:hours?|days?|h\b|years?|memory))",
    re.I,
)
_WAYS = re.compile(r"\b(\d{1,4})-way\s+(?:tensor|model|data|pipeline|expert)[- ]?parallel", re.I)
_NOT_DEVICES = re.compile(r"^[\s-]*(?:hours?|days?|weeks?|years?|h\b)", re.I)

_DIGIT_H = re.compile(r"\d\s?h$", re.I)
_SPENT = re.compile(r"\btime|\btook\b|\btak(?:es?|ing)\b|requir|\bhours?\b|\bcosts?\b|of training|to train", re.I)
"""Beside "12h", what tells that h is an hour and not a height."""
_DAYS_HOURS = re.compile(r"(?<![\w.])(\d{1,2})\s?d\s?(\d{1,2})\s?h(?:\s?(\d{1,2})\s?m)?\b")
_ATTRIBUTE = re.compile(r"-\s?(?:hour|day|week|month|year|minute)$", re.I)
"""960-hour data is no run, a 12-hour run is."""
_OF_A_RUN = re.compile(
    r"\s+(?:of\s+)?(?:long\s+)?(?:run|training|budget|session|job|experiment|search|pre-?training|fine-?tuning|time)",
    re.I,
)
_AND_MINUTES = re.compile(r"\s*(?:and|,)?\s*(\d{1,2})\s*(?:minutes?|mins?)\b", re.I)
_HOURS_AND = re.compile(r"(?:hours?|hrs?|h)\s*(?:and|,)?\s*$", re.I)
_TIME_WORD = re.compile(r"\d\s?h\b|hours?\b|hrs?\b|minutes?\b|mins?\b|days?\b|weeks?\b|months?\b|years?\b", re.I)
_DEVICE_TIME_WORD = re.compile(
    r"(?:[up]u|chip|device|card|core|accelerator|\d|ti)s?[\s-]{1,2}(?:hours?|hrs?|h|days?|weeks?|months?|years?)\b",
    re.I,
)
_UNIT_HOURS = {"s": 1 / 3600, "m": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0, "o": 720.0, "y": 8760.0}
_UNIT = r"(minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?)"
_DURATION = re.compile(
    rf"(?<![\w.$-])(?:({_NUMBER}|{'|'.join(sorted(WORDS, key=len, reverse=True))})\s*(?:-|–|—|−|to|or|~|and)\s*)?"
    rf"({_NUMBER}|{'|'.join(sorted(WORDS, key=len, reverse=True))})(?:\s+(?:and\s+(?:a\s+)?half|full|whole|wall[- ]?clock|or\s+so|additional|entire))*\s*-?\s*{_UNIT}\b",
    re.I,
)
_RATE_AFTER = re.compile(
    r"^\s*(?:of\s+(?:wall[- ]?clock\s+)?(?:time|training)?\s*)?(?:\(?\s*(?:per|/|each|every|for (?:each|every|one|a single)|a\s+(?:day|week|epoch))\b|/\s*\w|\s*per\b|for\s+\d[\d,.]*\s*[kmKM]?\s*(?:steps|iterations|frames)\b)(?!\s+(?:individual\s+|single\s+|separate\s+)?(?:experiment|run|trial|seed|training run|model|task|dataset|environment|fold|game|configuration|agent|network))",
    re.I,
)
_NOT_RUNTIME_AFTER = re.compile(
    r"^\s*(?:of\s+(?:\w+\s+){0,2}(?:video|videos|audio|speech|music|data|driving|footage|experience|gameplay|recordings?|interaction|recording|content|play|tv|conversation)|ahead|ago|later|earlier|old|window|horizon|forecast|before|after|intervals?|time\s?(?:step|window)s?|in\s+advance|speech|long\b)",
    re.I,
)
_NOT_RUNTIME_BEFORE = re.compile(
    r"(?:\b(?:every|last|past|previous|next|within the first|each|per)\s+|\bin the )$", re.I
)
_RATE_BEFORE = re.compile(
    r"\b(?:(?:per|each|every|one|single)\s+(?:training\s+)?(?:epoch|iteration|step|batch(?!\s+size)|sample|image|frame|query|round|update|video|example|sentence)s?"
    r"|an?\s+(?:training\s+)?(?:epoch|iteration|step|frame|query))\b(?:\s+(?:takes?|took|takes about|requires?|is|was|costs?|of))?[^.;]{0,30}$",
    re.I,
)
_DEVICE_HOURS = re.compile(
    rf"({_NUMBER})\s*(k|m|million|thousand)?(?![a-z])[\s~]*(?:nvidia\s*)?(?:(?:[ A-Z]{{0,8}}[VAHPKTBL]-?\d{{1,3}}[A-Z]?|tesla|rtx|gtx|\d{{4}}(?:\s?ti)?|\d+\s?gb|of|total|core|tpu\s?v\d\w?|v\d)[\s-]*){{0,4}}"
    r"(?:(?:gp)?gpu|tpu(?:\s?v?\d\w?)?|npu|ipu|chip|device|card|accelerator|core|[VAHPKTBL]\d{2,3})s?[\s-]*(hours?|hrs?|h|days?|weeks?|years?|months?)\b",
    re.I,
)
_SCALE = {"": 1.0, "k": 1e3, "m": 1e6, "thousand": 1e3, "million": 1e6}
_MEMORY = r"(?<![\d.])(\d{1,3}(?:\.\d)?)\s?-?\s?(?:gigabytes?|gigs?|gbytes?|gb|gib|g)s?\b(?!\s*/\s*s|hz|bps)"
_MEMORY_AFTER = re.compile(rf"^[^.;|]{{0,30}}?{_MEMORY}", re.I)
_MEMORY_BEFORE = re.compile(rf"{_MEMORY}[^.;|]{{0,16}}$", re.I)
_HOST_MEMORY = re.compile(r"\b(?:ram|cpus?|dram|ssd|disk|host|system|main)\b", re.I)

_ONE_GIVEN = re.compile(r"\b(?:a|an|one)\s+(?:[\w-]+\s+){0,3}(?:gpu|graphics card|titan)\b", re.I)

LONGEST = 8760.0
"""Hours. A run of more than a year is a sum over devices, or no run."""


def number(words: str) -> float:
    """The number that digits or words say. Raises ValueError."""
    lowered = words.strip().lower()
    if lowered in WORDS:
        return WORDS[lowered]
    return float(re.sub(r"[,\s]", "", lowered))


def count(found: Context, *, is_tpu: bool = False) -> tuple[float | None, str | None]:
    """How many devices the words around a name say, and in which unit where that is not devices.

    "8 NVIDIA V100", "V100 × 8", "4 nodes with 8 A100 each" (32), "v3-128" (128 cores). 1 for "a", "an", "one",
    "single"; None for a bare plural and for a bare name. The number that stands nearest before the name wins.
    """
    before, after = found.before[-160:], found.after[:120]
    if is_tpu:
        units = _tpu_count(before, found.name, after)
        if units[0] is not None:
            return units
    per_node = _devices(before, after)
    if per_node is None:
        ways = _WAYS.search(found.sentence)
        return (float(ways.group(1)), None) if ways else (None, None)
    many, place = per_node
    nodes = _nodes(before[:place], after)
    return many * nodes, None


def _devices(before: str, after: str) -> tuple[float, int] | None:
    """The count that stands with the name, and where the words for it begin."""
    if _NOT_DEVICES.match(after):
        return None
    if grid := _GRID.search(before):
        first, second, product = grid.groups()
        many = float(product) if product else float(first) * float(second)
        return many, grid.start()
    if (behind := _AFTER.match(after)) and (said := next(filter(None, behind.groups()), None)):
        return float(said), len(before)
    if near := _BEFORE.search(before):
        said = near.group(1)
        if _LABEL.search(before[: near.start()]):
            return None
        if said.lower() in ("a", "an") and re.match(
            r"\s*(?:gpu|tpu)?\s*(?:cluster|pods?|nodes?|machines?|servers?)\b", after, re.I
        ):
            return None
        return number(said), near.start()
    return None


def _nodes(before: str, after: str) -> float:
    """By how many nodes a count is to be multiplied."""
    if (ahead := _NODES_BEFORE.search(before)) and ahead.group(1).lower() not in ("a", "an"):
        return number(ahead.group(1))
    if (behind := _NODES_AFTER.match(after)) and _EACH.search(behind.group()):
        return number(behind.group(1))
    if _OF_NODES.match(after) and (ahead := _NUMBER_LAST.search(before)):
        return number(ahead.group(1))
    return 1


def _tpu_count(before: str, name: str, after: str) -> tuple[float | None, str | None]:
    """A slice's size: v3-128 and "128 TPU v3 cores" are cores, "32 TPUv4 chips" and a 4x4 topology are chips."""
    if pod := re.search(r"v\d(?:e|p|litepod)?-(\d{1,5})\b", name, re.I):
        return float(pod.group(1)), "chips" if re.search(r"v5(?:e|litepod)|v6e", pod.group(), re.I) else "cores"
    newer = bool(re.search(r"v\s?(?:5e|5litepod|6e)", name + after[:4], re.I))
    if pod := _POD.match(after):
        return float(pod.group(1)), "chips" if newer else "cores"
    if grid := _GRID_ALONE.search(before):
        sides = [float(side) for side in grid.groups() if side]
        product = 1.0
        for side in sides:
            product *= side
        return product, "chips"
    cores = re.match(r"^[^.;]{0,40}?\b(\d{1,5})[\s-]+cores?\b", after, re.I)
    if cores:
        return float(cores.group(1)), "cores"
    if (near := _CORES.search(before)) and re.match(r"^[\s-]*(?:tpu[\s-]*)?cores?\b", after, re.I):
        return number(near.group(1)), "cores"
    if (near := _CORES.search(before)) and re.match(r"^[\s-]*(?:tpu[\s-]*)?(?:accelerator\s)?chips?\b", after, re.I):
        return number(near.group(1)), "chips"
    return None, None


def named_devices(words: str) -> list[float]:
    """Counts of devices without a name: "8 GPUs", "1536 chips"."""
    return [number(said) for said, _ in _GPUS.findall(words)]


def gives_one(found: Context) -> bool:
    """Whether one device is given: "the donation of a GPU"."""
    return _ONE_GIVEN.search(found.sentence) is not None


def durations(words: str) -> list[float]:
    """The run times that `words` state, in hours; rates (an hour an epoch) and device-hours are none."""
    found: list[float] = []
    if not _TIME_WORD.search(words):
        return found
    for days, hours, minutes in _DAYS_HOURS.findall(words):
        found.append(24 * float(days) + float(hours) + float(minutes or 0) / 60)
    words = _DAYS_HOURS.sub(" ", words)
    for match in _DURATION.finditer(words):
        low, high, unit = match.groups()
        before, after = words[: match.start()], words[match.end() :]
        if unit.lower() == "h" and not (_DIGIT_H.search(match.group()) and _SPENT.search(words)):
            continue
        if _RATE_AFTER.match(after) or _NOT_RUNTIME_AFTER.match(after) or _RATE_BEFORE.search(before[-90:]):
            continue
        if _NOT_RUNTIME_BEFORE.search(before[-20:]):
            continue
        if _ATTRIBUTE.search(match.group()) and not _OF_A_RUN.match(after):
            continue
        value = (number(low) + number(high)) / 2 if low else number(high)
        if unit[0].lower() == "h" and (more := _AND_MINUTES.match(after)):
            value += number(more.group(1)) / 60
        elif unit[0].lower() == "m" and _HOURS_AND.search(before[-16:]):
            continue
        if re.search(r"and\s+(?:a\s+)?half", match.group(), re.I):
            value += 0.5
        initial = "o" if unit.lower().startswith("mo") else unit[0].lower()
        if 0 < value * _UNIT_HOURS[initial] <= LONGEST:
            found.append(value * _UNIT_HOURS[initial])
    return found


def device_hours(words: str) -> list[float]:
    """The device-hours that `words` state: GPU days times 24, GPU years times 8,760."""
    found: list[float] = []
    if not _DEVICE_TIME_WORD.search(words):
        return found
    for said, scale, unit in _DEVICE_HOURS.findall(words):
        initial = "o" if unit.lower().startswith("mo") else unit[0].lower()
        value = number(said) * _SCALE[scale.lower()] * _UNIT_HOURS[initial]
        found.append(value)
    return found


def memory_gb(found: Context) -> float | None:
    """The memory of one device, where it stands right beside the name: "32GB V100", "A100 (80GB)"."""
    near = found.after[:48]
    stated = _MEMORY_AFTER.match(near)
    if stated and not _HOST_MEMORY.search(near[: stated.end() + 16]):
        return float(stated.group(1))
    before = found.before[-24:]
    stated = _MEMORY_BEFORE.search(before)
    if stated and not _HOST_MEMORY.search(before[stated.start() :]):
        return float(stated.group(1))
    return None
