"""What fits on a slide: words are measured, and what is too long goes on over the next one."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from pvd_analysis.figures import canvas
from pvd_analysis.tables import ReportTable

WORDS, CELLS, SOURCES = 18.0, (18.0, 16.0, 14.0), 12.0
"""Points: sentences; cells of a table, the largest that one slide has room for; sources."""
LEADING: Final = 1.2
AFTER: Final = 8.0
"""Points between two sentences, and between two blocks."""
CELL_SIDE, CELL_TOP = 6.0, 3.0
"""Points between the edge of a cell and its text."""

_MOST_WORDS: Final = 80
# Words are measured in the font of the figures; Arial is a tenth narrower.
_NARROWER: Final = 0.9
_LONGEST_CELL: Final = 260


@dataclass(frozen=True)
class Grid:
    """Rows of one table that stand on one slide: texts, widths and heights in points; the header first."""

    table: ReportTable
    size: float
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    heights: tuple[float, ...]
    totals: frozenset[int]

    @property
    def height(self) -> float:
        """How high it is."""
        return sum(self.heights)


@dataclass(frozen=True)
class Page:
    """What stands on one slide: sentences, then tables."""

    words: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()


def clean(text: str) -> str:
    """Return a text without what XML forbids and without line breaks."""
    return "".join(" " if unicodedata.category(each) in {"Cc", "Cs", "Cn"} else each for each in text)


def words_height(words: Sequence[str], width: float) -> float:
    """Return how high sentences are, as a list of a width."""
    return sum(len(_wrap(text, width - 40, WORDS)) * WORDS * LEADING + AFTER for text in words)


def pages(words: Sequence[str], tables: Sequence[tuple[ReportTable, bool]], width: float, height: float) -> list[Page]:
    """Return what each slide has of sentences and tables, in a room in points, in the largest letters that one has room for."""
    found: list[Page] = []
    for size in CELLS:
        found = list(_pages(words, tables, width, height, size))
        if len(found) == 1:
            break
    return found


def _pages(
    words: Sequence[str], tables: Sequence[tuple[ReportTable, bool]], width: float, height: float, size: float
) -> Iterator[Page]:
    page, left = Page(), height
    for text in map(clean, words):
        needed = words_height([text], width)
        if page.words and (needed > left or _count((*page.words, text)) > _MOST_WORDS):
            yield page
            page, left = Page(), height
        page, left = replace(page, words=(*page.words, text)), left - needed
    left -= AFTER if page.words else 0.0
    for table, is_small in tables:
        whole = _grid(table, width, SOURCES if is_small else size)
        while len(whole.rows) > 1:
            fitting = _fitting(whole, left)
            # a header alone, or one row of many at the foot of a slide, is moved to the next
            if fitting < min(3, len(whole.rows)) and (page.words or page.grids):
                yield page
                page, left = Page(), height
                continue
            fitting = max(fitting, 2)
            if len(whole.rows) - fitting == 1 and fitting > 2:  # a total is not alone on its slide
                fitting -= 1
            part, whole = _cut(whole, fitting)
            page, left = replace(page, grids=(*page.grids, part)), left - part.height - 2 * AFTER
    if page != Page() or not tables:
        yield page


def _wrap(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    return canvas.wrap(text, width / _NARROWER, size, bold)


def _text_width(text: str, size: float, bold: bool = False) -> float:
    return canvas.text_width(text, size, bold) * _NARROWER


def sources_height(texts: Sequence[str], width: float) -> float:
    """Return how high the sources at the foot of a slide are."""
    return sum(len(_wrap(text, width - 16, SOURCES)) * SOURCES * LEADING for text in texts) + AFTER / 2


def _count(words: Sequence[str]) -> int:
    return sum(any(map(str.isalnum, word)) for text in words for word in text.split())


def _fitting(grid: Grid, room: float) -> int:
    """Return how many rows fit, header included."""
    used = 0.0
    for number, height in enumerate(grid.heights):
        used += height
        if used > room:
            return number
    return len(grid.heights)


def _cut(grid: Grid, end: int) -> tuple[Grid, Grid]:
    """Return the first rows of a grid, and the others under the same header."""
    rows, heights = grid.rows, grid.heights
    first = replace(grid, rows=rows[:end], heights=heights[:end], totals=frozenset(n for n in grid.totals if n < end))
    rest = replace(
        grid,
        rows=(rows[0], *rows[end:]),
        heights=(heights[0], *heights[end:]),
        totals=frozenset(n - end + 1 for n in grid.totals if n >= end),
    )
    return first, rest


def _grid(table: ReportTable, width: float, size: float) -> Grid:
    shown = list(table.rows())
    rows = [
        tuple(column.label for column in table.columns),
        *(tuple(_short(cell.text) for cell in row.cells) for row in shown),
    ]
    bold = {0, *(number for number, row in enumerate(shown, 1) if row.is_total)}
    widths = _widths(rows, bold, width, size)
    heights = [
        max(len(_wrap(text, each - 2 * CELL_SIDE, size, number in bold)) for text, each in zip(row, widths, strict=True))
        * size * LEADING + 2 * CELL_TOP
        for number, row in enumerate(rows)
    ]  # fmt: skip
    return Grid(table, size, tuple(widths), tuple(rows), tuple(heights), frozenset(bold - {0}))


def _widths(rows: Sequence[Sequence[str]], bold: set[int], width: float, size: float) -> list[float]:
    """Return the widths of the columns: their longest word at least, and the rest as their texts need it."""
    least, wanted = [], []
    for texts in zip(*rows, strict=True):
        lines = [_text_width(text, size, number in bold) for number, text in enumerate(texts)]
        pieces = [
            _text_width(word, size, number in bold)
            for number, text in enumerate(texts)
            for word in islice(_unbroken(text), 40)
        ]
        least.append(min(max(pieces, default=0.0), width / 3) + 2 * CELL_SIDE + 2)
        wanted.append(max(max(lines), least[-1]) + 2 * CELL_SIDE + 2)
    if sum(wanted) <= width:
        spare = min(width - sum(wanted), 24.0 * len(wanted))
        return [each + spare / len(wanted) for each in wanted]
    if sum(least) >= width:
        return [each * width / sum(least) for each in least]
    # a long text does not starve the others: what is wanted beyond a third of the slide counts less
    asked = [min(want, width / 2) - low if want > low else 0.0 for want, low in zip(wanted, least, strict=True)]
    asked = [max(each, 0.0) for each in asked]
    share = (width - sum(least)) / (sum(asked) or 1)
    return [low + ask * share for low, ask in zip(least, asked, strict=True)]


def _unbroken(text: str) -> list[str]:
    return [piece for word in text.split(" ") for piece in word.replace("-", "- ").split(" ")]


def _short(text: str) -> str:
    """Return a text of a cell, cut at a word when no slide has the room for it."""
    said = clean(text)
    return said if len(said) <= _LONGEST_CELL else f"{said[:_LONGEST_CELL].rpartition(' ')[0] or said[:_LONGEST_CELL]}…"
