"""The real national lists: every row and every cent, the place of each line, and what is doubtful in them."""

from collections import Counter

import pytest

from pvd_analysis.communes import load_referentiel, match_commune
from pvd_analysis.dataset.schemas import typed
from pvd_analysis.sources import read_file

DGCL_2018 = "2020-02-12/Projets_DI_2018.ods"
DGCL_2019 = "2020-08-13/projets_dotations_investissement_2019.xlsx"
FONDS_VERT_2023 = "2024-07-26/fonds_vert_2023_source.csv"
LAUREATES = [
    "40001", "40002", "40102", "40110", "40117", "40119", "40134", "40194", "40197", "40201", "40224", "40245", "40282",
    "40331",
]  # fmt: skip


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data" / "raw" / "referentiel")


@pytest.fixture(scope="module")
def lists(root, referentiel):
    return {
        name: read_file(root / "data" / "raw" / name, name, referentiel)
        for name in (DGCL_2018, DGCL_2019, FONDS_VERT_2023)
    }


def rows_of(read):
    return typed("aides_nationales", read.content.tables[0].rows)


@pytest.mark.parametrize(
    ("name", "source", "lines", "cents"),
    [
        (DGCL_2018, "DGCL 2018", 26_295, 162_645_709_920),
        (DGCL_2019, "DGCL 2019", 24_811, 170_797_894_619),
        (FONDS_VERT_2023, "Fonds vert 2023", 10_782, 195_635_488_400),
    ],
)
def test_every_row_and_every_cent_of_a_list_is_kept(lists, name, source, lines, cents):
    (table,) = lists[name].content.tables
    assert (lists[name].content.source, lists[name].content.scope) == (source, "france")
    assert (table.rows_read, len(table.rows), len(table.set_aside)) == (lines, lines, 0)
    assert table.cents_read == cents == int(rows_of(lists[name])["montant_cents"].sum())


@pytest.mark.parametrize(
    ("name", "lines", "cents", "of_laureates"),
    [
        (DGCL_2018, 247, 1_684_559_500, 14),
        (DGCL_2019, 276, 1_749_925_464, 34),
    ],
)
def test_the_lines_of_the_landes_are_those_of_the_check_figures(lists, name, lines, cents, of_laureates):
    landes = rows_of(lists[name]).query("code_departement == '40'")
    assert (len(landes), int(landes["montant_cents"].sum())) == (lines, cents)
    own = landes[landes["code_commune"].isin(LAUREATES)]
    assert (own["rattachement"] == "commune").sum() == of_laureates


def test_a_line_filed_at_a_regional_service_belongs_to_the_departement_of_its_beneficiary(lists):
    """A7: of the Fonds vert of 2023, 77 lines and 9 282 615,98 € are filed in the Landes; six more are of the Landes."""
    rows = rows_of(lists[FONDS_VERT_2023])
    landes = rows[rows["code_departement"].eq("40")]
    gained = landes[landes["ligne"].isin([7148, 7177, 7202, 7212, 7218, 7228])]
    lost = rows[rows["ligne"].eq(7437)]  # a conservatoire that sits in Haute-Vienne (87)
    assert len(landes) - len(gained) + len(lost) == 77
    assert landes["montant_cents"].sum() - gained["montant_cents"].sum() + lost["montant_cents"].sum() == 928_261_598
    assert gained.set_index("ligne")["code_commune"].dropna().to_dict() == {7202: "40284", 7212: "40331", 7228: "40282"}
    assert gained.set_index("ligne")["montant_cents"][7228] == 118_965_600
    own = landes[landes["code_commune"].isin(LAUREATES)]
    assert own["code_commune"].value_counts().to_dict() == {"40002": 1, "40102": 1, "40282": 1, "40331": 1}


def test_a_line_of_a_merged_commune_belongs_to_the_commune_of_today(lists):
    landes = rows_of(lists[DGCL_2018]).query("code_departement == '40' and beneficiaire == 'SINDERES'")
    assert landes[["code_commune", "rattachement"]].values.tolist() == [["40197", "ancien_code"]]


def test_a_code_that_its_name_contradicts_leads_nowhere_and_is_a_finding(lists):
    found = [finding for finding in lists[DGCL_2018].findings if finding.regle == "code_contredit"]
    assert len(found) == 63
    izenave = next(finding for finding in found if "IZENAVE" in finding.trouve)
    assert "01189" in izenave.trouve
    assert "Izenave (01191)" in izenave.proposition
    line = rows_of(lists[DGCL_2018]).query("ligne == @izenave.origine.ligne").iloc[0]
    assert line["rattachement"] == "contredit"
    assert line[["code_commune", "code_commune_beneficiaire"]].isna().all()


def test_a_syndicat_filed_under_its_seat_is_not_given_to_that_town(lists):
    rows = rows_of(lists[FONDS_VERT_2023])
    reserve = rows[rows["beneficiaire"].eq("S M DE GESTION DES MILIEUX NATURELS") & rows["code_departement"].eq("40")]
    assert set(reserve["code_commune_beneficiaire"]) == {"40197"}
    assert set(reserve["rattachement"]) == {"siege"}
    assert reserve["code_commune"].isna().all()
    doubted = {
        finding.origine.ligne for finding in lists[FONDS_VERT_2023].findings if finding.regle == "attribution_douteuse"
    }
    assert set(reserve["ligne"]) <= doubted


def test_a_line_of_an_epci_leads_to_it_and_to_no_commune(lists):
    rows = rows_of(lists[DGCL_2018])
    tursan = rows[rows["code_epci"].eq("200069649") & rows["rattachement"].eq("epci")]
    assert len(tursan) == 1
    assert tursan["code_commune"].isna().all()


def test_the_doubtful_lines_are_those_of_the_check_figures(lists):
    counted = {name: Counter(finding.regle for finding in read.findings) for name, read in lists.items()}
    over = ("taux_eleve", "aide_superieure_au_cout", "cout_nul")
    assert sum(counted[DGCL_2018][rule] for rule in over) == 31
    assert sum(counted[DGCL_2019][rule] for rule in over) == 54
    assert counted[DGCL_2019]["cout_nul"] == 2
    assert counted[DGCL_2019]["doublon_probable"] == 1
    assert counted[DGCL_2019]["montant_arrondi"] >= 952


def test_names_alone_lead_to_the_town_of_the_line_and_never_to_another(lists, referentiel):
    """Where the two differ, the name is that of the town found, and the code of the line is at fault."""
    rows = lists[DGCL_2018].content.tables[0].rows
    lines = rows[rows["type_beneficiaire"].eq("commune") & rows["code_lieu"].notna()]
    assert len(lines) == 22_950
    accepted = 0
    for name, departement, code in lines[["beneficiaire", "code_departement", "code_lieu"]].itertuples(index=False):
        match = match_commune(name, departement, referentiel)
        accepted += match.code is not None
        told = referentiel.resolve_code(code)
        if match.code is not None and told is not None and match.code != told:
            assert match_commune(f"{name} ({told})", departement, referentiel).how == "contradiction"
    assert accepted / len(lines) >= 0.99
