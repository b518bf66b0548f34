"""What the examples of docstrings know without saying it: the package as `pvd`, and the Landes, T3 2021, as `d`."""

from typing import Any

import pytest


@pytest.fixture(scope="session")
def doctest_namespace(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the names that every example may use."""
    import pvd_analysis as pvd
    from tests.conftest import copy_project

    return {"pvd": pvd, "d": pvd.load("2021-T3", "40", racine=copy_project(tmp_path_factory.mktemp("landes")))}
