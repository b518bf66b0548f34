"""The quarterly reports of one département: notebooks, HTML, workbook and manifest, put in place whole."""

import datetime as dt
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pvd_analysis.dataset import Dataset, checked_trimestre, load
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.reports.committee import WORKBOOK, write_committee_workbook
from pvd_analysis.reports.failure import failure_noted
from pvd_analysis.reports.manifest import manifest
from pvd_analysis.reports.page import make_page
from pvd_analysis.reports.plausibility import MANIFEST, check_plausible

__all__ = ["REPORTS", "STEPS", "make_committee_workbook", "make_reports", "output_folder", "remove_leftovers"]

REPORTS = {"rapport_financier": "Rapport financier", "rapport_ingenierie": "Rapport ingénierie"}
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
    with failure_noted(output_folder(root, str(checked_trimestre(trimestre)), departement), "rapports"):
        return _make_reports(trimestre, departement, connu_au, root, progress)


def _make_reports(
    trimestre: str, departement: str, connu_au: dt.date | None, root: Path, progress: Callable[[str], None]
) -> tuple[Dataset, dict[str, Path]]:
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
            for path in make_page(d, report, title, work):
                made[path.name] = path
        progress("Classeur du comité")
        write_committee_workbook(d, work / WORKBOOK)
        made[WORKBOOK] = work / WORKBOOK
        progress("Manifeste")
        text = manifest(d, made, started, time.perf_counter() - clock)
        (work / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
        made[MANIFEST] = work / MANIFEST
        placed = {}
        for file_name, path in made.items():
            placed[file_name] = folder / file_name
            os.replace(path, placed[file_name])
    remove_leftovers(folder)
    return d, placed


def make_committee_workbook(d: Dataset) -> Path:
    """Write the workbook of the committee alone, for a département or a region, and return where it stands.

    Raises
    ------
    InvalidParameter
        The file cannot be written (open in Excel, for instance); the one that stood before still stands.
    """
    folder = output_folder(d.racine, str(d.trimestre), d.code_departement)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_committee_workbook(d, folder / WORKBOOK)
    except OSError as error:
        raise InvalidParameter(
            f"Le fichier {WORKBOOK} ne peut pas être écrit ({error.strerror}) : est-il ouvert dans un autre programme ?"
        ) from error
    return folder / WORKBOOK


def remove_leftovers(folder: Path) -> None:
    """Remove what an interrupted run left behind."""
    for path in folder.glob(".en-cours-*"):
        shutil.rmtree(path, ignore_errors=True)
