"""almanac cite: how to cite the edition, or one of its claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from almanac.cite import Style
from almanac.cli.options import EDITION, Edition

if TYPE_CHECKING:
    from almanac.ledger import Ledger


def cite(
    what: Annotated[str, typer.Argument(metavar="CLAIM|edition", help="A claim's id, or `edition` for the whole.")],
    style: Annotated[Style, typer.Option("--style", "-s", help="How to write it.")] = Style.TEXT,
    edition: Edition = EDITION,
) -> None:
    """Cite the edition or one of its claims, with the sources and the report behind it."""
    from almanac.cite import cite_claim, cite_edition
    from almanac.ledger import Ledger

    ledger = Ledger.read(edition)
    if what in ("edition", ledger.edition.id):
        print(cite_edition(ledger, style))
        return
    known_claim(ledger, what)
    print(cite_claim(ledger, what, style))


def known_claim(ledger: Ledger, claim_id: str) -> None:
    """Ends the program with code 2 and the nearest ids when no claim is called `claim_id`."""
    from almanac.errors import did_you_mean

    if claim_id not in ledger.claims:
        mend = did_you_mean(claim_id, ledger.claims) or "`almanac check --all` lists every claim."
        raise typer.BadParameter(f"no claim is called {claim_id!r}. {mend}", param_hint="CLAIM")
