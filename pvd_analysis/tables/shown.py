"""A table of a report: its rows, with what ``tables.toml`` says of its title, columns, notes, total and source.

And any DataFrame as such a table: French labels, euros, dates, in one call from a notebook.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import field, replace
from functools import cache
from typing import Any, Final

import pandas as pd
from pandas.api import types
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from pvd_analysis.dataset import Dataset
from pvd_analysis.declarations import declared, known
from pvd_analysis.tables.cells import Column
from pvd_analysis.tables.origin import delivered_in, with_origin
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.values import format_date
from pvd_analysis.values.text import fold
from pvd_analysis.vocabulary import Kind, column_dictionary

__all__ = ["any_table"]

_FILE: Final = "tables.toml"
_ORIGIN: Final = "origine"


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Said:
    """What ``tables.toml`` says of one table, in its own words."""

    titre: str
    cle: str = ""
    colonnes: tuple[str, ...] = ()
    libelles: Mapping[str, str] = field(default_factory=dict)
    si_dit: tuple[str, ...] = ()
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
        for key in ("colonnes", "libelles", "si_dit", "somme"):
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
    columns: Sequence[str | Column] | None = None,
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
    columns : sequence of str or Column, optional
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
    unsaid = {column for column in said.si_dit if data[column].replace("", None).isna().all()}
    wanted = [column for column in columns or said.colonnes if column not in unsaid]
    if d is not None and _ORIGIN in wanted and _ORIGIN not in data:
        data = with_origin(d, data)
    if d is not None and said.source:
        source = delivered_in(d, data)
    if said.total and len(data):
        first = str((wanted or data.columns)[0])
        data = _with_total(data, said.somme, {first: said.total, **(total or {})})
        total_rows = (len(data) - 1,)
    return ReportTable.build(
        key or said.cle or name,
        said.titre.format(**words),
        data,
        wanted or None,
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


def any_table(data: pd.DataFrame, title: str) -> ReportTable:
    """Return a DataFrame as the reports show a table.

    A column of the data dictionary takes its label, its kind and the labels of its codes; another one keeps its name,
    and is shown by its type (``…_cents`` as euros). A named index becomes the first columns.

    Parameters
    ----------
    data : DataFrame
        With one column at least.
    title : str
        A sentence that says what the table shows, with a letter in it.

    Examples
    --------
    >>> aids = pvd.analysis.aids(d).query("commune == 'Peyrehorade'")
    >>> table = pvd.tables.any_table(aids[["commune", "dispositif", "montant_cents"]], "Aides à Peyrehorade")
    >>> [column.label for column in table.columns]
    ['Commune', 'Dispositif', 'Montant']
    """
    if data.index.names != [None]:
        data = data.reset_index()
    data = data.rename(columns=str)
    words = fold(title).replace("%", "").split()
    key = "-".join(["tableau", *words])
    names = [name for name in data.columns if not name.endswith("_precision")]
    dictionary = column_dictionary()
    known = [name for name in names if name in dictionary and dictionary[name]["genre"] != "libre"]
    plain = _plain(data, names)
    table = ReportTable.build(key, title, data, known) if known else ReportTable(key, title, data, plain)
    described = {column.name: column for column in (*plain, *table.columns)}
    return replace(table, columns=tuple(described[name] for name in names))


def _plain(data: pd.DataFrame, names: list[str]) -> tuple[Column, ...]:
    dictionary = column_dictionary()
    labels = {name: dictionary[name]["libelle"] if name in dictionary else name.replace("_", " ") for name in names}
    return tuple(Column(name, labels[name], _kind(name, data[name])) for name in names)


def _kind(name: str, values: pd.Series) -> Kind:
    if types.is_bool_dtype(values):
        return "booleen"
    if types.is_datetime64_any_dtype(values):
        return "date"
    if types.is_numeric_dtype(values):
        return "euros" if name.endswith("_cents") else "nombre"
    return "texte"
