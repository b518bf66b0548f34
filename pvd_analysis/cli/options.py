"""Options that several commands share."""

import datetime as dt
from typing import Annotated

import typer

from pvd_analysis.project import checked_trimestre
from pvd_analysis.values import Trimestre

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

Presentation = Annotated[
    bool, typer.Option("--presentation", help="Fait aussi les diapositives (presentation.pptx) de chaque département.")
]


def chosen_quarter(trimestre: str | None) -> Trimestre:
    """Return the quarter wanted, by default the last one that has ended."""
    return checked_trimestre(trimestre) if trimestre else Trimestre.last_ended(dt.date.today())
