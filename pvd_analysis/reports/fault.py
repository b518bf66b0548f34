"""Why something was not made: the sentence of a fault that was foreseen; of one that was not, a reference to its trace.

A trace tells where in the program a fault arose, by modules and lines. It never holds the text of an error, a value or a
path: they may quote a cell, or name a person's folder.

A report that was not made has a note, ``outputs/echecs/<trimestre>_<departement>_<what>.json``, until it is made. The notes
have a folder of their own: what was made before stays as it was, and a report never made leaves no folder.
"""

import contextlib
import datetime as dt
import hashlib
import json
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pvd_analysis.errors import InvalidParameter, PvdError, refused
from pvd_analysis.whole_file import write_whole

FAILURES = "echecs"
REPORTS_NOTE = "rapports"

_NAME: Final = "pvd_erreur_{}.txt"
_MOST_TRACES: Final = 20
_MOST_LINES: Final = 60
_MOST_CAUSES: Final = 5


def is_foreseen(error: BaseException) -> bool:
    """Whether an error is one of a request, of the system, or an interruption; any other is a fault of the program."""
    return isinstance(error, PvdError | OSError | KeyboardInterrupt)


def reason_of(error: BaseException, root: Path | None = None) -> str:
    """Return one French sentence that says what has ended something; the trace of an unforeseen fault is written.

    Parameters
    ----------
    error : BaseException
    root : Path, optional
        The project, whose ``outputs/erreurs`` takes the trace; without one, or if it cannot, the temporary folder does.
    """
    if isinstance(error, PvdError):
        return str(error)
    if isinstance(error, OSError):
        return refused(error)
    if isinstance(error, KeyboardInterrupt):
        return "Interrompu. Les rapports précédents sont restés en place."
    place = _written(error, root)
    if place is None:
        return (
            f"Erreur inattendue du programme, référence {reference(error)}, que rien n'a pu décrire (disque plein ?)."
        )
    shown = place.relative_to(root).as_posix() if root and place.is_relative_to(root) else place
    return f"Erreur inattendue du programme, référence {reference(error)} : à transmettre avec {shown}, sans donnée du projet."


def reference(error: BaseException) -> str:
    """Return the short name of a fault: of one kind, at one place of the program, it is always the same."""
    *_, last = [(type(error).__name__, "", 0), *_lines(error)]
    return hashlib.sha256(repr((type(error).__name__, last)).encode()).hexdigest()[:8]


@contextlib.contextmanager
def failure_noted(folder: Path, what: str) -> Iterator[None]:
    """Note that a block that was to fill a folder has failed, when and why; a block that ends well removes the note.

    A parameter at fault is no failure of a report, and is not noted.

    Parameters
    ----------
    folder : Path
        The folder of a quarter and a département.
    what : str
        What was being made: `REPORTS_NOTE`, ``"fiches"``.
    """
    path = folder.parents[1] / FAILURES / f"{folder.parent.name}_{folder.name}_{what}.json"
    try:
        yield
    except InvalidParameter:
        raise
    except Exception as error:
        said = {
            "trimestre": folder.parent.name,
            "departement": folder.name,
            "quoi": what,
            "le": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "raison": reason_of(error, folder.parents[2]),
        }
        # What failed is told by the error itself: a note that cannot be written must not hide it.
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode())
        raise
    path.unlink(missing_ok=True)


def _lines(error: BaseException) -> Iterator[tuple[str, str, int]]:
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield frame.f_globals.get("__name__", "?"), frame.f_code.co_name, line


def _trace(error: BaseException) -> str:
    from importlib.metadata import version  # a tenth of the time of a help page

    said = [f"pvd_analysis {version('pvd-analysis')}, Python {sys.version.split()[0]}, {sys.platform}"]
    cause: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if cause is None:
            break
        lines = [f"  {module}, ligne {line}, dans {name}" for module, name, line in _lines(cause)]
        said += [type(cause).__name__, *lines[-_MOST_LINES:]]
        cause = cause.__cause__ or cause.__context__
    return "\n".join(said) + "\n"


def _written(error: BaseException, root: Path | None) -> Path | None:
    """Write the trace of a fault, unless it is there already, and return where; None when no folder takes it."""
    folders = [*([root / "outputs" / "erreurs"] if root else []), Path(tempfile.gettempdir())]
    for folder in folders:
        path = folder / _NAME.format(reference(error))
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError), path.open("x", encoding="utf-8") as file:
                file.write(_trace(error))
            _forget_oldest(folder)
            return path
    return None


def _forget_oldest(folder: Path) -> None:
    traces = sorted(folder.glob(_NAME.format("*")), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in traces[_MOST_TRACES:]:
        path.unlink(missing_ok=True)
