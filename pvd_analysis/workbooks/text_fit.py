"""How much room texts and numbers take in the cells of a sheet."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from pvd_analysis.tables.cells import Column, shown_text
from pvd_analysis.tables.report_table import ReportTable

LINE_HEIGHT: Final = 13.5
_TALLEST_ROW: Final = 400.0
_LONGEST_TEXT: Final = 32_767
_MAX_WIDTH: Final = 60
_MIN_WIDTH: Final = 8

_MAX_SHARED_WIDTH: Final = 36
_PRINTED_WIDTH: Final = 190
_NARROWEST_TEXT: Final = 18


def bounded(text: str, limit: int = _LONGEST_TEXT) -> str:
    """Return a text that a cell can hold, with a mark where it had to be cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


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


def least_width(column: Column, content: float) -> float:
    """Return the least width of a column whose content has a width: a text may be wrapped, a number or a date not."""
    return content if column.is_numeric or column.kind == "date" else min(content, _NARROWEST_TEXT)


def fitted(widths: list[float], least: Sequence[float]) -> list[float]:
    """Return the widths with the widest narrowed, down to the least, so that a page's width can be read once printed."""
    bound = float(_MAX_WIDTH)
    while sum(widths) > _PRINTED_WIDTH and bound > _NARROWEST_TEXT:
        bound -= 2
        widths = [max(min(width, bound), narrow) for width, narrow in zip(widths, least, strict=True)]
    return widths


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
    for word in text.split(" "):
        if used and used + 1 + len(word) > width:
            count, used = count + 1, 0
        used += len(word) + (1 if used else 0)
        overflow = math.ceil(used / width) - 1
        if overflow > 0:
            count, used = count + overflow, int(used - overflow * width)
    return count


def column_widths(tables: Sequence[ReportTable], values: Mapping[str, Sequence[Sequence[Any]]]) -> list[float]:
    """Return the widths of the columns of a sheet that holds these tables one under the other.

    `values` has those of the columns of each table, by its key.
    """
    has_filter = len(tables) == 1
    # tables one under the other share their columns: the sentences of one must not stretch the numbers of another
    bound = _MAX_WIDTH if has_filter else _MAX_SHARED_WIDTH
    widths = [float(_MIN_WIDTH)] * max((len(table.columns) for table in tables), default=1)
    least = list(widths)
    for table in tables:
        for position, column in enumerate(table.columns):
            content = content_width(column, values[table.key][position])
            header = header_width(column.label, has_filter=has_filter)
            widths[position] = max(widths[position], min(max(content, header), bound))
            least[position] = max(least[position], header, least_width(column, content))
    return fitted(widths, least)
