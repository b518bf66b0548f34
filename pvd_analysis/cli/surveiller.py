"""``pvd surveiller``: the reports are made when something has arrived whole in ``data/raw``."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from pvd_analysis.cli.console import say, say_error
from pvd_analysis.cli.options import Departements, Root
from pvd_analysis.cli.supervised import Notifier
from pvd_analysis.errors import InvalidParameter, RunInProgress
from pvd_analysis.project import checked_root

EXAMPLE = "pvd surveiller --departement 40"
_LOOKS = 6


def run(
    departement: Departements = None,
    attente: Annotated[
        float,
        typer.Option(
            "--attente",
            metavar="SECONDES",
            show_default=False,
            help="Une livraison est complète après ce temps sans changement (par défaut : 60).",
        ),
    ] = 60,
    racine: Root = None,
    notifier: Notifier = None,
) -> None:
    """Make the reports of the last quarter that has ended now, then each time that something has arrived, until stopped."""
    root = checked_root(racine)
    if not attente > 0:
        raise InvalidParameter(f"« --attente {attente:g} » : un nombre de secondes est attendu, par exemple 60.")
    from pvd_analysis.cli.each import checked_departements
    from pvd_analysis.reports.arrival import Arrivals
    from pvd_analysis.reports.notifier import checked_notifier
    from pvd_analysis.reports.run_lock import run_lock

    checked_notifier(notifier)
    checked_departements(departement or [], root)
    options = [word for code in departement or [] for word in ("--departement", code)]
    options += ["--notifier", notifier] if notifier else []
    arrivals = Arrivals(root, attente)
    say("Surveillance de data/raw ; Ctrl-C l'arrête.")
    try:
        while True:
            if arrivals.something_whole():
                try:
                    with run_lock(root, "pvd surveiller"):
                        arrivals.taken()
                except RunInProgress:
                    pass  # what that run makes may be older than what has arrived: looked at again
                else:
                    _make_reports(root, options)
            time.sleep(attente / _LOOKS)
    except KeyboardInterrupt:
        say("Surveillance arrêtée.")


def _make_reports(root: Path, options: list[str]) -> None:
    """Run ``pvd rapports`` in a process of its own: what watches for months holds nothing of what it has made."""
    program = [sys.executable, "-P", "-m", "pvd_analysis", "rapports", "--racine", str(root), *options]
    process = subprocess.Popen(program, cwd=root)
    try:
        status = process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
    if status:
        say_error(f"« pvd rapports » s'est terminé avec le code {status} (voir docs/planification.md).")
