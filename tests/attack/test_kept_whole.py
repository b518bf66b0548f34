"""What stands on disk is whole, whatever cut the run short, and what is prepared follows the content of what was received."""

import contextlib
import os
import random
import signal
import subprocess
import sys

import pandas as pd
import pytest
from openpyxl import load_workbook

from pvd_analysis.cli import main
from pvd_analysis.dataset import load, prepared
from pvd_analysis.reports.quarterly import make_committee_workbook
from pvd_analysis.whole_file import put_in_place, tidy_below, write_whole
from tests.acceptance.test_scheduled_runs import shortened
from tests.processes import leftovers

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a process is killed as POSIX systems do")
STEPS = ("rename", "replace", "mkdir", "rmdir", "unlink", "fsync")
COMMAND = (
    "import sys\n"
    "from pvd_analysis.cli import main\n"
    "from tests.attack.test_kept_whole import die_at\n"
    "die_at(int(sys.argv[1]))\n"
    "main(sys.argv[2:])\n"
)


def die_at(moment):
    """Have this process kill itself the nth time that it asks for another name or a safe disk, just before or just after."""
    left = iter(range(moment - 1, -1, -1))

    def dying(call):
        def called(*words, **options):
            if next(left, None) == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            done = call(*words, **options)
            if next(left, None) == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        return called

    for name in STEPS:
        setattr(os, name, dying(getattr(os, name)))


def lived(moment, folder):
    """Put a new set in a folder in a process that kills itself; tell whether it lived to its end."""
    child = os.fork()
    if child == 0:
        die_at(moment)
        with put_in_place(folder) as draft:
            for name in "abc":
                (draft / name).write_text("new")
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


@POSIX
def test_a_set_killed_between_any_two_steps_is_the_former_or_the_new_one(tmp_path):
    old = {**dict.fromkeys("abc", "old"), "notes.txt": "ours no more"}
    new = {**dict.fromkeys("abc", "new"), "notes.txt": "ours no more"}
    seen, ended, moment = set(), False, 0
    while not ended:
        moment += 1
        folder = tmp_path / str(moment) / "40"
        folder.mkdir(parents=True)
        for name, text in old.items():
            (folder / name).write_text(text)
        ended = lived(moment, folder)
        found = contents(folder) if folder.exists() else old
        assert found in (old, new, {name: text for name, text in new.items() if name != "notes.txt"}), moment
        tidy_below(tmp_path)
        assert contents(folder) in (old, new), moment
        assert not leftovers(tmp_path)
        seen.add(contents(folder)["a"])
    assert seen == {"old", "new"}
    assert moment > 10


def test_a_block_that_fails_leaves_what_stood_and_nothing_else(tmp_path):
    folder = tmp_path / "40"
    with put_in_place(folder) as draft:
        (draft / "a").write_text("old")
    with contextlib.suppress(RuntimeError), put_in_place(folder) as draft:
        (draft / "a").write_text("new")
        raise RuntimeError
    assert contents(folder) == {"a": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["40"]


@POSIX
@pytest.mark.parametrize(
    "words",
    [["preparer"], ["rapports", "--trimestre", "2021-T3"], ["comite", "--departement", "40"]],
    ids=lambda w: w[0],
)
def test_a_command_killed_at_any_moment_leaves_a_whole_set_and_the_next_run_is_whole(
    project, words, tmp_path_factory, root
):
    shortened(project)
    temporary = tmp_path_factory.mktemp("temporaire")
    places = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(root)}
    chance = random.Random(words[0])
    for moment in (chance.randint(1, 12), chance.randint(13, 60)):
        line = [sys.executable, "-c", COMMAND, str(moment), *words, "--racine", str(project)]
        subprocess.run(line, cwd=project, env=places, capture_output=True, timeout=300, check=False)
    line = [sys.executable, "-m", "pvd_analysis", *words, "--racine", str(project)]
    ended = subprocess.run(line, cwd=project, env=places, capture_output=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
    assert not leftovers(project)
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("damage", ["cut short", "zeros", "one byte", "gone"])
def test_prepared_tables_that_a_disk_lost_are_made_again(project, damage):
    before = prepared(project).tables
    for path in (project / "data" / "processed" / "dernier").glob("*.parquet"):
        content = path.read_bytes()
        middle = content.find(b"Peyrehorade")
        if damage == "gone":
            path.unlink()
        elif damage == "cut short":
            path.write_bytes(content[: len(content) // 2])
        elif damage == "zeros":
            path.write_bytes(bytes(len(content)))
        elif middle > 0:
            path.write_bytes(content[:middle] + b"Q" + content[middle + 1 :])
    after = prepared(project).tables
    for name, table in before.items():
        pd.testing.assert_frame_equal(after[name], table)


def test_another_content_of_the_same_size_and_date_is_read(project):
    listed = project / "data" / "raw" / "2024-04-02" / "liste_pvd_landes.csv"
    before = set(prepared(project).tables["territoires"]["date_signature"].dropna())
    there = listed.stat()
    listed.write_bytes(listed.read_bytes().replace(b"2021-05-20", b"2021-05-19"))
    os.utime(listed, ns=(there.st_atime_ns, there.st_mtime_ns))
    assert listed.stat().st_size == there.st_size
    after = set(prepared(project).tables["territoires"]["date_signature"].dropna())
    assert pd.Timestamp(2021, 5, 19) in after - before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask")
def test_what_a_team_shares_has_the_rights_that_the_umask_says(project):
    before = os.umask(0o002)
    try:
        with pytest.raises(SystemExit):
            main(["preparer", "--racine", str(project)])
        write_whole(project / "a", b"")
        with put_in_place(project / "outputs" / "2021-T3" / "40") as draft:
            (draft / "b").write_text("")
    finally:
        os.umask(before)
    for folder in (project / "data" / "processed" / "dernier", project / "outputs" / "2021-T3" / "40"):
        assert folder.stat().st_mode & 0o777 == 0o775
        assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o664}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["exporter", "scdl", "--departement", "40", "--siret", "17400001800013", "--sortie"], "budget.csv"),
        (["dictionnaire", "--markdown"], "README.md"),
    ],
)
def test_a_file_that_is_not_ours_is_not_replaced(project, shared_data, capsys, monkeypatch, words, name):
    del shared_data
    monkeypatch.chdir(project)
    place = project / name
    place.write_text("le travail d'une année\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main([*words, str(place)])
    assert ended.value.code == 2
    assert place.read_text(encoding="utf-8") == "le travail d'une année\n"


def test_a_workbook_in_which_the_committee_has_worked_is_kept(project):
    d = load("2021-T3", "40", racine=project)
    (place,) = make_committee_workbook(d)
    assert make_committee_workbook(d) == [place]
    book = load_workbook(place)
    book.worksheets[0]["A1"] = "Avis du comité"
    book.save(place)
    worked = place.read_bytes()
    again, kept = make_committee_workbook(d)
    assert again == place
    assert kept.read_bytes() == worked
    assert make_committee_workbook(d) == [place]
