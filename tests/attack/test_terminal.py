"""What reaches a terminal: letters that its code page has, no command of data, no markup of data, and from one place."""

import ast
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from pvd_analysis.cli.letters import printable
from tests.acceptance.test_scheduled_runs import shortened

DELIVERY = "data/raw/2021-09-10"
# A colour, a title (OSC), a C1 introducer, a bell, an override, an isolate, a mark, an end of line, and rich's own markup.
HOSTILE = "\x1b[31mX\x1b]0;titre\x07\x9b2J\u202e\u2067\u200f\u2028[bold][/x]"
# Signs of numbers and of abbreviation in Arabic and Syriac, which are seen.
HARMLESS = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2}
CODE_PAGES = ("cp1252", "cp850", "ascii", "utf-8")


def pvd(project, *arguments, **environment):
    line = [sys.executable, "-m", "pvd_analysis", *arguments, "--racine", str(project)]
    return subprocess.run(
        line, cwd=project, capture_output=True, env={**os.environ, **environment}, timeout=300, check=False
    )


def commands_in(text):
    return {letter for letter in text if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} - {"\n"}


@pytest.fixture
def hostile(project):
    """A project in whose files a cell and, where the system takes it, a name hold commands and markup."""
    shortened(project)
    rows = f"insee_com,lib_com,id_pvd,date_signature\n40001,{HOSTILE.replace(chr(0x2028), '')},pvd-1,{HOSTILE}\n"
    (project / DELIVERY / "liste.csv").write_text(rows, encoding="utf-8")
    folder = project / DELIVERY / "[red]["
    folder.mkdir()
    name = "x]\u202e.csv" if sys.platform == "win32" else "x]\x1b[2J\x9b\n\u202e.csv"
    (folder / name).write_text("a;b\n1;2\n", encoding="utf-8")
    return project


@pytest.mark.parametrize("code_page", CODE_PAGES)
@pytest.mark.parametrize(
    "arguments",
    [["preparer"], ["verifier"], ["rapports", "--trimestre", "2021-T3", "--departement", "40"], ["--help"]],
    ids=lambda words: words[0],
)
def test_a_command_says_all_in_any_code_page(hostile, arguments, code_page):
    if arguments == ["--help"]:
        arguments = ["rapports", "--help"]
    ended = pvd(hostile, *arguments, PYTHONIOENCODING=code_page, PYTHONUTF8="0", COLUMNS="120")
    said = ended.stdout.decode(code_page).replace("\r", "")
    assert ended.stderr.decode(code_page) == ""
    assert ended.returncode in (0, 1)
    assert not commands_in(said)
    if "--help" not in arguments:
        assert "Constats : " in said
        assert "[red][/x]" in said
    if arguments == ["preparer"]:
        assert {"cp1252": "« Lauréats » -> laureats", "utf-8": "« Lauréats » → laureats"}.get(code_page, "Laur") in said


def test_the_progress_of_a_command_is_no_markup_and_no_command(hostile):
    ended = pvd(hostile, "preparer", FORCE_COLOR="1", TTY_INTERACTIVE="1", PYTHONIOENCODING="cp1252")
    shown = (ended.stdout + ended.stderr).decode("cp1252")
    assert ended.returncode in (0, 1)
    assert "Lecture" in shown
    assert "[red][/x]" in shown
    assert not [mark for mark in ("\x1b]0;", "\x1b[2J", "\x9b", "\u202e") if mark in shown]


def test_what_commands_a_terminal_goes_and_words_stay():
    every = "".join(map(chr, [*range(0x10000), *range(0xE0000, 0xE0080)]))
    assert commands_in(printable(every)) <= set(map(chr, HARMLESS))
    words = "L'Haÿ-les-Roses — 12\N{NARROW NO-BREAK SPACE}345 € « œuvre » …"
    assert printable(words) == words


@pytest.mark.skipif(sys.platform == "win32", reason="a name is bytes on POSIX systems")
def test_a_name_in_bytes_of_another_encoding_is_said(project):
    (project / DELIVERY / os.fsdecode(b"\xe9t\xe9.csv")).write_text("a;b\n1;2\n", encoding="utf-8")
    for code_page in CODE_PAGES:
        ended = pvd(project, "preparer", PYTHONIOENCODING=code_page)
        assert ended.returncode == 0
        assert b"\\xe9t\\xe9.csv" in ended.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe is closed as POSIX systems do")
def test_a_reader_that_goes_away_changes_nothing_of_the_work(project):
    reading, writing = os.pipe()
    os.close(reading)
    line = [sys.executable, "-m", "pvd_analysis", "preparer", "--racine", str(project)]
    ended = subprocess.run(line, stdout=writing, stderr=subprocess.PIPE, timeout=300, check=False)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert (project / "data" / "processed" / "dernier").is_dir()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a file that is always full is Linux's")
@pytest.mark.parametrize("is_error_full", [False, True])
def test_a_full_disk_under_what_is_said_is_2_and_no_traceback(project, is_error_full):
    line = [sys.executable, "-m", "pvd_analysis", "preparer", "--racine", str(project)]
    with Path("/dev/full").open("wb") as full:
        error = full if is_error_full else subprocess.PIPE
        ended = subprocess.run(line, stdout=full, stderr=error, timeout=300, check=False)
    assert ended.returncode == 2
    assert is_error_full or ended.stderr.decode() == "Erreur : Lecture ou écriture impossible : disque plein.\n"


def test_one_module_writes_to_the_terminal(root):
    package = root / "pvd_analysis"
    writing = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Call):
                names.append(ast.unparse(node.func))
            if any(
                name.split(".")[0] == "rich" or name in {"print", "typer.echo", "sys.stdout.write"} for name in names
            ):
                writing.add(path.relative_to(package).as_posix())
    assert writing == {"cli/console.py"}


@pytest.mark.parametrize("columns", [80, 120])
def test_a_finding_is_three_aligned_lines_whose_words_are_whole(project, columns):
    shortened(project)
    line = "Commune;Lauréat\n" + "".join(f"Amoux {number};Amou\n" for number in range(3))
    (project / DELIVERY / "suivi.csv").write_text(line, encoding="utf-8")
    seen, piped = (
        pvd(project, "verifier", **environment).stdout.decode()
        for environment in ({"FORCE_COLOR": "1", "NO_COLOR": "1", "COLUMNS": str(columns)}, {"PYTHONUTF8": "1"})
    )
    findings = seen.split("Constats")[1].splitlines()[1:]
    assert findings
    assert all(len(line) <= columns for line in findings)
    assert all(
        line[:15].strip() in {"", "bloquant", "avertissement", "information"} or "×" in line[:15] for line in findings
    )
    assert " ".join(line[15:].strip() for line in findings) == " ".join(
        line[15:].strip() for line in piped.split("Constats")[1].splitlines()[1:]
    )
