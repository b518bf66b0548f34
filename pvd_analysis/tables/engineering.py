"""The tables of the ingénierie report."""

import pandas as pd

from pvd_analysis.analysis import conventions, engineering, laureates
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.origin import delivered_in, origins, with_origin
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.values import format_date
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
    "training_table",
]


_POSTS = ("postes", "Postes de chef de projet, un à un")
_CONVENTIONS = ("conventions", "Conventions d'adhésion, conventions-cadre valant ORT et échéances")


def _without_blanks(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without the columns that no row fills."""
    if table.empty:
        return table
    blank = [name for name in table.columns if not name.endswith("_precision") and table[name].isna().all()]
    return table.drop(columns=[*blank, *(f"{name}_precision" for name in blank if f"{name}_precision" in table)])


def post_counts_table(d: Dataset) -> ReportTable:
    """How many posts there are, shared, recruited, under way, and the communes served."""
    counts = engineering.post_counts(d)
    if not d.is_followed:
        return ReportTable.build(
            "postes_nombre",
            "Postes de chef de projet : combien, et pour qui",
            pd.DataFrame(columns=["poste_fait", "nombre"]),
            empty="Aucun classeur de suivi n'est livré : les postes ne sont pas connus.",
        )
    followed = len(d.followed_communes)
    without, vacant = len(engineering.communes_without_post(d)), len(engineering.communes_with_vacant_post(d))
    rows = [
        ("Postes de chef de projet identifiés", counts.identified),
        ("dont postes partagés entre plusieurs communes", counts.shared),
        ("Postes dont le chef de projet est recruté", counts.recruited),
        ("Recrutements en cours", counts.under_way),
        *([("Postes vacants", counts.vacant)] if counts.vacant else []),
        ("Communes lauréates servies par un poste", followed - without - vacant),
        *([("Communes lauréates dont le poste est vacant", vacant)] if vacant else []),
        ("Communes lauréates sans poste", without),
        *([("Communes lauréates sans suivi connu", len(d.laureats) - followed)] if followed < len(d.laureats) else []),
    ]
    return ReportTable.build(
        "postes_nombre",
        "Postes de chef de projet : combien, et pour qui",
        pd.DataFrame(rows, columns=["poste_fait", "nombre"]),
        leads_to=_POSTS,
    )


def posts_table(d: Dataset) -> ReportTable:
    """Every post, with the towns that it serves and its co-funding."""
    limits = rule("cofinancement_poste")
    columns = [
        "id_poste", "communes_libelle", "etat_poste", "date_recrutement", "date_recrutement_precision",
        "date_fin", "date_fin_precision", "taux_cofinancement", "taux_bdt", "partenaires", "opah_ru", "quotite", "origine",
    ]  # fmt: skip
    table = with_origin(d, engineering.posts(d))
    return ReportTable.build(
        *_POSTS,
        _without_blanks(table[columns]),
        labels={"partenaires": "Cofinanceurs"},
        notes=(f"{limits.text} L'ANAH participe quand une OPAH-RU est prévue.",),
        source=delivered_in(d, table),
        empty="Aucun poste n'est connu.",
    )


def posts_over_time_table(d: Dataset) -> ReportTable:
    """How many posts were filled, and how many under way, at the end of each quarter."""
    return ReportTable.build(
        "postes_par_trimestre",
        "Postes pourvus, recrutements en cours et postes vacants, à la fin de chaque trimestre",
        engineering.posts_over_time(d),
        notes=("Des états à une date : ils ne s'additionnent pas d'un trimestre à l'autre.",),
        empty="Aucun poste n'est connu.",
    )


def served_communes_table(d: Dataset) -> ReportTable:
    """Every laureate commune with the post that serves it, or without."""
    table = engineering.served_communes(d)
    rows = table.assign(
        situation=table["etat_poste"]
        .map({"recrute": "servie", "en_cours": "recrutement en cours", "vacant": "poste vacant"})
        .fillna("aucun poste"),
        origine=origins(d, table),
    )
    return ReportTable.build(
        "communes_servies",
        "Communes lauréates et poste qui les sert",
        rows[["commune", "id_poste", "situation", "partage", "origine"]],
        notes=("Origine : la ligne qui dit la commune lauréate.",),
        leads_to=_POSTS,
    )


def provision_table(d: Dataset) -> ReportTable:
    """What is provisioned for ingénierie, against the posts identified."""
    table = with_origin(d, engineering.provision(d))
    return ReportTable.build(
        "provision",
        "Crédits d'ingénierie provisionnés, et postes à financer",
        table[["dispositif", "exercice", "montant_cents", "nombre_postes", "par_poste_cents", "origine"]],
        source=delivered_in(d, table),
        empty=f"Aucune provision n'était annoncée au {format_date(d.arrete_le)}.",
    )


def training_table(d: Dataset) -> ReportTable:
    """The training sessions and their participants."""
    table = engineering.training(d)
    columns = [
        "session", "intitule", "partenaires", "duree_jours", "date_action", "date_action_precision",
        "etat_action", "commune", "participant", "origine",
    ]  # fmt: skip
    return ReportTable.build(
        "formations",
        "Formation des chefs de projet et des élus",
        with_origin(d, table)[columns],
        source=delivered_in(d, table),
        empty="Aucune formation n'est connue.",
    )


def club_table(d: Dataset) -> ReportTable:
    """The meetings of the club PVD."""
    table = engineering.club(d)
    columns = ["type_rencontre", "date_action", "date_action_precision", "etat_action", "objet", "origine"]
    return ReportTable.build(
        "club",
        "Rencontres du club PVD",
        with_origin(d, table)[columns],
        source=delivered_in(d, table),
        empty="Aucune rencontre du club n'est connue.",
    )


def convention_counts_table(d: Dataset) -> ReportTable:
    """How many communes are in each state."""
    return ReportTable.build(
        "conventions_nombre",
        "Conventions-cadre : communes par état",
        conventions.state_counts(d),
        leads_to=_CONVENTIONS,
    )


def conventions_table(d: Dataset) -> ReportTable:
    """The conventions of every commune, with the 18-month deadline and its state."""
    cadre = rule("convention_cadre")
    columns = [
        "commune",
        "date_adhesion",
        "echeance_cadre",
        "date_cadre",
        "etat_convention",
        "jours_restants",
        "origine",
    ]
    states = conventions.convention_states(d)
    return ReportTable.build(
        *_CONVENTIONS,
        states.assign(origine=_signature_origins(d, states))[columns],
        notes=(
            f"{cadre.text} États : à signer (l'adhésion ne l'est pas), dans les délais, échéance proche "
            f"({cadre.figures['alerte_mois']} mois ou moins), dépassée, signée (sans date : elle n'est pas connue). Jours négatifs : échéance dépassée.",
        ),
        source=delivered_in(d, d.conventions),
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
    return ReportTable.build(
        "tableau_de_bord",
        "Tableau de bord des lauréats",
        laureates.dashboard(d).drop(columns="communes_libelle"),
        notes=(
            "Aides : détail connu par projet. Les totaux annoncés du département ne sont pas ventilés par lauréat.",
        ),
    )
