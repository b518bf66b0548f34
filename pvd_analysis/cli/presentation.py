"""``pvd presentation``: the slides of a département, or of a region for its committee."""

from pathlib import Path
from typing import Annotated

import typer

from pvd_analysis.cli.console import say, write_site_again
from pvd_analysis.cli.options import KnownOn, Quarter, Root, chosen_quarter
from pvd_analysis.cli.supervised import supervised
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.project import checked_date

EXAMPLE = "pvd presentation --trimestre 2021-T3 --departement 40"


def run(
    departement: Annotated[
        str | None, typer.Option("--departement", metavar="CODE", help="Code INSEE d'un département.")
    ] = None,
    region: Annotated[
        str | None,
        typer.Option("--region", metavar="CODE", help="Code INSEE d'une région : les diapositives du comité."),
    ] = None,
    gabarit: Annotated[
        Path | None,
        typer.Option("--gabarit", metavar="FICHIER", help="Modèle PowerPoint (.potx ou .pptx) à la place du nôtre."),
    ] = None,
    trimestre: Quarter = None,
    connu_au: KnownOn = None,
    racine: Root = None,
) -> None:
    """Write ``presentation.pptx`` in the folder of the quarter and of the département or region."""
    if (departement is None) == (region is None):
        raise InvalidParameter(
            "Un département ou une région est attendu, l'un des deux : « --departement 40 » ou « --region 75 »."
        )
    if gabarit is not None and not gabarit.is_file():
        raise InvalidParameter(f"Gabarit « {gabarit} » introuvable : un fichier .potx ou .pptx est attendu.")

    with supervised("presentation", racine) as run:
        quarter, known_on = chosen_quarter(trimestre), checked_date(connu_au)
        from pvd_analysis.dataset import load, load_region
        from pvd_analysis.reports.quarterly import output_folder
        from pvd_analysis.slides.deck import PRESENTATION, presentation
        from pvd_analysis.slides.layout_file import open_layout_file

        open_layout_file(gabarit)  # before the tables are read
        with run.journal.about(trimestre=str(quarter)).step("Présentation"):
            d = (
                load(quarter, departement, known_on, run.root)
                if departement
                else load_region(quarter, region or "", known_on, run.root)
            )
            path = presentation(d, output_folder(run.root, str(quarter), d.code_departement) / PRESENTATION, gabarit)
            write_site_again(run.root)
        run.message["fichier"] = path.relative_to(run.root).as_posix()
        say(f"{d.departement}, {quarter.label} : {run.message['fichier']}.")
