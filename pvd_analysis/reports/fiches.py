"""The pages of the laureates of one département, each from one execution of ``fiche_laureat.ipynb``, put in place whole."""

import contextlib
import datetime as dt
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
from jupyter_core.utils import ensure_event_loop

from pvd_analysis.analysis import dashboard, laureate_list, of_laureate
from pvd_analysis.dataset import Dataset, load
from pvd_analysis.project import checked_trimestre
from pvd_analysis.reports.fault import failure_noted
from pvd_analysis.reports.manifest import MANIFEST, first_publication, write_manifest
from pvd_analysis.reports.page import make_page
from pvd_analysis.reports.quarterly import output_folder
from pvd_analysis.reports.static_page import Cover, static_page
from pvd_analysis.values import format_date, sentence_list
from pvd_analysis.values.text import fold
from pvd_analysis.whole_file import put_in_place

FOLDER = "fiches"
INDEX = "index.html"
_NOTEBOOK = "fiche_laureat"
_PAGES = "*_*.html"


def fiche_names(d: Dataset) -> pd.Series:
    """Return the name of each laureate's file, without its ending, by ``code_laureat``: ``40224_peyrehorade``."""
    table = laureate_list(d)
    names = [f"{row.code_laureat}_{fold(row.laureat).replace(' ', '-')}" for row in table.itertuples()]
    return pd.Series(names, index=table["code_laureat"], dtype="str")


def make_fiches(
    trimestre: str,
    departement: str,
    connu_au: dt.date | None,
    root: Path,
    laureat: str = "",
    progress: Callable[[str, int], None] = lambda _, __: None,
) -> tuple[Dataset, dict[str, Path]]:
    """Make the pages of the laureates of one département and quarter, all of them or, when given, one.

    All are made beside the results before the first takes its place: either every page is new, or none is.

    Parameters
    ----------
    trimestre, departement, connu_au, root
        As for `pvd_analysis.reports.quarterly.make_reports`.
    laureat : str
        The INSEE code of a commune of the only laureate wanted.
    progress : callable
        Told the name of each laureate whose page is made, and how many pages there will be.

    Returns
    -------
    tuple
        The dataset of the département, and the path of each file by name.

    Raises
    ------
    PvdError
        A parameter, the data or the notebook is at fault; the pages that stood before still stand.
    """
    with failure_noted(output_folder(root, str(checked_trimestre(trimestre)), departement), FOLDER):
        return _make_fiches(trimestre, departement, connu_au, root, laureat, progress)


def _make_fiches(
    trimestre: str,
    departement: str,
    connu_au: dt.date | None,
    root: Path,
    laureat: str,
    progress: Callable[[str, int], None],
) -> tuple[Dataset, dict[str, Path]]:
    started = dt.datetime.now(dt.UTC)
    d = load(trimestre, departement, connu_au, root)
    names = fiche_names(d)
    wanted = list(laureate_list(of_laureate(d, laureat))["code_laureat"]) if laureat else list(names.index)
    folder = output_folder(d.racine, str(d.trimestre), d.code_departement) / FOLDER
    with put_in_place(folder) as work:

        def make(code: str) -> Path:
            try:
                page = _make_fiche(d, code, names[code], work)
            finally:
                # The loop that waits for a kernel belongs to its thread, and nobody else closes it.
                ensure_event_loop().close()
            progress(page.stem, len(wanted))
            return page

        # Each page has its own kernel, a process of its own: a thread only waits for it.
        # papermill moves the whole process to the project while it executes, and back: already there, it stays there.
        with contextlib.chdir(d.racine), ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            try:
                made = {page.name: page for page in pool.map(make, wanted)}
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        there = {path.name for path in folder.glob(_PAGES)} | set(made)
        made[INDEX] = work / INDEX
        made[INDEX].write_text(_index(d, names, there), encoding="utf-8", newline="\n")
        if not laureat:
            write_manifest(work, d, made, started, first_publication(folder, d))
            made[MANIFEST] = work / MANIFEST
    _remove_others(folder, set(names + ".html"))
    return d, {name: folder / name for name in made}


def _make_fiche(d: Dataset, code: str, name: str, work: Path) -> Path:
    one = of_laureate(d, code)
    towns = one.commune_names(one.laureats["code_commune"])
    subtitle = "Fiche du lauréat" if len(towns) == 1 else f"Fiche du lauréat : {sentence_list(towns)}"
    title = str(one.laureats["laureat"].iloc[0])
    executed, page, *_ = make_page(
        d, _NOTEBOOK, title, work, {"departement": d.code_departement, "laureat": code}, name=name, subtitle=subtitle
    )
    executed.unlink()
    return page


def _index(d: Dataset, names: pd.Series, there: set[str]) -> str:
    """Return the list of the pages that stand."""
    states = dashboard(d).set_index("laureat")["etat_convention"]
    rows = [
        {"laureat": row.laureat, "convention": states[row.laureat], "fichier": f"{names[row.code_laureat]}.html"}
        for row in laureate_list(d).itertuples()
    ]
    cover = Cover(
        "Fiches des lauréats",
        f"Fiches des lauréats – {d.territoire} – {d.trimestre.label}",
        d.referentiel.prefecture(d.code_departement),
        facts=(
            ("Département", d.territoire),
            ("Trimestre", d.trimestre.label),
            ("Arrêté au", format_date(d.arrete_le)),
        ),
        form="liste",
    )
    return static_page("fiches.html.j2", cover, rows=[row for row in rows if row["fichier"] in there])


def _remove_others(folder: Path, names: set[str]) -> None:
    """Remove the pages of towns that are no laureates any more, or have another name."""
    for path in folder.glob(_PAGES):
        if path.name not in names:
            path.unlink()
