"""An edition: the ledger, what the checks and instruments say of it, and its prose, as one thing to publish.

    bundle = assemble(folder)          # reads, checks, measures
    files = site(bundle) | package(bundle)
    write(files, out)                  # atomic, with a manifest of hashes
"""

from almanac.edition.build import build, verify
from almanac.edition.bundle import Bundle, assemble

__all__ = ["Bundle", "assemble", "build", "verify"]
