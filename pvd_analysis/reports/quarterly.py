"""The quarterly reports of one département: notebooks, HTML, workbook and manifest, put in place whole."""

import datetime as dt
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat

from pvd_analysis.dataset import Dataset, load
from pvd_analysis.reports.committee import write_committee_workbook
from pvd_analysis.reports.execution import execute
from pvd_analysis.reports.html import NOTEBOOK_METADATA_KEY, notebook_to_html
from pvd_analysis.reports.manifest import manifest
from pvd_analysis.reports.plausibility import MANIFEST, check_plausible

__all__ = ["REPORTS", "make_reports", "output_folder"]

REPORTS = {"rapport_financier": "Rapport financier", "rapport_ingenierie": "Rapport ingénierie"}
_WORKBOOK = "comite_financeurs.xlsx"
STEPS = (*REPORTS.values(), "Classeur du comité", "Manifeste")


def output_folder(root: Path, trimestre: str, departement: str) -> Path:
    """Return where the reports of a quarter and a département stand."""
    return root / "outputs" / trimestre / departement


def make_reports(
    trimestre: str,
    departement: str,
    connu_au: dt.date | None,
    root: Path,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Dataset, dict[str, Path]]:
    """Make the reports of one département and quarter.

    Everything is made in a folder beside the results, then each file takes its place by one rename: whatever
    happens, a report that stands is whole.

    Returns
    -------
    tuple
        The dataset, and the path of each file by name.

    Raises
    ------
    PvdError
        A parameter, the data or a notebook is at fault, or the report would be implausible; the reports that stood
        before still stand.
    """
    started, clock = dt.datetime.now(dt.UTC), time.perf_counter()
    d = load(trimestre, departement, connu_au, root)
    folder = output_folder(root, str(d.trimestre), d.code_departement)
    check_plausible(d, folder.parents[1])
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, Path] = {}
    with tempfile.TemporaryDirectory(prefix=".en-cours-", dir=folder, ignore_cleanup_errors=True) as name:
        work = Path(name)
        for report, title in REPORTS.items():
            progress(title)
            for path in _make_report(d, report, title, root, work):
                made[path.name] = path
        progress("Classeur du comité")
        write_committee_workbook(d, work / _WORKBOOK)
        made[_WORKBOOK] = work / _WORKBOOK
        progress("Manifeste")
        text = manifest(d, made, started, time.perf_counter() - clock)
        (work / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
        made[MANIFEST] = work / MANIFEST
        placed = {}
        for file_name, path in made.items():
            placed[file_name] = folder / file_name
            os.replace(path, placed[file_name])
    _remove_leftovers(folder)
    return d, placed


def _make_report(d: Dataset, report: str, title: str, root: Path, work: Path) -> tuple[Path, Path]:
    executed, page = work / f"{report}.ipynb", work / f"{report}.html"
    parameters = {
        "departement": d.code_departement,
        "trimestre": str(d.trimestre),
        "connu_au": d.connu_au.isoformat() if d.connu_au else "",
        # The notebook finds the root from its folder: an executed notebook then holds no path of a machine.
        "racine": "",
    }
    notebook = execute(root / "notebooks" / f"{report}.ipynb", parameters, folder=root)
    notebook.metadata[NOTEBOOK_METADATA_KEY] = {
        "titre": title,
        "prefecture": d.referentiel.prefecture(d.code_departement),
        "departement": f"{d.departement} ({d.code_departement})",
        "trimestre": str(d.trimestre),
        "arrete": d.arrete_le.isoformat(),
        "connu_au": d.connu_au.isoformat() if d.connu_au else "",
    }
    nbformat.write(notebook, executed)
    page.write_text(notebook_to_html(notebook, title=title), encoding="utf-8", newline="\n")
    return executed, page


def _remove_leftovers(folder: Path) -> None:
    """Remove what an interrupted run left behind."""
    for path in folder.glob(".en-cours-*"):
        shutil.rmtree(path, ignore_errors=True)
