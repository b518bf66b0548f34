"""The facts of a dataset that one quarter is compared with another by: each has a key, an amount and a state."""

from collections.abc import Callable, Mapping

import pandas as pd

from pvd_analysis.analysis.conventions import cadre_origins, convention_states, signature_rows
from pvd_analysis.analysis.engineering import club, posts
from pvd_analysis.analysis.funding import COUNTED_STATUSES, announced_totals
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.remembered import remembered
from pvd_analysis.dataset.schemas import joined
from pvd_analysis.dataset.states import event_date, surely_by
from pvd_analysis.values import counted, format_date, format_partial
from pvd_analysis.vocabulary import ORIGIN, term_label, terms

__all__ = ["AMOUNTS", "FACT_COLUMNS", "STATES_ONLY", "facts"]

FACT_COLUMNS = (
    *("nature_ecart", "cle", "libelle", "montant_cents", "etat", "date_fait"),
    *("prevu", "retire", *ORIGIN),
)
# The natures whose amounts add up to a total, and those that have a state only; the order of the reports.
AMOUNTS = ("total_annonce", "provision", "aide", "autre_financement", "cout")
STATES_ONLY = ("adhesion", "echeance", "poste", "formation", "club")

_WITHDRAWN_STATUSES = ("refuse", "abandonne")
_PLANNED_STATES = ("programme", "en_preparation")


@remembered
def facts(d: Dataset) -> pd.DataFrame:
    """Return the facts of a dataset, one row each, known by ``nature_ecart`` and ``cle``.

    Returns
    -------
    pandas.DataFrame
        `FACT_COLUMNS`: the nature (`AMOUNTS`, `STATES_ONLY`), the key made of the identifiers, what it is called, the
        amount (cents; 0 where a fact has none, or where it counts in no total), the state (text), the day by which
        it has surely happened (blank when undated), whether it is only planned, whether it is given up, and the
        origin of the row.
    """
    tables = [
        _whole(facts_of(d).assign(nature_ecart=nature))
        for nature, (name, facts_of) in _FACTS.items()
        if len(d.tables[name])
    ]
    return joined([_NO_FACT, *tables])


_TYPES = {"montant_cents": "Int64", "date_fait": "datetime64[s]", "prevu": bool, "retire": bool, "ligne": "Int64"}
_GIVEN = {"montant_cents": 0, "etat": "", "date_fait": pd.NaT, "prevu": False, "retire": False}


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """Return facts with all their columns, each of its type."""
    missing = {name: value for name, value in _GIVEN.items() if name not in table}
    return table.assign(**missing)[list(FACT_COLUMNS)].astype(_TYPES)


_NO_FACT = _whole(pd.DataFrame(columns=list(FACT_COLUMNS), dtype="str"))


def _announced(d: Dataset, in_total: bool) -> pd.DataFrame:
    totals = announced_totals(d)
    rows = totals[totals["dans_total"] if in_total else ~totals["dans_total"]]
    return rows.assign(
        cle=rows["code_departement"] + "|" + rows["dispositif"] + "|" + rows["exercice"].fillna(""),
        libelle=[
            term_label("dispositif", row.dispositif) + ("" if pd.isna(row.exercice) else f" ({row.exercice})")
            for row in rows.itertuples()
        ],
        date_fait=rows["date_annonce"],
    )


def _financing(d: Dataset, public: bool) -> pd.DataFrame:
    """Return one fact for each project, financeur and dispositif; what is asked for or refused counts for nothing."""
    financeurs = terms("financeur")
    natures = d.financements["financeur"].map(financeurs["nature"])
    lines = d.financements[natures.eq("public") if public else natures.ne("public")]
    lines = lines.assign(
        compte=lines["montant_cents"].where(lines["statut"].isin(COUNTED_STATUSES), 0),
        vivant=~lines["statut"].isin(_WITHDRAWN_STATUSES),
        date_fait=event_date(lines, "financements"),
        etat=[term_label("statut_financement", status) for status in lines["statut"]],
    )
    rows = (
        lines.groupby(["id_projet", "financeur", "dispositif"], sort=False)
        .agg(
            montant_cents=("compte", "sum"),
            etat=("etat", lambda states: ", ".join(dict.fromkeys(states))),
            date_fait=("date_fait", "max"),
            vivant=("vivant", "any"),
            fichier=("fichier", "first"),
            feuille=("feuille", "first"),
            ligne=("ligne", "first"),
        )
        .reset_index()
    )
    towns = d.projets.set_index("id_projet")["code_commune"].map(d.referentiel.commune_name)
    return rows.assign(
        cle=rows["id_projet"] + "|" + rows["financeur"] + "|" + rows["dispositif"],
        libelle=[
            f"{towns.get(row.id_projet, '—')}, {row.id_projet}, {term_label('dispositif', row.dispositif)}"
            for row in rows.itertuples()
        ],
        retire=~rows["vivant"].astype(bool),
    )


def _costs(d: Dataset) -> pd.DataFrame:
    keys, costs = d.projets["id_projet"], d.projets["cout_ht_cents"]
    return d.projets.assign(
        cle=keys,
        libelle=d.projets["code_commune"].map(d.referentiel.commune_name) + ", " + keys,
        montant_cents=costs.fillna(0),
        etat=costs.isna().map({True: "coût inconnu", False: "coût connu"}),
        date_fait=d.event_days("projets"),
    )


def _adhesions(d: Dataset) -> pd.DataFrame:
    states = _with_origins(convention_states(d), signature_rows(d, "adhesion"))
    return states.assign(
        cle=states["code_commune"],
        libelle=states["commune"],
        etat=[_signed(day, "à signer") for day in states["date_adhesion"]],
        date_fait=states["date_adhesion"],
    )


def _deadlines(d: Dataset) -> pd.DataFrame:
    """Return the convention-cadre of each commune that has joined: signed, or due on a day that comes close or passes."""
    joined = convention_states(d).dropna(subset="date_adhesion")
    states = _with_origins(_with_origins(joined, signature_rows(d, "adhesion")), cadre_origins(d))
    undated = states["etat_convention"].eq("signée") & states["date_cadre"].isna()
    return states.assign(
        cle=states["code_commune"],
        libelle=states["commune"],
        etat=[
            "signée, date non connue"
            if is_undated
            else _signed(row.date_cadre, f"{row.etat_convention} ({format_date(row.echeance_cadre)})")
            for row, is_undated in zip(states.itertuples(), undated, strict=True)
        ],
        date_fait=states["date_cadre"].fillna(states["date_adhesion"].mask(undated)),
    )


def _with_origins(states: pd.DataFrame, origins: pd.DataFrame) -> pd.DataFrame:
    """Return the states with the origin that is told of each commune (by ``code_commune``), where there is one."""
    found = origins.reindex(states["code_commune"]).set_index(states.index)
    is_told, origin = found["fichier"].notna(), list(ORIGIN)
    return states.assign(**found[origin].where(is_told, states[origin], axis="index"))


def _posts(d: Dataset) -> pd.DataFrame:
    table = posts(d)
    states = table["etat_poste"].map(lambda state: term_label("etat_poste", state))
    is_vacant = table["etat_poste"].eq("vacant")
    return table.assign(
        cle=table["id_poste"],
        libelle=table["id_poste"],
        etat=states + " (" + table["communes_libelle"] + ")",
        # a post is vacant from the end of its holder on, not from the recruitment
        date_fait=d.event_days("postes").mask(is_vacant, surely_by(table, "date_fin")),
    )


def _sessions(d: Dataset) -> pd.DataFrame:
    """Return one fact for each session: who took part is told with its state, and makes no other session of it."""
    sessions = d.formations.groupby(["code_departement", "session"], sort=False)
    rows = sessions.first().reset_index()
    attended = sessions["participant"].count().to_numpy()
    found = _actions(
        rows,
        "formations",
        list(rows["code_departement"] + "|" + rows["session"]),
        [f"Session {session}" for session in rows["session"]],
    )
    numbers = [counted(number, "participant") for number in attended]
    said = [f"{state}, {number}" for state, number in zip(found["etat"], numbers, strict=True)]
    return found.assign(etat=found["etat"].where(attended == 0, said))


def _meetings(d: Dataset) -> pd.DataFrame:
    """Return the meetings, known by their number, or by their kind, date and subject: never by their rank."""
    rows = club(d)
    return _actions(
        rows,
        "club",
        list(rows["id_rencontre"]),
        [
            term_label("type_rencontre", row.type_rencontre).capitalize()
            + ("" if pd.isna(row.date_action) else f", {format_partial(row.date_action, row.date_action_precision)}")
            for row in rows.itertuples()
        ],
    )


def _actions(rows: pd.DataFrame, name: str, keys: list[str], labels: list[str]) -> pd.DataFrame:
    return rows.assign(
        cle=keys,
        libelle=labels,
        etat=[term_label("etat_action", state) for state in rows["etat_action"]],
        date_fait=event_date(rows, name),
        prevu=rows["etat_action"].isin(_PLANNED_STATES),
        retire=rows["etat_action"].eq("annule"),
    )


def _signed(day: pd.Timestamp, otherwise: str) -> str:
    return otherwise if pd.isna(day) else f"signée le {format_date(day)}"


# Of each nature, the table that it is read from, and how.
_FACTS: Mapping[str, tuple[str, Callable[[Dataset], pd.DataFrame]]] = {
    "total_annonce": ("totaux_annonces", lambda d: _announced(d, in_total=True)),
    "provision": ("totaux_annonces", lambda d: _announced(d, in_total=False)),
    "aide": ("financements", lambda d: _financing(d, public=True)),
    "autre_financement": ("financements", lambda d: _financing(d, public=False)),
    "cout": ("projets", _costs),
    "adhesion": ("laureats", _adhesions),
    "echeance": ("laureats", _deadlines),
    "poste": ("postes", _posts),
    "formation": ("formations", _sessions),
    "club": ("club", _meetings),
}
