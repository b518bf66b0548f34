"""The workbook of the comité des financeurs: what it examines, cells for its opinions, and all that stands behind."""

import datetime as dt
from pathlib import Path
from typing import Final

from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.dataset import made_with
from pvd_analysis.tables import committee, engineering, financial, quality
from pvd_analysis.values import format_date
from pvd_analysis.workbooks.committee_form import FORM_SHEET, write_form
from pvd_analysis.workbooks.committee_summary import write_contents, write_summary
from pvd_analysis.workbooks.workbook import Sheet, open_workbook

WORKBOOK: Final = "comite_financeurs.xlsx"

# What a person may still do on a protected sheet; Excel sorts only cells that are not locked.
_STILL_ALLOWED: Final = {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True}


def write_committee_workbook(d: Dataset, path: Path) -> None:
    """Write ``comite_financeurs.xlsx`` for a département or a region, and one quarter.

    The tables are those of the HTML reports, with the same figures. Every sheet is protected without a password; the
    cells that the committee fills in are not.

    Parameters
    ----------
    d : Dataset
        Of a département (`pvd_analysis.load`) or of a region (`pvd_analysis.dataset.load_region`).
    path : Path
        Where to write.

    Raises
    ------
    OSError
        When the file cannot be written; what stood at `path` is untouched.

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> write_committee_workbook(d, folder / "comite_financeurs.xlsx")
    """
    where = f"{d.territoire}, {d.trimestre.label}, arrêté au {format_date(d.arrete_le)}"
    known = (
        f"Données connues au {format_date(d.connu_au)}."
        if d.connu_au
        else "Données de la dernière livraison de chaque source."
    )
    summary, *others = _sheets(d, where, known)
    form = committee.projects_to_examine_table(d)
    contents = [
        (summary.name, "Totaux, recalculés à mesure des avis, et un graphique ; totaux annoncés et indicateurs"),
        (FORM_SHEET, "Une ligne par projet : coût, financeurs, taux, marge ; l'avis du comité s'y écrit"),
        *((sheet.name, " ; ".join(table.title for table in sheet.tables)) for sheet in others),
    ]
    keys = [
        *("renseignements", "avis_du_financeur", "feuilles", form.key),
        *(table.key for sheet in (summary, *others) for table in sheet.tables),
    ]
    names = ["Sommaire", *(name for name, _ in contents)]
    with open_workbook(
        path,
        names,
        keys,
        title=f"Comité des financeurs – {d.departement} – {d.trimestre.label}",
        subject=f"Petites villes de demain ; {made_with(d)}",
        created=dt.datetime.combine(d.arrete_le, dt.time()),
    ) as workbook:
        write_contents(workbook, d, contents)
        place = write_form(
            workbook, 2, form, (where, "Les cellules encadrées sont à remplir ; les autres sont protégées.")
        )
        write_summary(workbook, 1, summary, form, place)
        for position, sheet in enumerate(others, 3):
            workbook.write(position, sheet)
        for worksheet in workbook.book.worksheets():
            worksheet.protect("", _STILL_ALLOWED)


def _of_its_projects(d: Dataset) -> Dataset:
    """Return what concerns the laureates whose projects a region examines: it has a hundred others."""
    towns = d.laureats
    examined = towns.loc[towns["code_commune"].isin(d.projets["code_commune"]), "laureat"]
    return d.only(frozenset(towns.loc[towns["laureat"].isin(examined), "code_commune"]))


def _sheets(d: Dataset, where: str, known: str) -> list[Sheet]:
    """Return the sheets that are tables only, « Synthèse » first."""
    own = _of_its_projects(d) if d.is_region else d
    there = f"{where} ; lauréats des projets à examiner" if d.is_region else where
    return [
        Sheet(
            "Synthèse",
            "Synthèse",
            (where, known),
            (
                committee.committee_figures_table(d),
                committee.plans_by_financeur_table(d),
                *([committee.projects_by_departement_table(d)] if d.is_region else []),
                financial.announced_totals_table(d),
                financial.coverage_table(d),
                financial.aids_by_table(d, "famille"),
                financial.aids_by_table(d, "commune"),
                quality.indicators_table(d),
            ),
        ),
        Sheet("Plans de financement", "Plans de financement", (where,), (financial.plan_lines_table(d),)),
        Sheet(
            "Ingénierie",
            "Ingénierie",
            (there,),
            (
                engineering.post_counts_table(own),
                engineering.provision_table(own),
                engineering.posts_table(own),
                engineering.served_communes_table(own),
                engineering.training_table(own),
                engineering.club_table(own),
            ),
        ),
        Sheet(
            "Conventions",
            "Conventions et tableau de bord",
            (there,),
            (
                engineering.convention_counts_table(own),
                engineering.conventions_table(own),
                engineering.dashboard_table(own),
            ),
        ),
        Sheet(
            "Anomalies",
            "Anomalies et points d'attention",
            (where,),
            (quality.alerts_table(own), quality.findings_table(d), quality.set_aside_table(d)),
        ),
        Sheet(
            "Sources et méthode",
            "Sources et méthode",
            (where, known, *_METHOD),
            (quality.files_table(d), quality.reckoning_table(d), quality.rules_table(), quality.glossary_table()),
        ),
    ]


_METHOD: Final = (
    "Les montants sont hors taxes et calculés en centimes entiers. Un événement postérieur à la date d'arrêté n'est pas compté.",
    "« Taux » : aides publiques rapportées au coût HT. « Plafond des aides » : 80 % du coût HT moins les fonds privés, arrondi au "
    "centime inférieur. « Marge » : plafond moins aides publiques.",
    "Les colonnes de noms, d'adresses et de téléphones des fichiers reçus ne sont pas lues ; leurs textes libres (observations, "
    "sources, notes) ne sont pas repris ; les intitulés des projets et les objets des rencontres le sont, adresses et numéros masqués.",
    "Une aide demandée, refusée ou abandonnée n'est comptée dans aucun total ; elle est listée dans « Plans de financement ».",
)  # fmt: skip
