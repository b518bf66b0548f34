"""The départements side by side: nothing is said of aids before a list says it, and each has its own."""

import pytest

from pvd_analysis.analysis import departements_compared
from pvd_analysis.dataset import load_country
from pvd_analysis.tables import compared_aids_table, national_key_figures, national_summary
from tests.conftest import ROOT

# Made up: no real aid.
LIST = """\
exercice;dispositif;beneficiaire_type;beneficiaire_dep;beneficiaire_nom;beneficiaire_code_insee;intitule;cout_ht;subvention
2019;DETR;Commune;040;MUGRON;40201;Essai halle;1000;500
2019;DSIL;Commune;040;MUGRON;40201;Essai halle;1000;300,10
2019;DETR;Commune;040;DAX;40088;Essai piscine;1000;100
2019;DETR;Commune;064;PAU;64445;Essai école;1000;200
"""


@pytest.fixture
def country(project):
    """The classeur of the Landes and the laureates of the real national list."""
    folder = project / "data" / "raw" / "2021-09-01"
    folder.mkdir()
    source = ROOT / "data/raw/2024-07-26/geojsonV2__pvd_geom.geojson"
    (folder / source.name).write_bytes(source.read_bytes())
    return project


def compared(root, quarter="2023-T1"):
    return departements_compared(load_country(quarter, racine=root)).set_index("code_departement")


def labels(figures):
    return {figure.label: figure.value_text for figure in figures.figures}


def test_every_laureate_is_in_one_departement_with_its_convention(country):
    table = compared(country)
    assert table["communes_pvd"].sum() == 1645
    landes = table.loc["40"]
    assert [landes[name] for name in ("communes_pvd", "adhesions_signees", "cadres_signes", "cadres_depasses")] == [
        14, 14, 5, 8,
    ]  # fmt: skip
    states = ["cadres_signes", "cadres_depasses", "cadres_proches", "cadres_non_connus"]
    assert table[states].sum(axis="columns").le(table["communes_pvd"]).all()
    gironde = table.loc["33"]
    assert [gironde[name] for name in ("communes_pvd", "adhesions_signees", "cadres_non_connus")] == [16, 15, 15]


def test_aids_are_not_known_before_a_list_is_delivered(country):
    d = load_country("2023-T1", racine=country)
    assert compared(country)[["pvd_cents", "par_habitant_cents", "departement_cents", "part"]].isna().all(axis=None)
    assert "Aides des listes nationales" not in labels(national_key_figures(d))
    assert national_summary(d).texts[0] == "Aucune liste nationale n'a été livrée."
    assert [cell.text for cell in list(compared_aids_table(d).rows())[-1].cells][4:] == [""] * 4


def test_each_departement_has_the_aids_of_its_communes_of_the_programme(country):
    (country / "data" / "raw" / "2021-09-01" / "dgcl_2019.csv").write_text(LIST, encoding="utf-8")
    table = compared(country)
    landes, basque = table.loc["40"], table.loc["64"]
    assert (landes["pvd_cents"], landes["departement_cents"]) == (800_10, 900_10)
    assert landes["par_habitant_cents"] == 800_10 // landes["population"]
    assert landes["part"] == pytest.approx(8001 / 9001)
    assert (basque["pvd_cents"], basque["departement_cents"]) == (0, 200_00)
    assert table["pvd_cents"].sum() == 800_10
    figures = labels(national_key_figures(load_country("2023-T1", racine=country)))
    assert figures["Aides des listes nationales"] == "800,10\xa0€"
    assert figures["Part des enveloppes"] == "72,7\xa0%"
