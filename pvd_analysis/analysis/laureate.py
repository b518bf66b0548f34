"""One laureate by itself: the same tables with its rows only, so that every analysis of a département is one of a laureate."""

import pandas as pd

from pvd_analysis.dataset import Dataset, known_before
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.values import format_number

__all__ = ["laureate_communes", "laureate_known_before", "laureate_list", "of_laureate"]


def laureate_list(d: Dataset) -> pd.DataFrame:
    """Return the laureates, one row each, in the order of the classeur.

    Returns
    -------
    pandas.DataFrame
        ``code_laureat`` (the INSEE code of its first commune), ``laureat`` and ``communes`` (INSEE codes, separated by
        a semicolon).

    Examples
    --------
    >>> pvd.analysis.laureate_list(d).query("communes.str.contains(';')")["code_laureat"].to_list()
    ['40194', '40245']
    """
    return (
        d.laureats.groupby("laureat", sort=False)
        .agg(code_laureat=("code_commune", "first"), communes=("code_commune", ";".join))
        .reset_index()[["code_laureat", "laureat", "communes"]]
    )


def of_laureate(d: Dataset, code: str) -> Dataset:
    """Return the dataset of one laureate: what concerns its communes, and what is open to all laureates.

    The announced totals are those of the whole département: they only tell which of its aids are inside them. A post that it shares keeps all the
    communes that it serves; a training session without a commune and the meetings of the club are everyone's. What
    the preparation says of the files (findings, reckoning) is left as it is.

    Parameters
    ----------
    d : Dataset
        A département.
    code : str
        The INSEE code of any commune of the laureate.

    Raises
    ------
    InvalidParameter
        No laureate has that commune.

    Examples
    --------
    >>> mugron = pvd.analysis.of_laureate(d, "40201")
    >>> mugron.laureats["code_commune"].to_list(), mugron.postes["communes"].to_list()
    (['40194', '40201'], ['40002;40194;40201'])
    """
    wanted = str(code).strip().upper().zfill(5)
    named = d.laureats.loc[d.laureats["code_commune"].eq(wanted), "laureat"]
    if named.empty:
        table = laureate_list(d)
        known = ", ".join(f"{row.code_laureat} ({row.laureat})" for row in table.itertuples())
        raise InvalidParameter(
            f"Lauréat « {code} » inconnu : le code INSEE d'une commune lauréate {d.referentiel.of_departement(d.code_departement)} est attendu. "
            f"Les {format_number(len(table))} lauréats : {known}."
        )
    return d.only(frozenset(d.laureats.loc[d.laureats["laureat"].eq(named.iloc[0]), "code_commune"]))


def laureate_known_before(d: Dataset) -> Dataset | None:
    """Return what `pvd_analysis.dataset.known_before` returns, for the laureate of `d` only.

    None when nothing had been delivered by then.

    Examples
    --------
    >>> before = pvd.analysis.laureate_known_before(pvd.analysis.of_laureate(pvd.load("2023-T1", "40"), "40201"))
    >>> before.laureats["code_commune"].to_list()
    ['40194', '40201']
    """
    before = known_before(d)
    return None if before is None else before.only(d.communes or frozenset())


def laureate_communes(d: Dataset) -> pd.DataFrame:
    """Return the communes of a laureate: ``code_commune``, ``commune``, ``epci``, ``population`` and the origin of the row.

    Examples
    --------
    >>> pvd.analysis.laureate_communes(pvd.analysis.of_laureate(d, "40245"))["commune"].to_list()
    ['Roquefort', 'Gabarret']
    """
    epci = [
        row.epci
        if pd.notna(row.epci)
        else (d.referentiel.epci_name(group) if (group := d.referentiel.epci_of(row.code_commune)) else None)
        for row in d.laureats.itertuples()
    ]
    return d.laureats.assign(
        commune=d.commune_names(d.laureats["code_commune"]),
        epci=pd.Series(epci, index=d.laureats.index, dtype="str"),
        population=pd.array([d.referentiel.population(code) for code in d.laureats["code_commune"]], dtype="Int64"),
    )[["code_commune", "commune", "epci", "population", "fichier", "feuille", "ligne"]]
