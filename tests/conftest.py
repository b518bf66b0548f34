"""Shared by all tests: the project's root, a project of its own for a test, and no skip where CI forbids it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def shared_data():
    """The folder of the real national files, which the project does not ship."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"les fichiers réels ne sont pas là ({folder})")
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Return Chromium, or skip and say why."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("Chromium is not installed: sh tests/install_tools.sh")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


settings.register_profile("no_time", deadline=None)
settings.load_profile("no_time")


def copy_project(folder: Path, national: bool = False) -> Path:
    """Copy what the repository ships into a folder; the national files take seconds to read, and are left out else."""
    left_out = None if national else shutil.ignore_patterns("2020-*", "2024-07-26", "*.parquet")
    shutil.copytree(ROOT / "data" / "raw", folder / "data" / "raw", ignore=left_out)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    return folder


@pytest.fixture(scope="session")
def landes_root(tmp_path_factory):
    """The project of the Landes without the national files, that no test may spoil."""
    return copy_project(tmp_path_factory.mktemp("landes"))


@pytest.fixture
def project(tmp_path):
    """The same, that a test may spoil."""
    return copy_project(tmp_path)


def pytest_collection_modifyitems(items):
    """Begin with the longest file: files are handed out in their order, and the last one would be waited for."""
    items.sort(key=lambda item: item.path.name != "test_whole_and_parts.py")


def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("PVD_NO_SKIP") and skipped and session.exitstatus == 0:
        session.exitstatus = 1
