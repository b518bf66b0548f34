"""The memory of a command, watched from outside: what it and all the processes that it starts hold together."""

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

# A look at ten processes takes some fiftieths of a second of a processor.
_SECONDS_BETWEEN_LOOKS = 0.5


@dataclass(frozen=True)
class Ended:
    """What a command said, its exit status and the highest memory (MiB) at any look."""

    said: str
    status: int
    mebibytes: float


def watched(command: Sequence[str], folder: Path) -> Ended:
    """Run a command to its end, looking at its memory twice a second; a page that several share counts once."""
    highest = 0
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    while process.poll() is None:
        highest = max(highest, _held(process.pid))
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    said, _ = process.communicate()
    return Ended(said, process.returncode, highest / 2**20)


def _held(first: int) -> int:
    total = 0
    try:
        processes = [psutil.Process(first), *psutil.Process(first).children(recursive=True)]
    except psutil.Error:
        return 0
    for process in processes:
        try:
            memory = process.memory_full_info()
        except psutil.Error:
            continue
        # Only Linux shares a page out among those that hold it.
        total += getattr(memory, "pss", memory.uss)
    return total
