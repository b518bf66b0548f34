import io

import openpyxl
import pytest

from pvd_analysis.communes import load_referentiel
from pvd_analysis.constats import findings_table
from pvd_analysis.sources import read_file
from pvd_analysis.workbooks.annotated_copy import annotated_copy
from pvd_analysis.workbooks.anomalies_sheet import COLOURS


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data/raw/referentiel")


@pytest.fixture
def spoilt(root, tmp_path):
    book = openpyxl.load_workbook(root / "data/raw/2021-09-10/suivi_pvd_landes.xlsx")
    book["Projets"]["B7"], book["Financements"]["D5"] = "Peyrehorde", "beaucoup"
    book["Totaux annoncés"]["I6"] = "=Projets!F5*2"
    path = tmp_path / "suivi.xlsx"
    book.save(path)
    return path


def findings_of(path, referentiel):
    return findings_table(read_file(path, "suivi.xlsx", referentiel).findings)


def test_libreoffice_opens_and_recalculates_the_copy_and_keeps_its_marks(spoilt, referentiel, convert, tmp_path):
    findings = findings_of(spoilt, referentiel)
    path = tmp_path / "suivi_annote.xlsx"
    path.write_bytes(annotated_copy(spoilt.read_bytes(), findings)[0])
    saved = convert(path, "xlsx")
    book = openpyxl.load_workbook(saved)
    values = openpyxl.load_workbook(saved, data_only=True)
    assert not [cell for sheet in values for row in sheet.iter_rows() for cell in row if cell.data_type == "e"]
    assert values["Totaux annoncés"]["I6"].value == 901_797.5
    for sheet, place in (("Projets", "B7"), ("Financements", "D5")):
        assert book[sheet][place].fill.fgColor.rgb in COLOURS.values()
        assert "Constat bloquant" in book[sheet][place].comment.text
    links = [cell.hyperlink.location for row in book["Anomalies"].iter_rows() for cell in row if cell.hyperlink]
    assert len(links) == findings["feuille"].ne("").sum()
    assert findings_of(saved, referentiel).equals(findings)


def test_a_copy_saved_by_libreoffice_and_mended_is_annotated_afresh(spoilt, referentiel, convert, tmp_path):
    path = tmp_path / "suivi_annote.xlsx"
    path.write_bytes(annotated_copy(spoilt.read_bytes(), findings_of(spoilt, referentiel))[0])
    saved = convert(path, "xlsx")
    again = openpyxl.load_workbook(io.BytesIO(annotated_copy(saved.read_bytes(), findings_table([]))[0]))
    assert again.sheetnames == ["Anomalies", *openpyxl.load_workbook(spoilt).sheetnames]
    left = [cell for sheet in again.worksheets[1:] for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in left if cell.comment or cell.fill.fgColor.rgb in COLOURS.values()]
