"""Classeurs and lists made in code: what a test says of a département, as the analyst would deliver it. All of it is made up."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import xlsxwriter

from pvd_analysis.sources.form import load_forms
from tests.conftest import ROOT

Row = dict[str, Any]
PVD_HEADER = "insee_com,lib_com,id_pvd,date_signature"
DGCL_HEADER = (
    "exercice;dispositif;programme;beneficiaire_type;beneficiaire_siren;beneficiaire_dep;beneficiaire_nom;"
    "beneficiaire_code_insee;intitule;cout_ht;subvention;taux"
)


def new_project(folder: Path, *, notebooks: bool = False) -> Path:
    """Return a project with the reference list alone; nothing is delivered yet."""
    shutil.copytree(ROOT / "data" / "raw" / "referentiel", folder / "data" / "raw" / "referentiel")
    if notebooks:
        shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    return folder


def deliver_classeur(project: Path, day: str, name: str, departement: str = "", **tables: list[Row]) -> Path:
    """Deliver a classeur de suivi: of each table, its rows by column of the data dictionary, money in euros."""
    path = project / "data" / "raw" / day / name
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy", "in_memory": True})
    # the same content is the same file, whenever it is made
    workbook.set_properties({"created": dt.datetime(2021, 1, 1)})
    if departement:
        workbook.add_worksheet("Mode d'emploi").write_row(0, 0, ["Département", departement])
    for form in load_forms("classeur"):
        rows = tables.get(form.name, [])
        told = {column for row in rows for column in row}
        fields = [field for field in form.fields if field.column in told or field.is_required]
        sheet = workbook.add_worksheet(form.sheet_names[0])
        sheet.write_row(0, 0, [field.label for field in fields])
        for number, row in enumerate(rows, 1):
            for index, field in enumerate(fields):
                value = row.get(field.column)
                if isinstance(value, dt.date):
                    sheet.write_datetime(number, index, dt.datetime.combine(value, dt.time()))
                elif value is not None:
                    sheet.write(number, index, value)
    workbook.close()
    return path


def deliver_text(project: Path, day: str, name: str, *lines: str) -> Path:
    """Deliver a list, its header first."""
    path = project / "data" / "raw" / day / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def laureats(*towns: str) -> list[Row]:
    """Return laureates of one town each, or of several written « A / B »."""
    return [{"laureat": town, "code_commune": part.strip()} for town in towns for part in town.split("/")]


def projet(number: str, town: str, title: str, **more: Any) -> Row:
    """Return a project; ``cout_ht_cents`` is written in euros."""
    return {"id_projet": number, "code_commune": town, "intitule": title, **more}


def aide(project: str, dispositif: str, euros: float, statut: str, **more: Any) -> Row:
    """Return a financing of the State, by default."""
    return {
        "id_projet": project,
        "financeur": "État",
        "dispositif": dispositif,
        "montant_cents": euros,
        "statut": statut,
        **more,
    }


def total(dispositif: str, euros: float, day: dt.date | None = None, **more: Any) -> Row:
    """Return an announced total."""
    return {"dispositif": dispositif, "montant_cents": euros, "date_annonce": day, **more}


def poste(number: str, towns: str, state: str, since: dt.date | None = None, **more: Any) -> Row:
    """Return a post."""
    return {"id_poste": number, "communes": towns, "etat_poste": state, "date_recrutement": since, **more}
