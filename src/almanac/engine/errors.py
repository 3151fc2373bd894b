"""What an engine raises."""

from __future__ import annotations

from almanac.errors import AlmanacError, FaultyInput


class EngineError(AlmanacError):
    """A run that cannot go on. What it had read by then is kept: the next run goes on from there."""


class StorageError(FaultyInput):
    """A file, an address or a list of them that cannot be read."""
