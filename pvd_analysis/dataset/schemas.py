"""The schemas of the tables, made from ``tables.toml`` and the data dictionary; pandera holds every table to them.

The data dictionary is made from them: every table, every column, and the codes that a column may hold.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandas.api.extensions import ExtensionArray
from pandera.engines import pandas_engine

from pvd_analysis.vocabulary import (
    TableDescription,
    column_dictionary,
    table_description,
    table_descriptions,
    term_labels,
    terms,
)

_DTYPES: Mapping[str, str] = {
    "euros": "Int64",
    "nombre": "Float64",
    "taux": "Float64",
    "points": "Float64",
    "booleen": "boolean",
    "date": "datetime64[s]",
}
# What an analyst is told of a type; the name that pandas gives it changes with its version.
_TYPE_LABELS: Mapping[str, str] = {
    "str": "texte",
    "Int64": "entier",
    "Float64": "nombre",
    "boolean": "oui/non",
    "datetime64[s]": "date",
}
# The texts of a prepared table, whatever `mode.string_storage` says of others: a table does not depend on the process
# that makes it, and pandera tells the two apart.
_TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
_PRECISION = "Précision de la date : jour, mois, trimestre, saison ou année"
_INSEE_CODE = r"^(\d{2}|2[AB])\d{3}$"


@pandas_engine.Engine.register_dtype
class _Text(pandas_engine.STRING):
    """The type of texts, asked of a column and not, as pandera does, of each of its texts: it holds nothing else."""

    def check(self, pandera_dtype: Any, data_container: Any = None) -> bool:
        return bool(super().check(pandera_dtype))


def _dtype(table: TableDescription, column: str) -> str:
    return "Int64" if column == "ligne" else _DTYPES.get(table.kind(column), "str")


def typed(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows as the table `name`: its columns in order, each of its type, missing ones blank."""
    table = table_description(name)
    columns = {column: _as_type(rows.get(column), _dtype(table, column), len(rows)) for column in table.all_columns}
    return pd.DataFrame(columns)


def _as_type(values: pd.Series | None, dtype: str, length: int) -> ExtensionArray:
    if values is None:
        return pd.array([None] * length, dtype=_TEXT if dtype == "str" else dtype)
    if dtype == "datetime64[s]":
        return pd.to_datetime(values).astype(dtype).array
    if dtype == "Float64":
        # read_decimal gives exact Decimals; a count or a coordinate is no money and travels as a float.
        return values.map(float, na_action="ignore").astype(dtype).array
    return values.astype(_TEXT if dtype == "str" else dtype).array


def joined(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return tables one under the other; one without rows says nothing of types, unless all are."""
    tables = list(parts)
    return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)


def empty_table(name: str) -> pd.DataFrame:
    """Return the table `name` without rows."""
    return _empty_table(name).copy()


@cache
def _empty_table(name: str) -> pd.DataFrame:
    table = table_description(name)
    return pd.DataFrame({column: pd.Series(dtype=_dtype(table, column)) for column in table.all_columns})


@cache
def schema(name: str) -> pa.DataFrameSchema:
    """Return the pandera schema of one table."""
    table = table_description(name)
    return pa.DataFrameSchema(
        {column: _schema_column(table, column) for column in table.all_columns},
        strict=True,
        ordered=True,
        unique=list(table.key) or None,
        name=name,
    )


def _schema_column(table: TableDescription, column: str) -> pa.Column:
    checks = []
    if of_list := _list(table, column):
        checks.append(pa.Check.isin(list(terms(of_list).index)))
    if column == "code_commune":
        checks.append(pa.Check.str_matches(_INSEE_CODE))
    required = column in table.required or column in {"fichier", "ligne"}
    dtype = _dtype(table, column)
    return pa.Column(_Text("pyarrow") if dtype == "str" else dtype, checks=checks, nullable=not required)


def _list(table: TableDescription, column: str) -> str:
    """Return the controlled list that a column takes its codes from, nothing without one."""
    kind = table.kind(column)
    return kind.removeprefix("terme:") if kind.startswith("terme:") else ""


def data_dictionary() -> pd.DataFrame:
    """Return the data dictionary: one row per table and column.

    Returns
    -------
    pandas.DataFrame
        Columns ``table``, ``colonne``, ``type``, ``obligatoire``, ``libelle``, ``definition`` and ``liste``, the
        controlled list that holds the codes of the column, blank without one; all French text but ``obligatoire``
        (bool).

    Examples
    --------
    >>> data_dictionary().query("table == 'projets'")["colonne"].to_list()[:3]
    ['code_departement', 'id_projet', 'code_commune']
    """
    described = column_dictionary()
    rows = []
    for table in table_descriptions().values():
        for column, checked in schema(table.name).columns.items():
            said, of_list = described[column.removesuffix("_precision")], _list(table, column)
            meaning = _PRECISION if column.endswith("_precision") else said["definition"]
            shown = "code" if of_list else _TYPE_LABELS[_dtype(table, column)]
            words = (said["libelle"], meaning, of_list)
            rows.append((table.name, column, shown, not checked.nullable, *words))
    return pd.DataFrame(rows, columns=["table", "colonne", "type", "obligatoire", "libelle", "definition", "liste"])


def dictionary_markdown() -> str:
    """Return the data dictionary as Markdown, in French.

    >>> "## `projets`" in dictionary_markdown().splitlines()
    True
    """
    columns = data_dictionary()
    parts = [files(__package__).joinpath("dictionnaire.md").read_text(encoding="utf-8")]
    parts += [_table(str(name), rows) for name, rows in columns.groupby("table", sort=False)]
    lists = dict.fromkeys(name for name in columns["liste"] if name)
    parts.append("## Listes de codes\n")
    parts += [_codes(name) for name in lists]
    return "\n".join(parts)


def _table(name: str, rows: pd.DataFrame) -> str:
    described = table_description(name)
    key = ", ".join(f"`{column}`" for column in described.key)
    heading = ["| colonne | type | obligatoire | définition |", "| --- | --- | --- | --- |"]
    lines = [
        f"| `{row.colonne}` | {_type(row)} | {'oui' if row.obligatoire else 'non'} | {_cell(row.definition)} |"
        for row in rows.itertuples()
    ]
    said = described.description + (f" Clé : {key}." if key else "")
    return "\n".join([f"## `{name}`", "", said, "", *heading, *lines, ""])


def _type(row: Any) -> str:
    return f"[{row.type}](#{row.liste})" if row.liste else str(row.type)


def _codes(name: str) -> str:
    rows = [f"| `{code}` | {_cell(label)} |" for code, label in term_labels(name).items()]
    return "\n".join([f"### {name}", "", "| code | libellé |", "| --- | --- |", *rows, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
