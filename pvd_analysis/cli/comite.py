"""``pvd comite``: the workbook of the comité des financeurs, of a département or of a region."""

from typing import Annotated

import typer

from pvd_analysis.cli.console import say, say_files, write_site_again
from pvd_analysis.cli.options import KnownOn, Quarter, Root, chosen_quarter
from pvd_analysis.cli.supervised import supervised
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.project import checked_date
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

    with supervised("comite", racine) as run:
        quarter, known_on = chosen_quarter(trimestre), checked_date(connu_au)
        from pvd_analysis.dataset import load, load_region
        from pvd_analysis.reports.quarterly import make_committee_workbook

        with run.journal.about(trimestre=str(quarter)).step("Classeur du comité"):
            d = (
                load(quarter, departement, known_on, run.root)
                if departement
                else load_region(quarter, region or "", known_on, run.root)
            )
            paths = make_committee_workbook(d)
            write_site_again(run.root)
        run.message["fichier"] = paths[0].relative_to(run.root).as_posix()
        say_files(paths, run.root)
        say(
            f"{d.departement}, {quarter.label} : {counted(len(d.projets), 'projet à examiner', 'projets à examiner')}.",
        )
