"""The quarterly reports of one département: notebooks, HTML, workbook and manifest, put in place whole."""

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

from pvd_analysis.dataset import Dataset, checked_trimestre, load
from pvd_analysis.errors import InvalidParameter, refusal
from pvd_analysis.reports.execution import CELL_TIMEOUT_SECONDS
from pvd_analysis.reports.failure import REPORTS_NOTE, failure_noted
from pvd_analysis.reports.fingerprint import report_fingerprint
from pvd_analysis.reports.manifest import first_publication, manifest, remade_with
from pvd_analysis.reports.page import make_page
from pvd_analysis.reports.plausibility import MANIFEST, check_plausible
from pvd_analysis.whole_file import put_in_place
from pvd_analysis.workbooks.committee import WORKBOOK, write_committee_workbook

__all__ = ["REPORTS", "STEPS", "make_committee_workbook", "make_reports", "output_folder"]

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
    with failure_noted(output_folder(root, str(checked_trimestre(trimestre)), departement), REPORTS_NOTE):
        return _make_reports(trimestre, departement, connu_au, root, progress, cell_seconds)


def _make_reports(
    trimestre: str,
    departement: str,
    connu_au: dt.date | None,
    root: Path,
    progress: Callable[[str], None],
    cell_seconds: float,
) -> tuple[Dataset, dict[str, Path]]:
    started, clock = dt.datetime.now(dt.UTC), time.perf_counter()
    inputs = report_fingerprint(trimestre, departement, connu_au, root)
    d = load(trimestre, departement, connu_au, root)
    folder = output_folder(root, str(d.trimestre), d.code_departement)
    check_plausible(d, folder.parents[1])
    first = first_publication(folder, d)
    with put_in_place(folder, last=MANIFEST) as work:
        made: dict[str, Path] = {}
        for report, title in REPORTS.items():
            progress(title)
            for path in make_page(
                d,
                report,
                title,
                work,
                {"departement": d.code_departement},
                remade=remade_with(first, d),
                cell_seconds=cell_seconds,
            ):
                made[path.name] = path
        progress("Classeur du comité")
        write_committee_workbook(d, work / WORKBOOK)
        made[WORKBOOK] = work / WORKBOOK
        progress("Manifeste")
        text = manifest(d, made, started, time.perf_counter() - clock, first, inputs)
        (work / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    return d, {name: folder / name for name in (*made, MANIFEST)}


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
            f"Le fichier {WORKBOOK} ne peut pas être écrit ({refusal(error)}) : est-il ouvert dans un autre programme ?"
        ) from error
    return folder / WORKBOOK
