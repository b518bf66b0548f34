"""A parameterised notebook, executed by papermill."""

import ast
import re
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, cast

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from pvd_analysis.errors import PvdError, ReportFailed
from pvd_analysis.reports.kernels.kernel import WarmKernelManager
from pvd_analysis.values import format_number, sentence_list

CELL_TIMEOUT_SECONDS = 600
_LANGUAGE = "python"
_ENGINE = "pvd"
_LONGEST_PRINT: Final = 1_000_000
_LARGEST_RESULT: Final = 20_000_000
_OURS = frozenset(kind.__name__ for kind in PvdError.__subclasses__())
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class _BoundedClient(PapermillNotebookClient):  # type: ignore[misc]  # papermill has no types
    """A client that keeps of a notebook no more than a person reads: what is over is received, counted and let go."""

    kept = 0

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Add an output to those of its cell, or the sentence that says what was left out."""
        content = msg["content"]
        if msg["msg_type"] == "stream":
            room = _LONGEST_PRINT - self.kept
            self.kept += len(content["text"])
            if room < 0:
                return None
            content["text"] = _cut(content["text"], room)
        elif sum(len(str(shown)) for shown in content.get("data", {}).values()) > _LARGEST_RESULT:
            content["data"] = {
                "text/plain": f"[résultat de plus de {format_number(_LARGEST_RESULT)} caractères, non gardé]"
            }
        return cast("NotebookNode | None", super().output(outs, msg, display_id, cell_index))


def _cut(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    return f"{text[:room]}\n[la suite n'est pas gardée : un notebook imprime au plus {format_number(_LONGEST_PRINT)} caractères]\n"


class _Engine(NBClientEngine):  # type: ignore[misc]
    """papermill's own engine, with `_BoundedClient`."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Execute a notebook; papermill gives what its own engine takes."""
        seconds = options.pop("execution_timeout", None)
        given = {
            name: value for name, value in options.items() if name not in {"input_path", "start_timeout", "log_output"}
        }
        client = _BoundedClient(
            nb_man, timeout=seconds, startup_timeout=options.get("start_timeout", 60), kernel_name=kernel_name, **given
        )
        return client.execute()


papermill_engines.register(_ENGINE, _Engine)
# The loop of Windows takes another thread to hear a kernel: that is done, and no reader of a terminal needs to know.
warnings.filterwarnings("ignore", "Proactor event loop does not implement", RuntimeWarning)


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
        The notebook does not take its parameters, a cell failed or took too long, or the kernel died.
    """
    _check_parameters(notebook, set(parameters))
    try:
        executed = papermill.execute_notebook(
            notebook,
            # papermill would write it again at the start and at the end of every cell.
            output_path=None,
            parameters=dict(parameters),
            engine_name=_ENGINE,
            # Those of this Python, whatever machine the notebook was written on.
            kernel_name="python3",
            language=_LANGUAGE,
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
        # What any other error says may quote the data: the list of the reports has no place for it.
        said = _ANSI.sub("", error.evalue) if error.ename in _OURS else "exécutez-le dans JupyterLab pour la lire"
        raise ReportFailed(f"{notebook.name}, cellule {error.exec_count} : erreur {error.ename}, {said}") from error
    except CellTimeoutError as error:
        raise ReportFailed(f"{notebook.name} : une cellule n'a pas fini en {format_number(seconds)} s.") from error
    except DeadKernelError as error:
        raise ReportFailed(f"{notebook.name} : le noyau qui l'exécutait a été arrêté par le système.") from error
    return without_times(executed)


def check_notebooks(notebooks: Iterable[Path], names: set[str]) -> None:
    """Refuse notebooks that would show something else than what is asked of them, before any is executed.

    Parameters
    ----------
    notebooks : iterable of Path
    names : set of str
        What each of them is given.

    Raises
    ------
    ReportFailed
        One has no cell of parameters, or is no notebook; else, one is not there.
    """
    for notebook in sorted(notebooks, key=lambda path: not path.exists()):
        _check_parameters(notebook, names)


def _check_parameters(notebook: Path, names: set[str]) -> None:
    """Refuse a notebook that would show something else than what is asked of it.

    papermill puts the values after the cell tagged ``parameters``, or first of all when there is none: a cell that gives
    them a value of its own then wins without a word.
    """
    try:
        read = nbformat.read(notebook, as_version=4)
        nbformat.validate(read)
        cells = [(cell.metadata.get("tags", ()), str(cell.source)) for cell in read.cells if cell.cell_type == "code"]
        said = read.metadata.get("kernelspec", {}).get("language") or read.metadata.get("language_info", {}).get("name")
    except FileNotFoundError as error:
        raise ReportFailed(f"Le notebook {notebook.name} manque dans le dossier « notebooks » du projet.") from error
    except OSError:
        raise
    except Exception as error:  # nbformat says what is no notebook in many ways
        raise ReportFailed(f"{notebook.name} n'est pas un notebook lisible : reprenez celui d'origine.") from error
    if said not in (None, _LANGUAGE):
        raise ReportFailed(f"{notebook.name} est écrit en « {said} » : un notebook Python est attendu.")
    tagged = [source for tags, source in cells if "parameters" in tags]
    if not tagged:
        raise ReportFailed(
            f"{notebook.name} : aucune cellule n'est étiquetée « parameters » ; le rapport ne serait pas celui qui est "
            "demandé. Dans JupyterLab, ajoutez l'étiquette « parameters » à la cellule qui donne le trimestre et le "
            "département (panneau « Property Inspector », « Cell Tags »), ou reprenez le notebook d'origine."
        )
    missing = sorted(names - _names_given(tagged[0]))
    if missing:
        raise ReportFailed(f"{notebook.name} : la cellule « parameters » ne donne pas {sentence_list(missing)}.")
    for number, (_, source) in enumerate(cells, 1):
        again = sorted(names & _names_given(source)) if source is not tagged[0] else []
        if again:
            raise ReportFailed(
                f"{notebook.name}, cellule {number} : {sentence_list(again)} y prend une autre valeur que celle qui est "
                "demandée. Seule la cellule « parameters » la donne."
            )


def _names_given(source: str) -> set[str]:
    """Return the names that a cell gives a value to; its magics give none."""
    plain = "\n".join("pass" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())
    try:
        tree = ast.parse(plain)
    except (SyntaxError, ValueError):
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


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
