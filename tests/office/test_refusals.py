"""LibreOffice itself says which entries of an empty classeur its controls refuse."""

import io
import shutil
import subprocess

import openpyxl
import pytest

from pvd_analysis.communes import load_referentiel
from pvd_analysis.workbooks.empty_classeur import empty_classeur

HEADER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE script:module PUBLIC '
    '"-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">\n'
)
# « ShowInvalid » circles each cell that holds what its own validation refuses.
MACRO = """
Sub Refusals(url As String, report As String)
    Dim hidden(0) As New com.sun.star.beans.PropertyValue
    hidden(0).Name = "Hidden"
    hidden(0).Value = True
    document = StarDesktop.loadComponentFromURL(url, "_blank", 0, hidden())
    channel = FreeFile
    Open report For Output As #channel
    For Each sheet In document.Sheets
        sheet.showInvalid()
        Print #channel, sheet.Name &amp; ":" &amp; sheet.DrawPage.Count
    Next
    Close #channel
    document.close(True)
End Sub
"""
REFUSED = {
    "Conventions": {"A6": "Bordeaux", "B6": "une convention", "C6": "bientôt", "C7": 2021, "C8": "mars 1889"},
    "Projets": {"D6": "Logements", "F6": -3, "F7": "43 k€", "G6": "peut-être", "F1900": "beaucoup"},
    "Postes": {"F6": 75, "G6": -0.1, "C6": "bientôt", "E6": "un jour"},
}
LET_IN = {
    "Conventions": {"A6": "Saint-Sever", "B6": "convention d'adhésion", "C6": 44_336, "C7": "mars 2021", "C8": "T3 2021"},
    "Projets": {"D6": "Habitat", "F6": 450_898.75, "F7": 0, "G6": "oui", "I6": "automne 2021"},
    "Postes": {"F6": 0.75, "G6": 0.25, "C6": "vacant", "E6": "juin 2023"},
}  # fmt: skip


@pytest.fixture(scope="module")
def marked(tmp_path_factory, root):
    """Return what counts, by sheet, the cells that LibreOffice marks as refused once some entries are written."""
    executable = shutil.which("soffice") or shutil.which("libreoffice")
    if executable is None:
        pytest.skip("LibreOffice is not installed: sh tests/install_tools.sh")
    content = empty_classeur("40", (), load_referentiel(root / "data/raw/referentiel"))
    profile = tmp_path_factory.mktemp("profil")
    office = [executable, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    subprocess.run([*office, "--terminate_after_init"], check=True, capture_output=True, timeout=120)
    module = (
        f'<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1">{MACRO}</script:module>'
    )
    (profile / "user/basic/Standard/Module1.xba").write_text(HEADER + module, encoding="utf-8")

    def count(entries):
        folder = tmp_path_factory.mktemp("saisie")
        book = openpyxl.load_workbook(io.BytesIO(content))
        for sheet, cells in entries.items():
            for cell, value in cells.items():
                book[sheet][cell] = value
        book.save(folder / "saisi.xlsx")
        report = folder / "refus.txt"
        macro = f'macro:///Standard.Module1.Refusals("{(folder / "saisi.xlsx").as_uri()}","{report}")'
        subprocess.run([*office, macro], check=True, capture_output=True, timeout=120)
        lines = (line.rpartition(":") for line in report.read_text(encoding="utf-8").splitlines())
        return {sheet: int(number) for sheet, _, number in lines if int(number)}

    return count


def test_each_entry_that_cannot_be_read_is_refused(marked):
    assert marked(REFUSED) == {sheet: len(cells) for sheet, cells in REFUSED.items()}


def test_what_the_reader_understands_is_let_in(marked):
    assert marked(LET_IN) == {}
