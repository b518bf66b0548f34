"""The quarterly reports of one département, and the national comparison: notebooks, HTML, workbook, manifest, put in place whole."""

import datetime as dt
import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

from pvd_analysis.dataset import COUNTRY, Dataset, load, load_country
from pvd_analysis.project import checked_trimestre
from pvd_analysis.reports.execution import CELL_TIMEOUT_SECONDS, check_notebooks
from pvd_analysis.reports.fault import REPORTS_NOTE, failure_noted
from pvd_analysis.reports.manifest import (
    MANIFEST,
    as_made,
    first_publication,
    made_before,
    remade_with,
    report_fingerprint,
    write_manifest,
)
from pvd_analysis.reports.page import PARAMETERS, make_page
from pvd_analysis.reports.replacement import check_plausible
from pvd_analysis.slides.deck import PRESENTATION, presentation_bytes
from pvd_analysis.whole_file import asked_for, put_in_place
from pvd_analysis.workbooks.committee import WORKBOOK, write_committee_workbook
from pvd_analysis.workbooks.workbook import saved_since

REPORTS = {
    "note": "Note",
    "rapport_financier": "Rapport financier",
    "rapport_ingenierie": "Rapport d’ingénierie",
    "annexe": "Annexe",
}
"""The notebooks of a quarter, with their titles, in the order in which they are read; made in reverse, so that each knows what those after it have."""

_SITE = {"Tous les rapports": "../../index.html"}
NATIONAL_REPORT, _NATIONAL_TITLE = "synthese_nationale", "Synthèse nationale"
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
    *,
    presentation: bool = False,
) -> tuple[Dataset, dict[str, Path]]:
    """Make the reports of one département and quarter.

    Everything is made in a folder beside the results, which then takes their place: whatever happens, the files that
    stand are whole and agree. The slides are made with the others if `presentation` says so; without it, those that stand
    as they were made go, and those that someone wrote stay.

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
        return _make_reports(trimestre, departement, connu_au, root, progress, cell_seconds, presentation)


def _make_reports(
    trimestre: str,
    departement: str,
    connu_au: dt.date | None,
    root: Path,
    progress: Callable[[str], None],
    cell_seconds: float,
    presentation: bool,
) -> tuple[Dataset, dict[str, Path]]:
    started = dt.datetime.now(dt.UTC)
    inputs = report_fingerprint(trimestre, departement, connu_au, root, presentation)
    check_notebooks((root / "notebooks" / f"{report}.ipynb" for report in REPORTS), {*PARAMETERS, "departement"})
    d = load(trimestre, departement, connu_au, root)
    folder = output_folder(root, str(d.trimestre), d.code_departement)
    check_plausible(d, folder.parents[1])
    first = first_publication(folder, d)
    outdated = [name for name in made_before(folder) if name != PRESENTATION or as_made(folder, name)]
    with put_in_place(folder, outdated) as work:
        made = _pages(d, work, remade_with(first, d), progress, cell_seconds)
        progress("Classeur du comité")
        if len(d.projets):  # else the committee has nothing to examine
            write_committee_workbook(d, work / WORKBOOK)
            made[WORKBOOK] = work / WORKBOOK
        if presentation:
            progress("Présentation")
            made[PRESENTATION] = work / PRESENTATION
            made[PRESENTATION].write_bytes(presentation_bytes(d))
        kept = _kept_aside(folder, work)
        progress("Manifeste")
        write_manifest(work, d, made, started, first, inputs)
    return d, {name: folder / name for name in (*made, *kept, MANIFEST)}


def _pages(
    d: Dataset, work: Path, remade: str, progress: Callable[[str], None], cell_seconds: float
) -> dict[str, Path]:
    """Make the pages, those that others lead to first; return the files by name, in the order in which they are read."""
    made: dict[str, Path] = {}
    for report, title in reversed(REPORTS.items()):
        progress(title)
        files = make_page(
            d,
            report,
            title,
            work,
            {"departement": d.code_departement},
            remade=remade,
            links={label: f"{other}.html" for other, label in REPORTS.items() if other != report} | _SITE,
            beside=[path for path in made.values() if path.suffix == ".html"],
            cell_seconds=cell_seconds,
        )
        made |= {path.name: path for path in files}
    return dict(reversed(made.items()))


def _kept_aside(folder: Path, work: Path) -> list[str]:
    """Keep under another name a committee's workbook in which someone has worked since it was made; return that name."""
    there = folder / WORKBOOK
    if not there.is_file() or not saved_since(there.read_bytes()):
        return []
    names = (f"{there.stem}_en_place_avant_{number}{there.suffix}" for number in itertools.count(1))
    name = next(name for name in names if not (folder / name).exists())
    shutil.copy2(there, work / name)
    return [name]


def make_national_report(
    trimestre: str, connu_au: dt.date | None, root: Path, cell_seconds: float = CELL_TIMEOUT_SECONDS
) -> dict[str, Path]:
    """Make the national comparison of a quarter in ``outputs/<trimestre>/france``, and return its files by name.

    Raises
    ------
    PvdError
        A parameter, the data or the notebook is at fault; the comparison that stood before still stands.
    """
    started = dt.datetime.now(dt.UTC)
    folder = output_folder(root, trimestre, COUNTRY)
    with failure_noted(folder, REPORTS_NOTE), put_in_place(folder) as work:
        inputs = report_fingerprint(trimestre, COUNTRY, connu_au, root)
        d = load_country(trimestre, connu_au, root)
        first = first_publication(folder, d)
        files = make_page(
            d,
            NATIONAL_REPORT,
            _NATIONAL_TITLE,
            work,
            {},
            prefecture="Programme national",
            remade=remade_with(first, d),
            cell_seconds=cell_seconds,
        )
        made = {path.name: path for path in files}
        write_manifest(work, d, made, started, first, inputs)
    return {name: folder / name for name in (*made, MANIFEST)}


def make_committee_workbook(d: Dataset) -> list[Path]:
    """Write the workbook of the committee alone, for a département or a region.

    Returns
    -------
    list
        Where it stands; then the copy of the former one, if someone has worked in it since it was made.

    Raises
    ------
    InvalidParameter
        The file cannot be written (open in Excel, for instance); the one that stood before still stands.
    """
    folder = output_folder(d.racine, str(d.trimestre), d.code_departement)
    with asked_for(WORKBOOK):
        folder.mkdir(parents=True, exist_ok=True)
        kept = _kept_aside(folder, folder)
        write_committee_workbook(d, folder / WORKBOOK)
    return [folder / name for name in (WORKBOOK, *kept)]
