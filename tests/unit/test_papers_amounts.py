"""Amounts: counts, hours, device-hours and memory as papers write them."""

from __future__ import annotations

import pytest

from almanac.papers import amounts
from almanac.papers.context import context

COUNTS = [
    ("four NVIDIA Titan Black GPUs, training", "Titan Black", 4),
    ("a single Nvidia V100 GPU", "V100", 1),
    ("on NVIDIA RTX 3090", "RTX 3090", None),
    ("8$\\times$H100 GPUs", "H100", 8),
    ("| GPUs | 32 x V100 | 2.5", "V100", 32),
    ("8 nodes × 4 AMD MI300X GPUs (32 GPUs total)", "MI300X", 32),
    ("We use 32 8xH100 nodes to train", "H100", 256),
    ("2 8x A100 nodes", "A100", 16),
    ("4 nodes of 8 80GB A100 GPUs", "A100", 32),
    ("we use 8 × 8 = 64 NVIDIA V100 GPUs", "V100", 64),
    ("an NVIDIA Tesla V100 GPU", "V100", 1),
    ("with up to 4,096 A100s for", "A100", 4096),
    ("on 8 Nvidia A100 40GB GPUs", "A100", 8),
    ("on 512 NVIDIA-V100 GPUs", "V100", 512),
    ("4 x CUDA-enabled GPUs NVidia Tesla V100S 32GB", "V100S", 4),
    ("on 1,024 Ascend NPUs", "Ascend", 1024),
    ("two 80GB A100 cards", "A100", 2),
    ("2x NVIDIA A100 (80 GB)", "A100", 2),
    ("NVIDIA A100 GPU (x8)", "A100", 8),
    ("eight 46GiG-L40-\nGPUs", "L40", 8),
    ("a DGX machine with 8 80Gb A100 GPUs", "A100", 8),
    ("on a RTX 2080 Ti GPU and a GTX 1080 Ti", "RTX 2080 Ti", 1),
    ("1 Tesla V100\nGPU, 61GB", "V100", 1),
    ("16 nodes, each with 8 V100 GPUs", "V100", 128),
    ("8 A100 GPUs on each of 4 nodes", "A100", 32),
    ("64 V100 GPUs (8 nodes)", "V100", 64),
    ("a cluster of A100 GPUs", "A100", None),
    ("a pair of Titan X", "Titan X", 2),
    ("in Table 3 A100", "A100", None),
    ("on an RTX 3060 and a T4", "T4", 1),
    ("a 16-way tensor-parallel deployment on SN40L", "SN40L", 16),
    ("a single GPU (GTX 1080 Ti or RTX 2080 Ti)", "RTX 2080 Ti", 1),
]


@pytest.mark.parametrize(("text", "name", "many"), COUNTS)
def test_counts(text, name, many):
    start = text.index(name)
    assert amounts.count(context(text, start, start + len(name)))[0] == many


@pytest.mark.parametrize(
    ("text", "name", "many", "unit"),
    [
        ("on a v3-128 TPU pod", "v3", 128, "cores"),
        ("TPU v3-8", "TPU v3", 8, "cores"),
        ("uses 128 TPU v3 cores", "TPU v3", 128, "cores"),
        ("on a 4x4 TPU Pod", "TPU", 16, "chips"),
        ("on a 16x16 TPU v3 slice", "TPU v3", 256, "chips"),
        ("on a 4x4x8 TPU v4 slice", "TPU v4", 128, "chips"),
        ("On a v5e-256 TPU pod", "v5e", 256, "chips"),
        ("split over 512 Cloud TPU v3 cores", "TPU v3", 512, "cores"),
        ("with 32 TPUv4 chips", "TPUv4", 32, "chips"),
        ("on TPU v4", "TPU v4", None, None),
    ],
)
def test_counts_of_tpus_say_chips_or_cores(text, name, many, unit):
    start = text.index(name)
    assert amounts.count(context(text, start, start + len(name)), is_tpu=True) == (many, unit)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("lasted around 10 days", [240]),
        ("takes about 7.25 days", [174]),
        ("takes 2-3 weeks", [420]),
        ("for 2.5 weeks", [420]),
        ("roughly 15 minutes on", [0.25]),
        ("∼40.6 hours", [40.6]),
        ("takes around seven days", [168]),
        ("two and a half days", [60]),
        ("less than one hour", [1]),
        ("it took 2h", [2]),
        ("43 hours and 30 minutes", [43.5]),
        ("with 960-hour data", []),
        ("a 12-hour run", [12]),
        ("1-2 days", [36]),
        ("12 hours for each model", [12]),
        ("two months", [1440]),
        ("we trained in 142 hours", [142]),
        ("about 3 hours per 10^6 steps", []),
        ("each epoch takes 3 hours", []),
        ("approximately 13 hours per 1 million steps", []),
        ("48 hours of video", []),
        ("2d 14h 57m of training time", [62.95]),
        ("after 34h of training", [34]),
        ("6h vs 8z", []),
        ("about 8 hours for each individual trial", [8]),
        ("with a batch size of 1 takes about 2 hours", [2]),
        ("a few hours", []),
        ("16k GPU hours", []),
        ("14 seconds", []),
        ("every 24 hours", []),
        ("3 years of data", []),
    ],
)
def test_durations_are_of_runs(text, hours):
    assert amounts.durations(text) == pytest.approx(hours)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("16k GPU hours (on NVIDIA P100)", [16000]),
        ("costs only 2.788M GPU hours", [2788000]),
        ("180K H800 GPU hours", [180000]),
        ("92 GPU years", [805920]),
        ("115 GPU days", [2760]),
        ("2,000 GPU-hours", [2000]),
        ("13 A100 card days", [312]),
        ("512 A100-hours", [512]),
        ("1.4 million GPU hours", [1.4e6]),
        ("3 hours", []),
    ],
)
def test_device_hours(text, hours):
    assert amounts.device_hours(text) == pytest.approx(hours)


@pytest.mark.parametrize(
    ("text", "name", "gigabytes"),
    [
        ("an 80GB A100", "A100", 80),
        ("A100 (40GB)", "A100", 40),
        ("V100 GPUs with 16 GB of memory", "V100", 16),
        ("Tesla P100-16GB GPUs", "P100", 16),
        ("1 Tesla V100 GPU, 61GB of RAM", "V100", None),
        ("an A100 at 900 GB/s", "A100", None),
    ],
)
def test_memory_is_the_device_s_own(text, name, gigabytes):
    start = text.index(name)
    assert amounts.memory_gb(context(text, start, start + len(name))) == gigabytes


def test_numbers_in_words_and_digits():
    assert [amounts.number(word) for word in ("eight", "4,096", "2.5", "An")] == [8, 4096, 2.5, 1]


def test_a_sentence_ends_at_a_full_stop_but_not_after_an_abbreviation():
    text = "Before it. We follow Smith et al. and use a V100 GPU, e.g. for training. After it."
    start = text.index("V100")
    found = context(text, start, start + 4)
    assert found.sentence == "We follow Smith et al. and use a V100 GPU, e.g. for training."
    assert found.next.strip() == "After it."
    assert text[found.start : found.end] == found.sentence
