"""What is known of accelerators: their names as papers spell them, what else those names mean, and their numbers.

The facts stand in `papers/catalogue/*.yaml`, which `almanac.papers.catalogue` reads. docs/accelerators.md says how to
add one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType


class Kind(StrEnum):
    """What sort of machine an accelerator is."""

    GPU = "GPU"
    TPU = "TPU"
    NPU = "NPU"
    IPU = "IPU"
    FPGA = "FPGA"
    SOC = "SoC"
    MANYCORE = "manycore"
    WAFER = "wafer"
    RDU = "RDU"
    LPU = "LPU"
    NEUROMORPHIC = "neuromorphic"
    ASIC = "ASIC"


class Cue(StrEnum):
    """What may stand near an ambiguous name and tell that a chip is meant."""

    VENDOR = "vendor"
    ACCELERATOR = "accelerator"
    MEMORY = "memory"
    COUNT = "count"
    CLOUD = "cloud"
    SIBLING = "sibling"


UNITS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "fp6", "fp4"), "TFLOP/s")
    | dict.fromkeys(("int8", "int4"), "TOP/s")
)
"""The precisions that a peak may be given for, and the unit of it."""

CUES: Mapping[Cue, str] = MappingProxyType(
    {
        Cue.VENDOR: "its maker's name",
        Cue.ACCELERATOR: "GPU, TPU, graphics card, accelerator, device or the like",
        Cue.MEMORY: "a memory size (16GB)",
        Cue.COUNT: "a number of pieces (4x, eight)",
        Cue.CLOUD: "a cloud, a notebook service or an instance (AWS, Colab)",
        Cue.SIBLING: "another chip's unambiguous name",
    }
)
"""The cues in words."""


@dataclass(frozen=True, slots=True)
class Alias:
    """One spelling of a name.

    A space in `text` stands for an optional separator: nothing, a blank, a line break, a hyphen, an underscore, ® or ™.
    Every other character stands for itself, a hyphen too. Case is ignored unless `exact`. No letter or digit may stand
    next to it on either side, but a final plural "s" may.

    `ambiguous` says what else the spelling means; then one of the cues of `beside`, or any cue at all if it is empty,
    must stand near for it to count.
    """

    text: str
    exact: bool = False
    ambiguous: str = ""
    beside: tuple[Cue, ...] = ()

    @property
    def folded(self) -> str:
        """The spelling without its optional separators, and without case unless that matters."""
        bare = self.text.replace(" ", "")
        return bare if self.exact else bare.casefold()

    def clashes(self, other: Alias) -> bool:
        """Whether some text is a spelling by both."""
        if self.exact and other.exact:
            return self.folded == other.folded
        return self.folded.casefold() == other.folded.casefold()


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who makes accelerators, and the names it goes by."""

    name: str
    names: tuple[Alias, ...]


@dataclass(frozen=True, slots=True)
class Accelerator:
    """A chip, a card or a board as papers name it; with `model` None, a family or a maker's accelerators as a whole.

    year: of the launch. memory_gb: of the variants, GB as the maker counts them. power_w: of the board, or of the chip
    where the maker states only that, in W. peak_tflops: by precision, dense, in the units of `UNITS`. Power and peaks
    are those of the fastest variant; `note` names others. What is not known is None or not there, never zero.
    """

    key: str
    vendor: str | None
    family: str
    model: str | None
    kind: Kind
    architecture: str = ""
    year: int | None = None
    memory_gb: tuple[float, ...] = ()
    power_w: float | None = None
    peak_tflops: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    aliases: tuple[Alias, ...] = ()
    sources: tuple[str, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        """What people call it: "NVIDIA A100", "Google TPU"."""
        own = self.model or self.family
        return own if self.vendor is None else f"{self.vendor} {own}"


@dataclass(frozen=True, slots=True)
class Instance:
    """A type of machine in a cloud, whose name implies `accelerator` (a key); `counts`: size → accelerators in one."""

    provider: str
    name: str
    accelerator: str
    counts: Mapping[str, int] = field(hash=False)
    memory_gb: float | None
    aliases: tuple[Alias, ...]

    def count_in(self, text: str) -> int | None:
        """How many accelerators the instance that `text` names has; None where it names no size.

        >>> p3 = Instance("AWS", "p3", "nvidia/v100", {"2xlarge": 1, "16xlarge": 8}, 16, ())
        >>> p3.count_in("p3.16xlarge"), p3.count_in("P3.2xl"), p3.count_in("p3")
        (8, 1, None)
        """
        for size, count in self.counts.items():
            if re.search(rf"(?<![^\W_])(?:{re.escape(size)}|{re.escape(short_size(size))})$", text, re.I):
                return count
        return None


def short_size(size: str) -> str:
    """How people shorten the size of an instance: "16xl" for "16xlarge"."""
    return size.removesuffix("arge") if size.endswith("xlarge") else size


@dataclass(frozen=True, slots=True)
class Cluster:
    """A computer of one kind of accelerator, whose name implies it; `per_node`: accelerators in one node."""

    name: str
    accelerator: str
    per_node: int | None
    aliases: tuple[Alias, ...]
    ambiguous: str = ""
    beside: tuple[Cue, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class System:
    """A machine sold as one, with its accelerators: DGX-1, HGX H100. None where the name leaves chip or count open."""

    name: str
    accelerator: str | None
    count: int | None
    aliases: tuple[Alias, ...]
    vendor: str | None = None


@dataclass(frozen=True)
class Catalogue:
    """All that is known, in the order of the files."""

    vendors: tuple[Vendor, ...]
    accelerators: tuple[Accelerator, ...]
    instances: tuple[Instance, ...]
    clusters: tuple[Cluster, ...]
    systems: tuple[System, ...]

    @cached_property
    def by_key(self) -> Mapping[str, Accelerator]:
        """The accelerators by their keys."""
        return MappingProxyType({chip.key: chip for chip in self.accelerators})

    def find(
        self, words: str = "", *, vendor: str | None = None, family: str | None = None, year: int | None = None
    ) -> tuple[Accelerator, ...]:
        """The accelerators that `words` name or describe, of one vendor, family and year of launch where given.

        Memory sizes among the words ("80GB") choose by memory. If the rest is the name of a model, that is found; else
        all that have every word somewhere in their names, key, vendor, family, kind or architecture, or in what implies
        them. In the order of the catalogue.
        """
        sizes = {float(size) for size in MEMORY.findall(words)}
        fitting = [
            chip
            for chip in self.accelerators
            if sizes <= set(chip.memory_gb)
            and (vendor is None or (chip.vendor or "").casefold() == vendor.casefold())
            and (family is None or chip.family.casefold() == family.casefold())
            and year in (None, chip.year)
        ]
        wanted = MEMORY.sub(" ", words).casefold().split()
        named = [chip for chip in fitting if "".join(wanted) in self._spelled[chip.key]]
        if any(chip.model for chip in named):
            return tuple(named)
        return tuple(chip for chip in fitting if all(word in self._described[chip.key] for word in wanted))

    def implied_by(self, chip: Accelerator) -> Iterator[Instance | Cluster | System]:
        """The instances, clusters and systems whose name implies `chip`."""
        things: Iterable[Instance | Cluster | System] = (*self.instances, *self.clusters, *self.systems)
        return (thing for thing in things if thing.accelerator == chip.key)

    def names_of(self, chip: Accelerator) -> Iterator[Alias]:
        """Every spelling that leads to `chip`: its key, its name, its own aliases and those of what implies it."""
        yield Alias(chip.key)
        yield Alias(chip.name)
        yield from chip.aliases
        for thing in self.implied_by(chip):
            yield Alias(thing.name)
            yield from thing.aliases

    @cached_property
    def _spelled(self) -> Mapping[str, frozenset[str]]:
        """By key: every spelling that leads there, without separators and case."""
        return {c.key: frozenset(a.folded.casefold() for a in self.names_of(c)) for c in self.accelerators}

    @cached_property
    def _described(self) -> Mapping[str, str]:
        """By key: all that is said of the accelerator in words, a line each, without case."""
        return {
            c.key: "\n".join(
                (c.vendor or "", c.family, c.kind, c.architecture, *(alias.text for alias in self.names_of(c)))
            ).casefold()
            for c in self.accelerators
        }


MEMORY = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)[ -]?G(?:i?B|b)?(?!\w)", re.I)
"""A size of memory as it is written beside a chip: 80GB, 11 GB, 32G."""
