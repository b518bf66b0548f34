"""The data dictionary as a page of the guide: every table, every column, and the codes that a column may hold."""

from typing import Any, Final

import pandas as pd

from pvd_analysis.dataset.schemas import data_dictionary
from pvd_analysis.vocabulary import table_description, term_labels

_INTRODUCTION: Final = """# Dictionnaire des données

Page faite par `make docs` à partir des schémas : ne pas la modifier à la main. `pvd dictionnaire` la montre dans le terminal.

Chaque table est un DataFrame (`d.projets`) et un fichier Parquet de `data/processed/`. Une colonne `…_cents` est un montant hors
taxes en centimes entiers ; un taux est une fraction (0,75 pour 75 %). `fichier`, `feuille` et `ligne` disent d'où vient la ligne.
"""


def dictionary_markdown() -> str:
    """Return the data dictionary as Markdown, in French.

    >>> "## `projets`" in dictionary_markdown().splitlines()
    True
    """
    columns = data_dictionary()
    parts = [_INTRODUCTION]
    parts += [_table(str(name), rows) for name, rows in columns.groupby("table", sort=False)]
    lists = dict.fromkeys(name for name in columns["liste"] if name)
    parts.append("## Listes de codes\n")
    parts += [_codes(name) for name in lists]
    return "\n".join(parts)


def _table(name: str, rows: pd.DataFrame) -> str:
    described = table_description(name)
    key = ", ".join(f"`{column}`" for column in described.key)
    return "\n".join(
        [
            f"## `{name}`",
            "",
            described.description + (f" Clé : {key}." if key else ""),
            "",
            "| colonne | type | obligatoire | définition |",
            "| --- | --- | --- | --- |",
            *(
                f"| `{row.colonne}` | {_type(row)} | {'oui' if row.obligatoire else 'non'} | {_cell(row.definition)} |"
                for row in rows.itertuples()
            ),
            "",
        ]
    )


def _type(row: Any) -> str:
    return f"[{row.type}](#{row.liste})" if row.liste else str(row.type)


def _codes(name: str) -> str:
    rows = [f"| `{code}` | {_cell(label)} |" for code, label in term_labels(name).items()]
    return "\n".join([f"### {name}", "", "| code | libellé |", "| --- | --- |", *rows, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
