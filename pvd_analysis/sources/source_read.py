"""What one raw file gave, whatever its source: its tables, and the rows that are set aside, each with its reason and its euros."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pandas as pd

from pvd_analysis.constats import Constat
from pvd_analysis.values import format_boolean, format_euros, format_partial, format_rate
from pvd_analysis.vocabulary import column_dictionary, table_description, term_label

FRANCE = "france"
"""The scope of a list of the whole country."""

SET_ASIDE_COLUMNS = ("fichier", "feuille", "ligne", "table", "motif", "contenu", "montant_cents")
# What the reading adds to what is written.
_ADDED = frozenset({"code_departement", "nature_fait"})
_WORDS: dict[str, Callable[[Any], str]] = {
    "euros": lambda cents: format_euros(int(cents)),
    "taux": format_rate,
    "booleen": format_boolean,
}


@dataclass(frozen=True, slots=True)
class TableRead:
    """What one sheet gave.

    ``rows`` has the table's columns (see `TableDescription.all_columns`, without ``code_departement``), and the control columns of
    the form; ``set_aside`` has `SET_ASIDE_COLUMNS`; ``rows_read`` and ``cents_read`` count every non-blank row below
    the header and every readable amount of the reckoned column.
    """

    table: str
    file: str
    sheet: str
    rows: pd.DataFrame
    set_aside: pd.DataFrame
    findings: tuple[Constat, ...]
    rows_read: int
    cents_read: int


@dataclass(frozen=True, slots=True)
class SourceRead:
    """The tables that a source made of a file.

    ``scope`` is the part of the country that the file speaks of (département codes joined by ``+``, or ``france``). A
    newer delivery takes the place of what it covers: the same ``kind`` (the source, by default) and département, and the
    same values of the columns of ``by_line``, where the lines say what they are a list of (year, dispositif). A file that
    ``adds_up`` adds to the others of its source, and none takes its place.
    """

    source: str
    scope: str
    tables: tuple[TableRead, ...]
    findings: tuple[Constat, ...] = ()
    adds_up: bool = False
    kind: str = ""
    by_line: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """What kind of source it is, whatever the year."""
        return self.kind or self.source


def scope_of(departements: set[str]) -> str:
    """Return the scope that a set of départements makes; over twenty of them a list is national.

    >>> scope_of({"64", "40"})
    '40+64'
    """
    return FRANCE if len(departements) > 20 else "+".join(sorted(departements))


def without_rows(table: TableRead, labels: pd.Index, motive: str) -> TableRead:
    """Return what a sheet gave with some of its rows set aside, for one reason."""
    aside = rows_set_aside(table.rows.loc[labels], table.table, motive)
    parts = [part for part in (table.set_aside, aside) if len(part)] or [aside]
    return replace(table, rows=table.rows.drop(index=labels), set_aside=pd.concat(parts, ignore_index=True))


def set_aside(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return rows set aside as a table of `SET_ASIDE_COLUMNS`."""
    return _typed_aside(rows) if rows else _nothing_aside().copy()


def _typed_aside(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=list(SET_ASIDE_COLUMNS))
    text = ("fichier", "feuille", "table", "motif", "contenu")
    return table.astype({**dict.fromkeys(text, "str"), "ligne": "Int64", "montant_cents": "Int64"})


@cache
def _nothing_aside() -> pd.DataFrame:
    return _typed_aside(())


def rows_set_aside(rows: pd.DataFrame, table: str, motive: str) -> pd.DataFrame:
    """Return rows of a table as rows set aside, for one reason: a table of `SET_ASIDE_COLUMNS`, quoted as people write."""
    if rows.empty:
        return set_aside(())
    description = table_description(table)
    written = [_in_words(rows, column) for column in description.columns if column in rows and column not in _ADDED]
    cents = rows[description.amount] if description.amount else [None] * len(rows)
    shared = {"table": table, "motif": motive}
    return set_aside(
        [
            {"fichier": row.fichier, "feuille": row.feuille, "ligne": row.ligne, "montant_cents": amount}
            | {"contenu": " | ".join(filter(None, texts)), **shared}
            for row, texts, amount in zip(rows.itertuples(), zip(*written, strict=True), cents, strict=True)
        ]
    )


def _in_words(rows: pd.DataFrame, column: str) -> list[str]:
    kind, values = column_dictionary()[column]["genre"], rows[column]
    if kind == "date":
        precisions = rows.get(f"{column}_precision", ["jour"] * len(rows))
        return [
            "" if pd.isna(day) else format_partial(day, precision)
            for day, precision in zip(values, precisions, strict=True)
        ]
    if kind.startswith("terme:"):
        return ["" if pd.isna(code) else term_label(kind.removeprefix("terme:"), code) for code in values]
    words = _WORDS.get(kind, str)
    return ["" if pd.isna(value) else words(value) for value in values]
