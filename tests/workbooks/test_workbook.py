import datetime as dt
import os
import time

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pvd_analysis.tables.cells import Column
from pvd_analysis.tables.report_table import ReportTable
from pvd_analysis.workbooks.workbook import Sheet, write_workbook
from tests.reports.made_up import CREATED, INJECTIONS, aids_table, injection_table, sheets


def write(path, made=None):
    write_workbook(path, made or sheets(), title="Classeur inventé", subject="Essai", created=CREATED)
    return path


def rows(sheet: Worksheet, header: str) -> list[tuple]:
    """Return the rows under the line that begins with `header`."""
    found = list(sheet.iter_rows())
    start = next(position for position, row in enumerate(found) if row[0].value == header)
    return found[start + 1 :]


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    return load_workbook(write(tmp_path_factory.mktemp("classeur") / "essai.xlsx"))


def test_amounts_are_numbers_of_euros(workbook):
    first = rows(workbook.worksheets[0], "Dispositif")[0]
    assert first[1].value == 1234.56
    assert first[1].number_format == '[$-40C]#,##0.00\\ "€"'


def test_whole_amounts_are_shown_without_decimals(tmp_path):
    table = ReportTable(
        "t", "T", pd.DataFrame({"a": ["x"], "m": [119377900]}), (Column("a", "A"), Column("m", "M", "euros"))
    )
    sheet = load_workbook(write(tmp_path / "a.xlsx", (Sheet("S", "S", (), (table,)),))).worksheets[0]
    assert rows(sheet, "A")[0][1].number_format == '[$-40C]#,##0\\ "€"'
    assert rows(sheet, "A")[0][1].value == 1193779


def test_rates_and_points_are_numbers(workbook):
    rate = rows(workbook.worksheets[0], "Dispositif")[0][2]
    assert (rate.value, rate.number_format) == (0.141, "[$-40C]0.0\\ %")
    points = rows(workbook.worksheets[1], "Commune")[0][2]
    assert (points.value, points.number_format) == (25, '[$-40C]0.0\\ "points"')


def test_a_date_is_a_date_and_a_partial_one_a_text(workbook):
    whole, partial, _ = [row[1] for row in rows(workbook.worksheets[1], "Commune")[:3]]
    assert whole.value == dt.datetime(2021, 5, 20)
    assert whole.number_format == "[$-40C]d mmmm yyyy;@"
    assert partial.value == "mars 2021"


def test_what_is_missing_is_blank(workbook):
    assert [cell.value for cell in rows(workbook.worksheets[1], "Commune")[2]][1:] == [None] * 4


def test_booleans_are_words(workbook):
    assert [row[3].value for row in rows(workbook.worksheets[1], "Commune")[:2]] == ["oui", "non"]


def test_totals_are_bold_and_say_so(workbook):
    total = rows(workbook.worksheets[0], "Dispositif")[3]
    assert total[0].value == "Total"
    assert all(cell.font.bold for cell in total[:3])


def test_no_text_becomes_a_formula(workbook):
    for sheet in workbook:
        assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type in {"f", "e"}] == []
    texts = [row[0] for row in rows(workbook["Injections"], "<b>Titre</b>")]
    assert [cell.value for cell in texts[: len(INJECTIONS)]] == list(INJECTIONS)
    assert all(cell.quotePrefix for cell in texts[: len(INJECTIONS) - 1])


def test_sheet_names_are_those_that_excel_accepts(workbook):
    assert workbook.sheetnames == ["Synthèse 1 2", "synthèse 1 2 (2)", "Injections", "L" * 31, "Feuille"]


def test_one_table_is_frozen_filtered_and_named(workbook):
    sheet = workbook.worksheets[1]
    (table,) = sheet.tables.values()
    header_row = int(sheet.freeze_panes.lstrip("AB")) - 1
    assert table.name == "Tableau_dates"
    assert table.ref == f"A{header_row}:E{header_row + 3}"
    assert table.autoFilter is not None
    assert sheet.print_title_rows == f"${header_row}:${header_row}"


def test_totals_at_the_foot_stay_out_of_the_filtered_range(workbook):
    (table,) = workbook.worksheets[0].tables.values()
    first, last = (int(reference[1:]) for reference in table.ref.split(":"))
    assert last - first == 2


def test_pages_are_a4_landscape_with_numbers(workbook):
    for sheet in workbook:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.page_setup.fitToWidth in {1, None}  # 1 is what is meant when it is not written
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "&P / &N" in (sheet.oddFooter.right.text or "")
        assert sheet.print_area


def test_columns_fit_their_content_within_bounds(workbook):
    for sheet in workbook:
        for dimension in sheet.column_dimensions.values():
            assert 8 <= dimension.width <= 61


def test_nothing_is_merged_in_the_data(workbook):
    for sheet in workbook:
        for table in sheet.tables.values():
            first, last = (int("".join(filter(str.isdigit, reference))) for reference in table.ref.split(":"))
            assert all(merged.max_row < first or merged.min_row > last for merged in sheet.merged_cells.ranges)


def test_the_document_has_a_title_and_a_language(workbook):
    properties = workbook.properties
    assert (properties.title, properties.subject, properties.creator) == ("Classeur inventé", "Essai", "Préfecture")
    assert properties.language == "fr-FR"
    assert properties.created == CREATED


def test_two_writes_give_the_same_bytes(tmp_path, monkeypatch):
    first = write(tmp_path / "a.xlsx").read_bytes()
    monkeypatch.setattr(time, "time", lambda: 1_000_000_000.0)
    assert write(tmp_path / "b.xlsx").read_bytes() == first


def test_a_failed_write_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"before")

    def refuse(descriptor):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="no space left"):
        write(path)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_two_tables_of_one_key_are_refused(tmp_path):
    with pytest.raises(ValueError, match="two tables"):
        write(tmp_path / "a.xlsx", (Sheet("S", "S", (), (aids_table(), aids_table())),))


def test_labels_that_differ_by_case_only_are_numbered(tmp_path):
    table = ReportTable("t", "T", pd.DataFrame({"a": [1], "b": [2]}), (Column("a", "Montant"), Column("b", "MONTANT")))
    sheet = load_workbook(write(tmp_path / "a.xlsx", (Sheet("S", "S", (), (table,)),))).worksheets[0]
    assert rows(sheet, "T")[0][1].value == "MONTANT (2)"


def test_a_text_too_long_for_a_cell_is_cut_with_a_mark(tmp_path):
    table = ReportTable("t", "T", pd.DataFrame({"a": ["x" * 40_000]}), (Column("a", "A"),))
    sheet = load_workbook(write(tmp_path / "a.xlsx", (Sheet("S", "S", (), (table,)),))).worksheets[0]
    value = rows(sheet, "A")[0][0].value
    assert len(value) == 32_767
    assert value.endswith("…")


def test_the_workbook_and_the_page_say_the_same(tmp_path):
    table = injection_table()
    sheet = load_workbook(write(tmp_path / "a.xlsx", (Sheet("S", "S", (), (table,)),))).worksheets[0]
    written = [row[0].value for row in rows(sheet, "<b>Titre</b>")[: len(table)]]
    assert written == [row.cells[0].text for row in table.rows()]


def test_no_subtotal_stands_inside_a_table_of_excel_and_its_groups_are_a_column(tmp_path):
    """E1: a pivot of the announced totals gave 1 782 919 €, and « Par famille » had lost its families."""
    data = pd.DataFrame(
        [
            ("DSIL", 100, "A"),
            ("Sous-total A", 100, "A"),
            ("DETR", 200, "B"),
            ("FNADT", 300, "B"),
            ("Sous-total B", 500, "B"),
            ("Total", 600, ""),
        ],
        columns=["nom", "montant", "famille"],
    ).assign(montant=lambda table: table["montant"] * 100)
    table = ReportTable(
        "t", "T", data, (Column("nom", "Dispositif"), Column("montant", "Montant", "euros")),
        total_rows=(1, 4, 5), group="famille", summed=("montant",),
    )  # fmt: skip
    sheet = load_workbook(write(tmp_path / "a.xlsx", (Sheet("S", "S", (), (table,)),))).worksheets[0]
    (declared,) = sheet.tables.values()
    inside = [[cell.value for cell in row] for row in sheet[declared.ref]]
    assert inside == [["Groupe", "Dispositif", "Montant"], ["A", "DSIL", 100], ["B", "DETR", 200], ["B", "FNADT", 300]]
    last = int(declared.ref.split(":")[1].lstrip("ABC"))
    foot = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=last + 1, max_row=last + 3)]
    first = last - 2
    assert [row[1] for row in foot] == ["Sous-total A", "Sous-total B", "Total"]
    assert [row[2] for row in foot] == [
        f"=SUM(C{first})", f"=SUM(C{first + 1}:C{first + 2})", f"=SUM(C{first},C{first + 1}:C{first + 2})"
    ]  # fmt: skip
    assert "B" in str(table).splitlines()[-2].split()


def test_a_total_of_amounts_that_are_all_unknown_stays_blank(tmp_path):
    """What is not known adds up to nothing known: a formula would make it 0 €."""
    data = pd.DataFrame({"nom": ["A", "B", "Total"], "montant": pd.array([pd.NA, pd.NA, pd.NA], dtype="Int64")})
    columns = (Column("nom", "Nom"), Column("montant", "Montant", "euros"))
    table = ReportTable("t", "T", data, columns, total_rows=(2,), summed=("montant",))
    sheet = load_workbook(write(tmp_path / "a.xlsx", (Sheet("S", "S", (), (table,)),))).worksheets[0]
    total = next(row for row in sheet.iter_rows() if row[0].value == "Total")
    assert total[1].value is None
