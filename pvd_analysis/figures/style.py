"""The one style of the figures: palette, type and lines, safe for every colour vision and the same on every machine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from matplotlib import style

_STYLE_FILE: Final = Path(__file__).with_name("pvd.mplstyle")

PALETTE: Final[Mapping[str, str]] = {
    "bleu": "#12436D",
    "turquoise": "#28A197",
    "orange": "#F46A25",
    "mauve": "#A285D1",
    "prune": "#801650",
    "anthracite": "#3D3D3D",
}
"""Colours of the categories, in the order to use them; each has at least 3:1 contrast against white.

The first four stay apart for every colour vision. The last two do not stay apart from the blue and from each other:
they need a hatch or a label beside them.

Source: UK Government Analysis Function, "Data visualisation: colours in charts", categorical palette.
"""

INSIDE: Final = PALETTE["bleu"]
"""What an announced total holds, or what is known: the same meaning in every chart."""
OUTSIDE: Final = PALETTE["turquoise"]
"""Public aid that no announced total holds."""
LIMIT: Final = PALETTE["prune"]
"""A limit or a deadline, and what is beyond it."""

INK: Final = "#1F2933"
"""Text on a figure."""
GREY: Final = "#6B7785"
"""What stands back: a reference line, a row without data; 4.5:1 against white."""
FRAME: Final = "#D9DEE4"
"""Grids and outlines that carry no meaning by themselves."""
STATE_MARKS: Final[Mapping[str, Mapping[str, Any]]] = {
    "dépassée": {"marker": "X", "color": PALETTE["prune"], "markersize": 8.5},
    "échéance proche": {"marker": "^", "color": PALETTE["orange"], "markersize": 8},
    "à signer": {"marker": "s", "color": GREY, "markerfacecolor": "white", "markersize": 7},
    "dans les délais": {"marker": "o", "color": PALETTE["bleu"], "markerfacecolor": "white", "markersize": 7},
    "signée": {"marker": "D", "color": PALETTE["turquoise"], "markersize": 6.5},
    "non connue": {"marker": "D", "color": GREY, "markerfacecolor": "white", "markersize": 6.5},
}
"""The states of the conventions, each with its shape beside its colour; in the order in which they call for action."""


@contextmanager
def report_style() -> Iterator[None]:
    """Draw in the style of the reports, whatever the settings around; also a decorator of the functions that draw.

    >>> import matplotlib as mpl
    >>> @report_style()
    ... def spines_on_top() -> bool:
    ...     return mpl.rcParams["axes.spines.top"]
    >>> spines_on_top()
    False
    """
    with style.context(_STYLE_FILE, after_reset=True):
        yield
