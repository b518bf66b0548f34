"""``pvd presentation``: the slides of a département, or of a region for its committee."""

from pathlib import Path
from typing import Annotated

import typer

from pvd_analysis.cli.console import say, write_site_again
from pvd_analysis.cli.options import (
    Departement,
    KnownOn,
    Quarter,
    Region,
    Root,
    check_one_territory,
    chosen_quarter,
    loaded_territory,
)
from pvd_analysis.cli.supervised import supervised
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.project import checked_date

EXAMPLE = "pvd presentation --trimestre 2021-T3 --departement 40"


def run(
    departement: Departement = None,
    region: Region = None,
    gabarit: Annotated[
        Path | None,
        typer.Option("--gabarit", metavar="FICHIER", help="Modèle PowerPoint (.potx ou .pptx) à la place du nôtre."),
    ] = None,
    trimestre: Quarter = None,
    connu_au: KnownOn = None,
    racine: Root = None,
) -> None:
    """Write ``presentation.pptx`` in the folder of the quarter and of the département or region."""
    check_one_territory(departement, region)
    if gabarit is not None and not gabarit.is_file():
        raise InvalidParameter(f"Gabarit « {gabarit} » introuvable : un fichier .potx ou .pptx est attendu.")

    with supervised("presentation", racine) as run:
        quarter, known_on = chosen_quarter(trimestre), checked_date(connu_au)
        from pvd_analysis.reports.quarterly import output_folder
        from pvd_analysis.slides.deck import PRESENTATION, presentation
        from pvd_analysis.slides.layout_file import open_layout_file

        open_layout_file(gabarit)  # before the tables are read
        with run.journal.about(trimestre=str(quarter)).step("Présentation"):
            d = loaded_territory(quarter, departement, region, known_on, run.root)
            path = presentation(d, output_folder(run.root, str(quarter), d.code_departement) / PRESENTATION, gabarit)
            write_site_again(run.root)
        run.message["fichier"] = path.relative_to(run.root).as_posix()
        say(f"{d.departement}, {quarter.label} : {run.message['fichier']}.")
