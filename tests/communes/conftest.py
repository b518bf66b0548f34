"""The reference list of the project, read once."""

from pathlib import Path

import pytest

from pvd_analysis.communes import Referentiel, load_referentiel

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def referentiel() -> Referentiel:
    """Return the reference list that the project ships."""
    return load_referentiel(ROOT / "data" / "raw" / "referentiel")
