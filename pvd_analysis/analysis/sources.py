"""How old what is known is: the newest delivery of each source, and its age on the day of the report."""

import datetime as dt
import re

import pandas as pd

from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.choice import USED
from pvd_analysis.values import format_date
from pvd_analysis.vocabulary import vocabulary_table

__all__ = ["age_in_words", "source_ages"]

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
        ``attendu`` (text): what is said of a source older than its rhythm allows (``vocabulary/rythmes.csv``), blank of the
        others; of the lists of several years, only the newest can be old.

    Examples
    --------
    >>> ages = pvd.analysis.source_ages(pvd.load("2024-T3", "40", racine=d.racine)).set_index("source")
    >>> int(ages["age_jours"]["classeur de suivi"]), ages["attendu"]["classeur de suivi"], ages["attendu"]["suivi ORT"]
    (1116, 'à actualiser', '')
    """
    used = d.fichiers[d.fichiers["usage"].eq(USED)]
    newest = used.groupby("source", sort=True)["livraison"].max().reset_index()
    speaks = [not _is_ahead(source, d) for source in newest["source"]]
    newest = newest[pd.Series(speaks, index=newest.index, dtype="bool")]
    days = (pd.Timestamp(d.arrete_le) - newest["livraison"]).dt.days
    is_newest = ~newest["source"].str.replace(_YEAR, "", regex=True).duplicated(keep="last")
    expected = [
        _expected(source, age) if last else ""
        for source, age, last in zip(newest["source"], days, is_newest, strict=True)
    ]
    ages = newest.assign(age_jours=days.astype("Int64"), attendu=pd.Series(expected, index=newest.index, dtype="str"))
    return ages.sort_values(
        "source", key=lambda names: ~names.str.startswith("classeur"), kind="stable", ignore_index=True
    )


def _expected(source: str, days: int) -> str:
    """Return what is said of a source when it is older than its rhythm allows."""
    rhythms = vocabulary_table("rythmes").itertuples()
    return next((row.attendu for row in rhythms if source.startswith(row.source) and days > int(row.jours)), "")


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
