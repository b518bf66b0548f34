"""The quarterly reports of one département: notebooks, HTML, workbook and manifest, put in place whole."""

import datetime as dt
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nbformat

from pvd_analysis.dataset import COUNTRY, Dataset, load
from pvd_analysis.reports.committee import write_committee_workbook
from pvd_analysis.reports.execution import CELL_TIMEOUT_SECONDS, execute
from pvd_analysis.reports.fingerprint import report_fingerprint
from pvd_analysis.reports.html import NOTEBOOK_METADATA_KEY, notebook_to_html
from pvd_analysis.reports.manifest import manifest
from pvd_analysis.reports.plausibility import MANIFEST, check_plausible

__all__ = ["REPORTS", "STEPS", "executed_page", "make_reports", "output_folder", "put_in_place", "remove_leftovers"]

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
    cell_seconds: float = CELL_TIMEOUT_SECONDS,
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
    inputs = report_fingerprint(trimestre, departement, connu_au, root)
    d = load(trimestre, departement, connu_au, root)
    folder = output_folder(root, str(d.trimestre), d.code_departement)
    check_plausible(d, folder.parents[1])
    with put_in_place(folder) as work:
        made: dict[str, Path] = {}
        for report, title in REPORTS.items():
            progress(title)
            parameters = {"departement": d.code_departement}
            prefecture = d.referentiel.prefecture(d.code_departement)
            for path in executed_page(d, report, title, prefecture, work, parameters, cell_seconds):
                made[path.name] = path
        progress("Classeur du comité")
        write_committee_workbook(d, work / _WORKBOOK)
        made[_WORKBOOK] = work / _WORKBOOK
        progress("Manifeste")
        text = manifest(d, made, started, time.perf_counter() - clock, inputs)
        (work / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    return d, {name: folder / name for name in (*made, MANIFEST)}


@contextmanager
def put_in_place(folder: Path) -> Iterator[Path]:
    """Give a folder to make files in, beside the results; at the end, each takes its place by one rename.

    The manifest comes last: while it is there, what it lists is there. Nothing is put in place when the block fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    remove_leftovers(folder)
    with tempfile.TemporaryDirectory(prefix=".en-cours-", dir=folder, ignore_cleanup_errors=True) as name:
        work = Path(name)
        yield work
        for path in sorted(work.iterdir(), key=lambda path: path.name == MANIFEST):
            os.replace(path, folder / path.name)


def executed_page(
    d: Dataset,
    report: str,
    title: str,
    prefecture: str,
    work: Path,
    parameters: Mapping[str, str],
    cell_seconds: float = CELL_TIMEOUT_SECONDS,
) -> tuple[Path, Path]:
    """Execute a notebook on a dataset, write it and its page to a folder, and return both paths.

    Parameters
    ----------
    d : Dataset
        What the report is about.
    report, title, prefecture : str
        The notebook's name (``"rapport_financier"``), and what the cover says.
    work : Path
        Where the two files are written.
    parameters : mapping of str to str
        Parameters of the notebook besides the quarter, « connu au » and the root.
    cell_seconds : float
        The longest that one cell may take.
    """
    executed, page = work / f"{report}.ipynb", work / f"{report}.html"
    parameters = {
        **parameters,
        "trimestre": str(d.trimestre),
        "connu_au": d.connu_au.isoformat() if d.connu_au else "",
        # The notebook finds the root from its folder: an executed notebook then holds no path of a machine.
        "racine": "",
    }
    notebook = execute(d.racine / "notebooks" / f"{report}.ipynb", parameters, folder=d.racine, seconds=cell_seconds)
    notebook.metadata[NOTEBOOK_METADATA_KEY] = {
        "titre": title,
        "prefecture": prefecture,
        "departement": d.departement if d.code_departement == COUNTRY else f"{d.departement} ({d.code_departement})",
        "trimestre": str(d.trimestre),
        "arrete": d.arrete_le.isoformat(),
        "connu_au": d.connu_au.isoformat() if d.connu_au else "",
    }
    nbformat.write(notebook, executed)
    page.write_text(notebook_to_html(notebook, title=title), encoding="utf-8", newline="\n")
    return executed, page


def remove_leftovers(folder: Path) -> None:
    """Remove what an interrupted run left behind."""
    for path in folder.glob(".en-cours-*"):
        shutil.rmtree(path, ignore_errors=True)
