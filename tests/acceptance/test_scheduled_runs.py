"""Runs that nobody watches, through the real command line: one at a time, logged, told, and never a poorer report."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import nbformat
import openpyxl
import pytest

from pvd_analysis.reports.quarterly import REPORTS
from tests.conftest import copy_project

CLASSEUR = "data/raw/2021-09-10/suivi_pvd_landes.xlsx"
RECORD = (
    "import pathlib, sys; pathlib.Path('recu.json').write_bytes(sys.stdin.buffer.read()); sys.exit(int(sys.argv[1]))"
)


@pytest.fixture
def short_project(project):
    """A project whose reports are short: the run is real, and its notebooks have three cells."""
    return shortened(project)


@pytest.fixture(scope="module")
def made(root, tmp_path_factory):
    """The same, with its reports made by one run."""
    folder = tmp_path_factory.mktemp("fait")
    copy_project(folder)
    ended = run(shortened(folder))
    assert ended.returncode == 0, ended.stderr
    return folder


@pytest.fixture
def made_project(made, tmp_path):
    """A copy of it that a test may spoil."""
    return shutil.copytree(made, tmp_path / "projet")


def shortened(project):
    for name in REPORTS:
        path = project / "notebooks" / f"{name}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = notebook.cells[:3]
        nbformat.write(notebook, path)
    (project / "noter.py").write_text(RECORD, encoding="utf-8")
    return project


def command(project, *arguments, notifier_status=0):
    program = [sys.executable, "-m", "pvd_analysis", "rapports", "--trimestre", "2021-T3", "--racine", str(project)]
    return [*program, "--notifier", f'"{sys.executable}" noter.py {notifier_status}', *arguments]


def run(project, *arguments, notifier_status=0):
    line = command(project, *arguments, notifier_status=notifier_status)
    return subprocess.run(line, cwd=project, capture_output=True, text=True, encoding="utf-8", check=False)


def received(project):
    return json.loads((project / "recu.json").read_text(encoding="utf-8"))


def journal(project):
    lines = (project / "outputs" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def reports(project):
    folder = project / "outputs" / "2021-T3" / "40"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def shorten_sheets(project, *names, rows=0):
    """Delete what follows the first rows below the header, which is the first row with two cells filled."""
    workbook = openpyxl.load_workbook(project / CLASSEUR)
    for name in names:
        header = next(row[0].row for row in workbook[name].iter_rows() if row[0].value and row[1].value)
        workbook[name].delete_rows(header + 1 + rows, 100)
    workbook.save(project / CLASSEUR)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGSTOP and SIGKILL are of POSIX systems")
def test_a_second_run_is_told_who_runs_and_a_killed_run_blocks_nobody(short_project):
    first = subprocess.Popen(
        command(short_project), cwd=short_project, start_new_session=True, stdout=subprocess.DEVNULL
    )
    holder = short_project / "outputs" / ".verrou.json"
    while not holder.exists():
        assert first.poll() is None
        time.sleep(0.05)
    os.killpg(first.pid, signal.SIGSTOP)

    second = run(short_project)
    assert second.returncode == 2
    assert "Une autre exécution est en cours : « pvd rapports », depuis le " in second.stderr
    assert f"(processus {first.pid})" in second.stderr
    assert received(short_project)["code_retour"] == 2
    assert "Une autre exécution est en cours" in received(short_project)["raison"]
    assert [line["erreur"] for line in journal(short_project) if "erreur" in line] == ["RunInProgress"]

    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert holder.exists()
    third = run(short_project)
    assert third.returncode == 0, third.stderr
    assert received(short_project)["code_retour"] == 0
    assert not holder.exists()


def test_the_notifier_receives_the_manifest_of_what_was_made(made):
    told = received(made)
    assert (told["commande"], told["etat"], told["code_retour"]) == ("pvd rapports", "fait", 0)
    assert told["trimestre"] == "2021-T3"
    manifest = json.loads(reports(made)["manifeste.json"])
    assert told["departements"] == [{"departement": "40", "etat": "fait", "manifeste": manifest}]


def test_the_log_has_a_line_for_each_step_and_nothing_of_the_cells_or_of_the_folders(made):
    lines = journal(made)
    assert [line["etape"] for line in lines if line.get("departement") == "40"] == [
        *reversed(REPORTS.values()),
        "Classeur du comité",
        "Manifeste",
        "Rapports",
    ]
    assert [line["etape"] for line in lines][-2:] == ["Exécution", "Notification"]
    assert {line["commande"] for line in lines} == {"rapports"}
    assert len({line["execution"] for line in lines}) == 1
    assert all(line["etat"] == "fait" and line["duree_secondes"] >= 0 for line in lines)
    reading = next(line for line in lines if line["etape"] == "Lecture des fichiers bruts")
    assert reading["comptes"]["lignes_lues"] == 90
    text = (made / "outputs" / "journal.jsonl").read_text(encoding="utf-8")
    assert not [word for word in ("Amou", "Landes", "suivi_pvd", made.name) if word in text]


def test_the_notifier_is_told_of_a_failure_and_its_own_failure_is_said_and_logged(project):
    (project / "noter.py").write_text(RECORD, encoding="utf-8")
    ended = run(project, "--departement", "64", notifier_status=7)
    assert ended.returncode == 2
    assert "La commande de --notifier a échoué (code de retour 7)." in ended.stderr
    told = received(project)
    assert (told["etat"], told["code_retour"]) == ("pas fait", 2)
    assert "Aucune donnée pour 64" in told["raison"]
    assert {line["etape"]: line["etat"] for line in journal(project)} == {
        "Lecture des fichiers bruts": "échoué",
        "Exécution": "échoué",
        "Notification": "échoué",
    }


def test_a_notifier_that_does_not_exist_is_refused_before_anything_starts(project):
    line = [sys.executable, "-m", "pvd_analysis", "rapports", "--notifier", "programme-absent --vite"]
    ended = subprocess.run(line, cwd=project, capture_output=True, text=True, encoding="utf-8", check=False)
    assert ended.returncode == 2
    assert "« programme-absent »" in ended.stderr
    assert not (project / "outputs").exists()


def test_a_report_poorer_than_the_one_before_is_not_made_and_the_former_stays(made_project):
    before = reports(made_project)
    shorten_sheets(made_project, "Totaux annoncés")
    poorer = run(made_project)
    assert poorer.returncode == 2
    assert "le total annoncé y serait nul, contre 1\u202f629\u202f048\u00a0€" in poorer.stderr
    assert "outputs/2021-T3/40" in poorer.stderr
    assert reports(made_project) == before
    assert received(made_project)["departements"][0]["etat"] == "pas fait"

    # What the sentence says to do when the loss is wanted; and the reports are made, but nobody could be told.
    (made_project / "outputs/2021-T3/40").rename(made_project / "outputs/ancien")
    assert run(made_project, notifier_status=7).returncode == 3
    assert set(reports(made_project)) == set(before)


def test_a_table_that_loses_more_than_half_of_its_rows_is_not_news(made_project):
    shorten_sheets(made_project, "Postes", rows=3)  # two posts and a blank row
    poorer = run(made_project)
    assert poorer.returncode == 2
    assert "la table « postes » y aurait 2 lignes, contre 8" in poorer.stderr


def test_a_report_that_would_say_nothing_but_who_the_laureates_are_is_not_made(project):
    sheets = ("Conventions", "Projets", "Financements", "Totaux annoncés", "Postes", "Formations", "Club PVD")
    shorten_sheets(project, *sheets, "Indicateurs")
    shutil.rmtree(project / "data/raw/2024-04-02")
    (project / "noter.py").write_text(RECORD, encoding="utf-8")
    empty = run(project)
    assert empty.returncode == 2
    assert "il serait vide" in empty.stderr
    assert not (project / "outputs/2021-T3").exists()


def test_a_log_that_has_grown_too_large_makes_room(project):
    path = project / "outputs" / "journal.jsonl"
    path.parent.mkdir()
    path.write_text("{}\n" * 400_000, encoding="utf-8")
    line = [sys.executable, "-m", "pvd_analysis", "rapports", "--departement", "64"]
    subprocess.run(line, cwd=project, capture_output=True, check=False)
    assert path.with_name("journal.ancien.jsonl").stat().st_size == 1_200_000
    assert [entry["etape"] for entry in journal(project)][-1] == "Exécution"
