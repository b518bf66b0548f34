"""What the national lists already know of a département, as rows of its classeur: the analyst confirms them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from pvd_analysis.communes import Referentiel
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.sources.apart import Apart
from pvd_analysis.vocabulary import term_labels
from pvd_analysis.workbooks.entry_rules import written_commune

_SOURCE = "Liste de l'ANCT, à confirmer"


def known_laureates(departement: str, anct_list: Path, referentiel: Referentiel) -> pd.DataFrame:
    """Return the lines of a département in a list of the ANCT, by commune: `code_commune`, `code_departement`, `date_signature`."""
    with Apart(referentiel) as apart:
        read = apart.read(anct_list, anct_list.name)
    if read.content is None:
        raise InvalidParameter(f"La liste {anct_list.name} du paquet n'est pas lisible : réinstallez pvd-analysis.")
    rows = pd.concat([table.rows for table in read.content.tables], ignore_index=True)
    own = rows[rows["code_departement"].eq(departement)]
    return own.drop_duplicates("code_commune").sort_values("code_commune", ignore_index=True)


def known_facts(laureates: pd.DataFrame, referentiel: Referentiel) -> dict[str, list[Mapping[str, Any]]]:
    """Return the laureates and their conventions d'adhésion, as `known_laureates` tells them.

    Returns
    -------
    dict of str to list of mapping
        ``laureats`` and ``conventions``, forms of ``classeur.toml``: rows of what is to be written in some of their columns.
    """
    towns: list[Mapping[str, Any]] = []
    conventions: list[Mapping[str, Any]] = []
    adhesion = term_labels("type_convention")["adhesion"]
    for row in laureates.itertuples():
        code = str(row.code_commune)
        name, epci = referentiel.commune_name(code), referentiel.epci_of(code)
        told = {"code_commune": written_commune(code, name, row.code_departement, referentiel), "source_fait": _SOURCE}
        its_epci = {"epci": referentiel.epci_name(epci), "code_epci": epci} if epci else {}
        signed = {} if pd.isna(row.date_signature) else {"date_signature": pd.Timestamp(row.date_signature).date()}
        towns.append({"laureat": name, **told, **its_epci})
        conventions.append({"type_convention": adhesion, **told, **signed})
    return {"laureats": towns, "conventions": conventions}
