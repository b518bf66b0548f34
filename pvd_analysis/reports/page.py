"""One page: a notebook executed by papermill for one quarter, and turned into HTML."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from pvd_analysis.analysis import age_in_words, source_ages
from pvd_analysis.dataset import COUNTRY, Dataset
from pvd_analysis.dataset.dataset import made_with
from pvd_analysis.reports.execution import CELL_TIMEOUT_SECONDS, execute
from pvd_analysis.reports.html import NOTEBOOK_METADATA_KEY, identifiers, notebook_to_html
from pvd_analysis.tables.report_table import WHOLE_TABLE, ReportTable, whole_table
from pvd_analysis.values import format_date
from pvd_analysis.workbooks.workbook import Sheet, write_workbook

PARAMETERS = ("trimestre", "connu_au", "racine")
"""What every notebook is given."""


def make_page(
    d: Dataset,
    notebook: str,
    title: str,
    work: Path,
    parameters: Mapping[str, str],
    *,
    name: str = "",
    subtitle: str = "",
    prefecture: str = "",
    remade: str = "",
    links: Mapping[str, str] | None = None,
    beside: Sequence[Path] = (),
    cell_seconds: float = CELL_TIMEOUT_SECONDS,
) -> list[Path]:
    """Make a page in a folder; return the executed notebook, the HTML page, and the workbook of its long tables if any.

    Parameters
    ----------
    d : Dataset
        What the page is about; the notebook loads it by itself.
    notebook : str
        Name of a notebook of the project, without its ending.
    title, subtitle, prefecture : str
        What the cover says; the préfecture is by default that of the département.
    work : Path
        Where both files are written, as `name` (by default that of the notebook).
    remade : str
        What is to be said of an earlier publication, nothing when there is none.
    links : mapping, optional
        The address of the pages that the cover leads to, by what is said of them.
    beside : sequence of Path
        The pages made before in the folder, that what this one does not have is linked to in.
    parameters : mapping
        What the notebook is given besides the quarter, the day and the root.
    cell_seconds : float
        The longest that one cell may take.

    Raises
    ------
    ReportFailed
        A cell failed, the kernel died, or a cell took too long.
    """
    name = name or notebook
    executed, page = work / f"{name}.ipynb", work / f"{name}.html"
    given = {
        "trimestre": str(d.trimestre),
        "connu_au": d.connu_au.isoformat() if d.connu_au else "",
        # The notebook finds the root from its folder: an executed notebook then holds no path of a machine.
        "racine": "",
        **parameters,
    }
    made = execute(d.racine / "notebooks" / f"{notebook}.ipynb", given, folder=d.racine, seconds=cell_seconds)
    made.metadata[NOTEBOOK_METADATA_KEY] = {
        **made.metadata.get(NOTEBOOK_METADATA_KEY, {}),
        "titre": title,
        "prefecture": prefecture or d.referentiel.prefecture(d.code_departement),
        "territoire" if d.code_departement == COUNTRY else "departement": d.territoire,
        "trimestre": str(d.trimestre),
        "arrete": d.arrete_le.isoformat(),
        "connu_au": d.connu_au.isoformat() if d.connu_au else "",
        "sources": _sources(d),
        "version": made_with(d),
        "refait": remade,
    }
    whole = _taken_out(made)
    files = [executed, page]
    if whole:
        files.append(work / f"{name}_tables.xlsx")
        where = f"{d.territoire}, {d.trimestre.label}, arrêté au {format_date(d.arrete_le)}"
        write_workbook(
            files[-1],
            [Sheet(table.title, table.title, (where,), (table,)) for table in whole],
            title=f"{title} – tables entières",
            subject=f"Petites villes de demain ; {made_with(d)}",
            created=dt.datetime.combine(d.arrete_le, dt.time()),
        )
    nbformat.write(made, executed)
    elsewhere = {name: page.name for page in beside for name in identifiers(page.read_text(encoding="utf-8"))}
    html = notebook_to_html(made, title=title, subtitle=subtitle, links=links, elsewhere=elsewhere)
    page.write_text(html, encoding="utf-8", newline="\n")
    return files


def _taken_out(notebook: NotebookNode) -> list[ReportTable]:
    """Take the long tables that an executed notebook holds whole out of it, and return them."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    held = [output["data"].pop(WHOLE_TABLE) for output in outputs if WHOLE_TABLE in output.get("data", {})]
    return [whole_table(shown) for shown in held]


def _sources(d: Dataset) -> list[str]:
    """Return how old each source is, for the cover: an old one is said to be."""
    said = []
    for row in source_ages(d).itertuples():
        old = f" : {row.attendu}" if row.attendu else ""
        said.append(f"{age_in_words(row.source, row.livraison.date(), d.arrete_le)}{old}")
    return [f"{each[0].upper()}{each[1:]}" for each in said[:1]] + said[1:]
