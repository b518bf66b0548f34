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


def test_of_two_deliveries_that_overlap_the_newest_is_kept_for_each_departement(delivered):
    deliver(delivered, "2021-02-10", "dgcl_2019_landes.csv", "mugron")
    preparation = prepare(delivered)
    kept = preparation.tables["aides_nationales"]
    assert sorted(zip(kept["fichier"].str[:10], kept["beneficiaire"], strict=True)) == [
        ("2021-01-10", "PAU"),
        ("2021-02-10", "MUGRON"),
    ]
    assert "bilan_faux" not in set(preparation.constats["regle"])
    assert preparation.ecartees["motif"].eq("livraison_remplacee").sum() == 3


def test_two_files_of_one_day_that_overlap_are_a_blocking_finding(delivered):
    deliver(delivered, "2021-01-10", "dgcl_2019_landes.csv", "mugron")
    findings = prepare(delivered).constats
    assert findings.loc[findings["regle"].eq("fichier_concurrent"), "fichier"].tolist() == ["2021-01-10/dgcl_2019.csv"]


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
    path = delivered / "data" / "raw" / "2021-01-10" / "dgcl_2019.csv"
    before, status = path.read_bytes(), path.stat()
    # Same size and same time: a file that is not opened cannot show that its content is another.
    path.write_bytes(bytes(len(before)))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert len(prepared(delivered).tables["aides_nationales"]) == 4


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
