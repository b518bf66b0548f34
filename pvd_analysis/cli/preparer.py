"""``pvd preparer``: raw files to tables, with the reckoning."""

import typer

from pvd_analysis.cli.console import say
from pvd_analysis.cli.options import KnownOn, Root
from pvd_analysis.project import checked_date, checked_root
from pvd_analysis.reports.run_lock import run_lock

EXAMPLE = "pvd preparer --connu-au 2021-09-10"


def run(connu_au: KnownOn = None, racine: Root = None) -> None:
    """Prepare the tables."""
    root, known_on = checked_root(racine), checked_date(connu_au)
    from pvd_analysis.cli.said import prepared_tables, say_findings, say_reckoning, status
    from pvd_analysis.constats import Severite
    from pvd_analysis.dataset import processed_folder

    with run_lock(root, "pvd preparer"):
        preparation = prepared_tables(root, known_on)
    say_reckoning(preparation.bilan)
    say(f"Tables : {processed_folder(root, known_on).relative_to(root).as_posix()}")
    say_findings(preparation.constats, but_counted=Severite.INFORMATION)
    raise typer.Exit(status(preparation.constats))
