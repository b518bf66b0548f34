"""A matplotlib figure with its title and its text alternative, shown as SVG inside the page."""

import io
import re
import sys
import xml.etree.ElementTree as ET
from html import escape
from typing import Final, cast

from matplotlib.figure import Figure

from pvd_analysis.figures.style import report_style
from pvd_analysis.notebook import NOTEBOOK_STYLE

__all__ = ["Illustration"]

_KEY = re.compile(r"[a-z][a-z0-9_-]*")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_XLINK_HREF: Final = "{http://www.w3.org/1999/xlink}href"


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

    Examples
    --------
    >>> figure = pvd.figures.aids_by_commune(d)
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['Morcenx-la-Nouvelle', 'Peyrehorade']
    """

    def __new__(cls, figure: Figure, title: str, alt: str, key: str, note: str = "") -> "Illustration":
        """Return the figure that was given: its axes and artists keep the one figure that they know."""
        if not _KEY.fullmatch(key):
            raise ValueError(f"figure key {key!r}: lower case letters, digits, hyphens and underscores only")
        if not title.strip() or not alt.strip():
            raise ValueError(f"figure {key!r} needs a title and a text alternative")
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close(figure)
        figure.__class__ = cls
        return cast("Illustration", figure)

    def __init__(self, figure: Figure, title: str, alt: str, key: str, note: str = "") -> None:
        # Not super().__init__: the figure has been drawn already.
        self.title, self.alt, self.key, self.note = title, alt, key, note

    def svg(self) -> str:
        """Return the drawing as one ``<svg>`` element for an HTML page: same figure, same bytes."""
        prefix = f"figure-{self.key}"
        root = ET.fromstring(_drawing(self))
        for parent in list(root.iter()):
            for child in list(parent):
                if _local(child.tag) in {"metadata", "style"}:
                    parent.remove(child)
        for element in root.iter():
            element.tag = _local(element.tag)
            _prefix_identifiers(element, prefix)
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
        return (
            f'{NOTEBOOK_STYLE}<figure class="pvd-figure" id="figure-{self.key}">'
            f'<figcaption id="figure-{self.key}-titre">{escape(self.title)}{note}</figcaption>'
            f'<div class="pvd-defile" role="region" tabindex="0" aria-labelledby="figure-{self.key}-titre">'
            f"{self.svg()}</div></figure>"
        )


def _drawing(figure: Figure) -> str:
    target = io.StringIO()
    with report_style():
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    return target.getvalue()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


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
