"""Horizontal bars with their names and amounts written beside them, for any number of rows and any length of name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes

from pvd_analysis.figures.canvas import (
    NARROW,
    SMALL,
    TEXT,
    Fill,
    box,
    canvas,
    draw_legend,
    legend_height,
    line_height,
    rule_line,
    text_width,
    wrap,
    write,
)
from pvd_analysis.figures.style import FRAME, GREY

_THICK: Final = 13.0
_GAP: Final = 9.0
_COLUMN_GAP: Final = 8.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its parts (a fill and a value each, laid end to end), its amount and what is said beside it."""

    name: str
    parts: tuple[tuple[Fill, float], ...]
    amount: str
    said: str = ""

    @property
    def value(self) -> float:
        """The length of the bar."""
        return sum(value for _, value in self.parts)


@dataclass(frozen=True, slots=True)
class BarGroup:
    """Bars under a heading with their sum; a group without a name has no heading."""

    bars: tuple[Bar, ...]
    name: str = ""
    amount: str = ""


def draw_bars(groups: Sequence[BarGroup], fills: Sequence[Fill], width: float) -> Axes:
    """Draw groups of bars on one scale; the legend names the fills that serve, and is left out when one serves.

    On a desk, names stand on the left and amounts at the end of the bars; on a telephone, both stand above.
    """
    bars = [bar for group in groups for bar in group.bars]
    used = [fill for fill in fills if any(fill == part and value > 0 for bar in bars for part, value in bar.parts)]
    legend = used if len(used) > 1 else []
    layout = _Layout.above(bars, width) if width <= NARROW else _Layout.beside(bars, width)
    height = sum(_heading_height(group) + sum(layout.row_height(bar) for bar in group.bars) for group in groups)
    height += legend_height([fill.label for fill in legend], width) + (6 if legend else 0)
    axes = canvas(width, height + 2)
    y = 0.0
    if legend:
        y = draw_legend(axes, y, legend, width) + 6
    for group in groups:
        y = _draw_heading(axes, y, group, width)
        for bar in group.bars:
            layout.draw(axes, y, bar)
            y += layout.row_height(bar)
    return axes


def _heading_height(group: BarGroup) -> float:
    return line_height(TEXT) + 10 if group.name else 0


def _draw_heading(axes: Axes, y: float, group: BarGroup, width: float) -> float:
    if not group.name:
        return y
    write(axes, 0, y + 2, group.name, bold=True)
    write(axes, width, y + 2, group.amount, bold=True, ha="right")
    under = y + 2 + line_height(TEXT)
    rule_line(axes, 0, under + 1.5, width, under + 1.5, FRAME, 1)
    return y + _heading_height(group)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where names, bars and amounts stand for a set of bars and a width."""

    width: float
    names_width: float
    scale: float
    is_beside: bool

    @classmethod
    def beside(cls, bars: Sequence[Bar], width: float) -> "_Layout":
        # half a point more, or what floats lose would cut the longest word in two
        names = min(max((text_width(bar.name) for bar in bars), default=0) + 0.5, 0.34 * width) + _COLUMN_GAP
        amounts = max((_amount_width(bar) for bar in bars), default=0) + 6
        largest = max((bar.value for bar in bars), default=0)
        return cls(width, names, (width - names - amounts) / largest if largest > 0 else 0, True)

    @classmethod
    def above(cls, bars: Sequence[Bar], width: float) -> "_Layout":
        largest = max((bar.value for bar in bars), default=0)
        return cls(width, 0, width / largest if largest > 0 else 0, False)

    def name_lines(self, bar: Bar) -> list[str]:
        room = self.names_width - _COLUMN_GAP if self.is_beside else self.width - text_width(bar.amount, bold=True) - 10
        return wrap(bar.name, room)

    def row_height(self, bar: Bar) -> float:
        names = len(self.name_lines(bar)) * line_height(TEXT)
        said = line_height(SMALL) if bar.said else 0
        if self.is_beside:
            return max(names, line_height(TEXT) + said, _THICK) + _GAP
        return names + 2 + _THICK - 3 + len(self._said_lines(bar)) * line_height(SMALL) + _GAP

    def _said_lines(self, bar: Bar) -> list[str]:
        return wrap(bar.said, self.width, SMALL) if bar.said else []

    def draw(self, axes: Axes, y: float, bar: Bar) -> None:
        names = self.name_lines(bar)
        if self.is_beside:
            middle = y + (self.row_height(bar) - _GAP) / 2
            write(axes, self.names_width - _COLUMN_GAP, middle - len(names) * line_height(TEXT) / 2, names, ha="right")
            end = self._draw_parts(axes, self.names_width, middle - _THICK / 2, _THICK, bar)
            said = line_height(SMALL) if bar.said else 0
            under = write(axes, end + 6, middle - (line_height(TEXT) + said) / 2, bar.amount, bold=True)
            if bar.said:
                write(axes, end + 6, under, bar.said, size=SMALL, colour=GREY)
            return
        write(axes, self.width, y, bar.amount, bold=True, ha="right")
        under = write(axes, 0, y, names) + 2
        self._draw_parts(axes, 0, under, _THICK - 3, bar)
        write(axes, 0, under + _THICK - 2, self._said_lines(bar), size=SMALL, colour=GREY)

    def _draw_parts(self, axes: Axes, x: float, y: float, thick: float, bar: Bar) -> float:
        for fill, value in bar.parts:
            if value > 0:
                # a bar too short to be seen would say zero
                length = max(value * self.scale, 1.5)
                box(axes, x, y, length, thick, fill)
                x += length
        return x


def _amount_width(bar: Bar) -> float:
    return max(text_width(bar.amount, bold=True), text_width(bar.said, SMALL))
