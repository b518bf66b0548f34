"""F4: a cell of many parts and a list of unknown towns cost what they hold, and no more."""

import openpyxl
import pytest
from rapidfuzz import process

from pvd_analysis.communes import load_referentiel, match_communes, names
from pvd_analysis.constats import Constat, Origine, findings_table
from pvd_analysis.sources import classeur, read_file
from pvd_analysis.sources.cells import Place, cell_reader
from pvd_analysis.sources.raw_file import RawFile, Sheet
from pvd_analysis.workbooks.empty_classeur import empty_classeur


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data/raw/referentiel")


@pytest.fixture
def searches(monkeypatch):
    """The names among which a near one is looked for, search by search."""
    made = []
    search = process.extract

    def counted(query, choices, **options):
        made.append(len(choices))
        return search(query, choices, **options)

    monkeypatch.setattr(names.process, "extract", counted)
    return made


@pytest.mark.parametrize("separator", ["/", " + ", "\n", " et ", ", ", "/ et \n"])
def test_a_cell_of_many_parts_has_proposals_for_the_first_ones_alone(referentiel, searches, separator):
    """The longest cell of towns that is read holds 500 parts; a longer one is a text."""
    parts = separator.join(f"a{number}" for number in range(300))
    for cell in (parts, parts[:1_000]):
        refused = cell_reader("communes", Place(referentiel, "40"))(cell)
        assert refused.value is None
        assert refused.problem
    assert len(searches) <= 2 * 3


def test_the_departement_of_a_classeur_is_voted_for_without_a_search(referentiel, searches):
    """Each name is looked for in 101 départements."""
    rows = [[f"L{number}", "/".join(f"a{number}b{part}" for part in range(100))] for number in range(200)]
    sheets = (
        Sheet("Lauréats", [["Lauréat", "Commune"], *rows]),
        Sheet("Projets", [["Identifiant", "Commune", "Intitulé"]]),
    )
    raw = RawFile("suivi.xlsx", "0", sheets)
    assert "departement_introuvable" in {finding.regle for finding in classeur.read(raw, referentiel).findings}
    assert not searches


def test_a_near_name_is_looked_for_once_and_in_its_departement(referentiel, searches):
    for _ in range(3):
        for name in ("Mugrone", "Hagetmo", "Peyrehorrade"):
            assert any(match.proposals for _, match in match_communes(name, "40", referentiel))
    landes = referentiel.communes["code_departement"].eq("40").sum()
    assert len(searches) == 2 * 3  # by letters and by words
    assert all(number < 3 * landes for number in searches)


def test_nothing_is_looked_for_in_the_whole_country(referentiel, searches):
    ((_, match),) = match_communes("Mugronn", None, referentiel)
    assert (match.code, match.proposals) == (None, ())
    assert not searches


@pytest.mark.parametrize("written", ["Zzyx {}", "Mugron {}", "x" * 200 + " {}"])
def test_a_thousand_unknown_towns_cost_no_search_of_the_country(tmp_path, referentiel, searches, written):
    path = tmp_path / "suivi.xlsx"
    path.write_bytes(empty_classeur("40", [], referentiel))
    book = openpyxl.load_workbook(path)
    sheet = book["Lauréats"]
    header = next(row for row in sheet.iter_rows() if any(cell.value == "Commune" for cell in row))
    column = next(cell.column for cell in header if cell.value == "Commune")
    for number in range(1_000):
        sheet.cell(header[0].row + 2 + number, column - 1, f"Lauréat {number}")
        sheet.cell(header[0].row + 2 + number, column, written.format(number))
    book.save(path)
    read = read_file(path, path.name, referentiel)
    assert sum(finding.regle == "commune_inconnue" for finding in read.findings) == 1_000
    assert len(searches) <= 2 * 1_000
    assert all(number < 2_000 for number in searches)


def test_a_finding_quotes_no_more_than_a_page():
    finding = Constat("commune_inconnue", Origine("a.xlsx"), trouve="abc/" * 8_000, proposition="d" * 1_000)
    assert len(finding.trouve) == 1_001
    assert finding.trouve.endswith("…")
    assert finding.proposition == "d" * 1_000


def test_a_cell_in_a_column_that_no_spreadsheet_has_is_named_all_the_same():
    (row,) = findings_table([Constat("cellule_en_erreur", Origine("a.xls", "Feuil1", 2, 65_536))]).itertuples()
    assert row.cellule == "CRXP2"
    assert "cellule CRXP2" in row.lieu
