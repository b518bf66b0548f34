"""What has a bound whatever the data: the memory of a list of a million rows, the page of five thousand projects.

All rows are made up. A list of a million rows is held against one of a hundred thousand: time and memory grow with the rows
and no faster. The page of 5,000 projects of 200 laureates is held against that of the Landes.
"""

import datetime as dt
import random
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.memory import Ended, watched
from pvd_analysis.communes import load_referentiel
from pvd_analysis.dataset import load
from pvd_analysis.reports.page import make_page
from tests.territories.classeurs import (
    DGCL_HEADER,
    aide,
    deliver_classeur,
    laureats,
    new_project,
    poste,
    projet,
)

ROOT = Path(__file__).parents[1]
LONG, SHORT = 1_000_000, 100_000
MEGABYTE = 1_000_000


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        seconds = {}
        for rows in (SHORT, LONG):
            seconds[rows], ended = prepared(Path(name) / str(rows), rows)
            print(f"{rows:>9,} rows made up, pvd preparer:  {seconds[rows]:.1f} s, {ended.mebibytes:.0f} MiB")
        print(f"  ten times the rows:                 ratio {seconds[LONG] / seconds[SHORT]:.1f} (at most 11)")
        print(f"  the list itself:                    {size(Path(name)) / MEGABYTE:.0f} MB")
        page = page_of(made_up(Path(name) / "gers"), "32", Path(name) / "page")
        usual = page_of(ROOT, "40", Path(name) / "usual")
        print(f"page of 5,000 made-up projects:       {page / MEGABYTE:.2f} MB (at most 2)")
        print(f"  against the page of the Landes:     {usual / MEGABYTE:.2f} MB, ratio {page / usual:.1f}")


def prepared(project: Path, rows: int) -> tuple[float, Ended]:
    """Prepare a list of made-up rows, and return the seconds and the memory."""
    path = new_project(project) / "data" / "raw" / "2021-01-10" / "dgcl_2019.csv"
    path.parent.mkdir()
    towns = load_referentiel(project / "data" / "raw" / "referentiel").communes
    named = list(zip(towns.index, towns["code_departement"], towns["nom"], strict=True))
    chance = random.Random(2019)
    with path.open("w", encoding="utf-8") as file:
        file.write(DGCL_HEADER + "\n")
        for number in range(rows):
            code, departement, town = chance.choice(named)
            what = f"2019;DETR;119;commune;;{departement};{town};{code};Travaux inventés n° {number} de la halle"
            file.write(f"{what};{1000 + number},00;{500 + number % 1000},00;\n")
    begun = time.perf_counter()
    ended = watched([sys.executable, "-m", "pvd_analysis", "preparer", "--racine", str(project)], ROOT)
    if ended.status:
        raise RuntimeError(ended.said)
    return time.perf_counter() - begun, ended


def size(folder: Path) -> int:
    """Return the bytes of the longest list."""
    return max(path.stat().st_size for path in folder.rglob("dgcl_2019.csv"))


def made_up(project: Path) -> Path:
    """Return a project of 5,000 projects and 200 laureates of the Gers."""
    new_project(project, notebooks=True)
    towns = load_referentiel(project / "data" / "raw" / "referentiel").communes.query("code_departement == '32'")
    names, day = list(towns["nom"].iloc[:200]), dt.date(2021, 3, 1)
    deliver_classeur(
        project, "2021-09-10", "suivi.xlsx", "32", laureats=laureats(*names),
        projets=[
            projet(f"P{n}", names[n % 200], f"Halle inventée n° {n}", cout_ht_cents=100_000 + n, date_annonce=day)
            for n in range(5_000)
        ],
        financements=[aide(f"P{n}", "DETR", 20_000 + n, "accordé", date_decision=day) for n in range(5_000)],
        postes=[poste(f"C{n}", town, "recruté", day) for n, town in enumerate(names)],
    )  # fmt: skip
    return project


def page_of(project: Path, departement: str, work: Path) -> int:
    """Make the financial report, and return the bytes of its page."""
    work.mkdir()
    d = load("2021-T3", departement, racine=project)
    _, page, *_ = make_page(d, "rapport_financier", "Rapport financier", work, {"departement": departement})
    return page.stat().st_size


if __name__ == "__main__":
    run()
