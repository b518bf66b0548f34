"""The log of the runs: ``outputs/journal.jsonl``, one line of JSON for each step, without personal data.

A line holds ``debut`` (local time), ``execution`` (the same for all lines of one run), ``commande``, ``etape``, what
the run is about (``trimestre``, ``departement``), ``etat`` (``fait`` or ``échoué``), ``erreur`` (the kind of error;
with ``reference``, the trace of one that was not foreseen, see `pvd_analysis.reports.fault`),
``duree_secondes`` and ``comptes``. It never holds the text of an error, a parameter or a path: they may quote a cell,
or name a person's folder.
"""

import datetime as dt
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pvd_analysis.errors import refusal
from pvd_analysis.reports.fault import is_foreseen, reference

_NAME = "journal.jsonl"
# Ten years of quarterly runs of a département, or a year of daily ones; a text editor opens it at once.
_LARGEST_BYTES = 1_000_000


@dataclass(slots=True)
class Step:
    """What a step may say of itself before its line is written.

    Parameters
    ----------
    counts : dict of str to int
        What it counted.
    failed : bool
        Whether it failed in an ordered way; an exception says so by itself.
    """

    counts: dict[str, int] = field(default_factory=dict)
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Journal:
    """The log of one run.

    Parameters
    ----------
    path : Path
        The file.
    said : mapping of str to str
        What every line of the run says.
    warn : callable
        Told, in a French sentence, that a line could not be written: the log never stops the run.
    """

    path: Path
    said: Mapping[str, str]
    warn: Callable[[str], None]

    def about(self, **said: str) -> "Journal":
        """Return the same log for one part of the run: ``journal.about(departement="40")``."""
        return replace(self, said={**self.said, **said})

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Write one line when the block ends, done or failed; the block may complete the step it is given."""
        step, started, clock = Step(), _now(), time.perf_counter()
        fault: dict[str, str] = {}
        try:
            yield step
        except BaseException as error:
            step.failed, fault = True, {"erreur": type(error).__name__}
            if not is_foreseen(error):
                fault["reference"] = reference(error)
            raise
        finally:
            self._append(name, step, fault, started, time.perf_counter() - clock)

    @contextmanager
    def steps(self) -> Iterator[Callable[[str], None]]:
        """Write one line for each step of a block that says the name of each step as it starts."""
        with ExitStack() as running:

            def begin(name: str) -> None:
                running.close()
                running.enter_context(self.step(name))

            yield begin

    def _append(self, name: str, step: Step, fault: Mapping[str, str], started: dt.datetime, seconds: float) -> None:
        line = {
            "debut": started.isoformat(timespec="milliseconds"),
            **self.said,
            "etape": name,
            "etat": "échoué" if step.failed else "fait",
            **fault,
            "duree_secondes": round(seconds, 3),
            "comptes": step.counts,
        }
        try:
            # One write of one line at the end of the file: a run that is turned away writes while another one runs.
            with self.path.open("ab") as file:
                file.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
        except OSError as error:
            self.warn(
                f"Le journal {self.path.name} n'a pas pu être écrit ({refusal(error)}) : est-il ouvert ailleurs ?"
            )


def open_journal(root: Path, command: str, warn: Callable[[str], None], **said: str) -> Journal:
    """Return the log of a run of `command` in a project.

    A log that has grown past a megabyte becomes ``journal.ancien.jsonl`` first, and takes the place of the one before.
    """
    path = root / "outputs" / _NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LARGEST_BYTES:
        try:
            os.replace(path, path.with_name("journal.ancien.jsonl"))
        except OSError as error:
            warn(f"Le journal {path.name} n'a pas pu être renommé ({refusal(error)}) : est-il ouvert ailleurs ?")
    execution = f"{_now():%Y%m%dT%H%M%S}-{os.getpid()}"
    return Journal(path, {"execution": execution, "commande": command, **said}, warn)


def _now() -> dt.datetime:
    return dt.datetime.now().astimezone()
