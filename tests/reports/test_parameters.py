"""What was asked must be what was made: a notebook that would show something else is refused before it runs."""

import shutil

import nbformat
import pytest

from pvd_analysis.cli import main


def reports(project, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["rapports", "--trimestre", "2021-T4", "--departement", "40", "--racine", str(project)])
    said = capsys.readouterr()
    assert not list((project / "outputs").glob("2021-T4/40/*.html"))
    return stop.value.code, " ".join((said.out + said.err).split())


def changed(project, change):
    path = project / "notebooks" / "rapport_financier.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook, next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ())))
    nbformat.write(notebook, path)


def test_notebooks_without_a_parameters_cell_are_refused(project, shared_data, capsys):
    """E6: a page titled T4 had the figures of T3, and the exit status was 0."""
    shutil.rmtree(project / "notebooks")
    shutil.copytree(shared_data / "cases" / "n01_notebooks_sans_etiquette_parameters", project / "notebooks")
    code, said = reports(project, capsys)
    assert code == 2
    assert "rapport_financier.ipynb : aucune cellule n'est étiquetée « parameters »" in said


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda _, cell: cell.update(source=cell.source.replace("trimestre", "quarter")), "ne donne pas trimestre"),
        (
            lambda notebook, _: notebook.cells.append(
                nbformat.v4.new_code_cell('%matplotlib inline\ntrimestre = "2021-T3"')
            ),
            "trimestre y prend une autre valeur",
        ),
    ],
)
def test_a_parameter_that_is_missing_or_given_again_is_refused(project, capsys, change, sentence):
    changed(project, change)
    code, said = reports(project, capsys)
    assert code == 2
    assert sentence in said


@pytest.mark.parametrize(("spoil", "sentence"), [
    (lambda path: path.unlink(), "rapport_financier.ipynb manque"),
    (lambda path: path.write_text("{", encoding="utf-8"), "n'est pas un notebook lisible"),
])  # fmt: skip
def test_a_notebook_that_is_missing_or_spoilt_is_said(project, capsys, spoil, sentence):
    spoil(project / "notebooks" / "rapport_financier.ipynb")
    code, said = reports(project, capsys)
    assert code == 2
    assert sentence in said
