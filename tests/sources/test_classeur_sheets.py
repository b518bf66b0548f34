"""Which sheets of a workbook are those of a classeur de suivi: by their headers, whatever their names. All data is made up."""

import openpyxl
import pytest

from pvd_analysis.communes import load_referentiel
from pvd_analysis.sources import read_file
from tests.territories.classeurs import aide, deliver_classeur, laureats, new_project, poste, projet


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data" / "raw" / "referentiel")


@pytest.fixture
def read(tmp_path, referentiel):
    path = deliver_classeur(
        new_project(tmp_path), "2021-10-05", "suivi.xlsx", "32", laureats=laureats("Mirande", "Condom"),
        projets=[projet("1", "Mirande", "Halle")], postes=[poste("P1", "Mirande", "en cours")],
        financements=[aide("1", "DETR", 100, "accordé"), aide("1", "DSIL", 200, "accordé")],
    )  # fmt: skip

    def changed(edit=lambda workbook: None):
        workbook = openpyxl.load_workbook(path)
        edit(workbook)
        workbook.save(path)
        return read_file(path, "2021-10-05/suivi.xlsx", referentiel)

    return changed


def euros(found, table="financements"):
    """Return the euros of a table: kept, and set aside."""
    tables = [each for each in found.content.tables if each.table == table]
    kept, aside = (
        sum(int(getattr(each, part)["montant_cents"].sum()) for each in tables) for part in ("rows", "set_aside")
    )
    assert kept + aside == sum(each.cents_read for each in tables)
    return kept // 100, aside // 100


def rules(found):
    return [
        (finding.regle, finding.origine.feuille) for finding in found.findings if "facultative" not in finding.regle
    ]


def test_a_classeur_whose_sheets_are_all_renamed_is_recognised_by_its_headers(read):
    """C4: it was an unknown file, a warning, exit 0."""

    def rename(workbook):
        for number, sheet in enumerate(workbook.worksheets):
            sheet.title = f"Feuil{number}"

    found = read(rename)
    assert found.content.source == "classeur de suivi"
    assert euros(found) == (300, 0)
    assert {table.table for table in found.content.tables if len(table.rows)} == {
        "laureats", "projets", "financements", "postes"
    }  # fmt: skip


def second(workbook, title, drop=None):
    """Copy the sheet of the financings, with other amounts, and without one of its columns."""
    copy = workbook.copy_worksheet(workbook["Financements"])
    copy.title = title
    header = [cell.value for cell in copy[1]]
    for row in (2, 3):
        copy.cell(row, header.index("Montant") + 1).value = 1000
    if drop:
        copy.delete_cols(header.index(drop) + 1)


@pytest.mark.parametrize("title", ["Financements 2022", "Aides obtenues", "Suite"])
def test_every_sheet_of_a_form_is_read(read, title):
    """C3: « Financements 2022 » was left out as an information."""
    found = read(lambda workbook: second(workbook, title))
    assert euros(found) == (2300, 0)
    assert ("feuille_reconnue", title) in rules(found)


def test_a_sheet_that_lacks_one_column_is_set_aside_with_its_euros(read):
    found = read(lambda workbook: second(workbook, "Suite", drop="Financeur"))
    assert euros(found) == (300, 2000)
    assert ("colonne_absente", "Suite") in rules(found)


def test_a_sheet_that_is_no_table_is_said_with_its_rows(read):
    def add(workbook):
        workbook.create_sheet("Notes").append(["À rappeler", "la mairie de Mirande"])
        workbook.create_sheet("Vide")

    found = read(add)
    said = {
        finding.origine.feuille: finding.trouve for finding in found.findings if finding.regle == "feuille_inconnue"
    }
    assert said == {"Notes": "1\xa0ligne", "Vide": "feuille vide"}


def test_the_case_of_two_sheets_of_financings_has_all_its_euros(shared_data, referentiel):
    path = shared_data / "cases" / "x08_deux_feuilles_financements.xlsx"
    assert euros(read_file(path, "2021-10-05/x08.xlsx", referentiel)) == (130_000, 0)
