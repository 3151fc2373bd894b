"""The options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EDITION = Path("editions/2025")

Edition = Annotated[Path, typer.Option("--edition", help="The edition's folder.", show_default=True)]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Language = Annotated[str, typer.Option("--lang", help="en or zh.")]
