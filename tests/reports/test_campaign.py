"""Campaigns with real processes: what fails fails alone, leaves nothing behind, and is completed later."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path

import nbformat
import pytest

from pvd_analysis.dataset import COUNTRY, prepared
from pvd_analysis.errors import ClusterUnreachable
from pvd_analysis.reports.campaign import (
    campaign,
    cluster,
    is_exposed,
    jobs_of,
    last_outcomes,
    local_processes,
    unfinished,
)
from pvd_analysis.reports.kernels import warm
from pvd_analysis.reports.one_report import make_one
from pvd_analysis.reports.quarterly import REPORTS, make_reports
from tests.conftest import ROOT, copy_project
from tests.processes import leftovers, processes_in, when

QUARTER = "2021-T3"


@pytest.fixture(scope="module")
def made_ready(tmp_path_factory):
    """A project with the laureates of the real national list, its tables prepared."""
    folder = tmp_path_factory.mktemp("pays")
    copy_project(folder)
    delivery = folder / "data" / "raw" / "2021-09-01"
    delivery.mkdir()
    source = ROOT / "data/raw/2024-07-26/geojsonV2__pvd_geom.geojson"
    (delivery / source.name).write_bytes(source.read_bytes())
    prepared(folder)
    return folder


@pytest.fixture
def country(made_ready, tmp_path):
    """A copy of it that a test may spoil."""
    return shutil.copytree(made_ready, tmp_path / "projet")


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


@contextmanager
def dask_cluster(folder, number=2, *secured):
    """A scheduler and workers, real processes on the loopback."""
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

        start(
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            str(said),
            *(("--protocol", "tls") if secured else ()),
            *secured,
        )
        when(lambda: said.exists() and said.read_text().strip().endswith("}"))
        address = json.loads(said.read_text())["address"]
        options = ("--no-nanny", "--no-dashboard", "--nthreads", "1", "--host", "127.0.0.1", *secured)
        yield address, [start("worker", address, *options) for _ in range(number)]


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
    told = run(country, "47", "33", COUNTRY)
    assert [told[code].etat for code in ("47", "33", COUNTRY)] == ["fait", "pas fait", "fait"]
    assert "cellule 3 : erreur AssertionError" in told["33"].raison
    assert "panne inventée" not in told["33"].raison
    quarter = country / "outputs" / QUARTER
    assert unfinished(["47", "33", COUNTRY], quarter) == ["33"]
    (country / "notebooks" / "rapport_financier.ipynb").write_bytes(original)
    assert run(country, *unfinished(["47", "33", COUNTRY], quarter))["33"].etat == "fait"
    assert unfinished(["47", "33", COUNTRY], quarter) == []
    assert set(last_outcomes(quarter / "campagne.json")) == {"47", "33", COUNTRY}
    assert not leftovers(country)


def test_a_report_whose_inputs_have_not_changed_is_made_again_only_when_forced(country):
    assert run(country, COUNTRY)[COUNTRY].etat == "fait"
    folder = country / "outputs" / QUARTER / COUNTRY
    manifest = folder / "manifeste.json"
    before = manifest.stat().st_mtime_ns
    assert run(country, COUNTRY)[COUNTRY].etat == "inchangé"
    assert not leftovers(country)
    assert manifest.stat().st_mtime_ns == before
    assert run(country, COUNTRY, forcer=True)[COUNTRY].etat == "fait"
    assert manifest.stat().st_mtime_ns != before


def test_results_also_go_to_an_address(country, tmp_path):
    told = run(country, COUNTRY, sortie=f"file://{tmp_path.as_posix()}/partage")
    assert told[COUNTRY].etat == "fait"
    here, there = country / "outputs" / QUARTER / COUNTRY, tmp_path / "partage" / QUARTER / COUNTRY
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
    waiting = jobs(country, "33", COUNTRY)
    raw = country / "data" / "raw" / "2021-09-10" / "suivi_pvd_landes.xlsx"
    kept = raw.read_bytes()
    raw.unlink()
    with local_processes(2) as executor:
        told = campaign(waiting, executor)
    assert {outcome.etat for outcome in told} == {"pas fait"}
    assert all("suivi_pvd_landes.xlsx" in outcome.raison for outcome in told)
    raw.write_bytes(kept)
    again = run(country, *unfinished(["33", COUNTRY], country / "outputs" / QUARTER))
    assert [(again[code].etat, again[code].raison) for code in ("33", COUNTRY)] == [("fait", ""), ("fait", "")]


def test_what_cannot_be_copied_to_its_address_is_said_and_copied_later(country, tmp_path):
    (tmp_path / "partage").write_text("un fichier, et non un dossier", encoding="utf-8")
    told = run(country, COUNTRY, sortie=str(tmp_path / "partage"))
    assert told[COUNTRY].etat == "pas fait"
    assert f"pas copiés à « {tmp_path / 'partage'} »" in told[COUNTRY].raison
    (tmp_path / "partage").unlink()
    again = run(country, *unfinished([COUNTRY], country / "outputs" / QUARTER), sortie=str(tmp_path / "partage"))
    assert again[COUNTRY].etat == "inchangé"
    assert (tmp_path / "partage" / QUARTER / COUNTRY / "synthese_nationale.html").stat().st_size > 10_000


@pytest.mark.skipif(sys.platform != "linux", reason="the largest size of a file is set for the processes of a campaign")
def test_a_file_that_finds_no_room_is_said_and_the_work_is_completed_when_there_is_some(country):
    import resource

    source = warm.source_number()
    before = resource.prlimit(source, resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
    try:
        told = run(country, COUNTRY)
    finally:
        resource.prlimit(source, resource.RLIMIT_FSIZE, before)
    assert told[COUNTRY].etat == "pas fait"
    assert told[COUNTRY].raison.startswith("Lecture ou écriture impossible : fichier trop grand")
    assert not leftovers(country)
    assert not pages(country, COUNTRY)
    assert run(country, *unfinished([COUNTRY], country / "outputs" / QUARTER))[COUNTRY].etat == "fait"


def test_a_campaign_on_dask_loses_a_worker_and_nothing_else_and_makes_the_same_bytes(country, monkeypatch):
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    codes = ["40", "33", "47"]
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(warm, "CAN_FORK", False)  # as on Windows: every kernel starts cold
        make_reports(QUARTER, "40", None, country)
    cold = pages(country, "40")
    assert len(cold) == 2 * len(REPORTS)  # each page, and its notebook
    assert {told.etat for told in run(country, *codes, forcer=True).values()} == {"fait"}
    local = pages(country, *codes)
    assert cold.items() <= local.items()
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


def certificate(folder):
    """A certificate that signs itself, made for the test: the authority, the certificate and the key."""
    line = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=essai",
        "-keyout",
        "essai.key",
    ]
    subprocess.run([*line, "-out", "essai.pem"], cwd=folder, check=True, capture_output=True)
    return str(folder / "essai.pem"), str(folder / "essai.key")


def test_a_cluster_with_certificates_takes_a_job_and_without_them_the_missing_ones_are_named(tmp_path):
    dask = pytest.importorskip("dask")
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: sh tests/install_tools.sh")
    own, key = certificate(tmp_path)
    secured = ("--tls-ca-file", own, "--tls-cert", own, "--tls-key", key)
    with dask_cluster(tmp_path, 1, *secured) as (address, _):
        assert address.startswith("tls://")
        with pytest.raises(ClusterUnreachable, match="DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY"), cluster(address):
            pass
        names = {"ca-file": own, "client.cert": own, "client.key": key}
        known = {f"distributed.comm.tls.{name}": value for name, value in names.items()}
        with dask.config.set(known), cluster(address) as executor:
            assert executor.submit(sum, [1, 2]).result(timeout=60) == 3


@pytest.mark.parametrize(
    ("address", "exposed"),
    [
        ("tcp://127.0.0.1:8786", False),
        ("tcp://localhost:8786", False),
        ("tcp://[::1]:8786", False),
        ("tcp://127.0.0.1.exemple.fr:8786", True),
        ("tcp://10.0.0.5:8786", True),
        ("tls://10.0.0.5:8786", False),
    ],
)
def test_a_cluster_in_clear_on_another_machine_is_told_from_the_others(address, exposed):
    assert is_exposed(address) is exposed
