"""A project of two départements, with what a committee's workbook finds hardest: private money, derogation, injection."""

import openpyxl

from pvd_analysis.workbooks.committee_form import FORM_SHEET
from tests.conftest import copy_project

INJECTION = '=HYPERLINK("http://exemple.fr")'
# Identifier, commune, title, cost HT, derogation, reason, then the lines: financeur, dispositif, euros, status.
PROJECTS = (
    ("40-101", "Amou", "Halle et fonds privés", 100_000, None, None,
     (("État", "DETR", 50_000, "accordé"), ("Région", "Aide régionale", 20_000, "annoncé"), ("Fonds privés", "Mécénat et fondations", 20_000, "accordé"))),
    ("40-102", "Hagetmau", INJECTION, 100_000, "oui", "patrimoine protégé", (("État", "DETR", 90_000, "accordé"),)),
    ("P3", "Geaune", "Projet sans aide", 40_000.01, None, None, (("Région", "Aide régionale", 10_000, "demandé"),)),
)  # fmt: skip


def add_projects(path, projects):
    workbook = openpyxl.load_workbook(path)
    plans, costs = workbook["Financements"], workbook["Projets"]
    costs_row, plans_row = costs.max_row + 2, plans.max_row + 2
    for identifier, commune, title, cost, derogation, reason, lines in projects:
        for column, value in zip("ABCFGH", (identifier, commune, title, cost, derogation, reason), strict=True):
            costs[f"{column}{costs_row}"].value = value
            costs[f"{column}{costs_row}"].data_type = "n" if isinstance(value, int | float) else "s"
        costs_row += 1
        for financeur, dispositif, euros, status in lines:
            for column, value in zip("ABCDE", (identifier, financeur, dispositif, euros, status), strict=True):
                plans[f"{column}{plans_row}"] = value
            plans_row += 1
    workbook.save(path)


def second_classeur(path):
    """A classeur of the Gironde, with one project."""
    workbook = openpyxl.Workbook()
    tables = {
        "Lauréats": (("Lauréat", "Commune"), ("Bazas", "Bazas"), ("La Réole", "La Réole"), ("Langon", "Langon")),
        "Conventions": (("Commune", "Type de convention", "Date de signature"), ("Bazas", "adhésion", "20/05/2021")),
        "Projets": (("Identifiant", "Commune", "Intitulé du projet", "Coût HT"), ("A1", "Bazas", "Halle", 10_000)),
        "Financements": (("Projet", "Financeur", "Dispositif", "Montant"), ("A1", "État", "DETR", 5_000)),
    }
    for name, rows in tables.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del workbook["Sheet"]
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook.save(path)


def awkward_project(folder):
    """Copy the raw data of the project to a folder, with awkward projects and a second classeur."""
    copy_project(folder)
    add_projects(folder / "data/raw/2021-09-10/suivi_pvd_landes.xlsx", PROJECTS)
    second_classeur(folder / "data/raw/2021-09-15/suivi_pvd_gironde.xlsx")
    return folder


def form_rows(path, **options):
    """Return the rows of « Projets à examiner » by identifier: the cell of each label."""
    sheet = openpyxl.load_workbook(path, **options)[FORM_SHEET]
    rows = list(sheet.iter_rows())
    header = next(position for position, row in enumerate(rows) if row[0].value == "Identifiant")
    labels = [cell.value for cell in rows[header]]
    return {row[0].value: dict(zip(labels, row, strict=True)) for row in rows[header + 1 :] if row[0].value}
