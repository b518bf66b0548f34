"""The command line, in French: one module a command, with ``HELP``, ``EXAMPLE`` and ``run``.

To add a command: its module, and its name in `COMMANDS`.
"""

import signal
import sys
from collections.abc import Sequence
from types import ModuleType

import typer

from pvd_analysis.cli import (
    agenda,
    avis,
    campagne,
    comite,
    dictionnaire,
    exporter,
    fiches,
    modele,
    preparer,
    rapports,
    verifier,
)
from pvd_analysis.cli.console import DONE, NOT_DONE, say_error, status_of, terminal
from pvd_analysis.cli.french_help import CommandLineError, FrenchCommand, FrenchGroup, french_usage_error
from pvd_analysis.dataset import check_clock
from pvd_analysis.reports.fault import reason_of

__all__ = ["COMMANDS", "app", "main"]

COMMANDS: tuple[ModuleType, ...] = (
    rapports,
    campagne,
    comite,
    avis,
    fiches,
    agenda,
    preparer,
    verifier,
    modele,
    exporter,
    dictionnaire,
)

app = typer.Typer(
    name="pvd",
    cls=FrenchGroup,
    help="Suivi financier et ingénierie du programme « Petites villes de demain ».",
    epilog=f"Exemple : {rapports.EXAMPLE}",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for _module in COMMANDS:
    _name = _module.__name__.rpartition(".")[2]
    app.command(_name, cls=FrenchCommand, help=_module.HELP, epilog=f"Exemple : {_module.EXAMPLE}")(_module.run)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; whatever ends it is one French sentence and the exit status of ``docs/planification.md``."""
    # What stops a service or closes a terminal ends a command as Ctrl-C does: nothing half made is left.
    for number in {signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}:
        if signal.getsignal(number) == signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, signal.default_int_handler)
    with terminal():
        ended = _ended(list(sys.argv[1:] if arguments is None else arguments) or ["--help"])
    sys.exit(ended)


def _ended(arguments: list[str]) -> int:
    """Run a command and return its exit status."""
    command = typer.main.get_command(app)
    try:
        # Not typer's own way: it ends a broken pipe with 1, « done with blocking findings », and an EOFError as a Ctrl-C.
        with command.make_context("pvd", arguments) as context:
            check_clock()
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except CommandLineError as error:
        say_error(french_usage_error(error))
        return NOT_DONE
    except BaseException as error:  # an interruption, or a library of another language that panics
        say_error(reason_of(error))
        return status_of(error)
    return DONE
