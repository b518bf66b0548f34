"""A table of a report: its rows, with what ``tables.toml`` says of its title, columns, notes, total and source."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import field
from functools import cache
from typing import Any, Final

import pandas as pd
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from pvd_analysis.dataset import Dataset
from pvd_analysis.declarations import declared, known
from pvd_analysis.tables.origin import delivered_in, with_origin
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.values import format_date
from pvd_analysis.vocabulary import column_dictionary

_FILE: Final = "tables.toml"
_ORIGIN: Final = "origine"


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Said:
    """What ``tables.toml`` says of one table, in its own words."""

    titre: str
    cle: str = ""
    colonnes: tuple[str, ...] = ()
    libelles: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    vide: str = "Aucune ligne à cette date."
    source: bool = False
    detail: str = ""
    groupe: str = ""
    somme: tuple[str, ...] = ()
    total: str = ""


@cache
def said_tables() -> Mapping[str, Said]:
    """Return what ``tables.toml`` says of each table, by name.

    Raises
    ------
    DeclarationError
        It says a key that no table has, a column that is not in the data dictionary, or a detail that is no table.
    """
    tables = declared(__package__, _FILE, Said)
    for name, said in tables.items():
        for key in ("colonnes", "libelles", "somme"):
            for column in getattr(said, key):
                known(column, column_dictionary(), __package__, _FILE, name, key)
        known(said.detail, {"", *tables}, __package__, _FILE, name, "detail")
    return tables


def shown(
    d: Dataset | None,
    name: str,
    data: pd.DataFrame,
    *,
    key: str = "",
    columns: Sequence[str] | None = None,
    notes: Sequence[str] = (),
    source: str = "",
    total: Mapping[str, object] | None = None,
    total_rows: Sequence[Hashable] = (),
    **words: object,
) -> ReportTable:
    """Return rows as a table of a report.

    Parameters
    ----------
    d : Dataset or None
        What the rows are from; None for a table that no data is in (the glossary).
    name : str
        The table in ``tables.toml``.
    data : DataFrame
        Its rows; ``origine`` is added when it is shown.
    key : str, optional
        What identifies the table in the page, in place of its name.
    columns : sequence of str, optional
        What is shown, in place of what is said of it.
    notes : sequence of str
        Sentences under those that are said.
    source : str, optional
        Where the facts are from.
    total : mapping, optional
        What the total has besides its name and the sums: a share.
    total_rows : sequence
        Labels of the rows of the data that are totals.
    words
        The words in braces of the title, of the notes and of the sentence in place of the rows.
    """
    said = said_tables()[name]
    if d is not None:
        words = {"date": format_date(d.arrete_le), **words}
    wanted = list(columns or said.colonnes) or None
    if d is not None and wanted and _ORIGIN in wanted and _ORIGIN not in data:
        data = with_origin(d, data)
    if d is not None and said.source:
        source = delivered_in(d, data)
    if said.total and len(data):
        first = (wanted or list(data.columns))[0]
        data = _with_total(data, said.somme, {first: said.total, **(total or {})})
        total_rows = (len(data) - 1,)
    return ReportTable.build(
        key or said.cle or name,
        said.titre.format(**words),
        data,
        wanted,
        said.libelles,
        notes=(*(note.format(**words) for note in said.notes), *notes),
        source=source,
        total_rows=tuple(total_rows),
        empty=said.vide.format(**words),
        leads_to=(said.detail, said_tables()[said.detail].titre) if said.detail else None,
        group=said.groupe,
        summed=said.somme,
    )


def _with_total(rows: pd.DataFrame, summed: Sequence[str], total: Mapping[str, Any]) -> pd.DataFrame:
    sums = {column: rows[column].sum(min_count=1) for column in summed}
    last = pd.DataFrame([{**sums, **total}])
    return pd.concat([rows, last.astype(rows.dtypes[list(last)].to_dict())], ignore_index=True)
