"""What fits on a slide: texts are measured, several sizes of letters tried, and what is too long goes on over the next one."""

import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from pvd_analysis.figures import canvas
from pvd_analysis.tables import ReportTable
from pvd_analysis.tables.cells import Column
from pvd_analysis.values.french import french_letters, french_spaces

SMALLEST, SOURCES = 14.0, 12.0
"""Points: the smallest letters of a slide, and those of its sources."""
AFTER: Final = 8.0
"""Points between two sentences, and between two blocks."""
MARGINS: Final = (6.0, 2.0)
"""Points between the edge of a cell and its text: at its sides, above and below."""

# Letters of sentences, and of the cells of a table.
_SIZES: Final = ((22.0, 18.0), (18.0, 18.0), (18.0, 16.0), (18.0, SMALLEST))
_LEADING: Final = 1.2
# Points that the mark of a list and the edges of its text take.
_INDENT: Final = 40.0
# Words are measured in the font of the figures, in one size for all; Arial is a tenth narrower.
_MEASURED: Final = 18.0
_NARROWER: Final = 0.9
_LONGEST_CELL: Final = 260
_WIDEST_GAP: Final = 24.0
# A name of a file is typed as it stands.
_AS_TYPED: Final = frozenset({"nom_fichier"})


@dataclass(frozen=True)
class Line:
    """One row of a table, its height in points."""

    texts: tuple[str, ...]
    height: float
    is_bold: bool


@dataclass(frozen=True)
class Grid:
    """Rows of one table that stand on one slide, under its header: size of letters and widths in points."""

    table: ReportTable
    size: float
    widths: tuple[float, ...]
    header: Line
    lines: tuple[Line, ...]

    @property
    def height(self) -> float:
        """How high it is."""
        return self.header.height + sum(line.height for line in self.lines)


@dataclass(frozen=True)
class Page:
    """What stands on one slide: sentences in letters of a size, then tables."""

    words: Sequence[str]
    size: float
    grids: Sequence[Grid]


def plain(text: str) -> str:
    """Return a text without what XML forbids and without line breaks."""
    return "".join(" " if unicodedata.category(each) in {"Cc", "Cs", "Cn"} else each for each in text)


def typeset(text: str) -> str:
    """Return a text as French is set, as the pages do."""
    return french_spaces(french_letters(plain(text)))


def words_height(texts: Sequence[str], width: float, size: float, after: float = AFTER) -> float:
    """Return how high sentences are, as a list of a width, with what parts it from what stands under it."""
    return sum(len(_wrap(text, width - _INDENT, size)) * size * _LEADING + after for text in texts) + AFTER


def pages(words: Sequence[str], tables: Sequence[tuple[ReportTable, bool]], width: float, height: float) -> list[Page]:
    """Return what each slide has in a room in points; of a table, whether its letters are small.

    Each size of letters is tried, and the largest that takes the fewest slides is kept.
    """
    tried = _SIZES if width > height else _SIZES[1:]  # a column has no room for large sentences
    return min((list(_pages(words, tables, width, height, *sizes)) for sizes in tried), key=len)


def _pages(
    words: Sequence[str],
    tables: Sequence[tuple[ReportTable, bool]],
    width: float,
    height: float,
    letters: float,
    cells: float,
) -> Iterator[Page]:
    grids: list[Grid] = []
    room = height - (words_height(words, width, letters) if words else 0.0)
    for table, is_small in tables:
        grid = _grid(table, width, SOURCES if is_small else cells)
        while grid.lines:
            fitting = _fitting(grid, room)
            # one row of many at the foot of a slide is moved to the next
            if fitting < min(2, len(grid.lines)) and (words or grids):
                yield Page(words, letters, grids)
                words, grids, room = (), [], height
                continue
            # over several slides, as many rows on each
            share = math.ceil(len(grid.lines) / math.ceil(len(grid.lines) / max(fitting, 1)))
            part = replace(grid, lines=grid.lines[:share])
            grid = replace(grid, lines=grid.lines[share:])
            grids.append(part)
            room -= part.height + 2 * AFTER
    if words or grids:
        yield Page(words, letters, grids)


def _fitting(grid: Grid, room: float) -> int:
    """Return how many rows fit under the header."""
    reached = accumulate((line.height for line in grid.lines), initial=grid.header.height)
    return sum(bottom <= room for bottom in reached) - 1


def _grid(table: ReportTable, width: float, size: float) -> Grid:
    rows = list(table.rows())
    texts = [
        tuple(typeset(column.label) for column in table.columns),
        *(tuple(_cell_text(cell.column, cell.text) for cell in row.cells) for row in rows),
    ]
    bold = [True, *(row.is_total for row in rows)]
    columns = list(zip(*texts, strict=True))
    least = [min(_widest([word for text in column for word in _unbroken(text)], size), width / 2) for column in columns]
    wanted = [_widest(column, size) for column in columns]
    if sum(wanted) > width:  # a header takes two lines before a text does
        wanted = [_widest(column[1:], size) for column in columns]
    widths = tuple(_widths(least, wanted, width))
    header, *lines = (
        Line(row, max(map(len, wrapped)) * size * _LEADING + 2 * MARGINS[1], is_bold)
        for row, is_bold in zip(texts, bold, strict=True)
        if (wrapped := [_wrap(text, of - 2 * MARGINS[0], size, is_bold) for text, of in zip(row, widths, strict=True)])
    )
    return Grid(table, size, widths, header, tuple(lines))


def _widths(least: Sequence[float], wanted: Sequence[float], width: float) -> list[float]:
    """Return the widths of the columns: the widest ones are held to one width, so that a long text starves no other."""
    most = max(wanted)
    while sum(found := [max(low, min(want, most)) for low, want in zip(least, wanted, strict=True)]) > width:
        most -= MARGINS[0]
        if most < min(least):
            return [each * width / sum(found) for each in found]
    gap = min((width - sum(found)) / len(found), _WIDEST_GAP)
    return [each + gap for each in found]


def _widest(texts: Iterable[str], size: float) -> float:
    widest = max((canvas.text_width(text, _MEASURED, bold=True) for text in texts), default=0.0)
    return widest * _NARROWER * size / _MEASURED + 2 * MARGINS[0] + 2


def _wrap(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    return canvas.wrap(text, width / _NARROWER * _MEASURED / size, _MEASURED, bold)


def _unbroken(text: str) -> list[str]:
    return text.replace("-", "- ").split(" ")


def _cell_text(column: Column, text: str) -> str:
    """Return a text of a cell, cut at a word when no slide has the room for it."""
    said = plain(text) if column.name in _AS_TYPED else typeset(text)
    return said if len(said) <= _LONGEST_CELL else f"{said[:_LONGEST_CELL].rpartition(' ')[0] or said[:_LONGEST_CELL]}…"
