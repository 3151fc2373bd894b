"""Drawing an edition's charts ahead of its pages, on every core: a drawing takes a tenth of a second, and there are a
hundred.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from almanac.chart import Chart
from almanac.edition import drawing_child
from almanac.edition.charts import VERSION, Size, drawn_spec, is_drawn, remember, svg

FEW = 12
"""Drawings that are not worth a process, which takes half a second to start."""

MOST_PROCESSES = 4


def draw_ahead(charts: Iterable[Chart], languages: Sequence[str]) -> None:
    """Draws `charts` as `svg` would, in both sizes, some here and the rest in processes beside this one. What such a
    process fails at is drawn when a page asks for it, and fails there with its reason.
    """
    wanted = [(chart, language, size) for chart in charts for language in languages for size in Size]
    wanted = [one for one in wanted if not is_drawn(drawn_spec(*one))]
    shares = min(os.cpu_count() or 1, MOST_PROCESSES)
    if len(wanted) < FEW or shares == 1:
        return
    with ThreadPoolExecutor(shares - 1) as pool:
        others = [[drawn_spec(*one) for one in wanted[share::shares]] for share in range(1, shares)]
        waiting = [pool.submit(_drawn_elsewhere, specs) for specs in others]
        for one in wanted[::shares]:
            svg(*one)
        for specs, found in zip(others, waiting, strict=True):
            remember(dict(zip(specs, found.result(), strict=False)))


def _drawn_elsewhere(specs: Sequence[str]) -> list[str]:
    """The drawings of `specs` by another process; none if it fails."""
    command = [sys.executable, "-P", str(Path(drawing_child.__file__)), VERSION]
    done = subprocess.run(command, input=json.dumps(specs).encode(), capture_output=True, check=False)
    return list(json.loads(done.stdout)) if done.returncode == 0 else []
