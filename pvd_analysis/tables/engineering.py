"""The tables of the ingénierie report, and the one beside the map."""

import pandas as pd

from pvd_analysis.analysis import conventions, engineering, laureates
from pvd_analysis.analysis.laureates import territory
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.origin import delivered_in, origins
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.tables.shown import shown
from pvd_analysis.vocabulary import rule

__all__ = [
    "club_table",
    "convention_counts_table",
    "conventions_table",
    "dashboard_table",
    "post_counts_table",
    "posts_over_time_table",
    "posts_table",
    "provision_table",
    "served_communes_table",
    "territory_table",
    "training_table",
]


def post_counts_table(d: Dataset) -> ReportTable:
    """How many posts there are, shared, recruited, under way, and the communes served."""
    counts = engineering.post_counts(d)
    followed = engineering.served_communes(d)["code_commune"].nunique()
    if not followed:
        return shown(d, "postes_nombre", pd.DataFrame(columns=["poste_fait", "nombre"]))
    without = len(engineering.communes_without_post(d))
    vacant = len(engineering.communes_with_vacant_post(d))
    rows = [
        ("Postes de chef de projet identifiés", counts.identified),
        ("dont postes partagés entre plusieurs communes", counts.shared),
        ("Postes dont le chef de projet est recruté", counts.recruited),
        ("Recrutements en cours", counts.under_way),
        *([("Postes vacants", counts.vacant)] if counts.vacant else []),
        ("Communes lauréates servies par un poste", followed - without - vacant),
        *([("Communes lauréates dont le poste est vacant", vacant)] if vacant else []),
        ("Communes lauréates sans poste", without),
    ]
    if followed < len(d.laureats):
        rows.append(("Communes lauréates sans suivi connu", len(d.laureats) - followed))
    return shown(d, "postes_nombre", pd.DataFrame(rows, columns=["poste_fait", "nombre"]))


def posts_table(d: Dataset) -> ReportTable:
    """Every post, with the towns that it serves and its co-funding."""
    table = engineering.posts(d)
    text = rule("cofinancement_poste").texte
    return shown(d, "postes", table, source=delivered_in(d, table), regle=text)


def posts_over_time_table(d: Dataset) -> ReportTable:
    """How many posts were filled, and how many under way, at the end of each quarter."""
    return shown(d, "postes_par_trimestre", engineering.posts_over_time(d))


def served_communes_table(d: Dataset) -> ReportTable:
    """Every laureate commune with the post that serves it, or without."""
    table = engineering.served_communes(d)
    states = {"recrute": "servie", "en_cours": "recrutement en cours", "vacant": "poste vacant"}
    situations = table["etat_poste"].map(states).fillna("aucun poste")
    return shown(d, "communes_servies", table.assign(situation=situations))


def provision_table(d: Dataset) -> ReportTable:
    """What is provisioned for ingénierie, against the posts identified."""
    return shown(d, "provision", engineering.provision(d))


def training_table(d: Dataset) -> ReportTable:
    """The training sessions and their participants."""
    return shown(d, "formations", engineering.training(d))


def club_table(d: Dataset) -> ReportTable:
    """The meetings of the club PVD."""
    return shown(d, "club", engineering.club(d))


def convention_counts_table(d: Dataset) -> ReportTable:
    """How many communes are in each state."""
    return shown(d, "conventions_nombre", conventions.state_counts(d))


def conventions_table(d: Dataset) -> ReportTable:
    """The conventions of every commune, with the 18-month deadline and its state."""
    cadre = rule("convention_cadre")
    states = conventions.convention_states(d)
    return shown(
        d,
        "conventions",
        states.assign(origine=_signature_origins(d, states)),
        source=delivered_in(d, d.conventions),
        regle=cadre.texte,
        alerte_mois=cadre.alerte_mois,
    )


def _signature_origins(d: Dataset, states: pd.DataFrame) -> list[str]:
    """Return the rows that give the signatures of each commune, or the one that says that it is a laureate."""
    found: dict[str, list[str]] = {}
    for kind in ("adhesion", "cadre_ort"):
        rows = conventions.signature_rows(d, kind)
        for code, origin in zip(rows.index, origins(d, rows), strict=True):
            found.setdefault(code, []).append(origin)
    return [
        " ; ".join(found.get(code, [laureate]))
        for code, laureate in zip(states["code_commune"], origins(d, states), strict=True)
    ]


def dashboard_table(d: Dataset) -> ReportTable:
    """One row for each laureate: convention, post, training, aids, alerts."""
    return shown(d, "tableau_de_bord", laureates.dashboard(d))


def territory_table(d: Dataset) -> ReportTable:
    """Return what the map shows: the laureate communes with their partners and EPCI, the towns of Action cœur de ville."""
    return shown(d, "territoire", territory(d))
