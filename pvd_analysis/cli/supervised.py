"""A run that nobody watches: its lock, its log and its notifier, the same for every command that makes reports."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from pvd_analysis.cli.console import say_error
from pvd_analysis.cli.status import DONE, DONE_WITH_BLOCKING_FINDINGS, NOT_DONE, UNFORESEEN, status_of
from pvd_analysis.errors import NotificationFailed
from pvd_analysis.project import checked_root
from pvd_analysis.reports.fault import reason_of
from pvd_analysis.reports.journal import Journal, open_journal
from pvd_analysis.reports.notifier import checked_notifier, notify
from pvd_analysis.reports.run_lock import run_lock

NOT_NOTIFIED = 3
"""Exit status of a run that is done, and of which the notifier could not be told: nobody may have heard of it."""

Notifier = Annotated[
    str | None,
    typer.Option(
        "--notifier",
        metavar="COMMANDE",
        help="Commande prévenue de la fin, réussie ou non : elle reçoit sur son entrée standard un JSON avec l'état et "
        "les manifestes.",
    ),
]

_STATES = {
    DONE: "fait",
    DONE_WITH_BLOCKING_FINDINGS: "fait, avec des constats bloquants",
    NOT_DONE: "pas fait",
    UNFORESEEN: "pas fait, erreur inattendue du programme",
}


@dataclass(slots=True)
class Run:
    """A supervised run: its project, its log, and what the command completes: what the notifier is told, the exit status."""

    root: Path
    journal: Journal
    message: dict[str, Any]
    status: int = DONE


@contextmanager
def supervised(command: str, racine: str | None, notifier: str | None = None) -> Iterator[Run]:
    """Hold the lock of a project for a block, log it, tell the notifier how it ended, and end the command.

    Parameters
    ----------
    command : str
        The command's name, ``"rapports"``.
    racine, notifier : str, optional
        The options of the command line.
    """
    words = checked_notifier(notifier)
    message: dict[str, Any] = {"commande": f"pvd {command}", "etat": "", "code_retour": NOT_DONE}
    journal = root = None
    try:
        root = checked_root(racine)
        # Said once, however many lines the log cannot take.
        journal = open_journal(root, command, cache(say_error))
        with journal.step("Exécution") as step, run_lock(root, f"pvd {command}"):
            run = Run(root, journal, message)
            yield run
            status = run.status
            step.failed = status not in (DONE, DONE_WITH_BLOCKING_FINDINGS)
    except BaseException as error:  # an interruption is told too
        status, message["raison"] = status_of(error), reason_of(error, root)
        say_error(message["raison"])
    raise typer.Exit(_notified(words, message, status, journal))


def _notified(words: list[str], message: dict[str, Any], status: int, journal: Journal | None) -> int:
    if not words:
        return status
    try:
        with journal.step("Notification") if journal else nullcontext():
            notify(words, {**message, "etat": _STATES[status], "code_retour": status})
    except NotificationFailed as error:
        say_error(str(error))
        return status or NOT_NOTIFIED
    return status
