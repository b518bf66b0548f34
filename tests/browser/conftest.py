"""A real browser with all network refused."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.conftest import copy_project

HOSTILE = "<script>document.title='pris'</script>"
HOSTILE_SHEET = "<img src=x onerror=alert(1)>"
# « < » is no letter of a file name on Windows.
HOSTILE_FILE = "<svg onload=alert(2)>.xlsx" if os.name == "posix" else "l'état & co.xlsx"


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., tuple[Any, list[str], list[str]]]]:
    """Open a page of a file at a width; gives it, what it asked of the network, and what it said to the console."""
    contexts = []

    def visited(path: Path, width: int, height: int = 800, **options: Any) -> tuple[Any, list[str], list[str]]:
        context = chromium.new_context(viewport={"width": width, "height": height}, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        requests: list[str] = []
        messages: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.on("dialog", lambda dialog: (messages.append("dialog"), dialog.dismiss()))
        page.goto(path.as_uri())
        return page, requests, messages

    yield visited
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def landes_reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the pages of two quarters of the Landes, whose raw files have hostile titles, towns, sheet and file names.

    2021-T3 has no quarter before it; 2023-T1 has deadlines that have passed, and changes of several classes.
    """
    from pvd_analysis.reports.quarterly import make_reports

    folder = tmp_path_factory.mktemp("projet")
    copy_project(folder, national=True)
    path = folder / "data/raw/2021-09-10/suivi_pvd_landes.xlsx"
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["Projets"]
    for row, (number, town) in enumerate((("40-901", "Amou"), ("40-902", HOSTILE)), 9):
        for column, value in zip("ABCFK", (number, town, HOSTILE, 100_000, "Test"), strict=True):
            sheet[f"{column}{row}"].value = value
    workbook.create_sheet(HOSTILE_SHEET).append([HOSTILE, "valeur"])
    workbook.save(path.with_name(HOSTILE_FILE))
    path.unlink()
    pages = {}
    for quarter in ("2021-T3", "2023-T1"):
        _, files = make_reports(quarter, "40", None, folder)
        pages |= {f"{quarter} {name}": file for name, file in files.items() if file.suffix == ".html"}
    return pages


def upright_sheets(page: Any, folder: Path) -> int:
    """Print a page, and return its sheets once they are seen to be upright A4."""
    if shutil.which("pdfinfo") is None:
        pytest.skip("poppler-utils is not installed: sh tests/install_tools.sh")
    file = folder / "page.pdf"
    page.pdf(path=file, prefer_css_page_size=True)
    said = subprocess.run(["pdfinfo", str(file)], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Page size:\s+59\d(\.\d+)? x 84\d", said)
    return int(re.search(r"Pages:\s+(\d+)", said)[1])  # type: ignore[index]
