"""Instruments of the research chapter."""
