import shutil
import subprocess

import pytest
from openpyxl import load_workbook

from pvd_analysis.workbooks.workbook import write_workbook
from tests.reports.made_up import CREATED, INJECTIONS, sheets


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("classeur") / "essai.xlsx"
    write_workbook(path, sheets(), title="Classeur inventé", subject="Essai", created=CREATED)
    return path


def test_libreoffice_opens_it_with_the_same_values_and_no_error(written, convert):
    ours, theirs = load_workbook(written), load_workbook(convert(written, "xlsx"))
    assert theirs.sheetnames == ours.sheetnames
    for sheet in ours:
        for row in sheet.iter_rows():
            for cell in row:
                other = theirs[sheet.title][cell.coordinate]
                assert other.data_type not in {"f", "e"}, (sheet.title, cell.coordinate)
                assert other.value == cell.value, (sheet.title, cell.coordinate)


def test_the_printed_pages_show_french_values_and_cut_nothing(written, convert):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (poppler-utils)")
    printed = convert(written, "pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", str(printed), "-"], check=True, capture_output=True, text=True
    ).stdout
    plain = text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")
    for words in ("1 234,56 €", "14,1 %", "20 mai 2021", "mars 2021", "25,0 points", "Page 1 /"):
        assert words in plain
    assert "###" not in plain
    for written_text in INJECTIONS[:4]:
        assert written_text in plain
