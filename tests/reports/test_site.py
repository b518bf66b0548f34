"""``outputs/index.html``: every report on disk, its state, and links that lead to files."""

import json
import shutil
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from pvd_analysis.errors import InvalidParameter, NoData
from pvd_analysis.reports.fault import failure_noted
from pvd_analysis.reports.site import ACCESSIBILITY, write_site

MANIFEST = {
    "parametres": {"trimestre": "2021-T3", "departement": "40", "connu_au": None},
    "constats": {"information": 1234, "bloquant": 2},
    "execution": {"debut": "2021-10-02T06:00:00+00:00"},
}


@pytest.fixture
def project(root, tmp_path):
    """A project with its lists of communes and no report."""
    shutil.copytree(root / "data/raw/referentiel", tmp_path / "data/raw/referentiel")
    return tmp_path


def made(project, quarter, code, manifest=MANIFEST):
    folder = project / "outputs" / quarter / code
    folder.mkdir(parents=True)
    for name in ("rapport_financier.html", "rapport_ingenierie.html", "comite_financeurs.xlsx"):
        (folder / name).touch()
    (folder / "manifeste.json").write_text(manifest if isinstance(manifest, str) else json.dumps(manifest))
    return folder


def page_of(project):
    return BeautifulSoup(write_site(project).read_text(encoding="utf-8"), "html.parser")


def rows(page):
    return [
        [" ".join(cell.get_text(" ").split()).replace(" : ", ":") for cell in row.find_all(["th", "td"])]
        for row in page.select("tbody tr")
    ]


def test_reports_stand_by_quarter_the_newest_first_then_by_region(project):
    for quarter, code in (("2021-T2", "40"), ("2021-T3", "40"), ("2021-T3", "22"), ("2021-T3", "2A")):
        made(project, quarter, code)
    page = page_of(project)
    assert [heading.text for heading in page.select("h2")] == ["T3 2021", "T2 2021"]
    assert [row[0] for row in rows(page)] == [
        *("Bretagne", "Côtes-d'Armor (22)", "Corse", "Corse-du-Sud (2A)", "Nouvelle-Aquitaine", "Landes (40)"),
        *("Nouvelle-Aquitaine", "Landes (40)"),
    ]


def test_a_report_has_its_day_its_findings_and_links_that_lead_to_files(project):
    folder = made(project, "2021-T3", "40")
    (folder / "fiches").mkdir()
    (folder / "fiches" / "index.html").touch()
    page = page_of(project)
    assert rows(page)[1][2:] == ["Faits le 2 octobre 2021.", "2", "0", "1 234"]
    links = [unquote(link["href"]) for link in page.select("main td a")]
    assert len(links) == 4
    assert all((project / "outputs" / link).is_file() for link in links)


def test_a_failure_stands_beside_what_was_made_before_until_the_report_is_made(project):
    folder = made(project, "2021-T3", "40")
    with pytest.raises(NoData), failure_noted(folder, "rapports"):
        raise NoData("<b>Il n'y a rien</b>.")
    state = rows(page_of(project))[1][2]
    assert state.startswith("Faits le 2 octobre 2021. Rapports:échec du ")
    assert state.endswith("<b>Il n'y a rien</b>.")
    with failure_noted(folder, "rapports"):
        pass
    assert rows(page_of(project))[1][2] == "Faits le 2 octobre 2021."


def test_a_departement_that_has_only_failed_is_there_and_a_parameter_at_fault_is_no_failure(project):
    quarter = project / "outputs" / "2021-T3"
    with pytest.raises(ZeroDivisionError), failure_noted(quarter / "33", "rapports"):
        _ = 1 / 0
    with pytest.raises(InvalidParameter), failure_noted(quarter / "34", "rapports"):
        raise InvalidParameter("Trimestre inconnu.")
    page = page_of(project)
    assert [row[0] for row in rows(page)] == ["Nouvelle-Aquitaine", "Gironde (33)"]
    assert "Erreur inattendue du programme, référence" in rows(page)[1][2]
    assert "division" not in page.text
    link = page.select_one("main .pvd-alertes a")
    assert link.text.startswith("Gironde (33)")
    assert "Gironde (33)" in page.select_one(link["href"]).text


@pytest.mark.parametrize("spoilt", ["", "[]", '{"constats": 3}', '{"execution": {"debut": 12}}'])
def test_a_spoilt_manifest_hides_no_report(project, spoilt):
    made(project, "2021-T3", "40", spoilt)
    assert len(page_of(project).select("main td a")) == 3


def test_the_same_files_give_the_same_bytes_and_no_report_is_said_so(project):
    assert "Aucun rapport n’est encore fait." in page_of(project).text
    made(project, "2021-T3", "40")
    assert write_site(project).read_bytes() == write_site(project).read_bytes()


def test_four_hundred_reports_stay_one_light_page(project):
    for quarter in ("2021-T1", "2021-T2", "2021-T3", "2021-T4"):
        for code in range(100):
            made(project, quarter, f"{code:02}" if code else "2B")
    page = page_of(project)
    assert len(page.select("tbody tr td:first-of-type")) == 400
    assert (project / "outputs" / "index.html").stat().st_size < 600_000
    identifiers = [tag["id"] for tag in page.select("[id]")]
    assert len(identifiers) == len(set(identifiers))


def test_the_page_ends_with_the_declaration_of_accessibility_of_the_project_as_text(project):
    made(project, "2021-T3", "40")
    assert page_of(project).find(id="accessibilite") is None
    (project / "notebooks").mkdir()
    (project / "notebooks" / "accessibilite.txt").write_text(
        "Audit du\n1er mars : <b>75 %</b>.\n\n\nÉcrire ici.\n", encoding="utf-8"
    )
    page = page_of(project)
    heading = page.find(id="accessibilite")
    assert [paragraph.get_text() for paragraph in heading.find_next_siblings("p")] == [
        "Audit du 1er mars : <b>75 %</b>.",
        "Écrire ici.",
    ]
    assert page.nav("a")[-1]["href"] == "#accessibilite"


def test_the_declaration_that_is_shipped_says_that_nobody_has_audited_the_pages(root):
    assert "n’ont pas fait l’objet d’un audit" in (root / ACCESSIBILITY).read_text(encoding="utf-8")
