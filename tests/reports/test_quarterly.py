"""The files of a quarter agree: none of an earlier run stays among those of the last one. All data is made up."""

import json

import nbformat
import pytest

from pvd_analysis.reports.manifest import MANIFEST
from pvd_analysis.reports.quarterly import REPORTS, make_reports
from pvd_analysis.workbooks.committee import WORKBOOK
from tests.territories.classeurs import deliver_classeur, laureats, new_project, poste, projet

TOWN = {"laureats": laureats("Mirande"), "postes": [poste("P1", "Mirande", "recruté")]}


@pytest.fixture
def gers(tmp_path):
    """Notebooks of three cells, and a classeur with a project."""
    project = new_project(tmp_path, notebooks=True)
    for name in REPORTS:
        path = project / "notebooks" / f"{name}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = notebook.cells[:3]
        nbformat.write(notebook, path)
    deliver_classeur(project, "2021-10-05", "suivi.xlsx", "32", **TOWN, projets=[projet("1", "Mirande", "Halle")])
    return project


def made(project):
    make_reports("2021-T4", "32", None, project)
    return project / "outputs" / "2021-T4" / "32"


def test_a_file_that_is_not_made_any_more_leaves_with_those_that_it_was_made_with_and_others_stay(gers):
    folder = made(gers)
    assert (folder / WORKBOOK).is_file()
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    manifest["sorties"]["rapport_financier_tables.xlsx"] = manifest["sorties"][WORKBOOK]
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    for name in ("rapport_financier_tables.xlsx", "à_moi.txt"):
        (folder / name).write_text("?", encoding="utf-8")
    folder = made(gers)
    assert not (folder / "rapport_financier_tables.xlsx").exists()
    assert (folder / "à_moi.txt").read_text(encoding="utf-8") == "?"
    assert (folder / WORKBOOK).is_file()


def test_no_workbook_is_made_where_nothing_is_to_be_examined(gers):
    deliver_classeur(gers, "2022-01-05", "suivi.xlsx", "32", **TOWN)
    assert not list(made(gers).glob("*.xlsx"))
