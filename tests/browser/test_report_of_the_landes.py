"""The real reports in a real browser: nothing asked of the network, read by everyone, printed whole."""

import re
import shutil
import subprocess

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import HOSTILE, HOSTILE_FILE, HOSTILE_SHEET, upright_sheets

QUARTERS = ("2021-T3", "2023-T1")
REPORTS = [f"{quarter} {name}.html" for quarter in QUARTERS for name in ("rapport_financier", "rapport_ingenierie")]
NOTES = [f"{quarter} note.html" for quarter in QUARTERS]
PAGES = [*REPORTS, *NOTES, *(f"{quarter} annexe.html" for quarter in QUARTERS)]
OF_2023 = [name for name in PAGES if name.startswith("2023")]
A4 = {(595, 842), (842, 595)}


@pytest.mark.parametrize("name", PAGES)
def test_a_report_asks_nothing_of_the_network_and_says_nothing_to_the_console(visit, landes_reports, name):
    path = landes_reports[name]
    _, requests, messages = visit(path, 1280)
    assert requests == [path.as_uri()]
    assert messages == []
    assert path.stat().st_size < 1_500_000


def faults(page, without_shade=False):
    """Return what axe finds with every one of its rules, the AAA and experimental ones too."""
    axe = Axe()
    page.evaluate(axe.axe_script)
    rules = page.evaluate("axe.getRules().map(rule => rule.ruleId)")
    assert len(rules) > 90
    found = axe.run(page, options={"runOnly": {"type": "rule", "values": rules}}).response
    wanted = [
        *found["violations"],
        *(fault for fault in found["incomplete"] if without_shade and "contrast" in fault["id"]),
    ]
    nodes = [(fault["id"], node["html"][:120]) for fault in wanted for node in fault["nodes"]]
    # axe cannot tell what lies under the words of a drawing: tests/figures measures their contrast
    return [(rule, html) for rule, html in nodes if not (without_shade and html.startswith("<text"))]


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_fault_with_any_of_its_rules(visit, landes_reports, name, width):
    # the policy of the page forbids scripts, that of axe too: it is lifted here, and here only
    page, _, _ = visit(landes_reports[name], width, bypass_csp=True)
    assert faults(page) == []


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", OF_2023)
def test_axe_finds_no_fault_in_the_colours_of_the_reader(visit, landes_reports, name, width):
    page, _, _ = visit(landes_reports[name], width, bypass_csp=True, forced_colors="active")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    assert faults(page) == []
    grounds = page.eval_on_selector_all(
        ".pvd-figure svg", "drawings => drawings.map(drawing => getComputedStyle(drawing).backgroundColor)"
    )
    assert set(grounds) <= {"rgb(255, 255, 255)"}
    kept = page.eval_on_selector_all(
        ".pvd-figure svg text", "words => words.map(word => getComputedStyle(word).forcedColorAdjust)"
    )
    assert set(kept) <= {"none"}


@pytest.mark.parametrize("name", [*REPORTS, *NOTES])
def test_a_keyboard_has_few_stops_and_a_screen_reader_few_landmarks(visit, landes_reports, name):
    page, _, _ = visit(landes_reports[name], 1280)
    stops = []
    while len(stops) <= 41:
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        stops.append(page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
    assert len(set(stops)) >= 5
    assert len(stops) <= 40, stops
    landmarks = page.locator("[role=region], nav, main, header, footer")
    assert sum(landmarks.nth(rank).is_visible() for rank in range(landmarks.count())) <= 10


@pytest.mark.parametrize("name", OF_2023)
def test_contrast_is_enough_where_the_shade_of_a_scrolling_table_keeps_axe_from_saying(visit, landes_reports, name):
    # wide enough for every column to be seen: axe does not judge what is scrolled away
    page, _, _ = visit(landes_reports[name], 2600, bypass_csp=True)
    page.add_style_tag(
        content=".pvd-defile { background: none !important } .pvd-largeur { max-width: none !important }"
    )
    assert faults(page, without_shade=True) == []


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_of_the_page_lets_no_script_run(visit, landes_reports, name):
    page, _, messages = visit(landes_reports[name], 1280)
    page.evaluate("""() => {
        const script = document.createElement('script');
        script.textContent = 'window.ran = true';
        document.body.append(script);
        document.body.insertAdjacentHTML('beforeend', '<button id="essai" onclick="window.ran = true">x</button>');
        document.getElementById('essai').click();
    }""")
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in message for message in messages)


def test_hostile_titles_towns_sheets_and_file_names_are_shown_as_text(visit, landes_reports):
    page, _, messages = visit(landes_reports["2021-T3 rapport_financier.html"], 1280, bypass_csp=True)
    text = page.inner_text("main")
    assert HOSTILE in text
    # names that people give to files and sheets are not quoted
    assert not [hostile for hostile in (HOSTILE_SHEET, HOSTILE_FILE) if hostile in page.content()]
    assert page.title().startswith("Rapport financier")
    assert page.locator("main :is(script, img)").count() == 0
    assert messages == []


@pytest.mark.parametrize("name", REPORTS)
def test_every_key_figure_leads_to_rows_that_tell_their_origin(visit, landes_reports, name):
    page, _, _ = visit(landes_reports[name], 1280)
    annexe, _, _ = visit(landes_reports[name].with_name("annexe.html"), 1280)
    cards = page.locator(".pvd-carte")
    assert cards.count() >= 5

    def table_of(link, at):
        """Return the table that a link of a page leads to, and the page that it is in."""
        address, _, identifier = link.get_attribute("href").partition("#")
        assert address in {"", "annexe.html"}
        there = annexe if address else at
        return there.locator(f"#{identifier}"), there

    for position in range(cards.count()):
        # either the rows are there, or the totals of that table lead to them
        table, at = table_of(cards.nth(position).locator(".pvd-suite a"), page)
        if not table.locator('td a[href*="#fichier-f"]').count():
            table, at = table_of(table.locator(".pvd-suite a"), at)
        origin = table.locator('td a[href*="#fichier-f"]').first
        assert re.search(r"F\d+.*ligne", origin.text_content())
        file, _ = table_of(origin, at)
        assert file.locator("th").text_content() == origin.text_content().split(",")[0]


@pytest.mark.parametrize("name", PAGES)
def test_no_link_is_dead_and_each_page_leads_to_those_beside_it(visit, landes_reports, name):
    page, _, _ = visit(landes_reports[name], 1280)
    links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    beside = {"note.html", "rapport_financier.html", "rapport_ingenierie.html", "annexe.html"} - {name.split()[1]}
    assert beside | {"../../index.html"} <= set(links)
    for link in links:
        address, _, identifier = link.partition("#")
        if not address.startswith(".."):
            path = landes_reports[name].with_name(address) if address else landes_reports[name]
            assert not identifier or f' id="{identifier}"' in path.read_text(encoding="utf-8"), link


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_not_longer_than_is_read_and_a_link_opens_the_folded_table_that_it_leads_to(
    visit, landes_reports, name
):
    page, _, _ = visit(landes_reports[name], 1280)
    assert page.locator("details").count() >= 5
    assert page.locator("details[open]").count() == 0
    inside = page.locator("details table").first
    assert not inside.is_visible()
    page.goto(f"{landes_reports[name].as_uri()}#{inside.locator('caption').get_attribute('id')}")
    assert inside.is_visible()
    if name.startswith("2021-T3"):
        fresh, _, _ = visit(landes_reports[name], 1280)
        assert fresh.evaluate("document.documentElement.scrollHeight") <= 6_500


@pytest.mark.parametrize("name", NOTES)
def test_the_note_is_printed_on_two_upright_sheets(visit, landes_reports, tmp_path, name):
    page, _, _ = visit(landes_reports[name], 1280)
    assert upright_sheets(page, tmp_path) <= 2


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [320, 1280])
def test_a_report_never_scrolls_sideways(visit, landes_reports, name, width):
    page, _, _ = visit(landes_reports[name], width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.add_style_tag(content="html { font-size: 200% }")
    if width == 1280:
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", PAGES)
def test_printed_pages_are_a4_with_whole_headings(visit, landes_reports, tmp_path, name):
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed: sh tests/install_tools.sh")
    page, _, _ = visit(landes_reports[name], 1280)
    headings = [re.sub(r"\s+", " ", text) for text in page.locator("h2, h3, caption").all_text_contents()]
    file = tmp_path / "rapport.pdf"
    page.pdf(path=file, prefer_css_page_size=True)
    information = subprocess.run(["pdfinfo", "-l", "99", str(file)], capture_output=True, text=True, check=True).stdout
    sizes = {(round(float(w)), round(float(h))) for w, h in re.findall(r"size:\s+([\d.]+) x ([\d.]+)", information)}
    assert sizes <= A4
    printed = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout
    # paper unfolds what is folded, but in the note, that keeps to two sheets
    folded = [re.sub(r"\s+", " ", text) for text in page.locator("details caption").all_text_contents()]
    first_words = [" ".join(text.split()[:3]) for text in folded]
    flat = re.sub(r"\s+", " ", printed)
    assert [words for words in first_words if words not in flat] == (first_words if "note" in name else [])
    for sheet in printed.split("\f"):
        lines = [re.sub(r"\s+", " ", line).strip() for line in sheet.splitlines() if line.strip()]
        # the last line is the number of the page
        assert len(lines) < 2 or re.sub(r"^\d+ ", "", lines[-2]) not in headings, lines[-3:]


def test_overdue_deadlines_and_what_changed_are_said_in_words(visit, landes_reports):
    page, _, _ = visit(landes_reports["2023-T1 rapport_ingenierie.html"], 1280)
    text = re.sub(r"\s+", " ", page.inner_text("main"))
    assert "Les échéances d’Aire-sur-l’Adour, de Geaune, d’Hagetmau, de Peyrehorade" in text
    assert "10 différences, dont 4 modifiées, 3 corrigées et 3 échues" in text
    moved = re.sub(r"\s+", " ", page.locator("#chiffre-cadres .pvd-evolution").inner_text())
    assert moved == "en hausse de 4 ; 1 de plus pour le passé, appris depuis"
    earlier, _, _ = visit(landes_reports["2021-T3 rapport_ingenierie.html"], 1280)
    said = re.sub(r"\s+", " ", earlier.inner_text("main"))
    assert "Rien n’avait été livré sur les lauréats au 30 juin 2021" in said
    assert earlier.locator("#tableau-ecarts_etats").count() == 0
    assert earlier.locator(".pvd-evolution").count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_no_table_is_cut_on_paper(visit, landes_reports, name):
    page, _, _ = visit(landes_reports[name], 1280)
    page.emulate_media(media="print")
    # the width of the text on A4, upright and on its side: 210 and 297 mm less the margins
    for width, wanted in ((680, ".pvd-tableau:not(.pvd-tableau-large)"), (1031, ".pvd-tableau-large")):
        page.set_viewport_size({"width": width, "height": 900})
        cut = page.evaluate(
            """([wanted, width]) => [...document.querySelectorAll(`${wanted} table`)]
                .filter(table => table.scrollWidth > width).map(table => table.caption.textContent)""",
            [wanted, width],
        )
        assert cut == []
