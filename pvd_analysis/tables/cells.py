"""The cells of a shown table: their exact values, and the French texts that a reader sees."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast, get_args

import pandas as pd

from pvd_analysis.values import read_boolean
from pvd_analysis.values.french import (
    format_boolean,
    format_date,
    format_euros,
    format_number,
    format_partial,
    format_rate,
)
from pvd_analysis.vocabulary import Kind, column_dictionary, term_labels

MISSING: Final = "—"
TERM: Final = "terme:"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a shown table.

    Parameters
    ----------
    name : str
        Its name in the data.
    label : str
        What the reader sees, in French.
    kind : Kind
        How its values are written. ``euros`` are integer cents in the data, ``taux`` and ``points`` fractions of 1;
        a ``date`` is partial ("mars 2021") when the data has a column ``<name>_precision`` that says so;
        an ``origine`` ("F1, Projets, ligne 5") leads to the list of files, whose ``reference`` it cites.
    """

    name: str
    label: str
    kind: Kind = "texte"

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"column {self.name!r}: no kind {self.kind!r}; one of {', '.join(get_args(Kind))}")

    @property
    def is_numeric(self) -> bool:
        """Whether its values are quantities, aligned on the right."""
        return self.kind in {"euros", "nombre", "taux", "points"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its exact value (None when there is none) and the text that a reader sees."""

    column: Column
    value: Any
    text: str

    @property
    def is_partial(self) -> bool:
        """Whether it is a date known by its month, quarter or year only."""
        return self.column.kind == "date" and self.value is not None and not isinstance(self.value, dt.date)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, the stub (its header) first, and what it is gathered under."""

    cells: tuple[Cell, ...]
    is_total: bool
    group: str = ""


def described(name: str, label: str = "") -> Column:
    """Return a column with the label and the kind of the data dictionary.

    Raises
    ------
    KeyError
        When the dictionary does not have it; it is ``pvd_analysis/vocabulary/columns.csv``.
    ValueError
        When it holds what people wrote freely (``libre``): it may name anybody, and no report shows it.
    """
    entry = column_dictionary().get(name)
    if entry is None:
        raise KeyError(
            f"column {name!r} is not in the data dictionary; "
            "add it to pvd_analysis/vocabulary/columns.csv (nom, libelle, genre, definition)"
        )
    kind = entry["genre"]
    if kind == "libre":
        raise ValueError(f"column {name!r} is free text, which no report shows")
    shown = "texte" if kind.startswith(TERM) else kind
    return Column(name, label or entry["libelle"], cast("Kind", shown))


def in_words(data: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return data whose codes of a controlled list are its labels; a code that the list does not have stays."""
    dictionary = column_dictionary()
    worded = {}
    for name in names:
        kind = dictionary[name]["genre"]
        if kind.startswith(TERM) and name in data.columns:
            wording: Mapping[Any, str] = term_labels(kind.removeprefix(TERM))
            worded[name] = [wording.get(code, code) for code in data[name].to_numpy(dtype=object)]
    return data.assign(**worded) if worded else data


def exact_values(data: pd.DataFrame, column: Column) -> list[Any]:
    """Return the values of a column as cells have them: whole cents, days, texts; None where there is none."""
    raw = _plain_values(data[column.name])
    match column.kind:
        case "euros":
            return [None if value is None else int(value) for value in raw]
        case "booleen":
            # a table of the analyst may say « non » in words
            return [_boolean(value) for value in raw]
        case "date" if f"{column.name}_precision" in data.columns:
            precisions = _plain_values(data[f"{column.name}_precision"])
            return [_dated(value, precision) for value, precision in zip(raw, precisions, strict=True)]
        case "date":
            return [_dated(value, None) for value in raw]
        case "nombre" | "taux" | "points":
            return raw
        case _:
            return [None if value is None or value == "" else str(value) for value in raw]


def _plain_values(column: pd.Series) -> list[Any]:
    """Return the cells of a column as plain Python values, None where they are missing."""
    values = zip(column.to_numpy(dtype=object).tolist(), column.isna().tolist(), strict=True)
    return [None if absent else value.item() if hasattr(value, "item") else value for value, absent in values]


def _boolean(value: Any) -> bool | None:
    if isinstance(value, str):
        return read_boolean(value).value
    return None if value is None else bool(value)


def _dated(value: Any, precision: str | None) -> Any:
    """Return a day, or the text of a date that is known by its month, quarter or year only."""
    day = value.date() if isinstance(value, dt.datetime) else value
    if not isinstance(day, dt.date):
        return None if day is None or day == "" else str(day)
    return day if precision in {None, "", "jour"} else format_partial(day, precision)


def shown_text(column: Column, value: Any) -> str:
    """Return the French text of a value of `ReportTable.values`."""
    if value is None:
        return MISSING
    match column.kind:
        case _ if isinstance(value, str):
            return value
        case "euros":
            return format_euros(value)
        case "taux":
            return format_rate(value)
        case "points":
            return f"{format_number(round(value * 100, 2))}\N{NO-BREAK SPACE}points"
        case "nombre":
            return format_number(value)
        case "booleen":
            return format_boolean(value)
        case _:
            return format_date(value)
