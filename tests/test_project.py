"""The project itself: notebooks without outputs, one list of packages, imports that run one way."""

import re
import subprocess
import sys
import tomllib

import nbformat
import pytest
import yaml
from nbclient import NotebookClient

from pvd_analysis.vocabulary import terms, vocabulary_table

NOTEBOOKS = ("note", "rapport_financier", "rapport_ingenierie", "annexe", "fiche_laureat", "exploration")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_committed_without_outputs_in_short_cells(root, name):
    notebook = nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
            assert len(cell.source.splitlines()) < 10


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_run_all_of_a_notebook_ends_without_error(project, name):
    notebook = nbformat.read(project / "notebooks" / f"{name}.ipynb", as_version=4)
    NotebookClient(
        notebook, resources={"metadata": {"path": str(project / "notebooks")}}, kernel_name="python3"
    ).execute()
    assert all(output.output_type != "error" for cell in notebook.cells for output in cell.get("outputs", ()))


def test_papermill_alone_makes_a_notebook_of_ours(project, tmp_path):
    made = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", "notebooks/rapport_financier.ipynb", str(made)]
    parameters = ["-p", "trimestre", "2021-T3", "-p", "departement", "40"]
    subprocess.run([*command, *parameters], cwd=project, check=True, capture_output=True)
    assert "629\u202f048" in made.read_text(encoding="utf-8") or "629\\u202f048" in made.read_text(encoding="utf-8")


def test_environment_yml_has_the_packages_of_pyproject(root):
    packages = set(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"])
    listed = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert {entry for entry in listed if isinstance(entry, str)} - {"python>=3.11", "pip"} == packages


def test_the_workflow_and_the_citation_say_what_the_package_says(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    workflow = yaml.safe_load((root / ".github/workflows/tests.yml").read_text(encoding="utf-8"))
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    assert workflow["jobs"]["tests"]["strategy"]["matrix"]["python"] == named
    cited = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    for key in ("version", "license", "keywords"):
        assert cited[key] == project[key]


def test_imports_run_one_way(root):
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_codes_and_column_names_are_unique():
    assert vocabulary_table("columns")["nom"].is_unique
    assert vocabulary_table("findings")["regle"].is_unique
    for name in (*vocabulary_table("termes")["liste"].unique(), "dispositif", "financeur", "famille"):
        assert terms(name).index.is_unique


def test_every_path_that_the_documentation_names_is_there(root):
    missing = []
    for page in (*root.glob("*.md"), *root.glob("docs/*.md")):
        for name in re.findall(
            r"`([\w/.-]+/[\w.-]+\.(?:py|toml|csv|md|ipynb|j2|css|sh|yml)|\w+\.(?:py|toml))`",
            page.read_text(encoding="utf-8"),
        ):
            places = (root / name, root / "pvd_analysis" / name, root / "docs" / name)
            if not any(place.exists() for place in places) and not any(root.joinpath("pvd_analysis").rglob(name)):
                missing.append((page.name, name))
    assert missing == []


def test_every_function_on_the_way_of_one_row_is_where_the_map_says(root):
    way = root.joinpath("docs", "architecture.md").read_text(encoding="utf-8").partition("## The way of one row")[2]
    for line in way.partition("\n## ")[0].splitlines():
        _, where, *said = [*line.split("|"), ""]
        code = "".join(
            root.joinpath("pvd_analysis", name).read_text(encoding="utf-8")
            for name in re.findall(r"`([\w/]+\.py)`", where)
        )
        for name in re.findall(r"`(\w+)(?:\.rows)?`", said[0]) if code else ():
            assert re.search(rf"\b{name}\b", code), (where, name)
