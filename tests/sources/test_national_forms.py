"""The forms of the national lists that are published each year, in small made-up files."""

import pytest

from pvd_analysis.communes import load_referentiel
from pvd_analysis.dataset.schemas import typed
from pvd_analysis.sources import read_file

YEARLY = (
    "exercice;dispositif;programme;beneficiaire_type;beneficiaire_siren;beneficiaire_dep;beneficiaire_nom;"
    "beneficiaire_code_insee;intitule;cout_ht;subvention;taux\n"
    "2021;DSIL RT;Relance;Commune;214002826;040;SAINT SEVER;40282;Essai : école;1000,50;500,25;0,5\n"
    "2021;DETR;Exceptionnelle;EPCI;200069649;040;CC CHALOSSE TURSAN;;Essai : halle;;1 200,00;\n"
    "2020;DETR;;Commune;214002010;040;MUGRON;;Essai : voirie;100;90;0,9\n"
    "2021;DETR;;Syndicat;254003296;040;SYNDICAT D'ESSAI;40197;Essai : réserve;;10;\n"
    "2021;DETR;;Commune;214002010;040;;40201;Essai : sans montant;;;\n"
)
OTHER_HEADERS = (
    "annee;dispositif;programme;Bénéficiaire - Type;Bénéficiaire - SIREN;Bénéficiaire - Département;Bénéficiaire - Nom;"
    "Bénéficiaire - Code INSEE;Intitulé du projet;Coût total HT du projet;Montant de la subvention accordée;taux\n"
    "2022;DSID;;Département;224000018;40;LANDES;;Essai : route;2000,00;1000,00;50 %\n"
)
FONDS_VERT = (
    "nom_du_projet,resume_du_projet,montant_engage,numero_dossier_ds,numero_ej,demarche,nom_region,nom_departement,"
    "code_departement,siret_beneficiaire,raison_sociale_beneficiaire,forme_juridique_beneficiaire,code_commune,nom_commune\n"
    '"Essai : « La Saucille »\nsuite",résumé,98708.70000000001,1,2,Friches,R,Landes,40,21400201000011,COMMUNE DE MUGRON,'
    "Commune,40201,Mugron\n"
    "Essai,r,1.234,3,4,Friches,R,Landes,40,40320217900012,ASSOCIATION D'ESSAI,Association,NULL,NULL\n"
)


@pytest.fixture(scope="module")
def referentiel(root):
    return load_referentiel(root / "data" / "raw" / "referentiel")


@pytest.fixture
def read(tmp_path, referentiel):
    def read(name, content, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content.encode(encoding))
        found = read_file(path, name, referentiel)
        return found, typed("aides_nationales", found.content.tables[0].rows)

    return read


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252"])
def test_the_yearly_list_is_read_in_any_encoding(read, encoding):
    found, rows = read("dgcl-liste-projets-dotations-investissement-local-2021.csv", YEARLY, encoding)
    assert found.content.source == "DGCL 2021"
    assert rows["intitule"].tolist() == ["Essai : école", "Essai : halle", "Essai : voirie", "Essai : réserve"]
    assert rows["dispositif"].tolist() == ["dsil_renovation", "detr", "detr", "detr"]
    assert rows["montant_cents"].tolist() == [50_025, 120_000, 9_000, 1_000]
    assert rows["rattachement"].tolist() == ["commune", "epci", "nom", "siege"]
    assert rows["code_commune"].fillna("").tolist() == ["40282", "", "40201", ""]
    assert rows["code_epci"].fillna("").tolist()[1] == "200069649"
    (table,) = found.content.tables
    assert (table.rows_read, len(table.set_aside)) == (5, 1)


def test_what_is_doubtful_in_a_yearly_list_is_found_at_its_line(read):
    found, _ = read("dgcl-2021.csv", YEARLY)
    placed = {(finding.regle, finding.origine.ligne) for finding in found.findings}
    assert {
        ("exercice_inattendu", 4),
        ("taux_eleve", 4),
        ("code_deduit_du_nom", 4),
        ("attribution_douteuse", 5),
        ("cellule_obligatoire_vide", 6),
    } <= placed


def test_other_spellings_of_the_headers_are_the_same_list(read):
    found, rows = read("liste.csv", OTHER_HEADERS)
    assert found.content.source == "DGCL 2022"
    assert rows[["dispositif", "type_beneficiaire", "rattachement"]].values.tolist() == [
        ["dsid", "departement", "aucun"]
    ]
    assert rows["cout_ht_cents"].tolist() == [200_000]


def test_a_fonds_vert_list_has_its_year_in_its_name_and_amounts_with_a_point(read):
    found, rows = read("fonds-vert-2024.csv", FONDS_VERT)
    assert found.content.source == "Fonds vert 2024"
    assert rows["montant_cents"].tolist() == [9_870_870, 123]
    assert rows["code_commune"].fillna("").tolist() == ["40201", ""]
    assert rows["siren"].tolist() == ["214002010", "403202179"]
    assert rows["date_exercice"].dt.year.tolist() == [2024, 2024]


def test_a_list_whose_year_nobody_says_is_set_aside_to_the_cent(read):
    found, rows = read("fonds_vert.csv", FONDS_VERT)
    assert "exercice_introuvable" in {finding.regle for finding in found.findings}
    (table,) = found.content.tables
    assert rows.empty
    assert (table.rows_read, len(table.set_aside)) == (2, 2)
    assert table.cents_read == int(table.set_aside["montant_cents"].sum()) == 9_870_993
