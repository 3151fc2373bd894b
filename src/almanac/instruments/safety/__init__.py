"""Instruments of the chapter on safety."""
