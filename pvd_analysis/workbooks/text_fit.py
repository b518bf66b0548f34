"""How much room texts and numbers take in the cells of a sheet, and its tables on pages."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pvd_analysis.tables.cells import Column, shown_text
from pvd_analysis.tables.report_table import ReportTable

# What a page of A4 landscape holds between its margins: characters of Arial 10, and points.
PAGE_WIDTH: Final = 136.0
PAGE_HEIGHT: Final = 496.0
LINE_HEIGHT: Final = 13.5
_TALLEST_ROW: Final = 400.0
_LONGEST_TEXT: Final = 32_767
_MAX_WIDTH: Final = 100
_MIN_WIDTH: Final = 8

_PRINTED_WIDTH: Final = 195
_ROWS_WEIGHED: Final = 100
_STEPS: Final = (2.0, 4.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0)
_LEAST_OF_A_TABLE: Final = 150.0
_FEW_PAGES: Final = 3
_PLACES_TO_BREAK: Final = re.compile(r" |(?<=-)(?=\w)")
_NARROWEST_TEXT: Final = 18


def bounded(text: str, limit: int = _LONGEST_TEXT) -> str:
    """Return a text that a cell can hold, with a mark where it had to be cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def numbered(names: Iterable[str], limit: int) -> list[str]:
    """Return names of at most `limit` characters, numbered where two are the same, whatever the case."""
    unique: list[str] = []
    for name in names:
        tried, number = name, 2
        while tried.casefold() in {other.casefold() for other in unique}:
            suffix = f" ({number})"
            tried, number = name[: limit - len(suffix)] + suffix, number + 1
        unique.append(tried)
    return unique


def content_width(column: Column, values: Sequence[Any]) -> float:
    """Return the width that the values of a column take on one line each, in characters."""
    known = [value for value in values if value is not None]
    if not known:
        return 2.5
    texts = {value for value in known if isinstance(value, str)}
    numbers = [value for value in known if not isinstance(value, str)]
    if numbers:
        # the longest number is the first or the last of them, with the decimals that all of them have
        extremes = {shown_text(column, value) for value in (min(numbers), max(numbers))}
        if column.kind == "euros" and any(value % 100 for value in numbers):
            extremes = {text if "," in text else f"{text},00" for text in extremes}
        texts |= {shown_text(column, value) for value in set(numbers)} if column.kind == "date" else extremes
    return max(len(line) for text in texts for line in text.splitlines() or [""]) * 1.02 + 2.5


def header_width(label: str, *, has_filter: bool) -> float:
    """Return the least width of a column under its label, whose words are not cut."""
    longest_word = max(len(word) for word in (label or " ").split(" ")) * 1.08 + 2
    return max(longest_word + (3 if has_filter else 0), min(len(label) * 1.08 + 5, 13))


def printed_width(widths: Sequence[float]) -> float:
    """Return the characters that columns take side by side, with the room that a program leaves in each."""
    return sum(width + 0.75 for width in widths)


def row_height(texts: Sequence[str], widths: Sequence[float], *, bold: bool) -> float:
    """Return the height of a row of wrapped texts: LibreOffice and previews do not work it out by themselves."""
    return _height(max((_lines(text, width, bold) for text, width in zip(texts, widths, strict=False)), default=1))


def row_heights(columns: Sequence[Sequence[str]], widths: Sequence[float]) -> list[float]:
    """Return the height of each row of columns of wrapped texts."""
    lines = [[_lines(text, width, False) for text in texts] for texts, width in zip(columns, widths, strict=True)]
    return [_height(most) for most in map(max, zip(*lines, strict=True))]


def _height(lines: int) -> float:
    return min(lines * LINE_HEIGHT, _TALLEST_ROW)


@lru_cache(maxsize=65_536)
def _lines(text: str, width: float, bold: bool) -> int:
    """Return how many lines a text takes when it is wrapped in a column."""
    room = max((width - 1.5) / (0.98 if bold else 0.92), 4)
    return sum(_line_count(line, room) for line in text.split("\n"))


def _line_count(text: str, width: float) -> int:
    if len(text) <= width:
        return 1
    count, used = 1, 0
    for word in _PLACES_TO_BREAK.split(text):
        if used and used + 1 + len(word) > width:
            count, used = count + 1, 0
        used += len(word) + (1 if used else 0)
        overflow = math.ceil(used / width) - 1
        if overflow > 0:
            count, used = count + overflow, int(used - overflow * width)
    return count


def column_widths(tables: Sequence[ReportTable], values: Mapping[str, Sequence[Sequence[Any]]]) -> list[float]:
    """Return the widths of the columns of a sheet that holds these tables one under the other.

    They are the least of the contents, and wider where it saves lines, as far as a page can be read once printed. `values` has those of the columns of each table, by its key.
    """
    has_filter = len(tables) == 1
    widths = [float(_MIN_WIDTH)] * max((len(table.columns) for table in tables), default=1)
    least, wrapped = list(widths), list[dict[int, tuple[str, ...]]]()
    for table in tables:
        wrapped.append({})
        for position, (column, said) in enumerate(zip(table.columns, values[table.key], strict=True)):
            content = needed = content_width(column, said)
            header = header_width(column.label, has_filter=has_filter)
            if not column.is_numeric and column.kind != "date":
                needed = min(content, _NARROWEST_TEXT)
                wrapped[-1][position] = tuple(text if isinstance(text, str) else "" for text in said[:_ROWS_WEIGHED])
            widths[position] = max(widths[position], min(max(content, header), _MAX_WIDTH))
            least[position] = max(least[position], header, needed)
    return _widened(least, widths, wrapped)


def _widened(
    least: list[float], wanted: Sequence[float], tables: Sequence[Mapping[int, tuple[str, ...]]]
) -> list[float]:
    """Return the least widths widened, as far as wanted and a page allows, where it saves most lines of the wrapped texts."""
    widths = list(least)

    def lines(table: Mapping[int, tuple[str, ...]], widened: int = -1, width: float = 0.0) -> int:
        """Return the lines of a table, one of its columns with another width."""
        counts = [_line_counts(said, width if at == widened else widths[at]) for at, said in table.items()]
        return int(np.max(counts, axis=0).sum()) if counts else 0

    while True:
        room = _PRINTED_WIDTH - printed_width(widths)
        now = [(table, lines(table)) for table in tables]
        saved = {
            (at, more): sum(before - lines(table, at, widths[at] + more) for table, before in now if at in table) / more
            for at, most in enumerate(wanted)
            for more in (*_STEPS, most - widths[at])
            if 0 < more <= min(room, most - widths[at])
        }
        at, more = max(saved, key=lambda step: saved[step], default=(0, 0.0))
        if not more or saved[at, more] <= 0:
            return widths
        widths[at] += more


@lru_cache(maxsize=4_096)
def _line_counts(texts: tuple[str, ...], width: float) -> npt.NDArray[np.int64]:
    return np.array([_lines(text, width, False) for text in texts], dtype=np.int64)


def fewest_pages(heights: Sequence[float], repeated: float, widest: float, smallest: float) -> tuple[float, list[int]]:
    """Return the scale that a sheet is printed at, and the ranks of its blocks that begin a page.

    Parameters
    ----------
    heights : sequence of float
        Those of what stands above the first table, then of each table, in points.
    repeated : float
        The height of the row that stands on each page.
    widest, smallest : float
        The scale that its width lets it have, and the least one: a smaller one is taken where it makes fewer pages, of few.
    """
    scales = [widest, *(percent / 100 for percent in range(int(100 * widest) - 1, int(100 * smallest) - 1, -1))]
    paged = [(scale, *_pages(heights, PAGE_HEIGHT / scale - repeated)) for scale in scales]
    scale, count, breaks = min(paged, key=lambda each: each[1])
    return (scale, breaks) if count <= _FEW_PAGES else (widest, paged[0][2])


def _pages(heights: Sequence[float], room: float) -> tuple[int, list[int]]:
    """Return the pages and breaks: a table that a page can hold is not cut by one, unless all take fewer pages so."""
    return min((_flowed(heights, room, least) for least in (room, _LEAST_OF_A_TABLE)), key=lambda flowed: flowed[0])


def _flowed(heights: Sequence[float], room: float, least: float) -> tuple[int, list[int]]:
    """Return the pages and breaks when a table longer than `least` may be cut, after its first rows."""
    pages, breaks, used = 1, [], 0.0
    for rank, height in enumerate(heights):
        if rank > 1 and used and used + (height if height <= least else min(height, _LEAST_OF_A_TABLE)) > room:
            breaks.append(rank)
            pages, used = pages + 1, 0.0
        used += height
        pages, used = pages + int(used // room), used % room
    return pages, breaks
