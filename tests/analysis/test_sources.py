"""How old what is known is, and which sources say something at the date. All data is made up."""

import pytest

import pvd_analysis as pvd
from tests.territories.classeurs import DGCL_HEADER, deliver_classeur, deliver_text, laureats, new_project

LINE = "{};DETR;119;commune;;32;MIRANDE;32256;Essai halle;1000,00;500,00;50"


@pytest.fixture
def gers(tmp_path):
    project = new_project(tmp_path)
    deliver_classeur(project, "2021-10-05", "suivi.xlsx", "32", laureats=laureats("Mirande"))
    for year in (2019, 2023):
        deliver_text(project, "2024-10-05", f"dgcl_{year}.csv", DGCL_HEADER, LINE.format(year))
    return project


@pytest.mark.parametrize(
    ("quarter", "lists"),
    [("2021-T3", ["DGCL 2019"]), ("2023-T3", ["DGCL 2019"]), ("2023-T4", ["DGCL 2019", "DGCL 2023"])],
)
def test_a_list_of_a_year_that_has_not_ended_is_no_source_yet(gers, quarter, lists):
    ages = pvd.analysis.source_ages(pvd.load(quarter, "32", racine=gers))
    assert list(ages["source"]) == ["classeur de suivi", *lists]


def test_a_project_with_nothing_but_lists_of_later_years_has_no_source_of_aids(tmp_path):
    project = new_project(tmp_path)
    deliver_text(
        project, "2021-10-05", "pvd.csv", "insee_com,lib_com,id_pvd,date_signature", "32256,Mirande,pvd-32-1,2021-03-09"
    )
    deliver_text(project, "2024-10-05", "dgcl_2023.csv", DGCL_HEADER, LINE.format(2023))
    ages = pvd.analysis.source_ages(pvd.load("2021-T3", "32", racine=project))
    assert list(ages["source"]) == ["liste ANCT PVD"]


@pytest.mark.parametrize(
    ("quarter", "said"),
    [
        ("2021-T4", ["", ""]),  # received 87 days before
        ("2022-T2", ["à actualiser", ""]),
        ("2026-T2", ["à actualiser", "", "une liste plus récente est attendue"]),  # 2019 is whole: 2023 is the old one
    ],
)
def test_a_source_older_than_its_rhythm_says_what_is_expected(gers, quarter, said):
    assert list(pvd.analysis.source_ages(pvd.load(quarter, "32", racine=gers))["attendu"]) == said
