"""Options that several commands share."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pvd_analysis.errors import InvalidParameter
from pvd_analysis.project import checked_trimestre
from pvd_analysis.values import Trimestre

if TYPE_CHECKING:
    from pvd_analysis.dataset import Dataset

Root = Annotated[
    str | None,
    typer.Option(
        "--racine",
        metavar="DOSSIER",
        help="Dossier du projet, qui contient data/raw (par défaut : le dossier courant).",
    ),
]
KnownOn = Annotated[
    str | None,
    typer.Option("--connu-au", metavar="DATE", help="N'utilise que ce qui avait été livré à cette date (AAAA-MM-JJ)."),
]
Quarter = Annotated[
    str | None,
    typer.Option("--trimestre", metavar="AAAA-Tn", help="Trimestre du rapport (par défaut : le dernier terminé)."),
]
Departements = Annotated[
    list[str] | None,
    typer.Option(
        "--departement",
        metavar="CODE",
        help="Code INSEE ; à répéter (par défaut : ceux qu'un classeur suit ; « tous » : ceux de la liste nationale aussi).",
    ),
]

Departement = Annotated[str | None, typer.Option("--departement", metavar="CODE", help="Code INSEE d'un département.")]
Region = Annotated[
    str | None,
    typer.Option("--region", metavar="CODE", help="Code INSEE d'une région, qui réunit ses départements."),
]

Presentation = Annotated[
    bool, typer.Option("--presentation", help="Fait aussi les diapositives (presentation.pptx) de chaque département.")
]


def check_one_territory(departement: str | None, region: str | None) -> None:
    """Refuse a command line that names both a département and a region, or neither."""
    if (departement is None) == (region is None):
        raise InvalidParameter(
            "Un département ou une région est attendu, l'un des deux : « --departement 40 » ou « --region 75 »."
        )


def loaded_territory(
    quarter: Trimestre, departement: str | None, region: str | None, known_on: dt.date | None, root: Path
) -> "Dataset":
    """Return the dataset of the one that is named."""
    from pvd_analysis.dataset import load, load_region

    return (
        load(quarter, departement, known_on, root)
        if departement
        else load_region(quarter, region or "", known_on, root)
    )


def chosen_quarter(trimestre: str | None) -> Trimestre:
    """Return the quarter wanted, by default the last one that has ended."""
    return checked_trimestre(trimestre) if trimestre else Trimestre.last_ended(dt.date.today())
