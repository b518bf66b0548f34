"""One report of a campaign, in a process of its own: a fault, a kill or an endless cell is its own, and is said.

`make_one` is what an executor runs, on this machine or on a cluster. It starts this very module as a warm process, waits
for its end no longer than it may take, and returns in what state the report is.
"""

import contextlib
import datetime as dt
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pvd_analysis.dataset import COUNTRY
from pvd_analysis.dataset.store import missing_inputs
from pvd_analysis.errors import ReportFailed
from pvd_analysis.reports.fault import REPORTS_NOTE, failure_noted, is_foreseen, reason_of
from pvd_analysis.reports.kernels import warm
from pvd_analysis.reports.manifest import report_fingerprint, stands
from pvd_analysis.reports.publication import publish
from pvd_analysis.tables.origin import public_name
from pvd_analysis.whole_file import tidy

DONE, UNCHANGED, FAILED = "fait", "inchangé", "pas fait"


@dataclass(frozen=True, slots=True)
class Job:
    """The reports of one département, or of the country, to be made.

    Attributes
    ----------
    racine, trimestre, departement, connu_au : str
        The project's root, and the report's parameters; ``connu_au`` may be empty.
    empreinte : str
        What the report was to be made from when the campaign began: the report is not made from anything else.
    sortie : str
        An fsspec address where the files also go, or nothing.
    forcer : bool
        Make it even if it stands and nothing has changed.
    secondes : float
        The longest that it may take.
    presentation : bool
        Make the slides too.
    """

    racine: str
    trimestre: str
    departement: str
    connu_au: str
    empreinte: str
    sortie: str
    forcer: bool
    secondes: float
    presentation: bool

    @property
    def folder(self) -> Path:
        """Where its files stand."""
        return Path(self.racine) / "outputs" / self.trimestre / self.departement


@dataclass(frozen=True, slots=True)
class Outcome:
    """In what state the reports of a département are, and why; ``imprevu``: for a fault of the program."""

    departement: str
    etat: str
    raison: str = ""
    secondes: float = 0.0
    imprevu: bool = False


def make_one(job: Job) -> Outcome:
    """Make the reports of a job in a process of their own, and return what became of them; it never raises.

    The process and its kernels are gone when this returns, whatever happened to them.
    """
    clock = time.perf_counter()
    warm.warm_up(Path(job.racine))
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as said:
        try:
            process = warm.start(
                __name__, [json.dumps(asdict(job))], stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.DEVNULL
            )
        finally:
            os.close(writing)
        try:
            process.wait(job.secondes)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return _failed(job, f"Rapport arrêté : il n'était pas fini en {job.secondes:g} s.", clock)
        line = said.readline()
    try:
        told = json.loads(line)
    except ValueError:
        return _failed(job, "Rapport interrompu : le processus qui le faisait a été arrêté.", clock)
    return Outcome(job.departement, secondes=round(time.perf_counter() - clock, 2), **told)


def _failed(job: Job, reason: str, clock: float) -> Outcome:
    """Return the outcome of a process that could not end by itself, after tidying up what it left and noting why."""
    tidy(job.folder)
    with contextlib.suppress(ReportFailed), failure_noted(job.folder, REPORTS_NOTE):
        raise ReportFailed(reason)
    return Outcome(job.departement, FAILED, reason, round(time.perf_counter() - clock, 2))


def _made(job: Job) -> dict[str, Any]:
    """Make the reports in this process; return their state, and why they were not made."""
    try:
        return {"etat": _make(job)}
    except Exception as error:
        return {"etat": FAILED, "raison": reason_of(error, Path(job.racine)), "imprevu": not is_foreseen(error)}


def _make(job: Job) -> str:
    from pvd_analysis.reports.quarterly import make_national_report, make_reports

    root, known_on = Path(job.racine), dt.date.fromisoformat(job.connu_au) if job.connu_au else None
    state = UNCHANGED
    _check_inputs(job, root, known_on)
    if job.forcer or not stands(job.folder, job.empreinte):
        if job.departement == COUNTRY:
            make_national_report(job.trimestre, known_on, root, job.secondes)
        else:
            make_reports(
                job.trimestre,
                job.departement,
                known_on,
                root,
                cell_seconds=job.secondes,
                presentation=job.presentation,
            )
        state = DONE
    if job.sortie:
        publish(job.folder, job.sortie)
    return state


def _check_inputs(job: Job, root: Path, known_on: dt.date | None) -> None:
    if missing := missing_inputs(root, known_on):
        raise ReportFailed(
            f"Fichier brut disparu pendant la campagne : {', '.join(map(public_name, missing))}. Remettez-le, puis relancez avec --reprendre."
        )
    if report_fingerprint(job.trimestre, job.departement, known_on, root, job.presentation) != job.empreinte:
        raise ReportFailed(
            "Fichiers bruts, notebooks ou programme changés pendant la campagne : relancez avec --reprendre. "
            "Sur un cluster, redémarrez d'abord les workers qui tournaient avant une mise à jour du programme."
        )


def _main() -> None:
    """Make the job of the command line, and say what became of it on the standard output, and nothing else there."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as said:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
        said.write(json.dumps(_made(Job(**json.loads(sys.argv[1])))) + "\n")


if __name__ == "__main__":
    _main()
