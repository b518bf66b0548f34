"""The national lists: prepared by pvd_analysis, merely read by pandas, and read the naive way; then ten times the rows.

Each task runs in a process of its own, which says its seconds (imports left out); its memory is watched. The real
files are those that the project ships; the ten times longer ones are made in a temporary folder.
"""

import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from benchmarks.memory import watched

ROOT = Path(__file__).parents[1]
RAW = ROOT / "data" / "raw"
LISTS = {
    "2018": "2020-02-12/Projets_DI_2018.ods",
    "2019": "2020-08-13/projets_dotations_investissement_2019.xlsx",
    "fonds_vert": "2024-07-26/fonds_vert_2023_source.csv",
}
TIMES = 10
RUNS = 3


@dataclass(frozen=True)
class Measure:
    """The seconds and the highest memory (MiB) of one task."""

    seconds: float
    mebibytes: float


def prepared(root: Path) -> None:
    """Prepare the tables, as `pvd preparer` does."""
    from pvd_analysis.dataset import prepared

    prepared(root)


def merely_read(root: Path) -> list[object]:
    """Read the lists into pandas with calamine and read_csv, and no more."""
    folder = root / "data" / "raw" / "2024-01-01"
    read: list[object] = [
        pd.read_excel(path, sheet_name=None, engine="calamine") for path in sorted(folder.glob("*.ods"))
    ]
    read += [pd.read_excel(path, sheet_name=None, engine="calamine") for path in sorted(folder.glob("*.xlsx"))]
    return [*read, *(pd.read_csv(path) for path in folder.glob("*.csv"))]


def naive(root: Path) -> list[object]:
    """Read with odfpy and openpyxl, then call a Python function for each cell: texts, amounts, rates, towns of communes."""
    from pvd_analysis.communes import load_referentiel, match_commune
    from pvd_analysis.values import read_amount, read_rate

    folder = root / "data" / "raw" / "2024-01-01"
    referentiel = load_referentiel(root / "data" / "raw" / "referentiel")
    first = pd.read_excel(next(folder.glob("*.ods")), engine="odf", dtype=str)
    second = pd.read_excel(next(folder.glob("*.xlsx")), engine="openpyxl", sheet_name=1, dtype=str)
    third = pd.read_csv(next(folder.glob("*.csv")), dtype=str)
    done: list[object] = []
    for table, amounts, rate, (home, name), is_commune in (
        (first, ["COUT", "SUBVENTION"], "LEVIER", ("INSEEDEP", "BENEFICIAIRE"), first["ECHELON"].eq("Commune")),
        (second, ["cout_total", "montant_sub"], "pct_sub", ("id_dep", "nom_terr"), second["echelon"].eq("commune")),
        (third, ["montant_engage"], None, ("code_departement", "nom_commune"), third["nom_commune"].notna()),
    ):
        done.append(table.map(one_cell))
        done += [table.apply(lambda row, column=column: read_amount(row[column]).value, axis=1) for column in amounts]
        if rate is not None:
            done.append(table.apply(lambda row, column=rate: read_rate(row[column]).value, axis=1))
        towns = table[is_commune]
        done.append(
            towns.apply(lambda row, of=(home, name): match_commune(row[of[1]], row[of[0]], referentiel).code, axis=1)
        )
    return done


def one_cell(cell: object) -> str | None:
    """Return what a cell says, its spaces folded."""
    return None if pd.isna(cell) else " ".join(str(cell).split())


TASKS: dict[str, Callable[[Path], object]] = {"prepare": prepared, "read": merely_read, "naive": naive}


def measured(task: str, root: Path) -> Measure:
    """Run one task in a process of its own."""
    ended = watched([sys.executable, "-m", "benchmarks.national_lists", task, str(root)], ROOT)
    if ended.status:
        raise RuntimeError(ended.said)
    return Measure(float(ended.said), ended.mebibytes)


def project(folder: Path, times: int) -> Path:
    """Make a project of the three lists, each row written `times` times with another number."""
    raw = folder / f"fois_{times}" / "data" / "raw"
    shutil.copytree(ROOT / "data" / "raw" / "referentiel", raw / "referentiel")
    delivery = raw / "2024-01-01"
    delivery.mkdir()
    for repeat, name in (
        (repeated_ods, LISTS["2018"]),
        (repeated_xlsx, LISTS["2019"]),
        (repeated_csv, LISTS["fonds_vert"]),
    ):
        source, copy = RAW / name, delivery / Path(name).name
        if times == 1:
            shutil.copyfile(source, copy)
        else:
            repeat(source, copy, times)
    return raw.parents[1]


def repeated_ods(source: Path, copy: Path, times: int) -> None:
    """Repeat the rows of the first sheet of an .ods."""
    row = re.compile(rb"<table:table-row.*?</table:table-row>", re.DOTALL)
    with zipfile.ZipFile(source) as read, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as written:
        for part in read.namelist():
            content = read.read(part)
            if part == "content.xml":
                rows = [match for match in row.finditer(content) if b"2018DI" in match[0]]
                start, end = rows[0].start(), rows[-1].end()
                block = content[start:end]
                blocks = [block.replace(b"2018DI", b"2018D%d" % number) for number in range(times)]
                content = content[:start] + b"".join(blocks) + content[end:]
            written.writestr(part, content)


def repeated_xlsx(source: Path, copy: Path, times: int) -> None:
    """Repeat the rows of the list in an .xlsx."""
    import python_calamine
    import xlsxwriter

    book = python_calamine.CalamineWorkbook.from_path(source)
    header, *rows = book.get_sheet_by_index(1).to_python()
    with xlsxwriter.Workbook(copy, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Projets")
        sheet.write_row(0, 0, header)
        for number in range(times):
            for rank, row in enumerate(rows):
                sheet.write_row(1 + number * len(rows) + rank, 0, [f"{number}_{row[0]}", *row[1:]])


def repeated_csv(source: Path, copy: Path, times: int) -> None:
    """Repeat the rows of a .csv."""
    table = pd.read_csv(source, dtype=str, keep_default_na=False)
    tables = [table.assign(numero_dossier_ds=f"{number}" + table["numero_dossier_ds"]) for number in range(times)]
    pd.concat(tables).to_csv(copy, index=False)


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        once, ten_times = project(Path(name), 1), project(Path(name), TIMES)
        ours, again, read = [], [], []
        for _ in range(RUNS):
            shutil.rmtree(once / "data" / "processed", ignore_errors=True)
            read.append(measured("read", once))
            ours.append(measured("prepare", once))
            again.append(measured("prepare", once))
        fastest = min(measure.seconds for measure in ours)
        merely = min(measure.seconds for measure in read)
        second = min(measure.seconds for measure in again)
        print(f"62 000 rows, pvd preparer:             {fastest:.2f} s")
        print(f"  against reading into pandas:         {merely:.2f} s, ratio {fastest / merely:.2f} (at most 3)")
        print(f"  second run, nothing changed:         {second:.2f} s, ratio {second / fastest:.3f} (at most 0.1)")
        long = measured("prepare", ten_times)
        print(
            f"620 000 rows, pvd preparer:            {long.seconds:.2f} s, ratio {long.seconds / fastest:.2f} (at most 11)"
        )
        print(f"  highest memory:                      {long.mebibytes:.0f} MiB (at most 2048)")
        if find_spec("odf") is None:
            print("naive: odfpy is not installed (pip install odfpy)")
            return
        slow = measured("naive", once).seconds
        print(f"naive (odfpy, openpyxl, cell by cell): {slow:.2f} s, ratio {slow / fastest:.1f} (at least 15)")


def main(task: str, root: Path) -> None:
    """Run one task and say its seconds."""
    import time

    # Imports are no part of the measure; pandera and pyarrow do some of theirs at the first call.
    import pandera.pandas as pandera
    import pyarrow.dataset  # noqa: F401
    import python_calamine  # noqa: F401

    import pvd_analysis.dataset  # noqa: F401

    pandera.DataFrameSchema().validate(pd.DataFrame())
    start = time.perf_counter()
    TASKS[task](root)
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
