"""Several towns in one cell."""

import pytest

from pvd_analysis.communes import Referentiel, match_communes


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("Saint-Sever", ["40282"]),
        ("Aire s/ l'Adour", ["40001"]),
        ("Montfort-en Chalosse/Mugron", ["40194", "40201"]),
        ("Roquefort / Gabarret", ["40245", "40102"]),
        ("Aire s/ l'Adour/Geaune", ["40001", "40110"]),
        ("Amou et Montfort-en Chalosse/Mugron", ["40002", "40194", "40201"]),
        ("Grenade-sur-l'Adour + Villeneuve-de-Marsan", ["40117", "40331"]),
        ("Morcenx-la-Nouvelle et Labouheyre", ["40197", "40134"]),
        ("Amou, Geaune ; Hagetmau & Mugron", ["40002", "40110", "40119", "40201"]),
        ("Amou\nGeaune\r\nHagetmau", ["40002", "40110", "40119"]),
        ("Mugron (40201), Amou (40002)", ["40201", "40002"]),
        ("40201/40002", ["40201", "40002"]),
        ("Grenade-sur-\nl'Adour", ["40117"]),
    ],
)
def test_each_town_of_a_cell_is_found_in_its_order(referentiel: Referentiel, cell: str, codes: list[str]):
    assert [match.code for _, match in match_communes(cell, "40", referentiel)] == codes


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("40 - Dax", ["40088"]), ("040 Dax", ["40088"]), ("Dax (40)", ["40088"]), ("Dax (Landes)", ["40088"]),
        ("Dax - 40", ["40088"]), ("40100 Dax", ["40088"]), ("Dax - 40100", ["40088"]), ("Dax, 40100", ["40088"]),
        ("40250 Mugron", ["40201"]), ("Mugron 40250", ["40201"]), ("40110 Morcenx-la-Nouvelle", ["40197"]),
        ("Saint-Sever (40500)", ["40282"]), ("Amou, Mugron, 40", ["40002", "40201"]), ("40250 - Saint-Avit", ["40250"]),
        # the town of that name, code or postcode is another's, or there is none
        ("Mugron (40250)", [None]), ("Mugron 40500", [None]), ("Saint-Sever - 14380", [None]), ("Saint-Sever (14)", [None]),
        ("Saint-Sever (Calvados)", [None]), ("14 - Caen", [None]), ("Dax (33)", [None]),
    ],
)  # fmt: skip
def test_a_town_beside_its_departement_or_its_postcode_is_read_when_they_agree(
    referentiel: Referentiel, cell: str, codes: list[str | None]
):
    """D12: « 40 - Dax » was unmatched, « 40250 Mugron » a contradiction."""
    assert [match.code for _, match in match_communes(cell, "40", referentiel)] == codes


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("Saint-Sever (40)", "40282"),
        ("974 - Saint-Denis", "97411"),
        ("Saint-Denis - 93200", "93066"),
        ("Sainte-Marie (972)", "97228"),
    ],
)
def test_a_departement_tells_one_town_of_the_country_from_the_others(referentiel: Referentiel, cell: str, code: str):
    assert [match.code for _, match in match_communes(cell, None, referentiel)] == [code]


def test_the_written_part_stands_beside_its_match(referentiel: Referentiel):
    parts = match_communes("Roquefort / Gabaret", "40", referentiel)
    assert [(part, match.code) for part, match in parts] == [("Roquefort", "40245"), ("Gabaret", None)]
    assert parts[1][1].proposals[0] == ("40102", "Gabarret")


def test_a_commune_with_et_in_its_name_stays_whole(referentiel: Referentiel):
    assert [m.code for _, m in match_communes("BAIRON ET SES ENVIRONS", "08", referentiel)] == ["08116"]
    assert [m.code for _, m in match_communes("Uchacq et Parentis", "40", referentiel)] == ["40320"]


def test_a_name_over_two_lines_is_one_commune(referentiel: Referentiel):
    """DGCL 2018 writes so; « Chantemerle » and « Grignan » are also towns of the Drôme."""
    assert [m.code for _, m in match_communes("CHANTEMERLE \nLES GRIGNAN", "26", referentiel)] == ["26073"]


def test_a_date_after_a_name_is_not_split(referentiel: Referentiel):
    parts = match_communes("POLLIAT début tvx 22/10/18", "01", referentiel)
    assert len(parts) == 1
    assert ("01301", "Polliat") in parts[0][1].proposals


def test_an_unknown_name_with_et_is_reported_whole(referentiel: Referentiel):
    assert [part for part, _ in match_communes("Xyzzy et Plugh", "40", referentiel)] == ["Xyzzy et Plugh"]


@pytest.mark.parametrize("cell", ["", "  ", " / ", "\n"])
def test_a_cell_that_names_nothing_has_no_part(referentiel: Referentiel, cell: str):
    assert match_communes(cell, "40", referentiel) == ()
