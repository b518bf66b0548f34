"""Whatever the data, a page has a bound, and what it does not show is in the workbook beside it; so has what a notebook prints."""

import datetime as dt

import nbformat
import openpyxl
import pandas as pd

import pvd_analysis as pvd
from pvd_analysis.communes import load_referentiel
from pvd_analysis.reports.execution import execute
from pvd_analysis.reports.page import make_page
from pvd_analysis.tables.cards import Alert, Alerts
from pvd_analysis.tables.report_table import ReportTable
from tests.territories.classeurs import aide, deliver_classeur, laureats, new_project, poste, projet

LARGEST_PAGE = 2_000_000


def notebook_of(path, *sources):
    first = nbformat.v4.new_code_cell('trimestre = ""', metadata={"tags": ["parameters"]})
    nbformat.write(nbformat.v4.new_notebook(cells=[first, *map(nbformat.v4.new_code_cell, sources)]), path)
    return path


def test_what_a_notebook_prints_has_a_bound_and_what_is_left_out_is_said(tmp_path):
    cells = [
        "for _ in range(200): print('x' * 100_000)",
        "print('et encore')",
        "from IPython.display import HTML; HTML('<p>' + 'y' * 30_000_000 + '</p>')",
        "1 + 1",
    ]
    path = notebook_of(tmp_path / "bavard.ipynb", *cells)
    made = execute(path, {"trimestre": "2021-T3"}, tmp_path)
    assert len(nbformat.writes(made)) < 1_100_000
    said = [output for cell in made.cells if cell.cell_type == "code" for output in cell.outputs]
    printed = "".join(output.text for output in said if output.output_type == "stream")
    assert printed.endswith(
        "[la suite n'est pas gardée : un notebook imprime au plus 1\N{NARROW NO-BREAK SPACE}000\N{NARROW NO-BREAK SPACE}000 caractères]\n"
    )
    results = [output["data"]["text/plain"] for output in said if output.output_type == "execute_result"]
    assert results[0].startswith("[résultat de plus de 20")
    assert results[1] == "2"


def long_table(rows, total=True):
    data = pd.DataFrame({"commune": [f"Ville {number}" for number in range(rows)], "montant_cents": range(rows)})
    data.loc[rows] = ["Total", data["montant_cents"].sum()]
    return ReportTable.build("longue", "Une table longue", data.astype({"montant_cents": "Int64"}), total_rows=(rows,))


def test_a_long_table_shows_its_first_rows_its_total_and_says_where_the_others_are():
    shown = long_table(5_000)._repr_html_()
    assert shown.count("<tr") == 1 + 50 + 1
    assert "Ville 49<" in shown
    assert "Ville 50<" not in shown
    assert "Total" in shown
    assert "Ici les 50 premières lignes sur 5\N{NARROW NO-BREAK SPACE}000" in shown
    short = long_table(110)._repr_html_()
    assert short.count("<tr") == 1 + 111
    assert "premières lignes" not in short


def test_many_cases_of_one_alert_are_counted():
    alert = Alert("information", "Coût inconnu (300) :", tuple(f"P{number}" for number in range(300)))
    shown = Alerts((alert,))._repr_html_()
    assert shown.count("<li>") == 51
    assert "et 250 autres" in shown


def test_a_report_on_five_thousand_projects_is_small_and_its_workbook_has_them_all(tmp_path):
    project = new_project(tmp_path / "projet", notebooks=True)
    towns = load_referentiel(project / "data" / "raw" / "referentiel").communes.query("code_departement == '32'")
    names = list(towns["nom"].iloc[:200])
    day = dt.date(2021, 3, 1)
    deliver_classeur(
        project, "2021-09-10", "suivi.xlsx", "32", laureats=laureats(*names),
        projets=[
            projet(f"P{n}", names[n % 200], f"Halle inventée n° {n}", cout_ht_cents=100_000 + n, date_annonce=day)
            for n in range(5_000)
        ],
        financements=[aide(f"P{n}", "DETR", 20_000 + n, "accordé", date_decision=day) for n in range(5_000)],
        postes=[poste(f"C{n}", town, "recruté", day) for n, town in enumerate(names)],
    )  # fmt: skip
    d = pvd.load("2021-T3", "32", racine=project)
    assert (len(d.projets), len(d.laureats)) == (5_000, 200)
    work = tmp_path / "pages"
    work.mkdir()
    notebook, page, workbook = make_page(d, "rapport_financier", "Rapport financier", work, {"departement": "32"})
    assert page.stat().st_size < LARGEST_PAGE
    assert notebook.stat().st_size < LARGEST_PAGE
    book = openpyxl.load_workbook(workbook, read_only=True)
    rows = {sheet.title: sum(1 for _ in sheet.iter_rows()) for sheet in book}
    details = [number for title, number in rows.items() if title.startswith("Aides publiques connues")]
    assert len(details) == 1
    assert 5_000 < details[0] < 5_020
