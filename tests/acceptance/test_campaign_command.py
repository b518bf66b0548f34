"""``pvd campagne`` and ``pvd rapports --departement tous`` through the real command line."""

import hashlib
import json
import signal
import subprocess
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup

from pvd_analysis.cli import main
from pvd_analysis.cli.said import say_slides_left
from pvd_analysis.dataset import load, load_country
from pvd_analysis.reports.manifest import report_fingerprint, stands
from pvd_analysis.reports.quarterly import REPORTS
from pvd_analysis.slides.deck import presentation
from pvd_analysis.tables import compared_aids_table, compared_conventions_table
from tests.processes import leftovers, processes_in, when

QUARTER = "2021-T3"
COMMAND = [sys.executable, "-m", "pvd_analysis"]
WAITS = "import pathlib, time\nwhile not pathlib.Path({gate!r}).exists():\n    time.sleep(0.05)"


@pytest.fixture
def short_project(project):
    """The reports of a département have three cells; the national comparison is whole."""
    for name in REPORTS:
        path = project / "notebooks" / f"{name}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = notebook.cells[:3]
        nbformat.write(notebook, path)
    return project


def pvd(project, *arguments):
    return subprocess.run(
        [*COMMAND, *arguments, "--trimestre", QUARTER],
        cwd=project, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def states(project):
    said = json.loads((project / "outputs" / QUARTER / "campagne.json").read_text(encoding="utf-8"))
    return {told["departement"]: told["etat"] for told in said}


def wait_for(project, gate):
    """Have the national comparison wait for a file, and return its notebook as it was."""
    path = project / "notebooks" / "synthese_nationale.ipynb"
    before = path.read_bytes()
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(WAITS.format(gate=gate.as_posix())))
    nbformat.write(notebook, path)
    return before


@pytest.mark.skipif(sys.platform != "linux", reason="signals, and processes that are looked for in /proc")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_campaign_that_is_interrupted_ends_whole_and_is_taken_up_again(name, short_project):
    gate = short_project / "porte"
    wait_for(short_project, gate)
    campaign = subprocess.Popen(
        [*COMMAND, "campagne", "--trimestre", QUARTER],
        cwd=short_project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
    )  # fmt: skip
    record = short_project / "outputs" / QUARTER / "campagne.json"
    when(lambda: record.exists() and states(short_project) == {"40": "fait", "france": "à faire"})
    when(lambda: len(processes_in(short_project)) > 1)
    campaign.send_signal(getattr(signal, name))
    said, _ = campaign.communicate(timeout=60)
    assert campaign.returncode == 2
    assert "Interrompu" in said
    assert not processes_in(short_project)
    assert not leftovers(short_project)
    assert not (short_project / "outputs" / ".verrou.json").exists()

    gate.touch()
    again = pvd(short_project, "campagne", "--reprendre")
    assert again.returncode in {0, 1}, again.stderr
    assert "faits : 1 ; inchangés : 0 ; pas faits : 0" in again.stdout
    assert states(short_project) == {"40": "fait", "france": "fait"}


def test_what_failed_is_said_in_one_table_and_the_status_says_so(short_project):
    path = short_project / "notebooks" / "rapport_financier.ipynb"
    notebook = nbformat.read(path, as_version=4)
    before = path.read_bytes()
    notebook.cells.append(nbformat.v4.new_code_cell("raise ValueError('panne inventée')"))
    nbformat.write(notebook, path)
    done = pvd(short_project, "campagne", "40")
    assert done.returncode == 2
    assert "faits : 1 ; inchangés : 0 ; pas faits : 1" in done.stdout
    assert "erreur ValueError" in " ".join(done.stdout.replace("│", " ").split())
    assert "relancez avec --reprendre" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    page = (short_project / "outputs" / "index.html").read_text(encoding="utf-8")
    assert "erreur ValueError" in page
    # what it says may quote the data
    assert "panne inventée" not in page + done.stdout
    path.write_bytes(before)
    assert "faits : 1 ; inchangés : 0 ; pas faits : 0" in pvd(short_project, "campagne", "40", "--reprendre").stdout
    assert "Rien à reprendre" in pvd(short_project, "campagne", "40", "--reprendre").stdout


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--dask", "127.0.0.1:8786"), "n'est pas l'adresse d'un ordonnanceur Dask"),
        (("--dask", "tcp://127.0.0.1:1"), "Aucun ordonnanceur Dask ne répond"),
        (("--sortie", "nulle-part://ici"), "Adresse « nulle-part://ici » inconnue"),
        (("--region", "74"), "Région « 74 » inconnue"),
        (("zz",), "Département « zz » inconnu"),
        (("33",), "Aucune donnée de lauréat pour 33"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence_before_anything_is_made(option, said, short_project, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["campagne", *option, "--trimestre", QUARTER, "--racine", str(short_project)])
    assert ended.value.code == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert not list((short_project / "outputs").rglob("*.html"))


def test_all_departements_are_made_with_the_comparison_of_all(short_project):
    done = pvd(short_project, "rapports", "--departement", "tous")
    assert done.returncode in {0, 1}, done.stderr
    quarter = short_project / "outputs" / QUARTER
    assert (quarter / "40" / "comite_financeurs.xlsx").exists()
    page = BeautifulSoup((quarter / "france" / "synthese_nationale.html").read_text(encoding="utf-8"), "html.parser")
    country = load_country(QUARTER, racine=short_project)
    for table in (compared_aids_table(country), compared_conventions_table(country)):
        shown = [
            [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
            for row in page.select(f"#tableau-{table.key} tbody tr")
        ]
        assert shown == [[" ".join(cell.text.split()) for cell in row.cells] for row in table.rows()]
        assert len(shown) == 2


def test_the_slides_made_with_the_reports_stand_in_the_manifest_and_on_the_site_and_go_with_them(short_project, capsys):
    folder = short_project / "outputs" / QUARTER / "40"
    slides = folder / "presentation.pptx"
    assert pvd(short_project, "rapports", "--departement", "40", "--presentation").returncode in {0, 1}
    made = slides.read_bytes()
    listed = json.loads((folder / "manifeste.json").read_text(encoding="utf-8"))["sorties"]
    assert listed["presentation.pptx"] == hashlib.sha256(made).hexdigest()
    page = (short_project / "outputs" / "index.html").read_text(encoding="utf-8")
    assert f'href="{QUARTER}/40/presentation.pptx"' in page
    fingerprint = report_fingerprint(QUARTER, "40", None, short_project, presentation=True)
    assert stands(folder, fingerprint)
    assert not stands(folder, report_fingerprint(QUARTER, "40", None, short_project))
    alone = presentation(load(QUARTER, "40", racine=short_project), short_project / "seule.pptx")
    assert alone.read_bytes() == made

    assert pvd(short_project, "rapports", "--departement", "40").returncode in {0, 1}
    assert not slides.exists()
    slides.write_bytes(made)
    say_slides_left([{"departement": "40", "etat": "fait"}], folder.parent)
    assert "n’a pas été refaite avec les rapports (40)" in " ".join(capsys.readouterr().out.split())
