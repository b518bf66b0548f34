"""The boundaries of the communes, when a GeoJSON of them lies beside the reference list."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from pvd_analysis.communes.referentiel import Referentiel
from pvd_analysis.errors import InvalidParameter

# As they are called in the files of france-geojson, of Etalab and of the IGN (Admin Express).
_CODE_PROPERTIES: Final = ("code", "codgeo", "code_insee", "insee_com", "INSEE_COM")


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The polygons of the communes of a département, in degrees (WGS 84), by INSEE code of today.

    Attributes
    ----------
    communes
        Each commune of today, its former parts dissolved into it.
    files
        The names of the files that they come from.
    """

    communes: dict[str, BaseGeometry]
    files: tuple[str, ...]


def commune_boundaries(referentiel: Referentiel, code_departement: str) -> Boundaries:
    """Return the boundaries of the communes of a département, none when no file gives them.

    Every ``*.geojson`` beside the reference list is read: its features are communes that a property names by INSEE
    code; a former code is drawn in the commune of today (Morcenx-la-Nouvelle, 40197, in its three former parts). Other
    features are left aside; a code that two files have is taken from the first one by name.

    Raises
    ------
    InvalidParameter
        A file is no GeoJSON.
    """
    parts: dict[str, BaseGeometry] = {}
    files = []
    for path in referentiel.geojson_files:
        found = {
            code: geometry
            for code, geometry in _features(path, lambda code: _departement(referentiel, code) == code_departement)
            if code not in parts
        }
        parts |= found
        if found:
            files.append(path.name)
    grouped: defaultdict[str, list[BaseGeometry]] = defaultdict(list)
    for code, geometry in parts.items():
        grouped[referentiel.resolve_code(code) or code].append(geometry)
    communes = {code: shapely.union_all(geometries) for code, geometries in sorted(grouped.items())}
    return Boundaries(communes, tuple(files))


def _departement(referentiel: Referentiel, code: str) -> str | None:
    current = referentiel.resolve_code(code)
    return referentiel.departement_of(current) if current else None


def _features(path: Path, is_wanted: Callable[[str], bool]) -> list[tuple[str, BaseGeometry]]:
    """Return the code and the shape of the features that are wanted: a national file has 35 000 others."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        features = document["features"] if document["type"] == "FeatureCollection" else [document]
        coded = [(_code(feature["properties"] or {}), feature["geometry"]) for feature in features]
        return [(code, shapely.make_valid(shape(geometry))) for code, geometry in coded if geometry and is_wanted(code)]
    except Exception as error:  # whatever may stand in a file
        raise InvalidParameter(
            f"Contours illisibles : data/raw/referentiel/{path.name}. Un GeoJSON de communes est attendu, dont chaque "
            "entité porte un contour et une propriété « code », par exemple « 40197 »."
        ) from error


def _code(properties: dict[str, Any]) -> str:
    return next((str(properties[name]) for name in _CODE_PROPERTIES if properties.get(name)), "")
