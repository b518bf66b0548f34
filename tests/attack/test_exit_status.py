"""Every end of a command: one status, one French sentence, no traceback; a fault of the program leaves a reference."""

import _thread
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from importlib import import_module
from pathlib import Path

import pytest

from pvd_analysis.cli import COMMANDS, main
from pvd_analysis.reports.inert import inert
from tests.acceptance.test_scheduled_runs import command, journal, received, shortened
from tests.processes import leftovers, when

SECRET = "Peyrehorade, 12 000 €"
LINES = {
    "rapports": ["--trimestre", "2021-T3"],
    "campagne": ["40", "--trimestre", "2021-T3"],
    "comite": ["--departement", "40", "--trimestre", "2021-T3"],
    "avis": ["rendu.xlsx"],
    "fiches": ["--trimestre", "2021-T3"],
    "agenda": ["--trimestre", "2021-T3"],
    "preparer": [],
    "verifier": [],
    "modele": ["vide.xlsx", "--departement", "40"],
    "exporter": ["scdl", "--departement", "40", "--siret", "17400001800013", "--trimestre", "2021-T3"],
    "dictionnaire": [],
    "nouveau": ["neuf"],
    "surveiller": [],
    "presentation": ["--departement", "40", "--trimestre", "2021-T3"],
}
# What a command calls; the last of them that it has.
CALLED = ("check_new", "checked_root", "say_table", "chosen_quarter", "_opened")


class Panic(BaseException):
    """As a library of another language raises it: no `Exception`."""


def fails_with(error):
    def fail(*_, **__):
        raise error

    return fail


def ended(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return stop.value.code, capsys.readouterr().err


@pytest.fixture
def temporary(tmp_path_factory, monkeypatch):
    """A temporary folder of the test's own."""
    folder = tmp_path_factory.mktemp("temporaire")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def in_project(project, monkeypatch):
    monkeypatch.chdir(project)
    return project


def traces(*folders):
    return [path for folder in folders for path in folder.rglob("pvd_erreur_*.txt")]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_fault_of_the_program_is_70_and_a_reference_in_every_command(
    in_project, temporary, capsys, monkeypatch, name
):
    module = import_module(f"pvd_analysis.cli.{name}")
    called = next(function for function in reversed(CALLED) if hasattr(module, function))
    monkeypatch.setattr(module, called, fails_with(KeyError(SECRET)))
    status, said = ended([name, *LINES[name]], capsys)
    assert status == 70
    assert said.count("\n") == 1
    reference = re.match(r"Erreur : Erreur inattendue du programme, référence ([0-9a-f]{8}) : ", said)[1]
    (trace,) = traces(temporary, in_project / "outputs")
    assert trace.name == f"pvd_erreur_{reference}.txt"
    text = trace.read_text(encoding="utf-8")
    assert "KeyError" in text
    assert f"pvd_analysis.cli.{name}, ligne " in text
    assert SECRET not in said + text
    assert str(in_project) not in text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Panic(SECRET), 70),
        (EOFError(SECRET), 70),
        (SystemExit(1), 70),
        (SystemExit(0), 70),
        (RecursionError(SECRET), 70),
        (MemoryError(), 70),
        (UnicodeEncodeError("cp1252", SECRET, 0, 1, SECRET), 70),
        (BrokenPipeError(32, "Broken pipe"), 2),
        (PermissionError(13, "Permission denied", "outputs"), 2),
        (OSError("Weird"), 2),
        (KeyboardInterrupt(), 2),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_whatever_ends_a_command_is_a_sentence_in_french(in_project, temporary, capsys, monkeypatch, error, status):
    monkeypatch.setattr("pvd_analysis.cli.said.prepared_tables", fails_with(error))
    told, said = ended(["verifier"], capsys)
    assert told == status
    assert re.match(r"Erreur : (Erreur inattendue|Lecture ou écriture impossible|Interrompu)", said)
    assert not [word for word in (SECRET, "Traceback", "denied", "Broken", "Weird") if word in said]
    assert len(traces(temporary)) == (status == 70)


def test_the_journal_and_the_notifier_are_told_the_same_reference(in_project, capsys, monkeypatch):
    shortened(in_project)
    monkeypatch.setattr("pvd_analysis.cli.said.prepared_tables", fails_with(ZeroDivisionError(SECRET)))
    status, said = ended(command(in_project)[3:], capsys)
    assert status == 70
    told = received(in_project)
    assert (told["etat"], told["code_retour"]) == ("pas fait, erreur inattendue du programme", 70)
    assert said == f"Erreur : {told['raison']}\n"
    (trace,) = traces(in_project / "outputs" / "erreurs")
    assert trace.relative_to(in_project).as_posix() in told["raison"]
    (run,) = [line for line in journal(in_project) if line["etape"] == "Exécution"]
    assert (run["etat"], run["erreur"]) == ("échoué", "ZeroDivisionError")
    assert trace.name == f"pvd_erreur_{run['reference']}.txt"
    assert SECRET not in json.dumps([told, journal(in_project)], ensure_ascii=False)


def test_a_fault_in_one_departement_does_not_stop_the_others(in_project, capsys, monkeypatch):
    from pvd_analysis.reports import quarterly

    shortened(in_project)
    real = quarterly.load
    monkeypatch.setattr(
        quarterly, "load", lambda *given: fails_with(KeyError(SECRET))() if given[1] == "64" else real(*given)
    )
    monkeypatch.setattr("pvd_analysis.cli.each.chosen_departements", lambda *_: ["64", "40"])
    assert ended(command(in_project)[3:], capsys)[0] == 70
    states = {one["departement"]: one["etat"] for one in received(in_project)["departements"]}
    assert states == {"64": "pas fait", "40": "fait"}


def test_traces_are_bounded_in_number_and_in_size(in_project, temporary, capsys, monkeypatch):
    def endless(*_):
        return endless()

    for number in range(30):
        fault = type(f"Fault{number}", (RuntimeError,), {})
        monkeypatch.setattr("pvd_analysis.cli.said.prepared_tables", fails_with(fault(SECRET)))
        ended(["verifier"], capsys)
    monkeypatch.setattr("pvd_analysis.cli.said.prepared_tables", endless)
    ended(["verifier"], capsys)
    kept = traces(temporary)
    assert len(kept) == 20
    assert max(path.stat().st_size for path in kept) < 20_000
    assert any("RecursionError" in path.read_text(encoding="utf-8") for path in kept)


@pytest.mark.skipif(sys.platform == "win32", reason="a process is sent a signal as POSIX systems do")
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_a_run_with_2_and_one_sentence_and_leaves_nothing(project, number):
    shortened(project)
    run = subprocess.Popen(
        command(project), cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    when((project / "outputs" / "2021-T3").exists)
    run.send_signal(getattr(signal, number))
    _, said = run.communicate(timeout=60)
    assert run.returncode == 2
    assert said == "Erreur : Interrompu. Les rapports précédents sont restés en place.\n"
    assert received(project)["code_retour"] == 2
    assert not leftovers(project)


@pytest.mark.parametrize("seconds", [0.01, 0.05, 0.1])
def test_no_interruption_is_lost_while_a_page_is_cleaned(seconds):
    fragment = '<p style="width: calc(1px)"><a href="#plan" title="t">plan</a></p>' * 60_000
    timer = threading.Timer(seconds, _thread.interrupt_main)
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            inert(fragment)
    finally:
        timer.join()


def test_the_units_and_the_guide_tell_the_statuses_that_commands_end_with(root):
    guide = (root / "docs" / "planification.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d+) \|", guide, flags=re.MULTILINE) == ["0", "1", "2", "3", "70"]
    service = Path(root / "docs" / "planification" / "pvd-rapports.service").read_text(encoding="utf-8")
    assert re.findall(r"^SuccessExitStatus=(.*)$", service, flags=re.MULTILINE) == ["1"]


def test_an_interruption_before_the_libraries_are_there_is_a_sentence_too(tmp_path, root):
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt", encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "pvd_analysis", "verifier"], capture_output=True, text=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(root)])},
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (2, "Erreur : Interrompu.\n")
