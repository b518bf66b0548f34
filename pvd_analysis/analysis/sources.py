"""What is known at the date of a report: the newest delivery of each source and its age; and what to deliver for the rest."""

import datetime as dt
import re
from collections.abc import Iterator

import pandas as pd

from pvd_analysis.analysis.conventions import NOT_KNOWN, convention_states
from pvd_analysis.analysis.plans import funding_plans
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.deliveries import USED
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.sources import classeur
from pvd_analysis.values import counted, format_date, sentence_list
from pvd_analysis.vocabulary import phrase, vocabulary_table

__all__ = ["age_in_words", "lists_delivered", "not_known", "source_ages"]

_MOST_PROJECTS = 6

_MONTH = 30.4375
_YEAR = re.compile(r"\b20\d\d\b")
# The first year that each list was published for.
_FIRST_PUBLISHED = {"DGCL": 2018, "Fonds vert": 2023}
_LISTS = tuple(_FIRST_PUBLISHED)


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


@remembered
def lists_delivered(d: Dataset) -> pd.DataFrame:
    """Return the national lists of the years that had ended, delivered or not: what any sum of them rests on.

    Returns
    -------
    pandas.DataFrame
        ``liste`` (DGCL, Fonds vert), ``exercice``, and whether it is ``livree`` (for the territory), by list and year, from
        the first year that was published to the last one that had ended.

    Examples
    --------
    >>> pvd.analysis.lists_delivered(d)[["liste", "exercice", "livree"]].values.tolist()
    [['DGCL', '2018', False], ['DGCL', '2019', False], ['DGCL', '2020', False]]
    """
    used = d.fichiers.loc[d.fichiers["usage"].eq(USED), "source"]
    delivered = {f"{name} {year}" for name in _FIRST_PUBLISHED for source in used if source.startswith(name)
                 for year in source.removeprefix(name).strip().split(", ")}  # fmt: skip
    last = d.arrete_le.year - (d.trimestre.numero < 4)
    rows = [
        (name, str(year), f"{name} {year}" in delivered)
        for name, first in _FIRST_PUBLISHED.items()
        for year in range(first, last + 1)
    ]
    return pd.DataFrame(rows, columns=["liste", "exercice", "livree"]).astype({"livree": bool})


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


def not_known(d: Dataset) -> pd.DataFrame:
    r"""Return what no delivery says that a report would tell, the most important first.

    Returns
    -------
    pandas.DataFrame
        ``inconnu``, what is not known, and ``a_livrer``, what would tell it; French sentences without their full stop.

    Examples
    --------
    >>> pvd.analysis.not_known(d)["inconnu"].to_list()
    ['Les aides des listes DGCL 2018, 2019 et 2020', 'La marge de 1\xa0projet dont le coût n’est pas connu : 40-002 (Peyrehorade)']
    """
    return pd.DataFrame([*_of_classeur(d), *_of_lists(d), *_of_costs(d)], columns=["inconnu", "a_livrer"], dtype="str")


def _unknown(case: str, **words: str) -> tuple[str, str]:
    return phrase("inconnu", case, **words), phrase("a_livrer", case, **words)


def _of_classeur(d: Dataset) -> Iterator[tuple[str, str]]:
    seen, newest = d.last_observed, newest_of(d, classeur.NAME)
    if seen is None or newest is None:
        yield _unknown("classeur")
    elif not d.is_observed:
        yield _unknown("avant", jour=format_date(newest))
    elif seen < d.trimestre:
        yield _unknown("depuis", trimestre=seen.label, jour=format_date(newest))
    if unknown := int(convention_states(d)["etat_convention"].eq(NOT_KNOWN).sum()):
        yield _unknown("cadre", communes=counted(unknown, "commune"))


def _of_lists(d: Dataset) -> Iterator[tuple[str, str]]:
    for name, years in lists_delivered(d).query("not livree").groupby("liste")["exercice"]:
        case = "listes" if len(years) > 1 else "liste"
        yield _unknown(case, liste=str(name), annees=sentence_list(list(years)))


def _of_costs(d: Dataset) -> Iterator[tuple[str, str]]:
    plans = funding_plans(d)
    unknown = plans[plans["cout_ht_cents"].isna()]
    if len(unknown):
        named = [f"{row.id_projet} ({row.commune})" for row in unknown.head(_MOST_PROJECTS).itertuples()]
        if len(unknown) > _MOST_PROJECTS:
            named.append(counted(len(unknown) - _MOST_PROJECTS, "autre"))
        yield _unknown("cout", projets=counted(len(unknown), "projet"), lesquels=sentence_list(named))
