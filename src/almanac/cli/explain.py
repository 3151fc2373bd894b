"""almanac explain: the whole lineage of a claim, from its sentence to the tables behind it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from almanac.cli.cite import known_claim
from almanac.cli.options import EDITION, AsJson, Edition, Language

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.tree import Tree

    from almanac.edition.bundle import Bundle
    from almanac.explain import Node

_STYLES = {
    "why": "bold",
    "sources": "bold",
    "identities": "bold",
    "bounds": "bold",
    "estimate": "bold",
    "rule": "dim",
}
_QUIET = ("rule", "because", "method", "assumption", "citation", "bound-source")


def explain(
    claim: Annotated[str, typer.Argument(help="The claim's id.")],
    edition: Edition = EDITION,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Explain a claim: its sources, how their figures read, the arithmetic it is in, the estimate and its tables."""
    from almanac.explain import lineage

    tree = lineage(_checked(edition, claim), claim, language)
    if as_json:
        print(json.dumps(tree.as_json(), ensure_ascii=False, indent=1))
    else:
        _print(tree)


def _checked(folder: Path, claim: str) -> Bundle:
    """The edition in `folder`, measured and checked, without its prose and its power, which no lineage needs."""
    from almanac.edition.bundle import measure
    from almanac.ledger import Ledger

    ledger = Ledger.read(folder)
    known_claim(ledger, claim)
    return measure(folder, ledger)


def _print(node: Node) -> None:
    from rich.console import Console
    from rich.tree import Tree

    tree = Tree(_label(node), guide_style="dim")
    _grow(tree, node)
    Console(highlight=False).print(tree)


def _grow(tree: Tree, node: Node) -> None:
    for child in node.children:
        _grow(tree.add(_label(child)), child)


def _label(node: Node) -> RenderableType:
    """The node's line as text, never as markup: what sources say may hold brackets."""
    from rich.text import Text

    style = "red" if node.warns else "dim" if node.kind in _QUIET else _STYLES.get(node.kind, "")
    return Text(node.label, style=style, overflow="fold")
