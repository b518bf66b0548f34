"""The pages of the laureates, through the real command line."""

import json
import subprocess
import sys

import pandas as pd
import pytest

from pvd_analysis import load
from pvd_analysis.reports.fiches import fiche_names


def fiches(project, *arguments):
    command = [sys.executable, "-m", "pvd_analysis", "fiches", "--trimestre", "2021-T3", "--racine", str(project)]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, encoding="utf-8", check=False)


def test_each_laureate_has_a_file_of_its_own_that_any_system_can_name(landes_root):
    names = fiche_names(load("2021-T3", "40", racine=landes_root))
    assert names["40194"] == "40194_montfort-en-chalosse-mugron"
    assert names["40001"] == "40001_aire-sur-l-adour"
    assert len(names) == 12
    assert names.is_unique
    assert names.str.fullmatch(r"[0-9A-B]{5}_[a-z0-9-]+").all()


def test_any_town_of_a_laureate_gives_its_page_and_two_runs_the_same_bytes(project):
    folder = project / "outputs" / "2021-T3" / "40" / "fiches"
    made = []
    for town in ("40201", "40194"):
        ended = fiches(project, "--laureat", town)
        assert ended.returncode == 0, ended.stderr
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert set(made[0]) == {"40194_montfort-en-chalosse-mugron.html", "index.html"}
    assert made[0] == made[1]
    assert str(project).encode() not in made[0]["40194_montfort-en-chalosse-mugron.html"]
    assert '"2021-T3/40/fiches/index.html"' in (project / "outputs" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--laureat", "99999"], "Lauréat « 99999 » inconnu"),
        (["--laureat", "40192"], "Les 12 lauréats : 40001 (Aire-sur-l'Adour)"),
        (["--laureat", "33063"], "Aucune donnée pour 33"),
        (["--departement", "ZZ"], "Département « ZZ » inconnu"),
    ],
)
def test_a_wrong_laureate_or_departement_is_one_sentence_and_leaves_nothing(project, arguments, said):
    ended = fiches(project, *arguments)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list((project / "outputs").glob("2021-T3/*"))


def test_the_pages_of_a_departement_come_with_a_manifest_and_replace_those_of_former_laureates(project):
    folder = project / "outputs" / "2021-T3" / "40" / "fiches"
    folder.mkdir(parents=True)
    (folder / "40999_ancien-laureat.html").touch()
    notebook = project / "notebooks" / "fiche_laureat.ipynb"
    short = json.loads(notebook.read_text(encoding="utf-8"))
    short["cells"] = short["cells"][:3]
    # each kernel starts in the project, wherever the command is run from
    short["cells"][-1]["source"].append("\nassert __import__('pathlib').Path('noter.py').exists()")
    (project / "noter.py").touch()
    notebook.write_text(json.dumps(short), encoding="utf-8")
    ended = fiches(project, "--departement", "40")
    assert ended.returncode == 0, ended.stderr
    pages = {path.name for path in folder.iterdir()} - {"index.html", "manifeste.json"}
    assert pages == {f"{name}.html" for name in fiche_names(load("2021-T3", "40", racine=project))}
    manifest = json.loads((folder / "manifeste.json").read_text(encoding="utf-8"))
    assert set(manifest["sorties"]) == {*pages, "index.html"}
    lines = pd.read_json(project / "outputs" / "journal.jsonl", lines=True)
    assert lines.loc[lines["etape"].eq("Fiches"), "comptes"].iloc[0] == {"fiches": 12}
