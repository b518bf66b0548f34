"""The committee's workbook as a file: what it says of awkward projects, what may be typed, what is protected."""

import datetime as dt
import re
import zipfile

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import pvd_analysis as pvd
from pvd_analysis.dataset import load_region
from pvd_analysis.errors import InvalidParameter, NoData
from pvd_analysis.workbooks.committee import write_committee_workbook
from pvd_analysis.workbooks.committee_form import CARDS_SHEET as CARDS
from pvd_analysis.workbooks.committee_form import FORM_SHEET as FORM
from tests.workbooks.committee_project import INJECTION, awkward_project, form_rows

FILLED_IN = ("Avis du comité", "Montant proposé", "Observations")


@pytest.fixture(scope="module")
def made(tmp_path_factory, root):
    return awkward_project(tmp_path_factory.mktemp("projet"))


@pytest.fixture(scope="module")
def landes(made):
    path = made / "landes.xlsx"
    write_committee_workbook(pvd.load("2021-T3", "40", racine=made), path)
    return path


def values(row, *labels):
    return tuple(row[label].value for label in labels)


def test_private_money_lowers_the_limit_and_is_no_aid(landes):
    row = form_rows(landes, data_only=True)["40-101"]
    assert values(row, "État", "Région", "Fonds privés") == (50_000, 20_000, 20_000)
    assert values(row, "Total des financements", "Apport", "Taux") == (90_000, 10_000, 0.7)
    assert values(row, "Plafond des aides", "Marge sous la règle", "Contrôle") == (64_000, -6_000, "Dépasse la règle")


def test_a_derogation_is_said_without_what_was_written_of_it_and_is_no_fault(landes):
    row = form_rows(landes, data_only=True)["40-102"]
    assert values(row, "Marge sous la règle", "Contrôle") == (-10_000, "Dérogation")
    assert row["Limite"].value.replace("\xa0", " ") == "80 % (L. 1111-10 CGCT), dérogation"


def test_an_aid_only_asked_for_brings_nothing_yet_and_is_shown_beside_who_is_asked(landes):
    row = form_rows(landes, data_only=True)["40-P3"]
    assert values(row, "Région", "Total des financements", "Apport", "Marge sous la règle") == (
        None, 0, 40_000.01, 32_000.0,
    )  # fmt: skip
    assert values(row, "Région (demandé)", "Aides demandées") == (10_000, 10_000)
    rows = openpyxl.load_workbook(landes, data_only=True)["Synthèse"].iter_rows(max_col=5, values_only=True)
    asked = {row[0]: row for row in rows if row[0] in {"État", "Région", "Maître d'ouvrage"}}
    assert asked == {
        "État": ("État", 4, 640_207, 500_719, None),
        "Région": ("Région", 1, 20_000, 20_000, 10_000),
        "Maître d'ouvrage": ("Maître d'ouvrage", 4, None, 150_179.76, None),
    }


def test_the_chart_draws_the_projects_of_known_cost_and_says_so(landes):
    with zipfile.ZipFile(landes) as parts:
        chart = parts.read("xl/charts/chart1.xml").decode()
    assert "Projets de coût connu" in chart
    assert re.search(r"<c:f>Synthèse!\$D\$\d+:\$D\$\d+</c:f><c:numCache>", chart)


def test_a_card_follows_its_row_and_says_all_of_it(landes):
    workbook = openpyxl.load_workbook(landes, data_only=True)
    cards = {}
    for label, *said in workbook[CARDS].iter_rows(min_row=4, max_col=4, values_only=True):
        cards.setdefault(label, []).extend(said)
    written = form_rows(landes, data_only=True)
    for place, identifier in enumerate(cards["Identifiant"]):
        if identifier:
            row = {label: cell.value for label, cell in written[identifier].items()}
            assert {label: cards[label][place] or None for label in row} == {
                label: value or None for label, value in row.items()
            }


def test_a_title_that_looks_like_a_formula_is_a_text(landes):
    cell = form_rows(landes)["40-102"]["Projet"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (INJECTION, "s", True)


def test_only_the_cells_to_fill_in_are_unlocked(landes):
    workbook = openpyxl.load_workbook(landes)
    unlocked = {
        (sheet.title, cell.coordinate)
        for sheet in workbook
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    }
    expected = {(FORM, row[label].coordinate) for row in form_rows(landes).values() for label in FILLED_IN}
    names = workbook.defined_names
    places = [names[name].attr_text.replace("$", "").split("!") for name in ("Financeur_avis", "Date_avis")]
    assert unlocked == expected | {(sheet, place) for sheet, place in places}


def test_every_sheet_is_protected_without_password_and_lets_filter_and_sort(landes):
    for sheet in openpyxl.load_workbook(landes):
        protection = sheet.protection
        assert protection.sheet
        assert protection.password is None
        assert (protection.autoFilter, protection.sort) == (False, False), sheet.title  # False: not forbidden


def validations(sheet: Worksheet):
    return {(kind.type, kind.formula1): kind for kind in sheet.data_validations.dataValidation}


def test_what_is_typed_is_checked_with_french_words(landes):
    workbook = openpyxl.load_workbook(landes)
    form, contents = validations(workbook[FORM]), validations(workbook["Sommaire"])
    opinions = '"favorable,favorable sous réserve,défavorable,ajourné"'
    assert {kind for kind, _ in form} == {"list", "decimal", "textLength"}
    assert form["list", opinions].showErrorMessage
    for kind in (*form.values(), *contents.values()):
        assert kind.error
        assert kind.prompt
        assert kind.errorStyle in {None, "stop"}
    financeurs = next(formula for kind, formula in contents if kind == "list")
    assert "Comité régional" in financeurs
    assert "Maître d'ouvrage" not in financeurs


def test_what_passes_the_rule_is_red_and_says_so_in_a_word(landes):
    sheet = openpyxl.load_workbook(landes)[FORM]
    rows = form_rows(landes).values()
    first, last = min(row["Contrôle"].row for row in rows), max(row["Contrôle"].row for row in rows)
    red = {
        (str(area.sqref), rule.formula[0])
        for area in sheet.conditional_formatting
        for rule in area.rules
        if rule.dxf.font.color is not None and rule.dxf.font.color.rgb == "FF9C0006"
    }
    for label, criteria in (
        ("Marge sous la règle", "N(${}{})<0"),
        ("Marge après avis", "N(${}{})<0"),
        ("Contrôle", '${}{}="Dépasse la règle"'),
    ):
        column = next(iter(rows))[label].column_letter
        assert (f"{column}{first}:{column}{last}", criteria.format(column, first)) in red


def test_a_region_gathers_its_departements(made):
    path = made / "region.xlsx"
    d = load_region("2021-T3", "R75", racine=made)
    write_committee_workbook(d, path)
    rows = form_rows(path, data_only=True)
    assert values(rows["33-A1"], "Département du projet", "Commune", "Marge sous la règle") == (
        "Gironde",
        "Bazas",
        3_000,
    )
    assert [name for name, row in rows.items() if row["Département du projet"].value == "Landes"] == [
        "40-101", "40-P3", "40-102", "40-001", "40-002",
    ]  # fmt: skip
    summary = list(openpyxl.load_workbook(path, data_only=True)["Synthèse"].iter_rows(max_col=4, values_only=True))
    assert ("Gironde", 1, 10_000, 5_000) in summary
    assert ("Landes", 5, 690_898.76, 680_207) in summary
    facts = dict(openpyxl.load_workbook(path)["Sommaire"].iter_rows(max_col=2, values_only=True))
    assert (facts["Territoire"], facts["Code"], facts["Trimestre"]) == ("Nouvelle-Aquitaine", "R75", "T3 2021")
    assert facts["Date d'arrêté"] == dt.datetime(2021, 9, 30)


def test_a_region_without_data_or_that_is_none_is_refused_in_french(made):
    with pytest.raises(NoData, match="Bretagne"):
        load_region("2021-T3", "53", racine=made)
    with pytest.raises(InvalidParameter, match="Région « 99 » inconnue"):
        load_region("2021-T3", "99", racine=made)


def test_the_state_known_on_a_day_is_said(made):
    path = made / "connu.xlsx"
    write_committee_workbook(pvd.load("2021-T3", "40", connu_au="2021-09-12", racine=made), path)
    facts = dict(openpyxl.load_workbook(path)["Sommaire"].iter_rows(max_col=2, values_only=True))
    assert facts["État connu au"] == dt.datetime(2021, 9, 12)


def test_each_sheet_begins_with_its_title_and_each_table_has_a_name_and_says_what_it_holds(landes):
    workbook = openpyxl.load_workbook(landes)
    names = [table.name for sheet in workbook for table in sheet.tables.values()]
    assert len(names) == len({name.casefold() for name in names})
    assert workbook.properties.language == "fr-FR"
    assert workbook.properties.title == "Comité des financeurs – Landes – T3 2021"
    for sheet in workbook:
        assert sheet["A1"].value
        assert sheet.print_title_rows
        for table in sheet.tables.values():
            first, last = (int("".join(filter(str.isdigit, place))) for place in table.ref.split(":"))
            assert not [area for area in sheet.merged_cells.ranges if first <= area.max_row and area.min_row <= last]


def test_tables_and_the_chart_have_an_alternative_text(landes):
    with zipfile.ZipFile(landes) as parts:
        tables = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/tables/")]
        drawing = parts.read("xl/drawings/drawing1.xml").decode()
    assert all('altText="' in table and 'altTextSummary="' in table for table in tables)
    assert 'descr="Barres : ce que chaque financeur apporte' in drawing.replace("\xa0", " ")


def test_the_links_of_the_contents_lead_to_every_other_sheet(landes):
    workbook = openpyxl.load_workbook(landes)
    links = [cell.hyperlink.location for (cell,) in workbook["Sommaire"].iter_rows(max_col=1) if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in workbook.sheetnames[1:]]


def test_two_writes_give_the_same_bytes(made, landes):
    again = made / "encore.xlsx"
    write_committee_workbook(pvd.load("2021-T3", "40", racine=made), again)
    assert again.read_bytes() == landes.read_bytes()


def test_the_page_of_a_laureate_says_what_its_projects_ask_for_when_one_does(made):
    d = pvd.load("2021-T3", "40", racine=made)
    asking, other = (
        pvd.tables.laureate_projects_table(pvd.analysis.of_laureate(d, code)) for code in ("40110", "40197")
    )
    assert asking.data["demande_cents"].to_list() == [1_000_000]
    assert "Aides demandées" in {column.label for column in asking.columns}
    assert "Aides demandées" not in {column.label for column in other.columns}
