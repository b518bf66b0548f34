"""The dates to come: deadlines of the conventions, ends of posts, training sessions, meetings of the club."""

from collections.abc import Iterable

import pandas as pd

from pvd_analysis.analysis.conventions import convention_states, signature_rows
from pvd_analysis.analysis.engineering import club, posts, training
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.history import event_date
from pvd_analysis.values import format_date, last_day
from pvd_analysis.vocabulary import rule, term_label

__all__ = ["agenda"]

_COLUMNS = (
    *("cle", "date_echeance", "date_echeance_precision", "echeance", "concerne", "situation", "objet"),
    *("fichier", "feuille", "ligne"),
)
_GIVEN_UP = "annule"
_HELD = "realise"


def agenda(d: Dataset) -> pd.DataFrame:
    """Return what has a date and is still to be done at the end of the quarter, the soonest first.

    A convention-cadre that is overdue stays until it is signed; a session or a meeting that was planned for a day that
    has passed is left out.

    Returns
    -------
    pandas.DataFrame
        ``cle`` (the same from one quarter to the next), ``date_echeance`` with its precision, ``echeance`` (what is
        due), ``concerne`` (communes), ``situation`` (state), ``objet`` (a sentence, blank without one) and the origin
        of the row; all French text but the date.

    Examples
    --------
    >>> pvd.analysis.agenda(d)[["cle", "concerne"]].iloc[2].to_list()
    ['convention-cadre-40001', "Aire-sur-l'Adour"]
    """
    rows = [*_conventions(d), *_ends_of_posts(d), *_sessions(d), *_meetings(d)]
    table = pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"ligne": "Int64"})
    table["date_echeance"] = pd.to_datetime(table["date_echeance"]).astype("datetime64[s]")
    return table.sort_values(["date_echeance", "cle"], kind="stable").reset_index(drop=True)


def _conventions(d: Dataset) -> Iterable[tuple[object, ...]]:
    states = convention_states(d)
    waiting = states["date_adhesion"].notna() & ~states["etat_convention"].isin(["signée", "non connue"])
    signed = signature_rows(d, "adhesion")
    for row in states[waiting].itertuples():
        origin = signed.loc[row.code_commune]
        yield (
            f"convention-cadre-{row.code_commune}",
            row.echeance_cadre,
            "jour",
            "Convention-cadre valant ORT : échéance",
            row.commune,
            row.etat_convention,
            f"Adhésion signée le {format_date(row.date_adhesion)}. {rule('convention_cadre').text}",
            origin["fichier"],
            origin["feuille"],
            origin["ligne"],
        )


def _ends_of_posts(d: Dataset) -> Iterable[tuple[object, ...]]:
    for row in posts(d).dropna(subset="date_fin").itertuples():
        if last_day(row.date_fin.date(), row.date_fin_precision) <= d.arrete_le:
            continue
        yield (
            f"fin-poste-{row.id_poste}",
            row.date_fin,
            row.date_fin_precision,
            f"Fin du poste de chef de projet {row.id_poste}",
            row.communes_libelle.replace(" + ", ", "),
            term_label("etat_poste", row.etat_poste),
            None if pd.isna(row.cofinanceurs) else f"Cofinanceurs : {row.cofinanceurs}.",
            row.fichier,
            row.feuille,
            row.ligne,
        )


def _sessions(d: Dataset) -> Iterable[tuple[object, ...]]:
    rows = _to_come(d, training(d), "formations")
    for session, lines in rows.groupby("session", sort=False):
        first = lines.iloc[0]
        title = str(first["intitule"])
        towns = list(dict.fromkeys(lines["commune"].dropna()))
        yield (
            f"formation-{d.code_departement}-{session}",
            first["date_action"],
            first["date_action_precision"],
            title if title.startswith("Formation") else f"Formation : {title}",
            ", ".join(towns) or "tous les lauréats",
            term_label("etat_action", first["etat_action"]),
            None if pd.isna(first["organisme"]) else f"Par {first['organisme']}.",
            first["fichier"],
            first["feuille"],
            first["ligne"],
        )


def _meetings(d: Dataset) -> Iterable[tuple[object, ...]]:
    # A meeting has no identifier: its rank among those of its kind is the same in the next delivery.
    meetings = club(d)
    ranks = meetings.groupby("type_rencontre").cumcount() + 1
    for row in _to_come(d, meetings.assign(rang=ranks), "club").itertuples():
        yield (
            f"club-{d.code_departement}-{row.type_rencontre}-{row.rang}",
            row.date_action,
            row.date_action_precision,
            f"Club PVD : {term_label('type_rencontre', row.type_rencontre)}",
            "tous les lauréats",
            term_label("etat_action", row.etat_action),
            row.objet,
            row.fichier,
            row.feuille,
            row.ligne,
        )


def _to_come(d: Dataset, rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the actions whose period is not over, and that are neither held nor given up."""
    ahead = event_date(rows, name) > pd.Timestamp(d.arrete_le)
    return rows[ahead & ~rows["etat_action"].isin([_GIVEN_UP, _HELD])]
