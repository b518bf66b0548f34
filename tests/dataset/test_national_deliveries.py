"""National lists in a project: which delivery counts, what is read again, and what a report of one département sees."""

import os
import shutil

import pandas as pd
import pytest

import pvd_analysis as pvd
from pvd_analysis import analysis
from pvd_analysis.cli import main
from pvd_analysis.dataset import prepared
from pvd_analysis.dataset.preparation import prepare

HEADER = (
    "exercice;dispositif;beneficiaire_type;beneficiaire_siren;beneficiaire_dep;beneficiaire_nom;"
    "beneficiaire_code_insee;intitule;cout_ht;subvention;taux"
)
# Made up: no real aid.
LINES = {
    "mugron": "2019;DETR;Commune;;040;MUGRON;40201;Essai « La Saucille »;1000;500;0,5",
    "mugron_dsil": '2019;DSIL;Commune;;040;MUGRON;40201;"Essai ""La Saucille""";1000;300;0,3',
    "dax": "2019;DETR;Commune;;040;DAX;40088;Essai piscine;1000;100;0,1",
    "pau": "2019;DETR;Commune;;064;PAU;64445;Essai école;1000;200;0,2",
    "bayonne": "2019;DETR;Commune;;064;BAYONNE;64102;Essai halle;1000;;",
}


def deliver(project, day, name, *lines):
    folder = project / "data" / "raw" / day
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join([HEADER, *(LINES[line] for line in lines), ""]), encoding="utf-8")


@pytest.fixture
def delivered(project):
    deliver(project, "2021-01-10", "dgcl_2019.csv", "mugron", "mugron_dsil", "dax", "pau", "bayonne")
    return project


def test_a_newer_delivery_replaces_the_year_the_dispositif_and_the_departement_that_its_lines_say(delivered):
    deliver(delivered, "2021-02-10", "dgcl_2019_landes.csv", "mugron")
    preparation = prepare(delivered)
    kept = preparation.tables["aides_nationales"]
    assert sorted(zip(kept["fichier"].str[:10], kept["beneficiaire"], strict=True)) == [
        ("2021-01-10", "MUGRON"),
        ("2021-01-10", "PAU"),
        ("2021-02-10", "MUGRON"),
    ]
    assert kept.loc[kept["fichier"].str.startswith("2021-01-10"), "dispositif"].to_list() == ["dsil", "detr"]
    assert "bilan_faux" not in set(preparation.constats["regle"])
    assert preparation.ecartees["motif"].eq("livraison_remplacee").sum() == 2
    (replaced,) = preparation.constats.query("regle == 'livraison_remplacee'").itertuples()
    assert replaced.trouve.replace("\xa0", " ").replace("\u202f", " ") == "2 lignes, 600 €"


def test_two_files_of_one_day_that_overlap_are_a_blocking_finding(delivered):
    deliver(delivered, "2021-01-10", "dgcl_2019_landes.csv", "mugron")
    findings = prepare(delivered).constats
    assert findings.loc[findings["regle"].eq("fichier_concurrent"), "fichier"].tolist() == [
        "2021-01-10/dgcl_2019_landes.csv"
    ]


def test_fewer_rows_than_the_last_delivery_is_a_warning(delivered):
    deliver(delivered, "2021-02-10", "dgcl_2019.csv", "mugron", "pau")
    findings = prepare(delivered).constats
    fewer = findings[findings["regle"].eq("moins_de_lignes")]
    assert fewer[["fichier", "trouve"]].values.tolist() == [["2021-02-10/dgcl_2019.csv", "2\N{NO-BREAK SPACE}lignes"]]


def test_a_report_sees_the_lines_and_the_findings_of_its_departement_alone(delivered):
    d = pvd.load("2021-T3", "40", racine=delivered)
    assert set(d.aides_nationales["code_departement"]) == {"40"}
    assert len(d.aides_nationales) == 3
    assert "64" not in set(d.constats["code_departement"].dropna())
    everything = prepared(delivered)
    assert len(everything.tables["aides_nationales"]) == 4
    assert len(everything.ecartees) > len(d.ecartees) - 1


def test_nothing_is_read_again_while_no_file_has_changed(delivered):
    prepared(delivered)
    made = delivered / "data" / "processed" / "dernier" / "aides_nationales.parquet"
    before = made.stat().st_mtime_ns
    os.utime(delivered / "data" / "raw" / "2021-01-10" / "dgcl_2019.csv")
    assert len(prepared(delivered).tables["aides_nationales"]) == 4
    assert made.stat().st_mtime_ns == before


def test_a_file_that_changed_is_read_again_and_one_copied_again_is_not_lost(delivered):
    prepared(delivered)
    deliver(delivered, "2021-01-10", "dgcl_2019.csv", "mugron")
    assert len(prepared(delivered).tables["aides_nationales"]) == 1
    path = delivered / "data" / "raw" / "2021-01-10" / "dgcl_2019.csv"
    shutil.copy(path, path.with_suffix(".bak"))
    os.replace(path.with_suffix(".bak"), path)
    assert len(prepared(delivered).tables["aides_nationales"]) == 1


def test_one_project_under_two_dispositifs_is_proposed_and_its_cost_counted_once(delivered):
    (project,) = analysis.repeated_projects(pvd.load("2021-T3", "40", racine=delivered)).to_dict("records")
    assert (project["commune"], project["dispositifs"], project["raison"]) == (
        "Mugron",
        "detr, dsil",
        "même intitulé, même coût",
    )
    assert (project["montant_cents"], project["cout_ht_cents"]) == (80_000, 100_000)


def test_the_aids_of_a_commune_stand_beside_those_of_communes_of_its_size(delivered):
    d = pvd.load("2021-T3", "40", racine=delivered)
    mugron = analysis.listed_aids_per_inhabitant(d).set_index("commune").loc["Mugron"]
    assert mugron["par_habitant_cents"] == 80_000 // mugron["population"]
    assert mugron["mediane_par_habitant_cents"] == 0
    shares = analysis.envelope_shares(d).set_index("dispositif")
    assert shares.loc["detr", ["departement_cents", "pvd_cents"]].tolist() == [60_000, 50_000]


def test_a_departement_without_classeur_has_the_laureates_of_the_national_list(delivered):
    listed = "insee_com;lib_com;id_pvd;date_signature\n64233;Garlin;pvd-75-64-1;2021-05-20\n"
    (delivered / "data" / "raw" / "2021-01-10" / "liste_pvd.csv").write_text(listed, encoding="utf-8")
    d = pvd.load("2021-T3", "64", racine=delivered)
    assert d.laureats["laureat"].tolist() == ["Garlin"]
    assert d.conventions["code_commune"].tolist() == ["64233"]
    assert pvd.tables.envelope_shares_table(d).data["departement_cents"].tolist() == [20_000, 20_000]


def test_what_no_classeur_says_is_not_known_and_never_zero(delivered):
    listed = "insee_com;lib_com;id_pvd;date_signature\n64233;Garlin;pvd-75-64-1;2021-05-20\n"
    (delivered / "data" / "raw" / "2021-01-10" / "liste_pvd.csv").write_text(listed, encoding="utf-8")
    d = pvd.load("2024-T2", "64", racine=delivered)
    assert analysis.convention_states(d)["etat_convention"].tolist() == ["non connue"]
    assert analysis.alerts(d).empty
    shown = {figure.key for figure in pvd.tables.engineering_key_figures(d).figures}
    assert shown == {"adhesions"}
    computed = analysis.computed_indicators(d).dropna(subset=["valeur"])
    assert computed["indicateur"].tolist() == ["Conventions d'adhésion signées"]
    (garlin,) = analysis.dashboard(d)[["poste", "formation", "nombre_projets", "aides_cents"]].to_dict("records")
    assert (garlin["poste"], garlin["formation"]) == ("non connu", "non connue")
    assert pd.isna(garlin["nombre_projets"])
    assert pd.isna(garlin["aides_cents"])
    said = " ".join(pvd.tables.engineering_summary(d).texts)
    assert "poste" not in said.replace("les postes et les conventions-cadre qu'il suivrait", "")


def test_the_scdl_export_holds_the_aids_to_the_cent_and_text_stays_text(delivered, capsys):
    path = delivered / "data" / "raw" / "2021-01-10" / "dgcl_2019.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Essai «", "=1+1 «"), encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["exporter", "scdl", "--departement", "40", "--siret", "17400001800013", "--racine", str(delivered)])
    assert stop.value.code == 0
    assert "800" in capsys.readouterr().out
    written = (delivered / "outputs" / "scdl" / "subventions_40.csv").read_text(encoding="utf-8").splitlines()
    assert len(written[0].split(",")) == 16
    assert [line.split(",")[8] for line in written[1:]] == ["500.00", "300.00"]
    assert "'=1+1" in written[1]


def test_a_siret_whose_key_is_wrong_is_refused(delivered, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["exporter", "scdl", "--departement", "40", "--siret", "17400001800014", "--racine", str(delivered)])
    assert stop.value.code == 2
    assert "SIRET" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("first", "second", "are_one"),
    [
        ("Beaumontois 1/2;1000", "Beaumontois 2/2;1000", False),
        ("Halle tranche I;1000", "Halle tranche II;1000", False),
        ("Halle, première tranche;1000", "Halle, deuxième tranche;1000", False),
        ("Halle du marché;1000,40", "Halle du marché (rénovation);1000", True),
        ("Halle du marché;1000,40", "Halle du marché;1000,60", False),
        ("Halle du marché;1000", "Halle du marché (rénovation);1000", True),
        ("Halle du marché;1000", "Halle du marché (rénovation);1001", False),
    ],
)
def test_the_parts_of_a_project_are_no_repeats_and_a_cost_rounded_to_the_euro_is_the_same(
    project, first, second, are_one
):
    """E4: tranches were taken for one project, and a pair was missed because one list rounds the cost to the euro."""
    folder = project / "data" / "raw" / "2021-01-10"
    folder.mkdir()
    lines = [f"2019;DETR;Commune;;040;MUGRON;40201;{first};100;", f"2018;DSIL;Commune;;040;MUGRON;40201;{second};100;"]
    for line in lines:
        (folder / f"dgcl_{line[:4]}.csv").write_text(f"{HEADER}\n{line}\n", encoding="utf-8")
    assert len(analysis.repeated_projects(pvd.load("2021-T3", "40", racine=project))) == are_one


def test_the_lists_delivered_and_missing_are_named_where_a_figure_rests_on_them(delivered):
    """B6: « 2018 à 2023 » where two lists of six had been delivered."""
    d = pvd.load("2022-T1", "40", racine=delivered)
    assert "DGCL 2019" in pvd.tables.listed_aids_per_inhabitant_table(d).title
    missing = "Listes non livrées : DGCL 2018, 2020 et 2021 ; leurs aides ne sont pas comptées."
    for table in (pvd.tables.listed_aids_per_inhabitant_table, pvd.tables.envelope_shares_table):
        assert missing in table(d).notes
    assert any("DGCL 2019" in said and missing in said for said in pvd.tables.financial_summary(d).texts)


def listed(preparation):
    """Return the euros of each list that is used, by year and dispositif."""
    sums = preparation.tables["aides_nationales"].groupby(["exercice", "dispositif"])["montant_cents"].sum() // 100
    assert "bilan_faux" not in set(preparation.constats["regle"])
    return {f"{year} {what}": int(euros) for (year, what), euros in sums.items()}


def copy_case(project, shared_data, *names, day="2023-01-10"):
    folder = project / "data" / "raw" / day
    folder.mkdir(exist_ok=True)
    for name in names:
        (path,) = (shared_data / "cases").rglob(name)
        shutil.copy(path, folder)


@pytest.mark.parametrize("apart", [True, False])
def test_the_detr_list_of_a_year_stays_beside_its_dsil_list(project, shared_data, apart):
    """C1: the DETR list was gone."""
    copy_case(project, shared_data, "landes_detr_2022.csv")
    copy_case(project, shared_data, "landes_dsil_2022.csv", day="2023-06-10" if apart else "2023-01-10")
    preparation = prepare(project)
    assert listed(preparation) == {"2022 detr": 90_000, "2022 dsil": 120_000}
    assert set(preparation.fichiers["usage"]) == {"utilisé"}


def test_the_year_of_a_list_is_that_of_its_lines_and_not_of_its_name(project, shared_data):
    """C1, C2: the list of 2022, named « maj_2023 », was replaced by that of 2023; an extraction date was the year."""
    copy_case(
        project, shared_data, "dgcl_liste_projets_2022_maj_2023.csv",
        "f02_fonds_vert_2024_extraction_2025-03-01.csv",
    )  # fmt: skip
    copy_case(project, shared_data, "dgcl_liste_projets_2023.csv", day="2023-06-10")
    assert listed(prepare(project)) == {"2022 detr": 150_000, "2023 detr": 180_000, "2024 fonds_vert": 154_000}


def test_several_years_in_one_file_are_several_lists(project):
    """C1: several years in one file, then one of them alone."""
    both = [LINES["mugron"], LINES["dax"].replace("2019", "2018")]
    folder = project / "data" / "raw" / "2021-01-10"
    folder.mkdir()
    (folder / "dgcl.csv").write_text("\n".join([HEADER, *both, ""]), encoding="utf-8")
    deliver(project, "2021-02-10", "dgcl_2019.csv", "dax")
    assert listed(prepare(project)) == {"2018 detr": 100, "2019 detr": 100}
    d = pvd.load("2021-T3", "40", racine=project)
    delivered = analysis.lists_delivered(d).set_index(["liste", "exercice"])["livree"]
    assert delivered["DGCL"].to_dict() == {"2018": True, "2019": True, "2020": False}


def test_a_line_of_another_year_by_a_slip_takes_the_place_of_no_list(project):
    deliver(project, "2021-01-10", "dgcl_2019.csv", "mugron", "dax")
    lines = [line.replace("2019;DETR", "2020;DETR") for line in (LINES["mugron"], LINES["dax"], LINES["dax"])]
    folder = project / "data" / "raw" / "2021-02-10"
    folder.mkdir()
    (folder / "dgcl_2020.csv").write_text("\n".join([HEADER, *lines, LINES["mugron"], ""]), encoding="utf-8")
    preparation = prepare(project)
    assert listed(preparation) == {"2019 detr": 600 + 500, "2020 detr": 700}
    assert "exercice_inattendu" in set(preparation.constats["regle"])


def test_a_name_that_contradicts_the_lines_is_said(project):
    deliver(project, "2021-01-10", "dgcl_2018.csv", "mugron")
    (finding,) = prepare(project).constats.query("regle == 'exercice_contredit'").itertuples()
    assert (finding.trouve, finding.attendu) == ("dgcl_2018.csv", "l'année des lignes, 2019")


def test_every_sheet_that_is_a_list_is_read(project, shared_data):
    """C3: 60 000 € of 240 000 € were."""
    copy_case(project, shared_data, "x31_une_feuille_par_dotation_dgcl_2022.xlsx")
    preparation = prepare(project)
    assert sum(listed(preparation).values()) == 240_000
    said = preparation.constats.query("regle == 'feuille_hors_liste' and fichier.str.contains('x31_')")
    assert said[["feuille", "trouve"]].to_numpy().tolist() == [["Lisez-moi", "1\xa0ligne"]]
