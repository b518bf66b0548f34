"""The command line, in French: one module a command, with ``EXAMPLE`` and ``run``, which is imported when it is called.

A module imports what its command needs when it runs, once its parameters are checked: a help page and a refusal wait
neither for pandas nor for matplotlib. To add a command: its module, and its line in `COMMANDS`.
"""

import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Final

import typer

from pvd_analysis.cli.french_help import CommandLineError, FrenchGroup, french_usage_error
from pvd_analysis.cli.letters import terminal
from pvd_analysis.cli.status import DONE, NOT_DONE, status_of
from pvd_analysis.project import check_clock
from pvd_analysis.reports.fault import reason_of

__all__ = ["COMMANDS", "main"]

COMMANDS: Final[Mapping[str, str]] = {
    "nouveau": "Fait un projet dans un dossier nouveau : notebooks, listes nationales, classeur à remplir ; ou le met à jour.",
    "rapports": "Fait les rapports d'un trimestre : fichiers bruts, tables, notebooks, HTML et Excel.",
    "campagne": "Fait les rapports de tous les départements d'un trimestre, sur tous les processeurs ou sur un cluster Dask.",
    "surveiller": "Fait les rapports dès qu'une livraison est arrivée entière dans data/raw, jusqu'à ce qu'on l'arrête.",
    "comite": "Fait le classeur du comité des financeurs : les projets d'un département ou d'une région, avec les cases des"
    " avis.",
    "avis": "Dépose le classeur du comité qu'un financeur a rendu : ses avis, datés, entrent dans les rapports.",
    "fiches": "Fait une fiche d'une ou deux pages par lauréat : conventions, poste, projets, aides, prochaines dates.",
    "presentation": "Fait les diapositives (.pptx) d'un département, ou du comité d'une région, à montrer et à modifier.",
    "agenda": "Écrit les échéances et les rencontres à venir dans un agenda (.ics) qu'Outlook ou un téléphone ouvre.",
    "preparer": "Lit les fichiers bruts, écrit les tables (Parquet) et montre le bilan des lignes et des euros.",
    "verifier": "Vérifie des fichiers bruts et montre les constats ; n'écrit rien, sauf une copie annotée avec --annoter.",
    "modele": "Écrit un classeur de suivi vide, prêt à remplir : mode d'emploi, listes déroulantes, contrôles de saisie.",
    "exporter": "Écrit les tables pour d'autres outils (CSV, Parquet, leur description), ou les aides au format ouvert SCDL.",
    "dictionnaire": "Montre le dictionnaire des données : tables, colonnes, types, définitions, codes.",
}
"""What each command does, in the order of the help page."""

_ABOUT = "Suivi financier et ingénierie du programme « Petites villes de demain »."
_EXAMPLE = "pvd rapports --trimestre 2021-T3 --departement 40"


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
    command = FrenchGroup(COMMANDS, help=_ABOUT, epilog=f"Exemple : {_EXAMPLE}")
    try:
        # Not typer's own way: it ends a broken pipe with 1, « done with blocking findings », and an EOFError as a Ctrl-C.
        with command.make_context("pvd", arguments) as context:
            check_clock()
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except BaseException as error:  # an interruption, or a library of another language that panics
        from pvd_analysis.cli.console import say_error

        if isinstance(error, CommandLineError):
            say_error(french_usage_error(error))
            return NOT_DONE
        say_error(reason_of(error))
        return status_of(error)
    return DONE
