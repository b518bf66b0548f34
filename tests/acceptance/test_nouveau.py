"""``pvd nouveau``: a project from the installed package alone, whose reports are those of the checkout."""

import json
import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest

from pvd_analysis.cli import main
from tests.conftest import copy_project

PAGES = ("note.html", "rapport_financier.html", "rapport_ingenierie.html", "annexe.html")
NATIONAL = ("2020-02-12", "2020-08-13", "2024-07-26")
RECORD = ".pvd-nouveau.json"
IS_LEFT_OUT = ("2021-09-10", "2024-04-02")

LINKS = pytest.mark.skipif(sys.platform == "win32", reason="a link needs a right on Windows")


def run(*arguments):
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    return stopped.value.code


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).as_posix().startswith(("outputs", "data/processed"))
    }


def test_from_the_wheel_alone_the_reports_are_those_of_the_checkout(root, tmp_path):
    """No make, no git, no UTF-8: a console of Windows, and a folder with spaces and accents.

    The files are compared whole; then the national lists, which take half a minute to read, are taken out of both projects.
    """
    site, place, nothing = tmp_path / "site", tmp_path / "Mes dossiers – été", tmp_path / "nothing"
    place.mkdir()
    nothing.mkdir()
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", tmp_path], cwd=root, check=True)
    (wheel,), (source,) = tmp_path.glob("*.whl"), tmp_path.glob("*.tar.gz")
    subprocess.run([sys.executable, "-m", "twine", "check", "--strict", wheel, source], check=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", site, wheel]
    subprocess.run(pip, check=True)
    console = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252", "PATH": str(nothing)}

    def pvd(folder, packages, *arguments):
        command = [sys.executable, "-m", "pvd_analysis", *arguments]
        return subprocess.run(
            command, cwd=folder, env={**console, "PYTHONPATH": str(packages)}, capture_output=True, encoding="cp1252"
        )

    laid_out = pvd(place, site, "nouveau", "essai", "--exemple")
    assert (laid_out.returncode, laid_out.stderr) == (0, "")
    checkout = copy_project(tmp_path / "checkout", national=True)
    assert files_of(checkout).items() <= files_of(place / "essai").items()
    for folder, packages in ((place / "essai", site), (checkout, root)):
        for national in NATIONAL:
            shutil.rmtree(folder / "data/raw" / national)
        folder.joinpath("data/raw/referentiel/communes-2018-france.parquet").unlink()
        made = pvd(folder, packages, "rapports", "--trimestre", "2021-T3")
        assert made.returncode in (0, 1), made.stderr
        assert "Rapports faits" in made.stdout
        assert made.stderr == ""
    for name in PAGES:
        made, expected = (project / "outputs/2021-T3/40" / name for project in (place / "essai", checkout))
        assert made.read_bytes() == expected.read_bytes()
    page = (place / "essai/outputs/2021-T3/40/note.html").read_text(encoding="utf-8")
    assert "Page faite avec pvd-analysis 1.0.0, données reçues jusqu’au 2 avril 2024." in page


def test_without_the_example_nothing_of_the_landes_is_laid_out(tmp_path):
    assert run("nouveau", tmp_path / "suivi") == 0
    laid_out = files_of(tmp_path / "suivi")
    assert not [name for name in laid_out if name.startswith(tuple(f"data/raw/{day}" for day in IS_LEFT_OUT))]
    assert b"suivi_pvd_landes" not in laid_out["data/raw/README.md"]
    assert b"Fonds vert" in laid_out["data/raw/README.md"]


def test_the_classeur_has_the_laureates_and_signatures_of_the_list_and_is_read_without_a_finding(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert run("nouveau", "suivi", "--departement", "Landes") == 0
    monkeypatch.chdir(tmp_path / "suivi")
    sheet = openpyxl.load_workbook("classeur_suivi_40.xlsx")["Conventions"]
    signed = {row[0]: row[2] for row in sheet.iter_rows(min_row=6, values_only=True) if row[0]}
    assert len(signed) == 14
    assert f"{signed['Labouheyre']:%Y-%m-%d}" == "2021-10-18"
    capsys.readouterr()
    assert run("verifier", "classeur_suivi_40.xlsx") == 0
    assert "0\xa0bloquant, 0\xa0avertissement, 0\xa0information" in capsys.readouterr().out


def as_if_older(project, *names):
    """Have the record say that an older version laid out the files of these names, which now stand there."""
    said = json.loads(project.joinpath(RECORD).read_bytes())
    for name in names:
        project.joinpath(name).write_bytes(b"{}")
        said["fichiers"][name] = sha256(b"{}").hexdigest()
    project.joinpath(RECORD).write_text(json.dumps(said), encoding="utf-8")


def test_an_update_renews_what_nobody_changed_and_leaves_what_someone_did(tmp_path, capsys):
    project = tmp_path / "suivi"
    run("nouveau", project)
    shipped = (project / "notebooks/annexe.ipynb").read_bytes()
    changed, lost, older = (
        project / "notebooks" / name for name in ("note.ipynb", "exploration.ipynb", "annexe.ipynb")
    )
    changed.write_bytes(changed.read_bytes() + b"\n")
    lost.unlink()
    as_if_older(project, "notebooks/annexe.ipynb")
    mine = changed.read_bytes()
    capsys.readouterr()
    assert run("nouveau", project, "--mettre-a-jour") == 0
    said = capsys.readouterr().out
    assert "note.ipynb : modifié par vous" in said
    assert "exploration.ipynb : supprimé par vous" in said
    assert "annexe.ipynb : renouvelé" in said
    assert (changed.read_bytes(), lost.exists(), older.read_bytes()) == (mine, False, shipped)


@LINKS
def test_a_link_of_the_analyst_stays_a_link(tmp_path, capsys):
    shared, place = tmp_path / "partage.ipynb", tmp_path / "place"
    place.mkdir()
    shared.write_bytes(b"{}")
    project, notebook = tmp_path / "lien", place / "notebooks/note.ipynb"
    project.symlink_to(place, target_is_directory=True)
    assert run("nouveau", project) == 0
    as_if_older(place, "notebooks/note.ipynb")
    notebook.unlink()
    notebook.symlink_to(shared)
    assert run("nouveau", project, "--mettre-a-jour") == 0
    assert "note.ipynb : atteint par un lien" in capsys.readouterr().out
    assert (project.is_symlink(), notebook.is_symlink(), shared.read_bytes()) == (True, True, b"{}")


def test_an_update_says_what_the_package_ships_no_more_and_goes_no_version_back(tmp_path, capsys):
    project = tmp_path / "suivi"
    run("nouveau", project)
    as_if_older(project, "notebooks/ancien.ipynb", "notebooks/annexe.ipynb")
    record = project / RECORD
    of_today = record.read_bytes()
    record.write_bytes(json.dumps(json.loads(of_today) | {"version": "99.0"}).encode())
    before = files_of(project)
    assert run("nouveau", project, "--mettre-a-jour") == 2
    assert "plus récent que celui-ci" in capsys.readouterr().err
    assert files_of(project) == before
    record.write_bytes(of_today)
    assert run("nouveau", project, "--mettre-a-jour") == 0
    assert "ancien.ipynb : n'est plus dans le paquet" in capsys.readouterr().out
    assert project.joinpath("notebooks/ancien.ipynb").read_bytes() == b"{}"


def test_what_was_renewed_before_a_refusal_is_not_taken_for_a_change_of_the_analyst(tmp_path, capsys):
    project = tmp_path / "suivi"
    run("nouveau", project)
    shipped = (project / "notebooks/annexe.ipynb").read_bytes()
    as_if_older(project, "notebooks/annexe.ipynb", "data/raw/referentiel/epci.csv")
    said = json.loads(project.joinpath(RECORD).read_bytes())
    del said["fichiers"]["data/raw/referentiel/epci.csv"]
    project.joinpath(RECORD).write_text(json.dumps(said), encoding="utf-8")
    shutil.rmtree(project / "data/raw/referentiel")
    project.joinpath("data/raw/referentiel").write_bytes(b"")
    assert run("nouveau", project, "--mettre-a-jour") == 2
    assert "referentiel" in capsys.readouterr().err
    recorded = json.loads(project.joinpath(RECORD).read_bytes())["fichiers"]["notebooks/annexe.ipynb"]
    assert recorded == sha256(shipped).hexdigest()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("plein",), "n'est pas vide"),
        (("fichier",), "est un fichier"),
        ((".",), "dossier courant"),
        (("absent/..",), "dossier courant"),
        (("neuf", "--departement", "999"), "Département « 999 » inconnu"),
        (("neuf", "--departement", ""), "inconnu"),
        (("plein", "--mettre-a-jour"), "n'a pas été fait par « pvd nouveau »"),
        (("neuf", "--mettre-a-jour", "--exemple"), "s'emploie seul"),
        (("fichier/neuf",), "ne peut pas être écrit"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_changes_nothing(tmp_path, capsys, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    Path("plein").mkdir()
    Path("plein/notes.txt").write_text("à moi", encoding="utf-8")
    Path("fichier").write_text("à moi", encoding="utf-8")
    before = files_of(tmp_path)
    assert run("nouveau", *arguments) == 2
    assert sentence in " ".join(capsys.readouterr().err.split())
    assert files_of(tmp_path) == before
