"""The options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

EDITION = Path("editions/2025")

Edition = Annotated[Path, typer.Option("--edition", help="The edition's folder.", show_default=True)]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Language = Annotated[Literal["en", "zh"], typer.Option("--lang", help="The language of the answer.")]
