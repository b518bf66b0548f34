"""``pvd modele``: an empty classeur that is followed like another one once it is filled in and delivered."""

import openpyxl
import pytest

from pvd_analysis.cli import main
from pvd_analysis.dataset.preparation import prepare


def run(*arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    return stopped.value.code


def test_it_is_written_for_the_departement_that_is_followed_and_verified_with_no_finding(project, capsys, monkeypatch):
    monkeypatch.chdir(project)
    assert run("modele") == 0
    assert "Landes, 327 communes, dont 14 lauréates" in " ".join(capsys.readouterr().out.split())
    assert run("modele", "autre.xlsx", "--departement", "40") == 0
    assert (project / "autre.xlsx").read_bytes() == (project / "classeur_suivi_40.xlsx").read_bytes()
    capsys.readouterr()
    assert run("verifier", "autre.xlsx") == 0
    assert "0\xa0bloquant, 0\xa0avertissement, 0\xa0information" in capsys.readouterr().out


def test_delivered_empty_it_takes_the_place_of_no_classeur(project, monkeypatch):
    monkeypatch.chdir(project)
    before = prepare(project)
    (project / "data/raw/2025-01-10").mkdir()
    assert run("modele", "data/raw/2025-01-10/vide.xlsx") == 0
    after = prepare(project)
    assert {name: len(table) for name, table in after.tables.items()} == {
        name: len(table) for name, table in before.tables.items()
    }


def test_filled_in_for_a_departement_without_laureate_it_is_followed(project, monkeypatch):
    monkeypatch.chdir(project)
    (project / "data/raw/2025-01-10").mkdir()
    path = project / "data/raw/2025-01-10/suivi_974.xlsx"
    assert run("modele", str(path), "--departement", "974") == 0
    book = openpyxl.load_workbook(path)
    book["Lauréats"]["A6"], book["Lauréats"]["B6"] = "Salazie", "Salazie"
    book.save(path)
    laureates = prepare(project).tables["laureats"]
    assert laureates.query("code_departement == '974'")["code_commune"].tolist() == ["97421"]
    assert len(laureates.query("code_departement == '40'")) == 14


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("deja.xlsx",), "existe déjà"),
        (("classeur.ods",), ".xlsx est attendu"),
        (("absent/classeur.xlsx",), "n'existe pas"),
        (("autre.xlsx", "--departement", "99"), "Département « 99 » inconnu"),
    ],
)
def test_a_place_or_departement_that_will_not_do_is_one_french_sentence(project, capsys, monkeypatch, arguments, said):
    monkeypatch.chdir(project)
    (project / "deja.xlsx").write_bytes(b"rempli")
    assert run("modele", *arguments) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert (project / "deja.xlsx").read_bytes() == b"rempli"
