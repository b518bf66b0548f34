"""The rows that are set aside, each with its reason, its euros, and what was written in it."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import pandas as pd

from pvd_analysis.values import format_boolean, format_euros, format_partial, format_rate
from pvd_analysis.vocabulary import column_dictionary, table_description, term_label

SET_ASIDE_COLUMNS = ("fichier", "feuille", "ligne", "table", "motif", "contenu", "montant_cents")
# What the reading adds to what is written.
_ADDED = frozenset({"code_departement", "nature_fait"})
_WORDS: dict[str, Callable[[Any], str]] = {
    "euros": lambda cents: format_euros(int(cents)),
    "taux": format_rate,
    "booleen": format_boolean,
}


def set_aside(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return rows set aside as a table of `SET_ASIDE_COLUMNS`."""
    return _set_aside(rows) if rows else _nothing_set_aside().copy()


@cache
def _nothing_set_aside() -> pd.DataFrame:
    return _set_aside(())


def _set_aside(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=list(SET_ASIDE_COLUMNS))
    text = ("fichier", "feuille", "table", "motif", "contenu")
    return table.astype({**dict.fromkeys(text, "str"), "ligne": "Int64", "montant_cents": "Int64"})


def rows_set_aside(rows: pd.DataFrame, table: str, motive: str) -> pd.DataFrame:
    """Return rows of a table as rows set aside, for one reason: a table of `SET_ASIDE_COLUMNS`, quoted as people write."""
    if rows.empty:
        return set_aside(())
    description = table_description(table)
    written = [_in_words(rows, column) for column in description.columns if column in rows and column not in _ADDED]
    return set_aside(
        [
            {"fichier": file, "feuille": sheet, "ligne": line, "table": table, "motif": motive}
            | {"contenu": " | ".join(filter(None, texts)), "montant_cents": cents}
            for file, sheet, line, texts, cents in zip(
                rows["fichier"],
                rows["feuille"],
                rows["ligne"],
                zip(*written, strict=True),
                rows[description.amount] if description.amount else [None] * len(rows),
                strict=True,
            )
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
