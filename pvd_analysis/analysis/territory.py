"""Where the programme is: the laureate communes with their partners and EPCI, and the towns of Action cœur de ville."""

import pandas as pd

from pvd_analysis.analysis.conventions import signatures
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.remembered import remembered

__all__ = ["territory"]


@remembered
def territory(d: Dataset) -> pd.DataFrame:
    """Return one row for each laureate commune, then for each town of Action cœur de ville.

    Returns
    -------
    pandas.DataFrame
        ``programme`` (``PVD``, ``ACV``), ``code_commune``, ``commune``, ``laureat`` (blank for ACV), ``code_epci``, ``epci``,
        ``date_adhesion`` (blank when not signed, and for ACV), ``longitude``, ``latitude`` (degrees, blank where the
        lists of the ANCT give none).

    Examples
    --------
    >>> towns = pvd.analysis.territory(d)
    >>> towns.groupby("programme")["code_commune"].count().to_dict(), towns["code_epci"].nunique()
    ({'ACV': 2, 'PVD': 14}, 12)
    """
    listed = d.territoires.query("programme == 'ACV'").drop_duplicates("code_commune")
    acv = listed[~listed["code_commune"].isin(d.laureats["code_commune"])].sort_values("code_commune")
    towns = pd.concat(
        [
            d.laureats[["code_commune", "laureat", "code_epci"]].assign(programme="PVD"),
            acv[["code_commune", "programme"]],
        ],
        ignore_index=True,
    )
    codes = list(towns["code_commune"])
    stated = towns["code_epci"].where(towns["code_epci"].isin(d.referentiel.epci.index))
    epci = [
        given if pd.notna(given) else d.referentiel.epci_of(code) for code, given in zip(codes, stated, strict=True)
    ]
    placed = d.territoires.dropna(subset=["longitude", "latitude"]).drop_duplicates("code_commune")
    places = placed.set_index("code_commune")[["longitude", "latitude"]].astype("Float64")
    signed = towns["code_commune"].map(signatures(d, "adhesion").to_dict())
    return towns.assign(
        commune=d.commune_names(codes),
        code_epci=epci,
        epci=[d.referentiel.epci_name(code) if code else None for code in epci],
        date_adhesion=pd.to_datetime(signed.where(towns["programme"].eq("PVD"))).astype("datetime64[s]"),
        longitude=places["longitude"].reindex(codes).array,
        latitude=places["latitude"].reindex(codes).array,
    )[
        [
            "programme",
            "code_commune",
            "commune",
            "laureat",
            "code_epci",
            "epci",
            "date_adhesion",
            "longitude",
            "latitude",
        ]
    ]
