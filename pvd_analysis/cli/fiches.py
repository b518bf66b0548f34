"""``pvd fiches``: one page for each laureate."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from pvd_analysis.cli.console import (
    DONE,
    prepared_tables,
    progress_bar,
    say_error,
    say_files,
    status_of,
    write_site_again,
)
from pvd_analysis.cli.options import Departements, KnownOn, Quarter, Root
from pvd_analysis.cli.rapports import checked_departements, chosen_departements
from pvd_analysis.cli.supervised import Notifier, supervised
from pvd_analysis.communes import load_referentiel
from pvd_analysis.dataset import Trimestre, checked_date, checked_trimestre
from pvd_analysis.dataset.deliveries import referentiel_folder
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.reports.fault import reason_of
from pvd_analysis.reports.journal import Journal
from pvd_analysis.reports.plausibility import MANIFEST

HELP = "Fait une fiche d'une ou deux pages par lauréat : conventions, poste, projets, aides, prochaines dates."
EXAMPLE = "pvd fiches --trimestre 2021-T3 --departement 40 --laureat 40224"


def run(
    trimestre: Quarter = None,
    departement: Departements = None,
    laureat: Annotated[
        str | None,
        typer.Option(
            "--laureat", metavar="CODE", help="Code INSEE d'une commune du seul lauréat voulu (par défaut : tous)."
        ),
    ] = None,
    connu_au: KnownOn = None,
    racine: Root = None,
    notifier: Notifier = None,
) -> None:
    """Make the pages of each département wanted; one that fails does not stop the others."""

    def work(root: Path, journal: Journal, message: dict[str, Any]) -> int:
        from pvd_analysis.reports.fiches import INDEX, make_fiches

        quarter = checked_trimestre(trimestre) if trimestre else Trimestre.last_ended(dt.date.today())
        message["trimestre"] = str(quarter)
        known_on = checked_date(connu_au)
        wanted = checked_departements(departement or [], root) or _departement_of(laureat, root)
        codes = chosen_departements(wanted, prepared_tables(root, known_on))
        message["departements"] = []
        places: list[Path] = []
        ended = DONE
        with progress_bar() as bar:
            for code in codes:
                task = bar.add_task(f"{code} · Fiches", total=None)

                def step(name: str, number: int, code: str = code, task: Any = task) -> None:
                    bar.update(task, description=f"{code} · {name}", total=number, advance=1)

                try:
                    with journal.about(trimestre=str(quarter), departement=code).step("Fiches") as fiches:
                        _, files = make_fiches(str(quarter), code, known_on, root, laureat or "", step)
                        fiches.counts["fiches"] = len(set(files) - {INDEX, MANIFEST})
                except Exception as error:
                    reason, ended = reason_of(error, root), max(ended, status_of(error))
                    message["departements"].append({"departement": code, "etat": "pas fait", "raison": reason})
                    say_error(f"{code} : {reason}")
                else:
                    message["departements"].append({"departement": code, "etat": "fait"})
                    places += files.values()
        say_files(places, root)
        write_site_again(root)
        return ended

    raise typer.Exit(supervised("fiches", work, racine, notifier))


def _departement_of(laureat: str | None, root: Path) -> list[str]:
    """Return the département of the laureate that is wanted, nothing when none is."""
    if not laureat:
        return []
    referentiel = load_referentiel(referentiel_folder(root))
    code = referentiel.resolve_code(laureat)
    if code is None:
        raise InvalidParameter(
            f"Lauréat « {laureat} » inconnu : le code INSEE d'une commune est attendu, par exemple « 40224 »."
        )
    return [referentiel.departement_of(code)]
