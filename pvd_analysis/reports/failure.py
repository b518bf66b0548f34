"""A note of what was not made: ``outputs/echecs/<trimestre>_<departement>_<what>.json``, until it is made.

The notes have a folder of their own: what was made before stays as it was, and a report never made leaves no folder.
"""

import contextlib
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

from pvd_analysis.errors import InvalidParameter
from pvd_analysis.reports.fault import reason_of
from pvd_analysis.whole_file import write_whole

FAILURES = "echecs"
REPORTS_NOTE = "rapports"


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
