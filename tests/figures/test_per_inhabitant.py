"""Aids per inhabitant: the départements of the country side by side, laureates beside their peers. All aids are made up."""

import pytest

from pvd_analysis.dataset import load, load_country
from pvd_analysis.figures import NoFigure, aids_by_region, aids_per_inhabitant
from tests.territories.classeurs import DGCL_HEADER, PVD_HEADER, deliver_text, new_project

TOWNS = ("40201,Mugron,pvd-40-1,2021-03-09", "32256,Mirande,pvd-32-1,2021-03-09", "64430,Orthez,pvd-64-1,2021-03-09")
# of 1,343, 3,450 and 10,369 inhabitants: 100 €, 50 € and 1 € for each
AIDS = (
    "2019;DETR;119;commune;;040;MUGRON;40201;Essai halle;300000,00;134300,00;44",
    "2019;DETR;119;commune;;032;MIRANDE;32256;Essai halle;300000,00;172500,00;57",
    "2019;DETR;119;commune;;064;ORTHEZ;64430;Essai halle;30000,00;10369,00;35",
)


@pytest.fixture
def project(tmp_path):
    made = new_project(tmp_path)
    deliver_text(made, "2021-10-05", "pvd.csv", PVD_HEADER, *TOWNS)
    return made


def plain(text):
    return text.replace("\xa0", " ").replace("\u202f", " ")


def dots(shown):
    """Return where the dots of each region stand; the first line is that of the legend."""
    return [list(line.get_xdata()) for line in shown.axes[0].lines if line.get_marker() == "o"][1:]


def test_each_departement_is_a_dot_at_its_aids_per_inhabitant_in_the_line_of_its_region(project):
    deliver_text(project, "2021-10-05", "dgcl_2019.csv", DGCL_HEADER, *AIDS)
    shown = aids_by_region(load_country("2021-T3", racine=project))
    assert plain(shown.title).endswith("de 1 € (Pyrénées-Atlantiques) à 100 € (Landes)")
    assert "Nouvelle-Aquitaine : de 1 € (Pyrénées-Atlantiques) à 100 € (Landes)" in plain(shown.alt)
    gers, (least, most) = sorted(dots(shown), key=len)
    # the Gers stands between the two others, as its amount does
    assert (gers[0] - least) / (most - least) == pytest.approx(49 / 99)
    assert {"Landes", "Nouvelle-Aquitaine", "Occitanie"} <= {text.get_text() for text in shown.axes[0].texts}
    assert shown.svg() == aids_by_region(load_country("2021-T3", racine=project)).svg()


def test_without_a_list_no_dot_stands_at_zero(project):
    shown = aids_by_region(load_country("2021-T3", racine=project))
    assert isinstance(shown, NoFigure)
    assert "Aucune liste nationale" in shown.sentence


def test_each_laureate_stands_beside_the_median_of_its_peers(project):
    assert "Aucune liste nationale" in aids_per_inhabitant(load("2021-T3", "40", racine=project)).sentence
    deliver_text(project, "2021-10-05", "dgcl_2019.csv", DGCL_HEADER, *AIDS)
    shown = aids_per_inhabitant(load("2021-T3", "40", racine=project))
    assert plain(shown.title).startswith("1 commune lauréate sur 1 au-dessus de la médiane")
    assert "Mugron : 100 € (0 €)" in plain(shown.alt)
    assert "100 €" in [plain(text.get_text()) for text in shown.axes[0].texts]
    own, peers = (
        [line.get_xdata()[0] for line in shown.axes[0].lines if line.get_marker() == mark][1] for mark in "o|"
    )
    assert own > peers
