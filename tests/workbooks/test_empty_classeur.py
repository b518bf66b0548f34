"""The empty classeur is read back by the reader that it was made from: no row and no finding, then what is filled in."""

import io
import itertools

import openpyxl
import pytest

from pvd_analysis.communes import load_referentiel
from pvd_analysis.sources import read_file
from pvd_analysis.sources.form import load_forms
from pvd_analysis.sources.header import find_header
from pvd_analysis.sources.raw_file import open_raw_file
from pvd_analysis.workbooks.empty_classeur import empty_classeur

LAUREATES = ("40119", "40282")
HEADER_ROW, FIRST_ROW = 4, 6
ORIGIN = ["fichier", "feuille", "ligne"]


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data/raw/referentiel")


@pytest.fixture(scope="module")
def empty(referentiel):
    return empty_classeur("40", LAUREATES, referentiel)


@pytest.fixture
def book(empty):
    return openpyxl.load_workbook(io.BytesIO(empty))


@pytest.fixture
def read(tmp_path, referentiel):
    def read_back(book_or_content):
        path = tmp_path / "classeur.xlsx"
        if isinstance(book_or_content, bytes):
            path.write_bytes(book_or_content)
        else:
            book_or_content.save(path)
        return read_file(path, path.name, referentiel)

    return read_back


def columns_of(sheet):
    return {cell.value: cell.column for cell in sheet[HEADER_ROW]}


def choices(book, sheet):
    """Return the choices of each drop-down list of a sheet, by column."""
    found = {}
    for validation in sheet.data_validations.dataValidation:
        if validation.type == "list":
            area = book.defined_names[validation.formula1].attr_text.partition("!")[2]
            values = [row[0].value for row in book["Listes"][area.replace("$", "")]]
            found |= {cells.min_col: values for cells in validation.sqref.ranges}
    return found


def fill(sheet, form, rows):
    """Write rows of values by field below the example row."""
    column = columns_of(sheet)
    for number, row in enumerate(rows, FIRST_ROW):
        for field, value in row.items():
            sheet.cell(number, column[field.label]).value = value


@pytest.mark.parametrize("departement", ["40", "75", "974", "2A", "58", "976"])
def test_an_empty_classeur_is_read_back_with_no_row_and_no_finding(departement, referentiel, read):
    content = empty_classeur(departement, (), referentiel)
    found = read(content)
    assert found.content.source == "classeur de suivi"
    assert found.findings == ()
    assert [table.table for table in found.content.tables] == [form.name for form in load_forms("classeur")]
    assert sum(table.rows_read for table in found.content.tables) == 0
    assert content == empty_classeur(departement, (), referentiel)


@pytest.mark.parametrize("departement", ["40", "75", "974", "2A", "58"])
def test_every_choice_of_every_list_is_understood(departement, referentiel, read):
    book = openpyxl.load_workbook(io.BytesIO(empty_classeur(departement, (), referentiel)))
    expected = {}
    for form in load_forms("classeur"):
        sheet = book[form.sheet_names[0]]
        lists, column = choices(book, sheet), columns_of(sheet)
        count = max(map(len, lists.values()))
        rows = [
            {
                field: field.example
                if column[field.label] not in lists
                else lists[column[field.label]][number % len(lists[column[field.label]])]
                for field in form.fields
                if not field.is_control
            }
            for number in range(count)
        ]
        key = form.fields[0]
        if key.kind == "code":
            rows = [row | {key: f"n° {number}"} for number, row in enumerate(rows)]
        fill(sheet, form, rows)
        expected[form.name] = count
    found = read(book)
    assert found.findings == ()
    assert {table.table: len(table.rows) for table in found.content.tables} == expected
    (laureates,) = (table.rows for table in found.content.tables if table.table == "laureats")
    own = referentiel.communes["code_departement"].eq(departement)
    assert set(laureates["code_commune"]) == set(referentiel.communes.index[own])


def test_the_laureates_are_the_first_communes_of_the_list(book):
    communes = choices(book, book["Projets"])[columns_of(book["Projets"])["Commune"]]
    assert communes[:3] == ["Hagetmau", "Saint-Sever", "Aire-sur-l'Adour"]
    assert len(communes) == len(set(communes)) == 327


def test_the_classeur_of_the_landes_copied_into_the_empty_one_gives_the_same_tables(root, referentiel, book, read):
    path = root / "data/raw/2021-09-10/suivi_pvd_landes.xlsx"
    original = read_file(path, path.name, referentiel)
    sheets = open_raw_file(path, path.name).sheets
    for form in load_forms("classeur"):
        (sheet,) = (sheet for sheet in sheets if form.names_sheet(sheet.name))
        header = find_header(sheet, form)
        rows = [
            {field: row[index] for index, field in header.columns.items() if index < len(row) and row[index] != ""}
            for row in sheet.rows[header.row + 1 :]
        ]
        fill(book[form.sheet_names[0]], form, rows)
    copied = read(book)
    assert copied.content.scope == "40"
    for before, after in zip(original.content.tables, copied.content.tables, strict=True):
        assert before.table == after.table
        assert after.cents_read == before.cents_read
        assert after.rows.drop(columns=ORIGIN).equals(before.rows.drop(columns=ORIGIN)), before.table


def test_the_example_row_copied_below_is_no_data_either(book, read):
    sheet = book["Projets"]
    for cell in sheet[HEADER_ROW + 1]:
        sheet.cell(FIRST_ROW, cell.column).value = cell.value
    assert read(book).findings == ()


def test_an_example_row_in_which_someone_wrote_is_set_aside_with_a_finding(book, read):
    sheet = book["Projets"]
    sheet.cell(HEADER_ROW + 1, columns_of(sheet)["Coût HT"]).value = 500_000
    found = read(book)
    (finding,) = found.findings
    assert (finding.regle, finding.origine.feuille, finding.origine.ligne) == ("ligne_d_exemple", "Projets", 5)
    (projects,) = (table for table in found.content.tables if table.table == "projets")
    assert (projects.rows_read, len(projects.rows), len(projects.set_aside)) == (1, 0, 1)


def test_an_example_row_whose_mark_was_erased_counts(book, read):
    sheet = book["Projets"]
    sheet.cell(HEADER_ROW + 1, 1).value = "40-001"
    found = read(book)
    (projects,) = (table for table in found.content.tables if table.table == "projets")
    assert projects.rows[["id_projet", "cout_ht_cents"]].to_numpy().tolist() == [["40-001", 45_089_875]]


@pytest.mark.parametrize("written", ["Landes (40)", "landes", 40, "40"])
def test_the_departement_is_the_one_written_in_the_guide(book, read, written):
    book["Mode d'emploi"]["B2"] = written
    book["Lauréats"]["A6"], book["Lauréats"]["B6"] = "Campagne", "Campagne"  # a name of several départements
    found = read(book)
    assert (found.findings, found.content.scope) == ((), "40")


def test_a_departement_that_is_not_understood_is_a_finding_with_its_cell(book, read):
    book["Mode d'emploi"]["B2"] = "Les Landes d'en haut"
    (finding,) = read(book).findings
    assert (finding.regle, finding.origine.feuille, finding.origine.ligne) == (
        "departement_non_compris",
        "Mode d'emploi",
        2,
    )


def test_every_column_is_explained_and_every_refusal_is_said_in_french(book):
    for form in load_forms("classeur"):
        sheet = book[form.sheet_names[0]]
        assert [cell.value for cell in sheet[HEADER_ROW]] == [field.label for field in form.fields]
        told = [cell.value for cell in sheet[HEADER_ROW - 1]]
        assert [text.startswith("Nécessaire. ") for text in told] == [field.is_required for field in form.fields]
        refusing = [rule for rule in sheet.data_validations.dataValidation if rule.showErrorMessage]
        assert all(rule.errorStyle in (None, "stop") and rule.error and rule.errorTitle for rule in refusing)
        ruled = set(itertools.chain.from_iterable(rule.sqref.ranges for rule in sheet.data_validations.dataValidation))
        kinds = {"date", "euros", "taux", "points", "nombre", "booleen", "commune", "communes"}
        expected = {
            column
            for column, field in enumerate(form.fields, 1)
            if field.kind in kinds or field.kind.startswith("terme:") or field.column == "indicateur"
        }
        assert {cells.min_col for cells in ruled} == expected


def test_the_examples_of_a_classeur_are_of_its_own_departement(referentiel):
    """D15: « par exemple 40-001 » and « Roquefort / Gabarret » in the Gers."""
    workbook = openpyxl.load_workbook(io.BytesIO(empty_classeur("32", ["32107", "32256"], referentiel)))
    said = " ".join(str(cell.value) for sheet in workbook for row in sheet for cell in row if cell.value)
    assert "Exemple\N{NO-BREAK SPACE}: 32-001" in said
    assert "Condom / Mirande" in said
    for elsewhere in ("40-001", "Gabarret", "{"):
        assert elsewhere not in said


def test_the_example_row_of_a_template_that_was_given_out_before_is_still_no_data(referentiel, tmp_path):
    workbook = openpyxl.load_workbook(io.BytesIO(empty_classeur("32", ["32107", "32256"], referentiel)))
    for sheet in workbook:
        for row in sheet:
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace("32-001", "40-001")
    workbook.save(tmp_path / "suivi.xlsx")
    found = read_file(tmp_path / "suivi.xlsx", "2021-10-05/suivi.xlsx", referentiel)
    assert not any(table.rows_read for table in found.content.tables)
