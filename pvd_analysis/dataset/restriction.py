"""The tables of a département, of some communes alone."""

from collections.abc import Mapping

import pandas as pd


def of_communes(tables: Mapping[str, pd.DataFrame], communes: frozenset[str]) -> dict[str, pd.DataFrame]:
    """Return what concerns some communes, and what is open to all: sessions without a commune, meetings of the club.

    A post keeps all the communes that it serves, and the announced totals those of the whole département: they only tell
    which aids are inside them.
    """
    projects = tables["projets"]
    own = projects.loc[projects["code_commune"].isin(communes), "id_projet"]

    def kept(name: str, rows: pd.DataFrame) -> pd.DataFrame:
        match name:
            case "financements":
                return rows[rows["id_projet"].isin(own)]
            case "postes":
                return rows[
                    rows["communes"].map(lambda listed: not communes.isdisjoint(listed.split(";"))).astype(bool)
                ]
            case "formations":
                return rows[rows["code_commune"].isna() | rows["code_commune"].isin(communes)]
            case _:
                return rows[rows["code_commune"].isin(communes)] if "code_commune" in rows else rows

    return {name: kept(name, rows).reset_index(drop=True) for name, rows in tables.items()}
