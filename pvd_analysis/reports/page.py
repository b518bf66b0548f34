"""One page: a notebook executed by papermill for one département and quarter, and turned into HTML."""

from collections.abc import Mapping
from pathlib import Path

import nbformat

from pvd_analysis.dataset import Dataset
from pvd_analysis.reports.execution import execute
from pvd_analysis.reports.html import NOTEBOOK_METADATA_KEY, notebook_to_html

__all__ = ["make_page"]


def make_page(
    d: Dataset,
    notebook: str,
    title: str,
    work: Path,
    *,
    name: str = "",
    subtitle: str = "",
    parameters: Mapping[str, str] | None = None,
) -> tuple[Path, Path]:
    """Make a page in a folder, and return the executed notebook and the HTML page.

    Parameters
    ----------
    d : Dataset
        The département and quarter; the notebook loads it by itself.
    notebook : str
        Name of a notebook of the project, without its ending.
    title, subtitle : str
        What the cover says.
    work : Path
        Where both files are written, as `name` (by default that of the notebook).
    parameters : mapping, optional
        What the notebook is given besides the département, the quarter, the day and the root.

    Raises
    ------
    ReportFailed
        A cell failed, the kernel died, or a cell took too long.
    """
    name = name or notebook
    executed, page = work / f"{name}.ipynb", work / f"{name}.html"
    given = {
        "departement": d.code_departement,
        "trimestre": str(d.trimestre),
        "connu_au": d.connu_au.isoformat() if d.connu_au else "",
        # The notebook finds the root from its folder: an executed notebook then holds no path of a machine.
        "racine": "",
        **(parameters or {}),
    }
    made = execute(d.racine / "notebooks" / f"{notebook}.ipynb", executed, given, folder=d.racine)
    made.metadata[NOTEBOOK_METADATA_KEY] = {
        **made.metadata.get(NOTEBOOK_METADATA_KEY, {}),
        "titre": title,
        "prefecture": d.referentiel.prefecture(d.code_departement),
        "departement": f"{d.departement} ({d.code_departement})",
        "trimestre": str(d.trimestre),
        "arrete": d.arrete_le.isoformat(),
        "connu_au": d.connu_au.isoformat() if d.connu_au else "",
    }
    nbformat.write(made, executed)
    page.write_text(notebook_to_html(made, title=title, subtitle=subtitle), encoding="utf-8", newline="\n")
    return executed, page
