"""Files from others are read in a process of their own, with a bound on memory and time: its end is a finding in that file."""

import faulthandler
import os
import shutil

import pytest

from pvd_analysis.communes import load_referentiel, match_communes
from pvd_analysis.dataset import prepared
from pvd_analysis.sources.apart import Apart
from pvd_analysis.sources.cells import Place, cell_reader
from pvd_analysis.sources.safety import Unreadable
from tests.territories.classeurs import deliver_classeur, laureats, new_project, projet


def ended(path):
    faulthandler.disable()  # pytest's own
    os.abort()


def endless(path):
    while True:
        pass


def greedy(path):
    held = []
    while True:
        held.append(bytearray(os.urandom(1_000) * 20_000))


@pytest.mark.parametrize(
    ("reader", "why"), [(ended, "s'est arrêté"), (endless, "une lecture de plus de 10"), (greedy, "de mémoire")]
)
def test_a_reader_that_ends_or_takes_too_much_is_refused_and_the_next_file_is_read(tmp_path, reader, why):
    path = tmp_path / "suivi.csv"
    path.write_text("a;b", encoding="utf-8")
    with Apart() as apart:
        with pytest.raises(Unreadable) as refused:
            apart.call(path, reader, path)
        assert refused.value.rule == "lecture_interrompue"
        assert why in refused.value.found
        assert apart.call(path, len, "abc") == 3


def test_a_file_that_kills_its_reader_is_a_finding_and_the_others_are_read(shared_data, tmp_path):
    project = new_project(tmp_path)
    deliver_classeur(
        project,
        "2021-10-05",
        "suivi.xlsx",
        "32",
        laureats=laureats("Mirande"),
        projets=[projet("1", "Mirande", "Halle")],
    )
    for name in ("damaged.xls", "ods_single_quotes_30M.ods"):
        shutil.copy(shared_data / "attack" / name, project / "data" / "raw" / "2021-10-05")
    preparation = prepared(project)
    assert preparation.tables["projets"]["id_projet"].to_list() == ["32-1"]
    blocking = preparation.constats.query("severite == 'bloquant'")
    assert set(blocking["fichier"]) == {"2021-10-05/damaged.xls", "2021-10-05/ods_single_quotes_30M.ods"}


def test_a_cell_of_towns_has_a_bound_and_a_name_of_no_departement_no_proposal(root):
    """F4: 8,000 parts took 140 s, and a thousand unknown towns 43 s."""
    referentiel = load_referentiel(root / "data" / "raw" / "referentiel")
    read = cell_reader("communes", Place(referentiel, "40"))
    assert read("Mugron / " * 60 + "Dax").value == "40201;40088"
    refused = read("Mugron / " * 4_000)
    assert refused.value is None
    assert refused.problem.startswith("un texte de 3")
    ((_, unknown),) = match_communes("Mugrone", None, referentiel)
    assert unknown.proposals == ()
    ((_, unknown),) = match_communes("Mugrone", "40", referentiel)
    assert unknown.proposals == (("40201", "Mugron"),)
