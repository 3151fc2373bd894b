"""Datasets: tables with a schema, an origin, a licence and a hash. Of the modules that compute, only this
package reads tables from disk; what it hands on is typed and checked.
"""

from almanac.datasets.package import Package
from almanac.datasets.schema import Column, ColumnType, Schema, Table
from almanac.datasets.table import Limits, read_table

__all__ = ["Column", "ColumnType", "Limits", "Package", "Schema", "Table", "read_table"]
