"""Bad input: one clear French message with its place, the right exit status, and the rest is still done."""

import openpyxl
import pytest

from pvd_analysis.cli import COMMANDS, main
from pvd_analysis.dataset.preparation import prepare

CLASSEUR = "data/raw/2021-09-10/suivi_pvd_landes.xlsx"


def spoil(project, change):
    path = project / CLASSEUR
    workbook = openpyxl.load_workbook(path)
    change(workbook)
    workbook.save(path)
    return prepare(project)


def rules(preparation):
    return set(preparation.constats.query("severite != 'information'")["regle"])


def set_cell(sheet, cell, value):
    return lambda workbook: workbook[sheet].__setitem__(cell, value)


@pytest.mark.parametrize(
    ("change", "rule", "place"),
    [
        (lambda workbook: workbook.remove(workbook["Projets"]), "feuille_absente", "suivi_pvd_landes.xlsx"),
        (set_cell("Financements", "D4", "Somme versee"), "colonne_absente", "Financements"),
        (set_cell("Projets", "B5", "Morcens-la-Neuve"), "commune_inconnue", "B5"),
        (set_cell("Financements", "D5", "beaucoup"), "montant_illisible", "D5"),
        (set_cell("Conventions", "C6", "31/02/2021"), "date_illisible", "C6"),
        (set_cell("Financements", "A5", "40-999"), "projet_inconnu", "ligne 5"),
    ],
)
def test_a_fault_is_a_finding_with_its_place_and_the_rest_is_kept(project, change, rule, place):
    preparation = spoil(project, change)
    found = preparation.constats.query("regle == @rule")
    assert len(found) >= 1
    assert found["lieu"].str.contains(place).any()
    assert len(preparation.tables["laureats"]) == 14
    bilan = preparation.bilan
    assert (bilan["lignes_lues"] == bilan["lignes_gardees"] + bilan["lignes_ecartees"]).all()
    assert (bilan["euros_lus_cents"] == bilan["euros_gardes_cents"] + bilan["euros_ecartes_cents"]).all()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "fichier_vide"),
        (b"PK\x03\x04" + b"0" * 200, "fichier_illisible"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600, "fichier_chiffre"),
    ],
)
def test_a_file_that_cannot_be_opened_is_a_finding(project, content, rule):
    (project / "data/raw/2021-09-10/autre.xlsx").write_bytes(content)
    preparation = prepare(project)
    assert rule in rules(preparation)
    assert len(preparation.tables["financements"]) == 3


def test_a_file_that_no_source_knows_is_reported(project):
    (project / "data/raw/2021-09-10/autre.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    assert "fichier_inconnu" in rules(prepare(project))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rapports", "--trimestre", "2021-T5"], "2021-T5"),
        (["rapports", "--departement", "999"], "999"),
        (["rapports", "--departement", "64"], "64"),
        (["rapports", "--connu-au", "hier"], "hier"),
        (["rapports", "--inconnue"], "--inconnue"),
        (["verifier", "absent.xlsx"], "absent.xlsx"),
    ],
)
def test_a_wrong_parameter_ends_in_one_french_sentence_and_status_2(project, capsys, monkeypatch, arguments, said):
    monkeypatch.chdir(project)
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert "Erreur" in error
    assert said in error
    assert "Traceback" not in error


def test_blocking_findings_give_status_1(project, capsys):
    spoil(project, set_cell("Financements", "D5", "beaucoup"))
    with pytest.raises(SystemExit) as stop:
        main(["preparer", "--racine", str(project)])
    assert stop.value.code == 1
    assert "beaucoup" in capsys.readouterr().out


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_every_help_page_is_in_french_with_an_example(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--help"])
    assert stopped.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Exemple : pvd" in shown
    assert "Montre cette aide." in shown
    assert not [
        word
        for word in ("Options:", "Commands:", "Usage:", "Show this", "COMMAND ", "required", "default:", "<", "x>=")
        if word in shown
    ]
