"""F3: whatever ends the process that reads, the next file is read; where it cannot be forked, another Python reads the same."""

import faulthandler
import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from pvd_analysis.communes import load_referentiel
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.sources import apart as apart_module
from pvd_analysis.sources import read_file
from pvd_analysis.sources.apart import Apart, read_all
from pvd_analysis.sources.safety import Unreadable

CLASSEUR = "data/raw/2021-09-10/suivi_pvd_landes.xlsx"


def ends(how):
    faulthandler.disable()  # pytest's own
    if how == "abort":
        os.abort()
    if how == "kill":
        os.kill(os.getpid(), signal.SIGTERM)
    os._exit(0)


def asks_at_once(length):
    return len(bytearray(length))


def works(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return "done"


def raises(kind):
    raise kind("non")


class Panic(BaseException):
    """What a compiled reader raises."""


def says_too_much():
    return bytes(400_000_000)


def number():
    return os.getpid()


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "petit.csv"
    path.write_text("x", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("function", "argument", "why"),
    [
        (ends, "abort", "s'est arrêté"),
        (ends, "kill", "s'est arrêté"),
        (ends, "exit", "s'est arrêté"),
        (raises, Panic, "ne prévoyait (Panic)"),
        (raises, KeyError, "ne prévoyait (KeyError)"),
        (asks_at_once, 1 << 40, "ne prévoyait (MemoryError)"),
    ],
)
def test_what_ends_a_reading_is_said_and_the_next_file_is_read(small, function, argument, why):
    with Apart() as apart:
        with pytest.raises(Unreadable) as refused:
            apart.call(small, function, argument)
        assert refused.value.rule == "lecture_interrompue"
        assert why in refused.value.found.replace(" ", " ")
        assert refused.value.expected
        assert apart.call(small, works, 0) == "done"


def test_a_reading_that_never_ends_is_ended(small, monkeypatch):
    monkeypatch.setattr(apart_module, "_SECONDS", 0.3)
    monkeypatch.setattr(apart_module, "_PATIENCE", 2)
    with Apart() as apart:
        for function in (works, time.sleep):
            with pytest.raises(Unreadable, match="plus de 0 s"):
                apart.call(small, function, 600)


def test_an_answer_too_long_for_its_file_is_not_taken(small):
    with Apart() as apart, pytest.raises(Unreadable, match="Mo de mémoire"):
        apart.call(small, says_too_much)


@pytest.mark.parametrize("error", [InvalidParameter, PermissionError])
def test_what_is_foreseen_is_raised_where_it_was_asked(small, error):
    with Apart() as apart, pytest.raises(error, match="non"):
        apart.call(small, raises, error)


def test_one_process_reads_all_files_and_ends_with_them(small):
    with Apart() as apart:
        first, second = apart.call(small, number), apart.call(small, number)
    assert first == second != os.getpid()
    assert not psutil.pid_exists(first)


def test_another_python_reads_the_same_where_the_system_does_not_fork(root):
    """Windows, macOS, or another thread than the first."""
    referentiel = load_referentiel(root / "data/raw/referentiel")
    path = root / CLASSEUR
    said = []

    def read():
        with Apart(referentiel) as apart:
            said.append(apart.read(path, path.name))

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    ours = read_file(path, path.name, referentiel)
    assert said[0].findings == ours.findings
    assert said[0].sha256 == ours.sha256
    for there, here in zip(said[0].content.tables, ours.content.tables, strict=True):
        assert there.rows.equals(here.rows)
        assert there.set_aside.equals(here.set_aside)


def test_a_script_of_an_analyst_needs_no_guard(tmp_path, root):
    """Multiprocessing would run the script again in its process, and the analyst's with it."""
    script = tmp_path / "mon_script.py"
    script.write_text(
        "import threading\nfrom pathlib import Path\nfrom pvd_analysis.sources.apart import Apart\nprint('une fois')\n"
        "def read():\n    with Apart() as apart:\n        print(apart.call(Path(__file__), len, 'abc'))\n"
        "thread = threading.Thread(target=read)\nthread.start()\nthread.join()\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.split("\n") == ["une fois", "3", ""]


def test_no_process_is_left_when_the_one_that_asked_is_killed(root):
    program = (
        "import os\nfrom pathlib import Path\nfrom pvd_analysis.sources.apart import Apart\n"
        "with Apart() as apart:\n    print(apart.call(Path(os.devnull), os.getpid), flush=True)\n    input()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    )
    child = psutil.Process(int(process.stdout.readline()))
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    assert psutil.wait_procs([child], timeout=10)[0] == [child]


def test_long_files_are_read_by_two_processes_and_given_back_in_their_order(tmp_path, root):
    referentiel = load_referentiel(root / "data" / "raw" / "referentiel")
    header = "exercice;dispositif;programme;beneficiaire_type;beneficiaire_siren;beneficiaire_dep;beneficiaire_nom;"
    header += "beneficiaire_code_insee;intitule;cout_ht;subvention;taux\n"
    line = "2020;DETR;119;commune;;40;MUGRON;40201;Halle inventée ;1000,00;500,00;\n"
    lengths = {"un.csv": 20_000, "deux.csv": 45_000, "trois.csv": 3, "quatre.csv": 30_000}
    for name, rows in lengths.items():
        (tmp_path / name).write_text(header + line * rows, encoding="utf-8")
    told = []
    reads = read_all([(tmp_path / name, name) for name in lengths], referentiel, told.append)
    assert [read.name for read in reads] == list(lengths)
    assert [read.content.tables[0].rows_read for read in reads] == list(lengths.values())
    assert sorted(told) == sorted(lengths)
    assert told[0] == "deux.csv"


def test_an_interruption_ends_the_two_processes(tmp_path, root):
    referentiel = load_referentiel(root / "data" / "raw" / "referentiel")
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("x;y\n" + "1;2\n" * 700_000, encoding="utf-8")
    before = set(psutil.Process().children(recursive=True))

    def interrupt(name):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_all([(tmp_path / name, name) for name in ("a.csv", "b.csv")], referentiel, interrupt)
    assert set(psutil.Process().children(recursive=True)) <= before
