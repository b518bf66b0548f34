"""A parameterised notebook, executed by papermill."""

import re
from collections.abc import Mapping
from pathlib import Path

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from pvd_analysis.errors import ReportFailed
from pvd_analysis.reports.kernels.kernel import WarmKernelManager
from pvd_analysis.values import format_number

__all__ = ["CELL_TIMEOUT_SECONDS", "execute"]

CELL_TIMEOUT_SECONDS = 600
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def execute(
    notebook: Path, parameters: Mapping[str, str], folder: Path, seconds: float = CELL_TIMEOUT_SECONDS
) -> NotebookNode:
    """Execute a notebook in a folder with its parameters, in a kernel of its own, and return it, executed.

    Parameters
    ----------
    notebook : Path
        The notebook; it is not changed, and nothing is written.
    parameters : mapping of str to str
        The values of its cell ``parameters``.
    folder : Path
        Where its cells run.
    seconds : float
        The longest that one cell may take.

    Raises
    ------
    ReportFailed
        A cell failed or took too long, or the kernel died.
    """
    try:
        executed = papermill.execute_notebook(
            notebook,
            # papermill would write it again at the start and at the end of every cell.
            output_path=None,
            parameters=dict(parameters),
            kernel_name="python3",
            kernel_manager_class=WarmKernelManager,
            cwd=folder,
            progress_bar=False,
            log_output=False,
            # Not ERROR: a kernel interrupted as it shuts down, now and then, says so, and cron would send a mail of it.
            # Nor does a report's kernel write to the history of what the analyst types, one file for all kernels.
            extra_arguments=["--log-level=CRITICAL", "--HistoryManager.enabled=False"],
            execution_timeout=seconds,
            # All that it made has been received. One that is asked to end may wait for a thread of its own that never
            # ends, for the 2.5 s that jupyter_client lets it.
            shutdown_kernel="immediate",
        )
    except PapermillExecutionError as error:
        reason = _ANSI.sub("", f"{error.ename} : {error.evalue}")
        raise ReportFailed(f"{notebook.name}, cellule {error.exec_count} : {reason}") from error
    except CellTimeoutError as error:
        raise ReportFailed(f"{notebook.name} : une cellule n'a pas fini en {format_number(seconds)} s.") from error
    except DeadKernelError as error:
        raise ReportFailed(f"{notebook.name} : le noyau qui l'exécutait a été arrêté par le système.") from error
    return without_times(executed)


def without_times(notebook: NotebookNode) -> NotebookNode:
    """Return an executed notebook without what changes from one run to the next: times, durations, places.

    They stand in the manifest; the notebook then depends on its inputs alone.
    """
    for name in ("start_time", "end_time", "duration", "input_path", "output_path", "environment_variables"):
        notebook.metadata.get("papermill", {}).pop(name, None)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cellule-{number}"
        cell.metadata.pop("execution", None)
        for name in ("start_time", "end_time", "duration"):
            cell.metadata.get("papermill", {}).pop(name, None)
    return notebook
