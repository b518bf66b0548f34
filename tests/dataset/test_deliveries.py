"""The folder of deliveries: what stands in it and is not read is said; nothing else is lost for it."""

import datetime as dt

import pytest

import pvd_analysis as pvd
from pvd_analysis.dataset import prepared
from tests.territories.classeurs import DGCL_HEADER, deliver_classeur, deliver_text, laureats, new_project, total


@pytest.fixture
def gers(tmp_path):
    project = new_project(tmp_path)
    deliver_classeur(project, "2021-10-05", "suivi.xlsx", "32", laureats=laureats("Mirande"),
                     totaux_annonces=[total("DETR", 300, dt.date(2021, 9, 1))])  # fmt: skip
    return project


def said(project):
    """Return the findings about folders and files, and check that the classeur is read all the same."""
    found = prepared(project).constats
    assert pvd.analysis.announced_total_cents(pvd.load("2021-T4", "32", racine=project)) == 30_000
    found = found[~found["regle"].str.contains("facultative")]
    return set(zip(found["severite"], found["regle"], found["fichier"], strict=True))


def test_a_file_put_beside_the_deliveries_is_said(gers):
    """C5."""
    (gers / "data" / "raw" / "suivi.csv").write_text("a;b\n", encoding="utf-8")
    assert said(gers) == {("bloquant", "fichier_hors_livraison", "suivi.csv")}


def test_an_empty_delivery_is_said(gers):
    """C5."""
    (gers / "data" / "raw" / "2021-11-02").mkdir()
    assert said(gers) == {("avertissement", "livraison_vide", "2021-11-02")}


def test_a_folder_whose_name_is_no_date_is_blocking_when_it_holds_files(gers):
    (gers / "data" / "raw" / "modèles").mkdir()
    assert said(gers) == set()
    (gers / "data" / "raw" / "modèles" / "suivi.csv").write_text("a;b\n", encoding="utf-8")
    assert said(gers) == {("bloquant", "livraison_inconnue", "modèles")}


def test_a_delivery_dated_ahead_by_a_slip_does_not_win_for_ever(gers):
    """C1: a folder dated 2032."""
    ahead = dt.date.today() + dt.timedelta(days=2)
    deliver_classeur(gers, ahead.isoformat(), "suivi.xlsx", "32", laureats=laureats("Mirande"))
    assert said(gers) == {("bloquant", "livraison_a_venir", ahead.isoformat())}
    deliver_classeur(gers, dt.date.today().isoformat(), "autre.xlsx", "33", laureats=laureats("Coutras"))
    assert pvd.load("2021-T4", "33", racine=gers).laureats["laureat"].to_list() == ["Coutras"]


def test_a_list_with_a_header_and_no_row_is_said(gers):
    """C5."""
    deliver_text(gers, "2021-10-05", "dgcl_2020.csv", DGCL_HEADER)
    assert said(gers) == {("avertissement", "liste_vide", "2021-10-05/dgcl_2020.csv")}


def test_a_file_that_cannot_be_opened_is_said_and_the_others_are_read(gers):
    """C5, F2: a link to nothing is what a folder shared from elsewhere leaves; it stopped every command."""
    (gers / "data" / "raw" / "2021-10-05" / "dgcl_2020.csv").symlink_to(gers / "ailleurs.csv")
    assert said(gers) == {("bloquant", "fichier_illisible", "2021-10-05/dgcl_2020.csv")}
