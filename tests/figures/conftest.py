"""The datasets that every figure must bear: the Landes at two dates, nothing, one of each thing, many."""

import shutil

import pytest

import pvd_analysis as pvd
from tests.conftest import ROOT
from tests.figures import made_up


@pytest.fixture(scope="session")
def landes(landes_root):
    return pvd.load("2021-T3", "40", racine=landes_root)


@pytest.fixture(scope="session")
def landes_2023(landes_root):
    return pvd.load("2023-T1", "40", racine=landes_root)


@pytest.fixture(scope="session")
def landes_with_boundaries(tmp_path_factory, shared_data):
    """The Landes in a project of its own, where the real boundaries lie beside the reference list."""
    folder = tmp_path_factory.mktemp("contours")
    shutil.copytree(ROOT / "data" / "raw", folder / "data" / "raw")
    for path in (shared_data / "contours").glob("*.geojson"):
        shutil.copy(path, folder / "data" / "raw" / "referentiel" / path.name)
    return pvd.load("2021-T3", "40", racine=folder)


@pytest.fixture(scope="session")
def datasets(landes, landes_2023, landes_root):
    return {
        "landes": landes,
        "landes_2023": landes_2023,
        "single": made_up.single(landes),
        "points": made_up.with_coordinates(landes),
        "crowded": made_up.crowded(pvd.load("2022-T3", "40", racine=landes_root)),
    }
