"""The pages of the laureates and the list of the reports in a real browser: read by everyone, printed on two sheets."""

import re
import shutil

import pytest

from pvd_analysis.errors import ReportFailed
from pvd_analysis.reports.fiches import make_fiches
from pvd_analysis.reports.site import write_site
from tests.browser.conftest import HOSTILE, upright_sheets
from tests.browser.test_report_of_the_landes import faults
from tests.conftest import ROOT

PAGES = ("40002_amou", "40194_montfort-en-chalosse-mugron", "40224_peyrehorade", "fiches", "site")


@pytest.fixture(scope="session")
def pages(landes_reports):
    """Return the pages of three laureates in 2023 (Amou has a project with a hostile title), and both lists."""
    folder = landes_reports["2023-T1 rapport_financier.html"].parents[3]
    made = {}
    for code in ("40002", "40194", "40224"):
        _, files = make_fiches("2023-T1", "40", None, folder, code)
        made |= {path.stem: path for path in files.values()}
    failed = folder / "outputs" / "echecs" / "2023-T1_33_rapports.json"
    failed.parent.mkdir()
    failed.write_text(f'{{"quoi": "rapports", "le": "2023-04-01T06:00:00+00:00", "raison": "{HOSTILE}"}}')
    made["fiches"] = made.pop("index")
    return {**made, "site": write_site(folder)}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nothing_of_the_network_runs_nothing_and_never_scrolls_sideways(visit, pages, name):
    for width in (320, 1280):
        page, requests, messages = visit(pages[name], width)
        assert requests == [pages[name].as_uri()]
        assert messages == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in message for message in messages)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_fault_with_any_of_its_rules(visit, pages, name, width):
    page, _, _ = visit(pages[name], width, bypass_csp=True)
    assert faults(page) == []


def test_contrast_is_enough_where_the_shade_of_a_scrolling_table_keeps_axe_from_saying(visit, pages):
    for name in PAGES:
        page, _, _ = visit(pages[name], 2600, bypass_csp=True)
        page.add_style_tag(content=".pvd-defile { background: none !important }")
        assert faults(page, without_shade=True) == [], name


@pytest.mark.parametrize("name", PAGES[:3])
def test_a_fiche_is_printed_on_one_or_two_upright_sheets_with_nothing_cut(visit, pages, tmp_path, name):
    page, _, _ = visit(pages[name], 1280)
    assert upright_sheets(page, tmp_path) <= 2
    page.emulate_media(media="print")
    # the width of the text on A4: 210 mm less the margins
    page.set_viewport_size({"width": 680, "height": 900})
    assert page.evaluate("[...document.querySelectorAll('table')].every(table => table.scrollWidth <= 680)")


def test_a_fiche_says_what_its_laureate_signed_gets_and_must_do_next(visit, pages):
    def said(name):
        page, _, _ = visit(pages[name], 1280)
        return page, re.sub(r"\s+", " ", page.inner_text("main"))

    page, text = said("40224_peyrehorade")
    assert page.locator("h1").inner_text() == "Peyrehorade"
    assert "dépassée depuis 131 jours" in text
    assert "Peyrehorade : 139 488 € d’aides connues (Monuments historiques), hors du total annoncé." in text
    assert "Morcenx" not in text
    _, text = said("40194_montfort-en-chalosse-mugron")
    assert "Montfort-en-Chalosse et Mugron, lauréates en partenariat : 2 526 habitants, CC Terres de Chalosse." in text
    assert "le poste est partagé avec Amou" in text


def test_hostile_titles_and_reasons_are_shown_as_text(visit, pages):
    for name in ("40002_amou", "site"):
        page, _, messages = visit(pages[name], 1280)
        assert HOSTILE in page.inner_text("main")
        assert page.locator("main :is(script, img)").count() == 0
        assert messages == []


def test_one_goes_from_the_list_of_reports_to_a_fiche_and_back(visit, pages):
    page, _, _ = visit(pages["site"], 1280)
    page.get_by_role("link", name="Fiches : Landes (40), T1 2023").click()
    page.get_by_role("link", name="Peyrehorade").click()
    assert page.locator("h1").inner_text() == "Peyrehorade"
    page.go_back()
    page.get_by_role("link", name="Tous les rapports").click()
    assert page.url == pages["site"].as_uri()


def test_the_pages_of_all_laureates_take_their_place_together_or_not_at_all(pages):
    folder = pages["fiches"].parent
    project = folder.parents[3]
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    notebook = project / "notebooks" / "fiche_laureat.ipynb"
    notebook.write_text(
        notebook.read_text(encoding="utf-8").replace("tables.agenda_table(d)", "1 / (laureat != '40001')")
    )
    try:
        with pytest.raises(ReportFailed, match="ZeroDivisionError"):
            make_fiches("2023-T1", "40", None, project)
    finally:
        shutil.copy(ROOT / "notebooks" / "fiche_laureat.ipynb", notebook)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert (folder.parents[2] / "echecs" / "2023-T1_40_fiches.json").exists()
