"""``pvd rapports``: raw files, tables, notebooks, HTML and Excel."""

import datetime as dt
from pathlib import Path

import typer

from pvd_analysis.cli.console import NOT_DONE, prepared_tables, progress_bar, say_error, say_files, say_findings, status
from pvd_analysis.cli.options import Departements, KnownOn, Quarter, Root
from pvd_analysis.communes import load_referentiel
from pvd_analysis.constats import Severite
from pvd_analysis.dataset import (
    Preparation,
    Trimestre,
    checked_date,
    checked_departement,
    checked_root,
    checked_trimestre,
    departements_with_data,
    followed_departements,
)
from pvd_analysis.dataset.deliveries import referentiel_folder
from pvd_analysis.errors import NoData, PvdError

HELP = "Fait les rapports d'un trimestre : fichiers bruts, tables, notebooks, HTML et Excel."
EXAMPLE = "pvd rapports --trimestre 2021-T3 --departement 40 --connu-au 2021-09-10"


def run(
    trimestre: Quarter = None, departement: Departements = None, connu_au: KnownOn = None, racine: Root = None
) -> None:
    """Make the reports of each département wanted; one that fails does not stop the others."""
    from pvd_analysis.reports.quarterly import STEPS, make_reports

    quarter = checked_trimestre(trimestre) if trimestre else Trimestre.last_ended(dt.date.today())
    known_on = checked_date(connu_au)
    root = checked_root(racine)
    wanted = _checked_departements(departement or [], root)
    preparation = prepared_tables(root, known_on)
    codes = _chosen_departements(wanted, preparation)
    failures: list[str] = []
    places: list[Path] = []
    with progress_bar() as bar:
        task = bar.add_task("Rapports", total=len(codes) * len(STEPS))
        for rank, code in enumerate(codes):

            def step(name: str, code: str = code) -> None:
                bar.update(task, description=f"{code} · {name}", completed=bar.tasks[0].completed)
                bar.advance(task, 0 if name == STEPS[0] else 1)

            try:
                _, files = make_reports(str(quarter), code, known_on, root, step)
                places += files.values()
            except PvdError as error:
                failures.append(f"{code} : {error}")
            bar.update(task, completed=(rank + 1) * len(STEPS))
    say_files(places, root)
    for failure in failures:
        say_error(failure)
    say_findings(preparation.constats, but_counted=Severite.INFORMATION)
    raise typer.Exit(NOT_DONE if failures else status(preparation.constats))


def _checked_departements(written: list[str], root: Path) -> list[str]:
    referentiel = load_referentiel(referentiel_folder(root))
    return ["tous" if code.casefold() == "tous" else checked_departement(code, referentiel) for code in written]


def _chosen_departements(wanted: list[str], preparation: Preparation) -> list[str]:
    """Return the départements wanted; by default those that a classeur follows, and with « tous » all laureates'."""
    known = departements_with_data(preparation)
    if not known:
        raise NoData("Aucune donnée de lauréat dans data/raw : déposez un classeur de suivi dans data/raw/<date>/.")
    if not wanted:
        return followed_departements(preparation) or known
    if "tous" in wanted:
        return known
    missing = [code for code in wanted if code not in known]
    if missing:
        raise NoData(f"Aucune donnée pour {', '.join(missing)}. Départements présents : {', '.join(known)}.")
    return list(dict.fromkeys(wanted))
