"""Where a shown row comes from: « F1, Projets, ligne 5 », F1 being a file of the list at the end of the report.

The names of files and sheets are written by people, and may name one: only the words that a vocabulary has are shown.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import pandas as pd

from pvd_analysis.dataset import Dataset
from pvd_analysis.sources.form import load_forms
from pvd_analysis.values import format_date
from pvd_analysis.values.text import fold
from pvd_analysis.vocabulary import ORIGIN, vocabulary_table

__all__ = ["delivered_in", "file_references", "origins", "public_name", "with_origin"]

_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]+")


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
    columns = rows.reindex(columns=[*ORIGIN, "cellule", "places"]).to_dict("records")
    return [_origin(references, row) for row in columns]


def _origin(references: Mapping[str, str], row: Mapping[str, Any]) -> str:
    if pd.isna(row["fichier"]):
        return ""
    parts = [references.get(row["fichier"]) or public_name(row["fichier"])]
    if pd.notna(row["feuille"]) and row["feuille"]:
        parts.append(public_name(row["feuille"]))
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


def delivered_in(d: Dataset, rows: pd.DataFrame) -> str:
    """Return what rows were read in: « F1, classeur de suivi livré le 10 septembre 2021 »."""
    references = file_references(d)
    files = d.fichiers[d.fichiers["fichier"].isin(rows["fichier"].dropna())]
    return " ; ".join(
        f"{references[row.fichier]}, {row.source} livré le {format_date(row.livraison.date())}"
        for row in files.itertuples()
    )


@lru_cache(maxsize=10_000)
def public_name(name: str) -> str:
    """Return the name of a file or a sheet without the words that no vocabulary has: they may be anybody's.

    >>> public_name("suivi_pvd_landes.xlsx"), public_name("Projets 2021 (Zébulon)")
    ('suivi_pvd_landes.xlsx', 'Projets 2021 (…)')
    """
    return _WORD.sub(lambda word: word[0] if _is_public(word[0]) else "…", name)


def _is_public(word: str) -> bool:
    return all(part in _known_words() for part in _LETTERS.findall(fold(word)))


@cache
def _known_words() -> frozenset[str]:
    """Return the words of our lists, of the names of sheets that we read, and those that files are named with."""
    names = [
        name
        for table, columns in _VOCABULARIES.items()
        for column in columns
        for name in vocabulary_table(table)[column]
    ]
    forms = (*load_forms("classeur"), *load_forms("avis"))
    sheets = [name for form in forms for name in form.sheet_names]
    return frozenset(_LETTERS.findall(fold(" ".join([*names, *sheets]))))


_VOCABULARIES = {
    "termes": ("libelle", "synonymes"),
    "dispositifs": ("libelle", "synonymes"),
    "financeurs": ("libelle", "synonymes"),
    "familles": ("libelle", "synonymes"),
    "mots_de_fichiers": ("mots",),
}
