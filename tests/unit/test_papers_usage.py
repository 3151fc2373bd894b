"""Usage: what authors ran on, and what they only speak of. One sentence, one rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.papers.paper import Paper, Part, Section
from almanac.papers.usage import Decision, Role, decide


def decided(text: str, **fields) -> Decision:
    return decide(Paper("p", "txt", text, **fields))


def used(text: str, **fields) -> set[tuple[str | None, str | None]]:
    return {(use.vendor, use.model) for use in decided(text, **fields).used}


USED = [
    ("All models were trained on 8 NVIDIA A100 GPUs for 3 days.", ("NVIDIA", "A100")),
    ("We use a single Titan X for all experiments.", ("NVIDIA", "TITAN X")),
    ("On our computer (GPU: GTX 1080, Memory: 16G) the training takes two days.", ("NVIDIA", "GTX 1080")),
    ("The device used for measuring time is RTX 3090 with PyTorch-2.", ("NVIDIA", "RTX 3090")),
    ("A cluster with 8,192 Ascend Neural Processing Units (NPUs) is deployed to train it.", ("Huawei", None)),
    ("We thank NVIDIA for the donation of a Titan X GPU.", ("NVIDIA", "TITAN X")),
    ("The authors thank the NVIDIA corporation for the donation of a GPU.", ("NVIDIA", None)),
    ("This work was supported by the TensorFlow Research Cloud.", ("Google", None)),
    ("Other experiments are done on a MacBook Pro with M1.", ("Apple", "M1")),
    ("We trained the networks on an AWS p3.16xlarge instance.", ("NVIDIA", "V100")),
    ("A trace from a run on a single node of the Frontier supercomputer.", ("AMD", "MI250X")),
    ("We run our kernels with CUDA on different GPUs.", ("NVIDIA", None)),
    ("| GPUs | 2 x V100 | 32 x V100 |", ("NVIDIA", "V100")),
    ("Models are implemented in PyTorch (Paszke et al., 2019) and trained on a V100 GPU.", ("NVIDIA", "V100")),
    ("NVIDIA GTX1080Ti.", ("NVIDIA", "GTX 1080 Ti")),
    ("在8张昇腾910B上训练模型。", ("Huawei", "Ascend 910B")),
]


@pytest.mark.parametrize(("text", "expected"), USED)
def test_what_the_authors_ran_on(text, expected):
    assert used(text) == {expected}


MENTIONED = [
    "Bingham et al. (2020) required 1000 GPU hours per run on an NVIDIA GTX 1080Ti.",
    "This can efficiently run on consumer hardware such as an RTX 4090.",
    "Accelerators (e.g., H100 and H800) are scarce.",
    "PaLM was trained for two months on 6144 TPUs (Chowdhery et al., 2022).",
    "We plan to port the trained weights to an FPGA in future work.",
    "Support for AMD GPUs is in development.",
    "The training of SPR [12] takes five hours with a P100 GPU.",
    "Specialised hardware such as Google's TPUs and Graphcore's IPUs is now available.",
]


@pytest.mark.parametrize("text", MENTIONED)
def test_what_they_only_speak_of(text):
    front = "A paper about something else.\n" + "Words. " * 600
    found = decided(front + text)
    assert not any(use.vendor for use in found.used)
    assert found.mentioned


@pytest.mark.parametrize(
    "text",
    [
        "The T4 phage and T4 DNA ligase (B300 mg, 0.395 g).",
        "Thermoplastic polyurethane (TPU) is a polymer.",
        "L4 larvae and the A100 road, cells P4 and M1 macrophages.",
        "Images were acquired on a 3 Tesla scanner; the Hopper environment; Pascal VOC.",
        "Blackwell Publishing, Turing machines, the Leonardo manuscripts and Summit meetings.",
        "conv3-64 and v3-64 in Table A10 and Figure A40.",
        "We use GPUs for training. As stated there, in Table 3 A10 is best of all.",
    ],
)
def test_look_alikes_are_no_chips(text):
    assert not any(use.vendor for use in decided(text).used)


def test_a_bibliography_is_no_use():
    entry = "S. Zhang, Z. Du. Fast kernels on the Tesla V100 GPU. In Proceedings of MICRO, pp. 1-12, 2016."
    assert decided(f"Text.\n\nReferences\n\n{entry}\n").none
    title = "Open models trained on the Tesla V100 cluster. CoRR, abs/2304.03208, 2023."
    assert decided(f"Text.\n\n{title}\n").none
    text = "We used a V100 GPU."
    assert decided(text, sections=(Section(Part.BIBLIOGRAPHY, 0, len(text)),)).none
    assert decided(text, sections=(Section(Part.CODE, 0, len(text)),)).none
    assert not decided(text, sections=(Section(Part.BODY, 0, len(text)),)).none


def test_an_appendix_after_the_references_counts():
    text = "Text.\n\nReferences\n\nA. Author. A title. CoRR, 2016.\n\nA MORE DETAILS\n\nWe trained on four V100 GPUs.\n"
    assert used(text) == {("NVIDIA", "V100")}


def test_a_chip_that_is_named_wins_over_what_an_instance_implies():
    found = decided("We use AWS p4d.24xlarge instances with 8 V100 GPUs.")
    assert [(use.model, use.run.count, use.inferred) for use in found.used] == [("V100", 8, False)]


def test_an_instance_s_size_tells_how_many():
    (use,) = decided("Training was done on a p3.8xlarge instance.").used
    assert (use.model, use.run.count, use.inferred) == ("V100", 4, True)
    (use,) = decided("Training was done on four p3.8xlarge instances.").used
    assert use.run.count == 16


def test_a_model_stands_for_its_kind_and_takes_what_is_said_of_it():
    (use,) = decided(
        "All training was performed on TPUv4. Our largest run was trained on 1536 TPU chips for 15 days."
    ).used
    assert (use.model, use.run.count, use.run.hours) == ("TPU v4", 1536, 360)


def test_a_gpu_of_nobody_s_is_used_only_where_nothing_else_is():
    (use,) = decided("We trained the model on a single GPU for 9 hours.").used
    assert (use.vendor, use.family, use.run.count, use.run.hours) == (None, "GPU", 1, 9)
    assert used("We trained on a single GPU. Inference was run on an NVIDIA T4 GPU.") == {("NVIDIA", "T4")}


def test_run_times_belong_to_the_only_accelerator_or_to_the_one_named_last():
    (use,) = decided(
        "We train on 8 A100 GPUs.\n\nDetails.\n\nTraining took 5 days. The ablations ran for 12 hours."
    ).used
    assert use.run.hours == 120
    found = decided(
        "We train on a V100 GPU. It took 2 days.\n\nWe evaluate on a T4 GPU.\n\nThe evaluation took 3 hours."
    )
    assert {(use.model, use.run.hours) for use in found.used} == {("V100", 48), ("T4", 3)}


def test_of_several_accelerators_the_one_named_last_has_the_run_time_unless_that_is_long_ago():
    def hours(words_between: int) -> dict[str | None, float | None]:
        text = "We evaluate on a T4 GPU. We train on a V100 GPU. " + "Words. " * words_between + "Training took 2 days."
        return {use.model: use.run.hours for use in decided(text).used}

    assert hours(40) == {"T4": None, "V100": 48}
    assert hours(400) == {"T4": None, "V100": None}


def test_roles():
    def role(text: str) -> Role:
        return decided(text).used[0].role

    assert role("We trained the model on a V100 GPU.") is Role.TRAINING
    assert role("Inference latency was measured on a V100 GPU.") is Role.INFERENCE
    assert role("The PDE solver ran on a V100 GPU.") is Role.SIMULATION
    assert role("We thank NVIDIA for the donation of a Titan X GPU.") is Role.UNSPECIFIED


def test_every_decision_has_its_reasons_and_their_sum():
    (use,) = decided("We trained the model on 8 NVIDIA V100 GPUs.").used
    assert use.score == pytest.approx(sum(float(reason.split(" ")[0]) for reason in use.reasons))
    assert "+1.5 the authors speak of themselves" in use.reasons


@given(st.lists(st.sampled_from([text for text, _ in USED] + MENTIONED + ["Words.", "\n\n", "é"]), max_size=8))
def test_evidence_stands_where_it_says(parts):
    text = " ".join(parts)
    found = decided(text)
    for use in found.used + found.mentioned:
        assert text[use.evidence.start : use.evidence.end] == use.evidence.text
        assert use.used == (use in found.used)


@given(st.text(max_size=400))
def test_any_text_can_be_decided(text):
    found = decided(text)
    assert found.none == (not found.used)
