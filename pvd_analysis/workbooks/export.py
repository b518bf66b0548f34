"""A table of a notebook as an Excel file of its own, in one call."""

import datetime as dt
from pathlib import Path

import pandas as pd

from pvd_analysis.dataset import Dataset
from pvd_analysis.dataset.dataset import made_with
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.tables import ReportTable, any_table
from pvd_analysis.values import format_date
from pvd_analysis.whole_file import asked_for
from pvd_analysis.workbooks.workbook import Sheet, write_workbook


def export(d: Dataset, table: ReportTable | pd.DataFrame, path: str | Path) -> Path:
    """Write a table to an Excel file that says of which département and quarter it is, and return where.

    Parameters
    ----------
    d : Dataset
        What the table was made from.
    table : ReportTable or DataFrame
        A table of `pvd_analysis.tables`, or any DataFrame.
    path : str or Path
        An ``.xlsx`` file; a relative path starts from the project's root. Its folder is made; a file there is replaced.

    Raises
    ------
    InvalidParameter
        The name does not end with ``.xlsx``, or the file cannot be written (open in Excel, for instance).

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> pvd.export(d, pvd.analysis.aids_by(d, "commune"), folder / "aides.xlsx").name
    'aides.xlsx'
    """
    target = d.racine / path
    if target.suffix.lower() != ".xlsx":
        raise InvalidParameter(f"Fichier « {path} » : un nom en .xlsx est attendu, par exemple « outputs/aides.xlsx ».")
    shown = any_table(table, target.stem.replace("_", " ")) if isinstance(table, pd.DataFrame) else table
    where = f"{d.territoire}, {d.trimestre.label}, arrêté au {format_date(d.arrete_le)}"
    with asked_for(target.name):
        target.parent.mkdir(parents=True, exist_ok=True)
        write_workbook(
            target,
            [Sheet("Tableau", shown.title, (where,), (shown,))],
            title=shown.title,
            subject=f"{where} ; {made_with(d)}",
            created=dt.datetime.combine(d.arrete_le, dt.time()),
        )
    return target
