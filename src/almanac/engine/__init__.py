"""Engines: running one function over many files, on this machine's processes or on a cluster."""
