"""What others say that they granted: a préfecture's own list, the SCDL subventions of a Région, a Département, an EPCI.

``autres.toml`` describes each form. These lists have a table of their own, which no total adds up.
"""

from dataclasses import replace

import pandas as pd

from pvd_analysis.communes import Referentiel
from pvd_analysis.sources.attribution import attributed, doubts_found
from pvd_analysis.sources.cells import Place
from pvd_analysis.sources.form import load_forms
from pvd_analysis.sources.header import fitting_sheets, left_out
from pvd_analysis.sources.plausibility import doubtful_lines
from pvd_analysis.sources.raw_file import RawFile
from pvd_analysis.sources.source_read import SourceRead, scope_of
from pvd_analysis.sources.table_reader import read_table

NAME = "liste d'aides d'autres financeurs"

# What only some lists say of a line, and what its place is read from.
_SAID_BY_SOME = ("code_lieu", "nom_lieu", "forme_juridique")


def read(raw: RawFile, referentiel: Referentiel) -> SourceRead | None:
    """Read every sheet that is such a list, None when none is; a newer one replaces the years, dispositifs and funders that its lines say."""
    places = fitting_sheets(raw.sheets, load_forms("autres"))
    if not places:
        return None
    tables, findings = [], left_out(raw, [sheet for sheet, _ in places])
    for sheet, header in places:
        table = read_table(sheet.taken(), header, raw.name, Place(referentiel))
        rows, doubts = _placed(table.rows, referentiel)
        table = replace(table, rows=rows)
        tables.append(table)
        findings += doubts_found(doubts)
        # without a cost, a list of many years and of small grants that come back has nothing to be held against
        if "cout_ht_cents" in header.found:
            findings += doubtful_lines(table.rows, is_rounded=False)
    listings = sorted({header.form.listing for _, header in places})
    return SourceRead(
        " et ".join(listings),
        scope_of({code for table in tables for code in table.rows["code_departement"].dropna()}),
        tuple(tables),
        tuple(findings),
        kind=NAME,
        by_line=("exercice", "dispositif", "attribuant"),
    )


def _placed(rows: pd.DataFrame, referentiel: Referentiel) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give each line its year, and its département: that of its beneficiary, else of who grants; a Région has none.

    What is doubtful of its place is returned beside (`attributed`).
    """
    decided = rows["date_decision"]
    year = rows["exercice"].where(rows["exercice"].notna(), [f"{day:%Y}" if pd.notna(day) else None for day in decided])
    grants = [_departement_of(siren, referentiel) for siren in rows["siren_attribuant"]]
    told = rows.assign(
        exercice=year.where(year.notna(), ""),
        code_departement=[
            written or home or "" for written, home in zip(rows["code_departement"], grants, strict=True)
        ],
        date_exercice=pd.to_datetime(year, format="%Y"),
        date_exercice_precision=["annee" if pd.notna(each) else None for each in year],
        **{column: rows.get(column) for column in _SAID_BY_SOME},
    )
    # The code of a commune may be written in groups: « 78 361 ».
    told["code_lieu"] = told["code_lieu"].map(lambda code: code.replace(" ", ""), na_action="ignore")
    placed, doubts = attributed(told.astype({"code_lieu": object}), referentiel)
    return placed.assign(exercice=year), doubts


def _departement_of(siren: str | None, referentiel: Referentiel) -> str | None:
    """Return the département of a commune, an EPCI or a Département; the SIREN of the last says its number."""
    if not siren:
        return None
    commune = referentiel.commune_of_siren(siren)
    if commune:
        return referentiel.departement_of(commune)
    if siren.startswith("22"):
        return referentiel.departement_code(siren[2:5] if siren[2:4] == "97" else siren[2:4])
    return referentiel.departement_of_epci(siren)
