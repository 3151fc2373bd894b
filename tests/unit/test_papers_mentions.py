"""Mentions: what a text names, in every spelling, and where."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.papers.catalogue import catalogue
from almanac.papers.mentions import Sort, core, folded, scanner


def named(text: str, *sorts: Sort) -> list[tuple[str, str]]:
    """(key, words) of every name of `sorts` in the text."""
    return [(m.key, text[m.start : m.end]) for m in scanner().mentions(text) if m.sort in (sorts or (Sort.CHIP,))]


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("on a V100 GPU", "nvidia/v100", "V100"),
        ("on 8 V100s and", "nvidia/v100", "V100s"),
        ("NVIDIA V-100 cards", "nvidia/v100", "V-100"),
        ("eight Tesla\nV100 cards", "nvidia/v100", "Tesla\nV100"),
        ("NVIDIA® Tesla™ V100", "nvidia/v100", "Tesla™ V100"),
        ("a V100S with 32GB", "nvidia/v100s", "V100S"),
        ("one NVIDIA L40S GPU", "nvidia/l40s", "NVIDIA L40S"),
        ("RTX2080Ti", "nvidia/rtx-2080-ti", "RTX2080Ti"),
        ("GeForce RTX 2080-Ti", "nvidia/rtx-2080-ti", "RTX 2080-Ti"),
        ("8xA100 nodes", "nvidia/a100", "A100"),
        ("8×A100 nodes", "nvidia/a100", "A100"),
        ("16 Cloud TPU-v3 chips", "google/tpu-v3", "TPU-v3"),
        ("TPUv3/", "google/tpu-v3", "TPUv3"),
        ("昇腾910B芯片", "huawei/ascend-910b", "昇腾910B"),
        ("AMD MI250X", "amd/mi250x", "AMD MI250X"),
        ("QUADRO RTX 8000", "nvidia/quadro-rtx-8000", "QUADRO RTX 8000"),
        ("NVIDIA Titan Xp", "nvidia/titan-xp", "Titan Xp"),
    ],
)
def test_a_name_is_found_in_its_spellings(text, key, words):
    assert (key, words) in named(text)


@pytest.mark.parametrize(
    "text", ["0.3070 and 13090", "conv3-64 layers", "the output of an input", "manipulation", "RTX", "V1000", "xA100y"]
)
def test_what_is_within_another_word_or_number_is_no_name(text):
    assert named(text) == []


def test_a_lower_case_s_is_a_plural_and_a_capital_one_is_a_model():
    assert {m.key for m in scanner().mentions("four L40s")} == {"nvidia/l40"}
    assert {m.key for m in scanner().mentions("four L40S")} == {"nvidia/l40s"}


def test_a_model_goes_before_a_kind_and_a_longer_name_before_a_shorter():
    assert named("Cloud TPU v3") == [("google/tpu-v3", "TPU v3")]
    assert named("NVIDIA TITAN V") == [("nvidia/titan-v", "TITAN V")]


@pytest.mark.parametrize("before", ["", "é", "研究", "𝔼", "naïve ünïcode "])
def test_places_are_counted_in_characters(before):
    text = f"{before} trained on a TITAN RTX, {before} a V100 and {before} 昇腾910B."
    assert [words for _, words in named(text)] == ["TITAN RTX", "V100", "昇腾910B"]


def test_words_for_any_gpu_headings_and_times():
    text = "We ran CUDA on four GPUs for 12 days.\n\nReferences\n\n1. 30 GPU hours\n"
    sorts = [m.sort for m in scanner().mentions(text)]
    assert sorts == [Sort.CUDA, Sort.GENERIC, Sort.TIME, Sort.HEADING, Sort.GENERIC, Sort.DEVICE_TIME]


def test_every_spelling_of_the_catalogue_is_found():
    """In a sentence of its own, each name leads to its entry, among others where it is ambiguous; a kind's name that
    holds a model's leads to the model.
    """
    missing = []
    models = {chip.key for chip in catalogue().accelerators if chip.model}
    for chip in catalogue().accelerators:
        for alias in chip.aliases:
            text = f"it has the {alias.text} inside"
            keys = {signal.key for m in scanner().mentions(text) for signal in m.signals}
            if chip.key not in keys and (chip.model or not keys & models):
                missing.append((chip.key, alias.text, keys))
    assert missing == []


def test_cores_are_words_that_hardly_stand_elsewhere():
    frequent = {"system", "cloud", "neural", "compute", "first", "training", "100", "64"}
    assert not frequent & {core(alias).casefold() for chip in catalogue().accelerators for alias in chip.aliases}


@given(st.text(max_size=300))
def test_any_text_can_be_scanned(text):
    for mention in scanner().mentions(text):
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.sort in (Sort.HEADING, Sort.TIME, Sort.DEVICE_TIME, Sort.GENERIC, Sort.CUDA, Sort.GRANT) or (
            folded(text[mention.start : mention.end])
        )


@given(st.lists(st.sampled_from(["V100", "GPU", "é", "研", "\n", " ", "RTX 3090", "TPU v4", "x", "8"]), max_size=40))
def test_names_do_not_overlap(parts):
    text = "".join(parts)
    names = [m for m in scanner().mentions(text) if m.sort is Sort.CHIP]
    assert all(a.end <= b.start for a, b in pairwise(names))
