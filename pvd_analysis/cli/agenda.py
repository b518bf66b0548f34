"""``pvd agenda``: the dates to come, as a calendar."""

import typer

from pvd_analysis.cli.console import say, write_site_again
from pvd_analysis.cli.options import Departements, KnownOn, Quarter, Root, chosen_quarter
from pvd_analysis.cli.status import DONE
from pvd_analysis.project import checked_date, checked_root
from pvd_analysis.values import counted

EXAMPLE = "pvd agenda --trimestre 2021-T3 --departement 40"


def run(
    trimestre: Quarter = None, departement: Departements = None, connu_au: KnownOn = None, racine: Root = None
) -> None:
    """Write the calendar of each département wanted."""
    root, quarter, known_on = checked_root(racine), chosen_quarter(trimestre), checked_date(connu_au)
    from pvd_analysis.cli.each import checked_departements, chosen_departements
    from pvd_analysis.cli.said import prepared_tables
    from pvd_analysis.dataset import load
    from pvd_analysis.reports.agenda import AGENDA, agenda_ics
    from pvd_analysis.reports.quarterly import output_folder
    from pvd_analysis.whole_file import write_whole

    codes = chosen_departements(checked_departements(departement or [], root), prepared_tables(root, known_on))
    for code in codes:
        content = agenda_ics(load(quarter, code, known_on, root))
        path = output_folder(root, str(quarter), code) / AGENDA
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
        dates = counted(content.count(b"BEGIN:VEVENT"), "date")
        say(f"{path.relative_to(root).as_posix()} : {dates}.")
    write_site_again(root)
    raise typer.Exit(DONE)
