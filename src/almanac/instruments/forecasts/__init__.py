"""Instruments on forecasts and their record."""
