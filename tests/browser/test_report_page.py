import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from pvd_analysis.reports.html import notebook_to_html
from pvd_analysis.tables.cards import KeyFigure, KeyFigures
from pvd_analysis.values import format_euros
from tests.reports.made_up import notebook


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "rapport.html"
    path.write_text(notebook_to_html(notebook(), title="Rapport inventé"), encoding="utf-8")
    return path


@pytest.fixture
def opened(visit, page_file):
    """Open the page at a width."""
    return lambda width, height=800: visit(page_file, width, height)


def test_the_page_asks_nothing_of_the_network_and_says_nothing_to_the_console(opened, page_file):
    _, requests, messages = opened(1280)
    assert requests == [page_file.as_uri()]
    assert messages == []


@pytest.mark.parametrize("width", [320, 375, 640, 768, 1100, 1280, 1920])
def test_the_page_never_scrolls_sideways(opened, width):
    page, _, _ = opened(width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_wide_table_scrolls_by_itself_and_takes_the_focus(opened):
    page, _, _ = opened(320)
    region = page.locator("#tableau-large .pvd-defile")
    assert region.evaluate("element => element.scrollWidth > element.clientWidth")
    region.focus()
    assert region.evaluate("element => document.activeElement === element")
    assert region.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"


def test_the_skip_link_comes_first_and_shows_when_focused(opened):
    page, _, _ = opened(1280)
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.inner_text() == "Aller au contenu"
    assert link.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"


def test_text_twice_as_large_still_fits(opened):
    page, _, _ = opened(640)
    page.add_style_tag(content="html { font-size: 200% }")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_an_amount_is_never_cut(visit, tmp_path, width):
    figures = KeyFigures(
        tuple(KeyFigure("Aides", format_euros(cents), "inventées") for cents in (53_403_035_830, 162_904_800, 100, 0))
    )
    path = tmp_path / "chiffres.html"
    output = new_output("display_data", {"text/html": figures._repr_html_()})
    cells = new_notebook(cells=[new_code_cell(outputs=[output])])
    path.write_text(notebook_to_html(cells, title="Chiffres inventés"), encoding="utf-8")
    page, _, _ = visit(path, width, 800)
    sizes, lines, outside = page.evaluate(
        """() => {
            const values = [...document.querySelectorAll('.pvd-valeur')];
            const boxes = values.map(value => {
                const words = document.createRange();
                words.selectNodeContents(value);
                return [...words.getClientRects()];
            });
            return [
                new Set(values.map(value => getComputedStyle(value).fontSize)).size,
                boxes.map(found => found.length),
                values.filter((value, rank) => boxes[rank][0].right > value.parentElement.getBoundingClientRect().right).length,
            ];
        }"""
    )
    assert sizes == 1
    assert lines == [1, 1, 1, 1]
    assert outside == 0


def test_hostile_titles_are_shown_as_text(opened):
    page, _, messages = opened(1280)
    assert page.locator("#tableau-injections caption").inner_text() == '<script>alert("titre")</script>'
    assert page.locator("script").count() == 0
    assert messages == []


def test_a_figure_is_drawn_and_named(opened):
    page, _, _ = opened(1280)
    figure = page.get_by_role("img", name="B dépasse A")
    assert figure.bounding_box()["width"] > 300
    assert page.locator("#figure-barres text").first.bounding_box()["width"] > 0


def test_texts_have_enough_contrast(opened):
    page, _, _ = opened(1280)
    faint = page.evaluate("""() => {
        const channels = text => text.match(/[\\d.]+/g).map(Number);
        const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const ground = element => {
            for (let node = element; node; node = node.parentElement) {
                const colour = channels(getComputedStyle(node).backgroundColor);
                if (colour.length < 4 || colour[3] > 0.5) return colour;
            }
            return [255, 255, 255];
        };
        const words = [...document.querySelectorAll('body *')].filter(element => !element.closest('svg')
            && [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()));
        return words.filter(element => {
            const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(ground(element))].sort();
            return (b + 0.05) / (a + 0.05) < 4.5;
        }).map(element => element.outerHTML.slice(0, 80));
    }""")
    assert faint == []


def test_the_page_prints_on_a4(opened, tmp_path):
    page, _, _ = opened(1280)
    page.emulate_media(media="print")
    assert not page.locator(".pvd-sommaire").is_visible()
    printed = page.pdf(path=tmp_path / "rapport.pdf", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")


def test_a_table_too_wide_for_a_page_prints_on_a_landscape_one(chromium, opened):
    page, _, _ = opened(1280)
    assert page.locator("#tableau-large").evaluate("element => element.classList.contains('pvd-tableau-large')")
    # the width of the text on A4 landscape: 297 mm less the margins
    page.set_viewport_size({"width": 1031, "height": 700})
    page.emulate_media(media="print")
    assert page.locator("#tableau-large table").evaluate("element => element.scrollWidth") <= 1031
