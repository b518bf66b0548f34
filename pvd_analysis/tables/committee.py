"""The tables that the comité des financeurs works on."""

from collections.abc import Iterable
from typing import Any, Final

import pandas as pd

from pvd_analysis.analysis.committee import plan_column, projects_to_examine
from pvd_analysis.analysis.opinions import current_opinions
from pvd_analysis.analysis.rules import EXEMPT
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.cells import Column
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.values import counted, format_date, format_rate
from pvd_analysis.vocabulary import rule, term_label, term_labels, terms

__all__ = [
    "committee_figures_table",
    "plans_by_financeur_table",
    "projects_by_departement_table",
    "projects_to_examine_table",
]

WITHIN: Final = "Dans la règle"
OVER: Final = "Dépasse la règle"
DEROGATION: Final = "Dérogation"
TO_COMPLETE: Final = "À préciser"

FILLED_IN: Final = ("avis", "montant_propose_cents", "observations")
"""The columns that the committee fills in."""

_NOT_TOLD: Final = (
    "Aucun classeur de suivi ne parle de ce trimestre, ni d'un plus ancien : les projets à examiner ne sont pas connus."
)

PRIVATE_PLAN: Final = plan_column("prive")
"""The column of private money, which is no aid."""


def projects_to_examine_table(d: Dataset) -> ReportTable:
    """One row for each project: plan by financeur, margin under the legal rule, and room for the committee's opinion."""
    minimal = rule("participation_minimale")
    projects = projects_to_examine(d)
    given = _given(d)
    shown = projects.assign(
        avis_rendus=projects["id_projet"].map(given).astype("str"),
        departement=[d.referentiel.departement_name(code) for code in projects["code_departement"]],
        limite=[_limit(row.situation, row.chef_de_file, row.derogation) for row in projects.itertuples()],
        **{name: projects[name].replace(0, pd.NA) for name in (*plan_columns(projects), "demande_cents")},
        nature_cout=projects["cout_deduit"].map(term_labels("nature_fait"), na_action="ignore").astype("str"),
        avis=None,
        montant_propose_cents=pd.Series(pd.NA, index=projects.index, dtype="Int64"),
        observations=None,
        marge_apres_cents=projects["marge_legale_cents"],
        controle=[_control(row) for row in projects.itertuples()],
    )
    columns = (
        Column("identifiant", "Identifiant", "code", "Identifiant du projet, le même dans toutes les versions"),
        *([Column("departement", "Département du projet")] if d.is_region else []),
        Column("commune", "Commune"),
        Column("intitule", "Projet"),
        Column("cout_ht_cents", "Coût HT", "euros", "Coût du projet hors taxes"),
        *(
            [Column("nature_cout", "Nature du coût", "texte", "« déduit » : une lecture de la source, à confirmer")]
            if projects["cout_deduit"].eq("deduit").any()
            else []
        ),
        *(Column(plan_column(code), term_label("financeur", code), "euros") for code in _financeurs(projects)),
        Column("financements_cents", "Total des financements", "euros", "Aides publiques et fonds privés"),
        *(
            [Column("demande_cents", "Aides demandées", "euros", "Demandées et pas encore décidées : dans aucun total")]
            if projects["demande_cents"].gt(0).any()
            else []
        ),
        Column("apport_cents", "Apport", "euros", "Ce qui reste au maître d'ouvrage"),
        Column("taux_aides", "Taux", "taux", "Aides publiques rapportées au coût HT"),
        Column("limite", "Limite", "texte", minimal.texte),
        Column("limite_legale_cents", "Plafond des aides", "euros", minimal.lecture_legale),
        Column("marge_legale_cents", "Marge sous la règle", "euros", "Plafond moins aides publiques"),
        *([Column("avis_rendus", "Avis déjà rendus", "texte", "Le dernier avis de chaque financeur")] if given else []),
        Column("avis", "Avis du comité"),
        Column("montant_propose_cents", "Montant proposé", "euros", "En euros hors taxes"),
        Column("observations", "Observations"),
        Column("marge_apres_cents", "Marge après avis", "euros", "Marge moins le montant d'un avis favorable"),
        Column("controle", "Contrôle"),
    )
    return ReportTable(
        "projets_a_examiner",
        "Projets à examiner",
        shown,
        columns,
        empty=f"Aucun projet n'était connu au {format_date(d.arrete_le)}." if _is_told(d) else _NOT_TOLD,
    )


def committee_figures_table(d: Dataset) -> ReportTable:
    """What the committee has before it, and what it has said so far: projects and amounts."""
    projects = projects_to_examine(d)
    margin = projects["marge_legale_cents"]
    controls = [_control(row) for row in projects.itertuples()]
    rows = [
        ("cout", "Projets à examiner, coût HT", len(projects), int(projects["cout_ht_cents"].sum())),
        ("sans_cout", "dont projets sans coût connu", int(projects["cout_ht_cents"].isna().sum()), None),
        ("financements", "Projets financés, financements",
         int(projects["financements_cents"].gt(0).sum()), int(projects["financements_cents"].sum())),
        ("marge", "Projets avec de la marge, marge", int(margin.gt(0).sum()),
         int(margin[margin.gt(0).fillna(False)].sum())),
        ("avis", "Avis rendus", 0, None),
        ("propose", "Avis favorables, montants proposés", 0, 0),
        ("depasse", f"Contrôle : « {OVER} »", controls.count(OVER), None),
        ("a_preciser", f"Contrôle : « {TO_COMPLETE} »", controls.count(TO_COMPLETE), None),
    ]  # fmt: skip
    data = pd.DataFrame(rows, columns=["cle", "libelle", "nombre", "montant_cents"]).set_index("cle")
    return ReportTable(
        "comite_chiffres",
        "Ce que le comité examine, et ce qu'il propose",
        _known(d, data.astype({"nombre": "Int64", "montant_cents": "Int64"})),
        (
            Column("libelle", "Ensemble"),
            Column("nombre", "Projets", "nombre"),
            Column("montant_cents", "Montant", "euros"),
        ),
        empty=_NOT_TOLD,
    )


def plans_by_financeur_table(d: Dataset) -> ReportTable:
    """What each financeur brings to the projects to examine, the maître d'ouvrage last."""
    projects = projects_to_examine(d)
    own = projects["apport_cents"].dropna()
    rows = [
        (plan_column(code), term_label("financeur", code), int(projects[plan_column(code)].gt(0).sum()),
         int(projects[plan_column(code)].sum()))
        for code in _financeurs(projects)
    ]  # fmt: skip
    rows.append(("apport_cents", term_label("financeur", "maitre_ouvrage"), int(own.gt(0).sum()), int(own.sum())))
    total = sum(amount for *_, amount in rows)
    data = pd.DataFrame(
        [*rows, ("total", "Total", None, total)], columns=["cle", "libelle", "nombre", "montant_cents"]
    ).set_index("cle")
    return ReportTable(
        "plans_par_financeur",
        "Plans de financement, par financeur",
        _known(d, data.astype({"nombre": "Int64", "montant_cents": "Int64"})),
        (
            Column("libelle", "Financeur"),
            Column("nombre", "Projets", "nombre"),
            Column("montant_cents", "Montant", "euros"),
        ),
        total_rows=("total",) if _is_told(d) else (),
        summed=("montant_cents",),
        empty=_NOT_TOLD,
        notes=("L'apport du maître d'ouvrage n'est compté que pour les projets dont le coût est connu.",),
    )


def projects_by_departement_table(d: Dataset) -> ReportTable:
    """What each département of a region has to examine; what no classeur tells of is not known, and not 0."""
    amounts = ["cout_ht_cents", "financements_cents"]
    projects = projects_to_examine(d).assign(nombre=1)
    known = d.laureats["code_commune"].isin(d.told_communes | set(projects["code_commune"]))
    told = known.groupby(d.laureats["code_departement"]).any()
    rows = projects.groupby("code_departement")[["nombre", *amounts]].sum().reindex(told.index, fill_value=0)
    rows = rows.where(told).assign(departement=[d.referentiel.departement_name(code) for code in told.index])
    total = rows[["nombre", *amounts]].sum()
    data = pd.concat([rows, pd.DataFrame([{**total.to_dict(), "departement": "Total"}], index=["total"])])
    notes = []
    if not told.all():
        notes.append(
            "« — » : aucun classeur de suivi n'en parle à cette date ; les projets du département ne sont pas connus."
        )
    if without := int(projects["cout_ht_cents"].isna().sum()):
        notes.append(
            f"Le coût de {counted(without, 'projet')} n'est pas connu : leurs financements sont comptés, leur coût ne l'est pas."
        )
    return ReportTable(
        "projets_par_departement",
        "Projets à examiner, par département",
        data.astype(dict.fromkeys(["nombre", *amounts], "Int64")),
        (
            Column("departement", "Département"),
            Column("nombre", "Projets", "nombre"),
            Column("cout_ht_cents", "Coût HT", "euros"),
            Column("financements_cents", "Total des financements", "euros"),
        ),
        notes=tuple(notes),
        total_rows=("total",),
        summed=("nombre", *amounts),
    )


def _known(d: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is said of the projects to examine: nothing where no classeur tells of them, which is not 0."""
    return rows if _is_told(d) else rows.iloc[:0]


def _is_told(d: Dataset) -> bool:
    return d.is_observed or len(d.projets) > 0


def plan_columns(columns: Iterable[str]) -> list[str]:
    """Return those of `columns` that have what one financeur brings."""
    plans = {plan_column(str(code)) for code in terms("financeur").index}
    return [name for name in columns if name in plans]


def _financeurs(projects: pd.DataFrame) -> list[str]:
    return [str(code) for code in terms("financeur").index if plan_column(str(code)) in projects.columns]


def _given(d: Dataset) -> dict[str, str]:
    """Return, for each project, the last opinion of each financeur in words."""
    said: dict[str, list[str]] = {}
    for row in current_opinions(d).itertuples():
        who = f"{term_label('financeur_avis', row.financeur_avis)}, {format_date(row.date_avis)}"
        said.setdefault(row.id_projet, []).append(f"{who}\N{NO-BREAK SPACE}: {row.apres}")
    return {project: " ; ".join(opinions) for project, opinions in said.items()}


def _limit(situation: str, is_led: Any, has_derogation: Any) -> str:
    if situation == EXEMPT:
        return "Non soumis"
    minimal = rule("participation_minimale")
    version = minimal.versions[-1]
    leads = version.plafond_chef_de_file if pd.notna(is_led) and is_led else None
    limit = f"{format_rate(leads or version.plafond)} ({minimal.article})"
    return limit if pd.isna(has_derogation) or not has_derogation else f"{limit}, dérogation"


def _control(row: Any) -> str:
    if row.situation == EXEMPT:
        return WITHIN
    if pd.isna(row.marge_legale_cents):
        return TO_COMPLETE
    return WITHIN if row.marge_legale_cents >= 0 else over_label(row.derogation, row.code_departement)


def over_label(has_derogation: Any, departement: str) -> str:
    """Return what the control says over the limit; where the law has another for some works, these must be told."""
    if pd.notna(has_derogation) and has_derogation:
        return DEROGATION
    reserve = rule("participation_minimale").reserve
    return TO_COMPLETE if reserve and departement in reserve.departements else OVER
