"""How much room a text takes in the cells of a sheet."""

import math
from collections.abc import Sequence
from typing import Final

__all__ = ["LINE_HEIGHT", "bounded", "row_height"]

LINE_HEIGHT: Final = 13.5
_TALLEST_ROW: Final = 400.0
_LONGEST_TEXT: Final = 32_767


def bounded(text: str, limit: int = _LONGEST_TEXT) -> str:
    """Return a text that a cell can hold, with a mark where it had to be cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def row_height(texts: Sequence[str], widths: Sequence[float], *, bold: bool) -> float:
    """Return the height of a row of wrapped texts: LibreOffice and previews do not work it out by themselves."""
    per_character = 0.98 if bold else 0.92
    lines = [
        sum(_line_count(line, max((width - 1.5) / per_character, 4)) for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=False)
    ]
    return min(max(lines, default=1) * LINE_HEIGHT, _TALLEST_ROW)


def _line_count(text: str, width: float) -> int:
    """Return how many lines a text takes when it is wrapped between its words."""
    count, used = 1, 0
    for word in text.split(" "):
        if used and used + 1 + len(word) > width:
            count, used = count + 1, 0
        used += len(word) + (1 if used else 0)
        overflow = math.ceil(used / width) - 1
        if overflow > 0:
            count, used = count + overflow, int(used - overflow * width)
    return count
