"""Readers: documents in, papers out. Formats are recognised by what is in them, not by how they are called."""
