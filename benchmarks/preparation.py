"""Compare the whole preparation of the tables with merely reading the same workbooks with openpyxl, in one run."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl

from pvd_analysis.dataset.preparation import prepare
from tests.conftest import copy_project

RUNS = 5


def seconds(work: Callable[[], object]) -> float:
    """Return the shortest time of a few runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def read_with_openpyxl(root: Path) -> list[tuple[object, ...]]:
    """Read every cell of the raw workbooks, and do nothing with them."""
    rows = []
    for path in sorted((root / "data" / "raw").glob("*/*.xlsx")):
        for sheet in openpyxl.load_workbook(path, read_only=True).worksheets:
            rows += list(sheet.iter_rows(values_only=True))
    return rows


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        root = copy_project(Path(name))
        ours, naive = seconds(lambda: prepare(root)), seconds(lambda: read_with_openpyxl(root))
    print("The delivery of the Landes, tables prepared:")
    print(f"  pvd preparer (read, match, check, reckon): {ours:.3f} s")
    print(f"  openpyxl, cells read and no more:          {naive:.3f} s")
    print(f"  ratio: {ours / naive:.2f}")


if __name__ == "__main__":
    run()
