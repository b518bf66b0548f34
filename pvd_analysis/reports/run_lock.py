"""One run at a time in a project: the second one is told who is running, and since when."""

import datetime as dt
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pvd_analysis.errors import RunInProgress
from pvd_analysis.values import format_date
from pvd_analysis.whole_file import tidy_below, write_whole

_LOCK = ".verrou"
# Beside the lock, not in it: on Windows, nobody but the holder can read a locked file.
_HOLDER = ".verrou.json"


@contextmanager
def run_lock(root: Path, command: str) -> Iterator[None]:
    """Hold the lock of a project's results (``outputs/``) for the time of a block, tidied of what a killed run left.

    The operating system holds the lock and lets go of it when the process ends, however it ends: a killed run
    blocks nobody.

    Parameters
    ----------
    root : Path
        The project's root.
    command : str
        What is running, as the next one is told (``"pvd rapports"``); no parameter, which may name a person's folder.

    Raises
    ------
    RunInProgress
        Another process holds the lock.
    """
    folder = root / "outputs"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / _LOCK, blocking=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise RunInProgress(
            f"Une autre exécution est en cours{_said(folder / _HOLDER)}. Attendez sa fin, puis relancez la commande."
        ) from error
    try:
        tidy_below(folder)
        _write_holder(folder / _HOLDER, command)
        yield
    finally:
        (folder / _HOLDER).unlink(missing_ok=True)
        lock.release()


def _write_holder(path: Path, command: str) -> None:
    holder = {
        "commande": command,
        "processus": os.getpid(),
        "debut": dt.datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    write_whole(path, json.dumps(holder, ensure_ascii=False).encode())


def _said(path: Path) -> str:
    """Say who holds the lock; nothing in the instant in which the holder has not yet written its name."""
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        started = dt.datetime.fromisoformat(holder["debut"])
        return (
            f" : « {holder['commande']} », depuis le {format_date(started.date())} à {started:%H h %M} "
            f"(processus {holder['processus']})"
        )
    except (OSError, ValueError, KeyError):
        return ""
