"""The tables of the financial report."""

import pandas as pd

from pvd_analysis.analysis import funding, plans
from pvd_analysis.dataset import Dataset
from pvd_analysis.tables.origin import delivered_in, with_origin
from pvd_analysis.tables.report_table import ReportTable
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
]

_AIDS_DETAIL = ("aides_detail", "Aides publiques connues en détail")
_BREAKDOWNS = ("famille", "dispositif", "financeur", "laureat", "categorie", "trimestre")
_SHORT = {"nature_fait": "Nature"}
_DEDUCED = "« déduit » : lecture de la source, à confirmer par l'analyste ; « constaté » : écrit dans la source."


def announced_totals_table(d: Dataset) -> ReportTable:
    """Announced totals by dispositif, with a subtotal for each family and the total of the families that make it."""
    totals = with_origin(d, funding.announced_totals(d).query("dans_total"))
    rows: list[dict[str, object]] = []
    emphasised = []
    for family, lines in totals.groupby("famille", sort=False):
        for line in lines.itertuples():
            rows.append(
                {
                    "dispositif": line.dispositif,
                    "departement": d.referentiel.departement_name(line.code_departement),
                    "famille": family,
                    "montant_cents": line.montant_cents,
                    "date_annonce": line.date_annonce,
                    "nature_fait": line.nature_fait,
                    "origine": line.origine,
                }
            )
        emphasised.append(len(rows))
        subtotal = int(lines["montant_cents"].sum())
        rows.append(
            {"dispositif": f"Sous-total {term_label('famille', str(family)).lower()}", "montant_cents": subtotal}
        )
    if rows:
        emphasised.append(len(rows))
        rows.append({"dispositif": "Total annoncé", "montant_cents": funding.announced_total_cents(d)})
    columns = ["dispositif", "departement", "famille", "montant_cents", "date_annonce", "nature_fait", "origine"]
    if not d.is_region:
        columns.remove("departement")
    return ReportTable.build(
        "totaux_annonces",
        f"Totaux annoncés {'des départements' if d.is_region else 'du département'}, par famille et dispositif",
        pd.DataFrame(rows, columns=columns).astype({"montant_cents": "Int64", "date_annonce": "datetime64[s]"}),
        labels=_SHORT,
        notes=("Totaux sans le détail des projets. Le détail connu leur est comparé, jamais ajouté.",),
        source=delivered_in(d, totals),
        total_rows=tuple(emphasised),
        summed=("montant_cents",),
        empty=f"Aucun total n'était annoncé au {format_date(d.arrete_le)}.",
    )


def coverage_table(d: Dataset) -> ReportTable:
    """The detail held against each announced total."""
    table = funding.coverage(d)
    columns = ["dispositif", "annonce_cents", "detail_cents", "couverture", "reste_cents"]
    announced = table["annonce_cents"].sum()
    share = table["detail_cents"].sum() / announced if announced else pd.NA
    return ReportTable.build(
        "couverture",
        "Couverture des totaux annoncés par le détail connu",
        table[columns],
        notes=(
            "Couverture = détail connu / total annoncé. Le détail est compris dans le total.",
            *(["Une partie du détail est déduite de la source, à confirmer."] if funding.rests_on_deduced(d) else []),
        ),
        summed=("annonce_cents", "detail_cents", "reste_cents"),
        total={"dispositif": "Total", "couverture": share},
        empty="Aucun total annoncé auquel comparer le détail.",
        leads_to=_AIDS_DETAIL,
    )


def aids_detail_table(d: Dataset) -> ReportTable:
    """Every public aid known in detail."""
    table = with_origin(d, funding.aids(d)).sort_values(["commune", "id_projet", "dispositif"], kind="stable")
    columns = [
        "id_projet", "commune", "dispositif", "financeur", "montant_cents", "statut", "date_annonce", "nature_fait",
        "origine",
    ]  # fmt: skip
    return ReportTable.build(
        *_AIDS_DETAIL,
        table[[*columns, "date_annonce_precision"]],
        columns,
        labels=_SHORT,
        notes=(_DEDUCED,),
        source=delivered_in(d, table),
        summed=("montant_cents",),
        total={"id_projet": "Total"},
        empty=f"Aucune aide n'était connue en détail au {format_date(d.arrete_le)}.",
    )


def aids_by_table(d: Dataset, by: str) -> ReportTable:
    """The detail of aids summed by one column of `funding.aids`, with its total."""
    table = funding.aids_by(d, by)
    label = column_dictionary()[by]["libelle"].lower()
    amounts = ["aides_cents", "aides_dans_total_cents", "aides_hors_total_cents"]
    projects = funding.aids(d)["id_projet"].nunique()
    return ReportTable.build(
        f"aides_par_{by}",
        f"Aides par {label} : dans le total annoncé et hors total",
        table[[by, *amounts, "nombre_projets", "part"]],
        notes=(
            "Les aides « dans le total annoncé » sont déjà comprises dans les totaux annoncés : elles ne s'y ajoutent pas.",
        ),
        summed=amounts,
        total={by: "Total", "nombre_projets": projects, "part": 1.0},
        empty=f"Aucune aide n'était connue en détail au {format_date(d.arrete_le)}.",
        leads_to=_AIDS_DETAIL,
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
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    columns = ["axe", "aides_cents", "aides_dans_total_cents", "aides_hors_total_cents", "nombre_projets", "part"]
    return ReportTable.build(
        "aides_repartition",
        "Aides connues en détail : autres répartitions",
        rows,
        columns,
        notes=("Chaque répartition est faite des mêmes aides : elles ne s'additionnent pas de l'une à l'autre.",),
        empty=f"Aucune aide n'était connue en détail au {format_date(d.arrete_le)}.",
        leads_to=_AIDS_DETAIL,
        group="groupe",
    )


def projects_table(d: Dataset) -> ReportTable:
    """Every project with its cost and the row that gives it."""
    table = with_origin(d, plans.funding_plans(d))
    columns = ["id_projet", "commune", "intitule", "categorie", "cout_ht_cents", "cout_deduit", "origine"]
    return ReportTable.build(
        "projets",
        "Projets présentés aux financeurs",
        table,
        columns,
        notes=(_DEDUCED,),
        source=delivered_in(d, table),
        empty=f"Aucun projet n'était connu au {format_date(d.arrete_le)}.",
    )


def margins_table(d: Dataset) -> ReportTable:
    """What each project may still get: the plan in brief, the limit that binds and the margin in both readings."""
    minimal = rule("participation_minimale")
    table = plans.funding_plans(d)
    columns = [
        "id_projet", "commune", "cout_ht_cents", "aides_cents", "prives_cents", "apport_cents", "taux_aides",
        "limite_legale_cents", "marge_legale_cents", "marge_usuelle_cents", "situation",
    ]  # fmt: skip
    if not table["prives_cents"].any():
        columns.remove("prives_cents")
    if table["derogation"].fillna(False).any():
        columns.append("derogation")
    return ReportTable.build(
        "marges",
        "Plans de financement et marges au regard de la règle",
        table,
        columns,
        labels={"apport_cents": "Apport", "taux_aides": "Aides / coût", "limite_legale_cents": "Plafond"},
        notes=(
            f"{minimal.text} Règle légale : {minimal.figures['lecture_legale']}. "
            f"Lecture usuelle : {minimal.figures['lecture_usuelle']}.",
            "Marge = limite − aides ; « à la limite » : moins d'un euro de marge.",
        ),
        source=f"{minimal.source}, en vigueur depuis le {format_date(minimal.figures['en_vigueur_depuis'])}",
        empty=f"Aucun projet n'était connu au {format_date(d.arrete_le)}.",
        leads_to=("plan_lignes", "Plans de financement, ligne à ligne"),
    )


def plan_lines_table(d: Dataset) -> ReportTable:
    """Every line of every plan de financement."""
    table = plans.plan_lines(d)
    columns = [
        "id_projet", "commune", "financeur", "dispositif", "montant_cents", "part_cout", "statut", "nature_fait",
        "origine",
    ]  # fmt: skip
    return ReportTable.build(
        "plan_lignes",
        "Plans de financement, ligne à ligne",
        with_origin(d, table),
        columns,
        labels=_SHORT,
        source=delivered_in(d, table),
        notes=("L'apport du maître d'ouvrage est calculé quand la source ne le donne pas : il est alors « déduit ».",),
        empty=f"Aucun financement n'était connu au {format_date(d.arrete_le)}.",
    )
