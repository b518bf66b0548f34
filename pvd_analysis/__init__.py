"""Analysis and reporting for the programme « Petites villes de demain » (PVD).

>>> import pvd_analysis as pvd
>>> d = pvd.load("2021-T3", "40")  # doctest: +SKIP
>>> pvd.analysis.aids_by(d, "commune")  # doctest: +SKIP
>>> pvd.figures.announced_totals(d)  # doctest: +SKIP
"""

from pvd_analysis import analysis, figures, tables
from pvd_analysis.dataset import Dataset, Trimestre, load

__all__ = ["Dataset", "Trimestre", "analysis", "figures", "load", "tables"]
