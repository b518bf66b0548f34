"""The table beside the map."""

from pvd_analysis.analysis.territory import territory
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.report_table import ReportTable

__all__ = ["territory_table"]


def territory_table(d: Dataset) -> ReportTable:
    """Return what the map shows: the laureate communes with their partners and EPCI, the towns of Action cœur de ville."""
    return ReportTable.build(
        "territoire",
        "Communes lauréates et villes Action cœur de ville, par intercommunalité",
        territory(d)[["commune", "programme", "laureat", "epci", "date_adhesion"]],
        notes=(
            "PVD : Petites villes de demain ; ACV : Action cœur de ville. "
            "Les communes qui portent le même nom de lauréat sont en partenariat.",
        ),
    )
