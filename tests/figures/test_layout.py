"""Nothing is cut and no word covers another, on a desk and on a telephone, with one project and with forty."""

from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from pvd_analysis import figures
from pvd_analysis.figures import Illustration, NoFigure
from tests.figures import made_up

FIGURES = [
    *("announced_totals", "aids_by_family", "aids_by_commune", "funding_plan_shares"),
    *("convention_calendar", "posts_by_state", "posts_course", "department_map"),
]
DATASETS = ("landes", "landes_2023", "single", "points", "crowded")


def written(figure):
    """Return each text of a figure with its box, in points, and the box of the figure."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    texts = [text for axes in figure.axes for text in axes.texts if text.get_text()]
    return [(text.get_text(), text.get_window_extent(renderer), text.get_fontsize()) for text in texts], figure.bbox


def assert_legible(illustration):
    for figure in (illustration, illustration.narrow):
        texts, frame = written(figure)
        for text, box, size in texts:
            assert box.x0 >= -1 and box.x1 <= frame.x1 + 1, f"{text} is cut"
            assert box.y0 >= -1 and box.y1 <= frame.y1 + 1, f"{text} is cut"
            assert size >= 9, f"{text} is too small"
        for (text, box, _), (other_text, other, _) in combinations(texts, 2):
            covered = min(box.x1, other.x1) - max(box.x0, other.x0), min(box.y1, other.y1) - max(box.y0, other.y0)
            assert min(covered) < 1.5, f"{text} covers {other_text}"


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("name", FIGURES)
def test_no_word_is_cut_and_none_covers_another(datasets, name, dataset):
    shown = getattr(figures, name)(datasets[dataset])
    if isinstance(shown, NoFigure):
        assert name == "department_map"
        return
    assert_legible(shown)


def test_the_map_with_boundaries_covers_no_name(landes_with_boundaries):
    assert_legible(figures.department_map(landes_with_boundaries))
    assert_legible(figures.department_map(made_up.crowded(landes_with_boundaries)))


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


def test_a_long_title_is_whole_and_shown_as_text(datasets):
    shown = figures.funding_plan_shares(datasets["crowded"])
    for figure in (shown, shown.narrow):
        text = " ".join(text for text, _, _ in written(figure)[0])
        assert " ".join(made_up.TITLE.split()) in text
    assert shown.note.endswith("les 25 autres sont dans le tableau.")


def test_a_figure_of_the_page_fits_it_whatever_the_fonts(chromium, datasets, landes_with_boundaries, tmp_path):
    drawn = [getattr(figures, name)(datasets["crowded"]) for name in FIGURES[:-1]]
    drawn.append(figures.department_map(landes_with_boundaries))
    style = (figures_style := __import__("pvd_analysis.reports", fromlist=["html"]).html._TEMPLATES) / "pvd/style.css"
    assert figures_style
    body = "".join(one._repr_html_() for one in drawn if isinstance(one, Illustration))
    page_file = tmp_path / "figures.html"
    page_file.write_text(
        f"<!doctype html><meta charset=utf-8><style>{style.read_text(encoding='utf-8')}</style>"
        f"<div class=pvd-largeur><main>{body}</main></div>",
        encoding="utf-8",
    )
    for width in (375, 1280):
        page = chromium.new_page(viewport={"width": width, "height": 800})
        page.goto(page_file.as_uri())
        assert page.locator("figure svg:visible").count() == len(drawn)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = page.evaluate(COVERED)
        page.close()
        assert found == []


COVERED = """() => [...document.querySelectorAll('figure svg')].filter(svg => svg.checkVisibility()).flatMap(svg => {
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
    return faults;
})"""
