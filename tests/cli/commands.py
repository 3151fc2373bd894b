"""Running the command line as a person would: a process, its answer, its complaints, its exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
EDITION = REPOSITORY / "editions" / "2025"


def almanac(*arguments: object, cwd: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    """`almanac ARGUMENTS…`, run to its end."""
    command = [sys.executable, "-m", "almanac", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
