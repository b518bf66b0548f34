"""A parameterised notebook, executed by papermill."""

import re
from collections.abc import Mapping
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from pvd_analysis.errors import ReportFailed
from pvd_analysis.reports.kernel import WarmKernelManager

__all__ = ["execute"]

_CELL_TIMEOUT_SECONDS = 600
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def execute(notebook: Path, output: Path, parameters: Mapping[str, str], folder: Path) -> NotebookNode:
    """Execute a notebook in a folder with its parameters and return it, executed; it is also written to `output`.

    Raises
    ------
    ReportFailed
        A cell failed, the kernel died, or a cell took too long; the partial notebook stands at `output`.
    """
    try:
        papermill.execute_notebook(
            notebook,
            output,
            parameters=dict(parameters),
            kernel_name="python3",
            kernel_manager_class=WarmKernelManager,
            cwd=folder,
            progress_bar=False,
            log_output=False,
            extra_arguments=["--log-level=ERROR"],
            execution_timeout=_CELL_TIMEOUT_SECONDS,
        )
    except PapermillExecutionError as error:
        reason = _ANSI.sub("", f"{error.ename} : {error.evalue}")
        raise ReportFailed(f"{notebook.name}, cellule {error.exec_count} : {reason}") from error
    except (CellTimeoutError, DeadKernelError) as error:
        raise ReportFailed(f"{notebook.name} : le calcul a été interrompu ({type(error).__name__}).") from error
    return without_times(nbformat.read(output, as_version=4))


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
