"""Compare the whole preparation of the tables with merely reading the same workbooks with openpyxl, in one run."""

import time
from collections.abc import Callable
from pathlib import Path

import openpyxl

from pvd_analysis.dataset.preparation import prepare

ROOT = Path(__file__).parents[1]
RUNS = 5


def seconds(work: Callable[[], object]) -> float:
    """Return the shortest time of a few runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def read_with_openpyxl() -> list[tuple[object, ...]]:
    """Read every cell of the raw workbooks, and do nothing with them."""
    rows = []
    for path in sorted((ROOT / "data" / "raw").glob("*/*.xlsx")):
        for sheet in openpyxl.load_workbook(path, read_only=True).worksheets:
            rows += list(sheet.iter_rows(values_only=True))
    return rows


def run() -> None:
    """Measure and print."""
    ours, naive = seconds(lambda: prepare(ROOT)), seconds(read_with_openpyxl)
    print("The delivery of the Landes, tables prepared:")
    print(f"  pvd preparer (read, match, check, reckon): {ours:.3f} s")
    print(f"  openpyxl, cells read and no more:          {naive:.3f} s")
    print(f"  ratio: {ours / naive:.2f}")


if __name__ == "__main__":
    run()
