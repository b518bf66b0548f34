"""The table beside the map."""

from pvd_analysis.analysis.territory import territory
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.tables.shown import shown

__all__ = ["territory_table"]


def territory_table(d: Dataset) -> ReportTable:
    """Return what the map shows: the laureate communes with their partners and EPCI, the towns of Action cœur de ville."""
    return shown(d, "territoire", territory(d))
