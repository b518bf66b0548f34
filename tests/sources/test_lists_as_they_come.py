"""C6: the lists as they really come: ORT as CSV, the ANCT list of all programmes, a préfecture's list, SCDL."""

import shutil
from collections import Counter

import pytest
import xlsxwriter

from pvd_analysis.communes import load_referentiel
from pvd_analysis.dataset.preparation import prepare
from pvd_analysis.sources import read_file


@pytest.fixture(scope="module")
def read(root):
    referentiel = load_referentiel(root / "data" / "raw" / "referentiel")
    return lambda path: read_file(path, path.name, referentiel)


def rules(found):
    return [finding.regle for finding in found.findings]


def test_the_ort_list_as_csv_is_read(read, shared_data):
    found = read(shared_data / "ort" / "ort_2025-12.csv")
    (table,) = found.content.tables
    assert (table.rows_read, len(table.rows), len(table.set_aside)) == (2372, 2371, 1)
    assert table.rows["etat_convention"].value_counts(dropna=False).to_list() == [2115, 174 + 24, 58]
    signed = table.rows.set_index("code_commune")["date_signature"]
    assert [f"{signed[code]:%Y-%m-%d}" for code in ("40134", "40224")] == ["2024-03-25", "2023-12-12"]
    assert sorted(set(rules(found))) == ["cellule_obligatoire_vide", "date_sans_signature"]


def test_the_list_of_all_programmes_gives_the_laureates_of_each_and_counts_the_other_towns(read, shared_data):
    found = read(shared_data / "anct" / "ngeo_anct_cog2023.csv")
    (table,) = found.content.tables
    assert table.rows["programme"].value_counts().to_dict() == {"PVD": 1653, "ACV": 246, "ACV 2": 50}
    assert table.rows.query("programme == 'PVD' and code_departement == '40'").shape[0] == 14
    assert rules(found) == ["communes_hors_programme"] * 3
    assert found.findings[0].trouve.startswith("33 386".replace(" ", found.findings[0].trouve[2]))


def test_the_list_of_a_prefecture_is_read_to_the_cent(read, shared_data):
    (table,) = read(shared_data / "prefecture" / "projets_78.csv").content.tables
    assert (len(table.rows), table.rows["montant_cents"].sum()) == (399, 22_046_454_00)
    assert table.rows["cout_ht_cents"].sum() == 86_696_991_00
    sums = table.rows.groupby(["dispositif", "exercice"])["montant_cents"].agg(["size", "sum"])
    assert {key: tuple(row) for key, row in zip(sums.index, sums.to_numpy(), strict=True)} == {
        ("detr", "2019"): (96, 3_781_179_00),
        ("detr", "2020"): (108, 4_273_436_00),
        ("detr", "2021"): (125, 3_614_892_00),
        ("dpv", "2020"): (29, 3_495_806_00),
        ("dsid", "2020"): (1, 992_525_00),
        ("dsil", "2020"): (40, 5_888_616_00),
    }


def test_the_scdl_file_is_read_to_the_cent(read, shared_data):
    (table,) = read(shared_data / "scdl" / "scdl_exemple_valide.csv").content.tables
    assert (len(table.rows), table.rows["montant_cents"].sum()) == (29, 2_821_393_50)
    assert set(table.rows["code_departement"]) == {"06"}


def test_a_prefecture_list_says_its_lines_over_80_percent_and_its_doubtful_places(read, shared_data):
    """E: the doubts of attribution were dropped; 8 lines are over, by a few cents to a euro and a half."""
    found = read(shared_data / "prefecture" / "projets_78.csv")
    high = [finding for finding in found.findings if finding.regle == "taux_eleve"]
    assert [finding.origine.ligne for finding in high] == [331, 353, 355, 357, 365, 382, 388, 399]
    assert {finding.severite.value for finding in high} == {"avertissement"}
    assert high[3].trouve.replace("\u202f", " ").replace("\xa0", " ") == (
        "11 747 € pour 14 682 €, 80,01 %, soit 1,40 € de trop"
    )
    doubts = Counter(finding.regle for finding in found.findings if finding.regle != "taux_eleve")
    assert doubts["lieu_introuvable"] == 20
    assert doubts["epci_introuvable"] == 8
    assert not any(finding.severite.value == "bloquant" for finding in found.findings)


SCDL = "Nom attribuant;ID ATTRIBUANT;Date convention;Nom bénéficiaire;Id bénéficiaire;Objet;Montant;Nature;Canton\n"


@pytest.mark.parametrize("amount", ["1234.5", "1234,5", "1 234,50 €"])
def test_scdl_files_written_otherwise_are_the_same_list(read, tmp_path, amount):
    path = tmp_path / "subventions.csv"
    line = f"Département d'essai;224 000 018 00016;2021-03-02;Commune de Mugron;21400201600011;Essai;{amount};numéraire;x\n"
    path.write_text(SCDL + line, encoding="utf-8")
    (table,) = read(path).content.tables
    (row,) = table.rows.to_dict("records")
    assert (row["montant_cents"], row["exercice"], row["code_departement"]) == (1234_50, "2021", "40")
    assert (row["siren_attribuant"], row["code_commune"]) == ("224000018", "40201")


def scdl(project, day, *lines):
    folder = project / "data" / "raw" / day
    folder.mkdir(exist_ok=True)
    (folder / "subventions.csv").write_text(SCDL + "".join(f"{line}\n" for line in lines), encoding="utf-8")


def test_a_newer_list_of_a_funder_replaces_its_year_alone(project):
    """The lines of a Région to associations have no département and are counted once all the same."""
    first = "Région;23750001600015;{}-03-02;Association;;Essai;{};numéraire;x"
    scdl(project, "2022-01-10", first.format(2020, 10), first.format(2021, 20), first.format(2021, 30))
    scdl(project, "2022-02-10", first.format(2021, 25))
    preparation = prepare(project)
    kept = preparation.tables["aides_autres_financeurs"].groupby("exercice")["montant_cents"].sum()
    replaced = preparation.constats.query("regle == 'livraison_remplacee'")
    assert kept.to_dict() == {"2020": 10_00, "2021": 25_00}
    assert len(replaced)
    assert "bilan_faux" not in set(preparation.constats["regle"])
    assert preparation.tables["aides_nationales"].empty


def test_towns_of_the_ort_list_that_are_no_laureates_are_one_finding(project, shared_data):
    folder = project / "data" / "raw" / "2025-12-31"
    folder.mkdir()
    shutil.copy(shared_data / "ort" / "ort_2025-12.csv", folder)
    findings = prepare(project).constats
    ours = findings[findings["fichier"].str.endswith("ort_2025-12.csv")]
    assert "laureat_inconnu" not in set(ours["regle"])
    assert len(ours.query("regle == 'communes_hors_programme'")) == 1


@pytest.mark.parametrize("name", ["liste_acv2.csv", "ACV-2_2023.csv"])
def test_the_list_of_acv_2_stands_beside_that_of_acv(project, name):
    """C1: it took the place of ACV."""
    for day, file, town in (("2021-01-10", "liste_acv.csv", "40088;Dax"), ("2023-01-10", name, "40192;Mont-de-Marsan")):
        folder = project / "data" / "raw" / day
        folder.mkdir(exist_ok=True)
        (folder / file).write_text(f"insee_com;lib_com;id_acv;date_signature\n{town};acv-1;\n", encoding="utf-8")
    towns = prepare(project).tables["territoires"].query("fichier.str.contains('acv', case=False)", engine="python")
    assert {"ACV", "ACV 2"} <= set(towns["programme"])


def test_every_sheet_of_an_ort_list_is_read_and_what_stands_beside_is_counted(read, tmp_path):
    """C3: the first sheet alone was read."""
    path = tmp_path / "suivi_ort.xlsx"
    book = xlsxwriter.Workbook(path)
    header = ["Code commune", "Signée ?", "Si signée, date de signature"]
    sheets = {
        "2020": [header, ["40201", "Oui", "2020-03-02"]],
        "2021": [header, ["40119", "Oui", "2021-03-02"]],
        "Notice": [["À lire"]],
    }
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    found = read(path)
    assert [list(table.rows["code_commune"]) for table in found.content.tables] == [["40201"], ["40119"]]
    assert [(finding.regle, finding.origine.feuille) for finding in found.findings] == [
        ("feuille_hors_liste", "Notice")
    ]


def test_a_list_of_the_anct_in_a_workbook_with_a_notice_is_read_sheet_by_sheet(read, tmp_path):
    """C3: with a second sheet the file was unknown, and its laureates gone with a warning."""
    path = tmp_path / "liste_pvd.xlsx"
    book = xlsxwriter.Workbook(path)
    header = ["insee_com", "lib_com", "id_pvd", "date_signature"]
    sheets = {
        "Notice": [["Liste de l'ANCT"]],
        "Landes": [header, ["40201", "Mugron", "pvd-75-40-1", "2021-05-20"]],
        "Gers": [header, ["32256", "Mirande", "pvd-76-32-1", "2021-05-20"]],
    }
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    found = read(path)
    assert found.content.source == "liste ANCT PVD"
    assert [list(table.rows["code_commune"]) for table in found.content.tables] == [["40201"], ["32256"]]
    assert [(finding.regle, finding.origine.feuille) for finding in found.findings] == [
        ("feuille_hors_liste", "Notice")
    ]
