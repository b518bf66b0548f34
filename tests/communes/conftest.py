"""The reference list of the project, read once."""

from pathlib import Path

import pytest

from pvd_analysis.communes import Referentiel, load_referentiel

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def referentiel() -> Referentiel:
    """Return the reference list that the project ships."""
    return load_referentiel(ROOT / "data" / "raw" / "referentiel")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of the real files, which the project does not ship."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"les fichiers réels ne sont pas là ({folder})")
    return folder
