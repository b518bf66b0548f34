"""Processes forked from a warm one end as those that start cold do, wherever they are started from."""

import subprocess
import sys

import pytest

from pvd_analysis.reports.kernels import warm


@pytest.mark.parametrize(
    ("program", "status", "printed"),
    [
        ("print('fait')", 0, "fait"),
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit('non')", 1, ""),
        ("raise ValueError('panne inventée')", 1, ""),
        ("import atexit; atexit.register(print, 'au revoir')", 0, "au revoir"),
    ],
)
def test_a_warm_process_says_its_status_and_all_that_it_prints(program, status, printed, tmp_path):
    (tmp_path / "programme.py").write_text(program, encoding="utf-8")
    with (tmp_path / "dit.txt").open("wb") as said:
        process = warm.start("programme", stdout=said, stderr=subprocess.DEVNULL, cwd=tmp_path)
        assert process.wait(60) == status
    assert (tmp_path / "dit.txt").read_text(encoding="utf-8").strip() == printed


def test_a_file_of_the_current_folder_does_not_stand_for_a_library(tmp_path):
    (tmp_path / "attr.py").write_text("raise ImportError('ce fichier est celui de quelqu’un')", encoding="utf-8")
    start = "from pvd_analysis.reports.kernels import warm; raise SystemExit(warm.start('pvd_analysis', ['--help']).wait(60))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", start], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout
