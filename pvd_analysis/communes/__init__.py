"""The communes of France: their codes over the years, and the matching of a written name to its code."""

from pvd_analysis.communes.boundaries import Boundaries, commune_boundaries
from pvd_analysis.communes.matching import LONGEST_CELL, commune_code, match_commune, match_communes
from pvd_analysis.communes.names import CommuneMatch, How, get_ready
from pvd_analysis.communes.referentiel import Referentiel, checked_departement, checked_region, load_referentiel

__all__ = [
    "LONGEST_CELL",
    "Boundaries",
    "CommuneMatch",
    "How",
    "Referentiel",
    "checked_departement",
    "checked_region",
    "commune_boundaries",
    "commune_code",
    "get_ready",
    "load_referentiel",
    "match_commune",
    "match_communes",
]
