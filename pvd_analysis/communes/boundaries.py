"""The boundaries of the communes, when a file of them lies beside the reference list."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from pvd_analysis.communes.referentiel import Referentiel
from pvd_analysis.errors import InvalidParameter

# As they are called in the files of france-geojson, of Etalab and of the IGN (Admin Express).
_CODE_PROPERTIES: Final = ("code", "codgeo", "code_insee", "insee_com", "INSEE_COM")
_CODE: Final = "code_commune"
_OUTLINE: Final = "contour_wkb"


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The polygons of the communes of a département, in degrees (WGS 84), by INSEE code of today.

    Attributes
    ----------
    communes
        Each commune of today, its former parts dissolved into it.
    sources
        Where they come from: what ``contours.csv`` says of a file, else its name.
    """

    communes: dict[str, BaseGeometry]
    sources: tuple[str, ...]


def commune_boundaries(referentiel: Referentiel, code_departement: str) -> Boundaries:
    """Return the boundaries of the communes of a département, none when no file gives them.

    Every ``*.geojson`` beside the reference list is read, then every ``*.parquet`` (``code_commune``, ``contour_wkb``):
    they hold communes that an INSEE code names; a former code is drawn in the commune of today (Morcenx-la-Nouvelle,
    40197, in its three former parts). Other features are left aside; a commune that two files have is taken from the
    first one by name.

    Raises
    ------
    InvalidParameter
        A file is no GeoJSON, or no Parquet of communes.
    """
    codes = referentiel.codes_of_departement(code_departement)
    communes: dict[str, BaseGeometry] = {}
    sources = []
    for path in referentiel.contour_files if codes else ():
        read = _of_parquet if path.suffix == ".parquet" else _of_geojson
        parts: defaultdict[str, list[BaseGeometry]] = defaultdict(list)
        for code, geometry in read(path, codes):
            parts[referentiel.resolve_code(code) or code].append(geometry)
        found = {code: shapely.union_all(geometries) for code, geometries in parts.items() if code not in communes}
        communes |= found
        if found:
            sources.append(referentiel.contour_sources.get(path.name, path.name))
    return Boundaries(dict(sorted(communes.items())), tuple(sources))


def _of_geojson(path: Path, codes: Collection[str]) -> list[tuple[str, BaseGeometry]]:
    """Return the code and the shape of the communes that are wanted: a national file has 35 000 others."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        features = document["features"] if document["type"] == "FeatureCollection" else [document]
        coded = [(_code(feature["properties"] or {}), feature["geometry"]) for feature in features]
        return _drawn((code, shape(geometry)) for code, geometry in coded if geometry and code in codes)
    except Exception as error:  # whatever may stand in a file
        raise InvalidParameter(
            f"Contours illisibles : data/raw/referentiel/{path.name}. Un GeoJSON de communes est attendu, dont chaque "
            "entité porte un contour et une propriété « code », par exemple « 40197 »."
        ) from error


def _of_parquet(path: Path, codes: Collection[str]) -> list[tuple[str, BaseGeometry]]:
    try:
        table = pq.read_table(path, columns=[_CODE, _OUTLINE], filters=[(_CODE, "in", codes)])
        outlines = shapely.from_wkb(table[_OUTLINE].to_pylist())
        return _drawn(zip(table[_CODE].to_pylist(), outlines, strict=True))
    except Exception as error:  # whatever may stand in a file
        raise InvalidParameter(
            f"Contours illisibles : data/raw/referentiel/{path.name}. Un Parquet de communes est attendu, avec les colonnes "
            f"{_CODE} (par exemple « 40197 ») et {_OUTLINE} (le contour en WKB)."
        ) from error


def _drawn(outlines: Iterable[tuple[str, BaseGeometry | None]]) -> list[tuple[str, BaseGeometry]]:
    """Return the outlines that draw something, their crossed lines mended; a code seen twice is drawn once."""
    valid = {code: shapely.make_valid(outline) for code, outline in outlines if outline is not None}
    return [(code, outline) for code, outline in valid.items() if not outline.is_empty]


def _code(properties: dict[str, Any]) -> str:
    return next((str(properties[name]) for name in _CODE_PROPERTIES if properties.get(name)), "")
