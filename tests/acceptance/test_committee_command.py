"""``pvd comite`` as it is typed."""

import pytest

from pvd_analysis.cli import main


def status(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(["comite", *arguments])
    return ended.value.code


def test_a_departement_and_its_region_have_a_workbook_each(project, capsys):
    common = ("--trimestre", "2021-T3", "--racine", str(project))
    assert status("--departement", "40", *common) == 0
    assert status("--region", "75", *common) == 0
    assert {path.parent.name for path in project.glob("outputs/2021-T3/*/comite_financeurs.xlsx")} == {"40", "R75"}
    said = " ".join(capsys.readouterr().out.replace("\u202f", " ").replace("\xa0", " ").split())
    assert "Landes, T3 2021 : 2 projets à examiner." in said
    assert "Nouvelle-Aquitaine, T3 2021 : 2 projets à examiner." in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Un département ou une région est attendu"),
        (("--departement", "40", "--region", "75"), "l'un des deux"),
        (("--region", "99"), "Région « 99 » inconnue"),
        (("--region", "53"), "Aucune donnée pour la région 53 (Bretagne)"),
        (("--departement", "33"), "Aucune donnée pour le département 33"),
    ],
)
def test_a_wrong_place_is_one_sentence_and_no_file(project, capsys, arguments, sentence):
    assert status(*arguments, "--trimestre", "2021-T3", "--racine", str(project)) == 2
    said = capsys.readouterr().err
    assert sentence in " ".join(said.split())
    assert "Traceback" not in said
    assert not list(project.glob("outputs/**/*.xlsx"))
