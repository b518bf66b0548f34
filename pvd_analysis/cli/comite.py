"""``pvd comite``: the workbook of the comité des financeurs, of a département or of a region."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pvd_analysis.cli.console import say, say_files, write_site_again
from pvd_analysis.cli.options import KnownOn, Quarter, Root, chosen_quarter
from pvd_analysis.cli.status import DONE
from pvd_analysis.cli.supervised import supervised
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.project import checked_date
from pvd_analysis.reports.journal import Journal
from pvd_analysis.values import counted

EXAMPLE = "pvd comite --region 75 --trimestre 2021-T3"


def run(
    departement: Annotated[
        str | None, typer.Option("--departement", metavar="CODE", help="Code INSEE d'un département.")
    ] = None,
    region: Annotated[
        str | None,
        typer.Option("--region", metavar="CODE", help="Code INSEE d'une région, qui réunit ses départements."),
    ] = None,
    trimestre: Quarter = None,
    connu_au: KnownOn = None,
    racine: Root = None,
) -> None:
    """Write ``comite_financeurs.xlsx`` in the folder of the quarter and of the département or region."""
    if (departement is None) == (region is None):
        raise InvalidParameter(
            "Un département ou une région est attendu, l'un des deux : « --departement 40 » ou « --region 75 »."
        )

    def work(root: Path, journal: Journal, message: dict[str, Any]) -> int:
        quarter, known_on = chosen_quarter(trimestre), checked_date(connu_au)
        from pvd_analysis.dataset import load, load_region
        from pvd_analysis.reports.quarterly import make_committee_workbook

        with journal.about(trimestre=str(quarter)).step("Classeur du comité"):
            d = (
                load(quarter, departement, known_on, root)
                if departement
                else load_region(quarter, region or "", known_on, root)
            )
            paths = make_committee_workbook(d)
            write_site_again(root)
        message["fichier"] = paths[0].relative_to(root).as_posix()
        say_files(paths, root)
        say(
            f"{d.departement}, {quarter.label} : {counted(len(d.projets), 'projet à examiner', 'projets à examiner')}.",
        )
        return DONE

    raise typer.Exit(supervised("comite", work, racine, None))
