"""The dates to come: deadlines of the conventions, ends of posts, training sessions, meetings of the club."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from pvd_analysis.analysis.conventions import convention_states, signature_rows
from pvd_analysis.analysis.engineering import club, posts, training
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.schemas import joined
from pvd_analysis.dataset.states import event_date
from pvd_analysis.values import format_date, last_day
from pvd_analysis.vocabulary import ORIGIN, rule, term_label

__all__ = ["agenda", "agenda_closed"]

_COLUMNS = (
    *("cle", "date_echeance", "date_echeance_precision", "echeance", "concerne", "situation", "objet"),
    *ORIGIN,
)
# What is still to be done, and what has become of the rest: it took place, or it will not.
OPEN, DONE, GIVEN_UP = "ouvert", "fait", "annulé"


def agenda(d: Dataset) -> pd.DataFrame:
    """Return what has a date and is still to be done at the end of the quarter, the soonest first.

    A convention-cadre that is overdue stays until it is signed; a session or a meeting that was planned for a day that
    has passed is left out. The communes of a laureate that share a deadline are one event.

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
    table = _events(d)
    return table[table["suite"].eq(OPEN)].drop(columns="suite").reset_index(drop=True)


def agenda_closed(d: Dataset, before: Dataset) -> pd.DataFrame:
    """Return what stood in the agenda of an earlier quarter and has been done since, or given up.

    Returns
    -------
    pandas.DataFrame
        The columns of `agenda`, and ``suite``: ``fait`` (signed, held, ended) or ``annulé`` (cancelled, or not told any more).

    Examples
    --------
    >>> from pvd_analysis.dataset import known_before
    >>> later = pvd.load("2022-T4", "40", racine=d.racine)
    >>> pvd.analysis.agenda_closed(later, known_before(later))[["concerne", "situation"]].values.tolist()
    [['Morcenx-la-Nouvelle', 'signée']]
    """
    told, now = agenda(before), _events(d)
    is_there = told["cle"].isin(now["cle"])
    gone = told[~is_there].assign(situation="n'est plus prévu", suite=GIVEN_UP)
    done = now[now["cle"].isin(told["cle"]) & now["suite"].isin([DONE, GIVEN_UP])]
    return _by_day(joined([done, gone]))


def _events(d: Dataset) -> pd.DataFrame:
    """Return every dated event with what has become of it (``suite``, blank when nothing says so)."""
    rows = [*_conventions(d), *_ends_of_posts(d), *_sessions(d), *_meetings(d)]
    table = pd.DataFrame(rows, columns=[*_COLUMNS, "suite"]).astype({"ligne": "Int64"})
    table["date_echeance"] = pd.to_datetime(table["date_echeance"]).astype("datetime64[s]")
    return _by_day(table)


def _by_day(events: pd.DataFrame) -> pd.DataFrame:
    return events.sort_values(["date_echeance", "cle"], kind="stable", ignore_index=True)


def _conventions(d: Dataset) -> Iterable[tuple[object, ...]]:
    states = convention_states(d)
    known = states[states["date_adhesion"].notna() & states["etat_convention"].ne("non connue")]
    signed = signature_rows(d, "adhesion")
    for (_, due, state), towns in known.groupby(["laureat", "echeance_cadre", "etat_convention"], sort=False):
        first = towns.iloc[0]
        yield (
            f"convention-cadre-{first['code_commune']}",
            due,
            "jour",
            "Convention-cadre valant ORT : échéance",
            " et ".join(towns["commune"]),
            state,
            f"Adhésion signée le {format_date(first['date_adhesion'])}. {rule('convention_cadre').texte}",
            *_place(signed.loc[first["code_commune"]]),
            DONE if state == "signée" else OPEN,
        )


def _ends_of_posts(d: Dataset) -> Iterable[tuple[object, ...]]:
    for row in posts(d).dropna(subset="date_fin").itertuples():
        is_over = last_day(row.date_fin.date(), row.date_fin_precision) < d.arrete_le
        yield (
            f"fin-poste-{row.id_poste}",
            row.date_fin,
            row.date_fin_precision,
            f"Fin du poste de chef de projet {row.id_poste}",
            row.communes_libelle.replace(" + ", ", "),
            term_label("etat_poste", row.etat_poste),
            None if pd.isna(row.partenaires) else f"Cofinanceurs : {row.partenaires}.",
            *_place(row),
            DONE if is_over else OPEN,
        )


def _sessions(d: Dataset) -> Iterable[tuple[object, ...]]:
    rows = training(d).dropna(subset="date_action")
    for (code, session), lines in rows.groupby(["code_departement", "session"], sort=False):
        first = lines.iloc[0]
        title = str(first["intitule"])
        towns = list(dict.fromkeys(lines["commune"].dropna()))
        yield (
            f"formation-{code}-{session}",
            first["date_action"],
            first["date_action_precision"],
            title if title.startswith("Formation") else f"Formation : {title}",
            ", ".join(towns) or "tous les lauréats",
            term_label("etat_action", first["etat_action"]),
            None if pd.isna(first["partenaires"]) else f"Avec : {first['partenaires']}.",
            *_place(first),
            _suite(d, lines.iloc[[0]], "formations")[0],
        )


def _meetings(d: Dataset) -> Iterable[tuple[object, ...]]:
    meetings = club(d).dropna(subset="date_action")
    for row, suite in zip(meetings.itertuples(), _suite(d, meetings, "club"), strict=True):
        yield (
            f"club-{row.id_rencontre}",
            row.date_action,
            row.date_action_precision,
            f"Club PVD : {term_label('type_rencontre', row.type_rencontre)}",
            "tous les lauréats",
            term_label("etat_action", row.etat_action),
            row.objet,
            *_place(row),
            suite,
        )


def _place(row: Any) -> tuple[object, ...]:
    return row.fichier, row.feuille, row.ligne


def _suite(d: Dataset, rows: pd.DataFrame, name: str) -> list[str]:
    """Return what has become of actions: held, given up, still to come; nothing when their period is over and nobody says."""
    ahead = event_date(rows, name) > pd.Timestamp(d.arrete_le)
    told = rows["etat_action"].map({"realise": DONE, "annule": GIVEN_UP})
    return list(told.fillna(ahead.map({True: OPEN, False: ""})))
