"""The accelerator catalogue: read from the YAML beside this file, every fault reported with its file and line.

The files travel inside the package, so they are read as its resources and no path is touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from almanac import yamlfile
from almanac.errors import DatasetError, Fault, did_you_mean
from almanac.papers.accelerators import (
    UNITS,
    Accelerator,
    Alias,
    Catalogue,
    Cluster,
    Cue,
    Instance,
    Kind,
    System,
    Vendor,
    short_size,
)
from almanac.yamlfile import Record, Sequence, line_of

YEARS = (2006, 2027)
"""From the first GPU that ran CUDA (GeForce 8800, launched at the end of 2006) to what has been announced."""

POWER = (0.05, 30_000.0)
"""W. From a neural compute stick's chip to a wafer's whole system."""

EFFICIENCY = (0.0005, 50.0)
"""TFLOP/s per W at the highest peak: a double-precision card of 2010 has 0.002, four-bit formats of 2026 about 25."""


@cache
def catalogue() -> Catalogue:
    """The catalogue that comes with Almanac. Raises DatasetError with every fault of its files."""
    folder = resources.files(__name__)
    return parse({f.name: f.read_bytes() for f in folder.iterdir() if f.name.endswith(".yaml")})


def parse(files: Mapping[str, bytes]) -> Catalogue:
    """The catalogue that the YAML `files` (name → bytes) make together. Raises DatasetError with every fault."""
    reader = _Reader()
    for name in sorted(files):
        reader.read(name, files[name])
    reader.check()
    if reader.faults:
        raise DatasetError(reader.faults)
    return reader.catalogue()


# ---- the files as they are written ---------------------------------------------------------------------------------


def _measure(unit: str, low: float, high: float) -> BeforeValidator:
    """Reads a number with its unit, "400 W", that must lie in a range."""

    def read(text: object) -> float:
        match = re.fullmatch(r"(\d+(?:\.\d+)?) (\S+)", text) if isinstance(text, str) else None
        if match is None or match[2] != unit:
            raise ValueError(f"a number and its unit, as in '12.5 {unit}'")
        if not low <= float(match[1]) <= high:
            raise ValueError(f"{low:g} to {high:g} {unit}")
        return float(match[1])

    return BeforeValidator(read)


def _listed(value: object) -> object:
    """One thing may be written without the brackets of a list."""
    return value if isinstance(value, list) else [value]


def _year(value: object) -> int:
    if isinstance(value, str) and value.isdecimal() and YEARS[0] <= int(value) <= YEARS[1]:
        return int(value)
    raise ValueError(f"a year from {YEARS[0]} to {YEARS[1]}")


def _peaks(value: object) -> dict[str, float]:
    if not isinstance(value, Record):
        raise ValueError("peaks by precision: {fp16: 312 TFLOP/s}")
    peaks = {}
    for precision, text in value.items():
        if precision not in UNITS:
            raise ValueError(f"a precision among {', '.join(UNITS)}, not {precision!r}")
        match = re.fullmatch(r"(\d+(?:\.\d+)?) (\S+)", text) if isinstance(text, str) else None
        if match is None or match[2] != UNITS[precision] or not float(match[1]):
            raise ValueError(f"for {precision} a number above 0 and its unit, as in '12.5 {UNITS[precision]}'")
        peaks[precision] = float(match[1])
    return peaks


Words = Annotated[str, Field(min_length=1, max_length=1_000)]
Year = Annotated[int, BeforeValidator(_year)]
Memory = Annotated[float, _measure("GB", 0.01, 10_000)]
Power = Annotated[float, _measure("W", *POWER)]
Peaks = Annotated[dict[str, float], BeforeValidator(_peaks)]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AliasRecord(_Written):
    """A spelling with its conditions."""

    text: Words
    exact: bool = False
    ambiguous: str = ""
    beside: Annotated[list[Cue], BeforeValidator(_listed)] = []

    def alias(self, words: Mapping[str, str]) -> Alias:
        """The alias, with the `words` put into its template."""
        return Alias(filled(self.text, words), self.exact, filled(self.ambiguous, words), tuple(self.beside))


def _alias(value: object) -> object:
    """A spelling without conditions is written as plain text."""
    if isinstance(value, str):
        record = Record(1)
        record["text"] = value
        return record
    return value


Spelling = Annotated[AliasRecord, BeforeValidator(_alias)]
Spellings = Annotated[list[Spelling], BeforeValidator(_listed)]


class ChipRecord(_Written):
    """An accelerator; what it leaves out it has from its group."""

    model: Words | None
    key: Words | None = None
    architecture: Words | None = None
    kind: Kind | None = None
    year: Year | None = None
    memory: Annotated[list[Memory], BeforeValidator(_listed)] = []
    power: Power | None = None
    peak: Peaks = {}
    aliases: Spellings = []
    sources: Annotated[list[Words], BeforeValidator(_listed)] = []
    note: str = ""


class GroupRecord(_Written):
    """Accelerators of one vendor and family with what they share. `spellings` are templates: every chip has them."""

    vendor: Words | None
    family: Words
    kind: Kind
    architecture: str = ""
    sources: Annotated[list[Words], BeforeValidator(_listed)] = []
    spellings: Spellings = []
    chips: list[ChipRecord]


class VendorRecord(_Written):
    name: Words
    names: Spellings


class InstanceRecord(_Written):
    provider: Words
    name: Words
    accelerator: Words
    counts: dict[str, int] = {}
    memory: Memory | None = None
    spellings: Spellings = []
    aliases: Spellings = []


class ClusterRecord(_Written):
    name: Words
    accelerator: Words
    per_node: int | None = None
    aliases: Spellings = []
    ambiguous: str = ""
    beside: Annotated[list[Cue], BeforeValidator(_listed)] = []
    source: Words


class SystemRecord(_Written):
    name: Words
    vendor: Words | None
    accelerator: Words | None = None
    count: int | None = None
    aliases: Spellings = []


class FileRecord(_Written):
    """One file: any of these lists."""

    vendors: list[VendorRecord] = []
    groups: list[GroupRecord] = []
    instances: list[InstanceRecord] = []
    clusters: list[ClusterRecord] = []
    systems: list[SystemRecord] = []


def filled(template: str, words: Mapping[str, str]) -> str:
    """The template with its {words} put in. Braces that name no word stay, so that no spelling can break it.

    >>> filled("GTX {number}", {"number": "3090"})
    'GTX 3090'
    """
    return re.sub(r"\{(\w+)\}", lambda match: words.get(match[1], match[0]), template)


def slug(name: str) -> str:
    """The name as a part of a key: "RTX 2080 Ti" → rtx-2080-ti."""
    return re.sub(r"[^a-z0-9.]+", "-", name.casefold()).strip("-")


# ---- from files to the catalogue -----------------------------------------------------------------------------------

Place = tuple[int | str, ...]
"""Where something stands in a file: keys and places."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A spelling, what it is a name of, and where that stands: to find the same spelling under two names."""

    alias: Alias
    owner: str
    file: str
    line: int


class _Reader:
    """Reads the files one after the other; collects faults and goes on."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._trees: dict[str, object] = {}
        self._lines: dict[str, str] = {}
        self._named: list[_Named] = []
        self._references: list[tuple[str, Place, str]] = []
        self._makers: list[tuple[str, Place, str]] = []
        self.vendors: list[Vendor] = []
        self.accelerators: dict[str, Accelerator] = {}
        self.instances: list[Instance] = []
        self.clusters: list[Cluster] = []
        self.systems: list[System] = []

    def catalogue(self) -> Catalogue:
        return Catalogue(
            tuple(self.vendors),
            tuple(self.accelerators.values()),
            tuple(self.instances),
            tuple(self.clusters),
            tuple(self.systems),
        )

    def fault(self, file: str, at: Place, where: str, found: str, expected: str, mend: str = "") -> None:
        self.faults.append(Fault(file, line_of(self._trees[file], at), where, found, expected, mend))

    def read(self, file: str, raw: bytes) -> None:
        """Takes in one file."""
        try:
            self._trees[file] = yamlfile.parse(raw, file)
            record = FileRecord.model_validate(self._trees[file])
        except yamlfile.Refused as refused:
            self.faults.append(refused.fault)
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                at = tuple(problem["loc"])
                self.fault(file, at, _where(self._trees[file], at), *_explained(problem))
        else:
            self._take(file, record)

    def _take(self, file: str, record: FileRecord) -> None:
        for place, vendor in enumerate(record.vendors):
            self._vendor(file, ("vendors", place), vendor)
        for place, group in enumerate(record.groups):
            self._group(file, ("groups", place), group)
        for place, instance in enumerate(record.instances):
            self._instance(file, ("instances", place), instance)
        for place, cluster in enumerate(record.clusters):
            self._cluster(file, ("clusters", place), cluster)
        for place, system in enumerate(record.systems):
            self._system(file, ("systems", place), system)

    # ---- one reader a noun -----------------------------------------------------------------------------------------

    def _vendor(self, file: str, at: Place, record: VendorRecord) -> None:
        self._once(file, at, f"vendor {record.name}")
        names = self._aliases(file, at, f"vendor {record.name}", (), record.names, {})
        self.vendors.append(Vendor(record.name, names))

    def _group(self, file: str, at: Place, group: GroupRecord) -> None:
        if group.vendor is not None:
            self._makers.append((file, (*at, "vendor"), group.vendor))
        for place, chip in enumerate(group.chips):
            self._chip(file, (*at, "chips", place), group, chip)

    def _chip(self, file: str, at: Place, group: GroupRecord, chip: ChipRecord) -> None:
        key = chip.key or f"{slug(group.vendor or 'unknown')}/{slug(chip.model or group.family)}"
        self._once(file, at, key)
        self._once(file, at, f"{group.vendor} {group.family} {chip.model or '(the family)'}")
        words = {"model": chip.model, "number": chip.model.split(" ", 1)[-1]} if chip.model else {}
        spellings = group.spellings if chip.model else []
        accelerator = Accelerator(
            key=key,
            vendor=group.vendor,
            family=group.family,
            model=chip.model,
            kind=chip.kind or group.kind,
            architecture=chip.architecture or group.architecture,
            year=chip.year,
            memory_gb=tuple(chip.memory),
            power_w=chip.power,
            peak_tflops=MappingProxyType(dict(chip.peak)),
            aliases=self._aliases(file, at, key, spellings, chip.aliases, words),
            sources=(*chip.sources, *group.sources),
            note=chip.note,
        )
        self._check_numbers(file, at, accelerator)
        self.accelerators[key] = accelerator

    def _instance(self, file: str, at: Place, record: InstanceRecord) -> None:
        owner = f"{record.provider} {record.name}"
        self._once(file, at, owner)
        self._references.append((file, (*at, "accelerator"), record.accelerator))
        sized = [
            spelling.model_copy(
                update={"text": filled(spelling.text, {"name": record.name, "size": size, "short": short_size(size)})}
            )
            for size in record.counts
            for spelling in record.spellings
        ]
        aliases = self._aliases(file, at, owner, sized, record.aliases, {"name": record.name})
        counts = MappingProxyType(dict(record.counts))
        self.instances.append(
            Instance(record.provider, record.name, record.accelerator, counts, record.memory, aliases)
        )

    def _cluster(self, file: str, at: Place, record: ClusterRecord) -> None:
        self._once(file, at, record.name)
        self._references.append((file, (*at, "accelerator"), record.accelerator))
        plain = AliasRecord(text=record.name, ambiguous=record.ambiguous, beside=record.beside)
        aliases = self._aliases(file, at, record.name, [plain], record.aliases, {})
        self.clusters.append(
            Cluster(
                record.name,
                record.accelerator,
                record.per_node,
                aliases,
                record.ambiguous,
                tuple(record.beside),
                record.source,
            )
        )

    def _system(self, file: str, at: Place, record: SystemRecord) -> None:
        self._once(file, at, record.name)
        if record.vendor is not None:
            self._makers.append((file, (*at, "vendor"), record.vendor))
        if record.accelerator is not None:
            self._references.append((file, (*at, "accelerator"), record.accelerator))
        aliases = self._aliases(file, at, record.name, [AliasRecord(text=record.name)], record.aliases, {})
        self.systems.append(System(record.name, record.accelerator, record.count, aliases, record.vendor))

    def _aliases(
        self,
        file: str,
        at: Place,
        owner: str,
        shared: list[AliasRecord] | tuple[()],
        own: list[AliasRecord],
        words: Mapping[str, str],
    ) -> tuple[Alias, ...]:
        """Its own spellings, then the shared ones with the `words` put in, less those that clash with its own."""
        mine = [record.alias(words) for record in own]
        found = dict.fromkeys(mine)
        for alias in (record.alias(words) for record in shared):
            if not any(alias.clashes(other) for other in mine):
                found.setdefault(alias)
        for alias in found:
            if left := re.search(r"\{\w*\}", alias.text):
                self.fault(file, at, owner, f"{left[0]} in {alias.text!r}", "{model} or {number} of a chip")
        line = line_of(self._trees[file], at)
        self._named += [_Named(alias, owner, file, line) for alias in found]
        return tuple(found)

    # ---- what must hold --------------------------------------------------------------------------------------------

    def _once(self, file: str, at: Place, name: str) -> None:
        here = f"{file}:{line_of(self._trees[file], at)}"
        if name in self._lines:
            self.fault(file, at, name, "it a second time", f"each once; it stands at {self._lines[name]} too")
        self._lines.setdefault(name, here)

    def _check_numbers(self, file: str, at: Place, chip: Accelerator) -> None:
        if chip.power_w and chip.peak_tflops:
            efficiency = max(chip.peak_tflops.values()) / chip.power_w
            if not EFFICIENCY[0] <= efficiency <= EFFICIENCY[1]:
                expected = f"{EFFICIENCY[0]:g} to {EFFICIENCY[1]:g} TFLOP/s per W"
                self.fault(file, at, chip.key, f"{efficiency:.3g} TFLOP/s per W", expected, "Power or peak is wrong.")
        if (chip.power_w or chip.peak_tflops or chip.memory_gb) and not chip.sources:
            self.fault(file, at, chip.key, "numbers without a source", "who states them: title and year")

    def check(self) -> None:
        """What can only be seen when all files are read: references and spellings."""
        if not self.faults:  # else what is missing may stand in the file that could not be read
            known = {vendor.name for vendor in self.vendors}
            for file, at, name in self._makers:
                if name not in known:
                    self.fault(file, at, "vendor", repr(name), "a vendor's name", did_you_mean(name, known))
            for file, at, key in self._references:
                if key not in self.accelerators:
                    mend = did_you_mean(key, self.accelerators)
                    self.fault(file, at, "accelerator", repr(key), "an accelerator's key", mend)
        self.faults += _clashes(self._named)


def _clashes(named: list[_Named]) -> Iterator[Fault]:
    """A spelling under two names, unless it is declared ambiguous under each."""
    groups: dict[str, list[_Named]] = {}
    for entry in named:
        groups.setdefault(entry.alias.folded.casefold(), []).append(entry)
    for group in groups.values():
        for place, entry in enumerate(group):
            for other in group[:place]:
                if entry.owner == other.owner or (entry.alias.ambiguous and other.alias.ambiguous):
                    continue
                if entry.alias.clashes(other.alias):
                    found = f"{entry.alias.text!r}, which is a name of {other.owner} too ({other.file}:{other.line})"
                    expected = "one name only, or `ambiguous:` under both"
                    yield Fault(entry.file, entry.line, entry.owner, found, expected)


def _where(tree: object, at: Place) -> str:
    """Where that is, in words: the innermost chip, instance … on the way by its name, then the field."""
    name, rest = "", list[str]()
    for step in at:
        if isinstance(tree, Record) and isinstance(step, str):
            tree = tree.get(step)
        elif isinstance(tree, Sequence) and isinstance(step, int):
            tree = tree[step]
        rest.append(str(step))
        if isinstance(tree, Record) and isinstance(own := tree.get("model") or tree.get("name"), str):
            name, rest = own, []
    return ".".join(filter(None, (name, *rest))) or "file"


def _explained(problem: Mapping[str, Any]) -> tuple[str, str, str]:
    """What was found, what was expected, how to mend it: pydantic's finding in our words."""
    found = problem["input"]
    shown = "nothing" if found is None else repr(found)
    shown = shown if len(shown) <= 80 else f"{shown[:77]}…"
    last = str(problem["loc"][-1]) if problem["loc"] else "file"
    match problem["type"]:
        case "missing":
            return "nothing", f"a value for {last!r}", "docs/accelerators.md lists the fields."
        case "extra_forbidden":
            return f"a field {last!r}", "a field that the format has", "docs/accelerators.md lists them."
        case "value_error":
            return shown, str(problem["ctx"]["error"]), ""
    return shown, problem["msg"][0].lower() + problem["msg"][1:], ""
