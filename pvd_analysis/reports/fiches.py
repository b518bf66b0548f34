"""The pages of the laureates of one département, each from one execution of ``fiche_laureat.ipynb``, put in place whole."""

import datetime as dt
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd

from pvd_analysis.analysis import laureate_list, of_laureate
from pvd_analysis.dataset import Dataset, load
from pvd_analysis.reports.manifest import manifest
from pvd_analysis.reports.page import make_page
from pvd_analysis.reports.plausibility import MANIFEST
from pvd_analysis.reports.quarterly import output_folder, remove_leftovers
from pvd_analysis.values import sentence_list
from pvd_analysis.values.text import fold

__all__ = ["FOLDER", "fiche_names", "make_fiches"]

FOLDER = "fiches"
_NOTEBOOK = "fiche_laureat"


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
    started, clock = dt.datetime.now(dt.UTC), time.perf_counter()
    d = load(trimestre, departement, connu_au, root)
    names = fiche_names(d)
    wanted = list(laureate_list(of_laureate(d, laureat))["code_laureat"]) if laureat else list(names.index)
    folder = output_folder(root, str(d.trimestre), d.code_departement) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    remove_leftovers(folder)
    with tempfile.TemporaryDirectory(prefix=".en-cours-", dir=folder, ignore_cleanup_errors=True) as name:
        work = Path(name)

        def make(code: str) -> Path:
            one = of_laureate(d, code)
            towns = list(one.commune_names(one.laureats["code_commune"]))
            title = one.laureats["laureat"].iloc[0]
            subtitle = "Fiche du lauréat" if len(towns) == 1 else f"Fiche du lauréat : {sentence_list(towns)}"
            _, page = make_page(
                d, _NOTEBOOK, title, work, name=names[code], subtitle=subtitle, parameters={"laureat": code}
            )
            progress(title, len(wanted))
            return page

        # Each page has its own kernel, a process of its own: a thread only waits for it.
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            pages = list(pool.map(make, wanted))
        made = {page.name: page for page in pages}
        if not laureat:
            text = manifest(d, made, started, time.perf_counter() - clock)
            (work / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
            made[MANIFEST] = work / MANIFEST
        placed = {}
        for file_name, path in made.items():
            placed[file_name] = folder / file_name
            os.replace(path, placed[file_name])
    _remove_others(folder, set(names + ".html"))
    return d, placed


def _remove_others(folder: Path, names: set[str]) -> None:
    """Remove the pages of towns that are no laureates any more, or have another name."""
    for path in folder.glob("*_*.html"):
        if path.name not in names:
            path.unlink()
