"""The documentation site: built from the guide and the docstrings without a warning; every public function is in it."""

import subprocess
import sys
from inspect import isfunction

import pytest
from bs4 import BeautifulSoup

import pvd_analysis as pvd


@pytest.fixture(scope="module")
def site(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    # a link to a page or a heading that is not there is a warning, and so is a docstring that cannot be read
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "docs", str(folder)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return {path.name: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in folder.glob("*.html")}


def test_every_function_of_a_notebook_is_in_the_reference_with_its_example(site):
    described = {entry["id"].rpartition(".")[2] for entry in site["reference.html"].select("dt[id]")}
    for module in (pvd.analysis, pvd.tables, pvd.figures):
        assert {name for name in module.__all__ if isfunction(getattr(module, name))} <= described
    assert {"load", "known_before", "export", "parametres", "explorer", "Dataset", "write_data_package"} <= described
    assert "pvd.analysis.aids_by(d, " in site["reference.html"].get_text()


def test_the_site_is_in_french_and_asks_nothing_of_the_network(site):
    for name, page in site.items():
        assert page.html["lang"] == "fr", name
        loaded = [tag.get("src") or tag.get("href") for tag in page.select("script[src], link[rel=stylesheet], img")]
        assert not [place for place in loaded if place and "//" in place], name
