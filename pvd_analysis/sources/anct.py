"""The lists of the ANCT: towns of the programmes PVD and Action cœur de ville, as CSV or GeoJSON."""

import re
from dataclasses import replace
from typing import Any

from pvd_analysis.communes import Referentiel, match_commune
from pvd_analysis.constats import Constat, Origine
from pvd_analysis.sources.cells import Place
from pvd_analysis.sources.form import Form, load_forms
from pvd_analysis.sources.raw_file import RawFile, masked_sheet
from pvd_analysis.sources.source_read import SourceRead, scope_of
from pvd_analysis.sources.table_reader import TableRead, find_header, read_table
from pvd_analysis.values.text import fold

NAME = "liste ANCT"

_PROGRAMMES = {"pvd": "PVD", "acv": "ACV"}
_TERRITORY_ID = re.compile(r"^(pvd|acv)-", re.IGNORECASE)
# « Château-Chinon (Ville) (58062) »: the code is in the last brackets; a territory may list several towns.
_LISTED_TOWN = re.compile(r"\((\d[\dAB]\d{3})\)")
_GEOJSON_COLUMNS = ("insee_com", "lib_com", "id", "date_signature", "longitude", "latitude")


def recognises(raw: RawFile) -> bool:
    """Whether a file is a list of the ANCT: by the properties of its features, or by its header."""
    return _programme(raw) is not None


def read(raw: RawFile, referentiel: Referentiel) -> SourceRead:
    """Read a list; the signature dates of a PVD list also feed the conventions d'adhésion."""
    programme = _programme(raw)
    if programme is None:
        raise ValueError(f"{raw.name} is not a list of the ANCT")
    form = _form(programme)
    sheet = masked_sheet("", _geojson_rows(raw.document, programme)) if raw.document else raw.sheets[0]
    header = find_header(sheet, form)
    if header is None:
        raise ValueError(f"{raw.name} has lost its header since it was recognised")
    table = read_table(sheet, form, header, raw.name, Place(referentiel))
    rows = table.rows.assign(
        programme=_PROGRAMMES[programme],
        code_departement=table.rows["code_commune"].map(departement_of_code),
    )
    table = replace(table, rows=rows)
    departements = set(rows["code_departement"])
    findings = _contradicted_names(table, referentiel)
    return SourceRead(f"{NAME} {_PROGRAMMES[programme]}", scope_of(departements), (table,), tuple(findings))


def _form(programme: str) -> Form:
    return next(form for form in load_forms("anct", "territoires") if form.name == programme)


def _programme(raw: RawFile) -> str | None:
    if raw.document:
        features = raw.document.get("features")
        first = features[0] if isinstance(features, list) and features else None
        properties = first.get("properties") if isinstance(first, dict) else None
        identifier = properties.get("id_territoire") if isinstance(properties, dict) else None
        match = _TERRITORY_ID.match(str(identifier))
        return match[1].casefold() if match else None
    if len(raw.sheets) != 1 or not raw.sheets[0].rows:
        return None
    headers = {fold(str(cell)) for cell in raw.sheets[0].rows[0]}
    return next((name for name in _PROGRAMMES if {"insee com", f"id {name}"} <= headers), None)


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


def _contradicted_names(table: TableRead, referentiel: Referentiel) -> list[Constat]:
    """Return the lines whose code and name are two different towns; the code is kept."""
    findings = []
    for row in table.rows.itertuples():
        if not row.libelle:
            continue
        match = match_commune(row.libelle, row.code_departement, referentiel)
        if match.code is not None and match.code != row.code_commune:
            findings.append(
                Constat(
                    "code_contredit",
                    Origine(table.file, table.sheet or None, int(row.ligne)),
                    trouve=f"{row.libelle} avec le code {row.code_commune}",
                    attendu=f"le code {match.code}",
                )
            )
    return findings
