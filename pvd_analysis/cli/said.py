"""What commands say of the data: the reckoning and the findings of what was read."""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from pvd_analysis.cli.console import progress_bar, say, say_aligned
from pvd_analysis.cli.status import DONE, DONE_WITH_BLOCKING_FINDINGS
from pvd_analysis.constats import Severite, grouped
from pvd_analysis.dataset import Preparation, prepared
from pvd_analysis.values import counted, format_euros, format_number


def prepared_tables(root: Path, known_on: dt.date | None) -> Preparation:
    """Return the prepared tables, with the file that is being read in sight."""
    with progress_bar() as bar:
        task = bar.add_task("Lecture des fichiers bruts", total=None)
        return prepared(root, known_on, lambda name: bar.update(task, description=f"Lecture · {name}"))


def counts(preparation: Preparation) -> dict[str, int]:
    """Return how many lines were read, kept and set aside, and how many findings there are of each severity."""
    lines = {name: int(preparation.bilan[name].sum()) for name in ("lignes_lues", "lignes_gardees", "lignes_ecartees")}
    findings = preparation.constats["severite"].value_counts()
    return lines | {f"constats_{severity.value}": int(findings.get(severity.value, 0)) for severity in Severite}


def say_reckoning(reckoning: pd.DataFrame) -> None:
    """Say the rows and euros read, kept and set aside of each sheet."""
    say("Bilan : lus = gardés + écartés", "bold")
    for row in reckoning.itertuples():
        sheet = f", feuille « {row.feuille} »" if row.feuille else ""
        say(f"  {row.fichier}{sheet} → {row.table}")
        rows = map(format_number, (row.lignes_lues, row.lignes_gardees, row.lignes_ecartees))
        say("    lignes : {} = {} + {}".format(*rows))
        if row.euros_lus_cents:
            euros = map(format_euros, (row.euros_lus_cents, row.euros_gardes_cents, row.euros_ecartes_cents))
            say("    euros : {} = {} + {}".format(*euros))


def say_findings(findings: pd.DataFrame, *, but_counted: Severite | None = None) -> None:
    """Count the findings by severity and say each kind of them, save those of one severity that are only counted."""
    counts = findings["severite"].value_counts()
    said = ", ".join(counted(int(counts.get(severity.value, 0)), severity.value) for severity in Severite)
    say(f"Constats : {said}.")
    shown = grouped(findings[findings["severite"].ne(but_counted.value if but_counted else "")])
    for (severity, rule), same in shown.groupby(["severite", "constat"], sort=False):
        number, alone = int(same["nombre"].sum()), len(same) == 1
        said = f"{format_number(number)} × {rule}" if number > 1 else rule
        if not alone:  # the rule is told once, above its places
            say_aligned(severity, said)
        for row in same.itertuples():
            what = " : ".join(filter(None, [said if alone else "", row.trouve]))
            label = severity if alone else f"{format_number(row.nombre)} ×".rjust(len("avertissement"))
            say_aligned(label, row.lieu, what, _remedy(row.proposition, row.attendu))


def _remedy(proposed: str, expected: str) -> str:
    wanted = f"attendu : {expected}" if expected else ""
    if proposed:
        wanted = f"{proposed} ? ({wanted})" if wanted else f"{proposed} ?"
    return f"→ {wanted}" if wanted else ""


def status(findings: pd.DataFrame) -> int:
    """Return the exit status of a command that is done with these findings."""
    blocking = findings["severite"].eq(Severite.BLOQUANT.value).any()
    return DONE_WITH_BLOCKING_FINDINGS if blocking else DONE


def say_slides_left(told: Iterable[Mapping[str, Any]], quarter_folder: Path) -> None:
    """Say which départements keep slides that were not made with their reports, and may be older."""
    from pvd_analysis.reports.manifest import as_made
    from pvd_analysis.slides.deck import PRESENTATION

    folders = [quarter_folder / each["departement"] for each in told if each["etat"] != "pas fait"]
    left = [each.name for each in folders if (each / PRESENTATION).is_file() and not as_made(each, PRESENTATION)]
    if left:
        say(
            f"{PRESENTATION} n’a pas été refaite avec les rapports ({', '.join(left)}) : elle peut être plus ancienne. "
            "Pour la refaire : --presentation."
        )
