"""The national lists of aids: DGCL (DETR, DSIL, DSID…) and Fonds vert; ``nationales.toml`` describes each form."""

import re
from dataclasses import replace
from pathlib import PurePosixPath

import pandas as pd

from pvd_analysis.communes import Referentiel
from pvd_analysis.constats import Constat, Origine
from pvd_analysis.sources.attribution import attributed
from pvd_analysis.sources.cells import Place
from pvd_analysis.sources.form import Form, load_forms
from pvd_analysis.sources.plausibility import doubtful_lines
from pvd_analysis.sources.raw_file import RawFile, Sheet
from pvd_analysis.sources.source_read import SourceRead, scope_of
from pvd_analysis.sources.table_reader import Header, find_header, read_table, without_rows
from pvd_analysis.values import format_euros

NAME = "liste nationale d'aides"

_FORMS = "nationales"
_TABLE = "aides_nationales"
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
# What only some lists say of the place of a line.
_CONTROLS = ("nom_lieu", "forme_juridique")
# The year of these lists is only in their name: « fonds_vert_2024.csv ».
_YEAR_OF_THE_NAME = "nom du fichier"


def recognises(raw: RawFile) -> bool:
    """Whether one sheet has the amount and most of the columns of one of the forms."""
    return _place(raw) is not None


def read(raw: RawFile, referentiel: Referentiel) -> SourceRead:
    """Read the sheet that holds the list; the notice or the metadata beside it say nothing of aids."""
    placed = _place(raw)
    if placed is None:
        raise ValueError(f"{raw.name} is no national list of aids")
    form, sheet, header = placed
    table = read_table(sheet, form, header, raw.name, Place(referentiel))
    year = _year(raw.name, form, table.rows)
    if year is None:
        finding = Constat(
            "exercice_introuvable",
            Origine(raw.name, sheet.name or None),
            trouve=PurePosixPath(raw.name).name,
            attendu="l'année dans le nom du fichier, par exemple « fonds_vert_2024.csv »",
        )
        return SourceRead(form.listing, "", (without_rows(table, table.rows.index, finding.regle),), (finding,))
    rows = table.rows.assign(exercice=table.rows["exercice"].replace(_YEAR_OF_THE_NAME, year))
    rows = rows.assign(
        date_exercice=rows["exercice"].map({said: pd.Timestamp(f"{said}-01-01") for said in rows["exercice"].unique()}),
        date_exercice_precision="annee",
        **{column: rows.get(column) for column in _CONTROLS},
    )
    rows, doubts = attributed(rows, referentiel)
    unplaced = rows.index[rows["code_departement"].isna()]
    findings = doubtful_lines(rows, raw.name, sheet.name, year)
    findings += [
        Constat(
            doubt.regle,
            Origine(raw.name, sheet.name or None, int(doubt.ligne)),
            trouve=doubt.trouve,
            proposition=doubt.proposition,
        )
        for doubt in doubts.itertuples()
    ]
    findings += [
        Constat(
            "departement_illisible",
            Origine(raw.name, sheet.name or None, int(line)),
            trouve=f"« {written} », {format_euros(int(cents))}",
            attendu="un code INSEE, par exemple « 40 », « 2A » ou « 971 », ou le code d'une commune de la ligne",
        )
        for line, written, cents in table.rows.loc[unplaced, ["ligne", "code_departement", "montant_cents"]].itertuples(
            index=False
        )
    ]
    source = f"{form.listing} {year}"
    table = replace(table, rows=rows)
    if len(unplaced):
        table = without_rows(table, unplaced, "departement_illisible")
    return SourceRead(source, scope_of(set(table.rows["code_departement"])), (table,), tuple(findings))


def _place(raw: RawFile) -> tuple[Form, Sheet, Header] | None:
    """Return the form that knows most columns of a sheet, among those whose every required column is there."""
    found = [
        (form, sheet, header)
        for sheet in raw.sheets
        for form in load_forms(_FORMS, _TABLE)
        if (header := find_header(sheet, form)) is not None
        and not header.missing(form)
        and 2 * len(header.found) > len(form.fields)
    ]
    return max(found, key=lambda place: len(place[2].columns) - len(place[2].unknown), default=None)


def _year(name: str, form: Form, rows: pd.DataFrame) -> str | None:
    """Return the year of a list: what its form says, else its file's name, else most of its lines."""
    said = form.constants.get("exercice")
    if said not in (None, _YEAR_OF_THE_NAME):
        return said
    in_name = _YEAR.findall(PurePosixPath(name).name)
    if in_name:
        return str(in_name[-1])
    if said == _YEAR_OF_THE_NAME or rows.empty:
        return None
    return str(rows["exercice"].mode().iloc[0])
