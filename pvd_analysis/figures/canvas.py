"""Drawing in points on a blank sheet: words are measured before they are placed, so that nothing is cut or overlaps."""

import re
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path

from pvd_analysis.figures.style import FRAME, GREY, INK, PALETTE

WIDE: Final = 528.0
"""Points: the width of the text on a desk (704 px)."""
NARROW: Final = 252.0
"""Points: the width of the text on a telephone of 375 px (335 px)."""
HIGH: Final = 420.0
"""Points: the height of what may be as high as it likes, a map, on a page."""
TEXT: Final = 10.5
"""Points, for names and amounts: 14 px on a desk and on a telephone alike, since both layouts are drawn at their size."""
SMALL: Final = 9.25
"""Points, for what is said beside: 12 px."""
FONT: Final = "DejaVu Sans"
"""The font of ``pvd.mplstyle``, in which words are measured."""
HALO: Final = "halo"
"""Group identifier of the words that a white outline parts from what is under them."""

_LEADING: Final = 1.3
_SWATCH: Final = 20.0
_BOLD, _NORMAL = "bold", "normal"
_BREAKABLE = re.compile(r"[^\S\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]+")
_PIECES = re.compile(r"[^-/]+[-/]*|[-/]+")


class Fill(NamedTuple):
    """How a surface is told from the others: a colour and, for eyes that do not see it, a hatch; and its name."""

    label: str
    colour: str
    hatch: str = ""
    edge: str = ""

    @property
    def ink(self) -> str:
        """The colour of the words that are written on it."""
        return "white" if self.colour in {PALETTE["bleu"], PALETTE["prune"], PALETTE["anthracite"]} else INK


def text_width(text: str, size: float = TEXT, bold: bool = False) -> float:
    """Return the width of a line, in points.

    >>> text_width("Amou") < text_width("Amou", bold=True) < text_width("Montfort-en-Chalosse")
    True
    """
    return text_size(_printable(text), size, _BOLD if bold else _NORMAL)[0]


@lru_cache(maxsize=4096)
def text_size(text: str, size: float, weight: str | int) -> tuple[float, float, float]:
    """Return the width, the height and the descent of a line in the one font of the reports, in points."""
    font = FontProperties(family=FONT, size=size, weight=weight)
    with warnings.catch_warnings():
        # a character that the font does not have is measured as an empty box; the page shows it
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        width, height, descent = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width), float(height), float(descent)


def wrap(text: str, width: float, size: float = TEXT, bold: bool = False) -> list[str]:
    """Return the lines of a text that fit a width; a word longer than a line is parted at a hyphen, else anywhere.

    >>> wrap("Réhabilitation des anciennes écuries", 120)
    ['Réhabilitation des', 'anciennes écuries']
    """
    lines = [""]
    for word in _BREAKABLE.split(text.strip()):
        for number, piece in enumerate(_fitting_pieces(word, width, size, bold)):
            joined = f"{lines[-1]} {piece}" if number == 0 and lines[-1] else lines[-1] + piece
            if not lines[-1] or text_width(joined, size, bold) <= width:
                lines[-1] = joined
            else:
                lines.append(piece)
    return lines


def _fitting_pieces(word: str, width: float, size: float, bold: bool) -> list[str]:
    if text_width(word, size, bold) <= width:
        return [word]
    pieces = []
    for piece in _PIECES.findall(word):
        rest = piece
        while text_width(rest, size, bold) > width and len(rest) > 1:
            fitting = max(
                (end for end in range(1, len(rest)) if text_width(rest[:end], size, bold) <= width), default=1
            )
            pieces.append(rest[:fitting])
            rest = rest[fitting:]
        pieces.append(rest)
    return pieces


def _printable(text: str) -> str:
    return "".join(character for character in text if unicodedata.category(character) != "Cc")


def line_height(size: float = TEXT) -> float:
    """Return the height of a line of text, in points."""
    return size * _LEADING


class Sheet:
    """A blank sheet of a width, whose unit is one point, its origin at the top left corner; what is drawn on it makes its height."""

    def __init__(self, width: float) -> None:
        self.width = width
        # no layout: what places everything itself would be drawn twice
        self.axes = Figure(dpi=72).add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()

    def cut_at(self, height: float) -> Figure:
        """Return the figure of what is drawn, as high as this."""
        figure = cast("Figure", self.axes.figure)
        figure.set_size_inches(self.width / 72, height / 72)
        self.axes.set(xlim=(0, self.width), ylim=(height, 0))
        return figure

    def write(
        self,
        x: float,
        y: float,
        lines: str | Sequence[str],
        *,
        size: float = TEXT,
        bold: bool = False,
        colour: str = INK,
        ha: str = "left",
        halo: bool = False,
    ) -> float:
        """Write lines from a top `y`, and return the `y` under the last one.

        Each line is a text of its own: a browser then places it by its start, middle or end, whatever its font.
        """
        looks: dict[str, Any] = {"size": size, "weight": _BOLD if bold else _NORMAL, "color": colour, "ha": ha}
        for line in [lines] if isinstance(lines, str) else lines:
            middle = y + line_height(size) / 2
            gid = HALO if halo else None
            self.axes.text(x, middle, _printable(line), va="center_baseline", gid=gid, zorder=5, **looks)
            y += line_height(size)
        return y

    def write_on(self, fill: Fill, x: float, y: float, lines: Sequence[str], bold: bool = False) -> None:
        """Write lines in the middle of a filled surface, on a ground of their own where it is hatched."""
        wide = max((text_width(line, SMALL, bold) for line in lines), default=0.0) + 6
        high = len(lines) * line_height(SMALL)
        if fill.hatch and lines:
            self.box(x - wide / 2, y - high / 2, wide, high, Fill("", "white"))
        colour = INK if fill.hatch else fill.ink
        self.write(x, y - high / 2, lines, size=SMALL, bold=bold, ha="center", colour=colour)

    def box(self, x: float, y: float, width: float, height: float, fill: Fill) -> None:
        """Draw a filled rectangle from its top left corner."""
        looks: dict[str, Any] = {
            "facecolor": fill.colour,
            "edgecolor": fill.edge or "white",
            "hatch": fill.hatch or None,
        }
        self.axes.add_patch(Rectangle((x, y), width, height, linewidth=0.8, clip_on=False, **looks))

    def rule(self, x: float, y: float, x_end: float, y_end: float, **looks: Any) -> None:
        """Draw a straight line, a frame that carries no meaning unless its looks say more."""
        self.line([x, x_end], [y, y_end], **{"color": FRAME, "linewidth": 0.8, "zorder": 1, **looks})

    def line(self, xs: Sequence[float], ys: Sequence[float], **looks: Any) -> None:
        """Draw a line through points, or their marks."""
        self.axes.add_line(Line2D(xs, ys, clip_on=False, **looks))

    def legend(self, y: float, entries: Sequence[Fill | tuple[str, Mapping[str, Any]]]) -> float:
        """Draw what the fills and marks mean, in words, in as many rows as it takes; return the `y` under them.

        An entry is a `Fill`, or a label with the properties of a line or marker.
        """
        x, under = 0.0, y
        for entry in entries:
            lines = wrap(entry[0], self.width - _SWATCH, SMALL)
            taken = _SWATCH + max(text_width(line, SMALL) for line in lines)
            if x and x + taken > self.width:
                x, y = 0.0, under
            self._swatch(x, y + line_height(SMALL) / 2, entry)
            self.write(x + _SWATCH, y, lines, size=SMALL)
            x += taken + 16
            under = max(under, y + len(lines) * line_height(SMALL) + 3)
        return under

    def _swatch(self, x: float, middle: float, entry: Fill | tuple[str, Mapping[str, Any]]) -> None:
        if isinstance(entry, Fill):
            self.box(x, middle - 4.5, 14, 9, entry)
            return
        looks = {"linestyle": "none", "color": GREY, **entry[1]}
        xs = [x + 7] if looks["linestyle"] == "none" else [x, x + 14]
        self.line(xs, [middle] * len(xs), **looks)
