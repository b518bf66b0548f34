"""Nothing is cut and no word covers another, on a desk and on a telephone, with one project and with forty."""

from dataclasses import replace

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from pvd_analysis import figures
from pvd_analysis.dataset import known_before
from pvd_analysis.figures import Illustration, NoFigure
from pvd_analysis.reports.html import notebook_to_html
from tests.figures import made_up

FIGURES = [
    *("announced_totals", "aids_by_family", "aids_by_commune", "funding_plan_shares"),
    *("convention_calendar", "posts_by_state", "posts_course", "department_map"),
]
DATASETS = ("landes", "landes_2023", "single", "points", "crowded")


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_with_nothing_to_show_is_a_sentence(landes, name):
    shown = getattr(figures, name)(made_up.bare(landes))
    assert isinstance(shown, NoFigure)
    assert "<svg" not in shown._repr_html_()
    assert shown.sentence.endswith(".")


@pytest.mark.parametrize("name", FIGURES[:-1])
def test_a_figure_is_the_same_each_time_and_runs_nothing(datasets, name):
    for dataset in ("landes_2023", "crowded"):
        html = getattr(figures, name)(datasets[dataset])._repr_html_().partition("</style>")[2]
        assert html == getattr(figures, name)(datasets[dataset])._repr_html_().partition("</style>")[2]
        for unwanted in ("<script", "<style", "http", "javascript", "onload", "<b>", "<image"):
            assert unwanted not in html


def test_no_figure_weighs_more_than_its_words_and_lines(datasets, landes_2023):
    shown = [getattr(figures, name)(dataset) for name in FIGURES for dataset in datasets.values()]
    shown.append(figures.state_changes(landes_2023, known_before(landes_2023)))
    assert max(len(figure._repr_html_()) for figure in shown if isinstance(figure, Illustration)) < 200_000


def test_a_long_title_is_whole_and_shown_as_text(datasets):
    shown = figures.funding_plan_shares(datasets["crowded"])
    for figure in (shown, shown.narrow):
        words = " ".join(text.get_text() for axes in figure.axes for text in axes.texts)
        assert " ".join(made_up.TITLE.split()) in words
    assert shown.note.endswith("les 25 autres sont dans le tableau.")


def test_the_calendar_says_each_commune_whole_beside_the_longest_words(landes):
    unfollowed = replace(landes, fichiers=landes.fichiers.iloc[:0])
    shown = figures.convention_calendar(unfollowed)
    assert "convention-cadre non connue" in shown.alt
    for figure in (shown, shown.narrow):
        words = "".join(text.get_text() for axes in figure.axes for text in axes.texts).replace(" ", "")
        for name in landes.commune_names(landes.laureats["code_commune"]):
            assert name.replace(" ", "") in words


@pytest.mark.parametrize("width", [375, 1280])
def test_every_word_is_whole_alone_and_legible(chromium, datasets, landes_with_boundaries, tmp_path, width):
    shown = [getattr(figures, name)(dataset) for name in FIGURES for dataset in datasets.values()]
    shown += [
        figures.department_map(dataset) for dataset in (landes_with_boundaries, made_up.crowded(landes_with_boundaries))
    ]
    drawn = [figure._repr_html_() for figure in shown if isinstance(figure, Illustration)]
    assert len(drawn) >= len(shown) - 5
    path = tmp_path / "figures.html"
    path.write_text(notebook_to_html(notebook_of(drawn), title="Figures"), encoding="utf-8")
    page = chromium.new_page(viewport={"width": width, "height": 800})
    page.goto(path.as_uri())
    assert page.locator("figure svg:visible").count() == len(drawn)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(FAULTS) == []
    page.close()


def notebook_of(fragments):
    """Return a notebook whose cells have given these pieces of HTML."""
    cells = [new_code_cell(outputs=[new_output("display_data", {"text/html": fragment})]) for fragment in fragments]
    return new_notebook(cells=cells)


# A word's ground is the shape of the drawing under its middle; the page is white where there is none.
FAULTS = """() => [...document.querySelectorAll('figure svg')].filter(svg => svg.checkVisibility()).flatMap(svg => {
    const light = colour => colour.match(/[0-9.]+/g).slice(0, 3).map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const contrast = (one, other) => {
        const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    const words = [...svg.querySelectorAll('text')].map(text => [text, text.getBoundingClientRect()]);
    const frame = svg.getBoundingClientRect();
    const faults = words.filter(([text, box]) => box.left < frame.left - 1 || box.right > frame.right + 1
        || parseFloat(getComputedStyle(text).fontSize) * frame.width / svg.viewBox.baseVal.width < 9)
        .map(([text]) => `cut or small: ${text.textContent}`);
    words.forEach(([text, box], number) => words.slice(number + 1).forEach(([other, at]) => {
        const wide = Math.min(box.right, at.right) - Math.max(box.left, at.left);
        const high = Math.min(box.bottom, at.bottom) - Math.max(box.top, at.top);
        if (wide > 2 && high > 4) faults.push(`${text.textContent} | ${other.textContent}`);
    }));
    words.forEach(([text]) => {
        text.scrollIntoView({block: 'center'});
        const box = text.getBoundingClientRect();
        const under = document.elementsFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2)
            .filter(shape => shape instanceof SVGGeometryElement)
            .map(shape => getComputedStyle(shape).fill).find(fill => fill.startsWith('rgb('));
        const found = contrast(getComputedStyle(text).fill, under || 'rgb(255, 255, 255)');
        if (found < 4.5) faults.push(`contrast ${found.toFixed(1)}: ${text.textContent}`);
    });
    return faults;
})"""
