"""``pvd avis``: the workbook of the committee goes out, is filled in, saved by another program, and comes back."""

import datetime as dt
import shutil
import subprocess

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

import pvd_analysis as pvd
from pvd_analysis.cli import main
from pvd_analysis.dataset import load_region
from pvd_analysis.sources.avis_summary import LABELS
from pvd_analysis.workbooks.committee import write_committee_workbook
from pvd_analysis.workbooks.committee_form import FORM_SHEET
from tests.workbooks.committee_project import awkward_project

DAY = dt.date(2021, 10, 15)
INJECTION = "=1+1"


@pytest.fixture(scope="module")
def sent(tmp_path_factory, root):
    """A project, and the workbooks that it sends to the committee: of the Landes and of Nouvelle-Aquitaine."""
    project = awkward_project(tmp_path_factory.mktemp("projet"))
    for path in project.glob("data/raw/*/suivi_pvd_*.xlsx"):
        say_departement(path, "Landes" if "landes" in path.name else "Gironde")
    folder = tmp_path_factory.mktemp("envoi")
    write_committee_workbook(pvd.load("2021-T3", "40", racine=project), folder / "40.xlsx")
    write_committee_workbook(load_region("2021-T3", "75", racine=project), folder / "R75.xlsx")
    return project, folder


def say_departement(path, name):
    """Write the département as `pvd modele` does: a classeur that says it is read in half the time."""
    workbook = openpyxl.load_workbook(path)
    workbook.create_sheet("Mode d'emploi").append(["Département", name])
    workbook.save(path)


@pytest.fixture
def project(sent, tmp_path):
    """A copy of the project, its prepared tables too, that a test may spoil."""
    copy = tmp_path / "projet"
    shutil.copytree(sent[0] / "data", copy / "data")
    return copy


def header_row(sheet):
    return next(cell.row for cell in sheet["A"] if cell.value == "Identifiant")


def column(sheet, label):
    return next(cell.column for cell in sheet[header_row(sheet)] if cell.value == label)


def row_of(sheet, identifier):
    return next(cell.row for cell in sheet["A"] if cell.value == identifier)


def beside(sheet, label):
    return next(sheet.cell(cell.row, 2) for cell in sheet["A"] if cell.value == label)


def write(cell, value):
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def filled_in(source, path, answers, financeur="État", day=DAY, edit=None):
    """Fill in a workbook as a committee would; `answers` are the opinion, the amount and the observations by identifier."""
    workbook = openpyxl.load_workbook(source)
    write(beside(workbook["Sommaire"], LABELS["financeur"]), financeur)
    beside(workbook["Sommaire"], LABELS["date_avis"]).value = day
    sheet = workbook[FORM_SHEET]
    for identifier, said in answers.items():
        for label, value in zip(("Avis du comité", "Montant proposé", "Observations"), said, strict=True):
            write(sheet.cell(row_of(sheet, identifier), column(sheet, label)), value)
    if edit:
        edit(workbook)
    workbook.save(path)
    return path


def avis(path, project):
    with pytest.raises(SystemExit) as ended:
        main(["avis", str(path), "--racine", str(project)])
    return ended.value.code


def opinions(project, code="40", quarter="2021-T4"):
    table = pvd.load(quarter, code, racine=project).avis
    return {
        (row.id_projet, row.financeur_avis): (row.avis, row.montant_propose_cents, row.observations)
        for row in table.astype(object).where(table.notna(), None).itertuples()
    }


def filed(project):
    return sorted(path.relative_to(project / "data/raw").as_posix() for path in project.glob("data/raw/*/avis_*"))


def said(capsys):
    return " ".join(capsys.readouterr().out.replace("\u202f", " ").replace("\xa0", " ").split())


def reversed_rows(workbook):
    """Sort the projects the other way round, with a blank row and a column of one's own among them."""
    sheet = workbook[FORM_SHEET]
    first, last = header_row(sheet) + 1, sheet.max_row
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(first, last)]
    sheet.delete_rows(first, last)
    for number, row in enumerate([*reversed(rows), [None], ["", "une note d'un membre du comité"]], first):
        for rank, value in enumerate(row, 1):
            is_formula = isinstance(value, str) and value.startswith("=") and value != INJECTION
            write(sheet.cell(number, rank), None if is_formula else value)
    sheet.insert_cols(3)
    write(sheet.cell(header_row(sheet), 3), "Rapporteur")


ANSWERS = {
    "40-001": ("ajourné", None, INJECTION),
    "40-101": (None, None, "à revoir au printemps"),
    "40-P3": ("favorable", 1234.56, None),
}
EXPECTED = {
    ("40-001", "etat"): ("ajourne", None, INJECTION),
    ("40-101", "etat"): (None, None, "à revoir au printemps"),
    ("40-P3", "etat"): ("favorable", 123456, None),
}


def test_opinions_come_back_through_libreoffice(sent, project, tmp_path, capsys):
    returned = filled_in(sent[1] / "40.xlsx", tmp_path / "rendu.xlsx", ANSWERS)
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed: sh tests/install_tools.sh")
    subprocess.run(
        [soffice, f"-env:UserInstallation={(tmp_path / 'profil').as_uri()}", "--headless", "--norestore",
         "--convert-to", "xlsx", "--outdir", str(tmp_path / "lo"), str(returned)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    saved = tmp_path / "lo" / "rendu.xlsx"
    received = saved.read_bytes()
    assert avis(saved, project) == 0
    assert filed(project) == ["2021-10-15/avis_40_2021-T3_etat.xlsx"]
    assert (project / "data/raw" / filed(project)[0]).read_bytes() == received == saved.read_bytes()
    assert opinions(project) == EXPECTED
    text = said(capsys)
    assert "lignes : 3 = 3 + 0" in text
    assert "euros : 1 234,56 € = 1 234,56 € + 0 €" in text
    assert "Constats : 0 bloquant, 0 avertissement, 1 information." in text
    assert ": 2 sur 5" in text


def test_rows_and_columns_may_have_moved(sent, project, tmp_path):
    returned = filled_in(sent[1] / "40.xlsx", tmp_path / "rendu.xlsx", ANSWERS, edit=reversed_rows)
    assert avis(returned, project) == 0
    assert opinions(project) == EXPECTED
    assert opinions(project, quarter="2021-T3") == {}, "it counts in the quarter of its date"
    findings = pvd.load("2021-T4", "40", racine=project).constats.query("fichier.str.contains('avis_')")
    assert sorted(findings["regle"]) == ["colonne_inconnue", "projets_sans_avis"]


def test_the_workbook_of_a_region_speaks_of_its_departements(sent, project, tmp_path):
    answers = {"33-A1": ("favorable", 500, None), "40-P3": ("défavorable", None, None)}
    assert avis(filled_in(sent[1] / "R75.xlsx", tmp_path / "r.xlsx", answers, "Comité régional"), project) == 0
    assert filed(project) == ["2021-10-15/avis_R75_2021-T3_comite_regional.xlsx"]
    assert opinions(project, "33") == {("33-A1", "comite_regional"): ("favorable", 50000, None)}
    assert opinions(project, "40") == {("40-P3", "comite_regional"): ("defavorable", None, None)}


def test_a_locked_cell_that_was_changed_is_said_and_not_taken_up(sent, project, tmp_path, capsys):
    def edit(workbook):
        sheet = workbook[FORM_SHEET]
        write(sheet.cell(row_of(sheet, "40-101"), column(sheet, "Coût HT")), 150_000)
        write(sheet.cell(row_of(sheet, "40-101"), column(sheet, "Région")), None)
        write(sheet.cell(row_of(sheet, "40-P3"), column(sheet, "Projet")), "Un autre projet")
        sheet.delete_rows(row_of(sheet, "40-102"))

    returned = filled_in(sent[1] / "40.xlsx", tmp_path / "rendu.xlsx", ANSWERS, edit=edit)
    sheet = openpyxl.load_workbook(returned)[FORM_SHEET]
    places = [
        f"cellule {get_column_letter(column(sheet, label))}{row_of(sheet, identifier)}"
        for identifier, label in (("40-101", "Coût HT"), ("40-101", "Région"), ("40-P3", "Projet"))
    ]
    assert avis(returned, project) == 0
    text = said(capsys)
    for place, change in zip(
        places,
        (
            "40-101 : 150 000 € → attendu : 100 000 €",
            "40-101 : — → attendu : 20 000 €",
            "40-P3 : Un autre projet → attendu : Projet sans aide",
        ),
        strict=True,
    ):
        assert f"{place} {change}, comme dans le classeur du T3 2021" in text
    assert text.count("3 × Une cellule protégée") == 1
    assert "Des projets du classeur envoyé ne sont plus dans le classeur rendu" in text
    assert "classeur rendu : 1 : 40-102" in text
    d = pvd.load("2021-T4", "40", racine=project)
    assert d.projets.set_index("id_projet")["cout_ht_cents"]["40-101"] == 10_000_000
    assert pvd.analysis.alerts(d)["regle"].to_list().count("avis_sur_autre_cout") == 1


def test_the_figures_compared_are_those_that_the_workbook_was_made_of(sent, project, tmp_path, capsys):
    newer = project / "data/raw/2024-06-01/suivi_pvd_landes.xlsx"
    newer.parent.mkdir()
    workbook = openpyxl.load_workbook(project / "data/raw/2021-09-10/suivi_pvd_landes.xlsx")
    costs = workbook["Projets"]
    next(row for row in costs.iter_rows() if row[0].value == "40-101")[5].value = 999_999
    workbook.save(newer)
    returned = filled_in(sent[1] / "40.xlsx", tmp_path / "rendu.xlsx", ANSWERS)
    assert avis(returned, project) == 0
    assert "Une cellule protégée" not in said(capsys)


def test_doubtful_opinions_are_findings(sent, project, tmp_path, capsys):
    def edit(workbook):
        sheet = workbook[FORM_SHEET]
        write(sheet.cell(row_of(sheet, "40-002"), 1), "40-999")

    answers = {
        "40-001": ("favorable", None, None),
        "40-002": ("favorable", 10, None),
        "40-101": (None, 30, None),
        "40-102": ("favorable", 20_000, None),
        "40-P3": ("favorable sous réserve", 32_000.01, None),
    }
    returned = filled_in(sent[1] / "40.xlsx", tmp_path / "rendu.xlsx", answers, edit=edit)
    assert avis(returned, project) == 1
    text = said(capsys)
    assert "lignes : 5 = 4 + 1" in text
    assert "euros : 52 040,01 € = 52 030,01 € + 10 €" in text
    assert "Constats : 1 bloquant, 3 avertissements, 1 information." in text
    assert ": 40-999 : favorable, 10 € → attendu : un identifiant" in text
    assert "L'avis est favorable et ne propose aucun montant" in text
    assert "Un montant est proposé sans avis" in text
    # 40-102 is over too, and carries a derogation
    assert text.count("dépassent la marge") == 1
    assert "40-P3, Geaune : 32 000,01 € → attendu : au plus la marge, 32 000 €" in text


def test_two_files_that_disagree_both_stay_and_the_first_counts(sent, project, tmp_path, capsys):
    first = filled_in(sent[1] / "40.xlsx", tmp_path / "un.xlsx", ANSWERS)
    assert avis(first, project) == 0
    assert avis(first, project) == 0
    assert "Déjà déposé, octet pour octet ; il n'y a rien à faire" in said(capsys)
    kept = (project / "data/raw" / filed(project)[0]).read_bytes()
    other = {**ANSWERS, "40-P3": ("défavorable", None, None), "40-102": ("favorable", 5, None)}
    assert avis(filled_in(sent[1] / "40.xlsx", tmp_path / "deux.xlsx", other), project) == 1
    text = said(capsys)
    assert filed(project) == ["2021-10-15/avis_40_2021-T3_etat.xlsx", "2021-10-15/avis_40_2021-T3_etat_02.xlsx"]
    assert (project / "data/raw" / filed(project)[0]).read_bytes() == kept
    assert "lignes : 4 = 1 + 3" in text
    assert "40-P3, État, 15 octobre 2021 : défavorable → attendu : favorable, 1 234,56 € (2021-10-15/avis_40_" in text
    assert "2 × " in next(line for line in text.splitlines() if "dans les mêmes termes" in line)
    assert opinions(project) == EXPECTED | {("40-102", "etat"): ("favorable", 500, None)}


def test_a_file_that_was_put_by_hand_in_a_delivery_is_not_copied(sent, project, tmp_path, capsys):
    by_hand = project / "data/raw/2021-10-20/retour.xlsx"
    by_hand.parent.mkdir()
    filled_in(sent[1] / "40.xlsx", by_hand, ANSWERS)
    assert avis(by_hand, project) == 0
    assert filed(project) == []
    assert "Déjà déposé, octet pour octet ; il n'y a rien à faire : data/raw/2021-10-20/retour.xlsx" in said(capsys)
    assert opinions(project) == EXPECTED


def test_the_next_workbook_shows_the_opinions_already_given_and_still_comes_back(sent, project, tmp_path, capsys):
    assert avis(filled_in(sent[1] / "40.xlsx", tmp_path / "un.xlsx", ANSWERS), project) == 0
    capsys.readouterr()
    write_committee_workbook(pvd.load("2021-T4", "40", racine=project), tmp_path / "suivant.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "suivant.xlsx")[FORM_SHEET]
    given = sheet.cell(row_of(sheet, "40-P3"), column(sheet, "Avis déjà rendus")).value
    assert given.replace("\u202f", " ").replace("\xa0", " ") == "État, 15 octobre 2021 : favorable, 1 234,56 €"
    answers = {"40-P3": ("défavorable", None, None)}
    day = dt.date(2022, 1, 10)
    assert avis(filled_in(tmp_path / "suivant.xlsx", tmp_path / "d.xlsx", answers, day=day), project) == 0
    assert "Constats : 0 bloquant, 0 avertissement, 1 information." in said(capsys)
    journal = pvd.analysis.opinion_journal(pvd.load("2022-T1", "40", racine=project)).iloc[-1]
    assert (journal["avant"].replace("\u202f", " ").replace("\xa0", " "), journal["apres"]) == (
        "favorable, 1 234,56 €",
        "défavorable",
    )


@pytest.mark.parametrize(
    ("financeur", "day", "sentences"),
    [
        (None, DAY, ("feuille « Sommaire », cellule B", "« Financeur qui rend l'avis » : un financeur de la liste")),
        ("État", None, ("feuille « Sommaire », cellule B", "« Date de l'avis » : un jour, par exemple « 15/10/2021 »")),
        ("Etta", DAY, ("« Etta » n'est pas un terme connu", "proposition : « État »")),
        ("État", dt.date(2099, 1, 5), ("daté du 5 janvier 2099, qui est à venir",)),
        ("État", "octobre 2021", ("« octobre 2021 » n'est pas un jour",)),
    ],
)
def test_without_funder_or_date_nothing_is_filed(sent, project, tmp_path, capsys, financeur, day, sentences):
    returned = filled_in(sent[1] / "40.xlsx", tmp_path / "rendu.xlsx", ANSWERS, financeur, day)
    assert avis(returned, project) == 2
    text = " ".join(capsys.readouterr().err.replace("\xa0", " ").split())
    assert "Rien n'est déposé." in text
    assert "Traceback" not in text
    for sentence in sentences:
        assert sentence in text
    assert filed(project) == []


def test_a_workbook_of_something_else_is_refused(project, capsys):
    classeur = project / "data/raw/2021-09-10/suivi_pvd_landes.xlsx"
    assert avis(classeur, project) == 2
    assert "n'est pas un classeur du comité" in capsys.readouterr().err
    assert avis(project / "absent.xlsx", project) == 2
    assert filed(project) == []


def test_the_next_report_shows_the_opinions_and_their_journal(sent, project, tmp_path):
    avis(filled_in(sent[1] / "40.xlsx", tmp_path / "un.xlsx", ANSWERS), project)
    later = {"40-P3": ("favorable sous réserve", 40_000, "<b>si</b> la région suit")}
    avis(filled_in(sent[1] / "40.xlsx", tmp_path / "deux.xlsx", later, day=dt.date(2021, 11, 2)), project)
    shared = {"40-P3": ("favorable", 40_000, None)}
    avis(
        filled_in(sent[1] / "40.xlsx", tmp_path / "trois.xlsx", shared, "Comité régional", dt.date(2021, 11, 2)),
        project,
    )
    known = pvd.load("2021-T4", "40", "2021-10-15", project).avis
    assert (len(known), len(pvd.load("2021-T4", "40", "2021-10-14", project).avis)) == (3, 0)
    d = pvd.load("2021-T4", "40", racine=project)
    assert "4 avis sont connus sur 3 projets : 1 « favorable »" in pvd.tables.opinions_summary(d)._repr_html_().replace(
        "\xa0", " "
    )
    proposed = pvd.tables.opinions_summary(d)._repr_html_().replace("\u202f", " ").replace("\xa0", " ")
    assert "40 000 € proposés par les financeurs et 40 000 € proposés par le comité régional" in proposed
    html = pvd.tables.opinion_journal_table(d)._repr_html_().replace("\u202f", " ").replace("\xa0", " ")
    assert html.index("2 novembre 2021") < html.index("15 octobre 2021")
    for shown in ("favorable, 1 234,56 €", "favorable sous réserve, 40 000 €"):
        assert shown in html
    assert not [free for free in ("la région suit", INJECTION) if free in html]
    current = pvd.analysis.current_opinions(d).set_index(["id_projet", "financeur_avis"])
    assert current["avis"]["40-P3", "etat"] == "favorable_sous_reserve"
    over = pvd.analysis.alerts(d).query("regle == 'avis_au_dela_de_la_marge'")
    assert [text.replace("\u202f", " ").replace("\xa0", " ") for text in over["trouve"]] == ["40-P3, Geaune : 40 000 €"]
    assert "Les montants proposés dépassent la marge du projet" in pvd.tables.financial_points(d)._repr_html_()
    assert "Les montants proposés" not in pvd.tables.engineering_points(d)._repr_html_()
