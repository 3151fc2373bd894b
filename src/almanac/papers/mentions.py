"""Mentions: where a text names an accelerator, a system, a cloud instance or a maker. One pass over the bytes.

All spellings of the catalogue, the words that stand for accelerators in general ("GPU", "CUDA") and the headings
that divide a paper are one Hyperscan database; whatever costs more is done around its hits only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache

import hyperscan

from almanac.papers.accelerators import Alias, Catalogue
from almanac.papers.paper import Part


class Sort(Enum):
    """What a signal names."""

    CHIP = "chip"
    INSTANCE = "instance"
    CLUSTER = "cluster"
    SYSTEM = "system"
    MAKER = "maker"
    GENERIC = "generic"
    CUDA = "cuda"
    GRANT = "grant"
    TIME = "time"
    DEVICE_TIME = "device time"
    HEADING = "heading"


ASIDE = frozenset({Sort.HEADING, Sort.TIME, Sort.DEVICE_TIME})
"""What is no name, and may overlap one."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What one pattern stands for: the `key` of a catalogue entry, a maker's name, a part of a paper."""

    sort: Sort
    key: str
    alias: Alias | None = None

    @property
    def ambiguous(self) -> bool:
        """Whether the spelling has other meanings."""
        return self.alias is not None and bool(self.alias.ambiguous)


@dataclass(frozen=True, slots=True)
class Mention:
    """A signal and where it stands: characters `start` to `end` of the text. Several chips can share a spelling."""

    signals: tuple[Signal, ...]
    start: int
    end: int

    @property
    def sort(self) -> Sort:
        return self.signals[0].sort

    @property
    def key(self) -> str:
        return self.signals[0].key


SEPARATOR = r"[ \t\r\n_~\-\u00a0\u00ad\u00ae\u2122\u2009-\u2014\u202f]{0,3}"
"""What may stand where a spelling has a space: nothing, blanks, a line break, hyphens, ® and ™."""

HYPHENATED = re.compile(r"^([A-Za-z]{1,3})(\d{3,})")
"""Where a hyphen may slip into a name: V-100, MI-250."""

REACH = 48
"""Characters around the core of a name within which the whole of it stands."""

GENERIC: tuple[tuple[str, bytes], ...] = (
    ("gpu", rb"\b(?:gp)?gpus?\b"),
    ("gpu", rb"\bgraphics?[ \n-](?:cards?|processing[ \n-]units?|processors?)\b"),
    ("gpu", rb"\bvideo[ \n-]cards?\b"),
    ("accelerator", rb"\b(?:ai|hardware|dl|ml)[ \n-]accelerators?\b"),
)

THANKED = frozenset({"NVIDIA"})
"""Makers who give hardware to authors; the names of others tell something only beside a chip's."""

CUDA = rb"\bcu(?:da|dnn)\b"

GRANTS: tuple[tuple[str, bytes], ...] = (
    ("google/tpu", rb"\bTFRC\b"),
    ("google/tpu", rb"\bTRC[ \n-](?:program|grant)"),
    ("google/tpu", rb"(?:tensorflow|tpu)[ \n]{1,2}research[ \n]{1,2}cloud"),
)
"""Programmes that lend one maker's accelerators: to thank them is to have used those."""

TIMES_SAID: tuple[tuple[Sort, bytes], ...] = (
    (
        Sort.TIME,
        rb"(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|single))[ \n-]{0,2}"
        rb"(?:hours?|hrs?|days?|weeks?|months?)\b",
    ),
    (
        Sort.DEVICE_TIME,
        rb"\b(?:(?:gp)?gpu|tpu|npu|ipu|chip|device|card|core|accelerator|[vahp][1-9]00)s?[ \n-]{1,2}"
        rb"(?:hours?|hrs?|days?|weeks?|years?)\b",
    ),
)
"""Stretches of time and of device time: a paper may tell what it ran on and how long in different places."""

HEADING = rb"^[ \t#*_\\.>0-9A-Z]{0,12}(?:%b)[ \t:.*_]{0,4}$"
HEADINGS: tuple[tuple[Part, bytes], ...] = (
    (Part.BIBLIOGRAPHY, rb"references?|bibliography|literature cited|works cited|r ?eferences"),
    (
        Part.ACKNOWLEDGEMENTS,
        rb"acknowledge?ments?(?: and [a-z ]{1,40})?|funding(?: and [a-z ]{1,40})?|disclosure of funding",
    ),
    (
        Part.APPENDIX,
        rb"appendi(?:x|ces)[^\n]{0,60}|supplementary (?:materials?|information)[^\n]{0,30}|supplemental materials?|"
        rb"[a-z ]{0,24}checklist",
    ),
)


ORDINARY = frozenset(
    [
        "accelerator",
        "amazon",
        "apple",
        "artificial",
        "board",
        "boost",
        "card",
        "cards",
        "center",
        "chip",
        "chips",
        "cloud",
        "cluster",
        "compute",
        "core",
        "custom",
        "data",
        "deep",
        "desktop",
        "device",
        "drive",
        "edge",
        "embedded",
        "engine",
        "first",
        "flow",
        "gaming",
        "generation",
        "google",
        "graphics",
        "grid",
        "horizon",
        "inference",
        "instance",
        "instruction",
        "intel",
        "intelligence",
        "language",
        "laptop",
        "learning",
        "machine",
        "matrix",
        "meta",
        "microsoft",
        "mobile",
        "network",
        "neural",
        "neuron",
        "node",
        "nvidia",
        "pixel",
        "processing",
        "processor",
        "processors",
        "qualcomm",
        "research",
        "robotics",
        "scale",
        "second",
        "series",
        "server",
        "studio",
        "super",
        "supercomputer",
        "system",
        "systems",
        "technology",
        "tensor",
        "tesla",
        "theta",
        "third",
        "training",
        "ultra",
        "unit",
        "units",
        "vector",
        "version",
        "video",
        "vision",
        "workstation",
        "frontier",
        "summit",
        "sierra",
        "aurora",
        "leonardo",
        "vista",
        "delta",
        "polaris",
        "eagle",
        "crusher",
        "mini",
        "arm",
        "flex",
        "lite",
        "advanced",
        "station",
        "nodes",
        "devices",
        "slice",
        "many",
        "ridge",
        "integrated",
        "thor",
        "cori",
        "nano",
        "orin",
        "tegra",
        "versal",
        "turing",
        "pascal",
        "maxwell",
        "kepler",
        "fermi",
        "volta",
        "hopper",
        "ampere",
        "blackwell",
        "perlmutter",
    ]
)
"""Words that stand in names of accelerators, and everywhere else."""


def core(alias: Alias) -> str:
    """The part of a spelling that is looked for first: a word that hardly stands anywhere else, or all of it.

    >>> core(Alias("NVIDIA GeForce RTX 3090")), core(Alias("GTX TITAN X")), core(Alias("Cloud AI 100"))
    ('3090', 'titan', 'cloud ai 100')
    """
    words = [word for word in alias.text.casefold().split(" ") if _telling(word)]
    return max(words, key=lambda word: (any(map(str.isdigit, word)), len(word)), default=alias.text.casefold())


def _telling(word: str) -> bool:
    """Whether a word alone says that an accelerator may be meant."""
    if not word.isascii():
        return len(word) > 1
    if word.isdigit():
        return len(word) > 2 and not word.endswith(("00", "50", "12", "24", "28", "56"))
    if any(map(str.isdigit, word)):
        return len(word) > 2 and word.isalnum()
    return len(word) > 3 and word not in ORDINARY


def spelling(alias: Alias) -> str:
    """The expression that finds a spelling, its separators free."""
    return SEPARATOR.join(HYPHENATED.sub(r"\1-?\2", re.escape(word)) for word in alias.text.split(" "))


_SEPARATORS = re.compile(SEPARATOR[: -len("{0,3}")])


def folded(name: str) -> str:
    """A name without separators and case: what all its spellings have in common."""
    return _SEPARATORS.sub("", name).casefold()


class _Core:
    """All spellings that share a core, as one expression: at a place the longest that fits is found."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.signals: dict[str, list[Signal]] = {}
        self.spellings: set[str] = set()

    def add(self, signal: Signal, alias: Alias) -> None:
        self.signals.setdefault(folded(alias.text), []).append(signal)
        self.spellings.add(spelling(alias))

    @property
    def sieve(self) -> bytes:
        """The expression for the database. Plain words are found fastest, whatever stands around them; but short ones
        stand within others (the npu in input).
        """
        words = [HYPHENATED.sub(r"\1-?\2", re.escape(word)) for word in self.word.split(" ")]
        begin = r"\b" if self.word.isascii() and self.word.isalpha() and len(self.word) < 6 else ""
        return (begin + "[^0-9a-z]{0,3}".join(words)).encode()

    def within_a_number(self, data: bytes, end: int) -> bool:
        """Whether what was found before byte `end` is a part of a longer number: 0.3080, 10806."""
        if self.digits[1] and data[end : end + 1].isdigit():
            return True
        before = end - len(self.word) - 1
        return self.digits[0] and before >= 0 and data[before : before + 1].isdigit()

    @cached_property
    def digits(self) -> tuple[bool, bool]:
        """Whether the word begins with a digit, and whether it ends with one."""
        return self.word[0].isdigit(), self.word[-1].isdigit()

    @cached_property
    def expression(self) -> re.Pattern[str]:
        longest_first = sorted(self.spellings, key=lambda found: (-len(found), found))
        return re.compile(
            rf"(?<![^\W_])(?<!\d[.,])(?:\d{{1,4}}[xX])?({'|'.join(longest_first)})(?-i:s)?(?![^\W_])", re.I | re.A
        )

    def find(self, text: str, end: int) -> Iterator[tuple[int, int, tuple[Signal, ...]]]:
        """The name whose core stands before character `end`; one, or none."""
        place = end - 1
        for match in self.expression.finditer(text, max(0, end - REACH), end + REACH):
            if match.start(1) <= place < match.end(1):
                name = match.group(1)
                signals = tuple(signal for signal in self.signals[folded(name)] if _spelled(signal, name))
                if signals:
                    yield match.start(1), match.end(), signals
                return


def _spelled(signal: Signal, name: str) -> bool:
    """Whether a name is written as the signal wants it, where case matters."""
    return (
        signal.alias is None
        or not signal.alias.exact
        or _SEPARATORS.sub("", name) == _SEPARATORS.sub("", signal.alias.text)
    )


class Scanner:
    """The database of one catalogue. Not picklable: every process builds its own, once.

    The database holds the cores of all names, which are plain words, and a few expressions; a name is then made out
    around each core. To look for the names themselves would take half a minute to prepare.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.cores: dict[str, _Core] = {}
        for signal, alias in _names(catalogue):
            word = core(alias).casefold()
            self.cores.setdefault(word, _Core(word)).add(signal, alias)
        models = {chip.key for chip in catalogue.accelerators if chip.model}
        self.models = frozenset(models)
        words = self.cores
        patterns = list(_patterns())
        self.ordered = list(self.cores.values())
        self.others = [signal for signal, _, _ in patterns]
        self.database = hyperscan.Database()
        caseless = hyperscan.HS_FLAG_CASELESS
        self.database.compile(
            expressions=[each.sieve for each in self.cores.values()] + [expression for _, expression, _ in patterns],
            ids=list(range(len(words) + len(patterns))),
            elements=len(words) + len(patterns),
            flags=[caseless] * len(words)
            + [caseless | hyperscan.HS_FLAG_SOM_LEFTMOST | flags for _, _, flags in patterns],
        )

    def hits(self, data: bytes) -> list[tuple[int, int, int]]:
        """Every hit as end, start, number: of a core (whose start is not told), or of a pattern."""
        hits: list[tuple[int, int, int]] = []
        add = hits.append

        def found(number: int, start: int, end: int, flags: int, context: object) -> None:
            add((end, start, number))

        self.database.scan(data, match_event_handler=found)
        return hits

    def mentions(self, text: str) -> list[Mention]:
        """What `text` names, in its order. Of overlapping names the most telling stands; headings and times overlap
        nothing.
        """
        data = text.encode("utf-8", "surrogatepass")
        hits = self.hits(data)
        if not hits:
            return []
        place = _Characters(data, len(data) == len(text))
        names: set[tuple[int, int, tuple[Signal, ...]]] = set()
        others: dict[tuple[int, int], tuple[int, int, tuple[Signal, ...]]] = {}
        cores = len(self.ordered)
        for end, start, number in sorted(hits):
            if number < cores:
                found = self.ordered[number]
                if found.within_a_number(data, end):
                    continue
                names.update(found.find(text, place.at(end)))
            else:
                last = place.at(end)
                signal = self.others[number - cores]
                first = last - len(data[start:end].decode("utf-8", "surrogatepass"))
                if signal.sort in ASIDE:
                    others[first, number] = (first, last, (signal,))
                else:
                    names.add((first, last, (signal,)))
        kept = [*_standing(names, self.models), *others.values()]
        return [Mention(signals, first, last) for first, last, signals in sorted(kept, key=lambda each: each[:2])]


@lru_cache(maxsize=1)
def scanner() -> Scanner:
    """The scanner of the catalogue that comes with Almanac; built once in a process."""
    from almanac.papers.catalogue import catalogue

    return Scanner(catalogue())


def _names(catalogue: Catalogue) -> Iterator[tuple[Signal, Alias]]:
    """Every spelling of every entry."""
    for sort, entries in (
        (Sort.CHIP, [(chip.key, chip.aliases) for chip in catalogue.accelerators]),
        (Sort.INSTANCE, [(instance.name, instance.aliases) for instance in catalogue.instances]),
        (Sort.CLUSTER, [(cluster.name, cluster.aliases) for cluster in catalogue.clusters]),
        (Sort.SYSTEM, [(system.name, system.aliases) for system in catalogue.systems]),
        (Sort.MAKER, [(vendor.name, vendor.names) for vendor in catalogue.vendors if vendor.name in THANKED]),
    ):
        for key, aliases in entries:
            for alias in aliases:
                yield Signal(sort, key, alias), alias


def _patterns() -> Iterator[tuple[Signal, bytes, int]]:
    """What is no spelling of the catalogue, with the flags it needs."""
    for key, expression in GENERIC:
        yield Signal(Sort.GENERIC, key), expression, 0
    yield Signal(Sort.CUDA, "cuda"), CUDA, 0
    for key, expression in GRANTS:
        yield Signal(Sort.GRANT, key), expression, 0
    for sort, expression in TIMES_SAID:
        yield Signal(sort, sort.value), expression, 0
    for part, words in HEADINGS:
        yield Signal(Sort.HEADING, part.value), HEADING % words, hyperscan.HS_FLAG_MULTILINE


def _standing(
    names: Iterable[tuple[int, int, tuple[Signal, ...]]], models: frozenset[str]
) -> list[tuple[int, int, tuple[Signal, ...]]]:
    """Of names that overlap, those that stand: a model before a kind, a longer before a shorter one."""

    def rank(name: tuple[int, int, tuple[Signal, ...]]) -> tuple[bool, int, int]:
        return (not any(signal.key in models for signal in name[2]), name[0] - name[1], name[0])

    kept: list[tuple[int, int, tuple[Signal, ...]]] = []
    cluster: list[tuple[int, int, tuple[Signal, ...]]] = []
    end = -1
    for name in sorted(names, key=lambda name: name[:2]):
        if name[0] >= end:
            kept += _apart(sorted(cluster, key=rank))
            cluster = []
        cluster.append(name)
        end = max(end, name[1])
    return kept + _apart(sorted(cluster, key=rank))


def _apart(ranked: list[tuple[int, int, tuple[Signal, ...]]]) -> list[tuple[int, int, tuple[Signal, ...]]]:
    """The names in their rank, but for those that overlap one before them."""
    kept: list[tuple[int, int, tuple[Signal, ...]]] = []
    for name in ranked:
        if all(name[1] <= other[0] or name[0] >= other[1] for other in kept):
            kept.append(name)
    return kept


class _Characters:
    """Counts characters where bytes are given, in one pass: places must be asked for in their order."""

    def __init__(self, data: bytes, same: bool) -> None:
        self.data, self.same = data, same
        self.bytes = self.characters = 0

    def at(self, place: int) -> int:
        if self.same:
            return place
        if place <= self.bytes:  # a byte or two back: what is taken in after a word differs
            return self.characters - len(self.data[place : self.bytes].decode("utf-8", "surrogatepass"))
        self.characters += len(self.data[self.bytes : place].decode("utf-8", "surrogatepass"))
        self.bytes = place
        return self.characters
