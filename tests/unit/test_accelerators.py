"""The accelerator catalogue: its names, its numbers, and the faults of its files."""

from __future__ import annotations

import contextlib
import csv
import gzip
import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.errors import DatasetError
from almanac.papers.accelerators import CUES, UNITS, Accelerator, Alias, Cue, Instance, Kind
from almanac.papers.catalogue import EFFICIENCY, catalogue, filled, parse, slug

SHARED = Path(os.environ.get("ALMANAC_SHARED", Path(__file__).parents[3] / "shared")) / "data"
KNOWN = catalogue()

NAMES = [
    ("NVIDIA", "Data Center", "V100 A100 H100 H800 B200 P100 K40 K80 T4 A10 A30 A40 L40 L40S V100S M40 H200 H20 A800 GH200 GB200 A10G L4 P40 P4"),
    ("NVIDIA", "Workstation", "Quadro_RTX_8000 RTX_A6000 RTX_A5000 RTX_A4000 RTX_6000 Quadro_K4200 Quadro_P6000 Quadro_GV100 RTX_6000_Ada"),
    ("NVIDIA", "GeForce", "GTX_1080_Ti GTX_1080 GTX_980 RTX_2080_Ti RTX_2080 RTX_2070 RTX_3090 RTX_4090 RTX_5090 GTX_580"),
    ("NVIDIA", "TITAN", "TITAN TITAN_X TITAN_Xp TITAN_V TITAN_RTX TITAN_Black TITAN_Z"),
    ("NVIDIA", "Jetson", "Jetson_TX2 Jetson_Nano Jetson_AGX_Xavier Jetson_AGX_Orin"),
    ("Google", "TPU", "TPU_v1 TPU_v2 TPU_v3 TPU_v4 TPU_v5e TPU_v5p TPU_v6e TPU_v7"),
    ("AMD", "Instinct", "MI50 MI60 MI100 MI210 MI250 MI250X MI300A MI300X MI325X MI350X MI355X"),
    ("Apple", "M-series", "M1 M1_Pro M1_Max M1_Ultra M2 M2_Max M3 M4 M4_Pro M4_Max M5"),
    ("Intel", "Gaudi", "Gaudi Gaudi_2 Gaudi_3"),
    ("Intel", "Max", "Max_1550"),
    ("Cambricon", "MLU", "MLU370-X4 MLU370-X8"),
    ("Hygon", "DCU", "Z100 Z100L"),
    ("SambaNova", "RDU", "SN10 SN30 SN40L"),
    ("Huawei", "Ascend", "Ascend_910 Ascend_910A Ascend_910B Ascend_910C Ascend_310"),
    ("Graphcore", "IPU", "GC2 GC200 Bow"),
    ("Cerebras", "WSE", "WSE-1 WSE-2 WSE-3"),
]  # fmt: skip
"""The names that labels of papers use, exactly as they write them."""

FAMILIES = [
    (None, "GPU"), ("NVIDIA", "GPU"), ("NVIDIA", "Jetson"), ("Google", "TPU"), ("Graphcore", "IPU"), ("Huawei", "Ascend"),
    ("Cerebras", "WSE"), ("SambaNova", "RDU"), ("Groq", "LPU"), ("Cambricon", "MLU"), ("Hygon", "DCU"), ("Intel", "Gaudi"),
    ("Intel", "Xeon Phi"), ("Amazon", "Trainium"), ("Amazon", "Inferentia"), ("Meta", "MTIA"), ("Xilinx", "FPGA"),
    ("Qualcomm", "Snapdragon"), ("AMD", "Instinct"), ("AMD", "Radeon"), (None, "AI accelerator (anonymised)"), (None, "FPGA"),
]  # fmt: skip
"""What is named as a whole, without a model."""


# ---- names ---------------------------------------------------------------------------------------------------------


def names() -> set[tuple[str | None, str, str | None]]:
    return {(chip.vendor, chip.family, chip.model) for chip in KNOWN.accelerators}


@pytest.mark.parametrize(("vendor", "family", "models"), NAMES, ids=lambda value: value.split()[0])
def test_models_are_called_as_labels_call_them(vendor: str, family: str, models: str) -> None:
    assert {(vendor, family, model.replace("_", " ")) for model in models.split()} <= names()


def test_families_stand_as_a_whole_too() -> None:
    assert {(vendor, family, None) for vendor, family in FAMILIES} <= names()


def labels() -> Iterator[tuple[str, dict[str, str | None]]]:
    path = SHARED / "papers" / "gold.dev.jsonl"
    if not path.exists():
        pytest.skip("the labelled papers are not here (../shared or $ALMANAC_SHARED)")
    for line in path.read_text("utf-8").splitlines():
        paper = json.loads(line)
        for kind in ("used", "mentioned_only"):
            for chip in paper[kind]:
                yield kind, chip


def test_every_accelerator_that_the_labels_say_is_used_is_known_by_its_name() -> None:
    wanted = {(chip["vendor"], chip["family"], chip["model"]) for kind, chip in labels() if kind == "used"}
    assert wanted - names() == set()


def test_every_accelerator_that_the_labels_mention_is_found() -> None:
    for kind, chip in labels():
        words = chip["model"] or chip.get("family") or "GPU"
        assert KNOWN.find(words, vendor=chip["vendor"]), (kind, chip)


def test_keys_and_names_are_used_once() -> None:
    assert len(KNOWN.by_key) == len(KNOWN.accelerators)
    assert len(names()) == len(KNOWN.accelerators)


@pytest.mark.parametrize(
    ("text", "key"),
    [("2080Ti", "nvidia/rtx-2080-ti"), ("RTX2080Ti", "nvidia/rtx-2080-ti"), ("GTX 2080 Ti", "nvidia/rtx-2080-ti"),
     ("GTX1080Ti", "nvidia/gtx-1080-ti"), ("GTX 3090", "nvidia/rtx-3090"), ("GeForce GTX TITAN X", "nvidia/titan-x"),
     ("Titan-X", "nvidia/titan-x"), ("Titan Xp", "nvidia/titan-xp"), ("RTX Titan", "nvidia/titan-rtx"),
     ("Tesla-P100", "nvidia/p100"), ("TESLA K80", "nvidia/k80"), ("Tesla V100S", "nvidia/v100s"),
     ("V100-SXM2", "nvidia/v100"), ("A100-SXM4", "nvidia/a100"), ("A100 PCIe", "nvidia/a100"), ("H100 SXM5", "nvidia/h100"),
     ("GH200 Grace Hopper", "nvidia/gh200"), ("A6000", "nvidia/rtx-a6000"), ("Quadro RTX8000", "nvidia/quadro-rtx-8000"),
     ("RTX-8000", "nvidia/quadro-rtx-8000"), ("NVIDIA RTX 6000", "nvidia/rtx-6000"), ("Jetson Xavier", "nvidia/jetson-agx-xavier"),
     ("TPUv3", "google/tpu-v3"), ("TPU-v3", "google/tpu-v3"), ("TPU V2", "google/tpu-v2"), ("v3 TPU", "google/tpu-v3"),
     ("Tensor Processing Unit", "google/tpu"), ("Trillium", "google/tpu-v6e"), ("Gaudi2", "intel/gaudi-2"),
     ("MI-250X", "amd/mi250x"), ("昇腾", "huawei/ascend"), ("昇腾910B", "huawei/ascend-910b"), ("MLU370-X8", "cambricon/mlu370-x8"),
     ("Hygon Z100L", "hygon/z100l"), ("Wafer-Scale Engine", "cerebras/wse"), ("p3.16xlarge", "nvidia/v100"),
     ("p2.8xl", "nvidia/k80"), ("p4d.24xlarge", "nvidia/a100"), ("g5.xlarge", "nvidia/a10g"), ("g4dn.2xlarge", "nvidia/t4"),
     ("Colab TPU", "google/tpu-v2"), ("Frontier", "amd/mi250x"), ("Piz Daint", "nvidia/p100"), ("DGX A100", "nvidia/a100"),
     ("DGX-2", "nvidia/v100"), ("Ponte Vecchio", "intel/max-1550"), ("Xeon Phi", "intel/xeon-phi"), ("RX 7900 XTX", "amd/rx-7900-xtx"),
     ("Apple M2 Max", "apple/m2-max"), ("Alveo U250", "xilinx/alveo-u250")],
)  # fmt: skip
def test_spellings_seen_in_papers_lead_to_the_chip(text: str, key: str) -> None:
    assert key in [chip.key for chip in KNOWN.accelerators if leads(text, chip)]


def leads(text: str, chip: Accelerator) -> bool:
    """Whether a spelling of the chip, read as its docstring says, is the whole of `text`."""
    return any(matches(alias, text) for alias in KNOWN.names_of(chip))


def matches(alias: Alias, text: str) -> bool:
    if squeezed(alias.text) not in (squeezed(text), squeezed(text.removesuffix("s"))):  # quick, and enough for most
        return False
    pattern = r"[\s\-_®™]*".join(map(re.escape, alias.text.split(" ")))
    return re.fullmatch(f"{pattern}s?", text, 0 if alias.exact else re.I) is not None


@cache
def squeezed(text: str) -> str:
    return re.sub(r"[\s\-_®™]", "", text).casefold()


LOOK_ALIKES = ["T4", "P4", "A2", "A10", "A40", "L4", "M1", "M2", "M4", "Hopper", "Blackwell", "Pascal", "Turing", "Volta",
               "Titan", "H20", "TPU", "NPU", "IPU", "WSE", "Kunlun", "Leonardo", "Summit", "Frontier", "Aurora", "Gaudi",
               "Wormhole", "Trillium", "Xavier", "1080", "3090", "v3-64", "Ascend", "PVC", "v100", "T600"]  # fmt: skip


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_words_that_mean_other_things_count_only_beside_a_cue(text: str) -> None:
    found = [alias for chip in KNOWN.accelerators for alias in own_and_implying(chip) if matches(alias, text)]
    assert found
    assert all(alias.ambiguous for alias in found)


def own_and_implying(chip: Accelerator) -> Iterator[Alias]:
    yield from chip.aliases
    for thing in KNOWN.implied_by(chip):
        yield from thing.aliases


def test_tesla_the_unit_of_magnetic_fields_is_no_vendor_beside_a_count() -> None:
    (tesla,) = (vendor for vendor in KNOWN.vendors if vendor.name == "Tesla")
    assert all(name.ambiguous and Cue.COUNT not in name.beside for name in tesla.names)


def test_a_plural_of_one_chip_is_not_silently_another() -> None:
    """V100s are V100; only V100S written so may be another chip, and both readings are then declared or exact."""
    owners: dict[str, list[tuple[str, Alias]]] = {}
    for chip in KNOWN.accelerators:
        for alias in chip.aliases:
            owners.setdefault(alias.folded.casefold(), []).append((chip.key, alias))
    for text, singular in list(owners.items()):
        for key, alias in owners.get(f"{text}s", []):
            if key not in {owner for owner, _ in singular}:
                assert alias.exact, (text, key)


def test_short_names_are_matched_as_they_are_written() -> None:
    """A name of three signs or fewer, in any case, would be found in every paper."""
    loose = [
        (chip.key, alias.text)
        for chip in KNOWN.accelerators
        for alias in chip.aliases
        if len(alias.folded) <= 3 and alias.folded.isascii() and not alias.exact
    ]
    assert loose == []


# ---- numbers -------------------------------------------------------------------------------------------------------

DATASHEETS = [
    ("nvidia/k80", 2014, 24, 300, {"fp32": 8.73}), ("nvidia/p100", 2016, 16, 300, {"fp16": 21.2, "fp64": 5.3}),
    ("nvidia/v100", 2017, 32, 300, {"fp16": 125, "fp32": 15.7}), ("nvidia/t4", 2018, 16, 70, {"fp16": 65, "int8": 130}),
    ("nvidia/a100", 2020, 80, 400, {"fp16": 312, "tf32": 156, "fp64": 9.7, "int8": 624}),
    ("nvidia/h100", 2022, 80, 700, {"bf16": 989, "fp8": 1979}), ("nvidia/rtx-4090", 2022, 24, 450, {"fp32": 82.6}),
    ("google/tpu-v3", 2018, 32, 220, {"bf16": 123}), ("google/tpu-v4", 2021, 32, 192, {"bf16": 275}),
    ("amd/mi300x", 2023, 192, 750, {"fp16": 1307}), ("intel/max-1550", 2023, 128, 600, {"bf16": 839}),
    ("huawei/ascend-910", 2019, 32, 310, {"fp16": 256}), ("amazon/trainium-2", 2024, 96, 500, {"bf16": 667}),
]  # fmt: skip


@pytest.mark.parametrize(("key", "year", "memory", "power", "peaks"), DATASHEETS, ids=lambda value: str(value))
def test_numbers_are_those_of_the_datasheets(
    key: str, year: int, memory: float, power: float, peaks: dict[str, float]
) -> None:
    chip = KNOWN.by_key[key]
    assert (chip.year, chip.power_w) == (year, power)
    assert memory in chip.memory_gb
    assert {precision: chip.peak_tflops[precision] for precision in peaks} == pytest.approx(peaks, rel=0.005)


@pytest.mark.parametrize("chip", KNOWN.accelerators, ids=lambda chip: chip.key)
def test_numbers_are_plausible_and_sourced(chip: Accelerator) -> None:
    peaks = chip.peak_tflops
    assert set(peaks) <= set(UNITS)
    assert all(size > 0 for size in chip.memory_gb)
    assert list(chip.memory_gb) == sorted(set(chip.memory_gb))
    assert chip.year is None or 2006 <= chip.year <= 2027
    for narrow, wide in (("fp16", "fp32"), ("bf16", "fp32"), ("tf32", "fp32"), ("fp32", "fp64"), ("fp8", "bf16"), ("fp4", "fp8"), ("int8", "fp16"), ("int4", "int8")):  # fmt: skip
        if narrow in peaks and wide in peaks:
            assert peaks[narrow] >= peaks[wide], (narrow, wide)
    if chip.model is None:
        assert not peaks
        assert chip.power_w is None
    if peaks or chip.power_w or chip.memory_gb:
        assert all(re.search(r"\b(19|20)\d\d\b", source) for source in chip.sources)


def test_a_watt_does_more_from_generation_to_generation() -> None:
    def efficiency(key: str) -> float:
        chip = KNOWN.by_key[key]
        assert chip.power_w is not None
        return max(chip.peak_tflops[p] for p in ("fp16", "fp32") if p in chip.peak_tflops) / chip.power_w

    line = [efficiency(f"nvidia/{name}") for name in ("c2050", "k40", "m40", "p100", "v100", "a100", "h100", "b200")]
    assert line == sorted(line)
    assert EFFICIENCY[0] < line[0] < line[-1] < EFFICIENCY[1]


def test_what_is_widely_used_has_its_numbers() -> None:
    families = {("NVIDIA", "Data Center"), ("AMD", "Instinct"), ("NVIDIA", "TITAN")}
    bare = [c.key for c in KNOWN.accelerators if (c.vendor, c.family) in families and c.model and not c.peak_tflops]
    assert len(bare) < 40
    for key in ("nvidia/rtx-3090", "nvidia/rtx-2080-ti", "nvidia/rtx-a6000", "google/tpu-v5e", "intel/gaudi-2"):
        chip = KNOWN.by_key[key]
        assert chip.peak_tflops
        assert chip.memory_gb


# ---- against another table -----------------------------------------------------------------------------------------

VARIANT = re.compile(r"PCIe|NVL\b|DGXS|HL-205|270-F4|910A Pr|320 TFLOPS|^NVIDIA P100$")
"""Rows of variants slower than the one whose power and peaks the catalogue has; its notes name most of them."""

EXPLAINED = {
    ("Meta MTIA v2", "memory"): "theirs is the memory on the chip, ours that beside it",
    ("NVIDIA GH200", "power"): "theirs is the GPU's, ours the module's",
    ("NVIDIA GeForce RTX 4070", "power"): "theirs is the 4070 Ti's; the 4070 has 200 W",
    ("AMD Radeon RX 7900 XTX", "power"): "355 W in AMD's specification",
    ("AMD Radeon Instinct MI250X", "power"): "500 W in air, 560 W at peak in water",
    ("Google TPU v4", "power"): "theirs is the mean, ours the highest measured",
    ("AMD Instinct MI355X", "fp16"): "theirs is the MI350X's",
    ("NVIDIA GeForce RTX 2080 Ti 11GB", "fp16"): "theirs is the Founders Edition's, ours the reference card's",
}
"""Where the two tables differ by more than 5%, and why."""


def epoch() -> list[dict[str, str]]:
    path = SHARED / "epoch-ai" / "ml_hardware.csv.gz"
    if not path.exists():
        pytest.skip("Epoch's table of hardware is not here (../shared or $ALMANAC_SHARED)")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def same_chip(row: dict[str, str]) -> Accelerator | None:
    """The maker's accelerator whose model's name stands in the name of a row, the longest if several do."""
    name = row["Hardware name"]
    maker = f"{name} {row['Manufacturer']}".casefold()
    own = (chip for chip in KNOWN.accelerators if chip.model and (chip.vendor or "?").split()[0].casefold() in maker)
    return max((c for c in own if contains(name, c.model or "")), key=lambda c: len(c.model or ""), default=None)


def contains(name: str, model: str) -> bool:
    pattern = "[ -]?".join(map(re.escape, re.split("[ -]", model)))
    return re.search(rf"(?<![\w-]){pattern}(?!\w)", name, re.I) is not None


def differences(row: dict[str, str], chip: Accelerator) -> Iterator[str]:
    def number(column: str, scale: float) -> float | None:
        return float(row[column]) / scale if row[column] else None

    memory, power = number("Memory size per board (Byte)", 1e9), number("TDP (W)", 1)
    half = number("Tensor-FP16/BF16 performance (FLOP/s)", 1e12)
    if not row["Manufacturer"].startswith(("NVIDIA", "Intel")):  # whose FP16 without tensor cores is another number
        half = half or number("FP16 (half precision) performance (FLOP/s)", 1e12)
    ours = chip.peak_tflops.get("fp16", chip.peak_tflops.get("bf16"))
    if memory and chip.memory_gb and not any(size == pytest.approx(memory, rel=0.075) for size in chip.memory_gb):
        yield "memory"
    if power and chip.power_w and chip.power_w != pytest.approx(power, rel=0.05):
        yield "power"
    if half and ours and ours != pytest.approx(half, rel=0.05):
        yield "fp16"


def test_numbers_agree_with_epochs_table_or_the_difference_is_explained() -> None:
    found, compared = set(), 0
    for row in epoch():
        name = row["Hardware name"]
        chip = same_chip(row)
        if chip is None or VARIANT.search(name):
            continue
        compared += 1
        found |= {(name, field) for field in differences(row, chip)}
    assert found == set(EXPLAINED)
    assert compared > 90


# ---- search --------------------------------------------------------------------------------------------------------


def keys(words: str = "", **chosen: object) -> list[str]:
    return [chip.key for chip in KNOWN.find(words, **chosen)]  # type: ignore[arg-type]


def test_find_by_name_memory_description_and_filter() -> None:
    assert keys("A100 80GB") == keys("a100") == keys("nvidia a100") == keys("nvidia/a100") == ["nvidia/a100"]
    assert keys("A100 24GB") == []
    assert "nvidia/h100" in keys("hopper")
    assert "nvidia/gpu" in keys("hopper")
    assert keys("p3.16xlarge") == ["nvidia/v100"]
    assert keys(vendor="groq") == ["groq/lpu", "groq/groqchip"]
    assert set(keys(family="tpu", year=2023)) == {"google/tpu-v5e", "google/tpu-v5p", "google/tpu-v5"}
    assert len(keys()) == len(KNOWN.accelerators)
    assert keys("no such chip") == []


@given(st.sampled_from(KNOWN.accelerators))
def test_every_accelerator_is_found_by_its_key_name_and_spellings(chip: Accelerator) -> None:
    for words in (chip.key, chip.name, *(alias.text for alias in chip.aliases)):
        if not re.search(r"\d ?G(B|b)?\b", words):
            assert chip in KNOWN.find(words), words


@given(st.text(max_size=40))
def test_no_words_break_the_search(words: str) -> None:
    assert set(KNOWN.find(words)) <= set(KNOWN.accelerators)


def test_an_instance_tells_its_count_by_its_size() -> None:
    (p3,) = (instance for instance in KNOWN.instances if instance.name == "p3")
    assert [p3.count_in(text) for text in ("p3.2xlarge", "P3.8xl", "p3.16xlarge", "p3 instance", "p3.12xlarge")] == [
        1,
        4,
        8,
        None,
        None,
    ]


@given(st.sampled_from(KNOWN.instances))
def test_every_size_of_an_instance_is_told_from_the_others(instance: Instance) -> None:
    for size, count in instance.counts.items():
        assert instance.count_in(f"{instance.name}.{size}") == count


def test_clusters_and_instances_imply_what_the_labels_say() -> None:
    by_cluster = {cluster.name: cluster.accelerator for cluster in KNOWN.clusters}
    assert {name: by_cluster[name] for name in ("Frontier", "LUMI-G", "Summit", "Sierra", "Perlmutter", "Leonardo", "Selene", "Piz Daint", "Aurora")} == {
        "Frontier": "amd/mi250x", "LUMI-G": "amd/mi250x", "Summit": "nvidia/v100", "Sierra": "nvidia/v100",
        "Perlmutter": "nvidia/a100", "Leonardo": "nvidia/a100", "Selene": "nvidia/a100", "Piz Daint": "nvidia/p100",
        "Aurora": "intel/max-1550",
    }  # fmt: skip
    by_instance = {instance.name: (instance.accelerator, instance.memory_gb) for instance in KNOWN.instances}
    assert by_instance["p3dn"] == ("nvidia/v100", 32)
    assert by_instance["p4d"] == ("nvidia/a100", 40)
    assert by_instance["p4de"] == ("nvidia/a100", 80)


# ---- spellings -----------------------------------------------------------------------------------------------------

SPELLINGS = st.builds(Alias, st.from_regex(r"[A-Za-z0-9]{1,3}( [A-Za-z0-9]{1,3})?", fullmatch=True), st.booleans())


@given(SPELLINGS, SPELLINGS)
def test_spellings_clash_exactly_when_some_text_is_both(one: Alias, other: Alias) -> None:
    assert one.clashes(other) == other.clashes(one)
    texts = {alias.text.replace(" ", "") for alias in (one, other)}
    assert one.clashes(other) == any(alike(one, text) and alike(other, text) for text in texts)


def alike(alias: Alias, text: str) -> bool:
    bare = alias.text.replace(" ", "")
    return bare == text if alias.exact else bare.lower() == text.lower()


def test_every_cue_is_said_in_words() -> None:
    assert set(CUES) == set(Cue)


@given(st.text(max_size=30), st.text(max_size=10))
def test_templates_take_any_name(template: str, model: str) -> None:
    assert filled(template.replace("{", ""), {"model": model}) == template.replace("{", "")
    assert filled("{model}", {"model": model}) == model


def test_slugs() -> None:
    assert [slug(name) for name in ("RTX 2080 Ti", "TPU v3", "TSUBAME 3.0", "Max+ 395")] == [
        "rtx-2080-ti",
        "tpu-v3",
        "tsubame-3.0",
        "max-395",
    ]


def test_nothing_of_the_catalogue_can_be_changed() -> None:
    chip = KNOWN.by_key["nvidia/a100"]
    with pytest.raises(TypeError):
        chip.peak_tflops["fp16"] = 1  # type: ignore[index]
    with pytest.raises(AttributeError):
        chip.year = 2021  # type: ignore[misc]
    assert catalogue() is KNOWN


# ---- the files -----------------------------------------------------------------------------------------------------

VENDORS = b"vendors:\n  - {name: Maker, names: [Maker]}\n"
GOOD = b"""groups:
  - vendor: Maker
    family: Line
    kind: GPU
    sources: [Maker, datasheet, 2020]
    spellings: ["{model}", "Pro {number}"]
    chips:
      - {model: Line 7, year: 2020, memory: [8 GB, 16 GB], power: 100 W, peak: {fp16: 50 TFLOP/s, int8: 100 TOP/s}}
"""


def read(*texts: bytes) -> list[Accelerator]:
    return list(parse({f"{place}.yaml": text for place, text in enumerate((VENDORS, *texts))}).accelerators)


def faults(*texts: bytes) -> list[str]:
    with pytest.raises(DatasetError) as caught:
        read(*texts)
    return [
        f"{fault.path}:{fault.line}: {fault.where}: {fault.found} / {fault.expected}" for fault in caught.value.faults
    ]


def test_a_file_becomes_accelerators() -> None:
    (chip,) = read(GOOD)
    assert chip == Accelerator(
        key="maker/line-7", vendor="Maker", family="Line", model="Line 7", kind=Kind.GPU, year=2020, memory_gb=(8, 16),
        power_w=100, peak_tflops={"fp16": 50, "int8": 100}, aliases=(Alias("Line 7"), Alias("Pro 7")),
        sources=("Maker", "datasheet", "2020"),
    )  # fmt: skip


def test_its_own_spelling_replaces_a_shared_one() -> None:
    (chip,) = read(GOOD.replace(b"year: 2020,", b"aliases: [{text: line 7, ambiguous: a bus}],"))
    assert chip.aliases == (Alias("line 7", ambiguous="a bus"), Alias("Pro 7"))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [(b"power: 100 W", b"power: 100 kW", "1.yaml:8: Line 7.power: '100 kW' / a number and its unit, as in '12.5 W'"),
     (b"power: 100 W", b"power: 100", "1.yaml:8: Line 7.power: '100' / a number and its unit, as in '12.5 W'"),
     (b"power: 100 W", b"power: 0 W", "1.yaml:8: Line 7.power: '0 W' / 0.05 to 30000 W"),
     (b"power: 100 W", b"power: 30001 W", "1.yaml:8: Line 7.power: '30001 W' / 0.05 to 30000 W"),
     (b"power: 100 W", b"powr: 100 W", "1.yaml:8: Line 7.powr: a field 'powr' / a field that the format has"),
     (b"year: 2020", b"year: 2005", "1.yaml:8: Line 7.year: '2005' / a year from 2006 to 2027"),
     (b"year: 2020", b"year: MMXX", "1.yaml:8: Line 7.year: 'MMXX' / a year from 2006 to 2027"),
     (b"16 GB", b"16 GiB", "1.yaml:8: Line 7.memory.1: '16 GiB' / a number and its unit, as in '12.5 GB'"),
     (b"16 GB", b"0 GB", "1.yaml:8: Line 7.memory.1: '0 GB' / 0.01 to 10000 GB"),
     (b"100 TOP/s", b"100 TFLOP/s", "1.yaml:8: Line 7.peak: {'fp16': '50 TFLOP/s', 'int8': '100 TFLOP/s'} / for int8 a number above 0 and its unit, as in '12.5 TOP/s'"),
     (b"100 TOP/s", b"0 TOP/s", "1.yaml:8: Line 7.peak: {'fp16': '50 TFLOP/s', 'int8': '0 TOP/s'} / for int8 a number above 0 and its unit, as in '12.5 TOP/s'"),
     (b"50 TFLOP/s", b"50000 TFLOP/s", "1.yaml:8: maker/line-7: 500 TFLOP/s per W / 0.0005 to 50 TFLOP/s per W"),
     (b"vendor: Maker", b"vendor: Makr", "1.yaml:2: vendor: 'Makr' / a vendor's name"),
     (b"    kind: GPU\n", b"", "1.yaml:2: groups.0.kind: nothing / a value for 'kind'"),
     (b"    sources: [Maker, datasheet, 2020]\n", b"", "1.yaml:7: maker/line-7: numbers without a source / who states them: title and year"),
     (b"Pro {number}", b"Pro {nummer}", "1.yaml:8: maker/line-7: {nummer} in 'Pro {nummer}' / {model} or {number} of a chip")],
)  # fmt: skip
def test_a_fault_is_reported_with_its_place(old: bytes, new: bytes, fault: str) -> None:
    assert faults(GOOD.replace(old, new)) == [fault]


def test_all_faults_of_all_files_are_reported_at_once() -> None:
    found = faults(
        GOOD.replace(b"100 W", b"1 MW").replace(b"2020,", b"1999,"), b"groups: [\n", b"clusters:\n  - {name: X}\n"
    )
    assert [text.split(": ")[0] for text in found] == ["1.yaml:8", "1.yaml:8", "2.yaml:2", "3.yaml:2", "3.yaml:2"]


def test_a_model_twice_is_a_fault() -> None:
    found = faults(GOOD, GOOD)
    assert any("maker/line-7: it a second time / each once; it stands at 1.yaml:8 too" in text for text in found)


def test_a_spelling_of_two_models_must_be_ambiguous_under_both() -> None:
    other = GOOD.replace(b"Line 7", b"Row 8").replace(b'"{model}", "Pro {number}"', b'"{model}", "line-7", LINE 7')
    assert faults(GOOD, other) == [
        "2.yaml:8: maker/row-8: 'LINE 7', which is a name of maker/line-7 too (1.yaml:8) / one name only, or `ambiguous:` under both"
    ]
    half = other.replace(b", LINE 7", b", {text: LINE 7, ambiguous: the other}")
    assert faults(GOOD, half)
    both = GOOD.replace(b'"{model}"', b'{text: "{model}", ambiguous: the other}')
    assert len(read(both, half)) == 2


def test_an_instance_of_an_unknown_chip_is_a_fault() -> None:
    instance = b"instances:\n  - {provider: P, name: n1, accelerator: maker/line-8, counts: {s: 1}}\n"
    (fault,) = faults(GOOD, instance)
    assert fault == "2.yaml:2: accelerator: 'maker/line-8' / an accelerator's key"


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    with contextlib.suppress(DatasetError):
        parse({"x.yaml": raw})


@given(
    st.integers(0, len(GOOD)), st.integers(0, 40), st.sampled_from([b"", b"\0", b"\xff", b"[", b"null", b"{}", b"- "])
)
def test_no_damage_to_a_file_breaks_the_reader(start: int, length: int, patch: bytes) -> None:
    with contextlib.suppress(DatasetError):
        read(GOOD[:start] + patch + GOOD[start + length :])
