"""Horizontal bars with their names and amounts written beside them, for any number of rows and any length of name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.figure import Figure

from pvd_analysis.figures.canvas import NARROW, SMALL, TEXT, Fill, Sheet, line_height, text_width, wrap
from pvd_analysis.figures.style import GREY

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


def draw_bars(groups: Sequence[BarGroup], fills: Sequence[Fill], width: float) -> Figure:
    """Draw groups of bars on one scale; the legend names the fills that serve, and is left out when one serves.

    On a desk, names stand on the left and amounts at the end of the bars; on a telephone, both stand above.
    """
    bars = [bar for group in groups for bar in group.bars]
    used = [fill for fill in fills if any(fill == part and value > 0 for bar in bars for part, value in bar.parts)]
    layout = _Layout.of(bars, width)
    sheet = Sheet(width)
    y = sheet.legend(0.0, used) + 6 if len(used) > 1 else 0.0
    for group in groups:
        if group.name:
            sheet.write(0, y + 2, group.name, bold=True)
            under = sheet.write(width, y + 2, group.amount, bold=True, ha="right")
            sheet.rule(0, under + 1.5, width, under + 1.5, linewidth=1)
            y = under + 8
        for bar in group.bars:
            y = layout.draw(sheet, y, bar)
    return sheet.cut_at(y + 2)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where names, bars and amounts stand for a set of bars and a width."""

    width: float
    names_width: float
    scale: float

    @classmethod
    def of(cls, bars: Sequence[Bar], width: float) -> "_Layout":
        largest, names, amounts = max((bar.value for bar in bars), default=0), 0.0, 0.0
        if width > NARROW:
            # half a point more, or what floats lose would cut the longest word in two
            names = min(max((text_width(bar.name) for bar in bars), default=0) + 0.5, 0.34 * width) + _COLUMN_GAP
            amounts = max((_amount_width(bar) for bar in bars), default=0) + 6
        return cls(width, names, (width - names - amounts) / largest if largest > 0 else 0)

    @property
    def is_beside(self) -> bool:
        return self.names_width > 0

    def name_lines(self, bar: Bar) -> list[str]:
        room = self.names_width - _COLUMN_GAP if self.is_beside else self.width - text_width(bar.amount, bold=True) - 10
        return wrap(bar.name, room)

    def draw(self, sheet: Sheet, y: float, bar: Bar) -> float:
        """Draw a bar from a top `y`, and return the `y` under it."""
        names = self.name_lines(bar)
        if not self.is_beside:
            sheet.write(self.width, y, bar.amount, bold=True, ha="right")
            y = sheet.write(0, y, names) + 2
            self._draw_parts(sheet, 0, y, _THICK - 3, bar)
            said = wrap(bar.said, self.width, SMALL) if bar.said else []
            return sheet.write(0, y + _THICK - 2, said, size=SMALL, colour=GREY) - 1 + _GAP
        beside = line_height(TEXT) + (line_height(SMALL) if bar.said else 0)
        height = max(len(names) * line_height(TEXT), beside, _THICK)
        middle = y + height / 2
        sheet.write(self.names_width - _COLUMN_GAP, middle - len(names) * line_height(TEXT) / 2, names, ha="right")
        end = self._draw_parts(sheet, self.names_width, middle - _THICK / 2, _THICK, bar) + 6
        under = sheet.write(end, middle - beside / 2, bar.amount, bold=True)
        if bar.said:
            sheet.write(end, under, bar.said, size=SMALL, colour=GREY)
        return y + height + _GAP

    def _draw_parts(self, sheet: Sheet, x: float, y: float, thick: float, bar: Bar) -> float:
        for fill, value in bar.parts:
            if value > 0:
                # a bar too short to be seen would say zero
                length = max(value * self.scale, 1.5)
                sheet.box(x, y, length, thick, fill)
                x += length
        return x


def _amount_width(bar: Bar) -> float:
    return max(text_width(bar.amount, bold=True), text_width(bar.said, SMALL))
