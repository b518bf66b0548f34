"""The same numbers in the page, the workbook and the Parquet tables; what is written in the raw data stays text."""

import os
import signal
import subprocess
import sys
import time

import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup

import pvd_analysis as pvd
from pvd_analysis.reports.quarterly import make_reports
from pvd_analysis.tables import engineering, financial
from tests.conftest import copy_project

# How a value of the tables is written in the workbook: euros from cents, percentage points from fractions.
SCALE = {"euros": 0.01, "points": 100}
INJECTIONS = ("=1+1", "+33 5 58", "-2+3", "@SOMME(A1)", "<script>alert(1)</script>")


def plain(text):
    return " ".join(
        str(text).replace("\u202f", " ").replace("’", "'").replace("1ᵉʳ", "1er").replace("\xa0", " ").split()
    )


@pytest.fixture(scope="module")
def reports(tmp_path_factory, root):
    folder = tmp_path_factory.mktemp("projet")
    copy_project(folder)
    path = folder / "data/raw/2021-09-10/suivi_pvd_landes.xlsx"
    workbook = openpyxl.load_workbook(path)
    for row, text in enumerate(INJECTIONS, 9):
        sheet = workbook["Projets"]
        for column, value in zip("ABCFK", (f"40-9{row:02}", "Amou", text, 100_000 + row, "Test"), strict=True):
            sheet[f"{column}{row}"].value = value
            sheet[f"{column}{row}"].data_type = "s" if isinstance(value, str) else "n"
    workbook.save(path)
    d, files = make_reports("2021-T3", "40", None, folder)
    return d, files, folder


def tables_of(page):
    found = {}
    for table in page.select("div.pvd-tableau"):
        found[table["id"].removeprefix("tableau-")] = [
            [plain(cell.get_text(" ")) for cell in row.find_all(["th", "td"])] for row in table.select("tbody tr")
        ]
    return found


def test_every_number_of_the_shared_tables_is_the_same_in_html_and_excel(reports):
    d, files, _ = reports
    pages = {}
    for name in ("rapport_financier.html", "rapport_ingenierie.html", "annexe.html"):
        pages |= tables_of(BeautifulSoup(files[name].read_text(encoding="utf-8"), "html.parser"))
    workbook = openpyxl.load_workbook(files["comite_financeurs.xlsx"], data_only=True)
    in_excel = {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in workbook.worksheets}
    expected = {
        "Synthèse": (financial.announced_totals_table(d), financial.coverage_table(d)),
        "Projets à examiner": (financial.margins_table(d),),
        "Plans de financement": (financial.plan_lines_table(d),),
        "Ingénierie": (engineering.posts_table(d), engineering.training_table(d)),
        "Communes": (
            financial.aids_by_table(d, "commune"),
            engineering.served_communes_table(d),
            engineering.conventions_table(d),
        ),
    }
    compared = 0
    for sheet, tables in expected.items():
        for table in tables:
            body = pages[table.key]
            rows = list(table.rows())
            assert len(body) == len(rows)
            for shown, row in zip(body, rows, strict=True):
                assert shown == [plain(cell.text) for cell in row.cells]
                numbers = [
                    cell.value * SCALE.get(cell.column.kind, 1)
                    for cell in row.cells
                    if cell.column.is_numeric and cell.value is not None
                ]
                candidates = [line for line in in_excel[sheet] if line and line[0] == row.cells[0].value]
                kept = [[value for value in line if isinstance(value, int | float)] for line in candidates]
                # the workbook may say more of a row than the page
                found = any(all(pytest.approx(number) in line for number in numbers) for line in kept)
                assert found, (table.key, row.cells[0].text)
                compared += len(numbers)
    assert compared > 100


def test_the_tables_of_the_report_add_up_to_the_parquet_tables(reports):
    d, _, folder = reports
    lines = pd.read_parquet(folder / "data/processed/dernier/financements.parquet")
    total = next(row for row in financial.aids_by_table(d, "commune").rows() if row.is_total)
    assert total.cells[1].value == int(lines["montant_cents"].sum())
    projects = pd.read_parquet(folder / "data/processed/dernier/projets.parquet")
    assert int(pvd.analysis.funding_plans(d)["cout_ht_cents"].sum()) == int(projects["cout_ht_cents"].sum())


def test_formulas_and_markup_of_the_raw_data_are_text(reports):
    _, files, _ = reports
    sheet = openpyxl.load_workbook(files["comite_financeurs.xlsx"])["Projets à examiner"]
    titles = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row if cell.value in INJECTIONS}
    assert titles == dict.fromkeys(INJECTIONS, "s")
    page = BeautifulSoup(files["rapport_financier.html"].read_text(encoding="utf-8"), "html.parser")
    assert page.find_all("script") == []
    assert "<script>alert(1)</script>" in page.get_text()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX systems")
def test_an_interrupted_run_leaves_the_previous_reports_whole(reports):
    _, files, folder = reports
    before = {name: path.read_bytes() for name, path in files.items()}
    command = [sys.executable, "-m", "pvd_analysis", "rapports", "--trimestre", "2021-T3", "--racine", str(folder)]
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(4)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert {name: path.read_bytes() for name, path in files.items()} == before


def test_two_runs_on_the_same_inputs_give_the_same_bytes(reports):
    _, files, folder = reports
    before = {name: path.read_bytes() for name, path in files.items() if name != "manifeste.json"}
    make_reports("2021-T3", "40", None, folder)
    assert {name: path.read_bytes() for name, path in files.items() if name != "manifeste.json"} == before
    assert not list(files["manifeste.json"].parent.glob(".en-cours-*"))


def test_the_note_says_the_figures_of_both_reports(reports):
    _, files, _ = reports

    def cards(name):
        page = BeautifulSoup(files[name].read_text(encoding="utf-8"), "html.parser")
        return {
            plain(card.dt.get_text()): plain(card.select_one(".pvd-valeur").get_text())
            for card in page.select(".pvd-carte")
        }

    both = cards("rapport_financier.html") | cards("rapport_ingenierie.html")
    assert len(both) >= 10
    assert cards("note.html") == both
