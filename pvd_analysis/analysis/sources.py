"""How old what is known is: the newest delivery of each source, and its age on the day of the report."""

import datetime as dt
import re

import pandas as pd

from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.choice import USED
from pvd_analysis.values import format_date

__all__ = ["age_in_words", "source_ages"]

STALE_DAYS = 183
"""Past half a year, a source is said to be old."""

_MONTH = 30.4375
_YEAR = re.compile(r"\b20\d\d\b")
_LISTS = ("DGCL", "Fonds vert")


def source_ages(d: Dataset) -> pd.DataFrame:
    """Return the newest delivery of each source of the territory, the classeur first.

    A list of years that had not ended says nothing at the date of the report, and is not among them.

    Returns
    -------
    pandas.DataFrame
        ``source``, ``livraison`` (day), ``age_jours`` (on the last day of the quarter; negative when it came after) and
        ``est_ancienne`` (older than `STALE_DAYS`).

    Examples
    --------
    >>> ages = pvd.analysis.source_ages(pvd.load("2024-T3", "40", racine=d.racine)).set_index("source")
    >>> int(ages["age_jours"]["classeur de suivi"]), bool(ages["est_ancienne"]["suivi ORT"])
    (1116, False)
    """
    used = d.fichiers[d.fichiers["usage"].eq(USED)]
    newest = used.groupby("source", sort=True)["livraison"].max().reset_index()
    speaks = [not _is_ahead(source, d) for source in newest["source"]]
    newest = newest[pd.Series(speaks, index=newest.index, dtype="bool")]
    days = (pd.Timestamp(d.arrete_le) - newest["livraison"]).dt.days
    ages = newest.assign(age_jours=days.astype("Int64"), est_ancienne=days > STALE_DAYS)
    return ages.sort_values(
        "source", key=lambda names: ~names.str.startswith("classeur"), kind="stable", ignore_index=True
    )


def _is_ahead(source: str, d: Dataset) -> bool:
    years = [int(year) for year in _YEAR.findall(source)]
    return bool(years) and min(years) > d.arrete_le.year - (d.trimestre.numero < 4)


def age_in_words(source: str, delivered: dt.date, today: dt.date) -> str:
    """Return when a source was received, and how long before a day.

    >>> age_in_words("classeur de suivi", dt.date(2021, 9, 10), dt.date(2024, 9, 30))
    'classeur de suivi reçu le 10 septembre 2021, il y a 3 ans'
    >>> age_in_words("DGCL 2023", dt.date(2024, 4, 2), dt.date(2024, 3, 31))
    'liste DGCL 2023 reçue le 2 avril 2024'
    """
    name = f"liste {source}" if source.startswith(_LISTS) else source
    said = f"{name} {'reçue' if name.startswith('liste') else 'reçu'} le {format_date(delivered)}"
    months = int((today - delivered).days / _MONTH)
    if months < 1:
        return said
    if months < 12:
        return f"{said}, il y a {months} mois"
    years = months // 12
    return f"{said}, il y a {years} an{'s' if years > 1 else ''}"


def received_since(d: Dataset, before: Dataset, *sources: str) -> bool:
    """Tell whether a delivery of one of some sources (the beginnings of their names) came between two datasets."""

    def of_sources(data: Dataset) -> set[str]:
        return set(data.fichiers.loc[data.fichiers["source"].str.startswith(sources), "fichier"])

    return bool(of_sources(d) - of_sources(before))


def newest_of(d: Dataset, *sources: str) -> dt.date | None:
    """Return the newest delivery of some sources (the beginnings of their names), None when none was received."""
    days = d.fichiers.loc[d.fichiers["source"].str.startswith(sources), "livraison"]
    return days.max().date() if len(days) else None
