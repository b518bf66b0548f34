"""The committee's workbook of 2,000 made-up projects by 12 funders, against XlsxWriter alone.

XlsxWriter alone writes the same values and formulas at the same places, row by row, with no format, no table, no
validation and no chart. Both run in this process, by turns; the shortest time of each counts.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pandas as pd
import xlsxwriter

from pvd_analysis.dataset import Dataset, load
from pvd_analysis.dataset.schemas import typed
from pvd_analysis.vocabulary import terms
from pvd_analysis.workbooks.committee import write_committee_workbook

ROOT = Path(__file__).parents[1]
PROJECTS = 2_000
RUNS = 4
# What a made-up financeur brings with, and the cents that it brings: prime numbers, so that no two projects are alike.
DISPOSITIF = {"etat": "detr", "maitre_ouvrage": "autofinancement"}
STEP, CENTS = 7_919, 104_729

Rows = dict[str, list[tuple[int, list[object]]]]


def made_up() -> Dataset:
    """Return the Landes with projects that are made up, each with a line from each of the financeurs."""
    d = load("2021-T3", "40", racine=ROOT)
    towns = list(d.laureats["code_commune"])
    financeurs = list(terms("financeur").index)
    names = [f"40-{rank:04}" for rank in range(PROJECTS)]
    common = {
        "code_departement": "40", "nature_fait": "constate", "source_fait": "Chiffres inventés",
        "date_annonce": pd.Timestamp("2021-09-10"), "date_annonce_precision": "jour", "fichier": "inventé.xlsx",
    }  # fmt: skip
    projects = pd.DataFrame(
        {
            "id_projet": names,
            "code_commune": [towns[rank % len(towns)] for rank in range(PROJECTS)],
            "intitule": [f"Projet inventé numéro {rank}, pour la mesure" for rank in range(PROJECTS)],
            "categorie": "equipements",
            "cout_ht_cents": [18 * (CENTS + rank * STEP) for rank in range(PROJECTS)],
            "feuille": "Projets",
            "ligne": range(1, PROJECTS + 1),
            **common,
        }
    )
    lines = pd.DataFrame(
        {
            "id_projet": [name for name in names for _ in financeurs],
            "financeur": financeurs * PROJECTS,
            "dispositif": [DISPOSITIF.get(financeur, "region") for financeur in financeurs] * PROJECTS,
            "montant_cents": [CENTS + rank * STEP for rank in range(PROJECTS) for _ in financeurs],
            "statut": "accorde",
            "feuille": "Financements",
            "ligne": range(1, PROJECTS * len(financeurs) + 1),
            **common,
        }
    )
    return replace(d, projets=typed("projets", projects), financements=typed("financements", lines))


def rows_of(path: Path) -> Rows:
    """Return the values and formulas of a workbook, by sheet and row, up to the last one of each row."""
    rows: Rows = {}
    for sheet in openpyxl.load_workbook(path, read_only=True):
        kept = []
        for rank, row in enumerate(sheet.iter_rows(values_only=True)):
            values = list(row)
            while values and values[-1] is None:
                values.pop()
            if values:
                kept.append((rank, values))
        rows[sheet.title] = kept
    return rows


def write_alone(rows: Rows, path: Path) -> None:
    """Write the same cells with XlsxWriter, and nothing else."""
    with xlsxwriter.Workbook(path, {"default_date_format": None}) as workbook:
        for name, kept in rows.items():
            sheet = workbook.add_worksheet(name)
            for rank, values in kept:
                sheet.write_row(rank, 0, values)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time that a task takes: what other programs do at the same time is no part of it."""
    start = time.process_time()
    work()
    return time.process_time() - start


def run() -> None:
    """Measure and print."""
    d = made_up()
    with TemporaryDirectory() as name:
        ours, theirs = Path(name) / "comite.xlsx", Path(name) / "seul.xlsx"
        write_committee_workbook(d, ours)
        rows = rows_of(ours)
        cells = sum(value is not None for kept in rows.values() for _, values in kept for value in values)
        alone, whole = [], []
        for _ in range(RUNS):
            alone.append(seconds(lambda: write_alone(rows, theirs)))
            fresh = replace(d)  # nothing that is known of it is remembered
            whole.append(seconds(lambda fresh=fresh: write_committee_workbook(fresh, ours)))  # type: ignore[misc]
        weight = ours.stat().st_size / 2**20
    funders = len(terms("financeur"))
    print(f"Committee's workbook, {PROJECTS} made-up projects by {funders} funders, {cells} cells, {weight:.1f} MiB:")
    print(f"  tables, styles, formulas, validation, chart: {min(whole):.2f} s")
    print(f"  XlsxWriter alone, same cells without style:  {min(alone):.2f} s")
    print(f"  ratio: {min(whole) / min(alone):.2f} (at most 1.5)")


if __name__ == "__main__":
    run()
