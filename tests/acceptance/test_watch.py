"""`pvd surveiller`: reports when a delivery has arrived whole, and not before; stopped, it ends well."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from tests.acceptance.test_scheduled_runs import CLASSEUR, shortened
from tests.processes import leftovers, when

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a signal stops it there in another way")


@pytest.fixture
def watched(project):
    """A project with short reports, watched by the real command; its name is French and has spaces."""
    root = shutil.copytree(shortened(project), project.parent / "suivi des lauréats")
    words = ["surveiller", "--attente", "1.5", "--departement", "40", "--racine", str(root)]
    process = subprocess.Popen(
        [sys.executable, "-m", "pvd_analysis", *words], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    yield root, process
    process.kill()
    process.wait()


def deliveries(root):
    """The deliveries that the reports which stand were made from."""
    for path in (root / "outputs").glob("*/40/manifeste.json"):
        said = json.loads(path.read_text(encoding="utf-8"))
        return {each["livraison"] for each in said["entrees"]}
    return set()


def test_reports_are_made_once_a_delivery_is_whole_and_a_stop_ends_well(watched):
    root, process = watched
    when(lambda: "2021-09-10" in deliveries(root))
    arriving = root / "data" / "raw" / "2021-10-05" / "suivi.xlsx.part"
    arriving.parent.mkdir()
    shutil.copy(root / CLASSEUR, arriving)
    made = next((root / "outputs").glob("*/40/manifeste.json")).stat().st_mtime_ns
    (arriving.parent / "notes.txt").write_text("reçu ce jour", encoding="utf-8")
    with pytest.raises(AssertionError, match="it never came"):
        when(lambda: deliveries(root) - {"2021-09-10", "2024-04-02"}, seconds=6)
    assert next((root / "outputs").glob("*/40/manifeste.json")).stat().st_mtime_ns == made
    arriving.rename(arriving.with_suffix(""))
    when(lambda: "2021-10-05" in deliveries(root))
    when(lambda: not (root / "outputs" / ".verrou.json").exists())
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=60)[0].decode()
    assert process.returncode == 0, said
    assert said.rstrip().endswith("Surveillance arrêtée.")
    assert "Traceback" not in said
    assert not leftovers(root)


@pytest.mark.parametrize("words", [["--attente", "0"], ["--departement", "99"], ["--notifier", "introuvable-ici"]])
def test_a_watch_that_could_never_work_is_refused_at_once(project, words):
    line = [sys.executable, "-m", "pvd_analysis", "surveiller", *words, "--racine", str(project)]
    ended = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("Erreur : ")
