"""Where a shown row comes from: « F1, Projets, ligne 5 », F1 being a file of the list at the end of the report."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pvd_analysis.dataset import Dataset

__all__ = ["file_references", "origins", "with_origin"]


def file_references(d: Dataset) -> dict[str, str]:
    """Return the short reference of each delivered file, in the order of their delivery."""
    return {str(file): f"F{rank}" for rank, file in enumerate(d.fichiers["fichier"], 1)}


def origins(d: Dataset, rows: pd.DataFrame) -> list[str]:
    """Return the origin of rows: their file, and as much as is known of the sheet, the row and the cell.

    Blank for a row that is computed and comes from no file.
    """
    if rows.empty:
        return []
    references = file_references(d)
    columns = rows.reindex(columns=["fichier", "feuille", "ligne", "cellule", "places"]).to_dict("records")
    return [_origin(references, row) for row in columns]


def _origin(references: Mapping[str, str], row: Mapping[str, Any]) -> str:
    if pd.isna(row["fichier"]):
        return ""
    parts = [references.get(row["fichier"], row["fichier"])]
    if pd.notna(row["feuille"]) and row["feuille"]:
        parts.append(row["feuille"])
    if pd.notna(row["places"]):
        parts.extend([row["places"].replace(" ", "\N{NO-BREAK SPACE}", 1)] if row["places"] else [])
    elif pd.notna(row["cellule"]) and row["cellule"]:
        parts.append(f"cellule\N{NO-BREAK SPACE}{row['cellule']}")
    elif pd.notna(row["ligne"]):
        parts.append(f"ligne\N{NO-BREAK SPACE}{int(row['ligne'])}")
    return ", ".join(parts)


def with_origin(d: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with a column ``origine``."""
    return rows.assign(origine=pd.Series(origins(d, rows), index=rows.index, dtype="str"))
