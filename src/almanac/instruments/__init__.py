"""Instruments: one measured question per file, each a pure function from tables to estimates."""

from almanac.instruments.instrument import Instrument, Level, Measurement, instrument
from almanac.instruments.registry import find, instruments

__all__ = ["Instrument", "Level", "Measurement", "find", "instrument", "instruments"]
