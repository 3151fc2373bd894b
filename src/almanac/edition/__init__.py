"""An edition: the ledger, what the checks and instruments say of it, and its prose, as one thing to publish.

bundle = assemble(folder)                           # bundle.py: reads, checks, measures
files = site.render(bundle) | package.render(bundle)  # pure: path -> bytes
build(folder, out)                                  # build.py: all of that, written in one step
"""

from almanac.edition.build import build, recompute, verify

__all__ = ["build", "recompute", "verify"]
