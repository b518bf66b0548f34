"""Amounts whose unit stands outside their cell, headers on two rows, and two columns for one: never a wrong euro unsaid."""

import openpyxl
import pytest
import xlsxwriter

from pvd_analysis.communes import load_referentiel
from pvd_analysis.sources import read_file
from tests.sources.test_delimited import HEADER, line


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data" / "raw" / "referentiel")


@pytest.fixture
def read_case(shared_data, referentiel):
    return lambda name: read_file(shared_data / "cases" / name, name, referentiel)


def table_of(found, name):
    return next(table for table in found.content.tables if table.table == name)


def said(found, rule):
    return [
        (finding.severite.value, finding.origine.feuille, finding.origine.cellule)
        for finding in found.findings
        if finding.regle == rule
    ]


def test_amounts_under_a_title_in_thousands_are_refused_one_by_one(read_case):
    """D5: 30 k€ were 30 €."""
    found = read_case("x01_titre_en_keur.xlsx")
    assert said(found, "montant_illisible") == [
        *[("avertissement", "Projets", f"F{row}") for row in (3, 4, 5)],
        *[("bloquant", "Financements", f"D{row}") for row in (3, 4, 5)],
    ]
    assert table_of(found, "projets").rows["cout_ht_cents"].isna().all()
    assert (len(table_of(found, "financements").rows), len(table_of(found, "financements").set_aside)) == (0, 3)


def test_an_assiette_is_never_read_as_a_cost(tmp_path, referentiel):
    """It was a synonym of the cost; the assiette of an arrêté stands beside its amount."""
    workbook = openpyxl.Workbook()
    projects, plans = workbook.active, workbook.create_sheet("Financements")
    projects.title = "Projets"
    projects.append(["Identifiant", "Commune", "Intitulé du projet", "Assiette HT"])
    projects.append(["1", "Mirande", "Halle", 80_000])
    plans.append(["Projet", "Financeur", "Dispositif", "Montant", "Dépense subventionnable"])
    plans.append(["1", "État", "DETR", 30_000, 75_000.01])
    workbook.save(tmp_path / "suivi.xlsx")
    found = read_file(tmp_path / "suivi.xlsx", "suivi.xlsx", referentiel)
    assert table_of(found, "projets").rows["cout_ht_cents"].isna().all()
    assert table_of(found, "financements").rows[["montant_cents", "assiette_cents"]].to_numpy().tolist() == [
        [3_000_000, 7_500_001]
    ]
    assert said(found, "colonne_ailleurs") == [("avertissement", "Projets", "D1")]
    (finding,) = [each for each in found.findings if each.regle == "colonne_ailleurs"]
    assert "une assiette n'est pas le coût du projet, qui n'est pas connu" in finding.attendu
    (cost,) = [each for each in found.findings if each.attendu == "une colonne « Coût HT »"]
    assert not cost.proposition


def test_of_a_header_on_two_rows_the_column_granted_is_read(read_case):
    """D10: the amounts asked were read."""
    found = read_case("x05_entete_deux_niveaux_demande_accorde.xlsx")
    table = table_of(found, "financements")
    assert table.rows["montant_cents"].to_list() == [3_000_000, 8_000_000]
    assert len(table.set_aside) == 0
    assert [place[1] for place in said(found, "entete_sur_deux_lignes")] == ["Financements"]


@pytest.mark.parametrize(
    ("name", "over", "second", "read"),
    [
        ("Montant", ("demandé", "accordé"), 80_000, [8_000_000]), ("Montant", ("accordé", "demandé"), 80_000, [5_000_000]),
        ("Montant", ("sollicité", "attribué"), 80_000, [8_000_000]), ("Subvention", ("demandée", "notifiée"), 80_000, [8_000_000]),
        # nothing tells which is meant, unless both say the same
        ("Montant", (None, None), 80_000, []), ("Montant", ("Demande", None), 80_000, []), ("Montant", ("2021", "2022"), 80_000, []),
        ("Montant", (None, None), 50_000, [5_000_000]), ("Montant", (None, None), None, [5_000_000]),
    ],
)  # fmt: skip
def test_of_two_columns_of_one_name_the_row_above_tells_which_is_granted(
    tmp_path, referentiel, name, over, second, read
):
    """« Montant » and « Montant », under « demandé » and « accordé »: the left one was read, whichever it was."""
    workbook = openpyxl.Workbook()
    workbook.active.title = "Mode d'emploi"
    workbook.active.append(["Département", "Gers (32)"])
    towns, projects, aids = (workbook.create_sheet(name) for name in ("Lauréats", "Projets", "Financements"))
    towns.append(["Lauréat", "Commune"])
    towns.append(["Mirande", "Mirande"])
    projects.append(["Identifiant", "Commune", "Intitulé", "Coût HT"])
    projects.append(["32-001", "Mirande", "Halle", 500_000])
    aids.append([None, None, None, *over, None])
    aids.append(["Projet", "Financeur", "Dispositif", name, name, "Statut"])
    aids.append(["32-001", "État", "DETR", 50_000, second, "accordé"])
    workbook.save(tmp_path / "suivi.xlsx")
    found = read_file(tmp_path / "suivi.xlsx", "2021-10-05/suivi.xlsx", referentiel)
    assert table_of(found, "financements").rows["montant_cents"].to_list() == read
    assert [place[0] for place in said(found, "colonne_absente")] == ([] if read else ["bloquant"])


def test_of_two_columns_for_one_the_nearest_name_is_read_and_said_once(read_case):
    """D10: the left one was read."""
    found = read_case("x06_deux_colonnes_synonymes.xlsx")
    assert table_of(found, "financements").rows["montant_cents"].to_list() == [3_000_000]
    assert said(found, "colonne_en_double") == [("avertissement", "Financements", "D1")]


@pytest.fixture
def read_rows(tmp_path, referentiel):
    def written(above=(), below=(), sheet="dgcl", number_format=None, name="dgcl_2022.xlsx"):
        workbook = xlsxwriter.Workbook(tmp_path / name)
        page = workbook.add_worksheet(sheet)
        style = workbook.add_format({"num_format": number_format}) if number_format else None
        fields = ["2022", "DETR", "", "commune", "", "040", "SAINT-SEVER", "40282", "Halle"]
        rows = [[text] for text in above] + [HEADER.split(";"), *below]
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
        page.write_row(len(rows), 0, fields)
        page.write_number(len(rows), 9, 100, style)
        page.write_number(len(rows), 10, 30, style)
        workbook.close()
        return read_file(tmp_path / name, f"2023-01-05/{name}", referentiel)

    return written


@pytest.mark.parametrize(
    "beside",
    [
        {"above": ["Montants en M€"]},
        {"above": ["Dotations", "en milliers d'euros"]},
        {"above": ["(montants × 1 000)"]},
        {"above": ["Montants TTC"]},
        {"sheet": "Aides (k€)"},
        {"name": "dgcl_2022_keuros.xlsx"},
        {"below": [[""] * 9 + ["(k€)", "(k€)"]]},
    ],
)
def test_a_unit_beside_a_table_sets_its_rows_aside(read_rows, beside):
    found = read_rows(**beside)
    (table,) = found.content.tables
    assert len(table.rows) == 0
    assert any(severity == "bloquant" for severity, *_ in said(found, "montant_illisible"))


@pytest.mark.parametrize(
    "beside", [{"above": ["Montants en euros"]}, {"above": ["Total : 120 k€"]}, {"above": ["Dotation de 2 M€"]}, {}]
)
def test_a_title_that_gives_no_unit_changes_nothing(read_rows, beside):
    (table,) = read_rows(**beside).content.tables
    assert table.rows["montant_cents"].to_list() == [3_000]


@pytest.mark.parametrize(
    ("number_format", "cents"),
    [('#,##0" k€"', 3_000_000), ('#,##0.0\\ "M€"', 3_000_000_000), ('#,##0," k€"', 3_000), ('#,##0 "€"', 3_000)],
)
def test_an_amount_is_what_its_number_format_shows(read_rows, number_format, cents):
    (table,) = read_rows(number_format=number_format).content.tables
    assert table.rows["montant_cents"].to_list() == [cents]


def test_a_title_in_thousands_above_a_delimited_list_sets_its_rows_aside(tmp_path, referentiel):
    path = tmp_path / "dgcl_2022.csv"
    path.write_text("\n".join(["Liste en k€", HEADER, line("Halle", "30"), line("École", "20 k€"), ""]))
    (table,) = read_file(path, path.name, referentiel).content.tables
    assert table.rows["montant_cents"].to_list() == [2_000_000]
    assert len(table.set_aside) == 1


def test_the_number_format_of_openpyxl_is_read_alike(tmp_path, referentiel):
    made = openpyxl.Workbook()
    made.active.append(HEADER.split(";"))
    made.active.append(["2022", "DETR", "", "commune", "", "040", "SAINT-SEVER", "40282", "Halle", 100.5, 30.5])
    for cell in ("J2", "K2"):
        made.active[cell].number_format = '0.0"k€"'
    made.save(tmp_path / "dgcl_2022.xlsx")
    (table,) = read_file(tmp_path / "dgcl_2022.xlsx", "dgcl_2022.xlsx", referentiel).content.tables
    assert table.rows[["cout_ht_cents", "montant_cents"]].to_numpy().tolist() == [[10_050_000, 3_050_000]]


def plain(text):
    return text.replace("\u202f", " ").replace("\xa0", " ")


def test_the_euros_under_a_header_in_thousands_are_told_and_not_counted(read_case):
    """c22: the file was not recognised."""
    found = read_case("c22_ttc_keur_entete_dgcl_2022.csv")
    (table,) = found.content.tables
    assert (len(table.rows), table.set_aside["montant_cents"].to_list(), table.cents_read) == (
        0,
        [3_000_000],
        3_000_000,
    )
    (finding,) = [finding for finding in found.findings if finding.regle == "montant_illisible"]
    assert plain(finding.constat) == "Ce montant ne peut pas être lu ; la ligne est écartée (30 000 €)"
    assert plain(finding.proposition) == "30 000 €"


@pytest.mark.parametrize(
    ("header", "cents"),
    [("Subvention (M€)", 3_000_000_000), ("subvention en milliers d'euros", 3_000_000), ("Subvention K€", 3_000_000)],
)
def test_a_header_in_another_unit_is_known_and_its_rows_set_aside(tmp_path, referentiel, header, cents):
    path = tmp_path / "dgcl_2022.csv"
    path.write_text("\n".join([HEADER.replace("subvention", header), line("Halle", "30"), ""]), encoding="utf-8")
    (table,) = read_file(path, path.name, referentiel).content.tables
    assert (len(table.rows), table.set_aside["montant_cents"].to_list()) == (0, [cents])


def test_of_a_header_in_euros_and_one_in_thousands_the_first_is_read(tmp_path, referentiel):
    path = tmp_path / "dgcl_2022.csv"
    rows = [f"{HEADER};Subvention (k€)", f"{line('Halle', '30000')};30", ""]
    path.write_text("\n".join(rows), encoding="utf-8")
    (table,) = read_file(path, path.name, referentiel).content.tables
    assert table.rows["montant_cents"].to_list() == [3_000_000]


def test_a_header_said_again_and_the_foot_of_a_page_are_no_rows(read_case):
    """c27: the second header was three blocking findings."""
    found = read_case("c27_entete_repetee_pied_de_page_dgcl_2022.csv")
    (table,) = found.content.tables
    assert table.rows["montant_cents"].to_list() == [3_000_000, 3_000_000]
    assert table.set_aside["motif"].to_list() == ["entete_repetee", "ligne_de_note"]
    assert (table.rows_read, table.cents_read) == (4, 6_000_000)
    assert [(finding.severite.value, finding.regle, finding.origine.ligne) for finding in found.findings] == [
        ("information", "entete_repetee", 3), ("information", "ligne_de_note", 5)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "motive", "cents"),
    [
        ("Page 1/3;;;;;;;;Édité le 3 mars 2023;;;", "ligne_de_note", None),
        ("Extraction du 3 mars 2023;;;;;;;;;;;", "ligne_de_note", None),
        (";;;;;;;;;;60000,00;", "ligne_de_total", 6_000_000),
        ("À reporter;;;;;;;;;;60000,00;", "ligne_de_total", 6_000_000),
        # an amount that sums nothing is no note, and its euros are told
        (";;;;;;;;;;12000,00;", "cellule_obligatoire_vide", 1_200_000),
        ("Note;;;;;;;;;;12000,00;", "cellule_obligatoire_vide", 1_200_000),
    ],
)
def test_what_stands_among_the_rows_is_known_for_what_it_is(tmp_path, referentiel, row, motive, cents):
    path = tmp_path / "dgcl_2022.csv"
    path.write_text("\n".join([HEADER, line("Halle"), line("École"), row, line("Place"), ""]), encoding="utf-8")
    found = read_file(path, path.name, referentiel)
    (table,) = found.content.tables
    assert len(table.rows) == 3
    assert table.set_aside["motif"].to_list() == [motive]
    assert table.set_aside["montant_cents"].dropna().to_list() == ([] if cents is None else [cents])
    assert any(finding.severite.value == "bloquant" for finding in found.findings) == (
        motive == "cellule_obligatoire_vide"
    )
