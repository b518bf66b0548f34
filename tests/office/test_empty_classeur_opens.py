import io
import shutil
import subprocess

import openpyxl
import pytest

from pvd_analysis.communes import load_referentiel
from pvd_analysis.sources import read_file
from pvd_analysis.workbooks.empty_classeur import empty_classeur


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data/raw/referentiel")


@pytest.fixture(scope="module")
def content(referentiel):
    return empty_classeur("40", {"40282"}, referentiel)


def validations(book):
    return {
        (sheet.title, cells.min_col): (rule.type, rule.error, bool(rule.showErrorMessage), rule.errorStyle or "stop")
        for sheet in book
        for rule in sheet.data_validations.dataValidation
        for cells in rule.sqref.ranges
    }


def test_libreoffice_keeps_every_list_and_control_and_saves_what_was_filled_in(content, referentiel, convert, tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(content))
    book["Projets"]["A6"], book["Projets"]["B6"], book["Projets"]["C6"] = "40-002", "Saint-Sever", "Halle"
    book["Projets"]["F6"], book["Projets"]["J6"] = 12_345.67, "mars 2021"
    path = tmp_path / "rempli.xlsx"
    book.save(path)
    saved = convert(path, "xlsx")
    ours, theirs = validations(book), validations(openpyxl.load_workbook(saved))
    assert len(ours) > 40
    assert theirs == ours
    found = read_file(saved, saved.name, referentiel)
    assert found.findings == ()
    (projects,) = (table.rows for table in found.content.tables if table.table == "projets")
    columns = ["id_projet", "code_commune", "intitule", "cout_ht_cents", "date_annonce_precision"]
    assert projects[columns].to_numpy().tolist() == [["40-002", "40282", "Halle", 1_234_567, "mois"]]
    as_ods = convert(path, "ods")
    found = read_file(as_ods, as_ods.name, referentiel)
    assert found.findings == ()
    assert sum(len(table.rows) for table in found.content.tables) == 1


def test_the_printed_pages_cut_nothing(content, convert, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (poppler-utils)")
    path = tmp_path / "vide.xlsx"
    path.write_bytes(content)
    printed = convert(path, "pdf")
    text = subprocess.run(["pdftotext", "-layout", str(printed), "-"], check=True, capture_output=True, text=True)
    plain = text.stdout.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "###" not in plain
    for words in ("Département", "Landes (40)", "Exemple : 40-001", "450 898,75 €", "20/05/2021", "Page 1 /"):
        assert words in plain
