import itertools
import re

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from pvd_analysis.figures.illustration import Illustration
from pvd_analysis.figures.style import GREY, INK, PALETTE, report_style
from tests.reports.made_up import bars


def linear(colour: str) -> np.ndarray:
    """Return the linear red, green and blue of a colour, between 0 and 1."""
    channels = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(channels: np.ndarray) -> np.ndarray:
    """Return linear red, green and blue in CIE L*a*b*, where distances are those that the eye sees."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ channels / np.array([0.9505, 1, 1.089])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG defines it."""
    return float(np.array([0.2126, 0.7152, 0.0722]) @ linear(colour))


def contrast_on_white(colour: str) -> float:
    return 1.05 / (luminance(colour) + 0.05)


@pytest.mark.parametrize("name", PALETTE)
def test_every_colour_stands_out_from_white(name):
    assert contrast_on_white(PALETTE[name]) >= 3


def test_texts_have_the_contrast_of_texts():
    assert contrast_on_white(INK) >= 7
    assert contrast_on_white(GREY) >= 4.5


@pytest.mark.parametrize(
    "simulation",
    [
        # Machado, Oliveira and Fernandes 2009, severity 1: protanopia, deuteranopia, tritanopia
        ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
        ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
        ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    ],
    ids=["protanopia", "deuteranopia", "tritanopia"],
)
def test_the_first_four_colours_stay_apart_for_every_colour_vision(simulation):
    seen = [lab(np.clip(np.array(simulation) @ linear(colour), 0, 1)) for colour in list(PALETTE.values())[:4]]
    assert min(float(np.linalg.norm(one - other)) for one, other in itertools.combinations(seen, 2)) > 25


def test_the_style_file_has_the_palette():
    with report_style():
        assert [colour.upper() for colour in mpl.rcParams["axes.prop_cycle"].by_key()["color"]] == [
            value.upper() for value in PALETTE.values()
        ]


def test_the_style_does_not_depend_on_settings_around():
    with mpl.rc_context({"font.size": 40, "svg.fonttype": "none"}):
        assert bars()._repr_html_() == bars()._repr_html_()
        inside = bars()._repr_html_()
    assert inside == bars()._repr_html_()


def test_a_figure_has_a_name_and_a_text_alternative():
    html = bars()._repr_html_()
    assert '<svg viewBox="0 0' in html
    assert 'role="img" aria-labelledby="figure-barres-nom figure-barres-description"' in html
    assert '<title id="figure-barres-nom">B dépasse A (inventé) &amp; &lt;c\'est tout&gt;</title>' in html
    assert "Deux barres : A vaut 1, B vaut 2.</desc>" in html
    assert "<figcaption" in html


def test_a_drawing_holds_no_address_style_or_metadata():
    svg = bars().svg()
    for unwanted in ("http", "<metadata", "<style", "<?xml", "<!DOCTYPE", "xmlns", "matplotlib.org"):
        assert unwanted not in svg


def test_every_reference_leads_to_an_identifier_of_its_own_drawing():
    one, other = bars("une").svg(), bars("autre").svg()
    identifiers = {name: re.findall(r' id="([^"]+)"', svg) for name, svg in (("une", one), ("autre", other))}
    assert not set(identifiers["une"]) & set(identifiers["autre"])
    assert len(identifiers["une"]) == len(set(identifiers["une"]))
    references = re.findall(r'href="#([^"]+)"', one) + re.findall(r"url\(#([^)]+)\)", one)
    assert references
    assert set(references) <= set(identifiers["une"])


def test_no_figure_stays_open():
    figure = pyplot.figure()
    figure.add_subplot()
    Illustration(figure, "Titre", "Texte.", "ouverte")
    bars()
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize(("title", "alt"), [("", "Texte."), ("Titre", "  ")])
def test_a_figure_without_words_is_refused(title, alt):
    with pytest.raises(ValueError, match="needs a title and a text alternative"):
        Illustration(Figure(), title, alt, "muette")
