"""Names beside points, placed so that none covers another name, a point or a line."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

# From the point to the edge of its name, in points; beyond the first two, a line leads from one to the other.
_DISTANCES: Final = (6.0, 10.0, 18.0, 26.0, 36.0, 48.0, 62.0, 78.0)
_LED_FROM: Final = 18.0
# Right first: where the eye looks for a name.
_DIRECTIONS: Final = (
    *((1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (0.7, -0.7), (0.7, 0.7), (-0.7, -0.7), (-0.7, 0.7)),
    *((0.9, -0.4), (0.9, 0.4), (-0.9, -0.4), (-0.9, 0.4), (0.4, -0.9), (0.4, 0.9), (-0.4, -0.9), (-0.4, 0.9)),
)

_Boxes: TypeAlias = NDArray[np.float64]
"""A row for each rectangle: left, top, right, bottom."""


class Box(NamedTuple):
    """A rectangle, in points: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float


class Name(NamedTuple):
    """A name to place: its point and its size."""

    x: float
    y: float
    width: float
    height: float


class Place(NamedTuple):
    """Where a name stands, and whether a line leads to it from its point."""

    box: Box
    is_led: bool


def along(x: float, y: float, x_end: float, y_end: float, half: float = 1.5, step: float = 4.0) -> list[Box]:
    """Return small boxes along a line, for names to keep off it."""
    count = max(int(((x_end - x) ** 2 + (y_end - y) ** 2) ** 0.5 / step), 1)
    places = [(x + (x_end - x) * n / count, y + (y_end - y) * n / count) for n in range(count + 1)]
    return [Box(px - half, py - half, px + half, py + half) for px, py in places]


def place_names(names: Sequence[Name], obstacles: Sequence[Box], frame: Box) -> list[Place] | None:
    """Return a place for each name inside the frame, or None when there is none for all.

    Names with the fewest places free go first; when one finds none, all begin again with it at the head.
    """
    in_frame = [_in_frame(name, frame) for name in names]
    beside = np.array(obstacles, dtype=float).reshape(-1, 4)
    near = [int((~_meet(boxes[~led], beside)).sum()) for boxes, led in in_frame]
    order = sorted(range(len(names)), key=near.__getitem__)
    for _ in range(len(names) + 1):
        placed: dict[int, Place] = {}
        taken = beside
        for number in order:
            place = next(_free(names[number], *in_frame[number], taken), None)
            if place is None:
                order = [number, *(other for other in order if other != number)]
                break
            placed[number] = place
            led_by = _leader_boxes(names[number], place) if place.is_led else []
            taken = np.vstack([taken, place.box, *led_by])
        else:
            return [placed[number] for number in range(len(names))]
    return None


def _sign(part: float) -> int:
    return 0 if abs(part) < 0.5 else 1 if part > 0 else -1


# Each place that a name may take, the nearest first: how far its edge is from its point to the right and down, which
# way it goes from there, and whether a line leads to it.
_RIGHT, _DOWN, _SIDE, _LEVEL, _LED = (
    np.array(column)
    for column in zip(
        *(
            (right * distance, down * distance, _sign(right), _sign(down), distance >= _LED_FROM)
            for distance in _DISTANCES
            for right, down in _DIRECTIONS
        ),
        strict=True,
    )
)


def _in_frame(name: Name, frame: Box) -> tuple[_Boxes, NDArray[np.bool_]]:
    """Return the places of a name inside the frame, the nearest first, and which of them a line leads to."""
    # Above and below a name is centred; beside, it starts or ends at its point.
    left = name.x + _RIGHT - (0.5 - _SIDE / 2) * name.width
    top = name.y + _DOWN - (0.5 - _LEVEL / 2) * name.height
    right, bottom = left + name.width, top + name.height
    inside = (frame.left <= left) & (frame.top <= top) & (right <= frame.right) & (bottom <= frame.bottom)
    return np.column_stack([left, top, right, bottom])[inside], _LED[inside]


def _free(name: Name, boxes: _Boxes, led: NDArray[np.bool_], taken: _Boxes) -> Iterator[Place]:
    """Yield the places that nothing has taken, nor stands between them and the point of the name."""
    free = ~_meet(boxes, taken)
    for box, is_led in zip(boxes[free].tolist(), led[free].tolist(), strict=True):
        place = Place(Box(*box), is_led)
        if not is_led or not _meet(np.array(_leader_boxes(name, place)), taken).any():
            yield place


def _meet(boxes: _Boxes, others: _Boxes) -> NDArray[np.bool_]:
    """Return which boxes overlap any of the others."""
    left, top, right, bottom = (boxes[:, [side]] for side in range(4))
    apart = (left >= others[:, 2]) | (others[:, 0] >= right) | (top >= others[:, 3]) | (others[:, 1] >= bottom)
    return np.asarray(~apart.all(axis=1))


def leader(name: Name, place: Place) -> tuple[float, float, float, float]:
    """Return the line from beside a point to the nearest edge of its name."""
    x = min(max(name.x, place.box.left), place.box.right)
    y = min(max(name.y, place.box.top), place.box.bottom)
    length = max(((x - name.x) ** 2 + (y - name.y) ** 2) ** 0.5, 1e-6)
    start = 6.5 / length
    return name.x + (x - name.x) * start, name.y + (y - name.y) * start, x, y


def _leader_boxes(name: Name, place: Place) -> list[Box]:
    return along(*leader(name, place), half=0.8)
