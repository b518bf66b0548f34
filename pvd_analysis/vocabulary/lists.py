"""The controlled lists, kept as CSV files beside this module."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import pandas as pd

from pvd_analysis.declarations import known

__all__ = ["term_label", "term_labels", "terms", "vocabulary_table"]

# Of a list, the columns that hold codes of another one.
_LEADS_TO: Final = {"dispositif": {"famille": "famille", "financeur": "financeur"}}


ATTRIBUTED_LISTS = {
    "dispositif": "dispositifs",
    "financeur": "financeurs",
    "financeur_avis": "financeurs",
    "famille": "familles",
    "avis": "avis",
}


# The committee of a region pays nothing; public persons and the committee give opinions.
_PART_OF_LIST = {"financeur": "nature != 'comite'", "financeur_avis": "nature in ['public', 'comite']"}


@cache
def vocabulary_table(name: str) -> pd.DataFrame:
    """Return the CSV file `name` of this package, every cell a string and blanks as ``""``."""
    with files(__package__).joinpath(f"{name}.csv").open(encoding="utf-8") as stream:
        return pd.read_csv(stream, dtype=str, keep_default_na=False)


@cache
def terms(name: str) -> pd.DataFrame:
    """Return a controlled list, indexed by ``code``, with at least ``libelle`` and ``synonymes``.

    Raises
    ------
    KeyError
        When no list has that name.
    """
    if name in ATTRIBUTED_LISTS:
        table = vocabulary_table(ATTRIBUTED_LISTS[name])
        table = table.query(_PART_OF_LIST[name]) if name in _PART_OF_LIST else table
    else:
        table = vocabulary_table("termes").query("liste == @name").drop(columns="liste")
    if table.empty:
        raise KeyError(f"no controlled list named {name!r}")
    for column, others in _LEADS_TO.get(name, {}).items():
        for code, leads_to in zip(table["code"], table[column], strict=True):
            known(leads_to, terms(others).index, __package__, f"{ATTRIBUTED_LISTS[name]}.csv", key=code)
    return table.set_index("code")


@cache
def term_labels(name: str) -> Mapping[str, str]:
    """Return the label of each code of a list."""
    labels: dict[str, str] = terms(name)["libelle"].to_dict()
    return labels


def term_label(name: str, code: str) -> str:
    """Return the label of one code, or the code itself when the list does not have it."""
    return term_labels(name).get(code, code)
