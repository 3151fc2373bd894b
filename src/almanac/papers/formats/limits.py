"""How much a stranger's file may cost: what is beyond these limits is refused before it is parsed, and named."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take at most. Sizes are in bytes but for `characters`, times in seconds.

    The longest papers (theses, handbooks) have about 5 MB of text and 1,000 pages; a limit ten times that refuses
    no paper. Ratios of real text are 3 to 20, of a bomb 1,000 and more.
    """

    document: int = 64_000_000
    """One document, unpacked; also one line of JSON Lines."""
    characters: int = 50_000_000
    """The text that a document gives."""
    source: int = 300_000_000
    """All LaTeX files of one archive, which are held in memory until its end."""
    unpacked: int = 50_000_000_000
    """All that one archive holds."""
    members: int = 500_000
    """Members of one archive."""
    ratio: int = 200
    """Unpacked to packed, counted from the first `ratio_from` bytes on."""
    ratio_from: int = 1_000_000
    nesting: int = 2
    """Archives in archives: 2 reads a source archive within an archive of many, and nothing deeper."""
    pages: int = 3_000
    """Pages of a PDF."""
    pdf_seconds: float = 60.0
    pdf_memory: int = 2_000_000_000
    """The address space of the process that reads PDFs."""


LIMITS = Limits()


class Refused(Exception):
    """A document that is not read; the message says why. `skipped`: it is no paper, by what it is."""

    def __init__(self, reason: str, *, skipped: bool = False) -> None:
        super().__init__(reason)
        self.skipped = skipped
