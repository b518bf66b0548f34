"""The tables of one quarter and one département, typed, checked, and as they stood on the last day of the quarter."""

from pvd_analysis.dataset.dataset import COUNTRY, Dataset
from pvd_analysis.dataset.loading import (
    departements_with_data,
    followed_departements,
    known_before,
    load,
    load_country,
    load_region,
)
from pvd_analysis.dataset.preparation import Preparation
from pvd_analysis.dataset.schemas import data_dictionary, dictionary_markdown
from pvd_analysis.dataset.store import prepared, processed_folder
from pvd_analysis.values import Trimestre

__all__ = [
    "COUNTRY",
    "Dataset",
    "Preparation",
    "Trimestre",
    "data_dictionary",
    "departements_with_data",
    "dictionary_markdown",
    "followed_departements",
    "known_before",
    "load",
    "load_country",
    "load_region",
    "prepared",
    "processed_folder",
]
