"""The dashboard of the laureates, which the club PVD shares."""

import pandas as pd

from pvd_analysis.analysis.compliance import commune_alerts
from pvd_analysis.analysis.conventions import convention_states
from pvd_analysis.analysis.engineering import served_communes, training
from pvd_analysis.analysis.funding import aids_by
from pvd_analysis.dataset import Dataset
from pvd_analysis.values import format_date, format_partial, format_since, format_when
from pvd_analysis.vocabulary import term_label

__all__ = ["dashboard"]


def dashboard(d: Dataset) -> pd.DataFrame:
    """Return one row for each laureate.

    Returns
    -------
    pandas.DataFrame
        ``laureat``, ``communes_libelle``, ``population``, ``convention`` (adhésion, as text), ``etat_convention``, ``poste``,
        ``formation``, ``nombre_projets``, ``aides_cents`` (detail known, in cents), ``alertes``; in the order of the
        classeur. What only a classeur says is « non connu », or blank, for a laureate that none follows.

    Examples
    --------
    >>> pvd.analysis.dashboard(d).set_index("laureat")["poste"]["Saint-Sever"]
    '40-P1, recruté en mars 2021'
    """
    states = convention_states(d)
    served = served_communes(d)
    sessions = training(d).query("etat_action == 'realise'")
    money = aids_by(d, "laureat").set_index("laureat")
    warned = commune_alerts(d)
    followed = d.followed_communes
    rows = []
    for laureate, towns in states.groupby("laureat", sort=False):
        codes = set(towns["code_commune"])
        is_followed = bool(codes & followed)
        rows.append(
            {
                "laureat": laureate,
                "communes_libelle": ", ".join(towns["commune"]),
                "population": sum(d.referentiel.population(code) or 0 for code in codes),
                "convention": _same_or_each(towns, towns["date_adhesion"].map(_signed)),
                "etat_convention": _same_or_each(towns, towns["etat_convention"]),
                "poste": _posts(served[served["code_commune"].isin(codes)]) if is_followed else "non connu",
                "formation": _sessions(sessions[sessions["code_commune"].isin(codes)]) if is_followed else "non connue",
                "nombre_projets": int(d.projets["code_commune"].isin(codes).sum()) if is_followed else None,
                "aides_cents": int(money["aides_cents"].get(laureate, 0)) if is_followed else None,
                "alertes": " ; ".join(dict.fromkeys(warned.loc[warned["code_commune"].isin(codes), "constat"])),
            }
        )
    table = pd.DataFrame(rows, columns=[
        "laureat", "communes_libelle", "population", "convention", "etat_convention", "poste", "formation",
        "nombre_projets", "aides_cents", "alertes",
    ])  # fmt: skip
    return table.astype({"population": "Int64", "nombre_projets": "Int64", "aides_cents": "Int64"})


def _signed(day: pd.Timestamp) -> str:
    return "à signer" if pd.isna(day) else format_date(day)


def _same_or_each(towns: pd.DataFrame, values: pd.Series) -> str:
    """Return the value when the towns of a laureate share it, else the value of each town."""
    if values.nunique() == 1:
        return str(values.iloc[0])
    return " ; ".join(f"{town} : {value}" for town, value in zip(towns["commune"], values, strict=True))


def _posts(served: pd.DataFrame) -> str:
    filled = served[served["id_poste"].notna()].drop_duplicates("id_poste")
    if filled.empty:
        return "aucun poste"
    return " ; ".join(
        f"{row.id_poste}, {term_label('etat_poste', row.etat_poste)}{_when(row)}{', partagé' if row.partage else ''}"
        for row in filled.itertuples()
    )


def _when(row: object) -> str:
    """Return since when a post is filled, or vacant; nothing where it is not known."""
    day, precision, said = {
        "recrute": (row.date_recrutement, row.date_recrutement_precision, format_when),  # type: ignore[attr-defined]
        "vacant": (row.date_fin, row.date_fin_precision, format_since),  # type: ignore[attr-defined]
    }.get(row.etat_poste, (pd.NaT, None, format_when))  # type: ignore[attr-defined]
    return "" if pd.isna(day) else f" {said(day, precision)}"


def _sessions(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "—"
    return " ; ".join(
        f"{row.intitule} ({format_partial(row.date_action, row.date_action_precision)}, "
        f"{term_label('participant', row.participant)})"
        for row in rows.itertuples()
    )
