"""Every figure of the committee's workbook is one of the HTML reports, or a sum of theirs."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal

import openpyxl
import pytest
from bs4 import BeautifulSoup

from pvd_analysis.reports.quarterly import make_reports
from pvd_analysis.values import format_date
from tests.conftest import copy_project

# Tables of the workbook that hold no figure of the data.
WITHOUT_FIGURES = {"renseignements", "avis_du_financeur", "feuilles"}


def plain(text):
    return " ".join(
        str(text).replace("\u202f", " ").replace("’", "'").replace("1ᵉʳ", "1er").replace("\xa0", " ").split()
    )


def number(text):
    """Return the number of a French text: « 1 193 779 € », « 80 % », « 25 points »; None when there is none."""
    digits = plain(text).replace(" ", "").replace(",", ".").replace("−", "-").removesuffix("€").removesuffix("points")
    try:
        return float(Decimal(digits.removesuffix("%")) / (100 if digits.endswith("%") else 1))
    except ArithmeticError:
        return None


@pytest.fixture(scope="module", params=["2021-T3", "2023-T1"])
def reports(request, tmp_path_factory, root):
    folder = tmp_path_factory.mktemp("projet")
    copy_project(folder)
    _, files = make_reports(request.param, "40", None, folder)
    pages = [
        BeautifulSoup(files[name].read_text(encoding="utf-8"), "html.parser")
        for name in ("rapport_financier.html", "rapport_ingenierie.html", "annexe.html")
    ]
    return files["comite_financeurs.xlsx"], pages


def html_tables(pages):
    """Return the rows of each table of the pages, as dictionaries from label to text; with their group, if any."""
    found = {}
    for table in (table for page in pages for table in page.select("div.pvd-tableau")):
        labels = [plain(cell.get_text(" ")) for cell in table.select("thead th")]
        rows, group = [], ""
        for row in table.select("tbody tr"):
            cells = [plain(cell.get_text(" ")) for cell in row.find_all(["th", "td"])]
            if len(cells) == len(labels):
                rows.append({**dict(zip(labels, cells, strict=True)), "": group})
            else:
                group = cells[0]
        found[table["id"].removeprefix("tableau-")] = rows
    return found


def excel_tables(path):
    """Return the rows of each table of the workbook, the totals under it too, as dictionaries from label to value."""
    found = {}
    for sheet in openpyxl.load_workbook(path, data_only=True):
        for table in sheet.tables.values():
            labels = [plain(cell.value) for cell in sheet[table.ref][0]]
            first = int("".join(filter(str.isdigit, table.ref.split(":")[0])))
            rows = []
            for cells in sheet.iter_rows(min_row=first + 1, max_col=len(labels)):
                if not any(cell.border.bottom.style for cell in cells):
                    break
                rows.append({label: cell.value for label, cell in zip(labels, cells, strict=True)})
            found[table.name.removeprefix("Tableau_")] = rows
    return found


def same(value, text):
    """Whether a cell of the workbook says what a cell of the page says."""
    if value is None or value == "":
        return text in {"", "—"}
    if isinstance(value, dt.datetime):
        return plain(format_date(value.date())) == text
    if isinstance(value, int | float):
        precision = 0.0006 if "%" in text else 1e-6
        return number(text) == pytest.approx(value, abs=precision)
    return plain(value) == text


def by_financeur(lines):
    """Return what each financeur brings to each project, from the lines of the plans."""
    sums = defaultdict(float)
    for line in lines:
        if line["Statut"] in {"annoncé", "accordé", "payé"}:
            sums[line["Projet"], line["Financeur"]] += number(line["Montant"])
    return sums


def total(rows, label):
    return sum(number(row[label]) or 0 for row in rows)


def test_every_table_of_the_workbook_says_what_the_page_says(reports):
    path, pages = reports
    shown, written = html_tables(pages), excel_tables(path)
    compared = 0
    for key in set(shown) & set(written):
        assert len(shown[key]) == len(written[key]), key
        # in a sheet, subtotals stand with the totals under the rows
        in_order = sorted(
            shown[key],
            key=lambda row: key == "totaux_annonces" and row["Dispositif"].startswith(("Total", "Sous-total")),
        )
        for page_row, row in zip(in_order, written[key], strict=True):
            for label, value in row.items():
                assert same(value, page_row[label]), (key, label, value, page_row[label])
                compared += isinstance(value, int | float)
    assert compared > 150
    others = set(written) - set(shown) - WITHOUT_FIGURES
    assert others == {"alertes", "aides_par_famille", "projets_a_examiner", "comite_chiffres", "plans_par_financeur"}


def test_every_figure_of_a_project_to_examine_is_in_the_page(reports):
    path, pages = reports
    shown, written = html_tables(pages), excel_tables(path)
    margins = {row["Projet"]: row for row in shown["marges"]}
    brought = by_financeur(shown["plan_lignes"])
    assert len(written["projets_a_examiner"]) == len(margins) == 2
    for row in written["projets_a_examiner"]:
        margin = margins[row["Identifiant"]]
        assert row["Commune"] == margin["Commune"]
        for label, in_page in (
            ("Coût HT", "Coût HT"),
            ("Total des financements", "Aides"),
            ("Apport", "Apport"),
            ("Taux", "Aides / coût"),
            ("Plafond des aides", "Plafond"),
            ("Marge sous la règle", "Marge (règle légale)"),
            ("Marge après avis", "Marge (règle légale)"),
        ):
            assert same(row[label], margin[in_page]), (label, row[label], margin[in_page])
        financeurs = {name: amount for (project, name), amount in brought.items() if project == row["Identifiant"]}
        assert financeurs == {name: row[name] for name in financeurs}


def test_every_total_of_the_committee_is_the_sum_of_the_page(reports):
    path, pages = reports
    shown, written = html_tables(pages), excel_tables(path)
    margins, lines = shown["marges"], shown["plan_lignes"]
    figures = {row["Ensemble"]: (row["Projets"], row["Montant"]) for row in written["comite_chiffres"]}
    margin = [number(row["Marge (règle légale)"]) or 0 for row in margins]
    controls = [row["Contrôle"] for row in written["projets_a_examiner"]]
    assert figures == {
        "Projets à examiner, coût HT": (len(margins), total(margins, "Coût HT")),
        "dont projets sans coût connu": (sum(row["Coût HT"] == "—" for row in margins), None),
        "Projets financés, financements": (len(margins), total(margins, "Aides")),
        "Projets avec de la marge, marge": (sum(left > 0 for left in margin), sum(left for left in margin if left > 0)),
        "Avis rendus": (0, None),
        "Avis favorables, montants proposés": (0, 0),
        "Contrôle : « Dépasse la règle »": (controls.count("Dépasse la règle"), None),
        "Contrôle : « À préciser »": (controls.count("À préciser"), None),
    }
    financeurs = {row["Financeur"]: row for row in written["plans_par_financeur"]}
    priced = {row["Projet"] for row in margins if row["Coût HT"] != "—"}
    sums, known = defaultdict(float), defaultdict(float)
    for (project, name), amount in by_financeur(lines).items():
        sums[name] += amount
        known[name] += amount * (project in priced)
    known["Maître d'ouvrage"] = total(margins, "Apport")
    # without the cost of every project, what is left to the maîtres d'ouvrage is not known, and no part of a total
    assert {name: row["Montant"] for name, row in financeurs.items() if row["Montant"] is not None} == pytest.approx(
        {**sums, "Total": sum(sums.values())}
    )
    of_known_cost = {name: row["dont projets de coût connu"] for name, row in financeurs.items()}
    assert of_known_cost == pytest.approx({**known, "Total": total(margins, "Coût HT")})
    families = {row["Répartition"]: row for row in shown["aides_repartition"] if row[""] == "Par famille"}
    for row in written["aides_par_famille"]:
        if row["Famille"] != "Total":
            assert same(row["Aides"], families[row["Famille"]]["Aides"])
            assert same(row["Part"], families[row["Famille"]]["Part"])


def test_every_alert_of_the_workbook_is_said_in_a_page(reports):
    path, pages = reports
    said = plain(" ".join(page.get_text(" ") for page in pages))
    for row in excel_tables(path)["alertes"]:
        assert plain(row["Trouvé"]).split(" :")[0].split(", ")[-1] in said
