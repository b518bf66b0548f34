"""A campaign: the reports of many départements and of the country, over an executor, on this machine or on a cluster.

The executor's threads, or the cluster's workers, only start and watch: each report is made by a process of its own
(`pvd_analysis.reports.one_report`), so that nothing grows with the number of reports.
"""

import datetime as dt
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from pvd_analysis.dataset import COUNTRY
from pvd_analysis.errors import ClusterUnreachable
from pvd_analysis.reports.kernels import warm
from pvd_analysis.reports.manifest import report_fingerprints, stands
from pvd_analysis.reports.one_report import DONE, FAILED, UNCHANGED, Job, Outcome, make_one
from pvd_analysis.values import sentence_list
from pvd_analysis.whole_file import write_whole

RECORD = "campagne.json"
"""What became of each département in the last campaign of a quarter: ``outputs/<trimestre>/campagne.json``."""

_TO_DO = "à faire"
_ADDRESS = re.compile(r"(tcp|tls)://.+:[0-9]{1,5}")
_HERE = re.compile(r"(tcp|tls)://(127\.[0-9.]+|localhost|\[::1\]):[0-9]+")
_EXPECTED = "Une adresse tcp://hôte:port ou tls://hôte:port est attendue, par exemple « tcp://127.0.0.1:8786 »."
# Where Dask's configuration has each, and the end of the variable that sets it.
_CERTIFICATES = {"ca-file": "CA_FILE", "client.key": "CLIENT__KEY", "client.cert": "CLIENT__CERT"}


@contextmanager
def local_processes(number: int | None = None) -> Iterator[Executor]:
    """Give an executor that makes one report more at a time than this machine has processors: each waits now and then."""
    with ThreadPoolExecutor(number or (os.cpu_count() or 1) + 1) as executor:
        yield executor


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """Give the executor of a Dask cluster, ``tcp://host:port``; its workers see the project's folder at the same path.

    At a ``tls://`` address each side shows a certificate; Dask finds ours where its own configuration says.

    Raises
    ------
    ClusterUnreachable
        Nothing answers at the address, a certificate is missing, or dask.distributed is not installed.
    """
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        raise ClusterUnreachable(
            "L'option --dask demande dask.distributed : pip install 'pvd-analysis[dask]'."
        ) from error
    if not _ADDRESS.fullmatch(address):
        raise ClusterUnreachable(f"« {address} » n'est pas l'adresse d'un ordonnanceur Dask. {_EXPECTED}")
    missing = [end for name, end in _CERTIFICATES.items() if not dask.config.get(f"distributed.comm.tls.{name}", None)]
    if address.startswith("tls:") and missing:
        names = [f"DASK_DISTRIBUTED__COMM__TLS__{end}" for end in missing]
        raise ClusterUnreachable(
            f"L'adresse « {address} » demande des certificats : donnez leurs fichiers par {sentence_list(names)} (voir le guide)."
        )
    try:
        client = Client(address, timeout=10, set_as_default=False)
    except OSError as error:
        raise ClusterUnreachable(f"Aucun ordonnanceur Dask ne répond à « {address} ». {_EXPECTED}") from error
    with client, client.get_executor() as executor:
        yield executor


def is_exposed(address: str) -> bool:
    """Tell whether a cluster is reached in clear on another machine: whoever reaches it may run programs there."""
    return address.startswith("tcp:") and not _HERE.fullmatch(address)


def jobs_of(
    codes: Sequence[str],
    trimestre: str,
    connu_au: dt.date | None,
    root: Path,
    sortie: str = "",
    *,
    forcer: bool = False,
    secondes: float,
    presentation: bool = False,
) -> list[Job]:
    """Return the job of each code, with what its report is to be made from."""
    known_on = connu_au.isoformat() if connu_au else ""
    made_from = report_fingerprints(trimestre, codes, connu_au, root, presentation)
    return [
        Job(
            str(root),
            trimestre,
            code,
            known_on,
            made_from[code],
            sortie,
            forcer,
            secondes,
            presentation,
        )
        for code in codes
    ]


def campaign(
    jobs: Sequence[Job], executor: Executor, done: Callable[[Outcome], None] = lambda _: None
) -> list[Outcome]:
    """Make the reports of all jobs and return what became of each, in order; that of the country, the longest, begins first.

    One that fails does not stop the others. After each, the record of the quarter is written whole, so that a campaign
    that is cut short knows what it had done.

    Parameters
    ----------
    jobs : sequence of Job
        Of one project and one quarter.
    executor : Executor
        From `local_processes` or `cluster`, or any other that can pickle a job.
    done : callable
        Told of each outcome as it comes.

    Raises
    ------
    KeyboardInterrupt
        The campaign was interrupted; no process is left on this machine, and the reports that stood still stand.
    """
    if not jobs:
        return []
    record = jobs[0].folder.parent / RECORD
    outcomes = {**last_outcomes(record), **{job.departement: Outcome(job.departement, _TO_DO) for job in jobs}}
    _write_record(record, outcomes)
    for outcome in _each(sorted(jobs, key=lambda job: job.departement != COUNTRY), executor):
        outcomes[outcome.departement] = outcome
        _write_record(record, outcomes)
        done(outcome)
    return [outcomes[job.departement] for job in jobs]


def unfinished(codes: Sequence[str], quarter_folder: Path) -> list[str]:
    """Return the codes whose report the last campaign did not make, or that does not stand."""
    outcomes = last_outcomes(quarter_folder / RECORD)
    made = {code for code, outcome in outcomes.items() if outcome.etat in {DONE, UNCHANGED}}
    return [code for code in codes if code not in made or not stands(quarter_folder / code)]


def last_outcomes(record: Path) -> dict[str, Outcome]:
    """Return what became of each département, by code; nothing without a record that can be read."""
    try:
        said = json.loads(record.read_text(encoding="utf-8"))
        return {told["departement"]: Outcome(**told) for told in said}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _each(jobs: Sequence[Job], executor: Executor) -> Iterator[Outcome]:
    """Give the outcome of each job as it comes; an interruption ends the others first."""
    futures: dict[Future[Outcome], Job] = {executor.submit(make_one, job): job for job in jobs}
    try:
        for future in as_completed(futures):
            yield _outcome(future, futures[future])
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        while isinstance(executor, ThreadPoolExecutor) and not all(future.done() for future in futures):
            # A thread may just be starting its process.
            warm.stop_all()
            time.sleep(0.05)
        raise


def _outcome(future: Future[Outcome], job: Job) -> Outcome:
    try:
        return future.result()
    except Exception as error:
        reason = f"Rapport interrompu : le processus ou la machine qui le faisait a été perdu ({type(error).__name__})."
        return Outcome(job.departement, FAILED, reason)


def _write_record(path: Path, outcomes: Mapping[str, Outcome]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    said = [asdict(outcomes[code]) for code in sorted(outcomes)]
    write_whole(path, (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode())
