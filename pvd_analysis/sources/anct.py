"""The lists of the ANCT: towns of the programmes PVD and Action cœur de ville, as CSV or GeoJSON, alone or together."""

import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from pvd_analysis.communes import Referentiel, match_commune
from pvd_analysis.constats import Constat, Origine
from pvd_analysis.sources.cells import Place, plain_text
from pvd_analysis.sources.form import load_forms
from pvd_analysis.sources.header import Header, find_header, left_out
from pvd_analysis.sources.raw_file import RawFile, Sheet, masked_sheet
from pvd_analysis.sources.source_read import SourceRead, TableRead, scope_of
from pvd_analysis.sources.table_reader import read_table
from pvd_analysis.values import counted
from pvd_analysis.values.text import fold

NAME = "liste ANCT"

_PROGRAMMES = {"pvd": "PVD", "acv": "ACV", "acv2": "ACV 2"}
_TERRITORY_ID = re.compile(r"^(pvd|acv2?)-", re.IGNORECASE)
_SECOND = re.compile(r"acv[ _-]?2(?!\d)", re.IGNORECASE)
# « Château-Chinon (Ville) (58062) »: the code is in the last brackets; a territory may list several towns.
_LISTED_TOWN = re.compile(r"\((\d[\dAB]\d{3})\)")
_SHOWN_CODES = 5
_GEOJSON_COLUMNS = ("insee_com", "lib_com", "id", "date_signature", "longitude", "latitude")


def read(raw: RawFile, referentiel: Referentiel) -> SourceRead | None:
    """Read every list of a file, known by the properties of its features or by the header of a sheet; None without any. The signature dates of a PVD list also feed the conventions d'adhésion.

    A list without dates stands beside those that have some: it tells who is a laureate, and no signature is lost.
    """
    lists = _lists(raw)
    if not lists:
        return None
    tables, findings, dated, labels = [], left_out(raw, [sheet for sheet, _ in lists]), False, list[str]()
    for sheet, programmes in lists:
        table, found, has_dates = _read_sheet(sheet, programmes, raw, referentiel)
        tables.append(table)
        findings += [*found, *_unnamed(table), *_contradicted_names(table, referentiel)]
        dated |= has_dates
        labels += [_label(programme, raw) for programme in programmes]
    return SourceRead(
        f"{NAME} {', '.join(dict.fromkeys(labels))}",
        scope_of({code for table in tables for code in table.rows["code_departement"]}),
        tuple(tables),
        tuple(findings),
        kind=NAME if dated else f"{NAME} sans date",
        by_line=("programme",),
    )


def _read_sheet(
    sheet: Sheet, programmes: list[str], raw: RawFile, referentiel: Referentiel
) -> tuple[TableRead, list[Constat], bool]:
    """Read one list, programme by programme; tell too whether it has dates of signature."""
    reads, findings, dated = [], [], False
    for programme in programmes:
        form = next(form for form in load_forms("anct") if form.name == programme)
        header = find_header(sheet, form)
        if header is None:  # the columns of the programme are there, and no other
            raise ValueError(f"no header of {programme}")
        own, others = _of_programme(sheet, header) if len(programmes) > 1 else (sheet, 0)
        if others:
            found = f"{counted(others, 'commune')} hors du programme {_label(programme, raw)}"
            findings.append(Constat("communes_hors_programme", Origine(raw.name, sheet.name or None), trouve=found))
        table = read_table(own, header, raw.name, Place(referentiel))
        rows = table.rows.assign(
            programme=_label(programme, raw),
            code_departement=table.rows["code_commune"].map(departement_of_code),
        )
        reads.append(replace(table, rows=rows))
        dated |= "date_signature" in header.found
    return _together(reads), findings, dated


def _lists(raw: RawFile) -> list[tuple[Sheet, list[str]]]:
    """Return the lists of a file, each with its programmes: one, or all those that have a column."""
    if raw.document:
        programmes = _programmes_of_document(raw.document)
        return [(masked_sheet("", _geojson_rows(raw.document, programmes[0])), programmes)] if programmes else []
    found = []
    for sheet in raw.sheets:
        headers = {fold(str(cell)) for cell in sheet.rows[0]} if sheet.rows else set()
        programmes = [name for name in _PROGRAMMES if {"insee com", f"id {name}"} <= headers]
        found += [(sheet, programmes)] if programmes else []
    return found


def _programmes_of_document(document: dict[str, Any]) -> list[str]:
    features = document.get("features")
    first = features[0] if isinstance(features, list) and features else None
    properties = first.get("properties") if isinstance(first, dict) else None
    identifier = properties.get("id_territoire") if isinstance(properties, dict) else None
    match = _TERRITORY_ID.match(str(identifier))
    return [match[1].casefold()] if match else []


def _label(programme: str, raw: RawFile) -> str:
    """Return the programme; the towns of ACV 2 keep the identifiers of ACV, so that only the name of its list tells it."""
    is_second = programme == "acv" and _SECOND.search(f"{PurePosixPath(raw.name).stem} {raw.document.get('name', '')}")
    return _PROGRAMMES["acv2" if is_second else programme]


def _of_programme(sheet: Sheet, header: Header) -> tuple[Sheet, int]:
    """Return a sheet of all programmes with the rows of one alone, at their place, and the number of the others."""
    index = next(index for index, field in header.columns.items() if field.column == "id_territoire")
    rows = [
        row if number <= header.row or not any(row) or plain_text(row[index] if index < len(row) else None) else []
        for number, row in enumerate(sheet.rows)
    ]
    return replace(sheet, rows=rows), sum(row is not own for row, own in zip(sheet.rows, rows, strict=True))


def _together(reads: list[TableRead]) -> TableRead:
    """Return what the programmes of one sheet gave as one table: the sheet is reckoned once."""
    if len(reads) == 1:
        return reads[0]
    aside = [read.set_aside for read in reads if len(read.set_aside)] or [reads[0].set_aside]
    return replace(
        reads[0],
        rows=pd.concat([read.rows for read in reads], ignore_index=True),
        set_aside=pd.concat(aside, ignore_index=True),
        findings=tuple(finding for read in reads for finding in read.findings),
        rows_read=sum(read.rows_read for read in reads),
    )


def _geojson_rows(document: dict[str, Any], programme: str) -> list[list[Any]]:
    """Return the features of a GeoJSON list as the rows of the CSV form, one row for each town."""
    rows: list[list[Any]] = [[*_GEOJSON_COLUMNS[:2], f"id_{programme}", *_GEOJSON_COLUMNS[3:]]]
    for feature in document.get("features", ()):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        properties = properties if isinstance(properties, dict) else {}
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
        # Some territories are drawn as several points, or as an outline: no single place.
        is_point = isinstance(coordinates, list) and [type(number) for number in coordinates] == [float, float]
        point = tuple(coordinates or ()) if is_point else (None, None)
        listed = _LISTED_TOWN.findall(str(properties.get("liste_geo", "")))
        names = ("lib_territoire", "id_territoire", "date_signature")
        said = [None if value is None else str(value) for value in map(properties.get, names)]
        rows += [[code, *said, *point] for code in listed or [None]]
    return rows


def departement_of_code(code: str) -> str:
    """Return the département of an INSEE code; overseas, it takes three characters.

    >>> departement_of_code("2A004"), departement_of_code("97106")
    ('2A', '971')
    """
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def _unnamed(table: TableRead) -> list[Constat]:
    """Return, said once, the lines whose town has a code and no name."""
    rows = table.rows[table.rows["libelle"].isna()]
    if rows.empty:
        return []
    found = f"{counted(len(rows), 'commune')} : {', '.join(rows['code_commune'].iloc[:_SHOWN_CODES])}"
    return [Constat("nom_absent", Origine.of(rows.iloc[0]), trouve=found)]


def _contradicted_names(table: TableRead, referentiel: Referentiel) -> list[Constat]:
    """Return the lines whose code and name are two different towns; the code is kept."""
    findings = []
    for row in table.rows[table.rows["libelle"].notna()].itertuples():
        code = match_commune(row.libelle, row.code_departement, referentiel).code
        if code not in (None, row.code_commune):
            found = f"{row.libelle} avec le code {row.code_commune}"
            findings.append(Constat("code_contredit", Origine.of(row), trouve=found, attendu=f"le code {code}"))
    return findings
