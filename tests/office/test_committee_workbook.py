"""The committee's workbook in LibreOffice: formulas, what a committee types, pages."""

import shutil
import subprocess

import openpyxl
import pytest

import pvd_analysis as pvd
from pvd_analysis.dataset import load_region
from pvd_analysis.workbooks.committee import write_committee_workbook
from pvd_analysis.workbooks.committee_form import CARDS_SHEET as CARDS
from pvd_analysis.workbooks.committee_form import FORM_SHEET as FORM
from tests.workbooks.committee_project import awkward_project, form_rows


def datasets(landes_root, awkward):
    return {
        "landes_2021": pvd.load("2021-T3", "40", racine=landes_root),
        "landes_2023": pvd.load("2023-T1", "40", racine=landes_root),
        "nouvelle_aquitaine": load_region("2021-T3", "75", racine=awkward),
        "region": load_region("2021-T3", "75", racine=landes_root),
        "sans_projet": pvd.load("2020-T4", "40", racine=landes_root),
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory, landes_root):
    folder = tmp_path_factory.mktemp("comite")
    made = datasets(landes_root, awkward_project(tmp_path_factory.mktemp("projet")))
    for name, d in made.items():
        write_committee_workbook(d, folder / f"{name}.xlsx")
    return {name: folder / f"{name}.xlsx" for name in made}


def formulas_and_values(path):
    """Return the formula and the stored value of each cell that has a formula."""
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.coordinate): (cell.value, values[sheet.title][cell.coordinate].value)
        for sheet in formulas
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


@pytest.mark.parametrize("name", ["landes_2021", "landes_2023", "nouvelle_aquitaine", "sans_projet"])
def test_libreoffice_computes_the_stored_value_of_every_formula(written, convert, name):
    ours = formulas_and_values(written[name])
    # a workbook whose stored values are wiped can only show what the program computes
    wiped = openpyxl.load_workbook(written[name])
    bare = written[name].with_name(f"{name}_sans_valeurs.xlsx")
    wiped.save(bare)
    computed = openpyxl.load_workbook(convert(bare, "xlsx"), data_only=True)
    assert len(ours) > (0 if name == "sans_projet" else 25)
    for (sheet, place), (formula, stored) in ours.items():
        value = computed[sheet][place].value
        expected = pytest.approx(stored, abs=1e-9) if isinstance(stored, int | float) else (stored or "")
        assert (value or 0 if isinstance(stored, int | float) else value or "") == expected, (sheet, place, formula)
    for sheet in computed:
        assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "e"]


@pytest.mark.parametrize(
    ("avis", "montant", "marge", "controle"),
    [
        ("favorable", 1000.5, -1000.5, "Dépasse la règle"),
        ("favorable sous réserve", 0.01, -0.01, "Dépasse la règle"),
        ("favorable", 0, 0, "Dans la règle"),
        ("défavorable", 1000, 0, "Dans la règle"),
        ("ajourné", None, 0, "Dans la règle"),
        ("favorable", None, 0, "À préciser"),
        (None, 1000, 0, "À préciser"),
    ],
)
def test_the_margin_recomputes_as_the_committee_types(written, convert, tmp_path, avis, montant, marge, controle):
    workbook = openpyxl.load_workbook(written["landes_2021"])
    place = form_rows(written["landes_2021"])["40-001"]
    workbook[FORM][place["Avis du comité"].coordinate].value = avis
    workbook[FORM][place["Montant proposé"].coordinate].value = montant
    typed = tmp_path / "rempli.xlsx"
    workbook.save(typed)
    sheets = openpyxl.load_workbook(convert(typed, "xlsx"), data_only=True)
    assert sheets[FORM][place["Marge après avis"].coordinate].value == pytest.approx(marge)
    assert sheets[FORM][place["Contrôle"].coordinate].value == controle
    summary = {row[0]: row[1:3] for row in sheets["Synthèse"].iter_rows(values_only=True)}
    counts = avis is not None and avis.startswith("favorable")
    assert summary["Avis favorables, montants proposés"] == (int(counts), (montant or 0) if counts else 0)
    assert summary["Contrôle : « Dépasse la règle »"][0] == int(controle == "Dépasse la règle")


def pages(path, convert):
    """Return the text of each printed page."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (poppler-utils)")
    command = ["pdftotext", "-layout", str(convert(path, "pdf")), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\f")


def test_the_plan_and_the_opinion_of_a_project_are_printed_on_one_card(written, convert):
    printed = pages(written["landes_2021"], convert)
    (card,) = [page for page in printed if CARDS in page and "Identifiant" in page]
    for said in (
        "40-001",
        "Morcenx-la-Nouvelle",
        "Coût HT",
        "450 898,75",
        "Plafond des aides",
        "Avis du comité",
        "Contrôle",
    ):
        assert said in card.replace("\u202f", " ").replace("\xa0", " ")
    (opinions,) = [
        page for page in printed if FORM in page and "Identifiant" in page and "Montant" in page and page != card
    ]
    assert all(
        said in opinions for said in ("40-001", "Morcenx-la-Nouvelle", "Avis du comité", "Marge sous", "Contrôle")
    )


@pytest.mark.parametrize(("name", "most"), [("landes_2021", 12), ("landes_2023", 14), ("region", 12)])
def test_the_workbook_prints_on_few_pages_none_of_them_of_two_lines(written, convert, name, most):
    printed = [page for page in pages(written[name], convert) if page.strip()]
    assert len(printed) <= most
    assert min(len([line for line in page.splitlines() if line.strip()]) for page in printed) > 7
    assert not [page for page in printed if "###" in page]


def test_a_departement_without_project_has_pages_that_say_so(written, convert):
    printed = pages(written["sans_projet"], convert)
    assert any("les projets à examiner ne sont pas connus" in " ".join(page.split()) for page in printed)
    assert not [page for page in printed if "###" in page]
