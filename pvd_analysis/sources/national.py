"""The national lists of aids: DGCL (DETR, DSIL, DSID…) and Fonds vert; ``nationales.toml`` describes each form."""

import re
from dataclasses import replace
from pathlib import PurePosixPath

import pandas as pd

from pvd_analysis.communes import Referentiel
from pvd_analysis.constats import Constat, Origine, SetAside
from pvd_analysis.sources.attribution import attributed, doubts_found
from pvd_analysis.sources.cells import Place
from pvd_analysis.sources.form import Form, load_forms
from pvd_analysis.sources.header import fitting_sheets, left_out
from pvd_analysis.sources.plausibility import doubtful_lines, stray_years
from pvd_analysis.sources.raw_file import RawFile
from pvd_analysis.sources.source_read import SourceRead, TableRead, scope_of, without_rows
from pvd_analysis.sources.table_reader import read_table
from pvd_analysis.values import format_euros

NAME = "liste nationale d'aides"

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
# When a file was extracted or corrected is no year of a list.
_DATE = re.compile(r"(?<!\d)(?:20\d\d[-_.]?[01]\d[-_.]?[0-3]\d|[0-3]\d[-_.]?[01]\d[-_.]?20\d\d)(?!\d)")
# What only some lists say of the place of a line.
_CONTROLS = ("nom_lieu", "forme_juridique")
# The year of these lists is only in their name: « fonds_vert_2024.csv ».
_YEAR_OF_THE_NAME = "nom du fichier"


def read(raw: RawFile, referentiel: Referentiel) -> SourceRead | None:
    """Read every sheet that has the amount and most of the columns of one of the forms, None when none has; the notice or the metadata beside it say nothing of aids.

    The lines say of which year and dispositif they are the list, whatever the name of the file.
    """
    places = fitting_sheets(raw.sheets, load_forms("nationales"))
    if not places:
        return None
    tables, findings = [], left_out(raw, [sheet for sheet, _ in places])
    for sheet, header in places:
        table = read_table(sheet.taken(), header, raw.name, Place(referentiel))
        table, found = _placed(table, header.form, referentiel)
        tables.append(table)
        findings += found
    rows = pd.concat([table.rows[["exercice", "code_departement"]] for table in tables])
    listing = places[0][1].form.listing
    if rows.empty:
        return SourceRead(listing, "", tuple(tables), tuple(findings))
    years = sorted(set(rows["exercice"]) - stray_years(rows["exercice"]).keys())
    return SourceRead(
        f"{listing} {', '.join(years)}",
        scope_of(set(rows["code_departement"])),
        tuple(tables),
        tuple(findings),
        kind=NAME,
        by_line=("exercice", "dispositif"),
    )


def _placed(table: TableRead, form: Form, referentiel: Referentiel) -> tuple[TableRead, list[Constat]]:
    """Give each line its year and its place; a line without one of them is set aside."""
    rows, findings = _with_years(table.rows, form, Origine(table.file, table.sheet or None))
    if rows is None:
        return without_rows(table, table.rows.index, "exercice_introuvable"), findings
    rows = rows.assign(
        date_exercice=rows["exercice"].map({said: pd.Timestamp(f"{said}-01-01") for said in rows["exercice"].unique()}),
        date_exercice_precision="annee",
        **{column: rows.get(column) for column in _CONTROLS},
    )
    rows, doubts = attributed(rows, referentiel)
    findings += doubtful_lines(rows) + doubts_found(doubts)
    unplaced = rows.index[rows["code_departement"].isna()]
    findings += [
        Constat(
            "departement_illisible",
            Origine.of(row),
            trouve=f"« {row.code_departement} », {format_euros(int(row.montant_cents))}",
            attendu="un code INSEE, par exemple « 40 », « 2A » ou « 971 », ou le code d'une commune de la ligne",
            ecartee=SetAside(int(row.montant_cents)),
        )
        for row in table.rows.loc[unplaced].itertuples()
    ]
    table = replace(table, rows=rows)
    return without_rows(table, unplaced, "departement_illisible") if len(unplaced) else table, findings


def _with_years(rows: pd.DataFrame, form: Form, origin: Origine) -> tuple[pd.DataFrame | None, list[Constat]]:
    """Return the rows with the year that each says, else that of the file's name; None when neither does.

    The name of a file also tells when it was extracted or corrected: the lines come first, and a contradiction is said.
    """
    constant = form.constants.get("exercice")
    if rows.empty or constant not in (None, _YEAR_OF_THE_NAME):
        return rows, []
    name = PurePosixPath(origin.fichier).name
    in_name = _YEAR.findall(_DATE.sub(" ", name))
    said = rows["exercice"].mask(rows["exercice"].eq(_YEAR_OF_THE_NAME))
    years = sorted(said.dropna().unique())
    if not years and not in_name:
        expected = "l'année dans le nom du fichier, par exemple « fonds_vert_2024.csv »"
        aside = SetAside(int(rows["montant_cents"].sum()), len(rows))
        return None, [Constat("exercice_introuvable", origin, trouve=name, attendu=expected, ecartee=aside)]
    findings = []
    if years and in_name and not set(in_name) & set(years):
        expected = f"l'année des lignes, {', '.join(years)}"
        findings.append(Constat("exercice_contredit", origin, trouve=name, attendu=expected))
    # a line that does not say its year is of that of most others
    return rows.assign(exercice=said.fillna(said.mode().iloc[0] if years else in_name[0])), findings
