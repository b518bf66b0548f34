"""The figures of the slides of 10 September 2021 (préfecture des Landes), in the analysis, the HTML, Excel and Parquet."""

import datetime as dt
import json

import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from pptx import Presentation

import pvd_analysis as pvd
from pvd_analysis.cli import main

ANNOUNCED = {
    "DSIL exceptionnelle": 43_457,
    "DSIL rénovation énergétique": 110_414,
    "Sous-total plan de relance": 153_871,
    "DSIL": 281_398,
    "DETR": 1_193_779,
    "Sous-total droit commun": 1_475_177,
    "Total annoncé": 1_629_048,
}


@pytest.fixture(scope="module")
def d(root):
    return pvd.load("2021-T3", "40", racine=root)


@pytest.fixture(scope="module")
def made(tmp_path_factory, root):
    import shutil

    folder = tmp_path_factory.mktemp("projet")
    shutil.copytree(root / "data" / "raw", folder / "data" / "raw")
    shutil.copytree(root / "notebooks", folder / "notebooks")
    with pytest.raises(SystemExit) as stop:
        main(["rapports", "--trimestre", "2021-T3", "--departement", "40", "--presentation", "--racine", str(folder)])
    assert stop.value.code == 0
    return folder


def shown(html):
    return " ".join(
        BeautifulSoup(html, "html.parser")
        .get_text(" ")
        .replace("\u202f", " ")
        .replace("’", "'")
        .replace("1ᵉʳ", "1er")
        .replace("\xa0", " ")
        .split()
    )


def test_announced_totals_are_the_same_in_html_excel_and_parquet(made):
    folder = made / "outputs" / "2021-T3" / "40"
    page = BeautifulSoup((folder / "rapport_financier.html").read_text(encoding="utf-8"), "html.parser")
    rows = {}
    for row in page.select("table tr"):
        cells = [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
        if cells and cells[0] in ANNOUNCED and cells[0] not in rows:
            rows[cells[0]] = next(int("".join(filter(str.isdigit, cell))) for cell in cells[1:] if "€" in cell)
    assert rows == ANNOUNCED

    sheet = openpyxl.load_workbook(folder / "comite_financeurs.xlsx", data_only=True)["Synthèse"]
    in_excel = {}
    for row in sheet.iter_rows(values_only=True):
        if row[0] in ANNOUNCED and row[0] not in in_excel:
            in_excel[row[0]] = next(value for value in row[1:] if isinstance(value, int | float))
    assert in_excel == ANNOUNCED

    totals = pd.read_parquet(made / "data" / "processed" / "dernier" / "totaux_annonces.parquet")
    by_line = dict(zip(totals["dispositif"], totals["montant_cents"], strict=True))
    assert by_line["detr"] == 119_377_900
    assert by_line["dsil"] + by_line["detr"] == ANNOUNCED["Sous-total droit commun"] * 100
    assert by_line["dsil_exceptionnelle"] + by_line["dsil_renovation"] == ANNOUNCED["Sous-total plan de relance"] * 100


def test_morcenx_is_at_the_limit_with_a_deduced_cost(d):
    plan = pvd.analysis.funding_plans(d).set_index("id_projet").loc["40-001"]
    assert plan["aides_cents"] == 36_071_900
    assert plan["cout_ht_cents"] == 45_089_875
    assert plan["cout_deduit"] == "deduit"
    assert plan["marge_legale_cents"] == plan["marge_usuelle_cents"] == 0
    assert plan["situation"] == "à la limite"


def test_peyrehorade_is_outside_the_announced_total(d):
    outside = pvd.analysis.sectoral_aids(d).groupby("commune")["montant_cents"].sum()
    assert outside.to_dict() == {"Morcenx-la-Nouvelle": 19_281_500, "Peyrehorade": 13_948_800}


def test_announced_totals_are_never_added_to_their_detail(d):
    detr = pvd.analysis.coverage(d).set_index("dispositif").loc["detr"]
    assert round(float(detr["couverture"]) * 100, 1) == 14.1
    assert pvd.analysis.known_aids_cents(d) == 162_904_800 + 19_281_500 + 13_948_800


def test_the_financial_report_says_the_figures_of_the_slides(made):
    text = shown((made / "outputs/2021-T3/40/rapport_financier.html").read_text(encoding="utf-8"))
    for figure in (
        "360 719 €",
        "192 815 €",
        "167 904 €",
        "450 898,75 €",
        "139 488 €",
        "14,1 %",
        "1 629 048 €",
        "déduit",
    ):
        assert figure in text


def test_the_engineering_report_says_posts_training_club_and_deadlines(made):
    text = shown((made / "outputs/2021-T3/40/rapport_ingenierie.html").read_text(encoding="utf-8"))
    for said in (
        "8 postes de chef de projet sont identifiés, dont 4 partagés",
        "2 recrutés, 6 en cours",
        "Geaune n'est servie par aucun poste",
        "13 des 14 communes ont signé",
        "Labouheyre reste à signer",
        "75 %",
        "25 points",
        "ANCT, FNADT, BDT, ANAH",
        "75 000 €",
        "20 novembre 2022",
        "23 janvier 2023",
        "28 février 2023",
        "juin 2021",
        "automne 2021",
        "janvier 2021",
    ):
        assert said in text, said


def test_overdue_conventions_are_shown_in_2023_t1_unless_the_later_delivery_is_unknown(root):
    now = pvd.load("2023-T1", "40", racine=root)
    counts = pvd.analysis.state_counts(now).set_index("etat_convention")["nombre"]
    assert counts["dépassée"] == 8
    assert counts["signée"] == 5
    before = pvd.load("2021-T3", "40", "2021-09-10", root)
    assert before.fichiers["livraison"].max() == pd.Timestamp("2021-09-10")
    assert before.territoires.empty


def test_an_event_dated_after_the_quarter_is_not_in_the_report(root):
    early = pvd.load("2021-T1", "40", racine=root)
    counts = pvd.analysis.post_counts(early)
    assert (counts.recruited, counts.under_way) == (1, 7)
    assert pvd.analysis.announced_total_cents(early) == 0


def test_the_deadline_is_eighteen_months_after_the_adhesion():
    assert pvd.analysis.deadline(dt.date(2021, 5, 20)) == dt.date(2022, 11, 20)


def test_the_lists_that_are_shipped_give_the_aids_of_each_laureate_by_year_and_dispositif(made, d):
    of_2019 = d.aides_nationales.query("exercice == '2019'")
    assert (len(of_2019), int(of_2019["montant_cents"].sum())) == (276, 1_749_925_464)
    page = BeautifulSoup(
        (made / "outputs/2021-T3/40/rapport_financier.html").read_text(encoding="utf-8"), "html.parser"
    )
    rows = [
        tuple(cell.get_text(strip=True) for cell in row(["th", "td"])[:3])
        for row in page.select("#tableau-listes_par_annee tbody tr")
    ]
    assert ("Amou", "2018", "DETR") in rows
    assert {year for _, year, _ in rows[:-1]} == {"2018", "2019"}


def test_the_map_has_the_boundaries_that_are_shipped_and_says_whose_they_are(made):
    page = (made / "outputs/2021-T3/40/rapport_ingenierie.html").read_text(encoding="utf-8")
    assert "Contours des communes : IGN, Admin Express 2018." in shown(page)
    assert "<path" in page[page.index('id="figure-carte"') :]


def test_the_reckoning_holds_for_every_sheet(d):
    assert (d.bilan["lignes_lues"] == d.bilan["lignes_gardees"] + d.bilan["lignes_ecartees"]).all()
    assert (d.bilan["euros_lus_cents"] == d.bilan["euros_gardes_cents"] + d.bilan["euros_ecartes_cents"]).all()
    assert int(d.bilan["lignes_lues"].sum()) == 63_852


def test_the_manifest_names_every_input_with_its_fingerprint(made):
    content = json.loads((made / "outputs/2021-T3/40/manifeste.json").read_text(encoding="utf-8"))
    assert len(content["entrees"]) == 9
    assert all(len(entry["sha256"]) == 64 for entry in content["entrees"])
    assert str(made) not in (made / "outputs/2021-T3/40/rapport_financier.ipynb").read_text(encoding="utf-8")


def columns_of(rows):
    """Return the columns of a table by their header, the spaces of a line break aside."""
    header, *body = [[" ".join(text.split()) for text in row] for row in rows]
    return {name: list(column) for name, column in zip(header, zip(*body, strict=True), strict=True)}


# What the committee's workbook and the reports call otherwise.
IN_THE_REPORT = {"Projet": "Intitulé", "Total des financements": "Aides", "Taux": "Aides / coût"}


def test_each_cell_of_the_slides_is_a_cell_of_the_html_report(made):
    folder = made / "outputs" / "2021-T3" / "40"
    reports = []
    for page in sorted(folder.glob("*.html")):
        for table in BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select("table:has(thead)"):
            rows = [row.find_all(["th", "td"]) for row in table.select("tr:not(.pvd-groupe)")]
            reports.append(columns_of([[cell.get_text(" ", strip=True) for cell in row] for row in rows]))
    slides = Presentation(folder / "presentation.pptx").slides
    tables = [shape.table for slide in slides for shape in slide.shapes if shape.has_table]
    shown = [columns_of([[cell.text for cell in row.cells] for row in table.rows]) for table in tables]
    assert len(shown) == 12
    for columns in shown:
        stub, *others = columns
        for name in others:
            said = list(zip(columns[stub], columns[name], strict=True))
            assert stub == "Niveau" or any(
                said == list(zip(report[stub], report[there], strict=True))
                for report in reports
                for there in (name, IN_THE_REPORT.get(name))
                if {stub, there} <= set(report)
            ), (stub, name, said)
