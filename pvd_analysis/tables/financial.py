"""The tables of the financial report."""

import pandas as pd

from pvd_analysis.analysis import funding, plans
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.schemas import joined
from pvd_analysis.tables.origin import delivered_in, with_origin
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.tables.shown import shown
from pvd_analysis.values import Trimestre, format_date
from pvd_analysis.vocabulary import column_dictionary, rule, term_label

__all__ = [
    "aids_breakdown_table",
    "aids_by_table",
    "aids_detail_table",
    "announced_totals_table",
    "coverage_table",
    "margins_table",
    "plan_lines_table",
    "projects_table",
    "rule_margins_table",
    "rule_trace_table",
]

_BREAKDOWNS = ("famille", "dispositif", "financeur", "laureat", "categorie", "trimestre")


def announced_totals_table(d: Dataset) -> ReportTable:
    """Announced totals by dispositif, with a subtotal for each family and the total of the families that make it."""
    totals = funding.announced_totals(d).query("dans_total")
    rows: list[dict[str, object]] = []
    emphasised = []
    for family, lines in with_origin(d, totals).groupby("famille", sort=False):
        names = lines["code_departement"].map(d.referentiel.departement_name)
        of_line = lines.assign(departement=names)
        rows += of_line.to_dict("records")
        emphasised.append(len(rows))
        label = f"Sous-total {term_label('famille', str(family)).lower()}"
        rows.append({"dispositif": label, "montant_cents": int(lines["montant_cents"].sum())})
    if rows:
        emphasised.append(len(rows))
        rows.append({"dispositif": "Total annoncé", "montant_cents": funding.announced_total_cents(d)})
    columns = ["dispositif", "departement", "famille", "montant_cents", "date_annonce", "nature_fait", "origine"]
    types = {"montant_cents": "Int64", "date_annonce": "datetime64[s]"}
    data = pd.DataFrame(rows, columns=columns).astype(types)
    where = "des départements" if d.is_region else "du département"
    source = delivered_in(d, totals)
    table = shown(d, "totaux_annonces", data, source=source, total_rows=emphasised, ou=where)
    return table if d.is_region else table.without("departement")


def coverage_table(d: Dataset) -> ReportTable:
    """The detail held against each announced total."""
    table = funding.coverage(d)
    announced = table["annonce_cents"].sum()
    share = table["detail_cents"].sum() / announced if announced else pd.NA
    deduced = []
    if funding.rests_on_deduced(d):
        deduced.append("Une partie du détail est déduite de la source, à confirmer.")
    return shown(d, "couverture", table, notes=deduced, total={"couverture": share})


def aids_detail_table(d: Dataset) -> ReportTable:
    """Every public aid known in detail."""
    table = funding.aids(d).sort_values(["commune", "id_projet", "dispositif"], kind="stable")
    return shown(d, "aides_detail", table)


def aids_by_table(d: Dataset, by: str) -> ReportTable:
    """The detail of aids summed by one column of `funding.aids`, with its total."""
    columns = [by, "aides_cents", "aides_dans_total_cents", "aides_hors_total_cents", "nombre_projets", "part"]
    return shown(
        d,
        "aides_par",
        funding.aids_by(d, by)[columns],
        key=f"aides_par_{by}",
        total={"nombre_projets": funding.aids(d)["id_projet"].nunique(), "part": 1.0},
        axe=column_dictionary()[by]["libelle"].lower(),
    )


def aids_breakdown_table(d: Dataset) -> ReportTable:
    """The detail of aids, broken down in every other way, in one table."""
    parts = []
    for by in _BREAKDOWNS if len(funding.aids(d)) else _BREAKDOWNS[:1]:
        entry = column_dictionary()[by]
        table = funding.aids_by(d, by)
        labels = table[by]
        if entry["genre"].startswith("terme:"):
            list_name = entry["genre"].removeprefix("terme:")
            labels = pd.Series([term_label(list_name, code) for code in labels], index=table.index, dtype="str")
        if by == "trimestre":
            labels = labels.map(lambda quarter: Trimestre.parse(quarter).label, na_action="ignore")
        parts.append(table.assign(axe=labels.fillna("Non précisé"), groupe=f"Par {entry['libelle'].lower()}"))
    return shown(d, "aides_repartition", joined(parts))


def projects_table(d: Dataset) -> ReportTable:
    """Every project with its cost and the row that gives it."""
    return shown(d, "projets", plans.funding_plans(d))


def margins_table(d: Dataset) -> ReportTable:
    """What each project may still get: the plan in brief, the limit that binds and the margin in both readings."""
    minimal = rule("participation_minimale")
    table = plans.funding_plans(d)
    rare = ("prives_cents", "derogation")
    unsaid = [name for name in rare if not table[name].dropna().astype(bool).any()]
    return shown(
        d,
        "marges",
        table,
        source=f"{minimal.source}, en vigueur depuis le {format_date(minimal.en_vigueur_depuis)}",
        regle=minimal.texte,
        lecture_legale=minimal.lecture_legale,
        lecture_usuelle=minimal.lecture_usuelle,
    ).without(*unsaid)


def rule_margins_table(d: Dataset) -> ReportTable:
    """The limit and the margin of each project under each rule, the one that binds, and what cannot be said."""
    return shown(d, "regles_projets", plans.rule_margins(d))


def rule_trace_table(d: Dataset, id_projet: str = "") -> ReportTable:
    """The computation of each limit, line by line, of one project or of all, with the rows that its amounts are from."""
    trace = plans.rule_trace(d, id_projet)
    groups = [f"{row.id_projet}, {row.commune} : {row.regle_appliquee}" for row in trace.itertuples()]
    return shown(d, "calcul_regles", trace.assign(groupe=groups))


def plan_lines_table(d: Dataset) -> ReportTable:
    """Every line of every plan de financement."""
    return shown(d, "plan_lignes", plans.plan_lines(d))
