"""`pvd verifier` says of one file all that its delivery would say, and the findings of one kind are one line. All data is made up."""

import datetime as dt
import shutil

import openpyxl
import pytest

import pvd_analysis as pvd
from pvd_analysis.cli import main
from pvd_analysis.constats import Constat, Origine, SetAside, findings_table, grouped
from pvd_analysis.dataset import prepared
from tests.territories.classeurs import aide, deliver_classeur, laureats, new_project, poste, projet

D = dt.date


def plain(text):
    return text.replace("\u202f", " ").replace("\xa0", " ")


def said(capsys, *arguments):
    with pytest.raises(SystemExit) as stop:
        main(list(map(str, arguments)))
    printed = plain(capsys.readouterr().out)
    return stop.value.code, [line.strip() for line in printed.splitlines() if " — " in line]


@pytest.fixture
def faulty(tmp_path):
    """A classeur whose cells are all right, and that no delivery takes whole: keys, references, dates, repeats."""
    halle = projet("1", "Mirande", "Halle", cout_ht_cents=500_000)
    path = deliver_classeur(
        new_project(tmp_path / "ailleurs"), "2021-10-05", "suivi.xlsx", "32", laureats=laureats("Mirande"),
        projets=[halle, {**halle, "intitule": "Halle bis"}, projet("2", "Nogaro", "Gare")],
        financements=[
            aide("1", "DETR", 60_000, "accordé", date_decision=D(2099, 1, 1)),
            aide("7", "DETR", 41_000.5, "accordé"),
            *[aide("2", "DSIL", 10_000, "accordé")] * 2,
        ],
        postes=[poste("A", "Mirande", "recruté", D(2021, 3, 1)), poste("A", "Mirande", "en cours")],
    )  # fmt: skip
    return shutil.move(path, tmp_path / "suivi.xlsx")


def test_a_file_checked_alone_gives_the_findings_of_its_delivery(faulty, tmp_path, capsys):
    """D11: keys, references, repeats and dates to come were found on the day of the delivery only."""
    project = new_project(tmp_path / "projet")
    status, alone = said(capsys, "verifier", faulty, "--racine", project)
    day = f"{dt.date.today()}"
    (project / "data" / "raw" / day).mkdir()
    shutil.copy(faulty, project / "data" / "raw" / day / "suivi.xlsx")
    delivered, all_said = said(capsys, "verifier", "--racine", project)
    assert (status, delivered) == (1, 1)
    assert alone == [line.replace(f"{day}/", "") for line in all_said]
    rules = set(prepared(project).constats["regle"])
    assert {
        "doublon_de_cle",
        "projet_inconnu",
        "financement_repete",
        "laureat_inconnu",
        "date_apres_livraison",
    } <= rules


def test_the_annotated_copy_marks_what_the_delivery_would_find(faulty, tmp_path, capsys):
    said(capsys, "verifier", faulty, "--annoter", "--racine", new_project(tmp_path / "projet"))
    sheet = openpyxl.load_workbook(tmp_path / "suivi_annote.xlsx")["Anomalies"]
    cells = {cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)}
    assert any("identifiant" in cell for cell in cells)
    assert not any(f"{dt.date.today()}/" in cell for cell in cells)


def test_a_row_set_aside_is_quoted_as_the_analyst_wrote_it(faulty, tmp_path):
    """D15: « 32-7 | etat | 4100050 »: cents that read as four million euros."""
    project = new_project(tmp_path / "projet")
    folder = project / "data" / "raw" / "2021-10-05"
    folder.mkdir()
    shutil.copy(faulty, folder / "suivi.xlsx")
    rows = prepared(project).ecartees.set_index("motif")["contenu"].map(plain)
    assert rows["projet_inconnu"] == "32-7 | État | DETR | 41 000,50 € | accordé"
    assert "Halle bis | " in rows.loc["doublon_de_cle"].to_list()[0]
    assert "500 000 €" in rows.loc["doublon_de_cle"].to_list()[0]


def of_cell(row, column=6, cents=None, written="x", aside=False):
    place = Origine("2021-10-05/suivi.xlsx", "Financements", row, column)
    return Constat("montant_illisible", place, written, "un montant", ecartee=SetAside(cents) if aside else None)


def test_findings_of_one_kind_are_one_with_their_count_first_places_and_euros():
    findings = [of_cell(row, cents=100_000, written=f"v{row % 4}", aside=True) for row in range(2, 27)]
    findings += [of_cell(3, column=7), of_cell(9, column=7), of_cell(4)]
    table = grouped(findings_table(findings))
    assert table["nombre"].to_list() == [25, 2, 1]
    assert plain(table["constat"][0]).endswith(" ; 25 lignes sont écartées (25 000 €)")
    assert [plain(place) for place in table["lieu"]] == [
        "2021-10-05/suivi.xlsx, feuille « Financements », cellules F2, F3, F4 et 22 autres",
        "2021-10-05/suivi.xlsx, feuille « Financements », cellules G3, G9",
        "2021-10-05/suivi.xlsx, feuille « Financements », cellule F4",
    ]
    assert table["trouve"].to_list() == ["v2 ; v3 ; v0 ; …", "x", "x"]


def test_findings_of_whole_files_stay_apart():
    findings = [
        Constat("feuille_hors_liste", Origine("a.xlsx", "Notes"), trouve=text) for text in ("1 ligne", "2 lignes")
    ]
    assert grouped(findings_table(findings))["nombre"].to_list() == [1, 1]


def test_columns_that_are_missing_are_each_named():
    place = Origine("suivi.xlsx", "Projets", 4)
    findings = [Constat("colonne_facultative_absente", place, attendu=f"une colonne « {name} »") for name in "ABCD"]
    assert [expected[-3] for expected in grouped(findings_table(findings))["attendu"]] == list("ABCD")


def test_no_finding_is_an_empty_table_of_the_same_shape():
    assert list(grouped(findings_table([])).columns) == list(grouped(findings_table([of_cell(2)])).columns)


def test_the_report_shows_the_findings_of_one_kind_as_one_row(tmp_path):
    project = new_project(tmp_path)
    deliver_classeur(
        project, "2021-10-05", "suivi.xlsx", "32", laureats=laureats("Mirande"),
        projets=[projet(str(number), "Mirande", f"Projet {number}", cout_ht_cents="à voir") for number in range(1, 31)],
    )  # fmt: skip
    table = pvd.tables.findings_table(pvd.load("2021-T3", "32", racine=project))
    rows = [[plain(cell.text) for cell in row.cells] for row in table.rows()]
    (row,) = [row for row in rows if any(text.startswith("30 × Ce montant") for text in row)]
    assert not any("à voir" in text for text in row)
    assert row[-1].startswith("F1, Projets, cellules ")
    assert row[-1].endswith(" et 27 autres")
