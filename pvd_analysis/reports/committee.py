"""The workbook of the comité des financeurs, first form: the tables of both reports, in Excel."""

import datetime as dt
from pathlib import Path

from pvd_analysis.dataset import Dataset
from pvd_analysis.reports.workbook import Sheet, write_workbook
from pvd_analysis.tables import engineering, financial, quality
from pvd_analysis.values import format_date

__all__ = ["write_committee_workbook"]


def write_committee_workbook(d: Dataset, path: Path) -> None:
    """Write ``comite_financeurs.xlsx`` for one département and quarter."""
    where = f"{d.departement} ({d.code_departement}), {d.trimestre.label}, arrêté au {format_date(d.arrete_le)}"
    known = (
        f"Données connues au {format_date(d.connu_au)}."
        if d.connu_au
        else "Données de la dernière livraison de chaque source."
    )
    sheets = (
        Sheet(
            "Synthèse",
            "Synthèse",
            (where, known),
            (
                financial.announced_totals_table(d),
                financial.coverage_table(d),
                financial.aids_by_table(d, "famille"),
                financial.aids_by_table(d, "commune"),
                engineering.post_counts_table(d),
                engineering.provision_table(d),
                engineering.convention_counts_table(d),
                quality.indicators_table(d),
            ),
        ),
        Sheet("Projets", "Projets et marges", (where,), (financial.funding_plans_table(d),)),
        Sheet("Plans de financement", "Plans de financement", (where,), (financial.plan_lines_table(d),)),
        Sheet(
            "Ingénierie",
            "Ingénierie",
            (where,),
            (
                engineering.posts_table(d),
                engineering.served_communes_table(d),
                engineering.training_table(d),
                engineering.club_table(d),
            ),
        ),
        Sheet(
            "Conventions",
            "Conventions et tableau de bord",
            (where,),
            (engineering.conventions_table(d), engineering.dashboard_table(d)),
        ),
        Sheet(
            "Anomalies",
            "Anomalies et points d'attention",
            (where,),
            (quality.alerts_table(d), quality.findings_table(d), quality.set_aside_table(d)),
        ),
        Sheet("Sources", "Sources et méthode", (where, known), (quality.files_table(d), quality.reckoning_table(d))),
    )
    write_workbook(
        path,
        sheets,
        title=f"Comité des financeurs – {d.departement} – {d.trimestre.label}",
        subject="Petites villes de demain",
        created=dt.datetime.combine(d.arrete_le, dt.time()),
    )
