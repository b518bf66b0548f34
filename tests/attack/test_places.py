"""What the system refuses, and what a project lacks: one French sentence that names it, and status 2."""

import datetime as dt
import errno
import json
import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest

from pvd_analysis import project as project_module
from pvd_analysis.cli import main
from pvd_analysis.errors import refusal, refused
from tests.acceptance.test_scheduled_runs import shortened

RAPPORTS = ["rapports", "--trimestre", "2021-T3", "--departement", "40"]
COMMANDS = {
    "rapports": RAPPORTS,
    "campagne": ["campagne", "40", "--trimestre", "2021-T3"],
    "comite": ["comite", "--departement", "40", "--trimestre", "2021-T3"],
    "fiches": ["fiches", "--departement", "40", "--trimestre", "2021-T3", "--laureat", "40224"],
    "agenda": ["agenda", "--departement", "40", "--trimestre", "2021-T3"],
    "preparer": ["preparer"],
}
NOTEBOOK = "notebooks/rapport_financier.ipynb"


def refused_command(arguments, project, capsys):
    with pytest.raises(SystemExit) as stop:
        main([*arguments, "--racine", str(project)])
    said = capsys.readouterr().err
    assert stop.value.code == 2, said
    assert said.startswith("Erreur : ")
    assert not [word for word in ("Errno", "No such", "denied", "Traceback", "Error", "expected") if word in said]
    return said


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("place", ["outputs", "data/processed"])
def test_a_place_where_nothing_can_be_written_is_named(project, capsys, name, place):
    (project / place).write_text("", encoding="utf-8")
    assert "un fichier y tient la place d'un dossier" in refused_command(COMMANDS[name], project, capsys)


@pytest.mark.skipif(os.name == "nt", reason="the rights of a folder are those of POSIX systems")
@pytest.mark.parametrize(("place", "name"), [("outputs", "rapports"), ("data/processed", "preparer")])
def test_a_read_only_folder_is_said(project, place, name):
    """In a process without the rights of root, which may write everywhere."""
    for path in (project, *project.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    (project / place).mkdir(parents=True, exist_ok=True)
    (project / place).chmod(0o555)
    program = (
        # the libraries first: those of a root user may be out of another one's reach
        "import os, sys\n"
        "from pvd_analysis.cli import each, main, preparer, rapports, said\n"
        "os.setuid(65534) if os.geteuid() == 0 else None\n"
        "main(sys.argv[1:])\n"
    )
    before = {parent: parent.stat().st_mode for parent in project.parents if parent.stat().st_mode & 0o005 != 0o005}
    for parent, mode in before.items():
        parent.chmod(mode | 0o005)
    try:
        line = [sys.executable, "-c", program, *COMMANDS[name], "--racine", str(project)]
        ended = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    finally:
        for parent, mode in before.items():
            parent.chmod(mode)
    assert ended.returncode == 2, ended.stderr
    assert "accès refusé" in ended.stderr
    assert "Permission denied" not in ended.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the largest size of a file is bounded for one process")
@pytest.mark.parametrize("name", ["rapports", "fiches", "preparer"])
def test_a_disk_that_takes_no_more_is_said_and_nothing_is_left(project, name):
    shortened(project)
    program = (
        "import resource, sys\n"
        "from pvd_analysis.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000))\n"
        "main(sys.argv[1:])\n"
    )
    line = [sys.executable, "-c", program, *COMMANDS[name], "--racine", str(project)]
    ended = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    assert ended.returncode == 2, ended.stderr
    assert "fichier trop grand pour ce disque" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not [path for path in project.rglob(".*") if path.name.startswith((".en-cours", ".dernier-"))]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "disque plein"),
        (errno.EDQUOT, "disque plein"),
        (errno.EROFS, "support en lecture seule"),
        (errno.EACCES, "accès refusé"),
        (errno.EPERM, "accès refusé"),
        (errno.ENOENT, "fichier ou dossier introuvable"),
        (errno.EIO, "le disque ne répond pas"),
        (errno.ERANGE, "refus du système"),
        (None, "refus du système"),
    ],
)
def test_what_the_system_refuses_is_said_in_french_with_its_place(number, said):
    error = OSError(number, "in English", "a", None, "outputs/b") if number else OSError("in English")
    assert refusal(error) == said
    is_held = isinstance(error, PermissionError)
    held = " Est-il ouvert dans Excel ou verrouillé par OneDrive ? Fermez-le et relancez." if is_held else ""
    assert refused(error) == f"Lecture ou écriture impossible : {said}{' (outputs/b)' if number else ''}.{held}"


def written(metadata):
    def change(path):
        notebook = nbformat.read(path, as_version=4)
        notebook.metadata = metadata
        path.write_text(json.dumps(notebook), encoding="utf-8")

    return change


def replaced_by(content):
    return lambda path: path.write_bytes(content)


def as_folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.unlink(), "manque dans le dossier « notebooks »"),
        (as_folder, "un dossier y tient la place d'un fichier"),
        (replaced_by(b""), "n'est pas un notebook lisible"),
        (replaced_by(b"[]"), "n'est pas un notebook lisible"),
        (replaced_by(b"\xff\xfe\x00"), "n'est pas un notebook lisible"),
        (replaced_by(b'{"nbformat": 99, "cells": []}'), "n'est pas un notebook lisible"),
        (replaced_by(b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]}'), "n'est pas un notebook"),
        (written({"kernelspec": {"name": "autre"}}), "n'est pas un notebook lisible"),
        (written({"language_info": {"name": "julia"}}), "est écrit en « julia »"),
        (written({"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}), "est écrit en « R »"),
    ],
)
def test_a_notebook_that_is_missing_or_none_is_said(project, capsys, change, said):
    change(project / NOTEBOOK)
    assert said in refused_command(RAPPORTS, project, capsys)


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"kernelspec": {"name": "env-d-ailleurs", "display_name": "Ailleurs", "language": "python"}},
        {"language_info": {"name": "python"}},
    ],
)
def test_a_report_runs_in_the_kernel_of_this_python_whatever_its_notebook_names(
    project, monkeypatch, tmp_path_factory, metadata
):
    kernels = tmp_path_factory.mktemp("jupyter")
    (kernels / "kernels" / "python3").mkdir(parents=True)
    spec = {"argv": ["/nulle/part/python", "-m", "ipykernel_launcher"], "display_name": "x", "language": "python"}
    (kernels / "kernels" / "python3" / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(kernels))
    written(metadata)(shortened(project) / NOTEBOOK)
    with pytest.raises(SystemExit) as stop:
        main([*RAPPORTS, "--racine", str(project)])
    assert stop.value.code == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda folder: shutil.rmtree(folder), "Le dossier des référentiels manque"),
        (lambda folder: (folder / "epci.csv").unlink(), "epci.csv manque"),
        (lambda folder: (folder / "communes.csv").write_bytes(b""), "communes.csv n'est pas lisible"),
        (lambda folder: (folder / "regions.csv").write_bytes(b"\xff\xfe\x00\n" * 9), "regions.csv n'est pas lisible"),
        (lambda folder: (folder / "epci.csv").write_text("a,b\n1,2\n", "utf-8"), "epci.csv : colonne absente"),
        (
            lambda folder: (folder / "epci.csv").write_text("code_epci,nom,type,population\n1,A,CC,peu\n", "utf-8"),
            "epci.csv n'est pas lisible",
        ),
        (
            lambda folder: (folder / "communes_anciennes.csv").write_text(
                "code_ancien,nom_ancien,code_commune,nature\n40999,A,40998,fusion\n", "utf-8"
            ),
            "mène à des communes inconnues : 40998",
        ),
    ],
)
@pytest.mark.parametrize("name", ["rapports", "preparer"])
def test_a_reference_list_that_cannot_be_used_is_said(project, capsys, name, change, said):
    change(project / "data" / "raw" / "referentiel")
    assert said in refused_command(COMMANDS[name], project, capsys)


@pytest.mark.parametrize("year", [1970, 1980, 1999, 2019])
@pytest.mark.parametrize("name", ["preparer", "rapports"])
def test_a_clock_before_the_programme_is_said(project, capsys, monkeypatch, name, year):
    class Early(dt.date):
        @classmethod
        def today(cls):
            return dt.date(year, 1, 1)

    monkeypatch.setattr(project_module, "dt", SimpleNamespace(date=Early))
    said = refused_command([name], project, capsys)
    assert f"le 1er janvier {year} : mettez-la à l'heure" in said.replace("\N{NO-BREAK SPACE}", " ")
