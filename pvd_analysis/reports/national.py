"""The national comparison: all départements side by side, from the prepared tables."""

import datetime as dt
import time
from pathlib import Path

from pvd_analysis.dataset import COUNTRY, load_country
from pvd_analysis.reports.execution import CELL_TIMEOUT_SECONDS
from pvd_analysis.reports.failure import REPORTS_NOTE, failure_noted
from pvd_analysis.reports.fingerprint import report_fingerprint
from pvd_analysis.reports.manifest import MANIFEST, first_publication, manifest, remade_with
from pvd_analysis.reports.page import make_page
from pvd_analysis.reports.quarterly import output_folder
from pvd_analysis.whole_file import put_in_place

NATIONAL_REPORT = "synthese_nationale"
_TITLE = "Synthèse nationale"
_PREFECTURE = "Programme national"


def make_national_report(
    trimestre: str, connu_au: dt.date | None, root: Path, cell_seconds: float = CELL_TIMEOUT_SECONDS
) -> dict[str, Path]:
    """Make the national comparison of a quarter in ``outputs/<trimestre>/france``, and return its files by name.

    Raises
    ------
    PvdError
        A parameter, the data or the notebook is at fault; the comparison that stood before still stands.
    """
    started, clock = dt.datetime.now(dt.UTC), time.perf_counter()
    folder = output_folder(root, trimestre, COUNTRY)
    with failure_noted(folder, REPORTS_NOTE), put_in_place(folder) as work:
        inputs = report_fingerprint(trimestre, COUNTRY, connu_au, root)
        d = load_country(trimestre, connu_au, root)
        first = first_publication(folder, d)
        files = make_page(
            d,
            NATIONAL_REPORT,
            _TITLE,
            work,
            {},
            prefecture=_PREFECTURE,
            remade=remade_with(first, d),
            cell_seconds=cell_seconds,
        )
        made = {path.name: path for path in files}
        text = manifest(d, made, started, time.perf_counter() - clock, first, inputs)
        (work / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    return {name: folder / name for name in (*made, MANIFEST)}
