"""Logs of Inspect AI, written by its own API: invented evaluations of models that nobody called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

inspect_log = pytest.importorskip("inspect_ai.log", reason="Inspect AI is not installed (the extra inspect)")

SCORER = "match"


def sample(
    name: str,
    score: Any = "C",
    *,
    epoch: int = 1,
    error: str = "",
    uuid: str | None = None,
    invalid: bool = False,
    **metadata: Any,
) -> Any:
    """A sample whose score is that of `match`, or, where it is a mapping, of each scorer; None: not scored."""
    from inspect_ai.scorer import Score

    each = score if isinstance(score, Mapping) else {SCORER: score}
    return inspect_log.EvalSample(
        id=name,
        epoch=epoch,
        input="a question",
        target="an answer",
        scores=None if score is None else {scorer: Score(value=value) for scorer, value in each.items()},
        metadata=metadata,
        error=inspect_log.EvalError(message=error, traceback="", traceback_ansi="") if error else None,
        uuid=uuid,
        invalidation=inspect_log.ProvenanceData(author="a person", reason="leaked") if invalid else None,
    )


def write(
    path: Path,
    samples: Sequence[Any],
    *,
    task: str = "exam",
    model: str = "maker/model-1",
    status: str = "success",
    epochs: int = 1,
    planned: Sequence[str] | None = None,
    **header: Any,
) -> Path:
    """The log at `path`, in the format of its suffix. `planned`: ids of the data set, those of the samples unless given."""
    ids = list(planned if planned is not None else dict.fromkeys(each.id for each in samples))
    spec = inspect_log.EvalSpec(
        created="2025-06-01T00:00:00+00:00",
        task=task,
        task_id=header.pop("task_id", path.stem),
        model=model,
        dataset=inspect_log.EvalDataset(name="data", samples=len(ids), sample_ids=ids),
        config=inspect_log.EvalConfig(epochs=epochs),
        **header,
    )
    log = inspect_log.EvalLog(
        status=status, eval=spec, samples=list(samples), invalidated=any(each.invalidation for each in samples)
    )
    inspect_log.write_eval_log(log, str(path))
    return path
