"""What an analyst meets in a notebook: a dataset that shows itself, figures of matplotlib, examples that run, exports."""

import doctest
import subprocess
import sys
from inspect import isfunction, signature

import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from matplotlib.figure import Figure

import pvd_analysis as pvd
from pvd_analysis.dataset import known_before
from pvd_analysis.errors import InvalidParameter


@pytest.fixture(scope="module")
def d(landes_root):
    return pvd.load("2021-T3", "40", racine=landes_root)


@pytest.fixture(scope="module")
def d_2023(landes_root):
    return pvd.load("2023-T1", "40", racine=landes_root)


def test_a_dataset_shows_its_tables_their_rows_its_findings_and_its_day(d):
    page = BeautifulSoup(d._repr_html_(), "html.parser")
    shown = {row.th.get_text(): row.td.get_text() for row in page.select("tbody tr")}
    assert set(d.tables) | {"constats", "ecartees", "bilan", "fichiers"} == set(shown)
    assert (shown["laureats"], shown["postes"], shown["constats"]) == ("14", "8", "8")
    assert "Landes (40), T3 2021, arrêté au 30 septembre 2021" in page.get_text()
    assert "0 bloquant, 0 avertissement, 8 informations." in page.get_text()
    assert page.caption is not None
    assert {cell["scope"] for cell in page.select("th")} == {"row", "col"}
    lines = repr(d).splitlines()
    assert lines[0] == "Landes (40), T3 2021, arrêté au 30 septembre 2021"
    assert [line.split()[:2] for line in lines if line.startswith("  postes")] == [["postes", "8"]]
    assert all(type(table) is pd.DataFrame for table in d.tables.values())


def test_a_dataset_known_on_a_day_says_so(root):
    before = pvd.load("2021-T3", "40", "2021-09-10", root)
    said = "Données connues au 10 septembre 2021 ; livraison la plus récente : 10 septembre 2021."
    assert said in repr(before)
    assert said in BeautifulSoup(before._repr_html_(), "html.parser").get_text(" ")


def test_what_comes_from_the_data_is_shown_as_text(project):
    path = project / "data/raw/referentiel/departements.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Landes", "<script>Landes"), encoding="utf-8")
    page = BeautifulSoup(pvd.load("2021-T3", "40", racine=project)._repr_html_(), "html.parser")
    assert page.find("script") is None
    assert "<script>Landes (40)" in page.get_text()


@pytest.mark.parametrize("name", [name for name in pvd.analysis.__all__ if isfunction(getattr(pvd.analysis, name))])
def test_every_analysis_has_an_example_that_runs(name):
    examples = doctest.DocTestParser().get_examples(getattr(pvd.analysis, name).__doc__)
    assert [example for example in examples if example.want]
    assert not [example for example in examples if example.options.get(doctest.SKIP)]


@pytest.mark.parametrize("name", [name for name in pvd.figures.__all__ if isfunction(getattr(pvd.figures, name))])
def test_every_figure_is_a_figure_of_matplotlib(d, d_2023, name, tmp_path):
    draw = getattr(pvd.figures, name)
    of_changes = "before" in signature(draw).parameters
    figure = draw(d_2023, known_before(d_2023)) if of_changes else draw(d)
    if name in {"department_map", "aids_by_region", "aids_per_inhabitant"}:
        # this project has neither boundaries nor coordinates nor national lists: a sentence stands in their place
        assert isinstance(figure, pvd.figures.NoFigure)
        return
    if name == "amount_changes":
        # no amount of the data shipped changes from one quarter to the next: a sentence of the report says it
        assert figure is None
        return
    assert isinstance(figure, Figure)
    assert figure.axes[0].figure is figure
    figure.savefig(tmp_path / "figure.png")
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")


def test_any_table_takes_labels_euros_and_codes_from_the_data_dictionary(d):
    table = pvd.tables.any_table(d.financements.assign(ma_marge_cents=12_345), "Les financements")
    row = {cell.column.label: cell.text for cell in next(table.rows()).cells}
    assert row["Financeur"] == "État"
    assert row["Montant"] == "192\u202f815\u00a0€"
    assert row["ma marge cents"] == "123,45\u00a0€"
    counts = d.financements.groupby("dispositif")["montant_cents"].sum().to_frame()
    assert [column.label for column in pvd.tables.any_table(counts, "Sommes").columns] == ["Dispositif", "Montant"]


def test_an_export_is_a_workbook_that_says_where_it_is_from(d, tmp_path):
    hostile = d.projets.assign(intitule="=1+1")
    path = pvd.export(d, hostile, tmp_path / "dossier" / "projets.xlsx")
    sheet = openpyxl.load_workbook(path).active
    cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "Landes (40), T3 2021, arrêté au 30 septembre 2021" in cells
    assert cells["=1+1"] == "s"
    assert cells[450_898.75] == "n"
    with pytest.raises(InvalidParameter, match=r"\.xlsx est attendu"):
        pvd.export(d, hostile, tmp_path / "projets.csv")


def test_the_data_dictionary_of_the_guide_is_that_of_the_schemas(root, tmp_path):
    path = tmp_path / "dictionnaire.md"
    command = [sys.executable, "-m", "pvd_analysis", "dictionnaire", "--markdown", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    assert path.read_bytes() == (root / "docs" / "dictionnaire.md").read_bytes(), "run: make docs"
