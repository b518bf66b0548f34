"""Totals are known by what they sum, columns by all that they hold; the data is made up, and the case files too."""

import pytest

from pvd_analysis.communes import load_referentiel
from pvd_analysis.sources import read_file
from tests.sources.test_delimited import HEADER, line, reckoned, rules

FONDS_VERT = (
    "nom_du_projet;montant_engage;numero_dossier_ds;annee_millesime;demarche;code_departement;siret_beneficiaire;"
    "raison_sociale_beneficiaire;forme_juridique_beneficiaire;code_commune;nom_commune"
)


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data" / "raw" / "referentiel")


@pytest.fixture
def read(tmp_path, referentiel):
    def read_lines(*lines):
        path = tmp_path / "dgcl_2022.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return read_file(path, "2023-01-05/dgcl_2022.csv", referentiel)

    return read_lines


@pytest.fixture
def read_case(shared_data, referentiel):
    return lambda name: read_file(shared_data / "cases" / name, name, referentiel)


def total(label, cents):
    return f"2022;DETR;119;;;040;{label};;;;{cents};"


def test_a_total_in_a_national_list_is_not_counted(read_case):
    """D7."""
    found = read_case("m02_ligne_de_total_dgcl_2022.csv")
    assert reckoned(found) == (2, 5_000_000, 1, 5_000_000)
    (said,) = [finding for finding in found.findings if finding.regle == "ligne_de_total"]
    assert (said.trouve, said.severite) == ("TOTAL LANDES", "information")


@pytest.mark.parametrize(
    ("lines", "kept", "false"),
    [
        # subtotals, then totals of several sizes
        ([line("a"), line("b"), total("Sous-total DETR", "60000"), line("c"), total("Total", "90000")], 3, 0),
        ([line("a"), total("Total État", "30000"), line("b"), total("Total général", "60000")], 2, 0),
        ([line("a"), total("Total État", "30000"), line("b"), total("Total Région", "30000")], 2, 0),
        # a beneficiary whose name begins like a total sums nothing
        ([line("a"), line("b", town="TOTAL ENERGIES", code=""), line("c")], 3, 0),
        ([line("a"), line("Ensemble scolaire"), line("c")], 3, 0),
    ],
)
def test_a_total_is_known_by_what_it_sums(read, lines, kept, false):
    found = read(HEADER, *lines)
    assert reckoned(found)[0] == kept
    assert rules(found).count("total_faux") == false


def test_a_title_that_begins_like_a_total_is_set_aside_for_its_blank_cell(read):
    """D7: « Ensemble scolaire » with a blank cell was « ligne de total », an information."""
    found = read(HEADER, line("a"), ";;;;;;Ensemble scolaire;;École;100;40000;", line("b"))
    assert reckoned(found)[2:] == (1, 4_000_000)
    assert "bloquant" in {finding.severite for finding in found.findings}
    assert "ligne_de_total" not in rules(found)


def project(amount):
    return f"Place;{amount};1;2024;Renaturation;40;21400201600011;Commune de Mugron;Commune;40201;Mugron"


@pytest.mark.parametrize(
    ("amounts", "cents"),
    [
        (["104.000", "27.000"], []),
        (["104.000", "27.5"], [10_400, 2_750]),
        (["104.000", "98708.70000000001"], [10_400, 9_870_870]),
        (["104000", "27.000"], [10_400_000]),
    ],
)
def test_a_column_whose_values_read_two_ways_is_a_finding_for_all(read, amounts, cents):
    """D5: « 104.000 » was 104 €."""
    found = read(FONDS_VERT, *map(project, amounts))
    (table,) = found.content.tables
    assert table.rows["montant_cents"].to_list() == cents
    aside = [finding for finding in found.findings if "deux façons" in finding.trouve]
    assert len(aside) == len(amounts) - len(cents)
    assert {finding.severite.value for finding in aside} <= {"bloquant"}


def test_the_case_of_points_is_set_aside(read_case):
    assert reckoned(read_case("m06_points_de_milliers_fonds_vert_2024.csv"))[:1] == (0,)


def test_an_implausible_size_is_said(read_case):
    """D5: 9 000 billion euros were accepted."""
    found = read_case("f09_montant_aberrant_fonds_vert_2024.csv")
    assert rules(found).count("montant_invraisemblable") == 2
