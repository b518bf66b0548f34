"""Names beside points, placed so that none covers another name, a point or a line."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

__all__ = ["Box", "Name", "Place", "along", "place_names"]

# From the point to the edge of its name, in points; beyond the first two, a line leads from one to the other.
_DISTANCES: Final = (6.0, 10.0, 18.0, 26.0, 36.0, 48.0, 62.0, 78.0)
_LED_FROM: Final = 18.0
# Right first: where the eye looks for a name.
_DIRECTIONS: Final = (
    *((1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (0.7, -0.7), (0.7, 0.7), (-0.7, -0.7), (-0.7, 0.7)),
    *((0.9, -0.4), (0.9, 0.4), (-0.9, -0.4), (-0.9, 0.4), (0.4, -0.9), (0.4, 0.9), (-0.4, -0.9), (-0.4, 0.9)),
)


class Box(NamedTuple):
    """A rectangle, in points: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether two rectangles overlap."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: "Box") -> bool:
        """Whether another rectangle is inside this one."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )


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
    order = sorted(range(len(names)), key=lambda number: _free_places(names[number], obstacles, frame))
    for _ in range(len(names) + 1):
        placed: dict[int, Place] = {}
        taken = list(obstacles)
        for number in order:
            place = next(_places(names[number], taken, frame), None)
            if place is None:
                order = [number, *(other for other in order if other != number)]
                break
            placed[number] = place
            taken += [place.box, *(_leader_boxes(names[number], place) if place.is_led else [])]
        else:
            return [placed[number] for number in range(len(names))]
    return None


def _free_places(name: Name, obstacles: Sequence[Box], frame: Box) -> int:
    return sum(1 for _ in takewhile(lambda place: not place.is_led, _places(name, obstacles, frame)))


def _places(name: Name, taken: Sequence[Box], frame: Box) -> Iterator[Place]:
    """Yield the free places of a name, the nearest first."""
    for distance in _DISTANCES:
        for right, down in _DIRECTIONS:
            # Above and below a name is centred; beside, it starts or ends at its point.
            side, level = _sign(right), _sign(down)
            left = name.x + right * distance - (0.5 - side / 2) * name.width
            top = name.y + down * distance - (0.5 - level / 2) * name.height
            place = Place(Box(left, top, left + name.width, top + name.height), distance >= _LED_FROM)
            if not frame.holds(place.box) or any(place.box.meets(other) for other in taken):
                continue
            if place.is_led and any(one.meets(other) for one in _leader_boxes(name, place) for other in taken):
                continue
            yield place


def _sign(part: float) -> int:
    return 0 if abs(part) < 0.5 else 1 if part > 0 else -1


def leader(name: Name, place: Place) -> tuple[float, float, float, float]:
    """Return the line from beside a point to the nearest edge of its name."""
    x = min(max(name.x, place.box.left), place.box.right)
    y = min(max(name.y, place.box.top), place.box.bottom)
    length = max(((x - name.x) ** 2 + (y - name.y) ** 2) ** 0.5, 1e-6)
    start = 6.5 / length
    return name.x + (x - name.x) * start, name.y + (y - name.y) * start, x, y


def _leader_boxes(name: Name, place: Place) -> list[Box]:
    return along(*leader(name, place), half=0.8)
