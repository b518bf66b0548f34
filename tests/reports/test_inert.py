import itertools
import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_markdown_cell

from pvd_analysis.reports.html import notebook_to_html
from pvd_analysis.reports.inert import inert
from tests.reports.made_up import notebook, output_cell

PIECES = (
    *("<script>", "</script>", "<style>", "</style>", "<svg>", "</svg>", "<title>", "<math>", "<table><tr><td>", "<p "),
    *("<a href=", "<img src=", "<use xlink:href=", "<div style=", "onclick=", "x()", "javascript:", "data:text/html,"),
    *("https://example.org", "url(", ")", "#a", "mot", "\\", "<!--", "-->", "&lt;", "&#0;", " "),
    *('"', "'", ">", "<", "/>"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text())
def test_whatever_comes_in_nothing_runs_and_nothing_leads_outside(fragment):
    clean = inert(fragment)
    assert inert(clean) == clean
    for element in BeautifulSoup(f"<div>{clean}</div>", "html.parser").find_all(True):
        assert element.name not in {"script", "style", "form", "input", "iframe"}
        for name, value in element.attrs.items():
            assert not name.startswith("on")
            assert name not in {"href", "src", "xlink:href"} or str(value).startswith("#")
            assert name != "style" or "url(" not in value or "url(#" in value


@pytest.mark.parametrize(
    "style",
    [
        "background: url(https://example.org/a.png)",
        "background: URL('//example.org/a.png')",
        "background: u\\72l(https://example.org/a.png)",
        "background: image-set('https://example.org/a.png' 1x)",
        "fill: url(#a); background: url(https://example.org/a.png)",
        "width: expression(alert(1))",
    ],
)
def test_a_style_that_loads_goes(style):
    assert inert(f'<p style="{style}">mot</p>') == "<p>mot</p>"


def test_a_drawing_of_another_library_stays_whole():
    drawing = (
        '<svg viewBox="0 0 9 9"><defs><clipPath id="c"><rect x="0" y="0" width="9" height="9"></rect></clipPath>'
        '<linearGradient id="d"><stop offset="1" style="stop-color: rgb(1, 2, 3)"></stop></linearGradient></defs>'
        '<g transform="translate(1 2)" clip-path="url(#c)" style="fill: url(#d)">'
        '<text x="1">un <tspan>mot</tspan></text><use xlink:href="#c"></use></g></svg>'
    )
    assert inert(drawing) == drawing


def test_words_stay_as_they_are():
    words = '<p title="a (b)" aria-label="url(c)">5 €, « a » &lt; b &amp; c</p>'
    assert inert(words) == words


def test_a_dead_link_hides_no_element_in_its_attributes():
    cells = (
        output_cell({"text/html": f'<a {name}="&gt;<img src=x onerror=y()>" {href}>lien</a>'})
        for name, href in itertools.product(("title", "class"), ('href="#absent"', ""))
    )
    page = notebook_to_html(notebook(*cells, new_markdown_cell("[lien](#absent)")), title="T")
    body = page[page.index("<main") : page.index("</main>")]
    assert "<img" not in re.sub(r'"[^"]*"', '""', body)
    assert 'href="#absent"' not in body
