"""The command line, in French: ``pvd rapports``, ``pvd preparer``, ``pvd verifier``, ``pvd dictionnaire``."""

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
import typer.core
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from pvd_analysis.communes import load_referentiel
from pvd_analysis.constats import Severite, findings_table
from pvd_analysis.dataset import (
    Preparation,
    Trimestre,
    checked_date,
    checked_departement,
    checked_root,
    checked_trimestre,
    data_dictionary,
    departements_with_data,
    prepared,
    processed_folder,
)
from pvd_analysis.dataset.deliveries import referentiel_folder
from pvd_analysis.errors import NoData, PvdError
from pvd_analysis.sources import read_file
from pvd_analysis.values import format_euros, format_number

__all__ = ["app", "main"]

DONE, DONE_WITH_BLOCKING_FINDINGS, NOT_DONE = 0, 1, 2

# What the library says in English in every help page.
_HELP_WORDS = {
    "Usage:": "Usage\N{NO-BREAK SPACE}:",
    "Options:": "Options\N{NO-BREAK SPACE}:",
    "Arguments:": "Arguments\N{NO-BREAK SPACE}:",
    "Commands:": "Commandes\N{NO-BREAK SPACE}:",
    "COMMAND [ARGS]...": "COMMANDE [PARAMÈTRES]...",
    "Show this message and exit.": "Montre cette aide.",
}


class _FrenchHelp(typer.core.TyperCommand):
    """A command whose help page is in French."""

    def get_help(self, ctx: Any) -> str:
        return _in_french(super().get_help(ctx))


class _FrenchGroupHelp(typer.core.TyperGroup):
    """The list of the commands, in French."""

    def get_help(self, ctx: Any) -> str:
        return _in_french(super().get_help(ctx))


def _in_french(page: str) -> str:
    for english, french in _HELP_WORDS.items():
        page = page.replace(english, french)
    return page


app = typer.Typer(
    name="pvd",
    cls=_FrenchGroupHelp,
    help="Suivi financier et ingénierie du programme « Petites villes de demain ».",
    epilog="Exemple : pvd rapports --trimestre 2021-T3 --departement 40",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
out, err = Console(), Console(stderr=True)
# typer keeps its own copy of click, whose base of all errors is reached through the one class that it shows.
_CommandLineError: type[Exception] = typer.BadParameter.__mro__[2]

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


@app.command(
    "rapports",
    cls=_FrenchHelp,
    help="Fait les rapports d'un trimestre : fichiers bruts, tables, notebooks, HTML et Excel.",
    epilog="Exemple : pvd rapports --trimestre 2021-T3 --departement 40 --connu-au 2021-09-10",
)
def reports(
    trimestre: Annotated[
        str | None,
        typer.Option("--trimestre", metavar="AAAA-Tn", help="Trimestre du rapport (par défaut : le dernier terminé)."),
    ] = None,
    departement: Annotated[
        list[str] | None,
        typer.Option(
            "--departement",
            metavar="CODE",
            help="Code INSEE ; à répéter. « tous », ou rien : ceux qui ont des données.",
        ),
    ] = None,
    connu_au: KnownOn = None,
    racine: Root = None,
) -> None:
    """Make the reports."""
    from pvd_analysis.reports.quarterly import STEPS, make_reports

    quarter = checked_trimestre(trimestre) if trimestre else Trimestre.last_ended(dt.date.today())
    known_on = checked_date(connu_au)
    root = checked_root(racine)
    wanted = _checked_departements(departement or [], root)
    preparation = _prepared(root, known_on)
    codes = _chosen_departements(wanted, preparation)
    failures: list[str] = []
    places: list[Path] = []
    with _progress() as bar:
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
    _say_files(places, root)
    for failure in failures:
        _say_error(failure)
    _say_findings(preparation)
    raise typer.Exit(NOT_DONE if failures else _status(preparation.constats))


@app.command(
    "preparer",
    cls=_FrenchHelp,
    help="Lit les fichiers bruts, écrit les tables (Parquet) et montre le bilan des lignes et des euros.",
    epilog="Exemple : pvd preparer --connu-au 2021-09-10",
)
def prepare_command(connu_au: KnownOn = None, racine: Root = None) -> None:
    """Prepare the tables."""
    root, known_on = checked_root(racine), checked_date(connu_au)
    preparation = _prepared(root, known_on)
    _say_reckoning(preparation.bilan)
    out.print(f"Tables : {processed_folder(root, known_on).relative_to(root).as_posix()}")
    _say_findings(preparation)
    raise typer.Exit(_status(preparation.constats))


@app.command(
    "verifier",
    cls=_FrenchHelp,
    help="Vérifie des fichiers bruts et montre les constats, sans rien écrire.",
    epilog="Exemple : pvd verifier suivi_pvd_landes.xlsx",
)
def check(
    fichiers: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FICHIER...", help="Fichiers à vérifier (par défaut : tous ceux de data/raw)."),
    ] = None,
    racine: Root = None,
) -> None:
    """Check raw files."""
    root = checked_root(racine)
    if not fichiers:
        preparation = _prepared(root, None)
        _say_findings(preparation, details=True)
        raise typer.Exit(_status(preparation.constats))
    missing = [path for path in fichiers if not path.is_file()]
    if missing:
        raise NoData(f"Fichier introuvable : {', '.join(str(path) for path in missing)}.")
    referentiel = load_referentiel(referentiel_folder(root))
    reads = [read_file(path, path.name, referentiel) for path in fichiers]
    for read in reads:
        out.print(f"{escape(read.name)} : {read.content.source if read.content else 'non lu'}", highlight=False)
    findings = findings_table(finding for read in reads for finding in read.findings)
    _print_findings(findings)
    raise typer.Exit(_status(findings))


@app.command(
    "dictionnaire",
    cls=_FrenchHelp,
    help="Montre le dictionnaire des données : tables, colonnes, types, définitions.",
    epilog="Exemple : pvd dictionnaire",
)
def dictionary() -> None:
    """Show the data dictionary."""
    for name, columns in data_dictionary().groupby("table", sort=False):
        table = Table(title=str(name), title_justify="left", expand=False)
        for header in ("Colonne", "Type", "Obligatoire", "Définition"):
            table.add_column(header)
        for row in columns.itertuples():
            table.add_row(row.colonne, row.type, "oui" if row.obligatoire else "non", escape(row.definition))
        out.print(table)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every fault of the user ends in one French sentence and status 2."""
    try:
        status = app(args=list(sys.argv[1:] if arguments is None else arguments) or ["--help"], standalone_mode=False)
    except PvdError as error:
        _say_error(str(error))
        status = NOT_DONE
    except _CommandLineError as error:
        _say_error(_french_usage_error(error))
        status = NOT_DONE
    except (typer.Abort, KeyboardInterrupt):
        _say_error("Interrompu. Les rapports précédents sont restés en place.")
        status = NOT_DONE
    sys.exit(status if isinstance(status, int) else DONE)


def _french_usage_error(error: Exception) -> str:
    """Return what is wrong with a command line in French: the library says it in English."""
    sentences = {
        "NoSuchOption": f"Option inconnue : {getattr(error, 'option_name', '')}.",
        "BadOptionUsage": f"L'option {getattr(error, 'option_name', '')} attend une valeur.",
        "MissingParameter": "Il manque un paramètre.",
        "BadParameter": "Une valeur n'est pas comprise.",
    }
    return f"{sentences.get(type(error).__name__, 'Commande non comprise.')} Pour l'aide : pvd --help"


def _checked_departements(written: list[str], root: Path) -> list[str]:
    referentiel = load_referentiel(referentiel_folder(root))
    return ["tous" if code.casefold() == "tous" else checked_departement(code, referentiel) for code in written]


def _chosen_departements(wanted: list[str], preparation: Preparation) -> list[str]:
    known = departements_with_data(preparation)
    if not known:
        raise NoData("Aucune donnée de lauréat dans data/raw : déposez un classeur de suivi dans data/raw/<date>/.")
    if not wanted or "tous" in wanted:
        return known
    missing = [code for code in wanted if code not in known]
    if missing:
        raise NoData(f"Aucune donnée pour {', '.join(missing)}. Départements présents : {', '.join(known)}.")
    return list(dict.fromkeys(wanted))


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def _prepared(root: Path, known_on: dt.date | None) -> Preparation:
    with _progress() as bar:
        task = bar.add_task("Lecture des fichiers bruts", total=None)
        return prepared(root, known_on, lambda name: bar.update(task, description=f"Lecture · {escape(name)}"))


def _say_files(places: list[Path], root: Path) -> None:
    if not places:
        return
    out.print("[bold]Rapports faits[/bold]")
    for folder in dict.fromkeys(path.parent for path in places):
        shown = folder.relative_to(root) if folder.is_relative_to(root) else folder
        out.print(f"  {shown.as_posix()}/", highlight=False)
        for path in places:
            if path.parent == folder and path.suffix in {".html", ".xlsx"}:
                out.print(f"    {path.name}", highlight=False)


def _say_reckoning(reckoning: pd.DataFrame) -> None:
    table = Table(title="Bilan : lus = gardés + écartés", title_justify="left")
    table.add_column("Fichier")
    table.add_column("Feuille")
    for header in ("Lignes lues", "gardées", "écartées", "Euros lus", "gardés", "écartés"):
        table.add_column(header, justify="right")
    for row in reckoning.itertuples():
        numbers = (row.lignes_lues, row.lignes_gardees, row.lignes_ecartees)
        euros = (row.euros_lus_cents, row.euros_gardes_cents, row.euros_ecartes_cents)
        table.add_row(escape(row.fichier), escape(row.feuille), *map(format_number, numbers), *map(format_euros, euros))
    out.print(table)


def _say_findings(preparation: Preparation, details: bool = False) -> None:
    findings = preparation.constats
    shown = findings if details else findings[findings["severite"].ne(Severite.INFORMATION.value)]
    _print_findings(shown, total=findings)


def _print_findings(findings: pd.DataFrame, total: pd.DataFrame | None = None) -> None:
    counted = (findings if total is None else total)["severite"].value_counts()
    said = ", ".join(f"{counted.get(severity.value, 0)} {severity.value}" for severity in Severite)
    out.print(f"Constats : {said}.", highlight=False)
    for row in findings.itertuples():
        text = f"  {row.severite} — {row.constat} ({row.lieu})"
        for label, said in (("trouvé", row.trouve), ("attendu", row.attendu), ("proposition", row.proposition)):
            if said:
                text += f" ; {label} : {said}"
        out.print(escape(text), highlight=False, soft_wrap=True)


def _status(findings: pd.DataFrame) -> int:
    blocking = findings["severite"].eq(Severite.BLOQUANT.value).any()
    return DONE_WITH_BLOCKING_FINDINGS if blocking else DONE


def _say_error(text: str) -> None:
    err.print(f"[bold red]Erreur[/bold red] : {escape(text)}", highlight=False, soft_wrap=True)
