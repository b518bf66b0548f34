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
from pvd_analysis.cli.console import DONE, NOT_DONE, say_error
from pvd_analysis.cli.french_help import CommandLineError, FrenchCommand, FrenchGroup, french_usage_error
from pvd_analysis.errors import PvdError

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

# What Typer says of a command that Ctrl-C has ended.
_INTERRUPTED = 130

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
    """Run the command line; every fault of the user ends in one French sentence and status 2."""
    # What stops a service or closes a terminal ends a command as Ctrl-C does: nothing half made is left.
    for number in {signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}:
        if signal.getsignal(number) == signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, signal.default_int_handler)
    try:
        ended = app(args=list(sys.argv[1:] if arguments is None else arguments) or ["--help"], standalone_mode=False)
    except PvdError as error:
        say_error(str(error))
        ended = NOT_DONE
    except CommandLineError as error:
        say_error(french_usage_error(error))
        ended = NOT_DONE
    except typer.Abort:
        ended = _INTERRUPTED
    if ended == _INTERRUPTED:
        say_error("Interrompu. Les rapports précédents sont restés en place.")
        ended = NOT_DONE
    sys.exit(ended if isinstance(ended, int) else DONE)
