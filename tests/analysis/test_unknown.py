"""What nobody has told, and what to deliver: each kind once, and nothing where everything is known. All data is made up."""

import pytest

import pvd_analysis as pvd
from tests.territories.classeurs import (
    DGCL_HEADER,
    PVD_HEADER,
    deliver_classeur,
    deliver_text,
    laureats,
    new_project,
    projet,
)

TOWN = {"laureats": laureats("Mirande")}
NO_CLASSEUR = "Ce qu’un classeur de suivi dirait des communes"


@pytest.fixture
def gers(tmp_path):
    return new_project(tmp_path)


def plain(text):
    return text.replace("\xa0", " ")


def said(project, quarter):
    return (
        pvd.analysis.not_known(pvd.load(quarter, "32", racine=project))
        .map(plain)
        .set_index("inconnu")["a_livrer"]
        .to_dict()
    )


def test_without_a_classeur_all_that_it_would_say_is_unknown(gers):
    deliver_text(gers, "2021-10-05", "pvd.csv", PVD_HEADER, "32256,Mirande,pvd-32-1,2021-03-09")
    first, *others = said(gers, "2021-T3").items()
    assert first[0].startswith(NO_CLASSEUR)
    assert "pvd modele" in first[1]
    assert "La convention-cadre valant ORT de 1 commune" in dict(others)


def test_a_classeur_that_is_older_than_the_quarter_is_to_be_renewed_and_one_of_the_quarter_is_not(gers):
    deliver_classeur(gers, "2021-10-05", "suivi.xlsx", "32", **TOWN)
    (late,) = [what for what in said(gers, "2022-T1") if what.startswith("Ce qui s’est passé depuis le")]
    assert "T3 2021" in late
    assert said(gers, "2022-T1")[late] == "Un classeur de suivi plus récent que celui du 5 octobre 2021"
    assert not [what for what in said(gers, "2021-T3") if not what.startswith("Les aides")]


def test_before_the_first_classeur_what_it_does_not_date_is_unknown(gers):
    deliver_classeur(gers, "2023-10-05", "suivi.xlsx", "32", **TOWN)
    assert next(iter(said(gers, "2021-T4"))).startswith(
        "Ce qui n’est pas daté avant le premier classeur, reçu le 5 octobre 2023"
    )


def test_lists_of_years_that_have_ended_and_were_not_delivered_are_asked_for(gers):
    deliver_classeur(gers, "2021-10-05", "suivi.xlsx", "32", **TOWN)
    line = "2019;DETR;119;commune;;32;MIRANDE;32256;Essai halle;1000,00;500,00;50"
    deliver_text(gers, "2021-10-05", "dgcl_2019.csv", DGCL_HEADER, line)
    assert list(said(gers, "2021-T3")) == ["Les aides des listes DGCL 2018 et 2020"]
    assert "Les aides des listes DGCL 2018, 2020 et 2021" in said(gers, "2021-T4")


def test_projects_without_a_cost_are_named_and_counted_beyond_six(gers):
    unknown = [projet(str(number), "Mirande", f"Halle {number}") for number in range(1, 9)]
    deliver_classeur(gers, "2021-10-05", "suivi.xlsx", "32", **TOWN, projets=unknown)
    (costs,) = [what for what in said(gers, "2021-T3") if what.startswith("La marge")]
    assert costs.startswith("La marge de 8 projets dont le coût n’est pas connu : 32-1 (Mirande)")
    assert costs.endswith("et 2 autres")


def test_conventions_that_the_follow_up_of_the_ort_tells_are_not_said_unknown(gers):
    deliver_text(gers, "2021-10-05", "pvd.csv", PVD_HEADER, "32256,Mirande,pvd-32-1,2021-03-09")
    deliver_text(
        gers, "2021-10-05", "ort.csv", 'Code commune,Signée ?,"Si signée, date de signature"', "32256,Signée,2021-06-01"
    )
    assert not [what for what in said(gers, "2021-T3") if "convention-cadre" in what]
