"""A matplotlib figure with its title and its text alternative, shown as SVG inside the page."""

import io
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final, cast

from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from pvd_analysis.figures.canvas import FONT, HALO, HIGH, NARROW, SMALL, WIDE, text_size
from pvd_analysis.figures.style import report_style
from pvd_analysis.notebook import NOTEBOOK_STYLE

_KEY = re.compile(r"[a-z][a-z0-9_-]*")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_ATTEMPTS: Final = 4
_SHARP: Final = 2 * 72
_XLINK_HREF: Final = "{http://www.w3.org/1999/xlink}href"
# the older matplotlib says the font in one declaration
_FONT = re.compile(r"(?:(?P<weight>bold|\d{3}) )?(?P<size>[\d.]+)px ")
_NO_ROTATION = re.compile(r"rotate\(-?0(\.0)? ")
_TEXT_PROPERTIES: Final = {"font-size": "", "font-weight": "400", "text-anchor": "start", "fill": ""}
_NUMBER = re.compile(r"-?\d+\.\d{3,}")


class Illustration(Figure):
    """A figure of a report: a matplotlib `Figure`, with its title and its text alternative.

    The drawn figure itself becomes the illustration: what matplotlib does with a figure (``axes``, ``savefig``,
    ``set_size_inches``…) it does with this one. A notebook shows it as the report does.

    Parameters
    ----------
    figure : Figure
        Drawn in the `report_style`. pyplot lets go of it when it held it.
    title : str
        A sentence that says what the figure shows.
    alt : str
        The text alternative, written from the data: what a reader who does not see the figure must know.
    key : str
        Identifies the figure in the page: lower case letters, digits, hyphens and underscores.
    note : str
        A sentence under the title: source, or how to read it.
    narrow : Figure, optional
        The same, laid out for a telephone; without it, the wide one scrolls there.

    Examples
    --------
    >>> figure = pvd.figures.aids_by_commune(d)
    >>> figure.key, len(figure.axes), figure.note.endswith("communes lauréates n'ont pas d'aide connue en détail.")
    ('aides-par-commune', 1, True)
    """

    def __new__(
        cls, figure: Figure, title: str, alt: str, key: str, note: str = "", narrow: Figure | None = None
    ) -> "Illustration":
        """Return the figure that was given: its axes and artists keep the one figure that they know."""
        if not _KEY.fullmatch(key):
            raise ValueError(f"figure key {key!r}: lower case letters, digits, hyphens and underscores only")
        if not title.strip() or not alt.strip():
            raise ValueError(f"figure {key!r} needs a title and a text alternative")
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close(figure)
        figure.__class__ = cls
        return cast("Illustration", figure)

    def __init__(
        self, figure: Figure, title: str, alt: str, key: str, note: str = "", narrow: Figure | None = None
    ) -> None:
        # Not super().__init__: the figure has been drawn already.
        self.title, self.alt, self.key, self.note, self.narrow = title, alt, key, note, narrow
        self.draw_at: Callable[[float, float], Figure] | None = None

    @classmethod
    def at_both_widths(
        cls, draw: Callable[[float, float], Figure], *, title: str, alt: str, key: str, note: str = ""
    ) -> "Illustration":
        """Return the illustration of a drawing that lays itself out for a width in points, and a height at most if it can."""
        drawn = cls(draw(WIDE, HIGH), title, alt, key, note, draw(NARROW, HIGH))
        drawn.draw_at = draw
        return drawn

    def png(self, width: float, height: float, smallest: float) -> bytes | None:
        """Return the figure laid out again for a room in points, sharp on a screen; None when it is too high for it.

        Its smallest words are of ``smallest`` points in that room. The same figure gives the same bytes.
        """
        if self.draw_at is None:
            return None
        scale = smallest / SMALL
        room = height / scale
        most = room
        with report_style():
            for _ in range(_ATTEMPTS):
                figure = self.draw_at(width / scale, most)
                over = float(72 * figure.get_size_inches()[1]) - room
                if over <= 0.5:
                    return _png(figure, scale)
                # what stretches leaves the room that its legend takes
                most -= over
                if most < room / 3:
                    return None
        return None

    def svg(self) -> str:
        """Return the drawing as one ``<svg>`` element for an HTML page: same figure, same bytes."""
        return self._svg(self, f"figure-{self.key}")

    def _svg(self, figure: Figure, prefix: str) -> str:
        root = ET.fromstring(_drawing(figure))
        for parent in list(root.iter()):
            for child in list(parent):
                if _local(child.tag) in {"metadata", "style"}:
                    parent.remove(child)
        for element in root.iter():
            element.tag = _local(element.tag)
            _as_page_text(element)
            if element.tag == "g":
                element.attrib.pop("id", None)
            _prefix_identifiers(element, prefix)
            for attribute in {"d", "x", "y", "transform"} & set(element.attrib):
                shorter = _NUMBER.sub(lambda found: f"{float(found[0]):.2f}", element.attrib[attribute])
                element.set(attribute, shorter)
        view_box = root.attrib["viewBox"]
        width = float(view_box.split()[2])
        root.attrib = {
            "viewBox": view_box,
            "role": "img",
            "aria-labelledby": f"{prefix}-nom {prefix}-description",
            # matplotlib says these two in a <style> of its own, which would reach the whole page
            "stroke-linejoin": "round",
            "stroke-linecap": "butt",
            "style": f"width:100%;max-width:{width / 72:.2f}in;height:auto",
        }
        name = ET.Element("title", {"id": f"{prefix}-nom"})
        name.text = self.title
        description = ET.Element("desc", {"id": f"{prefix}-description"})
        description.text = self.alt
        root[:0] = [name, description]
        return ET.tostring(root, encoding="unicode")

    def _repr_html_(self) -> str:
        note = f'<span class="pvd-figure-note">{escape(self.note)}</span>' if self.note else ""
        caption = f"figure-{self.key}-titre"
        if self.narrow is None:
            drawings = (
                f'<div class="pvd-defile" role="region" tabindex="0" aria-labelledby="{caption}">{self.svg()}</div>'
            )
        else:
            # The page shows one of them; where its style sheet is not (JupyterLab), the second stays hidden.
            narrow = self._svg(self.narrow, f"figure-{self.key}-etroite")
            drawings = f'<div class="pvd-ample">{self.svg()}</div><div class="pvd-etroite" hidden>{narrow}</div>'
        return (
            f'{NOTEBOOK_STYLE}<figure class="pvd-figure" id="figure-{self.key}">'
            f'<figcaption id="{caption}"><h3>{escape(self.title)}</h3>{note}</figcaption>{drawings}</figure>'
        )


@dataclass(frozen=True, slots=True)
class NoFigure:
    """What stands in the place of a figure that has nothing to show: a sentence that says so.

    >>> NoFigure("aides-par-commune", "Aucune aide n'est connue.")._repr_html_()
    '<p class="pvd-sans-figure" id="figure-aides-par-commune">Aucune aide n&#x27;est connue.</p>'
    """

    key: str
    sentence: str

    def _repr_html_(self) -> str:
        return f'<p class="pvd-sans-figure" id="figure-{self.key}">{escape(self.sentence)}</p>'


_LISTED_AT_MOST: Final = 4


def listed(parts: Sequence[str]) -> str:
    """Return what a text alternative says of each row; beyond four, the table beside the figure says the rest.

    >>> listed(["Amou : 1 €", "Mugron : 2 €"])
    'Amou : 1 € ; Mugron : 2 €'
    """
    said = " ; ".join(parts[:_LISTED_AT_MOST])
    left = len(parts) - _LISTED_AT_MOST
    return said if left <= 0 else f"{said} ; et {left} de plus, dans le tableau"


class _Renderer(RendererSVG):
    """Matplotlib's own, but that it does not measure again each line that was measured before it was placed."""

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        if ismath or prop.get_family() != [FONT]:
            width, height, descent = super().get_text_width_height_descent(s, prop, ismath)
            return width, height, descent
        return text_size(s, prop.get_size_in_points(), prop.get_weight())


def _png(figure: Figure, scale: float) -> bytes:
    target = io.BytesIO()
    for text in figure.findobj(Text):
        if str(text.get_gid() or "").startswith(HALO):
            text.set_path_effects([withStroke(linewidth=3, foreground="white")])
    figure.savefig(target, format="png", dpi=_SHARP * scale, facecolor="white", metadata={"Software": None})
    return target.getvalue()


def _drawing(figure: Figure) -> str:
    target = io.StringIO()
    dpi, colour = figure.dpi, figure.get_facecolor()
    # An SVG counts in points.
    figure.set(dpi=72, facecolor="none")
    try:
        with report_style():
            width, height = 72 * figure.get_size_inches()
            renderer = _Renderer(width, height, target, metadata={"Date": None, "Creator": None})
            figure.draw(renderer)
            renderer.finalize()
    finally:
        figure.set(dpi=dpi, facecolor=colour)
    return target.getvalue()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _as_page_text(element: ET.Element) -> None:
    """Say size, weight, anchor and colour of a text as attributes, and leave its font to the page."""
    if element.attrib.get("id", "").startswith(HALO):
        del element.attrib["id"]
        element.attrib |= {"stroke": "#fff", "stroke-width": "3", "paint-order": "stroke"}
    if element.tag != "text":
        return
    style = dict(part.strip().split(": ", 1) for part in element.attrib.pop("style", "").split(";") if ": " in part)
    shorthand = _FONT.match(style.pop("font", ""))
    if shorthand:
        style |= {f"font-{name}": value for name, value in shorthand.groupdict().items() if value}
    for name, default in _TEXT_PROPERTIES.items():
        if style.get(name, default) != default:
            element.set(name, style[name].removesuffix("px"))
    if _NO_ROTATION.match(element.attrib.get("transform", "")):
        del element.attrib["transform"]


def _prefix_identifiers(element: ET.Element, prefix: str) -> None:
    """Make every identifier of a drawing, and every reference to one, its own in a page with several drawings."""
    if "id" in element.attrib:
        element.set("id", f"{prefix}-{element.attrib['id']}")
    target = element.attrib.pop(_XLINK_HREF, None)
    if target is not None and target.startswith(("#", "data:")):
        element.set("href", f"#{prefix}-{target[1:]}" if target.startswith("#") else target)
    for name, value in element.attrib.items():
        if "url(#" in value:
            element.set(name, _REFERENCE.sub(rf"url(#{prefix}-\1)", value))
