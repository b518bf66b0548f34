"""Campaigns with real processes: what fails fails alone, leaves nothing behind, and is completed later."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import nbformat
import pytest

from pvd_analysis.reports.campaign import campaign, cluster, jobs_of, last_outcomes, local_processes, unfinished
from pvd_analysis.reports.one_report import make_one
from pvd_analysis.reports.quarterly import make_reports

QUARTER = "2021-T3"


@pytest.fixture
def country(project, shared_data):
    """A project with the laureates of the real national list."""
    folder = project / "data" / "raw" / "2021-09-01"
    folder.mkdir()
    source = shared_data / "anct" / "geojsonV2__pvd_geom.geojson"
    (folder / source.name).write_bytes(source.read_bytes())
    from pvd_analysis.dataset import prepared

    prepared(project)
    return project


def jobs(root, *codes, **options):
    return jobs_of(codes, QUARTER, None, root, **{"secondes": 120, **options})


def run(root, *codes, number=2, **options):
    with local_processes(number) as executor:
        return {told.departement: told for told in campaign(jobs(root, *codes, **options), executor)}


def pages(root, *codes):
    """The bytes of the pages and of the executed notebooks, by name."""
    places = [path for code in codes for path in (root / "outputs" / QUARTER / code).glob("*")]
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in places
        if path.suffix in {".html", ".ipynb"}
    }


def leftovers(root):
    return [
        path for path in (root / "outputs").rglob("*") if path.name.startswith(".en-cours") or path.suffix == ".tmp"
    ]


def processes_in(root):
    """The processes that stand in a project's folder: its kernels, and those that drive them."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if place.readlink() == root:
                found.append(int(place.parts[2]))
        except OSError:
            continue
    return found


def when(condition, seconds=60):
    """Wait for something that must come."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)
    return found


@contextmanager
def dask_cluster(folder):
    """A scheduler and two workers, real processes on the loopback."""
    said = folder / "ordonnanceur.json"
    with ExitStack() as running:

        def start(*arguments):
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments],
                cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            running.callback(process.wait)
            running.callback(process.kill)
            return process

        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(said))
        when(lambda: said.exists() and said.read_text().strip().endswith("}"))
        address = json.loads(said.read_text())["address"]
        options = ("--no-nanny", "--no-dashboard", "--nthreads", "1", "--host", "127.0.0.1")
        yield address, [start("worker", address, *options) for _ in range(2)]


def add_cell(root, code):
    """Begin the financial notebook with a cell, after its parameters."""
    path = root / "notebooks" / "rapport_financier.ipynb"
    notebook = nbformat.read(path, as_version=4)
    place = next(rank for rank, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", ()))
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(code))
    nbformat.write(notebook, path)


def test_one_that_fails_does_not_stop_the_others_and_only_it_is_taken_up_again(country):
    original = (country / "notebooks" / "rapport_financier.ipynb").read_bytes()
    add_cell(country, "assert departement != '33', 'panne inventée'")
    told = run(country, "40", "33", "france")
    assert [told[code].etat for code in ("40", "33", "france")] == ["fait", "pas fait", "fait"]
    assert "panne inventée" in told["33"].raison
    assert "cellule" in told["33"].raison
    quarter = country / "outputs" / QUARTER
    assert unfinished(["40", "33", "france"], quarter) == ["33"]
    (country / "notebooks" / "rapport_financier.ipynb").write_bytes(original)
    assert run(country, *unfinished(["40", "33", "france"], quarter))["33"].etat == "fait"
    assert unfinished(["40", "33", "france"], quarter) == []
    assert set(last_outcomes(quarter / "campagne.json")) == {"40", "33", "france"}
    assert not leftovers(country)


def test_a_report_whose_inputs_have_not_changed_is_made_again_only_when_forced(country):
    assert run(country, "40")["40"].etat == "fait"
    manifest = country / "outputs" / QUARTER / "40" / "manifeste.json"
    before = manifest.stat().st_mtime_ns
    assert run(country, "40")["40"].etat == "inchangé"
    assert manifest.stat().st_mtime_ns == before
    assert run(country, "40", forcer=True)["40"].etat == "fait"
    assert manifest.stat().st_mtime_ns != before


def test_results_also_go_to_an_address(country, tmp_path):
    told = run(country, "40", sortie=f"file://{tmp_path.as_posix()}/partage")
    assert told["40"].etat == "fait"
    here, there = country / "outputs" / QUARTER / "40", tmp_path / "partage" / QUARTER / "40"
    assert {path.name: path.read_bytes() for path in here.iterdir()} == {
        path.name: path.read_bytes() for path in there.iterdir()
    }


@pytest.mark.skipif(sys.platform != "linux", reason="the processes of a report are looked for in /proc")
def test_a_kernel_killed_and_a_notebook_that_never_ends_are_said_and_leave_nothing(country):
    add_cell(
        country,
        "import os, signal, time\n"
        "if departement == '33':\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        "if departement == '47':\n    time.sleep(1000)",
    )
    told = run(country, "33", "47", secondes=8)
    assert "noyau" in told["33"].raison
    assert "8 s" in told["47"].raison
    assert not leftovers(country)
    assert not pages(country, "33", "47")
    when(lambda: not processes_in(country))


@pytest.mark.skipif(sys.platform != "linux", reason="the processes of a report are looked for in /proc")
def test_the_process_of_a_report_killed_is_said_and_the_others_are_made(country):
    add_cell(country, "import time\nif departement == '33':\n    time.sleep(1000)")
    (job,) = jobs(country, "33")
    told = []
    thread = threading.Thread(target=lambda: told.append(make_one(job)))
    thread.start()
    for pid in when(lambda: len(processes_in(country)) >= 2 and processes_in(country)):
        command = Path(f"/proc/{pid}/environ")
        if command.exists():
            os.kill(pid, signal.SIGKILL)
    thread.join(60)
    assert told[0].etat == "pas fait"
    when(lambda: not processes_in(country))


def test_a_raw_file_that_disappears_is_named_and_the_work_is_completed_when_it_is_back(country):
    waiting = jobs(country, "40", "33")
    raw = country / "data" / "raw" / "2021-09-10" / "suivi_pvd_landes.xlsx"
    kept = raw.read_bytes()
    raw.unlink()
    with local_processes(2) as executor:
        told = campaign(waiting, executor)
    assert {outcome.etat for outcome in told} == {"pas fait"}
    assert all("suivi_pvd_landes.xlsx" in outcome.raison for outcome in told)
    raw.write_bytes(kept)
    again = run(country, *unfinished(["40", "33"], country / "outputs" / QUARTER))
    assert [again[code].etat for code in ("40", "33")] == ["fait", "fait"]


def test_a_campaign_on_dask_loses_a_worker_and_nothing_else_and_makes_the_same_bytes(country):
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    codes = ["40", "33", "47"]
    make_reports(QUARTER, "40", None, country)
    cold_or_alone = pages(country, "40")
    assert {told.etat for told in run(country, *codes, forcer=True).values()} == {"fait"}
    local = pages(country, *codes)
    assert cold_or_alone.items() <= local.items()
    for code in codes:
        for path in (country / "outputs" / QUARTER / code).glob("*"):
            path.unlink()
    with dask_cluster(country) as (address, workers), cluster(address) as executor:
        done = []

        def kill_one(outcome):
            if not done:
                workers[0].kill()
            done.append(outcome)

        told = campaign(jobs(country, *codes), executor, kill_one)
    assert [outcome.raison for outcome in told] == [""] * 3
    assert pages(country, *codes) == local
    assert not leftovers(country)
