"""What a workbook shows and its reader does not hold is said at its cell: errors, formulas, merged cells, hidden rows."""

import shutil
import subprocess

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import Font

from pvd_analysis.communes import load_referentiel
from pvd_analysis.sources import read_file
from tests.territories.classeurs import aide, deliver_classeur, laureats, new_project, projet


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data" / "raw" / "referentiel")


@pytest.fixture
def read_case(shared_data, referentiel):
    return lambda name: read_file(shared_data / name, name.split("/")[1], referentiel)


def said(found, rule):
    return [
        (finding.severite.value, finding.origine.feuille, finding.origine.cellule, finding.trouve, finding.proposition)
        for finding in found.findings
        if finding.regle == rule
    ]


def rows_of(found, name):
    return next(table for table in found.content.tables if table.table == name)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("made_up/error_in_optional_cost.xlsx", [("F5", "#REF!")]),
        ("made_up/formula_no_value_in_optional_cost.xlsx", [("F5", "une formule qui n'a pas été calculée")]),
        ("cases/l14_erreurs.ods", [("F2", "#DIV/0!"), ("F3", "#N/A")]),
        ("cases/l15_erreurs_formules.xls", [("F2", "#DIV/0!"), ("F3", "#N/A")]),
    ],
)
def test_an_error_or_an_uncalculated_formula_in_an_optional_cell_is_a_finding_there(read_case, name, cells):
    """D1: it was a silent blank."""
    found = read_case(name)
    assert said(found, "cellule_en_erreur") == [("avertissement", "Projets", cell, text, "") for cell, text in cells]


def test_a_necessary_formula_without_a_value_sets_its_row_aside(read_case):
    found = read_case("made_up/formulas_no_cached_value.xlsx")
    assert [(severity, cell) for severity, _, cell, *_ in said(found, "cellule_en_erreur")] == [
        ("bloquant", "D5"), ("bloquant", "D6")
    ]  # fmt: skip
    table = rows_of(found, "financements")
    assert (len(table.rows), len(table.set_aside)) == (1, 2)


def test_hidden_rows_and_sheets_are_read_and_said(read_case):
    """D15."""
    found = read_case("made_up/hidden_rows_and_sheet.xlsx")
    assert [(sheet, text) for _, sheet, _, text, _ in said(found, "lignes_masquees")] == [("Projets", "1\xa0ligne : 7")]
    assert [sheet for _, sheet, *_ in said(found, "feuille_masquee")] == ["Subventions"]


def test_a_value_merged_over_rows_is_proposed_for_each(read_case):
    """D10: it was « cellule vide »."""
    found = read_case("made_up/merged_commune.xlsx")
    assert said(found, "cellules_fusionnees") == [
        ("bloquant", "Conventions", "A8", "une cellule fusionnée avec celle de la ligne 7", "Amou")
    ]


@pytest.fixture
def gers(tmp_path, referentiel):
    project = new_project(tmp_path)
    path = deliver_classeur(
        project, "2021-10-05", "suivi.xlsx", "32", laureats=laureats("Mirande", "Condom"),
        projets=[projet("1", "Mirande", "Halle", maitre_ouvrage="Commune"), projet("2", "Condom", "École")],
        financements=[aide("1", "DETR", 100, "accordé"), aide("2", "DETR", 200, "accordé")],
    )  # fmt: skip

    def change(edit):
        workbook = openpyxl.load_workbook(path)
        edit(workbook)
        workbook.save(path)
        return read_file(path, "2021-10-05/suivi.xlsx", referentiel)

    return change


def test_an_error_in_a_text_is_not_its_text(gers):
    def edit(workbook):
        workbook["Projets"]["D2"] = "#NAME?"
        workbook["Projets"]["D2"].data_type = "e"

    found = gers(edit)
    (column,) = {finding.origine.colonne for finding in found.findings if finding.regle == "cellule_en_erreur"}
    assert column == 4
    assert rows_of(found, "projets").rows.iloc[0, :].astype(str).str.contains("NAME").sum() == 0


def test_a_formula_with_a_value_is_its_value(tmp_path, referentiel):
    path = tmp_path / "dgcl_2022.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet()
        header = ("exercice", "dispositif", "beneficiaire_type", "beneficiaire_dep", "beneficiaire_nom",
                  "beneficiaire_code_insee", "intitule", "cout_ht", "subvention")  # fmt: skip
        sheet.write_row(0, 0, header)
        sheet.write_row(1, 0, ("2022", "DETR", "commune", "32", "Mirande", "32256", "Halle"))
        sheet.write_formula(1, 8, "=100+200", None, 300)
    found = read_file(path, "2023-01-05/dgcl_2022.xlsx", referentiel)
    (table,) = found.content.tables
    assert table.rows["montant_cents"].to_list() == [30_000]
    assert said(found, "cellule_en_erreur") == []


def test_a_merged_optional_cell_and_a_merged_title_are_told_apart(gers):
    def edit(workbook):
        sheet = workbook["Projets"]
        sheet.insert_rows(1)
        sheet["A1"] = "Projets du Gers"
        sheet.merge_cells("A1:E1")
        sheet.merge_cells(start_row=3, end_row=4, start_column=4, end_column=4)

    found = gers(edit)
    assert [(severity, cell, proposed) for severity, _, cell, _, proposed in said(found, "cellules_fusionnees")] == [
        ("avertissement", "D4", "Commune")
    ]
    assert len(rows_of(found, "projets").rows) == 2


def test_filtered_rows_are_counted_with_their_euros(gers):
    def edit(workbook):
        workbook["Financements"].row_dimensions[3].hidden = True

    found = gers(edit)
    assert rows_of(found, "financements").rows["montant_cents"].sum() == 30_000
    assert [text for *_, text, _ in said(found, "lignes_masquees")] == ["1\xa0ligne : 3"]


@pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])
def test_rows_that_are_struck_through_are_read_and_said(gers, referentiel, tmp_path, form):
    """D15: somebody struck a financing out, and it counted without a word."""

    def edit(workbook):
        sheet = workbook["Financements"]
        for cell in sheet[3]:
            cell.font = Font(strike=True)
        sheet["H4"].font = Font(strike=True)  # nothing is written there

    found = gers(edit)
    if form != "xlsx":
        if shutil.which("soffice") is None:
            pytest.skip("LibreOffice is not installed: sh tests/install_tools.sh")
        (source,) = tmp_path.rglob("*.xlsx")
        line = [
            "soffice",
            "--headless",
            f"-env:UserInstallation={(tmp_path / 'profil').as_uri()}",
            "--convert-to",
            form,
        ]
        subprocess.run([*line, "--outdir", str(tmp_path), str(source)], check=True, capture_output=True)
        path = tmp_path / f"{source.stem}.{form}"
        found = read_file(path, path.name, referentiel)
    assert rows_of(found, "financements").rows["montant_cents"].sum() == 30_000
    assert [(severity, sheet, text) for severity, sheet, _, text, _ in said(found, "lignes_barrees")] == [
        ("avertissement", "Financements", "1\xa0ligne : 3")
    ]
