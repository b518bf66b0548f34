"""What arrives in ``data/raw``, and when it has arrived whole: once nothing there changes any more."""

import contextlib
import datetime as dt
import time
from pathlib import Path

from pvd_analysis.project import raw_folder
from pvd_analysis.values import Trimestre

# What browsers and mail programs write while they receive.
_BEING_RECEIVED = frozenset({".part", ".crdownload", ".download", ".partial", ".tmp"})

_State = tuple[Trimestre, tuple[tuple[str, int, int], ...]]


class Arrivals:
    """What has been seen of the raw files of a project, look after look; the folder may be on another machine.

    It is looked at again and again: a network drive tells nobody what another machine writes on it.

    Parameters
    ----------
    root : Path
        The project's root.
    still : float
        Seconds without a change after which what has arrived is whole.
    """

    def __init__(self, root: Path, still: float) -> None:
        self._folder = raw_folder(root)
        self._still = still
        self._seen: _State | None = None
        self._since = 0.0
        self._done: _State | None = None

    def something_whole(self) -> bool:
        """Look, and tell whether there is something whole that was not there at the last `taken`.

        The end of a quarter is something too: its reports are due.
        """
        state = _state(self._folder)
        if state != self._seen:
            self._seen, self._since = state, time.monotonic()
        is_still = time.monotonic() - self._since >= self._still
        return is_still and state != self._done and not any(_is_being_received(name) for name, *_ in state[1])

    def taken(self) -> None:
        """Take what was seen last as done."""
        self._done = self._seen


def _state(folder: Path) -> _State:
    found = []
    for path in sorted(folder.rglob("*")):
        with contextlib.suppress(OSError):  # it went while it was looked at, or may not be: the preparation says it
            about = path.stat()
            if path.is_file():
                found.append((path.relative_to(folder).as_posix(), about.st_size, about.st_mtime_ns))
    return Trimestre.last_ended(dt.date.today()), tuple(found)


def _is_being_received(name: str) -> bool:
    return Path(name).suffix.lower() in _BEING_RECEIVED
