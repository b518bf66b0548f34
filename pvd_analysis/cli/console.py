"""What the commands say on the terminal: progress, reckoning, findings, errors; and the exit statuses."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from pvd_analysis.constats import Severite
from pvd_analysis.dataset import Preparation, prepared
from pvd_analysis.values import counted, format_euros, format_number

__all__ = [
    "DONE",
    "DONE_WITH_BLOCKING_FINDINGS",
    "NOT_DONE",
    "out",
    "prepared_tables",
    "progress_bar",
    "say_error",
    "say_files",
    "say_findings",
    "say_reckoning",
    "status",
    "write_site_again",
]

DONE, DONE_WITH_BLOCKING_FINDINGS, NOT_DONE = 0, 1, 2

out, _err = Console(), Console(stderr=True)


def progress_bar() -> Progress:
    """Return a progress bar, silent where nobody watches."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("reste"),
        TimeRemainingColumn(),
        console=_err,
        transient=True,
        disable=not _err.is_terminal,
    )


def prepared_tables(root: Path, known_on: dt.date | None) -> Preparation:
    """Return the prepared tables, with the file that is being read in sight."""
    with progress_bar() as bar:
        task = bar.add_task("Lecture des fichiers bruts", total=None)
        return prepared(root, known_on, lambda name: bar.update(task, description=f"Lecture · {escape(name)}"))


def say_files(places: Iterable[Path], root: Path) -> None:
    """Say where the reports and workbooks are, by folder."""
    shown = [path for path in places if path.suffix in {".html", ".xlsx"}]
    if shown:
        out.print("[bold]Rapports faits[/bold]")
    for folder in dict.fromkeys(path.parent for path in shown):
        place = folder.relative_to(root) if folder.is_relative_to(root) else folder
        out.print(f"  {place.as_posix()}/", highlight=False)
        for path in shown:
            if path.parent == folder:
                out.print(f"    {path.name}", highlight=False)


def write_site_again(root: Path) -> None:
    """Write the list of all reports again; the reports are made, whether it can be written or not."""
    from pvd_analysis.reports.site import write_site

    try:
        path = write_site(root)
    except OSError as error:
        say_error(
            f"La liste outputs/index.html n'a pas pu être écrite ({error.strerror}) : est-elle ouverte ailleurs ?"
        )
    else:
        out.print(f"Tous les rapports : {path.relative_to(root).as_posix()}", highlight=False)


def say_reckoning(reckoning: pd.DataFrame) -> None:
    """Say the rows and euros read, kept and set aside of each sheet."""
    out.print("[bold]Bilan : lus = gardés + écartés[/bold]")
    for row in reckoning.itertuples():
        sheet = f", feuille « {row.feuille} »" if row.feuille else ""
        out.print(escape(f"  {row.fichier}{sheet} → {row.table}"), highlight=False, soft_wrap=True)
        rows = map(format_number, (row.lignes_lues, row.lignes_gardees, row.lignes_ecartees))
        out.print("    lignes : {} = {} + {}".format(*rows), highlight=False)
        if row.euros_lus_cents:
            euros = map(format_euros, (row.euros_lus_cents, row.euros_gardes_cents, row.euros_ecartes_cents))
            out.print("    euros : {} = {} + {}".format(*euros), highlight=False, soft_wrap=True)


def say_findings(findings: pd.DataFrame, *, but_counted: Severite | None = None) -> None:
    """Count the findings by severity and say each of them, save those of one severity that are only counted."""
    counts = findings["severite"].value_counts()
    said = ", ".join(counted(int(counts.get(severity.value, 0)), severity.value) for severity in Severite)
    out.print(f"Constats : {said}.", highlight=False)
    for row in findings[findings["severite"].ne(but_counted.value if but_counted else "")].itertuples():
        text = f"  {row.severite} — {row.constat} ({row.lieu})"
        for label, detail in (("trouvé", row.trouve), ("attendu", row.attendu), ("proposition", row.proposition)):
            if detail:
                text += f" ; {label} : {detail}"
        out.print(escape(text), highlight=False, soft_wrap=True)


def status(findings: pd.DataFrame) -> int:
    """Return the exit status of a command that is done with these findings."""
    blocking = findings["severite"].eq(Severite.BLOQUANT.value).any()
    return DONE_WITH_BLOCKING_FINDINGS if blocking else DONE


def say_error(text: str) -> None:
    """Say what was not done, and why."""
    _err.print(f"[bold red]Erreur[/bold red] : {escape(text)}", highlight=False, soft_wrap=True)
