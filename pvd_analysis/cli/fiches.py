"""``pvd fiches``: one page for each laureate."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from pvd_analysis.cli.console import progress_bar
from pvd_analysis.cli.options import Departements, KnownOn, Quarter, Root, chosen_quarter
from pvd_analysis.cli.supervised import Notifier, supervised
from pvd_analysis.errors import InvalidParameter
from pvd_analysis.project import checked_date, referentiel_folder

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
    with supervised("fiches", racine, notifier) as run:
        quarter, known_on = chosen_quarter(trimestre), checked_date(connu_au)
        run.message["trimestre"] = str(quarter)
        from pvd_analysis.cli.each import checked_departements, chosen_departements, each
        from pvd_analysis.cli.said import prepared_tables
        from pvd_analysis.reports.fiches import INDEX, make_fiches
        from pvd_analysis.reports.manifest import MANIFEST

        wanted = checked_departements(departement or [], run.root) or _departement_of(laureat, run.root)
        codes = chosen_departements(wanted, prepared_tables(run.root, known_on))
        with progress_bar() as bar:

            def make(code: str) -> tuple[Mapping[str, Path], Mapping[str, Any]]:
                task = bar.add_task(f"{code} · Fiches", total=None)

                def step(name: str, number: int) -> None:
                    bar.update(task, description=f"{code} · {name}", total=number, advance=1)

                with run.journal.about(trimestre=str(quarter), departement=code).step("Fiches") as fiches:
                    _, files = make_fiches(str(quarter), code, known_on, run.root, laureat or "", step)
                    fiches.counts["fiches"] = len(set(files) - {INDEX, MANIFEST})
                return files, {}

            made = each(codes, make, run.root)
        run.message["departements"] = made.told
        run.status = made.say(run.root)


def _departement_of(laureat: str | None, root: Path) -> list[str]:
    """Return the département of the laureate that is wanted, nothing when none is."""
    if not laureat:
        return []
    from pvd_analysis.communes import load_referentiel

    referentiel = load_referentiel(referentiel_folder(root))
    code = referentiel.resolve_code(laureat)
    if code is None:
        raise InvalidParameter(
            f"Lauréat « {laureat} » inconnu : le code INSEE d'une commune est attendu, par exemple « 40224 »."
        )
    return [referentiel.departement_of(code)]
