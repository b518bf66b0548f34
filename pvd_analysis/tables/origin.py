"""Where a shown row comes from: « F1, Projets, ligne 5 », F1 being a file of the list at the end of the report."""

import pandas as pd

from pvd_analysis.dataset import Dataset

__all__ = ["file_references", "origins", "with_origin"]


def file_references(d: Dataset) -> dict[str, str]:
    """Return the short reference of each delivered file, in the order of their delivery."""
    return {str(file): f"F{rank}" for rank, file in enumerate(d.fichiers["fichier"], 1)}


def origins(d: Dataset, rows: pd.DataFrame) -> list[str]:
    """Return the origin of rows that have ``fichier``, ``feuille`` and ``ligne``; blank for a row that is computed."""
    references = file_references(d)
    return [
        ""
        if pd.isna(row.ligne)
        else ", ".join(
            part
            for part in (
                references.get(row.fichier, row.fichier),
                "" if pd.isna(row.feuille) else row.feuille,
                f"ligne\N{NO-BREAK SPACE}{int(row.ligne)}",
            )
            if part
        )
        for row in rows[["fichier", "feuille", "ligne"]].itertuples()
    ]


def with_origin(d: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with a column ``origine``."""
    return rows.assign(origine=pd.Series(origins(d, rows), index=rows.index, dtype="str"))
