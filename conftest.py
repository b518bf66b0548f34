"""What the examples of docstrings know without saying it: the package as `pvd`, and the Landes, T3 2021, as `d`."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def doctest_namespace() -> dict[str, Any]:
    """Return the names that every example may use."""
    import pvd_analysis as pvd

    return {"pvd": pvd, "d": pvd.load("2021-T3", "40", racine=Path(__file__).parent)}
