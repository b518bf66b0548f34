"""Any DataFrame as a shown table: French labels, euros, dates, in one call from a notebook."""

from dataclasses import replace

import pandas as pd
from pandas.api import types

from pvd_analysis.tables.cells import Column
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.values.text import fold
from pvd_analysis.vocabulary import Kind, column_dictionary

__all__ = ["any_table"]


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
    table = ReportTable.build(key, title, data, known) if known else ReportTable(key, title, data, _plain(data, names))
    described = {column.name: column for column in (*_plain(data, names), *table.columns)}
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
