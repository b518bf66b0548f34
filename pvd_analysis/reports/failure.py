"""A note of what was not made: ``outputs/<trimestre>/<departement>.<what>.echec.json``, until it is made.

The note stands beside the folder of the département, never in it: what was made before stays as it was.
"""

import contextlib
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

from pvd_analysis.errors import InvalidParameter, PvdError
from pvd_analysis.reports.whole_file import write_whole

__all__ = ["FAILURES", "failure_noted"]

FAILURES = "*.echec.json"


@contextlib.contextmanager
def failure_noted(folder: Path, what: str) -> Iterator[None]:
    """Note beside `folder` that a block has failed, when and why; a block that ends well removes the note.

    A parameter at fault is no failure of a report, and is not noted. Of a fault of the program only the kind is noted:
    its text may quote a cell.

    Parameters
    ----------
    folder : Path
        The folder of a quarter and a département.
    what : str
        What was being made: ``"rapports"``, ``"fiches"``.
    """
    path = folder.with_name(f"{folder.name}.{what}.echec.json")
    try:
        yield
    except InvalidParameter:
        raise
    except Exception as error:
        reason = str(error) if isinstance(error, PvdError) else f"Erreur inattendue : {type(error).__name__}."
        said = {
            "trimestre": folder.parent.name,
            "departement": folder.name,
            "quoi": what,
            "le": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "raison": reason,
        }
        # What failed is told by the error itself: a note that cannot be written must not hide it.
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode())
        raise
    path.unlink(missing_ok=True)
