"""The workbook of the comité des financeurs: what it examines, cells for its opinions, and all that stands behind."""

import datetime as dt
from collections.abc import Mapping
from inspect import signature
from pathlib import Path
from typing import Final

from pvd_analysis import tables
from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.dataset import made_with
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.values import format_date
from pvd_analysis.workbooks.committee_form import write_cards, write_form
from pvd_analysis.workbooks.committee_summary import write_contents, write_summary
from pvd_analysis.workbooks.committee_words import SheetSaid, said_sheets
from pvd_analysis.workbooks.workbook import Sheet, open_workbook

WORKBOOK: Final = "comite_financeurs.xlsx"

# What a person may still do on a protected sheet; Excel sorts only cells that are not locked.
_STILL_ALLOWED: Final = {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True}


def write_committee_workbook(d: Dataset, path: Path) -> None:
    """Write ``comite_financeurs.xlsx`` for a département or a region, and one quarter: the sheets of ``committee.toml``.

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
    form = tables.projects_to_examine_table(d)
    sheets = _sheets(d)
    if not len(form):
        del sheets["fiches"]
    said = said_sheets()
    contents = {
        sheet.name: said[key].contenu or " ; ".join(table.title for table in sheet.tables)
        for key, sheet in sheets.items()
        if key != "sommaire"
    }
    with open_workbook(
        path,
        [sheet.name for sheet in sheets.values()],
        [
            *("renseignements", "avis_du_financeur", "feuilles", form.key),
            *(table.key for sheet in sheets.values() for table in sheet.tables),
        ],
        title=f"Comité des financeurs – {d.departement} – {d.trimestre.label}",
        subject=f"Petites villes de demain ; {made_with(d)}",
        created=dt.datetime.combine(d.arrete_le, dt.time()),
    ) as workbook:
        position = {key: rank for rank, key in enumerate(sheets)}
        write_contents(workbook, d, sheets["sommaire"].intro, contents)
        place = write_form(workbook, position["examen"], form, sheets["examen"].intro)
        write_summary(workbook, position["synthese"], sheets["synthese"], form, place)
        if "fiches" in sheets:
            write_cards(workbook, position["fiches"], form, place, sheets["fiches"].intro)
        for key, sheet in sheets.items():
            if sheet.tables and key != "synthese":
                workbook.write(position[key], sheet)
        for worksheet in workbook.book.worksheets():
            worksheet.protect("", _STILL_ALLOWED)


def _sheets(d: Dataset) -> dict[str, Sheet]:
    """Return each sheet of ``committee.toml``, with its tables."""
    words = {
        "lieu": f"{d.territoire}, {d.trimestre.label}, arrêté au {format_date(d.arrete_le)}",
        "connu": f"Données connues au {format_date(d.connu_au)}."
        if d.connu_au
        else "Données de la dernière livraison de chaque source.",
        "laureats": " ; lauréats des projets à examiner" if d.is_region else "",
    }
    own = _of_its_projects(d) if d.is_region else d
    return {key: _sheet(said, d, own, words) for key, said in said_sheets().items()}


def _sheet(said: SheetSaid, d: Dataset, own: Dataset, words: Mapping[str, str]) -> Sheet:
    shown = [name for name in said.tables if d.is_region or name not in said.region]
    return Sheet(
        said.nom,
        said.titre or said.nom,
        tuple(text.format_map(words) for text in said.phrases),
        tuple(_table(name, own if name in said.laureats else d) for name in shown),
        said.echelle,
    )


def _table(name: str, d: Dataset) -> ReportTable:
    function, *parameters = name.split()
    table = getattr(tables, function)
    shown: ReportTable = table(d, *parameters) if signature(table).parameters else table()
    return shown


def _of_its_projects(d: Dataset) -> Dataset:
    """Return what concerns the laureates whose projects a region examines: it has a hundred others."""
    towns = d.laureats
    examined = towns.loc[towns["code_commune"].isin(d.projets["code_commune"]), "laureat"]
    return d.only(frozenset(towns.loc[towns["laureat"].isin(examined), "code_commune"]))
