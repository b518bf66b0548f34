"""What a test looks for around a run: its processes, what it left half made, and the moment when something is there."""

import time
from pathlib import Path


def when(condition, seconds=60):
    """Wait for something that must come, and return it."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)
    return found


def processes_in(root):
    """The processes that stand in a project's folder: its kernels, and those that drive them (Linux)."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if place.readlink() == root:
                found.append(int(place.parts[2]))
        except OSError:
            continue
    return found


def leftovers(root):
    """What an interrupted run leaves if nobody cleans up."""
    return [
        path for path in root.rglob(".*") if path.name.startswith((".en-cours", ".ancien")) or path.suffix == ".tmp"
    ]
