"""``pvd campagne``: the reports of many départements, on all processors or on a cluster."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pvd_analysis.cli.console import progress_bar, say, say_error, say_table, write_site_again
from pvd_analysis.cli.options import KnownOn, Presentation, Quarter, Root, chosen_quarter
from pvd_analysis.cli.status import NOT_DONE, UNFORESEEN
from pvd_analysis.cli.supervised import Notifier, supervised
from pvd_analysis.errors import NoData
from pvd_analysis.project import checked_date, referentiel_folder
from pvd_analysis.values import format_number

EXAMPLE = "pvd campagne --trimestre 2021-T3 --region 75"

_LONGEST_SECONDS = 1800.0


def run(
    codes: Annotated[
        list[str] | None, typer.Argument(metavar="CODE", help="Codes INSEE des départements (par défaut : tous).")
    ] = None,
    trimestre: Quarter = None,
    departement: Annotated[
        list[str] | None,
        typer.Option("--departement", metavar="CODE", help="Comme CODE ; « tous » : tous les lauréats."),
    ] = None,
    region: Annotated[
        list[str] | None, typer.Option("--region", metavar="CODE", help="Code INSEE d'une région, par exemple 75.")
    ] = None,
    connu_au: KnownOn = None,
    presentation: Presentation = False,
    racine: Root = None,
    dask: Annotated[
        str | None,
        typer.Option("--dask", metavar="ADRESSE", help="Ordonnanceur Dask, par exemple tcp://127.0.0.1:8786."),
    ] = None,
    sortie: Annotated[
        str | None,
        typer.Option("--sortie", metavar="ADRESSE", help="Copie aussi les résultats à une adresse : dossier, s3://…"),
    ] = None,
    reprendre: Annotated[
        bool, typer.Option("--reprendre", help="Ne fait que ce qui a échoué ou manque dans la dernière campagne.")
    ] = False,
    forcer: Annotated[bool, typer.Option("--forcer", help="Refait aussi les rapports dont rien n'a changé.")] = False,
    delai: Annotated[
        float,
        typer.Option(
            "--delai",
            metavar="SECONDES",
            min=1,
            show_default=False,
            help=f"Durée la plus longue d'un rapport (par défaut : {_LONGEST_SECONDS:.0f}).",
        ),
    ] = _LONGEST_SECONDS,
    notifier: Notifier = None,
) -> None:
    """Make the reports of each département wanted and the national comparison; say in one table what failed and why."""
    with supervised("campagne", racine, notifier) as run:
        quarter, known_on = chosen_quarter(trimestre), checked_date(connu_au)
        run.message["trimestre"] = str(quarter)
        if not dask:
            from pvd_analysis.reports.kernels import warm

            warm.warm_up(run.root)  # while the tables are read
        from pvd_analysis.cli.said import prepared_tables, say_slides_left, status
        from pvd_analysis.dataset import COUNTRY, departements_with_data
        from pvd_analysis.reports.campaign import campaign, cluster, is_exposed, jobs_of, local_processes, unfinished
        from pvd_analysis.reports.one_report import FAILED, Outcome
        from pvd_analysis.reports.publication import checked_address

        address = checked_address(sortie) if sortie else ""
        chosen = _chosen([*(codes or []), *(departement or [])], region or [], run.root)
        log = run.journal.about(trimestre=str(quarter))
        with log.step("Lecture des fichiers bruts"):
            preparation = prepared_tables(run.root, known_on)
        known = departements_with_data(preparation)
        missing = [code for code in chosen or [] if code not in known and not region]
        if not known or missing:
            raise NoData(f"Aucune donnée de lauréat pour {', '.join(missing) or 'aucun département'} dans data/raw.")
        wanted = [*(code for code in (chosen or known) if code in known), COUNTRY]
        if reprendre:
            wanted = unfinished(wanted, run.root / "outputs" / str(quarter))
        jobs = jobs_of(
            wanted,
            str(quarter),
            known_on,
            run.root,
            address,
            forcer=forcer,
            secondes=delai,
            presentation=presentation,
        )
        if dask and is_exposed(dask):
            say(
                f"Attention : {dask} n'est ni chiffré ni protégé. Quiconque atteint ce cluster peut y exécuter un programme."
            )
        with (
            log.step("Campagne") as step,
            progress_bar() as bar,
            cluster(dask) if dask else local_processes() as executor,
        ):
            task = bar.add_task("Rapports", total=len(jobs))

            def done(outcome: Outcome) -> None:
                bar.update(task, description=f"{outcome.departement} · {outcome.etat}", advance=1)

            outcomes = campaign(jobs, executor, done)
            failed = [outcome for outcome in outcomes if outcome.etat == FAILED]
            step.counts |= {"faits": len(outcomes) - len(failed), "echoues": len(failed)}
            step.failed = bool(failed)
        run.message["departements"] = [
            {"departement": told.departement, "etat": told.etat, "raison": told.raison} for told in outcomes
        ]
        _say(outcomes)
        say_slides_left(run.message["departements"], run.root / "outputs" / str(quarter))
        write_site_again(run.root)
        if failed:
            say_error("Des rapports n'ont pas été faits. Une fois la cause levée, relancez avec --reprendre.")
            run.status = UNFORESEEN if any(outcome.imprevu for outcome in failed) else NOT_DONE
        elif outcomes:
            findings = preparation.constats
            concerned = findings["code_departement"].isna() | findings["code_departement"].isin(wanted)
            run.status = status(findings[concerned])


def _chosen(codes: list[str], regions: list[str], root: Path) -> list[str] | None:
    """Return the départements asked for, or None for all of them."""
    from pvd_analysis.communes import checked_departement, checked_region, load_referentiel

    referentiel = load_referentiel(referentiel_folder(root))
    everything = any(code.casefold() == "tous" for code in codes)
    chosen = [checked_departement(code, referentiel) for code in codes if code.casefold() != "tous"]
    for region in regions:
        code = checked_region(region, referentiel)
        departements = referentiel.departements
        chosen += departements.index[departements["code_region"].eq(code)].to_list()
    return None if everything or not chosen else list(dict.fromkeys(chosen))


def _say(outcomes: list[Any]) -> None:
    """Say how many reports were made, and in one table what failed and why."""
    from pvd_analysis.dataset import COUNTRY

    if not outcomes:
        say("Rien à reprendre : tous les rapports demandés sont faits.")
        return
    states = {"faits": "fait", "inchangés": "inchangé", "pas faits": "pas fait"}
    counts = {word: sum(outcome.etat == state for outcome in outcomes) for word, state in states.items()}
    said = " ; ".join(f"{word} : {format_number(number)}" for word, number in counts.items())
    say(f"Rapports — {said}.")
    failed = [outcome for outcome in outcomes if outcome.etat == "pas fait"]
    if failed:
        rows = (
            ("Programme national" if outcome.departement == COUNTRY else outcome.departement, outcome.raison)
            for outcome in failed
        )
        say_table(("Département", "Pas fait, parce que"), rows, "Rapports qui manquent")
