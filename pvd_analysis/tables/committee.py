"""The tables that the comité des financeurs works on, and its opinions as a report shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from pvd_analysis.analysis.committee import (
    asked_column,
    current_opinions,
    favourable,
    opinion_journal,
    plan_column,
    projects_to_examine,
)
from pvd_analysis.analysis.rules import EXEMPT, ceiling
from pvd_analysis.dataset import Dataset
from pvd_analysis.sources.avis import asked_label
from pvd_analysis.tables.cards import Paragraphs
from pvd_analysis.tables.cells import Column
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.tables.shown import said_tables, shown
from pvd_analysis.values import Trimestre, counted, format_date, format_euros, format_rate, sentence_list
from pvd_analysis.vocabulary import phrase, rule, term_label, term_labels, terms

__all__ = [
    "committee_figures_table",
    "opinion_journal_table",
    "opinions_summary",
    "opinions_table",
    "plans_by_financeur_table",
    "projects_by_departement_table",
    "projects_to_examine_table",
]

WITHIN: Final = "Dans la règle"
OVER: Final = "Dépasse la règle"
DEROGATION: Final = "Dérogation"
TO_COMPLETE: Final = "À préciser"

_OF_KNOWN_COST: Final = ("cout_connu_cents", "demande_cents")
_WHO = {
    "public": "proposés par les financeurs",
    "comite": "proposés par le comité régional, qui les réunit",
}

PRIVATE_PLAN: Final = plan_column("prive")
"""The column of private money, which is no aid."""


def projects_to_examine_table(d: Dataset) -> ReportTable:
    """One row for each project: plan by financeur, margin under the legal rule, and room for the committee's opinion."""
    projects = projects_to_examine(d)
    plans, asked = _brought(projects), _asked(projects)
    rows = projects.assign(
        avis_rendus=projects["id_projet"].map(_given(d)).astype("str"),
        departement=projects["code_departement"].map(d.referentiel.departement_name),
        limite=[_limit(row.situation, row.chef_de_file, row.derogation) for row in projects.itertuples()],
        **{name: projects[name].replace(0, pd.NA) for name in (*plans, *asked, "demande_cents")},
        avis=None,
        montant_propose_cents=pd.Series(pd.NA, index=projects.index, dtype="Int64"),
        observations=None,
        marge_apres_cents=projects["marge_legale_cents"],
        controle=[_control(row) for row in projects.itertuples()],
    )
    left_out = [] if d.is_region else ["departement"]
    if not projects["cout_deduit"].eq("deduit").any():
        left_out.append("cout_deduit")
    columns: list[str | Column] = []
    for name in said_tables()["projets_a_examiner"].colonnes:
        each = {"financements_cents": plans, "demande_cents": asked}.get(name, {})
        columns += [Column(key, label, "euros") for key, label in each.items()]
        if name not in left_out:
            columns.append(name)
        if name == "montant_propose_cents":  # nobody's words yet: what is written there is shown nowhere
            columns.append(Column("observations", "Observations"))
    none = f"Aucun projet n'était connu au {format_date(d.arrete_le)}."
    none = none if _is_told(d) else _not_told()
    return shown(d, "projets_a_examiner", rows, columns=columns, aucun=none)


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
    return shown(d, "comite_chiffres", _known(d, rows), aucun=_not_told())


def plans_by_financeur_table(d: Dataset) -> ReportTable:
    """What each financeur brings to the projects to examine, and what is asked of it; the maître d'ouvrage last.

    Beside it, the same of the projects of known cost alone, whose plans add up to their cost.
    """
    projects = projects_to_examine(d)
    priced = projects[projects["cout_ht_cents"].notna()]
    is_priced = len(priced) == len(projects)
    codes = [
        code for code in map(str, terms("financeur").index) if {plan_column(code), asked_column(code)} & {*projects}
    ]
    rows: list[tuple[object, ...]] = []
    for code in codes:
        every, known = _cents(projects, plan_column(code)), _cents(priced, plan_column(code))
        asked = int(_cents(projects, asked_column(code)).sum()) or None
        rows.append(
            (code, term_label("financeur", code), int(every.gt(0).sum()), int(every.sum()), int(known.sum()), asked)
        )
    own = priced["apport_cents"]
    left, label = int(own.sum()), term_label("financeur", "maitre_ouvrage")
    rows.append(("apport", label, int(own.gt(0).sum()), left if is_priced else None, left, None))
    data = _known(d, rows, *_OF_KNOWN_COST)
    amounts = ["montant_cents", *_OF_KNOWN_COST]
    if len(data):
        data = pd.concat([data, pd.DataFrame([{"libelle": "Total", **data[amounts].sum()}], index=["total"])])
        data = data.astype(dict.fromkeys(amounts, "Int64"))
    columns: list[str | Column] = [
        *("libelle", "nombre", "montant_cents"),
        *([] if is_priced else [Column("cout_connu_cents", "dont projets de coût connu", "euros")]),
        *([Column("demande_cents", "Demandé, dans aucun total", "euros")] if _asked(projects) else []),
    ]
    notes = [] if is_priced else [phrase("non_connu", "examen_apport")]
    total_rows = ("total",) if len(data) else ()
    table = shown(
        d, "plans_par_financeur", data, columns=columns, notes=notes, total_rows=total_rows, aucun=_not_told()
    )
    return replace(table, summed=tuple(amounts))


def projects_by_departement_table(d: Dataset) -> ReportTable:
    """What each département of a region has to examine; a note names those that no classeur tells of: theirs is not 0."""
    amounts = ["nombre", "cout_ht_cents", "financements_cents"]
    projects = projects_to_examine(d).assign(nombre=1)
    known = d.laureats["code_commune"].isin(d.told_communes | set(projects["code_commune"]))
    told = known.groupby(d.laureats["code_departement"]).any()
    names = {code: d.referentiel.departement_name(code) for code in told.index}
    rows = projects.groupby("code_departement")[amounts].sum().reindex(told.index[told], fill_value=0)
    rows = rows.astype("Int64").assign(departement=[names[code] for code in rows.index])
    notes = []
    if not told.all():
        unknown = sentence_list([names[code] for code in told.index[~told]])
        notes.append(phrase("non_connu", "examen_departement", departements=unknown))
    if without := int(projects["cout_ht_cents"].isna().sum()):
        notes.append(phrase("non_connu", "examen_cout", projets=counted(without, "projet")))
    return shown(d, "projets_par_departement", rows, notes=notes, total=rows[amounts].sum().to_dict())


def _known(d: Dataset, rows: Sequence[tuple[object, ...]], *more: str) -> pd.DataFrame:
    """Return what is said of the projects to examine: nothing where no classeur tells of them, which is not 0."""
    columns = ["cle", "libelle", "nombre", "montant_cents", *more]
    table = pd.DataFrame(rows if _is_told(d) else [], columns=columns)
    return table.set_index("cle").astype(dict.fromkeys(columns[2:], "Int64"))


def _not_told() -> str:
    return phrase("non_connu", "examen")


def _is_told(d: Dataset) -> bool:
    return d.is_observed or len(d.projets) > 0


def plan_columns(columns: Iterable[str]) -> list[str]:
    """Return those of `columns` that have what one financeur brings."""
    plans = {plan_column(str(code)) for code in terms("financeur").index}
    return [name for name in columns if name in plans]


def _brought(projects: pd.DataFrame) -> dict[str, str]:
    """Return the columns of what each financeur brings, with their labels."""
    labels = {plan_column(code): label for code, label in term_labels("financeur").items()}
    return {name: label for name, label in labels.items() if name in projects.columns}


def _asked(projects: pd.DataFrame) -> dict[str, str]:
    """Return the columns of what is asked of each financeur, with their labels."""
    labels = {asked_column(code): asked_label(label) for code, label in term_labels("financeur").items()}
    return {name: label for name, label in labels.items() if name in projects.columns}


def _cents(projects: pd.DataFrame, column: str) -> pd.Series:
    return projects.get(column, pd.Series(0, index=projects.index, dtype="Int64"))


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
    limit = f"{format_rate(ceiling(minimal.versions[-1], is_led))} ({minimal.article})"
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


def opinions_summary(d: Dataset) -> Paragraphs | None:
    """How many opinions the financeurs have given, and what they propose, in sentences; None without any."""
    opinions = current_opinions(d)
    if opinions.empty:
        return None
    kinds = terms("avis")
    counts = opinions["avis"].value_counts()
    by_kind = [f"{counts[code]} « {kinds['libelle'][code]} »" for code in kinds.index if code in counts]
    without = int(opinions["avis"].isna().sum())
    by_kind += [f"{without} sans avis"] if without else []
    given = counted(len(opinions), "avis est connu", "avis sont connus")
    projects = counted(opinions["id_projet"].nunique(), "projet")
    said = f"Au {format_date(d.arrete_le)}, {given} sur {projects} : {sentence_list(by_kind)}."
    natures = favourable(opinions)["financeur_avis"].map(terms("financeur_avis")["nature"])
    proposed = favourable(opinions)["montant_propose_cents"].groupby(natures).sum()
    amounts = [f"{format_euros(int(proposed[nature]))} {who}" for nature, who in _WHO.items() if nature in proposed]
    favoured = [phrase("synthese", "avis", montants=sentence_list(amounts))] if amounts else []
    return Paragraphs((said, *favoured))


def opinions_table(d: Dataset) -> ReportTable | None:
    """The current opinion of each financeur on each project; None without any."""
    opinions = current_opinions(d)
    if opinions.empty:
        return None
    titles = [
        f"{_project(row)} – {row.intitule}" if pd.notna(row.intitule) else _project(row)
        for row in opinions.itertuples()
    ]
    return shown(d, "avis_en_cours", opinions.assign(groupe=titles))


def opinion_journal_table(d: Dataset) -> ReportTable | None:
    """Every opinion, the last one first, with what the same financeur had said before; None without any."""
    journal = opinion_journal(d)
    journal = journal.sort_values("date_avis", ascending=False, kind="stable", ignore_index=True)
    if journal.empty:
        return None
    labels = [Trimestre.parse(written).label for written in journal["trimestre"]]
    projects = [_project(row) for row in journal.itertuples()]
    return shown(d, "avis_journal", journal.assign(trimestre=labels, id_projet=projects))


def _project(row: Any) -> str:
    identifier, commune = row.id_projet, row.commune
    said = f"{identifier}, {commune}" if pd.notna(commune) else str(identifier)
    return f"{said} (projet retiré)" if row.est_retire else said
