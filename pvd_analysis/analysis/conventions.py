"""The conventions d'adhésion, the conventions-cadre valant ORT and their deadlines."""

import datetime as dt
import functools

import numpy as np
import pandas as pd

from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.sources import ort
from pvd_analysis.vocabulary import ORIGIN, rule

__all__ = ["STATES", "convention_states", "deadline", "signature_rows", "signatures", "state_counts"]

NEAR, NOT_KNOWN = "échéance proche", "non connue"
STATES = ("à signer", "dans les délais", NEAR, "dépassée", "signée", NOT_KNOWN)


@functools.cache
def deadline(adhesion: dt.date) -> dt.date:
    """Return the day by which the convention-cadre is due: 18 months after the convention d'adhésion.

    Source: programme Petites villes de demain (see ``regles.toml``).

    >>> deadline(dt.date(2021, 5, 20))
    datetime.date(2022, 11, 20)
    >>> deadline(dt.date(2021, 8, 31))
    datetime.date(2023, 2, 28)
    """
    months = int(rule("convention_cadre").delai_mois)
    due: dt.date = (pd.Timestamp(adhesion) + pd.DateOffset(months=months)).date()
    return due


def signatures(d: Dataset, kind: str) -> pd.Series:
    """Return the signature date of each commune's convention of a kind (``adhesion`` or ``cadre_ort``).

    Where two deliveries give a date, the newest is retained; their disagreement is a finding of the preparation.

    Examples
    --------
    >>> str(pvd.analysis.signatures(d, "adhesion")["40002"].date())
    '2021-07-23'
    """
    return signature_rows(d, kind)["date_signature"]


@remembered
def signature_rows(d: Dataset, kind: str) -> pd.DataFrame:
    """Return the row that gives each commune's signature, by ``code_commune``: its date and its origin.

    >>> pvd.analysis.signature_rows(d, "adhesion").loc["40001", "date_signature"].date()
    datetime.date(2021, 5, 20)
    """
    rows = _newest_signatures(d)
    return rows[rows["type_convention"].eq(kind)].drop(columns="type_convention")


@remembered
def _newest_signatures(d: Dataset) -> pd.DataFrame:
    columns = ["code_commune", "type_convention", "date_signature", *ORIGIN]
    signed = d.conventions.loc[d.conventions["date_signature"].notna(), columns]
    signed = signed.sort_values("fichier", kind="stable")
    newest = signed.drop_duplicates(["code_commune", "type_convention"], keep="last")
    return newest.sort_values("code_commune", kind="stable").set_index("code_commune")


@remembered
def convention_states(d: Dataset) -> pd.DataFrame:
    """Return the state of the conventions of each commune at the end of the quarter.

    Returns
    -------
    pandas.DataFrame
        ``laureat``, ``code_commune``, ``commune``, ``date_adhesion``, ``echeance_cadre`` (blank without adhésion),
        ``date_cadre`` (blank when it is not known of one that is signed), ``jours_restants`` (to the deadline; negative
        once past; blank when signed, and when nobody says whether it is) and ``etat_convention``, one of `STATES`:
        « non connue » where neither a classeur nor the follow-up of the ORT says which conventions-cadre are signed.

    Examples
    --------
    >>> states = pvd.analysis.convention_states(d).set_index("commune")
    >>> states["etat_convention"]["Amou"], int(states["jours_restants"]["Amou"])
    ('dans les délais', 480)
    """
    today = pd.Timestamp(d.arrete_le)
    warning = pd.DateOffset(months=int(rule("convention_cadre").alerte_mois))
    codes = d.laureats["code_commune"]
    adhesions = signatures(d, "adhesion").reindex(codes)
    states = d.laureats[["laureat", "code_commune", *ORIGIN]].assign(
        commune=d.commune_names(codes),
        date_adhesion=adhesions.array,
        date_cadre=signatures(d, "cadre_ort").reindex(codes).array,
        echeance_cadre=pd.array(
            [None if pd.isna(day) else deadline(day.date()) for day in adhesions], dtype="datetime64[s]"
        ),
    )
    due = states["echeance_cadre"]
    days = (due - today).dt.days.astype("Int64")
    undated = codes.isin(_undated_signatures(d, "cadre_ort")).array
    signed = states["date_cadre"].notna() | undated
    # an adhésion signed on a day that is not known: nothing tells when the convention-cadre is due
    undated = codes.isin(_undated_signatures(d, "adhesion")).array
    joined = states["date_adhesion"].isna() & undated
    told = {
        "signée": signed,
        "à signer": states["date_adhesion"].isna() & ~joined,
        "non connue": joined | ~states["code_commune"].isin(_followed_communes(d)),
        "dépassée": due < today,
        "échéance proche": due - warning <= today,
    }
    state = np.select(list(told.values()), list(told), "dans les délais")
    return states.assign(
        jours_restants=days.mask(signed | (state == "non connue")),
        etat_convention=pd.Series(state, index=states.index, dtype="str"),
    ).reset_index(drop=True)


def _undated_signatures(d: Dataset, kind: str) -> pd.Series:
    """Return the communes whose convention a classeur or the follow-up of the ORT says signed, with or without its date."""
    of_kind = d.conventions[d.conventions["type_convention"].eq(kind)]
    return of_kind.loc[of_kind["etat_convention"].eq("signee"), "code_commune"]


def _followed_communes(d: Dataset) -> pd.Series:
    """Return the communes whose convention-cadre somebody follows: in a classeur, or in the list of the ORT."""
    in_classeur = d.laureats["code_commune"].isin(d.followed_communes)
    in_list = d.laureats["code_departement"].isin([code for code, _ in d.told_by(_ort_lists(d))])
    return d.laureats.loc[in_classeur | in_list, "code_commune"]


def _ort_lists(d: Dataset) -> pd.DataFrame:
    return d.fichiers[d.fichiers["source"].eq(ort.NAME)].sort_values("livraison", kind="stable")


def cadre_origins(d: Dataset) -> pd.DataFrame:
    """Return what says of each laureate whether its convention-cadre is signed: its origin, by ``code_commune``.

    The row that gives the date, else the newest one that speaks of it, else the follow-up of the ORT as a whole (blank sheet
    and line), which has no row for a commune that has not begun; none for a commune that only a classeur follows.
    """
    columns = ["code_commune", *ORIGIN]
    dated = signature_rows(d, "cadre_ort").reset_index()
    told = d.conventions[d.conventions["type_convention"].eq("cadre_ort")]
    newest = told.sort_values("fichier", kind="stable").drop_duplicates("code_commune", keep="last")
    lists = {code: file.fichier for code, file in d.told_by(_ort_lists(d))}
    listed = d.laureats[~d.laureats["code_commune"].isin(d.followed_communes)]
    whole = listed.assign(
        fichier=listed["code_departement"].map(lists).astype("str"),
        feuille=pd.Series(dtype="str"),
        ligne=pd.Series(dtype="Int64"),
    ).dropna(subset="fichier")
    every = pd.concat([rows[columns] for rows in (dated, newest, whole)])
    return every.drop_duplicates("code_commune").set_index("code_commune")


def in_state(d: Dataset, state: str) -> int | None:
    """Return how many communes are in a state of `STATES`; None where nobody says it of any that has signed its adhésion.

    >>> from pvd_analysis.analysis.conventions import in_state
    >>> in_state(d, "dans les délais")
    13
    """
    states = convention_states(d)["etat_convention"]
    is_unknown = states.eq(NOT_KNOWN).any() and states.isin([NOT_KNOWN, "à signer"]).all()
    return None if is_unknown and state != "à signer" else int(states.eq(state).sum())


def state_counts(d: Dataset) -> pd.DataFrame:
    """Return how many communes are in each state: ``etat_convention``, ``nombre``, in the order of `STATES`.

    A state without a commune is there where the state of every commune is known.

    Examples
    --------
    >>> pvd.analysis.state_counts(d).query("nombre > 0").to_dict("records")
    [{'etat_convention': 'à signer', 'nombre': 1}, {'etat_convention': 'dans les délais', 'nombre': 13}]
    """
    counts = convention_states(d)["etat_convention"].value_counts().reindex(STATES, fill_value=0)
    # beside communes of which nothing is known, none is no number of those that are in a state
    counts = counts[counts > 0] if counts[NOT_KNOWN] else counts.drop(NOT_KNOWN)
    return counts.rename("nombre").rename_axis("etat_convention").reset_index()
