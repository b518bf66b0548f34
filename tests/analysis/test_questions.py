"""Questions that an analyst asks in a line: by name, by EPCI, by what ends soon. All data but the Landes' is made up."""

import datetime as dt

import pytest

import pvd_analysis as pvd
from pvd_analysis.errors import InvalidParameter, NoData
from tests.territories.classeurs import DGCL_HEADER, deliver_classeur, deliver_text, laureats, new_project, poste


@pytest.fixture(scope="module")
def d(landes_root):
    return pvd.load("2021-T3", "40", racine=landes_root)


@pytest.mark.parametrize("written", ["40224", "Peyrehorade", "PEYREHORADE", "peyrehorade (40)"])
def test_a_laureate_is_found_by_its_code_or_its_name(d, written):
    assert pvd.analysis.of_laureate(d, written).laureats["code_commune"].to_list() == ["40224"]


def test_a_name_that_is_not_known_says_the_nearest_one(d):
    with pytest.raises(InvalidParameter, match="Vouliez-vous dire « Peyrehorade »"):
        pvd.analysis.of_laureate(d, "Peyrorade")
    with pytest.raises(InvalidParameter, match="inconnu") as refused:
        pvd.analysis.of_laureate(d, "Dax")  # a town of the Landes, and no laureate
    assert "Vouliez-vous" not in str(refused.value)
    with pytest.raises(InvalidParameter, match=r"« comune »\. Vouliez-vous dire « commune »"):
        pvd.analysis.aids_by(d, ["famille", "comune"])


def test_a_form_without_any_laureate_says_what_to_deliver(tmp_path):
    with pytest.raises(NoData, match="déposez un classeur de suivi"):
        pvd.parametres(new_project(tmp_path))


def test_the_posts_that_end_soon_are_the_filled_ones_and_the_first_comes_first(tmp_path):
    project = new_project(tmp_path)
    since = dt.date(2021, 3, 1)
    deliver_classeur(
        project, "2021-10-05", "suivi.xlsx", "32", laureats=laureats("Mirande"),
        postes=[
            poste("P1", "Mirande", "recruté", since, date_fin=dt.date(2022, 3, 31)),
            poste("P2", "Mirande", "recruté", since, date_fin="décembre 2021"),
            poste("P3", "Mirande", "recruté", since, date_fin=dt.date(2022, 4, 1)),
            poste("P4", "Mirande", "en cours", date_fin=dt.date(2021, 11, 30)),
            poste("P5", "Mirande", "recruté", since),
        ],
    )  # fmt: skip
    found = pvd.analysis.posts_ending(pvd.load("2021-T3", "32", racine=project), 6)
    assert found["id_poste"].to_list() == ["32-P2", "32-P1"]


def test_the_aids_of_an_epci_are_those_of_its_communes_and_its_own_for_each_inhabitant(tmp_path):
    project = new_project(tmp_path)
    deliver_classeur(project, "2021-10-05", "suivi.xlsx", "32", laureats=laureats("Mirande"))
    deliver_text(
        project, "2022-10-05", "dgcl_2021.csv", DGCL_HEADER,
        "2021;DETR;119;commune;213202567;32;MIRANDE;32256;Halle;1000,00;500,00;",
        "2021;DETR;119;commune;213200137;32;AUCH;32013;Halle;1000,00;300,00;",
    )  # fmt: skip
    d = pvd.load("2021-T4", "32", racine=project)
    found = pvd.analysis.listed_aids_per_inhabitant_by_epci(d)
    communes = d.referentiel.communes
    assert len(found) == 2
    assert found["montant_cents"].to_list() in ([50_000, 30_000], [30_000, 50_000])
    for row in found.itertuples():
        own = communes[communes["code_epci"].eq(row.code_epci) & communes["code_departement"].eq("32")]
        assert row.population == own["population"].sum() > 0
        assert row.par_habitant_cents == row.montant_cents // row.population
