"""CSV as it comes: encodings, separators, quotation marks and lengths of rows. The data is made up; the case files too."""

import pytest

from pvd_analysis.communes import load_referentiel
from pvd_analysis.sources import read_file

HEADER = (
    "exercice;dispositif;programme;beneficiaire_type;beneficiaire_siren;beneficiaire_dep;beneficiaire_nom;"
    "beneficiaire_code_insee;intitule;cout_ht;subvention;taux"
)


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data" / "raw" / "referentiel")


@pytest.fixture
def read(tmp_path, referentiel):
    def read_content(content):
        path = tmp_path / "dgcl_2022.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_file(path, "2023-01-05/dgcl_2022.csv", referentiel)

    return read_content


@pytest.fixture
def read_case(shared_data, referentiel):
    return lambda name: read_file(shared_data / name, name.split("/")[1], referentiel)


def line(title, cents="30000,00", town="SAINT-SEVER", code="40282", end=";"):
    return f"2022;DETR;119;commune;;040;{town};{code};{title};100000,00;{cents}{end}"


def rules(found):
    return [finding.regle for finding in found.findings]


def reckoned(found):
    """Return the rows and the cents of the only table: kept, set aside, read."""
    (table,) = found.content.tables
    kept, aside = (int(part["montant_cents"].sum()) for part in (table.rows, table.set_aside))
    assert len(table.rows) + len(table.set_aside) == table.rows_read
    assert kept + aside == table.cents_read
    return len(table.rows), kept, len(table.set_aside), aside


def test_an_orphan_quotation_mark_swallows_no_row(read_case):
    """D6: three rows of six were read."""
    found = read_case("cases/m01_guillemet_orphelin_dgcl_2022.csv")
    assert reckoned(found) == (6, 28_000_000, 0, 0)
    (finding,) = [finding for finding in found.findings if finding.regle == "guillemet_orphelin"]
    assert finding.origine.ligne == 3


def test_a_separator_inside_a_title_sets_its_row_aside(read_case):
    """D6: the cost became the aid."""
    found = read_case("cases/m05_virgule_decale_dgcl_2022.csv")
    assert reckoned(found) == (0, 0, 1, 0)
    (finding,) = [finding for finding in found.findings if finding.regle == "longueur_de_ligne"]
    assert (finding.severite, finding.origine.ligne) == ("bloquant", 2)


@pytest.mark.parametrize(
    ("lines", "kept", "aside"),
    [
        # a line break inside a title that nobody quoted makes two rows of one, both too short
        ([line("Halle"), *line("Salle@des fêtes").split("@"), line("École")], 2, 2),
        # a program that ends every row with a separator shifts nothing
        ([line("Halle", end=";;"), line("Salle", end=";;"), line("École", end=";;")], 3, 0),
        ([*[line("Halle", end=";;")] * 3, line("É;cole", end=";;")], 3, 1),
        # one that leaves out what is blank at the end neither
        ([line("Halle", end=""), line("Salle", end=""), line("École", end="")], 3, 0),
        ([line('"Halle ; toiture"'), line('"Salle ""Les Pins"""')], 2, 0),
        ([line('"Halle\ntoiture"'), line("École")], 2, 0),
        ([line('Maison "Lestage"'), line('"Halle" et toiture'), line("École")], 3, 0),
        ([line('"Halle'), line("Salle"), line('École"'), line("Bibliothèque")], 4, 0),
        ([line('"Halle'), line('"Salle"'), line("École")], 3, 0),
    ],
)
def test_rows_are_split_where_they_surely_are(read, lines, kept, aside):
    found = read("\n".join([HEADER, *lines, ""]))
    assert reckoned(found)[::2] == (kept, aside)
    assert rules(found).count("longueur_de_ligne") == aside


def test_one_byte_of_another_encoding_spoils_no_other_letter(read_case):
    """D8: the whole file was garbled."""
    found = read_case("cases/m08_un_octet_dgcl_2022.csv")
    (table,) = found.content.tables
    assert "Ã" not in "".join(map(str, table.rows.loc[0]))
    assert table.rows["code_commune"].to_list() == ["40081"]
    assert [finding.origine.ligne for finding in found.findings if finding.regle == "caractere_douteux"] == [2]


@pytest.mark.parametrize("name", ["dgcl_preamble.csv", "dgcl_utf16.csv", "dgcl_macroman.csv"])
def test_a_list_is_recognised_under_titles_and_in_the_encodings_of_excel(read_case, name):
    found = read_case(f"made_up/{name}")
    assert reckoned(found) == (2, 8_000_010, 0, 0)
    assert ("encodage_douteux" in rules(found)) == ("macroman" in name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "mac_roman"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_a_list_is_the_same_in_any_encoding_and_with_any_separator(read, encoding, separator):
    text = "\r\n".join([HEADER, line("Réhabilitation de l’école", "30000"), line("Forêt, côté ouest", "20000"), ""])
    written = '"' + text.replace(";", f'"{separator}"').replace("\r\n", '"\r\n"')
    found = read(written.rpartition('"')[0].encode(encoding))
    assert reckoned(found) == (2, 5_000_000, 0, 0)
    (table,) = found.content.tables
    assert table.rows["intitule"].to_list() == ["Réhabilitation de l’école", "Forêt, côté ouest"]


@pytest.mark.parametrize(
    "titles",
    [
        ["Liste, arrêtée au 31/07, des dotations, par commune"],
        ["Préfecture, bureau des dotations", "", "DETR, DSIL, DSID, DPV"],
        ['"Opérations ; montants hors taxes"'],
    ],
)
def test_the_separator_is_that_of_the_table_and_not_of_its_titles(read, titles):
    found = read("\n".join([*titles, HEADER, line("Halle"), line("École, préau, cantine"), ""]))
    assert reckoned(found)[:2] == (2, 6_000_000)


def test_an_unreadable_byte_is_a_finding_at_its_row(read):
    found = read("\n".join([HEADER, line("Halle"), line("École"), ""]).encode("cp1252").replace(b"Halle", b"H\x81lle"))
    assert [finding.origine.ligne for finding in found.findings if finding.regle == "caractere_douteux"] == [2]
    assert reckoned(found)[:2] == (2, 6_000_000)
