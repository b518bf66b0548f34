"""`pvd exporter donnees`: what another tool reads is what the dataset holds, and says what it is."""

import json

import openpyxl
import pandas as pd
import pytest
from frictionless import validate

import pvd_analysis as pvd
from pvd_analysis.cli import main
from pvd_analysis.vocabulary import column_dictionary
from tests.territories.classeurs import DGCL_HEADER, PVD_HEADER, deliver_text, new_project


def exported(root, *words, quarter="2021-T3"):
    with pytest.raises(SystemExit) as ended:
        main(["exporter", "donnees", "--trimestre", quarter, "--racine", str(root), *words])
    return ended.value.code


@pytest.fixture(scope="module")
def package(landes_root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ailleurs") / "données du 40"
    assert exported(landes_root, "--departement", "40", "--sortie", str(folder)) == 0
    return folder


@pytest.fixture(scope="module")
def d(landes_root):
    return pvd.load("2021-T3", "40", racine=landes_root)


def test_the_package_is_valid_and_says_types_licence_and_provenance(package, d):
    report = validate(str(package / "datapackage.json"))
    assert report.valid, report.flatten(["name", "note"])
    said = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    assert said["licenses"][0]["name"] == "etalab-2.0"
    assert {source["sha256"] for source in said["sources"]} == set(d.fichiers["sha256"])
    resources = {resource["name"]: resource for resource in said["resources"]}
    assert set(resources) == {*d.tables, *(f"{name}_parquet" for name in d.tables)}
    fields = {field["name"]: field for field in resources["financements"]["schema"]["fields"]}
    assert fields["montant_cents"]["type"] == "integer"
    assert "HT" in said["description"]
    assert {"annonce", "refuse"} <= set(fields["statut"]["constraints"]["enum"])
    assert fields["dispositif"]["constraints"]["required"]
    assert resources["projets"]["schema"]["primaryKey"] == ["id_projet"]


def test_csv_and_parquet_hold_every_row_and_cent_of_the_dataset(package, d):
    for name, table in d.tables.items():
        written = pd.read_csv(package / f"{name}.csv", dtype=str, keep_default_na=False)
        typed = pd.read_parquet(package / f"{name}.parquet")
        assert len(written) == len(typed) == len(table)
        assert list(written) == list(typed)
        assert list(typed["ligne"]) == list(table["ligne"])
        for column in (column for column in table if column.endswith("_cents")):
            assert pd.to_numeric(written[column]).sum() == typed[column].sum() == table[column].sum()
    assert pd.read_parquet(package / "totaux_annonces.parquet")["montant_cents"].sum() == 1_629_048_00 + 75_000_00


def test_no_free_text_is_in_the_package(package, d):
    free = {name for name, said in column_dictionary().items() if said["genre"] == "libre"} - {"fichier", "feuille"}
    for name in d.tables:
        assert not free & set(pd.read_parquet(package / f"{name}.parquet"))


def test_a_formula_is_a_text_and_two_runs_are_the_same_bytes(project, tmp_path):
    path = project / "data" / "raw" / "2021-09-10" / "suivi_pvd_landes.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Projets"]
    title = next(cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("Intitulé"))
    sheet.cell(title.row + 1, title.column).value = "@SOMME(A1)"
    book.save(path)
    for name in ("un", "deux"):
        assert exported(project, "--region", "75", "--sortie", str(tmp_path / name)) == 0
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("un", "deux"))
    assert one == two
    assert "'@SOMME(A1)" in set(pd.read_csv(tmp_path / "un" / "projets.csv")["intitule"])


def test_a_folder_of_somebody_else_stays_and_an_older_package_is_replaced(landes_root, tmp_path, capsys):
    mine = tmp_path / "mes notes"
    mine.mkdir()
    (mine / "projets.csv").write_text("à moi", encoding="utf-8")
    assert exported(landes_root, "--departement", "40", "--sortie", str(mine)) == 2
    assert "mes notes" in capsys.readouterr().err
    assert [path.read_text(encoding="utf-8") for path in mine.iterdir()] == ["à moi"]
    for quarter in ("2021-T3", "2021-T2"):
        assert exported(landes_root, "--departement", "40", "--sortie", str(tmp_path / "p"), quarter=quarter) == 0
    assert json.loads((tmp_path / "p" / "datapackage.json").read_text(encoding="utf-8"))["name"] == "pvd-40-2021-t2"


def test_a_name_in_any_column_of_a_list_is_in_no_file_and_the_package_stays_valid(tmp_path):
    name, project = "Zébulon Quermonne", new_project(tmp_path / "projet")
    deliver_text(project, "2021-08-01", "pvd.csv", PVD_HEADER, f"32256,{name},{name},2021-03-09")
    deliver_text(
        project, "2021-08-02", "dgcl_2020.csv", DGCL_HEADER,
        f"2020;DETR;119;{name};213202567;32;{name};32256;Halle;1000,00;500,00;",
    )  # fmt: skip
    deliver_text(
        project, "2021-08-03", "subventions.csv",
        "nomAttribuant,idAttribuant,dateConvention,referenceDecision,nomBeneficiaire,idBeneficiaire,objet,montant,nature",
        f"{name},22320001100011,2021-03-01,{name} 2,{name},21320256700017,Halle,5000.00,{name}",
    )  # fmt: skip
    folder = tmp_path / "donnees"
    assert exported(project, "--departement", "32", "--sortie", str(folder), quarter="2021-T4") == 0
    d = pvd.load("2021-T4", "32", racine=project)
    assert (len(d.territoires), len(d.aides_nationales), len(d.aides_autres_financeurs)) == (1, 1, 1)
    assert not [path.name for path in folder.iterdir() if b"Quermonne" in path.read_bytes()]
    report = validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["name", "note"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["scdl", "--region", "75", "--siret", "17400001800013"], "celui d'un département"),
        (["scdl", "--departement", "40"], "--siret attend"),
        (["donnees"], "Un département ou une région est attendu"),
        (["xml", "--departement", "40"], "« donnees » ou « scdl » est attendu"),
    ],
)
def test_what_cannot_be_exported_is_said_in_a_sentence(landes_root, capsys, words, said):
    with pytest.raises(SystemExit) as ended:
        main(["exporter", *words, "--trimestre", "2021-T3", "--racine", str(landes_root)])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
