"""Instruments of the industry chapter."""
