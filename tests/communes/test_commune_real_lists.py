"""The ANCT list of the 1,645 Petites villes de demain, by code and by name alone."""

import json
from pathlib import Path

import pytest

from pvd_analysis.communes import Referentiel, match_commune

LIST = "data/raw/2024-07-26/geojsonV2__pvd_geom.geojson"


@pytest.fixture(scope="module")
def territories(root: Path) -> list[dict[str, str]]:
    content = json.loads((root / LIST).read_text(encoding="utf-8"))
    return [feature["properties"] for feature in content["features"]]


def test_every_name_with_its_code_resolves(referentiel: Referentiel, territories: list[dict[str, str]]):
    assert len(territories) == 1_645
    unresolved = [
        territory["liste_geo"]
        for territory in territories
        if match_commune(territory["liste_geo"], None, referentiel).how != "code"
    ]
    assert unresolved == []


def test_nearly_every_name_alone_leads_to_its_code_and_none_to_another(
    referentiel: Referentiel, territories: list[dict[str, str]]
):
    """The six left out are pairs of towns across two départements: their id says 5455, 1923 or 3873."""
    expected = [match_commune(territory["liste_geo"], None, referentiel).code for territory in territories]
    found = [
        match_commune(territory["lib_territoire"], territory["id_territoire"].split("-")[2], referentiel)
        for territory in territories
    ]
    assert [
        (territory["lib_territoire"], match.code, code)
        for territory, match, code in zip(territories, found, expected, strict=True)
        if match.code not in (None, code)
    ] == []
    missed = {
        territory["id_territoire"].split("-")[2]
        for territory, match in zip(territories, found, strict=True)
        if match.code is None
    }
    assert missed == {"5455", "1923", "3873"}
    assert sum(match.code is not None for match in found) == 1_639
