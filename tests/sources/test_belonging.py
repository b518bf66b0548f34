"""Who a line of a national list belongs to: its commune or EPCI by SIREN and code, in the year of the line."""

import pytest

from pvd_analysis.communes import load_referentiel
from pvd_analysis.dataset.schemas import typed
from pvd_analysis.sources import read_file

DGCL = (
    "exercice;dispositif;programme;beneficiaire_type;beneficiaire_siren;beneficiaire_dep;beneficiaire_nom;"
    "beneficiaire_code_insee;intitule;cout_ht;subvention;taux"
)


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data" / "raw" / "referentiel")


def dgcl(tmp_path, referentiel, *lines, year="2022"):
    path = tmp_path / f"dgcl_{year}.csv"
    path.write_text("\n".join([DGCL, *lines]) + "\n", encoding="utf-8-sig")
    return read_file(path, path.name, referentiel)


def rows_of(read):
    return typed("aides_nationales", read.content.tables[0].rows)


def case(shared_data, referentiel, name):
    return read_file(shared_data / "cases" / name, name, referentiel)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("40", "40"), ("040", "40"), ("40.0", "40"), ("1", "01"), ("Landes", "40"), ("Landes (40)", "40"),
        ("40 - Landes", "40"), ("Département des Landes", "40"), ("2a", "2A"), ("02A", "2A"), ("20A", "2A"), ("20B", "2B"),
        ("69D", "69"), ("69M", "69"), ("75C", "75"), ("971", "971"), ("La Réunion", "974"), ("Réunion", "974"),
        ("20", None), ("97", None), ("99", None), ("6AE", None), ("", None), ("0", None),
    ],
)  # fmt: skip
def test_a_departement_is_read_one_way_wherever_it_is_written(referentiel, written, code):
    assert referentiel.departement_code(written) == code


def test_the_commune_tells_its_departement_where_the_written_code_is_incomplete(shared_data, referentiel, tmp_path):
    """A3: « 020 » with the code of Ajaccio, « 97 » with that of Les Abymes."""
    corsica = rows_of(case(shared_data, referentiel, "m03_corse_20_dgcl_2022.csv"))
    assert corsica[["code_departement", "code_commune"]].values.tolist() == [["2A", "2A004"]]
    overseas = dgcl(tmp_path, referentiel, "2022;DETR;119;commune;;97;LES ABYMES;97101;Halle;100000,00;30000,00;0,30")
    assert rows_of(overseas)[["code_departement", "code_commune"]].values.tolist() == [["971", "97101"]]


@pytest.mark.parametrize("written", ["6AE", "99", "20", "étranger"])
def test_a_line_whose_departement_nothing_tells_is_set_aside_and_its_euros_said(tmp_path, referentiel, written):
    read = dgcl(
        tmp_path,
        referentiel,
        f"2022;DSID;119;département;200094332;{written};COLLECTIVITE;;Collège;1000000,00;400000,00;0,40",
        "2022;DETR;119;commune;;40;MUGRON;40201;Halle;4000,00;1000,00;0,25",
    )
    (table,) = read.content.tables
    assert table.set_aside[["motif", "montant_cents"]].values.tolist() == [["departement_illisible", 40_000_000]]
    assert [(f.severite.value, f.trouve.replace("\u202f", " ").replace("\xa0", " ")) for f in read.findings] == [
        ("bloquant", f"« {written} », 400 000 €")
    ]
    assert rows_of(read)["montant_cents"].sum() == 100_000


def test_the_codes_of_collectivites_that_are_no_departement_are_read(shared_data, referentiel):
    read = case(shared_data, referentiel, "c03_cea_69M_dgcl_2022.csv")
    assert rows_of(read)["code_departement"].to_list() == ["69", "69"]
    assert read.content.tables[0].set_aside["montant_cents"].to_list() == [40_000_000]


def test_a_commune_that_exists_again_is_itself_from_that_year_on(shared_data, referentiel, tmp_path):
    """A9: L'Oie (85165) left Essarts en Bocage (85084) in 2024, Chalinargues (15035) Neussargues in 2025."""
    since = rows_of(case(shared_data, referentiel, "m04_defusion_dgcl_2024.csv"))
    assert since["code_commune"].to_list() == ["85165", "15035"]
    assert [referentiel.commune_name(code) for code in since["code_commune"]] == ["L'Oie", "Chalinargues"]
    before = dgcl(
        tmp_path, referentiel, "2023;DETR;119;commune;218501658;085;L'OIE;85165;Halle;1000,00;300,00;", year="2023"
    )
    assert rows_of(before)[["code_commune", "rattachement"]].values.tolist() == [["85084", "ancien_code"]]


def test_a_commune_is_known_by_its_siren_whatever_its_name_and_the_service_that_filed_it(shared_data, referentiel):
    """A7: « COM X », « CNE DE X », « X SUR Y » for X, a régie without a SIREN of its own; a CCAS is another body."""
    filed_elsewhere = rows_of(case(shared_data, referentiel, "m07_region_fonds_vert_2024.csv"))
    assert filed_elsewhere[["code_departement", "code_commune"]].values.tolist() == [["40", "40282"]]
    rows = rows_of(case(shared_data, referentiel, "f05_noms_administratifs_fonds_vert_2024.csv"))
    of_a_commune = rows[~rows["beneficiaire"].str.startswith("CENTRE COMMUNAL")]
    assert of_a_commune["code_commune"].value_counts().to_dict() == {"40102": 6, "40001": 1, "40002": 1, "40126": 1}
    ccas = rows[rows["beneficiaire"].str.startswith("CENTRE COMMUNAL")]
    assert ccas["code_commune"].isna().all()
    assert ccas["rattachement"].to_list() == ["siege"]


@pytest.mark.parametrize(
    "name", ["COM MUGRON", "CNE DE MUGRON", "MAIRIE MUGRON", "MUGRON (COMMUNE DE)", "COMMUNE MUGRON"]
)
def test_a_commune_is_known_by_its_administrative_names_without_its_siren(tmp_path, referentiel, name):
    read = dgcl(tmp_path, referentiel, f"2022;DETR;119;;;40;{name};40201;Halle;4000,00;1000,00;0,25")
    assert rows_of(read)["code_commune"].to_list() == ["40201"]


def test_an_epci_has_one_departement_wherever_its_line_was_filed(tmp_path, referentiel):
    """The CC d'Aire-sur-l'Adour (200030435) spans the Landes and the Gers: most of its inhabitants are of the Landes."""
    lines = [
        f"2022;DETR;119;EPCI;200030435;{where};CC AIRE;;Halle;4000,00;{amount},00;0,25"
        for where, amount in (("40", 1000), ("32", 2000), ("33", 4000))
    ]
    rows = rows_of(dgcl(tmp_path, referentiel, *lines))
    assert set(rows["code_departement"]) == {"40"}
    assert rows["montant_cents"].sum() == 700_000


def test_what_is_said_of_a_body_that_is_no_commune_is_true_of_it(tmp_path, referentiel):
    """A8: a département does not « siéger » in a town, and a title may name the town."""
    read = dgcl(
        tmp_path,
        referentiel,
        "2022;DSID;119;département;224000018;40;DEPARTEMENT DES LANDES;40192;Collège de Mont-de-Marsan;4000,00;1000,00;",
        "2022;DETR;119;syndicat;254001045;40;SYNDICAT DES EAUX;40201;Réseau;4000,00;1000,00;",
    )
    said = [finding.trouve for finding in read.findings if finding.regle == "attribution_douteuse"]
    assert said == [
        "DEPARTEMENT DES LANDES (département), ligne classée à Mont-de-Marsan ; l'intitulé cite cette commune",
        "SYNDICAT DES EAUX (syndicat), ligne classée à Mugron",
    ]
