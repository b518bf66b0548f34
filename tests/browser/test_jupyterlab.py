"""A real JupyterLab in a real browser: every notebook of the project runs whole, and shows its figures."""

import contextlib
import json
import os
import re
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
import pytest

from tests.conftest import ROOT, copy_project

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
# The whole notebook in the page, so that what is below the screen is there too; and nothing asked of the network.
SETTINGS = {
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab."""

    url: str
    token: str
    project: Path


@pytest.fixture(scope="module")
def lab(tmp_path_factory, root):
    """JupyterLab in a copy of the project, on a free port of the loopback; nothing of it is left at the end."""
    project, private = tmp_path_factory.mktemp("projet"), tmp_path_factory.mktemp("jupyter")
    copy_project(project)
    for name, setting in SETTINGS.items():
        path = private / "reglages" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(setting), encoding="utf-8")
    token = secrets.token_hex(16)
    folders = {"CONFIG_DIR": "config", "DATA_DIR": "data", "RUNTIME_DIR": "runtime"}
    where = {f"JUPYTER_{name}": str(private / folder) for name, folder in folders.items()}
    where |= {"JUPYTERLAB_SETTINGS_DIR": str(private / "reglages"), "JUPYTERLAB_WORKSPACES_DIR": str(private / "plans")}
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", f"--IdentityProvider.token={token}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        cwd=project,
        env={**os.environ, **where},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Lab(_address(process, private / "runtime"), token, project)
    finally:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        process.terminate()
        process.wait(timeout=30)
        _, alive = psutil.wait_procs(family, timeout=10)
        for orphan in alive:
            orphan.kill()
        assert alive == []


def _address(process, runtime: Path) -> str:
    """Wait for the file in which a server says its address; it may be seen before it is whole."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        assert process.poll() is None, "JupyterLab did not start"
        for path in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(json.JSONDecodeError):
                return json.loads(path.read_text(encoding="utf-8"))["url"]
        time.sleep(0.1)
    raise AssertionError("JupyterLab has not said its address")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_run_all_cells_ends_without_error_and_shows_the_figures(chromium, lab, root, name):
    cells = nbformat.read(root / "notebooks" / name, as_version=4).cells
    # Nothing changed since the previous quarter: these cells show nothing, and a sentence of the report says it.
    drawn = re.compile(r"(pvd\.)?figures\.(?!amount_changes|state_changes)")
    figures = [cell for cell in cells if cell.cell_type == "code" and drawn.match(cell.source)]
    page = chromium.new_page(viewport={"width": 1400, "height": 900})
    try:
        page.goto(f"{lab.url}lab/workspaces/{Path(name).stem}/tree/notebooks/{name}?token={lab.token}")
        # Before its kernel is there, JupyterLab would ask which one to run the cells with.
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
        page.wait_for_function(
            """() => {
                const prompts = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')];
                const done = prompts.every(prompt => /^\\[\\d+\\]:$/.test(prompt.textContent.trim()));
                return done || document.querySelector('[data-mime-type="application/vnd.jupyter.error"]');
            }""",
            timeout=60_000,
        )
        errors = page.locator('[data-mime-type="application/vnd.jupyter.error"]').all_inner_texts()
        assert errors == []
        assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').all_inner_texts() == []
        shown = page.locator(".jp-Notebook figure svg:visible")
        assert shown.count() + page.locator(".jp-Notebook .pvd-sans-figure").count() == len(figures)
        for drawing in shown.all():
            drawing.scroll_into_view_if_needed()
            assert drawing.bounding_box()["width"] > 300
            assert drawing.bounding_box()["height"] > 60
    finally:
        page.close()


ASKED = """import pvd_analysis as pvd
choix = pvd.parametres().montrer(lambda d: d.conventions[["code_commune", "date_signature"]].dropna())
choix.departement.value, choix.trimestre.value = "40", "2021-T3"
choix"""


def test_the_form_leads_the_tables_and_a_table_is_searched_without_the_network(chromium, lab):
    cells = [ASKED, "pvd.explorer(choix.d.laureats)", "choix.d.projets"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(notebook, lab.project / "notebooks" / "essai_formulaire.ipynb")
    page = chromium.new_page(viewport={"width": 1400, "height": 1200})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    try:
        page.goto(f"{lab.url}lab/workspaces/formulaire/tree/notebooks/essai_formulaire.ipynb?token={lab.token}")
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
        signed = page.locator(".jp-OutputArea").first.get_by_text("23 juillet 2021").first
        signed.wait_for(timeout=60_000)
        page.get_by_label("Trimestre").select_option("2021-T2")
        signed.wait_for(state="detached", timeout=60_000)
        page.get_by_label("Trimestre").select_option("2021-T3")
        signed.wait_for(timeout=60_000)
        page.get_by_label("Chercher :").fill("Peyrehorade")
        page.get_by_text("1 à 1 sur 1 lignes").wait_for(timeout=60_000)
        found = page.locator(".dt-container tbody tr")
        assert found.count() == 1
        assert "Peyrehorade" in found.inner_text()
        shown = page.locator(".jp-Notebook .jp-OutputArea").last.inner_text()
        assert "450\u202f898,75\u00a0€" in shown
        assert not re.search(r"NaN|<NA>|45089875", shown)
        assert page.locator('[data-mime-type="application/vnd.jupyter.error"]').all_inner_texts() == []
        assert {url for url in asked if not url.startswith((lab.url, "data:", "blob:"))} == set()
    finally:
        page.close()
